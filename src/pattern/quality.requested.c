/* SPDX-License-Identifier: MIT */
/* Manual dump: somebody wanted it; nothing had failed. */
#include "pattern/facts.h"
#include "pattern/pattern.h"

#include <string.h>

enum { MAX_FRAMES = 8 };

/* Functions that are there when a debugger broke in, or when one asked for a dump. */
static const char *const break_in[] = { "DbgUiRemoteBreakin", "DbgBreakPoint" };

static bool stack_has(const struct stack *s, const char *const *names, size_t n)
{
	for (size_t i = 0; i < s->n && i < MAX_FRAMES; i++)
		for (size_t k = 0; k < n && s->frames[i].function; k++)
			if (strstr(s->frames[i].function, names[k]))
				return true;
	return false;
}

static struct finding *match_snapshot(struct pattern_run *run, const struct dump_snapshot *s)
{
	struct finding *f;

	f = finding_add(run, SEVERITY_NOTE, 99, "Live dump: a snapshot of a process that lived on, %s%s%s.", consistency_name(s->consistency),
			s->has_pause ? "" : ", without stopping it",
			*s->trigger ? run_text(run, ", taken for: %s", s->trigger) : "");
	evidence_other(run, f, &(struct evidence){ .command = "vertarget" }, "the dump's own record: %s by %s%s%s",
		       s->tool, s->engine, *s->consistency_why ? ": " : "", s->consistency_why);
	return f;
}

static struct finding *match_fault(struct pattern_run *run, const struct fault *f)
{
	static const char text[] = "Manual dump: %s; nothing had failed in the process itself.";
	const struct blame *b = facts_blame(run->facts);

	if (f->class == FAULT_NONE)
		return finding_add(run, SEVERITY_NOTE, 90, text, "it states no exception and no signal");
	if (f->sender)
		return finding_add(run, SEVERITY_NOTE, 95, "Forced dump: process %u sent %s; nothing had failed in the "
							   "process itself.", f->sender, f->name);
	if (f->class == FAULT_REQUESTED)
		return finding_add(run, SEVERITY_NOTE, 95, text, "its exception is one that stands for none");
	if (f->class == FAULT_BREAKPOINT && b->stack && stack_has(b->stack, break_in, ARRAY_SIZE(break_in)))
		return finding_add(run, SEVERITY_NOTE, 90, text, "a debugger broke in");
	return NULL;
}

static struct err *match(struct pattern_run *run)
{
	const struct fault *f = facts_fault(run->facts);
	const struct dump_snapshot *s = NULL;
	struct finding *found;

	if (!err_ignore(dump_snapshot(target_dump(run->target), &s)) && s) {
		(void)match_snapshot(run, s);
		return NULL;
	}
	found = match_fault(run, f);
	if (found)
		evidence_other(run, found, &(struct evidence){ .command = ".lastevent", .windbg = ".lastevent",
							       .gdb = "info program" },
			       "what made the dump be written");
	return NULL;
}

const struct pattern pattern_requested = {
	.id = "quality.requested",
	.title = "Manual, forced or live dump",
	.category = CATEGORY_QUALITY,
	.definition = "The dump was taken because somebody wanted it, not because the process failed.",
	.context = "A process that hangs, uses too much processor time or memory, or whose state is of interest.",
	.criterion = "The dump states no exception, or one that stands for none; a debugger broke in; another process "
		     "sent the signal; or it is a snapshot, which says so itself.",
	.false_positives = "A watchdog that sends SIGABRT did see a failure: the process did not answer. A debugger may "
			   "have broken in after a failure.",
	.recommendation = "There is no crash to explain. Look at waits and processor times; take a second dump a little "
			  "later to tell what stands still from what moves.",
	.match = match,
};
