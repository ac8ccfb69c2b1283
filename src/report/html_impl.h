/* SPDX-License-Identifier: MIT */
/*
 * What the files of the page share. Markup is written by html_raw() and
 * html_addf(), whose arguments are ours: literals and numbers. What comes from
 * the dump goes through html_text() and html_cut(), which serve text, attributes
 * in double quotes and SVG text alike.
 */
#ifndef OSM_REPORT_HTML_IMPL_H
#define OSM_REPORT_HTML_IMPL_H

#include "pattern/wait_graph.h"
#include "report/html.h"
#include "report/series.h"

struct html {
	struct strbuf *sb;
	const struct analysis *an;
	const struct report_focus *focus;
	struct arena arena;
};

enum { HTML_ANY = 4096 };	/* characters of one string, at most */

void html_raw(struct html *h, const char *markup);
void html_addf(struct html *h, const char *fmt, ...) PRINTF(2, 3);
/* Escaped, `max` characters at most; what would be invisible or turn the line round is written out. */
void html_text(struct html *h, const char *s, size_t max);
/* In an element of its own that has the whole as its title when it was cut. */
void html_cut(struct html *h, const char *s, size_t max);
/* "12.3 MB" */
void html_size(struct html *h, uint64_t bytes);
void html_address(struct html *h, uint64_t address);
/* In the arena; "" when memory is out. */
const char *html_format(struct html *h, const char *fmt, ...) PRINTF(2, 3);
/* A section with its heading; `id` and `title` are ours. */
void html_open_section(struct html *h, const char *id, const char *title);
void html_close_section(struct html *h);
/* "1 thread", "41 threads" */
void html_count(struct html *h, size_t n, const char *noun);

/* An entry of a list of facts; NULL and "": none. `name` is ours. */
void html_fact(struct html *h, const char *name, const char *value);

/* From the doctype to within the header, and from the end of <main>; `brand` and `says` are ours. */
/* The verdict's box with the sentence and what to do, left open for the facts. top: NULL, nothing was recognised. */
void html_open_verdict(struct html *h, const struct finding *top, const char *verdict);
void html_open_page(struct html *h, const char *brand, const char *file, const char *says);
void html_close_page(struct html *h);

extern const char *const html_style[];	/* pieces, ended by NULL */

void html_findings(struct html *h);
/* Those above a note of one member of a set; links and anchors bear its number. */
void html_grave_findings(struct html *h, const struct analysis *an, size_t member);
struct err *html_waits(struct html *h) MUST_USE;
struct err *html_threads(struct html *h) MUST_USE;
struct err *html_memory(struct html *h) MUST_USE;
void html_modules(struct html *h);
struct err *html_quality(struct html *h) MUST_USE;

/* --- html_chart.c: lines over several dumps ------------------------------------------------------ */

enum { CHART_LINES = 6 };	/* in one chart: as many as the style has kinds of */

/* `title` is ours; all series are of one unit; n is 1 .. CHART_LINES. from_first: what came on top of the first. */
void html_chart(struct html *h, const struct comparison *c, const char *title, const struct series *const *v, size_t n, bool from_first);
void html_chart_key(struct html *h, size_t slot);	/* a piece of the line, for the table */
double html_chart_value(const struct series *s, size_t i, bool from_first);
void html_value(struct html *h, enum measure_unit unit, double v);	/* "12.3 MB", "412", "0.20 s" */

/* --- the wait graph as it is drawn: html_graph.c picks and places, html_graph_svg.c draws ------ */

enum { GRAPH_NODES = 120, GRAPH_PARTS = 8, NODE_WIDTH = 164, NODE_HEIGHT = 44, NODE_PITCH = 230, ROW = 60, RING_ROW = 96, GRAPH_MARGIN = 6 };

struct drawn_node {
	const struct wait_node *node;	/* NULL: stands for others */
	size_t threads;			/* that it stands for */
	const char *title, *detail;
	const struct wait_edge *edge;	/* to `to`; NULL: none */
	size_t to;			/* drawn node */
	size_t first_child, next_sibling;
	int side;			/* -1: its waiters stand to its left, 1: to its right */
	double x, y;			/* its middle */
	double height;			/* with what waits behind it */
	bool in_ring;
};

struct drawn_part {			/* what is connected */
	size_t first, n;		/* nodes; those of a ring first, in its order */
	size_t ring;			/* how many are the ring; 0: a tree, whose root is the first */
	double width, height;
};

struct drawn_graph {
	struct drawn_node nodes[GRAPH_NODES];
	size_t n;
	struct drawn_part parts[GRAPH_PARTS];
	size_t n_parts, left_out;	/* parts that are not drawn */
	size_t idle, idle_on;		/* threads that wait for what nobody holds, and for how many such things */
};

/* NONE is the index that is none. */
#define NONE SIZE_MAX
struct err *html_graph_pick(struct html *h, const struct wait_graph *g, struct drawn_graph *ret) MUST_USE;
void html_graph_place(struct drawn_graph *d);
void html_graph_svg(struct html *h, const struct drawn_graph *d, const struct drawn_part *p);

#endif
