/* SPDX-License-Identifier: MIT */
/* The C++ object that a Linux thread threw and nobody caught. */
#ifndef OSM_OS_LINUX_THROWN_H
#define OSM_OS_LINUX_THROWN_H

#include "target/target.h"

struct linux_thrown {
	uint64_t object;
	uint64_t type_info;
};

/*
 * From the words of the stack above `sp`, one of which is passed down to the
 * terminate handler. Appends "std::runtime_error at 0x...: text"; the text is that
 * of the string which the first member of the object points to, as in the
 * library's own exceptions. False: none is found.
 */
bool linux_thrown_describe(struct target *t, uint64_t sp, struct linux_thrown *ret, struct strbuf *sb);

#endif
