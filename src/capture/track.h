/* SPDX-License-Identifier: MIT */
/*
 * Tracking of writes without stopping anybody: a userfaultfd of the target in
 * asynchronous write-protect mode (Linux 6.7). The kernel itself lifts the
 * protection at a page's first write and remembers that; nobody has to answer,
 * so nobody can be left waiting. pagemap_written() reads and renews it.
 *
 * The descriptor is made by a borrowed thread of the target, taken over with
 * pidfd_getfd(2), and closed there at once. When we close ours, or die, the
 * kernel forgets all about it.
 */
#ifndef OSM_CAPTURE_TRACK_H
#define OSM_CAPTURE_TRACK_H

#include "capture/inject.h"
#include "capture/task.h"

struct track {
	int fd;		/* -1: none */
};

/* In the tracer's thread, with tasks seized and running; one of them is stopped for a moment.
 * UNSUPPORTED: the kernel cannot do it. */
struct err *track_start(struct inject *in, const struct vma_list *vmas, struct tasks *tasks, struct track *ret) MUST_USE;
/* Writes to the range are tracked from now on; what is there counts as written. False: it cannot be. */
bool track_range(const struct track *t, uint64_t start, uint64_t end);
void track_stop(struct track *t);

#endif
