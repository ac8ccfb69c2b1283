/* SPDX-License-Identifier: MIT */
/*
 * The pivot program (pivot.c) over several processes: they take turns, and in
 * round k each writes k to its places, one after the other, in private memory
 * of its own and in memory that all share. At any instant therefore, over all
 * processes in the order of their turns,
 *	place[0] >= place[1] >= ... >= place[n-1] >= place[0] - 1.
 *
 * usage: pivot_set PROCESSES [churn]; with churn one more process makes children
 * all the time, which share the memory too; some of them run another program.
 *
 * Prints "place PID KIND ADDRESS" for each, in that order, then "ready". Places
 * of the kind "shared" and "memfd" are at the same address in all of them, and
 * "window" is in a part of a memfd that each maps in a window of its own.
 */
#define _GNU_SOURCE
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { REGION = 1 << 20, MOST = 8, KINDS = 5, PAGE = 4096 };

struct table {
	volatile uint64_t turn;
	volatile pid_t pids[MOST];
	volatile uintptr_t places[MOST][KINDS];
};

static const char *const kinds[KINDS] = { "private", "shared", "memfd", "window", "data" };
static struct table *table;
static char *shared, *memfd, *private;
static volatile uint64_t in_data;
static int fd;

static char *map(int flags, int file, size_t size, off_t offset)
{
	char *p = mmap(NULL, size, PROT_READ | PROT_WRITE, flags, file, offset);

	if (p == MAP_FAILED)
		exit(2);
	return p;
}

static void take_turns(unsigned me, unsigned n)
{
	/* Windows overlap: from page `me` of the last part on. */
	char *window = map(MAP_SHARED, fd, REGION / 2 - me * PAGE, REGION / 2 + (off_t)me * PAGE);
	volatile uint64_t *places[KINDS] = {
		(uint64_t *)private, (uint64_t *)(shared + me * PAGE), (uint64_t *)(memfd + me * PAGE + 8),
		(uint64_t *)(window + (MOST - me) * PAGE + me * 8), &in_data,
	};

	for (unsigned i = 0; i < KINDS; i++)
		table->places[me][i] = (uintptr_t)places[i];
	table->pids[me] = getpid();
	for (uint64_t k = 1;; k++) {
		while (table->turn != n * (k - 1) + me)
			sched_yield();
		for (unsigned i = 0; i < KINDS; i++)
			*places[i] = k;
		table->turn = n * (k - 1) + me + 1;
	}
}

static void child_of_churn(unsigned i)
{
	struct timespec nap = { 0, 1000000 * (1 + i % 3) };

	if (i % 4 == 3)
		execl("/bin/sleep", "sleep", "0.003", (char *)NULL);
	nanosleep(&nap, NULL);
	_exit(0);
}

static void churn(void)
{
	for (unsigned i = 0;; i++) {
		pid_t pid = fork();

		if (pid == 0)
			child_of_churn(i);
		while (waitpid(-1, NULL, i % 4 ? WNOHANG : 0) > 0)
			;
		usleep(500);
	}
}

static void start(unsigned me, unsigned n, int churns)
{
	if (fork() != 0)
		return;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (churns)
		churn();
	take_turns(me, n);
}

static void tell(unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		while (!table->pids[i])
			usleep(1000);
	for (unsigned i = 0; i < n; i++)
		for (unsigned k = 0; k < KINDS; k++)
			printf("place %d %s %#lx\n", (int)table->pids[i], kinds[k], (unsigned long)table->places[i][k]);
	puts("ready");
	fflush(stdout);
}

int main(int argc, char **argv)
{
	unsigned n = argc > 1 ? (unsigned)atoi(argv[1]) : 2;

	if (n < 1 || n > MOST)
		return 2;
	table = (struct table *)map(MAP_SHARED | MAP_ANONYMOUS, -1, sizeof(*table), 0);
	fd = memfd_create("pivot", 0);
	if (fd < 0 || ftruncate(fd, REGION) != 0)
		return 2;
	shared = map(MAP_SHARED | MAP_ANONYMOUS, -1, REGION, 0);
	memfd = map(MAP_SHARED, fd, REGION, 0);
	private = map(MAP_PRIVATE | MAP_ANONYMOUS, -1, REGION, 0);
	memset(private, 1, REGION);
	memset(shared, 1, REGION);
	*(volatile uint64_t *)private = 0;
	for (unsigned i = 0; i < n; i++) {
		*(uint64_t *)(shared + i * PAGE) = 0;
		start(i, n, 0);
	}
	if (argc > 2)
		start(0, 0, 1);
	tell(n);
	for (;;)
		pause();
}
