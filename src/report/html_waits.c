/* SPDX-License-Identifier: MIT */
/* The page's wait graph: the drawing, and the same as a table. */
#include "report/html_impl.h"

#include <stdlib.h>

enum { MAX_UNREAD = 16 };

static const char legend[] =
	"<ul class=\"legend\" aria-label=\"Legend\">"
	"<li><svg width=\"22\" height=\"14\" aria-hidden=\"true\"><rect class=\"t\" x=\"1\" y=\"1\" width=\"20\" height=\"12\" rx=\"4\"/></svg>thread</li>"
	"<li><svg width=\"22\" height=\"14\" aria-hidden=\"true\"><rect class=\"l\" x=\"1\" y=\"1\" width=\"20\" height=\"12\" rx=\"1\"/></svg>lock</li>"
	"<li><svg width=\"22\" height=\"14\" aria-hidden=\"true\"><rect class=\"o\" x=\"1\" y=\"1\" width=\"20\" height=\"12\" rx=\"6\"/></svg>object without "
	"an owner</li>"
	"<li><svg width=\"28\" height=\"14\" aria-hidden=\"true\"><path class=\"e\" d=\"M1 7H27\"/></svg>waits for</li>"
	"<li><svg width=\"28\" height=\"14\" aria-hidden=\"true\"><path class=\"e own\" d=\"M1 7H27\"/></svg>owned by</li>"
	"<li><svg width=\"28\" height=\"14\" aria-hidden=\"true\"><path class=\"e ring\" d=\"M1 7H27\"/></svg>ring: none of them can go on</li></ul>\n";

static void add_row(struct html *h, const struct drawn_graph *d, const struct drawn_node *n)
{
	const struct drawn_node *to = &d->nodes[n->to];

	html_raw(h, "<tr><td>");
	html_cut(h, n->title, 80);
	html_raw(h, " <span class=\"dim small\">");
	html_cut(h, n->detail, 80);
	html_addf(h, "</span></td><td class=\"nw\">%s</td><td>", n->edge && n->edge->owned ? "is owned by" : n->edge ? "waits for" : n->node ? "" : "wait for");
	html_cut(h, to->title, 80);
	html_raw(h, " <span class=\"dim small\">");
	html_cut(h, to->detail, 80);
	html_raw(h, "</span></td><td class=\"small dim\">");
	if (n->edge) {
		html_text(h, n->edge->known_by ? n->edge->known_by : "", 400);
		html_addf(h, " <span class=\"nw\">(%u %% sure)</span>", n->edge->sure);
	}
	html_raw(h, "</td></tr>\n");
}

static void add_table(struct html *h, const struct drawn_graph *d)
{
	html_raw(h, "<details><summary>The same as a table</summary>\n<table class=\"cards\"><thead><tr><th scope=\"col\">Who</th><th scope=\"col\">"
		    "How</th><th scope=\"col\">Whom</th><th scope=\"col\">Known by</th></tr></thead><tbody>\n");
	for (size_t i = 0; i < d->n; i++)
		if (d->nodes[i].to != NONE)
			add_row(h, d, &d->nodes[i]);
	html_raw(h, "</tbody></table></details>\n");
}

static void add_drawings(struct html *h, const struct drawn_graph *d)
{
	html_raw(h, legend);
	html_raw(h, "<p class=\"hint\">What does not fit can be scrolled into view sideways.</p>\n");
	for (size_t i = 0; i < d->n_parts; i++) {
		html_addf(h, "<div class=\"scroll graph\" tabindex=\"0\" role=\"region\" aria-label=\"Wait graph, part %zu of %zu\">\n", i + 1,
			  d->n_parts);
		html_graph_svg(h, d, &d->parts[i]);
		html_raw(h, "</div>\n");
	}
	if (d->left_out)
		html_addf(h, "<p class=\"dim\">%zu smaller groups of waiting threads are not drawn.</p>\n", d->left_out);
	add_table(h, d);
}

static void add_rest(struct html *h, const struct wait_graph *g, const struct drawn_graph *d)
{
	if (d->idle) {
		html_raw(h, "<p class=\"dim\">");
		html_count(h, d->idle, "thread");
		html_addf(h, " wait%s for ", d->idle == 1 ? "s" : "");
		html_count(h, d->idle_on, "object");
		html_raw(h, " that nobody holds (events, conditions, input), as threads at rest do.</p>\n");
	}
	if (!g->n_unread)
		return;
	html_raw(h, "<p class=\"small\"><b>Could not be looked at:</b></p><ul class=\"small\">");
	for (size_t i = 0; i < g->n_unread && i < MAX_UNREAD; i++) {
		html_raw(h, "<li>");
		html_text(h, g->unread[i], 400);
		html_raw(h, "</li>");
	}
	if (g->n_unread > MAX_UNREAD)
		html_addf(h, "<li>and %zu more</li>", g->n_unread - MAX_UNREAD);
	html_raw(h, "</ul>\n");
}

static struct err *add_graph(struct html *h, const struct wait_graph *g)
{
	struct drawn_graph *d = ARENA_NEW(&h->arena, struct drawn_graph);

	if (!d)
		return err_nomem();
	TRY(html_graph_pick(h, g, d));
	html_graph_place(d);
	if (d->n_parts)
		add_drawings(h, d);
	else
		html_raw(h, "<p>No thread was seen to wait for another.</p>\n");
	add_rest(h, g, d);
	return NULL;
}

/* A graph that could not be made is no reason to have no page. */
struct err *html_waits(struct html *h)
{
	const struct wait_graph *g = NULL;
	struct err *e = facts_wait_graph(h->an->facts, &g);

	if (e && err_code(e) == ERR_CANCELLED)
		return e;
	html_open_section(h, "waits", "Who waits for whom");
	if (e) {
		html_raw(h, "<p>The wait graph could not be made: ");
		html_text(h, err_message(e), 400);
		html_raw(h, ".</p>\n");
		err_free(e);
	} else {
		TRY(add_graph(h, g));
	}
	html_close_section(h);
	return NULL;
}
