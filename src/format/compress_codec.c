/* SPDX-License-Identifier: MIT */
/*
 * The streaming decompressors behind one `step`. Each row's state lives from
 * create to destroy; at a stream's end it readies itself for the next one,
 * since all five formats may be concatenated (pigz, pbzip2, pxz, cat).
 *
 * Magic numbers: RFC 8878 (zstd), RFC 1952 (gzip), the .xz format document,
 * lz4_Frame_format.md, bzip2's manual.
 */
#include "format/compress_impl.h"

#include <bzlib.h>
#include <lz4frame.h>
#include <lzma.h>
#include <zlib.h>
#include <zstd.h>

/* A few bytes may ask for as much: more than this no packed dump needs. */
enum { ZSTD_WINDOW_LOG = 30 };
#define XZ_MEMORY (UINT64_C(1) << 30)

static struct err *damaged(const char *what)
{
	return err_new(ERR_CORRUPT, "%s", what);
}

static uint32_t le32(const uint8_t *p)
{
	return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

/* Frames that hold no data, of zstd and lz4 alike. */
static bool skippable(const uint8_t *head, size_t n)
{
	return n >= 4 && (le32(head) & 0xfffffff0u) == 0x184d2a50u;
}

/* ---- zstd ---- */

static bool zstd_probe(const uint8_t *head, size_t n)
{
	return n >= 4 && (le32(head) == 0xfd2fb528u || skippable(head, n));
}

static void *zstd_create(void)
{
	ZSTD_DCtx *d = ZSTD_createDCtx();

	if (d)
		(void)ZSTD_DCtx_setParameter(d, ZSTD_d_windowLogMax, ZSTD_WINDOW_LOG);
	return d;
}

static struct err *zstd_step(void *state, struct codec_io *io, bool *ret_end)
{
	ZSTD_inBuffer in = { io->in, io->in_size, io->in_pos };
	ZSTD_outBuffer out = { io->out, io->out_size, io->out_pos };
	size_t left = ZSTD_decompressStream(state, &out, &in);

	io->in_pos = in.pos;
	io->out_pos = out.pos;
	if (ZSTD_isError(left))
		return damaged(ZSTD_getErrorName(left));
	*ret_end = !left;
	return NULL;
}

static void zstd_destroy(void *state)
{
	(void)ZSTD_freeDCtx(state);
}

/* Of the first frame only: enough to refuse early. */
static uint64_t zstd_size(struct source *src)
{
	uint8_t head[18];
	size_t n = source_read_some(src, 0, head,
				    src->size < sizeof(head) ? (size_t)src->size : sizeof(head));
	unsigned long long size = ZSTD_getFrameContentSize(head, n);

	return size == ZSTD_CONTENTSIZE_UNKNOWN || size == ZSTD_CONTENTSIZE_ERROR ? 0 : size;
}

/* ---- gzip ---- */

static bool gzip_probe(const uint8_t *head, size_t n)
{
	return n >= 3 && head[0] == 0x1f && head[1] == 0x8b && head[2] == 8;
}

static void *gzip_create(void)
{
	z_stream *z = calloc(1, sizeof(*z));

	if (z && inflateInit2(z, 15 + 16) != Z_OK) { /* gzip only */
		free(z);
		z = NULL;
	}
	return z;
}

static struct err *gzip_step(void *state, struct codec_io *io, bool *ret_end)
{
	z_stream *z = state;
	int r;

	z->next_in = (Bytef *)(uintptr_t)(io->in + io->in_pos);
	z->avail_in = (uInt)(io->in_size - io->in_pos);
	z->next_out = io->out + io->out_pos;
	z->avail_out = (uInt)(io->out_size - io->out_pos);
	r = inflate(z, Z_NO_FLUSH);
	io->in_pos = io->in_size - z->avail_in;
	io->out_pos = io->out_size - z->avail_out;
	*ret_end = r == Z_STREAM_END;
	if (r == Z_MEM_ERROR)
		return err_nomem();
	if (r == Z_STREAM_END)
		r = inflateReset(z);
	return r == Z_OK || r == Z_BUF_ERROR ? NULL : damaged(z->msg ? z->msg : "gzip data damaged");
}

static void gzip_destroy(void *state)
{
	(void)inflateEnd(state);
	free(state);
}

/* ---- xz ---- */

static bool xz_probe(const uint8_t *head, size_t n)
{
	static const uint8_t magic[6] = { 0xfd, '7', 'z', 'X', 'Z', 0 };

	return n >= sizeof(magic) && !memcmp(head, magic, sizeof(magic));
}

static lzma_ret xz_begin(lzma_stream *s)
{
	return lzma_stream_decoder(s, XZ_MEMORY, 0);
}

static void *xz_create(void)
{
	lzma_stream *s = malloc(sizeof(*s));

	if (!s)
		return NULL;
	*s = (lzma_stream)LZMA_STREAM_INIT;
	if (xz_begin(s) != LZMA_OK) {
		free(s);
		return NULL;
	}
	return s;
}

static struct err *xz_result(lzma_ret r)
{
	switch ((int)r) {
	case LZMA_OK:
	case LZMA_BUF_ERROR:
	case LZMA_STREAM_END:
		return NULL;
	case LZMA_MEM_ERROR:
		return err_nomem();
	case LZMA_MEMLIMIT_ERROR:
		return damaged("its dictionary needs more than 2 GiB of memory");
	case LZMA_OPTIONS_ERROR:
		return damaged("it uses options that liblzma does not know");
	default:
		return damaged("xz data damaged");
	}
}

static struct err *xz_step(void *state, struct codec_io *io, bool *ret_end)
{
	lzma_stream *s = state;
	lzma_ret r;

	s->next_in = io->in + io->in_pos;
	s->avail_in = io->in_size - io->in_pos;
	s->next_out = io->out + io->out_pos;
	s->avail_out = io->out_size - io->out_pos;
	r = lzma_code(s, LZMA_RUN);
	io->in_pos = io->in_size - s->avail_in;
	io->out_pos = io->out_size - s->avail_out;
	*ret_end = r == LZMA_STREAM_END;
	return xz_result(r == LZMA_STREAM_END ? xz_begin(s) : r);
}

static void xz_destroy(void *state)
{
	lzma_end(state);
	free(state);
}

/* ---- lz4 ---- */

static bool lz4_probe(const uint8_t *head, size_t n)
{
	return n >= 4 && (le32(head) == 0x184d2204u || skippable(head, n));
}

static void *lz4_create(void)
{
	LZ4F_dctx *d = NULL;

	return LZ4F_isError(LZ4F_createDecompressionContext(&d, LZ4F_VERSION)) ? NULL : d;
}

static struct err *lz4_step(void *state, struct codec_io *io, bool *ret_end)
{
	size_t in = io->in_size - io->in_pos, out = io->out_size - io->out_pos;
	size_t left = LZ4F_decompress(state, io->out + io->out_pos, &out, io->in + io->in_pos, &in,
				      NULL);

	if (LZ4F_isError(left))
		return damaged(LZ4F_getErrorName(left));
	io->in_pos += in;
	io->out_pos += out;
	*ret_end = !left;
	return NULL;
}

static void lz4_destroy(void *state)
{
	(void)LZ4F_freeDecompressionContext(state);
}

/* The frame header's content size, when flag bit 3 says it is there. */
static uint64_t lz4_size(struct source *src)
{
	uint8_t head[14] = { 0 };
	struct cursor c = cursor_init(src->name, head, sizeof(head), 0);

	if (source_read_some(src, 0, head, sizeof(head)) != sizeof(head) ||
	    cursor_u32(&c) != 0x184d2204u || !(cursor_u8(&c) & 8))
		return 0;
	cursor_skip(&c, 1);
	return cursor_u64(&c);
}

/* ---- bzip2 ---- */

static bool bzip2_probe(const uint8_t *head, size_t n)
{
	static const uint8_t block[6] = { 0x31, 0x41, 0x59, 0x26, 0x53, 0x59 }; /* pi */
	static const uint8_t end[6] = { 0x17, 0x72, 0x45, 0x38, 0x50, 0x90 };	/* its root */

	return n >= 10 && !memcmp(head, "BZh", 3) && head[3] >= '1' && head[3] <= '9' &&
	       (!memcmp(head + 4, block, 6) || !memcmp(head + 4, end, 6));
}

static void *bzip2_create(void)
{
	bz_stream *z = calloc(1, sizeof(*z));

	if (z && BZ2_bzDecompressInit(z, 0, 0) != BZ_OK) {
		free(z);
		z = NULL;
	}
	return z;
}

static struct err *bzip2_step(void *state, struct codec_io *io, bool *ret_end)
{
	bz_stream *z = state;
	int r;

	z->next_in = (char *)(uintptr_t)(io->in + io->in_pos);
	z->avail_in = (unsigned)(io->in_size - io->in_pos);
	z->next_out = (char *)io->out + io->out_pos;
	z->avail_out = (unsigned)(io->out_size - io->out_pos);
	r = BZ2_bzDecompress(z);
	io->in_pos = io->in_size - z->avail_in;
	io->out_pos = io->out_size - z->avail_out;
	*ret_end = r == BZ_STREAM_END;
	if (r == BZ_STREAM_END) {
		(void)BZ2_bzDecompressEnd(z);
		*z = (bz_stream){ 0 };
		r = BZ2_bzDecompressInit(z, 0, 0);
	}
	if (r == BZ_MEM_ERROR)
		return err_nomem();
	return r == BZ_OK ? NULL : damaged("bzip2 data damaged");
}

static void bzip2_destroy(void *state)
{
	(void)BZ2_bzDecompressEnd(state);
	free(state);
}

static const struct codec codec_zstd = {
	"zstd", zstd_probe, zstd_create, zstd_step, zstd_destroy, zstd_size,
};
static const struct codec codec_gzip = {
	"gzip", gzip_probe, gzip_create, gzip_step, gzip_destroy, NULL,
};
static const struct codec codec_xz = {
	"xz", xz_probe, xz_create, xz_step, xz_destroy, NULL,
};
static const struct codec codec_lz4 = {
	"lz4", lz4_probe, lz4_create, lz4_step, lz4_destroy, lz4_size,
};
static const struct codec codec_bzip2 = {
	"bzip2", bzip2_probe, bzip2_create, bzip2_step, bzip2_destroy, NULL,
};

const struct codec *const codecs[] = {
	&codec_zstd, &codec_gzip, &codec_xz, &codec_lz4, &codec_bzip2, NULL,
};
