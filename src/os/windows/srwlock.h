/* SPDX-License-Identifier: MIT */
/*
 * SRW locks of a Windows process (RTL_SRWLOCK): one word, which does not record who
 * holds the lock.
 *
 * Windows: the bits that Microsoft's public ntdll.pdb names (dt ntdll!_RTL_SRWLOCK):
 * 0 Locked, 1 Waiting, 2 Waking, 3 MultipleShared, above them Shared, a count of
 * readers, whose place a pointer to the queue of waiters takes once somebody waits.
 * Wine, as its dumps show: 32 bits, the upper half counts readers and is 0xffff for
 * a writer, the lower half counts the writers that wait.
 */
#ifndef OSM_OS_WINDOWS_SRWLOCK_H
#define OSM_OS_WINDOWS_SRWLOCK_H

#include "target/target.h"

struct srwlock {
	uint64_t address;
	unsigned size;		/* of the word */
	uint64_t word;
	bool held;
	bool exclusive;		/* by a writer */
	uint64_t readers;	/* 0: none, or not known */
	uint64_t queued;	/* that it counts; 0: none, or not known */
};

/* FAULT: the word is not in the dump. */
struct err *srwlock_read(struct target *t, enum thread_half half, uint64_t address, struct srwlock *ret) MUST_USE;
/* "held by a writer", "held by 2 readers", "free" */
void srwlock_describe(const struct srwlock *l, struct strbuf *sb);

/* Does a call of this function take or release such a lock? */
enum srwlock_call { SRWLOCK_NOT, SRWLOCK_TAKES, SRWLOCK_TAKES_SHARED, SRWLOCK_RELEASES };
enum srwlock_call srwlock_call(const char *function);

#endif
