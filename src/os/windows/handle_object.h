/* SPDX-License-Identifier: MIT */
/*
 * What a dump has of the object behind a handle: the records of
 * MINIDUMP_HANDLE_OBJECT_INFORMATION.
 */
#ifndef OSM_OS_WINDOWS_HANDLE_OBJECT_H
#define OSM_OS_WINDOWS_HANDLE_OBJECT_H

#include "target/target.h"

enum handle_object_has {
	OBJECT_THREAD = 1 << 0,		/* pid, tid, priorities, exit status */
	OBJECT_MUTANT = 1 << 1,		/* count, abandoned */
	OBJECT_OWNER = 1 << 2,		/* of a mutant: owner_pid, owner_tid */
	OBJECT_PROCESS = 1 << 3,	/* pid, parent, base priority, exit status */
	OBJECT_EVENT = 1 << 4,		/* auto_reset, state */
	OBJECT_SECTION = 1 << 5,	/* size */
	OBJECT_SEMAPHORE = 1 << 6,	/* count, limit */
};

struct handle_object {
	unsigned has;
	uint32_t exit_status;
	uint64_t pid, tid, parent;
	int32_t priority, base_priority;
	int32_t count;
	uint32_t limit;
	bool abandoned, auto_reset;
	uint32_t state;
	uint64_t owner_pid, owner_tid;
	uint64_t size;
};
enum { OBJECT_STILL_ACTIVE = 0x103 };

/* Never fails: `has` tells what there is. */
void handle_object_read(struct dump *d, const struct dump_handle *h, unsigned pointer_size,
			struct handle_object *ret);

#endif
