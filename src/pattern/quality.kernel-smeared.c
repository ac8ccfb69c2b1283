/* SPDX-License-Identifier: MIT */
/*
 * Smeared kernel: parts of the kernel's state that cannot be of one instant. Each
 * test is of two facts that the kernel changes together.
 */
#include "os/linux/kernel/lock.h"
#include "os/linux/kernel/sched.h"
#include "pattern/facts.h"
#include "pattern/pattern.h"

#include <inttypes.h>

enum { MAX_SHOWN = 12, MS = 1000000 };

static const struct threshold thresholds[] = {
	{ "kernel-smeared.ms", 1000, "ms", "as far apart must the clocks of two processors that work be, or the last run of a task lie ahead of all clocks" },
	{ NULL },
};

struct tally {
	struct pattern_run *run;
	struct finding *f;
	size_t n;
};

static void count(struct tally *x, uint64_t address, struct thread *th, const char *command, const char *text)
{
	x->n++;
	if (!x->f)
		x->f = finding_add(x->run, SEVERITY_NOTE, 80, "The kernel's state is not of one instant.");
	if (x->n > MAX_SHOWN)
		return;
	evidence_other(x->run, x->f, &(struct evidence){ .has_address = address != 0, .address = address, .command = command }, "%s", text);
	if (th)
		finding_thread(x->run, x->f, th);
}

static void check_queue(struct tally *x, const struct sched_cpu *c)
{
	size_t found = c->n + (c->current != c->idle && c->class != SCHED_CLASS_STOP);

	if (c->trouble)
		count(x, c->rq, NULL, "!ready", run_text(x->run, "the run queue of processor %u is torn: %s", c->cpu, c->trouble));
	else if (c->class != SCHED_CLASS_STOP && c->class != SCHED_CLASS_EXT && c->class != SCHED_CLASS_UNKNOWN && c->nr_running != found)
		count(x, c->rq, NULL, "!ready",
		      run_text(x->run, "the run queue of processor %u counts %" PRIu64 " tasks, %zu are on it", c->cpu, c->nr_running, found));
	if (sched_has(&c->info, on_cpu) && !c->info.on_cpu)
		count(x, c->current, c->thread, "!running",
		      run_text(x->run, "processor %u runs a task that says it is on no processor", c->cpu));
	for (size_t i = 0; i < c->n; i++)
		if (!c->queued[i].info.on_rq)
			count(x, c->queued[i].task, c->queued[i].thread, "!ready",
			      run_text(x->run, "a task on the run queue of processor %u says that it is on none", c->cpu));
}

/* Processors that work note their clock at each tick. */
static void check_clocks(struct tally *x, const struct sched_view *v, uint64_t least)
{
	uint64_t low = UINT64_MAX, high = 0;

	for (size_t i = 0; i < v->n; i++) {
		const struct sched_cpu *c = &v->cpus[i];

		if (!c->online || !c->current || c->current == c->idle)
			continue;
		low = c->clock < low ? c->clock : low;
		high = c->clock > high ? c->clock : high;
	}
	if (high && high - low >= least * MS)
		count(x, 0, NULL, "!running", run_text(x->run, "the clocks of processors that work are %" PRIu64 " ms apart", (high - low) / MS));
}

static void check_twice(struct tally *x, const struct sched_view *v)
{
	for (size_t i = 0; i < v->n; i++)
		for (size_t k = 0; k < i && v->cpus[i].current; k++)
			if (v->cpus[i].current == v->cpus[k].current)
				count(x, v->cpus[i].current, v->cpus[i].thread, "!running",
				      run_text(x->run, "processors %u and %u run the same task", v->cpus[k].cpu, v->cpus[i].cpu));
}

static struct err *check_tasks(struct tally *x, const struct sched_view *v, uint64_t least)
{
	struct thread *threads;
	size_t n = target_threads(x->run->target, &threads);

	for (size_t i = 0; i < n; i++) {
		struct sched_task s;
		uint64_t left;

		TRY(run_check(x->run));
		if (!threads[i].task || err_ignore(sched_task_read(x->run->target, threads[i].task, &s)) || !sched_left(&s, &left))
			continue;
		if (v->now && left > v->now + least * MS)
			count(x, threads[i].task, &threads[i], "!ready",
			      run_text(x->run, "%s last ran %" PRIu64 " ms after the latest clock of all processors",
				       run_thread_text(x->run, &threads[i]), (left - v->now) / MS));
	}
	return NULL;
}

static void check_locks(struct tally *x, const struct klocks *locks)
{
	for (size_t i = 0; i < locks->n_waits; i++)
		if (locks->waits[i].unlisted)
			count(x, locks->waits[i].thread->task, locks->waits[i].thread, "!locks -v",
			      run_text(x->run, "%s sleeps in %s, but is in no lock's list of waiters",
				       run_thread_text(x->run, locks->waits[i].thread), locks->waits[i].function));
	for (size_t i = 0; i < locks->n; i++)
		if (locks->v[i].corrupt)
			count(x, locks->v[i].address, NULL, "!locks",
			      run_text(x->run, "%s: %s", klock_kind_name(locks->v[i].kind), locks->v[i].corrupt));
}

static struct err *match(struct pattern_run *run)
{
	uint64_t least = run_threshold(run, "kernel-smeared.ms");
	const struct sched_view *v = NULL;
	const struct wait_graph *g = NULL;
	struct tally x = { .run = run };

	TRY(facts_sched(run->facts, &v));
	TRY(facts_wait_graph(run->facts, &g));
	for (size_t i = 0; i < v->n; i++)
		if (v->cpus[i].online)
			check_queue(&x, &v->cpus[i]);
	check_clocks(&x, v, least);
	check_twice(&x, v);
	TRY(check_tasks(&x, v, least));
	if (g->kernel)
		check_locks(&x, g->kernel);
	if (x.f)
		x.f->verdict = run_text(run, "The kernel's state is not of one instant: %zu contradiction%s found.", x.n,
					x.n == 1 ? " was" : "s were");
	return NULL;
}

const struct pattern pattern_kernel_smeared = {
	.id = "quality.kernel-smeared",
	.title = "Contradictory state of the kernel",
	.category = CATEGORY_QUALITY,
	.definition = "What one part of the kernel's memory says contradicts another one that is changed together with it: the dump is of several instants, "
		      "or memory was overwritten.",
	.context = "Dumps that were copied from a running kernel (LiME, AVML, /proc/kcore), memory that was written to after a crash, corruption.",
	.criterion = "A run queue whose tree or lists are torn, or that holds another number of tasks than it counts; a task that two processors run, or that "
		     "runs and says that it does not; clocks of processors that work that are kernel-smeared.ms apart; a task that ran after the latest "
		     "clock; a task that sleeps in the function of a lock and is in no lock's list.",
	.false_positives = "A processor that was in the midst of changing these, caught between two instructions: one contradiction says little, many say "
			   "much. Idle processors do not note their clock.",
	.recommendation = "Take lists, owners and waiters with a grain of salt. Take the dump again in a way that stops all processors for an instant.",
	.thresholds = thresholds,
	.needs = NEEDS_KERNEL | NEEDS_THREADS,
	.match = match,
};
