/* SPDX-License-Identifier: MIT */
/* Processes that end by an exception of the processor. */
#include "subject.h"

struct order {
	int number;
	struct order *next;
};

typedef int (*call)(int);

static volatile int sink, zero;
static uint8_t table[64] = { 0xc3 };

NOINLINE static void null_data(void)
{
	struct order *volatile last = NULL;

	last->next = NULL;
	sink = 1;
}

NOINLINE static void null_code(void)
{
	volatile call handler = NULL;

	sink = handler(4) + 1;
}

NOINLINE static void wild(void)
{
	int *volatile p = (int *)(uintptr_t)0x5a5a5a50;

	*p = 1;
	sink = 2;
}

NOINLINE static void divide(void)
{
	sink = 1000 / zero;
	sink = 3;
}

NOINLINE static void data(void)
{
	volatile call handler = (call)(uintptr_t)table;

	sink = handler(4) + 1;
}

NOINLINE static void illegal(void)
{
	__asm__ volatile("ud2");
	sink = 4;
}

#pragma clang diagnostic ignored "-Winfinite-recursion"
NOINLINE static int recurse(int n)
{
	char room[256];

	memset(room, n, sizeof(room));
	sink = room[n & 255];
	return recurse(n + 1) + room[(n + 1) & 255];
}

NOINLINE static void overflow(void)
{
	sink = recurse(sink);
}

int main(int argc, char **argv)
{
	static const struct {
		const char *word;
		void (*run)(void);
	} all[] = {
		{ "null", null_data }, { "jump", null_code }, { "wild", wild },		{ "divide", divide },
		{ "data", data },      { "illegal", illegal }, { "overflow", overflow },
	};

	for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++)
		if (argc == 2 && strcmp(argv[1], all[i].word) == 0) {
			subject_dies();
			all[i].run();
		}
	return 2;
}
