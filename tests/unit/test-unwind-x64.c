/* SPDX-License-Identifier: MIT */
/* x64 unwind codes one by one, versions 1 and 2, and hostile tables. What real
 * functions do is in test-unwind-emulate.c. */
#include "test.h"

#include "unwind/memory.h"
#include <stdlib.h>

enum { PDATA = 0x1000, XDATA = 0x2000, CODE = 0x100, STACK_WORDS = 0x800 };
#define BASE 0x140000000ull
#define STACK 0x7ff000ull

static struct mem mem;
static const struct arch_memory am = { mem_read, &mem };
static struct unwind_image image = { .base = BASE, .size = 0x4000, .pdata_rva = PDATA };
static struct regs r, caller;
static struct unwind_result res;

/* An image of nops; a stack whose words are their own index + 0x5000. */
static void reset(void)
{
	mem = (struct mem){ .ranges = { { .base = BASE, .size = 0x4000 },
					{ .base = STACK, .size = STACK_WORDS * 8 } } };
	memset(mem.ranges[0].bytes, 0x90, 0x1000);
	for (uint64_t i = 0; i < STACK_WORDS; i++)
		mem_put(&mem, STACK + 8 * i, 0x5000 + i, 8);
	image.pdata_size = 0;
	r = (struct regs){ .arch = arch_for(MACHINE_X64) };
	for (unsigned i = 0; i < X64_N_REGS; i++)
		regs_set(&r, i, 0x100 + i);
	regs_set(&r, X64_RSP, STACK);
}

static void add_entry(uint32_t begin, uint32_t end, uint32_t info)
{
	uint64_t at = BASE + PDATA + image.pdata_size;

	mem_put(&mem, at, begin, 4);
	mem_put(&mem, at + 4, end, 4);
	mem_put(&mem, at + 8, info, 4);
	image.pdata_size += 12;
}

static void add_info(uint32_t rva, const char *hex)
{
	for (; *hex; hex += 2, rva++) {
		char two[3] = { hex[0], hex[1], 0 };

		mem_put(&mem, BASE + rva, strtoul(two, NULL, 16), 1);
	}
}

/* One function CODE..CODE+0x100 with this info; unwound at `offset`. */
static struct err *unwind_one(const char *info, uint32_t offset)
{
	image.pdata_size = 0;
	add_entry(CODE, CODE + 0x100, XDATA);
	add_info(XDATA, info);
	regs_set(&r, X64_RIP, BASE + CODE + offset);
	return x64_unwind(&am, &image, false, &r, &caller, &res);
}

#define EXPECT_CALLER(ip, sp)                                                  \
	do {                                                                   \
		EXPECT_EQ(regs_ip(&caller), ip);                               \
		EXPECT_EQ(regs_sp(&caller), sp);                               \
	} while (0)

TEST(leaf)
{
	reset();
	add_entry(0x800, 0x900, XDATA);
	regs_set(&r, X64_RIP, BASE + CODE);
	EXPECT_OK(x64_unwind(&am, &image, true, &r, &caller, &res));
	EXPECT_CALLER(0x5000, STACK + 8);
	EXPECT_EQ(res.return_slot, STACK);
	EXPECT_EQ(res.trust, TRUST_CFI);
	EXPECT(regs_has(&caller, X64_RBX) && !regs_has(&caller, X64_RAX));
	EXPECT(!regs_has(&caller, X64_R11) && regs_has(&caller, X64_GS));
	EXPECT_ERR(x64_unwind(&am, &image, false, &r, &caller, &res), ERR_NOTFOUND);
}

TEST(outside_and_without_table)
{
	reset();
	regs_set(&r, X64_RIP, BASE + CODE);
	EXPECT_ERR(x64_unwind(&am, &image, true, &r, &caller, &res), ERR_NOTFOUND);
	add_entry(CODE, CODE + 0x100, XDATA);
	add_info(XDATA, "01000000");
	regs_set(&r, X64_RIP, BASE + 0x4000);
	EXPECT_ERR(x64_unwind(&am, &image, true, &r, &caller, &res), ERR_NOTFOUND);
	regs_set(&r, X64_RIP, BASE - 1);
	EXPECT_ERR(x64_unwind(&am, &image, true, &r, &caller, &res), ERR_NOTFOUND);
	regs_forget(&r, X64_RIP);
	EXPECT_ERR(x64_unwind(&am, &image, true, &r, &caller, &res), ERR_NOTFOUND);
	/* the table is said to lie where nothing is: not a leaf, but unknown */
	reset();
	image.pdata_rva = 0x3ff0;
	image.pdata_size = 0x100;
	regs_set(&r, X64_RIP, BASE + CODE);
	EXPECT_ERR(x64_unwind(&am, &image, true, &r, &caller, &res), ERR_NOTFOUND);
	image.pdata_rva = PDATA;
}

/* push rbx; push rdi; sub rsp,20h */
TEST(pushes_and_small_allocation)
{
	reset();
	EXPECT_OK(unwind_one("01060300" "0632" "0270" "0130", 0x40));
	EXPECT_CALLER(0x5006, STACK + 0x38);
	EXPECT_EQ(caller.v[X64_RDI], 0x5004);
	EXPECT_EQ(caller.v[X64_RBX], 0x5005);
	EXPECT_EQ(res.frame, STACK);
	/* prolog: after push rdi; after push rbx; before */
	EXPECT_OK(unwind_one("01060300" "0632" "0270" "0130", 2));
	EXPECT_CALLER(0x5002, STACK + 0x18);
	EXPECT_OK(unwind_one("01060300" "0632" "0270" "0130", 1));
	EXPECT_CALLER(0x5001, STACK + 0x10);
	EXPECT_EQ(caller.v[X64_RBX], 0x5000);
	EXPECT_EQ(caller.v[X64_RDI], 0x100 + X64_RDI);
	EXPECT_OK(unwind_one("01060300" "0632" "0270" "0130", 0));
	EXPECT_CALLER(0x5000, STACK + 8);
}

TEST(large_allocations)
{
	reset();
	EXPECT_OK(unwind_one("01070200" "0701" "2001", 0x40)); /* 0x120 * 8 */
	EXPECT_CALLER(0x5120, STACK + 0x908);
	EXPECT_OK(unwind_one("01070300" "0711" "10100000", 0x40)); /* 0x1010 */
	EXPECT_CALLER(0x5000 + 0x202, STACK + 0x1018);
	EXPECT_ERR(unwind_one("01070300" "0721" "10100000", 0x40), ERR_CORRUPT);
}

TEST(saves_by_mov)
{
	reset();
	/* sub rsp,28h; mov [rsp+30h],rbx; mov [rsp+48h],r15 (far form); xmm6 */
	EXPECT_OK(unwind_one("01100800" "1068" "0200" "0cf5" "48000000" "0834" "0600" "0442", 0x40));
	EXPECT_CALLER(0x5005, STACK + 0x30);
	EXPECT_EQ(caller.v[X64_RBX], 0x5006);
	EXPECT_EQ(caller.v[X64_R15], 0x5009);
}

TEST(frame_register)
{
	/* push rbp; sub rsp,30h; lea rbp,[rsp+20h] */
	const char *info = "010a0325" "0a03" "0552" "0150";

	reset();
	regs_set(&r, X64_RBP, STACK + 0x120);
	EXPECT_OK(unwind_one(info, 0x40));
	EXPECT_EQ(res.frame, STACK + 0x100);
	EXPECT_CALLER(0x5000 + 0x138 / 8, STACK + 0x140);
	EXPECT_EQ(caller.v[X64_RBP], 0x5000 + 0x130 / 8);
	/* before the lea rbp is not yet the frame */
	EXPECT_OK(unwind_one(info, 5));
	EXPECT_EQ(res.frame, STACK);
	EXPECT_CALLER(0x5007, STACK + 0x40);
	/* the register is not known */
	regs_forget(&r, X64_RBP);
	EXPECT_ERR(unwind_one(info, 0x40), ERR_NOTFOUND);
	/* it points below the stack */
	regs_set(&r, X64_RBP, STACK - 0x1000);
	EXPECT_ERR(unwind_one(info, 0x40), ERR_FAULT);
	/* a code that needs one, without one */
	EXPECT_ERR(unwind_one("010a0300" "0a03" "0552" "0150", 0x40), ERR_CORRUPT);
}

TEST(frame_register_must_lead_up)
{
	reset();
	regs_set(&r, X64_RSP, STACK + 0x800);
	regs_set(&r, X64_RBP, STACK + 0x120);
	EXPECT_ERR(unwind_one("010a0325" "0a03" "0552" "0150", 0x40), ERR_CORRUPT);
}

TEST(machine_frame)
{
	static const uint64_t words[] = { 0x7ff612345678, 0x33, 0x10246, 0x123456789, 0x2b };

	reset();
	for (unsigned i = 0; i < 5; i++)
		mem_put(&mem, STACK + 0x10 + 8 * i, words[i], 8);
	/* sub rsp,8 above the frame with an error code */
	EXPECT_OK(unwind_one("01000200" "0002" "001a", 0x40));
	EXPECT_CALLER(0x7ff612345678, 0x123456789);
	EXPECT(res.machine_frame);
	EXPECT_EQ(res.return_slot, 0);
	EXPECT_EQ(caller.v[X64_CS], 0x33);
	EXPECT_EQ(caller.v[X64_SS], 0x2b);
	EXPECT_EQ(caller.v[X64_EFL], 0x10246);
	EXPECT_OK(unwind_one("01000200" "0012" "000a", 0x40));
	EXPECT_CALLER(0x7ff612345678, 0x123456789);
	EXPECT_ERR(unwind_one("01000100" "002a", 0x40), ERR_CORRUPT);
}

TEST(end_of_the_stack)
{
	reset();
	mem_put(&mem, STACK + 0x28, 0, 8);
	EXPECT_OK(unwind_one("01040100" "0442", 0x40));
	EXPECT(res.end);
}

TEST(chained_infos)
{
	struct x64_function f;

	reset();
	/* the primary: push rbp, sub rsp,20h; a part that saves rsi at [rsp+40h] */
	add_entry(CODE, CODE + 0x20, XDATA);
	add_entry(CODE + 0x20, CODE + 0x80, XDATA + 0x20);
	add_entry(CODE + 0x80, CODE + 0x90, XDATA + 0x40);
	add_info(XDATA, "01050200" "0532" "0150");
	add_info(XDATA + 0x20, "21050200" "0564" "0800" "00010000" "20010000" "00200000");
	add_info(XDATA + 0x40, "21000000" "20010000" "80010000" "20200000");
	regs_set(&r, X64_RIP, BASE + CODE + 0x60);
	EXPECT_OK(x64_unwind(&am, &image, false, &r, &caller, &res));
	EXPECT_CALLER(0x5005, STACK + 0x30);
	EXPECT_EQ(caller.v[X64_RSI], 0x5008);
	EXPECT_EQ(caller.v[X64_RBP], 0x5004);
	/* before the part's own save: rsi is still the caller's */
	regs_set(&r, X64_RIP, BASE + CODE + 0x20);
	EXPECT_OK(x64_unwind(&am, &image, false, &r, &caller, &res));
	EXPECT_CALLER(0x5005, STACK + 0x30);
	EXPECT_EQ(caller.v[X64_RSI], 0x100 + X64_RSI);
	/* two links */
	regs_set(&r, X64_RIP, BASE + CODE + 0x85);
	EXPECT_OK(x64_unwind(&am, &image, false, &r, &caller, &res));
	EXPECT_CALLER(0x5005, STACK + 0x30);
	EXPECT_EQ(caller.v[X64_RSI], 0x5008);
	EXPECT_OK(x64_function_at(&am, &image, CODE + 0x85, &f));
	EXPECT_EQ(f.begin, CODE + 0x80);
	EXPECT_EQ(f.end, CODE + 0x90);
	EXPECT_EQ(f.primary_begin, CODE);
	EXPECT_ERR(x64_function_at(&am, &image, CODE + 0x90, &f), ERR_NOTFOUND);
}

TEST(chains_that_never_end)
{
	reset();
	EXPECT_ERR(unwind_one("21000000" "00010000" "00020000" "00200000", 0x40), ERR_CORRUPT);
	EXPECT(mem.reads < 500);
	/* an indirect entry that points to itself */
	reset();
	add_entry(CODE, CODE + 0x100, (PDATA + 0) | 1);
	regs_set(&r, X64_RIP, BASE + CODE);
	EXPECT_ERR(x64_unwind(&am, &image, true, &r, &caller, &res), ERR_CORRUPT);
}

TEST(indirect_entries)
{
	reset();
	add_entry(CODE, CODE + 0x10, XDATA);
	add_entry(CODE + 0x80, CODE + 0x90, PDATA | 1);
	add_info(XDATA, "01060300" "0632" "0270" "0130");
	regs_set(&r, X64_RIP, BASE + CODE + 0x84);
	EXPECT_OK(x64_unwind(&am, &image, false, &r, &caller, &res));
	EXPECT_CALLER(0x5006, STACK + 0x38);
}

TEST(other_versions)
{
	reset();
	EXPECT_ERR(unwind_one("03060300" "0632" "0270" "0130", 0x40), ERR_UNSUPPORTED);
	EXPECT_ERR(unwind_one("00060300" "0632" "0270" "0130", 0x40), ERR_CORRUPT);
	EXPECT_ERR(unwind_one("01060100" "063f", 0x40), ERR_CORRUPT);
	/* an operand that is cut off */
	EXPECT_ERR(unwind_one("01060100" "0601", 0x40), ERR_CORRUPT);
	/* restoring rsp by a pop */
	EXPECT_ERR(unwind_one("01060100" "0640", 0x40), ERR_CORRUPT);
}

/* --- epilogs -------------------------------------------------------------------------------- */

static void code_at(uint32_t offset, const char *hex)
{
	add_info(CODE + offset, hex);
}

/* push rbx; push r12; sub rsp,20h, as unwind codes */
#define PUSHES "01070300" "0732" "03c0" "0130"

TEST(epilogs_of_version_1)
{
	reset();
	code_at(0x40, "4883c420" "415c" "5b" "c3");
	EXPECT_OK(unwind_one(PUSHES, 0x40));
	EXPECT_CALLER(0x5006, STACK + 0x38);
	EXPECT_EQ(caller.v[X64_R12], 0x5004);
	EXPECT_OK(unwind_one(PUSHES, 0x44)); /* pop r12 */
	EXPECT_CALLER(0x5002, STACK + 0x18);
	EXPECT_EQ(caller.v[X64_R12], 0x5000);
	EXPECT_EQ(caller.v[X64_RBX], 0x5001);
	EXPECT_OK(unwind_one(PUSHES, 0x46)); /* pop rbx */
	EXPECT_CALLER(0x5001, STACK + 0x10);
	EXPECT_OK(unwind_one(PUSHES, 0x47)); /* ret */
	EXPECT_CALLER(0x5000, STACK + 8);
	EXPECT_EQ(caller.v[X64_RBX], 0x100 + X64_RBX);
}

static bool ends_here(const char *hex)
{
	struct err *e;

	reset();
	code_at(0x40, hex);
	e = unwind_one(PUSHES, 0x40);
	if (err_ignore(e))
		return false;
	return regs_ip(&caller) == 0x5000; /* nothing but the return address is left */
}

TEST(what_ends_an_epilog)
{
	EXPECT(ends_here("c3"));
	EXPECT(ends_here("c20800"));
	EXPECT(ends_here("f3c3"));
	EXPECT(ends_here("ff2500000000"));
	EXPECT(ends_here("48ff2500000000"));
	EXPECT(ends_here("48ffe0"));
	EXPECT(ends_here("49ffe2"));
	EXPECT(ends_here("e900010000"));	/* out of the function */
	EXPECT(ends_here("ebbe"));		/* to its start */
	EXPECT(!ends_here("eb10"));		/* inside */
	EXPECT(!ends_here("e910000000"));
	EXPECT(!ends_here("ffe0"));		/* a switch */
	EXPECT(!ends_here("90c3"));
	EXPECT(!ends_here("e800000000"));
}

TEST(jumps_to_a_part_of_the_function_stay_in_it)
{
	reset();
	add_entry(CODE, CODE + 0x100, XDATA);
	add_entry(CODE + 0x200, CODE + 0x240, XDATA + 0x20);
	add_entry(CODE + 0x300, CODE + 0x340, XDATA);
	add_info(XDATA, PUSHES);
	add_info(XDATA + 0x20, "21000000" "00010000" "00020000" "00200000");
	code_at(0x40, "e9bb010000"); /* to CODE+0x200: the separated part */
	regs_set(&r, X64_RIP, BASE + CODE + 0x40);
	EXPECT_OK(x64_unwind(&am, &image, false, &r, &caller, &res));
	EXPECT_CALLER(0x5006, STACK + 0x38);
	code_at(0x40, "e9bb020000"); /* to CODE+0x300: another function */
	EXPECT_OK(x64_unwind(&am, &image, false, &r, &caller, &res));
	EXPECT_CALLER(0x5000, STACK + 8);
	code_at(0x210, "e9ebfdffff"); /* from the part back to the function's start */
	regs_set(&r, X64_RIP, BASE + CODE + 0x210);
	EXPECT_OK(x64_unwind(&am, &image, false, &r, &caller, &res));
	EXPECT_CALLER(0x5000, STACK + 8);
}

TEST(epilog_by_frame_register)
{
	const char *info = "010a0325" "0a03" "0552" "0150";

	reset();
	regs_set(&r, X64_RBP, STACK + 0x120);
	code_at(0x40, "488d6510" "5d" "c3"); /* lea rsp,[rbp+10h]; pop rbp; ret */
	EXPECT_OK(unwind_one(info, 0x40));
	EXPECT_CALLER(0x5000 + 0x138 / 8, STACK + 0x140);
	EXPECT_EQ(caller.v[X64_RBP], 0x5000 + 0x130 / 8);
	code_at(0x40, "488da510000000" "5d" "c3");
	EXPECT_OK(unwind_one(info, 0x40));
	EXPECT_CALLER(0x5000 + 0x138 / 8, STACK + 0x140);
}

TEST(code_that_is_not_in_the_dump)
{
	reset();
	code_at(0x40, "c3");
	mem.ranges[0].base += 0x800;	/* only the upper part of the image is there */
	mem.ranges[0].size -= 0x800;
	memmove(mem.ranges[0].bytes, mem.ranges[0].bytes + 0x800, 0x3800);
	EXPECT_OK(unwind_one(PUSHES, 0x40));
	EXPECT_CALLER(0x5006, STACK + 0x38);
}

/* --- version 2 ---------------------------------------------------------------------------------- */

TEST(epilogs_of_version_2)
{
	/* epilog of 4 bytes (pop r12; pop rbx; ret) at the end and at end-0x90;
	 * then push rbx, push r12, sub rsp,20h */
	const char *info = "02070500" "0416" "9006" "0732" "03c0" "0130";
	static const uint32_t starts[] = { 0xfc, 0x70 };

	for (unsigned i = 0; i < 2; i++) {
		reset();
		EXPECT_OK(unwind_one(info, starts[i] - 4)); /* add rsp,20h is body */
		EXPECT_CALLER(0x5006, STACK + 0x38);
		EXPECT_OK(unwind_one(info, starts[i]));
		EXPECT_CALLER(0x5002, STACK + 0x18);
		EXPECT_EQ(caller.v[X64_R12], 0x5000);
		EXPECT_EQ(caller.v[X64_RBX], 0x5001);
		EXPECT_OK(unwind_one(info, starts[i] + 2));
		EXPECT_CALLER(0x5001, STACK + 0x10);
		EXPECT_EQ(caller.v[X64_RBX], 0x5000);
		EXPECT_OK(unwind_one(info, starts[i] + 3));
		EXPECT_CALLER(0x5000, STACK + 8);
	}
	EXPECT_OK(unwind_one(info, 0x74));
	EXPECT_CALLER(0x5006, STACK + 0x38);
	/* in the prolog; the codes of epilogs do not count there */
	EXPECT_OK(unwind_one(info, 1));
	EXPECT_CALLER(0x5001, STACK + 0x10);
}

TEST(padding_of_version_2)
{
	/* epilog of 2 bytes at the end only; the second code is padding */
	const char *info = "02060400" "0216" "0006" "0632" "0230";

	reset();
	EXPECT_OK(unwind_one(info, 0xfe));
	EXPECT_CALLER(0x5001, STACK + 0x10);
	EXPECT_OK(unwind_one(info, 0xff));
	EXPECT_CALLER(0x5000, STACK + 8);
	EXPECT_OK(unwind_one(info, 0xfd));
	EXPECT_CALLER(0x5005, STACK + 0x30);
	/* not at the end */
	EXPECT_OK(unwind_one("02060400" "0206" "2006" "0632" "0230", 0xff));
	EXPECT_CALLER(0x5005, STACK + 0x30);
	EXPECT_OK(unwind_one("02060400" "0206" "2006" "0632" "0230", 0xe0));
	EXPECT_CALLER(0x5001, STACK + 0x10);
	/* 12 bits of distance */
	EXPECT_OK(unwind_one("02060400" "0206" "0016" "0632" "0230", 0));
	EXPECT_CALLER(0x5001, STACK + 0x10);
}

TEST(volatile_pop_in_version_2)
{
	/* pushfq (8 bytes allocated) ; push rbx; sub rsp,20h; epilog pop rbx; pop rcx; ret */
	const char *info = "02060500" "0316" "0006" "0632" "0230" "0102";

	reset();
	EXPECT_OK(unwind_one(info, 0xfd));
	EXPECT_CALLER(0x5002, STACK + 0x18);
	EXPECT_OK(unwind_one(info, 0xfe));
	EXPECT_CALLER(0x5001, STACK + 0x10);
	EXPECT_OK(unwind_one(info, 0xff));
	EXPECT_CALLER(0x5000, STACK + 8);
}

/* --- search ---------------------------------------------------------------------------------------- */

TEST(search_in_the_table)
{
	struct x64_function f;

	reset();
	for (unsigned i = 0; i < 200; i++)
		add_entry(0x100 + 16 * i, 0x100 + 16 * i + 12, XDATA);
	add_entry(0, 0, 0); /* some tables end with zeros */
	add_info(XDATA, "01000000");
	for (unsigned i = 0; i < 200; i++) {
		mem.reads = 0;
		EXPECT_OK(x64_function_at(&am, &image, 0x100 + 16 * i + 11, &f));
		EXPECT_EQ(f.begin, 0x100 + 16 * i);
		EXPECT(mem.reads < 15);
		EXPECT_ERR(x64_function_at(&am, &image, 0x100 + 16 * i + 12, &f), ERR_NOTFOUND);
	}
	EXPECT_ERR(x64_function_at(&am, &image, 0xff, &f), ERR_NOTFOUND);
}

TESTS(leaf, outside_and_without_table, pushes_and_small_allocation, large_allocations, saves_by_mov,
      frame_register, frame_register_must_lead_up, machine_frame, end_of_the_stack, chained_infos,
      chains_that_never_end, indirect_entries, other_versions, epilogs_of_version_1,
      what_ends_an_epilog, jumps_to_a_part_of_the_function_stay_in_it, epilog_by_frame_register,
      code_that_is_not_in_the_dump, epilogs_of_version_2, padding_of_version_2,
      volatile_pop_in_version_2, search_in_the_table)
