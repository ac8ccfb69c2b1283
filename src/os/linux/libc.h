/* SPDX-License-Identifier: MIT */
/* What the C library of a Linux process tells of itself. */
#ifndef OSM_OS_LINUX_LIBC_H
#define OSM_OS_LINUX_LIBC_H

#include "target/target.h"

/* Address of a symbol of libc, or of the program that has libc in itself. NOTFOUND. */
struct err *linux_libc_symbol(struct target *t, const char *name, uint64_t *ret) MUST_USE;

#endif
