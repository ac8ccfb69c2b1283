/* SPDX-License-Identifier: MIT */
/* Who else maps the shared memory of a process. */
#ifndef OSM_CAPTURE_SHARERS_H
#define OSM_CAPTURE_SHARERS_H

#include "capture/held.h"

/*
 * Sets `others` of the shared ranges that a process other than pid maps too,
 * by device and inode. What may not be looked at counts as one that does.
 */
void sharers_find(pid_t pid, const struct vma_list *vmas, struct held *h);

#endif
