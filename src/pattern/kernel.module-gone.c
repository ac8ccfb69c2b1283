/* SPDX-License-Identifier: MIT */
/*
 * Module that is gone: a task has to come back to code that is no longer there,
 * since the module that it belonged to was unloaded.
 */
#include "pattern/facts.h"
#include "pattern/pattern.h"
#include "target/kernel.h"

#include <inttypes.h>

enum { MAX_FOUND = 16, KERNEL_HALF = 0xff, HALF_SHIFT = 56 };

/* A frame of the kernel's whose code is not mapped; programs that are made while the kernel
 * runs (BPF, trampolines) are in no module either, but are mapped to run. */
static const struct stack_place *lost_place(struct target *t, const struct thread_stack *s)
{
	for (size_t i = 0; i < s->n; i++) {
		const struct stack_place *p = &s->places[i];

		/* the walk breaks off there, but what led to it was certain */
		if (i && s->places[i - 1].guessed)
			return NULL;
		if (p->ip >> HALF_SHIFT == KERNEL_HALF && !p->module && !p->scanned && !kernel_is_executable(target_kernel(t), p->ip))
			return p;
	}
	return NULL;
}

static void tell(struct pattern_run *run, struct thread *th, const struct stack_place *p)
{
	const char *name = NULL;
	uint64_t offset = 0;
	struct finding *f;

	(void)target_unloaded_at(run->target, p->ip, &name, &offset);
	f = finding_add(run, SEVERITY_PROBLEM, 92, "Module that is gone: %s is to come back to 0x%" PRIx64 ", where there is no code any more%s%s.",
			run_thread_text(run, th), p->ip, name ? ": " : "", name ? name : "");
	finding_thread(run, f, th);
	evidence_stack(run, f, th, "its stack leads to 0x%" PRIx64 ", which lies in no module and is not mapped to run", p->ip);
	evidence_other(run, f, &(struct evidence){ .has_address = true, .address = p->ip, .command = run_text(run, "!pte 0x%" PRIx64, p->ip) },
		       "the page tables of the kernel");
}

static struct err *match(struct pattern_run *run)
{
	const struct stacks *s = NULL;

	TRY(facts_stacks(run->facts, &s));
	for (size_t i = 0; i < s->n && run->n_findings < MAX_FOUND; i++) {
		const struct stack_place *p;

		TRY(run_check(run));
		p = lost_place(run->target, &s->v[i]);
		if (p)
			tell(run, s->v[i].thread, p);
	}
	return NULL;
}

static const char *const explains[] = { "kernel.oops", "kernel.panic", NULL };

const struct pattern pattern_kernel_module_gone = {
	.id = "kernel.module-gone",
	.title = "Module unloaded with live references",
	.category = CATEGORY_MODULE,
	.definition = "A module was unloaded while a task was in its code: when that task wakes up the kernel fails.",
	.context = "A thread, a work item or a timer that the module started and did not end when it was unloaded; a reference count that was not taken.",
	.criterion = "On the stack of a task lies the address of an instruction of the kernel that belongs to no module and is not mapped to run.",
	.false_positives = "A dump of memory that is not of one instant, in which stacks and page tables are of different moments.",
	.recommendation = "Find who started the task (its name, and what is left of its stack): the module has to end what it started before it goes.",
	.bucket = "MODULE_GONE",
	.needs = NEEDS_KERNEL | NEEDS_THREADS,
	.explains = explains,
	.match = match,
};
