/* SPDX-License-Identifier: MIT */
/*
 * Writes through a null pointer several frames deep, two of them inline, with
 * locals worth looking at: nested structures, arrays, an enum, a bit field, a
 * list. A second thread sleeps meanwhile.
 */
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <unistd.h>

enum colour { COLOUR_RED, COLOUR_GREEN = 5, COLOUR_BLUE };

struct point {
	int32_t x, y;
};

struct shape {
	char name[12];
	enum colour colour;
	struct point corner[3];
	unsigned visible : 1, layer : 5;
	union {
		uint64_t raw;
		double area;
	} u;
	struct shape *next;
};

volatile int sink;

static inline __attribute__((always_inline)) void store(struct shape *s, int32_t value)
{
	s->corner[1].y = value; /* faults: s is null at the end of the list */
}

static inline __attribute__((always_inline)) void move(struct shape *s, int32_t by)
{
	int32_t doubled = by * 2;

	store(s, doubled);
	sink = doubled;
}

static __attribute__((noinline)) int move_all(struct shape *list, int32_t by, int count)
{
	struct shape *s = list;

	for (int i = 0; i < count; i++) {
		move(s, by);
		s = s->next;
	}
	return sink;
}

static __attribute__((noinline)) int draw(const char *title, double scale)
{
	struct shape b = { .name = "square", .colour = COLOUR_BLUE, .layer = 7, .u.area = 2.25 };
	struct shape a = { .name = "triangle", .colour = COLOUR_GREEN, .visible = 1, .next = &b,
			   .corner = { { 1, 2 }, { 3, 4 }, { -5, 6 } } };
	int steps[4] = { 10, 20, 30, (int)scale };

	sink = title[0];
	return move_all(&a, steps[1], 3) + steps[3];
}

static void *sleeper(void *arg)
{
	(void)sleep(1000);
	return arg;
}

int main(int argc, char **argv)
{
	pthread_t t;
	const char *title = argc > 1 ? argv[1] : "untitled";

	if (pthread_create(&t, NULL, sleeper, NULL) != 0)
		return 1;
	usleep(50000);
	return draw(title, 1.5);
}
