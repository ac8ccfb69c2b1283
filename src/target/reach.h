/* SPDX-License-Identifier: MIT */
/*
 * Mark and sweep: which blocks of a heap nothing refers to any more.
 *
 * Conservative: every aligned word of the roots, and of the blocks that are
 * reached, is taken for a pointer when its value lies in a block. A pointer to a
 * block's start is what a program keeps of what it will free; one to the inside
 * may be such (an array's element, a base class) or chance, so that blocks with
 * no other are told apart. What the blocks are is the caller's business.
 *
 * Memory: 5 bytes for each block, and for each 4 kB page between the first and the
 * last of blocks that lie near each other 48 where all are at multiples of 16, else 96; and 128 kB.
 */
#ifndef OSM_TARGET_REACH_H
#define OSM_TARGET_REACH_H

#include "base/budget.h"
#include "memory/space.h"

struct reach_block {
	uint64_t address, size;	/* what the program may use of it */
};

struct reach_span {
	uint64_t start, end;
};

enum reach_state {
	REACH_LOST,		/* nothing points to it */
	REACH_LOST_INDIRECT,	/* only blocks that are lost point to it */
	REACH_POSSIBLE,		/* reached, but through a pointer to the inside of a block */
	REACH_REACHED,
};

struct reach_input {
	struct space *space;
	unsigned pointer_size;			/* 4 or 8 */
	const struct reach_block *blocks;	/* by address, apart, at multiples of 8, < 2^32 */
	size_t n_blocks;
	const struct reach_span *roots;		/* memory that holds pointers */
	size_t n_roots;
	const uint64_t *words;			/* registers */
	size_t n_words;
	const struct budget *budget;		/* NULL: none */
};

struct reach_result {
	uint8_t *states;	/* enum reach_state of each block; reach_deinit frees */
	uint64_t root_bytes, block_bytes;	/* scanned */
	uint64_t absent_bytes;	/* of roots and blocks that are not in the dump */
};

enum { REACH_BLOCK_BYTES = 5 }; /* that marking takes for each block */

/* CORRUPT: the blocks are not in order. UNSUPPORTED: beyond the budget. CANCELLED. */
struct err *reach_mark(const struct reach_input *in, struct reach_result *ret) MUST_USE;
void reach_deinit(struct reach_result *r);

#endif
