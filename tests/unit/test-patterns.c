/* SPDX-License-Identifier: MIT */
/*
 * The list of patterns: every row has its texts, a page that says the same, and
 * a transcript with a dump that has it, one that has not and one that nearly has
 * it. OSMOSIS_TOP names the source tree (default: the one this was compiled from).
 */
#include "base/cleanup.h"
#include "base/str.h"
#include "pattern/engine.h"
#include "unit/test.h"

#include <ctype.h>
#include <stdlib.h>

static unsigned wrong;
static void tell(const struct pattern *p, const char *what)
{
	(void)fprintf(stderr, "%s: %s\n", p->id, what);
	wrong++;
}

static const char *top(void)
{
	static char from_here[sizeof(__FILE__)] = __FILE__;
	const char *env = getenv("OSMOSIS_TOP");
	char *tests = strstr(from_here, "/tests/unit/");

	if (tests)
		*tests = '\0';
	return env && *env ? env : from_here;
}

/* Text of a file with every run of blanks and line ends as one blank. */
static bool read_words(const char *folder, const struct pattern *p, const char *suffix, struct strbuf *sb)
{
	char path[4096];
	bool blank = false;
	FILE *f;
	int c;

	(void)snprintf(path, sizeof(path), "%s/%s/%s%s", top(), folder, p->id, suffix);
	f = fopen(path, "re");
	if (!f)
		return false;
	while ((c = getc(f)) != EOF) {
		if (!isspace(c))
			strbuf_addc(sb, (char)c);
		else if (!blank)
			strbuf_addc(sb, ' ');
		blank = isspace(c);
	}
	(void)fclose(f);
	return !sb->failed;
}

static void check_text(const struct pattern *p, const char *what, const char *text)
{
	if (text && strlen(text) > 20 && text[strlen(text) - 1] == '.')
		return;
	(void)fprintf(stderr, "%s: ", what);
	tell(p, "is missing, too short or no sentence");
}

TEST(rows_have_their_texts)
{
	wrong = 0;
	for (size_t i = 0; patterns[i]; i++) {
		const struct pattern *p = patterns[i];

		if (!p->id || !p->title || !p->match)
			tell(p, "has no id, title or function");
		check_text(p, "definition", p->definition);
		check_text(p, "context", p->context);
		check_text(p, "criterion", p->criterion);
		check_text(p, "false_positives", p->false_positives);
		check_text(p, "recommendation", p->recommendation);
		if (i && patterns[i - 1]->category > p->category)
			tell(p, "stands behind a pattern of a later category");
		for (size_t k = 0; k < i; k++)
			if (strcmp(patterns[k]->id, p->id) == 0)
				tell(p, "id is taken");
		for (const struct threshold *t = p->thresholds; t && t->name; t++)
			if (!t->unit || !t->meaning || !strchr(t->name, '.'))
				tell(p, "a threshold lacks its unit, meaning or a dot in its name");
	}
	EXPECT_EQ(wrong, 0);
}

/* Causes name patterns, and no pattern is its own cause, by whatever way. */
static bool reaches(const struct pattern *from, const struct pattern *to, unsigned depth)
{
	for (const char *const *id = from->explains; id && *id && depth; id++) {
		const struct pattern *next = pattern_named(*id);

		if (next == to || (next && reaches(next, to, depth - 1)))
			return true;
	}
	return false;
}

TEST(causes_are_patterns_without_rings)
{
	wrong = 0;
	for (size_t i = 0; patterns[i]; i++) {
		for (const char *const *id = patterns[i]->explains; id && *id; id++)
			if (!pattern_named(*id))
				tell(patterns[i], *id);
		if (reaches(patterns[i], patterns[i], 8))
			tell(patterns[i], "is the cause of itself");
	}
	EXPECT_EQ(wrong, 0);
}

static void check_page(const struct pattern *p, const char *page)
{
	static const char *const sections[] = { "## Definition", "## Context", "## Criterion", "## Evidence",
						"## False positives", "## Recommendation", "## Windows",
						"## Linux", "## Source" };

	for (size_t i = 0; i < sizeof(sections) / sizeof(*sections); i++)
		if (!strstr(page, sections[i]))
			tell(p, sections[i]);
	if (!strstr(page, p->definition) || !strstr(page, p->context) || !strstr(page, p->criterion) ||
	    !strstr(page, p->false_positives) || !strstr(page, p->recommendation))
		tell(p, "the page's texts are not the row's");
	for (const struct threshold *t = p->thresholds; t && t->name; t++)
		if (!strstr(page, t->name) || !strstr(page, t->meaning))
			tell(p, t->name);
}

TEST(pages_say_what_the_rows_say)
{
	CLEANUP(strbuf_deinit) struct strbuf index = STRBUF_INIT;
	const struct pattern readme = { .id = "README" };

	wrong = 0;
	EXPECT(read_words("docs/patterns", &readme, ".md", &index));
	for (size_t i = 0; patterns[i]; i++) {
		CLEANUP(strbuf_deinit) struct strbuf page = STRBUF_INIT;

		if (!read_words("docs/patterns", patterns[i], ".md", &page))
			tell(patterns[i], "has no page in docs/patterns");
		else
			check_page(patterns[i], page.s);
		if (!strstr(index.s, patterns[i]->id))
			tell(patterns[i], "is not in docs/patterns/README.md");
	}
	EXPECT_EQ(wrong, 0);
}

/* No recipe builds a whole kernel: those that have it, and nearly have it, are booted by tests/kernel/findings.py. */
static void check_kernel_transcript(const struct pattern *p, const char *transcript, const char *findings)
{
	if (!strstr(transcript, "It has it not"))
		tell(p, "a dump that has it not is missing");
	if (!strstr(findings, p->id))
		tell(p, "is not named in tests/kernel/findings.py");
}

TEST(every_pattern_has_three_dumps)
{
	CLEANUP(strbuf_deinit) struct strbuf findings = STRBUF_INIT;
	const struct pattern file = { .id = "findings" };

	wrong = 0;
	EXPECT(read_words("tests/kernel", &file, ".py", &findings));
	for (size_t i = 0; patterns[i]; i++) {
		CLEANUP(strbuf_deinit) struct strbuf t = STRBUF_INIT;

		if (!read_words("tests/golden/pattern", patterns[i], ".t", &t)) {
			tell(patterns[i], "has no transcript in tests/golden/pattern");
			continue;
		}
		if (patterns[i]->needs & NEEDS_KERNEL)
			check_kernel_transcript(patterns[i], t.s, findings.s);
		else if (!strstr(t.s, "It has it") || !strstr(t.s, "It has it not") || !strstr(t.s, "It nearly has it"))
			tell(patterns[i], "a dump that has it, has it not or nearly has it is missing");
		if (!strstr(t.s, patterns[i]->id))
			tell(patterns[i], "is not named in its transcript");
	}
	EXPECT_EQ(wrong, 0);
}

TEST(thresholds_are_parsed_strictly)
{
	struct threshold_setting s = { 0 };

	EXPECT_OK(threshold_parse("chain.waiters=7", &s));
	EXPECT_STR(s.threshold->name, "chain.waiters");
	EXPECT_EQ(s.value, 7);
	EXPECT_ERR(threshold_parse("chain.waiters", &s), ERR_USAGE);
	EXPECT_ERR(threshold_parse("chain.waiters=", &s), ERR_USAGE);
	EXPECT_ERR(threshold_parse("chain.waiters=-1", &s), ERR_USAGE);
	EXPECT_ERR(threshold_parse("chain.waiters=1x", &s), ERR_USAGE);
	EXPECT_ERR(threshold_parse("chain.waiters=99999999999999999999", &s), ERR_USAGE);
	EXPECT_ERR(threshold_parse("chain=1", &s), ERR_USAGE);
	EXPECT_EQ(s.value, 7);
}

TESTS(rows_have_their_texts, causes_are_patterns_without_rings, pages_say_what_the_rows_say,
      every_pattern_has_three_dumps, thresholds_are_parsed_strictly)
