/* SPDX-License-Identifier: MIT */
/* ORC tables built here, in each of the four layouts, over stacks built by hand. */
#include "base/cleanup.h"
#include "symbol/orc.h"
#include "unit/test.h"

#define TABLES 0xffffffff82000000ull
#define CODE 0xffffffff81000000ull
#define STACK 0xffffc90000004000ull
enum { TABLES_SIZE = 0x10000, STACK_SIZE = 0x4000, ENTRIES = 0x8000, MAX = 512 };

static uint8_t tables[TABLES_SIZE], stack[STACK_SIZE];

static size_t read_memory(void *arg, uint64_t address, void *buf, size_t len)
{
	const uint8_t *from = address < STACK + STACK_SIZE && address >= STACK ? stack : tables;
	uint64_t base = from == stack ? STACK : TABLES, size = from == stack ? STACK_SIZE : TABLES_SIZE;

	if (address < base || address - base >= size)
		return 0;
	if (len > size - (address - base))
		len = (size_t)(size - (address - base));
	memcpy(buf, from + (address - base), len);
	return len;
}

static const struct arch_memory memory = { read_memory, NULL };

static void put(uint8_t *to, uint64_t v, unsigned size)
{
	for (unsigned i = 0; i < size; i++)
		to[i] = (uint8_t)(v >> 8 * i);
}

static void push(uint64_t at, uint64_t v)
{
	put(stack + (at - STACK), v, 8);
}

/* --- tables ------------------------------------------------------------------------------ */

enum base { UNDEFINED, PREV_SP, DX, DI, BP, SP, R10, R13, BP_INDIRECT, SP_INDIRECT, NO_SUCH = 14 };
enum type { CALL, REGS, IRET, END, NOTHING };

struct row {
	uint32_t offset;	/* in the code */
	int16_t sp_offset, bp_offset;
	enum base sp, bp;
	enum type type;
	bool signal;
};

static const char *const names[] = { "4.14", "6.3", "6.4", "7.1" };

static unsigned number_of(unsigned layout, enum base b)
{
	static const uint8_t late[] = { [UNDEFINED] = 0, [PREV_SP] = 8, [DX] = 2, [DI] = 5, [BP] = 4, [SP] = 3, [R10] = 6,
					[R13] = 7, [BP_INDIRECT] = 10, [SP_INDIRECT] = 9 };

	return layout == 3 && b < sizeof(late) ? late[b] : b;
}

/* As the headers of each kernel have the fields. */
static unsigned flags_of(unsigned layout, const struct row *r)
{
	static const uint8_t late_types[] = { [CALL] = 2, [REGS] = 3, [IRET] = 4, [END] = 1, [NOTHING] = 0 };
	unsigned sp = r->type == END || r->type == NOTHING ? 0 : number_of(layout, r->sp), v = 0;

	v = sp | number_of(layout, r->bp) << 4;
	if (layout >= 2)
		return v | (unsigned)late_types[r->type] << 8 | (unsigned)r->signal << 11;
	v |= (r->type < END ? (unsigned)r->type : 0) << 8;
	if (layout == 1)
		return v | (unsigned)r->signal << 10 | (unsigned)(r->type == END) << 11;
	return v | (unsigned)(r->type == END) << 10;
}

static const struct row rows[] = {
	{ 0x000, 8, 0, SP, UNDEFINED, CALL, false },		/* a function that has pushed nothing */
	{ 0x010, 0x28, -16, SP, PREV_SP, CALL, false },		/* rbp saved below the return address */
	{ 0x020, 16, -16, BP, PREV_SP, CALL, false },		/* by frame pointer */
	{ 0x030, 0, 0, SP, UNDEFINED, REGS, true },
	{ 0x040, 0, 0, SP, UNDEFINED, IRET, true },
	{ 0x050, 8, 0, SP_INDIRECT, UNDEFINED, CALL, false },	/* on an interrupt's stack */
	{ 0x060, -8, 0, BP_INDIRECT, UNDEFINED, CALL, false },	/* a stack aligned anew */
	{ 0x070, 8, 0, R10, UNDEFINED, CALL, false },
	{ 0x080, 8, 0, R13, UNDEFINED, CALL, false },
	{ 0x090, 8, 0, DI, UNDEFINED, CALL, false },
	{ 0x0a0, 8, 0, DX, UNDEFINED, CALL, false },
	{ 0x0b0, 0, 0, UNDEFINED, UNDEFINED, END, false },
	{ 0x0c0, 0, 0, UNDEFINED, UNDEFINED, NOTHING, false },
	{ 0x0d0, 0, 0, NO_SUCH, UNDEFINED, CALL, false },
	{ 0x0e0, 16, -8, BP, BP, CALL, false },
	{ 0x0f0, 0x20, 0, SP, UNDEFINED, REGS, false },		/* saved, but at a call */
};

/* The rows, then plain functions to make the table of a usual kind. */
static struct err *open_layout(unsigned layout, struct provider **ret)
{
	struct orc_input in = { .memory = memory, .base = CODE, .end = CODE + 0x100000, .ip_table = TABLES,
				.entry_table = TABLES + ENTRIES };
	const struct row plain = { 0, 0x30, -16, SP, PREV_SP, CALL, false };

	for (unsigned i = 0; i < MAX; i++, in.n++) {
		const struct row *r = i < ARRAY_SIZE(rows) ? &rows[i] : &plain;
		uint64_t ip = CODE + (i < ARRAY_SIZE(rows) ? rows[i].offset : 0x1000 + i * 0x40);
		uint8_t *e = tables + ENTRIES + (size_t)i * 6;

		put(tables + (size_t)i * 4, ip - (TABLES + i * 4), 4);
		put(e, (uint16_t)r->sp_offset, 2);
		put(e + 2, (uint16_t)r->bp_offset, 2);
		put(e + 4, flags_of(layout, r), 2);
	}
	return orc_open(&in, ret);
}

/* --- frames -------------------------------------------------------------------------------- */

static struct regs at(uint32_t offset, uint64_t sp, uint64_t bp)
{
	struct regs r = { .arch = arch_for(MACHINE_X64) };

	regs_set(&r, X64_RIP, CODE + offset);
	regs_set(&r, X64_RSP, sp);
	regs_set(&r, X64_RBP, bp);
	return r;
}

static struct err *step(struct provider *p, bool exact, const struct regs *callee, struct regs *caller,
			struct unwind_result *res)
{
	return p->ops->unwind(p, CODE, exact, &memory, callee, caller, res);
}

TEST(calls_in_all_layouts)
{
	for (unsigned layout = 0; layout < 4; layout++) {
		CLEANUP(provider_unrefp) struct provider *p = NULL;
		struct regs r, caller;
		struct unwind_result res;
		struct orc_layout l;

		EXPECT_OK(open_layout(layout, &p));
		EXPECT_OK(orc_layout_of(p, &l));
		EXPECT_STR(l.name, names[layout]);
		push(STACK + 0x100, 0x1111);
		r = at(0, STACK + 0x100, 77);
		EXPECT_OK(step(p, true, &r, &caller, &res));
		EXPECT_EQ(regs_ip(&caller), 0x1111);
		EXPECT_EQ(regs_sp(&caller), STACK + 0x108);
		EXPECT_EQ(caller.v[X64_RBP], 77);
		EXPECT(!regs_has(&caller, X64_RAX) && !regs_has(&caller, X64_RBX));
		EXPECT_EQ(res.return_slot, STACK + 0x100);
		EXPECT(!res.machine_frame && !res.end && !res.other_stack && res.trust == TRUST_CFI);
		/* a return address behind the last instruction is looked up one before */
		push(STACK + 0x120, 0x2222);
		push(STACK + 0x118, 0x3333);
		r = at(0x20, STACK + 0x100, 0);
		EXPECT_OK(step(p, false, &r, &caller, &res));
		EXPECT_EQ(regs_ip(&caller), 0x2222);
		EXPECT_EQ(caller.v[X64_RBP], 0x3333);
		push(STACK + 0x200, 0x4444);
		push(STACK + 0x208, 0x5555);
		r = at(0x20, STACK + 0x100, STACK + 0x200);
		EXPECT_OK(step(p, true, &r, &caller, &res));
		EXPECT_EQ(regs_ip(&caller), 0x5555);
		EXPECT_EQ(caller.v[X64_RBP], 0x4444);
		EXPECT_EQ(regs_sp(&caller), STACK + 0x210);
		push(STACK + 0x1f8, 0x6666); /* rbp found through rbp */
		r = at(0xe0, STACK + 0x100, STACK + 0x200);
		EXPECT_OK(step(p, true, &r, &caller, &res));
		EXPECT_EQ(caller.v[X64_RBP], 0x6666);
	}
}

TEST(other_bases)
{
	static const struct { uint32_t offset; unsigned reg; } based[] = {
		{ 0x70, X64_R10 }, { 0x80, X64_R13 }, { 0x90, X64_RDI }, { 0xa0, X64_RDX },
	};

	for (unsigned layout = 0; layout < 4; layout++) {
		CLEANUP(provider_unrefp) struct provider *p = NULL;
		struct regs r, caller;
		struct unwind_result res;

		EXPECT_OK(open_layout(layout, &p));
		push(STACK + 0x300, 0xabcd);
		for (size_t i = 0; i < ARRAY_SIZE(based); i++) {
			r = at(based[i].offset, STACK + 0x10, 0);
			EXPECT_ERR(step(p, true, &r, &caller, &res), ERR_NOTFOUND);
			regs_set(&r, based[i].reg, STACK + 0x300);
			EXPECT_OK(step(p, true, &r, &caller, &res));
			EXPECT_EQ(regs_ip(&caller), 0xabcd);
			EXPECT_EQ(regs_sp(&caller), STACK + 0x308);
		}
		/* an interrupt's stack, whose last word leads to one that lies lower */
		push(STACK + 0x1000, STACK + 0x400);
		push(STACK + 0x400, 0xbeef);
		r = at(0x50, STACK + 0x1000, 5);
		EXPECT_OK(step(p, true, &r, &caller, &res));
		EXPECT_EQ(regs_ip(&caller), 0xbeef);
		EXPECT_EQ(regs_sp(&caller), STACK + 0x408);
		EXPECT(res.other_stack && !res.machine_frame);
		push(STACK + 0x4f8, STACK + 0x608);
		push(STACK + 0x600, 0xfeed);
		r = at(0x60, STACK + 0x400, STACK + 0x500);
		EXPECT_OK(step(p, true, &r, &caller, &res));
		EXPECT_EQ(regs_ip(&caller), 0xfeed);
		EXPECT(!res.other_stack);
	}
}

static void push_pt_regs(uint64_t where)
{
	for (uint64_t i = 0; i < 21; i++)
		push(where + i * 8, 0x100 + i);
	push(where + 17 * 8, 0x0005000000000033); /* FRED's details are above the selector */
}

TEST(saved_registers)
{
	for (unsigned layout = 0; layout < 4; layout++) {
		CLEANUP(provider_unrefp) struct provider *p = NULL;
		struct regs r = at(0x30, STACK + 0x800, 9), caller;
		struct unwind_result res;

		EXPECT_OK(open_layout(layout, &p));
		push_pt_regs(STACK + 0x800);
		EXPECT_OK(step(p, true, &r, &caller, &res));
		EXPECT_EQ(caller.v[X64_R15], 0x100);
		EXPECT_EQ(caller.v[X64_RBP], 0x104);
		EXPECT_EQ(caller.v[X64_RAX], 0x10a);
		EXPECT_EQ(caller.v[X64_RDI], 0x10e);
		EXPECT_EQ(caller.v[X64_ORIG_RAX], 0x10f);
		EXPECT_EQ(regs_ip(&caller), 0x110);
		EXPECT_EQ(caller.v[X64_CS], 0x33);
		EXPECT_EQ(caller.v[X64_EFL], 0x112);
		EXPECT_EQ(regs_sp(&caller), 0x113);
		EXPECT_EQ(res.saved_regs, STACK + 0x800);
		EXPECT(res.machine_frame && res.other_stack);
		/* what the processor pushed, and what entry code has not yet touched */
		r = at(0x40, STACK + 0x800 + 16 * 8, 9);
		regs_set(&r, X64_R12, 12);
		regs_set(&r, X64_RAX, 1);
		EXPECT_OK(step(p, true, &r, &caller, &res));
		EXPECT_EQ(regs_ip(&caller), 0x110);
		EXPECT_EQ(regs_sp(&caller), 0x113);
		EXPECT_EQ(caller.v[X64_R12], 12);
		EXPECT(!regs_has(&caller, X64_RAX) && res.machine_frame && !res.saved_regs);
		/* saved by code that was not interrupted: only newer layouts can tell */
		r = at(0xf0, STACK + 0x7e0, 9);
		EXPECT_OK(step(p, true, &r, &caller, &res));
		EXPECT_EQ(res.saved_regs, STACK + 0x800);
		EXPECT_EQ(res.machine_frame, layout == 0);
	}
}

TEST(ends_and_gaps)
{
	for (unsigned layout = 0; layout < 4; layout++) {
		CLEANUP(provider_unrefp) struct provider *p = NULL;
		struct regs r = at(0xb4, STACK + 0x40, 9), caller;
		struct unwind_result res;

		EXPECT_OK(open_layout(layout, &p));
		EXPECT_OK(step(p, true, &r, &caller, &res));
		EXPECT(res.end && !regs_ip(&caller));
		r = at(0xc4, STACK + 0x40, 9);
		EXPECT_ERR(step(p, true, &r, &caller, &res), ERR_NOTFOUND);
		r = at(0xd4, STACK + 0x40, 9);
		EXPECT_ERR(step(p, true, &r, &caller, &res), ERR_CORRUPT);
		r = at(0x100000, STACK + 0x40, 9);
		EXPECT_ERR(step(p, true, &r, &caller, &res), ERR_NOTFOUND);
		r = at(0, 0x5000, 9); /* no stack there */
		EXPECT_ERR(step(p, true, &r, &caller, &res), ERR_FAULT);
		r = at(0x20, STACK + 0x100, STACK + 0x40); /* rbp below the stack pointer */
		EXPECT_ERR(step(p, true, &r, &caller, &res), ERR_CORRUPT);
	}
}

TEST(damage_is_told)
{
	CLEANUP(provider_unrefp) struct provider *p = NULL, *q = NULL;
	struct orc_input in = { .memory = memory, .base = CODE, .end = CODE + 0x1000, .ip_table = 0x1000,
				.entry_table = 0x2000, .n = 100 };
	struct regs r = at(0, STACK, 0), caller;
	struct unwind_result res;
	struct orc_layout l;

	EXPECT_OK(orc_open(&in, &p)); /* nothing there */
	EXPECT_ERR(step(p, true, &r, &caller, &res), ERR_NOTFOUND);
	EXPECT_ERR(orc_layout_of(p, &l), ERR_NOTFOUND);
	in.n = 0;
	EXPECT_ERR(orc_open(&in, &q), ERR_CORRUPT);
	in.n = UINT64_MAX / 4;
	EXPECT_ERR(orc_open(&in, &q), ERR_CORRUPT);
	memset(tables, 0, sizeof(tables));
	in.n = 100;
	in.ip_table = TABLES;
	in.entry_table = TABLES + ENTRIES;
	EXPECT_OK(orc_open(&in, &q)); /* zeros are of no layout */
	EXPECT_ERR(orc_layout_of(q, &l), ERR_NOTFOUND);
}

TESTS(calls_in_all_layouts, other_bases, saved_registers, ends_and_gaps, damage_is_told)
