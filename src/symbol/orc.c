/* SPDX-License-Identifier: MIT */
/*
 * Unwinding by ORC tables: the entry of an address, and what it says done.
 *
 * Of the registers that calls preserve, ORC tells of rsp and rbp only: the
 * others are not known in a caller, until a frame that saved them all.
 */
#include "symbol/orc_impl.h"

#include "base/cursor.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum {
	MAX_ENTRIES = 1 << 24,	/* kernels have up to a million */
	MAX_RULES = 1 << 16,
	IP_ENTRY = 4,
	WORD = 8,
};

static struct orc *of(struct provider *p)
{
	return (struct orc *)p;
}

/* --- the entry of an address --------------------------------------------------------------- */

static bool ip_at(const struct orc *o, uint64_t i, uint64_t *ret)
{
	uint64_t at = o->in.ip_table + i * IP_ENTRY, v;

	if (!arch_read_uint(&o->in.memory, at, IP_ENTRY, &v))
		return false;
	*ret = at + (uint64_t)(int64_t)(int32_t)v;
	return true;
}

/* The last entry at or below. */
static struct err *find_entry(const struct orc *o, uint64_t address, uint64_t *ret)
{
	uint64_t lo = 0, hi = o->in.n;

	while (lo < hi) {
		uint64_t mid = lo + (hi - lo) / 2, ip;

		if (!ip_at(o, mid, &ip))
			return err_fault(o->in.ip_table + mid * IP_ENTRY);
		if (ip <= address)
			lo = mid + 1;
		else
			hi = mid;
	}
	if (!lo)
		return err_new(ERR_NOTFOUND, "orc: nothing is told of 0x%" PRIx64, address);
	*ret = lo - 1;
	return NULL;
}

static enum orc_base base_of(const struct orc_layout *l, unsigned number)
{
	static const enum orc_base early[] = { ORC_NONE, ORC_PREV_SP, ORC_DX, ORC_DI, ORC_BP, ORC_SP, ORC_R10, ORC_R13,
					       ORC_BP_INDIRECT, ORC_SP_INDIRECT };
	static const enum orc_base late[] = { ORC_NONE, ORC_AX, ORC_DX, ORC_SP, ORC_BP, ORC_DI, ORC_R10, ORC_R13,
					      ORC_PREV_SP, ORC_SP_INDIRECT, ORC_BP_INDIRECT };

	if (l->late_registers)
		return number < ARRAY_SIZE(late) ? late[number] : ORC_BAD;
	return number < ARRAY_SIZE(early) ? early[number] : ORC_BAD;
}

static enum orc_type type_of(const struct orc_layout *l, unsigned number, bool end, enum orc_base sp)
{
	static const enum orc_type early[] = { ORC_CALL, ORC_REGS, ORC_IRET };
	static const enum orc_type late[] = { ORC_UNDEFINED, ORC_END, ORC_CALL, ORC_REGS, ORC_IRET };

	if (l->late_types)
		return number < ARRAY_SIZE(late) ? late[number] : ORC_UNKNOWN;
	if (sp == ORC_NONE)
		return end ? ORC_END : ORC_UNDEFINED;
	return number < ARRAY_SIZE(early) ? early[number] : ORC_UNKNOWN;
}

static unsigned bits(uint64_t v, unsigned at, unsigned n)
{
	return (unsigned)(v >> at) & ((1u << n) - 1);
}

static struct err *read_rule(const struct orc *o, uint64_t i, struct orc_rule *ret)
{
	const struct orc_layout *l = &o->layout;
	uint64_t at = o->in.entry_table + i * ORC_ENTRY, v;
	uint8_t b[WORD] = { 0 };
	struct orc_rule r;
	struct cursor c;

	if (!arch_read(&o->in.memory, at, b, ORC_ENTRY))
		return err_fault(at);
	c = cursor_init("orc", b, sizeof(b), at);
	r.sp_offset = (int16_t)cursor_u16(&c);
	r.bp_offset = (int16_t)cursor_u16(&c);
	cursor_seek(&c, 0);
	v = cursor_u64(&c);
	r.sp = base_of(l, bits(v, l->sp_reg, 4));
	r.bp = base_of(l, bits(v, l->bp_reg, 4));
	r.type = type_of(l, bits(v, l->type, l->type_bits), l->end && bits(v, l->end, 1), r.sp);
	r.exact = l->signal ? bits(v, l->signal, 1) : r.type == ORC_REGS || r.type == ORC_IRET;
	*ret = r;
	return NULL;
}

/* Stacks of thousands of tasks stand at the same few addresses. */
static struct err *rule_of(struct orc *o, uint64_t address, struct orc_rule *ret)
{
	struct orc_rule *known = u64map_get(&o->rules, address), r = { 0 };
	uint64_t i = 0;

	if (known) {
		*ret = *known;
		return NULL;
	}
	TRY(find_entry(o, address, &i));
	TRY(read_rule(o, i, &r));
	if (o->rules.n < MAX_RULES) {
		known = arena_memdup(&o->arena, &r, sizeof(r));
		if (!known || !u64map_put(&o->rules, address, known))
			return err_nomem();
	}
	*ret = r;
	return NULL;
}

static struct err *know_layout(struct orc *o)
{
	struct err *e;

	if (o->layout.name)
		return NULL;
	if (o->useless)
		return err_new(ERR_NOTFOUND, "orc: no layout fits the entries");
	e = orc_find_layout(o, &o->layout);
	o->useless = e;
	return e;
}

/* --- doing what it says ----------------------------------------------------------------------- */

static struct err *word(const struct arch_memory *m, uint64_t at, uint64_t *ret)
{
	return arch_read_uint(m, at, WORD, ret) ? NULL : err_fault(at);
}

static struct err *known_register(const struct regs *r, unsigned reg, uint64_t *ret)
{
	if (!regs_has(r, reg))
		return err_new(ERR_NOTFOUND, "orc: the frame depends on %s, which is not known", r->arch->regs[reg].name);
	*ret = r->v[reg];
	return NULL;
}

/* The caller's stack pointer (call), or where its registers are. */
static struct err *find_sp(const struct arch_memory *m, const struct orc_rule *rule, const struct regs *callee,
			   uint64_t *ret, bool *ret_other)
{
	static const uint8_t registers[] = {
		[ORC_NONE] = ARCH_NO_REG, [ORC_PREV_SP] = ARCH_NO_REG, [ORC_AX] = X64_RAX, [ORC_DX] = X64_RDX,
		[ORC_DI] = X64_RDI, [ORC_BP] = X64_RBP, [ORC_SP] = X64_RSP, [ORC_R10] = X64_R10, [ORC_R13] = X64_R13,
		[ORC_BP_INDIRECT] = X64_RBP, [ORC_SP_INDIRECT] = X64_RSP, [ORC_BAD] = ARCH_NO_REG,
	};
	uint64_t v = 0, offset = (uint64_t)(int64_t)rule->sp_offset;

	if (registers[rule->sp] == ARCH_NO_REG)
		return err_new(ERR_CORRUPT, "orc: an entry has no base for the stack pointer");
	TRY(known_register(callee, registers[rule->sp], &v));
	if (rule->sp == ORC_SP_INDIRECT) {
		TRY(word(m, v, &v));
		v += offset;
	} else {
		v += offset;
		if (rule->sp == ORC_BP_INDIRECT)
			TRY(word(m, v, &v));
	}
	*ret = v;
	/* the word that a swapped stack pointer was saved in leads to the stack it was of */
	*ret_other = rule->sp == ORC_SP_INDIRECT;
	return NULL;
}

static void set_bp(const struct arch_memory *m, const struct orc_rule *rule, uint64_t sp, const struct regs *callee,
		   struct regs *r)
{
	uint64_t v;

	switch ((int)rule->bp) { /* the others are no base for rbp */
	case ORC_NONE:
		if (regs_has(callee, X64_RBP))
			regs_set(r, X64_RBP, callee->v[X64_RBP]);
		break;
	case ORC_PREV_SP:
		if (arch_read_uint(m, sp + (uint64_t)(int64_t)rule->bp_offset, WORD, &v))
			regs_set(r, X64_RBP, v);
		break;
	case ORC_BP:
		if (regs_has(callee, X64_RBP) &&
		    arch_read_uint(m, callee->v[X64_RBP] + (uint64_t)(int64_t)rule->bp_offset, WORD, &v))
			regs_set(r, X64_RBP, v);
		break;
	default:
		break;
	}
}

static struct err *by_call(const struct arch_memory *m, const struct orc_rule *rule, uint64_t sp,
			   const struct regs *callee, struct regs *r, struct unwind_result *res)
{
	uint64_t ip = 0;

	TRY(word(m, sp - WORD, &ip));
	regs_set(r, X64_RIP, ip);
	regs_set(r, X64_RSP, sp);
	set_bp(m, rule, sp, callee, r);
	res->return_slot = sp - WORD;
	res->frame = sp;
	if (!res->other_stack && sp <= regs_sp(callee))
		return err_new(ERR_CORRUPT, "orc: unwinding leads from stack address 0x%" PRIx64 " down to 0x%" PRIx64,
			       regs_sp(callee), sp);
	return NULL;
}

/* ip, cs, flags, sp, ss, as the processor pushes them. */
static struct err *read_pushed(const struct arch_memory *m, uint64_t at, struct regs *r)
{
	static const uint8_t order[] = { X64_RIP, X64_CS, X64_EFL, X64_RSP, X64_SS };
	uint64_t v = 0;

	for (size_t i = 0; i < sizeof(order); i++) {
		TRY(word(m, at + i * WORD, &v));
		/* above a selector's 16 bits: what FRED tells of the event */
		regs_set(r, order[i], order[i] == X64_CS || order[i] == X64_SS ? v & 0xffff : v);
	}
	return NULL;
}

struct err *orc_pt_regs(const struct arch_memory *m, uint64_t address, struct regs *ret)
{
	static const uint8_t order[] = { X64_R15, X64_R14, X64_R13, X64_R12, X64_RBP, X64_RBX, X64_R11, X64_R10, X64_R9,
					 X64_R8, X64_RAX, X64_RCX, X64_RDX, X64_RSI, X64_RDI, X64_ORIG_RAX };
	struct regs r = { .arch = arch_for(MACHINE_X64) };
	uint64_t v = 0;

	for (size_t i = 0; i < sizeof(order); i++) {
		TRY(word(m, address + i * WORD, &v));
		regs_set(&r, order[i], v);
	}
	TRY(read_pushed(m, address + sizeof(order) * WORD, &r));
	*ret = r;
	return NULL;
}

/* Only ip, cs, flags, sp and ss are saved: entry code is at work, which has not yet touched what calls
 * preserve. */
static struct err *by_iret(const struct arch_memory *m, uint64_t sp, const struct regs *callee, struct regs *r)
{
	static const uint8_t kept[] = { X64_RBX, X64_RBP, X64_R12, X64_R13, X64_R14, X64_R15 };

	for (size_t i = 0; i < sizeof(kept); i++)
		if (regs_has(callee, kept[i]))
			regs_set(r, kept[i], callee->v[kept[i]]);
	return read_pushed(m, sp, r);
}

static struct err *no_caller(const struct regs *callee, struct regs *r, struct unwind_result *res)
{
	*r = *callee;
	regs_set(r, X64_RIP, 0);
	regs_set(r, X64_RSP, regs_sp(callee) + WORD);
	res->frame = regs_sp(callee);
	res->end = true;
	return NULL;
}

static struct err *apply(const struct arch_memory *m, const struct orc_rule *rule, const struct regs *callee,
			 struct regs *r, struct unwind_result *res)
{
	uint64_t sp = 0;

	if (rule->type == ORC_END)
		return no_caller(callee, r, res);
	if (rule->type == ORC_UNDEFINED || rule->type == ORC_UNKNOWN)
		return err_new(ERR_NOTFOUND, "orc: nothing is told of 0x%" PRIx64, regs_ip(callee));
	TRY(find_sp(m, rule, callee, &sp, &res->other_stack));
	if (rule->type == ORC_CALL)
		return by_call(m, rule, sp, callee, r, res);
	res->trust = TRUST_CONTEXT;
	res->frame = sp;
	res->saved_regs = rule->type == ORC_REGS ? sp : 0;
	res->machine_frame = rule->exact;
	res->other_stack = true;
	return rule->type == ORC_REGS ? orc_pt_regs(m, sp, r) : by_iret(m, sp, callee, r);
}

static struct err *unwind(struct provider *p, uint64_t module_base, bool exact, const struct arch_memory *m,
			  const struct regs *callee, struct regs *ret_caller, struct unwind_result *ret)
{
	struct unwind_result res = { .trust = TRUST_CFI };
	struct orc *o = of(p);
	uint64_t address = regs_ip(callee) - (exact ? 0 : 1);
	struct regs r = { .arch = callee->arch };
	struct orc_rule rule = { 0 };

	if (callee->arch->machine != MACHINE_X64 || address < o->in.base || address >= o->in.end)
		return err_new(ERR_NOTFOUND, "orc: 0x%" PRIx64 " is elsewhere", address);
	TRY(know_layout(o));
	TRY(rule_of(o, address, &rule));
	TRY(apply(m, &rule, callee, &r, &res));
	*ret_caller = r;
	*ret = res;
	return NULL;
}

/* --- the provider --------------------------------------------------------------------------------- */

static void destroy(struct provider *p)
{
	struct orc *o = of(p);

	u64map_deinit(&o->rules);
	arena_deinit(&o->arena);
	free(o);
}

static struct provider_ops orc_ops = {
	.name = "orc",
	.unwind = unwind,
	.destroy = destroy,
};

struct err *orc_open(const struct orc_input *in, struct provider **ret)
{
	struct orc *o;
	struct err *e;

	if (!in->n || in->n > MAX_ENTRIES || in->end <= in->base)
		return err_new(ERR_CORRUPT, "orc: %" PRIu64 " entries for 0x%" PRIx64 " .. 0x%" PRIx64, in->n, in->base,
			       in->end);
	o = calloc(1, sizeof(*o));
	if (!o)
		return err_nomem();
	provider_fill_ops(&orc_ops);
	e = provider_init(&o->p, &orc_ops, "");
	if (e) {
		free(o);
		return e;
	}
	o->in = *in;
	*ret = &o->p;
	return NULL;
}

struct err *orc_layout_of(struct provider *p, struct orc_layout *ret)
{
	TRY(know_layout(of(p)));
	*ret = of(p)->layout;
	return NULL;
}
