// SPDX-License-Identifier: GPL-2.0
/*
 * The ranges of System RAM, as the resource tree has them, and the tables
 * over their pages.
 */
#include <linux/ioport.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>

#include "osmosis.h"

struct ranges {
	struct osm_ram *v;
	unsigned int n;
};

static int see_range(struct resource *res, void *arg)
{
	struct ranges *r = arg;
	unsigned long start = PFN_UP(res->start), end = PFN_DOWN(res->end + 1);

	if (start >= end)
		return 0;
	if (r->n == OSM_MAX_RAM)
		return -E2BIG;
	if (r->n && r->v[r->n - 1].end == start) {
		r->v[r->n - 1].end = end;
		return 0;
	}
	r->v[r->n++] = (struct osm_ram){ .start = start, .end = end };
	return 0;
}

static int find_ranges(struct ranges *r)
{
	int rc = walk_iomem_res_desc(IORES_DESC_NONE, IORESOURCE_SYSTEM_RAM | IORESOURCE_BUSY, 0, -1, r, see_range);

	return rc < 0 ? rc : r->n ? 0 : -ENODEV;
}

int osm_ram_find(struct osm *o)
{
	struct ranges r = { .v = o->ram };
	int rc = find_ranges(&r);

	if (rc)
		return rc;
	o->n_ram = r.n;
	o->n_pages = 0;
	o->n_chunks = 0;
	for (unsigned int i = 0; i < r.n; i++) {
		o->ram[i].index = o->n_pages;
		o->ram[i].chunk = o->n_chunks;
		o->n_pages += o->ram[i].end - o->ram[i].start;
		o->n_chunks += DIV_ROUND_UP(o->ram[i].end, OSM_CHUNK) - o->ram[i].start / OSM_CHUNK;
	}
	return o->n_pages < U32_MAX ? 0 : -E2BIG;
}

bool osm_ram_same(const struct osm *o)
{
	struct ranges r = { .v = kcalloc(OSM_MAX_RAM, sizeof(*r.v), GFP_KERNEL) };
	bool same;

	if (!r.v)
		return false;
	same = !find_ranges(&r) && r.n == o->n_ram;
	for (unsigned int i = 0; same && i < r.n; i++)
		same = r.v[i].start == o->ram[i].start && r.v[i].end == o->ram[i].end;
	kfree(r.v);
	return same;
}

bool osm_ram_index(const struct osm *o, unsigned long pfn, unsigned long *index)
{
	for (unsigned int i = 0; i < o->n_ram; i++)
		if (pfn >= o->ram[i].start && pfn < o->ram[i].end) {
			*index = o->ram[i].index + (pfn - o->ram[i].start);
			return true;
		}
	return false;
}

u64 osm_tables_size(const struct osm *o)
{
	return (u64)o->n_pages * (sizeof(*o->kind) + sizeof(*o->slot)) + o->n_chunks;
}

int osm_tables_alloc(struct osm *o)
{
	o->kind = vzalloc(o->n_pages);
	o->slot = vzalloc(array_size(o->n_pages, sizeof(*o->slot)));
	o->chunk_done = vzalloc(o->n_chunks);
	o->cpus = vzalloc(array_size(nr_cpu_ids, sizeof(*o->cpus)));
	if (o->kind && o->slot && o->chunk_done && o->cpus)
		return 0;
	osm_tables_free(o);
	return -ENOMEM;
}

void osm_tables_free(struct osm *o)
{
	vfree(o->kind);
	vfree(o->slot);
	vfree(o->chunk_done);
	vfree(o->cpus);
	o->kind = NULL;
	o->slot = NULL;
	o->chunk_done = NULL;
	o->cpus = NULL;
}
