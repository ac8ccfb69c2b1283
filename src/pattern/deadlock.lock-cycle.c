/* SPDX-License-Identifier: MIT */
/* Deadlock: threads that wait for each other in a ring. */
#include "pattern/waits.h"

enum { MAX_LINKS = 4 };

static size_t next_thread(const struct wait_graph *g, const struct wait_ring *r, size_t i)
{
	do
		i = (i + 1) % r->n;
	while (g->nodes[r->nodes[i]].kind != WAIT_THREAD);
	return i;
}

/* "A waits for mutex m at 0x..., which B holds" */
static void add_link(struct pattern_run *run, const struct wait_graph *g, const struct wait_ring *r, size_t i,
		     struct strbuf *sb)
{
	const struct wait_node *lock = &g->nodes[r->nodes[(i + 1) % r->n]];
	const char *holder = waits_node_text(run, &g->nodes[r->nodes[next_thread(g, r, i)]]);

	strbuf_addf(sb, "%s waits for ", waits_node_text(run, &g->nodes[r->nodes[i]]));
	if (lock->kind == WAIT_THREAD || lock->kind == WAIT_OBJECT)
		strbuf_addf(sb, "%s to end", holder);
	else
		strbuf_addf(sb, "%s, which %s holds", waits_node_text(run, lock), holder);
}

static const char *who_waits_for_whom(struct pattern_run *run, const struct wait_graph *g, const struct wait_ring *r)
{
	CLEANUP(strbuf_deinit) struct strbuf sb = STRBUF_INIT;
	size_t n = 0, i = 0;

	do {
		if (n < MAX_LINKS) {
			strbuf_adds(&sb, n ? "; " : "");
			add_link(run, g, r, i, &sb);
		}
		n++;
		i = next_thread(g, r, i);
	} while (i);
	if (n > MAX_LINKS)
		strbuf_addf(&sb, "; and so on, %zu threads in a ring", n);
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
	size_t behind = behind_ring(g, r);
	unsigned sure = waits_sureness(g, r->nodes, r->n);
	struct finding *f;

	f = finding_add(run, SEVERITY_PROBLEM, sure, "Deadlock: %s.%s", who_waits_for_whom(run, g, r),
			!behind ? ""
				: run_text(run, " %zu more thread%s behind them.", behind,
					   behind == 1 ? " waits" : "s wait"));
	if (sure < 95)
		f->confidence_why = waits_owner_inferred(g, r->nodes, r->n) ? "who holds a lock was inferred"
									    : "which lock a thread waits for was inferred";
	if (g->kernel && !g->nodes[r->nodes[1]].space)
		finding_recommend(run, f, "Give all locks one order and take them in it. The stacks show where each task took the lock that it "
				  "holds and where it waits; lockdep (CONFIG_PROVE_LOCKING) tells such orders before they meet. To go on now, "
				  "the machine has to be restarted.");
	show(run, f, g, r);
}

static struct err *match(struct pattern_run *run)
{
	const struct wait_graph *g = NULL;

	TRY(facts_wait_graph(run->facts, &g));
	if (!g->n_rings && g->n_blind > 1)
		waits_show_unread(run, finding_undecidable(run, "Whether threads are in a deadlock: %zu wait for locks that, "
								"or whose owners, are not in the dump.", g->n_blind), g);
	for (size_t i = 0; i < g->n_rings; i++) {
		TRY(run_check(run));
		if (g->rings[i].n > 2)
			tell(run, g, &g->rings[i]);
	}
	return NULL;
}

static const char *const explains[] = { "wait.chain", "kernel.hung-task", "cpu.spiking-thread", NULL };

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
	.needs = NEEDS_THREADS | FITS_KERNEL,
	.explains = explains,
	.match = match,
};
