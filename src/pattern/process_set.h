/* SPDX-License-Identifier: MIT */
/*
 * Process set: several processes of one machine, whose dumps are of one moment,
 * and who of them waits for whom.
 *
 * Each member has its own wait graph (pattern/wait_graph.h). What leads out of it
 * is followed here: a pipe, a socket or an eventfd to the members that have its
 * other end, by inode and peer as the snapshot recorded them; a lock in shared
 * memory to the thread of another member whose id it holds; a lock on
 * a file to the member that has it; a wait for children to those that are members. A thread then waits for one thread, or for any thread
 * of some members, and is alive when that is (or needs nobody). Whoever is not
 * alive at the end is stuck, and where the stuck wait for each other in a ring
 * through two members or more, that is a deadlock of processes.
 *
 * Doubt counts for life, as in pattern/prospects.h: what no member has the other
 * end of, or what has a time limit, keeps its thread alive. That processes outside
 * of the set have the same pipe cannot be excluded.
 */
#ifndef OSM_PATTERN_PROCESS_SET_H
#define OSM_PATTERN_PROCESS_SET_H

#include "pattern/facts.h"

enum { SET_MOST_MEMBERS = 512, SET_MOST_RINGS = 16, SET_MOST_LINKS = 64 };

struct set_member {
	struct target *target;
	const char *name;	/* of the process; borrowed */
	uint32_t pid;
	size_t index;		/* the debugger's number, as in |N */
	struct facts *facts;	/* the set's */
};

/* A thread that cannot go on before another process does. */
struct set_link {
	size_t member, thread;
	size_t to;		/* member */
	bool by_lock;		/* which the thread `to_thread` of it holds, else by a descriptor or a child's end */
	size_t to_thread;
	uint64_t fd;		/* at which it waits */
	uint64_t to_fd;		/* the other end, in the other member */
	bool by_fd, by_file_lock;
};

struct set_ring {
	struct set_link links[SET_MOST_LINKS];	/* each to the member of the next one */
	size_t n;
};

struct process_set {
	struct set_member *members;
	size_t n;
	struct set_ring *rings;
	size_t n_rings;
};

/* The members are copied, their targets and names borrowed until process_set_destroy; facts are made. */
struct err *process_set_create(const struct set_member *v, size_t n, struct process_set **ret) MUST_USE;
void process_set_destroy(struct process_set *set); /* accepts NULL */
DEFINE_CLEANUP_PTR(struct process_set, process_set_destroy)
/* Whether a member, other than `but`, has a thread with this id. */
bool process_set_has_thread(const struct process_set *set, size_t but, uint32_t tid);
bool set_ring_has(const struct set_ring *r, size_t member);

#endif
