/* SPDX-License-Identifier: MIT */
/*
 * Waits of Linux threads: futex objects (os/linux/futex.h), and reads, writes and
 * file locks on descriptors. Which process is at the other end of a pipe, or
 * holds a file lock, a dump of one process does not tell, unless it is this one:
 * those are objects without an owner.
 */
#include "pattern/wait_graph_impl.h"

#include "os/linux/descriptor.h"
#include "os/linux/syscall.h"
#include "pattern/limits.h"

#include <inttypes.h>

static unsigned sure_of(enum futex_evidence evidence)
{
	switch (evidence) {
	case EVIDENCE_FRAME:
	case EVIDENCE_CALL: return 98;
	case EVIDENCE_CONTENT: return 90;
	case EVIDENCE_NONE: break;
	}
	return 50;
}

static const char *known_by(struct wait_builder *b, const struct futex_wait *w, enum futex_evidence best)
{
	const char *text;

	if (w->evidence == EVIDENCE_FRAME) {
		text = arena_printf(b->arena, "its futex call and %s on its stack", w->function);
		return text ? text : "";
	}
	if (best == EVIDENCE_CONTENT)
		return "its futex call, and what the word belongs to by its contents";
	return "its futex call";
}

/* A normal mutex that its owner locks again is never had; glibc's other kinds
 * count (1) or answer with an error (2). */
static bool is_plain(const struct futex_lock *l)
{
	return l->object == FUTEX_MUTEX && l->fields_known && l->mutex_kind != 1 && l->mutex_kind != 2;
}

static bool has_owner_by_nature(const struct futex_lock *l)
{
	return l->object == FUTEX_MUTEX || l->object == FUTEX_RWLOCK || l->object == FUTEX_LOW_LEVEL ||
	       l->object == FUTEX_OWNERLESS || l->object == FUTEX_ONCE || l->object == FUTEX_GUARD;
}

/* Where its word says that nobody has it; 0: somebody has, or that is not known. */
static uint64_t free_at(const struct futex_lock *l)
{
	if (l->object == FUTEX_LOW_LEVEL)
		return l->first->word_known && !l->first->word ? l->address : 0;
	if (l->object == FUTEX_SEM)
		return l->value ? l->address : 0;
	return l->object == FUTEX_MUTEX && l->fields_known && !l->locked ? l->address : 0;
}

static struct err *lock_node(struct wait_builder *b, const struct futex_lock *l, size_t *ret)
{
	struct wait_node n = {
		.kind = has_owner_by_nature(l) ? WAIT_LOCK : WAIT_OBJECT,
		.address = l->address,
		.type = futex_object_name(l->object),
		.name = wait_symbol(b, l->address),
		.function = "",
		.owner_at = l->owner_tid ? l->owner_at : 0,
		.owner_size = 4,
		.unread = !l->fields_known && (l->object == FUTEX_MUTEX || l->object == FUTEX_RWLOCK),
		.abandoned = l->owner_died,
		.free_at = free_at(l),
		.plain = is_plain(l),
		.is_barrier = l->object == FUTEX_BARRIER,
		.is_private = l->object == FUTEX_FUTURE || l->object == FUTEX_GUARD,
		.arrived = l->arrived,
		.needed = l->needed,
		.passed = l->passed,
		.needed_at = l->needed_at,
		.arrived_at = l->arrived_at,
	};
	bool is_new;

	return wait_object_node(b, &n, ret, &is_new);
}

static struct err *add_owner(struct wait_builder *b, const struct futex_lock *l, size_t lock)
{
	struct wait_edge e = { .from = lock, .owned = true, .decisive = true, .sure = sure_of(l->evidence),
			       .known_by = "the lock's owner field" };

	if (!l->fields_known || !l->owner_tid || l->object == FUTEX_JOIN)
		return NULL;
	TRY(wait_thread_node(b, l->owner_tid, &e.to));
	return wait_add_edge(b, &e);
}

/* A thread that is joined is waited for itself: there is nothing between. */
static struct err *add_lock(struct wait_builder *b, const struct futex_lock *l)
{
	bool joins = l->object == FUTEX_JOIN && l->owner_tid;
	size_t to = 0;

	if (joins)
		TRY(wait_thread_node(b, l->owner_tid, &to));
	else
		TRY(lock_node(b, l, &to));
	for (size_t i = 0; i < l->n_waiters; i++) {
		struct wait_edge e = { .from = l->waiters[i]->index, .to = to, .decisive = true,
				       .sure = sure_of(l->first[i].evidence > l->evidence ? l->first[i].evidence
											  : l->evidence),
				       .known_by = known_by(b, &l->first[i], l->evidence) };

		TRY(wait_add_edge(b, &e));
	}
	if (!joins && b->nodes.v[to].unread) {
		b->n_blind += l->n_waiters;
		TRY(wait_add_unread(b, "%s at 0x%" PRIx64 ": its memory is not in the dump (threads that wait for it: %zu)",
				    futex_object_name(l->object), l->address, l->n_waiters));
	}
	if (l->object == FUTEX_ONCE || l->object == FUTEX_GUARD)
		return wait_once_owner(b, l, to);
	return joins ? NULL : add_owner(b, l, to);
}

/* --- descriptors ----------------------------------------------------------------------- */

static const char *call_text(enum linux_call call)
{
	switch (call) {
	case CALL_READ: return "reads from";
	case CALL_WRITE: return "writes to";
	case CALL_ACCEPT: return "accepts connections of";
	case CALL_FLOCK:
	case CALL_LOCK: return "waits for a lock on";
	case CALL_CONNECT: return "waits to be connected by";
	case CALL_CHILD:
	case CALL_FUTEX:
	case CALL_SLEEP:
	case CALL_POLL:
	case CALL_SIGNAL:
	case CALL_OTHER: break;
	}
	return NULL;
}

/* Children may have inherited the other end, and others may have been given it. */
static bool may_be_elsewhere(struct target *t)
{
	uint64_t children = 0;

	return (limits_value(t, "process.children", &children) && children) || descriptor_may_be_passed(t);
}

static struct err *add_descriptor(struct wait_builder *b, struct thread *th)
{
	struct linux_syscall s = { 0 };
	struct wait_edge e = { .from = th->index, .decisive = true };
	struct wait_node n = { .kind = WAIT_OBJECT, .is_handle = true, .function = "" };
	const struct dump_handle *h, *other;
	bool certain = false, is_new;

	if (err_ignore(linux_syscall_of(b->t, th, &s, &certain)) || !certain || !call_text(s.call))
		return NULL;
	h = descriptor_of(b->t, s.args[0]);
	n.address = s.args[0];
	n.type = h && *h->type ? h->type : "descriptor";
	n.name = !h ? "" : h->detail && *h->detail ? h->detail : h->name;
	other = h && (s.call == CALL_READ || s.call == CALL_WRITE) && !may_be_elsewhere(b->t) ? descriptor_other_end(b->t, h) : NULL;
	n.is_inside = other;
	n.other_end = other ? other->handle : 0;
	TRY(wait_object_node(b, &n, &e.to, &is_new));
	e.sure = 95;
	e.known_by = arena_printf(b->arena, "its system call: %s descriptor %llu", call_text(s.call),
				  (unsigned long long)s.args[0]);
	return e.known_by ? wait_add_edge(b, &e) : err_nomem();
}

struct err *wait_linux(struct wait_builder *b)
{
	struct futex_lock *locks = NULL;
	struct thread *threads;
	size_t n = 0, n_threads = target_threads(b->t, &threads);

	if (b->kernel)
		return NULL;
	if (target_facts(b->t)->os != OS_LINUX && target_facts(b->t)->os != OS_ANDROID)
		return NULL;
	TRY(futex_locks(b->t, b->arena, &locks, &n));
	for (size_t i = 0; i < n; i++)
		TRY(add_lock(b, &locks[i]));
	for (size_t i = 0; i < n_threads; i++)
		TRY(add_descriptor(b, &threads[i]));
	return NULL;
}
