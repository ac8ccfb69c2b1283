/* SPDX-License-Identifier: MIT */
/* Locks of a kernel: what a task waits for, by what lies on its stack. See lock.h. */
#include "os/linux/kernel/lock_impl.h"

#include "base/cancel.h"

#include <string.h>

/* --- rings ------------------------------------------------------------------------------------- */

/* How a node of a list is told from the head of the list. */
struct shape {
	uint64_t list, task, func;	/* offsets in the waiter; func or task ~0 */
};

/* The task that a waiter names is one, and the waiter lies on its stack. */
static bool names_its_task(const struct klock_search *s, uint64_t waiter, uint64_t offset)
{
	struct thread *th;
	uint64_t task = 0;
	struct sched_task info;

	if (!klock_word(s, waiter + offset, &task) || !u64map_has(&s->tasks, task))
		return false;
	th = sched_thread(s->t, &s->tasks, task);
	return th && !err_ignore(sched_task_read(s->t, task, &info)) && waiter >= info.stack &&
	       waiter - info.stack < s->at.thread_size;
}

static bool is_waiter(const struct klock_search *s, const struct shape *shape, uint64_t node)
{
	uint64_t func = 0;

	if (klock_has(shape->func))
		return klock_word(s, node - shape->list + shape->func, &func) && kernel_is_executable(target_kernel(s->t), func);
	return names_its_task(s, node - shape->list, shape->task);
}

static struct err *keep_ring(struct klock_search *s, uint64_t node, uint64_t head)
{
	uint64_t at = node;

	for (size_t n = 0; n < KLOCK_MAX_RING; n++) {
		if (!u64map_put(&s->nodes, at, (void *)(uintptr_t)head))
			return err_nomem();
		if (!klock_word(s, at, &at) || at == node)
			break;
	}
	return NULL;
}

/* The head of the ring that the node is linked in: each link is answered, it comes back
 * to the node, and one member is no waiter. 0: it is not so. */
static struct err *ring_head(struct klock_search *s, const struct shape *shape, uint64_t node, uint64_t *ret)
{
	uint64_t at = node, head = 0, next = 0, back = 0;

	*ret = (uint64_t)(uintptr_t)u64map_get(&s->nodes, node);
	if (*ret)
		return NULL;
	for (size_t n = 0; n < KLOCK_MAX_RING; n++) {
		TRY(cancel_check());
		if (!klock_word(s, at, &next) || !klock_word(s, next + 8, &back) || back != at)
			return NULL;
		if (!is_waiter(s, shape, at)) {
			if (head)
				return NULL;
			head = at;
		}
		at = next;
		if (at == node)
			break;
	}
	if (at != node || !head)
		return NULL;
	*ret = head;
	return keep_ring(s, node, head);
}

/* --- candidates ------------------------------------------------------------------------------------ */

/* A waiter on the stack, linked in a list: words that are the task's address, innermost first. */
static struct err *find_waiter(struct klock_search *s, const struct klock_task *task, const struct shape *shape,
			       uint64_t *ret_waiter, uint64_t *ret_head)
{
	uint64_t head = 0;

	*ret_waiter = *ret_head = 0;
	if (!klock_has(shape->list) || !klock_has(shape->task))
		return NULL;
	for (size_t i = 0; i < task->n_words; i++) {
		uint64_t waiter = task->sp + i * 8 - shape->task;

		if (task->words[i] != task->thread->task || waiter < task->sp)
			continue;
		TRY(ring_head(s, shape, waiter + shape->list, &head));
		if (!head)
			continue;
		*ret_waiter = waiter;
		*ret_head = head;
		return NULL;
	}
	return NULL;
}

static unsigned sureness(const struct klock_task *task)
{
	return task->functions_scanned ? 90 : 98;
}

static struct err *find_listed(struct klock_search *s, const struct klock_task *task, const struct shape *shape,
			       uint64_t in_lock, const char *known_by, struct klock_found *f)
{
	uint64_t head = 0;

	if (!klock_has(in_lock))
		return NULL;
	TRY(find_waiter(s, task, shape, &f->waiter, &head));
	if (!head)
		return NULL;
	f->address = head - in_lock;
	f->sure = sureness(task);
	f->known_by = known_by;
	return NULL;
}

static struct err *find_mutex(struct klock_search *s, const struct klock_task *task, struct klock_found *f)
{
	struct shape shape = { s->at.mutex_waiter_list, s->at.mutex_waiter_task, (uint64_t)KLOCK_NOWHERE };

	return find_listed(s, task, &shape, s->at.mutex_list, "its mutex_waiter on its stack, which is in the mutex's list", f);
}

static struct err *find_rwsem(struct klock_search *s, const struct klock_task *task, struct klock_found *f)
{
	struct shape shape = { s->at.rwsem_waiter_list, s->at.rwsem_waiter_task, (uint64_t)KLOCK_NOWHERE };
	uint64_t type = 0;

	TRY(find_listed(s, task, &shape, s->at.rwsem_list, "its rwsem_waiter on its stack, which is in the semaphore's list", f));
	if (f->address && klock_has(s->at.rwsem_waiter_type) &&
	    arch_read_uint(s->memory, f->waiter + s->at.rwsem_waiter_type, 4, &type))
		f->writes = type == 0;	/* RWSEM_WAITING_FOR_WRITE */
	return NULL;
}

static struct err *find_semaphore(struct klock_search *s, const struct klock_task *task, struct klock_found *f)
{
	struct shape shape = { s->at.sem_waiter_list, s->at.sem_waiter_task, (uint64_t)KLOCK_NOWHERE };

	return find_listed(s, task, &shape, s->at.sem_list, "its semaphore_waiter on its stack, which is in the semaphore's list", f);
}

static struct err *find_completion(struct klock_search *s, const struct klock_task *task, struct klock_found *f)
{
	struct shape shape = { s->at.swait_list, s->at.swait_task, (uint64_t)KLOCK_NOWHERE };

	if (!klock_has(s->at.completion_wait) || !klock_has(s->at.swait_head))
		return NULL;
	return find_listed(s, task, &shape, s->at.completion_wait + s->at.swait_head,
			   "its swait_queue on its stack, which is in the completion's list", f);
}

static struct err *find_queue(struct klock_search *s, const struct klock_task *task, struct klock_found *f)
{
	struct shape shape = { s->at.wait_entry, s->at.wait_private, s->at.wait_func };

	return find_listed(s, task, &shape, s->at.wait_head, "its wait_queue_entry on its stack, which is in the queue", f);
}

/* --- locks without a waiter ------------------------------------------------------------------------ */

/* Whether a lock of the kind could be there, by what else it has. */
typedef bool plausible_fn(const struct klock_search *s, uint64_t lock);

/* The queue's links answer, and a writer has blocked the readers: 0 or 1, and 1 by then. */
static bool is_percpu(const struct klock_search *s, uint64_t lock)
{
	uint64_t head = lock + s->at.percpu_waiters, next = 0, back = 0, block = 0;

	return klock_has(s->at.percpu_waiters) && klock_has(s->at.percpu_block) && klock_word(s, head, &next) && klock_word(s, next + 8, &back) &&
	       back == head && arch_read_uint(s->memory, lock + s->at.percpu_block, 4, &block) && block == 1;
}

/* Readers hold it: their number, without the bias of a lock that no writer wants. */
static bool has_rt_readers(const struct klock_search *s, uint64_t lock, uint64_t offset)
{
	enum { WRITER = 1 << 30 };
	uint64_t readers = 0;

	return klock_has(offset) && arch_read_uint(s->memory, lock + offset, 4, &readers) && readers && readers < WRITER;
}

static bool is_rt_rwsem(const struct klock_search *s, uint64_t lock)
{
	return has_rt_readers(s, lock, s->at.rwsem_readers);
}

static bool is_rt_rwlock(const struct klock_search *s, uint64_t lock)
{
	return has_rt_readers(s, lock, s->at.rwlock_readers);
}

/* A pointer on the stack to a lock at whose `offset` the task itself stands. */
static uint64_t pointer_to_own(const struct klock_search *s, const struct klock_task *task, uint64_t offset, uint64_t mask, plausible_fn *plausible)
{
	uint64_t w = 0;

	for (size_t i = 0; i < task->n_words; i++) {
		uint64_t x = task->words[i];

		/* not into the stack itself, nor the task */
		if (x >> 56 != 0xff || x % 8 || (x >= task->info.stack && x < task->top) || x == task->thread->task)
			continue;
		if (klock_word(s, x + offset, &w) && (w & ~mask) == task->thread->task && plausible(s, x))
			return x;
	}
	return 0;
}

static struct err *find_percpu(struct klock_search *s, const struct klock_task *task, struct klock_found *f)
{
	struct klock_found queue = { 0 };

	TRY(find_queue(s, task, &queue));
	if (queue.address && klock_has(s->at.percpu_waiters)) {
		*f = queue;
		f->kind = KLOCK_PERCPU_RWSEM;
		f->address = queue.address + s->at.wait_head - s->at.percpu_waiters;
		f->known_by = "its wait_queue_entry on its stack, which is in the semaphore's queue";
		f->writes = task->n_functions && strstr(task->functions[0], "write");
		return NULL;
	}
	if (!klock_has(s->at.percpu_writer))
		return NULL;
	f->address = pointer_to_own(s, task, s->at.percpu_writer, 0, is_percpu);
	f->writes = true;
	f->sure = 95;
	f->known_by = "the semaphore, to which a pointer is on its stack, names it as the writer";
	return NULL;
}

static bool calls(const struct klock_task *task, const char *prefix)
{
	for (size_t i = 0; i < task->n_functions; i++)
		if (strncmp(task->functions[i], prefix, strlen(prefix)) == 0)
			return true;
	return false;
}

/* What an rt_mutex is part of. */
static void name_rt(const struct klock_search *s, const struct klock_task *task, uint64_t lock, struct klock_found *f)
{
	f->kind = KLOCK_RT_MUTEX;
	f->address = klock_has(s->at.rt_mutex_base) ? lock - s->at.rt_mutex_base : lock;
	if (klock_has(s->at.rwlock_rt) && (calls(task, "rt_read_lock") || calls(task, "rt_write_lock"))) {
		f->kind = KLOCK_RWLOCK;
		f->address = lock - s->at.rwlock_rt;
		f->writes = calls(task, "rt_write_lock");
	} else if (klock_has(s->at.spinlock_rt) && (calls(task, "rt_spin_lock") || calls(task, "rtlock_slowlock"))) {
		f->kind = KLOCK_SPINLOCK;
		f->address = lock - s->at.spinlock_rt;
	} else if (klock_has(s->at.rwsem_rt) && (calls(task, "rwbase_") || calls(task, "__rwbase_") || calls(task, "down_read") ||
						 calls(task, "down_write"))) {
		f->kind = KLOCK_RWSEM;
		f->address = lock - s->at.rwsem_rt;
		f->writes = calls(task, "rwbase_write") || calls(task, "down_write");
	} else if (klock_has(s->at.mutex_rt) && (calls(task, "mutex_lock") || calls(task, "__mutex_lock") ||
						 calls(task, "ww_mutex_lock") || calls(task, "__ww_mutex_lock"))) {
		f->kind = KLOCK_MUTEX;
		f->address = lock - s->at.mutex_rt;
	}
}

static struct err *find_rt(struct klock_search *s, const struct klock_task *task, struct klock_found *f)
{
	uint64_t lock = 0;

	if (!task->info.pi_blocked_on || !klock_has(s->at.rt_waiter_lock) ||
	    !klock_word(s, task->info.pi_blocked_on + s->at.rt_waiter_lock, &lock) || !lock)
		return NULL;
	name_rt(s, task, lock, f);
	f->waiter = task->info.pi_blocked_on;
	f->sure = 98;
	f->known_by = "the task itself: pi_blocked_on";
	return NULL;
}

/* PREEMPT_RT: a writer has the rt_mutex already and waits for the readers to leave. */
static struct err *find_rt_writer(struct klock_search *s, const struct klock_task *task, struct klock_found *f)
{
	bool spins = calls(task, "rt_write_lock");
	uint64_t rt = spins ? s->at.rwlock_rt : s->at.rwsem_rt;

	if (!klock_has(rt) || !klock_has(s->at.rt_owner) || (!spins && !calls(task, "rwbase_write_lock")))
		return NULL;
	f->kind = spins ? KLOCK_RWLOCK : KLOCK_RWSEM;
	f->address = pointer_to_own(s, task, rt + s->at.rt_owner, 1, spins ? is_rt_rwlock : is_rt_rwsem);
	f->writes = true;
	f->sure = 95;
	f->known_by = "the lock, to which a pointer is on its stack, names it as the writer";
	return NULL;
}

/* Debug kernels since 4.10 have the waiter, those since 6.18 the mutex itself. */
static struct err *find_blocked_on(struct klock_search *s, const struct klock_task *task, struct klock_found *f)
{
	struct type_ref type;
	struct type_member m;
	struct type_info info;

	if (!sched_has(&task->info, blocked_on) || !task->info.blocked_on)
		return NULL;
	if (err_ignore(bind_type(s->t, HALF_NATIVE, "vmlinux", "task_struct", &type)) ||
	    err_ignore(type_find_member(type, "blocked_on", &m)) || err_ignore(type_strip(m.type, &type, &info)) ||
	    info.kind != TYPE_POINTER || err_ignore(type_strip(info.element, &type, &info)) || strcmp(info.name, "mutex") != 0)
		return NULL;
	f->address = task->info.blocked_on & ~(uint64_t)7;
	f->kind = KLOCK_MUTEX;
	f->sure = 98;
	f->known_by = "the task itself: blocked_on";
	return NULL;
}

/* --- bits -------------------------------------------------------------------------------------------- */

static struct err *find_bit(struct klock_search *s, const struct klock_task *task, const char *function, struct klock_found *f)
{
	bool page = strstr(function, "page") || strstr(function, "folio");
	uint64_t entry = page ? s->at.page_entry : s->at.bit_entry, address = page ? s->at.page_folio : s->at.bit_flags;
	uint64_t number = page ? s->at.page_bit : s->at.bit_nr, bit = 0, word = 0;
	struct klock_found queue = { 0 };

	TRY(find_queue(s, task, &queue));
	if (!queue.waiter || !klock_has(entry) || !klock_has(address) || !klock_has(number))
		return NULL;
	if (!klock_word(s, queue.waiter - entry + address, &word) || !word ||
	    !arch_read_uint(s->memory, queue.waiter - entry + number, 4, &bit))
		return NULL;
	*f = queue;
	f->kind = KLOCK_BIT;
	f->address = word;
	f->bit = (unsigned)bit;
	f->is_page = page;
	f->known_by = page ? "its wait_page_queue on its stack" : "its wait_bit_queue_entry on its stack";
	return NULL;
}

/* --- the whole ------------------------------------------------------------------------------------------ */

static struct err *find_by_kind(struct klock_search *s, const struct klock_task *task, const char *function, struct klock_found *f)
{
	switch (f->kind) {
	case KLOCK_MUTEX: return find_mutex(s, task, f);
	case KLOCK_RWSEM:
		TRY(find_rt_writer(s, task, f));
		return f->address ? NULL : find_rwsem(s, task, f);
	case KLOCK_RWLOCK: return find_rt_writer(s, task, f);
	case KLOCK_PERCPU_RWSEM: return find_percpu(s, task, f);
	case KLOCK_SEMAPHORE: return find_semaphore(s, task, f);
	case KLOCK_COMPLETION: return find_completion(s, task, f);
	case KLOCK_BIT: return find_bit(s, task, function, f);
	case KLOCK_WAIT_QUEUE: return find_queue(s, task, f);
	case KLOCK_FUTEX:
	case KLOCK_FUTEX_PI:
	case KLOCK_RT_MUTEX:
	case KLOCK_SPINLOCK:
	case KLOCK_NONE:
	case N_KLOCK_KINDS: break;
	}
	return NULL;
}

/* By one function on the stack. */
static struct err *find_one(struct klock_search *s, const struct klock_task *task, const char *function, struct klock_found *f)
{
	if (f->kind == KLOCK_FUTEX || f->kind == KLOCK_FUTEX_PI || calls(task, "futex_lock_pi") || calls(task, "futex_wait_requeue_pi"))
		TRY(klock_find_futex(s, task, f));
	if (!f->address)
		TRY(find_rt(s, task, f));
	if (!f->address)
		TRY(find_blocked_on(s, task, f));
	return f->address ? NULL : find_by_kind(s, task, function, f);
}

/* Names that were scanned for may be left over from before: then the next one is tried. */
struct err *klock_find(struct klock_search *s, const struct klock_task *task, struct klock_found *ret)
{
	struct klock_found f = { 0 };
	const char *function, *what;
	size_t at = 0;

	do {
		f = (struct klock_found){ .kind = klock_by_names(task, &at, &function, &what) };
		TRY(find_one(s, task, function, &f));
	} while (!f.address && task->functions_scanned && at < task->n_functions);
	*ret = f.address ? f : (struct klock_found){ 0 };
	return NULL;
}
