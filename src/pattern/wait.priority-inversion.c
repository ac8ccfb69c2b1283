/* SPDX-License-Identifier: MIT */
/*
 * Priority inversion: who holds the lock may run but is of so much lower priority
 * than who waits that it does not get a processor. Linux: realtime policies go
 * before others, idle behind; among others the nice value is a weight (sched(7)).
 */
#include "pattern/waits.h"

#include <string.h>

static const struct threshold thresholds[] = {
	{ "inversion.steps", 5, "steps", "of priority or nice that the owner must be below the waiter" },
	{ NULL },
};

static bool is_realtime(const struct dump_thread_live *l)
{
	return strcmp(l->policy, "fifo") == 0 || strcmp(l->policy, "rr") == 0 || strcmp(l->policy, "deadline") == 0;
}

/* Classes of the scheduler: 0 idle, 1 others, 2 realtime. */
static int class_of(const struct dump_thread_live *l)
{
	return is_realtime(l) ? 2 : strcmp(l->policy, "idle") == 0 ? 0 : 1;
}

/* Steps that the owner is below the waiter; more than any number of them between classes. */
static int64_t live_steps(const struct dump_thread_live *owner, const struct dump_thread_live *waiter)
{
	if (class_of(owner) != class_of(waiter))
		return class_of(owner) < class_of(waiter) ? 100 : 0;
	if (is_realtime(owner)) /* as in /proc/PID/stat: the smaller, the more urgent */
		return (int64_t)owner->priority - waiter->priority;
	return (int64_t)owner->nice - waiter->nice;
}

static int64_t steps_below(const struct thread *owner, const struct thread *waiter)
{
	const struct dump_thread *o = owner->record, *w = waiter->record;

	if (o->live && w->live && *o->live->policy && *w->live->policy)
		return live_steps(o->live, w->live);
	if (!(o->has & THREAD_HAS_PRIORITY) || !(w->has & THREAD_HAS_PRIORITY))
		return 0;
	return (int64_t)(int32_t)w->priority - (int32_t)o->priority;
}

static const char *priority_text(struct pattern_run *run, const struct thread *th)
{
	const struct dump_thread_live *l = th->record->live;

	if (l && *l->policy)
		return run_text(run, is_realtime(l) ? "policy %s, priority %d" : "policy %s, nice %d", l->policy,
				is_realtime(l) ? l->priority : l->nice);
	return run_text(run, "priority %d", (int32_t)th->record->priority);
}

/* The thread that would run if it could, which this one waits for directly. */
static const struct wait_node *starved_owner(const struct wait_graph *g, size_t i, size_t *ret_lock)
{
	const struct wait_edge *e = g->nodes[i].next, *owned = e ? g->nodes[e->to].next : NULL;
	const struct wait_node *owner = owned ? &g->nodes[owned->to] : NULL;

	if (!owner || owner->kind != WAIT_THREAD || !owner->thread ||
	    (owner->activity != ACTIVITY_RUNS && owner->activity != ACTIVITY_READY))
		return NULL;
	*ret_lock = e->to;
	return owner;
}

static void tell(struct pattern_run *run, const struct wait_graph *g, size_t waiter, const struct wait_node *owner,
		 size_t lock)
{
	const struct thread *w = g->nodes[waiter].thread;
	struct finding *f;

	f = finding_add(run, SEVERITY_WARNING, 70, "Priority inversion: %s (%s) waits for %s, whose owner %s can run but is of "
						   "lower priority (%s).",
			run_thread_text(run, w), priority_text(run, w), waits_node_text(run, &g->nodes[lock]),
			run_thread_text(run, owner->thread), priority_text(run, owner->thread));
	waits_show_wait(run, f, g, waiter);
	waits_show_owner(run, f, g, lock);
	waits_show_wait(run, f, g, owner->thread->index);
}

static struct err *match(struct pattern_run *run)
{
	const struct wait_graph *g = NULL;
	const struct wait_node *owner;
	int64_t least = (int64_t)(run_threshold(run, "inversion.steps") & INT32_MAX);
	size_t lock, found = 0;

	TRY(facts_wait_graph(run->facts, &g));
	for (size_t i = 0; i < g->n_threads && found < 16; i++) {
		TRY(run_check(run));
		owner = starved_owner(g, i, &lock);
		if (!owner || steps_below(owner->thread, g->nodes[i].thread) < (least ? least : 1))
			continue;
		tell(run, g, i, owner, lock);
		found++;
	}
	return NULL;
}

static const char *const explains[] = { "wait.chain", NULL };

const struct pattern pattern_priority_inversion = {
	.id = "wait.priority-inversion",
	.title = "Priority inversion",
	.category = CATEGORY_WAIT,
	.definition = "A thread of high priority waits for a lock whose owner can run, but is of low priority and does not get "
		      "a processor.",
	.context = "Background threads that share a lock with urgent ones; realtime threads that use a lock of everybody's; a "
		   "system whose processors are all busy.",
	.criterion = "The owner of the lock runs or is ready to, and is at least inversion.steps below the waiter: in nice or "
		     "priority of the same policy, or by a policy of a lower class.",
	.false_positives = "An owner that has a processor and releases the lock in a moment.",
	.recommendation = "Let both have the same priority, or use a mutex that inherits priorities (PTHREAD_PRIO_INHERIT). "
			  "Do as little as possible under a lock that urgent threads need.",
	.bucket = "PRIORITY_INVERSION",
	.thresholds = thresholds,
	.needs = NEEDS_THREADS | FITS_KERNEL,
	.explains = explains,
	.match = match,
};
