/* SPDX-License-Identifier: MIT */
/*
 * The kernel writes for itself to some memory of threads that end: a word that
 * tells so to who joins them (set_tid_address(2)), and the robust mutexes that they
 * hold (get_robust_list(2)). A thread that ends does not wait for us, its writes would
 * just fail: others would wait for it for ever. So these pages are saved in the pause.
 */
#include "capture/membrane.h"
#include "capture/remote.h"

#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>

enum {
	PAGE = 4096,
	ROBUST_MOST = 2048,	/* the kernel's own limit, ROBUST_LIST_LIMIT */
};

static struct err *open_robust(struct membrane_member *m, pid_t mm, pid_t tid)
{
	struct robust_list_head head;
	uint64_t at = 0, first, next;
	size_t size = 0;

	if (syscall(SYS_get_robust_list, tid, &at, &size) < 0 || !at || size != sizeof(head) ||
	    remote_read(mm, at, &head, sizeof(head)) != sizeof(head))
		return NULL;
	TRY(membrane_open_page(m, at));
	if (head.list_op_pending)
		TRY(membrane_open_page(m, ((uintptr_t)head.list_op_pending & ~(uint64_t)1) + (uint64_t)head.futex_offset));
	first = at;
	next = (uintptr_t)head.list.next & ~(uint64_t)1; /* bit 0: it inherits priority */
	for (unsigned i = 0; i < ROBUST_MOST && next != first; i++) {
		TRY(membrane_open_page(m, next + (uint64_t)head.futex_offset));
		if (remote_read(mm, next, &next, sizeof(next)) != sizeof(next))
			break;
		next &= ~(uint64_t)1;
	}
	return NULL;
}

/* glibc has both the word and the head of the list behind the thread's control block. */
struct err *membrane_open_threads(struct membrane_member *m, pid_t mm, const struct tasks *tasks)
{
	for (size_t i = 0; i < tasks->v.n; i++) {
		const struct task *task = &tasks->v.v[i];
		uint64_t tls = task->captured ? task_tls(task) : 0;

		if (!tls)
			continue;
		TRY(membrane_open_page(m, tls));
		TRY(membrane_open_page(m, tls + PAGE));
		if (!task->compat)
			TRY(open_robust(m, mm, task->tid));
	}
	return NULL;
}
