/* SPDX-License-Identifier: MIT */
/*
 * Who owns which mutex. Wine tells that to nobody but the owner itself
 * (NtQueryMutant, MutantBasicInformation: OwnedByCaller), so that a subject whose
 * mutexes matter keeps a list, in memory with a name that has its process id, from
 * which the one who dumps it completes the handle data (streams.h).
 */
#ifndef OWNERS_H
#define OWNERS_H

#include <windows.h>
#include <stdio.h>
#include <string.h>

enum { MAX_OWNERS = 16 };

struct owners {
	volatile LONG n;
	struct {
		DWORD handle, tid;
	} v[MAX_OWNERS];
};

/* NULL: the process keeps no list. */
static inline struct owners *owners_of(DWORD pid, BOOL create)
{
	char name[64];
	HANDLE h;

	snprintf(name, sizeof(name), "osmosis-owners-%lu", (unsigned long)pid);
	h = create ? CreateFileMappingA(INVALID_HANDLE_VALUE, NULL, PAGE_READWRITE, 0, sizeof(struct owners), name)
		   : OpenFileMappingA(FILE_MAP_READ, FALSE, name);
	return h ? MapViewOfFile(h, create ? FILE_MAP_WRITE : FILE_MAP_READ, 0, 0, 0) : NULL;
}

struct mutant_basic {
	LONG count;
	BOOLEAN owned_by_caller, abandoned;
};

/* The calling thread has just taken the mutex: the system's word for it is asked. */
static inline void owns(struct owners *o, HANDLE mutex)
{
	LONG(WINAPI * query)(HANDLE, int, void *, ULONG, ULONG *) = NULL;
	FARPROC p = GetProcAddress(GetModuleHandleA("ntdll.dll"), "NtQueryMutant");
	struct mutant_basic b = { 0 };
	LONG i;

	memcpy(&query, &p, sizeof(p));
	if (!o || !query || query(mutex, 0, &b, sizeof(b), NULL) || !b.owned_by_caller)
		return;
	i = InterlockedIncrement(&o->n) - 1;
	if (i >= MAX_OWNERS)
		return;
	o->v[i].handle = (DWORD)(ULONG_PTR)mutex;
	o->v[i].tid = GetCurrentThreadId();
}

/* 0: not known */
static inline DWORD owner_of(const struct owners *o, DWORD handle)
{
	for (LONG i = 0; o && i < o->n && i < MAX_OWNERS; i++)
		if (o->v[i].handle == handle)
			return o->v[i].tid;
	return 0;
}

#endif
