/* SPDX-License-Identifier: MIT */
/*
 * Many threads (1,000 unless an argument says otherwise), parked at different
 * depths by different calls: what "all stacks" of a large server looks like.
 */
#include "thousand.h"
#include "ready.h"
#include <poll.h>
#include <pthread.h>
#include <semaphore.h>
#include <time.h>

static pthread_mutex_t gate = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t never = PTHREAD_COND_INITIALIZER;
static sem_t none;
static int pipes[2];

static void park_forever(const struct journey *j)
{
	struct pollfd p = { .fd = pipes[0], .events = POLLIN };
	struct timespec day = { .tv_sec = 86400 };
	char c;

	announce();
	switch (j->id % 5) {
	case 0:
		(void)pthread_mutex_lock(&gate);
		(void)pthread_cond_wait(&never, &gate);
		break;
	case 1:
		(void)sem_wait(&none);
		break;
	case 2:
		(void)poll(&p, 1, -1);
		break;
	case 3:
		(void)nanosleep(&day, NULL);
		break;
	default:
		(void)!read(pipes[0], &c, 1);
		break;
	}
}

void park(struct journey *j)
{
	(void)snprintf(j->log, sizeof(j->log), "parked %d", j->id);
	park_forever(j);
}

static void *traveller(void *arg)
{
	struct journey j = { .id = (int)(size_t)arg };

	j.depth = 3 + j.id % 29;
	(void)north(&j, j.id);
	return NULL;
}

int main(int argc, char **argv)
{
	int n = argc > 1 ? (int)strtol(argv[1], NULL, 10) : 1000;
	pthread_attr_t attr;

	(void)sem_init(&none, 0, 0);
	if (pipe(pipes) != 0)
		return 1;
	(void)pthread_attr_init(&attr);
	(void)pthread_attr_setstacksize(&attr, 64 << 10);
	for (int i = 0; i < n; i++) {
		pthread_t t;

		if (pthread_create(&t, &attr, traveller, (void *)(size_t)i) != 0)
			return 1;
	}
	ready(n);
	(void)pause();
	return 0;
}
