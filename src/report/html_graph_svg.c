/* SPDX-License-Identifier: MIT */
/* Draws what html_graph.c picked: boxes, edges with their heads, and what each is. */
#include "report/html_impl.h"

enum { HEAD = 8, TRUNK = HEAD + 9, BEND = 7 };

enum heading { TO_RIGHT, TO_LEFT, DOWN, UP };

/* --- edges ------------------------------------------------------------------------------------------ */

struct line {
	double x1, y1, x2, y2;	/* x2, y2: the tip */
	enum heading heading;	/* with which it arrives, and leaves */
};

static const char *relation(const struct drawn_node *n)
{
	if (n->edge)
		return n->edge->owned ? "owned by" : "waits for";
	return n->node ? "" : "wait for";
}

static void add_head(struct html *h, const struct line *l, const char *ring)
{
	static const int dx[] = { -HEAD, HEAD, 0, 0 }, dy[] = { 0, 0, -HEAD, HEAD };
	double bx = l->x2 + dx[l->heading], by = l->y2 + dy[l->heading];
	double wx = dy[l->heading] / 2.0, wy = dx[l->heading] / 2.0;

	html_addf(h, "<polygon class=\"tip%s\" points=\"%.1f,%.1f %.1f,%.1f %.1f,%.1f\"/>", ring, l->x2, l->y2, bx + wx, by + wy, bx - wx,
		  by - wy);
}

/* Who waits for the same meets in a trunk before it, so that the labels stand free. */
static void add_path(struct html *h, const struct line *l, const char *classes)
{
	double sign = l->heading == TO_RIGHT ? 1 : -1, trunk = l->x2 - sign * TRUNK;
	double bend = l->y2 > l->y1 ? BEND : -BEND;

	html_addf(h, "<path class=\"e%s\" d=\"M%.1f %.1f", classes, l->x1, l->y1);
	if (l->heading == DOWN || l->heading == UP)
		html_addf(h, "V%.1f\">", l->y2 + (l->heading == DOWN ? -HEAD : HEAD));
	else if (l->y2 > l->y1 - 2 && l->y2 < l->y1 + 2)
		html_addf(h, "L%.1f %.1f\">", l->x2 - sign * HEAD, l->y2);
	else
		html_addf(h, "H%.1fQ%.1f %.1f %.1f %.1fV%.1fQ%.1f %.1f %.1f %.1f\">", trunk - sign * BEND, trunk, l->y1, trunk, l->y1 + bend,
			  l->y2 - bend, trunk, l->y2, l->x2 - sign * HEAD, l->y2);
}

static void add_known(struct html *h, const struct wait_edge *e)
{
	html_raw(h, "<title>");
	if (e) {
		html_raw(h, e->owned ? "owned by; known by " : "waits for; known by ");
		html_text(h, e->known_by ? e->known_by : "?", 400);
		html_addf(h, "; %u %% sure", e->sure);
	}
	html_raw(h, "</title></path>");
}

static void add_label(struct html *h, const struct drawn_node *n, const struct line *l, bool ring)
{
	static const char *const anchors[] = { "start", "end", "start", "end" };
	bool across = l->heading == TO_RIGHT || l->heading == TO_LEFT;
	double x = l->x1 + (l->heading == TO_RIGHT ? 4 : l->heading == TO_LEFT ? -4 : l->heading == DOWN ? 7 : -7);
	double y = across ? l->y1 - 5 : (l->y1 + l->y2) / 2 + 1;

	html_addf(h, "<text class=\"lab%s\" x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\">%s</text>\n", ring ? " ring" : "", x, y,
		  anchors[l->heading], relation(n));
}

static void add_edge(struct html *h, const struct drawn_node *n, const struct line *l, bool ring)
{
	const char *own = n->edge && n->edge->owned ? " own" : "";

	add_path(h, l, html_format(h, "%s%s", own, ring ? " ring" : ""));
	add_known(h, n->edge);
	add_head(h, l, ring ? " ring" : "");
	add_label(h, n, l, ring);
}

/* Both columns stand at the same height where the ring is of two. */
static struct line ring_line(const struct drawn_part *p, const struct drawn_node *n, const struct drawn_node *to)
{
	struct line l = { n->x, n->y, to->x, to->y, DOWN };
	double shift = p->ring == 2 ? (n->side < 0 ? -10 : 10) : 0;

	if (n->x == to->x) {
		l.heading = to->y > n->y ? DOWN : UP;
		l.y1 += l.heading == DOWN ? NODE_HEIGHT / 2.0 : -NODE_HEIGHT / 2.0;
		l.y2 += l.heading == DOWN ? -NODE_HEIGHT / 2.0 : NODE_HEIGHT / 2.0;
		return l;
	}
	l.heading = to->x > n->x ? TO_RIGHT : TO_LEFT;
	l.x1 += l.heading == TO_RIGHT ? NODE_WIDTH / 2.0 : -NODE_WIDTH / 2.0;
	l.x2 += l.heading == TO_RIGHT ? -NODE_WIDTH / 2.0 : NODE_WIDTH / 2.0;
	l.y1 += shift;
	l.y2 += shift;
	return l;
}

static struct line tree_line(const struct drawn_node *n, const struct drawn_node *to)
{
	double out = n->side * NODE_WIDTH / 2.0;

	return (struct line){ n->x - out, n->y, to->x + out, to->y, n->side < 0 ? TO_RIGHT : TO_LEFT };
}

static void add_edges(struct html *h, const struct drawn_graph *d, const struct drawn_part *p)
{
	for (size_t i = p->first; i < p->first + p->n; i++) {
		const struct drawn_node *n = &d->nodes[i];
		bool ring = i < p->first + p->ring;
		struct line l;

		if (n->to == NONE || n->to == i)
			continue;
		l = ring ? ring_line(p, n, &d->nodes[n->to]) : tree_line(n, &d->nodes[n->to]);
		add_edge(h, n, &l, ring);
	}
}

/* --- boxes ------------------------------------------------------------------------------------------- */

static void add_title(struct html *h, const struct drawn_node *n)
{
	html_raw(h, "<title>");
	html_text(h, n->title, 400);
	html_raw(h, ", ");
	html_text(h, n->detail, 400);
	if (n->node && *n->node->function) {
		html_raw(h, ", in ");
		html_text(h, n->node->function, 400);
	}
	if (n->node && n->node->kind != WAIT_THREAD)
		html_addf(h, ", at 0x%llx, %zu waiting", (unsigned long long)n->node->address, n->node->waiters);
	html_raw(h, "</title>");
}

static void add_rect(struct html *h, const struct drawn_node *n, double dx, double dy)
{
	static const char *const kinds[] = { [WAIT_THREAD] = "t", [WAIT_LOCK] = "l", [WAIT_OBJECT] = "o" };
	static const int corners[] = { [WAIT_THREAD] = 8, [WAIT_LOCK] = 2, [WAIT_OBJECT] = NODE_HEIGHT / 2 };
	enum wait_node_kind kind = n->node ? n->node->kind : WAIT_THREAD;

	html_addf(h, "<rect class=\"%s%s\" x=\"%.1f\" y=\"%.1f\" width=\"%d\" height=\"%d\" rx=\"%d\"/>", kinds[kind], n->in_ring ? " ring" : "",
		  dx, dy, NODE_WIDTH - 2, NODE_HEIGHT - 2, corners[kind]);
}

/* An svg of its own clips what is too long. */
static void add_box(struct html *h, const struct drawn_node *n)
{
	int inset = n->node && n->node->kind == WAIT_OBJECT ? 18 : 10;

	html_raw(h, "<g>");
	add_title(h, n);
	html_addf(h, "<svg x=\"%.1f\" y=\"%.1f\" width=\"%d\" height=\"%d\" overflow=\"visible\">", n->x - NODE_WIDTH / 2.0, n->y - NODE_HEIGHT / 2.0,
		  NODE_WIDTH, NODE_HEIGHT);
	if (n->threads > 1) {
		add_rect(h, n, 5, 5);
		add_rect(h, n, 3, 3);
	}
	add_rect(h, n, 1, 1);
	html_addf(h, "<svg width=\"%d\" height=\"%d\"><text class=\"t1\" x=\"%d\" y=\"19\">", NODE_WIDTH - 6, NODE_HEIGHT, inset);
	html_text(h, n->title, 19);
	html_addf(h, "</text><text class=\"t2\" x=\"%d\" y=\"35\">", inset);
	html_text(h, n->detail, 26);
	html_raw(h, "</text></svg></svg></g>\n");
}

void html_graph_svg(struct html *h, const struct drawn_graph *d, const struct drawn_part *p)
{
	html_addf(h, "<svg viewBox=\"0 0 %.0f %.0f\" width=\"%.0f\" style=\"min-width:%.0fpx;max-width:100%%;height:auto\" role=\"img\" "
		     "aria-label=\"%s\">\n",
		  p->width, p->height + 2, p->width, p->width * 0.74,
		  p->ring ? "A ring of threads that wait for each other, and who waits behind them; the table below says the same"
			  : "Who waits for whom; the table below says the same");
	add_edges(h, d, p);
	for (size_t i = p->first; i < p->first + p->n; i++)
		add_box(h, &d->nodes[i]);
	html_raw(h, "</svg>\n");
}
