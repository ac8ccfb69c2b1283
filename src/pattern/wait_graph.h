/* SPDX-License-Identifier: MIT */
/*
 * Wait graph: who waits for whom, whatever they wait with.
 *
 * Nodes are threads, locks (what one thread holds and others want) and objects
 * (what threads sleep on that has no holder: events, condition variables, pipes).
 * Edges are "waits for" and "owned by". Each says how it is known and how sure
 * that is, because a lock found as an argument of the function that waits is
 * another thing than one found among stack words.
 *
 * An edge is decisive when its source cannot go on before its target does: a
 * thread that waits for one object, a lock that has one owner, a thread that is
 * joined. A wait for any of several objects has edges, but none is decisive. A
 * thread waits in one place, so that a node has at most one decisive edge and
 * following them is a line that ends, or a ring:
 *  - a ring is a deadlock;
 *  - the end of a line is its root. Threads are roots that run, that wait for
 *    something that nobody in here will give (input, time, another process), or
 *    are gone; locks and objects are when their owner is not known or is none.
 */
#ifndef OSM_PATTERN_WAIT_GRAPH_H
#define OSM_PATTERN_WAIT_GRAPH_H

#include "base/arena.h"
#include "base/cleanup.h"
#include "target/target.h"

enum wait_node_kind { WAIT_THREAD, WAIT_LOCK, WAIT_OBJECT };

/* What a thread does. */
enum activity {
	ACTIVITY_UNKNOWN,
	ACTIVITY_RUNS,		/* in user mode, or on a processor */
	ACTIVITY_SYSTEM_CALL,	/* in the kernel: waits, as a rule */
	ACTIVITY_STOPPED,	/* suspended, stopped, traced */
	ACTIVITY_GONE,		/* no such thread in the dump */
	ACTIVITY_READY,		/* kernels: wants to run, and has no processor */
	ACTIVITY_SLEEPS,	/* kernels: the task waits */
};

struct wait_edge {
	size_t from, to;	/* nodes */
	bool owned;		/* "owned by", else "waits for" */
	bool decisive;
	unsigned sure;		/* percent */
	const char *known_by;
};

struct wait_node {
	enum wait_node_kind kind;
	/* threads */
	struct thread *thread;	/* NULL: gone */
	uint32_t tid;
	enum activity activity;
	const char *function;	/* innermost, "" not known */
	/* locks and objects */
	uint64_t address;	/* or value of a handle or descriptor */
	bool is_handle;
	uint64_t space;		/* kernels: the mm_struct of the process whose address it is; 0: the kernel's own */
	const char *type;	/* "mutex", "critical section", "Event" */
	const char *name;	/* symbol or object name, "" none */
	enum thread_half half;
	uint64_t owner_at;	/* where the owner is written; 0: nowhere in memory */
	unsigned owner_size;
	bool unread;		/* its memory is not in the dump: owner not known */
	bool abandoned;		/* its owner ended while it held it */
	uint64_t free_at;	/* word of a lock that says it is free; 0: held, or not known */
	uint64_t state_at;	/* word of a lock that tells its state, but not its owner; 0: none */
	unsigned state_size;
	const char *state;	/* "held by a writer" */
	uint64_t queued;	/* threads that wait by the lock's own count; 0: none or no count */
	bool plain;		/* a second entry of the owner waits for ever */
	const char *corrupt;	/* why its contents cannot be right; NULL */
	uint32_t arrived, needed; /* of a barrier: threads there, threads that open it; 0: not known */
	uint32_t passed;	/* of a barrier: threads that went through it before */
	uint32_t needed_at, arrived_at;	/* of a barrier: where these are written, from its address */
	bool is_barrier;
	bool is_private;	/* of this process alone, though the call that waits does not say so */
	bool is_inside;		/* a descriptor whose other end the process has itself, and no other one can have */
	uint64_t other_end;	/* that */
	/* worked out */
	const struct wait_edge *next;	/* decisive; NULL: a root */
	size_t root;		/* node; of a ring: its first member */
	size_t waiters;		/* threads whose decisive edge is to it, or to a lock of it */
	size_t behind;		/* threads that cannot go on before it does */
	size_t depth;		/* threads on the longest line that ends here */
	bool in_ring;
};

struct wait_ring {
	const size_t *nodes;	/* thread, lock, thread, lock ...: the smallest thread first */
	size_t n;
};

struct klocks;

struct wait_graph {
	struct wait_node *nodes;	/* threads first, in the target's order */
	size_t n;
	size_t n_threads;		/* of the target */
	struct wait_edge *edges;
	size_t n_edges;
	struct wait_ring *rings;
	size_t n_rings;
	const char **unread;		/* what could not be looked at */
	size_t n_unread;
	const struct klocks *kernel;	/* what it was made of (os/linux/kernel/lock.h); NULL: a process */
	size_t n_blind;			/* threads that wait for a lock that, or whose owner, is not in the dump */
};

/* In the arena, whose limit bounds it. */
struct err *wait_graph_build(struct target *t, struct arena *a, struct wait_graph *ret) MUST_USE;
const char *activity_name(enum activity a);	/* "runs" */
/* The ring that a lock belongs to; NULL: none. */
const struct wait_ring *wait_ring_of(const struct wait_graph *g, uint64_t lock, enum thread_half half);
/* The lock or object that a thread waits for, and the edge; NULL: none. */
const struct wait_edge *wait_edge_of(const struct wait_graph *g, size_t thread);

#endif
