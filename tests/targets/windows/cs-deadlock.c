/* SPDX-License-Identifier: MIT */
/*
 * usage: cs-deadlock.exe FULL.dmp PARTIAL.dmp      dumps itself and exits
 *        cs-deadlock.exe -                         prints "ready PID", stays
 * Two named threads each hold the critical section that the other wants, three
 * more wait behind the first; one holds a third section, entered twice, that
 * nobody wants. A monitor thread (main) writes the dumps.
 */
#include "dump.h"

struct account {
	CRITICAL_SECTION lock;
	const char *name;
	int balance;
};

static struct account orders = { .name = "orders", .balance = 1200 };
static struct account stock = { .name = "stock", .balance = 77 };
static CRITICAL_SECTION quiet;
static HANDLE orders_held, stock_held;
static volatile LONG arrived;

/* SetThreadDescription is younger than the import libraries of some tool chains. */
static void name_thread(HANDLE thread, const wchar_t *name)
{
	HRESULT(WINAPI * set)(HANDLE, const wchar_t *) = NULL;
	FARPROC p = GetProcAddress(GetModuleHandleA("kernelbase.dll"), "SetThreadDescription");

	if (!p)
		p = GetProcAddress(GetModuleHandleA("kernel32.dll"), "SetThreadDescription");
	memcpy(&set, &p, sizeof(p));
	if (set)
		set(thread, name);
}

__attribute__((noinline)) static int transfer(struct account *from, struct account *to, HANDLE mine, HANDLE other)
{
	EnterCriticalSection(&from->lock);
	SetEvent(mine);
	WaitForSingleObject(other, INFINITE);
	InterlockedIncrement(&arrived);
	EnterCriticalSection(&to->lock); /* each waits here for the other */
	to->balance += 1;
	LeaveCriticalSection(&to->lock);
	LeaveCriticalSection(&from->lock);
	return to->balance;
}

static DWORD WINAPI order_writer(void *arg)
{
	return (DWORD)transfer(&orders, &stock, orders_held, stock_held) + (arg != NULL);
}

static DWORD WINAPI stock_keeper(void *arg)
{
	return (DWORD)transfer(&stock, &orders, stock_held, orders_held) + (arg != NULL);
}

__attribute__((noinline)) static int audit(struct account *a)
{
	int seen;

	InterlockedIncrement(&arrived);
	EnterCriticalSection(&a->lock);
	seen = a->balance;
	LeaveCriticalSection(&a->lock);
	return seen;
}

static DWORD WINAPI auditor(void *arg)
{
	return (DWORD)audit(&orders) + (arg != NULL);
}

static DWORD WINAPI quiet_keeper(void *arg)
{
	EnterCriticalSection(&quiet);
	EnterCriticalSection(&quiet);
	InterlockedIncrement(&arrived);
	Sleep(INFINITE);
	return arg != NULL;
}

static HANDLE start(const wchar_t *name, DWORD(WINAPI *run)(void *))
{
	HANDLE t = CreateThread(NULL, 0, run, NULL, 0, NULL);

	name_thread(t, name);
	return t;
}

int main(int argc, char **argv)
{
	DWORD pid = GetCurrentProcessId();
	HANDLE self = GetCurrentProcess();
	int bad;

	if (argc < 2)
		return 2;
	InitializeCriticalSection(&orders.lock);
	InitializeCriticalSection(&stock.lock);
	InitializeCriticalSection(&quiet);
	orders_held = CreateEventA(NULL, TRUE, FALSE, "orders-held");
	stock_held = CreateEventA(NULL, TRUE, FALSE, "stock-held");
	start(L"order-writer", order_writer);
	start(L"stock-keeper", stock_keeper);
	while (arrived < 2)
		Sleep(5);
	start(L"auditor-1", auditor);
	start(L"auditor-2", auditor);
	start(L"auditor-3", auditor);
	start(L"quiet-keeper", quiet_keeper);
	while (arrived < 6)
		Sleep(5);
	Sleep(300); /* the last steps into the wait cannot be seen from outside */
	if (argc == 2) {
		printf("ready %lu\n", (unsigned long)pid);
		fflush(stdout);
		Sleep(INFINITE);
	}
	bad = write_dump(self, pid, argv[1], DUMP_FULL, NULL);
	bad |= write_dump(self, pid, argv[2], DUMP_PARTIAL, NULL);
	ExitProcess((UINT)bad);
}
