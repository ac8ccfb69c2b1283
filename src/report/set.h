/* SPDX-License-Identifier: MIT */
/* The verdict on a set of processes that were dumped together: the gravest of its members', deadlocks of processes first. */
#ifndef OSM_REPORT_SET_H
#define OSM_REPORT_SET_H

#include "report/report.h"

struct report_set {
	const struct process_set *set;
	struct analysis *const *analyses;	/* of the set's members */
	size_t n;
	size_t unopened;			/* processes of the manifest whose dump could not be opened */
};

extern const struct record report_set_record;

struct err *report_set_verdict(const struct report_set *r, struct out *o) MUST_USE;

#endif
