/* SPDX-License-Identifier: MIT */
/*
 * One step up a stack. The best evidence is tried first: call frame
 * information of a symbol file, the image's own unwind tables, the frame's size
 * by symbols, x86 frame data, then the chain of frame pointers, then a scan for something that looks like
 * a return address. Each leaves its mark in the frame (trust), so that nobody
 * takes a guess for a fact.
 */
#include "target/kernel_impl.h"
#include "target/stack_impl.h"

#include <elf.h>

enum {
	ENTRY_CODE_SIZE = 0x40,	  /* _start of every libc and machine is shorter */
	SCAN_WORDS = 40,	  /* what Breakpad looks at, so that results compare */
	SCAN_WORDS_INNERMOST = 160,
	LONGEST_CALL = 8,	  /* x64: prefix, opcode, ModRM, SIB, disp32 */
	MAX_STACK_JUMP = 64 << 20, /* a frame larger than this is no frame */
	MAX_SWITCHES = 32,	   /* a kernel's interrupts nest a few levels deep */
};

static bool segment_is_executable(struct target *t, uint64_t address)
{
	const struct dump_segment *segments;
	size_t n, lo = 0, hi;

	if (err_ignore(dump_segments(t->dump, &segments, &n)))
		return false;
	hi = n;
	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (segments[mid].address <= address)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo && address - segments[lo - 1].address < segments[lo - 1].size &&
	       segments[lo - 1].prot_known && (segments[lo - 1].prot & DUMP_PROT_X);
}

bool stack_is_code(struct target *t, uint64_t address)
{
	struct module *m = target_module_at(t, address);

	if (t->kernel)
		return kernel_is_executable(t->kernel, address);
	if (m)
		return module_is_executable(t, m, address);
	return segment_is_executable(t, address);
}

/* Whether the bytes that a call before `address` may have are all there: small
 * dumps end in the middle of functions, some bytes around the crash. */
static bool has_call_bytes(struct walk *w, uint64_t address)
{
	uint8_t bytes[LONGEST_CALL];

	return arch_read(&w->t->memory, address - LONGEST_CALL, bytes, sizeof(bytes));
}

/* A return address follows a call, unless the bytes are not there to tell. */
static bool is_return_address(struct walk *w, uint64_t address)
{
	if (!address || !stack_is_code(w->t, address - 1))
		return false;
	return !has_call_bytes(w, address) || after_call(w->regs.arch, &w->t->memory, address);
}

/*
 * What a scan takes for one. Where the code is not in the dump, full symbols
 * still tell: the byte before belongs to a function. (Breakpad's test too.)
 * Names alone are too sparse to rule an address out.
 */
bool stack_may_return_to(void *arg, uint64_t address)
{
	struct walk *w = arg;
	struct symbol_hit hit;

	if (!is_return_address(w, address))
		return false;
	if (w->no_symbols || has_call_bytes(w, address))
		return true;
	target_symbol_at(w->t, address - 1, &hit);
	return !hit.module || module_symbol_status(hit.module) < SYMBOLS_PRIVATE ||
	       (hit.symbol.name && hit.symbol.is_code);
}

/* The caller's stack pointer must move up, and not absurdly far. A leaf or a
 * register return address may leave it in place, once. */
bool stack_makes_progress(const struct walk *w, const struct step *s)
{
	uint64_t from = regs_sp(&w->regs), to = regs_sp(&s->caller);

	if (!regs_has(&s->caller, w->regs.arch->sp))
		return false;
	if (s->result.other_stack && w->switches >= MAX_SWITCHES)
		return false;
	if (s->result.machine_frame || s->result.other_stack)
		return to != from || regs_ip(&s->caller) != regs_ip(&w->regs);
	if (to == from)
		return w->exact && regs_ip(&s->caller) != regs_ip(&w->regs);
	return to > from && to - from < MAX_STACK_JUMP;
}

static bool by_providers(struct walk *w, struct module *m, struct step *s)
{
	struct provider **providers;
	size_t n = module_providers(w->t, m, &providers);

	for (size_t i = 0; i < n; i++)
		if (!err_ignore(providers[i]->ops->unwind(providers[i], m->base, w->exact,
							  &w->t->memory, &w->regs, &s->caller,
							  &s->result)))
			return true;
	return false;
}

/*
 * ORC tells the caller's ip, sp and bp and no more. Call frame information of a debug file, where it leads
 * to the same caller, has the other registers that calls preserve: variables may be in them.
 */
static void add_preserved(struct walk *w, struct module *m, struct step *s)
{
	static const uint8_t preserved[] = { X64_RBX, X64_RBP, X64_R12, X64_R13, X64_R14, X64_R15 };
	struct provider *p = m->priv->debug_file;
	struct unwind_result result = { 0 };
	struct regs caller;

	if (!p || s->result.machine_frame || s->result.other_stack || s->result.end ||
	    err_ignore(p->ops->unwind(p, m->base, w->exact, &w->t->memory, &w->regs, &caller, &result)) ||
	    regs_ip(&caller) != regs_ip(&s->caller) || regs_sp(&caller) != regs_sp(&s->caller))
		return;
	for (size_t i = 0; i < sizeof(preserved); i++)
		if (!regs_has(&s->caller, preserved[i]) && regs_has(&caller, preserved[i]))
			regs_set(&s->caller, preserved[i], caller.v[preserved[i]]);
}

/* Only what was interrupted can be a leaf: a caller has called. */
static bool by_tables(struct walk *w, struct module *m, struct step *s)
{
	const struct unwind_image *image = module_unwind_image(w->t, m);
	struct err *e;

	if (w->regs.arch->machine == MACHINE_X64)
		e = x64_unwind(&w->t->memory, image, w->exact, &w->regs, &s->caller, &s->result);
	else
		e = arm64_unwind(&w->t->memory, image, w->exact, &w->regs, &s->caller, &s->result);
	return !err_ignore(e);
}

static bool has_tables(const struct walk *w)
{
	enum machine machine = w->regs.arch->machine;

	return target_is_windows(w->t) && (machine == MACHINE_X64 || machine == MACHINE_ARM64);
}

static bool by_module(struct walk *w, struct module *m, struct step *s)
{
	if (by_providers(w, m, s) && stack_makes_progress(w, s)) {
		add_preserved(w, m, s);
		return true;
	}
	if (has_tables(w) && by_tables(w, m, s) && stack_makes_progress(w, s))
		return true;
	if (w->regs.arch->machine == MACHINE_X64 && has_tables(w) && stack_fixed_frame(w, m, s) &&
	    stack_makes_progress(w, s))
		return true;
	return w->regs.arch->machine == MACHINE_X86 && stack_x86(w, m, s);
}

/* A jump to a bad address (NULL function pointer): the call that went there
 * has just pushed its return address, and nothing else has changed. */
static bool after_wild_call(struct walk *w, struct step *s)
{
	unsigned size = w->regs.arch->pointer_size;
	enum machine machine = w->regs.arch->machine;
	uint64_t sp = regs_sp(&w->regs), to;

	if (w->depth || stack_is_code(w->t, regs_ip(&w->regs)))
		return false;
	s->caller = w->regs;
	s->result = (struct unwind_result){ .trust = TRUST_SCAN, .frame = sp };
	if (machine == MACHINE_X64 || machine == MACHINE_X86) {
		if (!arch_read_uint(&w->t->memory, sp, size, &to) || !is_return_address(w, to))
			return false;
		regs_set(&s->caller, w->regs.arch->sp, sp + size);
		s->result.return_slot = sp;
	} else {
		if (w->regs.arch->ra == ARCH_NO_REG || !regs_has(&w->regs, w->regs.arch->ra))
			return false;
		to = w->regs.v[w->regs.arch->ra];
		if (!is_return_address(w, to))
			return false;
	}
	regs_set(&s->caller, w->regs.arch->ip, to);
	return true;
}

static bool by_frame_pointer(struct walk *w, struct step *s)
{
	uint64_t to;

	if (err_ignore(fp_unwind(&w->t->memory, &w->regs, &s->caller, &s->result)))
		return false;
	to = regs_ip(&s->caller);
	return stack_makes_progress(w, s) && (!to || is_return_address(w, to));
}

static bool by_scan(struct walk *w, struct step *s)
{
	unsigned words = w->depth ? SCAN_WORDS : SCAN_WORDS_INNERMOST;

	return !err_ignore(scan_unwind(&w->t->memory, &w->regs, words, stack_may_return_to, w,
				       &s->caller, &s->result)) &&
	       stack_makes_progress(w, s);
}

/* WinDbg warns where a module's symbols say nothing about frames at all. */
static bool is_blind(struct walk *w, struct module *m, const struct step *s)
{
	if (s->result.trust == TRUST_SCAN || !m)
		return true;
	return module_symbol_status(m) <= SYMBOLS_EXPORT;
}

/* The program's entry point has no caller; old start files carry no unwind data
 * that would say so. */
static bool is_entry_code(struct walk *w, uint64_t ip)
{
	const struct dump_auxv *auxv = NULL;
	size_t n = 0;

	if (target_is_windows(w->t) || err_ignore(dump_auxv(w->t->dump, &auxv, &n)))
		return false;
	for (size_t i = 0; i < n; i++)
		if (auxv[i].type == AT_ENTRY)
			return ip >= auxv[i].value && ip - auxv[i].value < ENTRY_CODE_SIZE;
	return false;
}

/* Kernels have the upper half of the addresses. */
bool stack_in_user_mode(const struct walk *w)
{
	return w->t->kernel && !(regs_ip(&w->regs) >> 63);
}

bool stack_step(struct walk *w, struct step *s)
{
	uint64_t ip = regs_ip(&w->regs);
	struct module *m = target_module_at(w->t, w->exact ? ip : ip - 1);

	*s = (struct step){ .why = "no caller found" };
	if (stack_in_user_mode(w)) {
		s->why = "user mode";
		return false;
	}
	if (!regs_has(&w->regs, w->regs.arch->sp)) {
		s->why = "stack pointer not known";
		return false;
	}
	if (m && by_module(w, m, s))
		return true;
	if (is_entry_code(w, ip)) {
		s->why = "end of stack";
		return false;
	}
	if (after_wild_call(w, s) || by_frame_pointer(w, s) || by_scan(w, s)) {
		s->blind = is_blind(w, m, s);
		return true;
	}
	return false;
}
