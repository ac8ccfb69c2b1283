/* SPDX-License-Identifier: MIT */
/* Fail fast: a check found something broken and ended the process without handlers. */
#include "os/windows/status.h"
#include "pattern/access.h"

#include <inttypes.h>

/* winnt.h, FAST_FAIL_*: those that say more than their name does. */
static const struct {
	uint64_t why;
	const char *means, *bucket;
} reasons[] = {
	{ 1, "the table of functions of an object was not one of its class", "FAST_FAIL_VTGUARD" },
	{ 3, "a list of the system was broken: a link does not point back", "LIST_ENTRY_CORRUPT" },
	{ 4, "the stack pointer lay outside of the thread's stack", "FAST_FAIL_INCORRECT_STACK" },
	{ 5, "an invalid argument", "INVALID_ARG" },
	{ 6, "the stack cookie was not initialised", "GS_COOKIE_INIT" },
	{ 8, "an index was outside of its array", "RANGE_CHECK" },
	{ 10, "an indirect call went to what is no function (control flow guard)", "GUARD_ICALL_CHECK_FAILURE" },
	{ 11, "a write went to protected memory", "GUARD_WRITE_CHECK_FAILURE" },
	{ 14, "a reference count was not what it can be", "INVALID_REFERENCE_COUNT" },
	{ 18, "a jump buffer was not valid", "INVALID_JUMP_BUFFER" },
	{ 21, "the chain of exception handlers was broken", "INVALID_EXCEPTION_CHAIN" },
	{ 29, "a balanced tree was broken", "INVALID_BALANCED_TREE" },
	{ 35, "the heap raised an exception where it must not", "UNEXPECTED_HEAP_EXCEPTION" },
	{ 38, "a longjmp went to what is no target of one", "INVALID_LONGJUMP_TARGET" },
	{ 50, "the heap's own data were broken", "HEAP_METADATA_CORRUPTION" },
	{ 57, "a return address was not that of the call (shadow stack)", "CONTROL_INVALID_RETURN_ADDRESS" },
};

enum { STACK_COOKIE_LEGACY = 0, STACK_COOKIE = 2 };	/* exception.stack-overrun has them */

static size_t reason_of(uint64_t why)
{
	size_t i = 0;

	while (i < ARRAY_SIZE(reasons) && reasons[i].why != why)
		i++;
	return i;
}

static struct err *match(struct pattern_run *run)
{
	const struct fault *f = facts_fault(run->facts);
	const char *name, *means = "a component asked for it";
	struct finding *found;
	uint64_t why;
	size_t i;

	if (f->class != FAULT_FAST_FAIL || !f->record)
		return NULL;
	if (f->record->code != 0xc0000409) {
		found = finding_add(run, SEVERITY_PROBLEM, 93, "Fail fast: %s ended the process: %s.", fault_place_in_code(run, f), means);
		record_evidence(run, found, f, means);
		fault_evidence(run, found, f);
		return NULL;
	}
	why = f->record->n_parameters ? f->record->parameters[0] : STACK_COOKIE_LEGACY;
	if (why == STACK_COOKIE_LEGACY || why == STACK_COOKIE)
		return NULL;
	name = fast_fail_name(why);
	i = reason_of(why);
	means = i < ARRAY_SIZE(reasons) ? reasons[i].means : "a check failed";
	found = finding_add(run, SEVERITY_PROBLEM, name ? 97 : 90, "Fail fast: %s ended the process: %s (%s).",
			    fault_place_in_code(run, f), means,
			    name ? name : run_text(run, "subcode %" PRIu64, why));
	evidence_other(run, found,
		       &(struct evidence){ .has_value = true, .value = why, .size = 4, .command = ".exr -1", .windbg = ".exr -1" },
		       "the subcode of STATUS_STACK_BUFFER_OVERRUN, first parameter: %s", name ? name : "not known");
	if (i < ARRAY_SIZE(reasons))
		found->bucket = reasons[i].bucket;
	fault_evidence(run, found, f);
	return NULL;
}

const struct pattern pattern_fast_fail = {
	.id = "exception.fast-fail",
	.title = "Fail fast",
	.category = CATEGORY_EXCEPTION,
	.definition = "A check of the system, of a library or of the compiler found data broken and ended the process at once, "
		      "without asking handlers.",
	.context = "Broken lists and heaps, calls through overwritten pointers, arguments and states that must not be.",
	.criterion = "STATUS_STACK_BUFFER_OVERRUN with a subcode other than those of stack cookies and of abort(), or "
		     "STATUS_FAIL_FAST_EXCEPTION. The subcode is the first parameter.",
	.false_positives = "The check is right as a rule. Protection that changes code or tables of functions can fail it.",
	.recommendation = "The subcode says which check failed. What it found broken was written to before: page heap and "
			  "Application Verifier bring the failure nearer to the write.",
	.bucket = "FAIL_FAST",
	.needs = NEEDS_FAULT | NEEDS_SYSTEM_WINDOWS,
	.match = match,
};
