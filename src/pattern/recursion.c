/* SPDX-License-Identifier: MIT */
/* Recursion: see recursion.h. */
#include "pattern/recursion.h"

#include <string.h>

enum { MAX_PERIOD = 16 };

static bool same_function(const struct frame *a, const struct frame *b)
{
	if (a->symbol.module != b->symbol.module)
		return false;
	if (!a->function || !b->function)
		return a->function == b->function && a->ip == b->ip;
	return strcmp(a->function, b->function) == 0;
}

static size_t repeats_of(const struct stack *s, size_t start, size_t period)
{
	size_t i = start;

	while (i + period < s->n && same_function(&s->frames[i], &s->frames[i + period]))
		i++;
	return (i - start) / period + 1;
}

struct recursion recursion_find(const struct stack *s)
{
	struct recursion best = { 0, 1, 1 };

	for (size_t start = 0; start < MAX_PERIOD && start < s->n; start++)
		for (size_t period = 1; period <= MAX_PERIOD; period++) {
			size_t n = repeats_of(s, start, period);

			if ((n - 1) * period > (best.repeats - 1) * best.period)
				best = (struct recursion){ start, period, n };
		}
	return best;
}
