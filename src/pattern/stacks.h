/* SPDX-License-Identifier: MIT */
/* Stacks: those of all threads, walked once for the patterns that look at them all. */
#ifndef OSM_PATTERN_STACKS_H
#define OSM_PATTERN_STACKS_H

#include "target/target.h"

struct thread_stack {
	struct thread *thread;
	struct stack stack;	/* n 0: nothing could be walked */
};

struct stacks {
	struct thread_stack *v;
	size_t n;
	size_t left_out;	/* threads beyond the limit */
};

/* So many threads, so deep, with their functions: a bound on time and memory. */
enum { STACKS_MAX_THREADS = 256, STACKS_MAX_FRAMES = 48 };

struct err *stacks_find(struct target *t, struct arena *a, struct stacks *ret) MUST_USE;

#endif
