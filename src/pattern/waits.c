/* SPDX-License-Identifier: MIT */
/* Waits: see waits.h. */
#include "pattern/waits.h"

#include <inttypes.h>

enum { MAX_FOLLOWERS = 48 };

static const char *object_text(struct pattern_run *run, const struct wait_node *n)
{
	if (n->is_handle && target_is_windows(run->target))
		return run_text(run, *n->name ? "%s \"%s\" (handle 0x%" PRIx64 ")" : "%s%s (handle 0x%" PRIx64 ")",
				n->type, n->name, n->address);
	if (n->is_handle)
		return run_text(run, *n->name ? "%s %s (descriptor %" PRIu64 ")" : "%s%s (descriptor %" PRIu64 ")",
				n->type, n->name, n->address);
	return run_text(run, "%s %s%s0x%" PRIx64, n->type, n->name, *n->name ? " at " : "at ", n->address);
}

const char *waits_node_text(struct pattern_run *run, const struct wait_node *n)
{
	if (n->kind != WAIT_THREAD)
		return object_text(run, n);
	if (n->thread)
		return run_thread_text(run, n->thread);
	return run_text(run, target_is_windows(run->target) ? "thread with tid 0x%x, which is not in the dump"
							    : "thread with tid %u, which is not in the dump",
			n->tid);
}

void waits_show_wait(struct pattern_run *run, struct finding *f, const struct wait_graph *g, size_t thread)
{
	const struct wait_node *n = &g->nodes[thread];
	const struct wait_edge *e = wait_edge_of(g, thread);

	finding_thread(run, f, n->thread);
	if (e)
		evidence_stack(run, f, n->thread, "%s waits for %s; known by %s", run_thread_text(run, n->thread),
			       waits_node_text(run, &g->nodes[e->to]), e->known_by);
	else
		evidence_stack(run, f, n->thread, "%s %s%s%s", run_thread_text(run, n->thread),
			       activity_name(n->activity), *n->function ? ", in " : "", n->function);
}

void waits_show_owner(struct pattern_run *run, struct finding *f, const struct wait_graph *g, size_t lock)
{
	const struct wait_node *n = &g->nodes[lock];
	const char *owner = n->next ? waits_node_text(run, &g->nodes[n->next->to]) : "nobody who is known";
	const char *handle;

	if (n->kind == WAIT_THREAD)
		return;
	if (n->state_at)
		evidence_memory(run, f, n->state_at, n->state_size, "%s: %s; it does not record by whom%s%s%s", waits_node_text(run, n),
				n->state, n->next ? ": " : "", n->next ? owner : "",
				n->next ? run_text(run, ", by %s", n->next->known_by) : "");
	if (n->owner_at) {
		evidence_memory(run, f, n->owner_at, n->owner_size, "owner of %s: %s", waits_node_text(run, n), owner);
	} else if (n->is_handle && target_is_windows(run->target)) {
		handle = run_text(run, "!handle 0x%" PRIx64 " f", n->address);
		evidence_other(run, f, &(struct evidence){ .has_value = true, .value = n->address, .command = handle,
							   .windbg = handle },
			       n->kind == WAIT_OBJECT && n->next ? "%s is %s" : "%s is owned by %s", waits_node_text(run, n), owner);
	}
	if (n->unread)
		finding_unread(run, f, "owner of %s: its memory is not in the dump", waits_node_text(run, n));
}

unsigned waits_sureness(const struct wait_graph *g, const size_t *nodes, size_t n)
{
	unsigned sure = 100;

	for (size_t i = 0; i < n; i++)
		if (g->nodes[nodes[i]].next && g->nodes[nodes[i]].next->sure < sure)
			sure = g->nodes[nodes[i]].next->sure;
	return sure;
}

bool waits_owner_inferred(const struct wait_graph *g, const size_t *nodes, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (g->nodes[nodes[i]].next && g->nodes[nodes[i]].next->owned && g->nodes[nodes[i]].next->sure < 75)
			return true;
	return false;
}

void waits_add_followers(struct pattern_run *run, struct finding *f, const struct wait_graph *g, size_t root)
{
	size_t n = 0;

	for (size_t i = 0; i < g->n_threads && n < MAX_FOLLOWERS; i++) {
		if (g->nodes[i].root != root || g->nodes[i].in_ring || i == root || !g->nodes[i].next)
			continue;
		finding_thread(run, f, g->nodes[i].thread);
		n++;
	}
}

void waits_show_unread(struct pattern_run *run, struct finding *f, const struct wait_graph *g)
{
	for (size_t i = 0; i < g->n_unread; i++)
		finding_unread(run, f, "%s", g->unread[i]);
}
