/* SPDX-License-Identifier: MIT */
/* The page of a set: the verdict on all, a table of the processes, and the findings of each that has a problem or warning. */
#include "report/html_impl.h"
#include "report/set.h"

#include <inttypes.h>

enum { MAX_ROWS = 512, MAX_SHOWN = 64 };

static const char *process_text(struct html *h, const struct set_member *m)
{
	return html_format(h, "process %zu%s%s (pid %" PRIu32 ")", m->index, *m->name ? " " : "", m->name, m->pid);
}

static void add_verdict(struct html *h, const struct set_analysis *r)
{
	CLEANUP(strbuf_deinit) struct strbuf verdict = STRBUF_INIT;

	report_set_add_verdict(r, &verdict);
	html_open_verdict(h, report_set_top(r, NULL), verdict.s);
	html_raw(h, "<dl class=\"facts\">\n");
	html_fact(h, "Processes", html_format(h, "%zu", r->analyses.n));
	if (r->unopened)
		html_fact(h, "Could not be opened", html_format(h, "%zu", r->unopened));
	html_raw(h, "</dl>\n</div>\n");
}

static void add_row(struct html *h, const struct set_analysis *r, size_t i)
{
	const struct finding *top = r->analyses.v[i]->top;
	const char *severity = top ? severity_name(top->severity) : "note";

	html_raw(h, "<tr><td class=\"nw\">");
	html_cut(h, process_text(h, &r->set->members[i]), 80);
	html_addf(h, "</td><td><span class=\"tag %s\">%s</span></td><td>", severity, top ? severity : "none");
	html_text(h, top ? top->verdict : "No problem was recognised.", 1000);
	html_raw(h, "</td></tr>\n");
}

static void add_table(struct html *h, const struct set_analysis *r)
{
	html_open_section(h, "processes", "Processes");
	html_raw(h, "<table class=\"cards\"><thead><tr><th scope=\"col\">Process</th><th scope=\"col\">How grave</th>"
		    "<th scope=\"col\">Verdict</th></tr></thead><tbody>\n");
	for (size_t i = 0; i < r->analyses.n && i < MAX_ROWS; i++)
		add_row(h, r, i);
	html_raw(h, "</tbody></table>\n");
	html_close_section(h);
}

/* One article for each finding above a note; numbers are the process's own. */
static void add_findings(struct html *h, const struct set_analysis *r)
{
	size_t shown = 0, left = 0;

	html_open_section(h, "findings", "Findings");
	for (size_t i = 0; i < r->analyses.n; i++) {
		if (!r->analyses.v[i]->top)
			continue;
		if (shown++ >= MAX_SHOWN) {
			left++;
			continue;
		}
		html_raw(h, "<h2>");
		html_cut(h, process_text(h, &r->set->members[i]), 80);
		html_raw(h, "</h2>\n");
		html_grave_findings(h, r->analyses.v[i], i);
	}
	if (!shown)
		html_raw(h, "<p>None above a note.</p>\n");
	if (left)
		html_addf(h, "<p class=\"dim\">Those of %zu more processes are not shown.</p>\n", left);
	html_close_section(h);
}

struct err *report_set_html(const struct set_analysis *r, const char *file, struct strbuf *sb)
{
	struct report_focus none = { 0 };
	struct html h = { .sb = sb, .focus = &none, .arena = { .limit = 256 << 20 } };

	html_open_page(&h, "dump analysis", file, "what is wrong");
	add_verdict(&h, r);
	html_raw(&h, "</header>\n<main>\n");
	add_table(&h, r);
	add_findings(&h, r);
	html_close_page(&h);
	arena_deinit(&h.arena);
	return strbuf_check(sb);
}
