/* SPDX-License-Identifier: MIT */
/* Null pointer, data: an access through a pointer that is 0, or to a member of it. */
#include "pattern/access.h"

static struct err *match(struct pattern_run *run)
{
	const struct fault *f = facts_fault(run->facts);

	if (f->class != FAULT_ACCESS || f->place != PLACE_NULL || f->access == ACCESS_EXECUTE)
		return NULL;
	(void)access_finding(run, f, f->access == ACCESS_UNKNOWN ? 90 : 97,
			     f->address ? "a member or element of a null pointer" : "a null pointer");
	return NULL;
}

const struct pattern pattern_null_data = {
	.id = "exception.null-data",
	.title = "Null pointer (data)",
	.category = CATEGORY_EXCEPTION,
	.definition = "The program read or wrote through a pointer that was null.",
	.context = "A function that failed and whose answer was not looked at, an object that was not made yet or not "
		   "any more, a race at start or end.",
	.criterion = "An access violation whose address lies in the pages that are never mapped (the first 64 kB on "
		     "Windows, the first page on Linux), by an instruction that reads or writes.",
	.false_positives = "A small number that was taken for a pointer looks the same, and so does memory that was "
			   "filled with zeros when it was freed.",
	.recommendation = "Find where the pointer comes from: the register of the faulting operand, then the callers. "
			  "Look at what the function returned that should have made the object.",
	.bucket = "NULL_POINTER",
	.needs = NEEDS_FAULT,
	.match = match,
};
