/* SPDX-License-Identifier: MIT */
/*
 * Tracking of writes without stopping anybody; one of two ways, by what the
 * kernel can do.
 *
 * WP_ASYNC (Linux 6.7): a userfaultfd of the target in asynchronous
 * write-protect mode. The kernel itself lifts the protection at a page's first
 * write and remembers that; nobody has to answer, so nobody can be left
 * waiting. The descriptor is made by a borrowed thread of the target, taken
 * over with pidfd_getfd(2), and closed there at once. When we close ours, or
 * die, the kernel forgets all about it.
 *
 * SOFT_DIRTY (older kernels with CONFIG_MEM_SOFT_DIRTY; for root): nothing is
 * made in the target. The marks cannot be read and cleared in one step, so they are cleared
 * once: there is one round of copies, and all that was written since is copied
 * in the pause. The marks belong to the whole process: another user of them
 * (CRIU's incremental dumps) sees them cleared by us.
 */
#ifndef OSM_CAPTURE_TRACK_H
#define OSM_CAPTURE_TRACK_H

#include "capture/inject.h"
#include "capture/pagemap.h"
#include "capture/task.h"

enum track_way { TRACK_NONE, TRACK_WP_ASYNC, TRACK_SOFT_DIRTY };

struct track_range {
	uint64_t start, end;
};

struct track_marks {
	uint64_t start, end, *marks;
};

struct track {
	enum track_way way;
	int fd;			/* userfaultfd; -1: none */
	bool foreign;		/* the target uses userfaultfd itself */
	struct pagemap *pages;	/* the caller's */
	VEC(struct track_range) ranges;	/* registered, in no order, some perhaps twice */
	VEC(struct track_marks) marks;	/* SOFT_DIRTY: by address */
};

/* What this kernel and our rights allow, found on ourselves. */
enum track_way track_probe(void);

/* In the tracer's thread, with tasks seized and running; for WP_ASYNC one of them is stopped for a moment.
 * UNSUPPORTED: the kernel cannot do it. track_stop in any case. */
struct err *track_start(struct inject *in, const struct vma_list *vmas, struct tasks *tasks, struct pagemap *pages,
			struct track *ret) MUST_USE;
/* How often it is worth while to copy ahead. */
unsigned track_rounds(const struct track *t);
/*
 * Writes to the range are tracked from now on; what is there counts as written, also when some of it was tracked
 * before, by us or by others: an mremap() that joins mappings leaves pages protected that no userfaultfd has any
 * more, and so they stay whatever is written (seen with Linux 6.18). False: it cannot be.
 */
bool track_range(struct track *t, uint64_t start, uint64_t end);
/* As pagemap_written, _state and _changes; SOFT_DIRTY: as pagemap_runs, UNSUPPORTED, and as pagemap_soft_changes. */
struct err *track_written(struct track *t, uint64_t start, uint64_t end, bool all, page_run_fn *each, void *arg) MUST_USE;
struct err *track_state(struct track *t, uint64_t start, uint64_t end, page_run_fn *each, void *arg) MUST_USE;
struct err *track_changes(struct track *t, uint64_t start, uint64_t end, page_run_fn *each, void *arg) MUST_USE;
/* Not in the pause: takes 40 ms a GB, in steps that the target's page faults can wait for. */
void track_stop(struct track *t);

#endif
