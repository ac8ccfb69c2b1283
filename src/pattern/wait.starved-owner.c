/* SPDX-License-Identifier: MIT */
/*
 * Starved owner: others wait for a lock of a task that is ready to run, but gets
 * no processor. Which processor's queue it is on, and who runs there, is told.
 */
#include "os/linux/kernel/sched.h"
#include "pattern/waits.h"

#include <inttypes.h>

enum { MS = 1000000 };

static const struct threshold thresholds[] = {
	{ "starved.ms", 1000, "ms", "as long must the owner have been ready without getting a processor" },
	{ NULL },
};

static const struct sched_queued *queued_of(const struct sched_view *v, const struct thread *th, const struct sched_cpu **ret_cpu)
{
	for (size_t i = 0; i < v->n; i++)
		for (size_t k = 0; k < v->cpus[i].n; k++)
			if (v->cpus[i].queued[k].thread == th) {
				*ret_cpu = &v->cpus[i];
				return &v->cpus[i].queued[k];
			}
	return NULL;
}

static const char *runs_instead(struct pattern_run *run, const struct sched_cpu *c)
{
	if (!c->thread)
		return "";
	return run_text(run, ", where %s runs (%s class, priority %" PRId64 "%s)", run_thread_text(run, c->thread), sched_class_name(c->class),
			(int64_t)c->info.prio,
			c->runs_known ? run_text(run, ", for %" PRIu64 " ms", c->runs / MS) : "");
}

static void show_waiters(struct pattern_run *run, struct finding *f, const struct wait_graph *g, size_t lock)
{
	for (size_t i = 0; i < g->n_threads && f->n_evidence < 12; i++)
		if (g->nodes[i].next && g->nodes[i].next->to == lock)
			waits_show_wait(run, f, g, i);
}

static void tell(struct pattern_run *run, const struct wait_graph *g, size_t lock, const struct sched_queued *q, const struct sched_cpu *c)
{
	size_t waiters = g->nodes[lock].behind;
	static const char ready[] = "!ready";
	struct finding *f;

	f = finding_add(run, SEVERITY_PROBLEM, 92, "Starved owner: %s holds %s, for which %zu task%s, and has been ready to run for %" PRIu64
						  " ms without getting processor %u%s.",
			run_thread_text(run, q->thread), waits_node_text(run, &g->nodes[lock]), waiters, waiters == 1 ? " waits" : "s wait",
			q->waits / MS, c->cpu, runs_instead(run, c));
	finding_thread(run, f, q->thread);
	if (c->thread)
		finding_thread(run, f, c->thread);
	evidence_other(run, f, &(struct evidence){ .has_address = true, .address = q->task, .command = ready },
		       "the owner is on the run queue of processor %u: class %s, priority %" PRId64 ", may run on %" PRIu64 " processor%s", c->cpu,
		       sched_class_name(q->class), (int64_t)q->info.prio, q->info.allowed, q->info.allowed == 1 ? "" : "s");
	if (c->thread)
		evidence_stack(run, f, c->thread, "what runs there instead");
	waits_show_owner(run, f, g, lock);
	show_waiters(run, f, g, lock);
}

static struct err *match(struct pattern_run *run)
{
	uint64_t least = run_threshold(run, "starved.ms");
	const struct sched_view *v = NULL;
	const struct wait_graph *g = NULL;

	TRY(facts_wait_graph(run->facts, &g));
	TRY(facts_sched(run->facts, &v));
	for (size_t i = g->n_threads; i < g->n && run->n_findings < 16; i++) {
		const struct wait_node *owner = g->nodes[i].next ? &g->nodes[g->nodes[i].next->to] : NULL;
		const struct sched_cpu *c = NULL;
		const struct sched_queued *q;

		TRY(run_check(run));
		if (g->nodes[i].kind != WAIT_LOCK || !g->nodes[i].waiters || !owner || !owner->thread || owner->activity != ACTIVITY_READY)
			continue;
		q = queued_of(v, owner->thread, &c);
		if (q && q->waits_known && q->waits / MS >= least)
			tell(run, g, i, q, c);
	}
	return NULL;
}

static const char *const explains[] = { "wait.chain", "kernel.hung-task", "wait.priority-inversion", NULL };

const struct pattern pattern_starved_owner = {
	.id = "wait.starved-owner",
	.title = "Starved owner of a lock",
	.category = CATEGORY_WAIT,
	.definition = "Tasks wait for a lock whose owner could go on, but does not get a processor.",
	.context = "Realtime tasks that do not sleep; a task that is bound to a processor that others keep busy; a control group that is out of "
		   "its share; far more tasks than processors.",
	.criterion = "The owner of a lock that tasks wait for is on a run queue, does not run, and has been ready for at least starved.ms.",
	.false_positives = "A machine that was stopped for a while, whose clock ran on: then everything that was ready looks starved for that long.",
	.recommendation = "See what runs on that processor, and why it does not let others run: a realtime task must sleep now and then, and "
			  "bound tasks need a processor that is theirs. A lock that inherits priorities (rt_mutex) does away with the wait.",
	.bucket = "STARVED_OWNER",
	.thresholds = thresholds,
	.needs = NEEDS_KERNEL | NEEDS_THREADS,
	.explains = explains,
	.match = match,
};
