/* SPDX-License-Identifier: MIT */
/*
 * Threads that wait for each other without a lock that says for whom: at a
 * barrier, a pipe, a semaphore, a condition, an initialisation; in the way that
 * the first word names. Or the same in health. Then "ready PID" is printed
 * (tests/targets/linux/ready.h).
 */
#include "../targets/linux/ready.h"

#include <netinet/in.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdint.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <time.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER, second;
static pthread_cond_t filled = PTHREAD_COND_INITIALIZER;
static pthread_once_t once = PTHREAD_ONCE_INIT;
static pthread_barrier_t met;
static sem_t items, room;
static pthread_t threads[32];
static int n_threads, ends[2], full;

static void start(void *(*f)(void *), void *arg)
{
	if (pthread_create(&threads[n_threads++], NULL, f, arg) != 0)
		exit(1);
}

/* main waits for the first thread, which never ends. */
static void wait_for_first(int threads_to_announce)
{
	ready(threads_to_announce);
	(void)pthread_join(threads[0], NULL);
}

/* --- barriers ---------------------------------------------------------------------------- */

static void *meet(void *arg)
{
	announce();
	(void)pthread_barrier_wait(&met);
	return arg;
}

static void *read_end(void *arg)
{
	char c;

	announce();
	return read(ends[0], &c, 1) == 1 ? arg : NULL;
}

/* Three of four are there; the fourth reads what nobody writes, and main waits for it. */
static void barrier(void)
{
	if (pipe(ends) != 0)
		exit(1);
	(void)pthread_barrier_init(&met, NULL, 4);
	start(read_end, NULL);
	for (int i = 0; i < 3; i++)
		start(meet, NULL);
	wait_for_first(4);
}

static void *meet_with_lock(void *arg)
{
	(void)pthread_mutex_lock(&lock);
	return meet(arg);
}

static void *lock_and_meet(void *arg)
{
	while (!atomic_load(&announced))
		(void)usleep(1000);
	announce();
	(void)pthread_mutex_lock(&lock);
	(void)pthread_barrier_wait(&met);
	return arg;
}

/* One holds across the barrier what the other needs to get there. */
static void barrier_lock(void)
{
	(void)pthread_barrier_init(&met, NULL, 2);
	start(meet_with_lock, NULL);
	start(lock_and_meet, NULL);
	ready(2);
	(void)pause();
}

/* The one that is missing works for a while in each phase. */
static void *work_and_meet(void *arg)
{
	long ms = (long)(intptr_t)arg;
	struct timespec pause_of = { ms / 1000, ms % 1000 * 1000000 };

	announce();
	for (;;) {
		(void)nanosleep(&pause_of, NULL);
		(void)pthread_barrier_wait(&met);
	}
	return NULL;
}

static void phases(void)
{
	(void)pthread_barrier_init(&met, NULL, 4);
	for (intptr_t i = 0; i < 3; i++)
		start(work_and_meet, (void *)i);
	start(work_and_meet, (void *)(intptr_t)1000);
	wait_for_first(4);
}

/* --- pipes ---------------------------------------------------------------------------------- */

static void pipe_self(void)
{
	if (pipe(ends) != 0)
		exit(1);
	start(read_end, NULL);
	wait_for_first(1);
}

static void socket_self(void)
{
	if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends) != 0)
		exit(1);
	start(read_end, NULL);
	wait_for_first(1);
}

static void *read_event(void *arg)
{
	uint64_t v;

	announce();
	return read(ends[0], &v, sizeof(v)) > 0 ? arg : NULL;
}

static void event_self(void)
{
	ends[0] = eventfd(0, 0);
	start(read_event, NULL);
	wait_for_first(1);
}

/* --- semaphores and conditions ------------------------------------------------------------------ */

static void *take_item(void *arg)
{
	announce();
	(void)sem_wait(&items);
	return arg;
}

static void semaphore(void)
{
	(void)sem_init(&items, 0, 0);
	for (int i = 0; i < 3; i++)
		start(take_item, NULL);
	wait_for_first(3);
}

/* It was signalled before anybody waited, and nobody looks whether it was. */
static void *consume(void *arg)
{
	(void)pthread_mutex_lock(&lock);
	announce();
	(void)pthread_cond_wait(&filled, &lock);
	return arg;
}

static void missed(void)
{
	(void)pthread_mutex_lock(&lock);
	full = 1;
	(void)pthread_cond_signal(&filled);
	(void)pthread_mutex_unlock(&lock);
	start(consume, NULL);
	wait_for_first(1);
}

static void *produce(void *arg)
{
	announce();
	for (;;) {
		(void)sem_wait(&room);
		(void)usleep(2000);
		(void)sem_post(&items);
	}
	return arg;
}

static void *use(void *arg)
{
	announce();
	for (;;) {
		(void)sem_wait(&items);
		(void)sem_post(&room);
	}
	return arg;
}

static void flow(void)
{
	(void)sem_init(&items, 0, 0);
	(void)sem_init(&room, 0, 4);
	for (int i = 0; i < 3; i++) {
		start(use, NULL);
		start(produce, NULL);
	}
	(void)usleep(50000);
	(void)printf("ready %d\n", (int)getpid());
	(void)fflush(stdout);
	(void)pthread_join(threads[0], NULL);
}

/* Workers without work, and main that waits for requests. */
static void pool(void)
{
	struct sockaddr_in any = { .sin_family = AF_INET };
	char c;

	for (int i = 0; i < 6; i++)
		start(consume, NULL);
	ready(6);
	ends[0] = socket(AF_INET, SOCK_DGRAM, 0);
	if (ends[0] < 0 || bind(ends[0], (struct sockaddr *)&any, sizeof(any)) != 0)
		exit(1);
	(void)recv(ends[0], &c, 1, 0);
}

/* --- initialisation and inherited priority --------------------------------------------------- */

static void initialise(void)
{
	announce();
	(void)sem_wait(&items);
}

static void *do_once(void *arg)
{
	if (arg)
		announce();
	(void)pthread_once(&once, initialise);
	return arg;
}

static void first_use(void)
{
	(void)sem_init(&items, 0, 0);
	start(do_once, NULL);
	while (!atomic_load(&announced))
		(void)usleep(1000);
	for (int i = 0; i < 4; i++)
		start(do_once, &once);
	wait_for_first(5);
}

static void *take_lock_then_second(void *arg)
{
	(void)pthread_mutex_lock(&lock);
	(void)pthread_barrier_wait(&met);
	announce();
	(void)pthread_mutex_lock(&second);
	return arg;
}

static void *take_second_then_lock(void *arg)
{
	(void)pthread_mutex_lock(&second);
	(void)pthread_barrier_wait(&met);
	announce();
	(void)pthread_mutex_lock(&lock);
	return arg;
}

static void inherits(void)
{
	pthread_mutexattr_t a;

	(void)pthread_mutexattr_init(&a);
	(void)pthread_mutexattr_setprotocol(&a, PTHREAD_PRIO_INHERIT);
	(void)pthread_mutex_init(&second, &a);
	(void)pthread_barrier_init(&met, NULL, 2);
	start(take_lock_then_second, NULL);
	start(take_second_then_lock, NULL);
	wait_for_first(2);
}

static const struct {
	const char *name;
	void (*run)(void);
} ways[] = {
	{ "barrier", barrier },	    { "barrier-lock", barrier_lock }, { "phases", phases },	{ "pipe", pipe_self },
	{ "socket", socket_self },  { "event", event_self },	      { "semaphore", semaphore }, { "missed", missed },
	{ "flow", flow },	    { "pool", pool },		      { "once", first_use },	{ "inherits", inherits },
};

int main(int argc, char **argv)
{
	const char *way = argc > 1 ? argv[1] : "";

	(void)alarm(120);
	for (size_t i = 0; i < sizeof(ways) / sizeof(*ways); i++)
		if (strcmp(way, ways[i].name) == 0)
			ways[i].run();
	return 1;
}
