/* SPDX-License-Identifier: MIT */
/*
 * Names of the Itanium C++ ABI: parsed into a tree (demangle_name.c,
 * demangle_type.c), printed (demangle_print.c). Our own, because names come
 * from dumps too: a name of a few hundred bytes can stand for gigabytes of
 * text, and only a printer that counts can refuse that.
 */
#include "symbol/demangle.h"

#include "symbol/demangle_impl.h"

#include <stdlib.h>
#include <string.h>

static char *demangle_in(struct arena *tmp, struct arena *a, const char *name, bool full)
{
	const char *suffix;
	struct dm_node *n = dm_parse(tmp, name, &suffix);
	char *text = n ? arena_alloc(tmp, DM_MAX_TEXT) : NULL;

	if (!text || !dm_print(n, full, text, DM_MAX_TEXT) || !*text)
		return NULL;
	/* ".cold", ".part.0": the compiler's pieces of the function */
	return *suffix == '.' ? arena_printf(a, "%s%s", text, suffix) : arena_strdup(a, text);
}

char *demangle(struct arena *a, const char *name, unsigned flags)
{
	struct arena tmp = ARENA_INIT;
	char *made;

	if (!is_mangled(name) || strnlen(name, DM_MAX_NAME) == DM_MAX_NAME)
		return NULL;
	name += name[1] == '_' ? 3 : 2; /* Mach-O puts an underscore before all names */
	tmp.limit = 16 << 20;
	made = demangle_in(&tmp, a, name, flags & DEMANGLE_PARAMETERS);
	arena_deinit(&tmp);
	return made;
}
