/* SPDX-License-Identifier: MIT */
/*
 * Adds to a minidump what Wine's MiniDumpWriteDump leaves out, whatever is asked
 * of it: MemoryInfoList, HandleData with the objects' own information,
 * ThreadInfoList, ThreadNames and UnloadedModuleList, as minidumpapiset.h and
 * "MINIDUMP_..." in Microsoft's documentation have them. All of it is asked of
 * the system about the running process; what it does not tell is left out.
 *
 * The streams are appended to the file, with a new directory behind them.
 */
#ifndef STREAMS_H
#define STREAMS_H

#include "dump.h"
#include "owners.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <tlhelp32.h>
#include <winternl.h>

enum { THREAD_NAMES = 24, UNLOADED_MODULES = 14, MEMORY_INFO = 16, HANDLES = 12, THREAD_INFO = 17, MAX_EXTRA = 8 };

struct streams {
	HANDLE process;
	DWORD pid;
	uint8_t *bytes;		/* that shall stand in the file from rva on */
	uint32_t n, room, rva;
	MINIDUMP_DIRECTORY extra[MAX_EXTRA];
	unsigned n_extra;
	const struct owners *owners;	/* NULL: it keeps no list of them */
};

/* --- bytes ------------------------------------------------------------------------ */

/* Room for n bytes; returns their RVA. */
static uint32_t put(struct streams *s, const void *bytes, uint32_t n)
{
	uint32_t at = (s->n + 7) & ~7u;

	if (at + n > s->room) {
		s->room = (at + n) * 2;
		s->bytes = realloc(s->bytes, s->room);
		if (!s->bytes)
			ExitProcess(9);
	}
	memset(s->bytes + s->n, 0, at - s->n);
	if (bytes)
		memcpy(s->bytes + at, bytes, n);
	else
		memset(s->bytes + at, 0, n);
	s->n = at + n;
	return s->rva + at;
}

/* MINIDUMP_STRING: length in bytes without the zero at its end */
static uint32_t put_string(struct streams *s, const WCHAR *text, uint32_t bytes)
{
	uint32_t rva = put(s, NULL, 4 + bytes + 2);

	memcpy(s->bytes + (rva - s->rva), &bytes, 4);
	memcpy(s->bytes + (rva - s->rva) + 4, text, bytes);
	return rva;
}

/* A stream of a header and n records, which are there already or follow. */
static void put_stream(struct streams *s, uint32_t type, const void *header, uint32_t header_size, const void *records,
		       uint32_t records_size)
{
	uint32_t rva = put(s, NULL, header_size + records_size);

	memcpy(s->bytes + (rva - s->rva), header, header_size);
	memcpy(s->bytes + (rva - s->rva) + header_size, records, records_size);
	s->extra[s->n_extra++] = (MINIDUMP_DIRECTORY){ type, { header_size + records_size, rva } };
}

/* --- memory ------------------------------------------------------------------------- */

struct memory_info {
	uint64_t base, allocation_base;
	uint32_t allocation_protect, pad;
	uint64_t size;
	uint32_t state, protect, type, pad2;
};

static void add_memory(struct streams *s)
{
	static struct memory_info v[65536];
	struct {
		uint32_t header, entry;
		uint64_t n;
	} header = { 16, sizeof(*v), 0 };
	MEMORY_BASIC_INFORMATION m;

	for (uint8_t *at = NULL; header.n < 65536 && VirtualQueryEx(s->process, at, &m, sizeof(m)) == sizeof(m);) {
		bool unused = m.State == MEM_FREE;

		v[header.n++] = (struct memory_info){ (uintptr_t)m.BaseAddress, unused ? 0 : (uintptr_t)m.AllocationBase,
						      unused ? 0 : m.AllocationProtect, 0, m.RegionSize, m.State,
						      m.State == MEM_RESERVE ? 0 : m.Protect, unused ? 0 : m.Type, 0 };
		at = (uint8_t *)m.BaseAddress + m.RegionSize;
		if (!m.RegionSize || (uintptr_t)at <= (uintptr_t)m.BaseAddress)
			break;
	}
	put_stream(s, MEMORY_INFO, &header, sizeof(header), v, (uint32_t)(header.n * sizeof(*v)));
}

/* --- handles --------------------------------------------------------------------------- */

struct handle_entry { /* SYSTEM_HANDLE_TABLE_ENTRY_INFO_EX */
	void *object;
	ULONG_PTR pid, handle;
	ULONG access;
	USHORT trace, type;
	ULONG attributes, reserved;
};

struct handle_table {
	ULONG_PTR n, reserved;
	struct handle_entry v[];
};

struct handle_record { /* MINIDUMP_HANDLE_DESCRIPTOR_2 */
	uint64_t handle;
	uint32_t type_rva, name_rva, attributes, access, handles, pointers, info_rva, reserved;
};

/* What NtQueryObject answers of classes 1 and 2 begins with a string. */
static uint32_t put_object_string(struct streams *s, HANDLE h, int class)
{
	static uint64_t buf[1024];
	const UNICODE_STRING *u = (const UNICODE_STRING *)buf;
	ULONG n;

	if (NtQueryObject(h, (OBJECT_INFORMATION_CLASS)class, buf, sizeof(buf), &n) < 0 || !u->Length || !u->Buffer)
		return 0;
	return put_string(s, u->Buffer, u->Length);
}

typedef NTSTATUS(NTAPI *query)(HANDLE, int, void *, ULONG, ULONG *);

struct object_query {
	const WCHAR *type;
	const char *function;
	int class;
	uint32_t info;	/* MINIDUMP_HANDLE_OBJECT_INFORMATION_TYPE */
	uint32_t size;
};

/* One MINIDUMP_HANDLE_OBJECT_INFORMATION, before those at `next`; `next` itself when the system does not tell. */
static uint32_t put_info(struct streams *s, HANDLE h, const struct object_query *q, uint32_t next)
{
	uint64_t data[8];
	query ask = (query)(void *)GetProcAddress(GetModuleHandleA("ntdll.dll"), q->function);
	uint32_t head[3] = { next, q->info, q->size }, rva;
	ULONG n;

	if (!ask || ask(h, q->class, data, q->size, &n) < 0)
		return next;
	rva = put(s, NULL, 12 + q->size);
	memcpy(s->bytes + (rva - s->rva), head, 12);
	memcpy(s->bytes + (rva - s->rva) + 12, data, q->size);
	return rva;
}

static uint32_t put_infos(struct streams *s, HANDLE h, const WCHAR *type, uint32_t bytes)
{
	enum { WORD = sizeof(void *) };
	static const struct object_query all[] = {
		{ L"Thread", "NtQueryInformationThread", 0, 1, WORD == 8 ? 48 : 28 },
		{ L"Mutant", "NtQueryMutant", 0, 2, 8 },
		{ L"Mutant", "NtQueryMutant", 1, 3, 2 * WORD },
		{ L"Process", "NtQueryInformationProcess", 0, 4, 6 * WORD },
		{ L"Event", "NtQueryEvent", 0, 6, 8 },
		{ L"Section", "NtQuerySection", 0, 7, WORD == 8 ? 24 : 16 },
		{ L"Semaphore", "NtQuerySemaphore", 0, 8, 8 },
	};
	uint32_t rva = 0;

	for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++)
		if (wcslen(all[i].type) * 2 == bytes && memcmp(all[i].type, type, bytes) == 0)
			rva = put_info(s, h, &all[i], rva);
	return rva;
}

/* Wine tells the owner of a mutex only to itself. */
static uint32_t put_owner(struct streams *s, uint64_t handle, uint32_t next)
{
	ULONG_PTR ids[2] = { s->pid, owner_of(s->owners, (DWORD)handle) };
	uint32_t head[3] = { next, 3, sizeof(ids) }, rva;

	if (!ids[1])
		return next;
	rva = put(s, NULL, 12 + sizeof(ids));
	memcpy(s->bytes + (rva - s->rva), head, 12);
	memcpy(s->bytes + (rva - s->rva) + 12, ids, sizeof(ids));
	return rva;
}

static void describe(struct streams *s, HANDLE h, struct handle_record *r)
{
	PUBLIC_OBJECT_BASIC_INFORMATION basic;
	uint32_t bytes;
	ULONG n;

	if (NtQueryObject(h, ObjectBasicInformation, &basic, sizeof(basic), &n) >= 0) {
		r->handles = basic.HandleCount - 1; /* ours */
		r->pointers = basic.PointerCount;
	}
	r->type_rva = put_object_string(s, h, 2);
	/* asking the name of a pipe waits until nobody else uses the pipe */
	if (GetFileType(h) != FILE_TYPE_PIPE)
		r->name_rva = put_object_string(s, h, 1);
	if (!r->type_rva)
		return;
	memcpy(&bytes, s->bytes + (r->type_rva - s->rva), 4);
	r->info_rva = put_infos(s, h, (const WCHAR *)(s->bytes + (r->type_rva - s->rva) + 4), bytes);
	r->info_rva = put_owner(s, r->handle, r->info_rva);
}

static struct handle_table *all_handles(void)
{
	struct handle_table *t = NULL;

	for (ULONG size = 1 << 20, n; size <= 64u << 20; size *= 2) {
		t = realloc(t, size);
		if (t && NtQuerySystemInformation((SYSTEM_INFORMATION_CLASS)64, t, size, &n) >= 0)
			return t;
	}
	free(t);
	return NULL;
}

static void add_handles(struct streams *s)
{
	uint32_t header[4] = { 16, sizeof(struct handle_record), 0, 0 };
	struct handle_table *t = all_handles();
	struct handle_record *v = t ? calloc(t->n + 1, sizeof(*v)) : NULL;

	for (ULONG_PTR i = 0; v && i < t->n; i++) {
		const struct handle_entry *e = &t->v[i];
		HANDLE h;

		if (e->pid != s->pid)
			continue;
		v[header[2]] = (struct handle_record){ .handle = e->handle, .attributes = e->attributes, .access = e->access };
		if (DuplicateHandle(s->process, (HANDLE)e->handle, GetCurrentProcess(), &h, 0, FALSE, DUPLICATE_SAME_ACCESS)) {
			describe(s, h, &v[header[2]]);
			CloseHandle(h);
		}
		header[2]++;
	}
	if (v)
		put_stream(s, HANDLES, header, sizeof(header), v, header[2] * (uint32_t)sizeof(*v));
	free(v);
	free(t);
}

/* --- threads ------------------------------------------------------------------------------- */

struct thread_info { /* MINIDUMP_THREAD_INFO */
	uint32_t tid, flags, error, exit_status;
	uint64_t create, exit, kernel, user, start, affinity;
};

#pragma pack(push, 4)
struct thread_name {
	uint32_t tid;
	uint64_t rva;
};
#pragma pack(pop)

static uint64_t time_of(FILETIME t)
{
	return (uint64_t)t.dwHighDateTime << 32 | t.dwLowDateTime;
}

static struct thread_info info_of(HANDLE h, DWORD tid)
{
	struct thread_info r = { .tid = tid, .exit_status = STILL_ACTIVE };
	FILETIME created, ended, kernel, user;
	uintptr_t basic[6]; /* THREAD_BASIC_INFORMATION: status, TEB, pid, tid, affinity, priorities */
	void *start = NULL;
	ULONG n;

	if (GetThreadTimes(h, &created, &ended, &kernel, &user)) {
		r.create = time_of(created);
		r.kernel = time_of(kernel);
		r.user = time_of(user);
	}
	if (NtQueryInformationThread(h, (THREADINFOCLASS)9, &start, sizeof(start), &n) >= 0)
		r.start = (uintptr_t)start;
	if (NtQueryInformationThread(h, (THREADINFOCLASS)0, basic, sizeof(basic), &n) >= 0)
		r.affinity = basic[4];
	return r;
}

static uint32_t put_thread_name(struct streams *s, HANDLE h)
{
	static uint64_t buf[256];
	const UNICODE_STRING *u = (const UNICODE_STRING *)buf;
	ULONG n;

	if (NtQueryInformationThread(h, (THREADINFOCLASS)38, buf, sizeof(buf), &n) < 0 || !u->Length)
		return 0;
	return put_string(s, u->Buffer, u->Length);
}

static void add_threads(struct streams *s)
{
	enum { MAX = 4096 };
	static struct thread_info v[MAX];
	static struct thread_name names[MAX];
	uint32_t header[3] = { 12, sizeof(*v), 0 }, n_names = 0;
	HANDLE list = CreateToolhelp32Snapshot(TH32CS_SNAPTHREAD, 0), h;
	THREADENTRY32 e = { .dwSize = sizeof(e) };

	for (BOOL there = Thread32First(list, &e); there && header[2] < MAX; there = Thread32Next(list, &e)) {
		if (e.th32OwnerProcessID != s->pid || !(h = OpenThread(THREAD_ALL_ACCESS, FALSE, e.th32ThreadID)))
			continue;
		v[header[2]++] = info_of(h, e.th32ThreadID);
		names[n_names] = (struct thread_name){ e.th32ThreadID, put_thread_name(s, h) };
		n_names += names[n_names].rva != 0;
		CloseHandle(h);
	}
	CloseHandle(list);
	put_stream(s, THREAD_INFO, header, sizeof(header), v, header[2] * (uint32_t)sizeof(*v));
	if (n_names)
		put_stream(s, THREAD_NAMES, &n_names, 4, names, n_names * (uint32_t)sizeof(*names));
}

/* --- modules that were unloaded ----------------------------------------------------------------- */

struct unload_event { /* RTL_UNLOAD_EVENT_TRACE, without the version that Wine leaves out */
	void *base;
	SIZE_T size;
	ULONG sequence, timestamp, checksum;
	WCHAR name[32];
};

struct unloaded { /* MINIDUMP_UNLOADED_MODULE */
	uint64_t base;
	uint32_t size, checksum, timestamp, name;
};

/* ntdll lies at one address in all processes, and so does the table in it. */
static void add_unloaded(struct streams *s)
{
	typedef void(NTAPI * table_fn)(ULONG **, ULONG **, void **);
	table_fn table = (table_fn)(void *)GetProcAddress(GetModuleHandleA("ntdll.dll"), "RtlGetUnloadEventTraceEx");
	uint32_t header[3] = { 12, sizeof(struct unloaded), 0 };
	struct unloaded v[64];
	struct unload_event event;
	ULONG *size = NULL, *count = NULL;
	void *where = NULL;
	uint8_t *at;

	if (!table)
		return;
	table(&size, &count, &where);
	if (!size || !count || !where || *size < sizeof(event) || !ReadProcessMemory(s->process, where, &at, sizeof(at), NULL))
		return;
	for (ULONG i = 0; at && i < *count && header[2] < 64; i++, at += *size)
		if (ReadProcessMemory(s->process, at, &event, sizeof(event), NULL) && event.base)
			v[header[2]++] = (struct unloaded){ (uintptr_t)event.base, (uint32_t)event.size, event.checksum,
							    event.timestamp, put_string(s, event.name, (uint32_t)wcsnlen(event.name, 32) * 2) };
	if (header[2])
		put_stream(s, UNLOADED_MODULES, header, sizeof(header), v, header[2] * (uint32_t)sizeof(*v));
}

/* --- the file -------------------------------------------------------------------------------------- */

static bool append(struct streams *s, FILE *f, MINIDUMP_HEADER *h)
{
	MINIDUMP_DIRECTORY v[64];
	uint32_t n = h->NumberOfStreams;

	if (n + s->n_extra > 64 || fseek(f, (long)h->StreamDirectoryRva, SEEK_SET) || fread(v, sizeof(*v), n, f) != n)
		return false;
	memcpy(v + n, s->extra, s->n_extra * sizeof(*v));
	h->NumberOfStreams = n + s->n_extra;
	h->StreamDirectoryRva = put(s, v, h->NumberOfStreams * (uint32_t)sizeof(*v));
	return !fseek(f, (long)s->rva, SEEK_SET) && fwrite(s->bytes, 1, s->n, f) == s->n && !fseek(f, 0, SEEK_SET) &&
	       fwrite(h, sizeof(*h), 1, f) == 1;
}

static inline bool add_streams(HANDLE process, DWORD pid, const char *path)
{
	struct streams s = { .process = process, .pid = pid };
	FILE *f = fopen(path, "r+b");
	MINIDUMP_HEADER h;
	bool ok = f && fread(&h, sizeof(h), 1, f) == 1 && !fseek(f, 0, SEEK_END);

	if (ok) {
		s.rva = ((uint32_t)ftell(f) + 7) & ~7u;
		s.owners = owners_of(pid, false);
		add_memory(&s);
		add_handles(&s);
		add_threads(&s);
		add_unloaded(&s);
		ok = append(&s, f, &h);
	}
	free(s.bytes);
	if (f)
		ok &= fclose(f) == 0;
	return ok;
}

#endif
