/* SPDX-License-Identifier: MIT */
/*
 * The tracer: a thread of ours that does all that touches the processes of a
 * snapshot. ptrace ties tracees to one thread, so a set of processes has one
 * tracer for all its members; the others may call from any thread. To trace
 * our own process it has to be another one: capture/helper.h.
 */
#ifndef OSM_CAPTURE_TRACER_H
#define OSM_CAPTURE_TRACER_H

#include "base/err.h"
#include <stdbool.h>

struct tracer;

typedef void tracer_fn(void *arg);
/* Called while there is nothing else to do; true: not again soon. */
typedef bool tracer_idle_fn(void *arg);

struct err *tracer_start(bool self, tracer_idle_fn *idle, void *arg, struct tracer **ret) MUST_USE;
/* Runs fn in the tracer's thread, as urgently as is permitted, and waits for its end. OS: a helper ended before that. */
struct err *tracer_run(struct tracer *t, tracer_fn *fn, void *arg) MUST_USE;
/* helper_permit, for the tracer of our own process. */
void tracer_permit(const struct tracer *t, bool on);
void tracer_end(struct tracer *t); /* accepts NULL */

#endif
