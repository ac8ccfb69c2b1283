/* SPDX-License-Identifier: MIT */
/*
 * Snapshot: what a dump says of how it was taken while its process lived. Only
 * dumps that Osmosis wrote say so (docs/formats/osmosis-note.md); the words
 * here are those of that record, for its writer and its reader.
 */
#ifndef OSM_FORMAT_SNAPSHOT_H
#define OSM_FORMAT_SNAPSHOT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Types begin with "OSM": BFD, which gdb reads cores with, takes small numbers of any owner for those of CORE. */
#define OSMOSIS_NOTE_OWNER "OSMOSIS"
enum osmosis_note {
	OSMOSIS_NOTE_RECORD = 0x4f534d01,  /* what was known before writing */
	OSMOSIS_NOTE_CLOSING = 0x4f534d02, /* at the end of the file: what writing met */
	OSMOSIS_NOTE_LISTS = 0x4f534d03,   /* threads and open files, which may be many: read when asked for */
	OSMOSIS_NOTE_STRIPPED = 0x4f534d04,/* osmodump strip was here; in cores of any origin */
	OSMOSIS_NOTE_FORMAT = 1,	   /* version of all */
};

/* Of the whole file: that of its worst part. */
enum consistency {
	CONSISTENCY_UNKNOWN,
	CONSISTENCY_INSTANTANEOUS,	/* all memory is of one instant */
	CONSISTENCY_QUASI,		/* contradicts no order of events that the process could have seen */
	CONSISTENCY_SMEARED,		/* some was read while the process went on writing */
	N_CONSISTENCIES
};
const char *consistency_name(enum consistency c); /* "instantaneous"; "" unknown */
enum consistency consistency_named(const char *name);

/* Why a snapshot is smeared of which the closing record says so, and not yet the record. */
#define SNAPSHOT_CHANGED "a mapped file was written to before it was read"

/* Where the bytes of a range come from, or why there are none. */
enum range_class {
	RANGE_SNAPSHOT,	/* of the instant, by clone or write protection */
	RANGE_PAUSE,	/* copied while the process stood still */
	RANGE_LIVE,	/* read while the process ran: smeared */
	RANGE_UNREADABLE, /* reading failed: what the file has there is not memory */
	RANGE_LEFT_OUT,	/* on purpose; the reason says whose */
	RANGE_FILE,	/* unchanged contents of the mapped file, which the dump leaves to it */
	RANGE_UNTOUCHED, /* never touched: reads as zeros */
	N_RANGE_CLASSES
};
const char *range_class_name(enum range_class c);
/* False when the name is not known. */
bool range_class_named(const char *name, enum range_class *ret);

/* How a thread's registers were had. */
enum registers_from { REGISTERS_NONE, REGISTERS_PTRACE, REGISTERS_SYSCALL, N_REGISTERS_FROM };
const char *registers_from_name(enum registers_from r); /* "", "ptrace", "/proc syscall (partial)" */

/* Nanoseconds of the monotonic clock, from the first thread stopped to the last one resumed. */
struct snapshot_pause {
	uint64_t total;
	/* its parts; what is left of the total lies between them */
	uint64_t interrupt, registers, clone, copy, release;
};

struct snapshot_range {
	uint64_t start, end;
	enum range_class class;
	const char *reason;	/* "" when none */
};

struct snapshot_count {
	uint64_t ranges, bytes;
};

/* Pages of a class, in the snapshot of a kernel. */
struct snapshot_kernel_class {
	const char *name;
	bool wanted, whole;	/* whole: all of it is there, of the instant */
	uint64_t pages, captured, live, changed_bytes, fresh;
};

/* What a CPU was doing: the task that the capturing one took it from, which is switched out. */
struct snapshot_kernel_cpu {
	uint64_t cpu, task;	/* task: address of the one that ran at the instant, which captured */
	int64_t pid;
	bool has_displaced;
	int64_t displaced_pid;
	const char *displaced_name;
	uint64_t displaced_task, displaced_sp;
	const uint64_t *user_registers; /* 27, in the order of NT_PRSTATUS; NULL: a kernel thread */
};

struct snapshot_kernel_process {
	int64_t pid;
	const char *name;
	uint64_t resident, swapped, captured; /* pages */
};

struct snapshot_kernel {
	uint64_t direct_map;	/* virtual address of physical 0, by which addresses of ranges are physical ones; 0: not told */
	const char *partial;	/* why not all that was wanted is there; "" */
	uint64_t predicted_ns, first_pass_ns, compared, changed_pages, changed_bytes, fresh_pages, reserved;
	const struct snapshot_kernel_class *classes;
	const struct snapshot_kernel_cpu *cpus;
	const struct snapshot_kernel_process *processes;
	size_t n_classes, n_cpus, n_processes;
};

/* Strings and arrays belong to the dump. */
struct dump_snapshot {
	const char *tool;	/* "osmodump 0.1.0" */
	const char *engine, *engine_why;
	enum consistency consistency;
	const char *consistency_text, *consistency_why; /* text: as written, also where it is unknown to us */
	const char *trigger, *comment;
	uint64_t start_seconds;	/* Unix */
	uint32_t start_nanoseconds;
	bool has_pause;
	struct snapshot_pause pause;
	uint64_t set_size, set_skew_ns;	/* processes that were taken together, this one among them; 0: alone */
	enum range_class default_class;	/* of what no range names */
	struct snapshot_count counts[N_RANGE_CLASSES]; /* as the record has them, with the closing's added */
	const struct snapshot_range *ranges; /* by address, without overlaps; the default class is not listed */
	size_t n_ranges;
	/* of the closing record */
	bool has_closing, complete;
	const char *incomplete_why;
	uint64_t written, writing_ns;
	uint64_t not_listed;	/* ranges that did not fit in */
	const struct snapshot_kernel *kernel; /* NULL: a process */
};

#endif
