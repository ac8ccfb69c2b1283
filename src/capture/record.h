/* SPDX-License-Identifier: MIT */
/*
 * The dump's own record: what this snapshot is, how it was taken, and what of
 * its memory is what. Three notes of the owner OSMOSIS in the core, all JSON;
 * docs/formats/osmosis-note.md has every field.
 *
 * The record and its lists are built when the engine is done and before memory
 * is written. The closing record stands at the end of the file in room that was
 * reserved, and says what writing met.
 */
#ifndef OSM_CAPTURE_RECORD_H
#define OSM_CAPTURE_RECORD_H

#include "base/arena.h"
#include "base/err.h"
#include "capture/json_write.h"
#include "capture/proc.h"
#include "format/snapshot.h"

struct record_thread {
	struct proc_thread proc;
	enum registers_from registers;
};

/* Strings that are NULL or "" are left out; arrays may be empty. */
struct record {
	const char *engine, *engine_why;
	enum consistency consistency;
	const char *consistency_why;
	bool paused;			/* false: no thread was stopped, `pause` means nothing */
	struct snapshot_pause pause;
	uint64_t start_ns;		/* CLOCK_REALTIME when the first thread stopped, or reading began */
	const char *trigger;		/* "asked for", "cpu above 90 % for 10 s" */
	const char *comment;		/* the user's words */

	/* Taken together with others: all of the set, and first stop to last stop. */
	const pid_t *set;
	size_t n_set;
	uint64_t set_skew_ns;

	/*
	 * All of the memory that the dump speaks of, in any order, in pieces of any
	 * size: neighbours of one class and reason are joined, those of the default
	 * class are counted and not listed.
	 */
	const struct snapshot_range *ranges;
	size_t n_ranges;
	enum range_class default_class;
	uint32_t page_size;		/* 0: 4096 */

	const struct record_thread *threads;
	size_t n_threads;
	const struct proc_facts *facts;	/* its environment is written when it is not NULL */

	/* NULL, or writes further members. */
	void (*more)(const void *arg, struct json_write *j);
	const void *more_arg;
};
/* The JSON text of OSMOSIS_NOTE_RECORD, in `a`. Fails for want of memory only. */
struct err *record_build(const struct record *r, struct arena *a, const void **ret, size_t *ret_size) MUST_USE;
/* That of OSMOSIS_NOTE_LISTS: threads, open files, environment. */
struct err *record_lists_build(const struct record *r, struct arena *a, const void **ret,
			       size_t *ret_size) MUST_USE;

struct record_closing {
	bool complete;			/* all that was planned was written */
	const char *incomplete_why;	/* "disk full" */
	uint64_t written, zero;		/* bytes of memory: in the file, and zero (holes) */
	uint64_t writing_ns;		/* from the release of the process to the end of writing */
	/* What turned out differently from the first record; as above. */
	const struct snapshot_range *ranges;
	size_t n_ranges;
};

/* Room for some 1500 ranges; those that do not fit are counted, unreadable ones come first. */
enum { RECORD_CLOSING_SIZE = 64 << 10, RECORD_CLOSING_LEAST = 1 << 10 };
/* OSMOSIS_NOTE_CLOSING: exactly `size` bytes in `a`, padded with blanks. USAGE for less than RECORD_CLOSING_LEAST. */
struct err *record_closing_build(const struct record_closing *c, size_t size, struct arena *a,
				 const void **ret) MUST_USE;

#endif
