/* SPDX-License-Identifier: MIT */
/* What a kernel's own types (BTF) tell beyond types by name. */
#ifndef OSM_TARGET_KERNEL_TYPES_H
#define OSM_TARGET_KERNEL_TYPES_H

#include "target/target.h"

/* Type of one of vmlinux's variables: of per-CPU ones, of others where the kernel tells them. NOTFOUND. */
struct err *kernel_variable_type(struct target *t, const char *name, struct type_ref *ret) MUST_USE;
/* Value of an enumerator of any enumeration of vmlinux, named or not: "MM_ANONPAGES". NOTFOUND. */
struct err *kernel_constant(struct target *t, const char *name, int64_t *ret) MUST_USE;

#endif
