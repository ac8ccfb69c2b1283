/* SPDX-License-Identifier: MIT */
/* What held*.c share. */
#ifndef OSM_CAPTURE_HELD_IMPL_H
#define OSM_CAPTURE_HELD_IMPL_H

#include "capture/held.h"

struct held_block { /* a memory file of ours */
	int fd;
	uint8_t *map;
	size_t size, used;
};

typedef void piece_fn(struct held *h, uint64_t start, uint64_t end, void *arg);
/* The parts of the item that hold anything, in order; h: a process that has it. */
void held_pieces(struct held *h, const struct held_item *item, piece_fn *each, void *arg);

#endif
