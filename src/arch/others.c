/* SPDX-License-Identifier: MIT */
/*
 * Machines that are read but neither disassembled nor unwound by own rules:
 * RISC-V, PowerPC, s390x, MIPS, SPARC. Their register contexts in minidumps
 * are Breakpad's (minidump_cpu_{ppc,ppc64,sparc,mips,riscv}.h); in ELF cores
 * the kernel's (asm/ptrace.h of each). DWARF numbers: each machine's psABI.
 *
 * Breakpad's writers fill every integer register of these, so any set flag
 * says that they are there.
 */
#include "arch/arch_impl.h"

#include <assert.h>

#define ANY_FLAG 0xffffffff
#define G(n) { n, 64, REG_GENERAL }
#define G32(n) { n, 32, REG_GENERAL }
#define S(n) { n, 64, REG_SYSTEM }
#define S32(n) { n, 32, REG_SYSTEM }
#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define FIELDS(f) .n_fields = COUNT(f), .fields = f

#define DWARF_0_31                                                             \
	0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24,  \
		25, 26, 27, 28, 29, 30, 31
#define NONE_8                                                                 \
	ARCH_NO_REG, ARCH_NO_REG, ARCH_NO_REG, ARCH_NO_REG, ARCH_NO_REG, ARCH_NO_REG, ARCH_NO_REG, \
		ARCH_NO_REG
#define NONE_32 NONE_8, NONE_8, NONE_8, NONE_8

#define DECODE(id)                                                             \
	static struct err *id##_decode(enum context_layout layout, const uint8_t *bytes,           \
				       size_t size, bool big_endian, struct regs *ret)             \
	{                                                                      \
		return context_decode(&arch_##id, id##_shapes, COUNT(id##_shapes), layout, bytes,  \
				      size, big_endian, ret);                  \
	}

#define ARCH_ROW(id, label, mach, bytes, r_ip, r_sp, r_fp, r_ra, r_ret, r_flags, align)            \
	const struct arch arch_##id = {                                        \
		.name = label, .machine = mach, .pointer_size = bytes, .regs = id##_regs,          \
		.n_regs = COUNT(id##_regs), .ip = r_ip, .sp = r_sp, .fp = r_fp, .ra = r_ra,        \
		.ret = r_ret, .flags = r_flags, .max_insn = 4, .insn_align = align,                \
		.dwarf = id##_dwarf, .n_dwarf = COUNT(id##_dwarf), .decode = id##_decode,          \
		.vectors = vectors_unsupported, .disassemble = disassemble_nothing,                \
	}

/* --- RISC-V 64 ------------------------------------------------------------------ */

enum { RV_RA = 1, RV_SP = 2, RV_FP = 8, RV_A0 = 10, RV_PC = 32 };
static const struct reg_desc riscv64_regs[] = {
	G("zero"), G("ra"), G("sp"), G("gp"), G("tp"), G("t0"), G("t1"), G("t2"), G("fp"), G("s1"),
	G("a0"), G("a1"), G("a2"), G("a3"), G("a4"), G("a5"), G("a6"), G("a7"), G("s2"), G("s3"),
	G("s4"), G("s5"), G("s6"), G("s7"), G("s8"), G("s9"), G("s10"), G("s11"), G("t3"), G("t4"),
	G("t5"), G("t6"),
	[RV_PC] = G("pc"),
};
static const struct context_field riscv64_linux[] = {
	{ RV_PC, 1, 0, 8, 0, 0 },
	{ RV_RA, 31, 8, 8, 0, 0 },
};
static const struct context_field riscv64_breakpad[] = {
	{ RV_PC, 1, 8, 8, 0, ANY_FLAG },
	{ RV_RA, 31, 16, 8, 0, ANY_FLAG },
};
static const struct context_shape riscv64_shapes[] = {
	{ CONTEXT_LINUX_RISCV64, 256, 0, 0, FIELDS(riscv64_linux) },
	{ CONTEXT_BREAKPAD_RISCV64, 264, 0, 4, FIELDS(riscv64_breakpad) },
};
static const uint8_t riscv64_dwarf[] = { DWARF_0_31 };
DECODE(riscv64)
ARCH_ROW(riscv64, "riscv64", MACHINE_RISCV64, 8, RV_PC, RV_SP, RV_FP, RV_RA, RV_A0, ARCH_NO_REG, 2);

/* --- PowerPC ----------------------------------------------------------------------- */

enum {
	PPC_R1 = 1, PPC_R3 = 3, PPC_R31 = 31, PPC_PC = 32, PPC_MSR, PPC_CR, PPC_LR, PPC_CTR, PPC_XER,
	PPC_VRSAVE, PPC_ORIG_R3, PPC_TRAP, PPC_DAR, PPC_DSISR,
};
#define PPC_NAMES(D)                                                           \
	D("r0"), D("r1"), D("r2"), D("r3"), D("r4"), D("r5"), D("r6"), D("r7"), D("r8"), D("r9"),  \
	D("r10"), D("r11"), D("r12"), D("r13"), D("r14"), D("r15"), D("r16"), D("r17"), D("r18"),  \
	D("r19"), D("r20"), D("r21"), D("r22"), D("r23"), D("r24"), D("r25"), D("r26"), D("r27"),  \
	D("r28"), D("r29"), D("r30"), D("r31"), D("pc"), D("msr"), G32("cr"), D("lr"), D("ctr"),   \
	D("xer"), S32("vrsave"), S("orig_r3"), S("trap"), S("dar"), S("dsisr")

static const struct reg_desc ppc64_regs[] = { PPC_NAMES(G) };
/* gpr[32], nip, msr, orig_gpr3, ctr, link, xer, ccr, softe, trap, dar, dsisr, result */
static const struct context_field ppc64_linux[] = {
	{ 0, 32, 0, 8, 0, 0 },
	{ PPC_PC, 1, 256, 8, 0, 0 },  { PPC_MSR, 1, 264, 8, 0, 0 }, { PPC_ORIG_R3, 1, 272, 8, 0, 0 },
	{ PPC_CTR, 1, 280, 8, 0, 0 }, { PPC_LR, 1, 288, 8, 0, 0 },  { PPC_XER, 1, 296, 8, 0, 0 },
	{ PPC_CR, 1, 304, 8, 0, 0 },  { PPC_TRAP, 1, 320, 8, 0, 0 },
	{ PPC_DAR, 1, 328, 8, 0, 0 }, { PPC_DSISR, 1, 336, 8, 0, 0 },
};
/* flags, srr0, srr1, gpr[32], cr, xer, lr, ctr, vrsave: 64 bits each */
static const struct context_field ppc64_breakpad[] = {
	{ PPC_PC, 1, 8, 8, 0, ANY_FLAG },    { PPC_MSR, 1, 16, 8, 0, ANY_FLAG },
	{ 0, 32, 24, 8, 0, ANY_FLAG },	     { PPC_CR, 1, 280, 8, 0, ANY_FLAG },
	{ PPC_XER, 1, 288, 8, 0, ANY_FLAG }, { PPC_LR, 1, 296, 8, 0, ANY_FLAG },
	{ PPC_CTR, 1, 304, 8, 0, ANY_FLAG }, { PPC_VRSAVE, 1, 312, 8, 0, ANY_FLAG },
};
static const struct context_shape ppc64_shapes[] = {
	{ CONTEXT_LINUX_PPC64, 344, 0, 0, FIELDS(ppc64_linux) },
	{ CONTEXT_BREAKPAD_PPC64, 320, 0, 8, FIELDS(ppc64_breakpad) },
};
/* ELFv2: 65 lr, 66 ctr; 32-63 are floating-point */
static const uint8_t ppc64_dwarf[] = { DWARF_0_31, NONE_32, PPC_CR, PPC_LR, PPC_CTR };
DECODE(ppc64)
ARCH_ROW(ppc64, "ppc64", MACHINE_PPC64, 8, PPC_PC, PPC_R1, PPC_R31, PPC_LR, PPC_R3, PPC_CR, 4);

static const struct reg_desc ppc_regs[] = { PPC_NAMES(G32) };
/* flags, srr0, srr1, gpr[32], cr, xer, lr, ctr, mq, vrsave: 32 bits each */
static const struct context_field ppc_breakpad[] = {
	{ PPC_PC, 1, 4, 4, 0, ANY_FLAG },    { PPC_MSR, 1, 8, 4, 0, ANY_FLAG },
	{ 0, 32, 12, 4, 0, ANY_FLAG },	     { PPC_CR, 1, 140, 4, 0, ANY_FLAG },
	{ PPC_XER, 1, 144, 4, 0, ANY_FLAG }, { PPC_LR, 1, 148, 4, 0, ANY_FLAG },
	{ PPC_CTR, 1, 152, 4, 0, ANY_FLAG }, { PPC_VRSAVE, 1, 160, 4, 0, ANY_FLAG },
};
static const struct context_shape ppc_shapes[] = {
	{ CONTEXT_BREAKPAD_PPC, 164, 0, 4, FIELDS(ppc_breakpad) },
};
static const uint8_t ppc_dwarf[] = { DWARF_0_31, NONE_32, PPC_CR, PPC_LR, PPC_CTR };
DECODE(ppc)
ARCH_ROW(ppc, "ppc", MACHINE_PPC, 4, PPC_PC, PPC_R1, PPC_R31, PPC_LR, PPC_R3, PPC_CR, 4);

/* --- s390x ---------------------------------------------------------------------------- */

enum { S390_R2 = 2, S390_R11 = 11, S390_R14 = 14, S390_R15 = 15, S390_A0 = 16, S390_PSWM = 32,
       S390_PSWA, S390_ORIG_R2 };
static const struct reg_desc s390x_regs[] = {
	G("r0"), G("r1"), G("r2"), G("r3"), G("r4"), G("r5"), G("r6"), G("r7"), G("r8"), G("r9"),
	G("r10"), G("r11"), G("r12"), G("r13"), G("r14"), G("r15"),
	S32("a0"), S32("a1"), S32("a2"), S32("a3"), S32("a4"), S32("a5"), S32("a6"), S32("a7"),
	S32("a8"), S32("a9"), S32("a10"), S32("a11"), S32("a12"), S32("a13"), S32("a14"), S32("a15"),
	[S390_PSWM] = G("pswm"), [S390_PSWA] = G("pswa"), [S390_ORIG_R2] = S("orig_r2"),
};
static const struct context_field s390x_linux[] = {
	{ S390_PSWM, 2, 0, 8, 0, 0 },
	{ 0, 16, 16, 8, 0, 0 },
	{ S390_A0, 16, 144, 4, 0, 0 },
	{ S390_ORIG_R2, 1, 208, 8, 0, 0 },
};
static const struct context_shape s390x_shapes[] = {
	{ CONTEXT_LINUX_S390X, 216, 0, 0, FIELDS(s390x_linux) },
};
/* 16-31 floating-point, 32-47 control, 48-63 access, 64 PSW mask, 65 PSW address */
static const uint8_t s390x_dwarf[] = {
	0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, NONE_32,
	16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, S390_PSWM, S390_PSWA,
};
static_assert(sizeof(s390x_dwarf) == 66, "numbers 0 to 65");
DECODE(s390x)
ARCH_ROW(s390x, "s390x", MACHINE_S390X, 8, S390_PSWA, S390_R15, S390_R11, S390_R14, S390_R2,
	 S390_PSWM, 2);

/* --- MIPS ------------------------------------------------------------------------------- */

enum { MIPS_V0 = 2, MIPS_SP = 29, MIPS_S8 = 30, MIPS_RA = 31, MIPS_HI = 32, MIPS_LO, MIPS_PC,
       MIPS_BADVADDR, MIPS_STATUS, MIPS_CAUSE };
#define MIPS_NAMES(D)                                                          \
	D("zero"), D("at"), D("v0"), D("v1"), D("a0"), D("a1"), D("a2"), D("a3"),                  \
	D("t0"), D("t1"), D("t2"), D("t3"), D("t4"), D("t5"), D("t6"), D("t7"),                    \
	D("s0"), D("s1"), D("s2"), D("s3"), D("s4"), D("s5"), D("s6"), D("s7"),                    \
	D("t8"), D("t9"), D("k0"), D("k1"), D("gp"), D("sp"), D("s8"), D("ra"),                    \
	D("hi"), D("lo"), D("pc"), S("badvaddr"), S32("status"), S32("cause")

static const struct reg_desc mips_regs[] = { MIPS_NAMES(G32) };
static const struct reg_desc mips64_regs[] = { MIPS_NAMES(G) };
/* flags, pad, iregs[32], mdhi, mdlo (64 bits), hi[3], lo[3], dsp_control, pad, epc ... */
static const struct context_field mips_breakpad[] = {
	{ 0, 32, 8, 8, 0, ANY_FLAG },	      { MIPS_HI, 2, 264, 8, 0, ANY_FLAG },
	{ MIPS_PC, 2, 312, 8, 0, ANY_FLAG },  { MIPS_STATUS, 2, 328, 4, 0, ANY_FLAG },
};
static const struct context_shape mips_shapes[] = {
	{ CONTEXT_BREAKPAD_MIPS, 336, 0, 4, FIELDS(mips_breakpad) },
};
static const struct context_shape mips64_shapes[] = {
	{ CONTEXT_BREAKPAD_MIPS64, 336, 0, 4, FIELDS(mips_breakpad) },
};
static const uint8_t mips_dwarf[] = { DWARF_0_31, NONE_32, MIPS_HI, MIPS_LO };
static const uint8_t mips64_dwarf[] = { DWARF_0_31, NONE_32, MIPS_HI, MIPS_LO };
DECODE(mips)
DECODE(mips64)
ARCH_ROW(mips, "mips", MACHINE_MIPS, 4, MIPS_PC, MIPS_SP, MIPS_S8, MIPS_RA, MIPS_V0, ARCH_NO_REG, 4);
ARCH_ROW(mips64, "mips64", MACHINE_MIPS64, 8, MIPS_PC, MIPS_SP, MIPS_S8, MIPS_RA, MIPS_V0,
	 ARCH_NO_REG, 4);

/* --- SPARC ------------------------------------------------------------------------------ */

enum { SPARC_O0 = 8, SPARC_SP = 14, SPARC_FP = 30, SPARC_I7 = 31, SPARC_CCR = 32, SPARC_PC };
static const struct reg_desc sparc_regs[] = {
	G("g0"), G("g1"), G("g2"), G("g3"), G("g4"), G("g5"), G("g6"), G("g7"),
	G("o0"), G("o1"), G("o2"), G("o3"), G("o4"), G("o5"), G("sp"), G("o7"),
	G("l0"), G("l1"), G("l2"), G("l3"), G("l4"), G("l5"), G("l6"), G("l7"),
	G("i0"), G("i1"), G("i2"), G("i3"), G("i4"), G("i5"), G("fp"), G("i7"),
	G("ccr"), G("pc"), G("npc"), G("y"), S("asi"), S("fprs"),
};
/* flags, pad, g_r[32], ccr, pc, npc, y, asi, fprs: 64 bits each */
static const struct context_field sparc_breakpad[] = {
	{ 0, 38, 8, 8, 0, ANY_FLAG },
};
static const struct context_shape sparc_shapes[] = {
	{ CONTEXT_BREAKPAD_SPARC, 312, 0, 4, FIELDS(sparc_breakpad) },
};
static const uint8_t sparc_dwarf[] = { DWARF_0_31 };
DECODE(sparc)
ARCH_ROW(sparc, "sparc", MACHINE_SPARC, 4, SPARC_PC, SPARC_SP, SPARC_FP, SPARC_I7, SPARC_O0,
	 SPARC_CCR, 4);
