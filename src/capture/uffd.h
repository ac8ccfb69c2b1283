/* SPDX-License-Identifier: MIT */
/*
 * Userfaultfds of another process, for write protection. One is made by a
 * borrowed thread of the target, taken over with pidfd_getfd(2), and its copy in
 * the target is closed at once. When we close ours, or die, the kernel lifts
 * all protection and wakes whoever waits: ranges are let go of in steps before
 * that, as the target's page faults wait while it does.
 */
#ifndef OSM_CAPTURE_UFFD_H
#define OSM_CAPTURE_UFFD_H

#include "capture/inject.h"
#include <stdbool.h>
#include <stdint.h>

/* UFFD_FEATURE_* of <linux/userfaultfd.h> since 6.4 and 6.7. */
static const uint64_t UFFD_WP_UNPOPULATED = 1 << 13, UFFD_WP_ASYNC = 1 << 15;
/* For ours only: system calls of a target that has such a one would fail with EFAULT. */
enum { UFFD_ONLY_USER_MODE = 1 };
enum { UFFD_SMALL_STEP = 16 << 20 };

/* A stopped thread makes it. `flags` are added to the usual ones. OS: as the target's call failed. */
struct err *uffd_make(struct inject *in, const struct vma_list *vmas, struct task *task, unsigned flags,
		      int *ret) MUST_USE;
/* The first call on each. False: this kernel has not all of the features (errno EINVAL), or may not be asked for them. */
bool uffd_features(int fd, uint64_t features);
/* One of our own, to find out what this kernel can do; false, and errno: it cannot. */
bool uffd_probe(unsigned flags, uint64_t features);
/* Both: 0 or errno. ENOENT: not all of it is registered; EAGAIN: mappings are just being changed, read the events. */
int uffd_register(int fd, uint64_t start, uint64_t end);
int uffd_protect(int fd, uint64_t start, uint64_t end, bool on);
/* The memory that it was made for is gone, with all who ran in it. */
bool uffd_is_gone(int fd);
/* Who waits there tries again. */
void uffd_wake(int fd, uint64_t start, uint64_t end);
/* In steps of less than a millisecond. False: some of it is not registered. */
bool uffd_unprotect_all(int fd, uint64_t start, uint64_t end);
/*
 * What has become of the range since does not matter: what fails is left to close(). In steps of `step` bytes: page
 * faults wait for each, 30 ms a GB; but between the first and the last an mremap() of a mapping that is parted so fails.
 */
void uffd_let_go(int fd, uint64_t start, uint64_t end, uint64_t step);

#endif
