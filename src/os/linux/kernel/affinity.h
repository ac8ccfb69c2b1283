/* SPDX-License-Identifier: MIT */
/*
 * Processors that a task of a Linux kernel may run on: the bits that cpus_ptr points
 * to, which are the task's own cpus_mask but while it must not migrate; before 5.3
 * cpus_allowed.
 */
#ifndef OSM_OS_LINUX_KERNEL_AFFINITY_H
#define OSM_OS_LINUX_KERNEL_AFFINITY_H

#include "base/str.h"
#include "target/target.h"

/* Address of a task's bits; false: not known. */
bool affinity_of(struct target *t, uint64_t task, uint64_t *ret);
/* Whether the bits have a processor; false: they do not, or are not in the dump. */
bool affinity_has(struct target *t, uint64_t bits, unsigned cpu);
/* "0-1,4", of those that can be there. */
void affinity_add_text(struct target *t, uint64_t bits, struct strbuf *sb);

#endif
