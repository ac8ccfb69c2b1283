/* SPDX-License-Identifier: MIT */
/*
 * Wait graph: see wait_graph.h. Sources add nodes and edges; then each node gets
 * its decisive edge, rings are found by walking them with three colours, and
 * from the roots backwards it is counted who waits behind whom. All of it is
 * linear in nodes and edges.
 */
#include "pattern/wait_graph_impl.h"

#include "base/cancel.h"

#include <stdlib.h>
#include <string.h>

enum { MAX_NODES = 1 << 20 };

static struct err *(*const sources[])(struct wait_builder *b) = {
	wait_kernel,
	wait_linux,
	wait_critical_sections,
	wait_windows,
};

const char *activity_name(enum activity a)
{
	static const char *const names[] = {
		[ACTIVITY_UNKNOWN] = "not known",	[ACTIVITY_RUNS] = "runs",
		[ACTIVITY_SYSTEM_CALL] = "is in a system call", [ACTIVITY_STOPPED] = "is stopped",
		[ACTIVITY_GONE] = "is gone",		[ACTIVITY_READY] = "is ready to run but has no processor",
		[ACTIVITY_SLEEPS] = "sleeps",
	};

	return names[a];
}

/* --- building --------------------------------------------------------------------------- */

/* Keys of the map: addresses, handles and threads that are gone must not meet. */
static uint64_t key_of(const struct wait_node *n)
{
	uint64_t kind = n->kind == WAIT_THREAD ? 1 : n->is_handle ? 2 : 3 + (uint64_t)n->half;
	uint64_t space = n->space ? hash_u64(n->space) : 0;

	return hash_u64(n->kind == WAIT_THREAD ? n->tid : n->address ^ space) ^ kind;
}

static struct err *add_node(struct wait_builder *b, const struct wait_node *n, size_t *ret)
{
	if (b->nodes.n >= MAX_NODES || !vec_push(&b->nodes, *n))
		return err_nomem();
	*ret = b->nodes.n - 1;
	return NULL;
}

static struct err *keyed_node(struct wait_builder *b, const struct wait_node *n, size_t *ret, bool *ret_new)
{
	uint64_t key = key_of(n);
	uintptr_t found = (uintptr_t)u64map_get(&b->by_key, key);
	size_t i = found ? found - 1 : 0;

	if (!found) {
		TRY(add_node(b, n, &i));
		if (!u64map_put(&b->by_key, key, (void *)(uintptr_t)(i + 1)))
			return err_nomem();
	}
	*ret = i;
	*ret_new = !found;
	return NULL;
}

struct err *wait_thread_node(struct wait_builder *b, uint32_t tid, size_t *ret)
{
	struct thread *th = target_thread_by_tid(b->t, tid);
	struct wait_node gone = { .kind = WAIT_THREAD, .tid = tid, .activity = ACTIVITY_GONE,
				  .function = "", .name = "", .type = "thread" };
	bool is_new;

	if (!th)
		return keyed_node(b, &gone, ret, &is_new);
	*ret = th->index;
	return NULL;
}

struct err *wait_object_node(struct wait_builder *b, const struct wait_node *n, size_t *ret, bool *ret_new)
{
	return keyed_node(b, n, ret, ret_new);
}

struct err *wait_add_edge(struct wait_builder *b, const struct wait_edge *e)
{
	return vec_push(&b->edges, *e) ? NULL : err_nomem();
}

struct err *wait_add_unread(struct wait_builder *b, const char *fmt, ...)
{
	CLEANUP(strbuf_deinit) struct strbuf sb = STRBUF_INIT;
	va_list ap;
	const char *text;

	va_start(ap, fmt);
	strbuf_vaddf(&sb, fmt, ap);
	va_end(ap);
	TRY(strbuf_check(&sb));
	text = arena_strdup(b->arena, sb.s);
	return text && vec_push(&b->unread, text) ? NULL : err_nomem();
}

const char *wait_symbol(struct wait_builder *b, uint64_t address)
{
	CLEANUP(strbuf_deinit) struct strbuf sb = STRBUF_INIT;
	const char *text = NULL;
	struct symbol_hit hit;

	target_symbol_at(b->t, address, &hit);
	if (hit.module && hit.symbol.name) {
		target_add_symbol(b->t, address, &sb);
		text = sb.failed ? NULL : arena_strdup(b->arena, sb.s);
	}
	return text ? text : "";
}

static struct err *add_threads(struct wait_builder *b)
{
	struct thread *threads;

	b->n_threads = target_threads(b->t, &threads);
	for (size_t i = 0; i < b->n_threads; i++) {
		struct wait_node n = { .kind = WAIT_THREAD, .thread = &threads[i], .tid = threads[i].tid,
				       .type = "thread", .name = "", .function = "" };
		size_t at;

		TRY(cancel_check());
		if (i < WAIT_MAX_WALKED)
			n.activity = wait_activity(b->t, &threads[i], b->arena, &n.function);
		TRY(add_node(b, &n, &at));
	}
	if (b->n_threads > WAIT_MAX_WALKED)
		return wait_add_unread(b, "what the threads from the %dth on do: there are too many", WAIT_MAX_WALKED);
	return NULL;
}

/* --- working out ---------------------------------------------------------------------------- */

static void choose_edges(struct wait_graph *g)
{
	for (size_t i = 0; i < g->n_edges; i++) {
		struct wait_node *n = &g->nodes[g->edges[i].from];

		if (g->edges[i].decisive && (!n->next || g->edges[i].sure > n->next->sure))
			n->next = &g->edges[i];
	}
}

static struct err *keep_ring(struct wait_graph *g, struct arena *a, size_t start)
{
	size_t first = start, n = 0, i = start;
	size_t *nodes;

	do {
		n++;
		if (g->nodes[i].kind == WAIT_THREAD && (g->nodes[first].kind != WAIT_THREAD || i < first))
			first = i;
		i = g->nodes[i].next->to;
	} while (i != start);
	nodes = ARENA_NEW_N(a, size_t, n);
	if (!nodes)
		return err_nomem();
	for (size_t k = 0; k < n; k++) {
		nodes[k] = k ? g->nodes[nodes[k - 1]].next->to : first;
		g->nodes[nodes[k]].in_ring = true;
		g->nodes[nodes[k]].root = first;
	}
	g->rings[g->n_rings++] = (struct wait_ring){ nodes, n };
	return NULL;
}

enum colour { WHITE, GREY, BLACK };

/* Follows one line to its end or into a ring; marks it grey on the way. */
static struct err *follow(struct wait_graph *g, struct arena *a, uint8_t *colour, size_t start)
{
	size_t i = start;

	while (colour[i] == WHITE) {
		colour[i] = GREY;
		if (!g->nodes[i].next)
			break;
		i = g->nodes[i].next->to;
	}
	if (g->nodes[i].next && colour[i] == GREY)
		TRY(keep_ring(g, a, i));
	for (i = start; colour[i] == GREY;) {
		colour[i] = BLACK;
		if (!g->nodes[i].next)
			break;
		i = g->nodes[i].next->to;
	}
	return NULL;
}

static struct err *find_rings(struct wait_graph *g, struct arena *a)
{
	uint8_t *colour = arena_alloc(a, g->n ? g->n : 1);

	/* each ring has two edges at least, but for a thread that joins itself */
	g->rings = ARENA_NEW_N(a, struct wait_ring, g->n ? g->n : 1);
	if (!colour || !g->rings)
		return err_nomem();
	for (size_t i = 0; i < g->n; i++)
		TRY(follow(g, a, colour, i));
	return NULL;
}

/* Nodes so that each stands before the node that its edge leads to; rings left out. */
static size_t *sort_lines(struct wait_graph *g, struct arena *a, size_t *ret_n)
{
	size_t *order = ARENA_NEW_N(a, size_t, g->n ? g->n : 1);
	size_t *sources_of = ARENA_NEW_N(a, size_t, g->n ? g->n : 1);
	size_t n = 0;

	if (!order || !sources_of)
		return NULL;
	for (size_t i = 0; i < g->n; i++)
		if (g->nodes[i].next)
			sources_of[g->nodes[i].next->to]++;
	for (size_t i = 0; i < g->n; i++)
		if (!sources_of[i])
			order[n++] = i;
	for (size_t k = 0; k < n; k++) {
		const struct wait_edge *e = g->nodes[order[k]].next;

		if (e && !--sources_of[e->to])
			order[n++] = e->to;
	}
	*ret_n = n;
	return order;
}

/* A lock counts for its owner: who waits for the lock waits for the thread. */
static void count_waiter(struct wait_graph *g, const struct wait_node *n)
{
	struct wait_node *to = &g->nodes[n->next->to];

	if (n->kind != WAIT_THREAD)
		return;
	to->waiters++;
	if (to->kind != WAIT_THREAD && to->next)
		g->nodes[to->next->to].waiters++;
}

static struct err *count(struct wait_graph *g, struct arena *a)
{
	size_t n = 0, *order = sort_lines(g, a, &n);

	if (!order)
		return err_nomem();
	for (size_t i = 0; i < g->n; i++)
		if (g->nodes[i].next)
			count_waiter(g, &g->nodes[i]);
	for (size_t k = 0; k < n; k++) {
		const struct wait_node *from = &g->nodes[order[k]];
		bool is_thread = from->kind == WAIT_THREAD;
		struct wait_node *to;

		if (!from->next)
			continue;
		to = &g->nodes[from->next->to];
		to->behind += from->behind + is_thread;
		if (to->depth < from->depth + is_thread)
			to->depth = from->depth + is_thread;
	}
	for (size_t k = n; k-- > 0;) {
		struct wait_node *node = &g->nodes[order[k]];

		node->root = node->next ? g->nodes[node->next->to].root : order[k];
	}
	return NULL;
}

static struct err *work_out(struct wait_graph *g, struct arena *a)
{
	choose_edges(g);
	TRY(find_rings(g, a));
	return count(g, a);
}

/* --- the whole --------------------------------------------------------------------------------- */

static void builder_deinit(struct wait_builder *b)
{
	vec_deinit(&b->nodes);
	vec_deinit(&b->edges);
	vec_deinit(&b->unread);
	u64map_deinit(&b->by_key);
}

#define KEEP(a, vec) ((vec)->n ? arena_memdup((a), (vec)->v, (vec)->n * sizeof(*(vec)->v)) : arena_alloc((a), 1))

struct err *wait_graph_build(struct target *t, struct arena *a, struct wait_graph *ret)
{
	CLEANUP(builder_deinit) struct wait_builder b = { .t = t, .arena = a, .by_key = U64MAP_INIT };
	struct wait_graph g = { 0 };

	TRY(add_threads(&b));
	for (size_t i = 0; i < ARRAY_SIZE(sources); i++)
		TRY(sources[i](&b));
	g.nodes = KEEP(a, &b.nodes);
	g.edges = KEEP(a, &b.edges);
	g.unread = KEEP(a, &b.unread);
	if (!g.nodes || !g.edges || !g.unread)
		return err_nomem();
	g.n = b.nodes.n;
	g.n_threads = b.n_threads;
	g.n_edges = b.edges.n;
	g.n_unread = b.unread.n;
	g.n_blind = b.n_blind;
	g.kernel = b.kernel;
	TRY(work_out(&g, a));
	*ret = g;
	return NULL;
}

const struct wait_edge *wait_edge_of(const struct wait_graph *g, size_t thread)
{
	if (g->nodes[thread].next)
		return g->nodes[thread].next;
	for (size_t i = 0; i < g->n_edges; i++)
		if (g->edges[i].from == thread && !g->edges[i].owned)
			return &g->edges[i];
	return NULL;
}

const struct wait_ring *wait_ring_of(const struct wait_graph *g, uint64_t lock, enum thread_half half)
{
	for (size_t i = 0; i < g->n_rings; i++)
		for (size_t k = 0; k < g->rings[i].n; k++) {
			const struct wait_node *n = &g->nodes[g->rings[i].nodes[k]];

			if (n->kind == WAIT_LOCK && !n->is_handle && n->address == lock && n->half == half)
				return &g->rings[i];
		}
	return NULL;
}
