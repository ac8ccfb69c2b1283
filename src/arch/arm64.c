/* SPDX-License-Identifier: MIT */
/*
 * ARM64: registers and contexts.
 *
 * ARM64_NT_CONTEXT of winnt.h (912 bytes): ContextFlags 0, Cpsr 4, X0 8 ...
 * Fp, Lr, Sp, Pc 0x108, V 0x110, Fpcr 0x310, Fpsr 0x314, then debug registers.
 * Breakpad's first layout (minidump_cpu_arm64.h): 64-bit flags, x0..x30, sp,
 * pc, cpsr, packed to 4 bytes (796).
 * Linux: struct user_pt_regs of asm/ptrace.h.
 * DWARF numbers: "DWARF for the Arm 64-bit Architecture", 4.1.
 */
#include "arch/arch_impl.h"

#include <assert.h>

#define X(n) { "x" #n, 64, REG_GENERAL }
static const struct reg_desc regs[] = {
	X(0), X(1), X(2), X(3), X(4), X(5), X(6), X(7), X(8), X(9), X(10), X(11), X(12), X(13),
	X(14), X(15), X(16), X(17), X(18), X(19), X(20), X(21), X(22), X(23), X(24), X(25), X(26),
	X(27), X(28),
	[ARM64_X29] = { "fp", 64, REG_GENERAL },
	[ARM64_LR] = { "lr", 64, REG_GENERAL },
	[ARM64_SP] = { "sp", 64, REG_GENERAL },
	[ARM64_PC] = { "pc", 64, REG_GENERAL },
	[ARM64_CPSR] = { "cpsr", 32, REG_GENERAL },
	[ARM64_TPIDR] = { "tpidr", 64, REG_SYSTEM },
};
static_assert(sizeof(regs) / sizeof(regs[0]) == ARM64_N_REGS, "each has a name");

#define W(n) { "w" #n, n, 0, 32 }
const struct reg_part arm64_parts[] = {
	W(0), W(1), W(2), W(3), W(4), W(5), W(6), W(7), W(8), W(9), W(10), W(11), W(12), W(13),
	W(14), W(15), W(16), W(17), W(18), W(19), W(20), W(21), W(22), W(23), W(24), W(25), W(26),
	W(27), W(28), W(29), W(30),
	{ "x29", ARM64_X29, 0, 64 }, { "x30", ARM64_LR, 0, 64 }, { "wsp", ARM64_SP, 0, 32 },
	{ "pstate", ARM64_CPSR, 0, 32 },
	{ "nf", ARM64_CPSR, 31, 1 }, { "zf", ARM64_CPSR, 30, 1 },
	{ "cf", ARM64_CPSR, 29, 1 }, { "vf", ARM64_CPSR, 28, 1 },
};
const unsigned arm64_n_parts = sizeof(arm64_parts) / sizeof(arm64_parts[0]);

enum { WIN_CONTROL = 0x1, WIN_INTEGER = 0x2 };

static const struct context_field win_fields[] = {
	{ ARM64_CPSR, 1, 0x04, 4, 0, WIN_CONTROL },
	{ ARM64_X0, 29, 0x08, 8, 0, WIN_INTEGER },
	{ ARM64_X29, 4, 0xf0, 8, 0, WIN_CONTROL },	/* fp, lr, sp, pc */
};

/* Breakpad's flags: 2 claims all integer registers. */
static const struct context_field old_fields[] = {
	{ ARM64_X0, 33, 0x08, 8, 0, 0x2 },
	{ ARM64_CPSR, 1, 0x110, 4, 0, 0x2 },
};

static const struct context_field linux_fields[] = {
	{ ARM64_X0, 33, 0, 8, 0, 0 },
	{ ARM64_CPSR, 1, 264, 4, 0, 0 },
};

/* The same order in FreeBSD's and NetBSD's struct reg; NetBSD adds one. */
static const struct context_field netbsd_fields[] = {
	{ ARM64_X0, 33, 0, 8, 0, 0 },
	{ ARM64_CPSR, 1, 264, 4, 0, 0 },
	{ ARM64_TPIDR, 1, 272, 8, 0, 0 },
};

#define FIELDS(f) .n_fields = sizeof(f) / sizeof((f)[0]), .fields = f
static const struct context_shape shapes[] = {
	{ CONTEXT_WIN_ARM64, 0x110, 0, 4, FIELDS(win_fields) },
	{ CONTEXT_BREAKPAD_ARM64_OLD, 0x114, 0, 8, FIELDS(old_fields) },
	{ CONTEXT_LINUX_ARM64, 272, 0, 0, FIELDS(linux_fields) },
	{ CONTEXT_FREEBSD_ARM64, 272, 0, 0, FIELDS(linux_fields) },
	{ CONTEXT_NETBSD_ARM64, 280, 0, 0, FIELDS(netbsd_fields) },
};

static struct err *decode(enum context_layout layout, const uint8_t *bytes, size_t size,
			  bool big_endian, struct regs *ret)
{
	return context_decode(&arch_arm64, shapes, sizeof(shapes) / sizeof(shapes[0]), layout,
			      bytes, size, big_endian, ret);
}

/* 0-30: x0-x30, 31: sp, 32: pc; 33 is ELR, 34 RA_SIGN_STATE, 36 TPIDR_EL0. */
static const uint8_t dwarf[] = {
	0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24,
	25, 26, 27, 28, ARM64_X29, ARM64_LR, ARM64_SP, ARM64_PC,
	ARCH_NO_REG, ARCH_NO_REG, ARCH_NO_REG, ARM64_TPIDR,
};

const struct arch arch_arm64 = {
	.name = "arm64",
	.machine = MACHINE_ARM64,
	.pointer_size = 8,
	.regs = regs,
	.n_regs = ARM64_N_REGS,
	.ip = ARM64_PC,
	.sp = ARM64_SP,
	.fp = ARM64_X29,
	.ra = ARM64_LR,
	.ret = ARM64_X0,
	.flags = ARM64_CPSR,
	.max_insn = 4,
	.insn_align = 4,
	.dwarf = dwarf,
	.n_dwarf = sizeof(dwarf),
	.decode = decode,
	.vectors = arm_vectors,
	.disassemble = arm64_disassemble,
};
