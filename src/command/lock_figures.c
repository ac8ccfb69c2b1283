/* SPDX-License-Identifier: MIT */
/* Lock figures: see lock_figures.h. */
#include "command/lock_figures.h"

#include "os/windows/critsec.h"
#include "report/report.h"

struct taking {
	struct target *t;
	struct arena *arena;
	struct lock_figures *f;
	bool no_memory;
};

int lock_figure_compare(const struct lock_figure *x, const struct lock_figure *y)
{
	if (x->half != y->half)
		return x->half < y->half ? -1 : 1;
	return x->address < y->address ? -1 : x->address > y->address;
}

static int compare(const void *a, const void *b)
{
	return lock_figure_compare(a, b);
}

/* Only those that say what they are, and with counters that can be right. */
static bool take_section(void *arg, const struct critsec *cs)
{
	struct taking *k = arg;
	struct lock_figure l = {
		.address = cs->address, .half = cs->half, .type = "critical section", .name = "",
		.has_counts = cs->has_debug && cs->debug_section == cs->address,
		.entries = cs->entry_count, .contentions = cs->contention_count, .semaphore = cs->lock_semaphore,
	};

	if (cs->corrupt || !l.has_counts)
		return true;
	k->no_memory = !vec_push(&k->f->v, l);
	return !k->no_memory;
}

static struct err *add_sections(struct taking *k, enum thread_half half)
{
	struct critsec_walk walk;
	struct err *e = critsec_list(k->t, half, k->arena, take_section, k, &walk);

	if (e && (err_code(e) == ERR_NOMEM || err_code(e) == ERR_CANCELLED))
		return e;
	err_free(e); /* no list: those that threads wait for are in the graph */
	return k->no_memory ? err_nomem() : NULL;
}

static uint32_t owner_of(const struct wait_graph *g, const struct wait_node *n)
{
	return n->next && n->next->owned && g->nodes[n->next->to].kind == WAIT_THREAD ? g->nodes[n->next->to].tid : 0;
}

static struct err *add_node(struct taking *k, const struct wait_graph *g, const struct wait_node *n)
{
	struct lock_figure l = {
		.address = n->address, .half = n->half, .type = n->type, .name = n->name,
		.owner = owner_of(g, n), .waiters = n->waiters > n->queued ? n->waiters : n->queued,
	};

	if (n->kind != WAIT_LOCK || n->is_handle || n->corrupt)
		return NULL;
	l.held = l.owner || (l.waiters && !n->free_at && !n->unread);
	return vec_push(&k->f->v, l) ? NULL : err_nomem();
}

/* A section that is in the graph and in the list is one. */
static void unite(struct lock_figures *f)
{
	size_t n = 0;

	if (f->v.n)
		qsort(f->v.v, f->v.n, sizeof(*f->v.v), compare);
	for (size_t i = 0; i < f->v.n; i++) {
		struct lock_figure *l = &f->v.v[i], *kept = n ? &f->v.v[n - 1] : NULL;

		if (!kept || lock_figure_compare(kept, l)) {
			f->v.v[n++] = *l;
			continue;
		}
		if (!kept->has_counts && l->has_counts) {
			kept->has_counts = true;
			kept->entries = l->entries;
			kept->contentions = l->contentions;
			kept->semaphore = l->semaphore;
		}
		if (!*kept->name)
			kept->name = l->name;
		kept->held = kept->held || l->held;
		kept->owner = kept->owner ? kept->owner : l->owner;
		kept->waiters = kept->waiters ? kept->waiters : l->waiters;
	}
	f->v.n = n;
}

static struct err *take(struct taking *k)
{
	struct wait_graph g = { 0 };

	TRY(wait_graph_build(k->t, k->arena, &g));
	k->f->n_blind = g.n_blind;
	for (size_t i = g.n_threads; i < g.n; i++)
		TRY(add_node(k, &g, &g.nodes[i]));
	if (target_is_windows(k->t)) {
		TRY(add_sections(k, HALF_NATIVE));
		if (target_has_wow(k->t))
			TRY(add_sections(k, HALF_WOW));
	}
	unite(k->f);
	return NULL;
}

struct err *lock_figures_init(struct target *t, struct arena *a, struct lock_figures *ret)
{
	struct lock_figures f = { 0 };
	struct taking k = { .t = t, .arena = a, .f = &f };
	struct err *e = take(&k);

	if (e) {
		lock_figures_deinit(&f);
		return e;
	}
	*ret = f;
	return NULL;
}

void lock_figures_deinit(struct lock_figures *f)
{
	vec_deinit(&f->v);
}
