/* SPDX-License-Identifier: MIT */
/*
 * Inside the sink.
 *
 * sink.c       opening, finishing, what is kept of a failure
 * sink_run.c   the threads: chunks in, bytes out, in order or in place
 * sink_pack.c  compressed files: zstd, lz4
 * sink_file.c  the file under its temporary name, its end
 * sink_write.c bytes to the file: rate, space, past the page cache
 * sink_place.c files whose writer says where each piece goes
 * sink_name.c  names by template
 */
#ifndef OSM_CAPTURE_SINK_IMPL_H
#define OSM_CAPTURE_SINK_IMPL_H

#include "capture/sink.h"
#include "base/vec.h"
#include "capture/direct.h"
#include "format/zstd_seekable.h"
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>

/* --- signals that writing raises ---------------------------------------------------------------- */

struct sink_guard {
	sigset_t before, pending;
};
/* SIGPIPE and SIGXFSZ become errors; those that came meanwhile are gone afterwards. */
struct sink_guard sink_hold_signals(void);
void sink_release_signals(const struct sink_guard *g);

/* --- the file ------------------------------------------------------------------------------- */

enum file_kind {
	FILE_NAMED,	/* a regular file of ours: positions, holes, name at the end */
	FILE_GIVEN,	/* a regular file that someone else opened: bytes are appended */
	FILE_PIPE,	/* pipe, terminal, device: writing may block for ever */
	FILE_SOCKET,
};

struct sink_file {
	enum file_kind kind;
	int fd;			/* -1: none */
	struct direct direct;	/* FILE_NAMED: past the page cache */
	char *path, *temp;	/* path NULL: standard output; temp NULL: nothing to remove */
	const char *name;	/* for messages */
	bool replace;
	uint64_t expected, keep_free, rate;
	uint64_t at;		/* FILE_NAMED: where what is written in order goes */
	uint8_t *stage;		/* NULL, or the `staged` bytes before `at`, which are not in the file yet */
	size_t staged;
	pthread_mutex_t lock;	/* of allowed */
	uint64_t allowed;	/* when the next bytes may go out, by the monotonic clock */
	_Atomic uint64_t written, looked_at;
	const atomic_bool *stop; /* waiting ends */
};

struct err *sink_file_open(struct sink_file *f, const struct sink_options *o, uint64_t expected) MUST_USE;
void sink_file_close(struct sink_file *f); /* and removes the temporary file */
/* Syncs and gives the file its name, with ".partial" when that is all there is; *ret is to be freed. */
struct err *sink_file_finish(struct sink_file *f, bool partial, char **ret) MUST_USE;

/* In place; from several threads. FILE_NAMED only. */
struct err *sink_put_at(struct sink_file *f, const uint8_t *p, size_t n, uint64_t offset) MUST_USE;
/* What is put in order is gathered to pieces that go past the page cache; called before the first. */
void sink_gather(struct sink_file *f);
/* Behind what came before; one thread at a time. It may be in the file only after sink_flush. */
struct err *sink_put(struct sink_file *f, const uint8_t *p, size_t n) MUST_USE;
struct err *sink_flush(struct sink_file *f) MUST_USE;
/* The file ends at this offset, all before it is in the file; also after a failure. */
struct err *sink_cut(struct sink_file *f, uint64_t end) MUST_USE;
/* ENOSPC, when less than keep_free is left. */
struct err *sink_check_space(struct sink_file *f) MUST_USE;
struct err *sink_check_room(struct sink_file *f, enum sink_packing packing) MUST_USE;
uint64_t sink_now(void); /* ns, monotonic */

/* --- compressed files ------------------------------------------------------------------------- */

/* A chunk that is ready to be put: plain, or compressed. */
struct sink_piece {
	const uint8_t *data;
	size_t size, plain_size;
	uint32_t sum;
};

/* A thread's compressor. */
struct sink_packer {
	struct zstd_packer *zstd;
	struct lz4_packer *lz4;
};
struct err *sink_packer_init(struct sink_packer *p, enum sink_packing packing, int level) MUST_USE;
void sink_packer_deinit(struct sink_packer *p);
size_t sink_packer_bound(const struct sink_packer *p); /* of a chunk; 0: does not compress */
struct err *sink_packer_run(struct sink_packer *p, const uint8_t *data, size_t size, uint8_t *out,
			    struct sink_piece *ret) MUST_USE;

struct sink_sizes {
	uint32_t packed, plain;
};

/* The file that the pieces make up. */
struct sink_pack {
	struct sink_file *file;
	struct sink_packer packer;	/* for headers and for zeros */
	struct zstd_seekable_writer *zstd;
	uint64_t whole;		/* file->at behind the last whole piece */
	VEC(struct sink_sizes) pieces; /* lz4: in the file; zstd has a table of its own */
	uint64_t plain;		/* lz4: bytes of the image in them */
	uint8_t *zeros;		/* a chunk of zeros compressed; made when first needed */
	struct sink_piece zero_piece;
};
struct err *sink_pack_init(struct sink_pack *k, struct sink_file *f, enum sink_packing packing,
			   int level) MUST_USE;
void sink_pack_deinit(struct sink_pack *k);
struct err *sink_pack_begin(struct sink_pack *k, uint64_t image_size) MUST_USE;
struct err *sink_pack_put(struct sink_pack *k, const struct sink_piece *piece) MUST_USE;
struct err *sink_pack_finish(struct sink_pack *k) MUST_USE;
/* Cuts off what came behind the last whole piece, and pieces until the end finds room; an error when none does. */
struct err *sink_pack_salvage(struct sink_pack *k) MUST_USE;
/* A whole chunk of zeros; read-only, may be used by all threads. */
struct err *sink_pack_make_zeros(struct sink_pack *k) MUST_USE;

/* --- the threads --------------------------------------------------------------------------------- */

struct sink {
	struct sink_options options;
	struct sink_file file;
	struct sink_pack pack;
	unsigned threads;
	atomic_bool stop;
	char *result_path;
};

struct sink_range {
	uint64_t first, last; /* chunks, last excluded */
};

/* What the threads came to. */
struct sink_outcome {
	uint64_t zero;		/* bytes of the image */
	uint64_t n_chunks;
	VEC(struct sink_range) lost; /* chunks that are not in the file */
	bool write_failed;	/* the file takes no more; else the image or the user stopped it */
};

/* Fills *ret also on failure. */
struct err *sink_run(struct sink *s, const struct sink_image *image, struct sink_outcome *ret) MUST_USE;
/* Whether chunks are put one behind the other; else in place, in any order. */
static inline bool sink_is_ordered(const struct sink *s)
{
	return s->file.kind != FILE_NAMED || s->options.packing != SINK_PLAIN;
}
static inline size_t sink_chunk_size(const struct sink_image *image, uint64_t chunk)
{
	uint64_t left = image->size - chunk * SINK_CHUNK;

	return left < SINK_CHUNK ? (size_t)left : SINK_CHUNK;
}
/* Asks the image for a range that does not reach beyond its end; *ret_zero as in fill(). */
struct err *sink_fill(const struct sink_image *image, uint64_t offset, uint8_t *buf, size_t len,
		      bool *ret_zero) MUST_USE;
/* Puts what is not zero; *zero grows by what is. */
struct err *sink_put_sparse(struct sink_file *f, const uint8_t *buf, size_t len, uint64_t offset,
			    uint64_t *zero) MUST_USE;
bool sink_is_zero(const uint8_t *p, size_t n);

#endif
