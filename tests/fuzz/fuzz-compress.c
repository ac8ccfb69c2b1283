/* SPDX-License-Identifier: MIT */
/* Compressed files: unwraps the input, at most 4 MiB of it, and reads here and there. */
#include "format/compress.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct unwrap u = { .max_size = 4 << 20 };
	struct source *src = NULL;
	uint8_t b[256];

	if (err_ignore(source_from_memory("fuzz", data, size, &src)))
		return 0;
	if (err_ignore(source_unwrap_with(src, &u, &src)))
		return 0;
	for (uint64_t at = 0; at < src->size && at < 64 << 10; at += 4096)
		(void)source_read_some(src, at, b, sizeof(b));
	(void)source_read_some(src, src->size - (src->size ? 1 : 0), b, 1);
	source_destroy(src);
	err_free(u.damage);
	return 0;
}
