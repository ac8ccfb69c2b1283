/* SPDX-License-Identifier: MIT */
/*
 * What a thread of a Windows process waits in: the wait function among its
 * innermost frames, and what it was given.
 *
 * Names are those that Windows and Wine export alike, and of their insides those that
 * public symbols have; other static functions
 * stand between them and are not looked at. Locks and condition variables are built
 * on waits of other kinds, so that the outer function tells more: a thread in
 * RtlAcquireSRWLockShared, RtlWaitOnAddress, NtWaitForAlertByThreadId waits for an
 * SRW lock. Only frames of the system's own libraries count, from the innermost on.
 *
 * Parameters: Microsoft's reference of Win32 and of the driver kit for the
 * documented ones; NtWaitForKeyedEvent(handle, key, ...) and
 * NtWaitForAlertByThreadId(address, timeout) as phnt declares them. Where an
 * argument cannot be recovered (target/argument.h), that is said, not guessed.
 */
#ifndef OSM_OS_WINDOWS_WAIT_H
#define OSM_OS_WINDOWS_WAIT_H

#include "target/argument.h"

enum windows_wait_kind {
	WINDOWS_WAIT_NONE,
	WINDOWS_WAIT_SECTION,	/* a critical section: os/windows/critsec.h knows which */
	WINDOWS_WAIT_SRW,	/* address, shared */
	WINDOWS_WAIT_CONDITION,	/* address */
	WINDOWS_WAIT_ADDRESS,	/* address: WaitOnAddress */
	WINDOWS_WAIT_KEYED,	/* address is the key of a keyed event */
	WINDOWS_WAIT_HANDLES,	/* handles, all */
	WINDOWS_WAIT_FILE,	/* handles[0]: a read, write or control of a file or pipe */
	WINDOWS_WAIT_QUEUE,	/* handles[0]: a completion port or a pool's factory of workers */
	WINDOWS_WAIT_PORT,	/* handles[0]: a port of (A)LPC; all: for an answer, else for a request */
};

enum { WINDOWS_WAIT_MAX = 64 }; /* MAXIMUM_WAIT_OBJECTS */

struct windows_wait {
	enum windows_wait_kind kind;
	const char *function;		/* in the arena */
	enum argument_how how;		/* of address or handles; UNKNOWN: they are not known */
	uint64_t address;
	bool shared;			/* an SRW lock is wanted for reading */
	uint64_t handles[WINDOWS_WAIT_MAX];
	size_t n_handles;
	bool all;			/* of several handles: every one, else any */
	bool which_known;		/* `all` is */
	bool messages;			/* or a message for the thread */
	uint32_t server_pid, server_tid;	/* of a port, as its message names them; 0: it does not */
};

/* Never fails: kind NONE when it waits in none of them, or has no stack. */
void windows_wait_of(struct target *t, struct thread *th, enum thread_half half, struct arena *a,
		     struct windows_wait *ret);

#endif
