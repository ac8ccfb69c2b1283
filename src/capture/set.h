/* SPDX-License-Identifier: MIT */
/*
 * Set: processes whose snapshots are taken together, in one pause: all threads
 * of all members stand still before the first is captured, and none goes on
 * before the last one is. A single process is a set of one.
 *
 * Children that are forked while the members are being stopped belong to a tree
 * or cgroup as well: the members are listed again until no new one appears.
 */
#ifndef OSM_CAPTURE_SET_H
#define OSM_CAPTURE_SET_H

#include "base/cleanup.h"
#include "capture/snapshot.h"
#include "capture/tracer.h"

enum set_kind {
	SET_ONE,	/* a single process */
	SET_LIST,	/* those that were named */
	SET_TREE,	/* a process and its descendants */
	SET_CGROUP,	/* of a cgroup v2 and those below it */
};
const char *set_kind_name(enum set_kind kind);

enum { SET_MOST = 4096 };	/* members */

struct set_wish {
	enum set_kind kind;
	pid_t root;		/* SET_ONE, SET_TREE */
	const pid_t *pids;	/* SET_LIST: each once */
	size_t n_pids;
	const char *cgroup;	/* SET_CGROUP: folder, "/sys/fs/cgroup/..." */
};

struct snapshot_set {
	struct set_wish wish;		/* its arrays are the caller's */
	struct snapshot_options options;
	const struct engine *engine;
	const char *why;		/* this engine */
	bool is_auto;			/* the engine may be changed for another */
	struct arena arena;
	VEC(struct snapshot *) members;	/* parents before their children */
	struct held_pool pool;		/* memory that is copied in the pause */
	struct membrane *membrane;	/* engine "membrane"; NULL: none */
	struct tracer *tracer;
	struct guardian *guardian;	/* NULL: none */
	uint64_t time;			/* Unix, ns: of the pause */
	uint64_t first_stop, all_stopped, resumed;	/* of the whole set; CLOCK_MONOTONIC */
	uint64_t let_run;		/* when set_let_run last looked */
	uint64_t copy_until;		/* what is not copied by then is left */
	const struct snapshot *culprit;	/* whose failure is told */
	size_t late;			/* members that appeared during the pause */
	struct err *result;		/* of what the tracer did last */
};

/* Who would be in it now; *ret starts as { 0 }. USAGE: a named one is no process, or is ourselves. */
struct err *set_wish_list(const struct set_wish *wish, struct pid_list *ret) MUST_USE;
/*
 * Takes all; as snapshot_take. A member that cannot be taken makes all fail; the
 * message names it. Members of trees and cgroups that end before the pause are
 * none. We ourselves are never a member.
 */
struct err *snapshot_set_take(const struct set_wish *wish, const struct snapshot_options *options,
			      struct snapshot_set **ret) MUST_USE;
void snapshot_set_destroy(struct snapshot_set *set); /* accepts NULL */
DEFINE_CLEANUP_PTR(struct snapshot_set, snapshot_set_destroy)

/* From the first thread asked to stop to the last one that stood still, over all members. */
uint64_t set_skew(const struct snapshot_set *set);
/* That of its weakest member. */
enum consistency set_consistency(const struct snapshot_set *set);
bool set_has(const struct snapshot_set *set, pid_t pid);
/* In the tracer's thread, before the pause, now and then: what stopped for our sake goes on. Cheap. */
void set_let_run(struct snapshot_set *set);

#endif
