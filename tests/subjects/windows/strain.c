/* SPDX-License-Identifier: MIT */
/* Processes that use up something, or much of it. */
#include "subject.h"

static volatile int sink;

static void handles(void)
{
	for (int i = 0; i < 11000; i++)
		if (!CreateEventA(NULL, FALSE, FALSE, NULL))
			ExitProcess(3);
}

static void regions(void)
{
	for (int i = 0; i < 1100; i++)
		if (!VirtualAlloc(NULL, 0x10000, MEM_COMMIT | MEM_RESERVE, PAGE_READWRITE))
			ExitProcess(3);
}

static uint64_t used_100ns(void)
{
	FILETIME created, ended, kernel, user;

	GetThreadTimes(GetCurrentThread(), &created, &ended, &kernel, &user);
	return (uint64_t)user.dwHighDateTime << 32 | user.dwLowDateTime;
}

/* The threshold is one second of processor time, however long that takes. */
static DWORD WINAPI compute(void *arg)
{
	bool said = false;

	for (uint32_t i = 1;; i = i * 1103515245 + 12345) {
		sink = (int)i;
		if (!said && i % (1 << 24) == 1 && used_100ns() > 13000000) {
			said = true;
			subject_say_ready();
		}
	}
	return arg != NULL;
}

static void spike(void)
{
	subject_thread(compute, NULL);
	Sleep(INFINITE);
}

#pragma clang diagnostic ignored "-Winfinite-recursion"
NOINLINE static int descend(int n, int deepest)
{
	char room[128];

	memset(room, n, sizeof(room));
	if (n == deepest)
		subject_ready();
	return descend(n + 1, deepest) + room[n & 127];
}

static DWORD WINAPI in_depth(void *arg)
{
	return (DWORD)descend(0, *(int *)arg);
}

static void recursion(void)
{
	static int deepest = 1000;

	CreateThread(NULL, 4 << 20, in_depth, &deepest, STACK_SIZE_PARAM_IS_A_RESERVATION, NULL);
	Sleep(INFINITE);
}

/* Wine makes no smaller stacks than 1 MB; of this one a few pages are left. */
NOINLINE static int fill_down(const char *top)
{
	char room[3600];

	memset(room, 1, sizeof(room));
	if (top - room > 960 * 1024)
		subject_ready();
	return fill_down(top) + room[(uintptr_t)top & 127];
}

static DWORD WINAPI fill(void *arg)
{
	return (DWORD)fill_down(__builtin_frame_address(0)) + (arg != NULL);
}

static void stack(void)
{
	CreateThread(NULL, 1 << 20, fill, NULL, STACK_SIZE_PARAM_IS_A_RESERVATION, NULL);
	Sleep(INFINITE);
}

static DWORD WINAPI sleep_on(void *arg)
{
	Sleep(INFINITE);
	return arg != NULL;
}

static void threads(void)
{
	for (int i = 0; i < 600; i++)
		if (!CreateThread(NULL, 64 << 10, sleep_on, NULL, STACK_SIZE_PARAM_IS_A_RESERVATION, NULL))
			ExitProcess(3);
}

int main(int argc, char **argv)
{
	static const struct {
		const char *word;
		void (*run)(void);
	} all[] = {
		{ "handles", handles },	    { "regions", regions }, { "spike", spike },
		{ "recursion", recursion }, { "stack", stack },	    { "threads", threads },
	};

	for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++)
		if (argc == 2 && strcmp(argv[1], all[i].word) == 0) {
			all[i].run();
			subject_ready();
		}
	return 2;
}
