/* SPDX-License-Identifier: MIT */
/*
 * Why a signal came: what a faulting instruction did and what lies at the
 * address that it touched, or who sent the signal; and what the C library had
 * to say before it aborted the process.
 */
#ifndef OSM_OS_LINUX_FAULT_H
#define OSM_OS_LINUX_FAULT_H

#include "target/target.h"

/* How the faulting instruction touched the address. */
enum fault_access { ACCESS_UNKNOWN, ACCESS_READ, ACCESS_WRITE, ACCESS_EXECUTE };

/* What lies at the address. */
enum fault_place {
	PLACE_UNKNOWN,
	PLACE_NULL,		/* the first page */
	PLACE_STACK_END,	/* the gap or guard below a stack */
	PLACE_UNMAPPED,
	PLACE_PROTECTED,	/* there is memory, which does not allow that */
	PLACE_NOT_CANONICAL,
};

struct signal_fault {
	enum fault_access access;
	enum fault_place place;
	bool has_address;
	uint64_t address;
};

const char *fault_access_name(enum fault_access access); /* "read"; NULL: unknown */
/* si_code of the signal that the dump states; false: it states none. */
bool linux_signal_code(const struct dump_facts *f, const struct dump_exception *e, int32_t *ret);
/* The same in parts; false: no instruction caused the signal, or it is none of SIGSEGV. */
bool linux_signal_fault(struct target *t, const struct dump_exception *e, int32_t code,
			struct signal_fault *ret);
/* Appends words such as "write to a null pointer", or nothing. `code` is si_code. */
enum fault_access linux_explain_signal(struct target *t, const struct dump_exception *e, int32_t code,
				       struct strbuf *sb);
/* Appends what abort(), assert() or the allocator's checks said, without its line
 * end; false: nothing is kept, or its place is not known. */
bool linux_abort_message(struct target *t, struct strbuf *sb);

#endif
