/* SPDX-License-Identifier: MIT */
/*
 * Source: bytes with a length. A file (mapped), memory, or a view that some
 * format computes (decompression, split set). Random access, bounded.
 *
 * A source has one owner, who destroys it; a dump owns the source it was
 * opened over. Reads are const: a source may be read from several places.
 */
#ifndef OSM_BASE_SOURCE_H
#define OSM_BASE_SOURCE_H

#include "base/cleanup.h"
#include "base/cursor.h"
#include "base/err.h"
#include <stddef.h>
#include <stdint.h>

struct source;

struct source_ops {
	/* Reads exactly len bytes; the range was checked against the size. */
	struct err *(*read)(struct source *src, uint64_t offset, void *buf, size_t len);
	void (*destroy)(struct source *src);
};

/* Implementers embed this first and fill it; callers use the functions. */
struct source {
	const struct source_ops *ops;
	char *name;		/* owned, for messages */
	uint64_t size;
	const uint8_t *map;	/* all of it in memory, or NULL */
};

/* Maps the file read-only; one that cannot be mapped (/proc/kcore) is read when it is asked.
 * ERR_OS; UNSUPPORTED for directories and pipes. */
struct err *source_open_file(const char *path, struct source **ret);
/* Borrows `data`, which must outlive the source. */
struct err *source_from_memory(const char *name, const void *data, size_t size,
			       struct source **ret);
void source_destroy(struct source *src);
DEFINE_CLEANUP_PTR(struct source, source_destroy)

/* All of the range or TRUNCATED. */
struct err *source_read(struct source *src, uint64_t offset, void *buf, size_t len) MUST_USE;
/* As many bytes as are there (0 past the end or when reading fails). */
size_t source_read_some(struct source *src, uint64_t offset, void *buf, size_t len);

/*
 * A range as memory: no copy where the source is mapped, else a private copy.
 * view_deinit frees what was copied. The data live as long as view and source.
 */
struct view {
	const uint8_t *data;
	size_t size;
	void *copy;
};
#define VIEW_INIT { 0 }
struct err *source_view(struct source *src, uint64_t offset, uint64_t len, struct view *ret) MUST_USE;
void view_deinit(struct view *view);

/* source_view and a cursor over it whose origin is `offset`. */
struct err *source_cursor(struct source *src, uint64_t offset, uint64_t len, struct view *ret_view,
			  struct cursor *ret) MUST_USE;

#endif
