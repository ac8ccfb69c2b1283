/* SPDX-License-Identifier: MIT */
/*
 * Work queues: pools of workers, what the workers do, and what waits for one.
 */
#ifndef OSM_OS_LINUX_KERNEL_WORKQUEUE_H
#define OSM_OS_LINUX_KERNEL_WORKQUEUE_H

#include "target/target.h"

struct kernel_work {
	uint64_t address;	/* of struct work_struct */
	uint64_t function;
	const char *queue;	/* "events", "writeback"; "" not known */
};

struct kernel_worker {
	uint64_t address;	/* of struct worker */
	uint64_t task;		/* task_struct */
	struct kernel_work current;	/* address 0: it does nothing */
};

struct kernel_pool {
	uint64_t address;	/* of struct worker_pool */
	uint64_t id;
	int64_t cpu;		/* below 0: of no one processor */
	uint64_t n_workers, n_idle;	/* as it counts them */
	struct kernel_worker *workers;
	struct kernel_work *pending;
	size_t n_found, n_pending;
};

/* By id, into the arena. FAULT, CORRUPT: a list is torn. */
struct err *kernel_pools(struct target *t, struct arena *a, struct kernel_pool **ret, size_t *ret_n) MUST_USE;

#endif
