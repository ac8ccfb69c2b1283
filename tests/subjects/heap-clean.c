/* SPDX-License-Identifier: MIT */
/*
 * A healthy heap: thousands of blocks in use among freed ones in every kind of free
 * list, and mapped blocks. With an argument it has that many threads, each with
 * blocks in an arena of its own, and one that has ended.
 *
 * Expected: no damage, no doubt, nothing lost; the chunks in use are those that the log
 * has (and, with threads, what pthread_create keeps: their thread vectors).
 */
#include "heap.h"

#include <pthread.h>

enum { BLOCKS = 4000, MAX_THREADS = 16 };

static void *kept[MAX_THREADS + 1][BLOCKS];
static pthread_barrier_t barrier;

static unsigned next_random(unsigned *state)
{
	*state = *state * 1103515245u + 12345u;
	return *state >> 8;
}

static void churn(unsigned who)
{
	unsigned state = who * 77 + 1;

	for (unsigned turn = 0; turn < 4 * BLOCKS; turn++) {
		unsigned i = next_random(&state) % BLOCKS;
		size_t request = next_random(&state) % 10 ? next_random(&state) % 600 : next_random(&state) % 9000;

		if (kept[who][i]) {
			log_remove(kept[who][i]);
			free(kept[who][i]);
			kept[who][i] = NULL;
		} else {
			kept[who][i] = log_add(malloc(request), request);
			memset(kept[who][i], 0x5a, request);
		}
	}
}

static _Noreturn void *thread_main(void *arg)
{
	churn((unsigned)(uintptr_t)arg);
	pthread_barrier_wait(&barrier);
	for (;;)
		pause();
}

static void *thread_short(void *arg)
{
	free(malloc(100));
	return arg;
}

int main(int argc, char **argv)
{
	unsigned n = argc > 1 ? (unsigned)atoi(argv[1]) : 0;
	pthread_t id;

	log_open(1 << 20);
	for (unsigned i = 0; i < 5; i++) {
		size_t request = 300000 + i * 100001;

		/* mmapped, until free has raised the limit; it is not */
		kept[MAX_THREADS][i] = log_add(malloc(request), request);
	}
	kept[MAX_THREADS][5] = log_add(memalign(65536, 500000), 500000);
	churn(0);
	if (n > MAX_THREADS - 1)
		n = MAX_THREADS - 1;
	pthread_barrier_init(&barrier, NULL, n + 1);
	if (n && pthread_create(&id, NULL, thread_short, NULL) == 0)
		pthread_join(id, NULL);
	for (unsigned i = 1; i <= n; i++)
		if (pthread_create(&id, NULL, thread_main, (void *)(uintptr_t)i))
			return 1;
	pthread_barrier_wait(&barrier);
	tell_counts();
	ready();
}
