/* SPDX-License-Identifier: MIT */
/*
 * For implementers of containers. To add one:
 *
 *  1. src/format/<name>.c exports `const struct dump_format format_<name>`;
 *     a struct that starts with `struct dump` holds its state.
 *  2. one line in format/formats.c's list, in probing order.
 *  3. docs/formats/<name>.md, a recipe for tests/mkdump, a golden test,
 *     a fuzz target with seeds.
 *
 * Slots that are NULL get a shared default: an empty list.
 */
#ifndef OSM_FORMAT_DUMP_IMPL_H
#define OSM_FORMAT_DUMP_IMPL_H

#include "base/arena.h"
#include "base/str.h"
#include "base/vec.h"
#include "format/dump.h"

struct dump_lists;
struct strip_plan;

struct dump_ops {
	/* Parse one list into memory of d->arena. Called at most once each. */
#define DUMP_SLOT(type, name) struct err *(*name)(struct dump *d, type **ret, size_t *ret_n)
	DUMP_SLOT(struct dump_segment, segments);
	DUMP_SLOT(struct dump_segment, physical);
	DUMP_SLOT(struct dump_thread, threads);
	DUMP_SLOT(struct dump_module, modules);
	DUMP_SLOT(struct dump_unloaded, unloaded);
	DUMP_SLOT(struct dump_handle, handles);
	DUMP_SLOT(struct dump_region, regions);
	DUMP_SLOT(struct dump_file_mapping, file_mappings);
	DUMP_SLOT(struct dump_stream, streams);
	DUMP_SLOT(struct dump_auxv, auxv);
	DUMP_SLOT(struct dump_annotation, annotations);
#undef DUMP_SLOT
	/* *ret stays NULL when there is none */
	struct err *(*exception)(struct dump *d, struct dump_exception **ret);
	struct err *(*snapshot)(struct dump *d, struct dump_snapshot **ret);
	/* Adds to the plan what the container needs (format/strip.h); NULL: cannot be stripped */
	struct err *(*strip)(struct dump *d, struct strip_plan *p);
	void (*destroy)(struct dump *d); /* own state only; NULL: nothing */
};

struct dump_format {
	const char *name;
	const char *summary;			/* for help and "not recognised" messages */
	bool (*probe)(struct source *src);	/* cheap, reads magic only */
	/* Takes src on success only. */
	struct err *(*open)(struct source *src, struct dump **ret);
};

struct dump {
	const struct dump_ops *ops;
	struct dump_facts facts;
	struct source *src;
	struct source *memory;	/* owned; NULL: src */
	char *path;
	struct arena arena;
	unsigned refs;
	VEC(struct dump_defect) defects;
	struct dump_lists *lists;	/* caches, private to dump.c */
};

extern const struct dump_format *const dump_formats[]; /* NULL-terminated */

/* Prepares the embedded part: refs 1, empty strings in facts, arena. */
struct err *dump_init(struct dump *d, const struct dump_ops *ops, struct source *src) MUST_USE;
/* Sorts by address, and cuts what lies on another one: what is first in the file stands. How many are left. */
size_t dump_part_segments(struct dump_segment *v, size_t n);
/* Frees e and remembers its message as a defect (bounded number). */
void dump_add_defect(struct dump *d, struct err *e);

#endif
