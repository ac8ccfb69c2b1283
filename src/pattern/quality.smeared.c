/* SPDX-License-Identifier: MIT */
/* Smeared dump: its memory is not of one instant. */
#include "pattern/facts.h"
#include "pattern/pattern.h"

#include <inttypes.h>

enum { MAX_SHOWN = 6 };

static void show_ranges(struct pattern_run *run, struct finding *f, const struct dump_snapshot *s)
{
	size_t shown = 0;

	for (size_t i = 0; i < s->n_ranges && shown < MAX_SHOWN; i++) {
		const struct snapshot_range *r = &s->ranges[i];

		if (r->class != RANGE_LIVE)
			continue;
		shown++;
		evidence_other(run, f,
			       &(struct evidence){ .has_address = true, .address = r->start,
						   .command = run_text(run, "db 0x%" PRIx64 " L1", r->start),
						   .gdb = run_text(run, "x/1xb 0x%" PRIx64, r->start) },
			       "0x%" PRIx64 " bytes that were read while the process ran%s%s", r->end - r->start, *r->reason ? ": " : "",
			       r->reason);
	}
}

static struct err *match(struct pattern_run *run)
{
	const struct dump_snapshot *s = NULL;
	struct finding *f;

	if (err_ignore(dump_snapshot(target_dump(run->target), &s)) || !s || s->consistency != CONSISTENCY_SMEARED)
		return NULL;
	f = finding_add(run, SEVERITY_NOTE, 97, "The dump is smeared: %" PRIu64 " kB in %" PRIu64 " ranges were read while the process went "
					      "on writing%s%s.",
			s->counts[RANGE_LIVE].bytes >> 10, s->counts[RANGE_LIVE].ranges, *s->consistency_why ? ": " : "", s->consistency_why);
	evidence_other(run, f, &(struct evidence){ .command = "vertarget" }, "the dump's own record, engine %s", s->engine);
	show_ranges(run, f, s);
	return NULL;
}

const struct pattern pattern_smeared = {
	.id = "quality.smeared",
	.title = "Inconsistent dump",
	.category = CATEGORY_QUALITY,
	.definition = "Parts of the memory are of different instants: what one part says need not fit the other.",
	.context = "Snapshots of a process that must not be stopped, or of one that writes faster than its memory can be copied.",
	.criterion = "The snapshot's record says that it is smeared, and which ranges are. Dumps of other tools do not tell.",
	.false_positives = "Memory that nobody wrote to meanwhile is whole all the same; the record cannot know that.",
	.recommendation = "A list that ends nowhere, or a lock whose owner waits for nothing, may come of the smear: findings here are less sure "
			  "for it. Take the snapshot again with an engine that stops the process for an instant (osmodump snap --help).",
	.needs = FITS_KERNEL,
	.match = match,
};
