/* SPDX-License-Identifier: MIT */
/*
 * Threads that hang, or do not, in the way that the first word names; then
 * "ready PID" is printed (tests/targets/linux/ready.h).
 */
#include "../targets/linux/ready.h"

#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <time.h>

static pthread_mutex_t first = PTHREAD_MUTEX_INITIALIZER, second = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t third = PTHREAD_MUTEX_INITIALIZER, queue_lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_rwlock_t table = PTHREAD_RWLOCK_INITIALIZER;
static pthread_cond_t queue = PTHREAD_COND_INITIALIZER;
static pthread_barrier_t met;
static pthread_t threads[32];
static int n_threads, ends[2];
static volatile uint64_t work;

static void start(void *(*f)(void *), void *arg)
{
	if (pthread_create(&threads[n_threads++], NULL, f, arg) != 0)
		exit(1);
}

static void *lock(void *m)
{
	announce();
	(void)pthread_mutex_lock(m);
	return m;
}

/* --- deadlocks ------------------------------------------------------------------------- */

static pthread_mutex_t *const pairs[][2] = { { &second, &first }, { &first, &second } };
static pthread_mutex_t *const rings[][2] = { { &first, &second }, { &second, &third }, { &third, &first } };

static void *take_both(void *arg)
{
	pthread_mutex_t *const *m = arg;

	(void)pthread_mutex_lock(m[0]);
	(void)pthread_barrier_wait(&met);
	return lock(m[1]);
}

static int cycle(void)
{
	(void)pthread_barrier_init(&met, NULL, 2);
	for (int i = 0; i < 2; i++)
		start(take_both, (void *)pairs[i]);
	return 2;
}

static int ring(void)
{
	(void)pthread_barrier_init(&met, NULL, 3);
	for (int i = 0; i < 3; i++)
		start(take_both, (void *)rings[i]);
	return 3;
}

static void *mutex_then_table(void *arg)
{
	(void)pthread_mutex_lock(&first);
	(void)pthread_barrier_wait(&met);
	announce();
	(void)pthread_rwlock_rdlock(&table);
	return arg;
}

static void *table_then_mutex(void *arg)
{
	(void)pthread_rwlock_wrlock(&table);
	(void)pthread_barrier_wait(&met);
	return lock(&first);
}

static int mixed(void)
{
	(void)pthread_barrier_init(&met, NULL, 2);
	start(mutex_then_table, NULL);
	start(table_then_mutex, NULL);
	return 2;
}

/* Holds the lock that the thread wants which it waits for. */
static void *hold_and_join(void *arg)
{
	(void)pthread_mutex_lock(&first);
	(void)pthread_barrier_wait(&met);
	announce();
	(void)pthread_join(threads[0], NULL);
	return arg;
}

static void *meet_and_lock(void *arg)
{
	(void)pthread_barrier_wait(&met);
	usleep(20000);
	return lock(&first);
}

static int join(void)
{
	(void)pthread_barrier_init(&met, NULL, 2);
	start(meet_and_lock, NULL);
	start(hold_and_join, NULL);
	return 2;
}

static void *lock_twice(void *arg)
{
	(void)pthread_mutex_lock(&first);
	return lock(&first);
}

static int self(void)
{
	start(lock_twice, NULL);
	return 1;
}

/* --- chains ------------------------------------------------------------------------------- */

static void *take_and_end(void *m)
{
	(void)pthread_mutex_lock(m);
	return m;
}

static int orphan(void)
{
	start(take_and_end, &first);
	(void)pthread_join(threads[0], NULL);
	start(lock, &first);
	return 1;
}

static void *hold_and_sleep(void *arg)
{
	(void)pthread_mutex_lock(&first);
	(void)pthread_barrier_wait(&met);
	announce();
	(void)pause();
	return arg;
}

static void *hold_and_read(void *arg)
{
	char c;

	(void)pthread_mutex_lock(&first);
	(void)pthread_barrier_wait(&met);
	announce();
	return read(ends[0], &c, 1) == 1 ? arg : NULL;
}

static int behind(void *(*holder)(void *), int n)
{
	(void)pthread_barrier_init(&met, NULL, 2);
	start(holder, NULL);
	(void)pthread_barrier_wait(&met);
	for (int i = 0; i < n; i++)
		start(lock, &first);
	return n + 1;
}

static int convoy(void)
{
	return behind(hold_and_sleep, 5);
}

static int pipe_chain(void)
{
	if (pipe(ends) != 0)
		exit(1);
	return behind(hold_and_read, 5);
}

/* --- processor time ------------------------------------------------------------------------ */

static __attribute__((noinline)) void spin(void)
{
	for (;;)
		work = work * 6364136223846793005u + 1442695040888963407u;
}

static void *spinner(void *arg)
{
	announce();
	spin();
	return arg;
}

/* --- healthy -------------------------------------------------------------------------------- */

static void *worker(void *arg)
{
	(void)pthread_mutex_lock(&queue_lock);
	announce();
	for (;;)
		(void)pthread_cond_wait(&queue, &queue_lock);
	return arg;
}

static int idle(void)
{
	for (int i = 0; i < 16; i++)
		start(worker, NULL);
	return 16;
}

/* Short locks and short sleeps, on and on. */
static void *busy_worker(void *arg)
{
	announce();
	for (;;) {
		(void)pthread_mutex_lock(&queue_lock);
		for (int i = 0; i < 100; i++)
			work += (uint64_t)i;
		(void)pthread_mutex_unlock(&queue_lock);
		usleep(500);
	}
	return arg;
}

static int busy(void)
{
	for (int i = 0; i < 8; i++)
		start(busy_worker, NULL);
	return 8;
}

static const struct {
	const char *name;
	int (*make)(void);
} ways[] = {
	{ "cycle", cycle }, { "ring", ring }, { "mixed", mixed }, { "join", join }, { "self", self },
	{ "orphan", orphan }, { "convoy", convoy }, { "pipe", pipe_chain },
	{ "idle", idle },
};

/* Threads of these never sleep long enough for ready() to see it: when they have
 * used as much processor time. */
static void say_ready(double seconds)
{
	struct timespec used = { 0 };

	do
		usleep(20000);
	while (clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used) == 0 &&
	       (double)used.tv_sec + (double)used.tv_nsec / 1e9 < seconds);
	(void)printf("ready %d\n", (int)getpid());
	(void)fflush(stdout);
}

int main(int argc, char **argv)
{
	const char *way = argc > 1 ? argv[1] : "";

	(void)alarm(120);
	for (size_t i = 0; i < sizeof(ways) / sizeof(*ways); i++)
		if (strcmp(way, ways[i].name) == 0)
			ready(ways[i].make());
	if (strcmp(way, "busy") == 0) {
		(void)busy();
		say_ready(0.05);
	}
	if (strcmp(way, "spin") == 0) {
		start(spinner, NULL);
		say_ready(1.5);
	}
	(void)pause();
	return 0;
}
