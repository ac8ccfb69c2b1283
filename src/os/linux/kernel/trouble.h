/* SPDX-License-Identifier: MIT */
/*
 * Trouble: what a kernel itself says that went wrong, in its log and in the
 * variables that it keeps of it.
 *
 * Lines are recognised by the words that they begin with or hold; they have been
 * the same in the kernel's sources since 4.14 but where two forms are listed. A
 * log is a ring: that nothing is there does not mean that nothing was.
 */
#ifndef OSM_OS_LINUX_KERNEL_TROUBLE_H
#define OSM_OS_LINUX_KERNEL_TROUBLE_H

#include "base/arena.h"
#include "target/target.h"

enum trouble {
	TROUBLE_NONE,
	TROUBLE_PANIC,
	TROUBLE_OOPS,		/* a fault or failed assertion in the kernel */
	TROUBLE_BUG,		/* "BUG: ..." that it went on after */
	TROUBLE_WARNING,
	TROUBLE_SOFT_LOCKUP,
	TROUBLE_HARD_LOCKUP,
	TROUBLE_RCU_STALL,
	TROUBLE_HUNG_TASK,
	TROUBLE_OOM,		/* processes were ended for want of memory */
	TROUBLE_ALLOCATION,	/* memory could not be had */
	TROUBLE_HARDWARE,	/* machine checks */
	N_TROUBLES,
};

/* Of one line of the log, without its time. Never fails. */
enum trouble trouble_of_line(const char *text, size_t n);

struct trouble_line {
	enum trouble kind;
	uint64_t seq, ts_ns;
	const char *text;	/* the line */
	const char *next;	/* the one after it, "" none */
};

enum { MAX_TROUBLE_LINES = 64 };

struct troubles {
	size_t count[N_TROUBLES];	/* of lines */
	struct trouble_line lines[MAX_TROUBLE_LINES];	/* the first ones of each kind, in the log's order */
	size_t n;
	uint64_t dropped;		/* lines of the log that were overwritten */
	const char *why;		/* the log could not be read; NULL: it could */
};

/* In the arena. NOMEM, CANCELLED; what else goes wrong is told in `why`. */
struct err *kernel_troubles(struct target *t, struct arena *a, struct troubles *ret) MUST_USE;
/* The first line of the kind; NULL: none. */
const struct trouble_line *trouble_first(const struct troubles *x, enum trouble kind);

/* Letters and meanings of /proc/sys/kernel/tainted, bit by bit; NULL: no such bit is known. */
struct taint {
	char letter;
	const char *meaning;
};
const struct taint *kernel_taint(unsigned bit);

#endif
