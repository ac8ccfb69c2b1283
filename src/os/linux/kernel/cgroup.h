/* SPDX-License-Identifier: MIT */
/* Memory of control groups, by the memory controller's own counters. */
#ifndef OSM_OS_LINUX_KERNEL_CGROUP_H
#define OSM_OS_LINUX_KERNEL_CGROUP_H

#include "target/target.h"

#define MEMORY_NO_LIMIT UINT64_MAX

struct memory_group {
	uint64_t address;		/* of struct mem_cgroup */
	const char *path;		/* "/system.slice/x.service"; "/" for the root, which is not counted */
	unsigned depth;
	uint64_t usage, peak;		/* pages, what lies below it included */
	uint64_t max, high;		/* pages; MEMORY_NO_LIMIT */
	uint64_t swap;			/* pages */
	uint64_t failures;		/* how often max was reached */
};

/* All groups, parents before what is in them. Into the arena. NOTFOUND: no memory controller;
 * CORRUPT, FAULT: the tree is torn. */
struct err *kernel_memory_groups(struct target *t, struct arena *a, struct memory_group **ret, size_t *ret_n) MUST_USE;

#endif
