/* SPDX-License-Identifier: MIT */
/* Inside the reader of compressed kernel dumps: kdump.c reads, kdump_split.c finds the other files of a set. */
#ifndef OSM_FORMAT_KDUMP_IMPL_H
#define OSM_FORMAT_KDUMP_IMPL_H

#include "format/dump_impl.h"
#include "format/kdump.h"
#include "format/osmosis_record.h"

/* A file with the pages of frames [start, end). */
struct kdump_part {
	struct source *src;
	bool owned;
	uint64_t start, end;
	uint64_t first_page;	/* pages in the bitmap before its first: they have no descriptors here */
};

struct kdump {
	struct dump d;
	struct source *flat;	/* the file, owned, when it is flattened: d.src is the view then; NULL */
	uint32_t version, block, sub_blocks, bitmap_blocks, status;
	uint64_t max_frame;	/* frames are below it */
	uint64_t phys_base;
	uint32_t level;
	bool split;
	uint64_t start_frame, end_frame; /* of this part, when split */
	VEC(struct kdump_part) parts;	/* one that has all, or those of the set that were found, by start */
	struct dump_piece info, notes, erased;
	uint64_t bitmap;	/* offset of that of the pages in the file */
	uint64_t descriptors;	/* offset */
	uint32_t *before;	/* pages in the bitmap before each group */
	uint8_t *packed;	/* a page as it lies in the file */
	struct osmosis_record osmosis;
};

/* Fills k->parts, without first_page. */
struct err *kdump_find_parts(struct kdump *k) MUST_USE;
void kdump_forget_parts(struct kdump *k);
/* Defects: which frames are in no part. */
void kdump_note_missing_parts(struct kdump *k);

#endif
