/* SPDX-License-Identifier: MIT */
/*
 * A process of a given size that can measure itself: for each line of input it
 * forks and tells how long fork() took, in microseconds. The child ends at once.
 *
 * usage: forker MEGABYTES THREADS [small|huge|shared|random|mixed]
 *
 * random: no page can be compressed. mixed: a quarter of the pages is random,
 * a quarter holds small numbers, a quarter pointers, a quarter text.
 */
#define _GNU_SOURCE
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static void *sleeper(void *arg)
{
	for (;;)
		pause();
	return arg;
}

static double now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1e6 + t.tv_nsec / 1e3;
}

static unsigned long long state = 88172645463325252u;

static unsigned long long next_random(void)
{
	state ^= state << 13;
	state ^= state >> 7;
	return state ^= state << 17;
}

static void fill_random(char *page)
{
	for (size_t i = 0; i < 4096; i += 8) {
		unsigned long long word = next_random();

		memcpy(page + i, &word, 8);
	}
}

static void fill_mixed(char *page, size_t number)
{
	static const char words[8][9] = { "request ", "session ", "error ", "user=", "GET /", "200 ", "time ", "\n" };

	for (size_t i = 0; i < 4096 && number % 4 != 0; i += 8) {
		unsigned long long r = next_random(), word = r & 0xff;

		if (number % 4 == 1)
			word = 0x7f5500000000u + (r & 0xfffff8);
		if (number % 4 == 2)
			memcpy(&word, words[r & 7], 8);
		memcpy(page + i, &word, 8);
	}
	if (number % 4 == 0)
		fill_random(page);
}

int main(int argc, char **argv)
{
	size_t size = argc > 1 ? (size_t)atol(argv[1]) << 20 : 0;
	int threads = argc > 2 ? atoi(argv[2]) : 1;
	int shared = argc > 3 && strcmp(argv[3], "shared") == 0, huge = argc > 3 && strcmp(argv[3], "huge") == 0;
	int random = argc > 3 && strcmp(argv[3], "random") == 0, mixed = argc > 3 && strcmp(argv[3], "mixed") == 0;
	char line[16], *p;
	pthread_attr_t small;
	pthread_t t;

	p = mmap(NULL, size + (2 << 20), PROT_READ | PROT_WRITE, (shared ? MAP_SHARED : MAP_PRIVATE) | MAP_ANONYMOUS, -1, 0);
	if (p == MAP_FAILED)
		return 2;
	madvise(p, size, huge ? MADV_HUGEPAGE : MADV_NOHUGEPAGE);
	for (size_t i = 0; i < size; i += 4096)
		if (random)
			fill_random(p + i);
		else if (mixed)
			fill_mixed(p + i, i / 4096);
		else
			*(size_t *)(p + i) = i * 0x9e3779b97f4a7c15u;
	pthread_attr_init(&small);
	pthread_attr_setstacksize(&small, 64 << 10);
	for (int i = 1; i < threads; i++)
		if (pthread_create(&t, &small, sleeper, NULL) != 0)
			return 2;
	puts("ready");
	fflush(stdout);
	while (fgets(line, sizeof(line), stdin)) {
		double began = now_us();
		pid_t child = fork();
		double took = now_us() - began;

		if (child == 0)
			_exit(0);
		waitpid(child, NULL, 0);
		printf("%.1f\n", took);
		fflush(stdout);
	}
	return 0;
}
