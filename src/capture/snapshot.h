/* SPDX-License-Identifier: MIT */
/*
 * Snapshot: one instant of a process, captured by an engine: registers of all
 * threads, mappings, and memory that can be read at leisure while the process
 * lives on. It becomes a file through capture/core.h, or is read in place.
 *
 * What is known of each byte is its class, and nothing else is claimed. The
 * consistency of the whole is that of its weakest part that is in the dump:
 *	instantaneous		as if the process had been stopped and read
 *	quasi-instantaneous	all could have been there at one instant, but
 *				somebody outside (another process that shares the
 *				memory, the kernel) may have written meanwhile
 *	smeared			parts were read while the process ran
 *
 * A snapshot is a member of a set (capture/set.h), mostly of a set of one. The
 * set's tracer does what touches the target; the functions here may be called
 * from any thread.
 */
#ifndef OSM_CAPTURE_SNAPSHOT_H
#define OSM_CAPTURE_SNAPSHOT_H

#include "base/cleanup.h"
#include "capture/content.h"
#include "capture/held.h"
#include "capture/inject.h"
#include "capture/proc.h"
#include "capture/store.h"
#include "capture/task.h"
#include "capture/vma.h"
#include "format/snapshot.h"

enum { SNAPSHOT_BUDGET_NS = 50000000 }; /* where none is given */

struct snapshot_options {
	const char *engine;	/* NULL or "auto": chosen */
	uint64_t budget_ns;	/* of the pause; 0: SNAPSHOT_BUDGET_NS */
	struct content_choice content;
	bool environment;
	const char *folder;	/* for temporary copies; NULL: $TMPDIR or /var/tmp */
	bool guarded;		/* a process of ours outlives us to clean up: see capture/guardian.h */
	bool self;		/* pid is ours: a helper traces us (capture/helper.h); only the engine "clone" serves */
};

struct engine;
struct snapshot_set;

struct snapshot {
	pid_t pid;
	pid_t mm;			/* a thread that lives, for /proc: the first may have ended before the others */
	const struct engine *engine;
	struct snapshot_options options;
	const char *why;		/* this engine */
	struct arena arena;
	struct proc_facts facts;
	struct vma_list before, vmas;	/* with details, before the pause; of the instant */
	struct tasks tasks;
	struct proc_thread *threads;	/* as they were before the pause */
	size_t n_threads;
	struct inject inject;
	struct held held;
	struct snapshot_pause pause;
	uint64_t time;			/* Unix, ns: of the pause */
	pid_t clone, clone_ns;		/* the second in the target's own pid namespace */
	pid_t memory;			/* whose memory is read: the clone's or the target's; 0: none any more */
	struct remote reader;		/* of that */
	const struct store *store;	/* or where it was copied to; NULL: none */
	void *work;			/* the engine's own, until its release */
	bool let_go;			/* threads that were seized are no more: they will be again before the pause */
	unsigned rounds_ahead;		/* of the engine's ahead, for the program that is known */
	bool more_ahead;		/* it asks for another round before the pause */
	bool prepared;			/* what is known before the pause is */
	unsigned preparations;		/* how often it was: after an exec once more */
	bool compat;
	bool program_changed;		/* by exec, since it was looked at: all has to be begun anew */
	bool stopped;			/* the target stands still until the end */
	bool left_zombie;		/* the clone's remains could not be taken away */
	enum consistency consistency;
	const char *consistency_why;	/* "" for instantaneous */
	struct snapshot_set *set;
};

/*
 * Takes one. The target runs again when this returns (but for the engine
 * "stop"). NOTFOUND: no such process; UNSUPPORTED: cannot be taken, and why;
 * CANCELLED. On failure nothing is left in the target.
 */
struct err *snapshot_take(pid_t pid, const struct snapshot_options *options, struct snapshot **ret) MUST_USE;
/* Ends the clone, and sees to it that the target has no zombie of it. Not for members of larger sets. */
void snapshot_destroy(struct snapshot *s);
DEFINE_CLEANUP_PTR(struct snapshot, snapshot_destroy)

/* An error when what is read has ended (the clone was killed for want of memory): what comes from it means nothing then. */
struct err *snapshot_check(const struct snapshot *s) MUST_USE;
struct err *snapshot_ended(const struct snapshot *s) MUST_USE; /* that error, where it is known already */
/* Tells the mappings in which stack pointers are; for engines that choose by class during the pause. */
void snapshot_mark_stacks(struct snapshot *s);
/* Class of the page at this address. */
enum range_class snapshot_class(const struct snapshot *s, const struct vma *v);
/* It is no better than that, for this reason. */
void snapshot_weaken(struct snapshot *s, enum consistency c, const char *why);
/*
 * Reads up to `size` bytes; how many came from the front. 0: the page at
 * `address` cannot be read. From any thread.
 */
size_t snapshot_read(const struct snapshot *s, uint64_t address, void *buf, size_t size);

#endif
