/* SPDX-License-Identifier: MIT */
/*
 * Fault: what the dump was made for, in the same words for all systems: which
 * sort of exception or signal, what a faulting instruction did, and what lies at
 * the address that it touched.
 */
#ifndef OSM_PATTERN_FAULT_H
#define OSM_PATTERN_FAULT_H

#include "os/linux/fault.h"
#include "target/target.h"

enum fault_class {
	FAULT_NONE,		/* the dump states no exception and no signal */
	FAULT_ACCESS,		/* access violation, segmentation fault */
	FAULT_STACK_OVERFLOW,
	FAULT_CPP,		/* C++ exception that nobody caught */
	FAULT_ABORT,		/* the program ended itself: abort, failed assertion */
	FAULT_FAST_FAIL,
	FAULT_BREAKPOINT,
	FAULT_ARITHMETIC,
	FAULT_REQUESTED,	/* no failure: somebody asked for a dump */
	FAULT_OTHER,
};

struct fault {
	enum fault_class class;
	const struct dump_exception *record;	/* NULL: FAULT_NONE */
	struct thread *thread;			/* NULL: not in the dump */
	char name[64];				/* "SIGSEGV", "STATUS_ACCESS_VIOLATION", "" */
	bool has_regs;
	struct regs regs;
	/* FAULT_ACCESS, FAULT_STACK_OVERFLOW */
	enum fault_access access;
	enum fault_place place;
	bool has_address;
	uint64_t address;
	uint32_t sender;			/* FAULT_REQUESTED: process that sent the signal; 0: none */
	bool unstated;				/* what raised the signal; taken for a fault */
};

void fault_find(struct target *t, struct fault *ret);
/* The exception has this code, on Windows; this signal, on Linux. */
bool fault_is_exception(const struct target *t, const struct fault *f, uint32_t code);
bool fault_is_signal(const struct target *t, const struct fault *f, uint32_t signo);
const char *fault_class_name(enum fault_class c);	/* "access violation" */
const char *fault_place_text(enum fault_place p);	/* "memory that is not mapped" */

#endif
