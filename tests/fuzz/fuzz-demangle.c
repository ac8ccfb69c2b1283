/* SPDX-License-Identifier: MIT */
/* Names of the Itanium C++ ABI, with and without parameters. */
#include "symbol/demangle.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena a = { .limit = 1 << 20 };
	char *name = malloc(size + 3);

	if (!name)
		return 0;
	name[0] = '_';
	name[1] = 'Z';
	memcpy(name + 2, data, size);
	name[size + 2] = 0;
	(void)demangle(&a, name, 0);
	(void)demangle(&a, name, DEMANGLE_PARAMETERS);
	arena_deinit(&a);
	free(name);
	return 0;
}
