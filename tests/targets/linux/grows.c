/* SPDX-License-Identifier: MIT */
/*
 * Changes with each SIGUSR1, in ways of which some are leaks: 500 blocks of 3000
 * bytes and 20 files more each time; 100 blocks of 7000 bytes each second time; of
 * 5000 bytes now 200 fewer, now 200 more. The mutex `stuck` is held for ever while two
 * threads wait for it; `passed` is handed from one of five threads to the next.
 */
#include "ready.h"

#include <fcntl.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdbool.h>

enum { TURNS = 5 };

static pthread_mutex_t stuck = PTHREAD_MUTEX_INITIALIZER, passed = PTHREAD_MUTEX_INITIALIZER;
static sem_t turn;
static char *noise[200];

static void *wants_stuck(void *p)
{
	announce();
	(void)pthread_mutex_lock(&stuck);
	return p;
}

static void *wants_passed(void *p)
{
	announce();
	(void)pthread_mutex_lock(&passed);
	announce();
	(void)sem_wait(&turn);
	(void)pthread_mutex_unlock(&passed);
	for (;;)
		(void)pause();
	return p;
}

static void leak(int n, size_t size)
{
	for (int i = 0; i < n; i++)
		memset(malloc(size), 1, size);
}

static void keep(bool more)
{
	for (size_t i = 0; i < sizeof(noise) / sizeof(*noise); i++)
		if (more)
			memset(noise[i] = malloc(5000), 1, 5000);
		else
			free(noise[i]);
}

static void change(int step)
{
	leak(500, 3000);
	if (step % 2 == 0)
		leak(100, 7000);
	keep(step % 2 == 0);
	for (int i = 0; i < 20; i++)
		if (open("/dev/null", O_RDONLY) < 0)
			exit(1);
	(void)sem_post(&turn);
}

static void start(void *(*f)(void *), int n)
{
	pthread_t t;

	for (int i = 0; i < n; i++)
		if (pthread_create(&t, NULL, f, NULL) != 0)
			exit(1);
}

int main(void)
{
	sigset_t set;
	int number;

	(void)sigemptyset(&set);
	(void)sigaddset(&set, SIGUSR1);
	(void)pthread_sigmask(SIG_BLOCK, &set, NULL);
	(void)pthread_mutex_lock(&stuck);
	start(wants_stuck, 2);
	start(wants_passed, TURNS);
	leak(500, 3000);
	keep(true);
	ready(2 + TURNS + 1);
	for (int step = 1; step < TURNS; step++) {
		(void)sigwait(&set, &number);
		change(step);
		ready(2 + TURNS + 1 + step);
	}
	(void)sigwait(&set, &number);
	return 0;
}
