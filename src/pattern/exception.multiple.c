/* SPDX-License-Identifier: MIT */
/* Multiple exceptions: more than one thread failed. */
#include "os/linux/sigframe.h"
#include "os/linux/signals.h"
#include "pattern/access.h"

#include <inttypes.h>

enum { MAX_SHOWN = 8 };

static const char *const dispatchers[] = { "KiUserExceptionDispatch*", "UnhandledExceptionFilter*",
					   "RtlDispatchException*", "WerpReportFault*", NULL };

static const struct stack_place *signal_frame_of(struct pattern_run *run, const struct thread_stack *s, struct signal_frame *ret)
{
	for (size_t i = 0; i < s->n; i++) {
		struct frame frame = { .function = s->places[i].function, .sp = s->places[i].sp };

		if (linux_signal_frame(run->target, &frame, ret) && linux_signal_is_fault(ret->signo, ret->code))
			return &s->places[i];
	}
	return NULL;
}

/* Why a thread other than the event's counts; NULL: it does not. */
static const char *failed_as(struct pattern_run *run, const struct thread_stack *s)
{
	struct signal_frame signal;
	const struct stack_place *p;

	if (target_is_windows(run->target)) {
		p = stacks_find(s, dispatchers);
		return p ? run_text(run, "%s in frame %td", p->function, p - s->places) : NULL;
	}
	p = signal_frame_of(run, s, &signal);
	return p ? run_text(run, "frame %td is the handler's call for %s at 0x%" PRIx64, p - s->places,
			    linux_signal_name(signal.signo), signal.address)
		 : NULL;
}

static struct err *match(struct pattern_run *run)
{
	const struct fault *f = facts_fault(run->facts);
	const struct stacks *stacks;
	struct finding *found = NULL;
	size_t n = 0;

	if (f->class == FAULT_REQUESTED || f->class == FAULT_NONE)
		return NULL; /* exception.hidden */
	TRY(facts_stacks(run->facts, &stacks));
	for (size_t i = 0; i < stacks->n; i++) {
		const char *why;

		TRY(run_check(run));
		if (stacks->v[i].thread == f->thread || (why = failed_as(run, &stacks->v[i])) == NULL)
			continue;
		if (!found)
			found = finding_add(run, SEVERITY_WARNING, 90, "Other threads failed as well.");
		finding_thread(run, found, stacks->v[i].thread);
		if (n++ < MAX_SHOWN)
			evidence_stack(run, found, stacks->v[i].thread, "%s: %s",
				       run_thread_text(run, stacks->v[i].thread), why);
	}
	if (!found)
		return NULL;
	found->verdict = run_text(run, "%zu thread%s failed besides the one that the dump names: which failed first is not told.",
				  n, n == 1 ? "" : "s");
	if (stacks->left_out)
		finding_unread(run, found, "the stacks of %zu threads: there are too many", stacks->left_out);
	return NULL;
}

const struct pattern pattern_multiple = {
	.id = "exception.multiple",
	.title = "Multiple exceptions",
	.category = CATEGORY_EXCEPTION,
	.definition = "Several threads had an exception when the dump was taken; the dump names one of them.",
	.context = "Data that several threads use was broken; one thread failed while another one's failure was being handled; the "
		   "dump names the thread that failed last or that wrote it.",
	.criterion = "A thread other than the one of the dump's exception has the system's dispatch of exceptions on its stack, or the "
		     "call of a signal handler for a signal that an instruction raised.",
	.false_positives = "Threads that handle an exception in an orderly way at this moment: runtimes that use faults to find null "
			   "pointers.",
	.recommendation = "Look at each of these threads' exceptions: what they touched may be the same, and the first failure is the one "
			  "to explain.",
	.bucket = "MULTIPLE_EXCEPTIONS",
	.needs = NEEDS_FAULT | NEEDS_THREADS,
	.match = match,
};
