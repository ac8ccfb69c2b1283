/* SPDX-License-Identifier: MIT */
/*
 * Inside unpacking. To add a codec: a row in compress_codec.c's list.
 */
#ifndef OSM_FORMAT_COMPRESS_IMPL_H
#define OSM_FORMAT_COMPRESS_IMPL_H

#include "format/compress.h"
#include <stdbool.h>

struct codec_io {
	const uint8_t *in;
	size_t in_size, in_pos;
	uint8_t *out;
	size_t out_size, out_pos;
};

struct codec {
	const char *name;
	/* Do these bytes begin a stream? Also asked behind each stream's end. */
	bool (*probe)(const uint8_t *head, size_t n);
	void *(*create)(void); /* NULL: no memory */
	/*
	 * Moves bytes; *ret_end: a stream is complete and `in_pos` stands behind
	 * it; the next call begins another one. CORRUPT says what is wrong.
	 */
	struct err *(*step)(void *state, struct codec_io *io, bool *ret_end);
	void (*destroy)(void *state);
	/* Unpacked size where the source says it up front, else 0. */
	uint64_t (*size)(struct source *src);
};

enum { CODEC_HEAD = 18 }; /* bytes that probe wants */

extern const struct codec *const codecs[]; /* NULL-terminated */

/* Unpacks all of src, which stays the caller's, into a nameless file. */
struct err *unpack_to_file(struct source *src, const struct codec *codec, struct unwrap *u,
			   struct source **ret) MUST_USE;

#endif
