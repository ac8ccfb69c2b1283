/* SPDX-License-Identifier: MIT */
/*
 * Writing a set: a dump of each member into one folder, then the manifest that
 * says that all of them are there. What was written goes when one of them
 * fails. How a dump is written is the caller's business, where it goes is said
 * here.
 */
#ifndef OSM_CAPTURE_SET_WRITE_H
#define OSM_CAPTURE_SET_WRITE_H

#include "capture/set.h"
#include "capture/sink.h"

/* Writes one dump. *ret_there: the file is there, also where the call fails after that. */
typedef struct err *set_write_fn(void *arg, struct snapshot *s, bool mini, const char *path, bool *ret_there);

struct set_writing {
	const char *to;		/* folder, or a name with {pid} in it (capture/sink.h) */
	const char *trigger;	/* "demand" */
	enum sink_packing packing;
	bool full, mini;	/* one of them, or both */
	bool replace, keep_partial;
	set_write_fn *write;
	void *arg;
};

/* USAGE when files of a set cannot go to `to`; `what` says what that is: "-o". */
struct err *set_write_check(const char *what, const char *to) MUST_USE;
/* *ret_manifest: its path, to be freed. */
struct err *set_write(const struct snapshot_set *set, const struct set_writing *w, char **ret_manifest) MUST_USE;
/* Where the dump of a snapshot goes: `to` with its {words} put in; to be freed. */
struct err *snapshot_file_name(const struct snapshot *s, const char *to, const char *trigger, enum sink_packing packing,
			       bool mini, char **ret) MUST_USE;

#endif
