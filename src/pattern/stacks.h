/* SPDX-License-Identifier: MIT */
/*
 * Stacks of all threads, walked once for all patterns: the innermost frames, and
 * which threads have the same ones. Equal means: the same instructions, frame by
 * frame. Of a 32-bit program in a 64-bit dump it is the 32-bit half. A dump may
 * claim a million threads, or have stacks that take long: those from
 * STACKS_MAX_THREADS on, and those whose turn comes after STACKS_TIME_MS, are
 * left out and have no frames.
 */
#ifndef OSM_PATTERN_STACKS_H
#define OSM_PATTERN_STACKS_H

#include "base/arena.h"
#include "target/target.h"

enum { STACKS_MAX_THREADS = 20000, STACKS_MAX_FRAMES = 48, STACKS_TIME_MS = 4000 };

struct stack_place {
	uint64_t ip, sp;
	uint64_t lookup;	/* address to look symbols up with: ip or ip - 1 */
	struct module *module;	/* NULL: in none */
	const char *function;	/* NULL: not known */
	bool guessed;		/* a word that looked like a return address, or behind such */
	bool scanned;		/* such a word itself */
	unsigned n_params;
	uint64_t params[4];	/* as the walk had them: certain on x86 only */
};

struct thread_stack {
	struct thread *thread;
	struct stack_place *places;	/* innermost first */
	size_t n;
	bool truncated;			/* there are more than STACKS_MAX_FRAMES */
	size_t group;			/* of threads with the same places; meaningless when n is 0 */
};

struct equal_stacks {
	size_t first;			/* thread, by index */
	size_t n;
};

struct stacks {
	struct thread_stack *v;		/* by index of the thread */
	size_t n;
	size_t left_out;		/* threads that were not walked */
	struct equal_stacks *groups;	/* by their first threads */
	size_t n_groups;
};

/* In the arena, whose limit bounds it. */
struct err *stacks_build(struct target *t, struct arena *a, struct stacks *ret) MUST_USE;
/* The group with most threads; NULL: no thread has a stack. */
const struct equal_stacks *stacks_largest(const struct stacks *s);
/* The innermost place whose function is one of the names, which NULL ends ('*' as in str_match); NULL: none. */
const struct stack_place *stacks_find(const struct thread_stack *s, const char *const *names);
bool stacks_has_module(const struct thread_stack *s, const struct module *m);
/* The program itself, as opposed to the libraries that it loaded. */
bool stacks_is_program(struct target *t, const struct module *m);
/* The innermost place outside of the system's and run-time libraries; NULL: none. */
const struct stack_place *stacks_suspect(const struct thread_stack *s);

#endif
