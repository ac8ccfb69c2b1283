/* SPDX-License-Identifier: MIT */
/*
 * A process of many pages to which signals come all the time: how long did it
 * stand still at most? Under ptrace each signal stops its thread until the
 * tracer has looked at it.
 *
 * usage: alarmed MEGABYTES; prints "ready", after SIGTERM "longest gap N ms, M signals".
 */
#define _GNU_SOURCE
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <time.h>

static volatile sig_atomic_t signals, ending;

static void on_alarm(int sig) { signals++; }
static void on_term(int sig) { ending = 1; }

static double now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1e3 + t.tv_nsec / 1e6;
}

int main(int argc, char **argv)
{
	const struct itimerval often = { { 0, 10000 }, { 0, 10000 } };
	const struct timespec shortly = { 0, 1000000 };
	size_t size = argc > 1 ? (size_t)atoi(argv[1]) << 20 : 1 << 20;
	char *memory = malloc(size);
	double last, longest = 0;

	if (!memory)
		return 2;
	memset(memory, 1, size);
	signal(SIGALRM, on_alarm);
	signal(SIGTERM, on_term);
	setitimer(ITIMER_REAL, &often, NULL);
	puts("ready");
	fflush(stdout);
	for (last = now_ms(); !ending;) {
		double now;

		nanosleep(&shortly, NULL);
		now = now_ms();
		longest = now - last > longest ? now - last : longest;
		last = now;
	}
	printf("longest gap %d ms, %d signals\n", (int)longest, (int)signals);
	return memory[size - 1] != 1;
}
