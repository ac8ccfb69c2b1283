/* SPDX-License-Identifier: MIT */
/*
 * usage: allocates.exe MEGABYTES
 * A program with a heap, as large ones have: blocks of 16 bytes to 16 KB in three
 * heaps, linked to each other, every fifth freed again; eight threads wait for
 * work, and two hold the lock that the other wants. It stays so for a minute.
 */
#include <windows.h>
#include <stdlib.h>
#include <string.h>

enum { HEAPS = 3, IDLE = 8, LARGEST = 16384 };

struct block {
	struct block *next;
	size_t size;
};

static HANDLE heaps[HEAPS], work;
static CRITICAL_SECTION journal, cache;
static struct block *chain;
static volatile LONG arrived;

static void fill_heaps(size_t bytes)
{
	unsigned seed = 1;

	while (bytes) {
		struct block *b, *spare;
		size_t size;

		seed = seed * 1103515245 + 12345;
		size = sizeof(*b) + (seed >> 8) % (seed & 0x700 ? 512 : LARGEST);
		b = HeapAlloc(heaps[seed >> 16 & 1 ? 0 : 1 + (seed >> 17 & 1)], 0, size);
		if (!b)
			exit(1);
		memset(b, (int)(seed >> 4), size);
		b->next = chain;
		b->size = size;
		chain = b;
		spare = (seed >> 20) % 5 ? NULL : HeapAlloc(heaps[0], 0, size);
		if (spare)
			HeapFree(heaps[0], 0, spare);
		bytes = size < bytes ? bytes - size : 0;
	}
}

static DWORD WINAPI wait_for_work(void *arg)
{
	WaitForSingleObject(work, INFINITE);
	return arg != NULL;
}

static DWORD WINAPI take_both(void *arg)
{
	CRITICAL_SECTION *mine = arg;

	EnterCriticalSection(mine);
	InterlockedIncrement(&arrived);
	while (arrived < 2)
		Sleep(1);
	EnterCriticalSection(mine == &cache ? &journal : &cache);
	return 0;
}

int main(int argc, char **argv)
{
	size_t megabytes = argc > 1 ? strtoul(argv[1], NULL, 10) : 1;

	heaps[0] = GetProcessHeap();
	for (int i = 1; i < HEAPS; i++)
		heaps[i] = HeapCreate(0, 0, 0);
	InitializeCriticalSection(&journal);
	InitializeCriticalSection(&cache);
	work = CreateEventA(NULL, TRUE, FALSE, NULL);
	fill_heaps(megabytes << 20);
	for (int i = 0; i < IDLE; i++)
		CreateThread(NULL, 0, wait_for_work, NULL, 0, NULL);
	CreateThread(NULL, 0, take_both, &journal, 0, NULL);
	CreateThread(NULL, 0, take_both, &cache, 0, NULL);
	Sleep(60000);
	return 0;
}
