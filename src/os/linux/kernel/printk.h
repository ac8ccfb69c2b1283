/* SPDX-License-Identifier: MIT */
/*
 * The kernel's log, out of its own memory.
 *
 * Two layouts: since Linux 5.10 a ring of descriptors with a ring of text
 * (struct printk_ringbuffer, by the symbol `prb`); before, records of struct
 * printk_log in one buffer (`log_buf`). Both are bound by member names.
 *
 * A writer may have been in the midst of a message: such messages are told as
 * far as they are finished, and what cannot be read is counted, never made up.
 * Facts: the comments in front of both layouts in the kernel's sources say how
 * they are read; Documentation/admin-guide/kdump/vmcoreinfo.rst names the parts
 * that a reader needs.
 */
#ifndef OSM_OS_LINUX_KERNEL_PRINTK_H
#define OSM_OS_LINUX_KERNEL_PRINTK_H

#include "os/linux/kernel/place.h"

enum { PRINTK_LEVELS = 8 };
extern const char *const printk_levels[PRINTK_LEVELS]; /* "emerg", "alert", "crit", "err", "warn" ... */

struct printk_record {
	uint64_t seq;		/* number since boot; 0 first */
	uint64_t ts_ns;		/* of the kernel's log clock, since boot */
	unsigned level, facility; /* as in syslog(3) */
	bool has_caller, caller_is_cpu;
	uint32_t caller;	/* thread id, or number of the processor */
	const char *text;	/* not terminated, any bytes; may hold new lines */
	size_t length;
	bool lost;		/* the text was overwritten or is not in the dump */
	bool unfinished;	/* its writer may have gone on */
	char subsystem[17], device[49]; /* of dev_printk, "" none */
};

struct printk_summary {
	uint64_t records;	/* told */
	uint64_t lost;		/* of them without their text */
	uint64_t unreadable;	/* that there are, but not in the dump */
	uint64_t dropped;	/* numbers before the first that is told: overwritten */
};

/* What is told lives until the visitor returns; false: stop. */
typedef bool printk_visitor(void *arg, const struct printk_record *r);

/* From the oldest on. NOTFOUND: no log is known of; UNSUPPORTED: its layout is not known. */
struct err *kernel_printk_each(struct target *t, printk_visitor *v, void *arg, struct printk_summary *ret) MUST_USE;

/* --- over any memory --------------------------------------------------------- */
struct printk_ring {		/* since 5.10 */
	uint64_t descs, infos, text;
	uint64_t head, tail;		/* ids of the youngest and of the oldest descriptor */
	unsigned count_bits, size_bits;
	uint32_t desc_size, info_size;
	struct place state, begin, next;		/* of struct prb_desc */
	struct place seq, ts, length, facility, level, caller, subsystem, device; /* of struct printk_info */
};

struct printk_buffer {		/* before */
	uint64_t text, size;		/* of the buffer */
	uint64_t first, next;		/* offsets in it */
	uint64_t first_seq, next_seq;
	uint32_t head_size;		/* of struct printk_log */
	struct place ts, total, length, dict, facility, level, caller;
};

struct err *printk_ring_each(const struct arch_memory *m, const struct printk_ring *r, printk_visitor *v, void *arg,
			     struct printk_summary *ret) MUST_USE;
struct err *printk_buffer_each(const struct arch_memory *m, const struct printk_buffer *b, printk_visitor *v, void *arg,
			       struct printk_summary *ret) MUST_USE;

#endif
