/* SPDX-License-Identifier: MIT */
/*
 * What ntdll itself found broken in a heap.
 *
 * When a check fails, ntdll fills a _HEAP_FAILURE_INFORMATION and raises
 * STATUS_HEAP_CORRUPTION with its address as the first parameter. Members and the names
 * of the types are those of Microsoft's public ntdll.pdb (build 22621).
 */
#ifndef OSM_OS_WINDOWS_HEAP_CHECK_H
#define OSM_OS_WINDOWS_HEAP_CHECK_H

#include "target/target.h"

enum nt_failure_type {
	NT_FAILURE_ENTRY_CORRUPTION = 3,
	NT_FAILURE_BUFFER_OVERRUN = 6,
	NT_FAILURE_BLOCK_NOT_BUSY = 8,
	NT_FAILURE_USAGE_AFTER_FREE = 11,
	NT_FAILURE_SEGMENT_LFH_DOUBLE_FREE = 17,
};

struct nt_failure {
	uint64_t has;
	uint64_t type, heap, address;	/* `address`: of the block's header */
	uint64_t previous, next;	/* blocks, 0: not told */
	uint64_t type_at;		/* address of the type */
};

/* NOTFOUND: the exception is none of the heap's; FAULT: its information is not in the dump. */
struct err *nt_failure_read(struct target *t, enum thread_half half, const struct dump_exception *e,
			    struct nt_failure *ret) MUST_USE;
bool nt_failure_is_double_free(const struct nt_failure *f);
const char *nt_failure_name(uint64_t type);	/* "block not busy" */

#endif
