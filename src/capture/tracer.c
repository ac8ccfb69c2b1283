/* SPDX-License-Identifier: MIT */
/* See tracer.h: a thread, a letter box for one letter, and what it does in between. */
#include "capture/tracer.h"
#include "capture/helper.h"
#include "capture/task.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

struct tracer {
	pthread_t thread;
	struct helper *helper;	/* or this; NULL: none */
	pthread_mutex_t lock;
	pthread_cond_t changed;
	tracer_idle_fn *idle;
	void *idle_arg;
	/* the letter */
	tracer_fn *fn;
	void *arg;
	bool busy, ends, helper_ended;
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

static struct err *explain_end(const struct helper *h)
{
	int signal = helper_killed_by(h);

	if (signal == SIGALRM)
		return err_new(ERR_OS, "the helper that traces us did not get on and was ended: nothing is stopped any more");
	return err_new(ERR_OS, "the helper that traces us ended before the snapshot was there (signal %d)", signal);
}

struct err *tracer_run(struct tracer *t, tracer_fn *fn, void *arg)
{
	bool done;

	(void)pthread_mutex_lock(&t->lock);
	t->fn = fn;
	t->arg = arg;
	t->busy = true;
	(void)pthread_cond_broadcast(&t->changed);
	while (t->busy && !t->helper_ended)
		(void)pthread_cond_wait(&t->changed, &t->lock);
	done = !t->busy;
	(void)pthread_mutex_unlock(&t->lock);
	return done ? NULL : explain_end(t->helper);
}

void tracer_permit(const struct tracer *t, bool on)
{
	helper_permit(t->helper, on);
}

/* Also when it was killed, with the lock in its hand at worst. */
static void on_helper_ended(void *arg)
{
	struct tracer *t = arg;
	struct timespec until;

	(void)clock_gettime(CLOCK_REALTIME, &until);
	until.tv_sec++;
	(void)pthread_mutex_timedlock(&t->lock, &until);
	t->helper_ended = true;
	(void)pthread_cond_broadcast(&t->changed);
	(void)pthread_mutex_unlock(&t->lock);
}

static void dispose(struct tracer *t)
{
	(void)pthread_cond_destroy(&t->changed);
	(void)pthread_mutex_destroy(&t->lock);
	free(t);
}

static struct err *start_helper(struct tracer *t)
{
	const struct helper_work work = { .run = tracer_main, .ended = on_helper_ended, .arg = t };

	return helper_start(&work, &t->helper);
}

static struct err *start_thread(struct tracer *t)
{
	sigset_t all, old;
	int error;

	(void)sigfillset(&all); /* Ctrl-C is for the others: the tracer always ends what it began */
	(void)pthread_sigmask(SIG_BLOCK, &all, &old);
	error = pthread_create(&t->thread, NULL, tracer_main, t);
	(void)pthread_sigmask(SIG_SETMASK, &old, NULL);
	return error ? err_os(error, "a thread to trace with") : NULL;
}

struct err *tracer_start(bool self, tracer_idle_fn *idle, void *arg, struct tracer **ret)
{
	struct tracer *t = calloc(1, sizeof(*t));
	struct err *e;

	if (!t)
		return err_nomem();
	t->idle = idle;
	t->idle_arg = arg;
	(void)pthread_mutex_init(&t->lock, NULL);
	(void)pthread_cond_init(&t->changed, NULL);
	e = self ? start_helper(t) : start_thread(t);
	if (e) {
		dispose(t);
		return e;
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
	if (t->helper)
		helper_join(t->helper);
	else
		(void)pthread_join(t->thread, NULL);
	dispose(t);
}
