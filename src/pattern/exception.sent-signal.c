/* SPDX-License-Identifier: MIT */
/* Sent signal: what ended the process was no instruction, but a call that sends signals. */
#include "os/linux/signals.h"
#include "pattern/access.h"

#include <inttypes.h>

/* asm-generic/siginfo.h, signal(7) */
enum { SIGQUIT_ = 3, SIGABRT_ = 6, SIGXCPU_ = 24, SIGXFSZ_ = 25, SI_KERNEL_ = 0x80 };

static bool has_own_pattern(uint32_t signal)
{
	return signal == SIGABRT_ || signal == SIGXCPU_ || signal == SIGXFSZ_;
}

static struct finding *from_terminal(struct pattern_run *run, const struct fault *f)
{
	struct finding *found;

	found = finding_add(run, SEVERITY_NOTE, 85, "Forced dump: the kernel sent %s, as when somebody types the key for it (Ctrl-\\).", f->name);
	record_evidence(run, found, f, "sent by the kernel, not by a process");
	found->bucket = "";
	return found;
}

static struct err *match(struct pattern_run *run)
{
	const struct fault *f = facts_fault(run->facts);
	struct finding *found;
	const char *by;
	int32_t code;

	if (!fault_is_signal(run->target, f, f->record->code) || target_facts(run->target)->kind != DUMP_ELFCORE ||
	    f->class == FAULT_REQUESTED || has_own_pattern(f->record->code) ||
	    !linux_signal_code(target_facts(run->target), f->record, &code))
		return NULL;
	if (f->record->code == SIGQUIT_ && code == SI_KERNEL_) {
		(void)from_terminal(run, f);
		return NULL;
	}
	if (code > 0)
		return NULL;
	by = f->record->n_parameters > 1 && f->record->parameters[1] ? "by the process itself" : "by a process that the dump does not tell";
	found = finding_add(run, SEVERITY_PROBLEM, 88, "%s: sent %s, and no instruction's fault: %s.", *f->name ? f->name : "A signal", by,
			    fault_place_in_code(run, f));
	record_evidence(run, found, f, run_text(run, "si_code %" PRId32 ": kill, tgkill, raise or sigqueue sent it", code));
	fault_evidence(run, found, f);
	return NULL;
}

const struct pattern pattern_sent_signal = {
	.id = "exception.sent-signal",
	.title = "Signal that was sent",
	.category = CATEGORY_EXCEPTION,
	.definition = "The signal that ended the process came from a call that sends signals, not from an instruction that failed.",
	.context = "raise() by the program's own checks, handlers that send the signal again to end the process, watchdogs inside of the process.",
	.criterion = "si_code is 0 or negative, and the sender is the process itself or is not told. (What another process sent is "
		     "quality.requested, what abort() sent exception.abort.) SIGQUIT by the kernel, as of a terminal, is a note.",
	.false_positives = "A handler that sends its own signal again hides the fault that it handled: look for the handler's frame below.",
	.recommendation = "The stack shows who called raise or kill, and that function why. The registers are those of the call, not of a fault.",
	.bucket = "SENT_SIGNAL",
	.needs = NEEDS_FAULT | NEEDS_SYSTEM_LINUX,
	.match = match,
};
