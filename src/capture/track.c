/* SPDX-License-Identifier: MIT */
/* userfaultfd(2), ioctl_userfaultfd(2); WP_ASYNC: kernel Documentation/admin-guide/mm/userfaultfd.rst. */
#include "capture/track.h"
#include "capture/phase.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/userfaultfd.h>
#include <sys/ioctl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Of <linux/userfaultfd.h> since 6.4 and 6.7. */
static const uint64_t feature_unpopulated = 1 << 13, feature_async = 1 << 15;
enum { USER_MODE_ONLY = 1, THREAD_PIDFD = O_EXCL };

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

struct err *track_start(struct inject *in, const struct vma_list *vmas, struct tasks *tasks, struct track *ret)
{
	struct track t = { .fd = -1 };
	struct err *e = borrow(in, vmas, tasks, &t.fd);

	if (!e)
		e = set_mode(t.fd);
	if (e) {
		track_stop(&t);
		return e;
	}
	*ret = t;
	return NULL;
}

bool track_range(const struct track *t, uint64_t start, uint64_t end)
{
	struct uffdio_register r = { .range = { start, end - start }, .mode = UFFDIO_REGISTER_MODE_WP };

	return ioctl(t->fd, UFFDIO_REGISTER, &r) == 0;
}

void track_stop(struct track *t)
{
	if (t->fd >= 0)
		(void)close(t->fd);
	t->fd = -1;
}
