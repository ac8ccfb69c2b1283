/* SPDX-License-Identifier: MIT */
/*
 * usage: secrets.exe FULL.dmp PARTIAL.dmp
 * Plants texts "PLANTED-<place>-<number>", in bytes and in UTF-16, on stacks, in
 * the heap, in data and in the environment, put together at run time so that no
 * constant of the program has them, and dumps itself.
 */
#include "dump.h"

static char data[64] = "to be filled in";
static volatile int number = 4711;
static HANDLE planted;

static void plant(char *to, size_t size, const char *place)
{
	snprintf(to, size, "%s-%s-%d", "PLANTED", place, number);
}

static void plant_wide(WCHAR *to, const char *place)
{
	char text[64];

	plant(text, sizeof(text), place);
	for (int i = 0; i < 64; i++)
		to[i] = (WCHAR)text[i];
}

__attribute__((noinline)) static int deep(int level)
{
	char text[64];
	WCHAR wide[64];
	int sum = level;

	plant(text, sizeof(text), "stack");
	plant_wide(wide, "wide");
	if (level > 0) {
		sum += deep(level - 1);
	} else {
		SetEvent(planted);
		Sleep(INFINITE);
	}
	return sum + text[0] + wide[level];
}

static DWORD WINAPI in_depth(void *arg)
{
	return (DWORD)deep(6) + (arg != NULL);
}

int main(int argc, char **argv)
{
	char *heap = HeapAlloc(GetProcessHeap(), 0, 100000), text[64];
	WCHAR *wide = HeapAlloc(GetProcessHeap(), 0, 100000);
	int bad;

	if (argc != 3 || !heap || !wide)
		return 2;
	plant(data, sizeof(data), "data");
	plant(heap + 50000, 64, "heap");
	plant_wide(wide + 20000, "heap");
	plant(text, sizeof(text), "environment");
	SetEnvironmentVariableA("SECRET", text);
	planted = CreateEventA(NULL, FALSE, FALSE, NULL);
	CreateThread(NULL, 0, in_depth, NULL, 0, NULL);
	WaitForSingleObject(planted, INFINITE);
	Sleep(100);
	bad = write_dump(GetCurrentProcess(), GetCurrentProcessId(), argv[1], DUMP_FULL, NULL);
	bad |= write_dump(GetCurrentProcess(), GetCurrentProcessId(), argv[2], DUMP_PARTIAL, NULL);
	return bad ? 4 : 0;
}
