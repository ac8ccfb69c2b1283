/* SPDX-License-Identifier: MIT */
/*
 * ARM64 unwind codes one by one, packed data of every form against a prolog
 * that is carried out step by step as the documentation lists it, and hostile
 * tables. What real functions do is in test-unwind-emulate.c.
 */
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

static void reset(void)
{
	mem = (struct mem){ .ranges = { { .base = BASE, .size = 0x4000 },
					{ .base = STACK, .size = STACK_WORDS * 8 } } };
	for (uint64_t i = 0; i < STACK_WORDS; i++)
		mem_put(&mem, STACK + 8 * i, 0x5000 + 4 * i, 8);
	image.pdata_size = 0;
	image.trap_frame = NULL;
	r = (struct regs){ .arch = arch_for(MACHINE_ARM64) };
	for (unsigned i = 0; i <= ARM64_PC; i++)
		regs_set(&r, i, 0x100 + i);
	regs_set(&r, ARM64_SP, STACK);
	regs_set(&r, ARM64_LR, 0xabc0);
}

static void add_entry(uint32_t begin, uint32_t data)
{
	uint64_t at = BASE + PDATA + image.pdata_size;

	mem_put(&mem, at, begin, 4);
	mem_put(&mem, at + 4, data, 4);
	image.pdata_size += 8;
}

/* One function of 64 instructions whose codes are these, unwound at an instruction. */
static struct err *unwind_codes(const char *hex, unsigned insn)
{
	unsigned n = (unsigned)strlen(hex) / 2, words = (n + 3) / 4;

	image.pdata_size = 0;
	add_entry(CODE, XDATA);
	mem_put(&mem, BASE + XDATA, 64 | (uint64_t)words << 27, 4);
	if (!words)
		mem_put(&mem, BASE + XDATA + 4, 0, 4);
	for (unsigned i = 0; i < n; i++) {
		char two[3] = { hex[2 * i], hex[2 * i + 1], 0 };

		mem_put(&mem, BASE + XDATA + 4 + i, strtoul(two, NULL, 16), 1);
	}
	for (unsigned i = n; i < words * 4; i++)
		mem_put(&mem, BASE + XDATA + 4 + i, 0xe4, 1);
	regs_set(&r, ARM64_PC, BASE + CODE + 4 * insn);
	return arm64_unwind(&am, &image, false, &r, &caller, &res);
}

/* The word of the stack at an offset. */
static uint64_t word(uint64_t offset)
{
	return 0x5000 + offset / 8 * 4;
}

TEST(leaf)
{
	reset();
	add_entry(0x800, XDATA);
	regs_set(&r, ARM64_PC, BASE + CODE);
	EXPECT_OK(arm64_unwind(&am, &image, true, &r, &caller, &res));
	EXPECT_EQ(regs_ip(&caller), 0xabc0);
	EXPECT_EQ(regs_sp(&caller), STACK);
	EXPECT(!regs_has(&caller, ARM64_LR) && !regs_has(&caller, 0) && regs_has(&caller, 19));
	EXPECT(regs_has(&caller, 18));
	/* its caller has no lr: no second leaf */
	regs_set(&caller, ARM64_PC, BASE + CODE);
	EXPECT_ERR(arm64_unwind(&am, &image, true, &caller, &r, &res), ERR_NOTFOUND);
	EXPECT_ERR(arm64_unwind(&am, &image, false, &caller, &r, &res), ERR_NOTFOUND);
}

TEST(allocations)
{
	reset();
	EXPECT_OK(unwind_codes("05e4", 8)); /* alloc_s */
	EXPECT_EQ(regs_sp(&caller), STACK + 0x50);
	EXPECT_EQ(regs_ip(&caller), 0xabc0);
	EXPECT_OK(unwind_codes("c123e4", 8)); /* alloc_m */
	EXPECT_EQ(regs_sp(&caller), STACK + 0x1230);
	EXPECT_OK(unwind_codes("e0000123e4", 8)); /* alloc_l */
	EXPECT_EQ(regs_sp(&caller), STACK + 0x1230);
	EXPECT_ERR(unwind_codes("df04e4", 8), ERR_UNSUPPORTED); /* alloc_z */
}

TEST(saves_of_pairs)
{
	reset();
	EXPECT_OK(unwind_codes("24e4", 8)); /* save_r19r20_x 0x20 */
	EXPECT_EQ(regs_sp(&caller), STACK + 0x20);
	EXPECT_EQ(caller.v[19], word(0));
	EXPECT_EQ(caller.v[20], word(8));
	EXPECT_OK(unwind_codes("43e4", 8)); /* save_fplr 0x18 */
	EXPECT_EQ(regs_sp(&caller), STACK);
	EXPECT_EQ(caller.v[ARM64_X29], word(0x18));
	EXPECT_EQ(regs_ip(&caller), word(0x20));
	EXPECT_OK(unwind_codes("83e4", 8)); /* save_fplr_x 0x20 */
	EXPECT_EQ(regs_sp(&caller), STACK + 0x20);
	EXPECT_EQ(caller.v[ARM64_X29], word(0));
	EXPECT_EQ(regs_ip(&caller), word(8));
	EXPECT_OK(unwind_codes("c883e4", 8)); /* save_regp x21, 0x18 */
	EXPECT_EQ(caller.v[21], word(0x18));
	EXPECT_EQ(caller.v[22], word(0x20));
	EXPECT_EQ(regs_sp(&caller), STACK);
	EXPECT_OK(unwind_codes("cd03e4", 8)); /* save_regp_x x23, 0x20 */
	EXPECT_EQ(caller.v[23], word(0));
	EXPECT_EQ(caller.v[24], word(8));
	EXPECT_EQ(regs_sp(&caller), STACK + 0x20);
	EXPECT_OK(unwind_codes("d643e4", 8)); /* save_lrpair x21, 0x18 */
	EXPECT_EQ(caller.v[21], word(0x18));
	EXPECT_EQ(regs_ip(&caller), word(0x20));
}

TEST(saves_of_single_registers)
{
	reset();
	EXPECT_OK(unwind_codes("d0c2e4", 8)); /* save_reg x22, 0x10 */
	EXPECT_EQ(caller.v[22], word(0x10));
	EXPECT_EQ(regs_sp(&caller), STACK);
	EXPECT_OK(unwind_codes("d561e4", 8)); /* save_reg_x x30, 0x10 */
	EXPECT_EQ(regs_ip(&caller), word(0));
	EXPECT_EQ(regs_sp(&caller), STACK + 0x10);
	EXPECT_OK(unwind_codes("d4a3e4", 8)); /* save_reg_x x24, 0x20 */
	EXPECT_EQ(caller.v[24], word(0));
	EXPECT_EQ(regs_sp(&caller), STACK + 0x20);
	/* d registers change sp only */
	EXPECT_OK(unwind_codes("d802d9c2dc02e4", 8));
	EXPECT_EQ(regs_sp(&caller), STACK);
	EXPECT_OK(unwind_codes("da03e4", 8)); /* save_fregp_x 0x20 */
	EXPECT_EQ(regs_sp(&caller), STACK + 0x20);
	EXPECT_OK(unwind_codes("de01e4", 8)); /* save_freg_x 0x10 */
	EXPECT_EQ(regs_sp(&caller), STACK + 0x10);
}

TEST(save_next)
{
	reset();
	/* stp x19,x20,[sp,-64]!; stp x21,x22,[sp,16]; stp x23,x24,[sp,32] */
	EXPECT_OK(unwind_codes("e6e628e4", 8));
	EXPECT_EQ(regs_sp(&caller), STACK + 0x40);
	for (unsigned i = 19; i <= 24; i++)
		EXPECT_EQ(caller.v[i], word((i - 19) * 8));
	/* in the prolog, before the last pair was stored */
	EXPECT_OK(unwind_codes("e6e628e4", 2));
	EXPECT_EQ(caller.v[22], word(24));
	EXPECT_EQ(caller.v[23], 0x100 + 23);
	EXPECT_EQ(regs_sp(&caller), STACK + 0x40);
	EXPECT_OK(unwind_codes("e6e628e4", 0));
	EXPECT_EQ(regs_sp(&caller), STACK);
	EXPECT_EQ(caller.v[19], 0x100 + 19);
	/* after something that is no pair; past the last register */
	EXPECT_ERR(unwind_codes("e6d0c2e4", 8), ERR_CORRUPT);
	EXPECT_ERR(unwind_codes("e6e6e6e6e6e6e6e6e628e4", 16), ERR_CORRUPT);
}

TEST(save_any_register)
{
	reset();
	EXPECT_OK(unwind_codes("e70803e4", 8)); /* x8 at 0x18 */
	EXPECT_EQ(regs_sp(&caller), STACK);
	EXPECT_OK(unwind_codes("e71503e4", 8)); /* x21 at 0x18 */
	EXPECT_EQ(caller.v[21], word(0x18));
	EXPECT_OK(unwind_codes("e75503e4", 8)); /* x21, x22 at 0x30 */
	EXPECT_EQ(caller.v[21], word(0x30));
	EXPECT_EQ(caller.v[22], word(0x38));
	EXPECT_OK(unwind_codes("e77503e4", 8)); /* the same, sp moved by 0x40 */
	EXPECT_EQ(caller.v[22], word(8));
	EXPECT_EQ(regs_sp(&caller), STACK + 0x40);
	EXPECT_OK(unwind_codes("e76843e4", 8)); /* d8, d9 */
	EXPECT_EQ(regs_sp(&caller), STACK + 0x40);
	EXPECT_ERR(unwind_codes("e79503e4", 8), ERR_CORRUPT);
}

TEST(frame_pointer)
{
	reset();
	regs_set(&r, ARM64_X29, STACK + 0x100);
	/* stp x29,x30,[sp,-32]!; mov x29,sp */
	EXPECT_OK(unwind_codes("e183e4", 8));
	EXPECT_EQ(regs_sp(&caller), STACK + 0x120);
	EXPECT_EQ(caller.v[ARM64_X29], word(0x100));
	EXPECT_EQ(regs_ip(&caller), word(0x108));
	/* add x29,sp,#16 */
	EXPECT_OK(unwind_codes("e20283e4", 8));
	EXPECT_EQ(regs_sp(&caller), STACK + 0x110);
	EXPECT_EQ(regs_ip(&caller), word(0xf8));
	/* not set yet */
	EXPECT_OK(unwind_codes("e183e4", 1));
	EXPECT_EQ(regs_ip(&caller), word(8));
	regs_set(&r, ARM64_X29, STACK - 0x100);
	EXPECT_ERR(unwind_codes("e183e4", 8), ERR_FAULT);
	regs_forget(&r, ARM64_X29);
	EXPECT_ERR(unwind_codes("e183e4", 8), ERR_NOTFOUND);
}

TEST(result_must_lead_up)
{
	reset();
	regs_set(&r, ARM64_SP, STACK + 0x800);
	regs_set(&r, ARM64_X29, STACK + 0x100);
	EXPECT_ERR(unwind_codes("e183e4", 8), ERR_CORRUPT);
}

TEST(signed_return_address)
{
	reset();
	mem_put(&mem, STACK + 8, 0x0055fff812345678, 8);
	EXPECT_OK(unwind_codes("83fce4", 8));
	EXPECT_EQ(regs_ip(&caller), 0xfff812345678);
	mem_put(&mem, STACK + 8, 0x00d5f80312345678, 8);
	EXPECT_OK(unwind_codes("83fce4", 8));
	EXPECT_EQ(regs_ip(&caller), 0xfffff80312345678);
}

TEST(frames_of_the_system)
{
	static const struct arm64_trap_layout layout = { .spsr = 0x90, .sp = 0x98, .x = 0xa0,
							 .lr = 0x138, .fp = 0x140, .pc = 0x148 };

	reset();
	EXPECT_OK(unwind_codes("01e9e4", 8)); /* alloc 0x10, machine frame */
	EXPECT_EQ(regs_sp(&caller), word(0x10));
	EXPECT_EQ(regs_ip(&caller), word(0x18));
	EXPECT(res.machine_frame);
	EXPECT_ERR(unwind_codes("e8e4", 8), ERR_UNSUPPORTED); /* layout not known */
	image.trap_frame = &layout;
	EXPECT_OK(unwind_codes("e8e4", 8));
	EXPECT_EQ(regs_sp(&caller), word(0x98));
	EXPECT_EQ(regs_ip(&caller), word(0x148));
	EXPECT_EQ(caller.v[0], word(0xa0));
	EXPECT_EQ(caller.v[18], word(0x130));
	EXPECT_EQ(caller.v[ARM64_LR], word(0x138));
	EXPECT(res.machine_frame);
	/* CONTEXT */
	mem_put(&mem, STACK, 0x400003, 4);
	EXPECT_OK(unwind_codes("eae4", 8));
	EXPECT_EQ(regs_ip(&caller), word(0x108));
	EXPECT_EQ(caller.v[5], word(8 + 5 * 8));
	mem_put(&mem, STACK, 0x400002, 4);
	EXPECT_ERR(unwind_codes("eae4", 8), ERR_CORRUPT);
	/* ARM64EC context */
	EXPECT_OK(unwind_codes("ebe4", 8));
	EXPECT_EQ(regs_ip(&caller), word(0xf8));
	EXPECT_EQ(regs_sp(&caller), word(0x98));
	EXPECT_EQ(caller.v[ARM64_LR], word(0x120));
	/* the address is not behind a call */
	EXPECT_OK(unwind_codes("ec83e4", 8));
	EXPECT(res.machine_frame);
	EXPECT_EQ(regs_sp(&caller), STACK + 0x20);
}

TEST(bad_codes)
{
	reset();
	EXPECT_ERR(unwind_codes("f0e4", 8), ERR_CORRUPT);
	EXPECT_ERR(unwind_codes("83838383", 8), ERR_CORRUPT); /* no end */
	EXPECT_ERR(unwind_codes("838383c8", 8), ERR_CORRUPT); /* cut off */
	EXPECT_ERR(unwind_codes("838383e0", 8), ERR_CORRUPT);
	EXPECT_ERR(unwind_codes("cbc3e4", 8), ERR_CORRUPT); /* x34 */
	image.pdata_size = 0;
	add_entry(CODE, XDATA);
	mem_put(&mem, BASE + XDATA, 64 | 1 << 18, 4);
	EXPECT_ERR(arm64_unwind(&am, &image, true, &r, &caller, &res), ERR_UNSUPPORTED);
	image.pdata_size = 0;
	add_entry(CODE, XDATA | 3);
	EXPECT_ERR(arm64_unwind(&am, &image, true, &r, &caller, &res), ERR_UNSUPPORTED);
	image.pdata_size = 0;
	add_entry(CODE, 0x3ff0000);
	EXPECT_ERR(arm64_unwind(&am, &image, true, &r, &caller, &res), ERR_NOTFOUND);
	image.pdata_size = 0;
	add_entry(CODE, 1 | 64 << 2 | 12 << 16); /* packed, RegI 12 */
	EXPECT_ERR(arm64_unwind(&am, &image, true, &r, &caller, &res), ERR_CORRUPT);
}

TEST(epilogs)
{
	/* header: 64 instructions, 2 scopes, 2 words of codes */
	const char codes[] = { (char)0x02, (char)0x83, (char)0xe4, (char)0xe3, /* prolog */
			       (char)0x02, (char)0x83, (char)0xe4, (char)0xe3 };

	reset();
	add_entry(CODE, XDATA);
	mem_put(&mem, BASE + XDATA, 64 | 2u << 22 | 2u << 27, 4);
	mem_put(&mem, BASE + XDATA + 4, 20, 4);
	mem_put(&mem, BASE + XDATA + 8, 61 | 4u << 22, 4);
	mem_copy(&mem, BASE + XDATA + 12, codes, sizeof(codes));
	for (unsigned at = 0; at < 64; at++) {
		/* what is still to be undone: the allocation and the frame record */
		bool alloc = (at >= 2 && at <= 20) || (at > 22 && at <= 61);
		bool record = (at >= 1 && at <= 21) || (at > 22 && at <= 62);

		regs_set(&r, ARM64_PC, BASE + CODE + 4 * at);
		EXPECT_OK(arm64_unwind(&am, &image, false, &r, &caller, &res));
		EXPECT_EQ(regs_sp(&caller), STACK + (alloc ? 0x20 : 0) + (record ? 0x20 : 0));
		EXPECT_EQ(regs_ip(&caller), record ? word(8 + (alloc ? 0x20 : 0)) : 0xabc0);
	}
	/* past the function's length: a leaf */
	regs_set(&r, ARM64_PC, BASE + CODE + 4 * 64);
	EXPECT_OK(arm64_unwind(&am, &image, true, &r, &caller, &res));
	EXPECT_EQ(regs_sp(&caller), STACK);
}

TEST(single_epilog_and_long_header)
{
	reset();
	add_entry(CODE, XDATA);
	/* E: the one epilog's codes start at byte 0 */
	mem_put(&mem, BASE + XDATA, 64 | 1u << 21 | 1u << 27, 4);
	mem_put(&mem, BASE + XDATA + 4, 0xe4e48302, 4);
	regs_set(&r, ARM64_PC, BASE + CODE + 4 * 61);
	EXPECT_OK(arm64_unwind(&am, &image, false, &r, &caller, &res));
	EXPECT_EQ(regs_sp(&caller), STACK + 0x40);
	regs_set(&r, ARM64_PC, BASE + CODE + 4 * 62);
	EXPECT_OK(arm64_unwind(&am, &image, false, &r, &caller, &res));
	EXPECT_EQ(regs_sp(&caller), STACK + 0x20);
	regs_set(&r, ARM64_PC, BASE + CODE + 4 * 63);
	EXPECT_OK(arm64_unwind(&am, &image, false, &r, &caller, &res));
	EXPECT_EQ(regs_sp(&caller), STACK);
	/* counts in a second word: one scope, one word of codes */
	mem_put(&mem, BASE + XDATA, 64, 4);
	mem_put(&mem, BASE + XDATA + 4, 1 | 1 << 16, 4);
	mem_put(&mem, BASE + XDATA + 8, 30, 4);
	mem_put(&mem, BASE + XDATA + 12, 0xe4e48302, 4);
	regs_set(&r, ARM64_PC, BASE + CODE + 4 * 31);
	EXPECT_OK(arm64_unwind(&am, &image, false, &r, &caller, &res));
	EXPECT_EQ(regs_sp(&caller), STACK + 0x20);
	/* 65535 scopes that all claim to start here cost little */
	mem_put(&mem, BASE + XDATA + 4, 0xffff | 1 << 16, 4);
	mem.reads = 0;
	EXPECT_ERR(arm64_unwind(&am, &image, false, &r, &caller, &res), ERR_NOTFOUND);
}

TEST(fragment_without_prolog)
{
	reset();
	/* end_c first: the prolog is in another fragment, but all of it counts */
	EXPECT_OK(unwind_codes("e50283e4", 0));
	EXPECT_EQ(regs_sp(&caller), STACK + 0x40);
	EXPECT_EQ(regs_ip(&caller), word(0x28));
}

/* --- packed ------------------------------------------------------------------------------- */

/* A prolog as the documentation's table lists it, done step by step on the
 * stack; steps[i] is the state before instruction i. */
struct state {
	uint64_t sp, fp, lr;
	uint64_t regs[32];
};

struct prolog {
	struct state steps[32];
	unsigned n;
	struct state s;
};

static void done(struct prolog *p)
{
	p->steps[++p->n] = p->s;
}

static void store(struct prolog *p, unsigned reg, uint64_t at)
{
	mem_put(&mem, at, reg == 30 ? p->s.lr : reg == 29 ? p->s.fp : p->s.regs[reg], 8);
}

/* A store of one or two registers; the first of all moves sp by `saved`. */
static void save(struct prolog *p, int a, int b, uint64_t offset, bool *first, uint64_t saved)
{
	if (*first)
		p->s.sp -= saved;
	*first = false;
	if (a >= 0)
		store(p, (unsigned)a, p->s.sp + offset);
	if (b >= 0)
		store(p, (unsigned)b, p->s.sp + offset + 8);
	/* the registers are used from here on */
	if (a >= 19)
		p->s.regs[a] = 0xdead;
	if (b >= 19 && b < 29)
		p->s.regs[b] = 0xdead;
	done(p);
}

static uint64_t locals_of(unsigned reg_f, unsigned reg_i, bool home, unsigned cr, unsigned frame,
			  uint64_t *saved, uint64_t *ints, uint64_t *floats)
{
	*ints = reg_i * 8 + (cr == 1 ? 8 : 0);
	*floats = reg_f ? reg_f * 8 + 8 : 0;
	*saved = (*ints + *floats + (home ? 64 : 0) + 15) / 16 * 16;
	return frame * 16 - *saved;
}

static void carry_out(struct prolog *p, unsigned reg_f, unsigned reg_i, bool home, unsigned cr,
		      unsigned frame)
{
	uint64_t saved, ints, floats;
	uint64_t locals = locals_of(reg_f, reg_i, home, cr, frame, &saved, &ints, &floats);
	bool first = true;

	if (cr == 2)
		done(p); /* pacibsp */
	for (unsigned i = 0; i < reg_i / 2; i++)
		save(p, (int)(19 + 2 * i), (int)(20 + 2 * i), 16 * i, &first, saved);
	if (reg_i % 2)
		save(p, (int)(18 + reg_i), cr == 1 ? 30 : -1, (reg_i - 1) * 8, &first, saved);
	else if (cr == 1)
		save(p, 30, -1, ints - 8, &first, saved);
	for (unsigned i = 0; reg_f && i < (reg_f + 1) / 2; i++)
		save(p, -1, -1, 0, &first, saved);
	if (reg_f && (reg_f + 1) % 2)
		save(p, -1, -1, 0, &first, saved);
	for (unsigned i = 0; home && i < 4; i++)
		save(p, (int)(2 * i), (int)(2 * i + 1), ints + floats + 16 * i, &first, saved);
	if (cr >= 2 && locals <= 512) {
		p->s.sp -= locals;
		store(p, 29, p->s.sp);
		store(p, 30, p->s.sp + 8);
		done(p);
	} else if (locals > 4080) {
		p->s.sp -= 4080;
		done(p);
		p->s.sp -= locals - 4080;
		done(p);
	} else if (locals) {
		p->s.sp -= locals;
		done(p);
	}
	if (cr >= 2 && locals > 512) {
		store(p, 29, p->s.sp);
		store(p, 30, p->s.sp + 8);
		done(p);
	}
	if (cr >= 2) {
		p->s.fp = p->s.sp;
		done(p);
	}
}

static bool check_step(const struct prolog *p, unsigned i, unsigned insn)
{
	const struct state *start = &p->steps[0], *s = &p->steps[i];
	struct err *e;

	for (unsigned k = 19; k < 29; k++)
		regs_set(&r, k, s->regs[k]);
	regs_set(&r, ARM64_X29, s->fp);
	/* a body calls others, so lr is not the return address any more */
	regs_set(&r, ARM64_LR, insn > p->n && memcmp(s, start, sizeof(*s)) ? 0xbad0 : s->lr);
	regs_set(&r, ARM64_SP, s->sp);
	regs_set(&r, ARM64_PC, BASE + CODE + 4 * insn);
	e = arm64_unwind(&am, &image, false, &r, &caller, &res);
	if (e)
		(void)fprintf(stderr, "%s\n", err_message(e));
	if (err_ignore(e))
		return false;
	for (unsigned k = 19; k < 29; k++)
		if (caller.v[k] != start->regs[k])
			return false;
	return regs_sp(&caller) == start->sp && regs_ip(&caller) == start->lr &&
	       caller.v[ARM64_X29] == start->fp;
}

static bool check_packed(unsigned reg_f, unsigned reg_i, bool home, unsigned cr, unsigned frame,
			 unsigned flag)
{
	struct prolog p = { 0 };
	unsigned insn;

	reset();
	p.s = (struct state){ .sp = STACK + 0x3f00, .fp = STACK + 0x3f80, .lr = 0x7000 };
	for (unsigned i = 0; i < 29; i++)
		p.s.regs[i] = 0x900 + i;
	p.steps[0] = p.s;
	carry_out(&p, reg_f, reg_i, home, cr, frame);
	add_entry(CODE, flag | 200 << 2 | reg_f << 13 | reg_i << 16 | (unsigned)home << 20 | cr << 21 |
			frame << 23);
	for (insn = 0; flag == 1 && insn < p.n; insn++)
		if (!check_step(&p, insn, insn))
			break;
	/* in the body; a fragment of it has no prolog */
	if ((flag == 1 && insn < p.n) || (cr && !check_step(&p, p.n, 100)) ||
	    (cr && flag == 2 && !check_step(&p, p.n, 0))) {
		(void)fprintf(stderr, "RegF %u RegI %u H %d CR %u FrameSize %u, instruction %u of %u\n",
			      reg_f, reg_i, home, cr, frame, insn, p.n);
		return false;
	}
	return true;
}

TEST(packed_data_of_every_form)
{
	static const unsigned locals[] = { 0, 1, 16, 32, 33, 200, 255, 256, 300 };

	for (unsigned reg_f = 0; reg_f < 8; reg_f++)
	for (unsigned reg_i = 0; reg_i <= 10; reg_i++)
	for (unsigned home = 0; home < 2; home++)
	for (unsigned cr = 0; cr < 4; cr++)
	for (unsigned l = 0; l < sizeof(locals) / sizeof(locals[0]); l++) {
		uint64_t saved, ints, floats;

		(void)locals_of(reg_f, reg_i, home, cr, 0, &saved, &ints, &floats);
		if (cr >= 2 && !locals[l])
			continue; /* the frame record needs room */
		EXPECT(check_packed(reg_f, reg_i, home, cr, (unsigned)saved / 16 + locals[l], 1));
		EXPECT(check_packed(reg_f, reg_i, home, cr, (unsigned)saved / 16 + locals[l], 2));
	}
}

TEST(packed_epilog)
{
	/* RegI 2, CR 3, 0x40 bytes: stp x19,x20; stp x29,lr; mov x29,sp ... ldp; ldp; ret */
	reset();
	add_entry(CODE, 1 | 40 << 2 | 2 << 16 | 3 << 21 | 4 << 23);
	regs_set(&r, ARM64_X29, STACK);
	regs_set(&r, ARM64_PC, BASE + CODE + 4 * 37);
	EXPECT_OK(arm64_unwind(&am, &image, false, &r, &caller, &res));
	EXPECT_EQ(regs_sp(&caller), STACK + 0x40);
	EXPECT_EQ(regs_ip(&caller), word(8));
	EXPECT_EQ(caller.v[19], word(0x30));
	regs_set(&r, ARM64_PC, BASE + CODE + 4 * 38);
	EXPECT_OK(arm64_unwind(&am, &image, false, &r, &caller, &res));
	EXPECT_EQ(regs_sp(&caller), STACK + 0x10);
	EXPECT_EQ(regs_ip(&caller), 0xabc0);
	EXPECT_EQ(caller.v[19], word(0));
	regs_set(&r, ARM64_PC, BASE + CODE + 4 * 39);
	EXPECT_OK(arm64_unwind(&am, &image, false, &r, &caller, &res));
	EXPECT_EQ(regs_sp(&caller), STACK);
	EXPECT_EQ(caller.v[19], 0x100 + 19);
}

TESTS(leaf, allocations, saves_of_pairs, saves_of_single_registers, save_next, save_any_register,
      frame_pointer, result_must_lead_up, signed_return_address, frames_of_the_system, bad_codes,
      epilogs, single_epilog_and_long_header, fragment_without_prolog, packed_data_of_every_form,
      packed_epilog)
