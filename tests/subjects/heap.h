/* SPDX-License-Identifier: MIT */
/*
 * What the heap subjects have in common. A subject arranges its heap, says on its
 * standard output what it knows, in lines "KEY VALUES", and then sleeps until it is
 * killed. Nothing here uses stdio, whose buffers would be blocks that no one logged.
 *
 *	live ADDRESS REQUEST	a block that the program holds
 *	lost ADDRESS		one that it has forgotten (the log is by then all that
 *				knows it, and is kept inverted, so that it is no reference)
 *	counts ARENA ORDBLKS HBLKS HBLKHD UORDBLKS FORDBLKS	of mallinfo2(3)
 *	ready PID
 */
#ifndef SUBJECT_HEAP_H
#define SUBJECT_HEAP_H

#include <malloc.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define NOINLINE __attribute__((noinline, noclone))

struct logged {
	uintptr_t inverted;
	size_t request;
	int lost;
};
static struct logged *logged;
static unsigned n_logged, max_logged;

static inline void log_open(unsigned max)
{
	logged = mmap(NULL, max * sizeof(*logged), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	max_logged = max;
}

static inline void *log_add(void *p, size_t request)
{
	unsigned i = __atomic_fetch_add(&n_logged, 1, __ATOMIC_RELAXED);

	if (i < max_logged)
		logged[i] = (struct logged){ ~(uintptr_t)p, request, 0 };
	return p;
}

static inline void log_mark(void *p, int lost, int remove)
{
	for (unsigned i = 0; i < n_logged; i++)
		if (logged[i].inverted == ~(uintptr_t)p) {
			logged[i].lost = lost;
			if (remove)
				logged[i].inverted = 0;
		}
}

static inline void log_remove(void *p)
{
	log_mark(p, 0, 1);
}

static inline void log_lost(void *p)
{
	log_mark(p, 1, 0);
}

static void say(const char *fmt, ...)
{
	char line[256];
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(line, sizeof(line), fmt, ap);
	va_end(ap);
	if (write(1, line, (size_t)n) != n)
		_exit(3);
	memset(line, 0, sizeof(line));
}

/* Overwrites what earlier calls left on the stack below. */
static NOINLINE void scrub(void)
{
	volatile char room[32768];

	for (size_t i = 0; i < sizeof(room); i++)
		room[i] = 0;
}

static inline void tell_counts(void)
{
	struct mallinfo2 m = mallinfo2();

	say("counts %zu %zu %zu %zu %zu %zu\n", m.arena, m.ordblks, m.hblks, m.hblkhd, m.uordblks, m.fordblks);
}

static NOINLINE void tell_log(void)
{
	for (unsigned i = 0; i < n_logged; i++)
		if (logged[i].inverted)
			say("%s %#zx %zu\n", logged[i].lost ? "lost" : "live", (size_t)~logged[i].inverted,
			    logged[i].request);
}

static _Noreturn void ready(void)
{
	tell_log();
	scrub();
	say("ready %d\n", (int)getpid());
	for (;;)
		pause();
}

#endif
