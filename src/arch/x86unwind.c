/* SPDX-License-Identifier: MIT */
/*
 * x86 unwinding by what a PDB says of a block of code: FPO_DATA, FRAMEDATA
 * with its postfix program, or the same as a Breakpad STACK WIN record.
 *
 * Sources: the FPO_DATA and FRAMEDATA structures (winnt.h, cvinfo.h), "STACK
 * WIN records" in Breakpad's symbol_files.md, and programs in PDBs. The stack
 * of a frame, from esp upwards:
 *
 *	parameters it has pushed for its callee (callee_params_size)
 *	locals, saved registers
 *	return address
 *	its own parameters
 *
 * so the search for the return address starts at esp + callee_params + locals +
 * saved registers (.raSearchStart). Where a program aligns ($T0 with @), the
 * distance from esp is not known, and the word above ebp is taken.
 *
 * Programs come from symbol files, so they are as hostile as any input: their
 * length, stack and variables are bounded.
 */
#include "arch/unwind_impl.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum {
	MAX_PROGRAM = 4096,	/* bytes; real ones have some 200 */
	MAX_STACK = 64,
	MAX_VARS = 48,
	MAX_NAME = 32,
	SEARCH_WORDS = 24,	/* how far .raSearch looks */
};

/* --- programs ------------------------------------------------------------------- */

struct token {
	const char *s;
	size_t n;
};

struct value {
	uint32_t v;
	bool known;
	bool is_name;		/* not yet looked up: may be assigned to */
	struct token name;
};

struct var {
	struct token name;
	uint32_t v;
	bool known, assigned;
};

struct eval {
	const struct arch_memory *m;
	struct var vars[MAX_VARS];
	unsigned n_vars;
	struct value stack[MAX_STACK];
	unsigned depth;
};

static bool token_is(const struct token *t, const char *s)
{
	return t->n == strlen(s) && !memcmp(t->s, s, t->n);
}

static struct var *find_var(struct eval *k, const struct token *name)
{
	for (unsigned i = 0; i < k->n_vars; i++)
		if (k->vars[i].name.n == name->n && !memcmp(k->vars[i].name.s, name->s, name->n))
			return &k->vars[i];
	return NULL;
}

static struct var *add_var(struct eval *k, struct token name, uint32_t v, bool known)
{
	struct var *var;

	if (k->n_vars == MAX_VARS)
		return NULL;
	var = &k->vars[k->n_vars++];
	*var = (struct var){ .name = name, .v = v, .known = known };
	return var;
}

static void predefine(struct eval *k, const char *name, uint64_t v, bool known)
{
	(void)add_var(k, (struct token){ name, strlen(name) }, (uint32_t)v, known);
}

static struct err *bad_program(const struct token *t, const char *what)
{
	return err_new(ERR_CORRUPT, "frame program: %s at '%.*s'", what,
		       (int)(t->n < MAX_NAME ? t->n : MAX_NAME), t->s);
}

static struct err *push(struct eval *k, const struct token *t, struct value v)
{
	if (k->depth == MAX_STACK)
		return bad_program(t, "more than 64 values");
	k->stack[k->depth++] = v;
	return NULL;
}

/* Top of the stack as a number. */
static struct err *pop(struct eval *k, const struct token *t, struct value *ret)
{
	struct value v;

	if (!k->depth)
		return bad_program(t, "no value left");
	v = k->stack[--k->depth];
	if (v.is_name) {
		const struct var *var = find_var(k, &v.name);

		if (!var)
			return bad_program(&v.name, "no such variable");
		v = (struct value){ .v = var->v, .known = var->known };
	}
	*ret = v;
	return NULL;
}

static struct err *assign(struct eval *k, const struct token *t)
{
	struct value v, target;
	struct var *var;

	TRY(pop(k, t, &v));
	if (!k->depth || !k->stack[k->depth - 1].is_name)
		return bad_program(t, "nothing to assign to");
	target = k->stack[--k->depth];
	var = find_var(k, &target.name);
	if (!var)
		var = add_var(k, target.name, 0, false);
	if (!var)
		return bad_program(t, "too many variables");
	var->v = v.v;
	var->known = v.known;
	var->assigned = true;
	return NULL;
}

static struct err *load(struct eval *k, const struct token *t)
{
	struct value v;
	uint64_t word = 0;

	TRY(pop(k, t, &v));
	if (v.known)
		TRY(stack_word(k->m, v.v, 4, &word));
	v.v = (uint32_t)word;
	return push(k, t, v);
}

static struct err *binary(struct eval *k, const struct token *t)
{
	struct value a, b, r = { 0 };

	TRY(pop(k, t, &b));
	TRY(pop(k, t, &a));
	r.known = a.known && b.known;
	switch (t->s[0]) {
	case '+': r.v = a.v + b.v; break;
	case '-': r.v = a.v - b.v; break;
	case '*': r.v = a.v * b.v; break;
	case '/':
	case '%':
		if (r.known && !b.v)
			return bad_program(t, "division by zero");
		r.v = !r.known ? 0 : t->s[0] == '/' ? a.v / b.v : a.v % b.v;
		break;
	default:	/* @: aligned down */
		if (r.known && (!b.v || (b.v & (b.v - 1))))
			return bad_program(t, "alignment is no power of two");
		r.v = a.v & ~(b.v - 1);
		break;
	}
	return push(k, t, r);
}

static struct err *number(const struct token *t, struct value *ret)
{
	char buf[MAX_NAME], *end;
	long long v;

	if (t->n >= sizeof(buf))
		return bad_program(t, "a long number");
	memcpy(buf, t->s, t->n);
	buf[t->n] = 0;
	v = strtoll(buf, &end, 0);
	if (*end)
		return bad_program(t, "no number, name or operator");
	*ret = (struct value){ .v = (uint32_t)v, .known = true };
	return NULL;
}

static struct err *run_token(struct eval *k, const struct token *t)
{
	struct value v = { .is_name = true, .name = *t };

	if (t->n == 1 && strchr("+-*/%@", t->s[0]))
		return binary(k, t);
	if (token_is(t, "="))
		return assign(k, t);
	if (token_is(t, "^"))
		return load(k, t);
	if (t->s[0] != '$' && t->s[0] != '.')
		TRY(number(t, &v));
	return push(k, t, v);
}

static struct err *run_program(struct eval *k, const char *p)
{
	if (strnlen(p, MAX_PROGRAM) == MAX_PROGRAM)
		return err_new(ERR_CORRUPT, "frame program is longer than %d bytes", MAX_PROGRAM);
	for (;;) {
		struct token t;

		p += strspn(p, " \t");
		if (!*p)
			break;
		t = (struct token){ p, strcspn(p, " \t") };
		TRY(run_token(k, &t));
		p += t.n;
	}
	return NULL;
}

/* --- the return address ---------------------------------------------------------------- */

struct search {
	const struct arch_memory *m;
	const struct arch *arch;
	const struct x86_callee *callee;
};

static bool is_return(const struct search *k, uint64_t word)
{
	if (!word)
		return false;
	if (k->callee->is_return)
		return k->callee->is_return(k->callee->arg, word);
	return after_call(k->arch, k->m, word);
}

/* What the first place holds is believed when it ends the stack, or when the
 * code it points to is not there to judge by. */
static bool first_is_return(const struct search *k, uint64_t word)
{
	uint64_t byte;

	return !word || is_return(k, word) ||
	       (!k->callee->is_return && !arch_read_uint(k->m, word - 1, 1, &byte));
}

/* Looks from `start` up for a return address. */
static uint32_t search_return(const struct search *k, uint32_t start)
{
	const struct x86_callee *c = k->callee;
	uint64_t word;

	if (!arch_read_uint(k->m, start, 4, &word))
		return start;
	if (c->guessed && c->params_size && !is_return(k, word)) {
		start -= c->params_size;
		if (!arch_read_uint(k->m, start, 4, &word))
			return start;
	}
	if (first_is_return(k, word))
		return start;
	for (uint32_t i = 1; i < SEARCH_WORDS; i++) {
		if (!arch_read_uint(k->m, start + 4 * (uint64_t)i, 4, &word))
			break;
		if (is_return(k, word))
			return start + 4 * i;
	}
	return start;
}

static struct err *search_start(const struct x86_frame_data *d, const struct regs *callee,
				uint32_t callee_params, uint32_t *ret)
{
	uint64_t at = regs_sp(callee) + callee_params + d->locals_size + d->saved_regs_size;

	if (d->program && strchr(d->program, '@') && regs_has(callee, X86_EBP))
		at = callee->v[X86_EBP] + 4;
	if (at > UINT32_MAX)
		return err_new(ERR_CORRUPT, "frame data leads to stack address 0x%" PRIx64, at);
	*ret = (uint32_t)at;
	return NULL;
}

/* --- results ------------------------------------------------------------------------------ */

void x86_forget_volatile(struct regs *r)
{
	static const uint8_t lost[] = { X86_EAX, X86_ECX, X86_EDX, X86_EFL, X86_ORIG_EAX, X86_DR0,
					X86_DR1, X86_DR2, X86_DR3, X86_DR6, X86_DR7 };

	for (size_t i = 0; i < sizeof(lost); i++)
		regs_forget(r, lost[i]);
}

static struct err *finish(const struct regs *callee, struct regs *caller, struct unwind_result *res,
			  struct regs *ret_caller, struct unwind_result *ret)
{
	if (!res->machine_frame)
		x86_forget_volatile(caller);
	res->trust = TRUST_CFI;
	res->end = !regs_ip(caller);
	TRY(unwind_check(callee, caller, res));
	*ret_caller = *caller;
	*ret = *res;
	return NULL;
}

/* What a program may restore; MSVC's programs call registers by CodeView number. */
static const struct {
	const char *name, *number;
	uint8_t reg;
} program_regs[] = {
	{ "$eip", "$33", X86_EIP }, { "$esp", "$21", X86_ESP }, { "$ebp", "$22", X86_EBP },
	{ "$ebx", "$20", X86_EBX }, { "$esi", "$23", X86_ESI }, { "$edi", "$24", X86_EDI },
};
enum { N_PROGRAM_REGS = sizeof(program_regs) / sizeof(program_regs[0]) };

static void predefine_all(struct eval *k, const struct x86_frame_data *d,
			  const struct regs *callee, uint32_t callee_params, uint32_t start,
			  uint32_t found)
{
	for (unsigned i = 0; i < N_PROGRAM_REGS; i++) {
		unsigned reg = program_regs[i].reg;

		predefine(k, program_regs[i].name, callee->v[reg], regs_has(callee, reg));
		predefine(k, program_regs[i].number, callee->v[reg], regs_has(callee, reg));
	}
	predefine(k, ".cbCalleeParams", callee_params, true);
	predefine(k, ".cbParams", d->params_size, true);
	predefine(k, ".cbLocals", d->locals_size, true);
	predefine(k, ".cbSavedRegs", d->saved_regs_size, true);
	predefine(k, ".raSearchStart", start, true);
	predefine(k, ".raSearch", found, true);
}

/* The value a program left for a register; registers that it does not mention
 * were not touched, unless the block saves some without saying which. */
static void take_result(struct eval *k, const struct x86_frame_data *d, unsigned i,
			struct regs *caller)
{
	const struct var *named = &k->vars[2 * i], *numbered = &k->vars[2 * i + 1];
	const struct var *v = named->assigned ? named : numbered->assigned ? numbered : NULL;
	unsigned reg = program_regs[i].reg;

	if (v && v->known)
		regs_set(caller, reg, v->v);
	else if (v || reg == X86_EIP || reg == X86_ESP || (reg != X86_EBP && d->saved_regs_size))
		regs_forget(caller, reg);
}

static struct err *by_program(const struct arch_memory *m, const struct x86_frame_data *d,
			      const struct regs *callee, const struct x86_callee *around,
			      struct regs *ret_caller, struct unwind_result *ret)
{
	struct search search = { m, callee->arch, around };
	uint32_t start, found;
	struct eval k = { .m = m };
	struct regs caller = *callee;
	struct unwind_result res = { 0 };

	TRY(search_start(d, callee, around->params_size, &start));
	found = search_return(&search, start);
	predefine_all(&k, d, callee, around->params_size, start, found);
	TRY(run_program(&k, d->program));
	for (unsigned i = 0; i < N_PROGRAM_REGS; i++)
		take_result(&k, d, i, &caller);
	if (!regs_has(&caller, X86_EIP) || !regs_has(&caller, X86_ESP))
		return err_new(ERR_NOTFOUND, "frame program does not tell eip and esp");
	res.return_slot = regs_sp(&caller) - 4;
	/* k shows where the saved ebp is, or would be */
	res.frame = (uint32_t)res.return_slot - 4;
	return finish(callee, &caller, &res, ret_caller, ret);
}

/* Return address at a known place, ebp where FPO code keeps it. */
static struct err *by_fpo(const struct arch_memory *m, const struct x86_frame_data *d,
			  const struct regs *callee, const struct x86_callee *around,
			  struct regs *ret_caller, struct unwind_result *ret)
{
	struct search search = { m, callee->arch, around };
	struct unwind_result res = { 0 };
	struct regs caller = *callee;
	uint64_t eip, ebp;
	uint32_t slot;

	TRY(search_start(d, callee, around->params_size, &slot));
	slot = search_return(&search, slot);
	res.return_slot = slot;
	res.frame = slot - 4;
	TRY(stack_word(m, slot, 4, &eip));
	regs_set(&caller, X86_EIP, eip);
	regs_set(&caller, X86_ESP, slot + (uint64_t)4);
	if (d->uses_ebp) {
		/* pushed first of the saved registers, so it lies highest */
		uint64_t at = regs_sp(callee) + around->params_size + d->saved_regs_size;

		if (d->saved_regs_size >= 8 && arch_read_uint(m, (uint32_t)(at - 8), 4, &ebp))
			regs_set(&caller, X86_EBP, ebp);
		else if (arch_read_uint(m, slot - (uint64_t)4, 4, &ebp))
			regs_set(&caller, X86_EBP, ebp);
		else
			regs_forget(&caller, X86_EBP);
	}
	if (d->saved_regs_size) {
		regs_forget(&caller, X86_EBX);
		regs_forget(&caller, X86_ESI);
		regs_forget(&caller, X86_EDI);
	}
	return finish(callee, &caller, &res, ret_caller, ret);
}

/* --- trap frames ----------------------------------------------------------------------------- */

/*
 * KTRAP_FRAME of x86, the same from NT 4 to Windows 10. Kernel trap handlers
 * keep it at ebp. A trap out of kernel mode pushed no esp: it is the address
 * where it would be.
 */
static struct err *by_trap_frame(const struct arch_memory *m, const struct regs *callee,
				 struct regs *ret_caller, struct unwind_result *ret)
{
	static const struct {
		uint8_t reg, offset;
	} at[] = {
		{ X86_GS, 0x30 }, { X86_ES, 0x34 }, { X86_DS, 0x38 }, { X86_EDX, 0x3c },
		{ X86_ECX, 0x40 }, { X86_EAX, 0x44 }, { X86_FS, 0x50 }, { X86_EDI, 0x54 },
		{ X86_ESI, 0x58 }, { X86_EBX, 0x5c }, { X86_EBP, 0x60 }, { X86_EIP, 0x68 },
		{ X86_CS, 0x6c }, { X86_EFL, 0x70 }, { X86_ESP, 0x74 }, { X86_SS, 0x78 },
	};
	enum { VM_FLAG = 0x20000, HARDWARE_ESP = 0x74, FRAME = 0x60 };
	struct regs caller = { .arch = callee->arch };
	struct unwind_result res = { .machine_frame = true };
	uint64_t base = callee->v[X86_EBP], v;

	if (!regs_has(callee, X86_EBP))
		return err_new(ERR_NOTFOUND, "ebp, which holds the trap frame, is not known");
	for (size_t i = 0; i < sizeof(at) / sizeof(at[0]); i++) {
		bool user = (caller.v[X86_CS] & 1) || (caller.v[X86_EFL] & VM_FLAG);

		if (at[i].reg == X86_SS && !user)
			break;
		TRY(stack_word(m, base + at[i].offset, 4, &v));
		if (at[i].reg == X86_ESP && !user)
			v = (uint32_t)(base + HARDWARE_ESP);
		regs_set(&caller, at[i].reg,
			 callee->arch->regs[at[i].reg].bits == 16 ? v & 0xffff : v);
	}
	res.frame = base;
	return finish(callee, &caller, &res, ret_caller, ret);
}

struct err *x86_unwind_frame_data(const struct arch_memory *m, const struct x86_frame_data *data,
				  const struct regs *regs, const struct x86_callee *callee,
				  struct regs *ret_caller, struct unwind_result *ret)
{
	if (!regs_has(regs, X86_EIP) || !regs_has(regs, X86_ESP))
		return err_new(ERR_NOTFOUND, "eip or esp is not known");
	switch (data->kind) {
	case X86_FRAME_TRAP:
		return by_trap_frame(m, regs, ret_caller, ret);
	case X86_FRAME_TSS:
		return err_new(ERR_UNSUPPORTED,
			       "a task-state frame is found through the processor's block only");
	case X86_FRAME_NONFPO:
		return fp_unwind(m, regs, ret_caller, ret);
	case X86_FRAME_FPO:
		return by_fpo(m, data, regs, callee, ret_caller, ret);
	case X86_FRAME_DATA:
		break;
	}
	if (data->program && *data->program)
		return by_program(m, data, regs, callee, ret_caller, ret);
	/* FRAMEDATA without a program says the sizes only */
	return by_fpo(m, data, regs, callee, ret_caller, ret);
}
