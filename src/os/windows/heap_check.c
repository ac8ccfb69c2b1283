/* SPDX-License-Identifier: MIT */
/* What ntdll found: see heap_check.h. */
#include "os/windows/heap_check.h"

#include "target/bind.h"

#define STATUS_HEAP_CORRUPTION 0xc0000374u

static const struct bind_member failure_members[] = {
	{ "FailureType", offsetof(struct nt_failure, type), BIND_UINT, false },
	{ "HeapAddress", offsetof(struct nt_failure, heap), BIND_UINT, false },
	{ "Address", offsetof(struct nt_failure, address), BIND_UINT, false },
	{ "PreviousBlock", offsetof(struct nt_failure, previous), BIND_UINT, true },
	{ "NextBlock", offsetof(struct nt_failure, next), BIND_UINT, true },
	{ "FailureType", offsetof(struct nt_failure, type_at), BIND_ADDRESS_OF, false },
	{ NULL },
};
static const struct binding failure_binding = { "ntdll", "_HEAP_FAILURE_INFORMATION", failure_members };

struct err *nt_failure_read(struct target *t, enum thread_half half, const struct dump_exception *e, struct nt_failure *ret)
{
	if (!e || e->code != STATUS_HEAP_CORRUPTION || !e->n_parameters || !e->parameters[0])
		return err_new(ERR_NOTFOUND, "no failure of a heap");
	return bind_read(t, half, &failure_binding, e->parameters[0], ret);
}

bool nt_failure_is_double_free(const struct nt_failure *f)
{
	return f->type == NT_FAILURE_BLOCK_NOT_BUSY || f->type == NT_FAILURE_SEGMENT_LFH_DOUBLE_FREE;
}

const char *nt_failure_name(uint64_t type)
{
	static const char *const names[] = {
		"internal",
		"unknown",
		"generic",
		"entry corruption",
		"multiple entries corruption",
		"virtual block corruption",
		"buffer overrun",
		"buffer underrun",
		"block not busy",
		"invalid argument",
		"invalid allocation type",
		"usage after free",
		"cross heap operation",
		"freelists corruption",
		"listentry corruption",
		"lfh bitmap mismatch",
		"segment lfh bitmap corruption",
		"segment lfh double free",
		"vs subsegment corruption",
		"null heap",
		"allocation limit",
		"commit limit",
		"invalid va mgr query",
	};

	return type < ARRAY_SIZE(names) ? names[type] : "not known";
}
