/* SPDX-License-Identifier: MIT */
/*
 * Locks of a Linux kernel: which sleeping task waits for what, and who has it.
 *
 * Most kernels do not write down what a task waits for. They do write down who
 * waits: a waiter is a small structure on the stack of the task that waits,
 * linked into a list of the lock (struct mutex_waiter, rwsem_waiter,
 * semaphore_waiter, swait_queue, wait_queue_entry, futex_q). It names its task,
 * so that a word on the stack that is the task's own address is a candidate. One
 * is believed when the ring that it is linked in comes back to it, each link
 * answered from behind, and has one member that is no waiter: the list head,
 * inside the lock. A waiter that was taken out of its list, whose bytes still lie
 * on the stack, does not pass: nothing in the ring leads back to it. What kind of
 * lock it is, is told by the function that the task sleeps in. rt_mutexes, and
 * all that is built upon them in kernels with PREEMPT_RT, are told by the task
 * itself (task_struct.pi_blocked_on).
 *
 * Owners: a mutex and an rt_mutex have their owner's task, with flags in the low
 * bits. An rw_semaphore has it while it is held to write; of readers it only has
 * their number, and the task of the last one that came, who may have left again:
 * that is told as a hint, as is the last holder that semaphores keep since 6.16
 * where the kernel looks for hung tasks. Completions and wait queues have no owner,
 * nor do other semaphores. A percpu_rw_semaphore keeps the task of a writer that
 * has shut out new readers, for as long as it waits for those inside to leave;
 * who has it to write is not kept.
 *
 * A futex is a lock of a process: its memory is read through the page tables of
 * the process. For those with priority inheritance the kernel knows the owner,
 * for others the word's neighbours tell when they look as glibc's mutexes do.
 */
#ifndef OSM_OS_LINUX_KERNEL_LOCK_H
#define OSM_OS_LINUX_KERNEL_LOCK_H

#include "base/arena.h"
#include "base/map.h"
#include "target/target.h"

enum klock_kind {
	KLOCK_NONE,		/* it does not wait for an object that is known */
	KLOCK_MUTEX,
	KLOCK_RWSEM,
	KLOCK_PERCPU_RWSEM,
	KLOCK_RT_MUTEX,
	KLOCK_SPINLOCK,		/* one that sleeps: PREEMPT_RT */
	KLOCK_RWLOCK,		/* the same */
	KLOCK_SEMAPHORE,
	KLOCK_FUTEX,
	KLOCK_FUTEX_PI,
	KLOCK_COMPLETION,
	KLOCK_BIT,		/* a bit of a word, or of a page's flags */
	KLOCK_WAIT_QUEUE,
	N_KLOCK_KINDS,
};
const char *klock_kind_name(enum klock_kind k);	/* "mutex" */
/* It has an owner by nature, though it may not write down which. */
bool klock_is_lock(enum klock_kind k);

struct klock_waiter {
	struct thread *thread;
	enum klock_kind kind;
	uint64_t waiter;		/* address of its structure; 0: none */
	bool writes;			/* rw_semaphores, rwlocks */
	bool unlisted;			/* it sleeps in a function of a lock, and no list of a lock has it */
	bool waits_known;
	uint64_t waits;			/* ns since it left the processor */
	unsigned sure;			/* percent */
	const char *function;		/* that it sleeps in, or ""; of the lock, not of the scheduler */
	const char *what;		/* what it waits for in words; "" not known */
	const char *known_by;
};

struct klock {
	enum klock_kind kind;
	uint64_t address;		/* FUTEX: in the process */
	uint64_t pi_state;		/* FUTEX_PI: struct futex_pi_state; 0: none */
	uint64_t mm;			/* FUTEX: whose address it is (0: of a shared mapping) */
	uint32_t pid;			/* FUTEX: process of the first waiter */
	unsigned bit;			/* KLOCK_BIT */
	bool is_page;			/* KLOCK_BIT: address is a struct page or folio */
	uint64_t owner;			/* task; 0: none or not known */
	struct thread *owner_thread;	/* NULL: no such task, or no owner */
	uint64_t owner_at;		/* where that is written; 0: nowhere */
	unsigned owner_size;		/* bytes of it */
	unsigned owner_sure;		/* percent */
	const char *owner_known_by;
	bool owner_is_hint;		/* the last of several readers, who may have left */
	bool is_free;			/* nobody has it: a waiter is about to get it */
	uint64_t state_at;		/* word that tells the state, where it is not the owner's; 0 */
	unsigned state_size;
	uint64_t readers;		/* that hold it */
	uint64_t writer;		/* PERCPU_RWSEM: task that lets no more readers in and waits for these; 0 */
	struct thread *writer_thread;	/* NULL: no such task, or no writer */
	const char *state;		/* "held by 2 readers", "" when the owner says it all */
	bool unread;			/* its memory is not in the dump */
	const char *corrupt;		/* why its contents cannot be right; NULL */
	const struct klock_waiter **waiters;	/* in the order of the lock's list, where it has one */
	size_t n_waiters;
};

struct klocks {
	struct klock *v;		/* in the order of the first waiter's thread */
	size_t n;
	const struct klock_waiter *waits;	/* of each thread: what it waits for, KLOCK_NONE included */
	size_t n_waits;
	size_t *lock_of;		/* of each thread: number of the lock + 1; 0: none */
	size_t n_blind;			/* threads whose stack is not in the dump */
	uint64_t now;			/* ns, of the scheduler's clock; 0: not known */
};

/* In the arena. UNSUPPORTED: no kernel; NOTFOUND: the kernel's types are not known. */
struct err *kernel_locks(struct target *t, struct arena *a, struct klocks *ret) MUST_USE;
/* The state of a lock at an address, without its waiters. */
struct err *klock_read(struct target *t, struct arena *a, enum klock_kind kind, uint64_t address, struct klock *ret) MUST_USE;

#endif
