/* SPDX-License-Identifier: MIT */
/*
 * A packer begins a frame of liblz4's for each block and throws its header
 * away: what the following update puts out is the block's size, its bytes and
 * its checksum, as they stand in any frame with the same flags. The header of
 * the file is made in the same way, with the size in it.
 */
#include "format/lz4_frame.h"

#include <lz4frame.h>
#include <string.h>

struct lz4_packer {
	LZ4F_cctx *cctx;
	LZ4F_preferences_t prefs;
};

static struct err *failed(size_t code)
{
	return err_new(ERR_UNSUPPORTED, "lz4: %s", LZ4F_getErrorName(code));
}

struct err *lz4_packer_create(int level, struct lz4_packer **ret)
{
	struct lz4_packer *p;

	if (level < 0 || level > LZ4F_compressionLevel_max())
		return err_new(ERR_USAGE, "lz4 has no level %d: %d is the highest", level,
			       LZ4F_compressionLevel_max());
	p = calloc(1, sizeof(*p));
	if (!p || LZ4F_isError(LZ4F_createCompressionContext(&p->cctx, LZ4F_VERSION))) {
		free(p);
		return err_nomem();
	}
	p->prefs.frameInfo.blockSizeID = LZ4F_max1MB;
	p->prefs.frameInfo.blockMode = LZ4F_blockIndependent;
	p->prefs.frameInfo.blockChecksumFlag = LZ4F_blockChecksumEnabled;
	p->prefs.compressionLevel = level;
	p->prefs.autoFlush = 1;
	*ret = p;
	return NULL;
}

void lz4_packer_destroy(struct lz4_packer *p)
{
	if (!p)
		return;
	(void)LZ4F_freeCompressionContext(p->cctx);
	free(p);
}

size_t lz4_packer_bound(const struct lz4_packer *p, size_t size)
{
	return LZ4F_compressBound(size, &p->prefs);
}

struct err *lz4_packer_run(struct lz4_packer *p, const void *data, size_t size, void *out,
			   size_t out_size, size_t *ret_size)
{
	uint8_t head[LZ4F_HEADER_SIZE_MAX];
	size_t n = LZ4F_compressBegin(p->cctx, head, sizeof(head), &p->prefs);

	if (!LZ4F_isError(n))
		n = LZ4F_compressUpdate(p->cctx, out, out_size, data, size, NULL);
	if (LZ4F_isError(n))
		return failed(n);
	*ret_size = n;
	return NULL;
}

struct err *lz4_frame_head(struct lz4_packer *p, uint64_t content_size,
			   uint8_t ret[LZ4_FRAME_HEAD], size_t *ret_size)
{
	LZ4F_preferences_t prefs = p->prefs;
	uint8_t head[LZ4F_HEADER_SIZE_MAX];
	size_t n;

	prefs.frameInfo.contentSize = content_size; /* 0 would mean: not stated */
	n = LZ4F_compressBegin(p->cctx, head, sizeof(head), &prefs);
	if (LZ4F_isError(n) || n > LZ4_FRAME_HEAD)
		return failed(n);
	memcpy(ret, head, n);
	*ret_size = n;
	return NULL;
}

void lz4_frame_end(uint8_t ret[LZ4_FRAME_END])
{
	memset(ret, 0, LZ4_FRAME_END);
}
