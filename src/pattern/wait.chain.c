/* SPDX-License-Identifier: MIT */
/* Wait chain: threads that queue behind one that holds what they want. */
#include "pattern/waits.h"

static const struct threshold thresholds[] = {
	{ "chain.waiters", 3, "threads", "as many must wait, directly or not, for what one thread holds" },
	{ "chain.problem", 10, "threads", "as many make it a problem instead of a warning" },
	{ NULL },
};

/* Threads that wait for a lock of this one, not for it to end. */
static size_t lock_waiters(const struct wait_graph *g, size_t root)
{
	size_t n = 0;

	for (size_t i = 0; i < g->n_threads; i++) {
		const struct wait_edge *e = g->nodes[i].next;

		if (e && g->nodes[e->to].kind == WAIT_LOCK && g->nodes[e->to].next &&
		    g->nodes[e->to].next->to == root)
			n++;
	}
	return n;
}

static void show_locks(struct pattern_run *run, struct finding *f, const struct wait_graph *g, size_t root)
{
	for (size_t i = g->n_threads; i < g->n; i++)
		if (g->nodes[i].kind == WAIT_LOCK && g->nodes[i].waiters && g->nodes[i].root == root)
			waits_show_owner(run, f, g, i);
}

static const char *does(struct pattern_run *run, const struct wait_graph *g, size_t root)
{
	const struct wait_node *n = &g->nodes[root];
	const struct wait_edge *e = wait_edge_of(g, root);

	if (e)
		return run_text(run, "itself waits for %s", waits_node_text(run, &g->nodes[e->to]));
	return run_text(run, "%s%s%s", activity_name(n->activity), *n->function ? ", in " : "", n->function);
}

/* A busy program shows many threads behind one that runs, at any moment. */
static enum severity severity_of(struct pattern_run *run, const struct wait_node *last)
{
	if (last->activity == ACTIVITY_RUNS)
		return SEVERITY_NOTE;
	return last->behind >= run_threshold(run, "chain.problem") ? SEVERITY_PROBLEM : SEVERITY_WARNING;
}

/* The last thread of the line; what it waits for, if anything, has no owner. */
static void tell_line(struct pattern_run *run, const struct wait_graph *g, size_t last)
{
	const struct wait_node *n = &g->nodes[last];
	size_t root = n->root, behind = n->behind;
	struct finding *f;

	f = finding_add(run, severity_of(run, n), 85,
			"Wait chain: %zu threads wait for what %s holds, which %s.", behind,
			run_thread_text(run, n->thread), does(run, g, last));
	if (n->activity == ACTIVITY_RUNS)
		finding_doubt(run, f, 60, "its owner runs: it may release the lock in a moment");
	waits_show_wait(run, f, g, last);
	show_locks(run, f, g, root);
	waits_add_followers(run, f, g, root);
	waits_show_unread(run, f, g);
}

/* Who stands behind a ring, or behind a lock whose owner is gone, is told there
 * as well; here it is a consequence of that. */
static void tell_behind_ring(struct pattern_run *run, const struct wait_graph *g, const struct wait_ring *r)
{
	struct finding *f;
	size_t behind = 0, depth = 0;

	for (size_t i = 0; i < r->n; i++) {
		behind += g->nodes[r->nodes[i]].behind;
		depth = g->nodes[r->nodes[i]].depth > depth ? g->nodes[r->nodes[i]].depth : depth;
	}
	if (behind < run_threshold(run, "chain.waiters"))
		return;
	f = finding_add(run, SEVERITY_WARNING, 95, "Wait chain: %zu threads wait behind the deadlock of %s, up to %zu in a "
						  "line.",
			behind, run_thread_text(run, g->nodes[r->nodes[0]].thread), depth);
	finding_thread(run, f, g->nodes[r->nodes[0]].thread);
	for (size_t i = 0; i < g->n_threads && f->n_evidence < 16; i++)
		if (g->nodes[i].root == r->nodes[0] && !g->nodes[i].in_ring)
			waits_show_wait(run, f, g, i);
	waits_add_followers(run, f, g, r->nodes[0]);
}

/* The last thread before the end of each line: the root, or the one that waits
 * for a root that is an object. */
static bool is_last_thread(const struct wait_graph *g, size_t i)
{
	const struct wait_node *n = &g->nodes[i];
	const struct wait_node *to = n->next ? &g->nodes[n->next->to] : NULL;

	return !n->in_ring && (!to || (to->kind == WAIT_OBJECT && !to->next));
}

static struct err *match(struct pattern_run *run)
{
	const struct wait_graph *g = NULL;

	TRY(facts_wait_graph(run->facts, &g));
	for (size_t i = 0; i < g->n_rings; i++)
		tell_behind_ring(run, g, &g->rings[i]);
	for (size_t i = 0; i < g->n_threads; i++) {
		TRY(run_check(run));
		if (is_last_thread(g, i) && g->nodes[i].behind >= run_threshold(run, "chain.waiters") &&
		    lock_waiters(g, i))
			tell_line(run, g, i);
	}
	return NULL;
}

const struct pattern pattern_wait_chain = {
	.id = "wait.chain",
	.title = "Wait chain",
	.category = CATEGORY_WAIT,
	.definition = "Several threads wait, directly or behind each other, for what one thread holds: a convoy. The end of "
		      "the chain says why nothing goes on.",
	.context = "A lock that is held during input or output, over a call to another process, while sleeping, or by a "
		   "thread that is itself blocked; a lock that everybody needs.",
	.criterion = "In the wait graph at least chain.waiters threads cannot go on before one thread does that holds a lock "
		     "and is not itself part of a deadlock; or they stand behind a deadlock. It is a note while that "
		     "thread runs.",
	.false_positives = "A busy lock in a healthy program, caught in a moment at which several threads queue: its owner "
			   "runs, and in a second dump it is another one.",
	.recommendation = "Look at the stack of the thread at the end: what it does while it holds the lock should be done "
			  "without it. Take a second dump to see whether the owner is still the same.",
	.bucket = "WAIT_CHAIN",
	.thresholds = thresholds,
	.needs = NEEDS_THREADS | FITS_KERNEL,
	.match = match,
};
