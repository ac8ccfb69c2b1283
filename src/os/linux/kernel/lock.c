/* SPDX-License-Identifier: MIT */
/* Locks of a Linux kernel: see lock.h. Here the tasks are gone through and what they wait for is gathered by lock. */
#include "os/linux/kernel/lock_impl.h"

#include "base/cancel.h"
#include "base/vec.h"

#include <stdlib.h>
#include <string.h>

const char *klock_kind_name(enum klock_kind k)
{
	static const char *const names[N_KLOCK_KINDS] = {
		[KLOCK_NONE] = "nothing that is known",
		[KLOCK_MUTEX] = "mutex",
		[KLOCK_RWSEM] = "rw_semaphore",
		[KLOCK_PERCPU_RWSEM] = "percpu_rw_semaphore",
		[KLOCK_RT_MUTEX] = "rt_mutex",
		[KLOCK_SPINLOCK] = "spinlock",
		[KLOCK_RWLOCK] = "rwlock",
		[KLOCK_SEMAPHORE] = "semaphore",
		[KLOCK_FUTEX] = "futex",
		[KLOCK_FUTEX_PI] = "futex with priority inheritance",
		[KLOCK_COMPLETION] = "completion",
		[KLOCK_BIT] = "bit",
		[KLOCK_WAIT_QUEUE] = "wait queue",
	};

	return names[k];
}

bool klock_is_lock(enum klock_kind k)
{
	return k != KLOCK_NONE && k != KLOCK_COMPLETION && k != KLOCK_WAIT_QUEUE && k != KLOCK_BIT;
}

/* --- layouts --------------------------------------------------------------------------------------- */

static bool symbol(struct target *t, const char *name, uint64_t *ret)
{
	return !err_ignore(kernel_symbol(target_kernel(t), name, ret));
}

/* Of a kernel stack: that of the first task has its end marked; some kernels have a type for it. */
static uint64_t thread_size(struct target *t)
{
	uint64_t start = 0, end = 0;
	struct type_ref type;
	struct type_info info;

	if (symbol(t, "init_stack", &start) && (symbol(t, "__end_init_stack", &end) || symbol(t, "__end_init_task", &end)) && end > start &&
	    end - start <= KLOCK_MAX_STACK)
		return end - start;
	if (err_ignore(bind_type(t, HALF_NATIVE, "vmlinux", "thread_union", &type)) || err_ignore(type_get(type, &info)))
		return 0;
	return info.size <= KLOCK_MAX_STACK ? info.size : 0;
}

static void find_waiters(struct target *t, struct klock_layout *l)
{
	l->mutex_list = klock_member(t, "mutex", "wait_list");
	l->mutex_waiter_list = klock_member(t, "mutex_waiter", "list");
	l->mutex_waiter_task = klock_member(t, "mutex_waiter", "task");
	l->rwsem_list = klock_member(t, "rw_semaphore", "wait_list");
	l->rwsem_waiter_list = klock_member(t, "rwsem_waiter", "list");
	l->rwsem_waiter_task = klock_member(t, "rwsem_waiter", "task");
	l->rwsem_waiter_type = klock_member(t, "rwsem_waiter", "type");
	l->sem_list = klock_member(t, "semaphore", "wait_list");
	l->sem_waiter_list = klock_member(t, "semaphore_waiter", "list");
	l->sem_waiter_task = klock_member(t, "semaphore_waiter", "task");
	l->swait_list = klock_member(t, "swait_queue", "task_list");
	l->swait_task = klock_member(t, "swait_queue", "task");
	l->swait_head = klock_member(t, "swait_queue_head", "task_list");
	l->completion_wait = klock_member(t, "completion", "wait");
}

static void find_queues(struct target *t, struct klock_layout *l)
{
	l->wait_entry = klock_member(t, "wait_queue_entry", "entry");
	l->wait_private = klock_member(t, "wait_queue_entry", "private");
	l->wait_func = klock_member(t, "wait_queue_entry", "func");
	l->wait_head = klock_member(t, "wait_queue_head", "head");
	l->percpu_waiters = klock_member(t, "percpu_rw_semaphore", "waiters.head");
	l->percpu_writer = klock_member(t, "percpu_rw_semaphore", "writer.task");
	l->percpu_block = klock_member(t, "percpu_rw_semaphore", "block");
	l->bit_entry = klock_member(t, "wait_bit_queue_entry", "wq_entry");
	l->bit_flags = klock_member(t, "wait_bit_queue_entry", "key.flags");
	l->bit_nr = klock_member(t, "wait_bit_queue_entry", "key.bit_nr");
	l->page_entry = klock_member(t, "wait_page_queue", "wait");
	l->page_folio = klock_member(t, "wait_page_queue", "folio");
	if (!klock_has(l->page_folio))	/* before 5.16 */
		l->page_folio = klock_member(t, "wait_page_queue", "page");
	l->page_bit = klock_member(t, "wait_page_queue", "bit_nr");
}

static void find_rt_and_futex(struct target *t, struct klock_layout *l)
{
	l->rt_waiter_lock = klock_member(t, "rt_mutex_waiter", "lock");
	l->rt_owner = klock_member(t, "rt_mutex_base", "owner");
	l->rt_mutex_base = klock_member(t, "rt_mutex", "rtmutex");
	l->mutex_rt = klock_member(t, "mutex", "rtmutex");
	l->rwsem_rt = klock_member(t, "rw_semaphore", "rwbase.rtmutex");
	l->rwsem_readers = klock_member(t, "rw_semaphore", "rwbase.readers");
	l->rwlock_rt = klock_member(t, "rwlock_t", "rwbase.rtmutex");
	l->rwlock_readers = klock_member(t, "rwlock_t", "rwbase.readers");
	l->spinlock_rt = klock_has(l->mutex_rt) ? klock_member(t, "spinlock", "lock") : (uint64_t)KLOCK_NOWHERE;
	l->futex_task = klock_member(t, "futex_q", "task");
	l->futex_list = klock_member(t, "futex_q", "list.node_list");
	l->futex_key = klock_member(t, "futex_q", "key");
	l->futex_pi = klock_member(t, "futex_q", "pi_state");
	l->pi_owner = klock_member(t, "futex_pi_state", "owner");
	l->key_ptr = klock_member(t, "futex_key", "both.ptr");
	l->key_word = klock_member(t, "futex_key", "both.word");
	l->key_offset = klock_member(t, "futex_key", "both.offset");
}

struct err *klock_search_init(struct klock_search *s, struct target *t, struct arena *a)
{
	*s = (struct klock_search){ .t = t, .memory = target_memory(t), .a = a, .tasks = U64MAP_INIT, .nodes = U64MAP_INIT };
	if (!target_kernel(t))
		return err_new(ERR_UNSUPPORTED, "this is the dump of a process, not of a kernel");
	s->at.thread_size = thread_size(t);
	s->at.saved_sp = klock_member(t, "task_struct", "thread.sp");
	if (!s->at.thread_size || !klock_has(s->at.saved_sp))
		return err_new(ERR_NOTFOUND, "the size of this kernel's stacks or the layout of its tasks is not known");
	find_waiters(t, &s->at);
	find_queues(t, &s->at);
	find_rt_and_futex(t, &s->at);
	s->now = sched_now(t);
	return sched_map_tasks(t, &s->tasks);
}

void klock_search_deinit(struct klock_search *s)
{
	u64map_deinit(&s->tasks);
	u64map_deinit(&s->nodes);
}

/* --- a sleeping task --------------------------------------------------------------------------------- */

static struct err *name_by_unwinding(struct klock_search *s, struct klock_task *task, bool *ret_certain)
{
	struct stack_options options = { .max_frames = KLOCK_MAX_FRAMES, .no_inlines = true };
	struct stack stack = { 0 };
	struct err *e = stack_walk(s->t, task->thread, &options, task->scratch, &stack);

	if (e && (err_code(e) == ERR_NOMEM || err_code(e) == ERR_CANCELLED))
		return e;
	err_free(e);
	for (size_t i = 0; i < stack.n && task->n_functions < KLOCK_MAX_FRAMES; i++) {
		*ret_certain &= !stack.frames[i].warn_unreliable;
		if (stack.frames[i].ip >> 56 == 0xff && stack.frames[i].symbol.symbol.name)
			task->functions[task->n_functions++] = stack.frames[i].symbol.symbol.name;
	}
	return NULL;
}

/* Where no rule leads up the stack: each word that is in code. Some are left over from before. */
static struct err *name_by_scanning(struct klock_search *s, struct klock_task *task)
{
	struct symbol_hit hit;
	char *name;

	task->n_functions = 0;
	task->functions_scanned = true;
	for (size_t i = 0; i < task->n_words && task->n_functions < KLOCK_MAX_FRAMES; i++) {
		if (task->words[i] >> 56 != 0xff || !kernel_is_executable(target_kernel(s->t), task->words[i]))
			continue;
		target_symbol_at(s->t, task->words[i] - 1, &hit);
		if (!hit.symbol.name)
			continue;
		name = arena_strdup(task->scratch, hit.symbol.name);
		if (!name)
			return err_nomem();
		task->functions[task->n_functions++] = name;
	}
	return NULL;
}

static struct err *read_stack(struct klock_search *s, struct klock_task *task, bool *ret_there)
{
	bool certain = true;
	size_t size;

	*ret_there = false;
	task->top = task->info.stack + s->at.thread_size;
	if (!klock_word(s, task->thread->task + s->at.saved_sp, &task->sp) || task->sp < task->info.stack || task->sp >= task->top ||
	    task->sp % 8)
		return NULL;
	size = (size_t)(task->top - task->sp);
	task->words = arena_alloc(task->scratch, size);
	if (!task->words)
		return err_nomem();
	if (!arch_read(s->memory, task->sp, task->words, size))
		return NULL;
	task->n_words = size / 8;
	*ret_there = true;
	TRY(name_by_unwinding(s, task, &certain));
	return task->n_functions < 2 || !certain ? name_by_scanning(s, task) : NULL;
}

/* --- gathering ----------------------------------------------------------------------------------------- */

struct gathering {
	struct klock_search search;
	struct klock_waiter *waits;
	size_t *lock_of;
	size_t n_threads, n_blind;
	struct u64map by_key;		/* number of the lock + 1 */
	VEC(struct klock) locks;
};

static void gathering_deinit(struct gathering *g)
{
	klock_search_deinit(&g->search);
	u64map_deinit(&g->by_key);
	vec_deinit(&g->locks);
}

static uint64_t key_of(const struct klock_found *f)
{
	bool futex = f->kind == KLOCK_FUTEX || f->kind == KLOCK_FUTEX_PI;

	if (f->kind == KLOCK_BIT)
		return hash_u64(f->address ^ hash_u64(f->bit + 1));
	return futex ? hash_u64(f->address ^ hash_u64(f->mm + 1)) : f->address;
}

static struct err *add_lock(struct gathering *g, const struct klock_found *f, size_t *ret)
{
	uintptr_t found = (uintptr_t)u64map_get(&g->by_key, key_of(f));
	struct klock l = { .kind = f->kind, .address = f->address, .mm = f->mm, .pi_state = f->pi_state, .pid = f->pid, .bit = f->bit, .is_page = f->is_page };

	if (!found) {
		struct err *e = klock_fill(&g->search, &l);

		if (e && err_code(e) != ERR_FAULT && err_code(e) != ERR_NOTFOUND)
			return e;
		l.unread |= e != NULL;
		err_free(e);
		if (!vec_push(&g->locks, l) || !u64map_put(&g->by_key, key_of(f), (void *)(uintptr_t)g->locks.n))
			return err_nomem();
		found = g->locks.n;
	}
	*ret = found - 1;
	g->locks.v[*ret].n_waiters++;
	return NULL;
}

/* Since 6.12 a task that sleeps may stay on its run queue until its lag is paid. One that was
 * preempted on its way to sleep is on it too, and runs on. */
static bool sleeps(const struct thread *th, const struct sched_task *info)
{
	bool queued = info->on_rq && !(sched_has(info, delayed) && info->delayed);

	return !th->on_cpu && sched_has(info, state) && info->state && !queued && !(sched_has(info, exit_state) && info->exit_state);
}

static void time_wait(const struct gathering *g, const struct sched_task *info, struct klock_waiter *w)
{
	uint64_t left;

	w->waits_known = g->search.now && sched_left(info, &left) && left <= g->search.now;
	w->waits = w->waits_known ? g->search.now - left : 0;
}

static struct err *keep_found(struct gathering *g, const struct klock_found *f, enum klock_kind looks, bool scanned, struct klock_waiter *w)
{
	size_t lock = 0;

	if (f->kind == KLOCK_NONE) {
		w->unlisted = klock_is_lock(looks) && !scanned;
		return NULL;
	}
	w->kind = f->kind;
	w->waiter = f->waiter;
	w->writes = f->writes;
	w->sure = f->sure;
	w->known_by = f->known_by;
	TRY(add_lock(g, f, &lock));
	g->lock_of[w->thread->index] = lock + 1;
	return NULL;
}

static struct err *look_at(struct gathering *g, struct thread *th)
{
	CLEANUP(arena_deinit) struct arena scratch = ARENA_INIT;
	struct klock_task task = { .thread = th, .scratch = &scratch };
	struct klock_waiter *w = &g->waits[th->index];
	struct klock_found f = { 0 };
	enum klock_kind looks;
	const char *function = "";
	size_t at = 0;
	bool there = false;

	*w = (struct klock_waiter){ .thread = th, .function = "", .what = "", .known_by = "" };
	if (!th->task || err_ignore(sched_task_read(g->search.t, th->task, &task.info)) || !sleeps(th, &task.info))
		return NULL;
	time_wait(g, &task.info, w);
	TRY(read_stack(&g->search, &task, &there));
	g->n_blind += !there;
	if (!there)
		return NULL;
	looks = klock_by_names(&task, &at, &function, &w->what);
	w->function = arena_strdup(g->search.a, function);
	if (!w->function)
		return err_nomem();
	TRY(klock_find(&g->search, &task, &f));
	return keep_found(g, &f, looks, task.functions_scanned, w);
}

static struct err *give_waiters(struct gathering *g)
{
	for (size_t i = 0; i < g->locks.n; i++) {
		g->locks.v[i].waiters = ARENA_NEW_N(g->search.a, const struct klock_waiter *, g->locks.v[i].n_waiters);
		if (!g->locks.v[i].waiters)
			return err_nomem();
		g->locks.v[i].n_waiters = 0;
	}
	for (size_t i = 0; i < g->n_threads; i++) {
		struct klock *l;

		if (!g->lock_of[i])
			continue;
		l = &g->locks.v[g->lock_of[i] - 1];
		l->waiters[l->n_waiters++] = &g->waits[i];
	}
	return NULL;
}

/* Longest wait first: lists of locks are queues. */
static int compare(const void *a, const void *b)
{
	const struct klock_waiter *x = *(const struct klock_waiter *const *)a, *y = *(const struct klock_waiter *const *)b;

	if (x->waits != y->waits)
		return x->waits > y->waits ? -1 : 1;
	return x->thread->index < y->thread->index ? -1 : x->thread->index > y->thread->index;
}

static struct err *gather(struct gathering *g, struct arena *a, struct klocks *ret)
{
	struct thread *threads;

	g->n_threads = target_threads(g->search.t, &threads);
	g->waits = ARENA_NEW_N(a, struct klock_waiter, g->n_threads ? g->n_threads : 1);
	g->lock_of = ARENA_NEW_N(a, size_t, g->n_threads ? g->n_threads : 1);
	if (!g->waits || !g->lock_of)
		return err_nomem();
	for (size_t i = 0; i < g->n_threads; i++) {
		TRY(cancel_check());
		TRY(look_at(g, &threads[i]));
	}
	TRY(give_waiters(g));
	for (size_t i = 0; i < g->locks.n; i++)
		qsort((void *)g->locks.v[i].waiters, g->locks.v[i].n_waiters, sizeof(*g->locks.v[i].waiters), compare);
	*ret = (struct klocks){ .n = g->locks.n, .waits = g->waits, .n_waits = g->n_threads, .lock_of = g->lock_of,
				.n_blind = g->n_blind, .now = g->search.now };
	ret->v = g->locks.n ? arena_memdup(a, g->locks.v, g->locks.n * sizeof(*g->locks.v)) : arena_alloc(a, 1);
	return ret->v ? NULL : err_nomem();
}

struct err *kernel_locks(struct target *t, struct arena *a, struct klocks *ret)
{
	CLEANUP(gathering_deinit) struct gathering g = { .by_key = U64MAP_INIT };

	TRY(klock_search_init(&g.search, t, a));
	return gather(&g, a, ret);
}

struct err *klock_read(struct target *t, struct arena *a, enum klock_kind kind, uint64_t address, struct klock *ret)
{
	CLEANUP(klock_search_deinit) struct klock_search s = { 0 };
	struct klock l = { .kind = kind, .address = address };

	TRY(klock_search_init(&s, t, a));
	TRY(klock_fill(&s, &l));
	*ret = l;
	return NULL;
}
