/* SPDX-License-Identifier: MIT */
/*
 * Which of the wait graph is drawn, and where.
 *
 * Following decisive edges from a node is a line that ends, or a ring (see
 * pattern/wait_graph.h), so that what is connected is a tree whose root is the
 * last to be waited for, or a ring with trees that hang on it. A tree has its
 * root at the left; who waits stands to the right of what it waits for, its
 * column being how long the line to the root is. A ring is a race track of two
 * columns, down the left one and up the right one, and who waits for a member
 * stands outside of it. Nothing crosses, and the same graph is always placed the
 * same way.
 *
 * Bounds: threads that wait for the same and that nobody waits for are one box;
 * parts, nodes, depth and a ring's length have limits, behind which a box stands
 * for the rest.
 */
#include "report/html_impl.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_ALIKE = 2, MAX_BRANCHES = 8, MAX_DEPTH = 12, MAX_RING = 16, MAX_IDLE_PARTS = 3 };

struct pick {
	struct html *h;
	const struct wait_graph *g;
	struct drawn_graph *d;
	size_t *first, *next;	/* who waits for a node: lists */
	size_t *ring;		/* that a node is the first of, from 1; 0: none */
};

struct branch {
	size_t node, threads;
};

/* --- who waits for whom ---------------------------------------------------------------------------- */

static struct err *list_waiters(struct pick *p)
{
	p->first = ARENA_NEW_N(&p->h->arena, size_t, p->g->n + 1);
	p->next = ARENA_NEW_N(&p->h->arena, size_t, p->g->n + 1);
	p->ring = ARENA_NEW_N(&p->h->arena, size_t, p->g->n + 1);
	if (!p->first || !p->next || !p->ring)
		return err_nomem();
	for (size_t i = 0; i < p->g->n; i++)
		p->first[i] = NONE;
	for (size_t i = 0; i < p->g->n_rings; i++)
		if (p->g->rings[i].n)
			p->ring[p->g->rings[i].nodes[0]] = i + 1;
	for (size_t i = p->g->n; i-- > 0;) {
		const struct wait_edge *e = p->g->nodes[i].next;

		if (!e || (p->g->nodes[i].in_ring && p->g->nodes[e->to].in_ring))
			continue;
		p->next[i] = p->first[e->to];
		p->first[e->to] = i;
	}
	return NULL;
}

static bool is_leaf(const struct pick *p, size_t i)
{
	return p->g->nodes[i].kind == WAIT_THREAD && p->first[i] == NONE;
}

static size_t threads_of(const struct pick *p, size_t i)
{
	return p->g->nodes[i].behind + (p->g->nodes[i].kind == WAIT_THREAD);
}

/* --- boxes ------------------------------------------------------------------------------------------- */

static const char *lock_state(const struct wait_node *n)
{
	return n->corrupt ? ", corrupt" : n->abandoned ? ", abandoned" : n->unread ? ", owner not in the dump" : "";
}

/* Of an object of Windows what it is called, without the folders of the object manager. */
static const char *short_name(const char *name)
{
	const char *last = strrchr(name, '\\');

	return last && last[1] && *name == '\\' ? last + 1 : name;
}

static void describe(struct pick *p, const struct wait_node *n, struct drawn_node *ret)
{
	if (n->kind == WAIT_THREAD && n->thread) {
		ret->title = *n->thread->name ? n->thread->name : html_format(p->h, "thread %zu", n->thread->index);
		ret->detail = n->next ? html_format(p->h, "thread %zu, tid %u", n->thread->index, n->tid)
				      : html_format(p->h, "thread %zu %s", n->thread->index, activity_name(n->activity));
	} else if (n->kind == WAIT_THREAD) {
		ret->title = html_format(p->h, "thread with tid %u", n->tid);
		ret->detail = "is not in the dump";
	} else if (*n->name) {
		ret->title = short_name(n->name);
		ret->detail = html_format(p->h, "%s%s", n->type, lock_state(n));
	} else {
		ret->title = html_format(p->h, "%s%s", n->type, lock_state(n));
		ret->detail = html_format(p->h, "%s 0x%" PRIx64, n->is_handle ? "number" : "at", n->address);
	}
}

static size_t new_node(struct pick *p, size_t to, size_t threads)
{
	struct drawn_graph *d = p->d;
	struct drawn_node *n;

	if (d->n == GRAPH_NODES)
		return NONE;
	n = &d->nodes[d->n];
	*n = (struct drawn_node){ .threads = threads, .to = to, .first_child = NONE, .next_sibling = NONE };
	return d->n++;
}

static size_t add_node(struct pick *p, size_t i, size_t to)
{
	const struct wait_node *n = &p->g->nodes[i];
	size_t k = new_node(p, to, n->kind == WAIT_THREAD);

	if (k == NONE)
		return NONE;
	p->d->nodes[k].node = n;
	p->d->nodes[k].edge = to == NONE ? NULL : n->next;
	p->d->nodes[k].in_ring = n->in_ring;
	describe(p, n, &p->d->nodes[k]);
	return k;
}

static int by_threads(const void *a, const void *b)
{
	const struct branch *x = a, *y = b;

	if (x->threads != y->threads)
		return x->threads > y->threads ? -1 : 1;
	return x->node < y->node ? -1 : 1;
}

/* Those that others wait behind, the most first; *ret_rest: threads of the rest. */
static size_t pick_branches(const struct pick *p, size_t i, struct branch *ret, size_t *ret_rest)
{
	size_t n = 0;

	for (size_t c = p->first[i]; c != NONE; c = p->next[c]) {
		struct branch b = { c, threads_of(p, c) };

		if (is_leaf(p, c))
			continue;
		if (n == MAX_BRANCHES && by_threads(&b, &ret[n - 1]) > 0) {
			*ret_rest += b.threads;
			continue;
		}
		if (n == MAX_BRANCHES)
			*ret_rest += ret[--n].threads;
		ret[n++] = b;
		qsort(ret, n, sizeof(*ret), by_threads);
	}
	return n;
}

static size_t count_leaves(const struct pick *p, size_t i)
{
	size_t n = 0;

	for (size_t c = p->first[i]; c != NONE; c = p->next[c])
		n += is_leaf(p, c);
	return n;
}

static size_t same_length(const char *a, const char *b, size_t max)
{
	size_t n = 0;

	while (n < max && a[n] && a[n] == b[n])
		n++;
	return n;
}

/* What the names of the threads that are put together begin with, if they do. */
static const char *common_name(struct pick *p, size_t i)
{
	const char *first = NULL;
	size_t n = 0;
	bool same = true;

	for (size_t c = p->first[i]; c != NONE; c = p->next[c]) {
		const char *name = p->g->nodes[c].thread ? p->g->nodes[c].thread->name : "";

		if (!is_leaf(p, c))
			continue;
		if (!first)
			n = strnlen(first = name, 64);
		same &= strcmp(first, name) == 0;
		n = same_length(first, name, n);
	}
	return n < 3 ? "that nobody waits for" : html_format(p->h, "%.*s%s", (int)n, first, same ? "" : "…");
}

static void link_child(struct pick *p, size_t k, size_t at, size_t *last)
{
	if (k == NONE)
		return;
	if (*last == NONE)
		p->d->nodes[at].first_child = k;
	else
		p->d->nodes[*last].next_sibling = k;
	*last = k;
}

/* A box for threads that wait for the same, or for what stands behind them as well. */
static void add_others(struct pick *p, size_t at, size_t *last, size_t threads, const char *title, const char *detail)
{
	size_t k = threads ? new_node(p, at, threads) : NONE;

	if (k == NONE)
		return;
	p->d->nodes[k].title = title;
	p->d->nodes[k].detail = detail;
	link_child(p, k, at, last);
}

/* Who waits for node `i`, drawn as `at`. */
static void add_waiters(struct pick *p, size_t i, size_t at, unsigned depth)
{
	struct branch branches[MAX_BRANCHES];
	size_t last = NONE, rest = 0, n = pick_branches(p, i, branches, &rest), leaves = count_leaves(p, i);

	if (depth == MAX_DEPTH) {
		add_others(p, at, &last, p->g->nodes[i].behind, html_format(p->h, "%zu threads", p->g->nodes[i].behind), "in lines behind it");
		return;
	}
	for (size_t k = 0; k < n; k++) {
		size_t child = add_node(p, branches[k].node, at);

		link_child(p, child, at, &last);
		if (child != NONE)
			add_waiters(p, branches[k].node, child, depth + 1);
	}
	for (size_t c = p->first[i]; c != NONE && leaves <= MAX_ALIKE; c = p->next[c])
		if (is_leaf(p, c))
			link_child(p, add_node(p, c, at), at, &last);
	if (leaves > MAX_ALIKE)
		add_others(p, at, &last, leaves, html_format(p->h, "%zu threads", leaves), common_name(p, i));
	add_others(p, at, &last, rest, html_format(p->h, "%zu more threads", rest), "in other lines");
}

/* --- parts -------------------------------------------------------------------------------------------- */

static const struct wait_ring *ring_of(const struct pick *p, size_t member)
{
	return p->ring[member] ? &p->g->rings[p->ring[member] - 1] : NULL;
}

/* Of a long ring the beginning and the end. */
static void add_ring(struct pick *p, const struct wait_ring *r, struct drawn_part *part)
{
	size_t shown = r->n <= MAX_RING ? r->n : MAX_RING;

	for (size_t i = 0; i < shown; i++) {
		bool skips = r->n > MAX_RING && i == MAX_RING / 2;
		size_t k = skips ? new_node(p, NONE, 1) : add_node(p, r->nodes[i < MAX_RING / 2 ? i : r->n - shown + i], NONE);

		if (k == NONE)
			break;
		p->d->nodes[k].in_ring = true;
		if (skips) {
			p->d->nodes[k].title = html_format(p->h, "%zu more", r->n - shown + 1);
			p->d->nodes[k].detail = "threads and locks of the ring";
		}
		part->ring++;
	}
	for (size_t i = 0; i < part->ring; i++) {
		struct drawn_node *n = &p->d->nodes[part->first + i];

		n->to = part->first + (i + 1) % part->ring;
		n->edge = n->node ? n->node->next : NULL;
		if (n->node)
			add_waiters(p, (size_t)(n->node - p->g->nodes), part->first + i, 1);
	}
}

static void add_part(struct pick *p, size_t root)
{
	struct drawn_part *part = &p->d->parts[p->d->n_parts];
	const struct wait_ring *ring = p->g->nodes[root].in_ring ? ring_of(p, root) : NULL;
	size_t k;

	if (p->d->n_parts == GRAPH_PARTS || p->d->n + 2 > GRAPH_NODES) {
		p->d->left_out++;
		return;
	}
	*part = (struct drawn_part){ .first = p->d->n };
	if (ring) {
		add_ring(p, ring, part);
	} else {
		k = add_node(p, root, NONE);
		add_waiters(p, root, k, 1);
	}
	part->n = p->d->n - part->first;
	p->d->n_parts++;
}

/* Threads that sleep on what nobody holds, and that nobody waits for, are at rest as a rule. */
static bool is_idle(const struct pick *p, size_t root)
{
	if (p->g->nodes[root].kind != WAIT_OBJECT)
		return false;
	for (size_t c = p->first[root]; c != NONE; c = p->next[c])
		if (!is_leaf(p, c))
			return false;
	return true;
}

static bool is_root(const struct pick *p, size_t i)
{
	const struct wait_node *n = &p->g->nodes[i];

	return n->in_ring ? n->root == i : !n->next && p->first[i] != NONE;
}

static size_t ring_threads(const struct pick *p, size_t root)
{
	const struct wait_ring *r = ring_of(p, root);
	size_t n = 0;

	for (size_t i = 0; r && i < r->n; i++)
		n += threads_of(p, r->nodes[i]);
	return n;
}

static void add_idle(struct pick *p, const struct branch *idle, size_t n)
{
	for (size_t i = 0; i < n; i++)
		p->d->idle += idle[i].threads;
	p->d->idle_on = n;
	for (size_t i = 0; !p->d->n_parts && i < n && i < MAX_IDLE_PARTS && idle[i].threads > 1; i++)
		add_part(p, idle[i].node);
}

static struct err *pick_parts(struct pick *p)
{
	struct branch *roots = ARENA_NEW_N(&p->h->arena, struct branch, p->g->n + 1);
	struct branch *idle = ARENA_NEW_N(&p->h->arena, struct branch, p->g->n + 1);
	size_t n = 0, n_idle = 0;

	if (!roots || !idle)
		return err_nomem();
	for (size_t i = 0; i < p->g->n; i++) {
		if (!is_root(p, i))
			continue;
		if (is_idle(p, i))
			idle[n_idle++] = (struct branch){ i, threads_of(p, i) };
		else if (p->g->nodes[i].in_ring)
			roots[n++] = (struct branch){ i, (SIZE_MAX >> 1) + ring_threads(p, i) };
		else
			roots[n++] = (struct branch){ i, threads_of(p, i) };
	}
	qsort(roots, n, sizeof(*roots), by_threads);
	qsort(idle, n_idle, sizeof(*idle), by_threads);
	for (size_t i = 0; i < n; i++)
		if (p->g->nodes[roots[i].node].behind || p->g->nodes[roots[i].node].in_ring)
			add_part(p, roots[i].node);
	add_idle(p, idle, n_idle);
	return NULL;
}

struct err *html_graph_pick(struct html *h, const struct wait_graph *g, struct drawn_graph *ret)
{
	struct pick p = { .h = h, .g = g, .d = ret };

	TRY(list_waiters(&p));
	return pick_parts(&p);
}
