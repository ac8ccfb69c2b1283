/* SPDX-License-Identifier: MIT */
/*
 * Changes in one step, when it gets SIGUSR1 and has been seen asleep: a thread
 * named "goes" ends, "comes" begins, "walks" waits elsewhere, "stays" does not
 * move; 5 MB are mapped and 3 MB of heap are leaked; one file is opened, one is
 * closed; a thread named "spins" has used 0.2 s of processor.
 */
#include "ready.h"

#include <dlfcn.h>
#include <fcntl.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <sys/mman.h>
#include <time.h>

static sem_t go[3], never;

static void name(const char *text)
{
	(void)pthread_setname_np(pthread_self(), text);
	announce();
}

static void *stays(void *p) { name("stays"); (void)sem_wait(&never); return p; }
static void *goes(void *p) { name("goes"); (void)sem_wait(&go[0]); return p; }
static void *comes(void *p) { name("comes"); (void)sem_wait(&never); return p; }
__attribute__((noinline)) static void elsewhere(void) { announce(); (void)sem_wait(&never); }

static void *walks(void *p)
{
	name("walks");
	(void)sem_wait(&go[1]);
	elsewhere();
	return p;
}

static void *spins(void *p)
{
	struct timespec used;

	name("spins");
	(void)sem_wait(&go[2]);
	do
		(void)clock_gettime(CLOCK_THREAD_CPUTIME_ID, &used);
	while (used.tv_sec == 0 && used.tv_nsec < 200000000);
	announce();
	(void)sem_wait(&never);
	return p;
}

static pthread_t start(void *(*f)(void *))
{
	pthread_t t;

	if (pthread_create(&t, NULL, f, NULL) != 0)
		exit(1);
	return t;
}

static void change(pthread_t gone, int closes)
{
	char *mapped = mmap(NULL, 5 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	memset(mapped, 1, 5 << 20);
	for (int i = 0; i < 3 << 10; i++)
		memset(malloc(1000), 2, 1000);
	for (int i = 0; i < 3; i++)
		(void)sem_post(&go[i]);
	(void)pthread_join(gone, NULL);
	(void)start(comes);
	(void)close(closes);
	if (open("/dev/zero", O_RDONLY) < 0 || !dlopen("libm.so.6", RTLD_NOW))
		exit(1);
}

int main(void)
{
	int closes = open("/dev/null", O_RDONLY), stays_open = open("/dev/null", O_WRONLY), number;
	sigset_t set;
	pthread_t gone;

	(void)sigemptyset(&set);
	(void)sigaddset(&set, SIGUSR1);
	(void)pthread_sigmask(SIG_BLOCK, &set, NULL);
	(void)start(stays);
	(void)start(walks);
	(void)start(spins);
	gone = start(goes);
	ready(4);
	(void)sigwait(&set, &number);
	change(gone, closes);
	ready(7);
	(void)sigwait(&set, &number);
	return stays_open;
}
