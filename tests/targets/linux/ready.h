/* SPDX-License-Identifier: MIT */
/*
 * How a test program says that it stands where it should be dumped: each
 * thread about to block calls announce(), main calls ready(n), which prints
 * "ready PID" once n threads have announced and all but main sleep.
 */
#ifndef READY_H
#define READY_H

#include <dirent.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static atomic_int announced;

static inline void announce(void)
{
	atomic_fetch_add(&announced, 1);
}

static inline int thread_runs(const char *tid)
{
	char path[64], line[512];
	FILE *f;
	const char *state;
	int runs = 0;

	(void)snprintf(path, sizeof(path), "/proc/self/task/%.20s/stat", tid);
	f = fopen(path, "r");
	if (!f)
		return 0;
	/* The state follows the name, which may hold anything but ends in ')'. */
	if (fgets(line, sizeof(line), f) && (state = strrchr(line, ')')) != NULL)
		runs = state[2] != 'S';
	(void)fclose(f);
	return runs;
}

static inline int others_run(void)
{
	DIR *d = opendir("/proc/self/task");
	const struct dirent *e;
	char self[24];
	int n = 0;

	(void)snprintf(self, sizeof(self), "%d", (int)getpid());
	while (d && (e = readdir(d)) != NULL)
		if (e->d_name[0] != '.' && strcmp(e->d_name, self) != 0)
			n += thread_runs(e->d_name);
	if (d)
		(void)closedir(d);
	return n;
}

static inline void ready(int threads)
{
	while (atomic_load(&announced) < threads)
		usleep(1000);
	do
		usleep(20000);
	while (others_run());
	(void)printf("ready %d\n", (int)getpid());
	(void)fflush(stdout);
}

#endif
