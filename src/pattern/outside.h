/* SPDX-License-Identifier: MIT */
/*
 * Waits for the world outside of the process: another process, the network, a
 * user. Who has to act is not in the dump; which sort of other it is, the system
 * call and its descriptor tell on Linux, and the functions on the stack on all
 * systems. Names are compared only within the modules that bear them: a program
 * may well call its own function `connect`.
 */
#ifndef OSM_PATTERN_OUTSIDE_H
#define OSM_PATTERN_OUTSIDE_H

#include "pattern/stacks.h"
#include "pattern/waits.h"

enum outside {
	OUTSIDE_NONE,
	OUTSIDE_NETWORK,	/* a host: names, connections, data */
	OUTSIDE_PROCESS,	/* a call to, or a pipe or socket of, a process of this machine */
	OUTSIDE_CHILD,		/* that a child process ends */
	OUTSIDE_FILE_LOCK,
	OUTSIDE_USER,		/* a dialog, a message box, a terminal */
};

struct outside_wait {
	enum outside kind;
	const char *what;	/* "the name service", "tcp 10.0.0.1:80 ... (descriptor 3)" */
	const char *function;	/* that told; "" none: the system call did */
	size_t place;		/* of it on the thread's stack */
	unsigned sure;		/* percent */
	uint32_t holder;	/* process that has the lock on the file; 0: not known */
};

/* False: it is not seen to wait for anything outside. Texts live in the run. */
bool outside_of(struct pattern_run *run, const struct wait_graph *g, const struct stacks *s, size_t thread,
		struct outside_wait *ret);
/* Threads that cannot go on before this one does, where it is the end of their line. */
size_t outside_behind(const struct wait_graph *g, size_t thread);

/*
 * The match() of all patterns of one kind: a note, from `outside.waiters` on a
 * warning, from `outside.problem` on a problem, for each thread that waits outside
 * while others wait for it. Others are healthy as far as a dump tells, and are not told. `does` is the
 * verb: "waits for a user to answer".
 */
struct err *outside_match(struct pattern_run *run, enum outside kind, const char *title, const char *does);
#define OUTSIDE_THRESHOLDS                                                                        \
	{ "outside.waiters", 3, "threads", "as many behind it make it a warning instead of a note" }, \
	{ "outside.problem", 10, "threads", "as many make it a problem instead of a warning" }

#endif
