/* SPDX-License-Identifier: MIT */
/*
 * Stacks of all threads, walked once for all patterns: the innermost frames, and
 * which threads have the same ones. Equal means: the same instructions, frame by
 * frame. A dump may claim a million threads; those from STACKS_MAX_THREADS on
 * have no frames.
 */
#ifndef OSM_PATTERN_STACKS_H
#define OSM_PATTERN_STACKS_H

#include "base/arena.h"
#include "target/target.h"

enum { STACKS_MAX_THREADS = 20000, STACKS_MAX_FRAMES = 32 };

struct stack_place {
	uint64_t ip;
	struct module *module;	/* NULL: in none */
	const char *function;	/* NULL: not known */
	unsigned n_params;
	uint64_t params[4];	/* as the walk had them: certain on x86 only */
};

struct thread_stack {
	struct stack_place *places;	/* innermost first */
	size_t n;
	size_t group;			/* of threads with the same places; meaningless when n is 0 */
};

struct equal_stacks {
	size_t first;			/* thread, by index */
	size_t n;
};

struct stacks {
	struct thread_stack *v;		/* by index of the thread */
	size_t n;
	struct equal_stacks *groups;	/* by their first threads */
	size_t n_groups;
};

/* In the arena, whose limit bounds it. */
struct err *stacks_build(struct target *t, struct arena *a, struct stacks *ret) MUST_USE;
/* The group with most threads; NULL: no thread has a stack. */
const struct equal_stacks *stacks_largest(const struct stacks *s);
/* The program itself, as opposed to the libraries that it loaded. */
bool stacks_is_program(struct target *t, const struct module *m);
/* The innermost place outside of the system's and run-time libraries; NULL: none. */
const struct stack_place *stacks_suspect(const struct thread_stack *s);

#endif
