/* SPDX-License-Identifier: MIT */
#include "command/markdown.h"

#include <ctype.h>
#include <string.h>

static const char *type_name(enum field_type type)
{
	static const char *const names[] = {
		[FIELD_ADDR] = "address, `\"0x...\"`",
		[FIELD_HEX] = "number",
		[FIELD_UINT] = "number",
		[FIELD_INT] = "number",
		[FIELD_SIZE] = "number",
		[FIELD_STR] = "string",
		[FIELD_BOOL] = "true or false",
		[FIELD_TIME] = "time, RFC 3339",
		[FIELD_DURATION] = "number (seconds)",
		[FIELD_SYM] = "object: module, name, offset, address",
		[FIELD_BYTES] = "string of hex digits",
		[FIELD_WORDS] = "list of numbers or `\"0x...\"`, null where absent",
		[FIELD_STRS] = "list of strings",
		[FIELD_FLAGS] = "object: value, names",
		[FIELD_FLOAT] = "number",
	};

	return names[type];
}

static void add_record(const struct record *r, struct strbuf *sb)
{
	strbuf_addf(sb, "\n### `%s`\n\n%s.\n\n| key | type | what it is |\n|---|---|---|\n", r->kind,
		    r->help ? r->help : "");
	for (const struct field *f = r->fields; f->key; f++) {
		strbuf_addf(sb, "| `%s` | %s | ", f->key, type_name(f->type));
		for (const char *p = f->help ? f->help : ""; *p; p++) {
			if (*p == '|')
				strbuf_addc(sb, '\\');
			strbuf_addc(sb, *p);
		}
		strbuf_adds(sb, " |\n");
	}
}

void command_add_markdown(const struct command *c, struct strbuf *sb)
{
	const char *usage = c->usage ? c->usage : "";

	strbuf_addf(sb, "# `%s`: %s\n\n```\n%s%s%s\n```\n\n%s\n", c->name, c->summary, c->name,
		    *usage ? " " : "", usage, c->help ? c->help : "");
	if (c->aliases && c->aliases[0]) {
		strbuf_adds(sb, "\nAlso:");
		for (const char *const *a = c->aliases; *a; a++)
			strbuf_addf(sb, "%s `%s`", a == c->aliases ? "" : ",", *a);
		strbuf_adds(sb, ".\n");
	}
	if (c->records && c->records[0]) {
		strbuf_adds(sb, "\n## With `--json`\n");
		for (const struct record *const *r = c->records; *r; r++)
			add_record(*r, sb);
	}
}

static const char *sign_name(char c)
{
	static const struct {
		char sign;
		const char *name;
	} signs[] = {
		{ '.', "dot" },	  { '!', "ext" },  { '?', "question" }, { '$', "dollar" }, { '*', "star" },
		{ '|', "bar" },	  { '~', "tilde" }, { '<', "less" },	{ '>', "greater" }, { '=', "equals" },
		{ '#', "hash" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(signs); i++)
		if (signs[i].sign == c)
			return signs[i].name;
	return "sign";
}

void command_add_page_name(const struct command *c, struct strbuf *sb)
{
	size_t start = sb->len;

	for (const char *p = c->name; *p; p++) {
		bool plain = islower((unsigned char)*p) || isdigit((unsigned char)*p) || *p == '_' || *p == '-';
		bool after_plain = p > c->name && isalnum((unsigned char)p[-1]);

		if (!plain && after_plain)
			strbuf_addc(sb, '-');
		if (plain)
			strbuf_addc(sb, *p);
		else if (isupper((unsigned char)*p))
			strbuf_addf(sb, "upper-%c-", tolower((unsigned char)*p));
		else
			strbuf_addf(sb, "%s-", sign_name(*p));
	}
	if (sb->len > start && sb->s[sb->len - 1] == '-')
		strbuf_truncate(sb, sb->len - 1);
}
