/* SPDX-License-Identifier: MIT */
/* The analysis: see engine.h. */
#include "pattern/engine.h"

#include "base/budget.h"
#include "base/cancel.h"
#include "base/vec.h"
#include "base/cleanup.h"
#include "target/kernel.h"

#include <stdlib.h>
#include <string.h>

struct owner {
	struct analysis public;
	struct analysis_options options;
	VEC(struct arena *) arenas;	/* one per pattern that found something */
	VEC(struct finding *) found;
	struct arena own;		/* of the engine's findings and of the order */
};

/* --- what patterns ask of their run -------------------------------------------------------- */

struct err *run_check(struct pattern_run *run)
{
	TRY(cancel_check());
	if (monotonic_ns() < run->deadline_ns)
		return NULL;
	run->late = true;
	return err_new(ERR_UNSUPPORTED, "it took too long");
}

uint64_t run_threshold(struct pattern_run *run, const char *name)
{
	const struct analysis_options *o = run->analysis->options;

	for (size_t i = o->n_settings; i-- > 0;)
		if (strcmp(o->settings[i].threshold->name, name) == 0)
			return o->settings[i].value;
	for (const struct threshold *t = run->pattern->thresholds; t && t->name; t++)
		if (strcmp(t->name, name) == 0)
			return t->value;
	return 0;
}

/* --- running ----------------------------------------------------------------------------------- */

static bool has_times(struct target *t)
{
	struct thread *v;
	size_t n = target_threads(t, &v);

	for (size_t i = 0; i < n; i++)
		if (v[i].record->has & (THREAD_HAS_TIMES | THREAD_HAS_CPU_TIMES))
			return true;
	return false;
}

static bool fits(const struct pattern *p, struct analysis *a)
{
	enum dump_os os = target_facts(a->target)->os;
	struct thread *v;

	if (target_kernel(a->target) ? !(p->needs & (NEEDS_KERNEL | FITS_KERNEL)) : (p->needs & NEEDS_KERNEL) != 0)
		return false;
	if ((p->needs & NEEDS_SYSTEM_WINDOWS) && os != OS_WINDOWS)
		return false;
	if ((p->needs & NEEDS_SYSTEM_LINUX) && os != OS_LINUX && os != OS_ANDROID)
		return false;
	if ((p->needs & NEEDS_THREADS) && !target_threads(a->target, &v))
		return false;
	if ((p->needs & NEEDS_TIMES) && !has_times(a->target))
		return false;
	if ((p->needs & NEEDS_SET) && !a->set)
		return false;
	return !(p->needs & NEEDS_FAULT) || facts_fault(a->facts)->class != FAULT_NONE;
}

/* A pattern that came to no end is told like any other finding. */
static void tell_failure(struct owner *w, struct pattern_run *run, struct err *e)
{
	struct pattern_run own = { .pattern = run->pattern, .target = run->target, .arena = &w->own,
				   .analysis = run->analysis };
	struct finding *f;

	if (run->late)
		f = finding_undecidable(&own, "%s: ended after %u ms without an answer", run->pattern->title,
					w->options.time_ms);
	else if (run->no_memory || err_code(e) == ERR_NOMEM)
		f = finding_undecidable(&own, "%s: ended at the limit of %zu MB without an answer",
					run->pattern->title, w->options.memory >> 20);
	else
		f = finding_undecidable(&own, "%s: %s", run->pattern->title, e ? err_message(e) : "failed");
	f->decision = run->late || run->no_memory || err_code(e) == ERR_NOMEM ? EXCEEDED : FAILED;
	for (size_t i = 0; i < own.n_findings; i++)
		own.no_memory |= !vec_push(&w->found, own.findings[i]);
	run->no_memory = own.no_memory;
}

static struct err *keep(struct owner *w, struct pattern_run *run)
{
	if (!vec_push(&w->arenas, run->arena)) {
		arena_deinit(run->arena);
		free(run->arena);
		return err_nomem();
	}
	for (size_t i = 0; i < run->n_findings; i++)
		if (!vec_push(&w->found, run->findings[i]))
			return err_nomem();
	return NULL;
}

static struct err *run_pattern(struct owner *w, const struct pattern *p)
{
	struct arena *a = calloc(1, sizeof(*a));
	struct pattern_run run = { .pattern = p, .target = w->public.target, .facts = w->public.facts,
				   .arena = a, .analysis = &w->public };
	bool incomplete;
	struct err *e;

	if (!a)
		return err_nomem();
	a->limit = w->options.memory;
	run.deadline_ns = monotonic_ns() + (uint64_t)w->options.time_ms * 1000000;
	e = p->match(&run);
	incomplete = e || run.no_memory;
	if (e && err_code(e) == ERR_CANCELLED) {
		arena_deinit(a);
		free(a);
		return e;
	}
	if (incomplete)
		tell_failure(w, &run, e);
	err_free(e);
	return keep(w, &run);
}

static struct err *run_all(struct owner *w)
{
	for (size_t i = 0; patterns[i]; i++) {
		if (!fits(patterns[i], &w->public)) {
			w->public.n_unfit++;
			continue;
		}
		progress_report("patterns", w->public.n_run, 0);
		w->public.n_run++;
		TRY(run_pattern(w, patterns[i]));
	}
	return NULL;
}

/* --- linking ------------------------------------------------------------------------------------ */

static bool share_thread(const struct finding *a, const struct finding *b)
{
	for (size_t i = 0; i < a->n_threads; i++)
		for (size_t k = 0; k < b->n_threads; k++)
			if (a->threads[i] == b->threads[k])
				return true;
	return false;
}

static bool share_address(const struct finding *a, const struct finding *b)
{
	for (size_t i = 0; i < a->n_evidence; i++)
		for (size_t k = 0; k < b->n_evidence; k++)
			if (a->evidence[i].has_address && b->evidence[k].has_address &&
			    a->evidence[i].address == b->evidence[k].address)
				return true;
	return false;
}

static bool share_module(const struct finding *a, const struct finding *b)
{
	for (size_t i = 0; i < a->n_modules; i++)
		for (size_t k = 0; k < b->n_modules; k++)
			if (strcmp(a->modules[i], b->modules[k]) == 0)
				return true;
	return false;
}

/* A finding about the whole process touches everything in it. */
static bool touch(const struct finding *a, const struct finding *b)
{
	return !a->n_threads || !b->n_threads || share_thread(a, b) || share_address(a, b) || share_module(a, b);
}

static bool leads_to(const struct finding *from, const struct finding *to)
{
	for (; from; from = from->cause)
		if (from == to)
			return true;
	return false;
}

static void find_cause(struct owner *w, struct finding *effect)
{
	struct finding *best = NULL;

	for (size_t i = 0; i < w->found.n; i++) {
		struct finding *f = w->found.v[i];

		if (f == effect || f->decision != DECIDED || f->severity == SEVERITY_NOTE || !pattern_explains(f->pattern, effect->pattern) ||
		    !touch(f, effect) || leads_to(f, effect))
			continue;
		if (!best || f->confidence > best->confidence)
			best = f;
	}
	effect->cause = best;
}

static void link_all(struct owner *w)
{
	for (size_t i = 0; i < w->found.n; i++)
		if (w->found.v[i]->decision == DECIDED)
			find_cause(w, w->found.v[i]);
}

/* --- confidence ----------------------------------------------------------------------------------- */

/* Findings of these categories are read out of the process's memory. */
static bool hangs_on_memory(const struct finding *f)
{
	return f->decision == DECIDED && f->pattern->category != CATEGORY_QUALITY &&
	       f->pattern->category != CATEGORY_CORRUPTION;
}

static void doubt_all(struct owner *w, const struct finding *but, unsigned percent, const char *why)
{
	struct pattern_run run = { .arena = &w->own };

	for (size_t i = 0; i < w->found.n; i++) {
		struct finding *f = w->found.v[i];

		if (f == but || !hangs_on_memory(f) || leads_to(f, but) || leads_to(but, f))
			continue;
		finding_doubt(&run, f, f->confidence * percent / 100, why);
	}
}

static void lower_confidence(struct owner *w)
{
	const struct dump_snapshot *s = NULL;

	for (size_t i = 0; i < w->found.n; i++) {
		const struct finding *f = w->found.v[i];

		if (f->pattern->category != CATEGORY_CORRUPTION || f->decision != DECIDED ||
		    f->severity != SEVERITY_PROBLEM)
			continue;
		doubt_all(w, f, 70, "memory of this process is corrupt");
		break;
	}
	if (!err_ignore(dump_snapshot(target_dump(w->public.target), &s)) && s &&
	    s->consistency == CONSISTENCY_SMEARED)
		doubt_all(w, NULL, 70, "the dump is smeared: its memory is not of one instant");
}

/* --- order ------------------------------------------------------------------------------------------ */

static int decided_first(const struct finding *x, const struct finding *y)
{
	return (x->decision != DECIDED) - (y->decision != DECIDED);
}

/* What the dump is comes behind what is equally grave and about the process. */
static int rank(const struct finding *f)
{
	return f->pattern->category == CATEGORY_QUALITY;
}

static int compare(const void *a, const void *b)
{
	const struct finding *x = *(struct finding *const *)a, *y = *(struct finding *const *)b;

	if (decided_first(x, y))
		return decided_first(x, y);
	if (x->severity != y->severity)
		return x->severity > y->severity ? -1 : 1;
	if (rank(x) != rank(y))
		return rank(x) - rank(y);
	if (x->confidence != y->confidence)
		return x->confidence > y->confidence ? -1 : 1;
	if (x->pattern->category != y->pattern->category)
		return x->pattern->category < y->pattern->category ? -1 : 1;
	return x->number < y->number ? -1 : x->number > y->number; /* as found */
}

struct order {
	struct finding **v;
	size_t n;
};

static void place(struct owner *w, struct order *o, struct finding *f, unsigned depth)
{
	f->depth = depth;
	o->v[o->n++] = f;
	for (size_t i = 0; i < w->found.n; i++)
		if (w->found.v[i]->cause == f)
			place(w, o, w->found.v[i], depth + 1);
}

static struct err *put_in_order(struct owner *w)
{
	struct order o = { ARENA_NEW_N(&w->own, struct finding *, w->found.n ? w->found.n : 1), 0 };

	if (!o.v)
		return err_nomem();
	for (size_t i = 0; i < w->found.n; i++)
		w->found.v[i]->number = (unsigned)i;
	if (w->found.n)
		qsort((void *)w->found.v, w->found.n, sizeof(*w->found.v), compare);
	for (size_t i = 0; i < w->found.n; i++)
		if (!w->found.v[i]->cause)
			place(w, &o, w->found.v[i], 0);
	for (size_t i = 0; i < o.n; i++)
		o.v[i]->number = (unsigned)i + 1;
	w->public.findings = (const struct finding *const *)o.v;
	w->public.n = o.n;
	if (o.n && o.v[0]->decision == DECIDED && o.v[0]->severity > SEVERITY_NOTE)
		w->public.top = o.v[0];
	return NULL;
}

/* --- the whole --------------------------------------------------------------------------------------- */

struct err *analysis_create(struct target *t, const struct analysis_options *o, struct analysis **ret)
{
	struct owner *w = calloc(1, sizeof(*w));
	struct err *e;

	if (!w)
		return err_nomem();
	w->options = o ? *o : (struct analysis_options){ 0 };
	w->options.time_ms = w->options.time_ms ? w->options.time_ms : ANALYSIS_TIME_MS;
	w->options.memory = w->options.memory ? w->options.memory : ANALYSIS_MEMORY;
	w->public.target = t;
	w->public.options = &w->options;
	w->public.set = w->options.set;
	w->public.member = w->options.member;
	e = w->public.set ? NULL : facts_create(t, &w->public.facts);
	if (w->public.set)
		w->public.facts = w->public.set->members[w->public.member].facts;
	if (!e)
		e = run_all(w);
	if (!e) {
		link_all(w);
		lower_confidence(w);
		e = put_in_order(w);
	}
	w->public.options = NULL;
	if (e) {
		analysis_destroy(&w->public);
		return e;
	}
	*ret = &w->public;
	return NULL;
}

void analysis_destroy(struct analysis *a)
{
	struct owner *w = (struct owner *)a;

	if (!w)
		return;
	for (size_t i = 0; i < w->arenas.n; i++) {
		arena_deinit(w->arenas.v[i]);
		free(w->arenas.v[i]);
	}
	vec_deinit(&w->arenas);
	vec_deinit(&w->found);
	arena_deinit(&w->own);
	if (!w->public.set)
		facts_destroy(w->public.facts);
	free(w);
}
