/* SPDX-License-Identifier: MIT */
/* For the files src/os/linux/malloc*.c only. */
#ifndef OSM_OS_LINUX_MALLOC_IMPL_H
#define OSM_OS_LINUX_MALLOC_IMPL_H

#include "base/budget.h"
#include "base/cancel.h"
#include "base/vec.h"
#include "memory/window.h"
#include "os/linux/malloc.h"

enum {
	MALLOC_PREV_INUSE = 1,
	MALLOC_IS_MMAPPED = 2,
	MALLOC_NON_MAIN = 4,
	MALLOC_FLAGS = 7,
	MALLOC_BINS = 127,		/* pairs of fd and bk; bin 1 comes first */
	MALLOC_SMALL_BINS = 64,		/* the first bin of large chunks */
	MALLOC_TCACHE_BINS = 64,
	MALLOC_MAX_ARENAS = 4096,
	MALLOC_MAX_SEGMENTS = 1 << 18,
	MALLOC_MAX_DAMAGES = 1000,
	MALLOC_PAGE = 4096,
};

struct malloc_walk {
	const struct malloc_input *in;
	struct malloc_heap *h;
	struct window window;
	VEC(struct malloc_arena) arenas;
	VEC(struct malloc_segment) segments;
	VEC(struct malloc_chunk) chunks;
	VEC(struct malloc_tcache) tcaches;
	VEC(struct malloc_damage) damages;
	uint64_t steps;		/* taken in looking for chains inside of chunks */
	bool counting;		/* the chunks are too many: they go into the census, but for the last ones */
};

static inline bool malloc_word(struct malloc_walk *w, uint64_t address, uint64_t *ret)
{
	return window_read(&w->window, address, w->h->pointer_size, ret);
}

/* How many bytes from here on are known to be zero though the dump has them not. */
static inline uint64_t malloc_zeros(struct malloc_walk *w, uint64_t address)
{
	size_t n;

	return window_at(&w->window, address, &n) && window_is_zero(&w->window) ? n : 0;
}

/* Whether a user's pointer could be this. */
static inline bool malloc_aligned(const struct malloc_heap *h, uint64_t chunk)
{
	return (chunk + 2 * h->pointer_size) % h->alignment == 0;
}

static inline uint64_t malloc_request_size(const struct malloc_heap *h, uint64_t request)
{
	uint64_t size = (request + h->pointer_size + h->alignment - 1) & ~(uint64_t)(h->alignment - 1);

	return size < h->min_size ? h->min_size : size;
}

struct err *malloc_damage_add(struct malloc_walk *w, const struct malloc_damage *d) MUST_USE;
void malloc_doubt(struct malloc_heap *h, const char *sentence);
/* A doubt that makes the heap partial. */
void malloc_doubt_partial(struct malloc_heap *h, const char *sentence);
/* The chunk that begins at the address; NULL. While walking, of w->chunks. */
struct malloc_chunk *malloc_find_chunk(struct malloc_walk *w, uint64_t address);

/* malloc_find.c: layout, arenas */
struct err *malloc_find_arenas(struct malloc_walk *w) MUST_USE;
/* malloc_segments.c: the memory of each arena, and mapped chunks; in order, apart */
struct err *malloc_find_segments(struct malloc_walk *w) MUST_USE;
/* malloc_walk.c: the chunks of all segments */
struct err *malloc_walk_segments(struct malloc_walk *w) MUST_USE;
/* malloc_tcache.c, malloc_bins.c: the free lists */
struct err *malloc_find_tcaches(struct malloc_walk *w) MUST_USE;
struct err *malloc_walk_tcaches(struct malloc_walk *w) MUST_USE;
struct err *malloc_walk_bins(struct malloc_walk *w) MUST_USE;

#endif
