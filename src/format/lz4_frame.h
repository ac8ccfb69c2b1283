/* SPDX-License-Identifier: MIT */
/*
 * Writing lz4 files whose blocks threads compress by themselves: one frame of
 * independent blocks with a checksum each, and the size of the contents in its
 * header. Any lz4 tool unpacks it.
 *
 *	lz4_frame_head, then lz4_packer_run's bytes of each block in order, then lz4_frame_end
 *
 * Format: lz4_Frame_format.md of the lz4 sources (the document), through liblz4.
 */
#ifndef OSM_FORMAT_LZ4_FRAME_H
#define OSM_FORMAT_LZ4_FRAME_H

#include "base/cleanup.h"
#include "base/err.h"
#include <stddef.h>
#include <stdint.h>

enum { LZ4_FRAME_BLOCK = 1 << 20, LZ4_FRAME_HEAD = 15, LZ4_FRAME_END = 4 };

/* Belongs to one thread at a time. level 0: fast, 1 to 12: liblz4's. USAGE: no such level. */
struct lz4_packer;
struct err *lz4_packer_create(int level, struct lz4_packer **ret) MUST_USE;
void lz4_packer_destroy(struct lz4_packer *p); /* accepts NULL */
DEFINE_CLEANUP_PTR(struct lz4_packer, lz4_packer_destroy)
size_t lz4_packer_bound(const struct lz4_packer *p, size_t size);
/* One block of at most LZ4_FRAME_BLOCK bytes; only the file's last may have fewer. */
struct err *lz4_packer_run(struct lz4_packer *p, const void *data, size_t size, void *out,
			   size_t out_size, size_t *ret_size) MUST_USE;
struct err *lz4_frame_head(struct lz4_packer *p, uint64_t content_size,
			   uint8_t ret[LZ4_FRAME_HEAD], size_t *ret_size) MUST_USE;
void lz4_frame_end(uint8_t ret[LZ4_FRAME_END]);

#endif
