/* SPDX-License-Identifier: MIT */
/*
 * x64: registers and contexts.
 *
 * CONTEXT of winnt.h (1232 bytes): home slots to 0x30, ContextFlags, MxCsr,
 * segments 0x38, EFlags 0x44, Dr0 0x48, Rax 0x78, Rip 0xf8, FltSave 0x100.
 * Linux: struct user_regs_struct of asm/user_64.h, 27 words.
 * DWARF numbers: System V psABI for x86-64, figure 3.36.
 */
#include "arch/arch_impl.h"

#include <assert.h>

static const struct reg_desc regs[] = {
	[X64_RAX] = { "rax", 64, REG_GENERAL },	   [X64_RCX] = { "rcx", 64, REG_GENERAL },
	[X64_RDX] = { "rdx", 64, REG_GENERAL },	   [X64_RBX] = { "rbx", 64, REG_GENERAL },
	[X64_RSP] = { "rsp", 64, REG_GENERAL },	   [X64_RBP] = { "rbp", 64, REG_GENERAL },
	[X64_RSI] = { "rsi", 64, REG_GENERAL },	   [X64_RDI] = { "rdi", 64, REG_GENERAL },
	[X64_R8] = { "r8", 64, REG_GENERAL },	   [X64_R9] = { "r9", 64, REG_GENERAL },
	[X64_R10] = { "r10", 64, REG_GENERAL },	   [X64_R11] = { "r11", 64, REG_GENERAL },
	[X64_R12] = { "r12", 64, REG_GENERAL },	   [X64_R13] = { "r13", 64, REG_GENERAL },
	[X64_R14] = { "r14", 64, REG_GENERAL },	   [X64_R15] = { "r15", 64, REG_GENERAL },
	[X64_RIP] = { "rip", 64, REG_GENERAL },	   [X64_EFL] = { "efl", 32, REG_GENERAL },
	[X64_CS] = { "cs", 16, REG_SEGMENT },	   [X64_SS] = { "ss", 16, REG_SEGMENT },
	[X64_DS] = { "ds", 16, REG_SEGMENT },	   [X64_ES] = { "es", 16, REG_SEGMENT },
	[X64_FS] = { "fs", 16, REG_SEGMENT },	   [X64_GS] = { "gs", 16, REG_SEGMENT },
	[X64_DR0] = { "dr0", 64, REG_DEBUG },	   [X64_DR1] = { "dr1", 64, REG_DEBUG },
	[X64_DR2] = { "dr2", 64, REG_DEBUG },	   [X64_DR3] = { "dr3", 64, REG_DEBUG },
	[X64_DR6] = { "dr6", 64, REG_DEBUG },	   [X64_DR7] = { "dr7", 64, REG_DEBUG },
	[X64_FS_BASE] = { "fs_base", 64, REG_SYSTEM }, [X64_GS_BASE] = { "gs_base", 64, REG_SYSTEM },
	[X64_ORIG_RAX] = { "orig_rax", 64, REG_SYSTEM },
};
static_assert((int)X64_N_REGS <= (int)ARCH_MAX_REGS, "struct regs holds them");

#define PARTS(r64, r32, r16, r8, reg)                                          \
	{ r32, reg, 0, 32 }, { r16, reg, 0, 16 }, { r8, reg, 0, 8 }
#define PARTS_N(n)                                                             \
	PARTS("r" #n, "r" #n "d", "r" #n "w", "r" #n "b", X64_R##n)

const struct reg_part x64_parts[] = {
	PARTS("rax", "eax", "ax", "al", X64_RAX), { "ah", X64_RAX, 8, 8 },
	PARTS("rcx", "ecx", "cx", "cl", X64_RCX), { "ch", X64_RCX, 8, 8 },
	PARTS("rdx", "edx", "dx", "dl", X64_RDX), { "dh", X64_RDX, 8, 8 },
	PARTS("rbx", "ebx", "bx", "bl", X64_RBX), { "bh", X64_RBX, 8, 8 },
	PARTS("rsp", "esp", "sp", "spl", X64_RSP),
	PARTS("rbp", "ebp", "bp", "bpl", X64_RBP),
	PARTS("rsi", "esi", "si", "sil", X64_RSI),
	PARTS("rdi", "edi", "di", "dil", X64_RDI),
	PARTS_N(8), PARTS_N(9), PARTS_N(10), PARTS_N(11),
	PARTS_N(12), PARTS_N(13), PARTS_N(14), PARTS_N(15),
	{ "eip", X64_RIP, 0, 32 }, { "ip", X64_RIP, 0, 16 }, { "fl", X64_EFL, 0, 16 },
	{ "eflags", X64_EFL, 0, 32 }, { "rflags", X64_EFL, 0, 64 },
	{ "fsbase", X64_FS_BASE, 0, 64 }, { "gsbase", X64_GS_BASE, 0, 64 },
	{ "cf", X64_EFL, 0, 1 }, { "pf", X64_EFL, 2, 1 }, { "af", X64_EFL, 4, 1 },
	{ "zf", X64_EFL, 6, 1 }, { "sf", X64_EFL, 7, 1 }, { "tf", X64_EFL, 8, 1 },
	{ "if", X64_EFL, 9, 1 }, { "df", X64_EFL, 10, 1 }, { "of", X64_EFL, 11, 1 },
	{ "iopl", X64_EFL, 12, 2 }, { "vif", X64_EFL, 19, 1 }, { "vip", X64_EFL, 20, 1 },
};
const unsigned x64_n_parts = sizeof(x64_parts) / sizeof(x64_parts[0]);

enum {
	WIN_CONTROL = 0x1, WIN_INTEGER = 0x2, WIN_SEGMENTS = 0x4, WIN_DEBUG = 0x10,
};

static const struct context_field win_fields[] = {
	{ X64_CS, 1, 0x38, 2, 0, WIN_CONTROL },
	{ X64_DS, 2, 0x3a, 2, 0, WIN_SEGMENTS },	/* ds, es */
	{ X64_FS, 2, 0x3e, 2, 0, WIN_SEGMENTS },	/* fs, gs */
	{ X64_SS, 1, 0x42, 2, 0, WIN_CONTROL },
	{ X64_EFL, 1, 0x44, 4, 0, WIN_CONTROL },
	{ X64_DR0, 6, 0x48, 8, 0, WIN_DEBUG },
	{ X64_RAX, 4, 0x78, 8, 0, WIN_INTEGER },	/* rax, rcx, rdx, rbx */
	{ X64_RSP, 1, 0x98, 8, 0, WIN_CONTROL },
	{ X64_RBP, 11, 0xa0, 8, 0, WIN_INTEGER },	/* rbp ... r15 */
	{ X64_RIP, 1, 0xf8, 8, 0, WIN_CONTROL },
};

#define LINUX(reg, slot) { reg, 1, (slot) * 8, 8, 0, 0 }
#define LINUX_SEG(reg, slot) { reg, 1, (slot) * 8, 2, 0, 0 }
static const struct context_field linux_fields[] = {
	LINUX(X64_R15, 0), LINUX(X64_R14, 1), LINUX(X64_R13, 2), LINUX(X64_R12, 3),
	LINUX(X64_RBP, 4), LINUX(X64_RBX, 5), LINUX(X64_R11, 6), LINUX(X64_R10, 7),
	LINUX(X64_R9, 8), LINUX(X64_R8, 9), LINUX(X64_RAX, 10), LINUX(X64_RCX, 11),
	LINUX(X64_RDX, 12), LINUX(X64_RSI, 13), LINUX(X64_RDI, 14), LINUX(X64_ORIG_RAX, 15),
	LINUX(X64_RIP, 16), LINUX_SEG(X64_CS, 17), LINUX(X64_EFL, 18), LINUX(X64_RSP, 19),
	LINUX_SEG(X64_SS, 20), LINUX(X64_FS_BASE, 21), LINUX(X64_GS_BASE, 22),
	LINUX_SEG(X64_DS, 23), LINUX_SEG(X64_ES, 24), LINUX_SEG(X64_FS, 25),
	LINUX_SEG(X64_GS, 26),
};

static const struct context_field freebsd_fields[] = {
	LINUX(X64_R15, 0), LINUX(X64_R14, 1), LINUX(X64_R13, 2), LINUX(X64_R12, 3),
	LINUX(X64_R11, 4), LINUX(X64_R10, 5), LINUX(X64_R9, 6), LINUX(X64_R8, 7),
	LINUX(X64_RDI, 8), LINUX(X64_RSI, 9), LINUX(X64_RBP, 10), LINUX(X64_RBX, 11),
	LINUX(X64_RDX, 12), LINUX(X64_RCX, 13), LINUX(X64_RAX, 14),
	{ X64_FS, 1, 124, 2, 0, 0 }, { X64_GS, 1, 126, 2, 0, 0 },
	{ X64_ES, 1, 132, 2, 0, 0 }, { X64_DS, 1, 134, 2, 0, 0 },
	LINUX(X64_RIP, 17), LINUX_SEG(X64_CS, 18), LINUX(X64_EFL, 19), LINUX(X64_RSP, 20),
	LINUX_SEG(X64_SS, 21),
};
static const struct context_field netbsd_fields[] = {
	LINUX(X64_RDI, 0), LINUX(X64_RSI, 1), LINUX(X64_RDX, 2), LINUX(X64_RCX, 3),
	LINUX(X64_R8, 4), LINUX(X64_R9, 5), LINUX(X64_R10, 6), LINUX(X64_R11, 7),
	LINUX(X64_R12, 8), LINUX(X64_R13, 9), LINUX(X64_R14, 10), LINUX(X64_R15, 11),
	LINUX(X64_RBP, 12), LINUX(X64_RBX, 13), LINUX(X64_RAX, 14), LINUX_SEG(X64_GS, 15),
	LINUX_SEG(X64_FS, 16), LINUX_SEG(X64_ES, 17), LINUX_SEG(X64_DS, 18),
	LINUX(X64_RIP, 21), LINUX_SEG(X64_CS, 22), LINUX(X64_EFL, 23), LINUX(X64_RSP, 24),
	LINUX_SEG(X64_SS, 25),
};

#define FIELDS(f) .n_fields = sizeof(f) / sizeof((f)[0]), .fields = f
static const struct context_shape shapes[] = {
	{ CONTEXT_WIN_X64, 0x100, 0x30, 4, FIELDS(win_fields) },
	{ CONTEXT_LINUX_X64, 27 * 8, 0, 0, FIELDS(linux_fields) },
	{ CONTEXT_FREEBSD_X64, 22 * 8, 0, 0, FIELDS(freebsd_fields) },
	{ CONTEXT_NETBSD_X64, 26 * 8, 0, 0, FIELDS(netbsd_fields) },
};

static struct err *decode(enum context_layout layout, const uint8_t *bytes, size_t size,
			  bool big_endian, struct regs *ret)
{
	return context_decode(&arch_x64, shapes, sizeof(shapes) / sizeof(shapes[0]), layout, bytes,
			      size, big_endian, ret);
}

#define NONE ARCH_NO_REG
static const uint8_t dwarf[] = {
	X64_RAX, X64_RDX, X64_RCX, X64_RBX, X64_RSI, X64_RDI, X64_RBP, X64_RSP,
	X64_R8, X64_R9, X64_R10, X64_R11, X64_R12, X64_R13, X64_R14, X64_R15,
	X64_RIP,
	NONE, NONE, NONE, NONE, NONE, NONE, NONE, NONE, /* 17: xmm0 */
	NONE, NONE, NONE, NONE, NONE, NONE, NONE, NONE, /* 25: xmm8 */
	NONE, NONE, NONE, NONE, NONE, NONE, NONE, NONE, /* 33: st0 */
	NONE, NONE, NONE, NONE, NONE, NONE, NONE, NONE, /* 41: mm0 */
	X64_EFL, X64_ES, X64_CS, X64_SS, X64_DS, X64_FS, X64_GS, /* 49 */
	NONE, NONE, X64_FS_BASE, X64_GS_BASE,			 /* 56 */
};
static_assert(sizeof(dwarf) == 60, "numbers 0 to 59");

static void disassemble(const uint8_t *bytes, size_t n, uint64_t address, insn_symbolizer *sym,
			void *sym_arg, struct insn *ret)
{
	x86_disassemble(64, bytes, n, address, sym, sym_arg, ret);
}

const struct arch arch_x64 = {
	.name = "x64",
	.machine = MACHINE_X64,
	.pointer_size = 8,
	.regs = regs,
	.n_regs = X64_N_REGS,
	.ip = X64_RIP,
	.sp = X64_RSP,
	.fp = X64_RBP,
	.ra = ARCH_NO_REG,
	.ret = X64_RAX,
	.flags = X64_EFL,
	.max_insn = 15,
	.insn_align = 1,
	.dwarf = dwarf,
	.n_dwarf = sizeof(dwarf),
	.decode = decode,
	.vectors = x86_vectors,
	.disassemble = disassemble,
};
