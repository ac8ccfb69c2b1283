/* SPDX-License-Identifier: MIT */
/* Nested exceptions: one that was raised while another one was handled. */
#include "os/linux/sigframe.h"
#include "os/linux/signals.h"
#include "os/windows/status.h"
#include "pattern/access.h"

#include <inttypes.h>

enum { MAX_CHAIN = 8 };

/* A record in memory: code, flags, the next record, address (winnt.h). */
static bool read_record(struct pattern_run *run, uint64_t at, uint64_t *code, uint64_t *next, uint64_t *address)
{
	const struct arch_memory *m = target_memory(run->target);
	unsigned size = target_facts(run->target)->pointer_size == 8 ? 8 : 4;

	return arch_read_uint(m, at, 4, code) && arch_read_uint(m, at + 8, size, next) &&
	       arch_read_uint(m, at + 8 + size, size, address);
}

static void match_windows(struct pattern_run *run, const struct fault *f)
{
	uint64_t at = f->record->nested_record, code, next, address;
	struct finding *found;

	if (!at)
		return;
	found = finding_add(run, SEVERITY_WARNING, 95, "The exception was raised while another one was handled: %s.",
			    fault_place_in_code(run, f));
	for (unsigned i = 0; i < MAX_CHAIN && at; i++, at = next) {
		const char *show = run_text(run, ".exr 0x%" PRIx64, at), *name;

		if (!read_record(run, at, &code, &next, &address)) {
			finding_unread(run, found, "the exception record at 0x%" PRIx64, at);
			break;
		}
		name = status_name((uint32_t)code);
		evidence_other(run, found,
			       &(struct evidence){ .has_address = true, .address = address, .has_value = true, .value = code,
						   .size = 4, .command = show, .windbg = show },
			       "the record that it is nested in: %s at %s", name ? name : "a code that is not known",
			       run_symbol_text(run, address));
	}
	fault_evidence(run, found, f);
}

static void match_linux(struct pattern_run *run, const struct fault *f)
{
	const struct stack *s = facts_blame(run->facts)->stack;
	struct signal_frame signal;
	struct finding *found;
	size_t i = 0;

	while (s && i < s->n && !(linux_signal_frame(run->target, &s->frames[i], &signal) &&
				  linux_signal_is_fault(signal.signo, signal.code)))
		i++;
	if (!s || i == s->n || f->class == FAULT_REQUESTED)
		return;
	found = finding_add(run, SEVERITY_PROBLEM, 93, "%s came in the handler of %s: the first failure was at 0x%" PRIx64 "%s.",
			    *f->name ? f->name : "The exception", linux_signal_name(signal.signo), signal.address,
			    i + 1 < s->n ? run_text(run, ", in %s", run_symbol_text(run, s->frames[i + 1].lookup)) : "");
	evidence_memory(run, found, signal.info, 4, "the signal that was handled, in frame %zu: %s", i,
			linux_signal_name(signal.signo));
	evidence_memory(run, found, signal.info + 16, 8, "the address of the first fault");
	fault_evidence(run, found, f);
}

static struct err *match(struct pattern_run *run)
{
	const struct fault *f = facts_fault(run->facts);

	if (!f->record)
		return NULL;
	if (target_facts(run->target)->os == OS_WINDOWS)
		match_windows(run, f);
	else
		match_linux(run, f);
	return NULL;
}

static const char *const explains[] = { "exception.abort",	  "exception.breakpoint", "exception.illegal-instruction",
					"exception.null-data", "exception.null-code",  "exception.wild-pointer",
					NULL };

const struct pattern pattern_nested = {
	.id = "exception.nested",
	.title = "Nested exceptions",
	.category = CATEGORY_EXCEPTION,
	.definition = "The exception of the dump was raised while an earlier exception of the same thread was handled.",
	.context = "Handlers that use what the first failure broke, crash reporters that end the program by an abort, exceptions out of "
		   "destructors during unwinding.",
	.criterion = "Windows: the exception's record refers to another one. Linux: the stack of the fault leads through the call of a "
		     "handler for a signal that an instruction raised.",
	.false_positives = "None is known. A handler that raises its signal again once it has written its report is no second failure, "
			   "but the first one is still the one to explain.",
	.recommendation = "The first exception is the one to explain: go on at the frames below the handler, or at the record that is "
			  "shown.",
	.bucket = "NESTED_EXCEPTION",
	.needs = NEEDS_FAULT,
	.explains = explains,
	.match = match,
};
