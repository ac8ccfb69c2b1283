/* SPDX-License-Identifier: MIT */
/*
 * Budget: a bound on work whose length and size a dump decides. Loops call
 * budget_check() every so often and hand on what it returns; what is about to grow
 * asks budget_memory() first. NULL stands for no bound but cancellation.
 */
#ifndef OSM_BASE_BUDGET_H
#define OSM_BASE_BUDGET_H

#include "base/err.h"

struct budget {
	uint64_t deadline_ns;	/* of monotonic_ns(); 0: none */
	uint64_t memory;	/* bytes that one piece of work may hold; 0: no bound */
};

uint64_t monotonic_ns(void);
/* CANCELLED; UNSUPPORTED: the deadline is over. */
struct err *budget_check(const struct budget *b) MUST_USE;
/* UNSUPPORTED: more bytes than allowed; the message names both. */
struct err *budget_memory(const struct budget *b, uint64_t bytes) MUST_USE;

#endif
