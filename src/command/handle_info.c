/* SPDX-License-Identifier: MIT */
/*
 * What access bits and object records of handles mean: see handle_info.h.
 *
 * Access rights: winnt.h, in WinDbg's words.
 */
#include "command/handle_info.h"

#include "os/windows/handle_object.h"

#include <inttypes.h>
#include <string.h>
#include <strings.h>

enum { MAX_BITS = 16 };

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

static void add_exit_status(const struct handle_object *x, struct strbuf *sb)
{
	if (x->exit_status != OBJECT_STILL_ACTIVE)
		strbuf_addf(sb, "    Exit Status %08x\n", x->exit_status);
}

static void add_thread(const struct handle_object *x, struct strbuf *sb)
{
	strbuf_addf(sb, "    Thread Id   %" PRIx64 ".%" PRIx64 "\n    Priority    %d\n    Base Priority %d\n",
		    x->pid, x->tid, x->priority, x->base_priority);
	add_exit_status(x, sb);
}

static void add_process(const struct handle_object *x, struct strbuf *sb)
{
	strbuf_addf(sb, "    Process Id  %" PRIx64 "\n    Parent Process  %" PRIx64 "\n    Base Priority %d\n",
		    x->pid, x->parent, x->base_priority);
	add_exit_status(x, sb);
}

static void add_mutant(const struct handle_object *x, struct strbuf *sb)
{
	strbuf_addf(sb, "    Mutex is %s\n", x->count > 0 ? "Free" : "Owned");
	if (x->abandoned)
		strbuf_adds(sb, "    Mutex was abandoned\n");
}

void handle_object_text(struct dump *d, const struct dump_handle *h, unsigned pointer_size,
			struct strbuf *sb)
{
	struct handle_object x;

	handle_object_read(d, h, pointer_size, &x);
	if (x.has & OBJECT_THREAD)
		add_thread(&x, sb);
	if (x.has & OBJECT_MUTANT)
		add_mutant(&x, sb);
	if ((x.has & OBJECT_OWNER) && x.owner_tid)
		strbuf_addf(sb, "    Mutant Owner %" PRIx64 ".%" PRIx64 "\n", x.owner_pid, x.owner_tid);
	if (x.has & OBJECT_PROCESS)
		add_process(&x, sb);
	if (x.has & OBJECT_EVENT)
		strbuf_addf(sb, "    Event Type %s Reset\n    Event is %s\n", x.auto_reset ? "Auto" : "Manual",
			    x.state ? "Set" : "Waiting");
	if (x.has & OBJECT_SECTION)
		strbuf_addf(sb, "    Section Size 0x%" PRIx64 "\n", x.size);
	if (x.has & OBJECT_SEMAPHORE)
		strbuf_addf(sb, "    Semaphore Count %d\n    Semaphore Limit %u\n", x.count, x.limit);
}
