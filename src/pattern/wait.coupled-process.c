/* SPDX-License-Identifier: MIT */
/* Coupled processes: a thread waits for another process of the machine while others wait for it. */
#include "pattern/outside.h"

static const struct threshold thresholds[] = { OUTSIDE_THRESHOLDS, { NULL } };

static struct err *match(struct pattern_run *run)
{
	return outside_match(run, OUTSIDE_PROCESS, "Coupled processes", "waits for another process");
}

static const char *const explains[] = { "wait.chain", NULL };

const struct pattern pattern_coupled_process = {
	.id = "wait.coupled-process",
	.title = "Coupled processes",
	.category = CATEGORY_WAIT,
	.definition = "A thread waits for another process of the same machine, and other threads of this process wait for "
		      "that thread: the cause is over there.",
	.context = "Calls by RPC, COM or ALPC, named pipes, and sockets of the machine itself, made while a lock is held; "
		   "helper processes that hang, or that wait for this process in turn.",
	.criterion = "At the end of a line of the wait graph stands a thread that is in a client's function of RPC, COM, ALPC or "
		     "named pipes, or in a read or write of a pipe whose other end this process has not, or of a local "
		     "socket, or that waits for another process to end, and other threads stand behind it: from "
		     "outside.waiters on it is a warning.",
	.false_positives = "A call that is answered a moment later. A pipe whose other end nobody has any more: then the "
			   "read would end, and the dump is of that moment.",
	.recommendation = "Take a dump of the other process as well, best both at once (osmodump snap takes sets), and see "
			  "what its thread does. Do not hold a lock over a call to another process.",
	.bucket = "COUPLED_PROCESS",
	.thresholds = thresholds,
	.needs = NEEDS_THREADS,
	.explains = explains,
	.match = match,
};
