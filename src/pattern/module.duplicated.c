/* SPDX-License-Identifier: MIT */
/* Duplicated module: one library, loaded more than once. */
#include "pattern/facts.h"
#include "pattern/pattern.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { MAX_SHOWN = 8 };

/* Windows names do not tell case. The two halves of WOW64 have a set of libraries each. */
static int compare(const void *a, const void *b)
{
	const struct module *x = *(struct module *const *)a, *y = *(struct module *const *)b;
	int d = strcasecmp(x->image_name, y->image_name);

	if (!d)
		d = (x->machine > y->machine) - (x->machine < y->machine);
	return d ? d : (x->base > y->base) - (x->base < y->base);
}

static bool same(const struct module *x, const struct module *y)
{
	return strcasecmp(x->image_name, y->image_name) == 0 && x->machine == y->machine;
}

static bool on_stack(const struct stack *s, const struct module *m)
{
	for (size_t i = 0; s && i < s->n; i++)
		if (s->frames[i].symbol.module == m)
			return true;
	return false;
}

static bool same_image(const struct module *x, const struct module *y)
{
	return strcmp(x->path, y->path) == 0 && x->timestamp == y->timestamp && x->checksum == y->checksum;
}

static void tell(struct pattern_run *run, struct module **v, size_t n)
{
	bool stacked = false, alike = same_image(v[0], v[1]);
	const struct fault *fault = facts_fault(run->facts);
	struct finding *f;

	for (size_t i = 0; i < n && fault->class != FAULT_NONE && fault->class != FAULT_REQUESTED; i++)
		stacked |= on_stack(facts_blame(run->facts)->stack, v[i]);
	f = finding_add(run, stacked && !alike ? SEVERITY_WARNING : SEVERITY_NOTE, stacked ? 75 : 90,
			"%s is loaded %zu times, %s%s.", v[0]->image_name, n, alike ? "from one file" : "from different files",
			stacked ? ", and the stack of the fault leads through it" : "");
	for (size_t i = 0; i < n && i < MAX_SHOWN; i++) {
		const char *show = run_text(run, "lmv a 0x%" PRIx64, v[i]->base);

		evidence_other(run, f,
			       &(struct evidence){ .has_address = true, .address = v[i]->base, .command = show, .windbg = show,
						   .gdb = "info sharedlibrary" },
			       "%s%s", v[i]->path, v[i]->timestamp ? run_text(run, ", time stamp %08" PRIx32, v[i]->timestamp) : "");
		finding_module(run, f, v[i]->name);
	}
}

static struct err *match(struct pattern_run *run)
{
	struct module **all, **v;
	size_t n = target_modules(run->target, &all), end;

	if (!n)
		return NULL;
	v = arena_memdup(run->arena, (void *)all, n * sizeof(struct module *));
	if (!v)
		return err_nomem();
	qsort((void *)v, n, sizeof(*v), compare);
	for (size_t i = 0; i < n; i = end) {
		TRY(run_check(run));
		for (end = i + 1; end < n && same(v[i], v[end]); end++)
			continue;
		/* parts of one mapped file that lie apart look like two modules of an ELF core */
		if (end > i + 1 && *v[i]->image_name && (target_is_windows(run->target) || !same_image(v[i], v[i + 1])))
			tell(run, v + i, end - i);
	}
	return NULL;
}

const struct pattern pattern_duplicated_module = {
	.id = "module.duplicated",
	.title = "Duplicated module",
	.category = CATEGORY_MODULE,
	.definition = "Two or more modules of one name are loaded in the process, so that there are several copies of what they keep.",
	.context = "Plug-ins that bring their own copy of a library, two versions along the search path, a program that copies libraries "
		   "to load them again.",
	.criterion = "Modules of one machine whose file names are the same. It is a warning when they are different files and the stack of "
		     "the fault leads through one of them. On Linux only different files count.",
	.false_positives = "Side-by-side versions that the system keeps apart on purpose: comctl32, run-time libraries.",
	.recommendation = "Compare paths, time stamps and versions. Objects that one copy made must not be given to the other one.",
	.match = match,
};
