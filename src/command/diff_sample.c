/* SPDX-License-Identifier: MIT */
/* What is counted of one dump for a series over several: see report/series.h. */
#include "command/diff.h"

#include <string.h>

struct sampling {
	const struct diff_side *side;
	bool same_process;
	struct arena *arena;
	struct sample *sample;
};

static struct err *add(struct sampling *s, enum measure_kind kind, uint64_t number, const char *name, const char *label, uint64_t value)
{
	struct measure m = { .kind = kind, .number = number, .value = value };

	m.name = arena_strdup(s->arena, name ? name : "");
	m.label = arena_strdup(s->arena, label ? label : "");
	if (!m.name || !m.label)
		return err_nomem();
	s->sample->known |= 1u << kind;
	return vec_push(&s->sample->v, m) ? NULL : err_nomem();
}

static struct err *add_threads(struct sampling *s)
{
	enum { TIMES = THREAD_HAS_TIMES | THREAD_HAS_CPU_TIMES };
	const struct dump_facts *f = target_facts(s->side->target);
	struct thread *threads;
	size_t n = target_threads(s->side->target, &threads);

	TRY(add(s, MEASURE_THREADS, 0, NULL, NULL, n));
	if (!s->same_process)
		return NULL;
	if (f->has & FACT_PROCESS_TIMES)
		TRY(add(s, MEASURE_PROCESS_CPU, 0, NULL, NULL, f->process_user_time + f->process_kernel_time));
	for (size_t i = 0; i < n; i++) {
		const struct dump_thread *r = threads[i].record;

		if (r->has & TIMES)
			TRY(add(s, MEASURE_THREAD_CPU, threads[i].tid, NULL, threads[i].name, r->user_time + r->kernel_time));
	}
	return NULL;
}

static const char *use_of(const struct region *r)
{
	return r->usage == USAGE_UNKNOWN ? "other" : region_usage_name(r->usage);
}

static const char *label_of(const struct region *r)
{
	if (r->module)
		return r->module->name;
	return r->path ? str_basename(r->path) : use_of(r);
}

static struct err *add_memory(struct sampling *s)
{
	const struct region *v;
	uint64_t sums[N_USAGES] = { 0 };
	size_t n;

	TRY(target_regions(s->side->target, &v, &n));
	for (size_t i = 0; i < n; i++) {
		if (!diff_counts(&v[i]))
			continue;
		sums[v[i].usage] += v[i].size;
		if (s->same_process)
			TRY(add(s, MEASURE_REGION, v[i].base, NULL, label_of(&v[i]), v[i].size));
	}
	s->sample->known |= 1u << MEASURE_MEMORY | (unsigned)s->same_process << MEASURE_REGION;
	for (enum region_usage u = USAGE_FREE; u < N_USAGES; u++) {
		struct region r = { .usage = u };

		if (sums[u])
			TRY(add(s, MEASURE_MEMORY, 0, use_of(&r), NULL, sums[u]));
	}
	return NULL;
}

static struct err *add_heaps(struct sampling *s)
{
	const struct heap_figures *f = &s->side->heaps;

	if (!f->known)
		return NULL;
	s->sample->known |= 1u << MEASURE_HEAP | 1u << MEASURE_HEAP_BLOCKS | 1u << MEASURE_CLASS;
	for (size_t i = 0; i < f->heaps.n; i++) {
		const struct heap_figure *h = &f->heaps.v[i];
		uint64_t number = s->same_process ? h->address : 0;

		TRY(add(s, MEASURE_HEAP, number, h->kind, NULL, h->busy));
		TRY(add(s, MEASURE_HEAP_BLOCKS, number, h->kind, NULL, h->blocks));
	}
	for (size_t i = 0; i < f->classes.n; i++)
		TRY(add(s, MEASURE_CLASS, f->classes.v[i].size, NULL, NULL, f->classes.v[i].size * f->classes.v[i].blocks));
	return NULL;
}

static struct err *add_handles(struct sampling *s)
{
	const struct dump_handle *v;
	size_t n;

	TRY(dump_handles(target_dump(s->side->target), &v, &n));
	for (size_t i = 0; i < n; i++)
		TRY(add(s, MEASURE_HANDLES, 0, *v[i].type ? v[i].type : "(unknown)", NULL, 1));
	return NULL;
}

static struct err *add_locks(struct sampling *s)
{
	const struct lock_figures *f = &s->side->locks;

	s->sample->known |= (unsigned)s->same_process << MEASURE_WAITERS;
	for (size_t i = 0; i < f->v.n && s->same_process; i++) {
		const struct lock_figure *l = &f->v.v[i];
		const char *label = *l->name ? l->name : l->type;

		if (l->waiters)
			TRY(add(s, MEASURE_WAITERS, l->address, l->half == HALF_WOW ? "x86" : NULL, label, l->waiters));
		if (l->has_counts)
			TRY(add(s, MEASURE_CONTENTION, l->address, l->half == HALF_WOW ? "x86" : NULL, label, l->contentions));
	}
	return NULL;
}

struct err *diff_sample(const struct diff_side *side, bool same_process, struct arena *a, struct sample *ret)
{
	struct sample sample = { .path = dump_path(target_dump(side->target)) };
	struct sampling s = { side, same_process, a, &sample };
	struct err *e = add_threads(&s);

	e = e ? e : add_memory(&s);
	e = e ? e : add_heaps(&s);
	e = e ? e : add_handles(&s);
	e = e ? e : add_locks(&s);
	sample.path = arena_strdup(a, sample.path);
	sample.has_time = diff_time_of(side->target, &sample.time);
	if (!e && !sample.path)
		e = err_nomem();
	if (e)
		vec_deinit(&sample.v);
	else
		*ret = sample;
	return e;
}
