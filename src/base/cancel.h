/* SPDX-License-Identifier: MIT */
/*
 * Cancellation and progress. A signal handler sets the flag; long loops call
 * cancel_check() every so often and hand on what it returns. The program that
 * owns the terminal may set a progress callback; libraries only report.
 */
#ifndef OSM_BASE_CANCEL_H
#define OSM_BASE_CANCEL_H

#include "base/err.h"

void cancel_request(void); /* async-signal-safe */
void cancel_clear(void);
bool cancel_requested(void);
struct err *cancel_check(void) MUST_USE; /* NULL or err_cancelled() */

/* `total` 0: not known. Called often: the callback limits its own rate. */
typedef void progress_fn(void *arg, const char *what, uint64_t done, uint64_t total);
void progress_set(progress_fn *fn, void *arg);
void progress_report(const char *what, uint64_t done, uint64_t total);

/* Notices ("symbols for x not found") go to this callback, never to output. */
typedef void notice_fn(void *arg, const char *text);
void notice_set(notice_fn *fn, void *arg);
void notice(const char *fmt, ...) PRINTF(1, 2);

#endif
