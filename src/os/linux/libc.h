/* SPDX-License-Identifier: MIT */
/* What the C library of a Linux process tells of itself. */
#ifndef OSM_OS_LINUX_LIBC_H
#define OSM_OS_LINUX_LIBC_H

#include "target/target.h"

bool linux_is_libc(const char *file_name); /* without folders */
/* Address of a symbol of libc, or of the program that has libc in itself. NOTFOUND. */
struct err *linux_libc_symbol(struct target *t, const char *name, uint64_t *ret) MUST_USE;
/* The function that a thread was created to run; false: not known, or the thread
 * that the program began with. */
bool linux_thread_start(struct target *t, const struct thread *th, uint64_t *ret);

#endif
