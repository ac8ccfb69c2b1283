/* SPDX-License-Identifier: MIT */
/* x86 frames by the code at eip: epilogs, prologs, what a ret takes away. */
#include "test.h"

#include "unwind/memory.h"

enum { STACK = 0x12f000, CODE = 0x401000, SIZE = 0x1000 };

static struct mem mem;
static const struct arch_memory am = { mem_read, &mem };
static struct regs r, caller;
static struct unwind_result res;
static uint32_t pops;

/* Stack words hold their own address; code is int3 but for these bytes at eip. */
static void reset(const char *bytes, size_t n)
{
	mem = (struct mem){ .ranges = { { .base = STACK, .size = SIZE }, { .base = CODE, .size = SIZE } } };
	for (uint64_t a = STACK; a < STACK + SIZE; a += 4)
		mem_put(&mem, a, a, 4);
	memset(mem.ranges[1].bytes, 0xcc, SIZE);
	memcpy(mem.ranges[1].bytes + 0x100, bytes, n);
	r = (struct regs){ .arch = arch_for(MACHINE_X86) };
	for (unsigned i = 0; i < X86_N_REGS; i++)
		regs_set(&r, i, 0x100 + i);
	regs_set(&r, X86_EIP, CODE + 0x100);
	regs_set(&r, X86_ESP, STACK + 0x100);
	regs_set(&r, X86_EBP, STACK + 0x200);
	pops = 0x777;
}

static struct err *epilog(void)
{
	return x86_unwind_epilog(&am, &r, &caller, &res, &pops);
}
#define EPILOG(bytes) (reset(bytes, sizeof(bytes) - 1), epilog())
#define PROLOG(bytes) (reset(bytes, sizeof(bytes) - 1), x86_unwind_prolog(&am, &r, &caller, &res))

TEST(returns)
{
	EXPECT_OK(EPILOG("\xc3"));
	EXPECT_EQ(regs_ip(&caller), STACK + 0x100);
	EXPECT_EQ(regs_sp(&caller), STACK + 0x104);
	EXPECT_EQ(caller.v[X86_EBP], STACK + 0x200);
	EXPECT_EQ(res.return_slot, STACK + 0x100);
	EXPECT_EQ(res.frame, STACK + 0xfc);
	EXPECT_EQ(res.trust, TRUST_CFI);
	EXPECT_EQ(pops, 0);
	EXPECT(!regs_has(&caller, X86_EAX) && regs_has(&caller, X86_EBX));
	/* the parameters are still there: they are the caller's */
	EXPECT_OK(EPILOG("\xc2\x14\x00"));
	EXPECT_EQ(regs_sp(&caller), STACK + 0x104);
	EXPECT_EQ(pops, 0x14);
	EXPECT_OK(EPILOG("\xf3\xc3"));
}

TEST(epilogs)
{
	/* add esp,10; pop edi; pop esi; pop ebp; ret 8 */
	EXPECT_OK(EPILOG("\x83\xc4\x10\x5f\x5e\x5d\xc2\x08\x00"));
	EXPECT_EQ(caller.v[X86_EDI], STACK + 0x110);
	EXPECT_EQ(caller.v[X86_ESI], STACK + 0x114);
	EXPECT_EQ(caller.v[X86_EBP], STACK + 0x118);
	EXPECT_EQ(regs_ip(&caller), STACK + 0x11c);
	EXPECT_EQ(regs_sp(&caller), STACK + 0x120);
	EXPECT_EQ(pops, 8);
	EXPECT_OK(EPILOG("\x81\xc4\x00\x02\x00\x00\x90\xc3"));
	EXPECT_EQ(regs_ip(&caller), STACK + 0x300);
	/* leave */
	EXPECT_OK(EPILOG("\xc9\xc3"));
	EXPECT_EQ(caller.v[X86_EBP], STACK + 0x200);
	EXPECT_EQ(regs_ip(&caller), STACK + 0x204);
	EXPECT_EQ(res.frame, STACK + 0x200);
	/* mov esp,ebp; pop ebp */
	EXPECT_OK(EPILOG("\x8b\xe5\x5d\xc3"));
	EXPECT_EQ(regs_ip(&caller), STACK + 0x204);
	/* lea esp,[ebp-8]; pop ebx; pop esi; pop ebp */
	EXPECT_OK(EPILOG("\x8d\x65\xf8\x5b\x5e\x5d\xc3"));
	EXPECT_EQ(caller.v[X86_EBX], STACK + 0x1f8);
	EXPECT_EQ(regs_ip(&caller), STACK + 0x204);
}

TEST(what_is_no_epilog)
{
	EXPECT_ERR(EPILOG("\x40\xc3"), ERR_NOTFOUND);		/* inc eax */
	EXPECT_ERR(EPILOG("\x5d\xe9\x00\x00\x00\x00\xc3"), ERR_NOTFOUND);
	EXPECT_ERR(EPILOG("\x5c\xc3"), ERR_NOTFOUND);		/* pop esp */
	EXPECT_ERR(EPILOG("\x83\xc4\xf0\xc3"), ERR_CORRUPT);	/* leads down */
	/* ebp is needed, and not known */
	reset("\xc9\xc3", 2);
	regs_forget(&r, X86_EBP);
	EXPECT_ERR(epilog(), ERR_NOTFOUND);
	/* code and stack that end */
	reset("", 0);
	mem_put(&mem, CODE + SIZE - 2, 0xc483, 2);
	regs_set(&r, X86_EIP, CODE + SIZE - 2);
	EXPECT_ERR(epilog(), ERR_NOTFOUND);
	regs_set(&r, X86_EIP, 0x900000);
	EXPECT_ERR(epilog(), ERR_NOTFOUND);
	reset("\x5d\xc3", 2);
	regs_set(&r, X86_ESP, STACK + SIZE);
	EXPECT_ERR(epilog(), ERR_NOTFOUND);
	reset("\xc3", 1);
	regs_set(&r, X86_ESP, STACK + SIZE);
	EXPECT_ERR(epilog(), ERR_FAULT);
}

TEST(prologs)
{
	EXPECT_OK(PROLOG("\x55\x8b\xec"));
	EXPECT_EQ(regs_ip(&caller), STACK + 0x100);
	EXPECT_EQ(caller.v[X86_EBP], STACK + 0x200);
	EXPECT_EQ(res.trust, TRUST_FRAME_POINTER);
	EXPECT_OK(PROLOG("\x8b\xff\x55\x89\xe5"));
	EXPECT_EQ(regs_ip(&caller), STACK + 0x100);
	/* ebp has been pushed */
	reset("\x89\xe5", 2);
	mem_put(&mem, CODE + 0xff, 0x55, 1);
	EXPECT_OK(x86_unwind_prolog(&am, &r, &caller, &res));
	EXPECT_EQ(caller.v[X86_EBP], STACK + 0x100);
	EXPECT_EQ(regs_ip(&caller), STACK + 0x104);
	/* no push before it */
	EXPECT_ERR(PROLOG("\x89\xe5"), ERR_NOTFOUND);
	EXPECT_ERR(PROLOG("\x55\x53"), ERR_NOTFOUND);
}

static struct err *return_pops(const char *bytes, size_t n, uint64_t size)
{
	reset(bytes, n);
	return x86_return_pops(&am, CODE + 0x100, CODE + 0x100, CODE + 0x100 + size, &pops);
}
#define RETURN_POPS(bytes, size) return_pops(bytes, sizeof(bytes) - 1, size)

TEST(bytes_that_a_return_takes_away)
{
	/* test eax,eax; je +1; nop; ret 0c */
	EXPECT_OK(RETURN_POPS("\x85\xc0\x74\x01\x90\xc2\x0c\x00", 0x40));
	EXPECT_EQ(pops, 0xc);
	/* jmp over an int3 */
	EXPECT_OK(RETURN_POPS("\xeb\x01\xcc\xc2\x04\x00", 0x40));
	EXPECT_EQ(pops, 4);
	/* tail jump, jump to nowhere, end of the function, padding, a loop */
	EXPECT_ERR(RETURN_POPS("\xe9\x00\x08\x00\x00\xc3", 0x40), ERR_NOTFOUND);
	EXPECT_ERR(RETURN_POPS("\xff\xe0\xc3", 0x40), ERR_NOTFOUND);
	EXPECT_ERR(RETURN_POPS("\x90\x90\xc3", 2), ERR_NOTFOUND);
	EXPECT_ERR(RETURN_POPS("\x90\xcc\xc3", 0x40), ERR_NOTFOUND);
	EXPECT_ERR(RETURN_POPS("\xeb\xfe\xc3", 0x40), ERR_NOTFOUND);
}

TEST(copied_return_addresses)
{
	reset("", 0);
	/* [ebp] a frame above, [ebp+4] a copy of what is at ebp+10 */
	regs_set(&r, X86_EBP, STACK + 0x208);
	mem_put(&mem, STACK + 0x208, STACK + 0x300, 4);
	mem_put(&mem, STACK + 0x20c, CODE + 0x55, 4);
	mem_put(&mem, STACK + 0x218, CODE + 0x55, 4);
	EXPECT_OK(fp_unwind(&am, &r, &caller, &res));
	EXPECT_EQ(regs_ip(&caller), CODE + 0x55);
	EXPECT_EQ(regs_sp(&caller), STACK + 0x21c);
	EXPECT_EQ(res.return_slot, STACK + 0x218);
	EXPECT_EQ(res.frame, STACK + 0x208);
	/* a recursion: the frame above has the same return address */
	mem_put(&mem, STACK + 0x208, STACK + 0x214, 4);
	EXPECT_OK(fp_unwind(&am, &r, &caller, &res));
	EXPECT_EQ(regs_sp(&caller), STACK + 0x210);
	/* not aligned, so no copy */
	regs_set(&r, X86_EBP, STACK + 0x204);
	mem_put(&mem, STACK + 0x204, STACK + 0x300, 4);
	mem_put(&mem, STACK + 0x208, CODE + 0x55, 4);
	EXPECT_OK(fp_unwind(&am, &r, &caller, &res));
	EXPECT_EQ(regs_sp(&caller), STACK + 0x20c);
}

TESTS(returns, epilogs, what_is_no_epilog, prologs, bytes_that_a_return_takes_away,
      copied_return_addresses)
