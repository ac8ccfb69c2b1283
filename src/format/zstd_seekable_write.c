/* SPDX-License-Identifier: MIT */
/*
 * Writing seekable zstd: input is gathered into frames of equal size, each
 * compressed by itself with zstd's own checksum and listed with its XXH64 in
 * the table that `finish` puts at the end. A packer makes one such frame; the
 * writer has one for what it gathers itself.
 */
#include "format/zstd_seekable.h"
#include "base/vec.h"

#include <zstd.h>
#include <zstd_errors.h>

enum { SKIPPABLE_HEADER = 8, ENTRY = 12, FOOTER = 9 };

struct entry {
	uint32_t csize, dsize, sum;
};

struct zstd_packer {
	ZSTD_CCtx *cctx;
};

struct zstd_seekable_writer {
	zstd_seekable_sink *sink;
	void *arg;
	struct zstd_packer *packer;
	uint8_t *in, *out; /* made when first needed */
	size_t frame_size, in_len, out_size;
	VEC(struct entry) entries;
};

/* --- one frame by itself ------------------------------------------------------------------ */

static struct err *set_up(struct zstd_packer *p, int level)
{
	size_t bad;

	if (level < ZSTD_minCLevel() || level > ZSTD_maxCLevel())
		return err_new(ERR_USAGE, "zstd has no level %d: %d is the highest", level,
			       ZSTD_maxCLevel());
	p->cctx = ZSTD_createCCtx();
	if (!p->cctx)
		return err_nomem();
	bad = ZSTD_CCtx_setParameter(p->cctx, ZSTD_c_compressionLevel, level);
	if (!ZSTD_isError(bad))
		bad = ZSTD_CCtx_setParameter(p->cctx, ZSTD_c_checksumFlag, 1);
	return ZSTD_isError(bad) ? err_new(ERR_USAGE, "zstd level %d: %s", level,
					   ZSTD_getErrorName(bad))
				 : NULL;
}

struct err *zstd_packer_create(int level, struct zstd_packer **ret)
{
	struct zstd_packer *p = calloc(1, sizeof(*p));
	struct err *e = p ? set_up(p, level) : err_nomem();

	if (e) {
		zstd_packer_destroy(p);
		return e;
	}
	*ret = p;
	return NULL;
}

void zstd_packer_destroy(struct zstd_packer *p)
{
	if (!p)
		return;
	(void)ZSTD_freeCCtx(p->cctx);
	free(p);
}

size_t zstd_packer_bound(size_t size)
{
	return ZSTD_compressBound(size);
}

struct err *zstd_packer_run(struct zstd_packer *p, const void *data, size_t size, void *out,
			    size_t out_size, struct zstd_frame *ret)
{
	size_t n = ZSTD_compress2(p->cctx, out, out_size, data, size);

	if (ZSTD_isError(n))
		return ZSTD_getErrorCode(n) == ZSTD_error_memory_allocation
			       ? err_nomem()
			       : err_new(ERR_UNSUPPORTED, "zstd: %s", ZSTD_getErrorName(n));
	*ret = (struct zstd_frame){
		.data = out,
		.size = n,
		.plain_size = (uint32_t)size,
		.sum = (uint32_t)zstd_seekable_hash(data, size),
	};
	return NULL;
}

/* --- the file ------------------------------------------------------------------------------- */

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
	e = zstd_packer_create(level, &w->packer);
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
	zstd_packer_destroy(w->packer);
	free(w->in);
	free(w->out);
	vec_deinit(&w->entries);
	free(w);
}

struct err *zstd_seekable_writer_append_frame(struct zstd_seekable_writer *w,
					      const struct zstd_frame *f)
{
	struct entry entry = { (uint32_t)f->size, f->plain_size, f->sum };

	TRY(w->sink(w->arg, f->data, f->size));
	return vec_push(&w->entries, entry) ? NULL : err_nomem();
}

size_t zstd_seekable_writer_drop_frame(struct zstd_seekable_writer *w)
{
	return w->entries.n ? w->entries.v[--w->entries.n].csize : 0;
}

uint64_t zstd_seekable_writer_table_size(const struct zstd_seekable_writer *w)
{
	return SKIPPABLE_HEADER + (uint64_t)w->entries.n * ENTRY + FOOTER;
}

static struct err *make_buffers(struct zstd_seekable_writer *w)
{
	w->out_size = zstd_packer_bound(w->frame_size);
	if (!w->out)
		w->out = malloc(w->out_size);
	if (!w->in)
		w->in = malloc(w->frame_size);
	return w->in && w->out ? NULL : err_nomem();
}

static struct err *put_frame(struct zstd_seekable_writer *w, const uint8_t *data, size_t size)
{
	struct zstd_frame f;

	TRY(zstd_packer_run(w->packer, data, size, w->out, w->out_size, &f));
	return zstd_seekable_writer_append_frame(w, &f);
}

struct err *zstd_seekable_writer_append(struct zstd_seekable_writer *w, const void *buf, size_t len)
{
	const uint8_t *p = buf;

	TRY(make_buffers(w));
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

static struct err *put_entries(struct zstd_seekable_writer *w)
{
	uint8_t b[ENTRY * 300], *p = b;

	for (size_t i = 0; i < w->entries.n; i++, p += ENTRY) {
		if (p == b + sizeof(b)) {
			TRY(w->sink(w->arg, b, sizeof(b)));
			p = b;
		}
		put32(p, w->entries.v[i].csize);
		put32(p + 4, w->entries.v[i].dsize);
		put32(p + 8, w->entries.v[i].sum);
	}
	return w->sink(w->arg, b, (size_t)(p - b));
}

struct err *zstd_seekable_writer_finish(struct zstd_seekable_writer *w)
{
	uint8_t head[SKIPPABLE_HEADER], foot[FOOTER];

	if (w->in_len || !w->entries.n) {
		TRY(make_buffers(w));
		TRY(put_frame(w, w->in, w->in_len));
	}
	w->in_len = 0;
	put32(head, 0x184d2a5e);
	put32(head + 4, (uint32_t)(w->entries.n * ENTRY + FOOTER));
	TRY(w->sink(w->arg, head, sizeof(head)));
	TRY(put_entries(w));
	put32(foot, (uint32_t)w->entries.n);
	foot[4] = 0x80; /* checksums are there */
	put32(foot + 5, 0x8f92eab1);
	return w->sink(w->arg, foot, sizeof(foot));
}
