/* SPDX-License-Identifier: MIT */
/*
 * Limits: how much of something a process may have, and has: numbers that a
 * snapshot was told from outside (docs/formats/osmosis-note.md), and the ends of
 * the threads' stacks.
 */
#ifndef OSM_PATTERN_LIMITS_H
#define OSM_PATTERN_LIMITS_H

#include "target/target.h"

/* Number of the record by its key, as "limits.Max open files" (the soft limit) or
 * "cgroup.memory_max"; false: it is not there, or unlimited. */
bool limits_value(struct target *t, const char *key, uint64_t *ret);

struct stack_space {
	uint64_t sp, top;	/* the stack grows from top down */
	uint64_t end;		/* lowest address that it may grow to */
};
/* False: not known where the stack ends, or its pointer is not in it. */
bool limits_stack(struct target *t, struct thread *th, struct stack_space *ret);

#endif
