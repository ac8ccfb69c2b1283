/* SPDX-License-Identifier: MIT */
/*
 * ARM64 unwinding by .pdata and .xdata.
 *
 * Source: Microsoft's "ARM64 exception handling": 8-byte .pdata entries, either
 * packed or pointing to an .xdata record; unwind codes name one instruction
 * each, in the order in which they are undone. So the number of instructions
 * of a prolog that have run says which codes to leave out, and the same for an
 * epilog, whose codes stand in its own order and whose `end` is the return.
 *
 * Packed entries become the same list of operations here; the order of saves
 * and the cases for the stack allocation are the document's canonical prolog.
 *
 * d and q registers are skipped over, not restored. Codes that depend on the
 * SVE vector length are refused: the length is not in the data.
 */
#include "arch/unwind_impl.h"

#include <inttypes.h>
#include <string.h>

enum op_kind {
	OP_LOAD,		/* registers, then sp goes up by `post` */
	OP_SP_FROM_FP,		/* sp = fp - offset */
	OP_NOP,
	OP_PAC,
	OP_NEXT,		/* the pair after the one of the code that follows */
	OP_END_C,
	OP_TRAP_FRAME, OP_MACHINE_FRAME, OP_CONTEXT, OP_EC_CONTEXT, OP_CLEAR_CALL,
};

struct op {
	uint8_t kind;
	uint8_t reg[2];		/* ARCH_NO_REG: something not tracked */
	bool vector;		/* d registers: nothing to restore */
	uint32_t offset, post;
};

enum {
	MAX_CODE_BYTES = 255 * 4,
	MAX_NEAR_EPILOGS = 256,	/* that may hold the same instruction: one is normal */
};

struct ops {
	struct op v[MAX_CODE_BYTES];
	unsigned n;
};

struct unwind {
	const struct arch_memory *m;
	const struct unwind_image *image;
	uint32_t rva, begin;
	struct regs r;
	bool own_pc;		/* pc was restored, it is not lr */
	bool exact;		/* ... and is where the caller was stopped */
};

/* --- operations ------------------------------------------------------------------ */

static struct op op_load(uint8_t a, uint8_t b, uint32_t offset, uint32_t post)
{
	return (struct op){ .kind = OP_LOAD, .reg = { a, b }, .offset = offset, .post = post };
}

static struct op op_vector(uint32_t post)
{
	return (struct op){ .kind = OP_LOAD, .reg = { ARCH_NO_REG, ARCH_NO_REG }, .vector = true,
			    .post = post };
}

static struct op op_alloc(uint32_t size)
{
	return op_load(ARCH_NO_REG, ARCH_NO_REG, 0, size);
}

static struct op op_simple(enum op_kind kind)
{
	return (struct op){ .kind = (uint8_t)kind, .reg = { ARCH_NO_REG, ARCH_NO_REG } };
}

static struct err *load_reg(struct unwind *w, unsigned reg, uint64_t address)
{
	uint64_t v;

	if (reg == ARCH_NO_REG)
		return NULL;
	if (reg > ARM64_LR)
		return err_new(ERR_CORRUPT, "unwind code restores register x%u", reg);
	TRY(stack_word(w->m, address, 8, &v));
	regs_set(&w->r, reg, v);
	return NULL;
}

/* `next`: pairs that lie above this one (save_next). */
static struct err *run_load(struct unwind *w, const struct op *op, unsigned next)
{
	uint64_t at = regs_sp(&w->r) + op->offset;

	TRY(load_reg(w, op->reg[0], at));
	TRY(load_reg(w, op->reg[1], at + 8));
	for (unsigned i = 1; i <= next && !op->vector; i++) {
		if (op->reg[1] != op->reg[0] + 1)
			return err_new(ERR_CORRUPT, "unwind code save_next follows no pair");
		TRY(load_reg(w, op->reg[0] + 2 * i, at + 16 * i));
		TRY(load_reg(w, op->reg[1] + 2 * i, at + 16 * i + 8));
	}
	w->r.v[ARM64_SP] += op->post;
	return NULL;
}

static struct err *run_sp_from_fp(struct unwind *w, const struct op *op)
{
	if (!regs_has(&w->r, ARM64_X29))
		return err_new(ERR_NOTFOUND, "fp is not known");
	w->r.v[ARM64_SP] = w->r.v[ARM64_X29] - op->offset;
	return NULL;
}

/* --- frames left by the system -------------------------------------------------------- */

static struct err *machine_frame(struct unwind *w)
{
	uint64_t sp, pc;

	TRY(stack_word(w->m, regs_sp(&w->r), 8, &sp));
	TRY(stack_word(w->m, regs_sp(&w->r) + 8, 8, &pc));
	regs_set(&w->r, ARM64_SP, sp);
	regs_set(&w->r, ARM64_PC, pc);
	w->own_pc = w->exact = true;
	return NULL;
}

/* Its layout is published nowhere; the kernel's type data has it. */
static struct err *trap_frame(struct unwind *w)
{
	const struct arm64_trap_layout *t = w->image->trap_frame;
	uint64_t at = regs_sp(&w->r), spsr, sp, pc;

	if (!t)
		return err_new(ERR_UNSUPPORTED, "trap frame at 0x%" PRIx64 ": its layout is not known",
			       at);
	for (unsigned i = 0; i <= 18; i++)
		TRY(load_reg(w, i, at + t->x + 8 * (uint64_t)i));
	TRY(stack_word(w->m, at + t->spsr, 4, &spsr));
	TRY(stack_word(w->m, at + t->sp, 8, &sp));
	TRY(stack_word(w->m, at + t->pc, 8, &pc));
	TRY(load_reg(w, ARM64_LR, at + t->lr));
	TRY(load_reg(w, ARM64_X29, at + t->fp));
	regs_set(&w->r, ARM64_CPSR, spsr);
	regs_set(&w->r, ARM64_SP, sp);
	regs_set(&w->r, ARM64_PC, pc);
	w->own_pc = w->exact = true;
	return NULL;
}

static struct err *context_frame(struct unwind *w)
{
	uint8_t b[0x110];
	struct regs r;

	if (!arch_read(w->m, regs_sp(&w->r), b, sizeof(b)))
		return err_fault(regs_sp(&w->r));
	TRY(w->r.arch->decode(CONTEXT_WIN_ARM64, b, sizeof(b), false, &r));
	if (!regs_has(&r, ARM64_PC) || !regs_has(&r, ARM64_SP))
		return err_new(ERR_CORRUPT, "saved context on the stack holds no pc");
	w->r = r;
	w->own_pc = w->exact = true;
	return NULL;
}

/* A context of emulated x64 code: where ARM64EC_NT_CONTEXT keeps each register. */
static struct err *ec_context_frame(struct unwind *w)
{
	static const struct {
		uint8_t reg;
		uint16_t offset;
	} at[] = {
		{ 8, 0x78 },   { 0, 0x80 },   { 1, 0x88 },   { 27, 0x90 },  { ARM64_SP, 0x98 },
		{ ARM64_X29, 0xa0 }, { 25, 0xa8 }, { 26, 0xb0 }, { 2, 0xb8 }, { 3, 0xc0 },
		{ 4, 0xc8 },   { 5, 0xd0 },   { 19, 0xd8 },  { 20, 0xe0 },  { 21, 0xe8 },
		{ 22, 0xf0 },  { ARM64_PC, 0xf8 }, { ARM64_LR, 0x120 },
	};
	struct regs r = { .arch = w->r.arch };

	for (size_t i = 0; i < sizeof(at) / sizeof(at[0]); i++) {
		uint64_t v;

		TRY(stack_word(w->m, regs_sp(&w->r) + at[i].offset, 8, &v));
		regs_set(&r, at[i].reg, v);
	}
	w->r = r;
	w->own_pc = w->exact = true;
	return NULL;
}

static struct err *run_op(struct unwind *w, const struct op *op, unsigned next)
{
	switch ((enum op_kind)op->kind) {
	case OP_LOAD: return run_load(w, op, next);
	case OP_SP_FROM_FP: return run_sp_from_fp(w, op);
	case OP_TRAP_FRAME: return trap_frame(w);
	case OP_MACHINE_FRAME: return machine_frame(w);
	case OP_CONTEXT: return context_frame(w);
	case OP_EC_CONTEXT: return ec_context_frame(w);
	case OP_CLEAR_CALL:
		w->exact = true;
		return NULL;
	case OP_PAC:
		w->r.v[ARM64_LR] = arm64_strip(w->r.v[ARM64_LR], 0);
		return NULL;
	case OP_NOP:
	case OP_NEXT:
	case OP_END_C:
		return NULL;
	}
	return NULL;
}

static struct err *run_ops(struct unwind *w, const struct ops *ops, unsigned skip)
{
	unsigned next = 0;

	for (unsigned i = skip; i < ops->n; i++) {
		if (ops->v[i].kind == OP_NEXT) {
			next++;
			continue;
		}
		TRY(run_op(w, &ops->v[i], next));
		next = 0;
	}
	return NULL;
}

/* --- unwind codes -------------------------------------------------------------------------- */

static uint8_t pair_second(uint8_t reg)
{
	return (uint8_t)(reg + 1);
}

/* Codes E7 and above. Zero bytes taken: not a code we know. */
static unsigned decode_any_reg(const uint8_t *b, struct op *ret)
{
	unsigned pair = b[1] >> 6 & 1, writeback = b[1] >> 5 & 1, reg = b[1] & 31;
	unsigned kind = b[2] >> 6, o = b[2] & 63;
	uint32_t size = writeback ? (o + 1) * 16 : 0;
	uint32_t offset = writeback ? 0 : pair || kind == 2 ? o * 16 : o * 8;

	if (kind == 3) {	/* z and p registers: no integer register, no change of sp */
		*ret = op_simple(OP_NOP);
		return 3;
	}
	if (b[1] & 0x80)
		return 0;
	*ret = kind ? op_vector(size)
		    : op_load((uint8_t)reg, pair ? pair_second((uint8_t)reg) : ARCH_NO_REG, offset,
			      size);
	return 3;
}

static unsigned decode_high(const uint8_t *b, unsigned n, struct op *ret)
{
	static const struct {
		uint8_t code, kind;
	} one_byte[] = {
		{ 0xe3, OP_NOP }, { 0xe5, OP_END_C }, { 0xe6, OP_NEXT }, { 0xe8, OP_TRAP_FRAME },
		{ 0xe9, OP_MACHINE_FRAME }, { 0xea, OP_CONTEXT }, { 0xeb, OP_EC_CONTEXT },
		{ 0xec, OP_CLEAR_CALL }, { 0xfc, OP_PAC },
	};

	for (size_t i = 0; i < sizeof(one_byte) / sizeof(one_byte[0]); i++) {
		if (one_byte[i].code == b[0]) {
			*ret = op_simple((enum op_kind)one_byte[i].kind);
			return 1;
		}
	}
	if (b[0] == 0xe0 && n >= 4) {
		*ret = op_alloc(((uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3]) * 16);
		return 4;
	}
	if (b[0] == 0xe1 || (b[0] == 0xe2 && n >= 2)) {
		*ret = op_simple(OP_SP_FROM_FP);
		ret->offset = b[0] == 0xe2 ? b[1] * 8u : 0;
		return b[0] == 0xe2 ? 2 : 1;
	}
	return b[0] == 0xe7 && n >= 3 ? decode_any_reg(b, ret) : 0;
}

/* Codes of two bytes, C0 to DE. */
static unsigned decode_pair(const uint8_t *b, struct op *ret)
{
	unsigned w = (unsigned)b[0] << 8 | b[1];
	unsigned x4 = w >> 6 & 15, z6 = w & 63, x5 = w >> 5 & 15, z5 = w & 31;
	uint8_t reg = (uint8_t)(19 + x4), reg_x = (uint8_t)(19 + x5);
	uint8_t lr_reg = (uint8_t)(19 + 2 * (w >> 6 & 7));

	if (b[0] < 0xc8)	/* alloc_m */
		*ret = op_alloc((w & 0x7ff) * 16);
	else if (b[0] < 0xcc)	/* save_regp */
		*ret = op_load(reg, pair_second(reg), z6 * 8, 0);
	else if (b[0] < 0xd0)	/* save_regp_x */
		*ret = op_load(reg, pair_second(reg), 0, (z6 + 1) * 8);
	else if (b[0] < 0xd4)	/* save_reg */
		*ret = op_load(reg, ARCH_NO_REG, z6 * 8, 0);
	else if (b[0] < 0xd6)	/* save_reg_x */
		*ret = op_load(reg_x, ARCH_NO_REG, 0, (z5 + 1) * 8);
	else if (b[0] < 0xd8)	/* save_lrpair */
		*ret = op_load(lr_reg, ARM64_LR, z6 * 8, 0);
	else if (b[0] < 0xda)	/* save_fregp */
		*ret = op_vector(0);
	else if (b[0] < 0xdc)	/* save_fregp_x */
		*ret = op_vector((z6 + 1) * 8);
	else if (b[0] < 0xde)	/* save_freg */
		*ret = op_vector(0);
	else			/* save_freg_x */
		*ret = op_vector((z5 + 1) * 8);
	return 2;
}

static unsigned decode_op(const uint8_t *b, unsigned n, struct op *ret)
{
	unsigned z5 = b[0] & 31, z6 = b[0] & 63;

	if (b[0] < 0x20)	/* alloc_s */
		*ret = op_alloc(z5 * 16);
	else if (b[0] < 0x40)	/* save_r19r20_x */
		*ret = op_load(19, 20, 0, z5 * 8);
	else if (b[0] < 0x80)	/* save_fplr */
		*ret = op_load(ARM64_X29, ARM64_LR, z6 * 8, 0);
	else if (b[0] < 0xc0)	/* save_fplr_x */
		*ret = op_load(ARM64_X29, ARM64_LR, 0, (z6 + 1) * 8);
	else if (b[0] < 0xdf)
		return n >= 2 ? decode_pair(b, ret) : 0;
	else
		return decode_high(b, n, ret);
	return 1;
}

/* The codes from byte `at` up to `end` (E4), which is not among them. */
static struct err *parse_codes(const uint8_t *b, unsigned n, unsigned at, struct ops *ret)
{
	ret->n = 0;
	while (at < n && b[at] != 0xe4) {
		struct op op;
		unsigned used = decode_op(b + at, n - at, &op);

		if (!used && b[at] == 0xdf)
			return err_new(ERR_UNSUPPORTED,
				       "unwind code alloc_z depends on the vector length");
		if (!used)
			return err_new(ERR_CORRUPT, "unwind code 0x%02x at byte %u of %u", b[at], at,
				       n);
		ret->v[ret->n++] = op;
		at += used;
	}
	if (at >= n)
		return err_new(ERR_CORRUPT, "unwind codes run on past their %u bytes", n);
	return NULL;
}

/* Instructions of the scope: up to end or end_c. */
static unsigned scope_size(const struct ops *ops)
{
	unsigned n = 0;

	while (n < ops->n && ops->v[n].kind != OP_END_C)
		n++;
	return n;
}

/* --- .xdata ------------------------------------------------------------------------------------ */

struct xdata {
	uint32_t length;		/* of the function, instructions */
	unsigned epilogs, code_words;
	bool single;			/* E: `epilogs` is the code index of the one at the end */
	uint64_t epilogs_rva, codes_rva;
};

static struct err *read_word(const struct unwind *w, uint64_t rva, uint32_t *ret)
{
	struct cursor c;
	uint8_t b[4];

	if (!image_read(w->m, w->image, rva, b, 4))
		return err_new(ERR_NOTFOUND, "unwind info at RVA 0x%" PRIx64 " is not there", rva);
	c = cursor_init(".xdata", b, 4, rva);
	*ret = cursor_u32(&c);
	return NULL;
}

static struct err *read_xdata(const struct unwind *w, uint32_t rva, struct xdata *ret)
{
	struct xdata x = { 0 };
	uint32_t word;

	TRY(read_word(w, rva, &word));
	if (word >> 18 & 3)
		return err_new(ERR_UNSUPPORTED, "unwind info at RVA 0x%x is of version %u", rva,
			       word >> 18 & 3);
	x.length = word & 0x3ffff;
	x.single = word >> 21 & 1;
	x.epilogs = word >> 22 & 31;
	x.code_words = word >> 27;
	x.epilogs_rva = (uint64_t)rva + 4;
	if (!x.epilogs && !x.code_words) {
		TRY(read_word(w, (uint64_t)rva + 4, &word));
		x.epilogs = word & 0xffff;
		x.code_words = word >> 16 & 0xff;
		x.epilogs_rva += 4;
	}
	x.codes_rva = x.epilogs_rva + (x.single ? 0 : x.epilogs * (uint64_t)4);
	*ret = x;
	return NULL;
}

/* Is instruction `at` in an epilog with the codes of `ops`, which starts at `start`? */
static bool in_epilog(const struct ops *ops, uint32_t start, uint32_t at)
{
	return at >= start && at - start <= scope_size(ops); /* the return is one more */
}

/* Looks for the epilog around instruction `at`; its ops are left in *ops. */
static struct err *find_epilog(struct unwind *w, const struct xdata *x, const uint8_t *codes,
			       uint32_t at, struct ops *ops, bool *ret_found, uint32_t *ret_into)
{
	unsigned n = x->code_words * 4, near = 0;

	*ret_found = false;
	if (x->single) {
		uint32_t size;

		TRY(parse_codes(codes, n, x->epilogs, ops));
		size = scope_size(ops) + 1;
		*ret_found = size <= x->length && in_epilog(ops, x->length - size, at);
		*ret_into = at - (x->length - size);
		return NULL;
	}
	for (unsigned i = 0; i < x->epilogs && near < MAX_NEAR_EPILOGS; i++) {
		uint32_t word, start;

		TRY(read_word(w, x->epilogs_rva + i * (uint64_t)4, &word));
		start = word & 0x3ffff;
		/* they are in order of their start; no epilog is longer than its codes */
		if (start > at)
			return NULL;
		if (at - start > n)
			continue;
		near++;
		TRY(parse_codes(codes, n, word >> 22, ops));
		if (in_epilog(ops, start, at)) {
			*ret_found = true;
			*ret_into = at - start;
			return NULL;
		}
	}
	return NULL;
}

static struct err *run_xdata(struct unwind *w, const struct xdata *x)
{
	uint32_t at = (w->rva - w->begin) / 4, into = 0, prolog;
	uint8_t codes[MAX_CODE_BYTES];
	struct ops ops;
	bool found;

	if (!image_read(w->m, w->image, x->codes_rva, codes, x->code_words * (size_t)4))
		return err_new(ERR_NOTFOUND, "unwind codes at RVA 0x%" PRIx64 " are not there",
			       x->codes_rva);
	TRY(find_epilog(w, x, codes, at, &ops, &found, &into));
	if (found)
		return run_ops(w, &ops, into);
	TRY(parse_codes(codes, x->code_words * 4, 0, &ops));
	prolog = scope_size(&ops);
	return run_ops(w, &ops, at < prolog ? prolog - at : 0);
}

/* --- packed ------------------------------------------------------------------------------------ */

struct packed {
	unsigned flag, length;		/* instructions */
	unsigned reg_f, reg_i, cr;
	bool home;
	uint32_t int_size, float_size, saved_size, local_size;
};

static struct err *read_packed(uint32_t word, struct packed *ret)
{
	struct packed p = {
		.flag = word & 3, .length = word >> 2 & 0x7ff, .reg_f = word >> 13 & 7,
		.reg_i = word >> 16 & 15, .home = word >> 20 & 1, .cr = word >> 21 & 3,
	};
	uint32_t frame = (word >> 23) * 16;

	if (p.reg_i > 10)
		return err_new(ERR_CORRUPT, "packed unwind data 0x%08x saves %u registers from x19",
			       word, p.reg_i);
	p.int_size = p.reg_i * 8 + (p.cr == 1 ? 8 : 0);
	p.float_size = p.reg_f ? p.reg_f * 8 + 8 : 0;
	p.saved_size = (p.int_size + p.float_size + (p.home ? 64 : 0) + 15) & ~15u;
	if (frame < p.saved_size)
		return err_new(ERR_CORRUPT, "packed unwind data 0x%08x: frame of %u bytes for %u",
			       word, frame, p.saved_size);
	p.local_size = frame - p.saved_size;
	*ret = p;
	return NULL;
}

static void add(struct ops *ops, struct op op)
{
	ops->v[ops->n++] = op;	/* at most some twenty */
}

/* Locals and the frame record, last in the prolog, so first here. */
static void add_locals(const struct packed *p, bool prolog, struct ops *ops)
{
	bool chained = p->cr >= 2;
	uint32_t size = p->local_size;

	if (chained && prolog)
		add(ops, op_simple(OP_SP_FROM_FP));
	if (chained && size <= 512) {
		add(ops, op_load(ARM64_X29, ARM64_LR, 0, size));
		return;
	}
	if (chained)
		add(ops, op_load(ARM64_X29, ARM64_LR, 0, 0));
	if (size > 4080) {
		add(ops, op_alloc(size - 4080));
		add(ops, op_alloc(4080));
	} else if (size) {
		add(ops, op_alloc(size));
	}
}

/* Homes of x0 to x7 are stored in the prolog only; without other saves the
 * first of them moves sp. */
static void add_homes(const struct packed *p, bool prolog, struct ops *ops)
{
	bool first = !p->reg_i && !p->reg_f && p->cr != 1;

	if (!p->home)
		return;
	for (unsigned i = 0; prolog && i < (first ? 3u : 4u); i++)
		add(ops, op_simple(OP_NOP));
	if (first)
		add(ops, op_alloc(p->saved_size));
}

static void add_floats(const struct packed *p, struct ops *ops)
{
	unsigned n = p->reg_f ? p->reg_f + 1 : 0;	/* d8 ... */
	bool first = !p->reg_i && p->cr != 1;

	for (unsigned i = (n + 1) / 2; i-- > 0;)
		add(ops, op_vector(i == 0 && first ? p->saved_size : 0));
}

static void add_ints(const struct packed *p, struct ops *ops)
{
	bool lr = p->cr == 1, odd = p->reg_i & 1;

	if (lr && !odd)		/* else it pairs with the last register */
		add(ops, p->reg_i ? op_load(ARM64_LR, ARCH_NO_REG, p->int_size - 8, 0)
				  : op_load(ARM64_LR, ARCH_NO_REG, 0, p->saved_size));
	for (unsigned i = (p->reg_i + 1) / 2; i-- > 0;) {
		uint8_t reg = (uint8_t)(19 + 2 * i), second = pair_second(reg);
		bool last = i == (p->reg_i - 1) / 2;

		if (last && odd)
			second = lr ? ARM64_LR : ARCH_NO_REG;
		add(ops, op_load(reg, second, i * 16, i ? 0 : p->saved_size));
	}
}

static void expand_packed(const struct packed *p, bool prolog, struct ops *ops)
{
	ops->n = 0;
	add_locals(p, prolog, ops);
	add_homes(p, prolog, ops);
	add_floats(p, ops);
	add_ints(p, ops);
	if (p->cr == 2)
		add(ops, op_simple(OP_PAC));
}

static struct err *run_packed(struct unwind *w, const struct packed *p)
{
	uint32_t at = (w->rva - w->begin) / 4;
	struct ops ops;

	if (p->flag == 1) {
		expand_packed(p, false, &ops);
		if (ops.n + 1 <= p->length && in_epilog(&ops, p->length - (ops.n + 1), at))
			return run_ops(w, &ops, at - (p->length - (ops.n + 1)));
	}
	expand_packed(p, true, &ops);
	return run_ops(w, &ops, p->flag == 1 && at < ops.n ? ops.n - at : 0);
}

/* --- one frame ---------------------------------------------------------------------------------- */

/* false in *ret_covered: no entry covers the address, it is in a leaf function. */
static struct err *run_function(struct unwind *w, bool *ret_covered)
{
	uint32_t words[2], length;
	struct packed p = { 0 };
	struct xdata x = { 0 };
	bool found;

	TRY(pdata_find(w->m, w->image, 8, w->rva, &found, words));
	*ret_covered = false;
	if (!found)
		return NULL;
	w->begin = words[0];
	if ((words[1] & 3) == 3)
		return err_new(ERR_UNSUPPORTED, "function table entry 0x%08x 0x%08x is of a reserved kind",
			       words[0], words[1]);
	if (words[1] & 3)
		TRY(read_packed(words[1], &p));
	else
		TRY(read_xdata(w, words[1], &x));
	length = words[1] & 3 ? p.length : x.length;
	*ret_covered = (w->rva - w->begin) / 4 < length;
	if (!*ret_covered)
		return NULL;
	return words[1] & 3 ? run_packed(w, &p) : run_xdata(w, &x);
}

static struct err *finish(struct unwind *w, const struct regs *callee, struct regs *ret_caller,
			  struct unwind_result *ret)
{
	struct unwind_result res = { .trust = TRUST_CFI, .frame = regs_sp(callee),
				     .machine_frame = w->own_pc };

	if (!w->own_pc) {
		if (!regs_has(&w->r, ARM64_LR))
			return err_new(ERR_NOTFOUND, "lr is not known");
		/* a signed address is never right, whoever forgot to say so */
		regs_set(&w->r, ARM64_PC, arm64_strip(w->r.v[ARM64_LR], 0));
		regs_forget(&w->r, ARM64_LR);
		for (unsigned i = ARM64_X0; i < 18; i++)	/* x18 is the thread's */
			regs_forget(&w->r, i);
		regs_forget(&w->r, ARM64_CPSR);
	}
	res.end = !regs_ip(&w->r);
	TRY(unwind_check(callee, &w->r, &res));
	res.machine_frame = w->exact;
	*ret_caller = w->r;
	*ret = res;
	return NULL;
}

struct err *arm64_unwind(const struct arch_memory *m, const struct unwind_image *image,
			 bool leaf_allowed, const struct regs *callee, struct regs *ret_caller,
			 struct unwind_result *ret)
{
	struct unwind w = { .m = m, .image = image, .r = *callee };
	bool covered;

	if (!regs_has(callee, ARM64_PC) || !regs_has(callee, ARM64_SP))
		return err_new(ERR_NOTFOUND, "pc or sp is not known");
	if (regs_ip(callee) - image->base > UINT32_MAX ||
	    (image->size && regs_ip(callee) - image->base >= image->size))
		return err_new(ERR_NOTFOUND, "pc is not in the image");
	w.rva = (uint32_t)(regs_ip(callee) - image->base);
	TRY(run_function(&w, &covered));
	if (!covered && !leaf_allowed)
		return err_new(ERR_NOTFOUND, "no function table entry for RVA 0x%x", w.rva);
	return finish(&w, callee, ret_caller, ret);
}
