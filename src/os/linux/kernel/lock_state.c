/* SPDX-License-Identifier: MIT */
/*
 * Locks of a kernel: who has them, as their own words say. See lock.h.
 *
 * mutex.owner: the task; bit 0 waiters, 1 and 2 hand-over. rw_semaphore.count: bit
 * 0 a writer, bit 1 waiters, bit 2 hand-over, from bit 8 on the readers; its owner:
 * the task, bit 0 "of a reader". An rt_mutex's owner: the task, bit 0 waiters.
 * rwbase_rt.readers (PREEMPT_RT): READER_BIAS (1 << 31) while no writer came, minus
 * that while one waits, WRITER_BIAS (1 << 30) when one has it.
 * Sources: the comments in kernel/locking/{mutex,rwsem,rtmutex,rwbase_rt}.c of Linux.
 */
#include "os/linux/kernel/lock_impl.h"

#include <inttypes.h>
#include <stddef.h>

enum { FLAGS = 7, RWSEM_WRITER = 1, RWSEM_WAITERS = 2, RWSEM_READERS = 8, RWSEM_OF_READER = 1 };

struct words {
	uint64_t has;
	uint64_t owner, owner_at, count, count_at, state, state_at, readers_at;
};
#define AT(member) offsetof(struct words, member)

static const struct bind_member mutex_members[] = {
	{ "owner", AT(owner), BIND_UINT, true },
	{ "owner", AT(owner_at), BIND_ADDRESS_OF, true },
	{ "rtmutex.owner", AT(count), BIND_UINT, true },	/* PREEMPT_RT */
	{ "rtmutex.owner", AT(count_at), BIND_ADDRESS_OF, true },
	{ NULL },
};
static const struct bind_member rwsem_members[] = {
	{ "owner", AT(owner), BIND_UINT, true },
	{ "owner", AT(owner_at), BIND_ADDRESS_OF, true },
	{ "count", AT(count), BIND_INT, true },
	{ "count", AT(count_at), BIND_ADDRESS_OF, true },
	{ "rwbase.rtmutex.owner", AT(state), BIND_UINT, true },	/* PREEMPT_RT */
	{ "rwbase.rtmutex.owner", AT(state_at), BIND_ADDRESS_OF, true },
	{ "rwbase.readers", AT(readers_at), BIND_ADDRESS_OF, true },
	{ NULL },
};
static const struct bind_member rt_members[] = {
	{ "rtmutex.owner", AT(owner), BIND_UINT, true },	/* 5.15 */
	{ "rtmutex.owner", AT(owner_at), BIND_ADDRESS_OF, true },
	{ "owner", AT(count), BIND_UINT, true },
	{ "owner", AT(count_at), BIND_ADDRESS_OF, true },
	{ NULL },
};
static const struct bind_member spinlock_members[] = {
	{ "lock.owner", AT(owner), BIND_UINT, true },
	{ "lock.owner", AT(owner_at), BIND_ADDRESS_OF, true },
	{ NULL },
};
static const struct bind_member rwlock_members[] = {
	{ "rwbase.rtmutex.owner", AT(state), BIND_UINT, true },
	{ "rwbase.rtmutex.owner", AT(state_at), BIND_ADDRESS_OF, true },
	{ "rwbase.readers", AT(readers_at), BIND_ADDRESS_OF, true },
	{ NULL },
};
static const struct bind_member semaphore_members[] = {
	{ "count", AT(count), BIND_UINT, true },
	{ "count", AT(count_at), BIND_ADDRESS_OF, true },
	{ "last_holder", AT(owner), BIND_UINT, true },	/* 6.16, with CONFIG_DETECT_HUNG_TASK_BLOCKER */
	{ "last_holder", AT(owner_at), BIND_ADDRESS_OF, true },
	{ NULL },
};
static const struct bind_member percpu_members[] = {
	{ "block", AT(state_at), BIND_ADDRESS_OF, true },
	{ "read_count", AT(count), BIND_UINT, true },
	{ "writer.task", AT(owner), BIND_UINT, true },
	{ "writer.task", AT(owner_at), BIND_ADDRESS_OF, true },
	{ NULL },
};
static const struct bind_member completion_members[] = {
	{ "done", AT(count), BIND_UINT, true },
	{ "done", AT(count_at), BIND_ADDRESS_OF, true },
	{ NULL },
};

uint64_t klock_member(struct target *t, const char *type, const char *path)
{
	struct binding b = { "vmlinux", type, NULL };
	uint64_t offset = 0;

	return err_ignore(bind_offset(t, HALF_NATIVE, &b, path, &offset)) ? (uint64_t)KLOCK_NOWHERE : offset;
}

bool klock_word(const struct klock_search *s, uint64_t address, uint64_t *ret)
{
	return arch_read_uint(s->memory, address, 8, ret);
}

static const char *text(const struct klock_search *s, const char *fmt, uint64_t n)
{
	const char *t = NULL;

	if (n != 1)
		t = arena_printf(s->a, "held by %" PRIu64 " %ss", n, fmt);
	else
		t = arena_printf(s->a, "held by a %s", fmt);
	return t ? t : "";
}

/* An owner that is no task of the kernel: it ended, or these are not its bytes. */
static void take_owner(const struct klock_search *s, struct klock *l, uint64_t word, uint64_t at, uint64_t flags)
{
	l->owner = word & ~flags;
	l->owner_at = at;
	l->owner_size = 8;
	l->owner_sure = 98;
	l->owner_known_by = "the lock's owner field";
	l->owner_thread = sched_thread(s->t, &s->tasks, l->owner);
	l->is_free = !l->owner;
	if (l->owner && l->owner >> 56 != 0xff)
		l->corrupt = "its owner is no address of the kernel";
}

static void fill_mutex(const struct klock_search *s, struct klock *l, const struct words *w)
{
	if (w->has & 1)
		take_owner(s, l, w->owner, w->owner_at, FLAGS);
	else if (w->has & 4)
		take_owner(s, l, w->count, w->count_at, 1);
	else
		l->unread = true;
}

static void fill_readers(const struct klock_search *s, struct klock *l, const struct words *w)
{
	l->state_at = w->count_at;
	l->state_size = 8;
	l->state = text(s, "reader", l->readers);
	if (!(w->has & 1) || !(w->owner & RWSEM_OF_READER) || !(w->owner & ~(uint64_t)FLAGS))
		return;
	take_owner(s, l, w->owner, w->owner_at, FLAGS);
	l->is_free = false;
	l->owner_is_hint = true;
	l->owner_sure = 60;
	l->owner_known_by = "the field that keeps the last reader that came, who may have left";
}

static void fill_rwbase(const struct klock_search *s, struct klock *l, const struct words *w)
{
	enum { WRITER = 1 << 30 };
	uint64_t readers = 0;

	if (!arch_read_uint(s->memory, w->readers_at, 4, &readers)) {
		l->unread = true;
		return;
	}
	if (readers == WRITER) {
		take_owner(s, l, w->state, w->state_at, 1);
		return;
	}
	l->readers = readers & 0x3fffffff;
	l->state_at = w->readers_at;
	l->state_size = 4;
	l->state = text(s, "reader", l->readers);
	l->is_free = !l->readers;
}

static void fill_rwsem(const struct klock_search *s, struct klock *l, const struct words *w)
{
	if ((w->has & 16) && (w->has & 64)) {
		fill_rwbase(s, l, w);
	} else if (!(w->has & 4)) {
		l->unread = true;
	} else if (w->count & RWSEM_WRITER) {
		take_owner(s, l, w->owner, w->owner_at, FLAGS);
		l->is_free = false;	/* the count says so before the owner is written */
	} else if ((w->count & INT64_MAX) >> RWSEM_READERS) {
		l->readers = (w->count & INT64_MAX) >> RWSEM_READERS;
		fill_readers(s, l, w);
	} else {
		l->is_free = true;
		l->state_at = w->count_at;
		l->state_size = 8;
		l->state = "free";
	}
}

static void fill_rwlock(const struct klock_search *s, struct klock *l, const struct words *w)
{
	if ((w->has & 1) && (w->has & 4))
		fill_rwbase(s, l, w);
	else
		l->unread = true;
}

static void fill_rt(const struct klock_search *s, struct klock *l, const struct words *w)
{
	if (w->has & 1)
		take_owner(s, l, w->owner, w->owner_at, 1);
	else if (w->has & 4)
		take_owner(s, l, w->count, w->count_at, 1);
	else
		l->unread = true;
}

/* Readers count on their own processor, and may leave on another: only the sum means something. */
static uint64_t percpu_readers(const struct klock_search *s, uint64_t variable)
{
	struct kernel *k = target_kernel(s->t);
	uint64_t sum = 0, v = 0, at;

	for (unsigned i = 0; i < kernel_cpus(k); i++) {
		at = kernel_percpu(k, variable, i);
		if (at && arch_read_uint(s->memory, at, 4, &v))
			sum += v;
	}
	return sum & UINT32_MAX;
}

static void fill_percpu(const struct klock_search *s, struct klock *l, const struct words *w)
{
	uint64_t block = 0;

	l->readers = w->has & 2 ? percpu_readers(s, w->count) : 0;
	if (!(w->has & 1) || !arch_read_uint(s->memory, w->state_at, 4, &block)) {
		l->unread = true;
		return;
	}
	l->state_at = w->state_at;
	l->state_size = 4;
	if (l->readers)
		l->state = text(s, "reader", l->readers);
	else
		l->state = block ? "held by a writer" : "free";
	l->is_free = !block && !l->readers;
	/* written down while it waits for the readers to leave, and no longer */
	if (block && (w->has & 4) && w->owner) {
		l->writer = w->owner;
		l->writer_thread = sched_thread(s->t, &s->tasks, w->owner);
	}
}

/* It may have left, or have let another give up what it took. */
void klock_last_holder(const struct klock_search *s, struct klock *l, uint64_t task, uint64_t at)
{
	if (l->is_free || !task)
		return;
	take_owner(s, l, task, at, 0);
	l->owner_is_hint = true;
	l->owner_sure = 60;
	l->owner_known_by = "the field that keeps the last holder that came, who may have left";
}

static void fill_count(const struct klock_search *s, struct klock *l, const struct words *w)
{
	if (!(w->has & 1)) {
		l->unread = true;
		return;
	}
	l->state_at = w->count_at;
	l->state_size = 4;
	l->is_free = w->count != 0;
	if (l->kind == KLOCK_COMPLETION) {
		l->state = w->count ? "complete" : "not complete";
		return;
	}
	l->state = w->count ? "free" : "taken";
	if (w->has & 4)
		klock_last_holder(s, l, w->owner, w->owner_at);
}

static const struct binding *binding_of(enum klock_kind kind)
{
	static const struct binding bindings[N_KLOCK_KINDS] = {
		[KLOCK_MUTEX] = { "vmlinux", "mutex", mutex_members },
		[KLOCK_RWSEM] = { "vmlinux", "rw_semaphore", rwsem_members },
		[KLOCK_RT_MUTEX] = { "vmlinux", "rt_mutex", rt_members },
		[KLOCK_SPINLOCK] = { "vmlinux", "spinlock", spinlock_members },
		[KLOCK_RWLOCK] = { "vmlinux", "rwlock_t", rwlock_members },
		[KLOCK_SEMAPHORE] = { "vmlinux", "semaphore", semaphore_members },
		[KLOCK_PERCPU_RWSEM] = { "vmlinux", "percpu_rw_semaphore", percpu_members },
		[KLOCK_COMPLETION] = { "vmlinux", "completion", completion_members },
	};

	return bindings[kind].type ? &bindings[kind] : NULL;
}

static void fill(const struct klock_search *s, struct klock *l, const struct words *w)
{
	switch (l->kind) {
	case KLOCK_MUTEX: fill_mutex(s, l, w); break;
	case KLOCK_RWSEM: fill_rwsem(s, l, w); break;
	case KLOCK_RT_MUTEX:
	case KLOCK_SPINLOCK: fill_rt(s, l, w); break;
	case KLOCK_RWLOCK: fill_rwlock(s, l, w); break;
	case KLOCK_PERCPU_RWSEM: fill_percpu(s, l, w); break;
	case KLOCK_SEMAPHORE:
	case KLOCK_COMPLETION: fill_count(s, l, w); break;
	case KLOCK_FUTEX:
	case KLOCK_FUTEX_PI:
	case KLOCK_BIT:
	case KLOCK_WAIT_QUEUE:
	case KLOCK_NONE:
	case N_KLOCK_KINDS: break;
	}
}

struct err *klock_fill(struct klock_search *s, struct klock *l)
{
	const struct binding *b = binding_of(l->kind);
	struct words w = { 0 };

	l->state = l->owner_known_by = "";
	if (l->kind == KLOCK_FUTEX || l->kind == KLOCK_FUTEX_PI)
		return klock_futex_owner(s, l);
	if (b)
		TRY(bind_read(s->t, HALF_NATIVE, b, l->address, &w));
	fill(s, l, &w);
	return NULL;
}
