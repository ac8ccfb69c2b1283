/* SPDX-License-Identifier: MIT */
/*
 * Pivot program (after Ottmann, Breitinger, Freiling: "As if time had stopped"):
 * counters in all kinds of memory, written in a fixed order, so that a dump of
 * one instant can be told from one that was read while time went on.
 *
 * Two threads take turns. In round k each writes k to its places, one after the
 * other; the second begins when the first is done. At any instant therefore
 *	place[0] >= place[1] >= ... >= place[n-1] >= place[0] - 1.
 *
 * Prints "place KIND ADDRESS" for each, in that order, then "ready".
 */
#define _GNU_SOURCE
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { REGION = 8 << 20, MOST = 16 };

static volatile uint64_t *places[MOST];
static const char *kinds[MOST];
static unsigned n_places;
static uint64_t in_data = 1;
static volatile uint64_t turn;

static void add(const char *kind, void *p)
{
	if (p == MAP_FAILED)
		return;
	places[n_places] = p;
	kinds[n_places++] = kind;
	*(volatile uint64_t *)p = 0;
}

static char *region(int flags, int fd)
{
	char *p = mmap(NULL, REGION, PROT_READ | PROT_WRITE, flags, fd, 0);

	if (p != MAP_FAILED)
		memset(p, 1, REGION);
	return p;
}

static void make_places(void)
{
	char *private = region(MAP_PRIVATE | MAP_ANONYMOUS, -1), *dontfork = region(MAP_PRIVATE | MAP_ANONYMOUS, -1);
	char *wiped = region(MAP_PRIVATE | MAP_ANONYMOUS, -1), *shared = region(MAP_SHARED | MAP_ANONYMOUS, -1);
	int fd = memfd_create("pivot", 0);
	char *memfd, *huge = mmap(NULL, 2 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_HUGETLB, -1, 0);

	if (fd < 0 || ftruncate(fd, REGION) != 0)
		exit(2);
	memfd = region(MAP_SHARED, fd);
	madvise(dontfork, REGION, MADV_DONTFORK);
	madvise(wiped, REGION, MADV_WIPEONFORK);
	add("private", private);
	add("shared", shared);
	add("memfd", memfd + REGION - 4096);
	add("dontfork", dontfork);
	add("hugetlb", huge);
	add("data", &in_data);
	add("wipeonfork", wiped + REGION - 8);
	add("heap", malloc(64));
	add("shared-end", shared + REGION - 8);
	add("private-end", private + REGION - 8);
	add("memfd-start", memfd);
}

/* The first half of the places is thread 0's, the rest thread 1's. */
static void *take_turns(void *arg)
{
	unsigned me = (unsigned)(uintptr_t)arg, first = me ? n_places / 2 : 0, end = me ? n_places : n_places / 2;

	for (uint64_t k = 1;; k++) {
		while (turn != 2 * (k - 1) + me)
			;
		for (unsigned i = first; i < end; i++)
			*places[i] = k;
		turn = 2 * (k - 1) + me + 1;
	}
	return NULL;
}

int main(void)
{
	pthread_t t;

	make_places();
	for (unsigned i = 0; i < n_places; i++)
		printf("place %s %#lx\n", kinds[i], (unsigned long)(uintptr_t)places[i]);
	for (uintptr_t i = 0; i < 2; i++)
		if (pthread_create(&t, NULL, take_turns, (void *)i) != 0)
			return 2;
	puts("ready");
	fflush(stdout);
	pause();
	return 0;
}
