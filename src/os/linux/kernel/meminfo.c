/* SPDX-License-Identifier: MIT */
/*
 * /proc/meminfo out of the kernel's counters: see meminfo.h.
 *
 * Facts: Documentation/filesystems/proc.rst says what each figure is; MemAvailable
 * is free memory without what is reserved, and of page cache and reclaimable slab
 * what exceeds half of it or the low watermarks; CommitLimit as in
 * Documentation/mm/overcommit-accounting. Checked with /proc/meminfo of guests.
 */
#include "os/linux/kernel/meminfo.h"

#include "os/linux/kernel/counters.h"
#include "os/linux/kernel/walk.h"
#include "target/bind.h"
#include "target/kernel.h"

#include <string.h>

enum { PAGE_KB = 4, MAX_INODES = 1 << 20 };

const char *const meminfo_names[MEM_N_ITEMS] = {
	"MemTotal", "MemFree", "MemAvailable", "Buffers", "Cached", "SwapCached", "Active", "Inactive", "Active(anon)",
	"Inactive(anon)", "Active(file)", "Inactive(file)", "Unevictable", "Mlocked", "SwapTotal", "SwapFree", "Dirty",
	"Writeback", "AnonPages", "Mapped", "Shmem", "KReclaimable", "Slab", "SReclaimable", "SUnreclaim", "KernelStack",
	"PageTables", "CommitLimit", "Committed_AS", "VmallocUsed", "Percpu", "AnonHugePages",
};

struct work {
	struct target *t;
	struct kernel *k;
	struct counter *zone, *node;
	size_t n_zone, n_node;
	struct meminfo m;
	uint64_t pages;	/* summed by a walk */
};

/* --- small parts ---------------------------------------------------------------------------- */

static bool counter(const struct work *w, const char *name, uint64_t *ret)
{
	int64_t v;

	if (!counter_value(w->zone, w->n_zone, name, &v) && !counter_value(w->node, w->n_node, name, &v))
		return false;
	*ret = v > 0 ? (uint64_t)v : 0; /* differences that are still out: /proc shows 0 as well */
	return true;
}

/* The sum of counters; those that this kernel has not count as 0, except the first. */
static void set_counters(struct work *w, enum meminfo_item item, const char *const *names, size_t n)
{
	uint64_t sum = 0, v;

	for (size_t i = 0; i < n && names[i]; i++) {
		bool found = counter(w, names[i], &v);

		if (!found && !i)
			return;
		sum += found ? v : 0;
	}
	w->m.known[item] = true;
	w->m.kb[item] = sum * PAGE_KB;
}

static void set_pages(struct work *w, enum meminfo_item item, uint64_t pages)
{
	w->m.known[item] = true;
	w->m.kb[item] = pages * PAGE_KB;
}

static bool variable(const struct work *w, const char *name, unsigned size, uint64_t *ret)
{
	return !err_ignore(kernel_variable(w->k, name, size, ret));
}

static void set_variable(struct work *w, enum meminfo_item item, const char *name)
{
	uint64_t v;

	if (variable(w, name, 8, &v))
		set_pages(w, item, (int64_t)v > 0 ? v : 0);
}

/* --- what is a sum of counters ----------------------------------------------------------------- */

static const struct {
	enum meminfo_item item;
	const char *names[4];
} rows[] = {
	{ MEM_FREE, { "NR_FREE_PAGES" } },
	{ MEM_SWAP_CACHED, { "NR_SWAPCACHE" } },
	{ MEM_ACTIVE, { "NR_ACTIVE_ANON", "NR_ACTIVE_FILE" } },
	{ MEM_INACTIVE, { "NR_INACTIVE_ANON", "NR_INACTIVE_FILE" } },
	{ MEM_ACTIVE_ANON, { "NR_ACTIVE_ANON" } },
	{ MEM_INACTIVE_ANON, { "NR_INACTIVE_ANON" } },
	{ MEM_ACTIVE_FILE, { "NR_ACTIVE_FILE" } },
	{ MEM_INACTIVE_FILE, { "NR_INACTIVE_FILE" } },
	{ MEM_UNEVICTABLE, { "NR_UNEVICTABLE" } },
	{ MEM_LOCKED, { "NR_MLOCK" } },
	{ MEM_DIRTY, { "NR_FILE_DIRTY" } },
	{ MEM_WRITEBACK, { "NR_WRITEBACK" } },
	{ MEM_ANON, { "NR_ANON_MAPPED" } },
	{ MEM_MAPPED, { "NR_FILE_MAPPED" } },
	{ MEM_SHMEM, { "NR_SHMEM" } },
	{ MEM_KRECLAIMABLE, { "NR_SLAB_RECLAIMABLE_B", "NR_KERNEL_MISC_RECLAIMABLE" } },
	{ MEM_SLAB, { "NR_SLAB_RECLAIMABLE_B", "NR_SLAB_UNRECLAIMABLE_B" } },
	{ MEM_SLAB_RECLAIMABLE, { "NR_SLAB_RECLAIMABLE_B" } },
	{ MEM_SLAB_UNRECLAIMABLE, { "NR_SLAB_UNRECLAIMABLE_B" } },
	{ MEM_PAGE_TABLES, { "NR_PAGETABLE" } },
	{ MEM_ANON_HUGE, { "NR_ANON_THPS" } },
};

/* --- what is more than that ---------------------------------------------------------------------- */

static uint64_t less_half(uint64_t v, uint64_t keep)
{
	return v - (v / 2 < keep ? v / 2 : keep);
}

static void set_available(struct work *w)
{
	CLEANUP(arena_deinit) struct arena a = ARENA_INIT;
	uint64_t reserve, low = 0, free, active, inactive, slab, misc = 0, sum;
	struct kernel_zone *zones;
	size_t n;

	if (!variable(w, "totalreserve_pages", 8, &reserve) || err_ignore(kernel_zones(w->t, &a, &zones, &n)) ||
	    !counter(w, "NR_FREE_PAGES", &free) || !counter(w, "NR_ACTIVE_FILE", &active) ||
	    !counter(w, "NR_INACTIVE_FILE", &inactive) || !counter(w, "NR_SLAB_RECLAIMABLE_B", &slab))
		return;
	(void)counter(w, "NR_KERNEL_MISC_RECLAIMABLE", &misc);
	for (size_t i = 0; i < n; i++)
		low += zones[i].low;
	sum = free + less_half(active + inactive, low) + less_half(slab + misc, low);
	set_pages(w, MEM_AVAILABLE, sum > reserve ? sum - reserve : 0);
}

struct inode {
	uint64_t has;
	uint64_t pages, link;
};
static const struct bind_member inode_members[] = {
	{ "i_data.nrpages", offsetof(struct inode, pages), BIND_UINT, false },
	{ "i_sb_list", offsetof(struct inode, link), BIND_ADDRESS_OF, false },
	{ NULL },
};
static const struct binding inode_binding = { "vmlinux", "inode", inode_members };

struct inode_walk {
	struct work *w;
	uint64_t link;
};

static bool add_inode(void *arg, uint64_t node)
{
	struct inode_walk *walk = arg;
	struct inode i;

	if (!err_ignore(bind_read(walk->w->t, HALF_NATIVE, &inode_binding, node - walk->link, &i)))
		walk->w->pages += i.pages;
	return true;
}

/* Pages of block devices: of all inodes of their own file system. */
static void set_buffers(struct work *w)
{
	static const struct bind_member members[] = { { "s_inodes", 8, BIND_ADDRESS_OF, false }, { NULL } };
	static const struct binding super = { "vmlinux", "super_block", members };
	struct inode_walk walk = { .w = w };
	struct { uint64_t has, inodes; } sb;
	uint64_t at;

	if (!variable(w, "blockdev_superblock", 8, &at) ||
	    err_ignore(bind_read(w->t, HALF_NATIVE, &super, at, &sb)) ||
	    err_ignore(bind_offset(w->t, HALF_NATIVE, &inode_binding, "i_sb_list", &walk.link)) ||
	    err_ignore(kernel_list_each(w->t, sb.inodes, MAX_INODES, add_inode, &walk)))
		return;
	set_pages(w, MEM_BUFFERS, w->pages);
}

static void set_cached(struct work *w)
{
	uint64_t files, swap = 0, buffers = w->m.kb[MEM_BUFFERS] / PAGE_KB;

	if (!w->m.known[MEM_BUFFERS] || !counter(w, "NR_FILE_PAGES", &files))
		return;
	(void)counter(w, "NR_SWAPCACHE", &swap);
	set_pages(w, MEM_CACHED, files > swap + buffers ? files - swap - buffers : 0);
}

static void set_commit(struct work *w)
{
	uint64_t ratio, kb = 0, total, swap = 0, huge = 0, at;
	int64_t committed;

	(void)variable(w, "total_swap_pages", 8, &swap);
	(void)variable(w, "sysctl_overcommit_kbytes", 8, &kb);
	if (kb)
		set_pages(w, MEM_COMMIT_LIMIT, kb / PAGE_KB + swap);
	else if (variable(w, "sysctl_overcommit_ratio", 4, &ratio) && variable(w, "_totalram_pages", 8, &total))
		set_pages(w, MEM_COMMIT_LIMIT, (total - huge) * ratio / 100 + swap);
	if (!err_ignore(kernel_symbol(w->k, "vm_committed_as", &at)) &&
	    !err_ignore(kernel_percpu_counter(w->t, at, &committed)))
		set_pages(w, MEM_COMMITTED, committed > 0 ? (uint64_t)committed : 0);
}

static void set_rest(struct work *w)
{
	uint64_t kb, populated, units;

	set_variable(w, MEM_TOTAL, "_totalram_pages");
	set_variable(w, MEM_SWAP_TOTAL, "total_swap_pages");
	set_variable(w, MEM_SWAP_FREE, "nr_swap_pages");
	set_variable(w, MEM_VMALLOC_USED, "nr_vmalloc_pages");
	if (counter(w, "NR_KERNEL_STACK_KB", &kb)) {
		w->m.known[MEM_KERNEL_STACK] = true;
		w->m.kb[MEM_KERNEL_STACK] = kb;
	}
	if (variable(w, "pcpu_nr_populated", 8, &populated) && variable(w, "pcpu_nr_units", 4, &units))
		set_pages(w, MEM_PERCPU, populated * units);
}

struct err *kernel_meminfo(struct target *t, struct meminfo *ret)
{
	CLEANUP(arena_deinit) struct arena a = ARENA_INIT;
	struct work w = { .t = t, .k = target_kernel(t) };

	TRY(kernel_counters(t, COUNTERS_ZONE, &a, &w.zone, &w.n_zone));
	TRY(kernel_counters(t, COUNTERS_NODE, &a, &w.node, &w.n_node));
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		set_counters(&w, rows[i].item, rows[i].names, ARRAY_SIZE(rows[i].names));
	set_rest(&w);
	set_available(&w);
	set_buffers(&w);
	set_cached(&w);
	set_commit(&w);
	*ret = w.m;
	return NULL;
}
