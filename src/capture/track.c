/* SPDX-License-Identifier: MIT */
/*
 * userfaultfd(2), ioctl_userfaultfd(2); WP_ASYNC: kernel Documentation/admin-guide/mm/userfaultfd.rst;
 * soft-dirty: Documentation/admin-guide/mm/soft-dirty.rst.
 *
 * When a userfaultfd is closed the kernel takes the protection off all pages at
 * once, 40 ms a GB, and the process waits with its page faults meanwhile. So
 * ranges are let go of in small steps before (after our death it is the kernel's way).
 */
#include "capture/track.h"
#include "capture/phase.h"
#include "capture/proc_impl.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/userfaultfd.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Of <linux/userfaultfd.h> since 6.4 and 6.7. */
static const uint64_t feature_unpopulated = 1 << 13, feature_async = 1 << 15;
enum { USER_MODE_ONLY = 1, THREAD_PIDFD = O_EXCL };
enum { ROUNDS_MOST = 12, STEP = 16 << 20, STEPS_MOST = 4096, HUGE_PAGE = 2 << 20 };

/* --- WP_ASYNC ----------------------------------------------------------------------------------- */

static int open_pidfd(pid_t pid)
{
	int pidfd = (int)syscall(SYS_pidfd_open, pid, 0);

	if (pidfd < 0) /* not the first thread of its process: Linux 6.9 */
		pidfd = (int)syscall(SYS_pidfd_open, pid, THREAD_PIDFD);
	return pidfd;
}

static struct err *take_over(pid_t pid, int theirs, int *ret)
{
	int pidfd = open_pidfd(pid);
	int fd = pidfd < 0 ? -1 : (int)syscall(SYS_pidfd_getfd, pidfd, theirs, 0);
	int error = errno;

	if (pidfd >= 0)
		(void)close(pidfd);
	*ret = fd;
	return fd < 0 ? err_os(error, "the userfaultfd of process %d cannot be taken over", (int)pid) : NULL;
}

static struct err *make(struct inject *in, const struct vma_list *vmas, struct task *task, int *ret)
{
	struct inject_call open = { .nr = inject_nr(in, NR_USERFAULTFD), .args = { O_CLOEXEC | O_NONBLOCK | USER_MODE_ONLY } };
	struct inject_call close_it = { .nr = inject_nr(in, NR_CLOSE) };
	struct err *e;

	TRY(inject_call(in, vmas, task, &open));
	if (open.result < 0)
		return err_os((int)-open.result, "process %d cannot make a userfaultfd", (int)in->pid);
	phase("userfaultfd made");
	e = take_over(in->pid, (int)open.result, ret);
	close_it.args[0] = (uint64_t)open.result;
	if (err_ignore(inject_call(in, vmas, task, &close_it)) && !e)
		e = err_new(ERR_NOTFOUND, "process %d went away", (int)in->pid);
	return e;
}

static struct err *set_mode(int fd)
{
	struct uffdio_api api = { .api = UFFD_API, .features = feature_unpopulated | feature_async |
							       UFFD_FEATURE_PAGEFAULT_FLAG_WP | UFFD_FEATURE_WP_HUGETLBFS_SHMEM };

	if (ioctl(fd, UFFDIO_API, &api) == 0)
		return NULL;
	return err_new(ERR_UNSUPPORTED, "this kernel cannot track writes (userfaultfd's WP_ASYNC, Linux 6.7)");
}

/* A thread that serves is stopped, used and let go again. */
static struct err *borrow(struct inject *in, const struct vma_list *vmas, struct tasks *tasks, int *ret)
{
	for (size_t i = 0; i < tasks->v.n; i++) {
		struct task *task = &tasks->v.v[i];
		struct err *e;

		if (!tasks_borrow(tasks, i))
			continue;
		e = inject_holds(in) && inject_suits(in, vmas, task) ? make(in, vmas, task, ret) : NULL;
		task_go_on(task);
		if (e || *ret >= 0)
			return e;
	}
	return err_new(ERR_UNSUPPORTED, "no thread of process %d can make a call for us now", (int)in->pid);
}

static struct err *start_async(struct inject *in, const struct vma_list *vmas, struct tasks *tasks, struct track *t)
{
	TRY(borrow(in, vmas, tasks, &t->fd));
	TRY(set_mode(t->fd));
	t->way = TRACK_WP_ASYNC;
	return NULL;
}

/* Steps end between huge pages; there are not too many of them. */
static uint64_t step_end(const struct track_range *r, uint64_t start)
{
	uint64_t step = (r->end - r->start) / STEPS_MOST > STEP ? (r->end - r->start) / STEPS_MOST : STEP;
	uint64_t end = (start + step + HUGE_PAGE) & ~(uint64_t)(HUGE_PAGE - 1);

	return end < r->end ? end : r->end;
}

static bool unprotect(const struct track *t, const struct track_range *r)
{
	for (uint64_t at = r->start, end; at < r->end; at = end) {
		struct uffdio_writeprotect w = { .range = { at, 0 } };

		end = step_end(r, at);
		w.range.len = end - at;
		if (ioctl(t->fd, UFFDIO_WRITEPROTECT, &w) != 0)
			return false;
	}
	return true;
}

/* What has become of a range since does not matter: what fails is left to close(). */
static void let_go(const struct track *t, const struct track_range *r)
{
	for (uint64_t at = r->start, end; at < r->end; at = end) {
		struct uffdio_range range = { at, 0 };

		end = step_end(r, at);
		range.len = end - at;
		if (ioctl(t->fd, UFFDIO_UNREGISTER, &range) != 0 && (errno == ESRCH || errno == ENOMEM))
			return;
	}
}

/* --- soft-dirty ---------------------------------------------------------------------------------- */

/* A fresh page counts as dirty wherever the kernel has such marks; only root sees the numbers of page frames. */
static bool has_soft_dirty(void)
{
	size_t size = (size_t)sysconf(_SC_PAGESIZE);
	volatile char *page = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	struct pagemap *own = NULL;
	bool has;

	if (page == MAP_FAILED)
		return false;
	*page = 1;
	has = !err_ignore(pagemap_open(getpid(), &own)) && pagemap_has_soft_marks(own, (uintptr_t)page);
	pagemap_close(own);
	(void)munmap((void *)(uintptr_t)page, size);
	return has;
}

static struct err *start_soft(pid_t pid, struct track *t)
{
	char path[PROC_PATH];
	ssize_t n;
	int fd, error;

	(void)snprintf(path, sizeof(path), "/proc/%d/clear_refs", (int)pid);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return err_os(errno, "%s", path);
	n = write(fd, "4", 1);
	error = errno;
	(void)close(fd);
	if (n != 1)
		return err_os(error, "%s", path);
	t->way = TRACK_SOFT_DIRTY;
	return NULL;
}

/* What the pages are before they are copied. The ranges come in the order of their addresses. */
static struct err *keep_marks(struct track *t, uint64_t start, uint64_t end)
{
	struct track_marks m = { start, end, calloc((end - start) / 4096 + 1, sizeof(uint64_t)) };

	if (!m.marks || !vec_push(&t->marks, m)) {
		free(m.marks);
		return err_nomem();
	}
	return pagemap_soft_marks(t->pages, start, end, m.marks);
}

/* Part by part: with marks, and between them. */
static struct err *soft_changes(struct track *t, uint64_t start, uint64_t end, page_run_fn *each, void *arg)
{
	for (size_t i = 0; start < end; i++) {
		const struct track_marks *m = i < t->marks.n ? &t->marks.v[i] : NULL;
		uint64_t until;

		if (m && m->end <= start)
			continue;
		until = m && m->start < end ? m->start : end;
		if (start < until)
			TRY(pagemap_soft_changes(t->pages, start, until, NULL, each, arg));
		start = start > until ? start : until;
		if (start == end)
			return NULL;
		until = m->end < end ? m->end : end;
		TRY(pagemap_soft_changes(t->pages, start, until, m->marks + (start - m->start) / 4096, each, arg));
		start = until;
	}
	return NULL;
}

/* --- either ---------------------------------------------------------------------------------------- */

static bool has_async(void)
{
	struct pagemap *own = NULL;
	int fd = (int)syscall(SYS_userfaultfd, O_CLOEXEC | O_NONBLOCK | USER_MODE_ONLY);
	bool has = fd >= 0 && !err_ignore(set_mode(fd)) && !err_ignore(pagemap_open(getpid(), &own)) && pagemap_can_scan(own);

	pagemap_close(own);
	if (fd >= 0)
		(void)close(fd);
	return has;
}

enum track_way track_probe(void)
{
	return has_async() ? TRACK_WP_ASYNC : has_soft_dirty() ? TRACK_SOFT_DIRTY : TRACK_NONE;
}

struct err *track_start(struct inject *in, const struct vma_list *vmas, struct tasks *tasks, struct pagemap *pages,
			struct track *ret)
{
	struct err *e;

	*ret = (struct track){ .fd = -1, .pages = pages };
	if (pagemap_can_scan(pages))
		e = start_async(in, vmas, tasks, ret);
	else
		e = err_new(ERR_UNSUPPORTED, "this kernel cannot track writes (PAGEMAP_SCAN, Linux 6.7; soft-dirty)");
	if (!e || !has_soft_dirty())
		return e;
	err_free(e);
	track_stop(ret);
	return start_soft(in->pid, ret);
}

unsigned track_rounds(const struct track *t)
{
	return t->way == TRACK_SOFT_DIRTY ? 1 : ROUNDS_MOST;
}

bool track_range(struct track *t, uint64_t start, uint64_t end, bool again)
{
	struct track_range range = { start, end };
	struct uffdio_register r = { .range = { start, end - start }, .mode = UFFDIO_REGISTER_MODE_WP };

	if (t->way == TRACK_SOFT_DIRTY)
		return true;
	if (ioctl(t->fd, UFFDIO_REGISTER, &r) != 0)
		return false;
	if (vec_push(&t->ranges, range) && (!again || unprotect(t, &range)))
		return true;
	let_go(t, &range);
	return false;
}

struct err *track_written(struct track *t, uint64_t start, uint64_t end, bool all, page_run_fn *each, void *arg)
{
	if (t->way == TRACK_SOFT_DIRTY) {
		TRY(keep_marks(t, start, end));
		return pagemap_runs(t->pages, start, end, each, arg);
	}
	return pagemap_written(t->pages, start, end, all, each, arg);
}

struct err *track_state(struct track *t, uint64_t start, uint64_t end, page_run_fn *each, void *arg)
{
	if (t->way == TRACK_SOFT_DIRTY)
		return err_new(ERR_UNSUPPORTED, "soft-dirty marks do not tell what became of the pages of a mapped file");
	return pagemap_state(t->pages, start, end, each, arg);
}

struct err *track_changes(struct track *t, uint64_t start, uint64_t end, page_run_fn *each, void *arg)
{
	if (t->way == TRACK_SOFT_DIRTY)
		return soft_changes(t, start, end, each, arg);
	return pagemap_changes(t->pages, start, end, each, arg);
}

void track_stop(struct track *t)
{
	for (size_t i = 0; t->fd >= 0 && !t->foreign && i < t->ranges.n; i++)
		let_go(t, &t->ranges.v[i]);
	for (size_t i = 0; i < t->marks.n; i++)
		free(t->marks.v[i].marks);
	vec_deinit(&t->marks);
	vec_deinit(&t->ranges);
	if (t->fd >= 0)
		(void)close(t->fd);
	t->fd = -1;
}
