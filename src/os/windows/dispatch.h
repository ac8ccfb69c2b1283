/* SPDX-License-Identifier: MIT */
/*
 * Exceptions that a stack remembers: the EXCEPTION_RECORD and CONTEXT that the
 * system puts there before it calls KiUserExceptionDispatcher. They stay when the
 * exception was handled, until something is written over them.
 */
#ifndef OSM_OS_WINDOWS_DISPATCH_H
#define OSM_OS_WINDOWS_DISPATCH_H

#include "target/target.h"

struct dispatched {
	uint64_t record, context;	/* where they lie */
	uint32_t code;
	uint64_t address;		/* ExceptionAddress, that of the context's instruction */
};

enum { MAX_DISPATCHED = 16 };

/* Between the stack pointer and the stack's end, the nearest first, of one half of a
 * thread; at most 1 MB is looked at. Returns how many. */
size_t dispatched_find(struct target *t, struct thread *th, enum thread_half half,
		       struct dispatched ret[MAX_DISPATCHED]);

#endif
