/* SPDX-License-Identifier: MIT */
/* open(2), "O_DIRECT": ext4, xfs and btrfs want blocks of the file system at most, NFS nothing; tmpfs has it since Linux 6.6. */
#include "capture/direct.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

enum { WORTH_IT = 128 << 10 }; /* bytes: a transfer of its own is slower below */

void direct_open(struct direct *d, int fd, int access)
{
	char path[40];

	(void)snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	d->fd = open(path, access | O_DIRECT | O_CLOEXEC);
	atomic_store(&d->refused, false);
}

void direct_close(struct direct *d)
{
	if (d->fd >= 0)
		(void)close(d->fd);
	d->fd = -1;
}

static bool suits(const struct direct *d, const void *buf, size_t size, uint64_t offset)
{
	return d->fd >= 0 && size >= WORTH_IT && !(((uintptr_t)buf | size | offset) & (DIRECT_ALIGNED - 1)) &&
	       !atomic_load_explicit(&d->refused, memory_order_relaxed);
}

static bool is_refusal(struct direct *d, ssize_t done)
{
	if (done >= 0 || errno != EINVAL)
		return false;
	atomic_store_explicit(&d->refused, true, memory_order_relaxed);
	return true;
}

ssize_t direct_pread(struct direct *d, int fd, void *buf, size_t size, uint64_t offset)
{
	if (suits(d, buf, size, offset)) {
		ssize_t done = pread(d->fd, buf, size, (off_t)offset);

		if (!is_refusal(d, done))
			return done;
	}
	return pread(fd, buf, size, (off_t)offset);
}

ssize_t direct_pwrite(struct direct *d, int fd, const void *buf, size_t size, uint64_t offset)
{
	if (suits(d, buf, size, offset)) {
		ssize_t done = pwrite(d->fd, buf, size, (off_t)offset);

		if (!is_refusal(d, done))
			return done;
	}
	return pwrite(fd, buf, size, (off_t)offset);
}
