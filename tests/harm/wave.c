/* SPDX-License-Identifier: MIT */
/*
 * Processes that write to all pages of large regions, in order, over and over, as
 * fast as they can: each page gets the number of the round. So at any instant a
 * region holds one number up to some page, and the number before it from there
 * on. A dump in which any page is too old or too new is found out.
 *
 *	private	of the first process
 *	shared	written by the first process, mapped by both
 *	other	written by the second process, mapped by both
 *	forked	shared, written by short-lived children only, one after the other
 *	moved	private; mremap() moves it after each round
 *
 * usage: wave MEGABYTES	prints "region NAME ADDRESS PAGES" each, "pointer ADDRESS", "process PID", then "ready";
 *				at the pointer stands where "moved" is, 0 while it is being moved
 */
#define _GNU_SOURCE
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

enum { PAGE = 4096, WORDS = PAGE / 8, OF_A_CHILD = 300 };

struct region {
	char *base;
	uint64_t pages;
};

static struct region private, shared, other, forked, moved;
static volatile uint64_t moved_to;
static struct {
	uint64_t page, round; /* where the next child goes on */
} *progress;

static void *map(uint64_t size, int flags)
{
	void *p = mmap(NULL, size, PROT_READ | PROT_WRITE, flags | MAP_ANONYMOUS, -1, 0);

	if (p == MAP_FAILED) {
		perror("mmap");
		_exit(2);
	}
	return p;
}

static void put(const struct region *r, uint64_t page, uint64_t value)
{
	volatile uint64_t *p = (volatile uint64_t *)(r->base + page * PAGE);

	p[0] = value;
	p[WORDS - 1] = value;
}

static void write_round(const struct region *r, uint64_t round)
{
	for (uint64_t i = 0; i < r->pages; i++)
		put(r, i, round);
}

static void *write_always(void *arg)
{
	for (uint64_t round = 2;; round++)
		write_round(arg, round);
	return NULL;
}

static void *move_always(void *arg)
{
	uint64_t size = moved.pages * PAGE;
	char *spare = map(size, MAP_PRIVATE);

	(void)arg;
	for (uint64_t round = 2;; round++) {
		char *was = moved.base;

		write_round(&moved, round);
		moved_to = 0;
		moved.base = mremap(was, size, size, MREMAP_MAYMOVE | MREMAP_FIXED, spare);
		if (moved.base != spare) {
			perror("mremap");
			_exit(2);
		}
		spare = was; /* nothing is there now; nobody else maps anything */
		moved_to = (uintptr_t)moved.base;
		usleep(2000);
	}
	return NULL;
}

static void be_short_lived(void)
{
	for (unsigned i = 0; i < OF_A_CHILD; i++) {
		put(&forked, progress->page, progress->round);
		if (++progress->page == forked.pages) {
			progress->page = 0;
			progress->round++;
		}
	}
	_exit(0);
}

static void fork_always(void)
{
	for (;;) {
		pid_t pid = fork();

		if (pid == 0)
			be_short_lived();
		if (pid < 0 || waitpid(pid, NULL, 0) != pid)
			_exit(2);
	}
}

static struct region region(const char *name, uint64_t pages, int flags)
{
	struct region r = { map(pages * PAGE, flags), pages };

	(void)madvise(r.base, pages * PAGE, MADV_NOHUGEPAGE);
	write_round(&r, 1);
	printf("region %s %#lx %lu\n", name, (unsigned long)(uintptr_t)r.base, (unsigned long)pages);
	return r;
}

static pid_t second(void)
{
	pid_t pid = fork();

	if (pid == 0) {
		(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
		(void)write_always(&other);
	}
	return pid;
}

int main(int argc, char **argv)
{
	uint64_t pages = (argc > 1 ? strtoul(argv[1], NULL, 10) : 16) * (1 << 20) / PAGE;
	pthread_t thread;

	(void)!nice(10); /* as who writes the dump, or that takes for ever */
	setvbuf(stdout, NULL, _IOFBF, 4096);
	progress = map(PAGE, MAP_SHARED);
	progress->round = 2;
	private = region("private", pages, MAP_PRIVATE);
	shared = region("shared", pages, MAP_SHARED);
	other = region("other", pages, MAP_SHARED);
	forked = region("forked", pages / 4, MAP_SHARED);
	moved = region("moved", pages / 4, MAP_PRIVATE);
	moved_to = (uintptr_t)moved.base;
	printf("pointer %#lx\n", (unsigned long)(uintptr_t)&moved_to);
	fflush(stdout);
	printf("process %d\nready\n", (int)second());
	fflush(stdout);
	if (pthread_create(&thread, NULL, write_always, &private) || pthread_create(&thread, NULL, write_always, &shared) ||
	    pthread_create(&thread, NULL, move_always, NULL))
		return 2;
	fork_always();
	return 0;
}
