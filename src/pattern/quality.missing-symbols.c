/* SPDX-License-Identifier: MIT */
/* Missing symbols: stacks whose functions have no names. */
#include "base/vec.h"
#include "pattern/facts.h"
#include "pattern/pattern.h"

#include <inttypes.h>
#include <stdlib.h>

enum { MAX_SHOWN = 8 };

static const struct threshold thresholds[] = {
	{ "missing-symbols.share", 50, "percent", "of the frames that lie in modules must be without a function's name" },
	{ "missing-symbols.frames", 8, "frames", "so many frames must lie in modules" },
	{ NULL },
};

struct count {
	struct module *module;
	size_t frames, nameless;
};

/* Counts by the module's index. */
static struct err *count_frames(struct pattern_run *run, struct count *v, size_t n, struct count *all)
{
	const struct stacks *s;

	TRY(facts_stacks(run->facts, &s));
	for (size_t i = 0; i < s->n; i++) {
		TRY(run_check(run));
		for (size_t k = 0; k < s->v[i].n; k++) {
			const struct stack_place *p = &s->v[i].places[k];
			struct count *c = p->module && p->module->index < n ? &v[p->module->index] : NULL;

			if (!c)
				continue;
			c->module = p->module;
			c->frames++;
			c->nameless += !p->function;
			all->frames++;
			all->nameless += !p->function;
		}
	}
	return NULL;
}

static int by_nameless(const void *a, const void *b)
{
	const struct count *x = a, *y = b;

	if (x->nameless != y->nameless)
		return x->nameless > y->nameless ? -1 : 1;
	return x->module && y->module ? (x->module->index > y->module->index) - (x->module->index < y->module->index) : 0;
}

static const char *wanted(struct pattern_run *run, struct module *m)
{
	CLEANUP(strbuf_deinit) struct strbuf key = STRBUF_INIT;
	if (!module_add_symbol_key(run->target, m, &key))
		return "its identity is not in the dump";
	return run_text(run, "get %s", key.s);
}

static void tell(struct pattern_run *run, const struct count *v, size_t n, const struct count *all)
{
	struct finding *f;

	f = finding_add(run, SEVERITY_NOTE, 85, "Symbols are missing: %zu of the %zu frames of all stacks have no function's name.",
			all->nameless, all->frames);
	for (size_t i = 0; i < n && i < MAX_SHOWN && v[i].nameless; i++) {
		const char *show = run_text(run, "lmv a 0x%" PRIx64, v[i].module->base);

		finding_module(run, f, v[i].module->name);
		evidence_other(run, f,
			       &(struct evidence){ .has_address = true, .address = v[i].module->base, .command = show, .windbg = show,
						   .gdb = "info sharedlibrary" },
			       "%s, frames: %zu; %s", v[i].module->image_name, v[i].nameless, wanted(run, v[i].module));
	}
}

static struct err *match(struct pattern_run *run)
{
	struct module **modules;
	size_t n = target_modules(run->target, &modules);
	struct count *v = ARENA_NEW_N(run->arena, struct count, n ? n : 1), all = { 0 };

	if (!v)
		return err_nomem();
	TRY(count_frames(run, v, n, &all));
	if (!all.nameless || all.frames < run_threshold(run, "missing-symbols.frames") ||
	    all.nameless * 100 < all.frames * run_threshold(run, "missing-symbols.share"))
		return NULL;
	qsort(v, n, sizeof(*v), by_nameless);
	tell(run, v, n, &all);
	return NULL;
}

const struct pattern pattern_missing_symbols = {
	.id = "quality.missing-symbols",
	.title = "Missing symbols",
	.category = CATEGORY_QUALITY,
	.definition = "Most functions on the stacks have no name, since the symbols of their modules were not found.",
	.context = "Programs whose symbols were stripped and kept elsewhere, no symbol path, a path without the build in question.",
	.criterion = "Of at least missing-symbols.frames frames that lie in modules, missing-symbols.share are without a function. The modules "
		     "are listed by how many such frames they have, each with the file and key that a symbol server is asked for.",
	.false_positives = "None is known: but names that are there may still be the nearest export only.",
	.recommendation = "Give the folder or server that has these files (-y, .sympath); .symlist has where a server keeps them. Without them "
			  "stacks on x86 are guessed, and patterns that go by names of functions cannot see anything.",
	.thresholds = thresholds,
	.needs = NEEDS_THREADS,
	.match = match,
};
