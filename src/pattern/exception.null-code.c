/* SPDX-License-Identifier: MIT */
/* Null pointer, code: a call or jump to address 0. */
#include "pattern/access.h"

static struct err *match(struct pattern_run *run)
{
	const struct fault *f = facts_fault(run->facts);

	if (f->class == FAULT_ACCESS && f->place == PLACE_NULL && f->access == ACCESS_EXECUTE)
		(void)access_finding(run, f, 97, "a null pointer");
	return NULL;
}

const struct pattern pattern_null_code = {
	.id = "exception.null-code",
	.title = "Null pointer (code)",
	.category = CATEGORY_EXCEPTION,
	.definition = "The program called a function, or jumped, through a pointer that was null.",
	.context = "A callback that was never set, a library whose function was not found, a virtual call on an object "
		   "whose table is gone, a return address that was overwritten with zeros.",
	.criterion = "An access violation at the instruction pointer, which lies in the pages that are never mapped.",
	.false_positives = "None is known; a stack that was overwritten with zeros gives it as a consequence.",
	.recommendation = "The return address on top of the stack tells who called: look there for the pointer. If the "
			  "stack makes no sense it was overwritten.",
	.bucket = "NULL_POINTER",
	.needs = NEEDS_FAULT,
	.match = match,
};
