/* SPDX-License-Identifier: MIT */
/*
 * What time it is in a kernel's memory: ticks, and the clocks that timers go by, as of
 * the last time that the kernel brought them up to date. A machine whose processors
 * all idle does so only when it wakes: the true time may be later.
 */
#ifndef OSM_OS_LINUX_KERNEL_NOW_H
#define OSM_OS_LINUX_KERNEL_NOW_H

#include "target/target.h"

struct kernel_now {
	bool has_jiffies, has_monotonic;
	uint64_t jiffies;
	uint64_t tick;		/* nanoseconds of one, 0: not known */
	uint64_t monotonic;	/* nanoseconds of CLOCK_MONOTONIC */
};

/* What is not known stays so. */
struct kernel_now kernel_now(struct target *t);
/* Milliseconds from now until so many ticks; negative: it has passed. 0 where the tick is not known. */
int64_t kernel_ticks_ms(const struct kernel_now *now, uint64_t jiffies);

#endif
