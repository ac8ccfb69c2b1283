/* SPDX-License-Identifier: MIT */
/*
 * What every subject shares. A subject is "NAME.exe WORD"; WORD says which
 * problem it shall have. It tells take.exe, which started it, when it is time:
 *
 *	hang	get into the state, subject_ready(): it is dumped while it stays there
 *	dies	subject_dies(), then die: take.exe has attached as a debugger in
 *		between, and dumps at the exception that nobody handled
 */
#ifndef SUBJECT_H
#define SUBJECT_H

#include "dump.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>

#define NOINLINE __attribute__((noinline))

static inline void subject_say_ready(void)
{
	static const char text[] = "ready\n";
	DWORD n;

	WriteFile(GetStdHandle(STD_OUTPUT_HANDLE), text, sizeof(text) - 1, &n, NULL);
}

/* The last steps into a wait cannot be seen from outside. */
static inline void subject_ready(void)
{
	Sleep(100);
	subject_say_ready();
	Sleep(INFINITE);
}

static inline void subject_dies(void)
{
	char c;
	DWORD n;

	subject_say_ready();
	ReadFile(GetStdHandle(STD_INPUT_HANDLE), &c, 1, &n, NULL);
}

static inline HANDLE subject_thread(DWORD(WINAPI *run)(void *), void *arg)
{
	HANDLE t = CreateThread(NULL, 0, run, arg, 0, NULL);

	if (!t)
		ExitProcess(9);
	return t;
}

/* SetThreadDescription is younger than the import libraries of some tool chains. */
static inline void subject_name_thread(HANDLE thread, const wchar_t *name)
{
	HRESULT(WINAPI * set)(HANDLE, const wchar_t *) = NULL;
	FARPROC p = GetProcAddress(GetModuleHandleA("kernelbase.dll"), "SetThreadDescription");

	memcpy(&set, &p, sizeof(p));
	if (set)
		set(thread, name);
}

#endif
