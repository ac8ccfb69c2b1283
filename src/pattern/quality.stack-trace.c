/* SPDX-License-Identifier: MIT */
/* Incorrect stack trace: frames that were guessed. */
#include "pattern/facts.h"
#include "pattern/pattern.h"

static const struct threshold thresholds[] = {
	{ "stack-trace.guessed", 30, "percent", "of a stack's frames must be guessed" },
	{ "stack-trace.frames", 8, "frames", "a shorter stack is not judged" },
	{ NULL },
};

static bool is_guessed(const struct frame *f)
{
	return f->trust == TRUST_SCAN || f->trust == TRUST_CFI_SCAN;
}

static struct err *match(struct pattern_run *run)
{
	const struct blame *b = facts_blame(run->facts);
	size_t guessed = 0, first = 0;
	struct finding *f;

	if (!b->thread || !b->stack || b->stack->n < run_threshold(run, "stack-trace.frames"))
		return NULL;
	for (size_t i = b->stack->n; i-- > 0;)
		if (is_guessed(&b->stack->frames[i])) {
			guessed++;
			first = i;
		}
	if (!guessed || guessed * 100 < b->stack->n * run_threshold(run, "stack-trace.guessed"))
		return NULL;
	f = finding_add(run, SEVERITY_NOTE, 80, "%zu of the %zu frames of %s are guesses: from frame %zu on words of the stack were "
						"searched for return addresses.",
			guessed, b->stack->n, run_thread_text(run, b->thread), first);
	evidence_stack(run, f, b->thread, "frame %zu: %s", first, run_symbol_text(run, b->stack->frames[first].ip));
	finding_thread(run, f, b->thread);
	return NULL;
}

const struct pattern pattern_stack_trace = {
	.id = "quality.stack-trace",
	.title = "Incorrect stack trace",
	.category = CATEGORY_QUALITY,
	.definition = "Part of the stack that the verdict rests on was guessed: no rule told where the caller is.",
	.context = "Modules without symbols or unwind data, code that was generated, stacks that were overwritten.",
	.criterion = "Of a stack with at least stack-trace.frames frames, stack-trace.guessed were found by a search of its words.",
	.false_positives = "A search often finds the right frames; it also finds those of calls that are over.",
	.recommendation = "Get symbols or images of the modules at the first guessed frame (lm, .symlist), and look at the stack again.",
	.thresholds = thresholds,
	.needs = NEEDS_THREADS,
	.match = match,
};
