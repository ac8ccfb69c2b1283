/* SPDX-License-Identifier: MIT */
/* Missing wake-up: a lock is free, and threads sleep on it all the same. */
#include "pattern/waits.h"

#include <inttypes.h>

/* A waiter that can run is on its way to take the lock. */
static bool one_is_awake(const struct wait_graph *g, size_t lock)
{
	for (size_t i = 0; i < g->n_threads; i++)
		if (g->nodes[i].next && g->nodes[i].next->to == lock && g->nodes[i].activity == ACTIVITY_RUNS)
			return true;
	return false;
}

/* Only a snapshot was told by the kernel that they sleep; registers look the same
 * in a thread that was woken a moment ago. A thread that runs may be about to wake them. */
static bool all_sleep(const struct wait_graph *g, size_t lock)
{
	for (size_t i = 0; i < g->n_threads; i++) {
		const struct wait_node *n = &g->nodes[i];

		if (n->activity == ACTIVITY_RUNS)
			return false;
		if (n->next && n->next->to == lock && (!n->thread->record->live || n->thread->record->live->state != 'S'))
			return false;
	}
	return g->nodes[lock].waiters > 0;
}

static void tell(struct pattern_run *run, const struct wait_graph *g, size_t lock)
{
	const struct wait_node *n = &g->nodes[lock];
	uint64_t queued = n->waiters > n->queued ? n->waiters : n->queued;
	bool sleep = all_sleep(g, lock);
	struct finding *f;

	f = finding_add(run, sleep ? SEVERITY_WARNING : SEVERITY_NOTE, sleep ? 75 : 50,
			"Missing wake-up: %s is free, but %" PRIu64 " thread%s on it.", waits_node_text(run, n), queued,
			queued == 1 ? " sleeps" : "s sleep");
	if (!sleep)
		f->confidence_why = "a thread may be about to wake them, or one of them was woken a moment ago";
	evidence_memory(run, f, n->free_at, 4, "the word of %s: it is free", waits_node_text(run, n));
	for (size_t i = 0; i < g->n_threads && f->n_evidence < 16; i++)
		if (g->nodes[i].next && g->nodes[i].next->to == lock)
			waits_show_wait(run, f, g, i);
}

static struct err *match(struct pattern_run *run)
{
	const struct wait_graph *g = NULL;

	TRY(facts_wait_graph(run->facts, &g));
	for (size_t i = g->n_threads; i < g->n && run->n_findings < 16; i++) {
		TRY(run_check(run));
		if (g->nodes[i].free_at && (g->nodes[i].waiters || g->nodes[i].queued) && !one_is_awake(g, i))
			tell(run, g, i);
	}
	return NULL;
}

static const char *const explains[] = { "wait.chain", "wait.all-blocked", NULL };

const struct pattern pattern_missing_wakeup = {
	.id = "wait.missing-wakeup",
	.title = "Missing wake-up",
	.category = CATEGORY_WAIT,
	.definition = "Threads sleep until a lock is released, but it is free: whoever released it woke nobody.",
	.context = "A lock whose word was overwritten or copied, that was initialised again or destroyed while threads "
		   "waited; a lock shared by code of different versions; a defect of a lock of one's own making.",
	.criterion = "The lock's word says that it is free, threads wait for it, and none of them can run. On Windows "
		     "LockCount counts waiters of a free critical section of which none has been woken.",
	.false_positives = "Between the release of a lock and the first instruction of the thread that was woken every lock "
			   "looks so. A second dump a moment later tells: then another thread has it.",
	.recommendation = "Take a second dump. If it stays, look for code that initialises, copies or clears the lock while it "
			  "is in use.",
	.bucket = "MISSING_WAKEUP",
	.needs = NEEDS_THREADS,
	.explains = explains,
	.match = match,
};
