/* SPDX-License-Identifier: MIT */
/*
 * A zoo of processes: each animal has one trait that makes snapshots difficult.
 *
 * usage: zoo NAME; prints
 *	mark NAME ADDRESS EXPECTED	a word of memory, which is word_for(its address)
 *	ready				and then waits
 * and ends with "fine" when at SIGTERM (or a byte on standard input) all is as
 * it was: marks, children, file descriptors, signals. EXPECTED: present; all (only
 * with --all-memory); zero; unreadable; secret (unreadable, or left out); live.
 * "cannot: REASON" and status 77: the machine has not got it.
 */
#define _GNU_SOURCE
#include "zoo.h"

#include <dirent.h>
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>

enum { MOST_MARKS = 64 };

static struct {
	const char *name;
	volatile uint64_t *at;
} marks[MOST_MARKS];
static unsigned n_marks;
static volatile uint64_t counts[MOST_SPINNERS];
static unsigned n_spinners;
static volatile int strangers;
volatile int ending;

uint64_t word_for(const void *at)
{
	return 0x5a6f6f2d6d61726bull ^ (uint64_t)(uintptr_t)at * 0x9e3779b97f4a7c15ull;
}

void tell(const char *name, const void *at, const char *expected)
{
	printf("mark %s %#lx %s\n", name, (unsigned long)(uintptr_t)at, expected);
}

void mark(const char *name, void *at, const char *expected)
{
	marks[n_marks].name = name;
	marks[n_marks].at = at;
	*marks[n_marks++].at = word_for(at);
	tell(name, at, expected);
}

void check_marks(void)
{
	for (unsigned i = 0; i < n_marks; i++)
		if (*marks[i].at != word_for((void *)(uintptr_t)marks[i].at))
			FAIL("mark %s changed", marks[i].name);
}

void ready(void)
{
	puts("ready");
	fflush(stdout);
}

void say_fine(void)
{
	puts("fine");
	fflush(stdout);
}

void wait_for_byte(void)
{
	char c;
	long n;

#ifdef __x86_64__
	__asm__ volatile("syscall" : "=a"(n) : "0"(0L), "D"(0L), "S"(&c), "d"(1L) : "rcx", "r11", "memory");
#else
	n = read(0, &c, 1);
#endif
	if (n != 1)
		FAIL("read: %ld", n);
}

static void *spinning(void *arg)
{
	volatile uint64_t *count = arg;

	while (!ending)
		++*count;
	for (uint64_t until = *count + 1000; *count < until;)
		++*count;
	return NULL;
}

void spin(unsigned n)
{
	pthread_t t;

	for (; n; n--)
		if (pthread_create(&t, NULL, spinning, (void *)&counts[n_spinners++]) != 0)
			FAIL("pthread_create");
}

static int count_fds(void)
{
	DIR *d = opendir("/proc/self/fd");
	int n = 0;

	while (d && readdir(d))
		n++;
	if (d)
		closedir(d);
	return n;
}

static void on_term(int sig) { ending = 1; }
static void on_stranger(int sig) { strangers++; }

static void catch_signals(sigset_t *ret_open)
{
	static const int never_sent[] = { SIGHUP, SIGUSR2, SIGCHLD, SIGTRAP, SIGCONT, SIGSYS, SIGALRM };
	sigset_t term;

	for (size_t i = 0; i < sizeof(never_sent) / sizeof(*never_sent); i++)
		if (never_sent[i] != SIGCONT)
			signal(never_sent[i], on_stranger);
	signal(SIGTERM, on_term);
	sigemptyset(&term);
	sigaddset(&term, SIGTERM);
	sigprocmask(SIG_BLOCK, &term, ret_open);
}

static const struct animal *find(const struct animal *a, const char *name)
{
	for (; a->name; a++)
		if (strcmp(a->name, name) == 0)
			return a;
	return NULL;
}

int main(int argc, char **argv)
{
	const struct animal *a = argc > 1 ? find(memory_animals, argv[1]) : NULL;
	sigset_t open;
	int fds, got;

	if (!a && argc > 1)
		a = find(task_animals, argv[1]);
	if (!a)
		return 2;
	catch_signals(&open);
	if (argc == 2) /* else it was executed by itself */
		mark("plain", malloc(64), "present");
	if (a->make)
		a->make();
	fds = count_fds();
	if (argc == 2)
		ready();
	if (a->run)
		a->run();
	else
		while (!ending)
			sigsuspend(&open);
	check_marks();
	for (unsigned i = 0; i < n_spinners; i++)
		for (uint64_t seen = counts[i], tries = 0; counts[i] == seen && counts[i] < 1000; usleep(1000))
			if (tries++ > 5000)
				FAIL("a thread does not go on");
	got = waitpid(-1, NULL, WNOHANG | __WALL);
	if (!a->has_children && !getenv("ZOO_DEATHS") && /* a clone's remains may stay when we were killed */
	    (got != -1 || errno != ECHILD))
		FAIL("a child that nobody made: %d", got);
	if (count_fds() != fds)
		FAIL("%d file descriptors instead of %d", count_fds(), fds);
	if (strangers)
		FAIL("%d signals that nobody sent", strangers);
	say_fine();
	_exit(0);
}
