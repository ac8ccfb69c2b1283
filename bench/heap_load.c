/* SPDX-License-Identifier: MIT */
/*
 * A heap like that of a server: blocks of many sizes, most of them with pointers to
 * others in lists of eight, with numbers, text and zeros; one list in a hundred is
 * forgotten. Says "ready PID LOST" with the number of blocks that nothing points to any
 * more, and waits to be killed.
 *
 * usage: heap_load MEGABYTES
 *
 * Built with -fsanitize=leak and -DWITH_LSAN it has LeakSanitizer search its leaks instead,
 * and says "lsan WALL CPU" in microseconds.
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>
#ifdef WITH_LSAN
#include <sanitizer/lsan_interface.h>
#endif

enum { LIST = 8, FORGOTTEN = 100 };

struct block {
	struct block *next, *other;
	uint64_t size;
};

static unsigned long long state = 88172645463325252u;
static struct block **heads;
static size_t n_heads;

static unsigned long long next_random(void)
{
	state ^= state << 13;
	state ^= state >> 7;
	return state ^= state << 17;
}

static size_t random_size(void)
{
	unsigned long long r = next_random();
	unsigned kind = r % 100;

	r >>= 8;
	if (kind < 40)
		return 32 + r % 32;
	if (kind < 70)
		return 64 + r % 192;
	if (kind < 90)
		return 256 + r % 768;
	return kind < 99 ? 1024 + r % 7168 : 8192 + r % 57344;
}

/* Behind the pointers: numbers, text, or nothing. */
static void fill(char *p, size_t size)
{
	static const char text[] = "GET /orders/4711?customer=2342&page=1 HTTP/1.1 200 ok; ";
	unsigned kind = next_random() % 4;

	for (size_t i = 0; i + 8 <= size; i += 8) {
		uint64_t word = kind == 0 ? next_random() & 0xffff : 0;

		if (kind == 1)
			memcpy(&word, text + i % (sizeof(text) - 8), 8);
		if (kind == 2 && i % 32 == 0 && n_heads)
			word = (uint64_t)heads[next_random() % n_heads];
		memcpy(p + i, &word, 8);
	}
}

static struct block *make_block(size_t *ret_size)
{
	size_t size = random_size();
	struct block *b = malloc(size);

	if (!b)
		exit(3);
	*b = (struct block){ .size = size };
	b->other = n_heads ? heads[next_random() % n_heads] : NULL;
	fill((char *)(b + 1), size - sizeof(*b));
	*ret_size += size;
	return b;
}

static __attribute__((noinline)) size_t build(size_t bytes)
{
	size_t have = 0, lost = 0, max = bytes / LIST / 64 + 1;

	heads = malloc(max * sizeof(*heads));
	for (size_t turn = 1; have < bytes && n_heads < max; turn++) {
		struct block *list = NULL;

		for (unsigned i = 0; i < LIST; i++) {
			struct block *b = make_block(&have);

			b->next = list;
			list = b;
		}
		if (turn % FORGOTTEN == 0)
			lost += LIST;
		else
			heads[n_heads++] = list;
	}
	return lost;
}

static __attribute__((noinline)) void scrub(void)
{
	volatile char room[65536];

	for (size_t i = 0; i < sizeof(room); i++)
		room[i] = 0;
}

#ifdef WITH_LSAN
static double us(struct timeval t)
{
	return (double)t.tv_sec * 1e6 + (double)t.tv_usec;
}

static double cpu_us(void)
{
	struct rusage own, children;

	getrusage(RUSAGE_SELF, &own);
	getrusage(RUSAGE_CHILDREN, &children);
	return us(own.ru_utime) + us(own.ru_stime) + us(children.ru_utime) + us(children.ru_stime);
}

static void search(void)
{
	struct timespec from, to;
	double cpu = cpu_us();

	clock_gettime(CLOCK_MONOTONIC, &from);
	(void)__lsan_do_recoverable_leak_check();
	clock_gettime(CLOCK_MONOTONIC, &to);
	printf("lsan %.0f %.0f\n", (double)(to.tv_sec - from.tv_sec) * 1e6 + (double)(to.tv_nsec - from.tv_nsec) / 1e3,
	       cpu_us() - cpu);
	fflush(stdout);
	_exit(0);
}
#endif

int main(int argc, char **argv)
{
	size_t lost = build(argc > 1 ? (size_t)atol(argv[1]) << 20 : 0);

	scrub();
#ifdef WITH_LSAN
	search();
#endif
	printf("ready %d %zu\n", (int)getpid(), lost);
	fflush(stdout);
	for (;;)
		pause();
}
