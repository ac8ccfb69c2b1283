/* SPDX-License-Identifier: MIT */
/* .echo and .printf: text of the user's own. */
#include "command/session_impl.h"

#include <ctype.h>
#include <inttypes.h>
#include <string.h>

extern const struct record text_record;

static struct err *run_echo(struct session *s, const struct args *args, struct out *o)
{
	const char *p = args->tail;
	char *text = (char *)"";

	/* in quotes: what they hold, so that it may have ';' and blanks at its ends */
	if (*p == '"' && p[1] && strchr(p + 1, '"') == p + strlen(p) - 1) {
		TRY(word_parse(args->arena, &p, &text));
		p = text;
	}
	return out_line(o, "%s", p);
}

static const struct record *const text_records[] = { &text_record, NULL };

const struct command command_echo = {
	.name = ".echo",
	.summary = "print text",
	.usage = "text",
	.help = "Prints what follows, up to ';'. Quotes around the text are removed and let it\n"
		"hold ';'.",
	.records = text_records,
	.run = run_echo,
};

/* --- .printf ------------------------------------------------------------------------ */

static const struct field printed_fields[] = {
	{ "text", FIELD_STR, "the text, with its new lines" },
	{ NULL },
};
static const struct record printed_record = {
	.kind = "printed",
	.help = "Text made by .printf",
	.fields = printed_fields,
	.text = "{text:r}",
};
static const struct record *const printed_records[] = { &printed_record, NULL };

struct conversion {
	char flags[8];		/* of printf: "-08" without '%' */
	int width, precision;
	char kind;		/* d i u x X o c C s p y f a(ma) w(mu) A(msa) W(msu) N */
	bool wide;		/* I64, ll, p: 64 bits */
};

static const char *parse_number(const char *p, int *ret)
{
	int n = 0;

	while (isdigit((unsigned char)*p) && n < 1000)
		n = n * 10 + (*p++ - '0');
	*ret = n;
	return p;
}

/* Behind "%". */
static const char *parse_conversion(const char *p, struct conversion *ret)
{
	size_t n = 0;

	*ret = (struct conversion){ .width = -1, .precision = -1 };
	while (*p && strchr("-+0 #", *p)) {
		if (n + 1 < sizeof(ret->flags))
			ret->flags[n++] = *p;
		p++;
	}
	if (isdigit((unsigned char)*p))
		p = parse_number(p, &ret->width);
	if (*p == '.')
		p = parse_number(p + 1, &ret->precision);
	if (str_starts(p, "I64")) {
		ret->wide = true;
		p += 3;
	}
	while (*p == 'l' || *p == 'h') {
		ret->wide |= *p == 'l';
		p++;
	}
	if (str_starts(p, "ms")) {
		ret->kind = p[2] == 'a' ? 'A' : p[2] == 'u' ? 'W' : 0;
		return ret->kind ? p + 3 : p;
	}
	if (*p == 'm') {
		ret->kind = p[1] == 'a' ? 'a' : p[1] == 'u' ? 'w' : 0;
		return ret->kind ? p + 2 : p;
	}
	ret->kind = *p;
	return *p ? p + 1 : p;
}

enum { TEXT_MAX = 4096 };

/* Terminated text at the address, characters of `unit` bytes. */
static void add_text(struct session *s, struct strbuf *sb, uint64_t address, unsigned unit,
		     uint64_t max)
{
	uint64_t units = 0, v;
	CLEANUP(strbuf_deinit) struct strbuf raw = STRBUF_INIT;

	while (units < max && s->target &&
	       arch_read_uint(target_memory(s->target), address + units * unit, unit, &v) && v) {
		char b[2] = { (char)v, (char)(v >> 8) };

		strbuf_add(&raw, b, unit);
		units++;
	}
	if (unit == 2)
		strbuf_add_utf16le(sb, (const uint8_t *)raw.s, raw.len);
	else
		strbuf_add_utf8(sb, raw.s, raw.len);
}

/* ANSI_STRING / UNICODE_STRING: two lengths in bytes, then (aligned) a pointer. */
static void add_counted(struct session *s, struct strbuf *sb, uint64_t address, unsigned unit)
{
	unsigned size = session_pointer_size(s);
	uint64_t length, buffer;

	if (!s->target || !arch_read_uint(target_memory(s->target), address, 2, &length) ||
	    !arch_read_uint(target_memory(s->target), address + size, size, &buffer))
		strbuf_adds(sb, "????????");
	else
		add_text(s, sb, buffer, unit, length / unit);
}

static void add_number(struct strbuf *sb, const struct conversion *c, uint64_t v)
{
	CLEANUP(strbuf_deinit) struct strbuf digits = STRBUF_INIT;
	size_t width = c->width > 0 ? (size_t)c->width : 0;
	bool left = strchr(c->flags, '-'), zero = strchr(c->flags, '0') && !left;

	if (!c->wide)
		v = c->kind == 'd' || c->kind == 'i' ? (uint64_t)(int64_t)(int32_t)v : v & UINT32_MAX;
	switch (c->kind) {
	case 'd':
	case 'i': strbuf_addf(&digits, "%" PRId64, (int64_t)v); break;
	case 'u': strbuf_addf(&digits, "%" PRIu64, v); break;
	case 'X': strbuf_addf(&digits, "%" PRIX64, v); break;
	case 'o': strbuf_addf(&digits, "%" PRIo64, v); break;
	default: strbuf_addf(&digits, "%" PRIx64, v); break;
	}
	if (!left && digits.len < width)
		strbuf_pad(sb, zero ? '0' : ' ', width - digits.len);
	strbuf_add(sb, digits.s, digits.len);
	if (left && digits.len < width)
		strbuf_pad(sb, ' ', width - digits.len);
}

static void add_pointer(struct session *s, struct strbuf *sb, uint64_t v)
{
	if (session_pointer_size(s) == 4)
		strbuf_addf(sb, "%08" PRIx64, v & UINT32_MAX);
	else
		strbuf_addf(sb, "%016" PRIx64, v);
}

static struct err *add_conversion(struct session *s, struct strbuf *sb, const struct conversion *c,
				  uint64_t v)
{
	uint64_t max = c->precision >= 0 ? (uint64_t)c->precision : TEXT_MAX;
	char ch = (char)v;
	double d;

	switch (c->kind) {
	case 'd': case 'i': case 'u': case 'x': case 'X': case 'o': add_number(sb, c, v); break;
	case 'p': add_pointer(s, sb, v); break;
	case 'c': case 'C': strbuf_add_utf8(sb, &ch, 1); break;
	case 'y':
		if (s->target)
			target_add_symbol(s->target, v, sb);
		break;
	case 'f': case 'g': case 'e':
		memcpy(&d, &v, sizeof(d));
		strbuf_addf(sb, "%.*f", c->precision < 0 ? 6 : c->precision > 40 ? 40 : c->precision, d);
		break;
	case 's': case 'a': add_text(s, sb, v, 1, max); break;
	case 'S': case 'w': add_text(s, sb, v, 2, max); break;
	case 'A': add_counted(s, sb, v, 1); break;
	case 'W': add_counted(s, sb, v, 2); break;
	case 'N':
		add_pointer(s, sb, v);
		break;
	default:
		return err_new(ERR_USAGE, ".printf: no such conversion in the format: '%%%c'",
			       isprint((unsigned char)c->kind) ? c->kind : '?');
	}
	return NULL;
}

static void add_escape(struct strbuf *sb, const char **p)
{
	char c = *++*p;

	if (c == 'n')
		strbuf_addc(sb, '\n');
	else if (c == 't')
		strbuf_addc(sb, '\t');
	else if (c != 'r')
		strbuf_addc(sb, c ? c : '\\');
	*p += c != 0;
}

/* ", expression" behind the format or the last argument. */
static struct err *next_argument(struct session *s, const struct args *args, const char **p,
				 uint64_t *ret)
{
	*p = str_skip_space(*p);
	if (**p != ',')
		return usage_error(args, "the format wants more arguments");
	(*p)++;
	return expr_parse(s, p, ret);
}

/* The format between its quotes, escapes left alone; *p behind it. */
static struct err *take_format(const struct args *args, const char **p, char **ret)
{
	const char *start = str_skip_space(*p), *q;

	if (str_starts(start, "/D"))
		start = str_skip_space(start + 2);
	if (*start != '"')
		return usage_error(args, "a format in quotes is missing");
	for (q = start + 1; *q && *q != '"'; q++)
		if (*q == '\\' && q[1])
			q++;
	if (!*q)
		return usage_error(args, "Syntax error: \" without \"");
	*ret = arena_strndup(args->arena, start + 1, (size_t)(q - start) - 1);
	*p = q + 1;
	return *ret ? NULL : err_nomem();
}

static struct err *run_printf(struct session *s, const struct args *args, struct out *o)
{
	CLEANUP(strbuf_deinit) struct strbuf sb = STRBUF_INIT;
	const char *p = args->tail, *f;
	struct conversion c;
	char *format;
	uint64_t v;

	TRY(take_format(args, &p, &format));
	for (f = format; *f;) {
		if (*f == '\\') {
			add_escape(&sb, &f);
		} else if (*f != '%') {
			strbuf_addc(&sb, *f++);
		} else if (f[1] == '%') {
			strbuf_addc(&sb, '%');
			f += 2;
		} else {
			f = parse_conversion(f + 1, &c);
			TRY(next_argument(s, args, &p, &v));
			TRY(add_conversion(s, &sb, &c, v));
		}
	}
	TRY(end_parse(args, p));
	TRY(strbuf_check(&sb));
	out_begin(o, &printed_record);
	out_str(o, "text", sb.s);
	return out_end(o);
}

const struct command command_printf = {
	.name = ".printf",
	.summary = "print values along a format",
	.usage = "\"format\" [, expression ...]",
	.help = "Conversions as in C (%d %i %u %x %X %o %c, 32 bits unless with I64 or ll), and: %p\n"
		"pointer, %y symbol, %ma and %mu text at the address (ASCII, UTF-16), %msa and %msu\n"
		"ANSI_STRING and UNICODE_STRING, %f the bits of a double. \\n and \\t are understood.",
	.records = printed_records,
	.run = run_printf,
};
