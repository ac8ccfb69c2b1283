/* SPDX-License-Identifier: MIT */
/* Invalid parameter: the C run-time library was given what it does not take. */
#include "pattern/access.h"

enum { DEPTH = 16 };

static const char *const handlers[] = { "_invalid_parameter*", "_invoke_watson*", "_invalid_parameter_noinfo*", NULL };

static struct err *match(struct pattern_run *run)
{
	const struct fault *f = facts_fault(run->facts);
	const struct frame *handler = stack_find(facts_blame(run->facts)->stack, DEPTH, handlers);
	/* the second: Breakpad's, whose handler stands in for the library's */
	bool coded = fault_is_exception(run->target, f, 0xc0000417) || fault_is_exception(run->target, f, 0xc000000d);
	struct finding *found;

	/* other exceptions below the handler are the handler's own */
	if (!coded && (!handler || (f->class != FAULT_FAST_FAIL && f->class != FAULT_ABORT && f->class != FAULT_BREAKPOINT)))
		return NULL;
	found = finding_add(run, SEVERITY_PROBLEM, coded ? 97 : 92,
			    "Invalid parameter: %s gave a function of the C run-time library what it does not take.",
			    fault_place_in_code(run, f));
	record_evidence(run, found, f, coded ? "the library's exception for it" : "how the library's handler ended the process");
	if (handler)
		evidence_other(run, found, &(struct evidence){ .command = ".ecxr; k", .windbg = ".ecxr; k" },
			       "%s in frame %u; the function that refused its argument is its caller", handler->function,
			       handler->index);
	fault_evidence(run, found, f);
	return NULL;
}

static const char *const explains[] = { "exception.fast-fail", "exception.abort", "exception.breakpoint", NULL };

const struct pattern pattern_invalid_parameter = {
	.id = "exception.invalid-parameter",
	.title = "Invalid parameter to the C run-time library",
	.category = CATEGORY_EXCEPTION,
	.definition = "A function of the C run-time library checked its arguments, found them invalid and ended the process.",
	.context = "Null pointers to functions on strings and files, buffers that are too small for the secure variants, formats "
		   "and descriptors that are none.",
	.criterion = "STATUS_INVALID_CRUNTIME_PARAMETER, STATUS_INVALID_PARAMETER by which Breakpad tells of it, or the library's handler (_invalid_parameter, _invoke_watson) on the stack "
		     "of a fast fail, an abort or a breakpoint.",
	.false_positives = "A handler that the program set may have ended the process for reasons of its own.",
	.recommendation = "The caller of the handler is the function that refused; its arguments in the frame of your own code tell "
			  "which one is wrong. The debug library prints the expression that failed.",
	.bucket = "INVALID_CRUNTIME_PARAMETER",
	.needs = NEEDS_FAULT | NEEDS_SYSTEM_WINDOWS,
	.explains = explains,
	.match = match,
};
