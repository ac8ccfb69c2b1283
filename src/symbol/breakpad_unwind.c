/* SPDX-License-Identifier: MIT */
/*
 * Unwinding by a Breakpad symbol file: STACK CFI for all machines, STACK WIN
 * handed on for x86.
 *
 * STACK CFI rules are postfix expressions over the callee's registers, one for
 * .cfa, .ra and each register that was saved; INIT gives those at a function's
 * start, each delta replaces some from its address on. Registers without a
 * rule keep their value when the calling convention says that a callee
 * preserves them (as Breakpad's own processor does); all others are not known
 * in the caller.
 */
#include "symbol/breakpad_impl.h"

#include "base/cancel.h"
#include <inttypes.h>
#include <string.h>

enum { MAX_RULES = 96, MAX_STACK = 64, MAX_TOKENS = 1024, MAX_DELTAS = 100000 };

struct rule {
	struct text name, expr;
};

struct rules {
	struct rule v[MAX_RULES];
	size_t n;
};

/* --- registers ---------------------------------------------------------------------- */

static int two_digits(struct text t)
{
	int v = 0;

	if (!text_len(t) || text_len(t) > 2)
		return -1;
	for (; t.p < t.end; t.p++) {
		if (*t.p < '0' || *t.p > '9')
			return -1;
		v = v * 10 + (*t.p - '0');
	}
	return v;
}

static int by_name(struct text t, const char *const *names, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (text_is(t, names[i]))
			return (int)i;
	return -1;
}

static int arm_reg(struct text t)
{
	int n = *t.p == 'r' ? two_digits((struct text){ t.p + 1, t.end }) : -1;

	if (n >= 0 && n < 16)
		return ARM_R0 + n;
	return text_is(t, "fp") ? ARM_R11 : text_is(t, "sp") ? ARM_SP : text_is(t, "lr") ? ARM_LR :
	       text_is(t, "pc") ? ARM_PC : -1;
}

static int arm64_reg(struct text t)
{
	int n = *t.p == 'x' ? two_digits((struct text){ t.p + 1, t.end }) : -1;

	if (n >= 0 && n <= 30)
		return ARM64_X0 + n;
	return text_is(t, "fp") ? ARM64_X29 : text_is(t, "sp") ? ARM64_SP : text_is(t, "lr") ? ARM64_LR :
	       text_is(t, "pc") ? ARM64_PC : -1;
}

/* Index in struct regs, or -1. */
static int reg_of(enum machine m, struct text t)
{
	static const char *const x64[] = { "rax", "rcx", "rdx", "rbx", "rsp", "rbp", "rsi", "rdi", "r8",
					   "r9", "r10", "r11", "r12", "r13", "r14", "r15", "rip" };
	static const char *const x86[] = { "eax", "ecx", "edx", "ebx", "esp", "ebp", "esi", "edi", "eip" };

	if (text_len(t) && *t.p == '$')
		t.p++;
	if (!text_len(t))
		return -1;
	if (m == MACHINE_X64)
		return by_name(t, x64, ARRAY_SIZE(x64));
	if (m == MACHINE_X86)
		return by_name(t, x86, ARRAY_SIZE(x86));
	if (m == MACHINE_ARM)
		return arm_reg(t);
	return m == MACHINE_ARM64 ? arm64_reg(t) : -1;
}

#define BIT(r) ((uint64_t)1 << (r))

/* What a callee preserves. */
static uint64_t preserved(enum machine m, bool windows)
{
	switch ((int)m) {
	case MACHINE_X64:
		return BIT(X64_RBX) | BIT(X64_RBP) | BIT(X64_R12) | BIT(X64_R13) | BIT(X64_R14) |
		       BIT(X64_R15) | (windows ? BIT(X64_RSI) | BIT(X64_RDI) : 0);
	case MACHINE_X86:
		return BIT(X86_EBX) | BIT(X86_EBP) | BIT(X86_ESI) | BIT(X86_EDI);
	case MACHINE_ARM:
		return 0xff0; /* r4-r11 */
	case MACHINE_ARM64:
		return 0x3ff80000; /* x19-x29 */
	default:
		return 0;
	}
}

/* --- rules -------------------------------------------------------------------------------- */

static struct rule *find_rule(struct rules *r, struct text name)
{
	for (size_t i = 0; i < r->n; i++)
		if (text_len(r->v[i].name) == text_len(name) &&
		    !memcmp(r->v[i].name.p, name.p, text_len(name)))
			return &r->v[i];
	return NULL;
}

static struct rule *set_rule(struct rules *r, struct text name)
{
	struct rule *rule = find_rule(r, name);

	if (!rule && r->n < MAX_RULES) {
		rule = &r->v[r->n++];
		rule->name = name;
	}
	return rule;
}

/* "name: expression name: expression ..." replaces what was set before. */
static void parse_rules(struct rules *r, struct text t)
{
	struct rule *rule = NULL;
	unsigned tokens = 0;

	for (;;) {
		struct text word = text_word(&t);

		if (!text_len(word) || tokens++ > MAX_TOKENS)
			return;
		if (word.end[-1] == ':') {
			word.end--;
			rule = set_rule(r, word);
			if (rule)
				rule->expr = (struct text){ t.p, t.p };
		} else if (rule) {
			rule->expr.end = word.end;
		}
	}
}

static const struct bp_cfi *cfi_at(const struct breakpad *b, uint64_t rva)
{
	size_t lo = 0, hi = b->cfi.n;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (b->cfi.v[mid].rva <= rva)
			lo = mid + 1;
		else
			hi = mid;
	}
	if (!lo || rva - b->cfi.v[lo - 1].rva >= b->cfi.v[lo - 1].size)
		return NULL;
	return &b->cfi.v[lo - 1];
}

/* A STACK CFI line of either form; false: another record. */
static bool parse_cfi(struct text t, bool *ret_init, uint64_t *ret_rva, struct text *ret_rules)
{
	uint64_t size;

	if (!text_take(&t, "STACK"))
		return false;
	t = text_rest(t);
	if (!text_take(&t, "CFI"))
		return false;
	t = text_rest(t);
	*ret_init = text_take(&t, "INIT");
	if (!text_hex(&t, ret_rva) || (*ret_init && !text_hex(&t, &size)))
		return false;
	*ret_rules = t;
	return true;
}

static void apply_line(const struct breakpad *b, uint64_t at, uint64_t rva, struct rules *r)
{
	uint64_t next, start;
	struct text t;
	bool init;

	if (parse_cfi(bp_line(b, at, &next), &init, &start, &t) && start <= rva)
		parse_rules(r, t);
}

/* The deltas up to rva: those behind INIT, then those found elsewhere. */
static void apply_deltas(const struct breakpad *b, const struct bp_cfi *cfi, uint64_t rva, struct rules *r)
{
	uint64_t at, start;
	struct text t;
	bool init;

	(void)bp_line(b, cfi->at, &at);
	for (unsigned n = 0; n < MAX_DELTAS && at < b->text.size; n++) {
		struct text line = bp_line(b, at, &at);

		if (!parse_cfi(line, &init, &start, &t) || init)
			break;
		if (start <= rva)
			parse_rules(r, t);
	}
	for (size_t i = 0; i < b->deltas.n; i++)
		if (b->deltas.v[i].key >= cfi->rva && b->deltas.v[i].key <= rva)
			apply_line(b, b->deltas.v[i].at, rva, r);
}

/* --- expressions ----------------------------------------------------------------------------- */

struct eval {
	const struct arch_memory *memory;
	const struct regs *callee;
	enum machine machine;
	unsigned word;
	bool has_cfa;
	uint64_t cfa;
	unsigned depth;
	uint64_t stack[MAX_STACK];
	uint64_t loaded_from;	/* address of the last ^, 0: the value is no load */
};

static uint64_t mask(const struct eval *e, uint64_t v)
{
	return e->word == 8 ? v : v & 0xffffffff;
}

static struct err *bad_rule(struct text t)
{
	return err_new(ERR_CORRUPT, "STACK CFI expression '%.*s' cannot be evaluated",
		       (int)(text_len(t) < 80 ? text_len(t) : 80), t.p);
}

static bool parse_literal(struct text t, uint64_t *ret)
{
	bool negative = t.p < t.end && *t.p == '-' && text_len(t) > 1;

	if (negative || (text_len(t) > 1 && *t.p == '+'))
		t.p++;
	if (!text_decimal(&t, ret))
		return false;
	if (negative)
		*ret = 0 - *ret;
	return true;
}

static struct err *operand(struct eval *e, struct text word, uint64_t *ret)
{
	int reg;

	if (text_is(word, ".cfa") && e->has_cfa) {
		*ret = e->cfa;
		return NULL;
	}
	if (parse_literal(word, ret))
		return NULL;
	reg = reg_of(e->machine, word);
	if (reg < 0)
		return bad_rule(word);
	if (!regs_has(e->callee, (unsigned)reg))
		return err_new(ERR_NOTFOUND, "register '%.*s' is not known", (int)text_len(word), word.p);
	*ret = e->callee->v[reg];
	return NULL;
}

static struct err *apply_operator(struct eval *e, char op, struct text expr)
{
	uint64_t b, a, *top;

	if (e->depth < 2)
		return bad_rule(expr);
	b = e->stack[--e->depth];
	top = &e->stack[e->depth - 1];
	a = *top;
	switch (op) {
	case '+': a += b; break;
	case '-': a -= b; break;
	case '*': a *= b; break;
	case '/':
	case '%':
		if (!b)
			return bad_rule(expr);
		a = op == '/' ? a / b : a % b;
		break;
	default: /* @ : align down */
		if (!b || (b & (b - 1)))
			return bad_rule(expr);
		a &= ~(b - 1);
		break;
	}
	*top = mask(e, a);
	return NULL;
}

static struct err *load(struct eval *e, struct text expr)
{
	uint8_t bytes[8];
	struct cursor c = cursor_init("memory", bytes, e->word, 0);
	uint64_t *top;

	if (!e->depth)
		return bad_rule(expr);
	top = &e->stack[e->depth - 1];
	if (e->memory->read(e->memory->arg, *top, bytes, e->word) != e->word)
		return err_fault(*top);
	e->loaded_from = *top;
	*top = cursor_uint(&c, e->word);
	return NULL;
}

static struct err *evaluate(struct eval *e, struct text expr, uint64_t *ret)
{
	struct text t = expr;

	e->depth = 0;
	e->loaded_from = 0;
	for (unsigned n = 0; n < MAX_TOKENS; n++) {
		struct text word = text_word(&t);

		if (!text_len(word)) {
			if (e->depth != 1)
				return bad_rule(expr);
			*ret = e->stack[0];
			return NULL;
		}
		if (text_len(word) == 1 && strchr("+-*/%@^", *word.p)) {
			TRY(*word.p == '^' ? load(e, expr) : apply_operator(e, *word.p, expr));
			if (*word.p != '^')
				e->loaded_from = 0;
			continue;
		}
		if (e->depth == MAX_STACK)
			return bad_rule(expr);
		TRY(operand(e, word, &e->stack[e->depth]));
		e->stack[e->depth] = mask(e, e->stack[e->depth]);
		e->depth++;
	}
	return bad_rule(expr);
}

static bool is_undefined(const struct rule *r)
{
	struct text t = r->expr;

	return text_is(text_rest(t), ".undef");
}

static struct text literal(const char *s)
{
	return (struct text){ s, s + strlen(s) };
}

/* --- unwinding ------------------------------------------------------------------------------- */

/* The caller's other registers: by rule, or kept by convention. */
static void restore(struct eval *e, struct rules *r, uint64_t keep, struct regs *caller)
{
	for (unsigned i = 0; i < ARCH_MAX_REGS; i++)
		if ((keep >> i & 1) && regs_has(e->callee, i))
			regs_set(caller, i, e->callee->v[i]);
	for (size_t i = 0; i < r->n; i++) {
		int reg = *r->v[i].name.p == '.' ? -1 : reg_of(e->machine, r->v[i].name);
		uint64_t v;

		if (reg < 0)
			continue;
		if (!is_undefined(&r->v[i]) && !err_ignore(evaluate(e, r->v[i].expr, &v)))
			regs_set(caller, (unsigned)reg, v);
		else
			regs_forget(caller, (unsigned)reg);
	}
}

static struct err *check_progress(const struct regs *callee, const struct regs *caller, bool exact)
{
	uint64_t from = regs_sp(callee), to = regs_sp(caller);

	if (!regs_has(callee, callee->arch->sp) || to > from || (exact && to == from))
		return NULL;
	return err_new(ERR_CORRUPT, "STACK CFI leads from stack pointer 0x%" PRIx64 " back to 0x%" PRIx64,
		       from, to);
}

static struct err *apply(struct breakpad *b, struct rules *r, bool exact, const struct arch_memory *m,
			 const struct regs *callee, struct regs *ret_caller, struct unwind_result *ret)
{
	const struct arch *arch = callee->arch;
	struct eval e = { .memory = m, .callee = callee, .machine = arch->machine,
			  .word = arch->pointer_size };
	struct rule *cfa = find_rule(r, literal(".cfa")), *ra = find_rule(r, literal(".ra"));
	struct unwind_result result = { .trust = TRUST_CFI };
	struct regs caller = { .arch = arch };
	uint64_t ip = 0;

	if (!cfa || !ra)
		return err_new(ERR_CORRUPT, "STACK CFI has no rule for %s", cfa ? ".ra" : ".cfa");
	TRY(evaluate(&e, cfa->expr, &e.cfa));
	e.has_cfa = true;
	result.frame = e.cfa;
	result.end = is_undefined(ra);
	if (!result.end) {
		TRY(evaluate(&e, ra->expr, &ip));
		result.return_slot = e.loaded_from;
		regs_set(&caller, arch->ip, ip);
	}
	regs_set(&caller, arch->sp, e.cfa);
	restore(&e, r, preserved(arch->machine, str_starts_nocase(b->id.os, "windows")), &caller);
	TRY(check_progress(callee, &caller, exact));
	*ret_caller = caller;
	*ret = result;
	return NULL;
}

struct err *bp_unwind(struct provider *p, uint64_t module_base, bool exact, const struct arch_memory *m,
		      const struct regs *callee, struct regs *ret_caller, struct unwind_result *ret)
{
	struct breakpad *b = bp_of(p);
	uint64_t rva = regs_ip(callee) - module_base - (exact ? 0 : 1), next, start;
	struct rules r = { .n = 0 };
	const struct bp_cfi *cfi;
	struct text t;
	bool init;

	TRY(bp_index(b));
	if (callee->arch->machine != b->id.machine && b->id.machine != MACHINE_UNKNOWN)
		return err_new(ERR_NOTFOUND, "%s: symbols are for %s", p->path, machine_name(b->id.machine));
	cfi = cfi_at(b, rva);
	if (!cfi || !preserved(callee->arch->machine, false))
		return err_new(ERR_NOTFOUND, "%s: no STACK CFI at rva 0x%" PRIx64, p->path, rva);
	if (parse_cfi(bp_line(b, cfi->at, &next), &init, &start, &t))
		parse_rules(&r, t);
	apply_deltas(b, cfi, rva, &r);
	return err_prefix(apply(b, &r, exact, m, callee, ret_caller, ret), "%s", p->path);
}

/* --- STACK WIN ------------------------------------------------------------------------------- */

/* Innermost range around rva; with `data` only those of type 4. */
static const struct bp_win *win_at(const struct breakpad *b, uint64_t rva, bool data)
{
	size_t lo = 0, hi = b->win.n;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (b->win.v[mid].rva <= rva)
			lo = mid + 1;
		else
			hi = mid;
	}
	while (lo) {
		const struct bp_win *w = &b->win.v[lo - 1];

		if (rva - w->rva < w->size && (w->type == X86_FRAME_DATA) == data)
			return w;
		lo = w->parent;
	}
	return NULL;
}

static struct err *parse_win(struct breakpad *b, const struct bp_win *w, struct x86_frame_data *ret)
{
	struct x86_frame_data d = { .kind = (enum x86_frame_kind)w->type, .rva = w->rva, .size = w->size };
	uint64_t next, v[10] = { 0 };
	struct text t = bp_line(b, w->at, &next);

	(void)text_word(&t);
	(void)text_word(&t);
	for (unsigned i = 0; i < ARRAY_SIZE(v); i++)
		if (!text_hex(&t, &v[i]) || v[i] > UINT32_MAX)
			return err_new(ERR_CORRUPT, "%s: offset 0x%" PRIx64 ": bad STACK WIN record",
				       b->p.path, w->at);
	/* type rva size prolog epilog params saved locals max_stack has_program */
	d.prolog_size = (uint32_t)v[3];
	d.params_size = (uint32_t)v[5];
	d.saved_regs_size = (uint32_t)v[6];
	d.locals_size = (uint32_t)v[7];
	d.max_stack = (uint32_t)v[8];
	t = text_rest(t);
	if (v[9] && text_len(t))
		TRY(bp_string(b, t, &d.program));
	else
		d.uses_ebp = text_is(t, "1");
	*ret = d;
	return NULL;
}

struct err *bp_x86_frame(struct provider *p, uint64_t rva, struct x86_frame_data *ret)
{
	struct breakpad *b = bp_of(p);
	const struct bp_win *w;

	TRY(bp_index(b));
	w = win_at(b, rva, true);
	if (!w)
		w = win_at(b, rva, false);
	if (!w)
		return err_new(ERR_NOTFOUND, "%s: no STACK WIN at rva 0x%" PRIx64, p->path, rva);
	return parse_win(b, w, ret);
}
