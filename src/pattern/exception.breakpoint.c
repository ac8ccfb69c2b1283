/* SPDX-License-Identifier: MIT */
/* Breakpoint: one that no debugger took. */
#include "pattern/access.h"

enum { DEPTH = 8 };

/* A debugger broke in, or a dump was asked for: quality.requested has them. */
static const char *const break_in[] = { "DbgUiRemoteBreakin*", "*DbgBreakPoint*", NULL };
static const char *const assertions[] = { "_CrtDbgReport*", "_wassert", "_assert", "*DebugBreak*", "RtlAssert",
					  "*CheckError*", "*LogMessageFatal*", "*assert*", "*ASSERT*", NULL };

/* Without symbols: nothing but the system on the stack, as in the thread that a debugger makes. */
static bool is_bare(const struct stack *s)
{
	size_t i = 0;

	while (s && i < s->n && (!s->frames[i].symbol.module || module_is_well_tested(s->frames[i].symbol.module)))
		i++;
	return s && s->n && i == s->n && s->frames[0].symbol.module && !s->frames[0].function;
}

static struct err *match(struct pattern_run *run)
{
	const struct fault *f = facts_fault(run->facts);
	const struct stack *s = facts_blame(run->facts)->stack;
	const struct frame *assertion;
	struct finding *found;
	int32_t code;

	if (f->class != FAULT_BREAKPOINT || stack_find(s, DEPTH, break_in))
		return NULL;
	if (fault_is_signal(run->target, f, f->record->code) &&
	    linux_signal_code(target_facts(run->target), f->record, &code) && code <= 0)
		return NULL; /* a process sent it */
	if (is_bare(s)) {
		found = finding_add(run, SEVERITY_NOTE, 60, "A breakpoint in %s with nothing else on the stack, as when a debugger "
							    "breaks in.", fault_place_in_code(run, f));
		found->bucket = "";
		record_evidence(run, found, f, "the exception of a breakpoint or of a single step");
		return NULL;
	}
	assertion = stack_find(s, DEPTH, assertions);
	found = finding_add(run, SEVERITY_PROBLEM, assertion ? 93 : 85, "Breakpoint: %s ran into one that no debugger took%s.",
			    fault_place_in_code(run, f), assertion ? ", by an assertion" : "");
	record_evidence(run, found, f, "the exception of a breakpoint or of a single step");
	if (assertion) {
		evidence_other(run, found, &(struct evidence){ .command = ".ecxr; k", .windbg = ".ecxr; k", .gdb = "bt" },
			       "%s in frame %u", assertion->function, assertion->index);
		found->bucket = "ASSERT";
	}
	instruction_evidence(run, found, f);
	fault_evidence(run, found, f);
	return NULL;
}

const struct pattern pattern_breakpoint = {
	.id = "exception.breakpoint",
	.title = "Breakpoint, assertion left in",
	.category = CATEGORY_EXCEPTION,
	.definition = "The program ran into a breakpoint, and no debugger was there to take it.",
	.context = "Assertions and fatal checks that end in a breakpoint instruction, breakpoints that were left in, padding between "
		   "functions that a wild jump hit.",
	.criterion = "STATUS_BREAKPOINT, STATUS_SINGLE_STEP or SIGTRAP, where no debugger broke in and no process sent the signal.",
	.false_positives = "A debugger that wrote the dump while its own breakpoint was hit; a tool that breaks in to take a dump, where "
			   "symbols of the system are not there to tell.",
	.recommendation = "The caller of the breakpoint is the check that failed: read its condition and its message.",
	.bucket = "BREAKPOINT",
	.needs = NEEDS_FAULT,
	.match = match,
};
