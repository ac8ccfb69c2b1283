/* SPDX-License-Identifier: MIT */
/*
 * x64 epilogs, found and run by reading the code ahead.
 *
 * Version 1 unwind info does not say where epilogs are; instead their form is
 * prescribed (Microsoft, "x64 prolog and epilog"): add rsp,n or lea rsp,[fp+n],
 * then pops of 8-byte registers, then ret or a tail jump. Whatever has that
 * form from the instruction pointer on is an epilog. A jump belongs to one when
 * it leaves the function (its separated parts included); an indirect jump when
 * it is through rip-relative memory or has REX.W, which compilers put there to
 * tell it from a switch's.
 *
 * Code may be missing from the dump; then there is no epilog, and the unwind
 * codes are right for all the frames but perhaps the innermost.
 */
#include "arch/unwind_impl.h"

#include <string.h>

struct code {
	const uint8_t *b;
	size_t n, at;
};

static bool has(const struct code *c, size_t n)
{
	return c->n - c->at >= n;
}

static int64_t signed_at(const struct code *c, size_t at, unsigned size)
{
	struct cursor k = cursor_init("code", c->b, c->n, 0);
	uint64_t v;

	cursor_seek(&k, at);
	v = cursor_uint(&k, size);
	return size == 1 ? (int8_t)v : (int32_t)v;
}

/* add rsp,imm8 (48 83 c4) or imm32 (48 81 c4) */
static bool take_add_rsp(struct code *c, struct regs *r)
{
	const uint8_t *b = c->b + c->at;
	unsigned size;

	if (!has(c, 4) || b[0] != 0x48 || b[2] != 0xc4 || (b[1] != 0x83 && b[1] != 0x81))
		return false;
	size = b[1] == 0x83 ? 1 : 4;
	if (!has(c, 3 + (size_t)size))
		return false;
	r->v[X64_RSP] += (uint64_t)signed_at(c, c->at + 3, size);
	c->at += 3 + size;
	return true;
}

/* lea rsp,[fp+disp8] or [fp+disp32]: REX.W 8d, reg 4, base the frame register */
static bool take_lea_rsp(struct code *c, uint8_t frame_reg, struct regs *r)
{
	const uint8_t *b = c->b + c->at;
	unsigned mod, base, size, sib;

	if (!frame_reg || !has(c, 4) || (b[0] & 0xfe) != 0x48 || b[1] != 0x8d ||
	    (b[2] & 0x38) != 0x20)
		return false;
	mod = b[2] >> 6;
	base = (b[2] & 7) | (unsigned)(b[0] & 1) << 3;
	sib = (b[2] & 7) == 4;	/* r12 as base needs a SIB byte; 24 is the plain one */
	if (base != frame_reg || mod < 1 || mod > 2 || (sib && b[3] != 0x24))
		return false;
	size = mod == 1 ? 1 : 4;
	if (!has(c, 3 + sib + (size_t)size) || !regs_has(r, frame_reg))
		return false;
	regs_set(r, X64_RSP, r->v[frame_reg] + (uint64_t)signed_at(c, c->at + 3 + sib, size));
	c->at += 3 + sib + size;
	return true;
}

/* 58+r, or REX 58+r */
static bool take_pop(struct code *c, unsigned *ret_reg)
{
	const uint8_t *b = c->b + c->at;

	if (has(c, 1) && (b[0] & 0xf8) == 0x58) {
		*ret_reg = b[0] & 7;
		c->at += 1;
		return true;
	}
	if (has(c, 2) && (b[0] & 0xf0) == 0x40 && (b[1] & 0xf8) == 0x58) {
		*ret_reg = (b[1] & 7) | (unsigned)(b[0] & 1) << 3;
		c->at += 2;
		return true;
	}
	return false;
}

/* A direct jump to `target` gives up the frame. */
static bool leaves_function(const struct x64_epilog_place *p, uint64_t target)
{
	uint64_t rva = target - p->image->base;
	struct x64_function f;

	if (rva >= p->begin && rva < p->end)
		return rva == p->begin && !p->chained;
	if (rva == p->primary || rva > UINT32_MAX)
		return true;
	if (err_ignore(x64_function_at(p->m, p->image, (uint32_t)rva, &f)))
		return true;
	return f.primary_begin != p->primary;
}

static bool is_end(const struct x64_epilog_place *p, const struct code *c, uint64_t ip)
{
	const uint8_t *b = c->b + c->at;
	uint64_t here = ip + c->at;

	if (has(c, 1) && (b[0] == 0xc3 || b[0] == 0xc2))
		return true;
	if (has(c, 2) && (b[0] == 0xf3 || b[0] == 0xf2) && b[1] == 0xc3)
		return true;
	if (has(c, 2) && b[0] == 0xeb)
		return leaves_function(p, here + 2 + (uint64_t)signed_at(c, c->at + 1, 1));
	if (has(c, 5) && b[0] == 0xe9)
		return leaves_function(p, here + 5 + (uint64_t)signed_at(c, c->at + 1, 4));
	if (has(c, 2) && b[0] == 0xff && b[1] == 0x25)
		return true;
	return has(c, 3) && (b[0] & 0xf8) == 0x48 && b[1] == 0xff && (b[2] & 0x38) == 0x20;
}

bool x64_run_epilog(const struct x64_epilog_place *p, struct regs *r)
{
	uint8_t bytes[64];	/* 7 for the stack, 16 pops of 2, 7 for the jump */
	uint64_t ip = regs_ip(r);
	struct code c = { .b = bytes, .n = p->m->read(p->m->arg, ip, bytes, sizeof(bytes)) };
	struct regs t = *r;
	unsigned reg;

	if (!take_add_rsp(&c, &t))
		(void)take_lea_rsp(&c, p->frame_reg, &t);
	while (take_pop(&c, &reg)) {
		uint64_t v;

		if (reg == X64_RSP || !arch_read_uint(p->m, regs_sp(&t), 8, &v))
			return false;
		regs_set(&t, reg, v);
		t.v[X64_RSP] += 8;
	}
	if (!is_end(p, &c, ip))
		return false;
	*r = t;
	return true;
}
