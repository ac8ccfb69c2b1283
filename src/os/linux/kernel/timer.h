/* SPDX-License-Identifier: MIT */
/*
 * Timers that wait: those of the timer wheel, which go by ticks, and the
 * high-resolution ones, which go by clocks; both are kept by each processor.
 */
#ifndef OSM_OS_LINUX_KERNEL_TIMER_H
#define OSM_OS_LINUX_KERNEL_TIMER_H

#include "target/target.h"

enum kernel_timer_flag {	/* of include/linux/timer.h */
	TIMER_IS_MIGRATING = 0x40000,
	TIMER_IS_DEFERRABLE = 0x80000,
	TIMER_IS_PINNED = 0x100000,
	TIMER_IS_IRQSAFE = 0x200000,
};

struct kernel_timer {
	uint64_t address;	/* of struct timer_list or hrtimer */
	unsigned cpu;		/* whose base it is in */
	unsigned base;		/* number of the base of that processor */
	bool high_resolution;
	uint64_t function;
	uint64_t task;		/* task_struct that it wakes, 0: none, or not known */
	uint64_t work;		/* function of the work that it queues, 0: none, or not known */
	uint64_t expires;	/* jiffies; of high-resolution ones nanoseconds of their clock */
	uint64_t soft_expires;	/* from then on it may be called, if the processor is awake */
	uint64_t flags;		/* of the wheel: with enum kernel_timer_flag */
	bool is_soft;		/* high resolution: called in a softirq */
	int64_t clock;		/* clockid_t */
	int64_t left;		/* nanoseconds from now; negative: it is due */
	bool has_left;		/* whether that is known */
};

/* By processor, those of the wheel first, by expiry; into the arena. UNSUPPORTED, NOTFOUND: no such
 * variables. *trouble (to be freed; NULL: none): what could not be walked. */
struct err *kernel_timers(struct target *t, struct arena *a, struct kernel_timer **ret, size_t *ret_n,
			  struct err **trouble) MUST_USE;
const char *kernel_clock_name(int64_t clock);	/* "monotonic"; "?" */

#endif
