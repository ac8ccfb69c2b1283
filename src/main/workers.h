/* SPDX-License-Identifier: MIT */
/*
 * Work on many files at once, in processes of their own.
 *
 * Processes and not threads: cancellation, progress and the handling of files
 * that shrink are one per process here, the libraries that read DWARF are not
 * made for threads, what an analysis held is given back when its process ends,
 * and a dump that brings one down costs its own row and no other.
 *
 * As many run at once as there are processors. Results come in the order of the
 * jobs, whichever ended first; when one takes long, no more than WORKERS_AHEAD
 * later ones are kept.
 */
#ifndef OSM_MAIN_WORKERS_H
#define OSM_MAIN_WORKERS_H

#include "base/err.h"
#include <stddef.h>

enum { WORKERS_AHEAD = 512, WORKERS_RESULT = 64 << 10, WORKERS_SECONDS = 300 };

struct workers {
	/* In the new process: what is written to fd is the result, WORKERS_RESULT bytes at most. */
	void (*work)(void *arg, size_t job, int fd);
	/* `ended`: NULL, or how the process ended that should have come to its end. */
	struct err *(*done)(void *arg, size_t job, const char *result, size_t len, const char *ended);
	void *arg;
};

/* CANCELLED, what done() returned, or that no process could be made. None is left behind. */
struct err *workers_run(const struct workers *w, size_t n_jobs) MUST_USE;

#endif
