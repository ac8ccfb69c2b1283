/* SPDX-License-Identifier: MIT */
/* What core*.c share. */
#ifndef OSM_CAPTURE_CORE_IMPL_H
#define OSM_CAPTURE_CORE_IMPL_H

#include "capture/content.h"
#include "capture/core.h"
#include "capture/engine.h"
#include "capture/pagemap.h"
#include "format/elfcore_write.h"

#include <pthread.h>

enum { CORE_PAGE = 4096 };

struct core_part { /* beside each segment */
	const struct vma *vma;
	enum range_class class;
};

struct core_lost { /* pages that could not be read */
	uint64_t start, end;
};

struct core {
	struct snapshot *s;
	struct core_options options;
	struct arena arena;
	VEC(struct core_segment) segments;
	VEC(struct core_part) parts;
	VEC(struct core_note) notes;
	VEC(size_t) in_file;	/* segments that have bytes in the file, in its order */
	size_t n_ranges;	/* that our record tells of */
	struct core_layout layout;
	struct pagemap *pages;	/* of the memory that is read */
	pthread_mutex_t lock;	/* of what follows */
	VEC(struct core_lost) lost;
	uint64_t lost_bytes;
	bool broken_off;	/* writing was */
	const char *closing;	/* the record at the end, when it was built */
};

/* core_segments.c */
struct err *core_add_segments(struct core *c) MUST_USE;
struct err *core_add_segment(struct core *c, const struct vma *v, uint64_t start, uint64_t end, uint64_t file_size,
			     enum range_class class) MUST_USE;
/* core_mini.c */
struct err *core_add_mini(struct core *c) MUST_USE;
/* core_notes.c */
struct err *core_add_notes(struct core *c) MUST_USE;
/* core_record.c: our own notes */
struct err *core_add_record(struct core *c) MUST_USE;
uint64_t core_closing_size(const struct core *c);
/* Exactly core_closing_size() bytes. Called when all else was read. */
struct err *core_closing(struct core *c, const char **ret) MUST_USE;

/* core_read.c: memory of one segment; *ret_zero as in sink_image.fill */
struct err *core_add_lost(struct core *c, uint64_t start, uint64_t end) MUST_USE;
struct err *core_read(struct core *c, size_t segment, uint64_t address, uint8_t *buf, size_t len, bool *ret_zero) MUST_USE;

#endif
