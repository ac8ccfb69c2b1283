/* SPDX-License-Identifier: MIT */
/* Recursion: a thread is so deep in it that it may not end. */
#include "pattern/facts.h"
#include "pattern/limits.h"
#include "pattern/pattern.h"
#include "pattern/recursion.h"

#include <inttypes.h>

enum { MAX_WALKS = 256, MAX_FRAMES = 4096 };

static const struct threshold thresholds[] = {
	{ "recursion.deep", 300, "times", "as often must a group of frames repeat on a stack that has not overflowed" },
	{ NULL },
};

static void show_space(struct pattern_run *run, struct finding *f, const struct thread *th, const struct stack_space *s)
{
	const char *sp = target_arch(run->target)->regs[target_arch(run->target)->sp].name;
	const char *show = run_text(run, "~%zus; r %s", th->index, sp);
	uint64_t size = s->top - s->end;

	if (size && s->top - s->sp >= size / 2)
		f->confidence = 80;
	evidence_other(run, f,
		       &(struct evidence){ .has_value = true, .value = s->sp, .command = show, .windbg = show,
					   .gdb = "info registers sp" },
		       "the stack pointer: %" PRIu64 " kB of the stack's %" PRIu64 " kB are used", (s->top - s->sp) >> 10,
		       size >> 10);
}

static void tell(struct pattern_run *run, struct thread *th, const struct stack *s, const struct recursion *r)
{
	const struct frame *first = &s->frames[r->start];
	struct stack_space space;
	struct finding *f;

	f = finding_add(run, SEVERITY_WARNING, 60, "Recursion: %s is %zu%s rounds deep in a recursion through %s.",
			run_thread_text(run, th), r->repeats, s->truncated ? " or more" : "", run_symbol_text(run, first->lookup));
	f->confidence_why = "a recursion over deep data ends by itself";
	finding_thread(run, f, th);
	if (first->symbol.module)
		finding_module(run, f, first->symbol.module->name);
	evidence_stack(run, f, th, "from frame %zu on a group of %zu frame%s repeats", r->start, r->period,
		       r->period == 1 ? "" : "s");
	if (limits_stack(run->target, th, &space))
		show_space(run, f, th, &space);
	if (f->confidence == 80)
		f->confidence_why = "";
}

static struct err *look_at(struct pattern_run *run, struct thread *th)
{
	CLEANUP(arena_deinit) struct arena scratch = ARENA_INIT;
	struct stack_options options = { .max_frames = MAX_FRAMES, .no_inlines = true };
	struct stack s = { 0 };
	struct recursion r;

	if (err_ignore(stack_walk(run->target, th, &options, &scratch, &s)))
		return run_check(run);
	r = recursion_find(&s);
	if (r.repeats > 1 && r.repeats >= run_threshold(run, "recursion.deep"))
		tell(run, th, &s, &r);
	return run_check(run);
}

static struct err *match(struct pattern_run *run)
{
	const struct fault *fault = facts_fault(run->facts);
	const struct stacks *s = NULL;
	struct thread *v;
	size_t n = target_threads(run->target, &v), walks = 0;

	TRY(facts_stacks(run->facts, &s));
	for (size_t i = 0; i < n && walks < MAX_WALKS; i++) {
		if (!s->v[i].truncated || (fault->class == FAULT_STACK_OVERFLOW && fault->thread == &v[i]))
			continue;
		walks++;
		TRY(look_at(run, &v[i]));
	}
	return NULL;
}

static const char *const explains[] = { "cpu.spiking-thread", "resource.stack-space", NULL };

const struct pattern pattern_recursion = {
	.id = "cpu.recursion",
	.title = "Infinite recursion",
	.category = CATEGORY_CPU,
	.definition = "A thread is so many rounds deep in a recursion that it may have no end; its stack has not overflowed "
		      "yet.",
	.context = "A ring in data that is walked as a tree; a function that calls itself by way of an overload or a virtual "
		   "function; input that was nested on purpose.",
	.criterion = "Among the frames of a thread a group of at most 16 repeats at least recursion.deep times.",
	.false_positives = "Recursion over data that is deep and right, as lists that are freed node by node.",
	.recommendation = "Compare the arguments of two rounds: what does not change between them does not end. Bound the depth "
			  "of what is read from outside.",
	.bucket = "RECURSION",
	.thresholds = thresholds,
	.needs = NEEDS_THREADS,
	.explains = explains,
	.match = match,
};
