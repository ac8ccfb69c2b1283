/* SPDX-License-Identifier: MIT */
/*
 * x86: registers and contexts.
 *
 * CONTEXT of winnt.h: ContextFlags 0, Dr0 4, FloatSave 0x1c (112 bytes),
 * segments 0x8c, Edi 0x9c, Ebp 0xb4, Eip 0xb8, EFlags 0xc0, Esp 0xc4, SegSs
 * 0xc8, ExtendedRegisters 0xcc (512 bytes); 716 in all, but files of old
 * writers stop at 0xcc.
 * Linux: struct user_regs_struct of asm/user_32.h, 17 words.
 * DWARF numbers: System V psABI for i386 (esp is 4, ebp 5).
 */
#include "arch/arch_impl.h"

#include <assert.h>

static const struct reg_desc regs[] = {
	[X86_EAX] = { "eax", 32, REG_GENERAL }, [X86_ECX] = { "ecx", 32, REG_GENERAL },
	[X86_EDX] = { "edx", 32, REG_GENERAL }, [X86_EBX] = { "ebx", 32, REG_GENERAL },
	[X86_ESP] = { "esp", 32, REG_GENERAL }, [X86_EBP] = { "ebp", 32, REG_GENERAL },
	[X86_ESI] = { "esi", 32, REG_GENERAL }, [X86_EDI] = { "edi", 32, REG_GENERAL },
	[X86_EIP] = { "eip", 32, REG_GENERAL }, [X86_EFL] = { "efl", 32, REG_GENERAL },
	[X86_CS] = { "cs", 16, REG_SEGMENT },	[X86_SS] = { "ss", 16, REG_SEGMENT },
	[X86_DS] = { "ds", 16, REG_SEGMENT },	[X86_ES] = { "es", 16, REG_SEGMENT },
	[X86_FS] = { "fs", 16, REG_SEGMENT },	[X86_GS] = { "gs", 16, REG_SEGMENT },
	[X86_DR0] = { "dr0", 32, REG_DEBUG },	[X86_DR1] = { "dr1", 32, REG_DEBUG },
	[X86_DR2] = { "dr2", 32, REG_DEBUG },	[X86_DR3] = { "dr3", 32, REG_DEBUG },
	[X86_DR6] = { "dr6", 32, REG_DEBUG },	[X86_DR7] = { "dr7", 32, REG_DEBUG },
	[X86_ORIG_EAX] = { "orig_eax", 32, REG_SYSTEM },
};
static_assert((int)X86_N_REGS <= (int)ARCH_MAX_REGS, "struct regs holds them");

const struct reg_part x86_parts[] = {
	{ "ax", X86_EAX, 0, 16 }, { "al", X86_EAX, 0, 8 }, { "ah", X86_EAX, 8, 8 },
	{ "cx", X86_ECX, 0, 16 }, { "cl", X86_ECX, 0, 8 }, { "ch", X86_ECX, 8, 8 },
	{ "dx", X86_EDX, 0, 16 }, { "dl", X86_EDX, 0, 8 }, { "dh", X86_EDX, 8, 8 },
	{ "bx", X86_EBX, 0, 16 }, { "bl", X86_EBX, 0, 8 }, { "bh", X86_EBX, 8, 8 },
	{ "sp", X86_ESP, 0, 16 }, { "bp", X86_EBP, 0, 16 },
	{ "si", X86_ESI, 0, 16 }, { "di", X86_EDI, 0, 16 },
	{ "ip", X86_EIP, 0, 16 }, { "fl", X86_EFL, 0, 16 }, { "eflags", X86_EFL, 0, 32 },
	{ "cf", X86_EFL, 0, 1 }, { "pf", X86_EFL, 2, 1 }, { "af", X86_EFL, 4, 1 },
	{ "zf", X86_EFL, 6, 1 }, { "sf", X86_EFL, 7, 1 }, { "tf", X86_EFL, 8, 1 },
	{ "if", X86_EFL, 9, 1 }, { "df", X86_EFL, 10, 1 }, { "of", X86_EFL, 11, 1 },
	{ "iopl", X86_EFL, 12, 2 }, { "vif", X86_EFL, 19, 1 }, { "vip", X86_EFL, 20, 1 },
};
const unsigned x86_n_parts = sizeof(x86_parts) / sizeof(x86_parts[0]);

enum {
	WIN_CONTROL = 0x1, WIN_INTEGER = 0x2, WIN_SEGMENTS = 0x4, WIN_DEBUG = 0x10,
};

/* Segment registers fill a 32-bit slot each, of which 16 bits count. */
static const struct context_field win_fields[] = {
	{ X86_DR0, 6, 0x04, 4, 0, WIN_DEBUG },
	{ X86_GS, 1, 0x8c, 2, 0, WIN_SEGMENTS },
	{ X86_FS, 1, 0x90, 2, 0, WIN_SEGMENTS },
	{ X86_ES, 1, 0x94, 2, 0, WIN_SEGMENTS },
	{ X86_DS, 1, 0x98, 2, 0, WIN_SEGMENTS },
	{ X86_EDI, 1, 0x9c, 4, 0, WIN_INTEGER },
	{ X86_ESI, 1, 0xa0, 4, 0, WIN_INTEGER },
	{ X86_EBX, 1, 0xa4, 4, 0, WIN_INTEGER },
	{ X86_EDX, 1, 0xa8, 4, 0, WIN_INTEGER },
	{ X86_ECX, 1, 0xac, 4, 0, WIN_INTEGER },
	{ X86_EAX, 1, 0xb0, 4, 0, WIN_INTEGER },
	{ X86_EBP, 1, 0xb4, 4, 0, WIN_CONTROL },
	{ X86_EIP, 1, 0xb8, 4, 0, WIN_CONTROL },
	{ X86_CS, 1, 0xbc, 2, 0, WIN_CONTROL },
	{ X86_EFL, 1, 0xc0, 4, 0, WIN_CONTROL },
	{ X86_ESP, 1, 0xc4, 4, 0, WIN_CONTROL },
	{ X86_SS, 1, 0xc8, 2, 0, WIN_CONTROL },
};

#define LINUX(reg, slot) { reg, 1, (slot) * 4, 4, 0, 0 }
#define LINUX_SEG(reg, slot) { reg, 1, (slot) * 4, 2, 0, 0 }
static const struct context_field linux_fields[] = {
	LINUX(X86_EBX, 0), LINUX(X86_ECX, 1), LINUX(X86_EDX, 2), LINUX(X86_ESI, 3),
	LINUX(X86_EDI, 4), LINUX(X86_EBP, 5), LINUX(X86_EAX, 6), LINUX_SEG(X86_DS, 7),
	LINUX_SEG(X86_ES, 8), LINUX_SEG(X86_FS, 9), LINUX_SEG(X86_GS, 10),
	LINUX(X86_ORIG_EAX, 11), LINUX(X86_EIP, 12), LINUX_SEG(X86_CS, 13),
	LINUX(X86_EFL, 14), LINUX(X86_ESP, 15), LINUX_SEG(X86_SS, 16),
};

static const struct context_field freebsd_fields[] = {
	LINUX_SEG(X86_FS, 0), LINUX_SEG(X86_ES, 1), LINUX_SEG(X86_DS, 2), LINUX(X86_EDI, 3),
	LINUX(X86_ESI, 4), LINUX(X86_EBP, 5), LINUX(X86_EBX, 7), LINUX(X86_EDX, 8),
	LINUX(X86_ECX, 9), LINUX(X86_EAX, 10), LINUX(X86_EIP, 13), LINUX_SEG(X86_CS, 14),
	LINUX(X86_EFL, 15), LINUX(X86_ESP, 16), LINUX_SEG(X86_SS, 17), LINUX_SEG(X86_GS, 18),
};
static const struct context_field netbsd_fields[] = {
	LINUX(X86_EAX, 0), LINUX(X86_ECX, 1), LINUX(X86_EDX, 2), LINUX(X86_EBX, 3),
	LINUX(X86_ESP, 4), LINUX(X86_EBP, 5), LINUX(X86_ESI, 6), LINUX(X86_EDI, 7),
	LINUX(X86_EIP, 8), LINUX(X86_EFL, 9), LINUX_SEG(X86_CS, 10), LINUX_SEG(X86_SS, 11),
	LINUX_SEG(X86_DS, 12), LINUX_SEG(X86_ES, 13), LINUX_SEG(X86_FS, 14),
	LINUX_SEG(X86_GS, 15),
};

#define FIELDS(f) .n_fields = sizeof(f) / sizeof((f)[0]), .fields = f
static const struct context_shape shapes[] = {
	{ CONTEXT_WIN_X86, 0xcc, 0, 4, FIELDS(win_fields) },
	{ CONTEXT_LINUX_X86, 17 * 4, 0, 0, FIELDS(linux_fields) },
	{ CONTEXT_FREEBSD_X86, 19 * 4, 0, 0, FIELDS(freebsd_fields) },
	{ CONTEXT_NETBSD_X86, 16 * 4, 0, 0, FIELDS(netbsd_fields) },
};

static struct err *decode(enum context_layout layout, const uint8_t *bytes, size_t size,
			  bool big_endian, struct regs *ret)
{
	return context_decode(&arch_x86, shapes, sizeof(shapes) / sizeof(shapes[0]), layout, bytes,
			      size, big_endian, ret);
}

#define NONE ARCH_NO_REG
static const uint8_t dwarf[] = {
	X86_EAX, X86_ECX, X86_EDX, X86_EBX, X86_ESP, X86_EBP, X86_ESI, X86_EDI,
	X86_EIP, X86_EFL,
	NONE, NONE, NONE, NONE, NONE, NONE, NONE, NONE, NONE, NONE, /* 11: st0 */
	NONE, NONE, NONE, NONE, NONE, NONE, NONE, NONE, NONE, NONE, /* 21: xmm0 */
	NONE, NONE, NONE, NONE, NONE, NONE, NONE, NONE, NONE, NONE, /* 29: mm0 */
	X86_ES, X86_CS, X86_SS, X86_DS, X86_FS, X86_GS,		    /* 40 */
};
static_assert(sizeof(dwarf) == 46, "numbers 0 to 45");

static void disassemble(const uint8_t *bytes, size_t n, uint64_t address, insn_symbolizer *sym,
			void *sym_arg, struct insn *ret)
{
	x86_disassemble(32, bytes, n, address, sym, sym_arg, ret);
}

const struct arch arch_x86 = {
	.name = "x86",
	.machine = MACHINE_X86,
	.pointer_size = 4,
	.regs = regs,
	.n_regs = X86_N_REGS,
	.ip = X86_EIP,
	.sp = X86_ESP,
	.fp = X86_EBP,
	.ra = ARCH_NO_REG,
	.ret = X86_EAX,
	.flags = X86_EFL,
	.max_insn = 15,
	.insn_align = 1,
	.dwarf = dwarf,
	.n_dwarf = sizeof(dwarf),
	.decode = decode,
	.vectors = x86_vectors,
	.disassemble = disassemble,
};
