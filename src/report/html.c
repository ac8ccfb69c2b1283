/* SPDX-License-Identifier: MIT */
/* The page and its head: see html.h. */
#include "report/html_impl.h"

#include <string.h>

static const char page_head[] =
	"<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
	"<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; img-src data:; "
	"base-uri 'none'; form-action 'none'\">\n"
	"<meta name=\"referrer\" content=\"no-referrer\">\n"
	"<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
	"<meta name=\"color-scheme\" content=\"light dark\">\n";

static const char page_nav[] =
	"<nav aria-label=\"Parts of the report\"><ul><li><a href=\"#waits\">Who waits for whom</a></li><li>"
	"<a href=\"#findings\">Findings</a></li><li><a href=\"#threads\">Threads</a></li><li><a href=\"#memory\">Memory</a></li><li><a href=\"#modules\">Modules"
	"</a></li><li><a href=\"#dump\">The dump</a></li></ul></nav>\n";

static void add_blame(struct html *h)
{
	const struct blame *b = h->focus->blame;

	if (b->frame)
		html_fact(h, "Looked at first", html_format(h, "%s%s%s", b->module, *b->function ? "!" : "", b->function));
	if (b->thread)
		html_fact(h, "Thread", html_format(h, "%zu%s%s (tid %u)", b->thread->index, *b->thread->name ? " " : "",
						  b->thread->name, b->thread->tid));
}

static void add_facts(struct html *h)
{
	const struct dump_facts *f = target_facts(h->an->target);
	CLEANUP(strbuf_deinit) struct strbuf bucket = STRBUF_INIT;
	const char *name = report_process_name(h->an);

	html_raw(h, "<dl class=\"facts\">\n");
	if (f->has & FACT_PID)
		html_fact(h, "Process", html_format(h, "%s%s%u", name, *name ? ", pid " : "pid ", f->pid));
	else
		html_fact(h, "Process", name);
	add_blame(h);
	report_add_bucket(h->an, h->focus, &bucket);
	html_fact(h, "Bucket", bucket.s);
	html_raw(h, "</dl>\n");
}

void html_open_verdict(struct html *h, const struct finding *top, const char *verdict)
{
	const char *severity = top ? severity_name(top->severity) : "note";

	html_addf(h, "<div class=\"verdict %s\"><span class=\"tag %s\">%s</span>", severity, severity, top ? severity : "no problem recognised");
	if (top)
		html_addf(h, " <span class=\"sure\">%s, %u %% sure</span>", top->pattern->title, top->confidence);
	html_raw(h, "\n<h1>");
	html_text(h, verdict, 1000);
	html_raw(h, "</h1>\n");
	if (top) {
		html_raw(h, "<p class=\"todo\"><b>What to do:</b> ");
		html_text(h, top->recommendation, 1000);
		html_raw(h, "</p>\n");
	}
}

static void add_verdict(struct html *h)
{
	const struct report_options all = { .verbose = true };
	CLEANUP(strbuf_deinit) struct strbuf verdict = STRBUF_INIT;

	report_add_verdict(h->an, &all, h->focus, &verdict);
	html_open_verdict(h, h->focus->top, verdict.s);
	add_facts(h);
	html_raw(h, "</div>\n");
}

void html_open_page(struct html *h, const char *brand, const char *file, const char *says)
{
	html_raw(h, page_head);
	html_raw(h, "<title>");
	html_text(h, file, 80);
	html_addf(h, ": %s</title>\n<style>\n", says);
	for (size_t i = 0; html_style[i]; i++)
		html_raw(h, html_style[i]);
	html_addf(h, "</style>\n</head>\n<body>\n<div class=\"wrap\">\n<header>\n<div class=\"brand\"><span><b>Osmosis</b> "
		     "%s</span><span class=\"mono\">", brand);
	html_cut(h, file, 100);
	html_raw(h, "</span></div>\n");
}

void html_close_page(struct html *h)
{
	html_raw(h, "</main>\n<footer>Made by osmodump " OSM_VERSION ". This page loads nothing and sends nothing; it quotes the memory "
		    "of the process, which may be confidential.</footer>\n</div>\n</body>\n</html>\n");
}

static void add_head(struct html *h, const char *file)
{
	html_open_page(h, "dump analysis", file, "what is wrong");
	add_verdict(h);
	html_raw(h, "</header>\n");
	html_raw(h, page_nav);
}

/* The drawing comes first where the verdict is about waits. */
static struct err *add_page(struct html *h, const char *file)
{
	bool waits_first = h->focus->top && h->focus->top->pattern->category == CATEGORY_WAIT;

	add_head(h, file);
	html_raw(h, "<main>\n");
	if (waits_first)
		TRY(html_waits(h));
	html_findings(h);
	if (!waits_first)
		TRY(html_waits(h));
	TRY(html_threads(h));
	TRY(html_memory(h));
	html_modules(h);
	TRY(html_quality(h));
	html_close_page(h);
	return strbuf_check(h->sb);
}

struct err *report_html(const struct analysis *an, const struct report_focus *f, const char *file, struct strbuf *sb)
{
	struct html h = { .sb = sb, .an = an, .focus = f, .arena = { .limit = 256 << 20 } };
	struct err *e = add_page(&h, file);

	arena_deinit(&h.arena);
	return e;
}
