/* SPDX-License-Identifier: MIT */
/* A minidump from the fuzzer: every list is asked for, twice. */
#include "format/dump.h"

#include <stdlib.h>
#include <string.h>

/* an input that starts with P is big-endian */
#define MAGIC(data) ((data)[0] == 'P' ? "PMDM" : "MDMP")
enum { MAGIC_SIZE = 4 };

static void ask(struct dump *d)
{
	const struct dump_exception *x = NULL;
	const struct dump_defect *defects;
	size_t n = 0;

#define ASK(type, list)                                                        \
	do {                                                                   \
		const struct type *v_ = NULL;                                  \
		(void)err_ignore(dump_##list(d, &v_, &n));                     \
	} while (0)
	ASK(dump_segment, segments);
	ASK(dump_thread, threads);
	ASK(dump_module, modules);
	ASK(dump_unloaded, unloaded);
	ASK(dump_handle, handles);
	ASK(dump_region, regions);
	ASK(dump_file_mapping, file_mappings);
	ASK(dump_stream, streams);
	ASK(dump_auxv, auxv);
	ASK(dump_annotation, annotations);
#undef ASK
	(void)err_ignore(dump_exception(d, &x));
	(void)dump_defects(d, &defects);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct source *src = NULL;
	struct dump *d = NULL;
	uint8_t *copy;

	if (size < MAGIC_SIZE)
		return 0;
	copy = malloc(size);
	if (!copy)
		return 0;
	memcpy(copy, data, size);
	memcpy(copy, MAGIC(data), MAGIC_SIZE); /* every input is one of ours */
	if (!err_ignore(source_from_memory("fuzz", copy, size, &src)) &&
	    !err_ignore(dump_open_source(src, &d))) {
		ask(d);
		ask(d);
		dump_unref(d);
	}
	free(copy);
	return 0;
}
