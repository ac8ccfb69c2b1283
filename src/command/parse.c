/* SPDX-License-Identifier: MIT */
/* What the words of a command mean: ranges, options, quoted words. */
#include "command/session_impl.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

enum { RANGE_LIMIT = 256 << 20 }; /* bytes, without L? (MSD: Address and Range Syntax) */

struct err *usage_error(const struct args *args, const char *fmt, ...)
{
	const struct command *c = command_named(args->name);
	char text[256];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	if (!c)
		return err_new(ERR_USAGE, "%s: %s", args->name, text);
	if (!c->usage || !*c->usage)
		return err_new(ERR_USAGE, "%s: %s", args->name, text);
	return err_new(ERR_USAGE, "%s: %s\nUsage: %s %s", args->name, text, c->name, c->usage);
}

struct err *end_parse(const struct args *args, const char *p)
{
	p = str_skip_space(p);
	return *p ? usage_error(args, "Extra character error at '%.60s'", p) : NULL;
}

static struct err *add_char(struct strbuf *sb, const char **p)
{
	if (**p == '\\' && ((*p)[1] == '"' || (*p)[1] == '\\'))
		(*p)++;
	strbuf_addc(sb, *(*p)++);
	return NULL;
}

struct err *word_parse(struct arena *a, const char **p, char **ret)
{
	CLEANUP(strbuf_deinit) struct strbuf sb = STRBUF_INIT;
	const char *q = str_skip_space(*p);
	char *word;

	if (!*q) {
		*p = q;
		*ret = NULL;
		return NULL;
	}
	if (*q == '"') {
		for (q++; *q && *q != '"';)
			TRY(add_char(&sb, &q));
		if (*q != '"')
			return err_new(ERR_USAGE, "Syntax error: \" without \" at '%.60s'", *p);
		q++;
	} else {
		while (*q && !isspace((unsigned char)*q))
			strbuf_addc(&sb, *q++);
	}
	TRY(strbuf_check(&sb));
	word = arena_strdup(a, sb.s);
	if (!word)
		return err_nomem();
	*p = str_skip_space(q);
	*ret = word;
	return NULL;
}

static bool is_option(const char *p)
{
	return (*p == '-' || *p == '/') && isalpha((unsigned char)p[1]);
}

/* Letters of the word at p, behind its dash; 0 when one is not known. */
static size_t option_bits(const char *p, const char *letters, unsigned *ret_bits)
{
	unsigned bits = 0;
	size_t n = 0;

	for (; isalnum((unsigned char)p[n]); n++) {
		const char *at = strchr(letters, p[n]);

		if (!at)
			return 0;
		bits |= 1u << (at - letters);
	}
	*ret_bits |= bits;
	return n;
}

struct err *options_parse(const char **p, const char *letters, unsigned *ret_bits)
{
	const char *q = str_skip_space(*p);
	unsigned bits = 0;

	while (is_option(q)) {
		size_t n = option_bits(q + 1, letters, &bits);

		if (!n)
			return err_new(ERR_USAGE, "Syntax error: no such option at '%.60s'", q);
		q = str_skip_space(q + 1 + n);
	}
	*p = q;
	*ret_bits = bits;
	return NULL;
}

struct err *option_value(struct session *s, const char **p, char letter, uint64_t *ret,
			 bool *ret_found)
{
	CLEANUP(arena_deinit) struct arena a = ARENA_INIT;
	const char *q = str_skip_space(*p);
	char *word;
	uint64_t v;

	*ret_found = false;
	if (!is_option(q) || q[1] != letter || isalpha((unsigned char)q[2]))
		return NULL;
	q += 2;
	/* a word: in "/c 8 /p" the second slash is no division */
	TRY(word_parse(&a, &q, &word));
	TRY(expr_value(s, word ? word : "", &v));
	*p = q;
	*ret = v;
	*ret_found = true;
	return NULL;
}

bool expr_ahead(const char *p)
{
	p = str_skip_space(p);
	return *p && *p != ';' && !is_option(p);
}

/* --- ranges ---------------------------------------------------------------------- */

/* 'L' that begins a length: "L10", "L 10", "L?100", "l4", not "ldr" or "L!x". */
static bool at_length(const char *p)
{
	if (*p != 'L' && *p != 'l')
		return false;
	if (p[1] == '?' || p[1] == '-' || p[1] == '@' || p[1] == '(' || isspace((unsigned char)p[1]))
		return true;
	for (p++; isalnum((unsigned char)*p); p++)
		if (!isxdigit((unsigned char)*p) && !strchr("xXnNtTyY", *p))
			return false;
	return p[-1] != 'L' && p[-1] != 'l' && *p != '!' && *p != '_';
}

static struct err *check_limit(uint64_t count, unsigned unit, bool unlimited, const char *at)
{
	uint64_t bytes;

	if (__builtin_mul_overflow(count, unit, &bytes) || (!unlimited && bytes > RANGE_LIMIT))
		return err_new(ERR_USAGE, "Range error in '%.60s' (L?n lifts the limit of 256 MB)", at);
	return NULL;
}

/* Behind "L". */
static struct err *parse_length(struct session *s, const char **p, unsigned unit,
				struct range *r)
{
	const char *at = *p - 1;
	bool unlimited = false, back = false;

	if (**p == '?') {
		unlimited = true;
		(*p)++;
	}
	if (**p == '-') {
		back = true;
		(*p)++;
	}
	TRY(expr_parse(s, p, &r->count));
	TRY(check_limit(r->count, unit, unlimited, at));
	r->count_given = true;
	if (back)
		r->start -= r->count * unit;
	return NULL;
}

static struct err *parse_end(struct session *s, const char **p, unsigned unit, struct range *r)
{
	const char *at = *p;
	uint64_t end;

	TRY(expr_parse(s, p, &end));
	if (end < r->start)
		return err_new(ERR_USAGE, "Range error in '%.60s': the end lies before the start", at);
	r->count = (end - r->start) / unit + 1;
	r->count_given = r->end_given = true;
	return check_limit(r->count, unit, false, at);
}

/* "fs:", "gs:[": where the segment begins; flat ones at 0. */
static struct err *segment_base(struct session *s, const char *name, uint64_t *ret)
{
	bool thread_segment = session_pointer_size(s) == 8 ? strncasecmp(name, "gs", 2) == 0
							   : strncasecmp(name, "fs", 2) == 0;

	*ret = 0;
	if (s->target && !target_is_windows(s->target))
		thread_segment = strncasecmp(name, "fs", 2) == 0;
	if (!thread_segment)
		return NULL;
	return pseudo_value(s, "teb", ret);
}

static bool at_segment(const char *p)
{
	return p[0] && p[1] && p[2] == ':' && p[3] != ':' && strchr("cdefgsCDEFGS", p[0]) &&
	       (p[1] == 's' || p[1] == 'S');
}

static struct err *parse_start(struct session *s, const char **p, struct range *r)
{
	bool bracket = false;
	uint64_t base = 0;

	if (**p == '%' || **p == '&' || **p == '#') /* flat, 8086, 16-bit: all flat here */
		(*p)++;
	if (at_segment(*p)) {
		TRY(segment_base(s, *p, &base));
		*p += 3;
	}
	if (**p == '[') {
		bracket = true;
		(*p)++;
	}
	TRY(expr_parse(s, p, &r->start));
	if (bracket && **p != ']')
		return err_new(ERR_USAGE, "Syntax error: ']' expected at '%.60s'", *p);
	if (bracket)
		*p = str_skip_space(*p + 1);
	r->start += base;
	r->given = true;
	return NULL;
}

struct err *range_parse(struct session *s, const char **p, unsigned unit, uint64_t default_count,
			struct range *ret)
{
	struct range r = { .count = default_count };
	const char *q = str_skip_space(*p);

	if (!unit)
		unit = 1;
	if (expr_ahead(q) && !at_length(q))
		TRY(parse_start(s, &q, &r));
	if (at_length(q)) {
		q++;
		TRY(parse_length(s, &q, unit, &r));
	} else if (r.given && expr_ahead(q) && *q != '"' && *q != '\'') {
		TRY(parse_end(s, &q, unit, &r));
	}
	*p = str_skip_space(q);
	*ret = r;
	return NULL;
}
