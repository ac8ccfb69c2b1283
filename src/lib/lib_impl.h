/* SPDX-License-Identifier: MIT */
/* What the files of the public API share. */
#ifndef OSM_LIB_LIB_IMPL_H
#define OSM_LIB_LIB_IMPL_H

#include "osmosis/snapshot.h"

#include "base/err.h"
#include "capture/set.h"
#include "capture/sink.h"
#include "format/dump.h"

#include <stdatomic.h>

/* An osm_error is our error object. */
static inline struct osm_error *pub(struct err *e)
{
	return (struct osm_error *)e;
}

/* Fills *ret up to the caller's struct_size; unknown tail fields become zero. */
void copy_out(void *ret, const void *full, size_t full_size);
/* The same, when the caller's struct_size is no less than that of the first version; else USAGE. */
struct err *give_out(const char *what, void *ret, const void *full, size_t full_size, size_t first_size) MUST_USE;
/* The caller's structure, shorter or longer, as ours. USAGE: its size is wrong, or it asks for what we do not know. */
struct err *take_in(const char *what, const void *from, void *ret, size_t full_size, size_t first_size) MUST_USE;

/* Takes the dump, also on failure. */
struct osm_error *open_over(struct dump *dump, const struct osm_options *options, struct osm_dump **ret) MUST_USE;

struct osm_snapshot {
	struct snapshot *s;
	struct osm_snapshot_set *set;	/* whose member it is, and with which it lives; NULL: none */
	atomic_uint refs;		/* its owner's, and one of each dump over it; a member's are its set's */
	const struct task **threads;	/* those with registers */
	size_t n_threads;
};

void osm_snapshot_ref(struct osm_snapshot *s);
void osm_snapshot_unref(struct osm_snapshot *s); /* accepts NULL */
struct err *no_snapshot(void) MUST_USE;
struct err *snapshot_options_of(const struct osm_snapshot_options *from, struct snapshot_options *ret) MUST_USE;
/* Its threads, once it is taken; to be freed. */
struct err *index_threads(struct osm_snapshot *s) MUST_USE;

struct osm_snapshot_set {
	struct snapshot_set *set;
	struct arena arena;		/* what was asked for */
	atomic_uint refs;		/* its owner's, and one of each dump over a member */
	struct osm_snapshot *members;	/* in the order of set->members */
	size_t n_members;		/* that are whole */
	char *manifest;			/* the last that was written; NULL: none */
};

void osm_snapshot_set_ref(struct osm_snapshot_set *set);
#define osm_snapshot_set_unref osm_snapshot_set_free

/* snapshot_write.c */
struct err *take_in_write_options(const struct osm_write_options *from, struct osm_write_options *ret) MUST_USE;
struct err *sink_options_of(const struct osm_write_options *o, struct sink_options *ret) MUST_USE;
/* One dump, with options that were taken in. *ret is filled on failure too. */
struct err *write_dump(struct osm_snapshot *s, const struct osm_write_options *options, struct osm_write_result *ret) MUST_USE;

#endif
