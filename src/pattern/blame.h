/* SPDX-License-Identifier: MIT */
/*
 * Blame: which frame of a stack, and so which module, is looked at first, and
 * why. Functions of the system and of run-time libraries run in every process
 * and rarely err; the first frame that is not theirs is where to begin. That is
 * a rule of thumb and says so.
 */
#ifndef OSM_PATTERN_BLAME_H
#define OSM_PATTERN_BLAME_H

#include "pattern/fault.h"
#include "target/target.h"

struct blame {
	struct thread *thread;		/* NULL: no thread at all */
	const struct stack *stack;	/* of the fault, else of the thread; n 0: none */
	const struct frame *frame;	/* NULL: none */
	const char *module;		/* "" not known */
	const char *function;		/* "" not known */
	const char *why;
};

/* The first of the innermost `depth` frames whose function is one of the names,
 * which NULL ends ('*' as in str_match); NULL: none, also of no stack. */
const struct frame *stack_find(const struct stack *s, size_t depth, const char *const *names);
bool module_is_well_tested(const struct module *m);
/* th NULL: the fault's thread and registers. Frames and strings in the arena. */
void blame_find(struct target *t, const struct fault *fault, struct thread *th, struct arena *a,
		struct blame *ret);

#endif
