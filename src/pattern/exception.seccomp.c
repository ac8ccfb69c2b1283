/* SPDX-License-Identifier: MIT */
/* System call denied: a seccomp filter ended the program. */
#include "pattern/access.h"

#include <inttypes.h>

enum { SIGSYS_ = 31, SYS_SECCOMP_ = 1, NUMBER = 2 };

static struct err *match(struct pattern_run *run)
{
	const struct fault *f = facts_fault(run->facts);
	const struct dump_exception *e = f->record;
	struct finding *found;
	int32_t code;

	if (!fault_is_signal(run->target, f, SIGSYS_) || !linux_signal_code(target_facts(run->target), e, &code) ||
	    code != SYS_SECCOMP_)
		return NULL;
	found = finding_add(run, SEVERITY_PROBLEM, 97, "A seccomp filter does not allow %s the system call that it made%s.",
			    fault_place_in_code(run, f),
			    e->n_parameters > NUMBER ? run_text(run, ", number %" PRIu64, e->parameters[NUMBER]) : "");
	record_evidence(run, found, f, "sent by the kernel because of a filter");
	if (e->n_parameters > NUMBER)
		evidence_other(run, found,
			       &(struct evidence){ .gdb = "p $_siginfo._sifields._sigsys" },
			       "the signal's information has the number of the system call: %" PRIu64, e->parameters[NUMBER]);
	fault_evidence(run, found, f);
	return NULL;
}

const struct pattern pattern_seccomp = {
	.id = "exception.seccomp",
	.title = "System call denied",
	.category = CATEGORY_EXCEPTION,
	.definition = "The program made a system call that the sandbox around it does not allow.",
	.context = "Browsers, services under systemd's SystemCallFilter, containers; a new C library that uses a newer system call "
		   "than the filter knows.",
	.criterion = "SIGSYS with si_code SYS_SECCOMP. The number of the call is in the signal's information.",
	.false_positives = "Sandboxes whose own handler answers for such calls: a dump at that point is no failure.",
	.recommendation = "Allow the call in the filter, or make it return ENOSYS, upon which libraries fall back to older calls.",
	.bucket = "SECCOMP",
	.needs = NEEDS_FAULT | NEEDS_SYSTEM_LINUX,
	.match = match,
};
