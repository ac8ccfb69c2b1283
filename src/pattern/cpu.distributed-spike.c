/* SPDX-License-Identifier: MIT */
/* Distributed spike: several threads share most of the processor time, none has most of it. */
#include "pattern/facts.h"
#include "pattern/pattern.h"
#include "pattern/times.h"

#include <inttypes.h>
#include <stdlib.h>

static const struct threshold thresholds[] = {
	{ "distributed.threads", 10, "threads", "that used most are looked at" },
	{ "distributed.share", 80, "percent", "of the processor time that they must have used together" },
	{ "distributed.single", 30, "percent", "of it that none of them may have used alone" },
	{ "distributed.seconds", 10, "seconds", "of processor time that they must have used together" },
	{ NULL },
};

struct used {
	struct thread *thread;
	uint64_t time;
};

static int by_time(const void *a, const void *b)
{
	const struct used *x = a, *y = b;

	if (x->time != y->time)
		return x->time > y->time ? -1 : 1;
	return x->thread->index < y->thread->index ? -1 : 1;
}

static struct err *collect(struct pattern_run *run, struct used **ret, size_t *ret_n, uint64_t *ret_total)
{
	struct thread *v;
	size_t n = target_threads(run->target, &v), found = 0;
	struct used *used = ARENA_NEW_N(run->arena, struct used, n ? n : 1);

	*ret_total = 0;
	if (!used)
		return err_nomem();
	for (size_t i = 0; i < n; i++) {
		used[found].thread = &v[i];
		if (!times_of(&v[i], &used[found].time))
			continue;
		if (__builtin_add_overflow(*ret_total, used[found].time, ret_total))
			return err_new(ERR_CORRUPT, "the processor times of the threads are no times");
		found++;
	}
	if (found)
		qsort(used, found, sizeof(*used), by_time);
	*ret = used;
	*ret_n = found;
	return run_check(run);
}

static size_t running(const struct wait_graph *g, const struct used *v, size_t n)
{
	size_t found = 0;

	for (size_t i = 0; i < n; i++)
		found += g->nodes[v[i].thread->index].activity == ACTIVITY_RUNS;
	return found;
}

/* Healthy servers are busy in this way, so that it is no more than a note. */
static void tell(struct pattern_run *run, const struct wait_graph *g, const struct used *v, size_t n, uint64_t sum,
		 uint64_t total)
{
	struct finding *f = finding_add(run, SEVERITY_NOTE, 75, "Distributed spike: %zu threads used %" PRIu64
								" s of processor time together, %" PRIu64
								" %% of the process's, none of them most of it; %zu of them run.",
					n, sum / TIMES_SECOND, sum / (total / 100 + 1), running(g, v, n));

	evidence_other(run, f, &(struct evidence){ .command = "!runaway 3", .windbg = "!runaway 3" },
		       "the first of them used %" PRIu64 " s, the last %" PRIu64 " s", v[0].time / TIMES_SECOND,
		       v[n - 1].time / TIMES_SECOND);
	for (size_t i = 0; i < n && f->n_evidence < 16; i++) {
		finding_thread(run, f, v[i].thread);
		evidence_stack(run, f, v[i].thread, "%s used %" PRIu64 " s", run_thread_text(run, v[i].thread),
			       v[i].time / TIMES_SECOND);
	}
}

static struct err *match(struct pattern_run *run)
{
	const struct wait_graph *g = NULL;
	struct used *v = NULL;
	uint64_t total, sum = 0;
	size_t n = 0, most = run_threshold(run, "distributed.threads");

	TRY(facts_wait_graph(run->facts, &g));
	TRY(collect(run, &v, &n, &total));
	n = n < most ? n : most;
	for (size_t i = 0; i < n; i++)
		sum += v[i].time;
	if (n < 4 || sum / TIMES_SECOND < run_threshold(run, "distributed.seconds") ||
	    sum / (total / 100 + 1) < run_threshold(run, "distributed.share") ||
	    v[0].time / (total / 100 + 1) > run_threshold(run, "distributed.single") || !running(g, v, n))
		return NULL;
	while (n > 1 && v[n - 1].time * 10 < v[0].time)
		n--;
	tell(run, g, v, n, sum, total);
	return NULL;
}

const struct pattern pattern_distributed_spike = {
	.id = "cpu.distributed-spike",
	.title = "Distributed spike",
	.category = CATEGORY_CPU,
	.definition = "Several threads together used most of the processor time of the process, while none of them stands out.",
	.context = "A pool whose work became expensive; threads that all wait actively; a server under load.",
	.criterion = "The distributed.threads threads that used most have at least distributed.share of the processor time and "
		     "distributed.seconds of it, none has more than distributed.single, and at least one of them runs.",
	.false_positives = "Every server that works: it is a note.",
	.recommendation = "Group the threads by equal stacks (!uniqstack) in two dumps: what they have in common is what costs. "
			  "Compare the processor time between the dumps.",
	.bucket = "BUSY_THREADS",
	.thresholds = thresholds,
	.needs = NEEDS_THREADS | NEEDS_TIMES,
	.match = match,
};
