/* SPDX-License-Identifier: MIT */
/*
 * All threads blocked: every thread sleeps on an object that only another thread
 * of the process can signal, so that nobody is left to do it. Known for futex(2):
 * the objects of glibc and of most other run-times; a wait with a time limit or
 * for an object that processes share may end from elsewhere.
 */
#include "os/linux/syscall.h"
#include "pattern/waits.h"

enum { FUTEX_PRIVATE_ = 0x80 };

/* For ever, unless a thread of this process acts. */
static bool is_blocked(struct pattern_run *run, const struct wait_graph *g, size_t i)
{
	const struct wait_edge *e = g->nodes[i].next;
	struct linux_syscall s = { 0 };
	bool certain = false;

	if (!e || e->owned || g->nodes[i].activity != ACTIVITY_SYSTEM_CALL)
		return false;
	if (err_ignore(linux_syscall_of(run->target, g->nodes[i].thread, &s, &certain)) || !certain ||
	    s.call != CALL_FUTEX || s.args[3])
		return false;
	/* whoever waits for a thread to end does so by a word that the kernel clears */
	return (s.args[1] & FUTEX_PRIVATE_) || g->nodes[e->to].kind == WAIT_THREAD;
}

/* Where there is a ring, or an owner is gone, that is the cause and told as such. */
static bool is_explained(const struct wait_graph *g)
{
	for (size_t i = g->n_threads; i < g->n; i++)
		if (g->nodes[i].kind == WAIT_THREAD || g->nodes[i].abandoned)
			return true;
	return g->n_rings > 0;
}

static void tell(struct pattern_run *run, const struct wait_graph *g)
{
	struct finding *f = finding_add(run, SEVERITY_PROBLEM, 85,
					"All threads blocked: each of the %zu threads waits for another one of them, and none "
					"is left to go on.",
					g->n_threads);

	for (size_t i = 0; i < g->n_threads && f->n_evidence < 16; i++)
		waits_show_wait(run, f, g, i);
	waits_show_unread(run, f, g);
}

static struct err *match(struct pattern_run *run)
{
	const struct wait_graph *g = NULL;

	TRY(facts_wait_graph(run->facts, &g));
	if (g->n_threads < 2 || is_explained(g) || facts_fault(run->facts)->class == FAULT_ACCESS)
		return NULL;
	for (size_t i = 0; i < g->n_threads; i++) {
		TRY(run_check(run));
		if (!is_blocked(run, g, i))
			return NULL;
	}
	tell(run, g);
	return NULL;
}

static const char *const explains[] = { "wait.chain", NULL };

const struct pattern pattern_all_blocked = {
	.id = "wait.all-blocked",
	.title = "All threads blocked",
	.category = CATEGORY_WAIT,
	.definition = "Every thread of the process sleeps on something that only another thread of the process could signal: "
		      "nobody is left to wake anybody.",
	.context = "A lost wake-up: a condition that was signalled before it was waited for; workers that wait for work from "
		   "a thread that waits for the workers; a semaphore that is posted once too seldom.",
	.criterion = "There are at least two threads, and each is in futex(2) without a time limit, on a word that the "
		     "process does not share with others, or waits for another thread to end; no ring and no owner that is "
		     "gone explains it.",
	.false_positives = "A program whose signal handlers post a semaphore, or start threads, waits so for a signal.",
	.recommendation = "Find for each object who should signal it, and where that thread waits instead. Conditions must be "
			  "tested under the lock, in a loop, and be changed before they are signalled.",
	.bucket = "ALL_THREADS_BLOCKED",
	.needs = NEEDS_THREADS | NEEDS_SYSTEM_LINUX,
	.explains = explains,
	.match = match,
};
