/* SPDX-License-Identifier: MIT */
/* Access violations: see access.h. */
#include "pattern/access.h"

#include <inttypes.h>
#include <string.h>

static const char *verb(enum fault_access access)
{
	static const char *const verbs[] = { "accessed", "read from", "wrote to", "jumped to" };

	return verbs[access];
}

const char *fault_place_in_code(struct pattern_run *run, const struct fault *f)
{
	const struct blame *b = facts_blame(run->facts);
	const char *thread = f->thread ? run_thread_text(run, f->thread)
				       : run_text(run, "thread with tid %u", f->record->tid);

	if (!b->frame)
		return thread;
	if (!*b->function)
		return run_text(run, "%s in %s", thread, b->module);
	return run_text(run, "%s in %s!%s", thread, b->module, b->function);
}

bool fault_instruction(struct pattern_run *run, const struct fault *f, struct insn *ret)
{
	const struct arch *arch = f->regs.arch;
	uint8_t bytes[16];
	size_t n;

	if (!f->has_regs || !arch->disassemble || arch->max_insn > sizeof(bytes))
		return false;
	n = space_read_some(target_space(run->target), regs_ip(&f->regs), bytes, arch->max_insn);
	if (!n)
		return false;
	arch->disassemble(bytes, n, regs_ip(&f->regs), NULL, NULL, ret);
	return !(ret->flags & INSN_INVALID);
}

void register_evidence(struct pattern_run *run, struct finding *found, const struct fault *f, unsigned reg,
		       const char *meaning)
{
	const char *name = f->regs.arch->regs[reg].name;
	const char *show = run_text(run, ".ecxr; r %s", name);

	evidence_other(run, found,
		       &(struct evidence){ .has_value = true, .value = f->regs.v[reg], .size = f->regs.arch->pointer_size,
					   .command = show, .windbg = show,
					   .gdb = run_text(run, "info registers %s", name) },
		       "register %s, %s", name, meaning);
}

void record_evidence(struct pattern_run *run, struct finding *found, const struct fault *f, const char *meaning)
{
	evidence_other(run, found,
		       &(struct evidence){ .has_value = true, .value = f->record->code, .size = 4, .command = ".exr -1",
					   .windbg = ".exr -1", .gdb = "p $_siginfo" },
		       "%s%s%s", f->name, *f->name ? ": " : "", meaning);
}

void instruction_evidence(struct pattern_run *run, struct finding *found, const struct fault *f)
{
	const char *show;
	struct insn i;
	uint8_t byte;

	if (!f->has_regs)
		return;
	if (!space_read_some(target_space(run->target), regs_ip(&f->regs), &byte, 1))
		finding_unread(run, found, "the code at the instruction pointer, 0x%" PRIx64, regs_ip(&f->regs));
	if (!fault_instruction(run, f, &i))
		return;
	show = run_text(run, "u 0x%" PRIx64 " L1", regs_ip(&f->regs));
	evidence_other(run, found,
		       &(struct evidence){ .has_address = true, .address = regs_ip(&f->regs), .command = show, .windbg = show,
					   .gdb = run_text(run, "x/1i 0x%" PRIx64, regs_ip(&f->regs)) },
		       "the instruction: %s %s", i.mnemonic, i.operands);
	if ((i.flags & INSN_HAS_MEMORY) && regs_has(&f->regs, i.mem_base) && i.mem_base != f->regs.arch->ip)
		register_evidence(run, found, f, i.mem_base, "which the address was made of");
}

/* The innermost frame's instruction is a register, those of others are return addresses. */
static void show_blame(struct pattern_run *run, struct finding *found, const struct fault *f, const struct blame *b)
{
	bool innermost = b->frame->ip == regs_ip(&f->regs);
	const char *show = innermost ? run_text(run, ".ecxr; r %s", f->regs.arch->regs[f->regs.arch->ip].name)
				     : ".ecxr; k";

	finding_module(run, found, b->module);
	evidence_other(run, found,
		       &(struct evidence){ .has_address = true, .address = b->frame->ip, .command = show, .windbg = show,
					   .gdb = run_text(run, "info symbol 0x%" PRIx64, b->frame->ip) },
		       "%s%s%s is where to begin: %s", b->module, *b->function ? "!" : "", b->function, b->why);
}

void fault_evidence(struct pattern_run *run, struct finding *found, const struct fault *f)
{
	const struct blame *b = facts_blame(run->facts);

	if (f->thread)
		finding_thread(run, found, f->thread);
	if (!f->has_regs)
		return;
	if (b->frame)
		show_blame(run, found, f, b);
	evidence_other(run, found, &(struct evidence){ .command = ".ecxr; k", .windbg = ".ecxr; k", .gdb = "bt" },
		       "the stack of the fault, frames: %zu", b->stack ? b->stack->n : 0);
}

struct finding *access_finding(struct pattern_run *run, const struct fault *f, unsigned confidence, const char *what)
{
	const char *address = f->has_address ? run_text(run, " (0x%" PRIx64 ")", f->address) : "";
	struct finding *found;

	found = finding_add(run, SEVERITY_PROBLEM, confidence, "%s: %s %s %s%s.", *f->name ? f->name : "Access violation",
			    fault_place_in_code(run, f), verb(f->access), what, address);
	evidence_other(run, found,
		       &(struct evidence){ .has_address = f->has_address && !f->unstated, .address = f->address,
					   .command = ".exr -1", .windbg = ".exr -1", .gdb = "p $_siginfo" },
		       "the address that was accessed: %s", fault_place_text(f->place));
	if (f->unstated)
		finding_doubt(run, found, 80, "the dump does not tell what raised the signal");
	if (!f->has_regs)
		finding_unread(run, found, "registers at the fault");
	else if (f->access != ACCESS_EXECUTE || f->place != PLACE_PROTECTED) /* what is there is no code */
		instruction_evidence(run, found, f);
	fault_evidence(run, found, f);
	if (f->access == ACCESS_READ || f->access == ACCESS_WRITE)
		found->bucket = run_text(run, "%s_%s", found->bucket, f->access == ACCESS_READ ? "READ" : "WRITE");
	else if (f->access == ACCESS_EXECUTE)
		found->bucket = run_text(run, "%s_EXECUTE", found->bucket);
	return found;
}
