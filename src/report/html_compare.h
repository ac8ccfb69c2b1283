/* SPDX-License-Identifier: MIT */
/*
 * The comparison of several dumps as a page: what grows, how fast, and charts of
 * it. The rules of html.h hold for it as well.
 */
#ifndef OSM_REPORT_HTML_COMPARE_H
#define OSM_REPORT_HTML_COMPARE_H

#include "base/str.h"
#include "report/series.h"

/* Appends the page. NOMEM. */
struct err *report_html_comparison(const struct comparison *c, struct strbuf *sb) MUST_USE;

#endif
