/* SPDX-License-Identifier: MIT */
/*
 * Which memory stays when a dump is stripped: what listing modules and threads
 * reads, what of modules cannot have been written, and of the stacks the words
 * that lead somewhere: to code, to modules, to stacks. All other words are
 * zero afterwards, and whatever lies below a stack pointer, in heaps and in
 * data is too.
 */
#ifndef OSM_TARGET_STRIP_H
#define OSM_TARGET_STRIP_H

#include "format/strip.h"
#include "target/target.h"

struct strip_stacks {
	size_t threads, frames;
	uint64_t stack_words;	/* that stay */
	size_t changed;		/* threads whose stack is another one now */
	uint32_t changed_tid;	/* the first of them */
};

/* What stays of the memory, and what the container needs (dump_strip). The
 * plan is finished; changed is not 0 where a stack could not be kept as it was. */
struct err *target_strip(struct dump *d, const struct target_options *o, struct strip_plan *p,
			 struct strip_stacks *ret) MUST_USE;

#endif
