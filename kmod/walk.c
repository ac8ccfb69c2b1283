// SPDX-License-Identifier: GPL-2.0
/*
 * Page tables of x86-64, read through the direct map: which pages the kernel
 * maps outside of it, which a process maps, and whether the direct map has a page.
 *
 * While the system runs a table may be freed under the reader's feet. Tables
 * are freed only after all CPUs answered an interrupt or went through a quiet
 * state (as fast GUP relies on), so interrupts are off from the root to the
 * leaves of one table; entries are read with care and believed only where they
 * point into RAM.
 */
#include <linux/pgtable.h>
#include <linux/uaccess.h>

#include <asm/io.h>
#include <asm/special_insns.h>

#include "osmosis.h"

#define ENTRIES 512UL

static u64 read_entry(u64 table, unsigned long i)
{
	u64 entry;

	return get_kernel_nofault(entry, (u64 *)__va(table) + i) ? 0 : entry;
}

static unsigned int level_shift(unsigned int level)
{
	return PAGE_SHIFT + 9 * (level - 1);
}

static bool is_leaf(u64 entry, unsigned int level)
{
	return level == 1 || (level <= 3 && entry & _PAGE_PSE);
}

/* The entry of level `until` that translates va, or one above that ends the way; *level: which. */
static u64 descend(const struct osm *o, u64 root, unsigned long va, unsigned int until, unsigned int *level)
{
	u64 table = root & PTE_PFN_MASK;
	unsigned long index;

	for (unsigned int l = pgtable_l5_enabled() ? 5 : 4;; l--) {
		u64 entry = read_entry(table, va >> level_shift(l) & (ENTRIES - 1));

		*level = l;
		if (!(entry & _PAGE_PRESENT) || l == until || is_leaf(entry, l))
			return entry;
		table = entry & PTE_PFN_MASK;
		if (!osm_ram_index(o, table >> PAGE_SHIFT, &index))
			return 0;
	}
}

static void tell(u64 entry, unsigned int level, osm_leaf_fn *fn, void *arg)
{
	unsigned long pages = 1UL << (level_shift(level) - PAGE_SHIFT);

	if (entry & _PAGE_PRESENT)
		fn(arg, (entry & PTE_PFN_MASK) >> PAGE_SHIFT & ~(pages - 1), pages, entry);
	else if (entry)
		fn(arg, 0, 0, entry);
}

static void walk_table(u64 table, unsigned long va, unsigned long end, osm_leaf_fn *fn, void *arg)
{
	unsigned long i = va >> PAGE_SHIFT & (ENTRIES - 1);
	unsigned long last = min(ENTRIES, i + ((end - va + PAGE_SIZE - 1) >> PAGE_SHIFT));

	for (; i < last; i++)
		tell(read_entry(table, i), 1, fn, arg);
}

void osm_walk(const struct osm *o, u64 root, unsigned long start, unsigned long end, osm_leaf_fn *fn, void *arg)
{
	unsigned long va = start, next, flags, index;

	for (; va < end; va = next) {
		unsigned int level;
		u64 entry;

		local_irq_save(flags);
		entry = descend(o, root, va, 2, &level);
		if (entry & _PAGE_PRESENT && level == 2 && !is_leaf(entry, level)) {
			if (osm_ram_index(o, (entry & PTE_PFN_MASK) >> PAGE_SHIFT, &index))
				walk_table(entry & PTE_PFN_MASK, va, end, fn, arg);
		} else {
			tell(entry, level, fn, arg);
		}
		local_irq_restore(flags);
		next = (va | ((1UL << level_shift(level)) - 1)) + 1;
		if (next <= va)
			break;
	}
}

u64 osm_kernel_root(void)
{
	return read_cr3_pa();
}

bool osm_direct_mapped(const struct osm *o, struct osm_direct *d, unsigned long pfn)
{
	unsigned int level;
	u64 entry;

	if (pfn >= d->start && pfn < d->end)
		return true;
	entry = descend(o, d->root, (unsigned long)pfn_to_kaddr(pfn), 1, &level);
	if (!(entry & _PAGE_PRESENT))
		return false;
	d->start = pfn & ~((1UL << (level_shift(level) - PAGE_SHIFT)) - 1);
	d->end = d->start + (1UL << (level_shift(level) - PAGE_SHIFT));
	return true;
}
