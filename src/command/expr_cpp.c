/* SPDX-License-Identifier: MIT */
/*
 * C++ expressions (MSD: C++ Numbers and Operators): @@c++(...), @@(...), ??.
 *
 * Numbers are C's: decimal, 0x hex, 0 octal. Registers and pseudo-registers
 * need '@'. Understood: . -> [] casts sizeof #FIELD_OFFSET(type, member)
 * * & ! ~ + - * / % + - << >> < <= > >= == != & ^ | && || ?:. Nothing is
 * assigned, no function is called. Integers are computed in 64 bits; && and ||
 * evaluate both sides, since nothing here has side effects but unreadable memory.
 */
#include "command/cpp.h"
#include "command/type_find.h"

#include <ctype.h>
#include <string.h>

static struct err *ternary(struct cpp *x, struct cpp_value *ret);
static struct err *unary(struct cpp *x, struct cpp_value *ret);

static void skip(struct cpp *x)
{
	x->p = str_skip_space(x->p);
}

static struct cpp_value number(uint64_t v, unsigned size, bool is_signed)
{
	return (struct cpp_value){ .type = cpp_int(size, is_signed), .v = v };
}

static struct err *expect(struct cpp *x, char c)
{
	skip(x);
	if (*x->p != c)
		return expr_error("Syntax error", *x->p ? x->p : "end of the expression");
	x->p++;
	return NULL;
}

/* --- primary ------------------------------------------------------------------------------- */

static struct err *literal(struct cpp *x, struct cpp_value *ret)
{
	const char *at = x->p;
	unsigned base = 10, digit;
	uint64_t v = 0;
	bool is_unsigned = false, wide = false;

	if (cpp_float_literal(&x->p, ret))
		return NULL;
	if (*x->p == '0')
		base = x->p[1] == 'x' || x->p[1] == 'X' ? 16 : 8;
	if (base == 16)
		x->p += 2;
	for (; isxdigit((unsigned char)*x->p) || *x->p == '`'; x->p++) {
		if (*x->p == '`')
			continue;
		digit = (unsigned)(isdigit((unsigned char)*x->p) ? *x->p - '0'
								: tolower((unsigned char)*x->p) - 'a' + 10);
		if (digit >= base || __builtin_mul_overflow(v, base, &v) || __builtin_add_overflow(v, digit, &v))
			return expr_error(digit >= base ? "Syntax error" : "Overflow error", at);
	}
	for (; *x->p && strchr("uUlL", *x->p); x->p++) {
		is_unsigned |= *x->p == 'u' || *x->p == 'U';
		wide |= x->p[0] == x->p[-1];
	}
	if (isalnum((unsigned char)*x->p))
		return expr_error("Syntax error", at);
	*ret = number(v, wide || v > UINT32_MAX ? 8 : 4, !is_unsigned && v <= INT64_MAX && (v <= INT32_MAX || v > UINT32_MAX));
	return NULL;
}

static struct err *character(struct cpp *x, struct cpp_value *ret)
{
	if (!x->p[1] || x->p[2] != '\'')
		return expr_error("Syntax error", x->p);
	*ret = number((uint64_t)(int64_t)x->p[1], 1, true);
	x->p += 3;
	return NULL;
}

/* @reg, @$pseudo: what MASM says of them. $teb and $peb point to their types. */
static struct err *at_sign(struct cpp *x, struct cpp_value *ret)
{
	struct expr masm = { .s = x->s, .p = x->p };
	const char *at = x->p;
	struct type_ref ref;
	uint64_t v;
	const char *type = str_starts(at, "@$teb") ? "_TEB" : str_starts(at, "@$peb") ? "_PEB" : NULL;

	TRY(expr_term(&masm, &v));
	x->p = masm.p;
	*ret = number(v, 8, false);
	if (type && x->s->target && !err_ignore(type_find(x->s, x->a, type, &ref)) &&
	    !err_ignore(cpp_type_of(ref, &ret->type)))
		ret->type.pointers++;
	return NULL;
}

static size_t name_span(const char *p)
{
	size_t n = 0;

	for (;;) {
		if (isalnum((unsigned char)p[n]) || p[n] == '_' || (p[n] & 0x80) ||
		    (p[n] == '!' && n && p[n + 1] != '='))
			n++;
		else if (p[n] == ':' && p[n + 1] == ':')
			n += 2;
		else
			return n;
	}
}

static struct err *size_of(struct cpp *x, struct cpp_value *ret)
{
	const char *at = x->p, *inside;
	struct cpp_value v;
	struct cpp_type t;

	TRY(expect(x, '('));
	inside = x->p;
	if (err_ignore(cpp_parse_type(x, &t)) || *x->p != ')') {
		x->p = inside;
		if (++x->depth > EXPR_MAX_DEPTH)
			return expr_error("Nesting too deep", at);
		TRY(ternary(x, &v));
		x->depth--;
		t = v.type;
	}
	TRY(expect(x, ')'));
	if (cpp_is_partial(&t))
		return err_new(ERR_NOTFOUND, "the size of %s is not known: no loaded symbols describe it, and "
					     "the built-in layout has its first members only", t.name);
	*ret = number(cpp_size(x, &t), session_pointer_size(x->s), false);
	return NULL;
}

/* #FIELD_OFFSET(type, member) */
static struct err *field_offset(struct cpp *x, struct cpp_value *ret)
{
	struct cpp_value v = { .in_memory = true };
	const char *at = x->p;
	char *name;
	size_t n;

	x->p += strlen("#FIELD_OFFSET");
	TRY(expect(x, '('));
	if (err_ignore(cpp_parse_type(x, &v.type)))
		return expr_error("Couldn't resolve error", x->p);
	TRY(expect(x, ','));
	skip(x);
	n = name_span(x->p);
	name = arena_strndup(x->a, x->p, n);
	if (!name)
		return err_nomem();
	x->p += n;
	TRY(cpp_member(x, &v, name, at, &v));
	TRY(expect(x, ')'));
	*ret = number(v.address, 4, false);
	return NULL;
}

static struct err *identifier(struct cpp *x, struct cpp_value *ret)
{
	const char *at = x->p;
	size_t n = name_span(at);
	char *name = arena_strndup(x->a, at, n);

	if (!name)
		return err_nomem();
	if (!n)
		return expr_error("Syntax error", *at ? at : "end of the expression");
	x->p += n;
	if (strcmp(name, "sizeof") == 0)
		return size_of(x, ret);
	if (strcmp(name, "true") == 0 || strcmp(name, "false") == 0) {
		*ret = number(*name == 't', 1, false);
		ret->type.kind = CPP_BOOL;
		ret->type.name = "bool";
		return NULL;
	}
	return cpp_name(x, name, at, ret);
}

static struct err *parenthesised(struct cpp *x, struct cpp_value *ret)
{
	const char *at = x->p++;

	if (++x->depth > EXPR_MAX_DEPTH)
		return expr_error("Nesting too deep", at);
	TRY(ternary(x, ret));
	x->depth--;
	return expect(x, ')');
}

/* @@masm(...) inside */
static struct err *masm(struct cpp *x, struct cpp_value *ret)
{
	struct expr e = { .s = x->s, .p = x->p, .depth = x->depth };
	uint64_t v;

	TRY(expr_term(&e, &v));
	x->p = e.p;
	*ret = number(v, 8, false);
	return NULL;
}

static struct err *primary(struct cpp *x, struct cpp_value *ret)
{
	skip(x);
	if (isdigit((unsigned char)*x->p))
		return literal(x, ret);
	if (*x->p == '\'')
		return character(x, ret);
	if (*x->p == '(')
		return parenthesised(x, ret);
	if (str_starts(x->p, "@@"))
		return masm(x, ret);
	if (*x->p == '@')
		return at_sign(x, ret);
	if (str_starts(x->p, "#FIELD_OFFSET"))
		return field_offset(x, ret);
	return identifier(x, ret);
}

/* --- postfix and unary ---------------------------------------------------------------------- */

static struct err *add_scaled(struct cpp *x, struct cpp_value *pointer, int64_t n)
{
	struct cpp_type element = pointer->type;

	element.pointers--;
	pointer->v += (uint64_t)n * (element.kind == CPP_VOID && !element.pointers ? 1 : cpp_size(x, &element));
	return NULL;
}

static struct err *subscript(struct cpp *x, struct cpp_value *v, const char *at)
{
	struct cpp_value index;

	x->p++;
	if (++x->depth > EXPR_MAX_DEPTH)
		return expr_error("Nesting too deep", at);
	TRY(ternary(x, &index));
	x->depth--;
	TRY(expect(x, ']'));
	TRY(cpp_load(x, &index, at));
	TRY(cpp_load(x, v, at));
	if (!v->type.pointers)
		return expr_error("Type is not pointer", at);
	TRY(add_scaled(x, v, (int64_t)index.v));
	return cpp_element(x, v, v);
}

static struct err *member(struct cpp *x, struct cpp_value *v, const char *at)
{
	bool arrow = *x->p == '-';
	char *name;
	size_t n;

	x->p = str_skip_space(x->p + (arrow ? 2 : 1));
	n = name_span(x->p);
	name = arena_strndup(x->a, x->p, n);
	if (!name)
		return err_nomem();
	x->p += n;
	if (v->type.pointers == 1) { /* as in WinDbg "." works on pointers too */
		TRY(cpp_load(x, v, at));
		TRY(cpp_element(x, v, v));
	} else if (arrow) {
		return expr_error("Type is not pointer", at);
	}
	return cpp_member(x, v, name, at, v);
}

static struct err *postfix(struct cpp *x, struct cpp_value *ret)
{
	const char *at = str_skip_space(x->p);
	struct cpp_value v;

	TRY(primary(x, &v));
	for (;;) {
		skip(x);
		if (*x->p == '[')
			TRY(subscript(x, &v, at));
		else if ((*x->p == '.' && !isdigit((unsigned char)x->p[1])) || str_starts(x->p, "->"))
			TRY(member(x, &v, at));
		else
			break;
	}
	*ret = v;
	return NULL;
}

static struct err *convert(struct cpp *x, struct cpp_value *v, const struct cpp_type *to, const char *at)
{
	unsigned bits = (unsigned)cpp_size(x, to) * 8;

	TRY(cpp_load(x, v, at));
	if (!cpp_is_scalar(to))
		return expr_error("Type conflict error", at);
	if (!to->pointers && to->kind == CPP_FLOAT) {
		if (v->type.pointers || v->type.kind != CPP_FLOAT)
			v->f = v->type.is_signed ? (double)(int64_t)v->v : (double)v->v;
	} else {
		if (!v->type.pointers && v->type.kind == CPP_FLOAT) /* what C leaves undefined is 0 */
			v->v = v->f > -9.2e18 && v->f < 9.2e18 ? (uint64_t)(int64_t)v->f : 0;
		if (bits < 64) {
			v->v &= ((uint64_t)1 << bits) - 1;
			if (to->is_signed && !to->pointers && v->v >> (bits - 1))
				v->v |= ~(((uint64_t)1 << bits) - 1);
		}
	}
	v->type = *to;
	return NULL;
}

/* "(type)" at *p: *ret_done tells whether it was one. */
static struct err *try_cast(struct cpp *x, struct cpp_value *ret, bool *ret_done)
{
	const char *at = x->p;
	struct cpp_type t;

	*ret_done = false;
	x->p++;
	if (err_ignore(cpp_parse_type(x, &t)) || *x->p != ')') {
		x->p = at;
		return NULL;
	}
	x->p++;
	TRY(unary(x, ret));
	*ret_done = true;
	return convert(x, ret, &t, at);
}

static struct err *address_of(struct cpp_value *v, const char *at)
{
	if (!v->in_memory || v->bit_size)
		return expr_error("Can't take the address of this", at);
	v->v = v->address;
	v->type.pointers++;
	v->in_memory = false;
	return NULL;
}

static struct err *apply(struct cpp *x, char op, const char *at, struct cpp_value *v)
{
	bool real;

	if (op == '&')
		return address_of(v, at);
	TRY(cpp_load(x, v, at));
	real = !v->type.pointers && v->type.kind == CPP_FLOAT;
	if (op == '*')
		return v->type.pointers ? cpp_element(x, v, v) : expr_error("Type is not pointer", at);
	if (op == '!') {
		*v = number(real ? v->f == 0 : !v->v, 1, false);
		v->type.kind = CPP_BOOL;
		v->type.name = "bool";
	} else if (op == '~') {
		v->v = ~v->v;
	} else if (op == '-') {
		v->v = -v->v;
		v->f = -v->f;
	}
	if (!real && !v->type.pointers && v->type.size == 4 && op != '!')
		v->v = v->type.is_signed ? (uint64_t)(int64_t)(int32_t)(uint32_t)v->v : v->v & UINT32_MAX;
	return NULL;
}

static struct err *unary(struct cpp *x, struct cpp_value *ret)
{
	const char *at;
	bool done = false;

	skip(x);
	at = x->p;
	if (++x->depth > EXPR_MAX_DEPTH)
		return expr_error("Nesting too deep", at);
	if (*at == '(')
		TRY(try_cast(x, ret, &done));
	if (!done && *at && strchr("*&!~+-", *at)) {
		x->p++;
		TRY(unary(x, ret));
		TRY(apply(x, *at, at, ret));
	} else if (!done) {
		TRY(postfix(x, ret));
	}
	x->depth--;
	return NULL;
}

/* --- binary -------------------------------------------------------------------------------------- */

enum binary { B_NONE, B_MUL, B_DIV, B_MOD, B_ADD, B_SUB, B_SHL, B_SHR, B_LT, B_GT, B_LE, B_GE,
	      B_EQ, B_NE, B_AND, B_XOR, B_OR, B_LAND, B_LOR };

static const struct {
	const char *text;
	enum binary op;
	int level;	/* higher binds tighter */
} binaries[] = { /* longer spellings first */
	{ "<<", B_SHL, 8 }, { ">>", B_SHR, 8 }, { "<=", B_LE, 7 }, { ">=", B_GE, 7 }, { "==", B_EQ, 6 },
	{ "!=", B_NE, 6 },  { "&&", B_LAND, 2 }, { "||", B_LOR, 1 }, { "*", B_MUL, 10 }, { "/", B_DIV, 10 },
	{ "%", B_MOD, 10 }, { "+", B_ADD, 9 },	 { "-", B_SUB, 9 },  { "<", B_LT, 7 },	 { ">", B_GT, 7 },
	{ "&", B_AND, 5 },  { "^", B_XOR, 4 },	 { "|", B_OR, 3 },
};

static enum binary peek(struct cpp *x, int *ret_level, size_t *ret_len)
{
	skip(x);
	for (size_t i = 0; i < ARRAY_SIZE(binaries); i++) {
		if (!str_starts(x->p, binaries[i].text))
			continue;
		*ret_level = binaries[i].level;
		*ret_len = strlen(binaries[i].text);
		return binaries[i].op;
	}
	return B_NONE;
}

static bool is_real(const struct cpp_value *v)
{
	return !v->type.pointers && v->type.kind == CPP_FLOAT;
}

static double real(const struct cpp_value *v)
{
	return is_real(v) ? v->f : v->type.is_signed ? (double)(int64_t)v->v : (double)v->v;
}

static struct cpp_value truth(bool v)
{
	struct cpp_value r = number(v, 1, false);

	r.type.kind = CPP_BOOL;
	r.type.name = "bool";
	return r;
}

static struct err *real_arithmetic(enum binary op, double a, double b, const char *at,
				   struct cpp_value *ret)
{
	struct cpp_value r = { .type = { .kind = CPP_FLOAT, .name = "double", .size = 8, .is_signed = true } };

	switch ((int)op) {
	case B_MUL: r.f = a * b; break;
	case B_DIV: r.f = a / b; break;
	case B_ADD: r.f = a + b; break;
	case B_SUB: r.f = a - b; break;
	case B_LT: r = truth(a < b); break;
	case B_GT: r = truth(a > b); break;
	case B_LE: r = truth(a <= b); break;
	case B_GE: r = truth(a >= b); break;
	case B_EQ: r = truth(a == b); break;
	case B_NE: r = truth(a != b); break;
	default: return expr_error("Type conflict error", at);
	}
	*ret = r;
	return NULL;
}

static bool compare(enum binary op, uint64_t a, uint64_t b, bool is_signed)
{
	bool less = is_signed ? (int64_t)a < (int64_t)b : a < b;

	switch ((int)op) {
	case B_LT: return less;
	case B_GT: return !less && a != b;
	case B_LE: return less || a == b;
	case B_GE: return !less;
	case B_EQ: return a == b;
	default: return a != b;
	}
}

static uint64_t divide(uint64_t a, uint64_t b, bool is_signed, bool remainder)
{
	if (is_signed && b == UINT64_MAX) /* INT64_MIN / -1 */
		return remainder ? 0 : -a;
	if (is_signed)
		return (uint64_t)(remainder ? (int64_t)a % (int64_t)b : (int64_t)a / (int64_t)b);
	return remainder ? a % b : a / b;
}

static uint64_t shifted(uint64_t a, uint64_t n, bool left, bool is_signed)
{
	if (n > 63)
		return !left && is_signed && a >> 63 ? UINT64_MAX : 0;
	return left ? a << n : is_signed ? (uint64_t)((int64_t)a >> n) : a >> n;
}

static struct err *integer_arithmetic(enum binary op, const struct cpp_value *a, const struct cpp_value *b,
				      const char *at, struct cpp_value *ret)
{
	unsigned size = a->type.size > 4 || b->type.size > 4 || a->type.pointers || b->type.pointers ? 8 : 4;
	bool is_signed = (a->type.is_signed || a->type.size < size) && (b->type.is_signed || b->type.size < size) &&
			 !a->type.pointers && !b->type.pointers;
	uint64_t u = a->v, w = b->v, v;

	if ((op == B_DIV || op == B_MOD) && !w)
		return expr_error("Divide by zero error", at);
	switch (op) {
	case B_MUL: v = u * w; break;
	case B_DIV:
	case B_MOD: v = divide(u, w, is_signed, op == B_MOD); break;
	case B_ADD: v = u + w; break;
	case B_SUB: v = u - w; break;
	case B_SHL:
	case B_SHR: v = shifted(u, w, op == B_SHL, a->type.is_signed); break;
	case B_AND: v = u & w; break;
	case B_XOR: v = u ^ w; break;
	case B_OR: v = u | w; break;
	case B_LAND: *ret = truth(u && w); return NULL;
	case B_LOR: *ret = truth(u || w); return NULL;
	case B_NONE: case B_LT: case B_GT: case B_LE: case B_GE: case B_EQ: case B_NE:
	default: *ret = truth(compare(op, u, w, is_signed)); return NULL;
	}
	if (size == 4)
		v = is_signed ? (uint64_t)(int64_t)(int32_t)(uint32_t)v : v & UINT32_MAX;
	*ret = number(v, size, is_signed);
	return NULL;
}

static struct err *combine(struct cpp *x, enum binary op, struct cpp_value *a, struct cpp_value *b,
			   const char *at, struct cpp_value *ret)
{
	struct cpp_type element;

	TRY(cpp_load(x, a, at));
	TRY(cpp_load(x, b, at));
	if (is_real(a) || is_real(b))
		return real_arithmetic(op, real(a), real(b), at, ret);
	if (op == B_ADD && b->type.pointers && !a->type.pointers) {
		struct cpp_value t = *a;

		*a = *b;
		*b = t;
	}
	if ((op == B_ADD || op == B_SUB) && a->type.pointers && !b->type.pointers) {
		*ret = *a;
		return add_scaled(x, ret, op == B_ADD ? (int64_t)b->v : -(int64_t)b->v);
	}
	if (op == B_SUB && a->type.pointers && b->type.pointers) {
		uint64_t size;

		element = a->type;
		element.pointers--;
		size = cpp_size(x, &element);
		*ret = number((uint64_t)((int64_t)(a->v - b->v) / (int64_t)(size && size < INT64_MAX ? size : 1)), 8, true);
		return NULL;
	}
	return integer_arithmetic(op, a, b, at, ret);
}

static struct err *binary(struct cpp *x, int min_level, struct cpp_value *ret)
{
	const char *at = str_skip_space(x->p);
	struct cpp_value a, b;
	enum binary op;
	int level = 0;
	size_t len = 0;

	TRY(unary(x, &a));
	while ((op = peek(x, &level, &len)) != B_NONE && level >= min_level) {
		x->p += len;
		TRY(binary(x, level + 1, &b));
		TRY(combine(x, op, &a, &b, at, &a));
	}
	*ret = a;
	return NULL;
}

static struct err *ternary(struct cpp *x, struct cpp_value *ret)
{
	const char *at = str_skip_space(x->p);
	struct cpp_value test, yes, no;

	TRY(binary(x, 1, &test));
	skip(x);
	if (*x->p != '?') {
		*ret = test;
		return NULL;
	}
	x->p++;
	if (++x->depth > EXPR_MAX_DEPTH)
		return expr_error("Nesting too deep", at);
	TRY(cpp_load(x, &test, at));
	TRY(ternary(x, &yes));
	TRY(expect(x, ':'));
	TRY(ternary(x, &no));
	x->depth--;
	*ret = (is_real(&test) ? test.f != 0 : test.v != 0) ? yes : no;
	return NULL;
}

struct err *cpp_evaluate(struct session *s, struct arena *a, const char **p, struct cpp_value *ret)
{
	struct cpp x = { .s = s, .p = *p, .a = a };

	TRY(ternary(&x, ret));
	*p = str_skip_space(x.p);
	return NULL;
}

struct err *expr_cpp(struct session *s, const char **p, uint64_t *ret)
{
	CLEANUP(arena_deinit) struct arena a = ARENA_INIT;
	struct cpp x = { .s = s, .a = &a };
	const char *at = *p;
	struct cpp_value v;

	TRY(cpp_evaluate(s, &a, p, &v));
	/* a structure stands for its address, as in MASM */
	if (v.in_memory && !cpp_is_scalar(&v.type)) {
		*ret = v.address;
		return NULL;
	}
	TRY(cpp_load(&x, &v, at));
	*ret = is_real(&v) ? (uint64_t)(int64_t)(v.f > -9.2e18 && v.f < 9.2e18 ? v.f : 0) : v.v;
	return NULL;
}
