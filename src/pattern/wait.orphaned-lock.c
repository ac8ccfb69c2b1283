/* SPDX-License-Identifier: MIT */
/* Orphaned lock: its owner is gone, so that nobody will ever release it. */
#include "pattern/engine.h"
#include "pattern/waits.h"

static bool owner_is_gone(const struct wait_graph *g, const struct wait_node *n)
{
	const struct wait_node *owner = n->next ? &g->nodes[n->next->to] : NULL;

	return owner && owner->kind == WAIT_THREAD && owner->activity == ACTIVITY_GONE;
}

/* A lock in shared memory, held by a process of the same set: it lives. */
static bool owner_is_elsewhere(const struct pattern_run *run, const struct wait_graph *g, const struct wait_node *n)
{
	return run->analysis->set && n->next &&
	       process_set_has_thread(run->analysis->set, run->analysis->member, g->nodes[n->next->to].tid);
}

static void tell(struct pattern_run *run, const struct wait_graph *g, size_t lock)
{
	const struct wait_node *n = &g->nodes[lock];
	bool gone = owner_is_gone(g, n);
	struct finding *f;

	f = finding_add(run, n->waiters || n->behind ? SEVERITY_PROBLEM : SEVERITY_WARNING,
			gone && n->next->sure < 90 ? n->next->sure : 90, "Orphaned lock: %s is held by %s%s.",
			waits_node_text(run, n),
			n->next ? waits_node_text(run, &g->nodes[n->next->to]) : "a thread that ended without releasing it",
			n->behind ? run_text(run, "; %zu thread%s behind it", n->behind,
					     n->behind == 1 ? " waits" : "s wait")
				  : "");
	waits_show_owner(run, f, g, lock);
	for (size_t i = 0; i < g->n_threads && i < 4096; i++)
		if (g->nodes[i].next && g->nodes[i].next->to == lock)
			waits_show_wait(run, f, g, i);
	waits_add_followers(run, f, g, g->nodes[lock].root);
}

static struct err *match(struct pattern_run *run)
{
	const struct wait_graph *g = NULL;

	TRY(facts_wait_graph(run->facts, &g));
	for (size_t i = g->n_threads; i < g->n; i++) {
		TRY(run_check(run));
		if (g->nodes[i].kind == WAIT_LOCK && (owner_is_gone(g, &g->nodes[i]) || g->nodes[i].abandoned) &&
		    !owner_is_elsewhere(run, g, &g->nodes[i]))
			tell(run, g, i);
	}
	return NULL;
}

static const char *const explains[] = { "wait.chain", "kernel.hung-task", NULL };

const struct pattern pattern_orphaned_lock = {
	.id = "wait.orphaned-lock",
	.title = "Orphaned lock",
	.category = CATEGORY_WAIT,
	.definition = "A lock is held by a thread that does not exist any more; whoever waits for it waits for ever.",
	.context = "A thread that ended, was terminated or threw an exception between taking the lock and releasing it; a "
		   "child process that was forked while another thread held the lock.",
	.criterion = "The owner in the lock is no thread of the dump, or the system marked the lock as abandoned.",
	.false_positives = "A dump that lists only some threads. A lock shared between processes, whose owner lives in "
			   "another one. A thread id that was used again makes the lock look held by that thread.",
	.recommendation = "Find who took the lock: its code paths must release it on every way out. Never end threads from "
			  "outside; use robust mutexes where owners may die.",
	.bucket = "ORPHANED_LOCK",
	.needs = NEEDS_THREADS | FITS_KERNEL,
	.explains = explains,
	.match = match,
};
