/* SPDX-License-Identifier: MIT */
/*
 * A process that has memory and rests, and a thread of it that rests elsewhere: for what is swapped out of it.
 *
 * usage: holder MEGABYTES
 * Prints "ready" when it has written to all of it.
 */
#define _GNU_SOURCE
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static void *rest(void *arg)
{
	(void)arg;
	for (;;)
		pause();
	return NULL;
}

int main(int argc, char **argv)
{
	size_t size = (argc > 1 ? (size_t)atol(argv[1]) : 1) << 20;
	char *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	pthread_t second;

	if (memory == MAP_FAILED || pthread_create(&second, NULL, rest, NULL))
		return 1;
	for (size_t i = 0; i < size; i += 4096)
		memset(memory + i, (int)(i >> 12) | 1, 64);
	if (write(1, "ready\n", 6) != 6)
		return 2;
	rest(NULL);
	return 0;
}
