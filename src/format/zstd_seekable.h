/* SPDX-License-Identifier: MIT */
/*
 * Seekable zstd files: independent frames, and behind them a skippable frame
 * that lists their sizes. Any zstd tool unpacks such a file; this reads and
 * writes it with random access.
 *
 * Format: "Zstandard Seekable Format" 0.1.0, of the zstd sources' contrib
 * folder (the document, no code).
 */
#ifndef OSM_FORMAT_ZSTD_SEEKABLE_H
#define OSM_FORMAT_ZSTD_SEEKABLE_H

#include "base/err.h"
#include "base/source.h"
#include <stddef.h>

enum {
	ZSTD_SEEKABLE_FRAME = 1 << 20,	    /* of the writer, when not told */
	ZSTD_SEEKABLE_MAX_FRAME = 64 << 20, /* of the reader: larger ones are not read in place */
};

/*
 * A source of the unpacked bytes; takes src on success only. NOTFOUND: no seek
 * table at the end; UNSUPPORTED or CORRUPT: one that is not to be used, and
 * why. Reads may come from several threads.
 */
struct err *zstd_seekable_open(struct source *src, struct source **ret) MUST_USE;

/* Gets the compressed bytes in order. */
typedef struct err *zstd_seekable_sink(void *arg, const void *buf, size_t len);

struct zstd_seekable_writer;

/* level 0: zstd's default. frame_size 0: ZSTD_SEEKABLE_FRAME, at most MAX_FRAME. */
struct err *zstd_seekable_writer_create(zstd_seekable_sink *sink, void *arg, int level,
					size_t frame_size,
					struct zstd_seekable_writer **ret) MUST_USE;
struct err *zstd_seekable_writer_append(struct zstd_seekable_writer *w, const void *buf,
					size_t len) MUST_USE;
/* Writes what is left and the seek table. No append or finish after it. */
struct err *zstd_seekable_writer_finish(struct zstd_seekable_writer *w) MUST_USE;
void zstd_seekable_writer_destroy(struct zstd_seekable_writer *w); /* accepts NULL */
DEFINE_CLEANUP_PTR(struct zstd_seekable_writer, zstd_seekable_writer_destroy)

/* XXH64 with seed 0; the seek table holds its low 32 bits. */
uint64_t zstd_seekable_hash(const void *p, size_t n);

#endif
