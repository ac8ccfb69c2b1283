/* SPDX-License-Identifier: MIT */
/*
 * One word in memory of each class of --include and --exclude: prints
 * "CLASS ADDRESS" for each, then "ready", and waits for the end of its input.
 *
 * usage: classes FILE      (of 64 KiB, whose bytes are 'f')
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

enum { SIZE = 64 << 10 };

static void tell(const char *class, volatile uint64_t *at, int write)
{
	if (write)
		*at = 0x6666666666666666u;
	printf("%s %p\n", class, (void *)(uintptr_t)at);
}

static volatile uint64_t *map(int flags, int fd)
{
	void *p = mmap(NULL, SIZE, PROT_READ | PROT_WRITE, flags, fd, 0);

	if (p == MAP_FAILED)
		exit(2);
	return (volatile uint64_t *)((char *)p + 8192);
}

/* Its stack pointer is in its own mapping; the main thread's is in [stack]. */
static void *sleeper(void *arg)
{
	volatile uint64_t word;
	pthread_barrier_t *told = arg;

	tell("stack", &word, 1);
	pthread_barrier_wait(told);
	for (;;)
		pause();
	return NULL;
}

int main(int argc, char **argv)
{
	int fd = argc > 1 ? open(argv[1], O_RDWR) : -1;
	volatile uint64_t word, *secret = map(MAP_PRIVATE | MAP_ANONYMOUS, -1);
	pthread_barrier_t told;
	pthread_t t;

	if (fd < 0)
		return 2;
	tell("stack", &word, 1);
	tell("heap", malloc(64), 1);
	tell("anon-private", map(MAP_PRIVATE | MAP_ANONYMOUS, -1), 1);
	tell("anon-shared", map(MAP_SHARED | MAP_ANONYMOUS, -1), 1);
	tell("file-private", map(MAP_PRIVATE, fd), 0);
	tell("file-shared", map(MAP_SHARED, fd), 0);
	tell("dontdump", secret, 1);
	if (madvise((char *)(uintptr_t)secret - 8192, SIZE, MADV_DONTDUMP) < 0)
		return 2;
	pthread_barrier_init(&told, NULL, 2);
	if (pthread_create(&t, NULL, sleeper, &told) != 0)
		return 2;
	pthread_barrier_wait(&told);
	puts("ready");
	fflush(stdout);
	while (getchar() != EOF)
		;
	return 0;
}
