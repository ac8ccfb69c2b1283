/* SPDX-License-Identifier: MIT */
/* Where the boxes of a drawn graph stand: see html_graph.c. */
#include "report/html_impl.h"

static double find_heights(struct drawn_graph *d, size_t i)
{
	struct drawn_node *n = &d->nodes[i];
	double sum = 0;

	for (size_t c = n->first_child; c != NONE; c = d->nodes[c].next_sibling)
		sum += find_heights(d, c);
	n->height = sum > ROW ? sum : ROW;
	return n->height;
}

/* Columns behind a node. */
static unsigned depth_of(const struct drawn_graph *d, size_t i)
{
	unsigned most = 0;

	for (size_t c = d->nodes[i].first_child; c != NONE; c = d->nodes[c].next_sibling) {
		unsigned depth = depth_of(d, c) + 1;

		most = depth > most ? depth : most;
	}
	return most;
}

/* A node stands as high as the first that waits for it: the uppermost line is straight. */
static void place(struct drawn_graph *d, size_t i, double x, double top, int side)
{
	struct drawn_node *n = &d->nodes[i];

	n->x = x;
	n->y = top + ROW / 2.0;
	n->side = side;
	for (size_t c = n->first_child; c != NONE; c = d->nodes[c].next_sibling) {
		place(d, c, x + side * NODE_PITCH, top, side);
		top += d->nodes[c].height;
	}
}

static void place_tree(struct drawn_graph *d, struct drawn_part *p)
{
	unsigned depth = depth_of(d, p->first);

	p->height = find_heights(d, p->first) + GRAPH_MARGIN;
	p->width = depth * NODE_PITCH + NODE_WIDTH + 2 * GRAPH_MARGIN;
	place(d, p->first, NODE_WIDTH / 2.0 + GRAPH_MARGIN, GRAPH_MARGIN / 2.0, 1);
}

/* --- a ring: down the left column, up the right one ------------------------------------------------ */

static size_t left_of(const struct drawn_part *p)
{
	return (p->ring + 1) / 2;
}

static size_t row_of(const struct drawn_part *p, size_t i)
{
	return i < left_of(p) ? i : 2 * left_of(p) - 1 - i;
}

static unsigned depth_of_side(const struct drawn_graph *d, const struct drawn_part *p, size_t from, size_t to)
{
	unsigned most = 0;

	for (size_t i = from; i < to; i++) {
		unsigned depth = depth_of(d, p->first + i);

		most = depth > most ? depth : most;
	}
	return most;
}

static double height_of_row(const struct drawn_graph *d, const struct drawn_part *p, size_t row)
{
	double most = RING_ROW;

	for (size_t i = 0; i < p->ring; i++)
		if (row_of(p, i) == row && d->nodes[p->first + i].height + RING_ROW - ROW > most)
			most = d->nodes[p->first + i].height + RING_ROW - ROW;
	return most;
}

/* A narrow window shows the left end first: the ring should be there. */
static void mirror(struct drawn_graph *d, const struct drawn_part *p)
{
	for (size_t i = p->first; i < p->first + p->n; i++) {
		d->nodes[i].x = p->width - d->nodes[i].x;
		d->nodes[i].side = -d->nodes[i].side;
	}
}

static void place_ring(struct drawn_graph *d, struct drawn_part *p)
{
	size_t left = left_of(p);
	unsigned depth_left = depth_of_side(d, p, 0, left), depth_right = depth_of_side(d, p, left, p->ring);
	double x = depth_left * NODE_PITCH + NODE_WIDTH / 2.0 + GRAPH_MARGIN;

	for (size_t i = 0; i < p->ring; i++)
		(void)find_heights(d, p->first + i);
	p->width = (depth_left + 1 + depth_right) * NODE_PITCH + NODE_WIDTH + 2 * GRAPH_MARGIN;
	p->height = 0;
	for (size_t row = 0; row < left; row++) {
		double height = height_of_row(d, p, row), y = p->height + (RING_ROW - ROW) / 2.0;

		for (size_t i = 0; i < p->ring; i++)
			if (row_of(p, i) == row)
				place(d, p->first + i, i < left ? x : x + NODE_PITCH, y, i < left ? -1 : 1);
		p->height += height;
	}
	if (depth_left > depth_right)
		mirror(d, p);
}

void html_graph_place(struct drawn_graph *d)
{
	for (size_t i = 0; i < d->n_parts; i++) {
		if (d->parts[i].ring)
			place_ring(d, &d->parts[i]);
		else
			place_tree(d, &d->parts[i]);
	}
}
