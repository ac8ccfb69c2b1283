/* SPDX-License-Identifier: MIT */
/*
 * Waits of the tasks of a kernel (os/linux/kernel/lock.h). What a task waits for
 * that is no lock (a completion, a queue, a bit) is an object without an owner;
 * of a lock that readers hold the last one who came is followed only when there
 * is no other, and then it is an inference.
 */
#include "pattern/wait_graph_impl.h"

#include "os/linux/kernel/lock.h"
#include "os/linux/kernel/slab_of.h"
#include "target/kernel.h"

enum { MAX_TYPE = 80 };

static const char *type_of(struct wait_builder *b, const struct klock *l)
{
	const char *text = klock_kind_name(l->kind), *what = l->n_waiters ? l->waiters[0]->what : "";

	if (l->kind == KLOCK_BIT)
		text = arena_printf(b->arena, "bit %u of the %s", l->bit, l->is_page ? "page" : "word");
	else if ((l->kind == KLOCK_FUTEX || l->kind == KLOCK_FUTEX_PI) && l->n_waiters)
		text = arena_printf(b->arena, "%s (process %u)", text, l->pid);
	else if (l->kind == KLOCK_WAIT_QUEUE && *what)
		text = arena_printf(b->arena, "queue for %.*s", MAX_TYPE, what);
	return text;
}

/* What lies there, or what the memory was allocated as. */
static const char *symbol_of(struct wait_builder *b, uint64_t address)
{
	const char *name = wait_symbol(b, address);
	struct slab_object o;

	if (*name || !slab_object_at(b->t, b->arena, address, &o) || !o.object)
		return name;
	name = arena_printf(b->arena, "in an object of %s+0x%llx", o.name, (unsigned long long)(address - o.object));
	return name ? name : "";
}

static struct err *lock_node(struct wait_builder *b, const struct klock *l, size_t *ret)
{
	struct wait_node n = {
		.kind = klock_is_lock(l->kind) ? WAIT_LOCK : WAIT_OBJECT,
		.address = l->address,
		.space = l->mm,
		.type = type_of(b, l),
		.name = l->kind == KLOCK_FUTEX || l->kind == KLOCK_FUTEX_PI ? "" : symbol_of(b, l->address),
		.function = "",
		.owner_at = l->owner && !l->owner_is_hint ? l->owner_at : 0,
		.owner_size = l->owner_size,
		.unread = l->unread,
		.abandoned = l->owner && !l->owner_thread && !l->corrupt && !l->owner_is_hint,
		.free_at = l->is_free && klock_is_lock(l->kind) ? l->owner_at ? l->owner_at : l->state_at : 0,
		.state_at = l->state_at,
		.state_size = l->state_size,
		.state = l->state,
		.plain = l->kind != KLOCK_FUTEX,
		.corrupt = l->corrupt,
	};
	bool is_new;

	return n.type ? wait_object_node(b, &n, ret, &is_new) : err_nomem();
}

static struct err *add_owner(struct wait_builder *b, const struct klock *l, size_t lock)
{
	struct wait_edge e = { .from = lock, .owned = true, .sure = l->owner_sure, .known_by = l->owner_known_by };

	if (!l->owner_thread)
		return NULL;
	e.to = l->owner_thread->index;
	e.decisive = !l->owner_is_hint || l->readers == 1;
	return wait_add_edge(b, &e);
}

static struct err *add_lock(struct wait_builder *b, const struct klock *l)
{
	size_t to = 0;

	TRY(lock_node(b, l, &to));
	for (size_t i = 0; i < l->n_waiters; i++) {
		const struct klock_waiter *w = l->waiters[i];
		struct wait_edge e = { .from = w->thread->index, .to = to, .decisive = true, .sure = w->sure, .known_by = w->known_by };

		TRY(wait_add_edge(b, &e));
	}
	if (l->unread) {
		b->n_blind += l->n_waiters;
		TRY(wait_add_unread(b, "%s at 0x%llx: its memory is not in the dump (threads that wait for it: %zu)", klock_kind_name(l->kind),
				    (unsigned long long)l->address, l->n_waiters));
	}
	return add_owner(b, l, to);
}

struct err *wait_kernel(struct wait_builder *b)
{
	struct klocks *locks = ARENA_NEW(b->arena, struct klocks);

	if (!target_kernel(b->t))
		return NULL;
	if (!locks)
		return err_nomem();
	TRY(kernel_locks(b->t, b->arena, locks));
	for (size_t i = 0; i < locks->n_waits && i < b->nodes.n; i++)
		if (*locks->waits[i].function)
			b->nodes.v[i].function = locks->waits[i].function;
	for (size_t i = 0; i < locks->n; i++)
		TRY(add_lock(b, &locks->v[i]));
	if (locks->n_blind)
		TRY(wait_add_unread(b, "what %zu tasks wait for: their stacks are not in the dump", locks->n_blind));
	b->n_blind += locks->n_blind;
	b->kernel = locks;
	return NULL;
}
