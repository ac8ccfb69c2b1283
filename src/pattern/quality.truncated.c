/* SPDX-License-Identifier: MIT */
/* Truncated dump: the file ends before what it announces. */
#include "pattern/facts.h"
#include "pattern/pattern.h"

#include <inttypes.h>

enum { MAX_SHOWN = 8 };

static const struct threshold thresholds[] = {
	{ "truncated.problem", 10, "percent", "this much of the announced memory missing makes it a problem" },
	{ NULL },
};

static unsigned missing_percent(const struct coverage *c)
{
	return c->stated ? (unsigned)((c->stated - c->present) / (c->stated / 100 + 1)) : 0;
}

/* Segments whose bytes lie behind the end of the file. */
static uint64_t bytes_behind_end(struct target *t, size_t *ret_n)
{
	uint64_t size = dump_source(target_dump(t))->size, behind = 0;
	const struct dump_segment *v = NULL;
	size_t n = 0;

	*ret_n = 0;
	if (err_ignore(dump_segments(target_dump(t), &v, &n)))
		return 0;
	for (size_t i = 0; i < n; i++) {
		uint64_t end;

		if (__builtin_add_overflow(v[i].offset, v[i].file_size, &end))
			end = UINT64_MAX;
		if (end <= size)
			continue;
		behind += end - (v[i].offset > size ? v[i].offset : size);
		(*ret_n)++;
	}
	return behind;
}

static void show_defects(struct pattern_run *run, struct finding *f)
{
	const struct dump_defect *defects;
	size_t n = dump_defects(target_dump(run->target), &defects);

	for (size_t i = 0; i < n && i < MAX_SHOWN; i++)
		finding_unread(run, f, "%s", defects[i].text);
	if (n > MAX_SHOWN)
		finding_unread(run, f, "and %zu more", n - MAX_SHOWN);
}

static struct err *match_incomplete(struct pattern_run *run, const struct dump_snapshot *s)
{
	struct finding *f;

	f = finding_add(run, SEVERITY_WARNING, 98, "The dump was not written to its end%s%s: what was not written "
						  "reads as absent.",
			*s->incomplete_why ? ": " : "", s->incomplete_why);
	evidence_other(run, f, &(struct evidence){ .command = ".dumpdebug" },
		       "the closing record of the snapshot %s", s->has_closing ? "says so" : "is missing");
	return NULL;
}

static struct err *match(struct pattern_run *run)
{
	const struct dump_snapshot *snapshot = NULL;
	const struct coverage *c = NULL;
	const struct dump_defect *defects;
	struct finding *f;
	uint64_t behind;
	size_t n;

	TRY(facts_coverage(run->facts, &c));
	behind = bytes_behind_end(run->target, &n);
	if (!err_ignore(dump_snapshot(target_dump(run->target), &snapshot)) && snapshot && !snapshot->complete)
		return match_incomplete(run, snapshot);
	if (!behind) {
		if (!dump_defects(target_dump(run->target), &defects))
			return NULL;
		f = finding_add(run, SEVERITY_NOTE, 90, "The dump file is damaged: parts of it were left out.");
		show_defects(run, f);
		return NULL;
	}
	f = finding_add(run, missing_percent(c) >= run_threshold(run, "truncated.problem") ? SEVERITY_PROBLEM
											  : SEVERITY_WARNING,
			98, "The dump file is truncated: %" PRIu64 " bytes of memory in %zu ranges lie behind its end.",
			behind, n);
	evidence_other(run, f,
		       &(struct evidence){ .has_value = true, .value = dump_source(target_dump(run->target))->size,
					   .command = ".dumpdebug", .windbg = ".dumpdebug" },
		       "size of the file in bytes");
	show_defects(run, f);
	return NULL;
}

static const char *const explains[] = { "quality.partial", NULL };

const struct pattern pattern_truncated = {
	.id = "quality.truncated",
	.title = "Truncated dump",
	.category = CATEGORY_QUALITY,
	.definition = "The dump file ends before the data that its own headers announce, or is damaged otherwise.",
	.context = "A full disk, a limit on the size of core files, a dumping tool or a transfer that was broken off.",
	.criterion = "A memory range of the file's own tables lies behind the end of the file, or a snapshot's closing "
		     "record is missing or says so. Other damage that the reader met is a note.",
	.false_positives = "Files that a tool cut on purpose, to share only their beginning.",
	.recommendation = "Take the dump again where there is room for it, or copy the file again and compare sizes. "
			  "What this dump still has is shown as far as it goes; absent memory is ??.",
	.thresholds = thresholds,
	.explains = explains,
	.match = match,
};
