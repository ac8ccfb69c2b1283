/* SPDX-License-Identifier: MIT */
/*
 * Helper: a process of its own that shares our memory and our open files, so
 * that a program can have its own threads traced: the kernel lets nobody trace
 * threads of the same process.
 *
 * It is made by clone(2) with CLONE_VM and exit signal 0: no copy of memory,
 * no SIGCHLD, invisible to wait(). It needs a thread control block of its own
 * (errno, the allocator's cache), and takes that of a thread made for it, which
 * sleeps in wait4() meanwhile and takes the zombie away. Both stacks lie in one
 * mapping of ours. When that thread goes (exit, exec), the kernel kills the
 * helper, and with it what it traces with EXITKILL; tracees go on.
 *
 * While it holds the other threads it must take no lock that one of them may
 * have: nothing is allocated then. helper_deadline() is for our mistakes: the
 * kernel ends a helper that does not get on, and everybody runs again.
 */
#ifndef OSM_CAPTURE_HELPER_H
#define OSM_CAPTURE_HELPER_H

#include "base/err.h"
#include <sys/types.h>

struct helper;

struct helper_work {
	void *(*run)(void *arg);	/* in the helper, all signals blocked */
	void (*ended)(void *arg);	/* in our process, whatever it ended of */
	void *arg;
};

struct err *helper_start(const struct helper_work *work, struct helper **ret) MUST_USE;
/* Waits for its end, and leaves nothing of it. Accepts NULL. */
void helper_join(struct helper *h);
/* Where Yama allows tracing of descendants only (ptrace_scope 1), the helper, a child, may trace us from now on, or no more. */
void helper_permit(const struct helper *h, bool on);
/* The signal that ended it; 0: none, or not known. */
int helper_killed_by(const struct helper *h);
/* In the helper: SIGALRM ends it after so many seconds; 0: no more. */
void helper_deadline(unsigned seconds);

#endif
