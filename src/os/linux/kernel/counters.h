/* SPDX-License-Identifier: MIT */
/*
 * What the kernel counts of its memory: the counters of /proc/vmstat, of zones
 * and of processors, and struct percpu_counter.
 *
 * A counter has a value that all see and, for each processor, a difference that
 * has not been added to it yet. /proc shows the first; `pending` is the sum of the
 * second, so that value + pending is exact at the dump's instant.
 */
#ifndef OSM_OS_LINUX_KERNEL_COUNTERS_H
#define OSM_OS_LINUX_KERNEL_COUNTERS_H

#include "target/target.h"

enum counter_set {
	COUNTERS_ZONE,		/* enum zone_stat_item: pages, of all zones */
	COUNTERS_NODE,		/* enum node_stat_item: pages, of all nodes */
	COUNTERS_EVENT,		/* enum vm_event_item: events since boot, of all processors */
	COUNTERS_N_SETS
};

struct counter {
	const char *name;	/* "NR_FREE_PAGES", the enumerator's */
	int64_t value, pending;
};

/* Into the arena, in the enumeration's order. NOTFOUND, FAULT. */
struct err *kernel_counters(struct target *t, enum counter_set set, struct arena *a, struct counter **ret,
			    size_t *ret_n) MUST_USE;
/* false: there is no counter of this name. */
bool counter_value(const struct counter *v, size_t n, const char *name, int64_t *ret);

/* The exact value of a struct percpu_counter. */
struct err *kernel_percpu_counter(struct target *t, uint64_t address, int64_t *ret) MUST_USE;

/* --- zones ------------------------------------------------------------------------ */
struct kernel_zone {
	uint64_t address;
	char name[16];
	unsigned node;
	uint64_t start;			/* first page frame */
	uint64_t spanned, present, managed;	/* pages */
	uint64_t min, low, high;	/* watermarks, with what was added to them for a while */
	uint64_t boost;
	int64_t free, free_pending;	/* pages */
	uint64_t on_cpus;		/* pages on the lists of processors */
	int64_t anon, file;		/* pages of either kind that can be reclaimed */
	struct counter *counters;	/* all of the zone's */
	size_t n_counters;
};

/* Zones with pages. Into the arena. */
struct err *kernel_zones(struct target *t, struct arena *a, struct kernel_zone **ret, size_t *ret_n) MUST_USE;

#endif
