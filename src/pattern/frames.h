/* SPDX-License-Identifier: MIT */
/* Stacks: those of all threads, walked once for the patterns that look at them all. */
#ifndef OSM_PATTERN_FRAMES_H
#define OSM_PATTERN_FRAMES_H

#include "target/target.h"

struct thread_frames {
	struct thread *thread;
	struct stack stack;	/* n 0: nothing could be walked */
};

struct frames {
	struct thread_frames *v;
	size_t n;
	size_t left_out;	/* threads beyond the limit */
};

/* So many threads, so deep, with their functions: a bound on time and memory. */
enum { FRAMES_MAX_THREADS = 256, FRAMES_MAX_FRAMES = 48 };

struct err *frames_find(struct target *t, struct arena *a, struct frames *ret) MUST_USE;

#endif
