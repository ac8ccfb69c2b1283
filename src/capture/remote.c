/* SPDX-License-Identifier: MIT */
/* process_vm_readv(2) and /proc/PID/mem (proc(5)). */
#include "capture/remote.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/uio.h>
#include <unistd.h>

/* What the process itself may not read (PROT_NONE, write-only) has contents all the same. */
static size_t read_forced(pid_t pid, uint64_t address, void *buf, size_t size)
{
	char path[32];
	ssize_t n;
	int fd;

	(void)snprintf(path, sizeof(path), "/proc/%d/mem", (int)pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return 0;
	n = pread(fd, buf, size, (off_t)address);
	(void)close(fd);
	return n > 0 ? (size_t)n : 0;
}

size_t remote_read(pid_t pid, uint64_t address, void *buf, size_t size)
{
	struct iovec local = { buf, size }, remote = { (void *)(uintptr_t)address, size };
	ssize_t n = process_vm_readv(pid, &local, 1, &remote, 1, 0);

	if (n < 0 && errno == EFAULT)
		return read_forced(pid, address, buf, size);
	return n > 0 ? (size_t)n : 0;
}

static bool write_forced(pid_t pid, uint64_t address, const void *buf, size_t size)
{
	char path[32];
	ssize_t n;
	int fd;

	(void)snprintf(path, sizeof(path), "/proc/%d/mem", (int)pid);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return false;
	n = pwrite(fd, buf, size, (off_t)address);
	(void)close(fd);
	return n == (ssize_t)size;
}

bool remote_write(pid_t pid, uint64_t address, const void *buf, size_t size, bool force)
{
	struct iovec local = { (void *)(uintptr_t)buf, size }, remote = { (void *)(uintptr_t)address, size };

	if (process_vm_writev(pid, &local, 1, &remote, 1, 0) == (ssize_t)size)
		return true;
	return force && write_forced(pid, address, buf, size);
}
