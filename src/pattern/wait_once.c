/* SPDX-License-Identifier: MIT */
/*
 * Who runs an initialisation that others wait for: pthread_once, std::call_once
 * and static local variables of C++ keep no owner, but the thread that runs it
 * has the function that began it on its stack. Where that is true of exactly one
 * thread, it is the owner, inferred.
 */
#include "pattern/wait_graph_impl.h"

#include "base/cancel.h"

#include <string.h>

enum { MAX_FRAMES = 64, MAX_THREADS_LOOKED_AT = 4096, SURE = 75 };

static bool runs_once(const char *function)
{
	return function && (str_starts(function, "__pthread_once") || str_starts(function, "pthread_once") ||
			    str_starts(function, "___pthread_once"));
}

/* Where the function of a frame begins; 0: not known. */
static uint64_t start_of(const struct frame *f)
{
	return f->function ? f->ip - f->displacement : 0;
}

/* The function that asked for the guard of its variable; 0: not known. */
static uint64_t asker_of(const struct stack *s)
{
	for (size_t i = 0; i + 1 < s->n; i++)
		if (s->frames[i].function && strcmp(s->frames[i].function, "__cxa_guard_acquire") == 0)
			return start_of(&s->frames[i + 1]);
	return 0;
}

/* How often the initialisation's function stands on a stack; glibc has it as two frames, one behind the other. */
static size_t count_on(const struct stack *s, uint64_t function)
{
	size_t n = 0;

	for (size_t i = 0; i < s->n; i++) {
		bool is_it = function ? start_of(&s->frames[i]) == function : runs_once(s->frames[i].function);

		if (is_it && (function || !i || !runs_once(s->frames[i - 1].function)))
			n++;
	}
	return n;
}

static bool waits(const struct futex_lock *l, const struct thread *th)
{
	for (size_t i = 0; i < l->n_waiters; i++)
		if (l->waiters[i] == th)
			return true;
	return false;
}

static struct err *walk(struct wait_builder *b, struct thread *th, struct arena *scratch, struct stack *ret)
{
	struct stack_options options = { .max_frames = MAX_FRAMES, .no_inlines = true };

	TRY(cancel_check());
	arena_deinit(scratch);
	*scratch = (struct arena)ARENA_INIT;
	*ret = (struct stack){ 0 };
	if (err_ignore(stack_walk(b->t, th, &options, scratch, ret)))
		*ret = (struct stack){ 0 };
	return NULL;
}

static struct err *find(struct wait_builder *b, const struct futex_lock *l, struct arena *scratch, struct thread **ret)
{
	struct thread *threads, *found = NULL;
	size_t n = target_threads(b->t, &threads), n_found = 0;
	uint64_t function = 0;
	struct stack s;

	if (l->object == FUTEX_GUARD) {
		TRY(walk(b, l->waiters[0], scratch, &s));
		function = asker_of(&s);
		if (!function)
			return NULL;
	}
	for (size_t i = 0; i < n && i < MAX_THREADS_LOOKED_AT; i++) {
		TRY(walk(b, &threads[i], scratch, &s));
		if (count_on(&s, function) > (waits(l, &threads[i]) ? 1 : 0)) {
			found = &threads[i];
			n_found++;
		}
	}
	*ret = n_found == 1 ? found : NULL;
	return NULL;
}

struct err *wait_once_owner(struct wait_builder *b, const struct futex_lock *l, size_t lock)
{
	CLEANUP(arena_deinit) struct arena scratch = ARENA_INIT;
	struct wait_edge e = { .from = lock, .owned = true, .decisive = true, .sure = SURE };
	struct thread *owner = NULL;

	TRY(find(b, l, &scratch, &owner));
	if (!owner)
		return NULL;
	e.to = owner->index;
	e.known_by = "the function that began the initialisation, on its stack";
	b->nodes.v[lock].plain = true;
	return wait_add_edge(b, &e);
}
