/* SPDX-License-Identifier: MIT */
/*
 * Starved run queue: tasks wait long for one processor while another one idles or
 * has less to do. Those that are bound to it cannot go elsewhere.
 */
#include "os/linux/kernel/sched.h"
#include "pattern/facts.h"
#include "pattern/pattern.h"

#include <inttypes.h>

enum { MS = 1000000, MAX_SHOWN = 12 };

static const struct threshold thresholds[] = {
	{ "starved-queue.ms", 1000, "ms", "as long must a task on the queue have been ready without getting the processor" },
	{ NULL },
};

static bool starves(const struct sched_queued *q, uint64_t least)
{
	return q->waits_known && !q->delayed && q->waits / MS >= least;
}

static size_t count(const struct sched_cpu *c, uint64_t least, uint64_t *ret_longest, size_t *ret_bound)
{
	size_t n = 0;

	*ret_longest = *ret_bound = 0;
	for (size_t i = 0; i < c->n; i++) {
		if (!starves(&c->queued[i], least))
			continue;
		n++;
		*ret_bound += sched_has(&c->queued[i].info, allowed) && c->queued[i].info.allowed == 1;
		*ret_longest = c->queued[i].waits > *ret_longest ? c->queued[i].waits : *ret_longest;
	}
	return n;
}

/* A processor that has nothing to do; NULL: none. */
static const struct sched_cpu *idle_one(const struct sched_view *v, const struct sched_cpu *but)
{
	for (size_t i = 0; i < v->n; i++)
		if (&v->cpus[i] != but && v->cpus[i].online && v->cpus[i].current == v->cpus[i].idle && !v->cpus[i].n)
			return &v->cpus[i];
	return NULL;
}

static void show(struct pattern_run *run, struct finding *f, const struct sched_cpu *c, uint64_t least)
{
	static const char ready[] = "!ready";

	if (c->thread)
		evidence_stack(run, f, c->thread, "processor %u runs %s: %s class, priority %" PRId64 "%s", c->cpu, run_thread_text(run, c->thread),
			       sched_class_name(c->class), (int64_t)c->info.prio,
			       c->runs_known ? run_text(run, ", for %" PRIu64 " ms", c->runs / MS) : "");
	for (size_t i = 0; i < c->n && f->n_evidence < MAX_SHOWN; i++) {
		const struct sched_queued *q = &c->queued[i];

		if (!starves(q, least))
			continue;
		if (q->thread)
			finding_thread(run, f, q->thread);
		evidence_other(run, f, &(struct evidence){ .has_address = true, .address = q->task, .command = ready },
			       "%s: %s class, priority %" PRId64 ", ready for %" PRIu64 " ms, may run on %" PRIu64 " processor%s",
			       q->thread ? run_thread_text(run, q->thread) : "a task that is in no list", sched_class_name(q->class),
			       (int64_t)q->info.prio, q->waits / MS, q->info.allowed, q->info.allowed == 1 ? "" : "s");
	}
}

static void tell(struct pattern_run *run, const struct sched_view *v, const struct sched_cpu *c, size_t n, uint64_t longest, size_t bound,
		 uint64_t least)
{
	const struct sched_cpu *idle = idle_one(v, c);
	struct finding *f;

	f = finding_add(run, SEVERITY_WARNING, idle ? 92 : 85,
			"Starved run queue: %zu task%s ready to run on processor %u, up to %" PRIu64 " ms, without getting it%s%s.", n,
			n == 1 ? " has been" : "s have been", c->cpu, longest / MS,
			bound ? run_text(run, "; %zu may run nowhere else", bound) : "",
			idle ? run_text(run, ", while processor %u idles", idle->cpu) : "");
	if (c->thread)
		finding_thread(run, f, c->thread);
	show(run, f, c, least);
}

static struct err *match(struct pattern_run *run)
{
	uint64_t least = run_threshold(run, "starved-queue.ms"), longest;
	const struct sched_view *v = NULL;
	size_t n, bound;

	TRY(facts_sched(run->facts, &v));
	for (size_t i = 0; i < v->n; i++) {
		TRY(run_check(run));
		n = count(&v->cpus[i], least, &longest, &bound);
		if (n)
			tell(run, v, &v->cpus[i], n, longest, bound, least);
	}
	return NULL;
}

static const char *const explains[] = { "wait.starved-owner", "wait.chain", "kernel.hung-task", NULL };

const struct pattern pattern_starved_queue = {
	.id = "cpu.starved-queue",
	.title = "Starved run queue",
	.category = CATEGORY_CPU,
	.definition = "Tasks are ready to run on a processor and do not get it for seconds, while something else keeps it.",
	.context = "Realtime tasks that do not sleep; threads that are bound to one processor (affinity, kernel threads of a processor) which is "
		   "busy with something of a higher class; a processor that is stuck in the kernel.",
	.criterion = "On the run queue of a processor stands at least one task that has been ready for starved-queue.ms and does not run.",
	.false_positives = "A machine that was stopped for a while, whose clock ran on. Very many tasks on few processors: then all queues are long, "
			   "and cpu.busy-system says so.",
	.recommendation = "See what runs there. Let it sleep, lower its priority or give it a processor of its own (isolcpus, cpusets); do not bind "
			  "threads to a processor that such a task uses.",
	.bucket = "STARVED_QUEUE",
	.thresholds = thresholds,
	.needs = NEEDS_KERNEL | NEEDS_THREADS,
	.explains = explains,
	.match = match,
};
