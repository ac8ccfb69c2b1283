/* SPDX-License-Identifier: MIT */
/* Finds its own state broken and aborts, several frames deep. */
#include <stdio.h>
#include <stdlib.h>

struct queue {
	unsigned head, tail, size;
	const char *owner;
};

static __attribute__((noinline)) void check(const struct queue *q, const char *where)
{
	if (q->head - q->tail > q->size) {
		(void)fprintf(stderr, "%s: queue of %s: %u > %u\n", where, q->owner, q->head - q->tail, q->size);
		abort();
	}
}

static __attribute__((noinline)) unsigned push(struct queue *q, unsigned n)
{
	q->head += n;
	check(q, "push");
	return q->head;
}

static __attribute__((noinline)) unsigned fill(struct queue *q, int depth)
{
	unsigned n = push(q, 3);

	if (depth > 0)
		n += fill(q, depth - 1);
	return n + q->size;
}

int main(void)
{
	struct queue q = { .size = 10, .owner = "main" };

	return (int)fill(&q, 9);
}
