/* SPDX-License-Identifier: MIT */
/*
 * userfaultfd(2), ioctl_userfaultfd(2); WP_ASYNC: kernel Documentation/admin-guide/mm/userfaultfd.rst;
 * soft-dirty: Documentation/admin-guide/mm/soft-dirty.rst.
 */
#include "capture/track.h"
#include "capture/proc_impl.h"
#include "capture/uffd.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/userfaultfd.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

enum { ROUNDS_MOST = 12, BETWEEN_TRIES_US = 2000 };
static const uint64_t patience_ns = 1000000000;

/* --- WP_ASYNC ----------------------------------------------------------------------------------- */

static const uint64_t features = UFFD_WP_UNPOPULATED | UFFD_WP_ASYNC | UFFD_FEATURE_PAGEFAULT_FLAG_WP |
				 UFFD_FEATURE_WP_HUGETLBFS_SHMEM;

/* A thread that serves is stopped, used and let go again; *ret stays -1: none does now. */
static struct err *borrow_any(struct inject *in, const struct vma_list *vmas, struct tasks *tasks, int *ret)
{
	for (size_t i = 0; i < tasks->v.n; i++) {
		struct task *task = &tasks->v.v[i];
		struct err *e;

		if (!tasks_borrow(tasks, i))
			continue;
		e = inject_holds(in) && inject_suits(in, vmas, task) ? uffd_make(in, vmas, task, UFFD_ONLY_USER_MODE, ret) : NULL;
		task_go_on(task);
		if (e || *ret >= 0)
			return e;
	}
	return NULL;
}

/* The process runs meanwhile: threads that all were in the kernel, or got no processor, are asked again. */
static struct err *borrow(struct inject *in, const struct vma_list *vmas, struct tasks *tasks, int *ret)
{
	for (uint64_t began = clock_ns();; (void)usleep(BETWEEN_TRIES_US)) {
		TRY(borrow_any(in, vmas, tasks, ret));
		if (*ret >= 0)
			return NULL;
		if (clock_ns() - began > patience_ns || !inject_holds(in))
			break;
		tasks_let_run(tasks);
	}
	return err_new(ERR_UNSUPPORTED, "no thread of process %d can make a call for us now", (int)in->pid);
}

static struct err *start_async(struct inject *in, const struct vma_list *vmas, struct tasks *tasks, struct track *t)
{
	TRY(borrow(in, vmas, tasks, &t->fd));
	if (!uffd_features(t->fd, features))
		return err_new(ERR_UNSUPPORTED, "this kernel cannot track writes (userfaultfd's WP_ASYNC, Linux 6.7)");
	t->way = TRACK_WP_ASYNC;
	return NULL;
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
	bool has = uffd_probe(UFFD_ONLY_USER_MODE, features) && !err_ignore(pagemap_open(getpid(), &own)) && pagemap_can_scan(own);

	pagemap_close(own);
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

bool track_range(struct track *t, uint64_t start, uint64_t end)
{
	struct track_range range = { start, end };

	if (t->way == TRACK_SOFT_DIRTY)
		return true;
	if (uffd_register(t->fd, start, end) != 0)
		return false;
	if (vec_push(&t->ranges, range) && uffd_unprotect_all(t->fd, start, end))
		return true;
	uffd_let_go(t->fd, start, end, UFFD_SMALL_STEP);
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
		uffd_let_go(t->fd, t->ranges.v[i].start, t->ranges.v[i].end, UFFD_SMALL_STEP);
	for (size_t i = 0; i < t->marks.n; i++)
		free(t->marks.v[i].marks);
	vec_deinit(&t->marks);
	vec_deinit(&t->ranges);
	if (t->fd >= 0)
		(void)close(t->fd);
	t->fd = -1;
}
