/* SPDX-License-Identifier: MIT */
/*
 * Futex waits and glibc's lock objects: see futex.h.
 *
 * Facts: object layouts from glibc's public bits/struct_*.h by
 * way of the type pack; TID in the owner field and in the futex word of
 * priority-inheriting and robust mutexes (FUTEX_TID_MASK, futex(2)).
 */
#include "os/linux/futex.h"

#include "base/cancel.h"
#include "os/linux/syscall.h"
#include "target/bind.h"

#include <stdlib.h>
#include <string.h>

enum {
	FUTEX_CMD_MASK = 0x7f,
	FUTEX_PRIVATE = 0x80,
	FUTEX_WAIT_ = 0,
	FUTEX_LOCK_PI = 6,
	FUTEX_WAIT_BITSET = 9,
	FUTEX_WAIT_REQUEUE_PI = 11,
	FUTEX_LOCK_PI2 = 13,
	FUTEX_TID_MASK = 0x3fffffff,
	FUTEX_OWNER_DIED = 0x40000000,
	MAX_FRAMES_LOOKED_AT = 12,
	RWLOCK_PHASE_WORD = 8,	/* __wrphase_futex */
	RWLOCK_WRITERS_WORD = 12,
	RWLOCK_WORD_FLAGS = 3,	/* all that the two hold; __readers has a count above */
	BARRIER_ROUND_WORD = 4,	/* current_round */
	KIND_TYPE = 3,
	KIND_ROBUST = 0x10,
	KIND_INHERITS = 0x20,
	KIND_PROTECTS = 0x40,
	KIND_SHARED = 0x80,
	KIND_MASK = 0x3ff,	/* the above and two bits of lock elision */
};

/* The frame that names the object; first match from the innermost wins. */
static const struct {
	const char *prefix;
	enum futex_object object;
} functions[] = {
	{ "pthread_mutex_", FUTEX_MUTEX },	 { "__pthread_mutex_", FUTEX_MUTEX },
	{ "___pthread_mutex_", FUTEX_MUTEX },	 { "__GI___pthread_mutex_", FUTEX_MUTEX },
	{ "pthread_rwlock_", FUTEX_RWLOCK },	 { "__pthread_rwlock_", FUTEX_RWLOCK },
	{ "___pthread_rwlock_", FUTEX_RWLOCK },	 { "__GI___pthread_rwlock_", FUTEX_RWLOCK },
	{ "pthread_cond_", FUTEX_COND },	 { "__pthread_cond_", FUTEX_COND },
	{ "___pthread_cond_", FUTEX_COND },	 { "pthread_join", FUTEX_JOIN },
	{ "__pthread_clockjoin", FUTEX_JOIN },	 { "pthread_timedjoin", FUTEX_JOIN },
	{ "__pthread_join", FUTEX_JOIN },	 { "___pthread_join", FUTEX_JOIN },
	{ "sem_", FUTEX_SEM },			 { "__new_sem_", FUTEX_SEM },
	{ "do_futex_wait", FUTEX_SEM },		 { "pthread_barrier_", FUTEX_BARRIER },
	{ "___pthread_barrier_", FUTEX_BARRIER },{ "__pthread_barrier_", FUTEX_BARRIER },
	{ "pthread_once", FUTEX_ONCE },		 { "__pthread_once", FUTEX_ONCE },
	{ "malloc", FUTEX_LOW_LEVEL },		 { "__libc_malloc", FUTEX_LOW_LEVEL },
	{ "_int_malloc", FUTEX_LOW_LEVEL },	 { "free", FUTEX_LOW_LEVEL },
	{ "_IO_", FUTEX_LOW_LEVEL },		 { "__lll_lock_wait", FUTEX_UNKNOWN },
	{ "__cxa_guard_acquire", FUTEX_GUARD },	 { "std::__future_base::", FUTEX_FUTURE },
	{ "std::__atomic_futex_unsigned", FUTEX_FUTURE },
	{ "std::latch::", FUTEX_ATOMIC },	 { "std::barrier<", FUTEX_ATOMIC },
	{ "std::counting_semaphore<", FUTEX_ATOMIC }, { "std::__atomic_wait_", FUTEX_ATOMIC },
	{ "std::__detail::__platform_wait", FUTEX_ATOMIC },
	{ "std::__detail::__waiter", FUTEX_ATOMIC },
	{ "std::sys::sync::mutex::", FUTEX_OWNERLESS }, { "std::sys::sync::rwlock::", FUTEX_OWNERLESS },
	{ "std::sys::sync::once::", FUTEX_OWNERLESS }, { "std::sys::sync::condvar::", FUTEX_PARKED },
	{ "std::sys::sync::thread_parking::", FUTEX_PARKED },
	{ "runtime.notesleep", FUTEX_PARKED },	 { "runtime.notetsleep", FUTEX_PARKED },
	{ "runtime.lock", FUTEX_OWNERLESS },
};

/* Rust's own names are not spelt out: parts of them (RFC 2603: each name with its length before it). */
static const struct {
	const char *part;
	enum futex_object object;
} rust_functions[] = {
	{ "5mutex5futex", FUTEX_OWNERLESS },	 { "6rwlock5futex", FUTEX_OWNERLESS },
	{ "4once5futex", FUTEX_OWNERLESS },	 { "7condvar5futex", FUTEX_PARKED },
	{ "14thread_parking5futex", FUTEX_PARKED }, { "6Thread4park", FUTEX_PARKED },
};

struct mutex {
	uint64_t has;
	uint64_t lock, count, owner, kind;
};
static const struct bind_member mutex_members[] = {
	{ "__lock", offsetof(struct mutex, lock), BIND_INT, false },
	{ "__count", offsetof(struct mutex, count), BIND_UINT, false },
	{ "__owner", offsetof(struct mutex, owner), BIND_UINT, false },
	{ "__kind", offsetof(struct mutex, kind), BIND_INT, false },
	{ NULL },
};
static const struct binding mutex_binding = { "libc", "__pthread_mutex_s", mutex_members };

struct rwlock {
	uint64_t has;
	uint64_t readers, writers, cur_writer;
};
static const struct bind_member rwlock_members[] = {
	{ "__readers", offsetof(struct rwlock, readers), BIND_UINT, false },
	{ "__writers", offsetof(struct rwlock, writers), BIND_UINT, false },
	{ "__cur_writer", offsetof(struct rwlock, cur_writer), BIND_UINT, false },
	{ NULL },
};
static const struct binding rwlock_binding = { "libc", "__pthread_rwlock_arch_t", rwlock_members };

struct cond {
	uint64_t has;
	uint64_t signals, wrefs;
};
static const struct bind_member cond_members[] = {
	{ "__g_signals", offsetof(struct cond, signals), BIND_ADDRESS_OF, false },
	{ "__wrefs", offsetof(struct cond, wrefs), BIND_UINT, false },
	{ NULL },
};
static const struct binding cond_binding = { "libc", "__pthread_cond_s", cond_members };

struct barrier {
	uint64_t has;
	uint64_t in, current_round, count;
};
static const struct bind_member barrier_members[] = {
	{ "in", offsetof(struct barrier, in), BIND_UINT, false },
	{ "current_round", offsetof(struct barrier, current_round), BIND_UINT, false },
	{ "count", offsetof(struct barrier, count), BIND_UINT, false },
	{ NULL },
};
static const struct binding barrier_binding = { "libc", "pthread_barrier", barrier_members };

const char *futex_object_name(enum futex_object object)
{
	static const char *const names[] = {
		[FUTEX_UNKNOWN] = "futex",	[FUTEX_MUTEX] = "mutex",
		[FUTEX_RWLOCK] = "rwlock",	[FUTEX_COND] = "condition variable",
		[FUTEX_SEM] = "semaphore",	[FUTEX_BARRIER] = "barrier",
		[FUTEX_JOIN] = "thread exit",	[FUTEX_ONCE] = "once",
		[FUTEX_LOW_LEVEL] = "library lock", [FUTEX_FUTURE] = "future",
		[FUTEX_GUARD] = "guard of a static variable", [FUTEX_ATOMIC] = "atomic",
		[FUTEX_OWNERLESS] = "lock",	[FUTEX_PARKED] = "wake-up",
	};

	return names[object];
}

/* Who wakes others is not waiting: signals are sent with the lock held. */
bool futex_waits(uint64_t op)
{
	switch (op & FUTEX_CMD_MASK) {
	case FUTEX_WAIT_:
	case FUTEX_LOCK_PI:
	case FUTEX_WAIT_BITSET:
	case FUTEX_WAIT_REQUEUE_PI:
	case FUTEX_LOCK_PI2: return true;
	default: return false;
	}
}

static struct err *futex_call(struct target *t, struct thread *th, struct futex_wait *w)
{
	struct linux_syscall s = { 0 };
	bool certain;

	TRY(linux_syscall_of(t, th, &s, &certain));
	if (s.call != CALL_FUTEX || !futex_waits(s.args[1]))
		return err_new(ERR_NOTFOUND, "thread %u does not wait in a futex call", th->tid);
	*w = (struct futex_wait){
		.thread = th,
		.address = s.args[0],
		.op = (int)(s.args[1] & FUTEX_CMD_MASK),
		.is_private = s.args[1] & FUTEX_PRIVATE,
		.expected = (uint32_t)s.args[2],
	};
	return NULL;
}

/* The function that the call before a return address goes to; NULL: not known. A
 * library without its local names shows nothing else of its function. */
static const char *called_from(struct target *t, const struct frame *f)
{
	const struct arch_memory *m = target_memory(t);
	unsigned size = target_arch(t)->pointer_size;
	struct symbol_hit hit;
	uint64_t v, to;

	if (target_arch(t)->machine == MACHINE_ARM64) {
		if (!arch_read_uint(m, f->ip - 4, 4, &v) || v >> 26 != 0x25) /* bl */
			return NULL;
		to = f->ip - 4 + (uint64_t)((int64_t)(v << 38) >> 36);
	} else if (arch_read_uint(m, f->ip - 5, 1, &v) && v == 0xe8) { /* call rel32 */
		if (!arch_read_uint(m, f->ip - 4, 4, &v))
			return NULL;
		to = f->ip + (uint64_t)(int64_t)(int32_t)v;
	} else { /* call [rip+disp32] */
		if (size != 8 || !arch_read_uint(m, f->ip - 6, 2, &v) || v != 0x15ff ||
		    !arch_read_uint(m, f->ip - 4, 4, &v) ||
		    !arch_read_uint(m, f->ip + (uint64_t)(int64_t)(int32_t)v, size, &to))
			return NULL;
	}
	target_symbol_at(t, size == 4 ? to & UINT32_MAX : to, &hit);
	return hit.displacement ? NULL : hit.symbol.name;
}

static bool told(struct futex_wait *w, const char *name, enum futex_object object)
{
	w->object = object;
	w->evidence = EVIDENCE_FRAME;
	w->function = name;
	return true;
}

/* True: the name tells what is waited for. */
static bool tells(struct futex_wait *w, const char *name)
{
	for (size_t i = 0; name && str_starts(name, "_R") && i < ARRAY_SIZE(rust_functions); i++)
		if (strstr(name, rust_functions[i].part))
			return told(w, name, rust_functions[i].object);
	for (size_t i = 0; name && i < ARRAY_SIZE(functions); i++) {
		if (str_starts(name, functions[i].prefix) && functions[i].object != FUTEX_UNKNOWN)
			return told(w, name, functions[i].object);
	}
	return false;
}

static void look_at_frames(struct target *t, struct futex_wait *w)
{
	CLEANUP(arena_deinit) struct arena a = ARENA_INIT;
	struct stack_options options = { .max_frames = MAX_FRAMES_LOOKED_AT, .no_inlines = true };
	struct stack stack = { 0 };

	if (err_ignore(stack_walk(t, w->thread, &options, &a, &stack)))
		return;
	for (size_t i = 0; i < stack.n; i++) {
		const struct frame *f = &stack.frames[i];

		if (i && f->symbol.module != f[-1].symbol.module && tells(w, called_from(t, f)))
			return;
		if (tells(w, f->function))
			return;
	}
}

/* A contended mutex: lock word 2 (or a TID with waiters), an owner that is one
 * of our threads, and a kind within range. Chance matches are very unlikely. */
static bool looks_like_mutex(struct target *t, uint64_t address)
{
	struct mutex m;

	return !err_ignore(bind_read(t, HALF_NATIVE, &mutex_binding, address, &m)) && m.lock &&
	       m.owner && target_thread_by_tid(t, (uint32_t)m.owner) && m.kind <= KIND_MASK;
}

/* A reader or writer sleeps on one of two words inside the lock; a reader that
 * lets writers go first on the count of readers itself. */
static uint64_t rwlock_of(struct target *t, uint64_t word, uint32_t expected)
{
	struct thread *threads;
	size_t n = target_threads(t, &threads);

	if (expected & ~(uint32_t)RWLOCK_WORD_FLAGS)
		return word;
	for (unsigned offset = RWLOCK_PHASE_WORD; offset <= RWLOCK_WRITERS_WORD; offset += 4) {
		struct rwlock l;

		if (err_ignore(bind_read(t, HALF_NATIVE, &rwlock_binding, word - offset, &l)))
			continue;
		if ((l.cur_writer && target_thread_by_tid(t, (uint32_t)l.cur_writer)) ||
		    (!l.cur_writer && l.readers >> 3 && l.readers >> 3 <= n))
			return word - offset;
	}
	return word - RWLOCK_PHASE_WORD;
}

/* The condition variable of which `word` is one of two words of signals: its
 * waiters are counted, and a name may lie there. */
static uint64_t cond_of(struct target *t, uint64_t word)
{
	struct thread *threads;
	size_t n = target_threads(t, &threads);
	uint64_t offset = 0, found = word;
	struct symbol_hit hit;

	if (err_ignore(bind_offset(t, HALF_NATIVE, &cond_binding, "__g_signals", &offset)))
		return word;
	for (uint64_t i = 0; i < 2; i++) {
		uint64_t at = word - offset - 4 * i;
		struct cond c;

		if (at % target_arch(t)->pointer_size ||
		    err_ignore(bind_read(t, HALF_NATIVE, &cond_binding, at, &c)) || !(c.wrefs >> 3) ||
		    c.wrefs >> 3 > n)
			continue;
		target_symbol_at(t, at, &hit);
		if (hit.symbol.name && !hit.displacement)
			return at;
		if (found == word)
			found = at;
	}
	return found;
}

static uint64_t object_of(struct target *t, const struct futex_wait *w)
{
	if (w->object == FUTEX_RWLOCK)
		return rwlock_of(t, w->address, w->expected);
	if (w->object == FUTEX_COND)
		return cond_of(t, w->address);
	/* the destruction of a barrier waits on its first word */
	if (w->object == FUTEX_BARRIER && !(w->function && strstr(w->function, "destroy")))
		return w->address - BARRIER_ROUND_WORD;
	return w->address;
}

struct err *futex_wait_of(struct target *t, struct thread *th, struct futex_wait *ret)
{
	struct futex_wait w = { 0 };
	uint64_t word;

	TRY(futex_call(t, th, &w));
	if (arch_read_uint(target_memory(t), w.address, 4, &word)) {
		w.word_known = true;
		w.word = (uint32_t)word;
	}
	look_at_frames(t, &w);
	if (w.object == FUTEX_UNKNOWN && looks_like_mutex(t, w.address)) {
		w.object = FUTEX_MUTEX;
		w.evidence = EVIDENCE_CONTENT;
	}
	if (w.object == FUTEX_UNKNOWN && (w.op == FUTEX_LOCK_PI || w.op == FUTEX_LOCK_PI2)) {
		w.object = FUTEX_MUTEX;
		w.evidence = EVIDENCE_CALL;
	}
	w.object_address = object_of(t, &w);
	*ret = w;
	return NULL;
}

static unsigned attributes_of(uint64_t kind)
{
	/* glibc marks every robust mutex as shared */
	bool shared = (kind & KIND_SHARED) && !(kind & KIND_ROBUST);

	return (kind & KIND_ROBUST ? MUTEX_ROBUST : 0u) | (kind & KIND_INHERITS ? MUTEX_INHERITS : 0u) |
	       (kind & KIND_PROTECTS ? MUTEX_PROTECTS : 0u) | (shared ? MUTEX_SHARED : 0u);
}

static uint64_t member_at(struct target *t, const struct binding *b, uint64_t address, const char *member)
{
	uint64_t offset = 0;

	return err_ignore(bind_offset(t, HALF_NATIVE, b, member, &offset)) ? 0 : address + offset;
}

/* The kernel hands robust and inheriting mutexes on by the futex word, which
 * holds the owner's TID; the owner field follows when that thread runs. */
static void read_mutex(struct target *t, struct futex_lock *l)
{
	struct mutex m;

	if (err_ignore(bind_read(t, HALF_NATIVE, &mutex_binding, l->address, &m)))
		return;
	l->fields_known = true;
	l->locked = m.lock != 0;
	l->owner_tid = (uint32_t)m.owner;
	l->owner_at = member_at(t, &mutex_binding, l->address, "__owner");
	l->recursion = (int32_t)m.count;
	l->mutex_kind = (int32_t)m.kind & KIND_TYPE;
	l->mutex_attributes = attributes_of(m.kind);
	if (!(l->mutex_attributes & (MUTEX_ROBUST | MUTEX_INHERITS)))
		return;
	l->owner_tid = (uint32_t)m.lock & FUTEX_TID_MASK;
	l->owner_at = member_at(t, &mutex_binding, l->address, "__lock");
	l->owner_died = m.lock & FUTEX_OWNER_DIED;
}

static void read_rwlock(struct target *t, struct futex_lock *l)
{
	struct rwlock r;

	if (err_ignore(bind_read(t, HALF_NATIVE, &rwlock_binding, l->address, &r)))
		return;
	l->fields_known = true;
	l->readers = (uint32_t)r.readers >> 3;
	l->owner_tid = (uint32_t)r.cur_writer;
	l->owner_at = member_at(t, &rwlock_binding, l->address, "__cur_writer");
	l->locked = l->owner_tid || l->readers;
}

/* pthread_join sleeps on the TID field of the other thread, which holds the
 * TID until the kernel clears it. */
static void read_join(struct futex_lock *l)
{
	l->fields_known = l->first->word_known;
	l->owner_tid = l->first->word;
	l->locked = l->owner_tid != 0;
}

/* `in` counts who came since it was made (or since it began to count anew, long before it is full),
 * `current_round` those of them whose rounds are over. */
static void read_barrier(struct target *t, struct futex_lock *l)
{
	struct barrier b;

	if (err_ignore(bind_read(t, HALF_NATIVE, &barrier_binding, l->address, &b)) || !b.count ||
	    b.in < b.current_round || b.in - b.current_round > b.count)
		return;
	l->fields_known = true;
	l->arrived = (uint32_t)(b.in - b.current_round);
	l->needed = (uint32_t)b.count;
	l->passed = (uint32_t)b.current_round;
	l->needed_at = (uint32_t)(member_at(t, &barrier_binding, l->address, "count") - l->address);
	l->arrived_at = (uint32_t)(member_at(t, &barrier_binding, l->address, "in") - l->address);
}

/* The futex word is the value; where pointers have 32 bits its lowest bit says that somebody waits. */
static void read_semaphore(struct target *t, struct futex_lock *l)
{
	l->fields_known = l->first->word_known;
	l->value = target_arch(t)->pointer_size == 4 ? l->first->word >> 1 : l->first->word;
}

static void read_object(struct target *t, struct futex_lock *l)
{
	l->mutex_kind = -1;
	if (l->object == FUTEX_BARRIER)
		read_barrier(t, l);
	if (l->object == FUTEX_SEM)
		read_semaphore(t, l);
	if (l->object == FUTEX_MUTEX)
		read_mutex(t, l);
	else if (l->object == FUTEX_RWLOCK)
		read_rwlock(t, l);
	else if (l->object == FUTEX_JOIN)
		read_join(l);
	l->owner = l->owner_tid ? target_thread_by_tid(t, l->owner_tid) : NULL;
}

static int by_object(const void *a, const void *b)
{
	const struct futex_wait *x = a, *y = b;

	if (x->object_address != y->object_address)
		return x->object_address < y->object_address ? -1 : 1;
	return x->thread->index < y->thread->index ? -1 : x->thread->index > y->thread->index;
}

static struct err *collect(struct target *t, struct arena *a, struct futex_wait **ret, size_t *ret_n)
{
	struct thread *threads;
	size_t n = target_threads(t, &threads), found = 0;
	struct futex_wait *waits = ARENA_NEW_N(a, struct futex_wait, n ? n : 1);

	if (!waits)
		return err_nomem();
	for (size_t i = 0; i < n; i++) {
		TRY(cancel_check());
		if (!err_ignore(futex_wait_of(t, &threads[i], &waits[found])))
			found++;
	}
	qsort(waits, found, sizeof(*waits), by_object);
	*ret = waits;
	*ret_n = found;
	return NULL;
}

static struct err *make_lock(struct target *t, struct arena *a, struct futex_wait *waits, size_t n,
			     struct futex_lock *l)
{
	*l = (struct futex_lock){ .object = waits[0].object,
				  .evidence = waits[0].evidence,
				  .address = waits[0].object_address,
				  .first = &waits[0],
				  .n_waiters = n };
	l->waiters = ARENA_NEW_N(a, struct thread *, n);
	if (!l->waiters)
		return err_nomem();
	for (size_t i = 0; i < n; i++) {
		l->waiters[i] = waits[i].thread;
		if (waits[i].evidence == EVIDENCE_FRAME && l->evidence != EVIDENCE_FRAME) {
			l->object = waits[i].object;
			l->evidence = EVIDENCE_FRAME;
		}
	}
	read_object(t, l);
	return NULL;
}

struct err *futex_locks(struct target *t, struct arena *a, struct futex_lock **ret, size_t *ret_n)
{
	struct futex_wait *waits = NULL;
	struct futex_lock *locks;
	size_t n = 0, n_locks = 0;

	TRY(collect(t, a, &waits, &n));
	locks = ARENA_NEW_N(a, struct futex_lock, n ? n : 1);
	if (!locks)
		return err_nomem();
	for (size_t i = 0, end; i < n; i = end) {
		end = i + 1;
		while (end < n && waits[end].object_address == waits[i].object_address)
			end++;
		TRY(make_lock(t, a, waits + i, end - i, &locks[n_locks++]));
	}
	*ret = locks;
	*ret_n = n_locks;
	return NULL;
}
