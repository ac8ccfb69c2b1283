/* SPDX-License-Identifier: MIT */
/*
 * Read-copy-update: the grace period that is under way, what it waits for, and the
 * callbacks that wait for it.
 */
#ifndef OSM_OS_LINUX_KERNEL_RCU_H
#define OSM_OS_LINUX_KERNEL_RCU_H

#include "target/target.h"

enum { RCU_SEGMENTS = 4 };	/* callbacks: done, waiting for this grace period, for the next one, not assigned yet */

struct kernel_rcu_cpu {
	uint64_t address;	/* of its struct rcu_data */
	unsigned cpu;
	bool online;
	uint64_t gp_seq, gp_seq_needed;	/* as it has seen them */
	bool blocks;		/* the grace period waits for it */
	bool blocks_expedited;
	bool no_qs;		/* it has not gone through a quiescent state yet */
	bool core_needs_qs;	/* and has been told that it must */
	bool has_watching, watching;	/* false: it idles or runs user code, and needs not be waited for */
	bool has_segments;
	uint64_t callbacks, lazy, segment[RCU_SEGMENTS];
	uint64_t ticks;		/* taken in this grace period */
};

/* A task that was preempted in a reader. */
struct kernel_rcu_task {
	uint64_t task;
	bool blocks, blocks_expedited;
};

struct kernel_rcu {
	uint64_t address;	/* of struct rcu_state */
	uint64_t gp_seq;	/* number, and in its two lowest bits the phase: 0 none is under way */
	uint64_t expedited;	/* the same of expedited ones; 0: not known */
	const char *state;	/* of the thread that runs grace periods: "RCU_GP_WAIT_FQS"; "" not known */
	uint64_t kthread;	/* its task_struct */
	uint64_t flags;
	uint64_t start, activity;	/* jiffies: of the grace period's begin, of the thread's last sign of life */
	uint64_t timeout;	/* seconds after which the kernel tells a stall; 0: not known, or never */
	struct kernel_rcu_cpu *cpus;
	struct kernel_rcu_task *tasks;
	size_t n_cpus, n_tasks;
	struct err *trouble;	/* to be freed: the first list of readers that could not be walked; NULL: none */
};

static inline int64_t kernel_rcu_number(uint64_t seq)
{
	return (int64_t)seq >> 2;
}

static inline unsigned kernel_rcu_phase(uint64_t seq)
{
	return seq & 3;
}

/* Into the arena. NOTFOUND: a kernel without it, or with another kind; FAULT, CORRUPT. */
struct err *kernel_rcu_read(struct target *t, struct arena *a, struct kernel_rcu *ret) MUST_USE;

#endif
