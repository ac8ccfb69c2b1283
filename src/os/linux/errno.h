/* SPDX-License-Identifier: MIT */
/* Where a thread keeps errno. */
#ifndef OSM_OS_LINUX_ERRNO_H
#define OSM_OS_LINUX_ERRNO_H

#include "target/target.h"

/*
 * From the code of the C library's __errno_location: thread pointer plus an
 * offset that the code holds or loads. NOTFOUND with the reason when that code
 * is not to be had; UNSUPPORTED on machines whose code is not understood.
 */
struct err *linux_errno_address(struct target *t, const struct thread *th, uint64_t *ret) MUST_USE;

#endif
