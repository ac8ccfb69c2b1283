/* SPDX-License-Identifier: MIT */
/*
 * Whose memory an address is: the cache of the slab allocator that an object was
 * allocated from, by the page that it lies in.
 */
#ifndef OSM_OS_LINUX_KERNEL_SLAB_OF_H
#define OSM_OS_LINUX_KERNEL_SLAB_OF_H

#include "base/arena.h"
#include "target/target.h"

struct slab_object {
	uint64_t cache;		/* struct kmem_cache */
	const char *name;	/* of the cache: "kmalloc-64" */
	uint64_t object;	/* address of the object that holds the address; 0: not known */
	uint64_t size;		/* of an object with what surrounds it */
};

/* False: it is in no slab, or that is not known. */
bool slab_object_at(struct target *t, struct arena *a, uint64_t address, struct slab_object *ret);

#endif
