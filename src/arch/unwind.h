/* SPDX-License-Identifier: MIT */
/*
 * Unwinding one frame: from the registers of a callee to those of its caller.
 *
 * What a routine cannot restore is not valid in the result. Every routine
 * reads memory through arch_memory, bounds what it reads, and makes progress:
 * the caller's stack pointer is above the callee's (equal only for the
 * innermost frame, or where a machine frame says so); otherwise CORRUPT.
 */
#ifndef OSM_ARCH_UNWIND_H
#define OSM_ARCH_UNWIND_H

#include "arch/arch.h"

/* How a frame's registers were found; also how much they can be trusted. */
enum frame_trust {
	TRUST_NONE,
	TRUST_SCAN,		/* a stack word that looks like a return address */
	TRUST_CFI_SCAN,		/* found by scan, within bounds that symbols set */
	TRUST_FRAME_POINTER,
	TRUST_CFI,		/* unwind codes, FRAMEDATA, FPO, DWARF CFI */
	TRUST_CONTEXT,		/* saved registers */
	TRUST_INLINE,		/* inlined into the frame below it */
	TRUST_FRAME_SIZE,	/* the size that symbols state led to a return address */
};

struct unwind_result {
	enum frame_trust trust;
	uint64_t frame;		/* frame base: establisher frame / CFA / EBP: what `k` shows */
	uint64_t return_slot;	/* address that held the return address, 0: register */
	bool machine_frame;	/* caller was interrupted: its ip is exact, not a return address */
	bool end;		/* unwind data says there is no caller */
	bool other_stack;	/* the caller's stack is another one, which may lie anywhere */
	uint64_t saved_regs;	/* a kernel's struct pt_regs that the caller's come from, 0: none */
};

/* --- Windows x64: .pdata/.xdata ------------------------------------------- */

/* Offsets in _KTRAP_FRAME of an ARM64 kernel, from its type data. */
struct arm64_trap_layout {
	uint16_t spsr, sp, x, lr, fp, pc;	/* x: of x0; x0 to x18 follow it */
};

struct unwind_image {
	uint64_t base, size;		/* size 0: not known */
	uint64_t pdata_rva, pdata_size;	/* exception directory; 0: none */
	const struct arm64_trap_layout *trap_frame;	/* NULL: not known */
};

/* `leaf_allowed`: no .pdata entry means a leaf function (return at rsp); right
 * for the innermost frame and for one that a machine frame leads to.
 * NOTFOUND: no rule can be applied (no .pdata, not readable, or a register that
 * the rule needs is not known). FAULT: the stack is not there. */
struct err *x64_unwind(const struct arch_memory *m, const struct unwind_image *image,
		       bool leaf_allowed, const struct regs *callee, struct regs *ret_caller,
		       struct unwind_result *ret) MUST_USE;

/* One RUNTIME_FUNCTION (for `.fnent`, `uf` and blame). NOTFOUND. */
struct x64_function {
	uint32_t begin, end, unwind_info;	/* RVAs */
	uint32_t primary_begin;			/* of the function this chained part belongs to */
};
struct err *x64_function_at(const struct arch_memory *m, const struct unwind_image *image,
			    uint32_t rva, struct x64_function *ret) MUST_USE;

/* --- Windows ARM64: .pdata packed and .xdata ------------------------------- */
struct err *arm64_unwind(const struct arch_memory *m, const struct unwind_image *image,
			 bool leaf_allowed, const struct regs *callee, struct regs *ret_caller,
			 struct unwind_result *ret) MUST_USE;

/* --- x86: FPO_DATA, FRAMEDATA / Breakpad STACK WIN -------------------------- */
enum x86_frame_kind { X86_FRAME_FPO, X86_FRAME_TRAP, X86_FRAME_TSS, X86_FRAME_NONFPO, X86_FRAME_DATA };
struct x86_frame_data {
	enum x86_frame_kind kind;	/* TSS: UNSUPPORTED */
	uint32_t rva, size;		/* block the rule covers */
	uint32_t locals_size;		/* bytes */
	uint32_t params_size;		/* bytes */
	uint32_t prolog_size;
	uint32_t saved_regs_size;	/* bytes */
	uint32_t max_stack;
	bool uses_ebp, has_seh, has_eh, is_start;
	const char *program;		/* FRAMEDATA postfix program or NULL; borrowed */
};
/* Is this address code that a call returns to? The target layer answers: in an
 * executable range of a module and preceded by a call instruction. */
typedef bool return_address_test(void *arg, uint64_t address);
/*
 * What frame data does not tell, but its rules need: the bytes of parameters
 * passed to the previously unwound callee, 0 for the innermost frame. Where
 * they are a guess, they count only if they lead to a return address.
 */
struct x86_callee {
	uint32_t params_size;
	bool guessed;
	return_address_test *is_return;	/* NULL: what follows a call, or absent code */
	void *arg;
};
struct err *x86_unwind_frame_data(const struct arch_memory *m, const struct x86_frame_data *data,
				  const struct regs *regs, const struct x86_callee *callee,
				  struct regs *ret_caller, struct unwind_result *ret) MUST_USE;

/* --- x86: the code at the instruction pointer (exact frames only) ------------- */
/* Straight on to a return; `ret_pops`: the parameter bytes it takes away. NOTFOUND. */
struct err *x86_unwind_epilog(const struct arch_memory *m, const struct regs *callee,
			      struct regs *ret_caller, struct unwind_result *ret,
			      uint32_t *ret_pops) MUST_USE;
/* At "push ebp; mov ebp, esp" or between the two. NOTFOUND. */
struct err *x86_unwind_prolog(const struct arch_memory *m, const struct regs *callee,
			      struct regs *ret_caller, struct unwind_result *ret) MUST_USE;
/* The parameter bytes that a return takes away which can be reached from ip
 * within the function [begin, end). NOTFOUND. */
struct err *x86_return_pops(const struct arch_memory *m, uint64_t ip, uint64_t begin, uint64_t end,
			    uint32_t *ret) MUST_USE;

/* --- frame-pointer chain and scan (x86, x64, arm64, arm) -------------------- */
struct err *fp_unwind(const struct arch_memory *m, const struct regs *callee,
		      struct regs *ret_caller, struct unwind_result *ret) MUST_USE;

/* Looks at up to max_words stack words from sp upwards. The caller's frame
 * pointer is known only where a plausible one is found. NOTFOUND. */
struct err *scan_unwind(const struct arch_memory *m, const struct regs *callee,
			unsigned max_words, return_address_test *is_return, void *arg,
			struct regs *ret_caller, struct unwind_result *ret) MUST_USE;
/* The bytes before `address` decode as a call ending there (x86/x64/arm/arm64;
 * arm: bit 0 says Thumb). false also when they are not there. */
bool after_call(const struct arch *arch, const struct arch_memory *m, uint64_t address);

#endif
