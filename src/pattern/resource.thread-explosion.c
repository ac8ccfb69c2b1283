/* SPDX-License-Identifier: MIT */
/* Thread explosion: very many threads, most of which do the same. */
#include "pattern/facts.h"
#include "pattern/limits.h"
#include "pattern/pattern.h"

#include <inttypes.h>

static const struct threshold thresholds[] = {
	{ "threads.count", 500, "threads", "as many must there be" },
	{ "threads.share", 50, "percent", "of them that must have equal stacks" },
	{ NULL },
};

static void tell(struct pattern_run *run, const struct stacks *s, const struct equal_stacks *group, struct thread *v)
{
	const struct thread_stack *first = &s->v[group->first];
	const struct stack_place *suspect = stacks_suspect(first);
	uint64_t limit;
	struct finding *f;

	f = finding_add(run, SEVERITY_WARNING, 75, "Thread explosion: the process has %zu threads, and %zu of them have equal "
						   "stacks, in %s.",
			s->n, group->n, run_symbol_text(run, suspect ? suspect->ip : first->places[0].ip));
	f->confidence_why = "some servers have a thread per client";
	evidence_stack(run, f, &v[group->first], "the first of the %zu threads with this stack", group->n);
	evidence_other(run, f, &(struct evidence){ .command = "!uniqstack", .windbg = "!uniqstack",
						   .gdb = "thread apply all -q bt 3" },
		       "threads by equal stacks");
	if (limits_value(run->target, "limits.Max processes", &limit))
		evidence_other(run, f, &(struct evidence){ .has_value = false },
			       "the user may have %" PRIu64 " threads in all processes", limit);
}

static struct err *match(struct pattern_run *run)
{
	const struct equal_stacks *group;
	const struct stacks *s = NULL;
	struct thread *v;
	size_t n = target_threads(run->target, &v);

	if (n < run_threshold(run, "threads.count"))
		return NULL;
	TRY(facts_stacks(run->facts, &s));
	group = stacks_largest(s);
	if (group && group->n * 100 / (n ? n : 1) >= run_threshold(run, "threads.share"))
		tell(run, s, group, v);
	return NULL;
}

static const char *const explains[] = { "resource.map-count", "resource.address-space", NULL };

const struct pattern pattern_thread_explosion = {
	.id = "resource.thread-explosion",
	.title = "Thread explosion",
	.category = CATEGORY_RESOURCE,
	.definition = "The process has very many threads that do the same: they are made faster than they end.",
	.context = "A thread for each request while requests do not come to an end; pools that are made and never closed; a "
		   "pool that adds threads because those that it has are blocked.",
	.criterion = "There are at least threads.count threads, and threads.share of them have equal stacks in their "
		     "innermost 32 frames.",
	.false_positives = "Servers that have a thread for each client and many clients.",
	.recommendation = "See what the threads with the equal stack wait for: that is why they do not end. Bound the number "
			  "of threads.",
	.bucket = "THREAD_EXPLOSION",
	.thresholds = thresholds,
	.needs = NEEDS_THREADS,
	.explains = explains,
	.match = match,
};
