/* SPDX-License-Identifier: MIT */
/*
 * A server of a thousand threads as an incident has it: one holds the cache's
 * lock and sleeps; a logger wants it while it holds the log; writers want the log,
 * each with a table locked; readers want the cache or a table; the rest of the
 * pool is at rest.
 */
#include <pthread.h>
#include <stdio.h>
#include <unistd.h>

enum { TABLES = 8, READERS = 200, TABLE_READERS = 190, POOL = 600, STACK = 65536 };

static pthread_mutex_t cache = PTHREAD_MUTEX_INITIALIZER, journal = PTHREAD_MUTEX_INITIALIZER, tables[TABLES];
static pthread_mutex_t pool = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t work = PTHREAD_COND_INITIALIZER;

static void *hold_cache(void *arg)
{
	(void)pthread_mutex_lock(&cache);
	(void)sleep(10000);
	return arg;
}

static void *write_journal(void *arg)
{
	(void)pthread_mutex_lock(&journal);
	(void)pthread_mutex_lock(&cache);
	return arg;
}

static void *write_row(void *table)
{
	(void)pthread_mutex_lock(table);
	(void)pthread_mutex_lock(&journal);
	return table;
}

static void *read_locked(void *lock)
{
	(void)pthread_mutex_lock(lock);
	return lock;
}

static void *rest(void *arg)
{
	(void)pthread_mutex_lock(&pool);
	for (;;)
		(void)pthread_cond_wait(&work, &pool);
	return arg;
}

static void start(void *(*run)(void *), void *arg, const char *name)
{
	pthread_attr_t attr;
	pthread_t t;

	(void)pthread_attr_init(&attr);
	(void)pthread_attr_setstacksize(&attr, STACK);
	if (pthread_create(&t, &attr, run, arg) == 0)
		(void)pthread_setname_np(t, name);
}

static void settle(void)
{
	(void)usleep(200000);
}

int main(void)
{
	start(hold_cache, NULL, "cache-holder");
	settle();
	start(write_journal, NULL, "logger");
	settle();
	for (int i = 0; i < TABLES; i++) {
		(void)pthread_mutex_init(&tables[i], NULL);
		start(write_row, &tables[i], "row-writer");
	}
	settle();
	for (int i = 0; i < READERS; i++)
		start(read_locked, &cache, "reader");
	for (int i = 0; i < TABLE_READERS; i++)
		start(read_locked, &tables[i % TABLES], "table-reader");
	for (int i = 0; i < POOL; i++)
		start(rest, NULL, "pool");
	settle();
	(void)printf("ready %d\n", (int)getpid());
	(void)fflush(stdout);
	for (;;)
		(void)pause();
}
