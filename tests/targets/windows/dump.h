/* SPDX-License-Identifier: MIT */
/*
 * Writes a minidump of this or another process. The constants are spelled out
 * because the headers of older tool chains lack some.
 */
#ifndef DUMP_H
#define DUMP_H

#include <windows.h>
#include <dbghelp.h>
#include <stdio.h>
#include <string.h>

#define DUMP_NORMAL 0x0000
#define DUMP_DATA_SEGS 0x0001
#define DUMP_FULL_MEMORY 0x0002
#define DUMP_HANDLE_DATA 0x0004
#define DUMP_UNLOADED_MODULES 0x0020
#define DUMP_INDIRECT 0x0040
#define DUMP_PROCESS_THREAD_DATA 0x0100
#define DUMP_FULL_MEMORY_INFO 0x0800
#define DUMP_THREAD_INFO 0x1000

#define DUMP_FULL (DUMP_FULL_MEMORY | DUMP_HANDLE_DATA | DUMP_UNLOADED_MODULES | DUMP_FULL_MEMORY_INFO | DUMP_THREAD_INFO)
#define DUMP_PARTIAL (DUMP_DATA_SEGS | DUMP_HANDLE_DATA | DUMP_UNLOADED_MODULES | DUMP_THREAD_INFO)

/* 0 on success. The exception, NULL: none, is one of the thread tid. */
static inline int write_dump_at(HANDLE process, DWORD pid, const char *path, unsigned type, DWORD tid, EXCEPTION_POINTERS *exception)
{
	MINIDUMP_EXCEPTION_INFORMATION info = { tid, exception, FALSE };
	HANDLE file = CreateFileA(path, GENERIC_READ | GENERIC_WRITE, 0, NULL, CREATE_ALWAYS, 0, NULL);
	BOOL ok;

	if (file == INVALID_HANDLE_VALUE) {
		printf("%s: error %lu\n", path, (unsigned long)GetLastError());
		return 1;
	}
	ok = MiniDumpWriteDump(process, pid, file, (MINIDUMP_TYPE)type, exception ? &info : NULL, NULL, NULL);
	if (!ok)
		printf("MiniDumpWriteDump %s: error %lx\n", path, (unsigned long)GetLastError());
	CloseHandle(file);
	return !ok;
}

/* 0 on success. The exception, NULL: none, is one of this thread. */
static inline int write_dump(HANDLE process, DWORD pid, const char *path, unsigned type, EXCEPTION_POINTERS *exception)
{
	return write_dump_at(process, pid, path, type, GetCurrentThreadId(), exception);
}

#endif
