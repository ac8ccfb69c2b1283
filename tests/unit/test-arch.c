/* SPDX-License-Identifier: MIT */
/* Registers: names, parts, DWARF numbers, and contexts of each layout. */
#include "test.h"

#include "arch/arch.h"

static void put(uint8_t *b, size_t at, uint64_t v, unsigned size)
{
	for (unsigned i = 0; i < size; i++)
		b[at + i] = (uint8_t)(v >> (8 * i));
}

static void put_be(uint8_t *b, size_t at, uint64_t v, unsigned size)
{
	for (unsigned i = 0; i < size; i++)
		b[at + i] = (uint8_t)(v >> (8 * (size - 1 - i)));
}

TEST(every_machine_has_a_row)
{
	for (int m = MACHINE_UNKNOWN; m <= MACHINE_LOONGARCH64; m++) {
		const struct arch *a = arch_for((enum machine)m);
		uint8_t code[16] = { 0 };
		struct insn in;

		EXPECT_EQ(a->machine, m);
		EXPECT(a->ip < a->n_regs && a->sp < a->n_regs);
		EXPECT(a->n_regs <= ARCH_MAX_REGS);
		for (unsigned i = 0; i < a->n_regs; i++)
			EXPECT(a->regs[i].name && a->regs[i].bits);
		for (unsigned i = 0; i < a->n_dwarf; i++)
			EXPECT(a->dwarf[i] == ARCH_NO_REG || a->dwarf[i] < a->n_regs);
		a->disassemble(code, sizeof(code), 0, NULL, NULL, &in);
		EXPECT(in.length);
	}
	EXPECT_STR(arch_for((enum machine)99)->name, "unknown");
}

TEST(names_are_unique)
{
	for (int m = MACHINE_X86; m <= MACHINE_SPARC; m++) {
		const struct arch *a = arch_for((enum machine)m);

		for (unsigned i = 0; i < a->n_regs; i++)
			EXPECT_EQ(arch_reg_by_name(a, a->regs[i].name), i);
	}
	EXPECT_EQ(arch_reg_by_name(arch_for(MACHINE_X64), "RIP"), X64_RIP);
	EXPECT_EQ(arch_reg_by_name(arch_for(MACHINE_X64), "eip"), ARCH_NO_REG);
}

TEST(parts_of_registers)
{
	struct regs r = { .arch = arch_for(MACHINE_X64) };
	uint64_t v;

	regs_set(&r, X64_RAX, 0x1122334455667788);
	regs_set(&r, X64_R8, 0x99aabbccddeeff00);
	regs_set(&r, X64_EFL, 0x00000a47); /* of, if, zf, pf, cf */
	EXPECT_OK(arch_reg_value(&r, "rax", &v));
	EXPECT_EQ(v, 0x1122334455667788);
	EXPECT_OK(arch_reg_value(&r, "EAX", &v));
	EXPECT_EQ(v, 0x55667788);
	EXPECT_OK(arch_reg_value(&r, "ax", &v));
	EXPECT_EQ(v, 0x7788);
	EXPECT_OK(arch_reg_value(&r, "ah", &v));
	EXPECT_EQ(v, 0x77);
	EXPECT_OK(arch_reg_value(&r, "al", &v));
	EXPECT_EQ(v, 0x88);
	EXPECT_OK(arch_reg_value(&r, "r8d", &v));
	EXPECT_EQ(v, 0xddeeff00);
	EXPECT_OK(arch_reg_value(&r, "r8b", &v));
	EXPECT_EQ(v, 0);
	EXPECT_OK(arch_reg_value(&r, "zf", &v));
	EXPECT_EQ(v, 1);
	EXPECT_OK(arch_reg_value(&r, "of", &v));
	EXPECT_EQ(v, 1);
	EXPECT_OK(arch_reg_value(&r, "sf", &v));
	EXPECT_EQ(v, 0);
	EXPECT_OK(arch_reg_value(&r, "iopl", &v));
	EXPECT_EQ(v, 0);
	EXPECT_ERR(arch_reg_value(&r, "rbx", &v), ERR_NOTFOUND); /* not known */
	EXPECT_ERR(arch_reg_value(&r, "bl", &v), ERR_NOTFOUND);
	EXPECT_ERR(arch_reg_value(&r, "w0", &v), ERR_NOTFOUND); /* of another machine */
}

TEST(parts_of_arm64_registers)
{
	struct regs r = { .arch = arch_for(MACHINE_ARM64) };
	uint64_t v;

	regs_set(&r, ARM64_X0 + 5, 0x1122334455667788);
	regs_set(&r, ARM64_X29, 0x77);
	regs_set(&r, ARM64_CPSR, 0x60000000);
	EXPECT_OK(arch_reg_value(&r, "w5", &v));
	EXPECT_EQ(v, 0x55667788);
	EXPECT_OK(arch_reg_value(&r, "x29", &v));
	EXPECT_EQ(v, 0x77);
	EXPECT_OK(arch_reg_value(&r, "fp", &v));
	EXPECT_EQ(v, 0x77);
	EXPECT_OK(arch_reg_value(&r, "zf", &v));
	EXPECT_EQ(v, 1);
	EXPECT_OK(arch_reg_value(&r, "nf", &v));
	EXPECT_EQ(v, 0);
}

TEST(dwarf_numbers)
{
	const struct arch *x64 = arch_for(MACHINE_X64), *x86 = arch_for(MACHINE_X86);

	EXPECT_EQ(arch_reg_from_dwarf(x64, 1), X64_RDX);
	EXPECT_EQ(arch_reg_from_dwarf(x64, 6), X64_RBP);
	EXPECT_EQ(arch_reg_from_dwarf(x64, 7), X64_RSP);
	EXPECT_EQ(arch_reg_from_dwarf(x64, 16), X64_RIP);
	EXPECT_EQ(arch_reg_from_dwarf(x64, 17), ARCH_NO_REG);
	EXPECT_EQ(arch_reg_from_dwarf(x64, 49), X64_EFL);
	EXPECT_EQ(arch_reg_from_dwarf(x64, 59), X64_GS_BASE);
	EXPECT_EQ(arch_reg_from_dwarf(x64, 60), ARCH_NO_REG);
	EXPECT_EQ(arch_reg_from_dwarf(x86, 4), X86_ESP);
	EXPECT_EQ(arch_reg_from_dwarf(x86, 8), X86_EIP);
	EXPECT_EQ(arch_reg_from_dwarf(x86, 40), X86_ES);
	EXPECT_EQ(arch_reg_from_dwarf(arch_for(MACHINE_ARM64), 31), ARM64_SP);
	EXPECT_EQ(arch_reg_from_dwarf(arch_for(MACHINE_ARM), 15), ARM_PC);
	EXPECT_STR(x64->regs[arch_reg_from_dwarf(x64, 3)].name, "rbx");
	EXPECT_EQ(arch_reg_from_dwarf(arch_for(MACHINE_UNKNOWN), 0), ARCH_NO_REG);
}

/* --- Windows ----------------------------------------------------------------------- */

static void make_win_x64(uint8_t *b, uint32_t flags)
{
	memset(b, 0xcc, 1232);
	put(b, 0x30, flags, 4);
	put(b, 0x38, 0x33, 2);
	put(b, 0x3a, 0x2b, 2);
	put(b, 0x3c, 0x2b, 2);
	put(b, 0x3e, 0x53, 2);
	put(b, 0x40, 0x2b, 2);
	put(b, 0x42, 0x2b, 2);
	put(b, 0x44, 0x246, 4);
	for (unsigned i = 0; i < 6; i++)
		put(b, 0x48 + 8 * i, 0xd0 + i, 8);
	for (unsigned i = 0; i < 17; i++)
		put(b, 0x78 + 8 * i, 0x1000 + i, 8);
}

TEST(win_x64_context)
{
	uint8_t b[1232];
	struct regs r;

	make_win_x64(b, 0x10001f);
	EXPECT_OK(arch_for(MACHINE_X64)->decode(CONTEXT_WIN_X64, b, sizeof(b), false, &r));
	for (unsigned i = 0; i < 16; i++)
		EXPECT_EQ(r.v[X64_RAX + i], 0x1000 + i);
	EXPECT_EQ(regs_ip(&r), 0x1010);
	EXPECT_EQ(regs_sp(&r), 0x1004);
	EXPECT_EQ(r.v[X64_EFL], 0x246);
	EXPECT_EQ(r.v[X64_CS], 0x33);
	EXPECT_EQ(r.v[X64_SS], 0x2b);
	EXPECT_EQ(r.v[X64_FS], 0x53);
	EXPECT_EQ(r.v[X64_DR0], 0xd0);
	EXPECT_EQ(r.v[X64_DR6], 0xd4);
	EXPECT_EQ(r.v[X64_DR7], 0xd5);
	EXPECT(!regs_has(&r, X64_ORIG_RAX) && !regs_has(&r, X64_GS_BASE));
}

TEST(win_x64_context_obeys_its_flags)
{
	uint8_t b[1232];
	struct regs r;

	make_win_x64(b, 0x100001);
	EXPECT_OK(arch_for(MACHINE_X64)->decode(CONTEXT_WIN_X64, b, sizeof(b), false, &r));
	EXPECT(regs_has(&r, X64_RIP) && regs_has(&r, X64_RSP) && regs_has(&r, X64_CS));
	EXPECT(!regs_has(&r, X64_RAX) && !regs_has(&r, X64_RBP) && !regs_has(&r, X64_DS));
	EXPECT(!regs_has(&r, X64_DR0));
	make_win_x64(b, 0x100002);
	EXPECT_OK(arch_for(MACHINE_X64)->decode(CONTEXT_WIN_X64, b, sizeof(b), false, &r));
	EXPECT(regs_has(&r, X64_RAX) && regs_has(&r, X64_RBP) && !regs_has(&r, X64_RIP));
	make_win_x64(b, 0);
	EXPECT_OK(arch_for(MACHINE_X64)->decode(CONTEXT_WIN_X64, b, sizeof(b), false, &r));
	EXPECT_EQ(r.valid, 0);
}

TEST(contexts_that_are_short_or_foreign)
{
	uint8_t b[1232];
	struct regs r;

	make_win_x64(b, 0x10001f);
	EXPECT_ERR(arch_for(MACHINE_X64)->decode(CONTEXT_WIN_X64, b, 0xff, false, &r), ERR_TRUNCATED);
	EXPECT_ERR(arch_for(MACHINE_X64)->decode(CONTEXT_WIN_X86, b, sizeof(b), false, &r),
		   ERR_UNSUPPORTED);
	EXPECT_ERR(arch_for(MACHINE_LOONGARCH64)->decode(CONTEXT_WIN_X64, b, sizeof(b), false, &r),
		   ERR_UNSUPPORTED);
}

TEST(win_x86_context)
{
	uint8_t b[716] = { 0 };
	struct regs r;

	put(b, 0, 0x1001f, 4);
	put(b, 0x04, 0xd0, 4);
	put(b, 0x8c, 0xffff0000, 4); /* gs: upper half of the slot does not count */
	put(b, 0x90, 0x3b, 4);
	put(b, 0x9c, 0xed1, 4);
	put(b, 0xa0, 0xe51, 4);
	put(b, 0xa4, 0xeb1, 4);
	put(b, 0xb0, 0xea1, 4);
	put(b, 0xb4, 0x29effc, 4);
	put(b, 0xb8, 0x6ac670aa, 4);
	put(b, 0xbc, 0x1b, 4);
	put(b, 0xc0, 0x246, 4);
	put(b, 0xc4, 0x29efbc, 4);
	EXPECT_OK(arch_for(MACHINE_X86)->decode(CONTEXT_WIN_X86, b, sizeof(b), false, &r));
	EXPECT_EQ(regs_ip(&r), 0x6ac670aa);
	EXPECT_EQ(regs_sp(&r), 0x29efbc);
	EXPECT_EQ(r.v[X86_EBP], 0x29effc);
	EXPECT_EQ(r.v[X86_EDI], 0xed1);
	EXPECT_EQ(r.v[X86_ESI], 0xe51);
	EXPECT_EQ(r.v[X86_EBX], 0xeb1);
	EXPECT_EQ(r.v[X86_EAX], 0xea1);
	EXPECT_EQ(r.v[X86_GS], 0);
	EXPECT_EQ(r.v[X86_FS], 0x3b);
	EXPECT_EQ(r.v[X86_DR0], 0xd0);
	/* writers of old leave out ExtendedRegisters */
	EXPECT_OK(arch_for(MACHINE_X86)->decode(CONTEXT_WIN_X86, b, 204, false, &r));
	EXPECT_ERR(arch_for(MACHINE_X86)->decode(CONTEXT_WIN_X86, b, 203, false, &r), ERR_TRUNCATED);
}

TEST(win_arm64_context)
{
	uint8_t b[912] = { 0 };
	struct regs r;

	put(b, 0, 0x400003, 4);
	put(b, 4, 0x60000000, 4);
	for (unsigned i = 0; i < 33; i++)
		put(b, 8 + 8 * i, 0x100 + i, 8);
	EXPECT_OK(arch_for(MACHINE_ARM64)->decode(CONTEXT_WIN_ARM64, b, sizeof(b), false, &r));
	EXPECT_EQ(r.v[ARM64_X0], 0x100);
	EXPECT_EQ(r.v[28], 0x100 + 28);
	EXPECT_EQ(r.v[ARM64_X29], 0x100 + 29);
	EXPECT_EQ(r.v[ARM64_LR], 0x100 + 30);
	EXPECT_EQ(regs_sp(&r), 0x100 + 31);
	EXPECT_EQ(regs_ip(&r), 0x100 + 32);
	EXPECT_EQ(r.v[ARM64_CPSR], 0x60000000);
	put(b, 0, 0x400002, 4);
	EXPECT_OK(arch_for(MACHINE_ARM64)->decode(CONTEXT_WIN_ARM64, b, sizeof(b), false, &r));
	EXPECT(regs_has(&r, 28) && !regs_has(&r, ARM64_X29) && !regs_has(&r, ARM64_PC));
}

TEST(win_arm_context)
{
	uint8_t b[416] = { 0 };
	struct regs r;

	put(b, 0, 0x200003, 4);
	for (unsigned i = 0; i < 17; i++)
		put(b, 4 + 4 * i, 0x100 + i, 4);
	EXPECT_OK(arch_for(MACHINE_ARM)->decode(CONTEXT_WIN_ARM, b, sizeof(b), false, &r));
	EXPECT_EQ(r.v[12], 0x10c);
	EXPECT_EQ(regs_sp(&r), 0x10d);
	EXPECT_EQ(r.v[ARM_LR], 0x10e);
	EXPECT_EQ(regs_ip(&r), 0x10f);
	EXPECT_EQ(r.v[ARM_CPSR], 0x110);
}

/* --- Linux --------------------------------------------------------------------------- */

TEST(linux_gregsets)
{
	uint8_t b[512];
	struct regs r;

	for (unsigned i = 0; i < sizeof(b) / 8; i++)
		put(b, 8 * i, 0x500 + i, 8);
	EXPECT_OK(arch_for(MACHINE_X64)->decode(CONTEXT_LINUX_X64, b, 216, false, &r));
	EXPECT_EQ(r.v[X64_R15], 0x500);
	EXPECT_EQ(r.v[X64_RBP], 0x504);
	EXPECT_EQ(r.v[X64_ORIG_RAX], 0x50f);
	EXPECT_EQ(regs_ip(&r), 0x510);
	EXPECT_EQ(regs_sp(&r), 0x513);
	EXPECT_EQ(r.v[X64_FS_BASE], 0x515);
	EXPECT_EQ(r.v[X64_GS], 0x51a);
	EXPECT_ERR(arch_for(MACHINE_X64)->decode(CONTEXT_LINUX_X64, b, 215, false, &r), ERR_TRUNCATED);

	EXPECT_OK(arch_for(MACHINE_ARM64)->decode(CONTEXT_LINUX_ARM64, b, 272, false, &r));
	EXPECT_EQ(r.v[ARM64_LR], 0x500 + 30);
	EXPECT_EQ(regs_sp(&r), 0x500 + 31);
	EXPECT_EQ(regs_ip(&r), 0x500 + 32);
	EXPECT_EQ(r.v[ARM64_CPSR], 0x500 + 33);

	EXPECT_OK(arch_for(MACHINE_RISCV64)->decode(CONTEXT_LINUX_RISCV64, b, 256, false, &r));
	EXPECT_EQ(regs_ip(&r), 0x500);
	EXPECT_EQ(r.v[arch_reg_by_name(r.arch, "ra")], 0x501);
	EXPECT_EQ(regs_sp(&r), 0x502);
	EXPECT_EQ(r.v[arch_reg_by_name(r.arch, "t6")], 0x51f);
	EXPECT(!regs_has(&r, 0));

	EXPECT_OK(arch_for(MACHINE_PPC64)->decode(CONTEXT_LINUX_PPC64, b, 384, false, &r));
	EXPECT_EQ(regs_ip(&r), 0x520);
	EXPECT_EQ(regs_sp(&r), 0x501);
	EXPECT_EQ(r.v[r.arch->ra], 0x524);
	EXPECT_EQ(r.v[arch_reg_by_name(r.arch, "cr")], 0x526);
	EXPECT_EQ(r.v[arch_reg_by_name(r.arch, "dsisr")], 0x52a);
}

TEST(linux_gregsets_of_32_bits)
{
	uint8_t b[72];
	struct regs r;

	for (unsigned i = 0; i < sizeof(b) / 4; i++)
		put(b, 4 * i, 0x500 + i, 4);
	EXPECT_OK(arch_for(MACHINE_X86)->decode(CONTEXT_LINUX_X86, b, 68, false, &r));
	EXPECT_EQ(r.v[X86_EBX], 0x500);
	EXPECT_EQ(r.v[X86_EBP], 0x505);
	EXPECT_EQ(r.v[X86_EAX], 0x506);
	EXPECT_EQ(regs_ip(&r), 0x50c);
	EXPECT_EQ(regs_sp(&r), 0x50f);
	EXPECT_EQ(r.v[X86_SS], 0x510);
	EXPECT_OK(arch_for(MACHINE_ARM)->decode(CONTEXT_LINUX_ARM, b, 72, false, &r));
	EXPECT_EQ(regs_sp(&r), 0x50d);
	EXPECT_EQ(regs_ip(&r), 0x50f);
	EXPECT_EQ(r.v[ARM_CPSR], 0x510);
}

TEST(big_endian_contexts)
{
	uint8_t b[384];
	struct regs r;

	memset(b, 0, sizeof(b));
	put_be(b, 0, 0x0705c00180000000, 8);
	put_be(b, 8, 0x3ff81234, 8);
	put_be(b, 16 + 8 * 15, 0x3ffe000, 8);
	put_be(b, 144 + 4, 0xabcd, 4);
	EXPECT_OK(arch_for(MACHINE_S390X)->decode(CONTEXT_LINUX_S390X, b, 216, true, &r));
	EXPECT_EQ(regs_ip(&r), 0x3ff81234);
	EXPECT_EQ(regs_sp(&r), 0x3ffe000);
	EXPECT_EQ(r.v[arch_reg_by_name(r.arch, "a1")], 0xabcd);

	memset(b, 0, sizeof(b));
	put_be(b, 0, 0x20000001, 4);
	put_be(b, 4, 0x90001234, 4);
	put_be(b, 12 + 4, 0xbfff0000, 4);
	put_be(b, 148, 0x90005678, 4);
	EXPECT_OK(arch_for(MACHINE_PPC)->decode(CONTEXT_BREAKPAD_PPC, b, sizeof(b), true, &r));
	EXPECT_EQ(regs_ip(&r), 0x90001234);
	EXPECT_EQ(regs_sp(&r), 0xbfff0000);
	EXPECT_EQ(r.v[r.arch->ra], 0x90005678);

	memset(b, 0, sizeof(b));
	put_be(b, 0, 0x10000003, 4);
	put_be(b, 8 + 14 * 8, 0xffbe, 8);
	put_be(b, 272, 0x1234, 8);
	EXPECT_OK(arch_for(MACHINE_SPARC)->decode(CONTEXT_BREAKPAD_SPARC, b, sizeof(b), true, &r));
	EXPECT_EQ(regs_ip(&r), 0x1234);
	EXPECT_EQ(regs_sp(&r), 0xffbe);
}

TEST(breakpad_contexts)
{
	uint8_t b[796];
	struct regs r;

	memset(b, 0, sizeof(b));
	put(b, 0, 0x80000006, 8);
	for (unsigned i = 0; i < 33; i++)
		put(b, 8 + 8 * i, 0x100 + i, 8);
	put(b, 272, 0x60000000, 4);
	EXPECT_OK(arch_for(MACHINE_ARM64)->decode(CONTEXT_BREAKPAD_ARM64_OLD, b, sizeof(b), false, &r));
	EXPECT_EQ(regs_ip(&r), 0x120);
	EXPECT_EQ(regs_sp(&r), 0x11f);
	EXPECT_EQ(r.v[ARM64_CPSR], 0x60000000);

	memset(b, 0, sizeof(b));
	put(b, 0, 0x40000006, 4);
	put(b, 4 + 4 * 15, 0x8000, 4);
	EXPECT_OK(arch_for(MACHINE_ARM)->decode(CONTEXT_BREAKPAD_ARM, b, 368, false, &r));
	EXPECT_EQ(regs_ip(&r), 0x8000);

	/* 32-bit MIPS: slots of 64 bits, sign-extended */
	memset(b, 0, sizeof(b));
	put(b, 0, 0x40002, 4);
	put(b, 8 + 8 * 29, 0xffffffff80001000, 8);
	put(b, 312, 0x400100, 8);
	EXPECT_OK(arch_for(MACHINE_MIPS)->decode(CONTEXT_BREAKPAD_MIPS, b, 600, false, &r));
	EXPECT_EQ(regs_sp(&r), 0x80001000);
	EXPECT_EQ(regs_ip(&r), 0x400100);
	EXPECT_OK(arch_for(MACHINE_MIPS64)->decode(CONTEXT_BREAKPAD_MIPS64, b, 600, false, &r));
	EXPECT_EQ(regs_sp(&r), 0xffffffff80001000);

	memset(b, 0, sizeof(b));
	put(b, 0, 0x8000003, 4);
	put(b, 8, 0x10000, 8);
	put(b, 24, 0x7000, 8);
	EXPECT_OK(arch_for(MACHINE_RISCV64)->decode(CONTEXT_BREAKPAD_RISCV64, b, 600, false, &r));
	EXPECT_EQ(regs_ip(&r), 0x10000);
	EXPECT_EQ(regs_sp(&r), 0x7000);

	memset(b, 0, sizeof(b));
	put(b, 0, 0x1000001, 8);
	put(b, 8, 0x10000, 8);
	put(b, 24 + 8, 0x7000, 8);
	EXPECT_OK(arch_for(MACHINE_PPC64)->decode(CONTEXT_BREAKPAD_PPC64, b, 600, false, &r));
	EXPECT_EQ(regs_ip(&r), 0x10000);
	EXPECT_EQ(regs_sp(&r), 0x7000);
	/* flags that claim nothing */
	put(b, 0, 0, 8);
	EXPECT_OK(arch_for(MACHINE_PPC64)->decode(CONTEXT_BREAKPAD_PPC64, b, 600, false, &r));
	EXPECT_EQ(r.valid, 0);
}

/* --- vector registers ------------------------------------------------------------------ */

static const struct vector_reg *find(const struct vector_reg *v, size_t n, const char *name)
{
	for (size_t i = 0; i < n; i++)
		if (!strcmp(v[i].name, name))
			return &v[i];
	return NULL;
}

static void make_fxsave(uint8_t *b)
{
	memset(b, 0, 512);
	put(b, 0, 0x27f, 2);
	put(b, 2, 0x3800, 2);
	put(b, 24, 0x1f80, 4);
	for (unsigned i = 0; i < 8; i++) {
		put(b, 32 + 16 * i, 0x8000000000000000 + i, 8);
		put(b, 40 + 16 * i, 0x3fff, 2);
	}
	for (unsigned i = 0; i < 16; i++)
		put(b, 160 + 16 * i, 0x1000 + i, 8);
}

TEST(vectors_of_win_x64)
{
	struct arena a = ARENA_INIT;
	uint8_t b[1232];
	struct vector_reg *v;
	size_t n;

	make_win_x64(b, 0x10000f);
	make_fxsave(b + 0x100);
	EXPECT_OK(arch_for(MACHINE_X64)->vectors(CONTEXT_WIN_X64, b, sizeof(b), NULL, 0, &a, &v, &n));
	EXPECT_EQ(n, 28);
	EXPECT_EQ(find(v, n, "mxcsr")->bytes[1], 0x1f);
	EXPECT_EQ(find(v, n, "st7")->bytes[0], 7);
	EXPECT_EQ(find(v, n, "st7")->bytes[9], 0x3f);
	EXPECT_EQ(find(v, n, "st7")->bits, 80);
	EXPECT_EQ(find(v, n, "st7")->kind, VREG_X87);
	EXPECT_EQ(find(v, n, "xmm15")->bytes[0], 0x0f);
	EXPECT_EQ(find(v, n, "xmm15")->bits, 128);
	/* not claimed: none; claimed but cut off: an error */
	put(b, 0x30, 0x100001, 4);
	EXPECT_OK(arch_for(MACHINE_X64)->vectors(CONTEXT_WIN_X64, b, sizeof(b), NULL, 0, &a, &v, &n));
	EXPECT_EQ(n, 0);
	put(b, 0x30, 0x10000f, 4);
	EXPECT_ERR(arch_for(MACHINE_X64)->vectors(CONTEXT_WIN_X64, b, 0x2ff, NULL, 0, &a, &v, &n),
		   ERR_TRUNCATED);
	arena_deinit(&a);
}

TEST(vectors_of_win_x64_with_context_ex)
{
	struct arena a = ARENA_INIT;
	uint8_t b[1232 + 24 + 64 + 256] = { 0 };
	struct vector_reg *v;
	size_t n;

	make_win_x64(b, 0x10004f);
	make_fxsave(b + 0x100);
	put(b, 1232 + 16, 24, 4);	/* XState, from CONTEXT_EX */
	put(b, 1232 + 20, 64 + 256, 4);
	put(b, 1256, 4, 8);		/* AVX */
	put(b, 1264, 0x8000000000000004, 8);
	for (unsigned i = 0; i < 16; i++)
		put(b, 1256 + 64 + 16 * i, 0x2000 + i, 8);
	EXPECT_OK(arch_for(MACHINE_X64)->vectors(CONTEXT_WIN_X64, b, sizeof(b), NULL, 0, &a, &v, &n));
	EXPECT_EQ(find(v, n, "ymm3")->bits, 256);
	EXPECT_EQ(find(v, n, "ymm3")->bytes[0], 3);
	EXPECT_EQ(find(v, n, "ymm3")->bytes[1], 0x10);
	EXPECT_EQ(find(v, n, "ymm3")->bytes[16], 3);
	EXPECT_EQ(find(v, n, "ymm3")->bytes[17], 0x20);
	EXPECT(!find(v, n, "zmm0"));
	/* a CONTEXT_EX that points out of the record is passed over */
	put(b, 1232 + 16, 0x7fffffff, 4);
	EXPECT_OK(arch_for(MACHINE_X64)->vectors(CONTEXT_WIN_X64, b, sizeof(b), NULL, 0, &a, &v, &n));
	EXPECT(find(v, n, "xmm3") && !find(v, n, "ymm3"));
	put(b, 1232 + 16, 0xfffffff0, 4);
	EXPECT_OK(arch_for(MACHINE_X64)->vectors(CONTEXT_WIN_X64, b, sizeof(b), NULL, 0, &a, &v, &n));
	EXPECT(!find(v, n, "ymm3"));
	arena_deinit(&a);
}

/* Intel's and AMD's standard layouts of an AVX-512 machine, told apart by size. */
static void check_avx512(size_t size, size_t k, size_t hi256, size_t hi16)
{
	struct arena a = ARENA_INIT;
	uint8_t b[2696] = { 0 }, gregs[216] = { 0 };
	struct vector_reg *v;
	size_t n;

	make_fxsave(b);
	put(b, 512, 0xe7, 8);
	put(b, 576 + 16 * 2, 0x2222, 8);
	put(b, k + 8 * 1, 0xff01, 8);
	put(b, hi256 + 32 * 2, 0x3333, 8);
	put(b, hi16 + 64 * 15, 0x4444, 8);
	EXPECT_OK(arch_for(MACHINE_X64)->vectors(CONTEXT_LINUX_X64, gregs, sizeof(gregs), b, size, &a,
						 &v, &n));
	EXPECT_EQ(find(v, n, "ymm2")->bytes[16], 0x22);
	EXPECT_EQ(find(v, n, "k1")->bytes[1], 0xff);
	EXPECT_EQ(find(v, n, "zmm2")->bits, 512);
	EXPECT_EQ(find(v, n, "zmm2")->bytes[0], 2);
	EXPECT_EQ(find(v, n, "zmm2")->bytes[16], 0x22);
	EXPECT_EQ(find(v, n, "zmm2")->bytes[32], 0x33);
	EXPECT_EQ(find(v, n, "zmm31")->bytes[0], 0x44);
	arena_deinit(&a);
}

TEST(vectors_of_linux_xsave)
{
	check_avx512(2696, 1088, 1152, 1664);
	check_avx512(2440, 832, 896, 1408);
}

TEST(vectors_of_linux_notes)
{
	struct arena a = ARENA_INIT;
	uint8_t b[520] = { 0 }, gregs[272] = { 0 };
	struct vector_reg *v;
	size_t n;

	EXPECT_OK(arch_for(MACHINE_X64)->vectors(CONTEXT_LINUX_X64, gregs, 216, NULL, 0, &a, &v, &n));
	EXPECT_EQ(n, 0);
	EXPECT_ERR(arch_for(MACHINE_X64)->vectors(CONTEXT_LINUX_X64, gregs, 216, b, 300, &a, &v, &n),
		   ERR_TRUNCATED);
	put(b, 0, 0x37f, 2);
	put(b, 28 + 10 * 3, 0x1234, 8);
	EXPECT_OK(arch_for(MACHINE_X86)->vectors(CONTEXT_LINUX_X86, gregs, 68, b, 108, &a, &v, &n));
	EXPECT_EQ(find(v, n, "fpcw")->bytes[1], 3);
	EXPECT_EQ(find(v, n, "st3")->bytes[1], 0x12);
	for (unsigned i = 0; i < 32; i++)
		put(b, 16 * i, 0x900 + i, 8);
	put(b, 512, 0x11, 4);
	put(b, 516, 0x22, 4);
	EXPECT_OK(arch_for(MACHINE_ARM64)->vectors(CONTEXT_LINUX_ARM64, gregs, 272, b, 520, &a, &v, &n));
	EXPECT_EQ(n, 34);
	EXPECT_EQ(find(v, n, "v31")->bytes[0], 31);
	EXPECT_EQ(find(v, n, "fpsr")->bytes[0], 0x11);
	EXPECT_EQ(find(v, n, "fpcr")->bytes[0], 0x22);
	arena_deinit(&a);
}

TEST(vectors_of_arm_contexts)
{
	struct arena a = ARENA_INIT;
	uint8_t b[912] = { 0 };
	struct vector_reg *v;
	size_t n;

	put(b, 0, 0x400007, 4);
	for (unsigned i = 0; i < 32; i++)
		put(b, 0x110 + 16 * i, 0xabc0 + i, 8);
	put(b, 0x314, 0x5a, 4);
	EXPECT_OK(arch_for(MACHINE_ARM64)->vectors(CONTEXT_WIN_ARM64, b, 912, NULL, 0, &a, &v, &n));
	EXPECT_EQ(find(v, n, "v7")->bytes[0], 0xc7);
	EXPECT_EQ(find(v, n, "fpsr")->bytes[0], 0x5a);
	EXPECT_ERR(arch_for(MACHINE_ARM64)->vectors(CONTEXT_WIN_ARM64, b, 0x300, NULL, 0, &a, &v, &n),
		   ERR_TRUNCATED);
	EXPECT_OK(arch_for(MACHINE_ARM)->vectors(CONTEXT_WIN_ARM, b, 416, NULL, 0, &a, &v, &n));
	EXPECT_EQ(n, 17);
	EXPECT_EQ(find(v, n, "q0")->bits, 128);
	put(b, 0, 0x400003, 4);
	EXPECT_OK(arch_for(MACHINE_ARM64)->vectors(CONTEXT_WIN_ARM64, b, 912, NULL, 0, &a, &v, &n));
	EXPECT_EQ(n, 0);
	arena_deinit(&a);
}

TESTS(every_machine_has_a_row, names_are_unique, parts_of_registers, parts_of_arm64_registers,
      dwarf_numbers, win_x64_context, win_x64_context_obeys_its_flags,
      contexts_that_are_short_or_foreign, win_x86_context, win_arm64_context, win_arm_context,
      linux_gregsets, linux_gregsets_of_32_bits, big_endian_contexts, breakpad_contexts,
      vectors_of_win_x64, vectors_of_win_x64_with_context_ex, vectors_of_linux_xsave,
      vectors_of_linux_notes, vectors_of_arm_contexts)
