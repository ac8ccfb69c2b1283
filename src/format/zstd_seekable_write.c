/* SPDX-License-Identifier: MIT */
/*
 * Writing seekable zstd: input is gathered into frames of equal size, each
 * compressed by itself with zstd's own checksum and listed with its XXH64 in
 * the table that `finish` puts at the end.
 */
#include "format/zstd_seekable.h"
#include "base/vec.h"

#include <zstd.h>

struct entry {
	uint32_t csize, dsize, sum;
};

struct zstd_seekable_writer {
	zstd_seekable_sink *sink;
	void *arg;
	ZSTD_CCtx *cctx;
	uint8_t *in, *out;
	size_t frame_size, in_len, out_size;
	VEC(struct entry) entries;
};

static struct err *set_up(struct zstd_seekable_writer *w, int level)
{
	size_t bad;

	w->cctx = ZSTD_createCCtx();
	w->in = malloc(w->frame_size);
	w->out_size = ZSTD_compressBound(w->frame_size);
	w->out = malloc(w->out_size);
	if (!w->cctx || !w->in || !w->out)
		return err_nomem();
	bad = ZSTD_CCtx_setParameter(w->cctx, ZSTD_c_compressionLevel, level);
	if (!ZSTD_isError(bad))
		bad = ZSTD_CCtx_setParameter(w->cctx, ZSTD_c_checksumFlag, 1);
	return ZSTD_isError(bad) ? err_new(ERR_USAGE, "zstd level %d: %s", level,
					   ZSTD_getErrorName(bad))
				 : NULL;
}

struct err *zstd_seekable_writer_create(zstd_seekable_sink *sink, void *arg, int level,
					size_t frame_size, struct zstd_seekable_writer **ret)
{
	struct zstd_seekable_writer *w = calloc(1, sizeof(*w));
	struct err *e;

	if (!w)
		return err_nomem();
	w->sink = sink;
	w->arg = arg;
	w->frame_size = frame_size ? frame_size : ZSTD_SEEKABLE_FRAME;
	if (w->frame_size > ZSTD_SEEKABLE_MAX_FRAME)
		w->frame_size = ZSTD_SEEKABLE_MAX_FRAME;
	e = set_up(w, level);
	if (e) {
		zstd_seekable_writer_destroy(w);
		return e;
	}
	*ret = w;
	return NULL;
}

void zstd_seekable_writer_destroy(struct zstd_seekable_writer *w)
{
	if (!w)
		return;
	(void)ZSTD_freeCCtx(w->cctx);
	free(w->in);
	free(w->out);
	vec_deinit(&w->entries);
	free(w);
}

static struct err *put_frame(struct zstd_seekable_writer *w, const uint8_t *data, size_t size)
{
	size_t n = ZSTD_compress2(w->cctx, w->out, w->out_size, data, size);
	struct entry entry = { .dsize = (uint32_t)size };

	if (ZSTD_isError(n))
		return err_new(ERR_UNSUPPORTED, "zstd: %s", ZSTD_getErrorName(n));
	entry.csize = (uint32_t)n;
	entry.sum = (uint32_t)zstd_seekable_hash(data, size);
	if (!vec_push(&w->entries, entry))
		return err_nomem();
	return w->sink(w->arg, w->out, n);
}

struct err *zstd_seekable_writer_append(struct zstd_seekable_writer *w, const void *buf, size_t len)
{
	const uint8_t *p = buf;

	while (len) {
		size_t n = w->frame_size - w->in_len;

		if (!w->in_len && len >= w->frame_size) { /* straight from the caller */
			TRY(put_frame(w, p, w->frame_size));
			p += w->frame_size;
			len -= w->frame_size;
			continue;
		}
		if (n > len)
			n = len;
		memcpy(w->in + w->in_len, p, n);
		w->in_len += n;
		p += n;
		len -= n;
		if (w->in_len < w->frame_size)
			continue;
		w->in_len = 0;
		TRY(put_frame(w, w->in, w->frame_size));
	}
	return NULL;
}

static void put32(uint8_t *p, uint32_t v)
{
	for (unsigned i = 0; i < 4; i++)
		p[i] = (uint8_t)(v >> 8 * i);
}

struct err *zstd_seekable_writer_finish(struct zstd_seekable_writer *w)
{
	uint8_t b[12];
	size_t n;

	if (w->in_len || !w->entries.n)
		TRY(put_frame(w, w->in, w->in_len));
	w->in_len = 0;
	n = w->entries.n;
	put32(b, 0x184d2a5e);
	put32(b + 4, (uint32_t)(n * 12 + 9));
	TRY(w->sink(w->arg, b, 8));
	for (size_t i = 0; i < n; i++) {
		put32(b, w->entries.v[i].csize);
		put32(b + 4, w->entries.v[i].dsize);
		put32(b + 8, w->entries.v[i].sum);
		TRY(w->sink(w->arg, b, 12));
	}
	put32(b, (uint32_t)n);
	b[4] = 0x80; /* checksums are there */
	put32(b + 5, 0x8f92eab1);
	return w->sink(w->arg, b, 9);
}
