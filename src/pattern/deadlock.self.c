/* SPDX-License-Identifier: MIT */
/* Deadlock with oneself: a thread waits for a lock that it holds already. */
#include "pattern/waits.h"

static void tell(struct pattern_run *run, const struct wait_graph *g, const struct wait_ring *r)
{
	const struct wait_node *th = &g->nodes[r->nodes[0]];
	const struct wait_node *lock = r->n > 1 ? &g->nodes[r->nodes[1]] : NULL;
	size_t behind = th->behind + (lock ? lock->behind : 0);
	bool held = lock && lock->kind == WAIT_LOCK;
	unsigned sure = waits_sureness(g, r->nodes, r->n);
	struct finding *f;

	f = finding_add(run, SEVERITY_PROBLEM, sure, "Self-deadlock: %s waits for %s%s.%s",
			run_thread_text(run, th->thread), held ? waits_node_text(run, lock) : "itself to end",
			held ? ", which it holds itself" : "",
			behind ? run_text(run, " %zu more thread%s behind it.", behind,
					  behind == 1 ? " waits" : "s wait")
			       : "");
	if (waits_owner_inferred(g, r->nodes, r->n))
		f->confidence_why = "that it holds the lock was inferred";
	waits_show_wait(run, f, g, r->nodes[0]);
	if (lock)
		waits_show_owner(run, f, g, r->nodes[1]);
	if (lock && !lock->plain && lock->kind == WAIT_LOCK) {
		finding_doubt(run, f, 40, "a lock of this kind lets its owner enter again: the owner may be of another "
					  "moment than the wait");
		f->severity = SEVERITY_NOTE;
	}
	waits_add_followers(run, f, g, r->nodes[0]);
}

static struct err *match(struct pattern_run *run)
{
	const struct wait_graph *g = NULL;

	TRY(facts_wait_graph(run->facts, &g));
	for (size_t i = 0; i < g->n_rings; i++) {
		TRY(run_check(run));
		if (g->rings[i].n <= 2)
			tell(run, g, &g->rings[i]);
	}
	return NULL;
}

static const char *const explains[] = { "wait.chain", "kernel.hung-task", NULL };

const struct pattern pattern_self_deadlock = {
	.id = "deadlock.self",
	.title = "Self-deadlock",
	.category = CATEGORY_WAIT,
	.definition = "A thread waits for a lock that it holds itself and that cannot be entered twice, or for its own end.",
	.context = "A function that takes a lock calls another that takes it too; a signal handler or a callback that runs "
		   "while the lock is held.",
	.criterion = "A ring of one thread and one lock in the wait graph: the owner of the lock is the thread that waits "
		     "for it.",
	.false_positives = "An owner field that is left over from before in a kind of lock that does not clear it.",
	.recommendation = "Split the function in one that takes the lock and one that expects it to be held. The stack shows "
			  "both places: the outer frame that took the lock and the inner one that waits.",
	.bucket = "DEADLOCK_SELF",
	.needs = NEEDS_THREADS | FITS_KERNEL,
	.explains = explains,
	.match = match,
};
