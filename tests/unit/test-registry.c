/* SPDX-License-Identifier: MIT */
/*
 * The command list: every row has its texts, well-formed records, a page in
 * docs/commands that is up to date, and a golden transcript of text and JSON.
 * OSMOSIS_TOP names the source tree (default: the one this was compiled from).
 *
 * What is missing outside the rows (pages, transcripts) is told and fails only
 * with OSMOSIS_REGISTRY=strict.
 */
#include "base/str.h"
#include "base/vec.h"
#include "command/markdown.h"
#include "unit/test.h"

#include <ctype.h>
#include <ftw.h>
#include <unistd.h>

static struct strbuf transcripts = STRBUF_INIT; /* all of tests/golden */

static const char *top(void)
{
	static char from_here[sizeof(__FILE__)] = __FILE__;
	const char *env = getenv("OSMOSIS_TOP");
	char *tests = strstr(from_here, "/tests/unit/");

	if (tests)
		*tests = '\0';
	return env && *env ? env : from_here;
}

static bool read_file(const char *path, struct strbuf *sb)
{
	FILE *f = fopen(path, "re");
	char buf[4096];
	size_t n;

	if (!f)
		return false;
	while ((n = fread(buf, 1, sizeof(buf), f)) > 0)
		strbuf_add(sb, buf, n);
	(void)fclose(f);
	return true;
}

/* Tells what is wrong with a row and counts it. */
static unsigned wrong;
static void tell(const struct command *c, const char *what)
{
	(void)fprintf(stderr, "%s: %s\n", c->name, what);
	wrong++;
}

static bool lenient(void)
{
	const char *env = getenv("OSMOSIS_REGISTRY");

	if (env && strcmp(env, "strict") == 0)
		return false;
	if (wrong)
		(void)printf("skip: registry: %u pages or transcripts are missing\n", wrong);
	return true;
}

TEST(rows_have_their_texts)
{
	wrong = 0;
	for (size_t i = 0; commands[i]; i++) {
		const struct command *c = commands[i];

		if (!c->summary || strlen(c->summary) < 3)
			tell(c, "has no summary");
		else if (c->summary[strlen(c->summary) - 1] == '.' || strchr(c->summary, '\n'))
			tell(c, "summary is not one line without a full stop");
		else if (isupper((unsigned char)c->summary[0]))
			tell(c, "summary begins with a capital");
		if (!c->usage)
			tell(c, "has no usage");
		if (!c->help || strlen(c->help) < 20)
			tell(c, "has no help");
		if (!c->run)
			tell(c, "has no function");
	}
	EXPECT_EQ(wrong, 0);
}

static bool is_named(const struct command *c, const char *name)
{
	if (strcmp(c->name, name) == 0)
		return true;
	for (const char *const *a = c->aliases; a && *a; a++)
		if (strcmp(*a, name) == 0)
			return true;
	return false;
}

TEST(names_belong_to_one_row)
{
	wrong = 0;
	for (size_t i = 0; commands[i]; i++) {
		for (size_t k = 0; k < i; k++) {
			if (is_named(commands[k], commands[i]->name))
				tell(commands[i], "name is taken");
			for (const char *const *a = commands[i]->aliases; a && *a; a++)
				if (is_named(commands[k], *a))
					tell(commands[i], *a);
		}
	}
	EXPECT_EQ(wrong, 0);
}

static bool is_snake_case(const char *s)
{
	for (const char *p = s; *p; p++)
		if (!islower((unsigned char)*p) && !isdigit((unsigned char)*p) && *p != '_')
			return false;
	return *s != '\0';
}

static void check_record(const struct command *c, const struct record *r)
{
	const char *why;

	if (!is_snake_case(r->kind) || !r->help)
		tell(c, "a record has a bad kind or no help");
	if (!out_check_template(r, r->text, &why))
		tell(c, why);
	for (const struct field *f = r->fields; f->key; f++) {
		if (!is_snake_case(f->key) || strcmp(f->key, "kind") == 0)
			tell(c, f->key);
		if (!f->help || !*f->help)
			tell(c, "a field has no help");
	}
}

TEST(records_are_well_formed)
{
	wrong = 0;
	for (size_t i = 0; commands[i]; i++)
		for (const struct record *const *r = commands[i]->records; r && *r; r++)
			check_record(commands[i], *r);
	EXPECT_EQ(wrong, 0);
}

TEST(pages_are_up_to_date)
{
	wrong = 0;
	for (size_t i = 0; commands[i]; i++) {
		CLEANUP(strbuf_deinit) struct strbuf path = STRBUF_INIT;
		CLEANUP(strbuf_deinit) struct strbuf page = STRBUF_INIT;
		CLEANUP(strbuf_deinit) struct strbuf want = STRBUF_INIT;

		strbuf_addf(&path, "%s/docs/commands/", top());
		command_add_page_name(commands[i], &path);
		strbuf_adds(&path, ".md");
		command_add_markdown(commands[i], &want);
		if (!read_file(path.s, &page))
			tell(commands[i], "has no page in docs/commands (tools/command-docs makes it)");
		else if (!str_starts(page.s, want.s))
			tell(commands[i], "page is out of date (run tools/command-docs)");
	}
	EXPECT(lenient() || !wrong);
}

/* --- transcripts ------------------------------------------------------------------- */

static int add_transcript(const char *path, const struct stat *st, int flag, struct FTW *ftw)
{
	if (flag == FTW_F && str_ends_nocase(path, ".t"))
		(void)read_file(path, &transcripts);
	return 0;
}

/* The name as a command of its own: behind the quote, ';', a brace or a thread
 * prefix, and not the beginning of a longer word. */
static bool types(const char *text, size_t len, const char *name)
{
	size_t n = strlen(name);

	for (size_t i = 1; i + n <= len; i++) {
		size_t before = i;
		char after = i + n < len ? text[i + n] : ' ';

		if (strncmp(text + i, name, n) != 0)
			continue;
		if (isalpha((unsigned char)name[n - 1]) && (isalpha((unsigned char)after) || after == '_'))
			continue;
		while (before && text[before - 1] == ' ')
			before--;
		if (before && strchr("'\";{}~*]\n>", text[before - 1]))
			return true;
		if (before && before == i && isdigit((unsigned char)text[before - 1])) /* ~3k */
			return true;
	}
	return false;
}

/* One shell command of a transcript, with its continuations: its length. */
static size_t typed_length(const char *p)
{
	const char *end = p + strcspn(p, "\n");

	while (str_starts(end, "\n  > "))
		end += 5 + strcspn(end + 5, "\n");
	return (size_t)(end - p);
}

static bool has_word(const char *p, size_t len, const char *word)
{
	return memmem(p, len, word, strlen(word)) != NULL;
}

/* memmem: under sanitizers each strstr measures all of the text, which is a megabyte. */
static const char *next_line(const char *p)
{
	return memmem(p, (size_t)(transcripts.s + transcripts.len - p), "\n  $ ", 5);
}

static bool in_transcripts(const char *name, bool json)
{
	for (const char *p = next_line(transcripts.s); p; p = next_line(p + 1)) {
		size_t len = typed_length(p + 5);

		if (has_word(p, len + 5, "--json") == json && types(p + 5, len, name))
			return true;
	}
	return false;
}

static bool row_in_transcripts(const struct command *c, bool json)
{
	if (in_transcripts(c->name, json))
		return true;
	for (const char *const *a = c->aliases; a && *a; a++)
		if (in_transcripts(*a, json))
			return true;
	return false;
}

TEST(every_command_has_a_golden_test)
{
	CLEANUP(strbuf_deinit) struct strbuf path = STRBUF_INIT;

	wrong = 0;
	strbuf_addf(&path, "%s/tests/golden", top());
	(void)nftw(path.s, add_transcript, 16, FTW_PHYS);
	for (size_t i = 0; commands[i]; i++) {
		if (!row_in_transcripts(commands[i], false))
			tell(commands[i], "is typed in no transcript of tests/golden");
		if (!row_in_transcripts(commands[i], true))
			tell(commands[i], "is typed in no transcript with --json");
	}
	strbuf_deinit(&transcripts);
	EXPECT(lenient() || !wrong);
}

TESTS(rows_have_their_texts, names_belong_to_one_row, records_are_well_formed, pages_are_up_to_date,
      every_command_has_a_golden_test)
