/* SPDX-License-Identifier: MIT */
#include "base/budget.h"

#include "base/cancel.h"

#include <time.h>

uint64_t monotonic_ns(void)
{
	struct timespec ts;

	(void)clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000000 + (uint64_t)ts.tv_nsec;
}

struct err *budget_check(const struct budget *b)
{
	TRY(cancel_check());
	if (!b || !b->deadline_ns || monotonic_ns() < b->deadline_ns)
		return NULL;
	return err_new(ERR_UNSUPPORTED, "it took too long");
}

struct err *budget_memory(const struct budget *b, uint64_t bytes)
{
	enum { MB_SHIFT = 20 };

	if (!b || !b->memory || bytes <= b->memory)
		return NULL;
	return err_new(ERR_UNSUPPORTED, "it takes more than the %llu MB of memory that it may have",
		       (unsigned long long)(b->memory >> MB_SHIFT));
}
