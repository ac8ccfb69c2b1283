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
/* Writes what is left and the seek table. No append after it; finish again only when the sink had
 * failed and what came of the table was cut off the file. */
struct err *zstd_seekable_writer_finish(struct zstd_seekable_writer *w) MUST_USE;
void zstd_seekable_writer_destroy(struct zstd_seekable_writer *w); /* accepts NULL */
DEFINE_CLEANUP_PTR(struct zstd_seekable_writer, zstd_seekable_writer_destroy)

/*
 * Frames that were compressed elsewhere: threads compress with a packer each,
 * one of them puts the frames into the file in order. Not to be mixed with
 * append() on the same writer, unless that ended on a whole frame.
 */
struct zstd_frame {
	const void *data;
	size_t size;
	uint32_t plain_size, sum; /* of what is in it; sum: low 32 bits of zstd_seekable_hash */
};

/* Belongs to one thread at a time. USAGE: zstd has no such level. */
struct zstd_packer;
struct err *zstd_packer_create(int level, struct zstd_packer **ret) MUST_USE;
void zstd_packer_destroy(struct zstd_packer *p); /* accepts NULL */
DEFINE_CLEANUP_PTR(struct zstd_packer, zstd_packer_destroy)
size_t zstd_packer_bound(size_t size); /* room that compressing `size` bytes needs */
/* size: at most ZSTD_SEEKABLE_MAX_FRAME. ret->data is `out`. */
struct err *zstd_packer_run(struct zstd_packer *p, const void *data, size_t size, void *out,
			    size_t out_size, struct zstd_frame *ret) MUST_USE;

struct err *zstd_seekable_writer_append_frame(struct zstd_seekable_writer *w,
					      const struct zstd_frame *f) MUST_USE;
/* Takes the last frame out of the table, for the caller to cut it off the file; its compressed
 * size, 0 when there is none. */
size_t zstd_seekable_writer_drop_frame(struct zstd_seekable_writer *w);
/* Bytes that finish() will write now. */
uint64_t zstd_seekable_writer_table_size(const struct zstd_seekable_writer *w);

/* XXH64 with seed 0; the seek table holds its low 32 bits. */
uint64_t zstd_seekable_hash(const void *p, size_t n);

#endif
