/* SPDX-License-Identifier: MIT */
/*
 * Heap figures: what of a process's heaps can be set beside another dump of it:
 * each heap with its busy bytes and blocks, and the busy blocks by their size.
 *
 * Who manages the heap is a row of heap_figures.c's list. To add one: a function
 * that calls heap_figures_add() once for each heap and heap_figures_block() for each
 * block in use, and a line in the list.
 */
#ifndef OSM_COMMAND_HEAP_FIGURES_H
#define OSM_COMMAND_HEAP_FIGURES_H

#include "base/map.h"
#include "base/vec.h"
#include "target/target.h"

struct heap_figure {
	const char *kind;	/* "glibc arena"; a literal */
	uint64_t address;	/* of its structure; 0: what has none, as mapped blocks */
	uint64_t committed;	/* bytes that it has from the system */
	uint64_t busy, blocks;	/* in use by the program, headers included */
};

struct heap_class {
	uint64_t size;		/* of a block, header included */
	uint64_t blocks;	/* in use */
};

struct heap_figures {
	VEC(struct heap_figure) heaps;		/* by address */
	VEC(struct heap_class) classes;		/* by size */
	struct u64map by_size;			/* position in classes, plus 1, while they are counted */
	bool known;
	struct strbuf trouble;			/* why they are not known */
};

/* Heaps that cannot be walked are no error: `known` is false, and trouble says why. NOMEM, CANCELLED. */
struct err *heap_figures_init(struct target *t, struct heap_figures *ret) MUST_USE;
void heap_figures_deinit(struct heap_figures *f); /* accepts zeros */

/* For sources. */
struct err *heap_figures_add(struct heap_figures *f, const struct heap_figure *heap) MUST_USE;
struct err *heap_figures_block(struct heap_figures *f, uint64_t size) MUST_USE;

#endif
