/* SPDX-License-Identifier: MIT */
/* Truncated dump: the file ends before what it announces. */
#include "pattern/facts.h"
#include "pattern/pattern.h"

#include <inttypes.h>

enum { MAX_SHOWN = 8 };

static const struct threshold thresholds[] = {
	{ "truncated.stacks", 90, "percent", "fewer threads than this with a stack in the dump make it a problem" },
	{ NULL },
};

/* Lists are read when they are asked for, and damages are met then: all of them, so that the answer does not hang on
 * what else was looked at before. */
#define MEET(type, name)                                                     \
	do {                                                                 \
		const type *v;                                               \
		size_t n;                                                    \
		(void)err_ignore(dump_##name(d, &v, &n));                    \
	} while (0)

static void meet_damages(struct dump *d)
{
	const struct dump_exception *e;

	MEET(struct dump_segment, segments);
	MEET(struct dump_thread, threads);
	MEET(struct dump_module, modules);
	MEET(struct dump_unloaded, unloaded);
	MEET(struct dump_handle, handles);
	MEET(struct dump_region, regions);
	MEET(struct dump_file_mapping, file_mappings);
	MEET(struct dump_auxv, auxv);
	MEET(struct dump_annotation, annotations);
	(void)err_ignore(dump_exception(d, &e));
}

static size_t count_truncated(struct target *t)
{
	const struct dump_defect *v;
	size_t n = dump_defects(target_dump(t), &v), found = 0;

	for (size_t i = 0; i < n; i++)
		found += v[i].code == ERR_TRUNCATED;
	return found;
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

static struct err *match_damage(struct pattern_run *run, const struct coverage *c)
{
	bool truncated = count_truncated(run->target);
	const struct dump_defect *defects;
	struct finding *f;

	if (!dump_defects(target_dump(run->target), &defects))
		return NULL;
	if (!truncated)
		f = finding_add(run, SEVERITY_NOTE, 90, "Parts of the dump file are damaged, or not as they should be.");
	else
		f = finding_add(run, c->with_stack * 100 < c->threads * run_threshold(run, "truncated.stacks")
					     ? SEVERITY_PROBLEM : SEVERITY_WARNING,
				98, "The dump file is truncated: it ends before what it announces; the stacks of %zu of %zu "
				    "threads are there.", c->with_stack, c->threads);
	evidence_other(run, f, &(struct evidence){ .command = ".dumpdebug", .windbg = ".dumpdebug" },
		       "the file has %" PRIu64 " bytes", dump_source(target_dump(run->target))->size);
	show_defects(run, f);
	return NULL;
}

static struct err *match(struct pattern_run *run)
{
	const struct dump_snapshot *snapshot = NULL;
	const struct coverage *c = NULL;

	TRY(facts_coverage(run->facts, &c));
	meet_damages(target_dump(run->target));
	if (!err_ignore(dump_snapshot(target_dump(run->target), &snapshot)) && snapshot && !snapshot->complete)
		return match_incomplete(run, snapshot);
	return match_damage(run, c);
}

static const char *const explains[] = { "quality.partial", NULL };

const struct pattern pattern_truncated = {
	.id = "quality.truncated",
	.title = "Truncated or damaged dump",
	.category = CATEGORY_QUALITY,
	.definition = "The dump file ends before the data that its own headers announce, or is damaged otherwise.",
	.context = "A full disk, a limit on the size of core files, a dumping tool or a transfer that was broken off.",
	.criterion = "Something that the file's own tables announce lies behind the end of the file, or a snapshot's "
		     "closing record is missing or says so. Other damage that the reader met is a note.",
	.false_positives = "Files that a tool cut on purpose, to share only their beginning.",
	.recommendation = "Take the dump again where there is room for it, or copy the file again and compare sizes. "
			  "What this dump still has is shown as far as it goes; absent memory is ??.",
	.thresholds = thresholds,
	.explains = explains,
	.needs = FITS_KERNEL,
	.match = match,
};
