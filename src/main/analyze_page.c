/* SPDX-License-Identifier: MIT */
/* osmodump analyze --html: the report as a page (report/html.h), in a file. */
#include "main/main.h"
#include "report/html.h"

#include <string.h>

static struct err *make_page(const struct analysis *an, const struct settings *s, struct strbuf *page, struct out *o)
{
	CLEANUP(arena_deinit) struct arena a = ARENA_INIT;
	const struct report_options all = { .verbose = true };
	struct report_focus focus = { 0 };

	TRY(report_find_focus(an, &all, &a, &focus));
	TRY(report_html(an, &focus, str_basename(s->words.v[0]), page));
	return strcmp(s->html, "-") == 0 ? NULL : report_verdict(an, &all, &focus, o);
}

struct err *analyze_page(const struct settings *s, struct target *t, struct out *o)
{
	CLEANUP(analysis_destroyp) struct analysis *an = NULL;
	CLEANUP(strbuf_deinit) struct strbuf page = STRBUF_INIT;
	struct threshold_setting settings[MAX_THRESHOLDS];
	struct analysis_options options = { .settings = settings };

	TRY(thresholds_read(s, settings, &options.n_settings));
	TRY(analysis_create(t, &options, &an));
	TRY(make_page(an, s, &page, o));
	return page_write(s, &page, o);
}
