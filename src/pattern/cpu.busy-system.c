/* SPDX-License-Identifier: MIT */
/* Busy system: every processor works, and tasks wait for one; or one task has kept its processor for long. */
#include "os/linux/kernel/sched.h"
#include "pattern/facts.h"
#include "pattern/pattern.h"

#include <inttypes.h>

enum { MS = 1000000, MAX_SHOWN = 16 };

static const struct threshold thresholds[] = {
	{ "busy.ready", 2, "tasks", "as many must be ready on average behind each processor that works" },
	{ "busy.alone", 10000, "ms", "for as long must a task have kept its processor without a change to be told by itself" },
	{ NULL },
};

static bool works(const struct sched_cpu *c)
{
	return c->online && c->current && c->current != c->idle;
}

static void show(struct pattern_run *run, struct finding *f, const struct sched_view *v)
{
	for (size_t i = 0; i < v->n && f->n_evidence < MAX_SHOWN; i++) {
		const struct sched_cpu *c = &v->cpus[i];

		if (!works(c) || !c->thread)
			continue;
		finding_thread(run, f, c->thread);
		evidence_stack(run, f, c->thread, "processor %u runs %s; %zu more are ready there", c->cpu, run_thread_text(run, c->thread), c->n);
	}
}

static void tell_all(struct pattern_run *run, const struct sched_view *v, size_t cpus, size_t ready)
{
	struct finding *f;

	f = finding_add(run, SEVERITY_WARNING, 85, "Busy system: all %zu processors work, and %zu more tasks are ready to run.", cpus, ready);
	evidence_other(run, f, &(struct evidence){ .command = "!ready" }, "the run queues of all processors");
	show(run, f, v);
}

static void tell_one(struct pattern_run *run, const struct sched_cpu *c)
{
	struct finding *f;

	f = finding_add(run, SEVERITY_WARNING, 80, "Spiking task: %s has kept processor %u for %" PRIu64 " s without a change (%s class).",
			run_thread_text(run, c->thread), c->cpu, c->runs / MS / 1000, sched_class_name(c->class));
	finding_thread(run, f, c->thread);
	evidence_stack(run, f, c->thread, "what it does");
	evidence_other(run, f, &(struct evidence){ .has_address = true, .address = c->rq, .command = "!running" },
		       "it got the processor at %" PRIu64 " ns, the clock of the processor is at %" PRIu64, c->info.last_arrival, c->clock);
}

static struct err *match(struct pattern_run *run)
{
	uint64_t alone = run_threshold(run, "busy.alone");
	size_t online = 0, busy = 0, ready = 0;
	const struct sched_view *v = NULL;

	TRY(facts_sched(run->facts, &v));
	for (size_t i = 0; i < v->n; i++) {
		const struct sched_cpu *c = &v->cpus[i];

		TRY(run_check(run));
		online += c->online;
		busy += works(c);
		ready += c->online ? c->n : 0;
		if (works(c) && c->thread && c->runs_known && c->runs / MS >= alone)
			tell_one(run, c);
	}
	if (online && busy == online && ready >= online * run_threshold(run, "busy.ready"))
		tell_all(run, v, online, ready);
	return NULL;
}

static const char *const explains[] = { "cpu.starved-queue", "wait.starved-owner", NULL };

const struct pattern pattern_busy_system = {
	.id = "cpu.busy-system",
	.title = "Busy system and spiking tasks",
	.category = CATEGORY_CPU,
	.definition = "All processors of the machine work and more tasks are ready than they can run; or one task keeps a processor and never "
		      "lets go of it.",
	.context = "Load that has outgrown the machine, endless loops in user programs or in the kernel, realtime tasks that do not sleep.",
	.criterion = "No processor that is in use idles, and the tasks that are ready to run number at least busy.ready for each; or a task has been on "
		     "its processor for busy.alone without a change.",
	.false_positives = "A machine that computes on purpose. A task that is alone on its processor has no reason to leave it, and the kernel may "
			   "stop the tick there.",
	.recommendation = "Look at the stacks of what runs in two dumps; compare how long tasks have been ready (!ready).",
	.bucket = "BUSY_SYSTEM",
	.thresholds = thresholds,
	.needs = NEEDS_KERNEL | NEEDS_THREADS,
	.explains = explains,
	.match = match,
};
