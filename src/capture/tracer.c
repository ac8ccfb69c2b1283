/* SPDX-License-Identifier: MIT */
/* See tracer.h: a thread, a letter box for one letter, and what it does in between. */
#include "capture/tracer.h"
#include "capture/task.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

struct tracer {
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t changed;
	tracer_idle_fn *idle;
	void *idle_arg;
	/* the letter */
	tracer_fn *fn;
	void *arg;
	bool busy, ends;
};

/* Waits for a letter; in between does what comes up (threads that only now came out of the kernel are let go). */
static void await_letter(struct tracer *t)
{
	while (!t->fn && !t->ends) {
		struct timespec until;
		bool settled;

		(void)pthread_mutex_unlock(&t->lock);
		settled = t->idle(t->idle_arg);
		(void)pthread_mutex_lock(&t->lock);
		if (t->fn || t->ends)
			break;
		(void)clock_gettime(CLOCK_REALTIME, &until);
		until.tv_nsec += settled ? 900000000 : 2000000;
		until.tv_sec += until.tv_nsec / 1000000000;
		until.tv_nsec %= 1000000000;
		(void)pthread_cond_timedwait(&t->changed, &t->lock, &until);
	}
}

static void *tracer_main(void *arg)
{
	struct tracer *t = arg;

	(void)pthread_mutex_lock(&t->lock);
	for (;;) {
		await_letter(t);
		if (!t->fn)
			break;
		(void)pthread_mutex_unlock(&t->lock);
		t->fn(t->arg);
		task_hurry(HURRY_NOT);
		(void)pthread_mutex_lock(&t->lock);
		t->fn = NULL;
		t->busy = false;
		(void)pthread_cond_broadcast(&t->changed);
	}
	(void)pthread_mutex_unlock(&t->lock);
	return NULL;
}

void tracer_run(struct tracer *t, tracer_fn *fn, void *arg)
{
	(void)pthread_mutex_lock(&t->lock);
	t->fn = fn;
	t->arg = arg;
	t->busy = true;
	(void)pthread_cond_broadcast(&t->changed);
	while (t->busy)
		(void)pthread_cond_wait(&t->changed, &t->lock);
	(void)pthread_mutex_unlock(&t->lock);
}

static void dispose(struct tracer *t)
{
	(void)pthread_cond_destroy(&t->changed);
	(void)pthread_mutex_destroy(&t->lock);
	free(t);
}

struct err *tracer_start(tracer_idle_fn *idle, void *arg, struct tracer **ret)
{
	struct tracer *t = calloc(1, sizeof(*t));
	sigset_t all, old;
	int error;

	if (!t)
		return err_nomem();
	t->idle = idle;
	t->idle_arg = arg;
	(void)pthread_mutex_init(&t->lock, NULL);
	(void)pthread_cond_init(&t->changed, NULL);
	(void)sigfillset(&all); /* Ctrl-C is for the others: the tracer always ends what it began */
	(void)pthread_sigmask(SIG_BLOCK, &all, &old);
	error = pthread_create(&t->thread, NULL, tracer_main, t);
	(void)pthread_sigmask(SIG_SETMASK, &old, NULL);
	if (error) {
		dispose(t);
		return err_os(error, "a thread to trace with");
	}
	*ret = t;
	return NULL;
}

void tracer_end(struct tracer *t)
{
	if (!t)
		return;
	(void)pthread_mutex_lock(&t->lock);
	t->ends = true;
	(void)pthread_cond_broadcast(&t->changed);
	(void)pthread_mutex_unlock(&t->lock);
	(void)pthread_join(t->thread, NULL);
	dispose(t);
}
