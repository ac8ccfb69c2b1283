/* SPDX-License-Identifier: MIT */
/*
 * usage: av.exe FULL.dmp PARTIAL.dmp
 * An access violation five frames deep; the unhandled-exception filter writes a
 * full-memory and a partial minidump and exits with 3. A second thread sleeps.
 */
#include "dump.h"

static const char *full, *partial;

enum colour { COLOUR_RED, COLOUR_GREEN = 5, COLOUR_BLUE };

struct point {
	int x, y;
};

struct shape {
	char name[12];
	enum colour colour;
	struct point corner[3];
	unsigned visible : 1, layer : 5;
	struct shape *next;
};

volatile int sink;

static LONG WINAPI on_crash(EXCEPTION_POINTERS *e)
{
	int bad = write_dump(GetCurrentProcess(), GetCurrentProcessId(), full, DUMP_FULL, e);

	bad |= write_dump(GetCurrentProcess(), GetCurrentProcessId(), partial, DUMP_PARTIAL, e);
	ExitProcess(bad ? 4 : 3);
}

__attribute__((noinline)) static void store(struct shape *s, int value)
{
	s->corner[1].y = value; /* faults: s is null at the end of the list */
	sink = value;
}

static inline __attribute__((always_inline)) void move(struct shape *s, int by)
{
	int doubled = by * 2;

	store(s, doubled);
	sink = doubled;
}

__attribute__((noinline)) static int move_all(struct shape *list, int by, int count)
{
	struct shape *s = list;

	for (int i = 0; i < count; i++) {
		move(s, by);
		s = s->next;
	}
	return sink;
}

__attribute__((noinline)) static int draw(const char *title, double scale)
{
	struct shape b = { .name = "square", .colour = COLOUR_BLUE, .layer = 7 };
	struct shape a = { .name = "triangle", .colour = COLOUR_GREEN, .visible = 1, .next = &b,
			   .corner = { { 1, 2 }, { 3, 4 }, { -5, 6 } } };
	int steps[4] = { 10, 20, 30, (int)scale };

	sink = title[0];
	return move_all(&a, steps[1], 3) + steps[3];
}

static DWORD WINAPI sleeper(void *arg)
{
	Sleep(INFINITE);
	return arg != NULL;
}

int main(int argc, char **argv)
{
	if (argc != 3)
		return 2;
	full = argv[1];
	partial = argv[2];
	SetUnhandledExceptionFilter(on_crash);
	CreateThread(NULL, 0, sleeper, NULL, 0, NULL);
	Sleep(100);
	SetLastError(5);
	return draw(argv[0], 1.5);
}
