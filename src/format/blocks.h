/* SPDX-License-Identifier: MIT */
/*
 * Blocks: a source whose bytes are computed block by block when they are read,
 * as containers need that pack each page by itself. Blocks of one size; those
 * read last are kept, in at most 8 MB.
 */
#ifndef OSM_FORMAT_BLOCKS_H
#define OSM_FORMAT_BLOCKS_H

#include "base/err.h"
#include "base/source.h"

/* Fills all of a block, `number` of them from the start. */
typedef struct err *block_fill_fn(void *arg, uint64_t number, uint8_t *buf);

/* block: bytes, at most 1 MB. `arg` must outlive the source. */
struct err *blocks_create(const char *name, uint64_t size, size_t block, block_fill_fn *fill, void *arg, struct source **ret) MUST_USE;

#endif
