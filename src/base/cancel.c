/* SPDX-License-Identifier: MIT */
#include "base/cancel.h"

#include <stdatomic.h>
#include <stdio.h>

/* Set by a signal handler, read by threads: free of locks, so that both may. */
static atomic_int requested;
_Static_assert(ATOMIC_INT_LOCK_FREE == 2, "a signal handler sets it");
static progress_fn *progress_callback;
static void *progress_arg;
static notice_fn *notice_callback;
static void *notice_arg;

void cancel_request(void)
{
	atomic_store(&requested, 1);
}

void cancel_clear(void)
{
	atomic_store(&requested, 0);
}

bool cancel_requested(void)
{
	return atomic_load_explicit(&requested, memory_order_relaxed);
}

struct err *cancel_check(void)
{
	return cancel_requested() ? err_cancelled() : NULL;
}

void progress_set(progress_fn *fn, void *arg)
{
	progress_callback = fn;
	progress_arg = arg;
}

void progress_report(const char *what, uint64_t done, uint64_t total)
{
	if (progress_callback)
		progress_callback(progress_arg, what, done, total);
}

void notice_set(notice_fn *fn, void *arg)
{
	notice_callback = fn;
	notice_arg = arg;
}

void notice(const char *fmt, ...)
{
	char text[1024];
	va_list ap;

	if (!notice_callback)
		return;
	va_start(ap, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	notice_callback(notice_arg, text);
}
