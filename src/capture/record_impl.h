/* SPDX-License-Identifier: MIT */
/*
 * Parts of the record. record.c puts them together; record_ranges.c has the
 * memory, record_facts.c the process, its threads and its host.
 */
#ifndef OSM_CAPTURE_RECORD_IMPL_H
#define OSM_CAPTURE_RECORD_IMPL_H

#include "base/vec.h"
#include "capture/json_write.h"
#include "capture/record.h"

/* Ranges joined, counted and grouped by class and reason. */
struct range_groups {
	VEC(struct snapshot_range) ranges;	/* by class, reason and address */
	struct snapshot_count counts[N_RANGE_CLASSES];
};
/* `hidden`: a class that is counted only; N_RANGE_CLASSES: none. */
struct err *range_groups_init(struct range_groups *g, const struct snapshot_range *v, size_t n,
			      enum range_class hidden) MUST_USE;
void range_groups_deinit(struct range_groups *g);
/* Members "classes" and "ranges" of an open object; at most `limit` ranges. */
void range_groups_write(const struct range_groups *g, size_t limit, struct json_write *j);

/* Members that the manifest of a set has too. */
void record_write_tool(struct json_write *j);
void record_write_consistency(enum consistency level, const char *why, struct json_write *j);
void record_write_start(uint64_t ns, struct json_write *j);	/* Unix time */

void record_write_threads(const struct record *r, struct json_write *j);
void record_write_facts(const struct proc_facts *f, struct json_write *j);
void record_write_lists(const struct proc_facts *f, struct json_write *j);

#endif
