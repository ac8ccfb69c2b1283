/* SPDX-License-Identifier: MIT */
/* Wild pointer: an access to an address that was never a pointer of this program. */
#include "pattern/access.h"
#include "pattern/text.h"

#include <inttypes.h>

/* exception.no-execute and exception.file-gone. */
static bool is_others(struct pattern_run *run, const struct fault *f)
{
	return (f->place == PLACE_PROTECTED && f->access == ACCESS_EXECUTE) ||
	       fault_is_exception(run->target, f, 0xc0000006);
}

static struct err *match(struct pattern_run *run)
{
	const struct fault *f = facts_fault(run->facts);
	unsigned size = target_facts(run->target)->pointer_size == 8 ? 8 : 4;
	struct finding *found;
	char text[TEXT_WORD];

	if (f->class != FAULT_ACCESS || f->place == PLACE_NULL || f->place == PLACE_STACK_END || is_others(run, f))
		return NULL;
	/* without registers, address and regions nothing more is known than the exception */
	found = access_finding(run, f, f->place == PLACE_UNKNOWN ? 75 : 92, fault_place_text(f->place));
	if (f->has_address && text_of_word(f->address, size, text) != TEXT_NONE)
		evidence_other(run, found,
			       &(struct evidence){ .has_value = true, .value = f->address, .size = size,
						   .command = run_text(run, ".formats 0x%" PRIx64, f->address),
						   .windbg = run_text(run, ".formats 0x%" PRIx64, f->address) },
			       "the address reads as the text \"%s\": a string was taken for a pointer", text);
	return NULL;
}

const struct pattern pattern_wild_pointer = {
	.id = "exception.wild-pointer",
	.title = "Wild pointer",
	.category = CATEGORY_EXCEPTION,
	.definition = "The program used an address that is no null pointer and at which there is nothing to be had: "
		      "not mapped, not canonical, or memory that does not allow the access.",
	.context = "Memory that was freed or never initialised, a buffer that ran over, a wrong cast, an index out of "
		   "bounds.",
	.criterion = "An access violation outside of the null pages and of the ends of stacks, but for jumps to data "
		     "and pages that their file does not give.",
	.false_positives = "Memory that is protected on purpose, whose fault a handler should have taken: garbage "
			   "collectors, guard pages, files that were cut while they were mapped.",
	.recommendation = "Find where the pointer was read from and look at what lies around it: text, a fill pattern, "
			  "a neighbour's data tell who wrote it.",
	.bucket = "INVALID_POINTER",
	.needs = NEEDS_FAULT,
	.match = match,
};
