/* SPDX-License-Identifier: MIT */
/*
 * The report as a page: one file of HTML without scripts, fonts, images or
 * anything else from outside, for light and dark, screen and telephone.
 *
 * The page shows what a stranger's process had in its memory, so that nothing of
 * it may become markup: strings go through html_text() (html_impl.h) and nothing
 * else, and the page forbids by its Content-Security-Policy what it does not have.
 * Every list has a bound, and says what it left out.
 */
#ifndef OSM_REPORT_HTML_H
#define OSM_REPORT_HTML_H

#include "report/report.h"

/* Appends the page. `file` names the dump. NOMEM, CANCELLED. */
struct err *report_html(const struct analysis *an, const struct report_focus *f, const char *file, struct strbuf *sb) MUST_USE;

#endif
