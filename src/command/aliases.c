/* SPDX-License-Identifier: MIT */
/* as, aS, ad, al: defining, removing and listing aliases. */
#include "command/session_impl.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static const struct field alias_fields[] = {
	{ "name", FIELD_STR, "alias" },
	{ "value", FIELD_STR, "what it stands for" },
	{ NULL },
};
static const struct record alias_record = {
	.kind = "alias",
	.help = "An alias",
	.fields = alias_fields,
	.text = "  {name:-16}  {value}\n",
};
static const struct record *const alias_records[] = { &alias_record, NULL };

static struct err *capture_text(void *arg, const char *text, size_t len)
{
	struct strbuf *sb = arg;

	if (sb->len + len > SESSION_MAX_LINE)
		return err_new(ERR_UNSUPPORTED, "the output is too long for an alias");
	strbuf_add(sb, text, len);
	return strbuf_check(sb);
}

/* /x: the value of an expression; /e: an environment variable; /c: the output of
 * commands. Text in memory: /ma /mu (terminated), /msa /msu (counted strings). */
static struct err *value_of(struct session *s, const char *kind, const char *text,
			    struct strbuf *sb)
{
	CLEANUP(out_destroyp) struct out *o = NULL;
	CLEANUP(strbuf_deinit) struct strbuf line = STRBUF_INIT;
	uint64_t v;

	if (strcmp(kind, "x") == 0) {
		TRY(expr_value(s, text, &v));
		strbuf_addf(sb, "0x%" PRIx64, v);
		return NULL;
	}
	if (strcmp(kind, "e") == 0) {
		const char *value = getenv(text);

		strbuf_adds(sb, value ? value : "");
		return NULL;
	}
	if (kind[0] == 'm')
		strbuf_addf(&line, ".printf \"%%%s\", %s", kind, text);
	else
		strbuf_adds(&line, text);
	TRY(strbuf_check(&line));
	TRY(out_create_text(capture_text, sb, &o));
	return session_run(s, line.s, o);
}

/* "/ma" at *p: the letters in kind. */
static struct err *take_kind(const struct args *args, const char **p, char kind[4])
{
	static const char *const kinds[] = { "ma", "mu", "msa", "msu", "x", "e", "c" };
	size_t n;

	kind[0] = '\0';
	if (**p != '/')
		return NULL;
	n = strcspn(*p + 1, " \t");
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		if (strncmp(*p + 1, kinds[i], n) == 0 && !kinds[i][n]) {
			memcpy(kind, kinds[i], n + 1);
			*p = str_skip_space(*p + 1 + n);
			return NULL;
		}
	}
	return usage_error(args, "no such option at '%.20s'", *p);
}

/* ${/v:name} keeps an alias from being put in here. */
static struct err *take_name(const struct args *args, const char **p, char **ret)
{
	size_t n = strcspn(*p, " \t"), cut = 0;

	if (str_starts(*p, "${/v:") && n > 6 && (*p)[n - 1] == '}')
		cut = 5;
	*ret = arena_strndup(args->arena, *p + cut, cut ? n - 6 : n);
	*p = str_skip_space(*p + n);
	return *ret ? NULL : err_nomem();
}

static struct err *run_define(struct session *s, const struct args *args, struct out *o)
{
	CLEANUP(strbuf_deinit) struct strbuf sb = STRBUF_INIT;
	const char *p = args->tail;
	char kind[4], *name;
	size_t n;

	TRY(take_kind(args, &p, kind));
	TRY(take_name(args, &p, &name));
	if (!*name || !*p)
		return usage_error(args, "a name and what it stands for are missing");
	n = strlen(p);
	if (!*kind && n > 1 && *p == '"' && p[n - 1] == '"')
		strbuf_add(&sb, p + 1, n - 2);
	else if (*kind)
		TRY(value_of(s, kind, p, &sb));
	else
		strbuf_adds(&sb, p);
	while (*kind && sb.len && sb.s[sb.len - 1] == '\n')
		strbuf_truncate(&sb, sb.len - 1);
	TRY(strbuf_check(&sb));
	return alias_set(s, name, sb.s);
}

#define ALIAS_HELP                                                                     \
	"The name then stands for the text where it is a word of its own in a later command\n" \
	"line, and as ${name} anywhere. /x makes the text the value of an expression, /ma /mu\n" \
	"/msa /msu text in memory (as in .printf), /e an environment variable, /c the output\n"  \
	"of commands. ${/v:name} is never replaced, ${/d:name} is 1 when the alias exists,\n"    \
	"else 0, ${/f:name} its text or nothing."

const struct command command_as = {
	.name = "as",
	.summary = "define an alias with the rest of the line",
	.usage = "[/x | /ma | /mu | /msa | /msu | /e | /c] name text",
	.help = ALIAS_HELP,
	.syntax = SYNTAX_RAW,
	.run = run_define,
};

const struct command command_aS = {
	.name = "aS",
	.summary = "define an alias with the text up to ';'",
	.usage = "[/x | /ma | /mu | /msa | /msu | /e | /c] name text",
	.help = ALIAS_HELP,
	.run = run_define,
};

static struct err *run_delete(struct session *s, const struct args *args, struct out *o)
{
	const char *p = args->tail;
	unsigned quiet;
	char *name;

	TRY(options_parse(&p, "q", &quiet));
	TRY(take_name(args, &p, &name));
	if (!*name)
		return usage_error(args, "a name is missing");
	if (strcmp(name, "*") == 0) {
		while (s->aliases.n)
			(void)alias_remove(s, s->aliases.v[0].name);
		return NULL;
	}
	if (!alias_remove(s, name) && !quiet)
		return err_new(ERR_NOTFOUND, "there is no alias '%s'", name);
	return NULL;
}

const struct command command_ad = {
	.name = "ad",
	.summary = "remove an alias",
	.usage = "[/q] name | *",
	.help = "With * all of them. /q: no error when there is none.",
	.run = run_delete,
};

static int by_name(const void *a, const void *b)
{
	return strcmp(((const struct alias *)a)->name, ((const struct alias *)b)->name);
}

static struct err *run_list(struct session *s, const struct args *args, struct out *o)
{
	if (!s->aliases.n)
		return out_heading(o, "No aliases\n");
	qsort(s->aliases.v, s->aliases.n, sizeof(s->aliases.v[0]), by_name);
	TRY(out_heading(o, "  Alias             Value\n -------           -------\n"));
	for (size_t i = 0; i < s->aliases.n; i++) {
		out_begin(o, &alias_record);
		out_str(o, "name", s->aliases.v[i].name);
		out_str(o, "value", s->aliases.v[i].text);
		TRY(out_end(o));
	}
	return NULL;
}

const struct command command_al = {
	.name = "al",
	.summary = "list the aliases",
	.usage = "",
	.help = "One a line, sorted by name.",
	.records = alias_records,
	.run = run_list,
};
