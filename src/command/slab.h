/* SPDX-License-Identifier: MIT */
/* What !slab shows, for other commands. */
#ifndef OSM_COMMAND_SLAB_H
#define OSM_COMMAND_SLAB_H

#include "command/command.h"

/* pattern: of names, NULL: all. in_order: as in the kernel's list, else the largest first. */
struct err *slab_show(struct session *s, const char *pattern, bool in_order, struct out *o) MUST_USE;
/* The object that an address lies in, or the cache whose structure is there. NOTFOUND. */
struct err *slab_show_address(struct session *s, struct arena *a, uint64_t address, struct out *o) MUST_USE;

#endif
