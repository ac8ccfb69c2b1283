/* SPDX-License-Identifier: MIT */
/*
 * A snapshot as an ELF core: what goes in, in which order, and the bytes of
 * it for the sink. The notes are those of the kernel's own cores, in its
 * order, so that every reader knows them; behind them our own record.
 *
 * Untouched memory and zero pages are holes. A mapping in which a long part
 * was never touched becomes several segments, the untouched ones without
 * bytes in the file; our record says that they read as zero.
 */
#ifndef OSM_CAPTURE_CORE_H
#define OSM_CAPTURE_CORE_H

#include "capture/sink.h"
#include "capture/snapshot.h"

struct core_options {
	bool mini;		/* stacks, registers, what they point to, and what readers need to find modules */
	const char *trigger;	/* for the record: "on demand" */
	const char *comment;	/* the user's words; NULL: none */
};

struct core_totals {
	uint64_t segments, threads;
	uint64_t unreadable;	/* bytes */
	uint64_t bytes[N_RANGE_CLASSES];	/* in the dump, by enum range_class */
};

struct core;

/* Lays it out; the snapshot must outlive it. */
struct err *core_create(struct snapshot *s, const struct core_options *options, struct core **ret) MUST_USE;
void core_destroy(struct core *c);
DEFINE_CLEANUP_PTR(struct core, core_destroy)
/* For sink_write. */
struct sink_image core_image(struct core *c);
void core_totals(struct core *c, struct core_totals *ret);

#endif
