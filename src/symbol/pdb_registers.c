/* SPDX-License-Identifier: MIT */
/*
 * CodeView register numbers (cvinfo.h, CV_HREG_e), and the virtual frame of
 * x86, which is no register: the value that $T0 has at the end of the
 * FRAMEDATA program of the address.
 */
#include "symbol/pdb_impl.h"

#include <inttypes.h>
#include <string.h>

struct run {
	uint16_t first, n;	/* numbers first..first+n-1 ... */
	uint8_t shift, bits;
	const uint8_t *map;	/* ... are these registers */
	const char *name;	/* without map: not integer registers; name and number */
	uint8_t number;
};

#define RUN(first, shift, bits, map) { first, sizeof(map), shift, bits, map, NULL, 0 }
#define OTHERS(first, n, name, number) { first, n, 0, 0, NULL, name, number }

static const uint8_t x86_low[] = { X86_EAX, X86_ECX, X86_EDX, X86_EBX };
static const uint8_t x86_all[] = { X86_EAX, X86_ECX, X86_EDX, X86_EBX,
				   X86_ESP, X86_EBP, X86_ESI, X86_EDI };
static const uint8_t x86_ip[] = { X86_EIP, X86_EFL };

static const struct run x86_runs[] = {
	RUN(1, 0, 8, x86_low),	 RUN(5, 8, 8, x86_low),	      RUN(9, 0, 16, x86_all),
	RUN(17, 0, 32, x86_all), RUN(33, 0, 32, x86_ip),      OTHERS(128, 8, "st", 0),
	OTHERS(146, 8, "mm", 0), OTHERS(154, 8, "xmm", 0),
};

static const uint8_t x64_low[] = { X64_RAX, X64_RCX, X64_RDX, X64_RBX };
static const uint8_t x64_all[] = { X64_RAX, X64_RCX, X64_RDX, X64_RBX,
				   X64_RSP, X64_RBP, X64_RSI, X64_RDI };
static const uint8_t x64_ip[] = { X64_RIP, X64_EFL };
/* The 64-bit numbers have an order of their own. */
static const uint8_t x64_wide[] = { X64_RAX, X64_RBX, X64_RCX, X64_RDX, X64_RSI, X64_RDI,
				    X64_RBP, X64_RSP, X64_R8,  X64_R9,	X64_R10, X64_R11,
				    X64_R12, X64_R13, X64_R14, X64_R15 };
static const uint8_t x64_bytes[] = { X64_RSI, X64_RDI, X64_RBP, X64_RSP };
static const uint8_t x64_new[] = { X64_R8,  X64_R9,  X64_R10, X64_R11,
				   X64_R12, X64_R13, X64_R14, X64_R15 };

static const struct run x64_runs[] = {
	RUN(1, 0, 8, x64_low),	   RUN(5, 8, 8, x64_low),     RUN(9, 0, 16, x64_all),
	RUN(17, 0, 32, x64_all),   RUN(33, 0, 64, x64_ip),    OTHERS(128, 8, "st", 0),
	OTHERS(146, 8, "mm", 0),   OTHERS(154, 8, "xmm", 0),  OTHERS(252, 8, "xmm", 8),
	RUN(324, 0, 8, x64_bytes), RUN(328, 0, 64, x64_wide), RUN(344, 0, 8, x64_new),
	RUN(352, 0, 16, x64_new),  RUN(360, 0, 32, x64_new),  OTHERS(368, 16, "ymm", 0),
	OTHERS(694, 16, "xmm", 16), OTHERS(710, 16, "ymm", 16), OTHERS(726, 32, "zmm", 0),
};

static const uint8_t arm64_all[] = { 0,	 1,  2,	 3,  4,	 5,  6,	 7,  8,	 9,  10,
				     11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21,
				     22, 23, 24, 25, 26, 27, 28, 29, 30, ARM64_SP };

static const struct run arm64_runs[] = {
	{ 10, 31, 0, 32, arm64_all, NULL, 0 },
	{ 50, 32, 0, 64, arm64_all, NULL, 0 },
	OTHERS(100, 32, "s", 0),
	OTHERS(140, 32, "d", 0),
	OTHERS(180, 32, "q", 0),
};

static const uint8_t arm_all[] = { 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16 };

static const struct run arm_runs[] = {
	RUN(10, 0, 32, arm_all),
	OTHERS(50, 32, "s", 0),
	OTHERS(300, 32, "d", 0),
};

static bool find(const struct run *runs, size_t n, uint32_t cv, struct pdb_register *ret)
{
	for (size_t i = 0; i < n; i++) {
		const struct run *r = &runs[i];
		uint32_t k = cv - r->first;

		if (k >= r->n)
			continue;
		*ret = (struct pdb_register){ .index = ARCH_NO_REG, .shift = r->shift,
					      .bits = r->bits };
		if (r->map)
			ret->index = r->map[k];
		else
			(void)snprintf(ret->name, sizeof(ret->name), "%s%u", r->name, (r->number + k) & 0xff);
		return true;
	}
	return false;
}

bool pdb_register(enum machine m, uint32_t cv, struct pdb_register *ret)
{
	if (m == MACHINE_X86)
		return find(x86_runs, ARRAY_SIZE(x86_runs), cv, ret);
	if (m == MACHINE_X64)
		return find(x64_runs, ARRAY_SIZE(x64_runs), cv, ret);
	if (m == MACHINE_ARM64)
		return find(arm64_runs, ARRAY_SIZE(arm64_runs), cv, ret);
	if (m == MACHINE_ARM)
		return find(arm_runs, ARRAY_SIZE(arm_runs), cv, ret);
	return false;
}

/* --- $T0 --------------------------------------------------------------------------------- */

enum { MAX_STACK = 16, MAX_VARIABLES = 16, MAX_TOKENS = 256 };

struct token {
	const char *s;
	size_t n;
};

struct value {
	bool known;
	uint32_t v;
	struct token name;	/* of a variable: what an assignment writes */
};

struct program {
	const struct frame_context *f;
	const struct x86_frame_data *data;
	struct value stack[MAX_STACK];
	unsigned depth;
	struct value variables[MAX_VARIABLES];
	unsigned n_variables;
};

static bool is_token(struct token t, const char *s)
{
	return t.n == strlen(s) && !memcmp(t.s, s, t.n);
}

static bool same_token(struct token a, struct token b)
{
	return a.n == b.n && !memcmp(a.s, b.s, a.n);
}

/* The address of the return address: above the frame as it was unwound, else
 * above what the procedure itself pushed. */
static bool search_start(const struct program *p, uint32_t *ret)
{
	if (p->f->frame_base) {
		*ret = (uint32_t)p->f->frame_base + 4;
		return true;
	}
	*ret = (uint32_t)p->f->regs->v[X86_ESP] + p->data->locals_size + p->data->saved_regs_size;
	return regs_has(p->f->regs, X86_ESP);
}

static bool read_dot(const struct program *p, struct token t, uint32_t *ret)
{
	if (is_token(t, ".raSearch") || is_token(t, ".raSearchStart"))
		return search_start(p, ret);
	if (is_token(t, ".cbLocals"))
		*ret = p->data->locals_size;
	else if (is_token(t, ".cbParams"))
		*ret = p->data->params_size;
	else if (is_token(t, ".cbSavedRegs"))
		*ret = p->data->saved_regs_size;
	else
		return false;
	return true;
}

static bool read_dollar(const struct program *p, struct token t, uint32_t *ret)
{
	static const char *const names[] = { "$eax", "$ecx", "$edx", "$ebx",
					     "$esp", "$ebp", "$esi", "$edi", "$eip" };

	for (unsigned i = 0; i < p->n_variables; i++)
		if (same_token(p->variables[i].name, t)) {
			*ret = p->variables[i].v;
			return p->variables[i].known;
		}
	for (unsigned i = 0; i < ARRAY_SIZE(names); i++)
		if (is_token(t, names[i])) {
			*ret = (uint32_t)p->f->regs->v[i];
			return regs_has(p->f->regs, i);
		}
	return false;
}

static bool assign(struct program *p, struct token name, struct value v)
{
	unsigned i = 0;

	while (i < p->n_variables && !same_token(p->variables[i].name, name))
		i++;
	if (i == MAX_VARIABLES)
		return false;
	if (i == p->n_variables)
		p->n_variables++;
	p->variables[i] = v;
	p->variables[i].name = name;
	return true;
}

static bool apply(char op, struct value a, struct value b, struct value *ret)
{
	*ret = (struct value){ .known = a.known && b.known };
	switch (op) {
	case '+':
		ret->v = a.v + b.v;
		return true;
	case '-':
		ret->v = a.v - b.v;
		return true;
	case '*':
		ret->v = a.v * b.v;
		return true;
	case '/':
		ret->v = b.v ? a.v / b.v : 0;
		return b.v;
	case '%':
		ret->v = b.v ? a.v % b.v : 0;
		return b.v;
	case '@': /* aligned down */
		ret->v = b.v ? a.v - a.v % b.v : 0;
		return b.v;
	default:
		return false;
	}
}

static bool step_operator(struct program *p, char op)
{
	struct value a, b;
	uint64_t word;

	if (op == '^') {
		if (!p->depth)
			return false;
		a = p->stack[p->depth - 1];
		a.known = a.known && arch_read_uint(p->f->memory, a.v, 4, &word);
		p->stack[p->depth - 1] = (struct value){ .known = a.known,
							 .v = a.known ? (uint32_t)word : 0 };
		return true;
	}
	if (p->depth < 2)
		return false;
	b = p->stack[--p->depth];
	a = p->stack[--p->depth];
	if (op == '=')
		return a.name.n && assign(p, a.name, b);
	return apply(op, a, b, &p->stack[p->depth++]);
}

static bool step(struct program *p, struct token t)
{
	struct value v = { .name = t };

	if (t.n == 1 && strchr("+-*/%@^=", *t.s))
		return step_operator(p, *t.s);
	if (p->depth == MAX_STACK)
		return false;
	if (*t.s == '$') {
		v.known = read_dollar(p, t, &v.v);
	} else if (*t.s == '.') {
		v.known = read_dot(p, t, &v.v);
	} else {
		v = (struct value){ .known = true };
		for (size_t i = 0; i < t.n; i++) {
			if (t.s[i] < '0' || t.s[i] > '9')
				return false;
			v.v = v.v * 10 + (uint32_t)(t.s[i] - '0');
		}
	}
	p->stack[p->depth++] = v;
	return true;
}

static bool run(struct program *p, uint32_t *ret)
{
	const char *s = p->data->program;

	for (unsigned n = 0; *(s += strspn(s, " ")) && n < MAX_TOKENS; n++) {
		struct token t = { s, strcspn(s, " ") };

		if (!step(p, t))
			return false;
		s += t.n;
	}
	return read_dollar(p, (struct token){ "$T0", 3 }, ret);
}

bool pdb_x86_vframe(struct pdb *pdb, const struct frame_context *f, uint64_t *ret)
{
	struct x86_frame_data data;
	struct program p = { .f = f, .data = &data };
	uint32_t v;

	if (!f->memory || err_ignore(pdb_x86_frame(&pdb->p, f->rva, &data)))
		return false;
	if (data.program) {
		if (!run(&p, &v))
			return false;
	} else if (!search_start(&p, &v)) {
		return false;
	}
	*ret = v;
	return true;
}
