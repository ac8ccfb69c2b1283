/* SPDX-License-Identifier: MIT */
/* What the fuzz targets of containers of physical memory share. */
#include "format/dump.h"

#include <stdlib.h>
#include <string.h>

enum { PAGES = 64, PAGE = 4096 };

/* First and last page of each of the first segments. */
static inline void read_pages(struct dump *d)
{
	const struct dump_segment *v = NULL;
	uint8_t page[PAGE];
	size_t n = 0;

	(void)err_ignore(dump_physical(d, &v, &n));
	for (size_t i = 0; i < n && i < PAGES; i++) {
		size_t len = v[i].size < PAGE ? (size_t)v[i].size : PAGE;

		(void)err_ignore(source_read(dump_memory(d), v[i].offset, page, len));
		(void)err_ignore(source_read(dump_memory(d), v[i].offset + v[i].size - len, page, len));
	}
}

/* The input with a magic that makes it one of ours. */
static inline void fuzz_memory(const uint8_t *data, size_t size, const char *magic, size_t magic_size)
{
	const struct dump_stream *streams = NULL;
	const struct dump_annotation *annotations = NULL;
	struct source *src = NULL;
	struct dump *d = NULL;
	uint8_t *copy;
	size_t n = 0;

	if (size < magic_size)
		return;
	copy = malloc(size);
	if (!copy)
		return;
	memcpy(copy, data, size);
	memcpy(copy, magic, magic_size);
	if (!err_ignore(source_from_memory("fuzz", copy, size, &src)) && !err_ignore(dump_open_source(src, &d))) {
		read_pages(d);
		(void)err_ignore(dump_streams(d, &streams, &n));
		(void)err_ignore(dump_annotations(d, &annotations, &n));
		dump_unref(d);
	}
	free(copy);
}
