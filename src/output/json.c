/* SPDX-License-Identifier: MIT */
/*
 * The JSON filling: one object a line, valid UTF-8 (RFC 8259). What each type
 * of field becomes is written in output/output.h.
 */
#include "output/output_impl.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void add_string(struct strbuf *sb, const char *s, size_t n)
{
	strbuf_add_json(sb, s, n);
}

static void add_address(struct strbuf *sb, uint64_t v)
{
	strbuf_addf(sb, "\"0x%" PRIx64 "\"", v);
}

static void add_symbol(struct strbuf *sb, const struct out_value *v)
{
	strbuf_addc(sb, '{');
	if (v->module) {
		strbuf_adds(sb, "\"module\":");
		add_string(sb, v->module, strlen(v->module));
		strbuf_addc(sb, ',');
	}
	if (v->s) {
		strbuf_adds(sb, "\"name\":");
		add_string(sb, v->s, strlen(v->s));
		strbuf_addc(sb, ',');
	}
	if (v->module || v->s)
		strbuf_addf(sb, "\"offset\":%" PRIu64 ",", v->disp);
	strbuf_adds(sb, "\"address\":");
	add_address(sb, v->u);
	strbuf_addc(sb, '}');
}

static void add_bytes(struct strbuf *sb, const struct out_value *v)
{
	const uint8_t *p = v->data;

	strbuf_addc(sb, '"');
	for (size_t i = 0; i < v->n; i++)
		strbuf_addf(sb, "%02x", p[i]);
	strbuf_addc(sb, '"');
}

static void add_words(struct strbuf *sb, const struct out_value *v)
{
	const struct out_word *w = v->data;

	strbuf_addc(sb, '[');
	for (size_t i = 0; i < v->n; i++) {
		if (i)
			strbuf_addc(sb, ',');
		if (!w[i].present)
			strbuf_adds(sb, "null");
		else if (v->size == 8)
			add_address(sb, w[i].value);
		else
			strbuf_addf(sb, "%" PRIu64, w[i].value);
	}
	strbuf_addc(sb, ']');
}

static void add_strings(struct strbuf *sb, const struct out_value *v)
{
	const char *const *s = v->data;

	strbuf_addc(sb, '[');
	for (size_t i = 0; i < v->n; i++) {
		if (i)
			strbuf_addc(sb, ',');
		add_string(sb, s[i], strlen(s[i]));
	}
	strbuf_addc(sb, ']');
}

static void add_flags(struct strbuf *sb, const struct out_value *v)
{
	const char *names = v->s, *name;
	const char *comma = "";
	size_t len;

	strbuf_addf(sb, "{\"value\":%" PRIu64 ",\"names\":[", v->u);
	while ((name = out_next_name(&names, &len)) != NULL) {
		strbuf_adds(sb, comma);
		add_string(sb, name, len);
		comma = ",";
	}
	strbuf_adds(sb, "]}");
}

static void add_time(struct strbuf *sb, uint64_t t)
{
	strbuf_addc(sb, '"');
	out_add_time(sb, t, 'i');
	strbuf_addc(sb, '"');
}

/* JSON has no infinities: they, and what is no number, are null. */
/* The fewest digits that read back as the same number. */
static void add_shortest(struct strbuf *sb, double f)
{
	char text[32];

	for (int digits = 15; digits <= 17; digits++) {
		(void)snprintf(text, sizeof(text), "%.*g", digits, f);
		if (strtod(text, NULL) == f)
			break;
	}
	strbuf_adds(sb, text);
}

static void add_float(struct strbuf *sb, double f)
{
	if (isfinite(f))
		add_shortest(sb, f);
	else
		strbuf_adds(sb, "null");
}

static void add_duration(struct strbuf *sb, uint64_t hundred_ns)
{
	strbuf_addf(sb, "%" PRIu64 ".%07" PRIu64, hundred_ns / 10000000, hundred_ns % 10000000);
	while (sb->len && sb->s[sb->len - 1] == '0' && sb->s[sb->len - 2] != '.')
		strbuf_truncate(sb, sb->len - 1);
}

static void add_value(struct strbuf *sb, enum field_type type, const struct out_value *v)
{
	switch (type) {
	case FIELD_ADDR: add_address(sb, v->u); break;
	case FIELD_HEX:
	case FIELD_UINT:
	case FIELD_SIZE: strbuf_addf(sb, "%" PRIu64, v->u); break;
	case FIELD_INT: strbuf_addf(sb, "%" PRId64, (int64_t)v->u); break;
	case FIELD_STR: add_string(sb, v->s, strlen(v->s)); break;
	case FIELD_BOOL: strbuf_adds(sb, v->u ? "true" : "false"); break;
	case FIELD_TIME: add_time(sb, v->u); break;
	case FIELD_DURATION: add_duration(sb, v->u); break;
	case FIELD_SYM: add_symbol(sb, v); break;
	case FIELD_BYTES: add_bytes(sb, v); break;
	case FIELD_WORDS: add_words(sb, v); break;
	case FIELD_STRS: add_strings(sb, v); break;
	case FIELD_FLAGS: add_flags(sb, v); break;
	case FIELD_FLOAT: add_float(sb, v->f); break;
	}
}

static void add_tag(struct out *o, const struct out_tag *tag)
{
	if (tag->key && out_field_index(o->rec->fields, tag->key, strlen(tag->key)) < 0)
		strbuf_addf(&o->buf, ",\"%s\":%" PRIu64, tag->key, tag->value);
}

static void json_record(struct out *o)
{
	strbuf_adds(&o->buf, "{\"kind\":");
	add_string(&o->buf, o->rec->kind, strlen(o->rec->kind));
	add_tag(o, &o->outer_tag);
	add_tag(o, &o->tag);
	for (size_t i = 0; i < o->n_order; i++) {
		const struct field *f = &o->rec->fields[o->order[i]];

		strbuf_addf(&o->buf, ",\"%s\":", f->key);
		add_value(&o->buf, f->type, &o->values[o->order[i]]);
	}
	strbuf_adds(&o->buf, "}\n");
}

const struct out_ops out_json_ops = { .is_text = false, .record = json_record };
