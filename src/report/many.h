/* SPDX-License-Identifier: MIT */
/*
 * Many dumps in a table. Each is told in a row: its bucket and verdict, or why it
 * could not be looked at. Rows of one bucket are a group.
 */
#ifndef OSM_REPORT_MANY_H
#define OSM_REPORT_MANY_H

#include "report/report.h"

struct report_row {
	const char *file;
	const char *error, *error_code;	/* "" when it was analysed */
	const char *bucket;		/* "" where there is no problem */
	const char *verdict, *severity, *pattern, *process;
	unsigned confidence;
};

extern const struct record report_row_record, report_group_record;

/* Strings in the arena; file is the caller's. */
struct err *report_find_row(const struct analysis *an, struct arena *a, struct report_row *ret) MUST_USE;
struct err *report_row(const struct report_row *r, struct out *o) MUST_USE;

struct report_groups;
struct err *report_groups_create(struct report_groups **ret) MUST_USE;
void report_groups_destroy(struct report_groups *g); /* accepts NULL */
DEFINE_CLEANUP_PTR(struct report_groups, report_groups_destroy)
/* Copies what it keeps: a group's first row, and rows with errors. */
struct err *report_groups_add(struct report_groups *g, const struct report_row *r) MUST_USE;
/* The largest group first; then the dumps without a problem; then errors in their order. */
struct err *report_groups(const struct report_groups *g, struct out *o) MUST_USE;

#endif
