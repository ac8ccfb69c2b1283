/* SPDX-License-Identifier: MIT */
/*
 * Wait graph, for its sources. To add one (a kind of lock, another system):
 * src/pattern/wait_<name>.c with a function as below that adds nodes and edges,
 * and a line in wait_graph.c's list.
 */
#ifndef OSM_PATTERN_WAIT_GRAPH_IMPL_H
#define OSM_PATTERN_WAIT_GRAPH_IMPL_H

#include "base/map.h"
#include "base/vec.h"
#include "os/linux/futex.h"
#include "pattern/wait_graph.h"

enum { WAIT_MAX_WALKED = 20000 };	/* threads whose stacks are looked at */

struct wait_builder {
	struct target *t;
	struct arena *arena;
	VEC(struct wait_node) nodes;
	VEC(struct wait_edge) edges;
	VEC(const char *) unread;
	struct u64map by_key;	/* of locks, objects and gone threads: node + 1 */
	size_t n_threads;
	bool has_com;		/* Windows: apartments are looked for */
	const struct klocks *kernel;	/* of a kernel; NULL: a process */
	size_t n_blind;		/* threads whose lock, or its owner, is not in the dump */
};

/* Node of a thread of the target; or of one that is gone, made when first named. */
struct err *wait_thread_node(struct wait_builder *b, uint32_t tid, size_t *ret) MUST_USE;
/* The node of a lock or object by its address or handle, made with what is given
 * when it is new. */
struct err *wait_object_node(struct wait_builder *b, const struct wait_node *n, size_t *ret,
			     bool *ret_new) MUST_USE;
struct err *wait_add_edge(struct wait_builder *b, const struct wait_edge *e) MUST_USE;
struct err *wait_add_unread(struct wait_builder *b, const char *fmt, ...) PRINTF(2, 3) MUST_USE;
/* Symbol at the address, in the arena; "" when there is none. */
const char *wait_symbol(struct wait_builder *b, uint64_t address);

/* Adds the owner of an initialisation (node `lock`), where the stacks tell. */
struct err *wait_once_owner(struct wait_builder *b, const struct futex_lock *l, size_t lock) MUST_USE;

struct err *wait_linux(struct wait_builder *b) MUST_USE;
/* Kernels: locks that tasks wait for. The other sources are for processes. */
struct err *wait_kernel(struct wait_builder *b) MUST_USE;
struct err *wait_critical_sections(struct wait_builder *b) MUST_USE;
struct err *wait_windows(struct wait_builder *b) MUST_USE;
enum activity wait_activity(struct target *t, struct thread *th, struct arena *a, const char **ret_function);

#endif
