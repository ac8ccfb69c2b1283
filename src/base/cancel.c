/* SPDX-License-Identifier: MIT */
#include "base/cancel.h"

#include <signal.h>
#include <stdio.h>

static volatile sig_atomic_t requested;
static progress_fn *progress_callback;
static void *progress_arg;
static notice_fn *notice_callback;
static void *notice_arg;

void cancel_request(void)
{
	requested = 1;
}

void cancel_clear(void)
{
	requested = 0;
}

bool cancel_requested(void)
{
	return requested;
}

struct err *cancel_check(void)
{
	return requested ? err_cancelled() : NULL;
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
