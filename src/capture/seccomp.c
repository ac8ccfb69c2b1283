/* SPDX-License-Identifier: MIT */
/* ptrace(2) on PTRACE_O_SUSPEND_SECCOMP; proc(5) on "Seccomp:" and "Seccomp_filters:" (Linux 5.9). */
#include "capture/seccomp.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <unistd.h>

enum { STATUS_SIZE = 8192, MODE_FILTER = 2 };

struct seccomp {
	long mode, filters;	/* -1: not known */
};

static long number_after(const char *text, const char *key)
{
	const char *p = strstr(text, key);

	return p ? strtol(p + strlen(key), NULL, 10) : -1;
}

/* Allocates nothing: the pause may be on. */
static struct seccomp read_status(const char *path)
{
	char text[STATUS_SIZE];
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? 0 : read(fd, text, sizeof(text) - 1);

	if (fd >= 0)
		(void)close(fd);
	text[n > 0 ? n : 0] = '\0';
	return (struct seccomp){ number_after(text, "\nSeccomp:"), number_after(text, "\nSeccomp_filters:") };
}

bool seccomp_stands_aside(pid_t tid)
{
	struct seccomp theirs, ours;
	char path[32];

	if (ptrace(PTRACE_SETOPTIONS, tid, NULL, (void *)(long)(PTRACE_O_TRACESYSGOOD | PTRACE_O_SUSPEND_SECCOMP)) == 0)
		return true;
	(void)snprintf(path, sizeof(path), "/proc/%d/status", (int)tid);
	theirs = read_status(path);
	ours = read_status("/proc/self/status");
	return theirs.mode == 0 ||
	       (theirs.mode == MODE_FILTER && ours.mode == MODE_FILTER && theirs.filters > 0 && theirs.filters <= ours.filters);
}
