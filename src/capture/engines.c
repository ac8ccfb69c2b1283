/* SPDX-License-Identifier: MIT */
/*
 * The engines. To add one: engine_<name>.c with its row, and a line here; see
 * engine.h. Auto prefers the first that serves, but for those that come on request only.
 */
#include "capture/engine.h"

#include <string.h>

extern const struct engine engine_clone, engine_precopy, engine_stop, engine_membrane;

const struct engine *const engines[] = {
	&engine_clone,
	&engine_precopy,
	&engine_stop,
	&engine_membrane,
	NULL,
};

const struct engine *engine_named(const char *name)
{
	for (size_t i = 0; engines[i]; i++)
		if (strcmp(engines[i]->name, name) == 0)
			return engines[i];
	return NULL;
}
