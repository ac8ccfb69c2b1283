/* SPDX-License-Identifier: MIT */
/*
 * Futexes, from the kernel's side: struct futex_q on the stack of the waiting
 * task, linked into a bucket's list, tells the word that it waits for: an address
 * of its process, or an offset in a shared mapping. Whose the lock is, the kernel
 * knows of those with priority inheritance; of others the process' memory tells,
 * where it looks like glibc's pthread_mutex_t: lock, count, owner, users, kind.
 */
#include "os/linux/kernel/lock_impl.h"

#include <string.h>

enum {
	FUTEX_SHARED_BITS = 3,		/* of the key's offset: of a file's page, of a shared mapping */
	FUTEX_TID = 0x3fffffff,
};

/* A member of one ring that has futex_q's or the bucket in it: it only must close. */
static bool ring_closes(const struct klock_search *s, uint64_t node)
{
	uint64_t at = node, next = 0, back = 0;

	for (size_t n = 0; n < KLOCK_MAX_RING; n++) {
		if (!klock_word(s, at, &next) || !klock_word(s, next + 8, &back) || back != at)
			return false;
		at = next;
		if (at == node)
			return n > 0;	/* more than itself: it is on a list */
	}
	return false;
}

static bool read_key(const struct klock_search *s, uint64_t q, struct klock_found *f)
{
	uint64_t key = q + s->at.futex_key, ptr = 0, word = 0, offset = 0;

	if (!klock_word(s, key + s->at.key_ptr, &ptr) || !klock_word(s, key + s->at.key_word, &word) ||
	    !arch_read_uint(s->memory, key + s->at.key_offset, 4, &offset))
		return false;
	f->mm = offset & FUTEX_SHARED_BITS ? 0 : ptr;
	f->address = (offset & FUTEX_SHARED_BITS ? word << 12 : word) + (offset & 0xfff & ~(uint64_t)FUTEX_SHARED_BITS);
	return f->address != 0;
}

struct err *klock_find_futex(struct klock_search *s, const struct klock_task *task, struct klock_found *ret)
{
	const struct klock_layout *at = &s->at;
	struct klock_found f = *ret;

	if (!klock_has(at->futex_task) || !klock_has(at->futex_list) || !klock_has(at->futex_key) || !klock_has(at->key_ptr) ||
	    !klock_has(at->key_word) || !klock_has(at->key_offset))
		return NULL;
	for (size_t i = 0; i < task->n_words; i++) {
		uint64_t q = task->sp + i * 8 - at->futex_task;

		if (task->words[i] != task->thread->task || q < task->sp || !ring_closes(s, q + at->futex_list) || !read_key(s, q, &f))
			continue;
		if (klock_has(at->futex_pi) && klock_word(s, q + at->futex_pi, &f.pi_state) && f.pi_state)
			f.kind = KLOCK_FUTEX_PI;
		f.waiter = q;
		f.pid = (uint32_t)task->info.tgid;
		f.sure = task->functions_scanned ? 90 : 98;
		f.known_by = "its futex_q on its stack, which is in a bucket's list";
		*ret = f;
		return NULL;
	}
	return NULL;
}

/* --- owners ---------------------------------------------------------------------------------------- */

static struct thread *thread_of_tid(const struct klock_search *s, uint64_t tid, uint64_t mm)
{
	struct thread *th = tid ? target_thread_by_tid(s->t, (uint32_t)tid) : NULL;
	struct sched_task info;

	if (!th || !th->task || err_ignore(sched_task_read(s->t, th->task, &info)))
		return NULL;
	return info.mm == mm ? th : NULL;	/* numbers of another namespace do not pass */
}

struct user_memory {
	struct paging paging;
	bool is_known;
};

static struct user_memory open_user(const struct klock_search *s, uint64_t mm)
{
	struct user_memory u = { 0 };
	uint64_t pgd = 0, at = klock_member(s->t, "mm_struct", "pgd");

	u.is_known = mm && klock_has(at) && klock_word(s, mm + at, &pgd) &&
		     kernel_process_paging(target_kernel(s->t), pgd, &u.paging);
	return u;
}

static bool user_u32(const struct user_memory *u, uint64_t address, uint64_t *ret)
{
	struct paging_walk w;

	return u->is_known && paging_walk(&u->paging, address, &w) && arch_read_uint(u->paging.physical, w.physical, 4, ret);
}

static void take_thread(struct klock *l, struct thread *th, uint64_t at, unsigned sure, const char *known_by)
{
	l->owner = th->task;
	l->owner_thread = th;
	l->owner_at = at;
	l->owner_size = 4;
	l->owner_sure = sure;
	l->owner_known_by = known_by;
}

/* The user's word of a PI futex is the owner's tid. */
static void by_word(const struct klock_search *s, struct klock *l, uint64_t word)
{
	struct thread *th = thread_of_tid(s, word & FUTEX_TID, l->mm);

	if (th)
		take_thread(l, th, 0, 95, "the futex word, which has the owner's thread id");
	l->is_free = !(word & FUTEX_TID);
}

/* glibc: lock 1 or 2, owner a thread of this process, at least one user, a kind that exists. */
static void by_neighbours(const struct klock_search *s, struct klock *l, const struct user_memory *u, uint64_t word)
{
	uint64_t owner = 0, users = 0, kind = 0;
	struct thread *th;

	if ((word & FUTEX_TID) > 2 || !word || !user_u32(u, l->address + 8, &owner) || !user_u32(u, l->address + 12, &users) ||
	    !user_u32(u, l->address + 16, &kind) || kind >= 0x200 || !users || users > (1 << 22))
		return;
	th = thread_of_tid(s, owner, l->mm);
	if (th)
		take_thread(l, th, 0, 88, "the word's neighbours, which look as those of a mutex of glibc");
}

/* The kernel's own word for the owner. */
static bool by_kernel(const struct klock_search *s, struct klock *l)
{
	uint64_t owner = 0;
	struct thread *th;

	if (!l->pi_state || !klock_has(s->at.pi_owner) || !klock_word(s, l->pi_state + s->at.pi_owner, &owner))
		return false;
	th = sched_thread(s->t, &s->tasks, owner);
	if (!th)
		return false;
	take_thread(l, th, l->pi_state + s->at.pi_owner, 98, "futex_pi_state.owner");
	l->owner_size = 8;
	return true;
}

struct err *klock_futex_owner(struct klock_search *s, struct klock *l)
{
	struct user_memory u = open_user(s, l->mm);
	uint64_t word = 0;

	if (by_kernel(s, l))
		return NULL;
	if (!l->mm || !user_u32(&u, l->address, &word)) {
		l->unread = l->mm != 0;
		return NULL;
	}
	if (l->kind == KLOCK_FUTEX_PI)
		by_word(s, l, word);
	else
		by_neighbours(s, l, &u, word);
	return NULL;
}
