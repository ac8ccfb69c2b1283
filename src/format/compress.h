/* SPDX-License-Identifier: MIT */
/*
 * Compressed dump files: zstd, gzip, xz, lz4 and bzip2, told by content.
 *
 * A zstd file that ends in a seek table (zstd's seekable format) is read in
 * place: only the frames that are asked for are decompressed, and a few are
 * kept. Everything else is unpacked once into a nameless private file, with
 * progress reports, and read from there.
 *
 * Compressed data that end early or turn out damaged after some of it was
 * unpacked still give a source, of what came: half a dump is worth having.
 */
#ifndef OSM_FORMAT_COMPRESS_H
#define OSM_FORMAT_COMPRESS_H

#include "base/err.h"
#include "base/source.h"
#include "format/dump.h"

struct unwrap {
	const char *tmpdir;	/* NULL: $TMPDIR, else /var/tmp */
	uint64_t max_size;	/* limit of the unpacked bytes; 0: the free space there */
	/* NULL, or whether a source that begins so is wanted; where not, no more than this beginning is unpacked. */
	bool (*wanted)(struct source *head);
	struct err *damage;	/* out: NULL, or why less came than was packed; to be freed */
};

/*
 * Takes `src`, also on failure. *ret is `src` itself when it is not
 * compressed. Two layers are unwrapped (a .tar-less core.gz.zst), a third is
 * UNSUPPORTED, as are too little disk space and more bytes than max_size: the
 * message says how much was unpacked until then.
 */
struct err *source_unwrap_with(struct source *src, struct unwrap *u, struct source **ret) MUST_USE;

/* The same for callers without a place to keep the damage: it is a notice. */
struct err *source_unwrap(struct source *src, const struct dump_open_options *options,
			  struct source **ret) MUST_USE;

#endif
