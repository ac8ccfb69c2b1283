/* SPDX-License-Identifier: MIT */
#include "thousand.h"

long south(struct journey *j, long a, const char *why)
{
	volatile char room[96];
	long r;

	room[0] = why[0];
	if (j->depth-- <= 0) {
		park(j);
		return room[0];
	}
	r = a % 3 ? north(j, a * 2) : east(j, (int)a + 1, 2.5);
	return r + room[0];
}

long east(struct journey *j, int step, double miles)
{
	struct journey copy = *j;
	long r;

	if (j->depth-- <= 0) {
		park(&copy);
		return copy.id;
	}
	r = step % 2 ? south(j, step + 3, "step") : north(j, (long)miles);
	return r + copy.depth;
}
