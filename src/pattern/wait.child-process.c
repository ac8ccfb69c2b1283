/* SPDX-License-Identifier: MIT */
/* Wait for a child process: a thread waits for it to end while others wait for the thread. */
#include "pattern/outside.h"

static const struct threshold thresholds[] = { OUTSIDE_THRESHOLDS, { NULL } };

static struct err *match(struct pattern_run *run)
{
	return outside_match(run, OUTSIDE_CHILD, "Child process", "waits for a child process");
}

static const char *const explains[] = { "wait.chain", NULL };

const struct pattern pattern_child_process = {
	.id = "wait.child-process",
	.title = "Wait for a child process",
	.category = CATEGORY_WAIT,
	.definition = "A thread waits for a child process to end, and other threads of the process wait for that thread.",
	.context = "A command that is run while a lock is held, as system() does; a child that hangs, or that waits for "
		   "its parent to read its output.",
	.criterion = "At the end of a line of the wait graph stands a thread in wait4(2) or waitid(2), or one that waits for the handle "
		     "of a process whose parent this one is, and other threads stand behind it: from outside.waiters on it is a "
		     "warning.",
	.false_positives = "A child that ends a moment later.",
	.recommendation = "Look at the child: what it waits for, and whether a pipe between both is full. Do not hold a "
			  "lock while waiting for a process.",
	.bucket = "CHILD_PROCESS_WAIT",
	.thresholds = thresholds,
	.needs = NEEDS_THREADS,
	.explains = explains,
	.match = match,
};
