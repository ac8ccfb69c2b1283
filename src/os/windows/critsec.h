/* SPDX-License-Identifier: MIT */
/*
 * Critical sections of a Windows process.
 *
 * ntdll keeps a list of RTL_CRITICAL_SECTION_DEBUG structures
 * (ntdll!RtlCriticalSectionList); each points to its section. Sections created
 * without debug information (the default since Vista for many) are not in it
 * and are found by address only.
 *
 * LockCount means different things (Microsoft, "Displaying a Critical
 * Section"): up to NT 5.1, and 5.2 before SP1, -1 is free and n is the number
 * of entries minus one; since 5.2 SP1 bit 0 clear = locked, bit 1 clear = a
 * waiter was woken, the rest is the ones' complement of the number of waiters.
 * The version of the dump decides. Wine keeps the old meaning.
 */
#ifndef OSM_OS_WINDOWS_CRITSEC_H
#define OSM_OS_WINDOWS_CRITSEC_H

#include "target/target.h"

enum critsec_encoding {
	LOCKCOUNT_UNKNOWN,
	LOCKCOUNT_OLD,		/* entries - 1 */
	LOCKCOUNT_BITS,		/* lock bit, woken bit, ~waiters */
};

struct critsec {
	uint64_t address;
	enum thread_half half;
	uint64_t debug_info;
	int32_t lock_count;		/* raw */
	int32_t recursion_count;
	uint64_t owning_thread;		/* as stored: a TID when sane */
	uint64_t owner_at, count_at;	/* where this and lock_count are */
	uint64_t lock_semaphore, spin_count;
	bool has_debug;			/* the debug structure could be read */
	uint32_t entry_count, contention_count;
	uint64_t debug_section;		/* its pointer back */

	enum critsec_encoding encoding;
	bool locked;
	bool waiter_woken;		/* LOCKCOUNT_BITS only */
	uint64_t waiters;
	struct thread *owner;		/* NULL: none with that TID */
	/* Why the values cannot be right: overwritten memory. NULL: they can. */
	const char *corrupt;
	bool orphaned;			/* locked by a thread that is not there */
};

enum critsec_encoding critsec_encoding(struct target *t);
/* FAULT: memory of the section is not in the dump. Messages in arena. */
struct err *critsec_read(struct target *t, enum thread_half half, uint64_t address,
			 struct arena *a, struct critsec *ret) MUST_USE;

/* false: stop */
typedef bool critsec_visitor(void *arg, const struct critsec *cs);
struct critsec_walk {
	size_t scanned;
	const char *broken;	/* why the list ended early, NULL: whole */
};
/* Walks the list of one half. NOTFOUND: the list head is not known (no symbols
 * for ntdll and no section that leads to it). */
struct err *critsec_list(struct target *t, enum thread_half half, struct arena *a,
			 critsec_visitor *v, void *arg, struct critsec_walk *ret) MUST_USE;

/* Address of the section that PEB.LoaderLock names; 0: not known. */
uint64_t critsec_loader_lock(struct target *t, enum thread_half half);

/* How the section that a thread waits for is known. */
enum critsec_wait {
	CRITSEC_NO_WAIT,
	CRITSEC_UNKNOWN,	/* it waits to enter one that was not found: its memory is not in the dump */
	CRITSEC_INFERRED,	/* from registers and stack words */
	CRITSEC_ARGUMENT,	/* by argument of a known frame */
};
/* *ret: the section's address; 0 when it does not wait, or for an unknown one. */
enum critsec_wait critsec_waited_by(struct target *t, struct thread *th, enum thread_half half, uint64_t *ret);

#endif
