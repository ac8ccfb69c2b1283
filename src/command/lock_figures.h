/* SPDX-License-Identifier: MIT */
/*
 * Lock figures: what of a process's locks can be set beside another dump of it.
 * Locks that are held or waited for are those of the wait graph; besides, the
 * critical sections of ntdll's list, whose counters tell of contention that is
 * over.
 */
#ifndef OSM_COMMAND_LOCK_FIGURES_H
#define OSM_COMMAND_LOCK_FIGURES_H

#include "base/vec.h"
#include "target/target.h"

struct lock_figure {
	uint64_t address;
	enum thread_half half;
	const char *type, *name;	/* "mutex"; symbol, "" none. In the arena given */
	bool held;
	uint32_t owner;			/* thread id; 0: none, or not known */
	uint64_t waiters;		/* threads seen to wait, or the lock's own count where that is more */
	bool has_counts;		/* of a critical section with debug information */
	uint32_t entries, contentions;
	uint64_t semaphore;		/* made when a thread first had to wait; 0: never */
};

struct lock_figures {
	VEC(struct lock_figure) v;	/* by half and address */
	size_t n_blind;			/* threads that wait for a lock that, or whose owner, is not in the dump */
};

/* NOMEM, CANCELLED. */
struct err *lock_figures_init(struct target *t, struct arena *a, struct lock_figures *ret) MUST_USE;
void lock_figures_deinit(struct lock_figures *f); /* accepts zeros */
/* Order of the list, for merging two. */
int lock_figure_compare(const struct lock_figure *x, const struct lock_figure *y);

#endif
