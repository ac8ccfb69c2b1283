/* SPDX-License-Identifier: MIT */
/* Illegal instruction: bytes that are no instruction, or one that may not be used. */
#include "pattern/access.h"

enum { SIGILL_ = 4, MACH_BAD_INSTRUCTION = 2 };

static bool is_apple(struct pattern_run *run)
{
	return target_facts(run->target)->os == OS_MACOS || target_facts(run->target)->os == OS_IOS;
}

/* Compilers put ud2, udf, brk where the program must not get to. */
static const char *what_is_there(struct pattern_run *run, const struct fault *f, bool *ret_trap)
{
	struct insn i = { 0 };
	uint8_t byte;
	bool valid = fault_instruction(run, f, &i);

	*ret_trap = valid && (i.flags & INSN_TRAP);
	if (*ret_trap)
		return "an instruction that ends the program on purpose: a check or assertion failed, or code that must not be "
		       "reached was";
	if (fault_is_exception(run->target, f, 0xc0000096))
		return "an instruction that only the system may use";
	if (valid)
		return "an instruction that this processor does not have, or not in this mode";
	return f->has_regs && space_read_some(target_space(run->target), regs_ip(&f->regs), &byte, 1)
		       ? "what is no instruction"
		       : "an instruction that the processor refused";
}

static struct err *match(struct pattern_run *run)
{
	const struct fault *f = facts_fault(run->facts);
	struct finding *found;
	const char *what;
	bool trap;
	int32_t code;

	if (!fault_is_exception(run->target, f, 0xc0000096) && !fault_is_exception(run->target, f, 0xc000001d) &&
	    !fault_is_signal(run->target, f, SIGILL_) &&
	    !(is_apple(run) && f->record && f->record->code == MACH_BAD_INSTRUCTION))
		return NULL;
	if (fault_is_signal(run->target, f, SIGILL_) &&
	    linux_signal_code(target_facts(run->target), f->record, &code) && code <= 0)
		return NULL; /* a process sent it */
	what = what_is_there(run, f, &trap);
	found = finding_add(run, SEVERITY_PROBLEM, trap ? 90 : 93, "%s%s%s executed %s.", f->name, *f->name ? ": " : "",
			    fault_place_in_code(run, f), what);
	if (trap)
		found->bucket = "TRAP_INSTRUCTION";
	record_evidence(run, found, f, "raised by the processor");
	instruction_evidence(run, found, f);
	if (f->has_regs && !target_module_at(run->target, regs_ip(&f->regs)))
		evidence_other(run, found,
			       &(struct evidence){ .has_address = true, .address = regs_ip(&f->regs),
						   .command = run_text(run, ".ecxr; r %s", f->regs.arch->regs[f->regs.arch->ip].name),
						   .windbg = ".ecxr; r", .gdb = "p $pc" },
			       "the instruction pointer is in no module: wild or generated code");
	fault_evidence(run, found, f);
	return NULL;
}

const struct pattern pattern_illegal_instruction = {
	.id = "exception.illegal-instruction",
	.title = "Illegal instruction",
	.category = CATEGORY_EXCEPTION,
	.definition = "The processor met bytes that are no instruction, one that it does not have, one that only the system may "
		      "use, or one that is there to end the program.",
	.context = "Checks that compilers and libraries put in (ud2, udf), a program built for a newer processor, a jump into the "
		   "middle of code or into data, code that was overwritten.",
	.criterion = "STATUS_ILLEGAL_INSTRUCTION, STATUS_PRIVILEGED_INSTRUCTION, or SIGILL that an instruction raised. The instruction "
		     "tells a trap that was put in from the other cases.",
	.false_positives = "Programs that try out what the processor can do, and handle the exception.",
	.recommendation = "For a trap, read the source around it: an assertion or an impossible case. Else compare the code with the "
			  "file of the module, and the instruction with what the processor has.",
	.bucket = "ILLEGAL_INSTRUCTION",
	.needs = NEEDS_FAULT,
	.match = match,
};
