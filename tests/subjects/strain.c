/* SPDX-License-Identifier: MIT */
/*
 * A program that has nearly used up what the first word names, or uses the
 * processor in that way, or is busy and healthy; then it prints "ready PID".
 */
#include <alloca.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

enum { STACK = 256 << 10, REGION = 128 << 10 };

static pthread_spinlock_t spin_lock;
static pthread_mutex_t sum_lock = PTHREAD_MUTEX_INITIALIZER;
static volatile uint64_t sum;

static void start(void *(*f)(void *), void *arg, size_t stack)
{
	pthread_attr_t a;
	pthread_t t;

	if (pthread_attr_init(&a) != 0 || (stack && pthread_attr_setstacksize(&a, stack) != 0) ||
	    pthread_create(&t, &a, f, arg) != 0)
		exit(1);
}

static void *sleep_on(void *arg)
{
	while (sum != UINT64_MAX)
		(void)pause();
	return arg;
}

static void *fill_stack(void *arg)
{
	volatile char *p = alloca(STACK - (24 << 10));

	*p = 1;
	return sleep_on(arg);
}

static __attribute__((noinline)) int descend(int n)
{
	volatile int left = n;

	if (left)
		return descend(left - 1) + left;
	return sleep_on(NULL) != NULL;
}

static void *recurse(void *arg)
{
	sum = (uint64_t)descend(2000);
	return arg;
}

static void *spin(void *arg)
{
	(void)pthread_spin_lock(&spin_lock);
	return arg;
}

/* Works, takes a lock for a moment, and sleeps for a moment. */
static void *be_busy(void *arg)
{
	for (;;) {
		uint64_t x = 1;

		for (int i = 0; i < 100000; i++)
			x = x * 6364136223846793005u + 1;
		(void)pthread_mutex_lock(&sum_lock);
		sum += x;
		(void)pthread_mutex_unlock(&sum_lock);
		(void)usleep(300);
	}
	return arg;
}

static void many_threads(void)
{
	for (int i = 0; i < 600; i++)
		start(sleep_on, NULL, 64 << 10);
}

static void many_descriptors(void)
{
	struct rlimit r = { 256, 256 };

	if (setrlimit(RLIMIT_NOFILE, &r) != 0)
		exit(1);
	for (int i = 0; i < 240; i++)
		if (open("/dev/null", O_RDONLY | O_CLOEXEC) < 0)
			exit(1);
}

/* Every second one is made inaccessible, or the kernel would join them. */
static void many_regions(void)
{
	for (int i = 0; i < 3000; i++) {
		char *p = mmap(NULL, REGION, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

		if (p == MAP_FAILED || mprotect(p, 64 << 10, PROT_NONE) != 0)
			exit(1);
		p[REGION - 1] = 1;
	}
}

static void deep_stack(void)
{
	start(fill_stack, NULL, STACK);
}

static void recursion(void)
{
	start(recurse, NULL, 0);
}

static void spinning(void)
{
	(void)pthread_spin_init(&spin_lock, PTHREAD_PROCESS_PRIVATE);
	(void)pthread_spin_lock(&spin_lock);
	start(spin, NULL, 0);
	start(spin, NULL, 0);
}

static void busy(void)
{
	for (int i = 0; i < 8; i++)
		start(be_busy, NULL, 0);
}

static const struct {
	const char *name;
	void (*make)(void);
} ways[] = {
	{ "threads", many_threads }, { "descriptors", many_descriptors }, { "regions", many_regions },
	{ "stack", deep_stack },     { "recursion", recursion },	      { "spinlock", spinning },
	{ "busy", busy },
};

int main(int argc, char **argv)
{
	const struct timespec moment = { .tv_nsec = 300000000 };

	(void)alarm(120);
	for (size_t i = 0; argc > 1 && i < sizeof(ways) / sizeof(*ways); i++)
		if (strcmp(argv[1], ways[i].name) == 0)
			ways[i].make();
	(void)nanosleep(&moment, NULL); /* until they all are where they stay */
	(void)printf("ready %d\n", (int)getpid());
	(void)fflush(stdout);
	(void)sleep_on(NULL);
	return 0;
}
