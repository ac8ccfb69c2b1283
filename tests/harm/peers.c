/* SPDX-License-Identifier: MIT */
/*
 * A process for the readers of its dump to look at: threads at various depths
 * that wait in various ways, run, or stand in a signal handler, and words in
 * memory that are known.
 *
 * usage: peers [THREADS [MAPPINGS]]; prints "mark ADDRESS" for each word 0x7065657273212121
 * (32 bit: its low half), then "ready" when all threads are where they stay.
 */
#define _GNU_SOURCE
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

enum { PAGE = 4096 };
#define WORD ((uintptr_t)0x7065657273212121u)

static pthread_mutex_t held = PTHREAD_MUTEX_INITIALIZER, gate = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t never = PTHREAD_COND_INITIALIZER;
static volatile int arrived;
static int pipes[2];
static volatile unsigned long spun;
static volatile uintptr_t in_data = WORD, *in_memory;

static void arrive(void)
{
	__atomic_add_fetch(&arrived, 1, __ATOMIC_SEQ_CST);
}

static void on_signal(int signal)
{
	char c;

	arrive();
	if (read(pipes[0], &c, 1) != 1)
		_exit(2);
}

static void wait_somehow(int how)
{
	static const struct timespec long_time = { 100000, 0 };
	char c;

	if (how == 5) {
		raise(SIGUSR1);
		return;
	}
	arrive();
	switch (how) {
	case 0:
		if (read(pipes[0], &c, 1) != 1)
			_exit(2);
		break;
	case 1:
		nanosleep(&long_time, NULL);
		break;
	case 2:
		pthread_mutex_lock(&held);
		break;
	case 3:
		pthread_mutex_lock(&gate);
		pthread_cond_wait(&never, &gate);
		break;
	case 4:
		for (;;)
			spun++;
	}
}

/* A frame of its own each time. */
static __attribute__((noinline)) int deeper(int depth, int how)
{
	volatile int here = depth;

	if (depth == 0)
		wait_somehow(how);
	else
		here += deeper(depth - 1, how);
	return here;
}

static void *traveller(void *arg)
{
	int number = (int)(intptr_t)arg;
	int how = number % 6;

	if (how == 4 && number > 6) /* one that runs is enough */
		how = 0;
	return (void *)(intptr_t)deeper(number % 11 + 1, how);
}

/* Each page differs from its neighbours in what may be done with it, so that each is a mapping. */
static void make_mappings(size_t n)
{
	char *p = mmap(NULL, n * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (p == MAP_FAILED)
		exit(2);
	for (size_t i = 0; i < n; i++) {
		p[i * PAGE] = 'm';
		if (i % 2 && mprotect(p + i * PAGE, PAGE, PROT_READ) < 0) {
			printf("cannot: no more mappings\n");
			exit(77);
		}
	}
}

int main(int argc, char **argv)
{
	int n = argc > 1 ? atoi(argv[1]) : 8;
	pthread_attr_t small;
	pthread_t t;

	if (pipe(pipes) < 0)
		return 2;
	signal(SIGUSR1, on_signal);
	if (argc > 2)
		make_mappings((size_t)atol(argv[2]));
	in_memory = malloc(sizeof(*in_memory));
	*in_memory = WORD;
	pthread_mutex_lock(&held);
	pthread_attr_init(&small);
	pthread_attr_setstacksize(&small, 64 << 10);
	for (int i = 0; i < n; i++)
		if (pthread_create(&t, &small, traveller, (void *)(intptr_t)i) != 0)
			return 2;
	while (arrived < n)
		usleep(1000);
	usleep(100000);
	printf("mark %p\nmark %p\nready\n", (void *)(uintptr_t)&in_data, (void *)(uintptr_t)in_memory);
	fflush(stdout);
	return deeper(3, 0);
}
