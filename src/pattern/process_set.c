/* SPDX-License-Identifier: MIT */
/*
 * Process set: see process_set.h. Threads of all members are numbered through;
 * `needs` says of each what has to be alive before it is. Life spreads from those
 * that need nobody, round by round. Rings are looked for among the threads that
 * wait for other members, depth first, each thread being entered once.
 */
#include "pattern/process_set.h"

#include "base/cancel.h"
#include "base/map.h"
#include "base/vec.h"
#include "os/linux/descriptor.h"
#include "os/linux/syscall.h"
#include "pattern/limits.h"

#include <stdlib.h>
#include <string.h>

enum { MAX_ROUNDS = 4096, MAX_STEPS = 1 << 20, MEMORY_LIMIT = 512 << 20, NONE = -1 };

enum need { NEED_NOTHING, NEED_THREAD, NEED_MEMBER, NEED_NEVER };

struct waiter {
	uint32_t member, thread;
	enum need need;
	bool alive, visited, on_path;
	size_t thread_needed;		/* NEED_THREAD: waiter */
	uint32_t member_needed;		/* NEED_MEMBER: any thread of it */
	bool by_fd, by_file_lock;
	uint64_t fd, to_fd;
};

struct owner {
	struct process_set public;
	struct arena arena;
	struct waiter *waiters;
	size_t n_waiters;
	size_t *first;			/* of each member, and behind the last */
	struct u64map by_tid;		/* waiter + 1 */
	size_t *path, n_path, steps;
};

static struct target *target_of(const struct owner *w, const struct waiter *x)
{
	return w->public.members[x->member].target;
}

/* --- what each thread needs ---------------------------------------------------------------------- */

/* The only other member that has the other end; false: none has, or several have. */
static bool find_other_end(const struct owner *w, const struct dump_handle *h, struct waiter *x)
{
	size_t found = 0;

	for (size_t m = 0; m < w->public.n; m++) {
		const struct dump_handle *other = descriptor_other_end(w->public.members[m].target, h);

		/* an eventfd is told by nothing that another process has too */
		if (!other || other == h)
			continue;
		if (m == x->member) /* that it has itself counts when nobody else has it */
			continue;
		x->member_needed = (uint32_t)m;
		x->to_fd = other->handle;
		found++;
	}
	return found == 1;
}

/* The member that has the lock on the file. */
static bool find_locker(const struct owner *w, uint64_t fd, struct waiter *x)
{
	const struct dump_handle *h = descriptor_of(target_of(w, x), fd);

	for (size_t m = 0; h && h->locked_by && m < w->public.n; m++)
		if (w->public.members[m].pid == h->locked_by && m != x->member) {
			x->member_needed = (uint32_t)m;
			return true;
		}
	return false;
}

/* All children are members, and there is one. */
static bool find_child(const struct owner *w, struct waiter *x)
{
	uint32_t pid = w->public.members[x->member].pid;
	uint64_t ppid = 0, children = 0;
	size_t found = 0;

	for (size_t m = 0; m < w->public.n; m++)
		if (limits_value(w->public.members[m].target, "process.ppid", &ppid) && ppid == pid) {
			x->member_needed = (uint32_t)m;
			found++;
		}
	return found == 1 && limits_value(target_of(w, x), "process.children", &children) && children == 1;
}

/* The thread of another member that holds what this one waits for. */
static bool find_holder(const struct owner *w, const struct wait_graph *g, struct waiter *x)
{
	const struct wait_edge *e = g->nodes[x->thread].next;
	const struct wait_node *holder = e && g->nodes[e->to].next ? &g->nodes[g->nodes[e->to].next->to] : NULL;
	uintptr_t found;

	if (!holder || holder->kind != WAIT_THREAD || g->nodes[e->to].kind != WAIT_LOCK)
		return false;
	found = (uintptr_t)u64map_get(&w->by_tid, holder->tid);
	if (!found || found - 1 == (size_t)(x - w->waiters))
		return false;
	x->need = NEED_THREAD;
	x->thread_needed = found - 1;
	return true;
}

static void need_outside(const struct owner *w, const struct wait_graph *g, struct waiter *x)
{
	const struct dump_handle *h;
	struct linux_syscall s = { 0 };
	bool certain = false;

	if (err_ignore(linux_syscall_of(target_of(w, x), g->nodes[x->thread].thread, &s, &certain)) || !certain)
		return;
	if (s.call == CALL_FUTEX) {
		(void)find_holder(w, g, x);
	} else if (s.call == CALL_CHILD) {
		x->need = find_child(w, x) ? NEED_MEMBER : NEED_NOTHING;
	} else if (s.call == CALL_FLOCK || s.call == CALL_LOCK) {
		x->need = find_locker(w, s.args[0], x) ? NEED_MEMBER : NEED_NOTHING;
		x->by_file_lock = x->need == NEED_MEMBER;
		x->fd = s.args[0];
	} else if (s.call == CALL_READ || s.call == CALL_WRITE) {
		h = descriptor_of(target_of(w, x), s.args[0]);
		x->by_fd = h && find_other_end(w, h, x);
		x->fd = s.args[0];
		x->need = x->by_fd ? NEED_MEMBER : NEED_NOTHING;
	}
}

static void need_inside(const struct owner *w, const struct wait_graph *g, struct waiter *x)
{
	const struct wait_node *to = &g->nodes[g->nodes[x->thread].next->to];

	if (find_holder(w, g, x))
		return;
	x->need = NEED_MEMBER;
	x->member_needed = x->member;
	if (to->kind != WAIT_THREAD)
		return;
	x->need = to->thread ? NEED_THREAD : NEED_NOTHING;
	x->thread_needed = to->thread ? w->first[x->member] + to->thread->index : 0;
}

static void find_need(const struct owner *w, const struct wait_graph *g, const struct prospects *p, struct waiter *x)
{
	switch (p->of[x->thread]) {
	case PROSPECT_GOES_ON:
	case PROSPECT_LATER: break;
	case PROSPECT_OUTSIDE: need_outside(w, g, x); break;
	case PROSPECT_INSIDE: need_inside(w, g, x); break;
	case PROSPECT_SIGNAL:
	case PROSPECT_NEVER:
	case PROSPECT_ENDED:
	case N_PROSPECTS: x->need = NEED_NEVER; break;
	}
}

/* --- life ------------------------------------------------------------------------------------------ */

static bool any_alive(const struct owner *w, size_t member)
{
	for (size_t i = w->first[member]; i < w->first[member + 1]; i++)
		if (w->waiters[i].alive)
			return true;
	return false;
}

/* Whether something came to life. */
static bool spread(struct owner *w, bool *member_alive)
{
	bool changed = false;

	for (size_t m = 0; m < w->public.n; m++)
		member_alive[m] = any_alive(w, m);
	for (size_t i = 0; i < w->n_waiters; i++) {
		struct waiter *x = &w->waiters[i];

		if (x->alive)
			continue;
		x->alive = x->need == NEED_NOTHING || (x->need == NEED_THREAD && w->waiters[x->thread_needed].alive) ||
			   (x->need == NEED_MEMBER && member_alive[x->member_needed]);
		changed |= x->alive;
	}
	return changed;
}

static struct err *find_life(struct owner *w)
{
	bool *member_alive = ARENA_NEW_N(&w->arena, bool, w->public.n);
	size_t rounds = 0;

	if (!member_alive)
		return err_nomem();
	while (spread(w, member_alive)) {
		TRY(cancel_check());
		if (++rounds < MAX_ROUNDS)
			continue;
		for (size_t i = 0; i < w->n_waiters; i++)
			w->waiters[i].alive = true; /* not known */
		break;
	}
	return NULL;
}

/* --- rings ------------------------------------------------------------------------------------------ */

/* The member that it waits for; NONE: it waits for its own, or for nobody. */
static long other_member(const struct owner *w, const struct waiter *x)
{
	uint32_t to = x->need == NEED_THREAD ? w->waiters[x->thread_needed].member : x->member_needed;

	return x->alive || (x->need != NEED_THREAD && x->need != NEED_MEMBER) || to == x->member ? NONE : (long)to;
}

/* Follows the line of a stuck thread inside its member to the one that waits for another member, or for any of its own
 * member (*ret_any). False: it leads nowhere. */
static bool leave(const struct owner *w, size_t i, size_t *ret, bool *ret_any)
{
	for (size_t steps = 0; steps < w->n_waiters; steps++) {
		const struct waiter *x = &w->waiters[i];

		*ret = i;
		*ret_any = x->need == NEED_MEMBER && x->member_needed == x->member;
		if (*ret_any || other_member(w, x) != NONE)
			return true;
		if (x->need != NEED_THREAD)
			return false;
		i = x->thread_needed;
	}
	return false;
}

static struct set_link link_of(const struct owner *w, const struct waiter *x)
{
	const struct waiter *holder = x->need == NEED_THREAD ? &w->waiters[x->thread_needed] : NULL;

	return (struct set_link){ .member = x->member, .thread = x->thread, .to = holder ? holder->member : x->member_needed,
				  .by_lock = holder, .to_thread = holder ? holder->thread : 0, .by_fd = x->by_fd,
				  .by_file_lock = x->by_file_lock, .fd = x->fd, .to_fd = x->to_fd };
}

/* The path from where it was entered first; the lowest member stands first. */
static void keep_ring(struct owner *w, size_t start)
{
	struct set_ring *r = &w->public.rings[w->public.n_rings];
	size_t n = w->n_path - start, lowest = 0;

	if (n < 2 || n > SET_MOST_LINKS || w->public.n_rings == SET_MOST_RINGS)
		return;
	for (size_t i = 0; i < n; i++)
		if (w->waiters[w->path[start + i]].member < w->waiters[w->path[start + lowest]].member)
			lowest = i;
	for (size_t i = 0; i < n; i++)
		r->links[i] = link_of(w, &w->waiters[w->path[start + (lowest + i) % n]]);
	r->n = n;
	w->public.n_rings++;
}

/* Where on the path a waiter is. */
static size_t place_of(const struct owner *w, size_t i)
{
	size_t k = 0;

	while (k < w->n_path && w->path[k] != i)
		k++;
	return k;
}

static bool may_enter(struct owner *w, size_t i)
{
	struct waiter *x = &w->waiters[i];

	if (x->on_path)
		keep_ring(w, place_of(w, i));
	return !x->visited && other_member(w, x) != NONE;
}

/* The next waiter of `member` from *from on that may be entered: `only` it, unless that is n_waiters. */
static bool next_of(struct owner *w, size_t member, size_t only, size_t *from)
{
	for (; *from < w->first[member + 1]; (*from)++) {
		w->steps++;
		if ((only == w->n_waiters || *from == only) && may_enter(w, *from))
			return true;
	}
	return false;
}

/* Which waiters of the other member it leads to: one (`only`), or all. False: to none. */
static bool leads_to(const struct owner *w, const struct waiter *x, size_t *ret_only)
{
	bool any = true;

	*ret_only = w->n_waiters;
	if (x->need == NEED_THREAD && !leave(w, x->thread_needed, ret_only, &any))
		return false;
	if (any)
		*ret_only = w->n_waiters;
	return true;
}

static void enter(struct owner *w, size_t i, size_t *at)
{
	struct waiter *x = &w->waiters[i];
	long to = other_member(w, x);

	x->visited = x->on_path = true;
	w->path[w->n_path] = i;
	at[w->n_path++] = w->first[to];
}

static void search(struct owner *w, size_t start, size_t *at)
{
	w->n_path = 0;
	enter(w, start, at);
	while (w->n_path) {
		struct waiter *x = &w->waiters[w->path[w->n_path - 1]];
		size_t only = 0, *from = &at[w->n_path - 1], to = (size_t)other_member(w, x);

		/* a lock may be held by a thread whose line ends in a third member */
		if (w->steps < MAX_STEPS && leads_to(w, x, &only) &&
		    (only == w->n_waiters || w->waiters[only].member == to) && next_of(w, to, only, from)) {
			enter(w, (*from)++, at);
			continue;
		}
		x->on_path = false;
		w->n_path--;
	}
}

static struct err *find_rings(struct owner *w)
{
	size_t *at = ARENA_NEW_N(&w->arena, size_t, w->n_waiters + 1);

	w->path = ARENA_NEW_N(&w->arena, size_t, w->n_waiters + 1);
	w->public.rings = ARENA_NEW_N(&w->arena, struct set_ring, SET_MOST_RINGS);
	if (!at || !w->path || !w->public.rings)
		return err_nomem();
	for (size_t i = 0; i < w->n_waiters; i++) {
		TRY(cancel_check());
		if (!w->waiters[i].visited && other_member(w, &w->waiters[i]) != NONE)
			search(w, i, at);
	}
	return NULL;
}

bool process_set_has_thread(const struct process_set *set, size_t but, uint32_t tid)
{
	const struct owner *w = (const struct owner *)set;
	uintptr_t found = (uintptr_t)u64map_get(&w->by_tid, tid);

	return found && w->waiters[found - 1].member != but;
}

bool set_ring_has(const struct set_ring *r, size_t member)
{
	for (size_t i = 0; i < r->n; i++)
		if (r->links[i].member == member)
			return true;
	return false;
}

/* --- the whole --------------------------------------------------------------------------------------- */

static struct err *number_threads(struct owner *w)
{
	struct thread *threads;

	w->first = ARENA_NEW_N(&w->arena, size_t, w->public.n + 1);
	if (!w->first)
		return err_nomem();
	for (size_t m = 0; m < w->public.n; m++)
		w->first[m + 1] = w->first[m] + target_threads(w->public.members[m].target, &threads);
	w->n_waiters = w->first[w->public.n];
	w->waiters = ARENA_NEW_N(&w->arena, struct waiter, w->n_waiters + 1);
	if (!w->waiters)
		return err_nomem();
	for (size_t m = 0; m < w->public.n; m++) {
		size_t n = target_threads(w->public.members[m].target, &threads);

		for (size_t i = 0; i < n; i++) {
			w->waiters[w->first[m] + i] = (struct waiter){ .member = (uint32_t)m, .thread = (uint32_t)i };
			if (!u64map_has(&w->by_tid, threads[i].tid) &&
			    !u64map_put(&w->by_tid, threads[i].tid, (void *)(uintptr_t)(w->first[m] + i + 1)))
				return err_nomem();
		}
	}
	return NULL;
}

static struct err *find_needs(struct owner *w)
{
	for (size_t m = 0; m < w->public.n; m++) {
		const struct wait_graph *g = NULL;
		const struct prospects *p = NULL;

		TRY(facts_wait_graph(w->public.members[m].facts, &g));
		TRY(facts_prospects(w->public.members[m].facts, &p));
		for (size_t i = w->first[m]; i < w->first[m + 1]; i++) {
			TRY(cancel_check());
			find_need(w, g, p, &w->waiters[i]);
		}
	}
	return NULL;
}

static struct err *build(struct owner *w, const struct set_member *v, size_t n)
{
	if (n > SET_MOST_MEMBERS)
		return err_new(ERR_UNSUPPORTED, "a set of %zu processes: more than %d are not looked at together", n, SET_MOST_MEMBERS);
	w->public.members = ARENA_NEW_N(&w->arena, struct set_member, n + 1);
	if (!w->public.members)
		return err_nomem();
	for (size_t i = 0; i < n; i++) {
		w->public.members[i] = v[i];
		w->public.members[i].facts = NULL;
	}
	w->public.n = n;
	for (size_t i = 0; i < n; i++)
		TRY(facts_create(v[i].target, &w->public.members[i].facts));
	TRY(number_threads(w));
	TRY(find_needs(w));
	TRY(find_life(w));
	return find_rings(w);
}

struct err *process_set_create(const struct set_member *v, size_t n, struct process_set **ret)
{
	struct owner *w = calloc(1, sizeof(*w));
	struct err *e;

	if (!w)
		return err_nomem();
	w->arena.limit = MEMORY_LIMIT;
	w->by_tid = (struct u64map)U64MAP_INIT;
	e = build(w, v, n);
	if (e) {
		process_set_destroy(&w->public);
		return e;
	}
	*ret = &w->public;
	return NULL;
}

void process_set_destroy(struct process_set *set)
{
	struct owner *w = (struct owner *)set;

	if (!w)
		return;
	for (size_t i = 0; i < w->public.n; i++)
		facts_destroy(w->public.members[i].facts);
	u64map_deinit(&w->by_tid);
	arena_deinit(&w->arena);
	free(w);
}
