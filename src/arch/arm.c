/* SPDX-License-Identifier: MIT */
/*
 * ARM (32-bit): registers and contexts.
 *
 * CONTEXT of winnt.h for ARM (416 bytes): ContextFlags 0, R0 4 ... R12, Sp,
 * Lr, Pc 0x40, Cpsr 0x44, Fpscr 0x48, Q 0x50.
 * Breakpad (minidump_cpu_arm.h, 368 bytes): the same up to cpsr, then a
 * 64-bit fpscr at 0x48 and d0..d31 at 0x50.
 * Linux: struct pt_regs of asm/ptrace.h: r0..r15, cpsr, orig_r0.
 */
#include "arch/arch_impl.h"

#define R(n) { "r" #n, 32, REG_GENERAL }
static const struct reg_desc regs[] = {
	R(0), R(1), R(2), R(3), R(4), R(5), R(6), R(7), R(8), R(9), R(10), R(11), R(12),
	[ARM_SP] = { "sp", 32, REG_GENERAL },
	[ARM_LR] = { "lr", 32, REG_GENERAL },
	[ARM_PC] = { "pc", 32, REG_GENERAL },
	[ARM_CPSR] = { "cpsr", 32, REG_GENERAL },
};

const struct reg_part arm_parts[] = {
	{ "fp", ARM_R11, 0, 32 }, { "r13", ARM_SP, 0, 32 }, { "r14", ARM_LR, 0, 32 },
	{ "r15", ARM_PC, 0, 32 }, { "psr", ARM_CPSR, 0, 32 },
	{ "nf", ARM_CPSR, 31, 1 }, { "zf", ARM_CPSR, 30, 1 }, { "cf", ARM_CPSR, 29, 1 },
	{ "vf", ARM_CPSR, 28, 1 }, { "qf", ARM_CPSR, 27, 1 }, { "tf", ARM_CPSR, 5, 1 },
};
const unsigned arm_n_parts = sizeof(arm_parts) / sizeof(arm_parts[0]);

enum { WIN_CONTROL = 0x1, WIN_INTEGER = 0x2 };

static const struct context_field win_fields[] = {
	{ ARM_R0, 13, 0x04, 4, 0, WIN_INTEGER },
	{ ARM_SP, 4, 0x38, 4, 0, WIN_CONTROL },	/* sp, lr, pc, cpsr */
};

/* Breakpad's flags: 2 claims all integer registers. */
static const struct context_field breakpad_fields[] = {
	{ ARM_R0, 17, 0x04, 4, 0, 0x2 },
};

static const struct context_field linux_fields[] = {
	{ ARM_R0, 17, 0, 4, 0, 0 },
};

#define FIELDS(f) .n_fields = sizeof(f) / sizeof((f)[0]), .fields = f
static const struct context_shape shapes[] = {
	{ CONTEXT_WIN_ARM, 0x48, 0, 4, FIELDS(win_fields) },
	{ CONTEXT_BREAKPAD_ARM, 0x48, 0, 4, FIELDS(breakpad_fields) },
	{ CONTEXT_LINUX_ARM, 17 * 4, 0, 0, FIELDS(linux_fields) },
};

static struct err *decode(enum context_layout layout, const uint8_t *bytes, size_t size,
			  bool big_endian, struct regs *ret)
{
	return context_decode(&arch_arm, shapes, sizeof(shapes) / sizeof(shapes[0]), layout, bytes,
			      size, big_endian, ret);
}

static const uint8_t dwarf[] = { 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15 };

const struct arch arch_arm = {
	.name = "arm",
	.machine = MACHINE_ARM,
	.pointer_size = 4,
	.regs = regs,
	.n_regs = ARM_N_REGS,
	.ip = ARM_PC,
	.sp = ARM_SP,
	.fp = ARM_R11,
	.ra = ARM_LR,
	.ret = ARM_R0,
	.flags = ARM_CPSR,
	.max_insn = 4,
	.insn_align = 2,
	.dwarf = dwarf,
	.n_dwarf = sizeof(dwarf),
	.decode = decode,
	.vectors = arm_vectors,
	.disassemble = arm_disassemble,
};
