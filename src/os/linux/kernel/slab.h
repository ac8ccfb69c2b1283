/* SPDX-License-Identifier: MIT */
/*
 * The kernel's caches of objects of one size (slab allocator, SLUB).
 *
 * The figures are those of /proc/slabinfo, counted in the same way: what lies
 * in slabs that processors have taken for themselves counts as in use there. How
 * much of that is free is told besides. SLAB and SLOB, which Linux no longer has,
 * are not read.
 */
#ifndef OSM_OS_LINUX_KERNEL_SLAB_H
#define OSM_OS_LINUX_KERNEL_SLAB_H

#include "target/target.h"

struct slab_cache {
	uint64_t address;		/* of struct kmem_cache */
	char name[64];
	uint64_t object_size;		/* as asked for */
	uint64_t size;			/* of an object with what surrounds it */
	uint64_t flags;			/* SLAB_ flags */
	unsigned per_slab, order;	/* objects in a slab of 2^order pages */
	uint64_t slabs, objects;	/* of all nodes */
	uint64_t partial_slabs;		/* on the nodes' lists of partial slabs */
	uint64_t partial_free;		/* free objects in these */
	uint64_t cpu_slabs;		/* slabs that processors have taken */
	uint64_t cpu_free;		/* free objects in these */
	bool counted;			/* the kernel keeps the numbers of slabs and objects */
	bool cpu_counted;		/* all processors' free objects could be counted */
	const char *trouble;		/* why figures may be short; NULL: they are whole */
};

/* Objects in use as /proc/slabinfo has them, and those really handed out. */
static inline uint64_t slab_active(const struct slab_cache *c)
{
	return c->objects > c->partial_free ? c->objects - c->partial_free : 0;
}

static inline uint64_t slab_allocated(const struct slab_cache *c)
{
	uint64_t active = slab_active(c);

	return active > c->cpu_free ? active - c->cpu_free : 0;
}

static inline uint64_t slab_bytes(const struct slab_cache *c)
{
	return c->slabs << (c->order < 20 ? c->order : 20) << 12;
}

/* What is told lives until the visitor returns; false: stop. */
typedef bool slab_visitor(void *arg, const struct slab_cache *c);

/* In the order of /proc/slabinfo, the youngest first. NOTFOUND, UNSUPPORTED:
 * another allocator. CORRUPT: the list is torn; what came before was told. */
struct err *kernel_slab_each(struct target *t, slab_visitor *v, void *arg) MUST_USE;
/* One cache by the address of its struct kmem_cache. */
struct err *kernel_slab_cache(struct target *t, uint64_t address, struct slab_cache *ret) MUST_USE;

#endif
