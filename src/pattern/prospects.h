/* SPDX-License-Identifier: MIT */
/*
 * Prospects: what it takes until a thread goes on, by the system call that it is in.
 *
 * Whether a wait for an object without an owner (a condition, a barrier, the other
 * end of a pipe) can end is a question to all other threads: as long as one of them
 * goes on by itself, or can be woken from outside, it may be the one that signals,
 * arrives or writes, or that starts a thread which does. Where there is none, the
 * threads that only each other could wake never go on.
 *
 * Doubt counts for life: a thread of which it is not known what it waits for goes
 * on. Known on Linux, from registers that keep the system call.
 */
#ifndef OSM_PATTERN_PROSPECTS_H
#define OSM_PATTERN_PROSPECTS_H

#include "pattern/wait_graph.h"

enum prospect {
	PROSPECT_GOES_ON,	/* runs, has a time limit, is stopped, or is not known to wait */
	PROSPECT_LATER,		/* sleeps, for PROSPECT_LONG_SLEEP or longer */
	PROSPECT_OUTSIDE,	/* input, another process, a child */
	PROSPECT_SIGNAL,	/* a signal */
	PROSPECT_NEVER,		/* a signal, of which the process handles none */
	PROSPECT_INSIDE,	/* another thread of the process, and nothing else */
	PROSPECT_ENDED,		/* it is no more */
	N_PROSPECTS,
};

enum { PROSPECT_LONG_SLEEP = 300 };	/* seconds */

struct prospects {
	enum prospect *of;		/* by the thread's index */
	size_t count[N_PROSPECTS];
	bool handles_signals;		/* or that is not known */
};

/* In the arena. */
struct err *prospects_find(struct target *t, const struct wait_graph *g, struct arena *a, struct prospects *ret) MUST_USE;
/* Threads that go on without a signal and without another thread. */
size_t prospects_alive(const struct prospects *p);
/* "can be woken from outside" */
const char *prospect_text(enum prospect p);

#endif
