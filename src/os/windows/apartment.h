/* SPDX-License-Identifier: MIT */
/*
 * Calls into a single-threaded apartment of COM: one thread of a process runs all
 * calls to its objects, one after the other, and who calls waits in GetToSTA of
 * combase.dll (ole32.dll before Windows 8) until it has done so.
 *
 * GetToSTA's first argument is the entry of the apartment. Published debugging
 * sessions find the process and the thread in it, side by side; where they are
 * differs between versions and machines. So they are looked for: the process's own
 * id, followed by the id of another of its threads. Were there two different ones,
 * the thread would not be known.
 */
#ifndef OSM_OS_WINDOWS_APARTMENT_H
#define OSM_OS_WINDOWS_APARTMENT_H

#include "target/target.h"

enum apartment_wait {
	APARTMENT_NO_WAIT,
	APARTMENT_UNKNOWN,	/* it waits for one, whose thread is not known */
	APARTMENT_THREAD,
};

struct apartment {
	uint64_t entry;		/* GetToSTA's argument */
	uint64_t tid_at;	/* where the id of its thread is */
	uint32_t tid;
};

enum apartment_wait apartment_waited_for(struct target *t, struct thread *th, enum thread_half half, struct apartment *ret);

#endif
