/* SPDX-License-Identifier: MIT */
/*
 * MASM expressions: operators and their precedence, highest first (MSD: MASM
 * Numbers and Operators):
 *	unary + - not hi low by wo dwo qwo poi
 *	* / mod %
 *	+ -
 *	<< >> >>>
 *	= == < > <= >= !=
 *	and &
 *	xor ^
 *	or |
 * All arithmetic is on 64 bits and wraps. In a 32-bit process numbers, symbols
 * and registers are sign-extended, so that ffffffff is -1 as in WinDbg, and
 * the result is cut to 32 bits where it is one.
 */
#include "command/session_impl.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

struct err *expr_error(const char *what, const char *at)
{
	int n = (int)strcspn(at, ";\n");

	return err_new(ERR_USAGE, "%s at '%.*s'", what, n > 100 ? 100 : n, at);
}

static void skip(struct expr *x)
{
	x->p = str_skip_space(x->p);
}

/* An operator written as a word: not followed by what would make it longer. */
static bool at_word(const struct expr *x, const char *word)
{
	size_t n = strlen(word);

	return strncasecmp(x->p, word, n) == 0 && !isalnum((unsigned char)x->p[n]) &&
	       !strchr("_!@`:", x->p[n] ? x->p[n] : ' ');
}

static bool take_word(struct expr *x, const char *word)
{
	if (!at_word(x, word))
		return false;
	x->p += strlen(word);
	return true;
}

static bool take(struct expr *x, const char *op)
{
	if (!str_starts(x->p, op))
		return false;
	x->p += strlen(op);
	return true;
}

/* --- unary ------------------------------------------------------------------------ */

enum unary { U_NONE, U_MINUS, U_PLUS, U_NOT, U_HI, U_LOW, U_BY, U_WO, U_DWO, U_QWO, U_POI };

static enum unary take_unary(struct expr *x)
{
	static const struct {
		const char *word;
		enum unary op;
	} words[] = {
		{ "not", U_NOT }, { "hi", U_HI },   { "low", U_LOW }, { "by", U_BY },
		{ "wo", U_WO },	  { "dwo", U_DWO }, { "qwo", U_QWO }, { "poi", U_POI },
	};

	if (take(x, "-"))
		return U_MINUS;
	if (take(x, "+"))
		return U_PLUS;
	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		if (take_word(x, words[i].word))
			return words[i].op;
	return U_NONE;
}

struct err *expr_memory(struct expr *x, uint64_t address, unsigned size, const char *at,
			uint64_t *ret)
{
	if (session_pointer_size(x->s) == 4)
		address &= 0xffffffff;
	if (!x->s->target || !arch_read_uint(target_memory(x->s->target), address, size, ret))
		return expr_error("Memory access error", at);
	return NULL;
}

static struct err *apply_unary(struct expr *x, enum unary op, const char *at, uint64_t v,
			       uint64_t *ret)
{
	switch (op) {
	case U_MINUS: *ret = -v; return NULL;
	case U_NOT: *ret = !v; return NULL;
	case U_HI: *ret = v >> 16 & 0xffff; return NULL;
	case U_LOW: *ret = v & 0xffff; return NULL;
	case U_BY: return expr_memory(x, v, 1, at, ret);
	case U_WO: return expr_memory(x, v, 2, at, ret);
	case U_DWO: return expr_memory(x, v, 4, at, ret);
	case U_QWO: return expr_memory(x, v, 8, at, ret);
	case U_POI: return expr_memory(x, v, session_pointer_size(x->s), at, ret);
	case U_NONE:
	case U_PLUS: break;
	}
	*ret = v;
	return NULL;
}

struct err *expr_unary(struct expr *x, uint64_t *ret)
{
	const char *at;
	enum unary op;
	uint64_t v;

	skip(x);
	at = x->p;
	op = take_unary(x);
	if (op == U_NONE)
		return expr_term(x, ret);
	if (++x->depth > EXPR_MAX_DEPTH)
		return expr_error("Nesting too deep", at);
	TRY(expr_unary(x, &v));
	x->depth--;
	return apply_unary(x, op, at, v, ret);
}

/* --- binary ------------------------------------------------------------------------ */

static struct err *multiplication(struct expr *x, uint64_t *ret)
{
	uint64_t v, w;

	TRY(expr_unary(x, &v));
	for (;;) {
		const char *at;
		char op;

		skip(x);
		at = x->p;
		if (*at == '*' || *at == '/' || *at == '%')
			op = *x->p++;
		else if (take_word(x, "mod"))
			op = '%';
		else
			break;
		TRY(expr_unary(x, &w));
		if (op != '*' && !w)
			return expr_error("Divide by zero error", at);
		v = op == '*' ? v * w : op == '/' ? v / w : v % w;
	}
	*ret = v;
	return NULL;
}

static struct err *addition(struct expr *x, uint64_t *ret)
{
	uint64_t v, w;

	TRY(multiplication(x, &v));
	for (;;) {
		char op;

		skip(x);
		op = *x->p;
		if (op != '+' && op != '-')
			break;
		x->p++;
		TRY(multiplication(x, &w));
		v = op == '+' ? v + w : v - w;
	}
	*ret = v;
	return NULL;
}

static struct err *shift(struct expr *x, uint64_t *ret)
{
	uint64_t v, w;

	TRY(addition(x, &v));
	for (;;) {
		int op;

		skip(x);
		op = take(x, ">>>") ? 'a' : take(x, ">>") ? 'r' : take(x, "<<") ? 'l' : 0;
		if (!op)
			break;
		TRY(addition(x, &w));
		if (w > 63)
			v = op == 'a' && v >> 63 ? UINT64_MAX : 0;
		else
			v = op == 'l' ? v << w : op == 'r' ? v >> w : (uint64_t)((int64_t)v >> w);
	}
	*ret = v;
	return NULL;
}

static int take_comparison(struct expr *x)
{
	static const struct {
		const char *text;
		int op;
	} ops[] = { { "==", '=' }, { "!=", '!' }, { "<=", 'l' }, { ">=", 'g' },
		    { "=", '=' },  { "<", '<' },  { ">", '>' } };

	for (size_t i = 0; i < ARRAY_SIZE(ops); i++)
		if (take(x, ops[i].text))
			return ops[i].op;
	return 0;
}

/* Comparisons are unsigned, as in WinDbg. */
static struct err *comparison(struct expr *x, uint64_t *ret)
{
	uint64_t v, w;

	TRY(shift(x, &v));
	for (;;) {
		int op;

		skip(x);
		op = take_comparison(x);
		if (!op)
			break;
		TRY(shift(x, &w));
		switch (op) {
		case '=': v = v == w; break;
		case '!': v = v != w; break;
		case 'l': v = v <= w; break;
		case 'g': v = v >= w; break;
		case '<': v = v < w; break;
		default: v = v > w; break;
		}
	}
	*ret = v;
	return NULL;
}

static struct err *conjunction(struct expr *x, uint64_t *ret)
{
	uint64_t v, w;

	TRY(comparison(x, &v));
	for (skip(x); take_word(x, "and") || take(x, "&&") || take(x, "&"); skip(x)) {
		TRY(comparison(x, &w));
		v &= w;
	}
	*ret = v;
	return NULL;
}

static struct err *exclusive_or(struct expr *x, uint64_t *ret)
{
	uint64_t v, w;

	TRY(conjunction(x, &v));
	for (skip(x); take_word(x, "xor") || take(x, "^"); skip(x)) {
		TRY(conjunction(x, &w));
		v ^= w;
	}
	*ret = v;
	return NULL;
}

struct err *expr_or(struct expr *x, uint64_t *ret)
{
	uint64_t v, w;

	TRY(exclusive_or(x, &v));
	for (skip(x); take_word(x, "or") || take(x, "||") || take(x, "|"); skip(x)) {
		TRY(exclusive_or(x, &w));
		v |= w;
	}
	*ret = v;
	return NULL;
}

/* --- entry -------------------------------------------------------------------------- */

struct err *expr_raw(struct session *s, const char **p, uint64_t *ret)
{
	struct expr x = { .s = s, .p = *p };

	skip(&x);
	if (!*x.p || *x.p == ';')
		return err_new(ERR_USAGE, "Numeric expression missing from '%.60s'", *p);
	TRY(expr_or(&x, ret));
	*p = str_skip_space(x.p);
	return NULL;
}

struct err *expr_parse(struct session *s, const char **p, uint64_t *ret)
{
	uint64_t v;

	TRY(expr_raw(s, p, &v));
	if (session_pointer_size(s) == 4 && v >> 31 == 0x1ffffffff)
		v &= 0xffffffff;
	*ret = v;
	return NULL;
}

struct err *expr_value(struct session *s, const char *text, uint64_t *ret)
{
	uint64_t v;

	TRY(expr_parse(s, &text, &v));
	if (*text)
		return expr_error("Extra character error", text);
	*ret = v;
	return NULL;
}
