/* SPDX-License-Identifier: MIT */
/* Types and variables by name: for dt and C++ expressions. */
#ifndef OSM_COMMAND_TYPE_FIND_H
#define OSM_COMMAND_TYPE_FIND_H

#include "command/command.h"
#include "command/value.h"

/* "ntdll" of "ntdll!_PEB", into the arena; NULL: no module is named. */
const char *type_module(struct arena *a, const char *name);
/* The module's types ("ntdll!_PEB"), or those of any symbols that are loaded; the
 * built-in ones where these have none. NOTFOUND. */
struct err *type_find(struct session *s, struct arena *a, const char *name,
		      struct type_ref *ret) MUST_USE;
/* A global variable: its own type and address. */
bool type_find_variable(struct session *s, const char *name, struct type_ref *ret_type,
			uint64_t *ret_address);
/* A variable of the current frame whose value can be had. */
bool type_find_local(struct session *s, struct arena *a, const char *name, struct value *ret);

#endif
