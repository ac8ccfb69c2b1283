/* SPDX-License-Identifier: MIT */
/* Self-dump: the process wrote its own dump. */
#include "pattern/access.h"

static const char *const writers[] = { "MiniDumpWriteDump*", "*WriteMinidump*", "*WriteMiniDump*", "*HandleException*Breakpad*",
				       "google_breakpad::ExceptionHandler::*", "crashpad::*DumpWithoutCrash*",
				       "*crashpad::CaptureContext*", "PssCaptureSnapshot", "CreateMiniDump*", NULL };

static bool named_by_dump(struct pattern_run *run, const struct thread *th)
{
	const struct dump_facts *facts = target_facts(run->target);

	return (facts->has & FACT_WRITER_TID) && facts->writer_tid == th->tid;
}

static struct err *match(struct pattern_run *run)
{
	const struct stacks *stacks;

	TRY(facts_stacks(run->facts, &stacks));
	for (size_t i = 0; i < stacks->n; i++) {
		const struct stack_place *frame = stacks_find(&stacks->v[i], writers);
		struct thread *th = stacks->v[i].thread;
		struct finding *f;

		TRY(run_check(run));
		if (!frame && !named_by_dump(run, th))
			continue;
		f = finding_add(run, SEVERITY_NOTE, frame ? 93 : 95, "The process wrote the dump itself: %s did.",
				run_thread_text(run, th));
		evidence_stack(run, f, th, "%s", frame ? run_text(run, "%s in frame %td", frame->function, frame - stacks->v[i].places)
						       : "the dump names it as the thread that wrote it");
		finding_thread(run, f, th);
		return NULL;
	}
	return NULL;
}

const struct pattern pattern_self_dump = {
	.id = "exception.self-dump",
	.title = "Self-dump",
	.category = CATEGORY_EXCEPTION,
	.definition = "The process wrote its own dump, from one of its threads.",
	.context = "Crash reporters inside of the process, programs that write a dump when they find something wrong.",
	.criterion = "A function that writes dumps is on a thread's stack, or the dump names the thread that wrote it.",
	.false_positives = "None is known; a function of such a name that writes something else would do.",
	.recommendation = "The writing thread's own stack is that of the report. What was written by a broken process may be broken too, and "
			  "what the writer changed is in the dump: take a dump from outside, where it matters.",
	.needs = NEEDS_THREADS,
	.match = match,
};
