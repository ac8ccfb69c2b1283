/* SPDX-License-Identifier: MIT */
/*
 * Manifest of a set: a small JSON file beside the dumps of processes that were
 * taken together (docs/formats/set-manifest.md). It is written last, so that
 * one that is there means that all dumps are.
 */
#ifndef OSM_FORMAT_MANIFEST_H
#define OSM_FORMAT_MANIFEST_H

#include "base/arena.h"
#include "base/err.h"
#include "base/source.h"
#include "format/snapshot.h"

#define MANIFEST_TYPE "osmosis-set"
enum {
	MANIFEST_FORMAT = 1,
	MANIFEST_MOST_BYTES = 16 << 20,
	MANIFEST_MOST_MEMBERS = 4096,
	MANIFEST_MOST_NAME = 255,
};

struct manifest_member {
	int32_t pid, ppid;	/* ppid 0: not known */
	const char *name;	/* of the process */
	const char *file;	/* name of the dump, in the manifest's own folder: no '/', neither "." nor ".." */
	const char *mini;	/* of a mini dump beside it; "": none */
	const char *engine;
	const char *consistency, *consistency_why;
	uint64_t pause_ns;
};

struct manifest {
	struct arena arena;
	const char *tool;	/* "osmodump 0.1.0" */
	const char *kind;	/* "tree", "cgroup", "list" */
	int32_t root;		/* of a tree; else 0 */
	const char *cgroup;	/* folder; "" */
	const char *consistency; /* of the weakest member */
	uint64_t start_seconds;
	uint32_t start_nanoseconds;
	uint64_t skew_ns;	/* first stop to last stop */
	uint64_t pause_ns;	/* first stop to last resume; 0: the processes stood still until all was written */
	uint64_t late;		/* members that appeared while the others were being stopped */
	struct manifest_member *members;
	size_t n_members;
};

/* Whether it looks like one: no dump begins so. */
bool manifest_probe(struct source *src);
/* CORRUPT, UNSUPPORTED (too large, of a later version) with what was found; every member has a pid and a file. */
struct err *manifest_parse(struct source *src, struct manifest *ret) MUST_USE;
void manifest_deinit(struct manifest *m);

#endif
