/* SPDX-License-Identifier: MIT */
/* The verdict on a set of processes that were dumped together: the gravest of its members', deadlocks of processes first. */
#ifndef OSM_REPORT_SET_H
#define OSM_REPORT_SET_H

#include "pattern/set_analysis.h"
#include "report/report.h"

extern const struct record report_set_record;

/* The gravest finding; NULL: none above a note. *ret_of (may be NULL): whose, among the members. */
const struct finding *report_set_top(const struct set_analysis *r, size_t *ret_of);
void report_set_add_verdict(const struct set_analysis *r, struct strbuf *sb);
/* Appends the page (see html.h). `file` names the manifest. */
struct err *report_set_html(const struct set_analysis *r, const char *file, struct strbuf *sb) MUST_USE;
struct err *report_set_verdict(const struct set_analysis *r, struct out *o) MUST_USE;

#endif
