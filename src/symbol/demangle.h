/* SPDX-License-Identifier: MIT */
/*
 * Demangling of names of the Itanium C++ ABI ("_Z...").
 */
#ifndef OSM_SYMBOL_DEMANGLE_H
#define OSM_SYMBOL_DEMANGLE_H

#include "base/arena.h"
#include <stdbool.h>

enum demangle_flags {
	DEMANGLE_PARAMETERS = 1 << 0,	/* with parameter list and return type */
};

/* Is it worth trying? */
static inline bool is_mangled(const char *name)
{
	return name[0] == '_' && (name[1] == 'Z' || (name[1] == '_' && name[2] == 'Z'));
}

/*
 * The readable name, in the arena: without parameter list and return type
 * (template arguments stay) unless flags say otherwise. NULL: not a mangled
 * name, or too long, or no memory: show the name as it is.
 */
char *demangle(struct arena *a, const char *name, unsigned flags);

#endif
