/* SPDX-License-Identifier: MIT */
/*
 * Two dumps of one process, or of one program, side by side: what came, what
 * went, what grew; and what grew over more than two. For !diff and osmodump diff.
 */
#ifndef OSM_COMMAND_DIFF_H
#define OSM_COMMAND_DIFF_H

#include "command/heap_figures.h"
#include "command/lock_figures.h"
#include "output/output.h"
#include "report/series.h"
#include "target/regions.h"

/* A dump with what is worked out of it once for all comparisons. */
struct diff_side {
	struct target *target;	/* the caller's */
	struct arena arena;
	struct heap_figures heaps;
	struct lock_figures locks;
};

struct diff {
	const struct diff_side *before, *after;
	bool same_process;	/* else addresses, thread ids and descriptors have nothing to do with each other */
	const char *known_by;	/* how that is known */
	bool has_interval;
	double interval;	/* seconds from one to the other */
	bool verbose;		/* all of each list, also what did not change */
};

struct err *diff_side_init(struct target *t, struct diff_side *ret) MUST_USE;
void diff_side_deinit(struct diff_side *s); /* accepts zeros */
struct diff diff_of(const struct diff_side *before, const struct diff_side *after, bool verbose);
struct err *diff_run(const struct diff *d, struct out *o) MUST_USE;
extern const struct record *const diff_records[];

/* The parts. */
extern const struct record diff_thread_record, diff_threads_record, diff_region_record, diff_usage_record, diff_heap_record, diff_unknown_record,
	diff_class_record, diff_locks_record, diff_lock_record, diff_module_record, diff_handle_record, diff_handles_record,
	diff_trend_record, diff_stuck_record;
struct err *diff_threads(const struct diff *d, struct out *o) MUST_USE;
struct err *diff_memory(const struct diff *d, struct out *o) MUST_USE;
struct err *diff_heaps(const struct diff *d, struct out *o) MUST_USE;
struct err *diff_locks(const struct diff *d, struct out *o) MUST_USE;
struct err *diff_modules(const struct diff *d, struct out *o) MUST_USE;
struct err *diff_handles(const struct diff *d, struct out *o) MUST_USE;
/* "rate" and, where the part has it, "hourly". */
void diff_out_rate(const struct diff *d, int64_t growth, struct out *o);
bool diff_counts(const struct region *r);	/* what is reserved only, or out of reach, is no growth */

/* --- more than two: diff_trends.c ------------------------------------------------------- */
/* `path` and strings of the side and its target are borrowed until the target goes; what is not, is in the arena. */
struct err *diff_sample(const struct diff_side *s, bool same_process, struct arena *a, struct sample *ret) MUST_USE;
bool diff_time_of(struct target *t, double *ret);
/* A lock that had the same owner, and threads that wait, in each dump so far. */
struct stuck_lock {
	struct lock_figure lock;	/* strings in the arena given */
	VEC(struct out_word) waiters;	/* one for each dump */
};
struct stuck_locks {
	VEC(struct stuck_lock) v;
	size_t dumps;
};
struct err *diff_stuck_add(struct stuck_locks *l, const struct diff_side *s, bool same_process, struct arena *a) MUST_USE;
void stuck_locks_deinit(struct stuck_locks *l);
/* As a comparison has them; borrowed from l. */
struct err *diff_stuck_list(const struct stuck_locks *l, struct arena *a, struct comparison *c) MUST_USE;
struct err *diff_trends(const struct comparison *c, bool verbose, struct out *o) MUST_USE;

#endif
