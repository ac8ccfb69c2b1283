/* SPDX-License-Identifier: MIT */
/*
 * Affine threads: tasks share one processor, because they may not run on another
 * that has nothing or much less to do. Each gets its turns, so that none waits for
 * long at a time; where one does, cpu.starved-queue tells it and this says nothing.
 */
#include "os/linux/kernel/affinity.h"
#include "os/linux/kernel/sched.h"
#include "pattern/facts.h"
#include "pattern/pattern.h"

#include <inttypes.h>
#include <string.h>

enum {
	MS = 1000000,
	HUNDRED = 100,
	MAX_SHOWN = 12,
	BOUND_BY_KERNEL = 0x4000000,	/* PF_NO_SETAFFINITY: threads of a processor, which nobody can move */
};

static const struct threshold thresholds[] = {
	{ "affine.tasks", 2, "tasks", "as many must wait for a processor and not be allowed on the other" },
	{ "affine.ms", 1000, "ms", "as long must each have waited for its processor in all its life" },
	{ "affine.percent", 40, "percent", "of the time for which it wanted to run must each have waited" },
	{ "affine.difference", 2, "tasks", "as many fewer must the other processor have to run" },
	{ "starved-queue.ms", 1000, "ms", "a processor for which a task has waited for as long at a time is told by cpu.starved-queue" },
	{ NULL },
};

struct limits {
	uint64_t tasks, ms, percent, difference, starved;
};

/* What is found of one processor. */
struct crowd {
	const struct sched_cpu *cpu, *other;
	size_t n;		/* of cpu's tasks may not run on other */
	size_t load, other_load;
};

static size_t load_of(const struct sched_cpu *c)
{
	size_t n = c->current && c->current != c->idle;

	for (size_t i = 0; i < c->n; i++)
		n += !c->queued[i].delayed;
	return n;
}

static bool is_starved(const struct sched_cpu *c, uint64_t ms)
{
	for (size_t i = 0; i < c->n; i++)
		if (c->queued[i].waits_known && !c->queued[i].delayed && c->queued[i].waits / MS >= ms)
			return true;
	return false;
}

/* Without its present wait: that is in no sum before it ends. */
static uint64_t waited_ms(const struct sched_queued *q)
{
	return (sched_has(&q->info, run_delay) ? q->info.run_delay / MS : 0) + (q->waits_known ? q->waits / MS : 0);
}

static uint64_t ran_ms(const struct sched_queued *q)
{
	return sched_has(&q->info, sum_exec_runtime) ? q->info.sum_exec_runtime / MS : 0;
}

/* A task that lives for long has waited for a second now and then: it has to be much of its time, too. */
static bool suffers(const struct sched_queued *q, const struct limits *l)
{
	uint64_t waited = waited_ms(q), wanted = waited + ran_ms(q);

	return !q->delayed && !(sched_has(&q->info, flags) && (q->info.flags & BOUND_BY_KERNEL)) && waited >= l->ms &&
	       waited >= wanted / HUNDRED * l->percent;
}

/* Bits that lack the processor on whose queue it stands are not in the dump, or are changing. */
static bool counts(struct pattern_run *run, const struct sched_queued *q, const struct crowd *x, const struct limits *l)
{
	uint64_t bits = 0;

	return suffers(q, l) && affinity_of(run->target, q->task, &bits) && affinity_has(run->target, bits, x->cpu->cpu) &&
	       !affinity_has(run->target, bits, x->other->cpu);
}

/* The processor with the least to do that enough of these tasks may not use. */
static struct err *find_other(struct pattern_run *run, const struct sched_view *v, struct crowd *best, const struct limits *l)
{
	for (size_t i = 0; i < v->n; i++) {
		struct crowd x = { .cpu = best->cpu, .other = &v->cpus[i], .load = best->load, .other_load = load_of(&v->cpus[i]) };

		TRY(run_check(run));
		if (x.other == x.cpu || !x.other->online || !x.other->current || x.other->trouble || x.other_load + l->difference > x.load ||
		    (best->other && x.other_load >= best->other_load))
			continue;
		for (size_t k = 0; k < x.cpu->n; k++)
			x.n += counts(run, &x.cpu->queued[k], &x, l);
		if (x.n >= l->tasks)
			*best = x;
	}
	return NULL;
}

static const char *affinity_text(struct pattern_run *run, uint64_t task)
{
	CLEANUP(strbuf_deinit) struct strbuf sb = STRBUF_INIT;
	uint64_t bits = 0;

	if (!affinity_of(run->target, task, &bits))
		return "processors that are not known";
	affinity_add_text(run->target, bits, &sb);
	if (sb.failed || !sb.len)
		return "processors that are not in the dump";
	return run_text(run, "processor%s %s", strpbrk(sb.s, ",-") ? "s" : "", sb.s);
}

static void show(struct pattern_run *run, struct finding *f, const struct crowd *x, const struct limits *l)
{
	static const char ready[] = "!ready", running[] = "!running";

	if (x->cpu->thread) {
		finding_thread(run, f, x->cpu->thread);
		evidence_stack(run, f, x->cpu->thread, "processor %u runs %s, which may run on %s", x->cpu->cpu, run_thread_text(run, x->cpu->thread),
			       affinity_text(run, x->cpu->current));
	}
	for (size_t i = 0; i < x->cpu->n && f->n_evidence < MAX_SHOWN; i++) {
		const struct sched_queued *q = &x->cpu->queued[i];

		if (!counts(run, q, x, l))
			continue;
		if (q->thread)
			finding_thread(run, f, q->thread);
		evidence_other(run, f, &(struct evidence){ .has_address = true, .address = q->task, .command = ready },
			       "%s may run on %s; ready for %" PRIu64 " ms; in its life it has run for %" PRIu64 " ms and waited for %" PRIu64 " ms",
			       q->thread ? run_thread_text(run, q->thread) : "a task that is in no list", affinity_text(run, q->task),
			       q->waits_known ? q->waits / MS : 0, ran_ms(q), waited_ms(q));
	}
	evidence_other(run, f, &(struct evidence){ .has_address = true, .address = x->other->rq, .command = running }, "processor %u %s%s",
		       x->other->cpu, !x->other_load ? "idles" : x->other->thread ? "runs " : "has less to do",
		       x->other_load && x->other->thread ? run_thread_text(run, x->other->thread) : "");
}

static void tell(struct pattern_run *run, const struct crowd *x, const struct limits *l)
{
	const char *does = x->other_load ? run_text(run, "has %zu to run, not %zu", x->other_load, x->load) : "idles";
	struct finding *f = finding_add(run, SEVERITY_WARNING, x->other_load ? 80 : 90,
					"Affine threads: %zu task%s for processor %u and may not run on processor %u, which %s.", x->n,
					x->n == 1 ? " waits" : "s wait", x->cpu->cpu, x->other->cpu, does);

	show(run, f, x, l);
}

static struct err *match(struct pattern_run *run)
{
	const struct limits l = { run_threshold(run, "affine.tasks"), run_threshold(run, "affine.ms"), run_threshold(run, "affine.percent"),
				  run_threshold(run, "affine.difference"), run_threshold(run, "starved-queue.ms") };
	const struct sched_view *v = NULL;

	TRY(facts_sched(run->facts, &v));
	for (size_t i = 0; i < v->n; i++) {
		struct crowd x = { .cpu = &v->cpus[i], .load = load_of(&v->cpus[i]) };

		if (!x.cpu->online || !x.cpu->n || is_starved(x.cpu, l.starved))
			continue;
		TRY(find_other(run, v, &x, &l));
		if (x.other)
			tell(run, &x, &l);
	}
	return NULL;
}

static const char *const explains[] = { "wait.starved-owner", "wait.chain", NULL };

const struct pattern pattern_affine_threads = {
	.id = "cpu.affine-threads",
	.title = "Affine threads",
	.category = CATEGORY_CPU,
	.definition = "Several tasks share one processor and are slow, while another has nothing or little to do: they are bound to theirs.",
	.context = "taskset, cpusets, containers with fixed processors, thread pools of which each was bound to the same processor, interrupts and "
		   "their threads that were never spread.",
	.criterion = "On the queue of a processor stand at least affine.tasks tasks that may not run on another processor, which has at least "
		     "affine.difference fewer to run; each has waited for affine.ms in its life, and for affine.percent of the time for which it "
		     "wanted to run; none has waited for starved-queue.ms at a time.",
	.false_positives = "Processors that are kept free on purpose (isolcpus, nohz_full), and tasks that are bound to be slow, as batch jobs in "
			   "a cpuset of their own.",
	.recommendation = "See who bound them (taskset -p, cpuset.cpus of their control group) and give them more processors, or each its own.",
	.bucket = "AFFINE_THREADS",
	.thresholds = thresholds,
	.needs = NEEDS_KERNEL | NEEDS_THREADS,
	.explains = explains,
	.match = match,
};
