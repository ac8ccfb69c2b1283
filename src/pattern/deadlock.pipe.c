/* SPDX-License-Identifier: MIT */
/*
 * Pipe to itself: a thread reads what only its own process could write (or writes
 * what only it could read), and no thread of it is left to do so.
 */
#include "pattern/waits.h"

#include <inttypes.h>

static void show_ends(struct pattern_run *run, struct finding *f, const struct wait_node *n)
{
	const uint64_t ends[] = { n->address, n->other_end };

	for (size_t i = 0; i < 2 && (!i || ends[1] != ends[0]); i++)
		evidence_other(run, f, &(struct evidence){ .has_value = true, .value = ends[i],
							   .command = run_text(run, "!handle 0x%" PRIx64 " f", ends[i]) },
			       i ? "the other end, in the same process: descriptor %" PRIu64
				 : ends[1] == ends[0] ? "the descriptor, whose only end this is: %" PRIu64
						      : "the end at which it waits: descriptor %" PRIu64,
			       ends[i]);
}

static void tell(struct pattern_run *run, const struct wait_graph *g, const struct prospects *p, size_t node)
{
	const struct wait_node *n = &g->nodes[node];
	size_t behind = n->behind - n->waiters;
	/* nobody minds an idle thread, of which others do not wait for anything */
	bool matters = behind || (p->count[PROSPECT_INSIDE] > 1 && !p->count[PROSPECT_NEVER] && !p->count[PROSPECT_SIGNAL]);
	bool handlers = p->handles_signals || p->count[PROSPECT_SIGNAL];
	struct finding *f;

	f = finding_add(run, matters ? SEVERITY_PROBLEM : SEVERITY_NOTE, handlers ? 70 : 85,
			"Pipe to itself: %zu thread%s at %s, whose other end %s, and no thread of the process can go on to use it%s.",
			n->waiters, n->waiters == 1 ? " waits" : "s wait", waits_node_text(run, n),
			n->other_end == n->address ? "is the same" : run_text(run, "is descriptor %" PRIu64, n->other_end),
			behind ? run_text(run, "; %zu more thread%s behind", behind, behind == 1 ? " waits" : "s wait") : "");
	f->confidence_why = handlers ? "a handler of signals, or another process that inherited the other end, may use it"
				     : "another process may have inherited the other end";
	show_ends(run, f, n);
	for (size_t i = 0; i < g->n_threads && f->n_evidence < 16; i++)
		if (g->nodes[i].next && g->nodes[i].next->to == node)
			waits_show_wait(run, f, g, i);
	waits_add_followers(run, f, g, node);
}

static struct err *match(struct pattern_run *run)
{
	const struct wait_graph *g = NULL;
	const struct prospects *p = NULL;

	TRY(facts_wait_graph(run->facts, &g));
	TRY(facts_prospects(run->facts, &p));
	if (prospects_alive(p))
		return NULL;
	for (size_t i = g->n_threads; i < g->n && run->n_findings < 16; i++) {
		TRY(run_check(run));
		if (g->nodes[i].is_inside && g->nodes[i].waiters)
			tell(run, g, p, i);
	}
	return NULL;
}

static const char *const explains[] = { "wait.all-blocked", "wait.chain", NULL };

const struct pattern pattern_pipe_deadlock = {
	.id = "deadlock.pipe",
	.title = "Pipe to itself",
	.category = CATEGORY_WAIT,
	.definition = "A thread waits at a pipe, socket or eventfd whose other end its own process has, and every thread that could "
		      "use that end waits itself: a deadlock with a pipe for a lock.",
	.context = "Threads that hand work to each other by a pipe, of which one waits for the other's end or for a lock that "
		   "it holds; one that fills a pipe which it should empty itself; a writing end that was not closed, so that "
		   "the reader never meets the end.",
	.criterion = "A thread is in a read or write of a descriptor whose other end the snapshot lists in the same process, which has "
		     "no children and no Unix socket to another one, through which it could have given that end away, and no "
		     "thread of the process goes on by itself or can be woken from outside. It is a note where nobody waits for "
		     "that thread and others are parked until a signal comes.",
	.false_positives = "A child process that inherited the other end and is about to use it; a handler of signals that writes "
			   "to the pipe.",
	.recommendation = "Find who should use the other end, and where that thread waits instead. Close ends that a process does "
			  "not use. Do not wait for a thread, or hold a lock that it needs, while reading what it is to write.",
	.bucket = "DEADLOCK_PIPE",
	.needs = NEEDS_THREADS | NEEDS_SYSTEM_LINUX,
	.explains = explains,
	.match = match,
};
