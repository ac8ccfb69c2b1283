/* SPDX-License-Identifier: MIT */
/* Processes that stand still: in a deadlock, or because there is nothing to do. */
#include "subject.h"

static CRITICAL_SECTION first, second;
static struct {
	char title[16];
	CRITICAL_SECTION lock;
} order;
static HANDLE work, first_held, second_held;
static volatile LONG served;

NOINLINE static void take_both(CRITICAL_SECTION *mine, CRITICAL_SECTION *theirs, HANDLE held, HANDLE other)
{
	EnterCriticalSection(mine);
	SetEvent(held);
	WaitForSingleObject(other, INFINITE);
	EnterCriticalSection(theirs);
	served++;
}

static DWORD WINAPI first_then_second(void *arg)
{
	take_both(&first, &second, first_held, second_held);
	return arg != NULL;
}

static DWORD WINAPI second_then_first(void *arg)
{
	take_both(&second, &first, second_held, first_held);
	return arg != NULL;
}

static void cycle(void)
{
	first_held = CreateEventA(NULL, TRUE, FALSE, NULL);
	second_held = CreateEventA(NULL, TRUE, FALSE, NULL);
	subject_thread(first_then_second, NULL);
	subject_thread(second_then_first, NULL);
}

/* A pool of workers that wait for work. */
static DWORD WINAPI worker(void *arg)
{
	for (;;) {
		WaitForSingleObject(work, INFINITE);
		EnterCriticalSection(&first);
		served++;
		LeaveCriticalSection(&first);
	}
	return arg != NULL;
}

static void idle(void)
{
	for (int i = 0; i < 4; i++)
		subject_thread(worker, NULL);
}

static DWORD WINAPI customer(void *arg)
{
	for (;;) {
		Sleep(5);
		ReleaseSemaphore(work, 4, NULL);
	}
	return arg != NULL;
}

static void busy(void)
{
	idle();
	subject_thread(customer, NULL);
}

/* --- sections that were overwritten --------------------------------------------- */

static DWORD WINAPI take_order(void *arg)
{
	EnterCriticalSection(&order.lock);
	served++;
	return arg != NULL;
}

static DWORD WINAPI keep_order(void *arg)
{
	EnterCriticalSection(&order.lock);
	SetEvent(first_held);
	Sleep(INFINITE);
	return arg != NULL;
}

static void held_order(void)
{
	InitializeCriticalSection(&order.lock);
	first_held = CreateEventA(NULL, TRUE, FALSE, NULL);
	subject_thread(keep_order, NULL);
	WaitForSingleObject(first_held, INFINITE);
	subject_thread(take_order, NULL);
	Sleep(100);
}

static void count(void)
{
	held_order();
	order.lock.LockCount = 4711;
}

static void text(void)
{
	held_order();
	/* By a pointer that is wrong; a semaphore that is not 0 would wake the waiter. */
	memcpy(&order.lock.LockCount, "parts to Hamburg", (size_t)((char *)&order.lock.LockSemaphore - (char *)&order.lock.LockCount));
}

int main(int argc, char **argv)
{
	InitializeCriticalSection(&first);
	InitializeCriticalSection(&second);
	work = CreateSemaphoreA(NULL, 0, 1 << 20, NULL);
	if (argc != 2)
		return 2;
	if (strcmp(argv[1], "cycle") == 0)
		cycle();
	else if (strcmp(argv[1], "idle") == 0)
		idle();
	else if (strcmp(argv[1], "busy") == 0)
		busy();
	else if (strcmp(argv[1], "count") == 0)
		count();
	else if (strcmp(argv[1], "text") == 0)
		text();
	else
		return 2;
	subject_ready();
}
