/* SPDX-License-Identifier: MIT */
/* Late dump: the process was on its way out. */
#include "pattern/facts.h"
#include "pattern/pattern.h"

static const char *const exits[] = { "RtlExitUserProcess*", "LdrShutdownProcess*", "ExitProcess*", "NtTerminateProcess*",
				     "ZwTerminateProcess*", "__run_exit_handlers", "exit_group", "_exit", "__GI__exit",
				     "_dl_fini", NULL };

static struct err *match(struct pattern_run *run)
{
	const struct fault *fault = facts_fault(run->facts);
	bool failed = fault->class != FAULT_NONE && fault->class != FAULT_REQUESTED;
	const struct stacks *stacks;

	TRY(facts_stacks(run->facts, &stacks));
	for (size_t i = 0; i < stacks->n; i++) {
		const struct stack_place *frame = stacks_find(&stacks->v[i], exits);
		struct thread *th = stacks->v[i].thread;
		struct finding *f;

		TRY(run_check(run));
		if (!frame)
			continue;
		f = finding_add(run, failed && th == fault->thread ? SEVERITY_WARNING : SEVERITY_NOTE, 88,
				"The process was ending: %s is in %s%s.", run_thread_text(run, th), frame->function,
				failed && th == fault->thread ? ", and failed there" : "");
		evidence_stack(run, f, th, "frame %td: %s", frame - stacks->v[i].places, frame->function);
		finding_thread(run, f, th);
		return NULL;
	}
	return NULL;
}

const struct pattern pattern_late = {
	.id = "quality.late",
	.title = "Late dump",
	.category = CATEGORY_QUALITY,
	.definition = "The dump was taken while the process ended: threads are gone, objects are being destroyed.",
	.context = "Destructors of global objects, handlers at exit, libraries that are unloaded in the wrong order; dumps that were taken too "
		   "late to show what went wrong.",
	.criterion = "A function that ends the process is on a thread's stack. It is a warning when this is the thread that failed.",
	.false_positives = "A handler at exit that waits is how some services spend their last minutes.",
	.recommendation = "A failure here is one of the order of destruction: look for what uses an object that is gone already. Locks whose "
			  "owners are gone belonged to threads that were ended.",
	.needs = NEEDS_THREADS,
	.match = match,
};
