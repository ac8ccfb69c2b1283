/* SPDX-License-Identifier: MIT */
/*
 * Work on many files at once, in processes of their own.
 *
 * Processes and not threads: cancellation, progress and the handling of files
 * that shrink are one per process here, the libraries that read DWARF are not
 * made for threads, what an analysis held is given back when its process ends,
 * and a dump that brings one down costs its own row and no other.
 *
 * A process does jobs until it has worked for WORKERS_TURN_MS: most files are
 * small or no dumps, and making a process takes longer than looking at them. A
 * job that brings down a process that had done others is done again in a new one.
 *
 * There is one more than there are processors, so that none of these is idle
 * while a result is taken. Results come in the order of the jobs, whichever ended
 * first; when one takes long, no more than WORKERS_AHEAD later ones are kept.
 */
#ifndef OSM_MAIN_WORKERS_H
#define OSM_MAIN_WORKERS_H

#include "base/err.h"
#include "base/str.h"
#include <stdbool.h>
#include <stddef.h>

enum { WORKERS_AHEAD = 512, WORKERS_RESULT = 64 << 10, WORKERS_SECONDS = 300, WORKERS_TURN_MS = 50 };

struct workers {
	/* In the new process: what is added to ret is the result, WORKERS_RESULT bytes at most.
	 * False: this process is not fit for another job. */
	bool (*work)(void *arg, size_t job, struct strbuf *ret);
	/* `ended`: NULL, or how the process ended that should have come to its end. */
	struct err *(*done)(void *arg, size_t job, const char *result, size_t len, const char *ended);
	void *arg;
};

/* CANCELLED, what done() returned, or that no process could be made. None is left behind. */
struct err *workers_run(const struct workers *w, size_t n_jobs) MUST_USE;

#endif
