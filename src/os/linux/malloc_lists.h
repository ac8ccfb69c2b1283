/* SPDX-License-Identifier: MIT */
/* What all free lists have in common; for the files src/os/linux/malloc*.c only. */
#ifndef OSM_OS_LINUX_MALLOC_LISTS_H
#define OSM_OS_LINUX_MALLOC_LISTS_H

#include "os/linux/malloc_impl.h"

struct malloc_list {
	struct malloc_walk *w;
	enum malloc_chunk_state state;	/* that its chunks get */
	unsigned bin;
	size_t arena, tcache;
	uint64_t size;			/* that its chunks have; 0: any */
	uint64_t place;			/* of the pointer that is being followed */
	bool quiet;			/* what ends it has been told */
	uint64_t n, bytes, first, last;	/* chunks taken */
};

/* A list's next entry, a chunk: it gets its state; *ret_more: the list can be
 * followed through it. */
struct err *malloc_list_take(struct malloc_list *l, uint64_t chunk, bool *ret_more) MUST_USE;
/* The pointer at `place` of a singly linked list, unmangled. */
bool malloc_next_single(struct malloc_walk *w, uint64_t place, uint64_t *ret);

#endif
