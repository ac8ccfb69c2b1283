/* SPDX-License-Identifier: MIT */
/*
 * Arch: what can be said of a machine without symbols: its registers, how a
 * saved context is laid out, how an instruction reads, and unwinding rules
 * that need no symbol file (arch/unwind.h).
 *
 * Integer registers live in `struct regs`: a value and a validity bit for
 * each. A register that the dump or the unwinder does not know is not valid;
 * nothing is invented for it. Vector and floating-point registers are decoded
 * on demand from the raw context (vectors slot).
 *
 * To add a machine: src/arch/<name>.c with `const struct arch arch_<name>`,
 * one line in arch.c's list, its context layouts in base/machine.h.
 */
#ifndef OSM_ARCH_ARCH_H
#define OSM_ARCH_ARCH_H

#include "base/arena.h"
#include "base/err.h"
#include "base/machine.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { ARCH_MAX_REGS = 64, ARCH_NO_REG = 0xff };

enum reg_group {
	REG_GENERAL,	/* shown by `r` first, incl. ip and flags */
	REG_SEGMENT,
	REG_DEBUG,
	REG_SYSTEM,	/* fs_base, orig_rax ... */
};

struct reg_desc {
	const char *name;	/* WinDbg's: "rax", "efl", "pc" */
	uint8_t bits;
	uint8_t group;		/* enum reg_group */
};

struct arch;

struct regs {
	const struct arch *arch;
	uint64_t valid;			/* bit n: v[n] is known */
	uint64_t v[ARCH_MAX_REGS];	/* index: per-arch enum, zero-extended */
};

static inline bool regs_has(const struct regs *r, unsigned reg)
{
	return reg < ARCH_MAX_REGS && (r->valid >> reg & 1);
}

static inline void regs_set(struct regs *r, unsigned reg, uint64_t value)
{
	r->v[reg] = value;
	r->valid |= (uint64_t)1 << reg;
}

static inline void regs_forget(struct regs *r, unsigned reg)
{
	r->v[reg] = 0;
	r->valid &= ~((uint64_t)1 << reg);
}

/* Memory as the arch and symbol layers see it: how many leading bytes came. */
struct arch_memory {
	size_t (*read)(void *arg, uint64_t address, void *buf, size_t len);
	void *arg;
};

/* Exactly len bytes or false. */
bool arch_read(const struct arch_memory *m, uint64_t address, void *buf, size_t len);
/* Little-endian integer of `size` bytes (1, 2, 4, 8), or false. */
bool arch_read_uint(const struct arch_memory *m, uint64_t address, unsigned size, uint64_t *ret);

/* Registers beyond the integer ones, decoded for display. */
enum vector_kind { VREG_VECTOR, VREG_X87, VREG_FLOAT, VREG_CONTROL };
struct vector_reg {
	const char *name;	/* "xmm0", "st0", "ymm3", "q5", "mxcsr" */
	uint16_t bits;
	enum vector_kind kind;
	uint8_t bytes[64];	/* little-endian */
};

enum insn_flags {
	INSN_CALL = 1 << 0,
	INSN_JUMP = 1 << 1,
	INSN_CONDITIONAL = 1 << 2,
	INSN_RET = 1 << 3,
	INSN_INTERRUPT = 1 << 4,	/* syscall, int, sysenter */
	INSN_HAS_TARGET = 1 << 5,	/* target is valid */
	INSN_HAS_MEMORY = 1 << 6,	/* mem_* are valid: explicit memory operand */
	INSN_NOP = 1 << 7,
	INSN_INVALID = 1 << 8,		/* one byte shown as ??? */
	INSN_TRAP = 1 << 9,		/* int3, ud2, brk */
	INSN_WRITES_MEMORY = 1 << 10,
	INSN_READS_MEMORY = 1 << 11,
};

struct insn {
	uint64_t address;
	unsigned length;
	unsigned flags;
	char mnemonic[32];
	char operands[192];	/* MASM style, symbols put in by the callback */
	uint64_t target;	/* branch/call destination */
	/* explicit memory operand: segment:[base + index*scale + disp] */
	uint8_t mem_base, mem_index, mem_segment; /* register index or ARCH_NO_REG */
	uint8_t mem_scale;
	uint8_t mem_size;	/* operand bytes */
	int64_t mem_disp;	/* rip-relative: absolute address, base = ARCH_NO_REG */
	/* x86 and x64: full registers that it changes, one bit each by their index; and,
	 * when all it does is to set one of them, which (else ARCH_NO_REG) and to what */
	uint32_t reg_writes;
	enum insn_source {
		SOURCE_NONE,
		SOURCE_REGISTER,	/* from */
		SOURCE_NUMBER,		/* number */
		SOURCE_MEMORY,		/* what is at mem_*, of move_size bytes */
		SOURCE_ADDRESS,		/* the address that mem_* come to: lea */
	} source;
	uint8_t to, from;
	uint8_t move_size;	/* 4 or 8: fewer leave a part of the register as it was */
	uint64_t number;
};

/* What the memory operand comes to, without its segment's base; false: a register
 * that it needs is not known. */
bool insn_effective_address(const struct insn *i, const struct regs *regs, uint64_t *ret);

/* Names an address for operands: writes "mod!sym+0x4 (00401000)" style text
 * and returns true, or returns false to leave the plain number. */
typedef bool insn_symbolizer(void *arg, uint64_t address, char *buf, size_t size);

struct arch {
	const char *name;		/* "x86", "x64", "arm64" */
	enum machine machine;
	unsigned pointer_size;
	const struct reg_desc *regs;
	unsigned n_regs;
	uint8_t ip, sp, fp, ra;		/* ra: link register or ARCH_NO_REG */
	uint8_t ret;			/* return value: rax, x0 */
	uint8_t flags;			/* or ARCH_NO_REG */
	uint8_t max_insn, insn_align;
	const uint8_t *dwarf;		/* DWARF number -> index, ARCH_NO_REG: none */
	unsigned n_dwarf;

	/* UNSUPPORTED layout; TRUNCATED bytes. Only what the context's own
	 * flags say is there becomes valid. */
	struct err *(*decode)(enum context_layout layout, const uint8_t *bytes, size_t size,
			      bool big_endian, struct regs *ret);
	/*
	 * Vector and floating-point registers of a context. `xstate`: what is
	 * stored beside it, or NULL. Windows: an XSAVE area from its header on
	 * (a CONTEXT that is followed by CONTEXT_EX is read by itself). Linux: the
	 * NT_PRFPREG, NT_PRXFPREG, NT_X86_XSTATE or NT_ARM_VFP note's bytes.
	 * Without any such registers: success and 0.
	 */
	struct err *(*vectors)(enum context_layout layout, const uint8_t *bytes, size_t size,
			       const uint8_t *xstate, size_t xstate_size, struct arena *a,
			       struct vector_reg **ret, size_t *ret_n);
	/* Decodes one instruction; n bytes are there. Never fails: what cannot
	 * be decoded is INSN_INVALID of length 1 (or insn_align). ARM: bit 0 of
	 * the address selects Thumb. */
	void (*disassemble)(const uint8_t *bytes, size_t n, uint64_t address,
			    insn_symbolizer *sym, void *sym_arg, struct insn *ret);
};

/* Never NULL: machines without a row get one that knows only its name. */
const struct arch *arch_for(enum machine m);
/* Index of a full register by name (no case) or ARCH_NO_REG. */
unsigned arch_reg_by_name(const struct arch *arch, const char *name);
/* Any register name incl. sub-registers and flag bits ("eax" on x64, "al",
 * "r8d", "w0", "zf"): its value. NOTFOUND: no such name, or not known here. */
struct err *arch_reg_value(const struct regs *r, const char *name, uint64_t *ret) MUST_USE;
unsigned arch_reg_from_dwarf(const struct arch *arch, unsigned dwarf_number);

static inline uint64_t regs_ip(const struct regs *r)
{
	return r->v[r->arch->ip];
}

static inline uint64_t regs_sp(const struct regs *r)
{
	return r->v[r->arch->sp];
}

/* Register indices of `struct regs`. */
enum x64_reg {
	X64_RAX, X64_RCX, X64_RDX, X64_RBX, X64_RSP, X64_RBP, X64_RSI, X64_RDI, /* encoding order */
	X64_R8, X64_R9, X64_R10, X64_R11, X64_R12, X64_R13, X64_R14, X64_R15,
	X64_RIP, X64_EFL,
	X64_CS, X64_SS, X64_DS, X64_ES, X64_FS, X64_GS,
	X64_DR0, X64_DR1, X64_DR2, X64_DR3, X64_DR6, X64_DR7,
	X64_FS_BASE, X64_GS_BASE, X64_ORIG_RAX,
	X64_N_REGS
};
enum x86_reg {
	X86_EAX, X86_ECX, X86_EDX, X86_EBX, X86_ESP, X86_EBP, X86_ESI, X86_EDI,
	X86_EIP, X86_EFL,
	X86_CS, X86_SS, X86_DS, X86_ES, X86_FS, X86_GS,
	X86_DR0, X86_DR1, X86_DR2, X86_DR3, X86_DR6, X86_DR7,
	X86_ORIG_EAX,
	X86_N_REGS
};
enum arm64_reg {
	ARM64_X0, ARM64_X29 = 29, ARM64_LR = 30, ARM64_SP = 31, ARM64_PC = 32, ARM64_CPSR = 33,
	ARM64_TPIDR = 34,
	ARM64_N_REGS
};
enum arm_reg {
	ARM_R0, ARM_R11 = 11, ARM_SP = 13, ARM_LR = 14, ARM_PC = 15, ARM_CPSR = 16,
	ARM_N_REGS
};

#endif
