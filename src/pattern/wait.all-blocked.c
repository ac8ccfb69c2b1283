/* SPDX-License-Identifier: MIT */
/*
 * All threads blocked: every thread sleeps on an object that only another thread
 * of the process can signal, so that nobody is left to do it (pattern/prospects.h).
 */
#include "pattern/waits.h"

/* Where there is a ring, or an owner is gone, that is the cause and told as such. */
static bool is_explained(const struct wait_graph *g)
{
	for (size_t i = g->n_threads; i < g->n; i++)
		if (g->nodes[i].kind == WAIT_THREAD || g->nodes[i].abandoned)
			return true;
	return g->n_rings > 0;
}

/* The object without an owner at which most lines end; NULL: at none do two. */
static const struct wait_node *where_most_end(const struct wait_graph *g)
{
	const struct wait_node *most = NULL;

	for (size_t i = g->n_threads; i < g->n; i++)
		if (!g->nodes[i].next && g->nodes[i].behind > (most ? most->behind : 1))
			most = &g->nodes[i];
	return most;
}

static void tell(struct pattern_run *run, const struct wait_graph *g, size_t n)
{
	const struct wait_node *most = where_most_end(g);
	struct finding *f;

	f = finding_add(run, SEVERITY_PROBLEM, 85,
			"All threads blocked: each of the %zu threads waits for another one of them, and none is left to go on%s.", n,
			most ? run_text(run, "; %zu of them wait, directly or behind others, for %s", most->behind, waits_node_text(run, most))
			     : "");
	for (size_t i = 0; i < g->n_threads && f->n_evidence < 16; i++)
		waits_show_wait(run, f, g, i);
	waits_show_unread(run, f, g);
}

static struct err *match(struct pattern_run *run)
{
	const struct wait_graph *g = NULL;
	const struct prospects *p = NULL;

	TRY(facts_wait_graph(run->facts, &g));
	TRY(facts_prospects(run->facts, &p));
	if (p->count[PROSPECT_INSIDE] < 2 || p->count[PROSPECT_INSIDE] + p->count[PROSPECT_ENDED] < g->n_threads ||
	    is_explained(g) || facts_fault(run->facts)->class == FAULT_ACCESS)
		return NULL;
	tell(run, g, p->count[PROSPECT_INSIDE]);
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
		     "process does not share with others, waits for another thread to end, or reads or writes a pipe, socket "
		     "or eventfd whose other end the process has itself; no ring and no owner that is gone explains it.",
	.false_positives = "A program whose signal handlers post a semaphore, or start threads, waits so for a signal.",
	.recommendation = "Find for each object who should signal it, and where that thread waits instead. Conditions must be "
			  "tested under the lock, in a loop, and be changed before they are signalled.",
	.bucket = "ALL_THREADS_BLOCKED",
	.needs = NEEDS_THREADS | NEEDS_SYSTEM_LINUX,
	.explains = explains,
	.match = match,
};
