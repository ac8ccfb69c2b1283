/* SPDX-License-Identifier: MIT */
/* Network wait: a thread waits for another host while others wait for it. */
#include "pattern/outside.h"

static const struct threshold thresholds[] = { OUTSIDE_THRESHOLDS, { NULL } };

static struct err *match(struct pattern_run *run)
{
	return outside_match(run, OUTSIDE_NETWORK, "Network wait", "waits for the network");
}

static const char *const explains[] = { "wait.chain", NULL };

const struct pattern pattern_network_wait = {
	.id = "wait.network",
	.title = "Network wait",
	.category = CATEGORY_WAIT,
	.definition = "A thread waits for another host, or for the name service, and other threads of the process wait for "
		      "that thread.",
	.context = "A lock that is held over a request to another machine; a name that cannot be resolved, a host that "
		   "does not answer, a peer that neither sends nor closes.",
	.criterion = "At the end of a line of the wait graph stands a thread that is in a function of the resolver or of "
		     "sockets, or in a system call on a socket that leaves the machine, and other threads stand "
		     "behind it: from outside.waiters on it is a warning.",
	.false_positives = "A request that is answered a moment later: a second dump shows another one. Threads that wait "
			   "for the network with nobody behind them are not told.",
	.recommendation = "Do not hold the lock over the request. Give names, connections and answers a time limit. See the "
			  "descriptor or handle for the peer, and ask that host.",
	.bucket = "NETWORK_WAIT",
	.thresholds = thresholds,
	.needs = NEEDS_THREADS,
	.explains = explains,
	.match = match,
};
