/* SPDX-License-Identifier: MIT */
/*
 * A module's memory beside what it should be: its file on disk, or the same
 * module of another process. Only bytes that are in the dump are compared, and
 * only where nobody has business to write; for writable parts it is counted
 * which pages were written, that is, have become the process's own.
 */
#ifndef OSM_TARGET_IMAGE_DIFF_H
#define OSM_TARGET_IMAGE_DIFF_H

#include "target/target.h"

enum { IMAGE_CHANGE_BYTES = 16 };

/* Bytes that differ; a few that do not may be among them. */
struct image_change {
	uint64_t address, size;
	const char *section;
	uint8_t was[IMAGE_CHANGE_BYTES], is[IMAGE_CHANGE_BYTES];	/* the first */
};

/* A page with such bytes. */
struct image_page {
	uint64_t address;
	const char *section;
	unsigned bytes;		/* that differ */
	bool writable;		/* of a part that is there to be written */
};

struct image_diff {
	const char *file;	/* "" when compared with another process */
	uint64_t compared, absent;	/* bytes of read-only parts; absent ones are not in the dump */
	uint64_t unchanged;	/* of the absent ones: the snapshot says that they are the file's */
	bool verified;		/* the file proved to be the one that was loaded */
	uint64_t unknown;	/* bytes that the loader changes in a way that is not known */
	size_t data_pages, data_written;	/* of writable parts, in the dump */
	struct image_page *pages;
	size_t n_pages;
	struct image_change *changes;
	size_t n_changes;
	bool truncated;		/* more pages or changes than are kept */
};

/* Both live in `a`. NOTFOUND: no file, or another one, and why. */
struct err *module_compare_file(struct target *t, struct module *m, struct arena *a, struct image_diff *ret) MUST_USE;
/* The same of what is executed alone, at most `limit` bytes of it. */
struct err *module_compare_code(struct target *t, struct module *m, struct arena *a, uint64_t limit,
				struct image_diff *ret) MUST_USE;
/* UNSUPPORTED: not the same module. Words that differ by as much as the bases are relocated ones. */
struct err *module_compare_process(struct target *t, struct module *m, struct target *other, struct module *theirs,
				   struct arena *a, struct image_diff *ret) MUST_USE;

/* Where a change leads that begins at `address`: a jump or call, direct, through memory or by way of a register
 * or the stack. false: nowhere, or it is not known. */
bool image_change_target(struct target *t, const struct module *m, uint64_t address, uint64_t *ret);

#endif
