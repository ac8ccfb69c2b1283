// SPDX-License-Identifier: GPL-2.0
/*
 * The reserve: pages that copies go to. Three kinds: a range that was kept from
 * the system at boot (memmap=SIZE$START and reserve_start=, reserve_size=; or
 * reserve_mem=SIZE:ALIGN:NAME and reserve_name=), pages taken when the module
 * is loaded (reserve_mb=), and pages taken when a capture is armed.
 *
 * Pages are taken in blocks of 2 MB while there are some, so that the rest of
 * the system keeps its large blocks as whole as can be, and given back one by one.
 */
#include <linux/io.h>
#include <linux/moduleparam.h>
#include <linux/slab.h>
#include <linux/version.h>
#include <linux/vmalloc.h>

#include "osmosis.h"

static unsigned long reserve_mb;
module_param(reserve_mb, ulong, 0444);
MODULE_PARM_DESC(reserve_mb, "MB to set aside when the module is loaded");
static unsigned long long reserve_start, reserve_size;
module_param(reserve_start, ullong, 0444);
MODULE_PARM_DESC(reserve_start, "physical address of a range that memmap=SIZE$START keeps from the system");
module_param(reserve_size, ullong, 0444);
MODULE_PARM_DESC(reserve_size, "its bytes");
static char *reserve_name;
module_param(reserve_name, charp, 0444);
MODULE_PARM_DESC(reserve_name, "name of a range that reserve_mem=SIZE:ALIGN:NAME set aside (Linux 6.12 and later)");

static void *fixed_mapping; /* of memremap(); NULL: the direct map has it */

static int map_named(struct osm_pool *p)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 12, 0)
	phys_addr_t start, size;

	if (!reserve_mem_find_by_name(reserve_name, &start, &size)) {
		pr_err("osmosis: the command line has no reserve_mem= of the name %s\n", reserve_name);
		return -ENOENT;
	}
	p->fixed = __va(PAGE_ALIGN(start));
	p->n_fixed = (size - (PAGE_ALIGN(start) - start)) >> PAGE_SHIFT;
	return 0;
#else
	pr_err("osmosis: this kernel has no reserve_mem=; use memmap= with reserve_start= and reserve_size=\n");
	return -EOPNOTSUPP;
#endif
}

static int map_range(struct osm_pool *p)
{
	if ((reserve_start | reserve_size) & ~PAGE_MASK || reserve_start + reserve_size < reserve_start ||
	    region_intersects(reserve_start, reserve_size, IORESOURCE_SYSTEM_RAM, IORES_DESC_NONE) != REGION_DISJOINT) {
		pr_err("osmosis: reserve_start=, reserve_size=: not whole pages, or memory that the system uses\n");
		return -EINVAL;
	}
	fixed_mapping = memremap(reserve_start, reserve_size, MEMREMAP_WB);
	if (!fixed_mapping)
		return -ENOMEM;
	p->fixed = fixed_mapping;
	p->n_fixed = reserve_size >> PAGE_SHIFT;
	return 0;
}

bool osm_slot_pfn(const struct osm_pool *p, unsigned long slot, unsigned long *pfn)
{
	unsigned long i = slot - 1;

	if (i >= p->n_fixed)
		*pfn = p->pfn[i - p->n_fixed];
	else if (!fixed_mapping)
		*pfn = PFN_DOWN(__pa(p->fixed)) + i;
	else
		return false;
	return true;
}

static bool make_room(struct osm_pool *p, unsigned long more)
{
	u32 *pfn;

	if (p->n + more <= p->room)
		return true;
	pfn = vmalloc(array_size(p->n + more, sizeof(*pfn)));
	if (!pfn)
		return false;
	if (p->n)
		memcpy(pfn, p->pfn, p->n * sizeof(*pfn));
	vfree(p->pfn);
	p->pfn = pfn;
	p->room = p->n + more;
	return true;
}

static void put_block(struct osm_pool *p, struct page *page, unsigned int order)
{
	if (order)
		split_page(page, order);
	for (unsigned long i = 0; i < 1UL << order; i++)
		p->pfn[p->n++] = page_to_pfn(page) + i;
}

unsigned long osm_pool_available(void)
{
	return global_zone_page_state(NR_FREE_PAGES);
}

static long left(bool reclaim)
{
	return reclaim ? si_mem_available() : (long)osm_pool_available();
}

/* Pages of the free lists; with reclaim, also those that page cache gives up without much ado. */
static void take(struct osm *o, struct osm_pool *p, unsigned long pages, unsigned long keep, bool reclaim)
{
	gfp_t gfp = __GFP_NOWARN | __GFP_NORETRY | __GFP_NOMEMALLOC | (reclaim ? GFP_KERNEL : 0);
	unsigned long end = p->n + pages;
	unsigned int order = 9;

	while (p->n < end && !(o && osm_cancelled(o))) {
		struct page *page = NULL;

		while (order && (1UL << order > end - p->n || left(reclaim) < (long)(keep + (1UL << order))))
			order--;
		if (left(reclaim) <= (long)keep)
			break;
		page = alloc_pages(gfp, order);
		if (!page && !order)
			break;
		if (page)
			put_block(p, page, order);
		else
			order = order > 3 ? order - 3 : 0;
		cond_resched();
	}
}

int osm_pool_load(struct osm_pool *p)
{
	unsigned long pages = reserve_mb << (20 - PAGE_SHIFT);
	int rc = 0;

	if (reserve_name)
		rc = map_named(p);
	else if (reserve_size)
		rc = map_range(p);
	if (rc || !pages)
		return rc;
	if (!make_room(p, pages))
		return -ENOMEM;
	take(NULL, p, pages, totalram_pages() / 32, true);
	p->n_kept = p->n;
	if (p->n < pages)
		pr_warn("osmosis: %lu of %lu MB could be set aside\n", p->n >> (20 - PAGE_SHIFT), reserve_mb);
	return 0;
}

int osm_pool_take(struct osm *o, unsigned long pages, unsigned long keep, bool reclaim)
{
	struct osm_pool *p = &o->pool;
	unsigned long have = osm_slots(p);

	if (have >= pages)
		return 0;
	if (!make_room(p, pages - have))
		return -ENOMEM;
	take(o, p, pages - have, keep, reclaim);
	return 0;
}

/* What was copied is other people's memory: none of it stays behind. */
void osm_pool_wipe(struct osm *o)
{
	unsigned long used = min_t(unsigned long, atomic_long_read(&o->used), osm_slots(&o->pool));

	for (unsigned long slot = 1; slot <= used; slot++) {
		clear_page(osm_slot_page(&o->pool, slot));
		cond_resched();
	}
	atomic_long_set(&o->used, 0);
}

static void free_down_to(struct osm_pool *p, unsigned long n)
{
	while (p->n > n) {
		__free_page(pfn_to_page(p->pfn[--p->n]));
		cond_resched();
	}
}

void osm_pool_give_back(struct osm *o)
{
	free_down_to(&o->pool, o->pool.n_kept);
	if (o->pool.n)
		return;
	vfree(o->pool.pfn);
	o->pool.pfn = NULL;
	o->pool.room = 0;
}

void osm_pool_unload(struct osm_pool *p)
{
	free_down_to(p, 0);
	vfree(p->pfn);
	if (fixed_mapping)
		memunmap(fixed_mapping);
}
