/* SPDX-License-Identifier: MIT */
/* Hidden exception: one on a stack that the dump does not tell of. */
#include "os/windows/dispatch.h"
#include "os/windows/status.h"
#include "pattern/access.h"

#include <inttypes.h>

enum { MAX_THREADS = 1024, MAX_SHOWN = 6 };

static const char *const unhandled[] = { "UnhandledExceptionFilter*", "WerpReportFault*", "RtlReportException*",
					 "BasepReportFault*", "WerReportExceptionWorker*", NULL };

/* The thread still is in what the system does for exceptions that nobody took. */
static const struct stack_place *reporting_frame(struct pattern_run *run, const struct thread *th, size_t *ret_index)
{
	const struct stacks *stacks;
	const struct stack_place *p;

	if (err_ignore(facts_stacks(run->facts, &stacks)) || th->index >= stacks->n)
		return NULL;
	p = stacks_find(&stacks->v[th->index], unhandled);
	*ret_index = p ? (size_t)(p - stacks->v[th->index].places) : 0;
	return p;
}

static void tell(struct pattern_run *run, struct thread *th, const struct dispatched *d, size_t n)
{
	size_t index = 0;
	const struct stack_place *reporting = reporting_frame(run, th, &index);
	const char *name = status_name(d->code);
	struct finding *f;

	f = finding_add(run, reporting ? SEVERITY_PROBLEM : SEVERITY_NOTE, reporting ? 92 : 60,
			"%s %s %s (0x%08" PRIx32 ") at %s, of which the dump does not tell.", run_thread_text(run, th),
			reporting ? "has an exception that nobody handled," : "had", name ? name : "an exception", d->code,
			run_symbol_text(run, d->address));
	if (!reporting)
		finding_doubt(run, f, 60, "the exception may have been handled long ago: its record is still on the stack");
	else
		evidence_stack(run, f, th, "%s in frame %zu: the system reports it", reporting->function, index);
	finding_thread(run, f, th);
	for (size_t i = 0; i < n && i < MAX_SHOWN; i++) {
		const char *exr = run_text(run, ".exr 0x%" PRIx64, d[i].record), *cxr = run_text(run, ".cxr 0x%" PRIx64 "; r", d[i].context);

		evidence_other(run, f,
			       &(struct evidence){ .has_address = true, .address = d[i].address, .has_value = true,
						   .value = d[i].code, .size = 4, .command = exr, .windbg = exr },
			       "exception record at 0x%" PRIx64, d[i].record);
		evidence_other(run, f,
			       &(struct evidence){ .has_address = true, .address = d[i].address, .command = cxr, .windbg = cxr },
			       "context at 0x%" PRIx64 ", whose instruction pointer is the record's address", d[i].context);
	}
}

/* Without what the dump's own exception left. */
static size_t drop_own(struct pattern_run *run, const struct thread *th, struct dispatched *d, size_t n)
{
	const struct fault *f = facts_fault(run->facts);
	size_t kept = 0;

	for (size_t i = 0; i < n; i++)
		if (!f->record || f->record->tid != th->tid || f->record->code != d[i].code || f->record->address != d[i].address)
			d[kept++] = d[i];
	return kept;
}

static struct err *match(struct pattern_run *run)
{
	struct thread *threads;
	size_t n_threads = target_threads(run->target, &threads);

	for (size_t i = 0; i < n_threads && i < MAX_THREADS; i++) {
		struct dispatched d[MAX_DISPATCHED];
		enum thread_half half = threads[i].teb32 ? HALF_WOW : HALF_NATIVE;
		size_t n;

		TRY(run_check(run));
		n = dispatched_find(run->target, &threads[i], half, d);
		n = drop_own(run, &threads[i], d, n);
		if (n)
			tell(run, &threads[i], d, n);
	}
	return NULL;
}

const struct pattern pattern_hidden_exception = {
	.id = "exception.hidden",
	.title = "Hidden exception",
	.category = CATEGORY_EXCEPTION,
	.definition = "A thread's stack has the record of an exception that the dump does not tell of.",
	.context = "Manual dumps of a program whose error box is open, dumps in which another thread's exception is named, exceptions "
		   "that a handler swallowed.",
	.criterion = "A stack holds an exception record, and near it a context whose instruction pointer is the record's address, "
		     "in executable memory of a module. It is a problem when the thread is still in the system's report of an "
		     "exception that nobody handled.",
	.false_positives = "Exceptions that were handled leave their records on the stack: those are notes.",
	.recommendation = "Take the context over (.cxr) and walk the stack from there. A thread in UnhandledExceptionFilter is the crash; "
			  "a note tells which exceptions a thread had before.",
	.bucket = "HIDDEN_EXCEPTION",
	.needs = NEEDS_SYSTEM_WINDOWS | NEEDS_THREADS,
	.match = match,
};
