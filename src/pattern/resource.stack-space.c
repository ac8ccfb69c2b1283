/* SPDX-License-Identifier: MIT */
/* Stack space: a thread has used up nearly all of its stack. */
#include "pattern/facts.h"
#include "pattern/limits.h"
#include "pattern/pattern.h"

#include <inttypes.h>

static const struct threshold thresholds[] = {
	{ "stack.left", 10, "percent", "of a thread's stack that may be left at most" },
	{ NULL },
};

static void tell(struct pattern_run *run, struct thread *th, const struct stack_space *s)
{
	const char *sp = target_arch(run->target)->regs[target_arch(run->target)->sp].name;
	const char *show = run_text(run, "~%zus; r %s", th->index, sp);
	struct finding *f;

	f = finding_add(run, SEVERITY_WARNING, 90, "Stack space: %s has used %" PRIu64 " kB of the %" PRIu64 " kB of its stack.",
			run_thread_text(run, th), (s->top - s->sp) >> 10, (s->top - s->end) >> 10);
	finding_thread(run, f, th);
	evidence_other(run, f,
		       &(struct evidence){ .has_value = true, .value = s->sp, .command = show, .windbg = show,
					   .gdb = "info registers sp" },
		       "the stack pointer; the stack may grow down to 0x%" PRIx64, s->end);
	evidence_stack(run, f, th, "what used it");
}

static struct err *match(struct pattern_run *run)
{
	const struct fault *fault = facts_fault(run->facts);
	struct stack_space s;
	struct thread *v;
	size_t n = target_threads(run->target, &v);

	for (size_t i = 0; i < n && run->n_findings < 16; i++) {
		TRY(run_check(run));
		if ((fault->class == FAULT_STACK_OVERFLOW && fault->thread == &v[i]) ||
		    !limits_stack(run->target, &v[i], &s))
			continue;
		if ((s.sp - s.end) < (s.top - s.end) / 100 * run_threshold(run, "stack.left"))
			tell(run, &v[i], &s);
	}
	return NULL;
}

const struct pattern pattern_stack_space = {
	.id = "resource.stack-space",
	.title = "Insufficient memory (stack)",
	.category = CATEGORY_RESOURCE,
	.definition = "A thread has used up nearly all of its stack; a few calls more end the process.",
	.context = "Threads that were made with small stacks, recursion, large arrays on the stack, deep chains of callbacks.",
	.criterion = "Less than stack.left of the stack lies below the stack pointer, and the thread has not overflowed it. "
		     "Windows: the stack is the allocation below the TEB's StackBase. Linux: a thread's stack begins above a mapping without access, the "
		     "first one may grow to the limit that the snapshot has.",
	.false_positives = "Stacks of coroutines and signal handlers, which are small and meant to be.",
	.recommendation = "See which frames took most of it (kf). Make the stack larger, or move large arrays to the heap.",
	.bucket = "STACK_SPACE",
	.thresholds = thresholds,
	.needs = NEEDS_THREADS,
	.match = match,
};
