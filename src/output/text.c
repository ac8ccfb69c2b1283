/* SPDX-License-Identifier: MIT */
/*
 * The text filling: lays a record out along its template (output/output.h has
 * the syntax). A template is ours, so a malformed one is a bug: it trips an
 * assert, and out_check_template lets a test find it before.
 */
#include "output/output_impl.h"

#include <assert.h>
#include <ctype.h>
#include <string.h>

/* What stands between { and }. */
struct place {
	const char *key;
	size_t key_len;
	struct out_spec spec;
	const char *fallback;	/* after '|'; NULL: none */
	size_t fallback_len;
};

static const char *parse_number(const char *p, unsigned *ret)
{
	unsigned n = 0;

	while (isdigit((unsigned char)*p) && n < 10000)
		n = n * 10 + (unsigned)(*p++ - '0');
	*ret = n;
	return p;
}

static const char *parse_spec(const char *p, struct out_spec *ret)
{
	if (*p == '-') {
		ret->left = true;
		p++;
	}
	if (*p == '0') {
		ret->zero = true;
		p++;
	}
	if (*p == 'P') {
		ret->pointer_width = true;
		p++;
	} else {
		p = parse_number(p, &ret->width);
	}
	if (*p == '.')
		p = parse_number(p + 1, &ret->max);
	if (isalpha((unsigned char)*p))
		ret->conversion = *p++;
	return p;
}

/* p is behind '{'. Returns what is behind '}', or NULL. */
static const char *parse_place(const char *p, struct place *ret)
{
	*ret = (struct place){ .key = p };
	while (isalnum((unsigned char)*p) || *p == '_')
		p++;
	ret->key_len = (size_t)(p - ret->key);
	if (*p == ':')
		p = parse_spec(p + 1, &ret->spec);
	if (*p == '|') {
		ret->fallback = ++p;
		while (*p && *p != '}')
			p++;
		ret->fallback_len = (size_t)(p - ret->fallback);
	}
	return *p == '}' ? p + 1 : NULL;
}

/* Characters, not bytes, so that names in any script keep the columns. */
static size_t count_chars(const char *s, size_t len)
{
	size_t n = 0;

	for (size_t i = 0; i < len; i++)
		n += (s[i] & 0xc0) != 0x80;
	return n;
}

/* Cuts what begins at `start` to max characters. */
static void cut(struct strbuf *sb, size_t start, size_t max)
{
	size_t n = 0, i = start;

	for (; i < sb->len; i++)
		if ((sb->s[i] & 0xc0) != 0x80 && n++ == max)
			break;
	strbuf_truncate(sb, i);
}

/* Brings what begins at `start` to its width. */
static void pad(struct strbuf *sb, size_t start, const struct out_spec *spec, unsigned pointer_size)
{
	size_t len = sb->len - start, n = count_chars(sb->s + start, len), width = spec->width;
	bool minus = spec->zero && sb->s[start] == '-';

	if (spec->pointer_width)
		width = pointer_size == 4 ? 8 : 17;
	if (n >= width)
		return;
	strbuf_pad(sb, ' ', width - n);
	if (spec->left || sb->failed)
		return;
	start += minus;
	memmove(sb->s + start + (width - n), sb->s + start, len - minus);
	memset(sb->s + start, spec->zero ? '0' : ' ', width - n);
}

/* A fallback of one '?' stands for as many as an address has digits. */
static void add_fallback(struct strbuf *sb, const struct place *pl, enum field_type type,
			 unsigned pointer_size)
{
	bool pointer = type == FIELD_ADDR && (!pl->spec.conversion || strchr("pw", pl->spec.conversion));

	if (pl->fallback_len != 1 || *pl->fallback != '?' || !pointer) {
		strbuf_add(sb, pl->fallback, pl->fallback_len);
		return;
	}
	strbuf_pad(sb, '?', 8);
	if (pointer_size == 8) {
		if (pl->spec.conversion != 'w')
			strbuf_addc(sb, '`');
		strbuf_pad(sb, '?', 8);
	}
}

/* Returns whether the field is there. */
static bool render_place(struct out *o, const struct place *pl)
{
	int i = out_field_index(o->rec->fields, pl->key, pl->key_len);
	size_t start = o->buf.len;
	enum field_type type;

	assert(i >= 0);
	type = o->rec->fields[i].type;
	assert(out_has_conversion(type, pl->spec.conversion));
	if (o->values[i].present) {
		out_add_value(&o->buf, type, &o->values[i], &pl->spec, o->pointer_size);
		if (pl->spec.max)
			cut(&o->buf, start, pl->spec.max);
	} else if (pl->fallback) {
		add_fallback(&o->buf, pl, type, o->pointer_size);
	}
	pad(&o->buf, start, &pl->spec, o->pointer_size);
	return o->values[i].present || pl->fallback;
}

enum { MAX_NESTING = 8 };

/* Renders up to the end of the group; returns its ']' or the end. */
static const char *render(struct out *o, const char *p, unsigned depth, bool *ret_complete)
{
	bool complete = true;

	assert(depth < MAX_NESTING);
	while (*p && *p != ']') {
		if (*p == '[') {
			size_t before = o->buf.len;
			bool inner;

			p = render(o, p + 1, depth + 1, &inner);
			assert(*p == ']');
			p++;
			if (!inner)
				strbuf_truncate(&o->buf, before);
		} else if (*p == '{') {
			struct place pl;

			p = parse_place(p + 1, &pl);
			assert(p);
			complete &= render_place(o, &pl);
		} else {
			p += *p == '\\' && p[1];
			strbuf_addc(&o->buf, *p++);
		}
	}
	*ret_complete = complete;
	return p;
}

static void text_record(struct out *o)
{
	const char *end;
	bool complete;

	if (!o->text_template)
		return;
	end = render(o, o->text_template, 0, &complete);
	assert(!*end);
	(void)end;
}

const struct out_ops out_text_ops = { .is_text = true, .record = text_record };

/* --- checking ------------------------------------------------------------------ */

static const char *check_place(const struct record *rec, const struct place *pl)
{
	int i = out_field_index(rec->fields, pl->key, pl->key_len);

	if (i < 0)
		return "a {field} that is not declared";
	if (!out_has_conversion(rec->fields[i].type, pl->spec.conversion))
		return "a conversion that the field's type does not have";
	return NULL;
}

bool out_check_template(const struct record *rec, const char *text_template, const char **why)
{
	unsigned depth = 0;
	struct place pl;

	*why = NULL;
	for (const char *p = text_template; p && *p && !*why;) {
		if (*p == '{') {
			p = parse_place(p + 1, &pl);
			*why = p ? check_place(rec, &pl) : "a { that does not read as a field";
			continue;
		}
		if (*p == '[' && ++depth >= MAX_NESTING)
			*why = "groups nested too deep";
		if (*p == '}' || (*p == ']' && !depth--))
			*why = "a bracket without its partner";
		p += *p == '\\' && p[1] ? 2 : 1;
	}
	if (!*why && depth)
		*why = "a [ without its ]";
	return !*why;
}
