/* SPDX-License-Identifier: MIT */
/* Embedded comments: what the writer of the dump had to say. */
#include "pattern/facts.h"
#include "pattern/pattern.h"

#include <string.h>

enum { MAX_SHOWN = 8, MAX_TEXT = 300 };

/* One line of it, as a sentence can hold. */
static const char *excerpt(struct pattern_run *run, const char *text)
{
	CLEANUP(strbuf_deinit) struct strbuf sb = STRBUF_INIT;
	size_t n = 0;

	for (text = str_skip_space(text); text[n] && n < MAX_TEXT; n++)
		strbuf_addc(&sb, (unsigned char)text[n] < ' ' ? ' ' : text[n]);
	while (sb.len && sb.s[sb.len - 1] == ' ')
		strbuf_truncate(&sb, sb.len - 1);
	/* not in the middle of a character */
	while (text[n] && sb.len && ((unsigned char)text[n] & 0xc0) == 0x80) {
		strbuf_truncate(&sb, sb.len - 1);
		n--;
	}
	return run_text(run, "%s%s", sb.s, text[n] ? " ..." : "");
}

static void tell(struct pattern_run *run, struct finding **f, const char *comment, const char *command)
{
	const char *text = excerpt(run, comment);

	if (!*f)
		*f = finding_add(run, SEVERITY_NOTE, 85, "The writer of the dump left a comment: %s", text);
	evidence_other(run, *f, &(struct evidence){ .command = command, .windbg = ".lastevent" }, "comment: %s", text);
}

static struct err *match(struct pattern_run *run)
{
	const struct dump_snapshot *s = NULL;
	const struct dump_annotation *v;
	struct finding *f = NULL;
	size_t n, shown = 0;

	if (!err_ignore(dump_snapshot(target_dump(run->target), &s)) && s && *str_skip_space(s->comment))
		tell(run, &f, s->comment, "vertarget");
	/* what the reader of other containers remarks is not the writer's */
	if (target_facts(run->target)->kind != DUMP_MINIDUMP || err_ignore(dump_annotations(target_dump(run->target), &v, &n)))
		return NULL;
	for (size_t i = 0; i < n && shown < MAX_SHOWN; i++) {
		TRY(run_check(run));
		if (strcmp(v[i].kind, "comment") != 0 || !*str_skip_space(v[i].value))
			continue;
		tell(run, &f, v[i].value, ".dumpdebug");
		shown++;
	}
	return NULL;
}

const struct pattern pattern_comment = {
	.id = "quality.comment",
	.title = "Embedded comment",
	.category = CATEGORY_QUALITY,
	.definition = "The dump holds a comment of the one who had it written.",
	.context = "Tools that write why they took the dump: a threshold, a trigger, a command line.",
	.criterion = "A comment stream of a minidump, or the comment of a snapshot, that is not empty.",
	.false_positives = "None is known; a comment says what its writer believed.",
	.recommendation = "Read it: it tells what was seen when the dump was taken, and often with which tool.",
	.needs = FITS_KERNEL,
	.match = match,
};
