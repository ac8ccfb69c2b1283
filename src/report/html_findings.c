/* SPDX-License-Identifier: MIT */
/* The page's findings: chains of causes, each with its evidence and what to do. */
#include "report/html_impl.h"

enum { MAX_SHOWN = 200, MAX_EVIDENCE = 64, MAX_UNREAD = 32, DEEPEST = 3 };

static void add_command(struct html *h, const char *tool, const char *command)
{
	if (!command || !*command)
		return;
	html_addf(h, "<dt>%s</dt><dd><code>", tool);
	html_text(h, command, 400);
	html_raw(h, "</code></dd>");
}

static void add_place(struct html *h, const struct evidence *e)
{
	html_raw(h, "<td class=\"mono nw\" data-label=\"at\">");
	if (e->has_address)
		html_address(h, e->address);
	html_raw(h, "</td><td class=\"mono nw\" data-label=\"value\">");
	if (e->has_value)
		html_address(h, e->value);
	html_raw(h, "</td>");
}

static void add_evidence(struct html *h, const struct evidence *e)
{
	html_raw(h, "<tr><td>");
	html_text(h, e->meaning, HTML_ANY);
	html_raw(h, "</td>");
	add_place(h, e);
	html_raw(h, "<td>");
	if (e->command || e->windbg || e->gdb) {
		html_raw(h, "<dl class=\"cmd\">");
		add_command(h, "osmodump", e->command);
		add_command(h, "WinDbg", e->windbg);
		add_command(h, "gdb", e->gdb);
		html_raw(h, "</dl>");
	}
	html_raw(h, "</td></tr>\n");
}

static void add_evidence_table(struct html *h, const struct finding *f)
{
	if (!f->n_evidence)
		return;
	html_addf(h, "<details%s><summary>Evidence (%zu)</summary>\n", f->severity > SEVERITY_NOTE ? " open" : "", f->n_evidence);
	html_raw(h, "<table class=\"cards\"><thead><tr><th scope=\"col\">What was found</th><th scope=\"col\">Address</th>"
		    "<th scope=\"col\">Value there</th><th scope=\"col\">What shows it</th></tr></thead><tbody>\n");
	for (size_t i = 0; i < f->n_evidence && i < MAX_EVIDENCE; i++)
		add_evidence(h, &f->evidence[i]);
	html_raw(h, "</tbody></table>\n");
	if (f->n_evidence > MAX_EVIDENCE)
		html_addf(h, "<p class=\"dim\">%zu more are not shown.</p>\n", f->n_evidence - MAX_EVIDENCE);
	html_raw(h, "</details>\n");
}

static void add_unread(struct html *h, const struct finding *f)
{
	if (!f->n_unread)
		return;
	html_raw(h, "<p class=\"small\"><b>Could not be read:</b></p><ul class=\"small\">");
	for (size_t i = 0; i < f->n_unread && i < MAX_UNREAD; i++) {
		html_raw(h, "<li>");
		html_text(h, f->unread[i], HTML_ANY);
		html_raw(h, "</li>");
	}
	if (f->n_unread > MAX_UNREAD)
		html_addf(h, "<li>and %zu more</li>", f->n_unread - MAX_UNREAD);
	html_raw(h, "</ul>\n");
}

static void add_thresholds(struct html *h, const struct finding *f)
{
	if (!f->n_thresholds)
		return;
	html_raw(h, "<p class=\"small dim\">Thresholds: ");
	for (size_t i = 0; i < f->n_thresholds; i++)
		html_addf(h, "%s%s = %llu %s", i ? ", " : "", f->thresholds[i].threshold->name,
			  (unsigned long long)f->thresholds[i].value, f->thresholds[i].threshold->unit);
	html_raw(h, "</p>\n");
}

static void add_sure(struct html *h, const struct finding *f)
{
	html_addf(h, "<span class=\"sure\"><span class=\"bar\" aria-hidden=\"true\"><i style=\"width:%u%%\"></i></span>%u %% sure</span>",
		  f->confidence > 100 ? 100 : f->confidence, f->confidence);
	if (*f->confidence_why) {
		html_raw(h, "<span class=\"dim small\">");
		html_text(h, f->confidence_why, 400);
		html_raw(h, "</span>");
	}
}

static void add_head(struct html *h, const struct finding *f)
{
	const char *severity = severity_name(f->severity);

	html_addf(h, "<div class=\"head\"><h3>%u. %s</h3><span class=\"tag %s\">%s</span>", f->number, f->pattern->title, severity, severity);
	add_sure(h, f);
	if (f->cause)
		html_addf(h, "<span class=\"small\">follows from <a href=\"#finding-%u\">%u</a></span>", f->cause->number, f->cause->number);
	html_raw(h, "</div>\n");
}

static void add_words(struct html *h, const struct finding *f)
{
	html_raw(h, "<p>");
	html_text(h, f->verdict, HTML_ANY);
	html_raw(h, "</p>\n<p class=\"todo\"><b>What to do:</b> ");
	html_text(h, f->recommendation, HTML_ANY);
	html_raw(h, "</p>\n");
}

/* The verdict's own words stand at the top of the page. */
static void add_finding(struct html *h, const struct finding *f)
{
	html_addf(h, "<article class=\"finding d%u\" id=\"finding-%u\">\n", f->depth < DEEPEST ? f->depth : DEEPEST, f->number);
	add_head(h, f);
	if (f != h->focus->top)
		add_words(h, f);
	add_evidence_table(h, f);
	add_unread(h, f);
	add_thresholds(h, f);
	html_addf(h, "<p class=\"small dim\">Pattern <code>%s</code></p>\n</article>\n", f->pattern->id);
}

static void add_open(struct html *h, const struct finding *f)
{
	html_addf(h, "<li id=\"finding-%u\"><b>%u. %s</b> <span class=\"tag\">%s</span> ", f->number, f->number, f->pattern->title,
		  decision_name(f->decision));
	html_text(h, f->verdict, HTML_ANY);
	add_unread(h, f);
	html_raw(h, "</li>\n");
}

void html_grave_findings(struct html *h, const struct analysis *an, size_t member)
{
	size_t n = 0;

	for (size_t i = 0; i < an->n; i++) {
		const struct finding *f = an->findings[i];

		if (f->decision != DECIDED || f->severity == SEVERITY_NOTE || n++ >= MAX_SHOWN)
			continue;
		html_addf(h, "<article class=\"finding\" id=\"finding-%zu-%u\">\n<div class=\"head\"><h3>%u. %s</h3><span class=\"tag %s\">%s</span>",
			  member, f->number, f->number, f->pattern->title, severity_name(f->severity), severity_name(f->severity));
		add_sure(h, f);
		if (f->cause)
			html_addf(h, "<span class=\"small\">follows from %u</span>", f->cause->number);
		html_raw(h, "</div>\n");
		add_words(h, f);
		add_evidence_table(h, f);
		add_unread(h, f);
		add_thresholds(h, f);
		html_addf(h, "<p class=\"small dim\">Pattern <code>%s</code></p>\n</article>\n", f->pattern->id);
	}
}

/* What could not be decided is told, and told apart. */
static void add_undecided(struct html *h)
{
	size_t n = 0;

	for (size_t i = 0; i < h->an->n && n < MAX_SHOWN; i++) {
		if (h->an->findings[i]->decision == DECIDED)
			continue;
		if (!n++) {
			html_open_section(h, "undecided", "What could not be decided");
			html_raw(h, "<ul>\n");
		}
		add_open(h, h->an->findings[i]);
	}
	if (!n)
		return;
	html_raw(h, "</ul>\n");
	html_close_section(h);
}

void html_findings(struct html *h)
{
	size_t n = 0;

	html_open_section(h, "findings", "Findings");
	for (size_t i = 0; i < h->an->n; i++)
		if (h->an->findings[i]->decision == DECIDED && n++ < MAX_SHOWN)
			add_finding(h, h->an->findings[i]);
	if (!n)
		html_raw(h, "<p>No pattern was recognised.</p>\n");
	if (n > MAX_SHOWN)
		html_addf(h, "<p class=\"dim\">%zu more findings are not shown.</p>\n", n - MAX_SHOWN);
	html_addf(h, "<p class=\"small dim\">%zu patterns were tried; %zu do not suit this dump.</p>\n", h->an->n_run, h->an->n_unfit);
	html_close_section(h);
	add_undecided(h);
}
