/* SPDX-License-Identifier: MIT */
/*
 * Address spaces by what of them is resident: see meminfo.h.
 *
 * mm_struct.rss_stat is an array of four counters, indexed by MM_FILEPAGES and
 * the like: plain ones, to which each thread adds what it has counted itself
 * (task_struct.rss_stat) only now and then; since Linux 6.2 of struct percpu_counter.
 * Here all parts are summed, which is what the page tables have, and smaps with them.
 * /proc/PID/status may show mm_struct's part only: of a kernel before 6.2 each thread
 * keeps up to 64 faults' worth of pages back, of one since then each processor a batch.
 */
#include "os/linux/kernel/counters.h"
#include "os/linux/kernel/meminfo.h"
#include "os/linux/kernel/place.h"

#include "base/cancel.h"
#include "base/map.h"
#include "target/bind.h"
#include "target/kernel_types.h"

#include <stdlib.h>
#include <string.h>

struct task {
	uint64_t has;
	uint64_t pid, tgid, mm, comm, signal;
};
static const struct bind_member task_members[] = {
	{ "pid", offsetof(struct task, pid), BIND_UINT, false },
	{ "tgid", offsetof(struct task, tgid), BIND_UINT, false },
	{ "mm", offsetof(struct task, mm), BIND_UINT, false },
	{ "comm", offsetof(struct task, comm), BIND_ADDRESS_OF, false },
	{ "signal", offsetof(struct task, signal), BIND_UINT, true },
	{ NULL },
};
static const struct binding task_binding = { "vmlinux", "task_struct", task_members };

struct mm {
	uint64_t has;
	uint64_t total, rss;
};
static const struct bind_member mm_members[] = {
	{ "total_vm", offsetof(struct mm, total), BIND_UINT, false },
	{ "rss_stat", offsetof(struct mm, rss), BIND_ADDRESS_OF, false },
	{ NULL },
};
static const struct binding mm_binding = { "vmlinux", "mm_struct", mm_members };

struct signal {
	uint64_t has;
	uint64_t adj;
};
static const struct bind_member signal_members[] = {
	{ "oom_score_adj", offsetof(struct signal, adj), BIND_INT, false },
	{ NULL },
};
static const struct binding signal_binding = { "vmlinux", "signal_struct", signal_members };

struct users {
	struct target *t;
	bool percpu;		/* rss_stat is made of struct percpu_counter */
	uint32_t stride;
	int64_t index[4];	/* file, anon, swap, shmem */
	struct place cached;	/* task_struct.rss_stat.count, of kernels before 6.2 */
};

static struct err *prepare(struct users *u)
{
	static const char *const names[] = { "MM_FILEPAGES", "MM_ANONPAGES", "MM_SWAPENTS", "MM_SHMEMPAGES" };
	struct place rss;

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		TRY(kernel_constant(u->t, names[i], &u->index[i]));
	u->stride = 8;
	u->cached = place_optional(u->t, "task_struct", "rss_stat.count");
	if (place_optional(u->t, "mm_struct", "rss_stat.count").size)
		return NULL;
	TRY(place_find(u->t, "mm_struct", "rss_stat", &rss));
	if (!rss.count || rss.count > 16)
		return err_new(ERR_UNSUPPORTED, "mm_struct.rss_stat: an array of %u", rss.count);
	u->percpu = true;
	u->stride = rss.size / rss.count;
	return NULL;
}

/* With its sign, as a 64-bit number: other parts are added. */
static bool rss_of(const struct users *u, uint64_t rss, unsigned which, uint64_t *ret)
{
	uint64_t at = rss + (uint64_t)u->index[which] * u->stride;
	int64_t v = 0;

	if (!u->percpu)
		return arch_read_uint(target_memory(u->t), at, 8, ret);
	if (err_ignore(kernel_percpu_counter(u->t, at, &v)))
		return false;
	*ret = (uint64_t)v;
	return true;
}

/* What a thread has counted and not added to its address space yet: signed words. */
static void add_cached(const struct users *u, uint64_t task, struct memory_user *to)
{
	uint64_t *const sums[] = { &to->file, &to->anon, &to->swap, &to->shmem };

	for (unsigned i = 0; u->cached.size && i < ARRAY_SIZE(sums); i++) {
		uint64_t at = task + u->cached.offset + (uint64_t)u->index[i] * 4, word;

		if (arch_read_uint(target_memory(u->t), at, 4, &word))
			*sums[i] += (uint64_t)(int64_t)(int32_t)word;
	}
}

/* Sums that are below 0 were read while they changed. */
static void settle(struct memory_user *u)
{
	uint64_t *const sums[] = { &u->file, &u->anon, &u->swap, &u->shmem };

	for (unsigned i = 0; i < ARRAY_SIZE(sums); i++)
		if ((int64_t)*sums[i] < 0)
			*sums[i] = 0;
}

static bool read_user(const struct users *u, uint64_t address, const struct task *task, struct memory_user *ret)
{
	uint64_t *const sums[] = { &ret->file, &ret->anon, &ret->swap, &ret->shmem };
	const struct arch_memory *m = target_memory(u->t);
	struct signal signal;
	struct mm mm;

	if (err_ignore(bind_read(u->t, HALF_NATIVE, &mm_binding, task->mm, &mm)))
		return false;
	*ret = (struct memory_user){ .task = address, .pid = (uint32_t)task->tgid, .mm = task->mm, .total = mm.total };
	ret->name[m->read(m->arg, task->comm, ret->name, sizeof(ret->name) - 1)] = '\0';
	ret->has_rss = true;
	for (unsigned i = 0; i < ARRAY_SIZE(sums); i++)
		if (!rss_of(u, mm.rss, i, sums[i]))
			ret->has_rss = false;
	if (task->signal && !err_ignore(bind_read(u->t, HALF_NATIVE, &signal_binding, task->signal, &signal))) {
		ret->has_oom_score_adj = true;
		ret->oom_score_adj = (int64_t)signal.adj;
	}
	return true;
}

static int by_resident(const void *a, const void *b)
{
	const struct memory_user *x = a, *y = b;
	uint64_t n = memory_resident(x), m = memory_resident(y);

	return n != m ? (n < m ? 1 : -1) : x->pid < y->pid ? -1 : x->pid > y->pid;
}

/* The entry of an address space; a new one when it has none yet. NULL: it cannot be read. */
static struct memory_user *user_of(const struct users *u, struct u64map *seen, uint64_t address,
				   const struct task *task, struct memory_user *v, size_t *n)
{
	struct memory_user *user = u64map_get(seen, task->mm);

	if (user || !read_user(u, address, task, &v[*n]))
		return user;
	user = &v[(*n)++];
	return u64map_put(seen, task->mm, user) ? user : NULL;
}

/* First the threads that lead their processes, then the others, whose leader may have ended. */
static struct err *collect(const struct users *u, struct u64map *seen, struct memory_user *v, size_t *n)
{
	struct thread *threads;
	size_t n_threads = target_threads(u->t, &threads);

	for (int turn = 0; turn < 2; turn++)
		for (size_t i = 0; i < n_threads; i++) {
			struct memory_user *user;
			struct task task;

			if (i % 1024 == 0)
				TRY(cancel_check());
			if (!threads[i].task ||
			    err_ignore(bind_read(u->t, HALF_NATIVE, &task_binding, threads[i].task, &task)) || !task.mm ||
			    (task.pid == task.tgid) != !turn)
				continue;
			user = user_of(u, seen, threads[i].task, &task, v, n);
			if (user)
				add_cached(u, threads[i].task, user);
		}
	return NULL;
}

struct err *kernel_memory_users(struct target *t, struct arena *a, struct memory_user **ret, size_t *ret_n)
{
	CLEANUP(u64map_deinit) struct u64map seen = U64MAP_INIT;
	struct users u = { .t = t };
	struct memory_user *v;
	struct thread *threads;
	size_t n = 0;

	TRY(prepare(&u));
	v = ARENA_NEW_N(a, struct memory_user, target_threads(t, &threads) + 1);
	if (!v)
		return err_nomem();
	TRY(collect(&u, &seen, v, &n));
	for (size_t i = 0; i < n; i++)
		settle(&v[i]);
	qsort(v, n, sizeof(*v), by_resident);
	*ret = v;
	*ret_n = n;
	return NULL;
}
