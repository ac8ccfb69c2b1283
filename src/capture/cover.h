/* SPDX-License-Identifier: MIT */
/*
 * Cover: write-protected memory whose pages are saved one by one, and where it
 * lies by now. Pure bookkeeping of the engine "membrane"; no call to the kernel.
 *
 * An area is a stretch of memory as it was in the pause: of one process's own
 * memory, by address, or of a file that processes share, by offset ("origin" is
 * either). Each of its pages goes one way only, once:
 *
 *	PROTECTED -> SAVED	its copy was made while nobody could write to it
 *	          -> DOUBTFUL	shared, and perhaps given back meanwhile: zeros prove nothing
 *	          -> LOST	it was given back, unmapped or cannot be read
 *
 * A map says which part of which area a process has at an address; mremap()
 * moves parts. Maps of several processes may show the same area.
 */
#ifndef OSM_CAPTURE_COVER_H
#define OSM_CAPTURE_COVER_H

#include "base/vec.h"
#include <stdbool.h>
#include <stdint.h>

enum cover_state { COVER_PROTECTED, COVER_DOUBTFUL, COVER_SAVED, COVER_LOST };

struct cover_area {
	uint64_t start, end;	/* origins, whole pages */
	uint64_t page;		/* size, a power of two: 4096, or that of hugetlbfs */
	uint64_t left;		/* pages that are neither saved nor lost */
	uint8_t *state;		/* enum cover_state, a page each */
	void *owner;		/* the caller's */
};

struct cover_piece {
	uint64_t start, end;	/* addresses */
	uint64_t origin;	/* of start */
	struct cover_area *area;
};

struct cover_map {
	VEC(struct cover_piece) pieces;	/* by address, apart */
};

/* NULL: no memory. */
struct cover_area *cover_area_create(uint64_t start, uint64_t end, uint64_t page);
void cover_area_destroy(struct cover_area *a); /* accepts NULL */
enum cover_state cover_state(const struct cover_area *a, uint64_t origin);
/* Pages of the range that are saved or lost already stay so. */
void cover_mark(struct cover_area *a, uint64_t from, uint64_t to, enum cover_state state);
/* The first run, of at most `most` bytes, from `from` on that is neither saved nor lost; false: none. It does not
 * cross a multiple of `most`, which is one of the page size. */
bool cover_next(const struct cover_area *a, uint64_t from, uint64_t most, uint64_t *ret_from, uint64_t *ret_to);

/* False: no memory. What was there before is there no more. */
bool cover_add(struct cover_map *m, uint64_t address, struct cover_area *area, uint64_t from, uint64_t to);
/* The piece that holds the address; NULL. Good until the map is changed. */
const struct cover_piece *cover_at(const struct cover_map *m, uint64_t address);
bool cover_touches(const struct cover_map *m, uint64_t start, uint64_t end);
/* Where the origin is, and how many bytes go on from there; false: nowhere any more. */
bool cover_where(const struct cover_map *m, const struct cover_area *a, uint64_t origin, uint64_t *ret_address, uint64_t *ret_size);
/* mremap() has moved `size` bytes. False: without allocating there was no room to note it: what moved is nowhere. */
bool cover_move(struct cover_map *m, uint64_t from, uint64_t to, uint64_t size);
bool cover_reserve(struct cover_map *m, size_t more);
bool cover_copy(const struct cover_map *m, struct cover_map *ret);
void cover_deinit(struct cover_map *m);

#endif
