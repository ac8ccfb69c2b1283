/* SPDX-License-Identifier: MIT */
/*
 * Structures that grow from version to version, both ways over the border. A
 * caller compiled with a later version may hand in more than we know, as long
 * as it asks for nothing by that; one of an earlier version gets what it knows.
 */
#include "lib/lib_impl.h"

#include <string.h>

enum { MOST = 1 << 16 }; /* no structure of ours ever has so many bytes */

static size_t size_of(const void *s)
{
	size_t size;

	memcpy(&size, s, sizeof(size));
	return size;
}

void copy_out(void *ret, const void *full, size_t full_size)
{
	size_t want = size_of(ret), n = want < full_size ? want : full_size;

	memset(ret, 0, want);
	memcpy(ret, full, n);
	memcpy(ret, &want, sizeof(want));
}

static struct err *check_size(const char *what, size_t size, size_t first_size)
{
	if (size < first_size || size > MOST)
		return err_new(ERR_USAGE, "%s: struct_size is %zu, at least %zu expected: is it set?", what, size, first_size);
	return NULL;
}

struct err *give_out(const char *what, void *ret, const void *full, size_t full_size, size_t first_size)
{
	if (!ret)
		return err_new(ERR_USAGE, "%s: NULL", what);
	TRY(check_size(what, size_of(ret), first_size));
	copy_out(ret, full, full_size);
	return NULL;
}

struct err *take_in(const char *what, const void *from, void *ret, size_t full_size, size_t first_size)
{
	const uint8_t *bytes = from;
	size_t size = size_of(from);

	TRY(check_size(what, size, first_size));
	for (size_t i = full_size; i < size; i++)
		if (bytes[i])
			return err_new(ERR_USAGE, "%s: asks for something that this version (%s) does not know", what,
				       osm_version());
	memset(ret, 0, full_size);
	memcpy(ret, from, size < full_size ? size : full_size);
	return NULL;
}
