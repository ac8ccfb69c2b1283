/* SPDX-License-Identifier: MIT */
/* The Linux meaning of !locks: what threads wait for in futex(2). */
#ifndef OSM_COMMAND_LOCKS_H
#define OSM_COMMAND_LOCKS_H

#include "command/command.h"
#include "report/report.h"

extern const struct record futex_record;

enum { MAX_RING = 64 };
/* The threads of the ring that a lock belongs to, the smallest first; 0: none. */
size_t ring_threads(const struct wait_graph *g, uint64_t lock, enum thread_half half, struct out_word *ret);
/* "1, 2 and 3" */
void ring_text(const struct out_word *ring, size_t n, struct strbuf *sb);
/* "deadlock", and "deadlock_text", of records that have these fields; nothing without a ring. */
void ring_out(struct out *o, const struct out_word *words, size_t n);

/* all: also what is no lock (condition variables, joins ...) */
struct err *locks_linux(struct session *s, const struct args *args, bool all, bool orphaned,
			struct out *o) MUST_USE;


struct locks_wanted {
	bool all, orphaned;
	uint64_t address;	/* 0: any */
	const char *kind;	/* what is at the address; NULL: not said */
};
extern const struct record kernel_lock_record, kernel_waiter_record;
/* The meaning of !locks in the dump of a kernel: what tasks wait for. */
struct err *locks_kernel(struct session *s, const struct args *args, const struct locks_wanted *w, struct out *o) MUST_USE;

#endif
