/* SPDX-License-Identifier: MIT */
/* What the files of !analyze share. */
#ifndef OSM_COMMAND_ANALYZE_H
#define OSM_COMMAND_ANALYZE_H

#include "command/command.h"
#include "report/report.h"

typedef struct err *analyze_show_fn(void *arg, const struct analysis *an, struct out *o);

/* The verdict on all processes of the session together; then `show` for each, which is then the current one. */
struct err *analyze_set(struct session *s, const struct analysis_options *options, analyze_show_fn *show, void *arg,
			struct out *o) MUST_USE;

#endif
