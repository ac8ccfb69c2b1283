/* SPDX-License-Identifier: MIT */
/*
 * Threads grouped by equal stacks: two stacks are the same when their functions
 * and offsets are, frame by frame.
 */
#ifndef OSM_TARGET_STACK_GROUPS_H
#define OSM_TARGET_STACK_GROUPS_H

#include "base/map.h"
#include "base/vec.h"
#include "target/target.h"

struct stack_group {
	uint64_t hash;
	struct thread *first;
	enum thread_half half;
	VEC(struct thread *) threads;
};

struct stack_groups {
	VEC(struct stack_group *) groups;	/* the largest first, then by the first thread */
	size_t unwalked;			/* threads whose stack is not there, or beyond max */
	struct u64map by_hash;
	struct arena arena;
};

/* Of the first `max` threads; 0: of all. *ret must be deinitialised either way. */
struct err *stack_groups_find(struct target *t, enum thread_half half, size_t max, struct stack_groups *ret) MUST_USE;
void stack_groups_deinit(struct stack_groups *g);

#endif
