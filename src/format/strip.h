/* SPDX-License-Identifier: MIT */
/*
 * Stripping: a dump of the same container in which only what stacks need is
 * left. A plan says which bytes of the dump's source stay where they are and
 * what is laid over them; all other bytes become zero. So nothing is kept that
 * nobody asked for, whatever a container may hold that is not known here.
 *
 * The container adds what it needs to be opened (headers, the lists of threads
 * and modules, contexts without floating point), without the process's own
 * words: command line, environment, comments, names of handles. Which memory
 * stays is the target's business (target/strip.h).
 *
 * The result says that it was stripped: dump_facts.stripped when it is opened.
 */
#ifndef OSM_FORMAT_STRIP_H
#define OSM_FORMAT_STRIP_H

#include "base/arena.h"
#include "base/vec.h"
#include "format/dump.h"

struct strip_piece {
	uint64_t offset, size;
	const uint8_t *bytes;	/* of a patch; NULL: those of the source */
};
typedef VEC(struct strip_piece) strip_pieces;

struct strip_plan {
	struct arena arena;		/* of the patches' bytes */
	strip_pieces keep;		/* sorted and without overlaps once strip_plan_finish ran */
	strip_pieces patches;		/* sorted then, too; one place is patched in one way */
	uint64_t size;			/* of the stripped dump */
};

void strip_plan_deinit(struct strip_plan *p);
/* Bytes of the source that stay; what is beyond its end is cut by strip_plan_read. */
struct err *strip_plan_keep(struct strip_plan *p, uint64_t offset, uint64_t size) MUST_USE;
/* Copies the bytes. */
struct err *strip_plan_patch(struct strip_plan *p, uint64_t offset, const void *bytes, size_t size) MUST_USE;
/* What the container needs. UNSUPPORTED: a kind that cannot be stripped, with the reason. */
struct err *dump_strip(struct dump *d, struct strip_plan *p) MUST_USE;
void strip_plan_finish(struct strip_plan *p);
/* Bytes of the source that stay. */
uint64_t strip_plan_kept(const struct strip_plan *p, const struct source *src);
/* Bytes [offset, offset + len) of the stripped dump; from any thread. */
struct err *strip_plan_read(const struct strip_plan *p, struct source *src, uint64_t offset, uint8_t *buf,
			    size_t len, bool *ret_zero) MUST_USE;

/* What a stripped dump says of itself, in front of the version that stripped it. */
#define STRIP_WRITER "osmodump strip"
#define STRIP_MEANING "only what stacks need is left, zeros (on stacks also ones) may have been data"

#endif
