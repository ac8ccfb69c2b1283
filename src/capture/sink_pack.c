/* SPDX-License-Identifier: MIT */
/*
 * Compressed files: what threads compressed becomes a file. Seekable zstd has
 * its table at the end; lz4 a header with the size of the contents, which is
 * written again when less came.
 *
 * A chunk of zeros is compressed once for all.
 */
#include "capture/sink_impl.h"
#include "format/lz4_frame.h"

#include <errno.h>
#include <unistd.h>

_Static_assert((int)SINK_CHUNK == (int)LZ4_FRAME_BLOCK, "a chunk is a block");

enum { SLACK = 64 << 10 }; /* a file system allocates more than asked for */

/* --- a thread's compressor ------------------------------------------------------------------------ */

struct err *sink_packer_init(struct sink_packer *p, enum sink_packing packing, int level)
{
	switch (packing) {
	case SINK_ZSTD:
		return zstd_packer_create(level ? level : 3, &p->zstd);
	case SINK_LZ4:
		return lz4_packer_create(level, &p->lz4);
	case SINK_PLAIN:
		break;
	}
	return NULL;
}

void sink_packer_deinit(struct sink_packer *p)
{
	zstd_packer_destroy(p->zstd);
	lz4_packer_destroy(p->lz4);
	*p = (struct sink_packer){ 0 };
}

size_t sink_packer_bound(const struct sink_packer *p)
{
	if (p->zstd)
		return zstd_packer_bound(SINK_CHUNK);
	return p->lz4 ? lz4_packer_bound(p->lz4, SINK_CHUNK) : 0;
}

struct err *sink_packer_run(struct sink_packer *p, const uint8_t *data, size_t size, uint8_t *out,
			    struct sink_piece *ret)
{
	struct zstd_frame f = { 0 };
	struct sink_piece piece = { .data = out, .plain_size = size };

	if (p->zstd) {
		TRY(zstd_packer_run(p->zstd, data, size, out, sink_packer_bound(p), &f));
		piece.size = f.size;
		piece.sum = f.sum;
	} else {
		TRY(lz4_packer_run(p->lz4, data, size, out, sink_packer_bound(p), &piece.size));
	}
	*ret = piece;
	return NULL;
}

/* --- the file --------------------------------------------------------------------------------------- */

static struct err *put(void *arg, const void *buf, size_t len)
{
	struct sink_pack *k = arg;

	return sink_put(k->file, buf, len);
}

struct err *sink_pack_init(struct sink_pack *k, struct sink_file *f, enum sink_packing packing,
			   int level)
{
	k->file = f;
	TRY(sink_packer_init(&k->packer, packing, level));
	return packing == SINK_ZSTD ? zstd_seekable_writer_create(put, k, 0, SINK_CHUNK, &k->zstd)
				    : NULL;
}

void sink_pack_deinit(struct sink_pack *k)
{
	sink_packer_deinit(&k->packer);
	zstd_seekable_writer_destroy(k->zstd);
	k->zstd = NULL;
	vec_deinit(&k->pieces);
	free(k->zeros);
	k->zeros = NULL;
}

static struct err *put_lz4_head(struct sink_pack *k, uint64_t image_size)
{
	uint8_t head[LZ4_FRAME_HEAD];
	size_t n;

	TRY(lz4_frame_head(k->packer.lz4, image_size, head, &n));
	return put(k, head, n);
}

struct err *sink_pack_begin(struct sink_pack *k, uint64_t image_size)
{
	if (k->packer.lz4)
		TRY(put_lz4_head(k, image_size));
	k->whole = k->file->at;
	return NULL;
}

static struct err *note_piece(struct sink_pack *k, const struct sink_piece *piece)
{
	struct sink_sizes sizes = { (uint32_t)piece->size, (uint32_t)piece->plain_size };

	k->plain += piece->plain_size;
	return vec_push(&k->pieces, sizes) ? NULL : err_nomem();
}

struct err *sink_pack_put(struct sink_pack *k, const struct sink_piece *piece)
{
	struct zstd_frame f = { piece->data, piece->size, (uint32_t)piece->plain_size, piece->sum };

	if (k->zstd)
		TRY(zstd_seekable_writer_append_frame(k->zstd, &f));
	else
		TRY(put(k, piece->data, piece->size));
	k->whole = k->file->at;
	return k->zstd ? NULL : note_piece(k, piece);
}

struct err *sink_pack_finish(struct sink_pack *k)
{
	uint8_t end[LZ4_FRAME_END];

	if (k->zstd)
		return zstd_seekable_writer_finish(k->zstd);
	if (!k->packer.lz4)
		return NULL;
	lz4_frame_end(end);
	return put(k, end, sizeof(end));
}

struct err *sink_pack_make_zeros(struct sink_pack *k)
{
	uint8_t *zeros = calloc(1, SINK_CHUNK);
	struct err *e = NULL;

	k->zeros = malloc(sink_packer_bound(&k->packer));
	if (!zeros || !k->zeros)
		e = err_nomem();
	if (!e)
		e = sink_packer_run(&k->packer, zeros, SINK_CHUNK, k->zeros, &k->zero_piece);
	free(zeros);
	return e;
}

/* --- after a failure ---------------------------------------------------------------------------------- */

static bool is_full(const struct err *e)
{
	int n = err_errno(e);

	return n == ENOSPC || n == EDQUOT || n == EFBIG;
}

/* Gives up the last piece; false: it would be the first as well. */
static bool drop(struct sink_pack *k)
{
	struct sink_sizes last = { 0 };

	if (k->zstd) {
		last.packed = (uint32_t)zstd_seekable_writer_drop_frame(k->zstd);
	} else if (k->pieces.n > 1) {
		last = k->pieces.v[--k->pieces.n];
		k->plain -= last.plain;
	}
	k->whole -= last.packed;
	return last.packed && k->whole;
}

static uint64_t end_size(const struct sink_pack *k)
{
	return k->zstd ? zstd_seekable_writer_table_size(k->zstd) + SLACK : LZ4_FRAME_END;
}

static struct err *fit_end(struct sink_pack *k)
{
	for (;;) {
		uint64_t before = k->whole, want = end_size(k);
		struct err *e = sink_cut(k->file, k->whole);

		if (!e)
			e = sink_pack_finish(k);
		if (!e || !is_full(e))
			return e;
		while (before - k->whole < want)
			if (!drop(k))
				return e;
		err_free(e);
	}
}

struct err *sink_pack_salvage(struct sink_pack *k)
{
	TRY(fit_end(k));
	if (!k->packer.lz4)
		return NULL;
	k->file->at = 0;
	return put_lz4_head(k, k->plain);
}
