/* SPDX-License-Identifier: MIT */
/*
 * usage: measure OUTPUT INPUT COMMAND [ARGUMENT...]
 * Runs a command once and prints its wall time in microseconds, its peak
 * resident memory in kilobytes, its exit code, and the time in microseconds
 * that it and its children had a processor. A program of its own, and a small
 * one, because the peak of a child counts what it was forked from.
 */
#include <fcntl.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static long long now_us(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000LL + t.tv_nsec / 1000;
}

static long long us_of(struct timeval t)
{
	return t.tv_sec * 1000000LL + t.tv_usec;
}

int main(int argc, char **argv)
{
	struct rusage use;
	long long start;
	int status;
	pid_t pid;

	if (argc < 4)
		return 2;
	start = now_us();
	pid = fork();
	if (pid < 0)
		return 2;
	if (pid == 0) {
		int out = open(argv[1], O_WRONLY | O_CREAT | O_TRUNC, 0600);
		int in = open(argv[2], O_RDONLY);

		if (in < 0 || out < 0 || dup2(in, 0) < 0 || dup2(out, 1) < 0 || dup2(out, 2) < 0)
			_exit(126);
		(void)execvp(argv[3], argv + 3);
		_exit(127);
	}
	if (wait4(pid, &status, 0, &use) != pid)
		return 2;
	(void)printf("%lld %ld %d %lld\n", now_us() - start, use.ru_maxrss,
		     WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status), us_of(use.ru_utime) + us_of(use.ru_stime));
	return 0;
}
