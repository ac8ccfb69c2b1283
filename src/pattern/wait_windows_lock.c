/* SPDX-License-Identifier: MIT */
/*
 * Waits for SRW locks, condition variables, addresses and keys: words in memory,
 * none of which records who has to act.
 *
 * Who holds an SRW lock can be inferred on x64: a thread one of whose functions has
 * called the function that takes the lock, in front of the place where it is now,
 * and not since the one that releases it. Jumps over either call are not seen,
 * so that it is no more than likely; where several threads qualify nobody is named
 * the owner of a lock that has but one.
 */
#include "pattern/wait_windows.h"

#include "base/cancel.h"
#include "os/windows/srwlock.h"

#include <string.h>

enum {
	MAX_OWNER_THREADS = 512,
	MAX_OWNER_FRAMES = 24,
	MAX_TAKEN = 16,		/* locks of one thread */
	SURE_OF_OWNER = 60,
};

static const char *type_of(enum windows_wait_kind kind)
{
	switch (kind) {
	case WINDOWS_WAIT_SRW: return "SRW lock";
	case WINDOWS_WAIT_CONDITION: return "condition variable";
	case WINDOWS_WAIT_KEYED: return "key of a keyed event";
	case WINDOWS_WAIT_ADDRESS:
	case WINDOWS_WAIT_SECTION:
	case WINDOWS_WAIT_HANDLES:
	case WINDOWS_WAIT_FILE:
	case WINDOWS_WAIT_QUEUE:
	case WINDOWS_WAIT_PORT:
	case WINDOWS_WAIT_NONE: break;
	}
	return "word";
}

static struct err *add_state(struct wait_builder *b, struct wait_node *n)
{
	CLEANUP(strbuf_deinit) struct strbuf sb = STRBUF_INIT;
	struct srwlock l;

	n->unread = err_ignore(srwlock_read(b->t, n->half, n->address, &l));
	if (n->unread)
		return NULL;
	srwlock_describe(&l, &sb);
	TRY(strbuf_check(&sb));
	n->state = arena_strdup(b->arena, sb.s);
	n->state_at = n->address;
	n->state_size = l.size;
	n->free_at = l.held ? 0 : n->address;
	n->queued = l.queued;
	return n->state ? NULL : err_nomem();
}

static const char *known_by(struct wait_builder *b, const struct windows_wait *w)
{
	const char *text = arena_printf(b->arena, "%s %s%s", w->how == ARGUMENT_STACK ? "argument of" : w->how == ARGUMENT_CODE ?
					"the code that called" : "the code that may have called", w->function,
					w->shared ? ", as a reader" : "");

	return text ? text : "";
}

struct err *wait_windows_lock(struct wait_builder *b, struct thread *th, enum thread_half half,
			      const struct windows_wait *w)
{
	struct wait_node n = { .kind = w->kind == WINDOWS_WAIT_SRW ? WAIT_LOCK : WAIT_OBJECT, .half = half,
			       .address = w->address, .type = type_of(w->kind), .function = "",
			       .plain = w->kind == WINDOWS_WAIT_SRW };
	struct wait_edge e = { .from = th->index, .decisive = true, .sure = wait_sureness(w->how) };
	bool is_new;

	if (w->how == ARGUMENT_UNKNOWN) {
		b->n_blind += w->kind == WINDOWS_WAIT_SRW;
		return wait_add_unread(b, "the %s that thread %zu waits for in %s: its address is not known", n.type, th->index,
				       w->function);
	}
	n.name = wait_symbol(b, n.address);
	if (w->kind == WINDOWS_WAIT_SRW)
		TRY(add_state(b, &n));
	e.known_by = known_by(b, w);
	TRY(wait_object_node(b, &n, &e.to, &is_new));
	return wait_add_edge(b, &e);
}

/* --- who holds an SRW lock -------------------------------------------------------------------- */

struct taken {
	uint64_t lock;
	bool shared;
	size_t frame;
};

struct search {
	struct wait_builder *b;
	struct u64map no_takers;	/* places in code in front of which none is taken */
	struct taken v[MAX_TAKEN];
	size_t n;
	size_t frame;
	bool has_calls;			/* of the frame, to take or to release */
};

static void release(struct search *s, uint64_t lock)
{
	for (size_t i = s->n; i-- > 0;)
		if (s->v[i].lock == lock) {
			s->v[i] = s->v[--s->n];
			return;
		}
}

static bool on_call(void *arg, const struct past_call *c)
{
	struct search *s = arg;
	enum srwlock_call call;
	struct symbol_hit hit;

	if (!c->target)
		return true;
	target_symbol_at(s->b->t, c->target, &hit);
	call = hit.symbol.name && !hit.displacement ? srwlock_call(hit.symbol.name) : SRWLOCK_NOT;
	if (call == SRWLOCK_NOT)
		return true;
	s->has_calls = true;
	if (c->how == ARGUMENT_UNKNOWN)
		return true;
	if (call == SRWLOCK_RELEASES)
		release(s, c->argument);
	else if (s->n < MAX_TAKEN)
		s->v[s->n++] = (struct taken){ c->argument, call == SRWLOCK_TAKES_SHARED, s->frame };
	return true;
}

/* Outer frames first: they took their locks before. */
static struct err *find_taken(struct search *s, const struct stack *st)
{
	s->n = 0;
	for (size_t i = st->n; i-- > 0;) {
		TRY(cancel_check());
		if (u64map_has(&s->no_takers, st->frames[i].ip))
			continue;
		s->frame = i;
		s->has_calls = false;
		frame_past_calls(s->b->t, st, i, on_call, s);
		if (!s->has_calls && !u64map_put(&s->no_takers, st->frames[i].ip, NULL))
			return err_nomem();
	}
	return NULL;
}

static bool may_hold(struct search *s, const struct wait_node *lock, const struct taken *taken)
{
	struct srwlock l;

	return lock->kind == WAIT_LOCK && lock->state_at && !lock->free_at && lock->address == taken->lock &&
	       !err_ignore(srwlock_read(s->b->t, lock->half, lock->address, &l)) &&
	       (l.exclusive ? !taken->shared : !l.readers || taken->shared);
}

static struct err *add_owner(struct search *s, struct thread *th, const struct stack *st, const struct taken *taken)
{
	const char *function = st->frames[taken->frame].function;
	struct wait_edge e = { .to = th->index, .owned = true, .sure = SURE_OF_OWNER };

	for (size_t i = s->b->n_threads; i < s->b->nodes.n; i++) {
		if (!may_hold(s, &s->b->nodes.v[i], taken))
			continue;
		e.from = i;
		e.known_by = arena_printf(s->b->arena, "the code of %s, which took it and has not released it",
					  function ? function : "a function on its stack");
		return e.known_by ? wait_add_edge(s->b, &e) : err_nomem();
	}
	return NULL;
}

static struct err *look_at(struct search *s, struct thread *th)
{
	CLEANUP(arena_deinit) struct arena scratch = ARENA_INIT;
	struct stack_options options = { .max_frames = MAX_OWNER_FRAMES, .no_inlines = true };
	struct stack st = { 0 };

	if (err_ignore(stack_walk(s->b->t, th, &options, &scratch, &st)))
		return NULL;
	TRY(find_taken(s, &st));
	for (size_t i = 0; i < s->n; i++)
		TRY(add_owner(s, th, &st, &s->v[i]));
	return NULL;
}

/* A lock has one writer; readers must all release it. */
static void decide(struct search *s, size_t lock, size_t from)
{
	size_t n = 0;
	struct srwlock l;

	for (size_t i = from; i < s->b->edges.n; i++)
		n += s->b->edges.v[i].from == lock;
	if (n > 1 && (err_ignore(srwlock_read(s->b->t, s->b->nodes.v[lock].half, s->b->nodes.v[lock].address, &l)) ||
		      l.exclusive || !l.readers))
		return;
	for (size_t i = from; i < s->b->edges.n; i++)
		if (s->b->edges.v[i].from == lock)
			s->b->edges.v[i].decisive = true;
}

static bool is_held(const struct wait_node *n)
{
	return n->kind == WAIT_LOCK && n->state_at && !n->free_at;
}

struct err *wait_srw_owners(struct wait_builder *b)
{
	struct search s = { .b = b, .no_takers = U64MAP_INIT };
	size_t from = b->edges.n, n = 0;
	struct err *e = NULL;
	struct thread *threads;
	size_t n_threads = target_threads(b->t, &threads);

	for (size_t i = b->n_threads; i < b->nodes.n; i++)
		n += is_held(&b->nodes.v[i]);
	for (size_t i = 0; n && !e && i < n_threads && i < MAX_OWNER_THREADS; i++)
		e = look_at(&s, &threads[i]);
	u64map_deinit(&s.no_takers);
	for (size_t i = b->n_threads; n && !e && i < b->nodes.n; i++)
		if (is_held(&b->nodes.v[i]))
			decide(&s, i, from);
	return e;
}
