/* SPDX-License-Identifier: MIT */
/* For the files src/os/windows/heap*.c only. */
#ifndef OSM_OS_WINDOWS_HEAP_IMPL_H
#define OSM_OS_WINDOWS_HEAP_IMPL_H

#include "base/cancel.h"
#include "base/vec.h"
#include "memory/window.h"
#include "os/windows/heap.h"

enum {
	NT_MAX_HEAPS = 4096,
	NT_MAX_SEGMENTS = 8192,		/* of lists of segments, all heaps together */
	NT_MAX_VIRTUAL = 1 << 20,
	NT_MAX_UCRS = 1 << 16,		/* of one segment */
	NT_MAX_DAMAGES = 1000,
	NT_PAGE = 4096,
};

/* The coded bytes of a _HEAP_ENTRY. */
struct nt_code {
	uint32_t size, flags, tag, previous, offset, unused;
};

struct nt_walk {
	const struct nt_heap_input *in;
	const struct nt_heap_layout *l;
	struct nt_heaps *h;
	struct window window;
	const struct nt_heap_form *form; /* of the heap at hand */
	size_t heap;			/* its index */
	VEC(struct nt_heap) heaps;
	VEC(struct nt_segment) segments;
	VEC(struct nt_block) blocks;
	VEC(struct nt_damage) damages;
	size_t n_virtual;
};

static inline struct nt_heap *nt_current(struct nt_walk *w)
{
	return &w->heaps.v[w->heap];
}

static inline bool nt_word(struct nt_walk *w, uint64_t address, uint64_t *ret)
{
	return window_read(&w->window, address, w->l->pointer_size, ret);
}

static inline bool nt_u32(struct nt_walk *w, uint64_t address, uint64_t *ret)
{
	return window_read(&w->window, address, 4, ret);
}

/* The code at a block's header as stored; false: absent. */
static inline bool nt_raw(struct nt_walk *w, uint64_t block, uint64_t *ret)
{
	return window_read(&w->window, block + w->l->code, 8, ret);
}

struct nt_code nt_decode(const struct nt_heap *h, uint64_t raw);
static inline bool nt_code_holds(const struct nt_code *c)
{
	return c->tag == ((c->size & 0xff) ^ c->size >> 8 ^ c->flags);
}

struct err *nt_damage_add(struct nt_walk *w, const struct nt_damage *d) MUST_USE;
struct err *nt_block_add(struct nt_walk *w, const struct nt_block *b) MUST_USE;
/* The block that begins at the address, of the heap at hand; NULL. */
struct nt_block *nt_find_block(struct nt_walk *w, uint64_t address);

/* heap_blocks.c: the blocks of one segment, appended */
struct err *nt_walk_segment(struct nt_walk *w, struct nt_segment *seg) MUST_USE;
/* heap_lfh.c: the blocks inside of a busy one that belongs to an LFH; *ret false: it does not */
struct err *nt_walk_lfh(struct nt_walk *w, const struct nt_block *outer, bool *ret) MUST_USE;
/* heap_lists.c: large blocks (segments of their own), the free list */
struct err *nt_walk_virtual(struct nt_walk *w) MUST_USE;
struct err *nt_walk_free_list(struct nt_walk *w) MUST_USE;
/* heap_wine.c: a heap of Wine */
bool nt_wine_is_heap(struct nt_walk *w, uint64_t address);
struct err *nt_walk_wine(struct nt_walk *w) MUST_USE;
/* Whether a segment that was met before has any of this. */
bool nt_is_claimed(const struct nt_walk *w, uint64_t start, uint64_t end);
/* heap_fill.c: the patterns behind busy blocks and in free ones */
struct err *nt_check_fill(struct nt_walk *w) MUST_USE;

#endif
