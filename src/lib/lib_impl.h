/* SPDX-License-Identifier: MIT */
/* What the files of the public API share. */
#ifndef OSM_LIB_LIB_IMPL_H
#define OSM_LIB_LIB_IMPL_H

#include "osmosis/snapshot.h"

#include "base/err.h"
#include "capture/snapshot.h"
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
	atomic_uint refs;		/* its owner's, and one of each dump over it */
	const struct task **threads;	/* those with registers */
	size_t n_threads;
};

void osm_snapshot_ref(struct osm_snapshot *s);
#define osm_snapshot_unref osm_snapshot_free
struct err *no_snapshot(void) MUST_USE;

#endif
