/* SPDX-License-Identifier: MIT */
/* All patterns over each process of a set: members are added, then all are analysed together. */
#ifndef OSM_PATTERN_SET_ANALYSIS_H
#define OSM_PATTERN_SET_ANALYSIS_H

#include "base/vec.h"
#include "pattern/engine.h"

struct set_analysis {
	VEC(struct set_member) members;
	size_t unopened;			/* processes of the set whose dump could not be opened */
	struct process_set *set;		/* once run; as the following, in the order of members */
	VEC(struct analysis *) analyses;
};

struct err *set_analysis_add(struct set_analysis *x, const struct set_member *m) MUST_USE;
/* NOTFOUND: there is no member. UNSUPPORTED: too many. */
struct err *set_analysis_run(struct set_analysis *x, const struct analysis_options *options) MUST_USE;
void set_analysis_deinit(struct set_analysis *x);

#endif
