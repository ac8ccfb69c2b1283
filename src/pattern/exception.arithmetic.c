/* SPDX-License-Identifier: MIT */
/* Arithmetic: a division by zero, or a result that does not fit. */
#include "os/linux/signals.h"
#include "pattern/access.h"

#include <string.h>

enum { FPE_INTDIV_ = 1, FPE_INTOVF_ = 2 };

static const struct {
	uint32_t code;
	const char *what;
} codes[] = {
	{ 0xc0000094, "divided an integer by zero" },
	{ 0xc0000095, "did a division whose result does not fit" },
	{ 0xc000008c, "used an index outside of an array" },
	{ 0xc000008d, "met a denormal floating-point operand" },
	{ 0xc000008e, "divided a floating-point number by zero" },
	{ 0xc000008f, "got a floating-point result that is not exact" },
	{ 0xc0000090, "did an invalid floating-point operation" },
	{ 0xc0000091, "got a floating-point result that is too large" },
	{ 0xc0000092, "overran the floating-point stack" },
	{ 0xc0000093, "got a floating-point result that is too small" },
};

static const char *windows_what(const struct fault *f)
{
	for (size_t i = 0; i < ARRAY_SIZE(codes); i++)
		if (codes[i].code == f->record->code)
			return codes[i].what;
	return NULL;
}

/* Breakpad's older dumps have no si_code; the instruction and its divisor must tell. */
static bool is_unstated(struct pattern_run *run, int32_t code)
{
	return !code && target_facts(run->target)->kind == DUMP_MINIDUMP && target_facts(run->target)->os != OS_WINDOWS;
}

/* x86 raises one fault for both; the divisor tells them apart. */
static const char *linux_what(struct pattern_run *run, const struct fault *f, int32_t *code)
{
	const char *text;

	if (!fault_is_signal(run->target, f, 8) || !linux_signal_code(target_facts(run->target), f->record, code))
		return NULL;
	if (is_unstated(run, *code))
		return "raised an arithmetic exception";
	if (*code <= 0)
		return NULL;
	if (*code == FPE_INTDIV_)
		return "divided an integer by zero";
	if (*code == FPE_INTOVF_)
		return "did a division whose result does not fit";
	text = linux_signal_code_text(f->record->code, *code);
	return text ? run_text(run, "raised an arithmetic exception (%s)", text) : "raised an arithmetic exception";
}

static bool is_division(const struct insn *i)
{
	return strcmp(i->mnemonic, "div") == 0 || strcmp(i->mnemonic, "idiv") == 0;
}

/* The divisor: a register by its name, or what lies in memory. */
static bool show_divisor(struct pattern_run *run, struct finding *found, const struct fault *f, const struct insn *i,
			 uint64_t *ret)
{
	const char *show;
	uint64_t address;

	if (i->flags & INSN_HAS_MEMORY) {
		if (!insn_effective_address(i, &f->regs, &address) || i->mem_size > 8 ||
		    !arch_read_uint(target_memory(run->target), address, i->mem_size, ret))
			return false;
		evidence_memory(run, found, address, i->mem_size, "the divisor");
		return true;
	}
	if (err_ignore(arch_reg_value(&f->regs, i->operands, ret)))
		return false;
	show = run_text(run, ".ecxr; r %s", i->operands);
	evidence_other(run, found,
		       &(struct evidence){ .has_value = true, .value = *ret, .size = f->regs.arch->pointer_size,
					   .command = show, .windbg = show, .gdb = run_text(run, "p $%s", i->operands) },
		       "the divisor, %s", i->operands);
	return true;
}

static void tell_division(struct pattern_run *run, struct finding *found, const struct fault *f, uint64_t divisor)
{
	found->verdict = run_text(run, "%s: %s %s.", f->name, fault_place_in_code(run, f),
				  divisor ? "did a division whose result does not fit" : "divided an integer by zero");
	if (divisor)
		found->bucket = "INTEGER_OVERFLOW";
}

static struct err *match(struct pattern_run *run)
{
	const struct fault *f = facts_fault(run->facts);
	bool windows = target_facts(run->target)->os == OS_WINDOWS, divides = false;
	struct finding *found;
	uint64_t divisor = 0;
	const char *what;
	int32_t code = 0;
	struct insn i;

	what = f->class == FAULT_NONE ? NULL : windows ? windows_what(f) : linux_what(run, f, &code);
	if (!what)
		return NULL;
	found = finding_add(run, SEVERITY_PROBLEM, 96, "%s: %s %s.", *f->name ? f->name : "Arithmetic",
			    fault_place_in_code(run, f), what);
	record_evidence(run, found, f, what);
	instruction_evidence(run, found, f);
	divides = fault_instruction(run, f, &i) && is_division(&i) && show_divisor(run, found, f, &i, &divisor);
	if (is_unstated(run, code))
		finding_doubt(run, found, divides ? 90 : 75, "the dump does not tell what raised the signal");
	if (divides && (code == FPE_INTDIV_ || is_unstated(run, code)))
		tell_division(run, found, f, divisor);
	fault_evidence(run, found, f);
	return NULL;
}

const struct pattern pattern_arithmetic = {
	.id = "exception.arithmetic",
	.title = "Divide by zero, arithmetic exception",
	.category = CATEGORY_EXCEPTION,
	.definition = "An instruction divided by zero, or its result does not fit where it belongs.",
	.context = "A count, size or rate of zero that was not looked for; the smallest integer divided by -1; floating-point "
		   "exceptions that somebody enabled.",
	.criterion = "The exceptions STATUS_INTEGER_* and STATUS_FLOAT_*, or SIGFPE that an instruction raised. On x86 the divisor "
		     "tells a division by zero from a result that does not fit.",
	.false_positives = "A program may raise the exception by itself; a library that enables floating-point exceptions and "
			   "leaves them so makes code of others fail.",
	.recommendation = "The divisor is shown: find where it was computed, and look for it before the division.",
	.bucket = "ARITHMETIC",
	.needs = NEEDS_FAULT,
	.match = match,
};
