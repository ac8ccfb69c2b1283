/* SPDX-License-Identifier: MIT */
/*
 * The record of an Osmosis snapshot, whatever container its notes are in: what
 * it says of the dump as a whole, and of the memory (docs/formats/osmosis-note.md).
 * What is peculiar to processes' cores: elfcore_osmosis*.c.
 *
 * Anything may be missing, of the wrong type or contradict itself: what is
 * understood counts, the rest is as if it were not there. Only JSON that is
 * none is a defect.
 */
#ifndef OSM_FORMAT_OSMOSIS_RECORD_H
#define OSM_FORMAT_OSMOSIS_RECORD_H

#include "format/dump_impl.h"
#include "format/json.h"

/* NULL: not there. What they say is borrowed from here. */
struct osmosis_record {
	struct jdoc *record, *closing;
};
void osmosis_record_deinit(struct osmosis_record *r);

/* The JSON of a note. */
struct err *osmosis_parse(struct dump *d, struct dump_piece piece, struct jdoc **ret) MUST_USE;
/* Soft: what is wrong with it becomes a defect, and *ret stays NULL. */
struct err *osmosis_load(struct dump *d, struct dump_piece piece, struct jdoc **ret) MUST_USE;

/* Both were loaded, or not found: what they say of dump, host and process. closing_there: its note is, if damaged. */
struct err *osmosis_facts(struct dump *d, const struct osmosis_record *r, bool closing_there) MUST_USE;
/* For the title: "instantaneous snapshot"; NULL: no record, or no memory. */
const char *osmosis_title(struct dump *d, const struct osmosis_record *r);
/* *ret is untouched where there is neither. */
struct err *osmosis_snapshot(struct dump *d, const struct osmosis_record *r, struct dump_snapshot **ret) MUST_USE;

/* osmosis_ranges.c: ranges of both notes in order and without overlaps; the closing record's count more. */
struct err *osmosis_ranges(struct dump *d, const struct osmosis_record *r, struct snapshot_range **ret, size_t *ret_n) MUST_USE;
/* The class of memory that no range names; RANGE_SNAPSHOT unless the record says otherwise. */
enum range_class osmosis_default(const struct osmosis_record *r);
/* Cuts what is no memory out of the segments, which are sorted by address. By dump_snapshot(). */
struct err *osmosis_cut_segments(struct dump *d, struct dump_segment **v, size_t *n) MUST_USE;
/* The same of physical memory: ranges in the record are of the direct map. */
struct err *osmosis_cut_physical(struct dump *d, struct dump_segment **v, size_t *n) MUST_USE;

/* osmosis_kernel.c: the member "kernel" of the record; NULL where there is none. */
struct err *osmosis_kernel(struct dump *d, const struct osmosis_record *r, const struct snapshot_kernel **ret) MUST_USE;

#endif
