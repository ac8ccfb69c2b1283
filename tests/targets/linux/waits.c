/* SPDX-License-Identifier: MIT */
/* Threads that wait for everything that glibc can make a thread wait for. */
#include "ready.h"

#include <errno.h>
#include <linux/futex.h>
#include <pthread.h>
#include <semaphore.h>
#include <sys/syscall.h>

static pthread_mutex_t plain = PTHREAD_MUTEX_INITIALIZER, cond_mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t recursive, inheriting, robust, both;
static pthread_rwlock_t read_held = PTHREAD_RWLOCK_INITIALIZER, write_held = PTHREAD_RWLOCK_INITIALIZER;
static pthread_rwlock_t writers_first = PTHREAD_RWLOCK_WRITER_NONRECURSIVE_INITIALIZER_NP;
static pthread_cond_t cond = PTHREAD_COND_INITIALIZER;
static pthread_barrier_t barrier;
static pthread_once_t once = PTHREAD_ONCE_INIT;
static sem_t semaphore;
static int word = 7;
static pthread_t sleeper;

static void make(pthread_mutex_t *m, int type, int protocol, int robustness)
{
	pthread_mutexattr_t a;

	(void)pthread_mutexattr_init(&a);
	(void)pthread_mutexattr_settype(&a, type);
	(void)pthread_mutexattr_setprotocol(&a, protocol);
	(void)pthread_mutexattr_setrobust(&a, robustness);
	(void)pthread_mutex_init(m, &a);
	(void)pthread_mutex_lock(m);
}

static void *sleeps(void *p) { announce(); (void)pause(); return p; }
static void *locks(void *p) { announce(); (void)pthread_mutex_lock(p); return p; }
static void *reads(void *p) { announce(); (void)pthread_rwlock_rdlock(p); return p; }
static void *writes(void *p) { announce(); (void)pthread_rwlock_wrlock(p); return p; }
static void *meets(void *p) { announce(); (void)pthread_barrier_wait(p); return p; }
static void *waits(void *p) { announce(); (void)sem_wait(p); return p; }
static void *joins(void *p) { announce(); (void)pthread_join(sleeper, NULL); return p; }
static void *futex(void *p) { announce(); (void)syscall(SYS_futex, p, FUTEX_WAIT, 7, NULL, NULL, 0); return p; }
static void never_done(void) { (void)pause(); }
static void *once_only(void *p) { announce(); (void)pthread_once(p, never_done); return p; }

static void *condition(void *p)
{
	(void)pthread_mutex_lock(&cond_mutex);
	announce();
	(void)pthread_cond_wait(p, &cond_mutex);
	return p;
}

static pthread_t start(void *(*f)(void *), void *p)
{
	int before = atomic_load(&announced);
	pthread_t t;

	if (pthread_create(&t, NULL, f, p) != 0)
		exit(1);
	while (atomic_load(&announced) == before)
		(void)usleep(1000);
	(void)usleep(20000); /* the one after it comes second */
	return t;
}

int main(void)
{
	make(&recursive, PTHREAD_MUTEX_RECURSIVE, PTHREAD_PRIO_NONE, PTHREAD_MUTEX_STALLED);
	make(&inheriting, PTHREAD_MUTEX_NORMAL, PTHREAD_PRIO_INHERIT, PTHREAD_MUTEX_STALLED);
	make(&robust, PTHREAD_MUTEX_ERRORCHECK, PTHREAD_PRIO_NONE, PTHREAD_MUTEX_ROBUST);
	make(&both, PTHREAD_MUTEX_NORMAL, PTHREAD_PRIO_INHERIT, PTHREAD_MUTEX_ROBUST);
	(void)pthread_mutex_lock(&recursive);
	(void)pthread_mutex_lock(&plain);
	(void)pthread_rwlock_rdlock(&read_held);
	(void)pthread_rwlock_wrlock(&write_held);
	(void)pthread_rwlock_rdlock(&writers_first);
	(void)sem_init(&semaphore, 0, 0);
	(void)pthread_barrier_init(&barrier, NULL, 3);
	sleeper = start(sleeps, NULL);
	(void)start(locks, &plain);
	(void)start(locks, &recursive);
	(void)start(locks, &inheriting);
	(void)start(locks, &robust);
	(void)start(locks, &both);
	(void)start(writes, &read_held);
	(void)start(reads, &write_held);
	(void)start(writes, &writers_first);
	(void)start(reads, &writers_first);
	(void)start(condition, &cond);
	(void)start(meets, &barrier);
	(void)start(waits, &semaphore);
	(void)start(joins, NULL);
	(void)start(futex, &word);
	(void)start(once_only, &once);
	(void)start(once_only, &once);
	errno = ENOSPC;
	abort();
}
