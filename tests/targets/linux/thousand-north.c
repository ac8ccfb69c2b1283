/* SPDX-License-Identifier: MIT */
#include "thousand.h"

static inline long stride(struct journey *j, long a)
{
	j->miles += 0.5;
	if (j->id % 2)
		return south(j, a + 1, "odd");
	return east(j, (int)a, j->miles);
}

long north(struct journey *j, long a)
{
	long r;

	if (j->depth-- <= 0) {
		park(j);
		return a;
	}
	r = stride(j, a);
	return r + a;
}
