/* SPDX-License-Identifier: MIT */
/*
 * High contention: a critical section that threads had to wait for very often.
 * ntdll counts that in the section's debug information, since it was initialised.
 */
#include "os/windows/critsec.h"
#include "pattern/facts.h"
#include "pattern/pattern.h"

#include <inttypes.h>

static const struct threshold thresholds[] = {
	{ "contention.count", 100000, "times", "as often must threads have waited for the section" },
	{ NULL },
};

struct search {
	struct pattern_run *run;
	uint64_t least;
	struct err *error;
};

static void tell(struct pattern_run *run, const struct critsec *cs)
{
	const char *name = run_symbol_text(run, cs->address);
	const char *command = run_text(run, "!cs 0x%" PRIx64, cs->address);
	struct finding *f;

	f = finding_add(run, cs->waiters ? SEVERITY_WARNING : SEVERITY_NOTE, cs->waiters ? 75 : 60,
			"High contention: threads had to wait for critical section %s %" PRIu32 " times%s.", name,
			cs->contention_count,
			cs->waiters ? run_text(run, ", and %" PRIu64 " wait%s now", cs->waiters, cs->waiters == 1 ? "s" : "")
				    : "");
	if (!cs->waiters)
		f->confidence_why = "the count is of the whole life of the section, and nobody waits now";
	evidence_other(run, f,
		       &(struct evidence){ .has_address = true, .address = cs->address, .command = command,
					   .windbg = command },
		       "%s: ContentionCount %" PRIu32 ", EntryCount %" PRIu32, name, cs->contention_count, cs->entry_count);
	if (cs->locked && cs->owner) {
		finding_thread(run, f, cs->owner);
		evidence_stack(run, f, cs->owner, "its owner now is %s", run_thread_text(run, cs->owner));
	}
}

static bool visit(void *arg, const struct critsec *cs)
{
	struct search *s = arg;

	s->error = run_check(s->run);
	if (!s->error && !cs->corrupt && cs->has_debug && cs->debug_section == cs->address &&
	    cs->contention_count >= s->least && cs->contention_count)
		tell(s->run, cs);
	return !s->error && s->run->n_findings < 16;
}

static struct err *search(struct pattern_run *run, enum thread_half half)
{
	struct search s = { run, run_threshold(run, "contention.count"), NULL };
	struct critsec_walk walk;
	struct err *e = critsec_list(run->target, half, run->arena, visit, &s, &walk);

	if (!e || err_code(e) == ERR_NOMEM || err_code(e) == ERR_CANCELLED) {
		if (e)
			err_free(s.error);
		return e ? e : s.error;
	}
	err_free(e); /* no list: nothing is counted */
	return s.error;
}

static struct err *match(struct pattern_run *run)
{
	TRY(search(run, HALF_NATIVE));
	return target_has_wow(run->target) ? search(run, HALF_WOW) : NULL;
}

static const char *const explains[] = { "wait.chain", NULL };

const struct pattern pattern_high_contention = {
	.id = "wait.high-contention",
	.title = "High contention (critical sections)",
	.category = CATEGORY_WAIT,
	.definition = "Threads had to wait for a critical section very often: it serialises the program.",
	.context = "One lock for data that everybody uses; work done inside the section that could be done outside; too many "
		   "threads for the work.",
	.criterion = "ContentionCount in the debug information of a critical section is at least contention.count. It is "
		     "a note when nobody waits for it now.",
	.false_positives = "The count is of the whole life of the section: a server that has run for weeks gets there with a "
			   "harmless lock. Two dumps tell the rate. Sections without debug information count nothing.",
	.recommendation = "Compare the count of two dumps. Shorten what is done in the section, split it by data, or use a "
			  "reader-writer lock.",
	.bucket = "HIGH_CONTENTION",
	.thresholds = thresholds,
	.needs = NEEDS_THREADS | NEEDS_SYSTEM_WINDOWS,
	.explains = explains,
	.match = match,
};
