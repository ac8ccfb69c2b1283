/* SPDX-License-Identifier: MIT */
/*
 * Packing the pages of a compressed kernel dump: by several threads, handed
 * over in order, in batches of at most 1 MB. Memory: some 3 MB a thread,
 * however many pages there are.
 */
#ifndef OSM_FORMAT_KDUMP_PACK_H
#define OSM_FORMAT_KDUMP_PACK_H

#include "base/err.h"
#include <stddef.h>
#include <stdint.h>

/* Of the header's status and of descriptors' flags. */
enum kdump_flag {
	KDUMP_ZLIB = 1 << 0,
	KDUMP_LZO = 1 << 1,
	KDUMP_SNAPPY = 1 << 2,
	KDUMP_INCOMPLETE = 1 << 3,
	KDUMP_ZSTD = 1 << 5,
	KDUMP_PACKED = KDUMP_ZLIB | KDUMP_LZO | KDUMP_SNAPPY | KDUMP_ZSTD,
};

enum { KDUMP_BATCH = 256, KDUMP_BATCH_BYTES = 1 << 20 };

/* Pages that were packed: one behind the other in data. */
struct kdump_batch {
	uint64_t first;			/* number of the first */
	unsigned n;
	uint32_t sizes[KDUMP_BATCH];	/* 0: all of the page is zero, and nothing of it in data */
	uint32_t flags[KDUMP_BATCH];	/* 0: as it is, for it did not become smaller */
	uint8_t *data;
	size_t size;
};

struct kdump_pack_job {
	uint32_t packing;		/* KDUMP_ZLIB, KDUMP_SNAPPY, KDUMP_ZSTD; 0: none */
	int level;			/* 0: the quickest */
	unsigned threads;		/* 0: as many as there are processors, at most 8 */
	uint32_t block;			/* bytes of a page */
	uint64_t n_pages;
	/* Fills buf with pages [first, first + n); from several threads. */
	void (*read)(void *arg, uint64_t first, unsigned n, uint8_t *buf);
	/* In order, from the calling thread. */
	struct err *(*done)(void *arg, const struct kdump_batch *b);
	void *arg;
};

/* What done() returned, CANCELLED, NOMEM, OS: no thread. */
struct err *kdump_pack(const struct kdump_pack_job *job) MUST_USE;

#endif
