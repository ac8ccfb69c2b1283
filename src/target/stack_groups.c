/* SPDX-License-Identifier: MIT */
/* See stack_groups.h. Both halves of a WOW64 thread count, each for itself. */
#include "target/stack_groups.h"

#include "base/cancel.h"

#include <stdlib.h>

static uint64_t stack_hash(const struct stack *stack)
{
	uint64_t h = stack->n;

	for (size_t i = 0; i < stack->n; i++)
		h = hash_u64(h * 31 + stack->frames[i].ip);
	return h;
}

static struct err *add_thread(struct target *t, struct stack_groups *g, struct thread *th, enum thread_half half)
{
	CLEANUP(arena_deinit) struct arena a = ARENA_INIT;
	struct stack_options options = { .half = half, .no_symbols = true };
	struct stack stack = { 0 };
	struct stack_group *group;
	uint64_t hash;

	if (err_ignore(stack_walk(t, th, &options, &a, &stack))) {
		g->unwalked++;
		return cancel_check();
	}
	hash = stack_hash(&stack);
	group = u64map_get(&g->by_hash, hash);
	if (!group) {
		group = ARENA_NEW(&g->arena, struct stack_group);
		if (!group || !u64map_put(&g->by_hash, hash, group) || !vec_push(&g->groups, group))
			return err_nomem();
		group->hash = hash;
		group->first = th;
		group->half = half;
	}
	return vec_push(&group->threads, th) ? NULL : err_nomem();
}

static int by_size(const void *a, const void *b)
{
	const struct stack_group *x = *(struct stack_group *const *)a, *y = *(struct stack_group *const *)b;

	if (x->threads.n != y->threads.n)
		return x->threads.n > y->threads.n ? -1 : 1;
	return x->first->index < y->first->index ? -1 : 1;
}

struct err *stack_groups_find(struct target *t, enum thread_half half, size_t max, struct stack_groups *ret)
{
	struct thread *threads;
	size_t n = target_threads(t, &threads);

	for (size_t i = 0; i < n && (!max || i < max); i++) {
		TRY(cancel_check());
		TRY(add_thread(t, ret, &threads[i], half));
	}
	if (max && n > max)
		ret->unwalked += n - max;
	if (ret->groups.n)
		qsort(ret->groups.v, ret->groups.n, sizeof(*ret->groups.v), by_size);
	return NULL;
}

void stack_groups_deinit(struct stack_groups *g)
{
	for (size_t i = 0; i < g->groups.n; i++)
		vec_deinit(&g->groups.v[i]->threads);
	vec_deinit(&g->groups);
	u64map_deinit(&g->by_hash);
	arena_deinit(&g->arena);
}
