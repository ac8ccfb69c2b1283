/* SPDX-License-Identifier: MIT */
/* Ubiquitous component: one that is on the stacks of most threads. */
#include "pattern/facts.h"
#include "pattern/pattern.h"

#include <inttypes.h>

static const struct threshold thresholds[] = {
	{ "ubiquitous.threads", 8, "threads", "a process with fewer threads is not looked at" },
	{ "ubiquitous.share", 80, "percent", "of the threads that can be walked must have the module on their stacks" },
	{ NULL },
};

static bool is_program(struct pattern_run *run, const struct module *m)
{
	const char *name = target_facts(run->target)->process_name;

	return str_ends_nocase(m->image_name, ".exe") || (*name && str_starts(m->image_name, name));
}

static void tell(struct pattern_run *run, const struct stacks *s, const struct module *m, size_t count, size_t walked)
{
	struct finding *f;
	size_t shown = 0;

	f = finding_add(run, SEVERITY_NOTE, 75, "%s is on the stacks of %zu of %zu threads.", m->name, count, walked);
	finding_module(run, f, m->name);
	for (size_t i = 0; i < s->n && shown < 4; i++)
		if (stacks_has_module(&s->v[i], m)) {
			evidence_stack(run, f, s->v[i].thread, "%s leads through it", run_thread_text(run, s->v[i].thread));
			shown++;
		}
	if (s->left_out)
		finding_unread(run, f, "the stacks of %zu threads: they take too long", s->left_out);
}

static struct err *match(struct pattern_run *run)
{
	const struct stacks *s;
	struct module **v;
	size_t n = target_modules(run->target, &v), walked = 0;

	TRY(facts_stacks(run->facts, &s));
	for (size_t i = 0; i < s->n; i++)
		walked += s->v[i].n > 1;
	if (walked < run_threshold(run, "ubiquitous.threads"))
		return NULL;
	for (size_t k = 0; k < n; k++) {
		size_t count = 0;

		TRY(run_check(run));
		if (module_is_well_tested(v[k]) || is_program(run, v[k]))
			continue;
		for (size_t i = 0; i < s->n; i++)
			count += stacks_has_module(&s->v[i], v[k]);
		if (count * 100 >= walked * run_threshold(run, "ubiquitous.share"))
			tell(run, s, v[k], count, walked);
	}
	return NULL;
}

const struct pattern pattern_ubiquitous = {
	.id = "module.ubiquitous",
	.title = "Ubiquitous component",
	.category = CATEGORY_MODULE,
	.definition = "One module, which is neither the program itself nor one of the system, is on the stacks of most threads.",
	.context = "A framework, a virtual machine or a library of hooks that everything goes through; a component in which all threads "
		   "wait.",
	.criterion = "Of at least ubiquitous.threads threads with a stack, ubiquitous.share have a frame in the module.",
	.false_positives = "Frameworks whose threads start in their own code are there by design.",
	.recommendation = "If the process hangs or is slow, look first at what these threads do in the module. If it belongs to nobody that "
			  "you know, it is a hook.",
	.thresholds = thresholds,
	.needs = NEEDS_THREADS,
	.match = match,
};
