/* SPDX-License-Identifier: MIT */
/* Stack overflow: a thread used up its stack; by recursion, when frames repeat. */
#include "pattern/access.h"
#include "pattern/recursion.h"

#include <inttypes.h>

static const struct threshold thresholds[] = {
	{ "recursion.repeats", 8, "times", "a group of frames that repeats this often is called recursion" },
	{ NULL },
};

static void show_recursion(struct pattern_run *run, struct finding *f, const struct blame *b)
{
	struct recursion r;
	const struct frame *first;

	if (!b->stack || b->stack->n < 2)
		return;
	r = recursion_find(b->stack);
	if (r.repeats < run_threshold(run, "recursion.repeats"))
		return;
	first = &b->stack->frames[r.start];
	evidence_other(run, f,
		       &(struct evidence){ .has_address = true, .address = first->ip, .command = ".ecxr; k 40", .windbg = ".ecxr; k 40",
					   .gdb = "bt 64" },
		       "recursion: from frame %zu on a group of %zu repeats %zu times: %s", r.start, r.period, r.repeats,
		       run_symbol_text(run, first->lookup));
	f->bucket = "STACK_OVERFLOW_RECURSION";
}

static struct err *match(struct pattern_run *run)
{
	const struct fault *f = facts_fault(run->facts);
	const struct blame *b = facts_blame(run->facts);
	struct finding *found;

	if (f->class != FAULT_STACK_OVERFLOW)
		return NULL;
	found = finding_add(run, SEVERITY_PROBLEM, f->place == PLACE_STACK_END ? 93 : 97,
			    "Stack overflow: %s used up its stack.", fault_place_in_code(run, f));
	evidence_other(run, found,
		       &(struct evidence){ .has_address = f->has_address, .address = f->address, .command = ".exr -1",
					   .windbg = ".exr -1", .gdb = "p $_siginfo" },
		       "%s", f->has_address ? "the address lies below the end of the stack" : "the exception says so");
	if (f->has_regs && regs_has(&f->regs, f->regs.arch->sp))
		evidence_other(run, found,
			       &(struct evidence){ .has_value = true, .value = regs_sp(&f->regs),
						   .size = f->regs.arch->pointer_size,
						   .command = run_text(run, ".ecxr; r %s",
								       f->regs.arch->regs[f->regs.arch->sp].name),
						   .windbg = ".ecxr; r", .gdb = "info registers sp" },
			       "the stack pointer");
	show_recursion(run, found, b);
	fault_evidence(run, found, f);
	return NULL;
}

const struct pattern pattern_stack_overflow = {
	.id = "exception.stack-overflow",
	.title = "Stack overflow (user mode)",
	.category = CATEGORY_EXCEPTION,
	.definition = "A thread needed more stack than it has.",
	.context = "Recursion without an end, recursion over data that is deeper than anyone thought, large arrays on the "
		   "stack, threads made with small stacks.",
	.criterion = "Windows: the exception is STATUS_STACK_OVERFLOW. Linux: the fault is near the stack pointer, in the "
		     "gap or guard right below writable memory.",
	.false_positives = "Deep recursion that is right, on a stack that is too small. A wild stack pointer that "
			   "happens to lie right below other memory.",
	.recommendation = "If frames repeat, find why the recursion does not end: the arguments of two rounds tell what "
			  "changes between them. Else look for the frame that takes most of the stack (kf).",
	.bucket = "STACK_OVERFLOW",
	.thresholds = thresholds,
	.needs = NEEDS_FAULT,
	.match = match,
};
