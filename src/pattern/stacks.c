/* SPDX-License-Identifier: MIT */
/* Stacks of all threads: see stacks.h. */
#include "pattern/stacks.h"

#include "base/cancel.h"
#include "base/map.h"
#include "base/vec.h"
#include "pattern/blame.h"

#include <string.h>
#include <time.h>

enum { AT_ENTRY_ = 9 };

struct grouping {
	VEC(struct equal_stacks) groups;
	struct u64map by_hash;	/* group + 1 */
};

static void grouping_deinit(struct grouping *g)
{
	vec_deinit(&g->groups);
	u64map_deinit(&g->by_hash);
}

/* Names may live in the walk's arena, which is gone when the next thread is walked. */
static struct err *copy_place(struct arena *a, const struct frame *f, struct stack_place *p)
{
	*p = (struct stack_place){
		.ip = f->ip,
		.sp = f->sp,
		.lookup = f->lookup,
		.module = f->symbol.module,
		.guessed = f->trust == TRUST_SCAN || f->trust == TRUST_CFI_SCAN || f->warn_unreliable,
		.scanned = f->trust == TRUST_NONE || f->trust == TRUST_SCAN || f->trust == TRUST_CFI_SCAN,
		.n_params = f->n_params,
	};
	memcpy(p->params, f->params, sizeof(p->params));
	if (!f->function)
		return NULL;
	p->function = arena_strdup(a, f->function);
	return p->function ? NULL : err_nomem();
}

static struct err *walk(struct target *t, struct thread *th, struct arena *a, struct thread_stack *ret)
{
	CLEANUP(arena_deinit) struct arena scratch = ARENA_INIT;
	struct stack_options options = { .max_frames = STACKS_MAX_FRAMES, .no_inlines = true,
					 .half = th->teb32 ? HALF_WOW : HALF_NATIVE };
	struct stack s = { 0 };

	if (err_ignore(stack_walk(t, th, &options, &scratch, &s)) || !s.n)
		return cancel_check();
	ret->places = ARENA_NEW_N(a, struct stack_place, s.n);
	if (!ret->places)
		return err_nomem();
	for (size_t i = 0; i < s.n; i++)
		TRY(copy_place(a, &s.frames[i], &ret->places[i]));
	ret->n = s.n;
	ret->truncated = s.truncated;
	return NULL;
}

static uint64_t hash_of(const struct thread_stack *s)
{
	uint64_t h = s->n;

	for (size_t i = 0; i < s->n; i++)
		h = hash_u64(h * 31 + s->places[i].ip);
	return h;
}

static struct err *put_in_group(struct grouping *g, struct thread_stack *s, size_t thread)
{
	uint64_t hash = hash_of(s);
	uintptr_t found = (uintptr_t)u64map_get(&g->by_hash, hash);

	if (!found) {
		struct equal_stacks fresh = { .first = thread };

		if (!vec_push(&g->groups, fresh))
			return err_nomem();
		found = g->groups.n;
		if (!u64map_put(&g->by_hash, hash, (void *)found))
			return err_nomem();
	}
	s->group = found - 1;
	g->groups.v[s->group].n++;
	return NULL;
}

static uint64_t now_ms(void)
{
	struct timespec ts;

	(void)clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000 + (uint64_t)ts.tv_nsec / 1000000;
}

struct err *stacks_build(struct target *t, struct arena *a, struct stacks *ret)
{
	CLEANUP(grouping_deinit) struct grouping g = { .by_hash = U64MAP_INIT };
	struct thread *threads;
	struct stacks s = { .n = target_threads(t, &threads) };
	uint64_t end = now_ms() + STACKS_TIME_MS;

	s.left_out = s.n;
	s.v = ARENA_NEW_N(a, struct thread_stack, s.n ? s.n : 1);
	if (!s.v)
		return err_nomem();
	for (size_t i = 0; i < s.n; i++)
		s.v[i].thread = &threads[i];
	for (size_t i = 0; i < s.n && i < STACKS_MAX_THREADS && now_ms() < end; i++) {
		TRY(cancel_check());
		s.left_out--;
		TRY(walk(t, &threads[i], a, &s.v[i]));
		if (s.v[i].n)
			TRY(put_in_group(&g, &s.v[i], i));
	}
	s.n_groups = g.groups.n;
	s.groups = g.groups.n ? arena_memdup(a, g.groups.v, g.groups.n * sizeof(*g.groups.v)) : arena_alloc(a, 1);
	if (!s.groups)
		return err_nomem();
	*ret = s;
	return NULL;
}

const struct equal_stacks *stacks_largest(const struct stacks *s)
{
	const struct equal_stacks *best = NULL;

	for (size_t i = 0; i < s->n_groups; i++)
		if (!best || s->groups[i].n > best->n)
			best = &s->groups[i];
	return best;
}

const struct stack_place *stacks_find(const struct thread_stack *s, const char *const *names)
{
	for (size_t i = 0; i < s->n; i++)
		for (size_t k = 0; names[k] && s->places[i].function; k++)
			if (str_match(names[k], s->places[i].function, false))
				return &s->places[i];
	return NULL;
}

bool stacks_has_module(const struct thread_stack *s, const struct module *m)
{
	for (size_t i = 0; i < s->n; i++)
		if (s->places[i].module == m)
			return true;
	return false;
}

/* Windows containers list it first; the kernel tells a Linux program's entry point. */
bool stacks_is_program(struct target *t, const struct module *m)
{
	const struct dump_module *modules = NULL;
	const struct dump_auxv *auxv = NULL;
	size_t n = 0;

	if (target_is_windows(t))
		return !err_ignore(dump_modules(target_dump(t), &modules, &n)) && n && m->base == modules[0].base;
	if (err_ignore(dump_auxv(target_dump(t), &auxv, &n)))
		return false;
	for (size_t i = 0; i < n; i++)
		if (auxv[i].type == AT_ENTRY_)
			return auxv[i].value - m->base < m->size;
	return false;
}

const struct stack_place *stacks_suspect(const struct thread_stack *s)
{
	for (size_t i = 0; i < s->n; i++)
		if (s->places[i].module && !module_is_well_tested(s->places[i].module))
			return &s->places[i];
	return NULL;
}
