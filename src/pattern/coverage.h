/* SPDX-License-Identifier: MIT */
/* Coverage: how much of what an analysis wants to read is in the dump. */
#ifndef OSM_PATTERN_COVERAGE_H
#define OSM_PATTERN_COVERAGE_H

#include "target/target.h"

struct coverage {
	size_t threads, with_registers, with_stack;	/* stack: where the stack pointer points to */
	uint64_t stated;	/* bytes of memory that the container lists */
	uint64_t present;	/* of them, in the file or known to be zero */
};

struct err *coverage_find(struct target *t, struct coverage *ret) MUST_USE;

#endif
