/* SPDX-License-Identifier: MIT */
/*
 * What the kernel puts on the stack of a new Linux program: argc, argv, envp,
 * the auxiliary vector and the strings that they point to.
 */
#ifndef OSM_OS_LINUX_STARTUP_H
#define OSM_OS_LINUX_STARTUP_H

#include "target/target.h"

enum auxv_form { AUXV_HEX, AUXV_NUMBER, AUXV_ADDRESS, AUXV_STRING };

const char *auxv_name(uint64_t type);	/* "AT_PHDR"; NULL: not known */
enum auxv_form auxv_form(uint64_t type);
/* NUL-terminated text at an address, at most `max` bytes, appended as valid
 * UTF-8; false: its first byte is not in the dump. */
bool linux_add_string(struct target *t, uint64_t address, size_t max, struct strbuf *sb);
/* Addresses of the strings of the first environment, by way of the auxiliary
 * vector that lies behind them. NOTFOUND with the reason. */
struct err *linux_environment(struct target *t, struct arena *a, uint64_t **ret, size_t *ret_n) MUST_USE;

#endif
