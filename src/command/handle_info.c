/* SPDX-License-Identifier: MIT */
/*
 * What access bits and object records of handles mean: see handle_info.h.
 *
 * Access rights: winnt.h, in WinDbg's words. The record types are named in
 * minidumpapiset.h (MINIDUMP_HANDLE_OBJECT_INFORMATION_TYPE); their contents are,
 * as dumps show, what the Nt query functions give: winternl.h and the driver
 * kit's documentation have THREAD_, PROCESS_, EVENT_, MUTANT_, SEMAPHORE_ and
 * SECTION_BASIC_INFORMATION.
 */
#include "command/handle_info.h"

#include "base/cursor.h"

#include <inttypes.h>
#include <string.h>
#include <strings.h>

enum { MAX_BITS = 16, MAX_RECORD = 64, STILL_ACTIVE = 0x103 };

static const struct rights {
	const char *type;
	const char *bits[MAX_BITS];	/* from bit 0; NULL: without a name */
} rights[] = {
	{ "Event", { "QueryState", "ModifyState" } },
	{ "Semaphore", { "QueryState", "ModifyState" } },
	{ "Mutant", { "QueryState" } },
	{ "Timer", { "QueryState", "ModifyState" } },
	{ "IRTimer", { "QueryState", "ModifyState" } },
	{ "IoCompletion", { "QueryState", "ModifyState" } },
	{ "Thread", { "Terminate", "SuspendResume", "Alert", "GetContext", "SetContext", "SetInfo",
		      "QueryInfo", "SetToken", "Impersonate", "DirectImpersonate" } },
	{ "Process", { "Terminate", "CreateThread", "SetSessionId", "VMOp", "VMRead", "VMWrite", "DupHandle",
		       "CreateProcess", "SetQuota", "SetInfo", "QueryInfo", "SuspendResume" } },
	{ "File", { "Read/List", "Write/Add", "Append/SubDir/CreatePipe", "ReadEA", "WriteEA",
		    "Execute/Traverse", "DeleteChild", "ReadAttr", "WriteAttr" } },
	{ "Key", { "QueryValue", "SetValue", "CreateSubKey", "EnumSubKey", "Notify", "CreateLink" } },
	{ "Section", { "Query", "MapWrite", "MapRead", "MapExecute", "Extend" } },
	{ "Directory", { "Query", "Traverse", "CreateObject", "CreateSubDirectory" } },
};

static void add_bits(uint32_t access, unsigned shift, const char *const *names, unsigned n,
		     struct strbuf *sb)
{
	for (unsigned i = 0; i < n; i++)
		if (access >> (shift + i) & 1 && names[i])
			strbuf_addf(sb, "%s%s", sb->len ? "," : "", names[i]);
}

void handle_standard_access(uint32_t access, struct strbuf *sb)
{
	static const char *const names[] = { "Delete", "ReadControl", "WriteDac", "WriteOwner", "Synch" };

	add_bits(access, 16, names, ARRAY_SIZE(names), sb);
	if (!sb->len)
		strbuf_adds(sb, "None");
}

bool handle_specific_access(const char *type, uint32_t access, struct strbuf *sb)
{
	for (size_t i = 0; i < ARRAY_SIZE(rights); i++) {
		if (strcasecmp(rights[i].type, type) != 0)
			continue;
		add_bits(access, 0, rights[i].bits, MAX_BITS, sb);
		if (!sb->len)
			strbuf_adds(sb, "None");
		return true;
	}
	return false;
}

/* --- object records ------------------------------------------------------------------------ */

static void add_thread(struct cursor *c, unsigned size, struct strbuf *sb)
{
	uint32_t status = cursor_u32(c);
	uint64_t pid, tid;
	int32_t priority, base;

	cursor_skip(c, size - 4);
	cursor_skip(c, size); /* TEB */
	pid = size == 8 ? cursor_u64(c) : cursor_u32(c);
	tid = size == 8 ? cursor_u64(c) : cursor_u32(c);
	cursor_skip(c, size); /* affinity */
	priority = cursor_s32(c);
	base = cursor_s32(c);
	if (!cursor_ok(c))
		return;
	strbuf_addf(sb, "    Thread Id   %" PRIx64 ".%" PRIx64 "\n    Priority    %d\n    Base Priority %d\n",
		    pid, tid, priority, base);
	if (status != STILL_ACTIVE)
		strbuf_addf(sb, "    Exit Status %08x\n", status);
}

static void add_process(struct cursor *c, unsigned size, struct strbuf *sb)
{
	uint32_t status = cursor_u32(c);
	uint64_t pid, parent;
	int32_t base;

	cursor_skip(c, size - 4);
	cursor_skip(c, 2 * (uint64_t)size); /* PEB, affinity */
	base = cursor_s32(c);
	cursor_skip(c, size - 4);
	pid = size == 8 ? cursor_u64(c) : cursor_u32(c);
	parent = size == 8 ? cursor_u64(c) : cursor_u32(c);
	if (!cursor_ok(c))
		return;
	strbuf_addf(sb, "    Process Id  %" PRIx64 "\n    Parent Process  %" PRIx64 "\n    Base Priority %d\n",
		    pid, parent, base);
	if (status != STILL_ACTIVE)
		strbuf_addf(sb, "    Exit Status %08x\n", status);
}

static void add_event(struct cursor *c, struct strbuf *sb)
{
	uint32_t type = cursor_u32(c), state = cursor_u32(c);

	if (cursor_ok(c))
		strbuf_addf(sb, "    Event Type %s Reset\n    Event is %s\n", type ? "Auto" : "Manual",
			    state ? "Set" : "Waiting");
}

static void add_mutant(struct cursor *c, struct strbuf *sb)
{
	int32_t count = cursor_s32(c);
	uint8_t mine = cursor_u8(c), abandoned = cursor_u8(c);

	if (!cursor_ok(c))
		return;
	strbuf_addf(sb, "    Mutex is %s\n", count > 0 ? "Free" : "Owned");
	if (abandoned)
		strbuf_adds(sb, "    Mutex was abandoned\n");
	(void)mine; /* by the thread that wrote the dump */
}

static void add_owner(struct cursor *c, unsigned size, struct strbuf *sb)
{
	uint64_t pid = size == 8 ? cursor_u64(c) : cursor_u32(c);
	uint64_t tid = size == 8 ? cursor_u64(c) : cursor_u32(c);

	if (cursor_ok(c) && tid)
		strbuf_addf(sb, "    Mutant Owner %" PRIx64 ".%" PRIx64 "\n", pid, tid);
}

static void add_semaphore(struct cursor *c, struct strbuf *sb)
{
	uint32_t count = cursor_u32(c), limit = cursor_u32(c);

	if (cursor_ok(c))
		strbuf_addf(sb, "    Semaphore Count %u\n    Semaphore Limit %u\n", count, limit);
}

static void add_section(struct cursor *c, unsigned size, struct strbuf *sb)
{
	uint64_t bytes;

	cursor_skip(c, 2 * (uint64_t)size); /* base address; attributes, padded */
	bytes = cursor_u64(c);

	if (cursor_ok(c))
		strbuf_addf(sb, "    Section Size 0x%" PRIx64 "\n", bytes);
}

static void add_record(uint32_t type, const uint8_t *bytes, size_t n, unsigned size, struct strbuf *sb)
{
	struct cursor c = cursor_init("handle object information", bytes, n, 0);

	switch (type) {
	case 1: add_thread(&c, size, sb); break;
	case 2: add_mutant(&c, sb); break;
	case 3: add_owner(&c, size, sb); break;
	case 4: add_process(&c, size, sb); break;
	case 6: add_event(&c, sb); break;
	case 7: add_section(&c, size, sb); break;
	case 8: add_semaphore(&c, sb); break;
	default: break;
	}
}

void handle_object_text(struct dump *d, const struct dump_handle *h, unsigned pointer_size,
			struct strbuf *sb)
{
	for (size_t i = 0; i < h->n_info; i++) {
		uint8_t bytes[MAX_RECORD];
		uint64_t n = h->info[i].data.size < MAX_RECORD ? h->info[i].data.size : MAX_RECORD;

		if (!n || err_ignore(dump_read_piece(d, h->info[i].data, bytes, (size_t)n)))
			continue;
		add_record(h->info[i].type, bytes, (size_t)n, pointer_size, sb);
	}
}
