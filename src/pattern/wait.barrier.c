/* SPDX-License-Identifier: MIT */
/*
 * Barrier that stays shut: threads have arrived at it and wait for others, of
 * which none can arrive. Who the others are a barrier does not say, but how many
 * it needs and how many are there; so the question is put to all threads.
 */
#include "pattern/waits.h"

#include <inttypes.h>

enum { MAX_NAMED = 3, MAX_EVIDENCE = 24 };

struct barrier {
	const struct wait_graph *g;
	const struct prospects *p;
	size_t node;
	size_t absent;	/* threads that may be the missing ones: all that are not there and have not ended */
	size_t stuck;	/* of them: can never go on */
};

static bool is_there(const struct barrier *b, size_t i)
{
	return b->g->nodes[i].next && b->g->nodes[i].next->to == b->node;
}

/* In a ring or behind one, or behind an owner that is gone: whatever the others do. */
static bool never_goes_on(const struct wait_graph *g, size_t i)
{
	const struct wait_node *root = &g->nodes[g->nodes[i].root];

	return root->in_ring || root->activity == ACTIVITY_GONE || root->abandoned;
}

static void count_absent(struct barrier *b)
{
	bool any_alive = prospects_alive(b->p) > 0;

	for (size_t i = 0; i < b->g->n_threads; i++) {
		if (is_there(b, i) || b->p->of[i] == PROSPECT_ENDED)
			continue;
		b->absent++;
		b->stuck += never_goes_on(b->g, i) || (!any_alive && b->p->of[i] == PROSPECT_INSIDE);
	}
}

/* "thread 4 (tid 7) waits for pipe ...; thread 0 ..." */
static const char *others_text(struct pattern_run *run, const struct barrier *b)
{
	const char *text = "";
	size_t n = 0;

	for (size_t i = 0; i < b->g->n_threads && n <= MAX_NAMED; i++) {
		const struct wait_edge *e = wait_edge_of(b->g, i);
		const char *who;

		if (is_there(b, i) || b->p->of[i] == PROSPECT_ENDED)
			continue;
		who = run_thread_text(run, b->g->nodes[i].thread);
		if (n++ == MAX_NAMED)
			text = run_text(run, "%s; and so on", text);
		else if (e && b->p->of[i] == PROSPECT_INSIDE)
			text = run_text(run, "%s%s%s waits for %s%s", text, n > 1 ? "; " : "", who,
					waits_node_text(run, &b->g->nodes[e->to]),
					b->g->nodes[e->to].kind == WAIT_THREAD ? " to end" : "");
		else
			text = run_text(run, "%s%s%s %s", text, n > 1 ? "; " : "", who, prospect_text(b->p->of[i]));
	}
	return text;
}

static void show(struct pattern_run *run, struct finding *f, const struct barrier *b)
{
	const struct wait_node *n = &b->g->nodes[b->node];

	if (n->needed) {
		evidence_memory(run, f, n->address + n->needed_at, 4, "threads that open the barrier: %" PRIu32, n->needed);
		evidence_memory(run, f, n->address + n->arrived_at, 4, "threads that came since it was made: %" PRIu32 " are there now, "
				"%" PRIu32 " went through before", n->arrived, n->passed);
	} else {
		finding_unread(run, f, "how many threads %s needs", waits_node_text(run, n));
	}
	for (size_t pass = 0; pass < 2; pass++)
		for (size_t i = 0; i < b->g->n_threads && f->n_evidence < MAX_EVIDENCE; i++)
			if (is_there(b, i) == !pass && b->p->of[i] != PROSPECT_ENDED)
				waits_show_wait(run, f, b->g, i);
}

static const char *how_many(struct pattern_run *run, const struct barrier *b)
{
	const struct wait_node *n = &b->g->nodes[b->node];

	if (!n->needed)
		return run_text(run, "%zu thread%s at %s", n->waiters, n->waiters == 1 ? " waits" : "s wait", waits_node_text(run, n));
	return run_text(run, "%" PRIu32 " of the %" PRIu32 " threads that %s needs %s arrived", n->arrived, n->needed,
			waits_node_text(run, n), n->arrived == 1 ? "has" : "have");
}

static void tell(struct pattern_run *run, const struct barrier *b, enum severity severity, unsigned sure, const char *why)
{
	struct finding *f;

	f = finding_add(run, severity, sure, "Barrier: %s; %s%s%s.", how_many(run, b), why, b->absent ? ": " : "",
			others_text(run, b));
	show(run, f, b);
}

static void judge(struct pattern_run *run, const struct barrier *b)
{
	const struct wait_node *n = &b->g->nodes[b->node];
	const size_t *count = b->p->count;
	size_t missing = n->needed - n->arrived;
	bool by_signal = count[PROSPECT_SIGNAL] > 0;

	if (!prospects_alive(b->p))
		tell(run, b, SEVERITY_PROBLEM, by_signal ? 80 : n->needed ? 95 : 85,
		     b->absent ? "none of the other threads can ever arrive" : "there is no other thread that could arrive");
	else if (n->needed && b->absent - b->stuck < missing && n->passed)
		tell(run, b, SEVERITY_WARNING, 75, "fewer threads are left that could arrive than are missing");
	else if (!count[PROSPECT_GOES_ON] && !count[PROSPECT_OUTSIDE])
		tell(run, b, SEVERITY_WARNING, 60, "of the other threads none can arrive before one that sleeps for long does");
	else if (n->needed)
		tell(run, b, SEVERITY_NOTE, 50, "the missing ones may be on their way");
}

static struct err *match(struct pattern_run *run)
{
	struct barrier b = { 0 };

	TRY(facts_wait_graph(run->facts, &b.g));
	TRY(facts_prospects(run->facts, &b.p));
	for (size_t i = b.g->n_threads; i < b.g->n && run->n_findings < 16; i++) {
		const struct wait_node *n = &b.g->nodes[i];

		TRY(run_check(run));
		/* full: it opens at this moment */
		if (!n->is_barrier || !n->waiters || (n->needed && n->arrived >= n->needed))
			continue;
		b.node = i;
		b.absent = b.stuck = 0;
		count_absent(&b);
		judge(run, &b);
	}
	return NULL;
}

static const char *const explains[] = { "wait.all-blocked", "wait.chain", NULL };

const struct pattern pattern_barrier = {
	.id = "wait.barrier",
	.title = "Barrier that stays shut",
	.category = CATEGORY_WAIT,
	.definition = "Threads wait at a barrier for others to arrive, and none of the others can.",
	.context = "A barrier that was made for more threads than come to it; a thread that ended or returned early, or that "
		   "waits for a lock which one of those at the barrier holds, or for their end.",
	.criterion = "Fewer threads are at the barrier than it needs, and of the others every one waits for a thread of the "
		     "process, or for a signal. It is a warning where only a sleep of 300 s or more, or a thread that is yet to be "
		     "started, can change that, and a note where the missing ones may be on their way.",
	.false_positives = "Threads that signal handlers start or wake. A barrier that processes share: then those of other "
			   "processes may arrive; waits at it count as waits for the outside.",
	.recommendation = "Look at the threads that are not there: one of them should have arrived. Make the barrier for as many "
			  "threads as come to it, and do not hold a lock across it that another of them needs.",
	.bucket = "BARRIER_HANG",
	.needs = NEEDS_THREADS | NEEDS_SYSTEM_LINUX,
	.explains = explains,
	.match = match,
};
