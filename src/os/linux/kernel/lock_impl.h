/* SPDX-License-Identifier: MIT */
/* Locks of a kernel: what lock.c, lock_find.c, lock_state.c and lock_futex.c share. */
#ifndef OSM_OS_LINUX_KERNEL_LOCK_IMPL_H
#define OSM_OS_LINUX_KERNEL_LOCK_IMPL_H

#include "os/linux/kernel/lock.h"
#include "os/linux/kernel/sched.h"
#include "target/bind.h"
#include "target/kernel.h"

enum {
	KLOCK_MAX_RING = 1 << 16,
	KLOCK_MAX_FRAMES = 32,
	KLOCK_MAX_STACK = 1 << 17,
};

/* Where members lie, by the dump's own types; ~0: not there. */
struct klock_layout {
	uint64_t thread_size;
	uint64_t saved_sp;			/* task_struct.thread.sp */
	uint64_t mutex_list, mutex_waiter_list, mutex_waiter_task;
	uint64_t rwsem_list, rwsem_waiter_list, rwsem_waiter_task, rwsem_waiter_type;
	uint64_t sem_list, sem_waiter_list, sem_waiter_task;
	uint64_t swait_list, swait_task, swait_head, completion_wait;
	uint64_t wait_entry, wait_private, wait_func, wait_head, percpu_waiters, percpu_writer, percpu_block;
	uint64_t bit_entry, bit_flags, bit_nr, page_entry, page_folio, page_bit;
	uint64_t rt_waiter_lock, rt_owner, mutex_rt, rwsem_rt, rwsem_readers, rwlock_rt, rwlock_readers, spinlock_rt, rt_mutex_base;
	uint64_t futex_task, futex_list, futex_key, futex_pi, pi_owner, key_ptr, key_word, key_offset;
};
enum { KLOCK_NOWHERE = -1 };
static inline bool klock_has(uint64_t offset)
{
	return offset != (uint64_t)KLOCK_NOWHERE;
}

struct klock_search {
	struct target *t;
	const struct arch_memory *memory;
	struct arena *a;
	struct klock_layout at;
	struct u64map tasks;		/* task: thread + 1 */
	struct u64map nodes;		/* node of a waiter in a list that was walked: its lock's list head */
	uint64_t now;
};

/* A sleeping task, while it is looked at. */
struct klock_task {
	struct thread *thread;
	struct arena *scratch;		/* of the stack and the names */
	struct sched_task info;
	uint64_t sp, top;		/* the live part of its kernel stack */
	uint64_t *words;		/* it */
	size_t n_words;
	const char *functions[KLOCK_MAX_FRAMES];	/* innermost first */
	size_t n_functions;
	bool functions_scanned;		/* taken from words of the stack, not unwound */
};

/* What was found; address 0: nothing. */
struct klock_found {
	enum klock_kind kind;
	uint64_t address, mm, pi_state;
	uint32_t pid;
	unsigned bit;
	bool is_page;
	uint64_t waiter;
	bool writes;
	unsigned sure;
	const char *known_by;
};

struct err *klock_search_init(struct klock_search *s, struct target *t, struct arena *a) MUST_USE;
void klock_search_deinit(struct klock_search *s);
/* lock_find.c: *ret KLOCK_NONE: nothing is known. */
struct err *klock_find(struct klock_search *s, const struct klock_task *task, struct klock_found *ret) MUST_USE;
/* lock_words.c: what the function names from number *at on mean; moves *at behind the one that
 * counts. *ret_function: that one, "" none. */
enum klock_kind klock_by_names(const struct klock_task *task, size_t *at, const char **ret_function, const char **ret_what);
/* lock_futex.c */
struct err *klock_find_futex(struct klock_search *s, const struct klock_task *task, struct klock_found *ret) MUST_USE;
struct err *klock_futex_owner(struct klock_search *s, struct klock *l) MUST_USE;
/* lock_state.c: fills owner, readers, state of a lock whose kind and address are known. */
struct err *klock_fill(struct klock_search *s, struct klock *l) MUST_USE;
/* lock_state.c: of a semaphore that is taken; task: who came last, 0: that is not known. */
void klock_last_holder(const struct klock_search *s, struct klock *l, uint64_t task, uint64_t at);
uint64_t klock_member(struct target *t, const char *type, const char *path);
/* A word of the dump's memory; false: not there. */
bool klock_word(const struct klock_search *s, uint64_t address, uint64_t *ret);

#endif
