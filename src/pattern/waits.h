/* SPDX-License-Identifier: MIT */
/* What the patterns of waits have in common: words and evidence for nodes of the wait graph. */
#ifndef OSM_PATTERN_WAITS_H
#define OSM_PATTERN_WAITS_H

#include "pattern/facts.h"
#include "pattern/pattern.h"

/* `mutex demo!stock at 0x404080`, `Event "done" (handle 0x44)`, `thread 2 (tid 4711)` */
const char *waits_node_text(struct pattern_run *run, const struct wait_node *n);
/* Thread waits for the target of its decisive edge, which its stack shows. */
void waits_show_wait(struct pattern_run *run, struct finding *f, const struct wait_graph *g, size_t thread);
/* The word that says who owns the lock. */
void waits_show_owner(struct pattern_run *run, struct finding *f, const struct wait_graph *g, size_t lock);
/* Least sureness along the edges of the nodes. */
unsigned waits_sureness(const struct wait_graph *g, const size_t *nodes, size_t n);
/* A lock among them does not record its owner, who was inferred. */
bool waits_owner_inferred(const struct wait_graph *g, const size_t *nodes, size_t n);
/* "3 more threads wait behind them" material: threads whose line ends in the node or its ring, but it. */
void waits_add_followers(struct pattern_run *run, struct finding *f, const struct wait_graph *g, size_t root);
/* What could not be looked at, which makes a "no" less sure. */
void waits_show_unread(struct pattern_run *run, struct finding *f, const struct wait_graph *g);

#endif
