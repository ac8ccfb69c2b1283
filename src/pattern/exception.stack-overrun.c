/* SPDX-License-Identifier: MIT */
/* Overrun of a local buffer: the check of a function's frame failed. */
#include "pattern/access.h"

#include <string.h>

enum { FAST_FAIL_LEGACY_GS = 0, FAST_FAIL_STACK_COOKIE = 2, DEPTH = 16 };

static const char *const checks[] = { "__stack_chk_fail", "__stack_chk_fail_local", "__report_gsfailure",
				      "__report_securityfailure*", "__GSHandlerCheck*", "__fortify_fail", NULL };

static bool by_code(struct pattern_run *run, const struct fault *f)
{
	uint64_t why = f->record->n_parameters ? f->record->parameters[0] : FAST_FAIL_LEGACY_GS;

	return fault_is_exception(run->target, f, 0xc0000409) &&
	       (why == FAST_FAIL_LEGACY_GS || why == FAST_FAIL_STACK_COOKIE);
}

static struct err *match(struct pattern_run *run)
{
	CLEANUP(strbuf_deinit) struct strbuf message = STRBUF_INIT;
	const struct fault *f = facts_fault(run->facts);
	const struct frame *check = stack_find(facts_blame(run->facts)->stack, DEPTH, checks);
	bool coded = by_code(run, f), said = false;
	struct finding *found;

	if (f->class == FAULT_ABORT && target_facts(run->target)->os == OS_LINUX)
		said = linux_abort_message(run->target, &message) && strstr(message.s, "stack smashing");
	/* __fortify_fail serves other checks as well: its message tells which */
	if (!coded && !said && (!check || f->class != FAULT_ABORT || strcmp(check->function, "__fortify_fail") == 0))
		return NULL;
	found = finding_add(run, SEVERITY_PROBLEM, coded || said ? 97 : 90,
			    "A buffer on the stack was overrun: the check at the end of a function found its frame "
			    "overwritten, %s.", fault_place_in_code(run, f));
	record_evidence(run, found, f, coded ? "the check of a stack cookie failed" : "the check of a frame ended the program");
	if (said)
		evidence_other(run, found, &(struct evidence){ .command = ".exr -1", .gdb = "p (char *)__abort_msg + 4" },
			       "what the C library said: %s", message.s);
	if (check)
		evidence_other(run, found, &(struct evidence){ .command = ".ecxr; k", .windbg = ".ecxr; k", .gdb = "bt" },
			       "%s in frame %u; the frame that was overwritten is its caller's", check->function, check->index);
	fault_evidence(run, found, f);
	return NULL;
}

static const char *const explains[] = { "exception.abort", "corruption.string-fill", NULL };

const struct pattern pattern_stack_overrun = {
	.id = "exception.stack-overrun",
	.title = "Local buffer overflow",
	.category = CATEGORY_EXCEPTION,
	.definition = "A function wrote behind the end of a buffer on the stack and over the word that guards its frame.",
	.context = "A copy without a bound, a loop that goes one too far, a string without its terminator; an attack.",
	.criterion = "The fast fail of a stack cookie (STATUS_STACK_BUFFER_OVERRUN with subcode 0 or 2, or none), the words "
		     "\"stack smashing detected\" of glibc, or the function that reports it on the stack of an abort.",
	.false_positives = "A guard word that changed while the function ran: threads made without their own, code that switches "
			   "stacks.",
	.recommendation = "The function that failed the check has the buffer. Look at its arrays and at who writes to them; the "
			  "frames below it cannot be trusted.",
	.bucket = "STACK_BUFFER_OVERRUN",
	.needs = NEEDS_FAULT,
	.explains = explains,
	.match = match,
};
