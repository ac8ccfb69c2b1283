/* SPDX-License-Identifier: MIT */
/* ELF cores: opens the input and asks for every list and a few pieces. */
#include "format/dump_impl.h"

#include <stdint.h>

extern const struct dump_format format_elfcore;
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void touch(struct dump *d, struct dump_piece piece)
{
	uint8_t b[64];

	err_free(dump_read_piece(d, piece, b, sizeof(b)));
}

static void ask(struct dump *d)
{
	const struct dump_segment *segments;
	const struct dump_thread *threads;
	const struct dump_file_mapping *mappings;
	const struct dump_stream *streams;
	const struct dump_auxv *auxv;
	const struct dump_annotation *annotations;
	const struct dump_exception *exception;
	const struct dump_handle *handles;
	const struct dump_snapshot *snapshot;
	size_t n = 0;

	err_free(dump_segments(d, &segments, &n));
	n = 0;
	err_free(dump_threads(d, &threads, &n));
	for (size_t i = 0; i < n; i++) {
		touch(d, threads[i].context);
		touch(d, threads[i].siginfo);
	}
	n = 0;
	err_free(dump_streams(d, &streams, &n));
	for (size_t i = 0; i < n; i++)
		touch(d, streams[i].piece);
	err_free(dump_file_mappings(d, &mappings, &n));
	err_free(dump_auxv(d, &auxv, &n));
	err_free(dump_annotations(d, &annotations, &n));
	err_free(dump_exception(d, &exception));
	err_free(dump_handles(d, &handles, &n));
	err_free(dump_snapshot(d, &snapshot));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct source *src = NULL;
	struct dump *d = NULL;

	if (err_ignore(source_from_memory("fuzz", data, size, &src)))
		return 0;
	if (!format_elfcore.probe(src) || err_ignore(format_elfcore.open(src, &d))) {
		source_destroy(src);
		return 0;
	}
	ask(d);
	dump_unref(d);
	return 0;
}
