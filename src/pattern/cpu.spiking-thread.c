/* SPDX-License-Identifier: MIT */
/* Spiking thread: one that uses most of the processor time, and is not waiting. */
#include "pattern/facts.h"
#include "pattern/pattern.h"
#include "pattern/times.h"

#include <inttypes.h>

static const struct threshold thresholds[] = {
	{ "spike.share", 50, "percent", "of the process's processor time that one thread must have used" },
	{ "spike.seconds", 10, "seconds", "of processor time that it must have used" },
	{ NULL },
};

static void tell(struct pattern_run *run, struct thread *th, const struct wait_node *n, uint64_t time, uint64_t total)
{
	static const char all[] = "!runaway 3";
	struct finding *f;

	f = finding_add(run, SEVERITY_WARNING, n->activity == ACTIVITY_RUNS ? 80 : 60,
			"Spiking thread: %s used %" PRIu64 " s of processor time, %" PRIu64
			" %% of what the threads used, and %s%s%s.",
			run_thread_text(run, th), time / TIMES_SECOND, time / (total / 100 + 1),
			n->activity == ACTIVITY_RUNS ? "runs" : "is not seen to wait", *n->function ? ", in " : "",
			n->function);
	if (n->activity != ACTIVITY_RUNS)
		f->confidence_why = "the dump does not tell whether it runs";
	finding_thread(run, f, th);
	evidence_other(run, f, &(struct evidence){ .command = all, .windbg = all },
		       "it used %" PRIu64 " s, all threads %" PRIu64 " s", time / TIMES_SECOND, total / TIMES_SECOND);
	evidence_stack(run, f, th, "what it does");
}

static struct err *match(struct pattern_run *run)
{
	const struct wait_graph *g = NULL;
	struct thread *v;
	size_t n = target_threads(run->target, &v);
	uint64_t total = 0, time, least = run_threshold(run, "spike.seconds");

	TRY(facts_wait_graph(run->facts, &g));
	for (size_t i = 0; i < n; i++)
		if (times_of(&v[i], &time) && __builtin_add_overflow(total, time, &total))
			return NULL; /* no such times exist */
	for (size_t i = 0; i < n; i++) {
		const struct wait_node *node = &g->nodes[i];

		TRY(run_check(run));
		if (!times_of(&v[i], &time) || time / TIMES_SECOND < least || wait_edge_of(g, i) ||
		    (node->activity != ACTIVITY_RUNS && node->activity != ACTIVITY_UNKNOWN) ||
		    time / (total / 100 + 1) < run_threshold(run, "spike.share"))
			continue;
		tell(run, &v[i], node, time, total);
	}
	return NULL;
}

const struct pattern pattern_spiking_thread = {
	.id = "cpu.spiking-thread",
	.title = "Spiking thread",
	.category = CATEGORY_CPU,
	.definition = "One thread used most of the processor time of its process, and was running when the dump was taken.",
	.context = "Endless loops, spinning on a condition, an algorithm whose cost grows too fast, a busy wait.",
	.criterion = "A thread that is not seen to wait has used at least spike.seconds of processor time and spike.share of "
		     "what all threads used.",
	.false_positives = "The only thread of a program that computes. A long-lived thread whose time was used long ago. A "
			   "thread that took the dump itself.",
	.recommendation = "Look at its stack in two dumps: where the frames are the same, there is the loop; what changes "
			  "below tells its progress.",
	.bucket = "BUSY_THREAD",
	.thresholds = thresholds,
	.needs = NEEDS_THREADS | NEEDS_TIMES,
	.match = match,
};
