/* SPDX-License-Identifier: MIT */
/*
 * MASM expressions: what stands between operators.
 *
 * A bare word is tried, in this order, as a number in the current radix
 * ("bad" is 0xbad), a register, a local of the current frame, a module (its
 * base) and a symbol. '@' skips the number, "module!" makes it a symbol.
 */
#include "command/session_impl.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

/* A 32-bit process's values are sign-extended (see expr.c). */
static uint64_t extend(const struct expr *x, uint64_t v)
{
	if (session_pointer_size(x->s) == 4 && v <= UINT32_MAX)
		return (uint64_t)(int64_t)(int32_t)(uint32_t)v;
	return v;
}

/* --- numbers ------------------------------------------------------------------------ */

static int digit_of(char c)
{
	if (isdigit((unsigned char)c))
		return c - '0';
	if (isxdigit((unsigned char)c))
		return tolower((unsigned char)c) - 'a' + 10;
	return 99;
}

enum number { NUMBER_NO, NUMBER_OK, NUMBER_OVERFLOW };

/* All of text[0..n) as digits; back-quotes may part them. */
static enum number digits(const char *text, size_t n, unsigned radix, uint64_t *ret)
{
	bool any = false;
	uint64_t v = 0;

	for (size_t i = 0; i < n; i++) {
		if (text[i] == '`' && any)
			continue;
		if (digit_of(text[i]) >= (int)radix)
			return NUMBER_NO;
		if (__builtin_mul_overflow(v, radix, &v) ||
		    __builtin_add_overflow(v, (uint64_t)digit_of(text[i]), &v))
			return NUMBER_OVERFLOW;
		any = true;
	}
	*ret = v;
	return any ? NUMBER_OK : NUMBER_NO;
}

static enum number number(const char *w, size_t n, unsigned radix, uint64_t *ret)
{
	static const char letters[] = "xnty";
	static const unsigned bases[] = { 16, 10, 8, 2 };
	const char *at = n > 2 && w[0] == '0' ? strchr(letters, tolower((unsigned char)w[1])) : NULL;
	enum number r;

	if (at && *at)
		return digits(w + 2, n - 2, bases[at - letters], ret);
	r = digits(w, n, radix, ret);
	if (r == NUMBER_NO && n > 1 && tolower((unsigned char)w[n - 1]) == 'h')
		r = digits(w, n - 1, 16, ret);
	return r;
}

/* --- words -------------------------------------------------------------------------- */

static bool is_word_char(char c)
{
	return isalnum((unsigned char)c) || c == '_' || c == '$' || c == '?' || (c & 0x80);
}

/* Behind the partner of '<' when everything up to it could be a template's. */
static const char *skip_template(const char *p)
{
	int depth = 0;

	for (; *p && *p != ';' && !isspace((unsigned char)*p); p++) {
		depth += *p == '<';
		depth -= *p == '>';
		if (!depth)
			return p + 1;
	}
	return NULL;
}

/* `vftable', `anonymous namespace'::f: back-quote to apostrophe. */
static const char *skip_quoted_name(const char *p)
{
	const char *end = p + 1 + strcspn(p + 1, "'`;\n");

	return *end == '\'' ? end + 1 : NULL;
}

/* Behind the name at p, which may have "module!", "::", "<...>" and "`...'". */
static const char *name_end(const char *p)
{
	bool qualified = false;

	for (;;) {
		const char *next = NULL;

		if (is_word_char(*p) || (*p == '~' && qualified))
			next = p + 1;
		else if (*p == '!' && !qualified && p[1] != '=')
			next = p + 1;
		else if (*p == '.' && is_word_char(p[1]))
			next = p + 1;
		else if (p[0] == ':' && p[1] == ':')
			next = p + 2;
		else if (*p == '@' && qualified)
			next = p + 1;
		else if (*p == '<' && qualified)
			next = skip_template(p);
		else if (*p == '`')
			next = skip_quoted_name(p);
		if (!next)
			return p;
		qualified |= *p == '!' || *p == ':';
		p = next;
	}
}

static struct err *unresolved(const char *at)
{
	return expr_error("Couldn't resolve error", at);
}

static bool try_register(struct expr *x, const char *name, uint64_t *ret)
{
	struct regs regs;
	uint64_t v;

	if (!x->s->target || err_ignore(session_regs(x->s, &regs)) ||
	    err_ignore(arch_reg_value(&regs, name, &v)))
		return false;
	*ret = extend(x, v);
	return true;
}

/* The address of a local, or its value where it lives in a register. */
static bool try_local(struct expr *x, const char *name, uint64_t *ret)
{
	CLEANUP(arena_deinit) struct arena a = ARENA_INIT;
	struct variable *vars;
	struct stack stack;
	struct regs regs;
	size_t n;

	if (!x->s->thread || err_ignore(session_stack(x->s, &a, x->s->frame + 1, &stack)) ||
	    x->s->frame >= stack.n ||
	    err_ignore(frame_locals(x->s->target, &stack.frames[x->s->frame], &a, &vars, &n)))
		return false;
	regs = stack.frames[x->s->frame].regs;
	for (size_t i = 0; i < n; i++) {
		if (strcmp(vars[i].name, name) != 0)
			continue;
		if (vars[i].location == LOCATION_REGISTER && regs_has(&regs, vars[i].reg))
			*ret = regs.v[vars[i].reg];
		else if (vars[i].location == LOCATION_NONE)
			return false;
		else
			*ret = extend(x, vars[i].value);
		return true;
	}
	return false;
}

static bool try_symbol(struct expr *x, const char *name, uint64_t *ret)
{
	struct module *m;
	uint64_t v;

	if (!x->s->target)
		return false;
	m = strchr(name, '!') ? NULL : target_module_named(x->s->target, name);
	if (m) {
		*ret = extend(x, m->base);
		return true;
	}
	if (err_ignore(target_symbol_named(x->s->target, name, &v)))
		return false;
	*ret = extend(x, v);
	return true;
}

/* Characters of a number at p: digits, letters, and back-quotes between digits. */
static size_t number_span(const char *p)
{
	size_t n = 0;

	while (isalnum((unsigned char)p[n]) ||
	       (n && p[n] == '`' && isxdigit((unsigned char)p[n + 1])))
		n++;
	return n;
}

static struct err *word(struct expr *x, uint64_t *ret)
{
	CLEANUP(strbuf_deinit) struct strbuf name = STRBUF_INIT;
	const char *at = x->p, *end = name_end(at);
	size_t n = number_span(at);
	enum number r = NUMBER_NO;

	/* the longer reading wins: "add_one" is no number, 0`12 no name */
	if (at + n >= end)
		r = number(at, n, x->s->radix, ret);
	if (r == NUMBER_OVERFLOW)
		return expr_error("Overflow error", at);
	if (r == NUMBER_OK) {
		*ret = memchr(at, '`', n) ? *ret : extend(x, *ret);
		x->p = at + n;
		return NULL;
	}
	if (end == at)
		return expr_error("Syntax error", at);
	x->p = end;
	strbuf_add(&name, at, (size_t)(end - at));
	TRY(strbuf_check(&name));
	if (!strchr(name.s, '!') && !strchr(name.s, ':') &&
	    (try_register(x, name.s, ret) || try_local(x, name.s, ret)))
		return NULL;
	return try_symbol(x, name.s, ret) ? NULL : unresolved(at);
}

/* --- quoted and prefixed ---------------------------------------------------------------- */

/* 'abcd': up to eight characters, the first in the highest byte. */
static struct err *ascii(struct expr *x, uint64_t *ret)
{
	const char *at = x->p++;
	uint64_t v = 0;
	unsigned n = 0;

	while (*x->p && *x->p != '\'' && n++ < 8)
		v = v << 8 | (unsigned char)*x->p++;
	if (*x->p != '\'' || !n)
		return expr_error("Syntax error", at);
	x->p++;
	*ret = v;
	return NULL;
}

static struct err *parse_line(const char *text, uint32_t *ret)
{
	uint64_t v;

	/* line numbers are decimal whatever the radix (MSD: Source Line Syntax) */
	if (digits(text, strlen(text), 10, &v) != NUMBER_OK || v > UINT32_MAX)
		return err_new(ERR_USAGE, "bad line number");
	*ret = (uint32_t)v;
	return NULL;
}

/* `module!file.c:21`, `file.c:21`, `file.c:21+4` is written outside the quotes. */
static struct err *source_line(struct expr *x, uint64_t *ret)
{
	CLEANUP(arena_deinit) struct arena a = ARENA_INIT;
	const char *at = x->p, *close = strchr(at + 1, '`');
	char *text, *bang, *colon;
	uint32_t line = 0;
	uint64_t v;

	if (!close)
		return expr_error("Syntax error", at);
	text = arena_strndup(&a, at + 1, (size_t)(close - at) - 1);
	if (!text)
		return err_nomem();
	bang = strchr(text, '!');
	colon = strrchr(text, ':');
	if (!colon || (bang && colon < bang) || err_ignore(parse_line(colon + 1, &line)))
		return expr_error("Syntax error", at);
	*colon = '\0';
	if (bang)
		*bang = '\0';
	if (!x->s->target || err_ignore(target_line_address(x->s->target, bang ? text : NULL,
							    bang ? bang + 1 : text, line, &v)))
		return unresolved(at);
	x->p = close + 1;
	*ret = extend(x, v);
	return NULL;
}

static struct err *parenthesised(struct expr *x, uint64_t *ret)
{
	const char *at = x->p++;
	uint64_t v;

	if (++x->depth > EXPR_MAX_DEPTH)
		return expr_error("Nesting too deep", at);
	TRY(expr_or(x, &v));
	x->depth--;
	x->p = str_skip_space(x->p);
	if (*x->p != ')')
		return expr_error(*x->p ? "Syntax error" : "')' missing", *x->p ? x->p : at);
	x->p++;
	*ret = v;
	return NULL;
}

/* "@@(...)", "@@c++(...)", "@@masm(...)" */
static struct err *evaluator(struct expr *x, uint64_t *ret)
{
	const char *at = x->p;

	x->p += 2;
	if (str_starts(x->p, "masm")) {
		x->p += 4;
		return *x->p == '(' ? parenthesised(x, ret) : expr_error("Syntax error", at);
	}
	if (str_starts(x->p, "c++"))
		x->p += 3;
	if (*x->p != '(')
		return expr_error("Syntax error", at);
	if (++x->depth > EXPR_MAX_DEPTH)
		return expr_error("Nesting too deep", at);
	x->p++;
	TRY(expr_cpp(x->s, &x->p, ret));
	x->depth--;
	if (*x->p != ')')
		return expr_error("Syntax error", x->p);
	x->p++;
	return NULL;
}

/* @!"module!any name at all" */
static struct err *quoted_symbol(struct expr *x, uint64_t *ret)
{
	CLEANUP(strbuf_deinit) struct strbuf name = STRBUF_INIT;
	const char *at = x->p, *close = strchr(at + 3, '"');

	if (!close)
		return expr_error("Syntax error", at);
	strbuf_add(&name, at + 3, (size_t)(close - at) - 3);
	if (!try_symbol(x, name.s, ret))
		return unresolved(at);
	x->p = close + 1;
	return NULL;
}

static size_t identifier_span(const char *p)
{
	size_t n = 0;

	while (isalnum((unsigned char)p[n]) || p[n] == '_')
		n++;
	return n;
}

static struct err *pseudo(struct expr *x, const char *at, uint64_t *ret)
{
	CLEANUP(strbuf_deinit) struct strbuf name = STRBUF_INIT;
	size_t n = identifier_span(x->p);
	uint64_t v;

	strbuf_add(&name, x->p, n);
	x->p += n;
	if (*x->p == '(')
		return expr_function(x, name.s, at, ret);
	TRY(pseudo_value(x->s, name.s, &v));
	*ret = extend(x, v);
	return NULL;
}

static struct err *prefixed(struct expr *x, uint64_t *ret)
{
	CLEANUP(strbuf_deinit) struct strbuf name = STRBUF_INIT;
	const char *at = x->p;
	size_t n;

	if (at[1] == '@')
		return evaluator(x, ret);
	if (str_starts(at, "@!\""))
		return quoted_symbol(x, ret);
	x->p++;
	if (*x->p == '$') {
		x->p++;
		return pseudo(x, at, ret);
	}
	n = identifier_span(x->p);
	strbuf_add(&name, x->p, n);
	if (n && try_register(x, name.s, ret)) {
		x->p += n;
		return NULL;
	}
	n = (size_t)(name_end(x->p) - x->p);
	strbuf_reset(&name);
	strbuf_add(&name, x->p, n);
	x->p += n;
	if (n && try_symbol(x, name.s, ret))
		return NULL;
	return expr_error(n ? "Bad register error" : "Syntax error", at);
}

struct err *expr_term(struct expr *x, uint64_t *ret)
{
	const char *at;

	x->p = at = str_skip_space(x->p);
	switch (*at) {
	case '(': return parenthesised(x, ret);
	case '\'': return ascii(x, ret);
	case '`': return source_line(x, ret);
	case '@': return prefixed(x, ret);
	case '$':
		if (identifier_span(at + 1)) {
			x->p++;
			return pseudo(x, at, ret);
		}
		break;
	case '.': /* where the thread is */
		if (!is_word_char(at[1])) {
			x->p++;
			return pseudo_value(x->s, "ip", ret);
		}
		break;
	case '\0': return expr_error("Syntax error", "end of the expression");
	default: break;
	}
	return word(x, ret);
}
