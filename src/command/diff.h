/* SPDX-License-Identifier: MIT */
/*
 * Two dumps of one process, or of one program, side by side: what came, what
 * went, what grew. For !diff and osmodump diff.
 */
#ifndef OSM_COMMAND_DIFF_H
#define OSM_COMMAND_DIFF_H

#include "output/output.h"
#include "target/target.h"

struct diff {
	struct target *before, *after;
	bool same_process;	/* else addresses, thread ids and descriptors have nothing to do with each other */
	bool has_interval;
	double interval;	/* seconds from one to the other */
	bool verbose;		/* all of each list, also what did not change */
};

struct diff diff_of(struct target *before, struct target *after, bool verbose);
struct err *diff_run(const struct diff *d, struct out *o) MUST_USE;
extern const struct record *const diff_records[];

/* The parts. */
extern const struct record diff_thread_record, diff_threads_record, diff_region_record, diff_usage_record,
	diff_module_record, diff_handle_record, diff_handles_record;
struct err *diff_threads(const struct diff *d, struct out *o) MUST_USE;
struct err *diff_memory(const struct diff *d, struct out *o) MUST_USE;
struct err *diff_modules(const struct diff *d, struct out *o) MUST_USE;
struct err *diff_handles(const struct diff *d, struct out *o) MUST_USE;

#endif
