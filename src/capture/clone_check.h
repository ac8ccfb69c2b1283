/* SPDX-License-Identifier: MIT */
/* Reasons not to clone a process although it could be done. */
#ifndef OSM_CAPTURE_CLONE_CHECK_H
#define OSM_CAPTURE_CLONE_CHECK_H

#include "capture/snapshot.h"

/*
 * Before the pause. UNSUPPORTED, with the reason:
 *  - a userfaultfd of the process asks for fork events: the clone would wait until
 *    somebody reads the event, most likely a thread that we hold;
 *  - its children go into a new pid or time namespace (unshare(2)): the clone
 *    would be the first there, and its end that of a pid namespace;
 *  - its memory cgroup has little room: copies of pages are charged to it, and
 *    the process would be throttled or killed for them.
 */
struct err *clone_check(const struct snapshot *s) MUST_USE;

#endif
