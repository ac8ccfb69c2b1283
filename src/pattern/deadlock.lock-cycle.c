/* SPDX-License-Identifier: MIT */
/* Deadlock: threads that wait for each other in a ring. */
#include "pattern/waits.h"

enum { MAX_NAMED = 6 };

/* "mutex", or "lock" where the kinds differ, or "" where threads are joined. */
static const char *lock_word(const struct wait_graph *g, const struct wait_ring *r)
{
	const char *type = NULL;

	for (size_t i = 0; i < r->n; i++) {
		const struct wait_node *n = &g->nodes[r->nodes[i]];

		if (n->kind == WAIT_THREAD)
			continue;
		if (type && type != n->type)
			return "lock";
		type = n->type;
	}
	return type;
}

static const char *names(struct pattern_run *run, const struct wait_graph *g, const struct wait_ring *r,
			 size_t *ret_threads)
{
	CLEANUP(strbuf_deinit) struct strbuf sb = STRBUF_INIT;
	size_t n = 0, k = 0;

	for (size_t i = 0; i < r->n; i++)
		n += g->nodes[r->nodes[i]].kind == WAIT_THREAD;
	for (size_t i = 0; i < r->n && k < MAX_NAMED; i++) {
		if (g->nodes[r->nodes[i]].kind != WAIT_THREAD)
			continue;
		strbuf_addf(&sb, "%s%s", !k ? "" : k + 1 == n ? " and " : ", ",
			    run_thread_text(run, g->nodes[r->nodes[i]].thread));
		k++;
	}
	if (k < n)
		strbuf_addf(&sb, " and %zu more", n - k);
	*ret_threads = n;
	return run_text(run, "%s", sb.s);
}

static size_t behind_ring(const struct wait_graph *g, const struct wait_ring *r)
{
	size_t n = 0;

	for (size_t i = 0; i < r->n; i++)
		n += g->nodes[r->nodes[i]].behind;
	return n;
}

static void show(struct pattern_run *run, struct finding *f, const struct wait_graph *g, const struct wait_ring *r)
{
	for (size_t i = 0; i < r->n; i++) {
		if (g->nodes[r->nodes[i]].kind == WAIT_THREAD)
			waits_show_wait(run, f, g, r->nodes[i]);
		else
			waits_show_owner(run, f, g, r->nodes[i]);
	}
	waits_add_followers(run, f, g, r->nodes[0]);
}

static void tell(struct pattern_run *run, const struct wait_graph *g, const struct wait_ring *r)
{
	const char *word = lock_word(g, r);
	size_t n_threads, behind = behind_ring(g, r);
	const char *who = names(run, g, r, &n_threads);
	unsigned sure = waits_sureness(g, r->nodes, r->n);
	struct finding *f;

	f = finding_add(run, SEVERITY_PROBLEM, sure, "Deadlock: %s %s%s%s.%s", who,
			n_threads == 2 ? "wait for each other" : "wait for each other in a ring",
			word ? run_text(run, ", each for the %s that the other holds", word) : "",
			n_threads > 2 && word ? " (the next one's)" : "",
			behind ? run_text(run, " %zu more thread%s behind them.", behind,
					  behind == 1 ? " waits" : "s wait")
			       : "");
	if (sure < 95)
		f->confidence_why = "which lock a thread waits for was inferred";
	show(run, f, g, r);
}

static struct err *match(struct pattern_run *run)
{
	const struct wait_graph *g = NULL;

	TRY(facts_wait_graph(run->facts, &g));
	for (size_t i = 0; i < g->n_rings; i++) {
		TRY(run_check(run));
		if (g->rings[i].n > 2)
			tell(run, g, &g->rings[i]);
	}
	return NULL;
}

static const char *const explains[] = { "wait.chain", "cpu.spiking-thread", NULL };

const struct pattern pattern_lock_cycle = {
	.id = "deadlock.lock-cycle",
	.title = "Deadlock",
	.category = CATEGORY_WAIT,
	.definition = "Two or more threads each hold what the next one waits for, in a ring: none of them will ever go on.",
	.context = "A program that hangs and uses no processor time; requests that pile up; locks that are taken in "
		   "different order in different places.",
	.criterion = "A ring in the wait graph: each thread waits for a lock (mutex, read-write lock, critical section, "
		     "mutant) whose owner is the next thread, or for the next thread to end.",
	.false_positives = "Waits with a time limit resolve themselves. In a dump of memory that is not of one instant a "
			   "lock may have changed hands while it was copied.",
	.recommendation = "Give all locks one order and take them in it, or take only one at a time. The stacks show where "
			  "each thread took the lock that it holds and where it waits. To go on now, the process has to "
			  "be ended.",
	.bucket = "DEADLOCK",
	.needs = NEEDS_THREADS,
	.explains = explains,
	.match = match,
};
