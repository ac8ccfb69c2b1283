/* SPDX-License-Identifier: MIT */
/* Processor times of threads, as the patterns of the processor compare them. */
#ifndef OSM_PATTERN_TIMES_H
#define OSM_PATTERN_TIMES_H

#include "target/target.h"

enum { TIMES_SECOND = 10000000 };	/* 100 ns */

/* User and kernel time together; false: the dump has none, or none that can be. */
static inline bool times_of(const struct thread *th, uint64_t *ret)
{
	const struct dump_thread *r = th->record;

	return (r->has & (THREAD_HAS_TIMES | THREAD_HAS_CPU_TIMES)) &&
	       !__builtin_add_overflow(r->user_time, r->kernel_time, ret);
}

#endif
