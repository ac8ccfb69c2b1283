/* SPDX-License-Identifier: MIT */
/*
 * Plan: what a snapshot of a process would cost, and which engine serves,
 * before anything is done to it. Only /proc is read, and the kernel is
 * asked, on ourselves, whether it can track writes.
 *
 * The pauses are forecasts from figures measured on one kind of machine
 * (docs/capture.md); they tell orders of magnitude.
 */
#ifndef OSM_CAPTURE_PLAN_H
#define OSM_CAPTURE_PLAN_H

#include "base/vec.h"
#include "capture/content.h"
#include "capture/proc.h"
#include "capture/track.h"
#include "capture/vma.h"

struct plan_engine {
	const char *name;
	bool serves, on_request;	/* the second: auto does not choose it */
	const char *why;	/* not; or what it costs besides: "" */
	uint64_t pause_ns;
};

struct plan {
	uint32_t processes;
	uint64_t resident, huge;	/* bytes; huge: of them on huge pages */
	uint64_t shared;		/* of a set: bytes of shared mappings, once */
	uint64_t mapped;		/* bytes that membrane protects, in each process that maps them */
	uint64_t kept_by_clone;		/* private memory that a clone keeps */
	uint64_t to_copy;		/* shared and unforkable memory that is copied in the pause */
	uint64_t expected_size;		/* of the dump, uncompressed */
	uint32_t threads;
	uint64_t headroom;		/* of the memory cgroup; UINT64_MAX: no limit */
	enum track_way tracked_by;	/* of precopy */
	struct plan_engine engines[4];
	size_t n_engines;
	const char *choice;		/* name; NULL: none serves */
	const char *choice_why;
	const char *obstacles[16];	/* sentences: what is in the way, or will be seen in the dump */
	size_t n_obstacles;
};

struct plan_wish {
	uint64_t budget_ns;		/* 0: none was given */
	struct content_choice content;	/* its filter is known */
};

/* Strings in `a`. */
struct err *plan_make(const struct proc_facts *facts, const struct vma_list *vmas, const struct plan_wish *wish,
		      struct arena *a, struct plan *ret) MUST_USE;

/*
 * All of a set, in one pause. What its members share is counted once: by the kernel's own division
 * of each page by its mappings, or, where processes outside map it too, by who of the members has
 * most of it. `total` has sums; of the dumps' sizes too, since each has what it shares.
 */
struct plan_shared {
	uint32_t dev_major, dev_minor;
	uint64_t inode, pss, most;
	bool wanted;			/* some dump has it */
};
struct plan_set {
	struct plan total;
	VEC(struct plan_shared) shared;
};
/* Begins as { 0 }; one call for each member, with its own plan. Strings in `a`. */
struct err *plan_set_add(struct plan_set *set, pid_t pid, const struct vma_list *vmas, const struct plan_wish *wish,
			 const struct plan *member, struct arena *a) MUST_USE;
#define PLAN_FIRST_FOR_ALL "the first of those that serve all of a set"
/* All were added: total is whole. The choice is that of auto: the first engine that serves all, whatever its pause. */
struct err *plan_set_end(struct plan_set *set, const struct plan_wish *wish, struct arena *a) MUST_USE;
void plan_set_deinit(struct plan_set *set);

#endif
