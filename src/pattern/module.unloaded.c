/* SPDX-License-Identifier: MIT */
/* Unloaded module: code of a library that is not there any more is still called. */
#include "pattern/access.h"

#include <inttypes.h>

static void tell_fault(struct pattern_run *run, const struct fault *f, const char *name, uint64_t offset)
{
	struct finding *found;

	found = access_finding(run, f, 93, run_text(run, "code of %s+0x%" PRIx64, name, offset));
	evidence_other(run, found,
		       &(struct evidence){ .has_address = true, .address = f->address,
					   .command = ".exr -1",
					   .windbg = run_text(run, "ln 0x%" PRIx64, f->address) },
		       "the address lies in a module that had been unloaded");
}

static void tell_frame(struct pattern_run *run, const struct thread_stack *s, size_t k, const char *name, uint64_t offset)
{
	/* a word that a scan found is as likely left from earlier */
	bool guessed = s->places[k].guessed;
	struct finding *f;

	f = finding_add(run, guessed ? SEVERITY_NOTE : SEVERITY_WARNING, guessed ? 55 : 85,
			"%s will return to %s+0x%" PRIx64 ", which was unloaded.", run_thread_text(run, s->thread), name, offset);
	evidence_stack(run, f, s->thread, "frame %zu: %s+0x%" PRIx64, k, name, offset);
	finding_thread(run, f, s->thread);
}

static struct err *match_stacks(struct pattern_run *run, const struct fault *fault)
{
	const struct stacks *stacks;

	TRY(facts_stacks(run->facts, &stacks));
	for (size_t i = 0; i < stacks->n; i++)
		for (size_t k = 0; k < stacks->v[i].n; k++) {
			const struct stack_place *p = &stacks->v[i].places[k];
			const char *name;
			uint64_t offset;

			TRY(run_check(run));
			if (!target_unloaded_at(run->target, p->lookup, &name, &offset) ||
			    (fault->has_address && p->ip == fault->address))
				continue;
			tell_frame(run, &stacks->v[i], k, name, offset);
			break;
		}
	return NULL;
}

static struct err *match(struct pattern_run *run)
{
	const struct fault *f = facts_fault(run->facts);
	const struct dump_unloaded *v;
	const char *name;
	uint64_t offset;
	size_t n;

	if (err_ignore(dump_unloaded(target_dump(run->target), &v, &n)) || !n)
		return NULL;
	if (f->class == FAULT_ACCESS && f->has_address && target_unloaded_at(run->target, f->address, &name, &offset))
		tell_fault(run, f, name, offset);
	return match_stacks(run, f);
}

static const char *const explains[] = { "exception.wild-pointer", "exception.no-execute", NULL };

const struct pattern pattern_unloaded_module = {
	.id = "module.unloaded",
	.title = "Unloaded module still in use",
	.category = CATEGORY_MODULE,
	.definition = "The program jumped into a module that had been unloaded, touched its data, or has to return into it.",
	.context = "A library that is unloaded while one of its threads, timers or callbacks is alive; a component whose references were "
		   "counted wrong.",
	.criterion = "The address of the access violation, or a frame of a thread's stack, lies where the dump's list of unloaded modules "
		     "says that one was, and no module is now.",
	.false_positives = "Addresses that were used again for other memory. A frame that was found by a scan of the stack may be left from "
			   "earlier calls: that is a note.",
	.recommendation = "Find who unloaded the module while it was in use: threads, timers and callbacks of a library have to end before "
			  "it is freed.",
	.bucket = "UNLOADED_MODULE",
	.needs = NEEDS_SYSTEM_WINDOWS,
	.explains = explains,
	.match = match,
};
