/* SPDX-License-Identifier: MIT */
/*
 * userfaultfd(2), ioctl_userfaultfd(2), pidfd_getfd(2).
 *
 * When a userfaultfd is closed the kernel takes the protection off all pages at
 * once, 40 ms a GB, and the process waits with its page faults meanwhile.
 */
#include "capture/uffd.h"
#include "capture/phase.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/userfaultfd.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { THREAD_PIDFD = O_EXCL };
enum { STEP = UFFD_SMALL_STEP, STEPS_MOST = 4096, HUGE_PAGE = 2 << 20 };

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

struct err *uffd_make(struct inject *in, const struct vma_list *vmas, struct task *task, unsigned flags, int *ret)
{
	struct inject_call open = { .nr = inject_nr(in, NR_USERFAULTFD), .args = { O_CLOEXEC | O_NONBLOCK | flags } };
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

bool uffd_features(int fd, uint64_t features)
{
	struct uffdio_api api = { .api = UFFD_API, .features = features };

	return ioctl(fd, UFFDIO_API, &api) == 0;
}

bool uffd_probe(unsigned flags, uint64_t features)
{
	int fd = (int)syscall(SYS_userfaultfd, O_CLOEXEC | O_NONBLOCK | flags), error;
	bool has = fd >= 0 && uffd_features(fd, features);

	error = errno;
	if (fd >= 0)
		(void)close(fd);
	errno = error;
	return has;
}

int uffd_register(int fd, uint64_t start, uint64_t end)
{
	struct uffdio_register r = { .range = { start, end - start }, .mode = UFFDIO_REGISTER_MODE_WP };

	return ioctl(fd, UFFDIO_REGISTER, &r) == 0 ? 0 : errno;
}

int uffd_protect(int fd, uint64_t start, uint64_t end, bool on)
{
	struct uffdio_writeprotect w = { .range = { start, end - start }, .mode = on ? UFFDIO_WRITEPROTECT_MODE_WP : 0 };

	return ioctl(fd, UFFDIO_WRITEPROTECT, &w) == 0 ? 0 : errno;
}

bool uffd_is_gone(int fd)
{
	enum { NOBODYS = 4096 }; /* nothing is mapped so low */

	return uffd_protect(fd, NOBODYS, 2 * NOBODYS, false) == ESRCH;
}

void uffd_wake(int fd, uint64_t start, uint64_t end)
{
	struct uffdio_range r = { start, end - start };

	(void)ioctl(fd, UFFDIO_WAKE, &r);
}

/* Steps end between huge pages; there are not too many of them. */
static uint64_t step_end(uint64_t start, uint64_t end, uint64_t step)
{
	uint64_t next = (start + step + HUGE_PAGE) & ~(uint64_t)(HUGE_PAGE - 1);

	return next < end ? next : end;
}

static uint64_t step_size(uint64_t start, uint64_t end, uint64_t step)
{
	return (end - start) / STEPS_MOST > step ? (end - start) / STEPS_MOST : step;
}

bool uffd_unprotect_all(int fd, uint64_t start, uint64_t end)
{
	uint64_t step = step_size(start, end, STEP);

	for (uint64_t at = start, next; at < end; at = next) {
		next = step_end(at, end, step);
		if (uffd_protect(fd, at, next, false))
			return false;
	}
	return true;
}

void uffd_let_go(int fd, uint64_t start, uint64_t end, uint64_t step)
{
	step = step_size(start, end, step);
	for (uint64_t at = start, next; at < end; at = next) {
		struct uffdio_range range = { at, 0 };

		next = step_end(at, end, step);
		range.len = next - at;
		if (ioctl(fd, UFFDIO_UNREGISTER, &range) != 0 && (errno == ESRCH || errno == ENOMEM))
			return;
	}
}
