/* SPDX-License-Identifier: MIT */
/* Unwinding by frame pointers and by scan; return addresses behind calls. */
#include "test.h"

#include "unwind/memory.h"

static struct mem mem;
static const struct arch_memory am = { mem_read, &mem };
static struct regs r, caller;
static struct unwind_result res;

#define STACK 0x7ff0001000ull
#define STACK32 0x7ff000ull
#define CODE 0x401000ull

static void reset(enum machine m)
{
	uint64_t stack = machine_pointer_size(m) == 8 ? STACK : STACK32;

	mem = (struct mem){ .ranges = { { .base = stack, .size = 0x1000 },
					{ .base = CODE, .size = 0x1000 } } };
	r = (struct regs){ .arch = arch_for(m) };
	regs_set(&r, r.arch->ip, CODE);
	regs_set(&r, r.arch->sp, stack);
}

TEST(frame_pointers_of_x64)
{
	reset(MACHINE_X64);
	regs_set(&r, X64_RBP, STACK + 0x100);
	mem_put(&mem, STACK + 0x100, STACK + 0x200, 8);
	mem_put(&mem, STACK + 0x108, CODE + 0x10, 8);
	EXPECT_OK(fp_unwind(&am, &r, &caller, &res));
	EXPECT_EQ(regs_ip(&caller), CODE + 0x10);
	EXPECT_EQ(regs_sp(&caller), STACK + 0x110);
	EXPECT_EQ(caller.v[X64_RBP], STACK + 0x200);
	EXPECT_EQ(res.frame, STACK + 0x100);
	EXPECT_EQ(res.return_slot, STACK + 0x108);
	EXPECT_EQ(res.trust, TRUST_FRAME_POINTER);
	EXPECT(!regs_has(&caller, X64_RBX)); /* nobody says that it is kept */
	mem_put(&mem, STACK + 0x108, 0, 8);
	EXPECT_OK(fp_unwind(&am, &r, &caller, &res));
	EXPECT(res.end);
}

TEST(frame_pointers_that_are_none)
{
	static const uint64_t bad[] = { 0, STACK - 8, STACK + 0x104, STACK + (64 << 20),
					0xffffffffffffff00u };

	reset(MACHINE_X64);
	EXPECT_ERR(fp_unwind(&am, &r, &caller, &res), ERR_NOTFOUND);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		regs_set(&r, X64_RBP, bad[i]);
		EXPECT_ERR(fp_unwind(&am, &r, &caller, &res), ERR_CORRUPT);
	}
	regs_set(&r, X64_RBP, STACK + 0x1000);
	EXPECT_ERR(fp_unwind(&am, &r, &caller, &res), ERR_FAULT);
	r.arch = arch_for(MACHINE_MIPS);
	EXPECT_ERR(fp_unwind(&am, &r, &caller, &res), ERR_UNSUPPORTED);
}

TEST(frame_pointers_of_x86_and_arm64)
{
	reset(MACHINE_X86);
	regs_set(&r, X86_EBP, STACK32);
	mem_put(&mem, STACK32, STACK32 + 0x20, 4);
	mem_put(&mem, STACK32 + 4, CODE + 5, 4);
	EXPECT_OK(fp_unwind(&am, &r, &caller, &res));
	EXPECT_EQ(regs_ip(&caller), CODE + 5);
	EXPECT_EQ(regs_sp(&caller), STACK32 + 8);
	EXPECT_EQ(caller.v[X86_EBP], STACK32 + 0x20);

	reset(MACHINE_ARM64);
	regs_set(&r, ARM64_X29, STACK + 0x40);
	regs_set(&r, ARM64_PC, 0xffff80001234);
	mem_put(&mem, STACK + 0x40, STACK + 0x80, 8);
	mem_put(&mem, STACK + 0x48, 0x003affff80005678, 8); /* signed */
	EXPECT_OK(fp_unwind(&am, &r, &caller, &res));
	EXPECT_EQ(regs_ip(&caller), 0xffff80005678);
	EXPECT_EQ(regs_sp(&caller), STACK + 0x50);
	EXPECT(!regs_has(&caller, ARM64_LR));
	/* addresses of 39 bits: the signature begins below bit 48 */
	regs_set(&r, ARM64_PC, 0x7ab0001234);
	mem_put(&mem, STACK + 0x48, 0x002a817ab0005678, 8);
	EXPECT_OK(fp_unwind(&am, &r, &caller, &res));
	EXPECT_EQ(regs_ip(&caller), 0x7ab0005678);
	/* of the kernel */
	mem_put(&mem, STACK + 0x48, 0x3b9affc010005678, 8);
	EXPECT_OK(fp_unwind(&am, &r, &caller, &res));
	EXPECT_EQ(regs_ip(&caller), 0xffffffc010005678);
}

TEST(frame_pointers_of_arm)
{
	/* r11 as clang keeps it */
	reset(MACHINE_ARM);
	regs_set(&r, ARM_R11, STACK32 + 0x40);
	mem_put(&mem, STACK32 + 0x40, STACK32 + 0x80, 4);
	mem_put(&mem, STACK32 + 0x44, CODE + 0x21, 4);
	EXPECT_OK(fp_unwind(&am, &r, &caller, &res));
	EXPECT_EQ(regs_ip(&caller), CODE + 0x20);
	EXPECT_EQ(regs_sp(&caller), STACK32 + 0x48);
	EXPECT_EQ(caller.v[ARM_R11], STACK32 + 0x80);
	/* r7 of Thumb code; r11 is something else */
	regs_set(&r, ARM_R11, 7);
	regs_set(&r, ARM_R0 + 7, STACK32 + 0x40);
	EXPECT_OK(fp_unwind(&am, &r, &caller, &res));
	EXPECT_EQ(caller.v[7], STACK32 + 0x80);
	/* as GCC keeps it: [fp] return address, [fp-4] saved fp */
	reset(MACHINE_ARM);
	regs_set(&r, ARM_R11, STACK32 + 0x44);
	mem_put(&mem, STACK32 + 0x40, STACK32 + 0x80, 4);
	mem_put(&mem, STACK32 + 0x44, CODE + 0x20, 4);
	EXPECT_OK(fp_unwind(&am, &r, &caller, &res));
	EXPECT_EQ(regs_ip(&caller), CODE + 0x20);
	EXPECT_EQ(regs_sp(&caller), STACK32 + 0x48);
	EXPECT_EQ(caller.v[ARM_R11], STACK32 + 0x80);
	regs_set(&r, ARM_R11, 3);
	EXPECT_ERR(fp_unwind(&am, &r, &caller, &res), ERR_NOTFOUND);
}

static bool in_code(void *arg, uint64_t address)
{
	++*(unsigned *)arg;
	return address > CODE && address < CODE + 0x1000;
}

TEST(scan)
{
	unsigned asked = 0;

	reset(MACHINE_X64);
	mem_put(&mem, STACK + 0x30, 0x1234, 8);
	mem_put(&mem, STACK + 0x40, STACK + 0x90, 8);
	mem_put(&mem, STACK + 0x48, CODE + 0x50, 8);
	EXPECT_OK(scan_unwind(&am, &r, 40, in_code, &asked, &caller, &res));
	EXPECT_EQ(asked, 3);
	EXPECT_EQ(regs_ip(&caller), CODE + 0x50);
	EXPECT_EQ(regs_sp(&caller), STACK + 0x50);
	EXPECT_EQ(caller.v[X64_RBP], STACK + 0x90); /* pushed below the return address */
	EXPECT_EQ(res.trust, TRUST_SCAN);
	EXPECT_EQ(res.return_slot, STACK + 0x48);
	EXPECT_ERR(scan_unwind(&am, &r, 9, in_code, &asked, &caller, &res), ERR_NOTFOUND);
	/* an unaligned stack pointer is rounded up */
	regs_set(&r, X64_RSP, STACK + 0x41);
	mem_put(&mem, STACK + 0x40, 0, 8);
	EXPECT_OK(scan_unwind(&am, &r, 9, in_code, &asked, &caller, &res));
	EXPECT_EQ(regs_sp(&caller), STACK + 0x50);
	EXPECT(!regs_has(&caller, X64_RBP));
	regs_set(&r, X64_RBP, STACK + 0x200);
	EXPECT_OK(scan_unwind(&am, &r, 9, in_code, &asked, &caller, &res));
	EXPECT_EQ(caller.v[X64_RBP], STACK + 0x200); /* kept by those above */
	/* the end of what is there ends it */
	regs_set(&r, X64_RSP, STACK + 0xff0);
	EXPECT_ERR(scan_unwind(&am, &r, 0xffffffff, in_code, &asked, &caller, &res), ERR_NOTFOUND);
	regs_set(&r, X64_RSP, 0xfffffffffffffff9u);
	EXPECT_ERR(scan_unwind(&am, &r, 0xffffffff, in_code, &asked, &caller, &res), ERR_NOTFOUND);
}

static bool behind_call(enum machine m, const char *code, size_t n, unsigned thumb)
{
	reset(m);
	mem_copy(&mem, CODE + 0x100 - n, code, n);
	return after_call(arch_for(m), &am, (CODE + 0x100) | thumb);
}
#define CALL(m, code) behind_call(m, code, sizeof(code) - 1, 0)

TEST(calls)
{
	EXPECT(CALL(MACHINE_X64, "\xe8\x00\x01\x00\x00"));
	EXPECT(CALL(MACHINE_X64, "\xff\x15\x00\x01\x00\x00"));
	EXPECT(CALL(MACHINE_X64, "\xff\xd0"));
	EXPECT(CALL(MACHINE_X64, "\x41\xff\xd2"));
	EXPECT(CALL(MACHINE_X64, "\x48\xff\xd2"));
	EXPECT(CALL(MACHINE_X64, "\xff\x50\x18"));
	EXPECT(CALL(MACHINE_X64, "\xff\x90\x00\x01\x00\x00"));
	EXPECT(CALL(MACHINE_X64, "\x41\xff\x94\x24\x00\x01\x00\x00"));
	EXPECT(CALL(MACHINE_X64, "\xff\x14\xc8"));
	EXPECT(!CALL(MACHINE_X64, "\xff\xe0"));			/* jmp */
	EXPECT(!CALL(MACHINE_X64, "\x90\x90\x90\x90\x90\x90"));
	EXPECT(!CALL(MACHINE_X64, "\xe8\x00\x01\x00"));
	EXPECT(!CALL(MACHINE_X64, "\xe9\x00\x01\x00\x00"));
	EXPECT(CALL(MACHINE_X86, "\xe8\x00\x01\x00\x00"));
	EXPECT(CALL(MACHINE_X86, "\xff\x15\x00\x10\x40\x00"));
	EXPECT(CALL(MACHINE_X86, "\xff\x54\x24\x08"));
	EXPECT(CALL(MACHINE_X86, "\x9a\x11\x22\x33\x44\x08\x00"));
	EXPECT(!CALL(MACHINE_X64, "\x9a\x11\x22\x33\x44\x08\x00"));
	EXPECT(CALL(MACHINE_ARM64, "\x40\x00\x00\x94"));
	EXPECT(CALL(MACHINE_ARM64, "\x00\x01\x3f\xd6"));
	EXPECT(CALL(MACHINE_ARM64, "\x1f\x09\x3f\xd6"));	/* blraaz x8 */
	EXPECT(!CALL(MACHINE_ARM64, "\x00\x01\x1f\xd6"));
	EXPECT(!CALL(MACHINE_ARM64, "\xc0\x03\x5f\xd6"));
	EXPECT(CALL(MACHINE_ARM, "\x00\x00\x00\xeb"));
	EXPECT(CALL(MACHINE_ARM, "\x33\xff\x2f\xe1"));
	EXPECT(!CALL(MACHINE_ARM, "\x00\x00\x00\xea"));
	EXPECT(behind_call(MACHINE_ARM, "\x00\xf0\x02\xf8", 4, 1));
	EXPECT(behind_call(MACHINE_ARM, "\x00\xf0\x02\xe8", 4, 1));
	EXPECT(behind_call(MACHINE_ARM, "\x98\x47", 2, 1));
	EXPECT(!behind_call(MACHINE_ARM, "\x18\x47", 2, 1));
	EXPECT(!CALL(MACHINE_MIPS, "\x00\x00\x00\x0c"));
	/* at the edges of what is there */
	reset(MACHINE_X64);
	EXPECT(!after_call(arch_for(MACHINE_X64), &am, CODE));
	EXPECT(!after_call(arch_for(MACHINE_X64), &am, 1));
	EXPECT(!after_call(arch_for(MACHINE_ARM64), &am, 0));
	mem_put(&mem, CODE, 0xd0ff, 2);
	EXPECT(after_call(arch_for(MACHINE_X64), &am, CODE + 2));
}

TESTS(frame_pointers_of_x64, frame_pointers_that_are_none, frame_pointers_of_x86_and_arm64,
      frame_pointers_of_arm, scan, calls)
