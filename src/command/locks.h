/* SPDX-License-Identifier: MIT */
/* The Linux meaning of !locks: what threads wait for in futex(2). */
#ifndef OSM_COMMAND_LOCKS_H
#define OSM_COMMAND_LOCKS_H

#include "command/command.h"

extern const struct record futex_record;

/* all: also what is no lock (condition variables, joins ...) */
struct err *locks_linux(struct session *s, const struct args *args, bool all, bool orphaned,
			struct out *o) MUST_USE;

#endif
