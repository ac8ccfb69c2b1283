/* SPDX-License-Identifier: MIT */
/*
 * What threads of a Linux process wait for.
 *
 * A thread that sleeps in futex(2) has the address of the word in its
 * registers; the function it came through says what the word belongs to, and
 * glibc's own fields (owner, count) say who holds it. Each answer says how it
 * is known, because a futex word alone does not tell.
 */
#ifndef OSM_OS_LINUX_FUTEX_H
#define OSM_OS_LINUX_FUTEX_H

#include "target/target.h"

enum futex_object {
	FUTEX_UNKNOWN,
	FUTEX_MUTEX,
	FUTEX_RWLOCK,
	FUTEX_COND,
	FUTEX_SEM,
	FUTEX_BARRIER,
	FUTEX_JOIN,		/* waits for a thread to end */
	FUTEX_ONCE,
	FUTEX_LOW_LEVEL,	/* a lock inside a library: malloc arena, stdio, loader */
	FUTEX_FUTURE,		/* C++: the result of another thread, std::future */
	FUTEX_GUARD,		/* C++: a local static variable that another thread initialises */
	FUTEX_ATOMIC,		/* C++20: latch, barrier, semaphore, atomic::wait */
	FUTEX_OWNERLESS,	/* Rust: a mutex or lock whose word says that it is held, not by whom */
	FUTEX_PARKED,		/* Rust, Go: a thread that its run-time put to sleep, of which no word says why */
};

/* Where the knowledge comes from. */
enum futex_evidence {
	EVIDENCE_NONE,
	EVIDENCE_FRAME,		/* the waiting function's name */
	EVIDENCE_CALL,		/* FUTEX_LOCK_PI: nothing but mutexes is locked so */
	EVIDENCE_CONTENT,	/* the words at the address fit a mutex of this process */
};

struct futex_wait {
	struct thread *thread;
	uint64_t address;	/* of the futex word */
	uint32_t expected;	/* value it slept on */
	int op;			/* FUTEX_WAIT ... without flags */
	bool is_private;
	bool word_known;
	uint32_t word;		/* now in memory */
	enum futex_object object;
	enum futex_evidence evidence;
	uint64_t object_address;/* of the mutex, rwlock ... */
	const char *function;	/* frame that told, borrowed; NULL */
};

/* Whether an operation of futex(2) is one that waits. */
bool futex_waits(uint64_t op);
/* NOTFOUND: the thread is in no futex call that waits. */
struct err *futex_wait_of(struct target *t, struct thread *th, struct futex_wait *ret) MUST_USE;

/* What a mutex is besides its kind. */
enum mutex_attribute {
	MUTEX_ROBUST = 1 << 0,
	MUTEX_INHERITS = 1 << 1,	/* priority inheritance */
	MUTEX_PROTECTS = 1 << 2,	/* priority protection (ceiling) */
	MUTEX_SHARED = 1 << 3,		/* between processes */
};

struct futex_lock {
	enum futex_object object;
	enum futex_evidence evidence;
	uint64_t address;
	bool locked;
	uint32_t owner_tid;	/* 0: none or not known (readers have no names) */
	uint64_t owner_at;	/* where that is written; 0: nowhere */
	struct thread *owner;	/* NULL: no such thread (any more) */
	int32_t recursion;	/* mutex: count of a recursive one */
	int32_t mutex_kind;	/* PTHREAD_MUTEX_*, -1: not known */
	unsigned mutex_attributes; /* enum mutex_attribute */
	bool owner_died;	/* robust mutex: its owner ended while it held it */
	uint32_t readers;	/* rwlock */
	uint32_t arrived, needed; /* barrier: threads that are there, and that open it */
	uint32_t passed;	/* barrier: threads that went through it before */
	uint32_t needed_at, arrived_at;	/* barrier: where that is written, from its address */
	uint32_t value;		/* semaphore */
	bool fields_known;	/* the object's memory could be read */
	struct thread **waiters;
	size_t n_waiters;
	struct futex_wait *first;
};

/* Every object that at least one thread waits for, in order of address. */
struct err *futex_locks(struct target *t, struct arena *a, struct futex_lock **ret,
			size_t *ret_n) MUST_USE;
const char *futex_object_name(enum futex_object object);

#endif
