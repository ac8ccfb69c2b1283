/* SPDX-License-Identifier: MIT */
/* osmodump analyze --html: the report as a page (report/html.h), in a file. */
#include "format/manifest.h"
#include "main/main.h"
#include "report/html.h"
#include "report/set.h"

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

/* --- of a set ------------------------------------------------------------------------------------- */

static struct err *open_members(struct set_analysis *x, struct system *system)
{
	const struct manifest *m = system_manifest(system);

	for (size_t i = 0; i < m->n_members; i++) {
		struct set_member member = { .index = i, .name = m->members[i].name, .pid = (uint32_t)m->members[i].pid };
		struct err *e = system_target(system, i, &member.target);

		if (e && (err_code(e) == ERR_CANCELLED || err_code(e) == ERR_NOMEM))
			return e;
		if (e) {
			terminal_error("%s", err_message(e));
			err_free(e);
			x->unopened++;
		} else {
			TRY(set_analysis_add(x, &member));
		}
	}
	return NULL;
}

struct err *analyze_set_page(const struct settings *s, struct system *system, struct out *o)
{
	CLEANUP(set_analysis_deinit) struct set_analysis x = { 0 };
	CLEANUP(strbuf_deinit) struct strbuf page = STRBUF_INIT;
	struct threshold_setting settings[MAX_THRESHOLDS];
	struct analysis_options options = { .settings = settings };

	TRY(thresholds_read(s, settings, &options.n_settings));
	TRY(open_members(&x, system));
	TRY(set_analysis_run(&x, &options));
	TRY(report_set_html(&x, str_basename(s->words.v[0]), &page));
	if (strcmp(s->html, "-") != 0)
		TRY(report_set_verdict(&x, o));
	return page_write(s, &page, o);
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
