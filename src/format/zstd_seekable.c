/* SPDX-License-Identifier: MIT */
/*
 * Reading seekable zstd in place.
 *
 * The table's sizes are sums of the file, so they are checked before use: the
 * compressed ones must end exactly where the table begins, and no frame may
 * be too large to be held. What a frame decompresses to is checked against
 * its entry and its checksum every time.
 *
 * Invariants: dstart and cstart have n + 1 entries and do not decrease;
 * cached bytes never exceed CACHE_BYTES after a frame was put in.
 */
#include "format/zstd_seekable.h"
#include "base/cancel.h"

#include <inttypes.h>
#include <pthread.h>
#include <zstd.h>

enum {
	FOOTER = 9,
	SKIPPABLE_HEADER = 8,
	MAX_FRAMES = 16 << 20,
	CACHE_SLOTS = 16,
	CACHE_BYTES = 64 << 20,
	TABLE_CHUNK = 64 << 10,
};

#define TABLE_MAGIC 0x8f92eab1u
#define SKIPPABLE_MAGIC 0x184d2a5eu

struct slot {
	uint8_t *data; /* NULL: free */
	size_t size;
	uint32_t frame;
	uint64_t used; /* the larger the later */
};

struct seekable {
	struct source s;
	struct source *under;
	uint32_t n;
	bool checks;
	uint64_t table; /* offset of the first entry */
	uint64_t *dstart, *cstart;
	pthread_mutex_t lock;
	ZSTD_DCtx *dctx;
	struct slot slots[CACHE_SLOTS];
	size_t cached;
	uint64_t clock;
};

static struct err *bad_frame(const struct seekable *z, uint32_t frame, const char *what)
{
	return err_new(ERR_CORRUPT, "%s: zstd frame %" PRIu32 " at offset 0x%" PRIx64 ": %s",
		       z->under->name, frame, z->cstart[frame], what);
}

static struct err *verify(struct seekable *z, uint32_t frame, const uint8_t *data, size_t size)
{
	uint8_t b[4];
	uint32_t want;

	if (!z->checks)
		return NULL;
	TRY(source_read(z->under, z->table + (uint64_t)frame * 12 + 8, b, sizeof(b)));
	want = (uint32_t)b[0] | (uint32_t)b[1] << 8 | (uint32_t)b[2] << 16 | (uint32_t)b[3] << 24;
	if ((uint32_t)zstd_seekable_hash(data, size) != want)
		return bad_frame(z, frame, "its checksum differs from the seek table's");
	return NULL;
}

/* Decompresses a whole frame into buf, which has room for exactly it. */
static struct err *decode(struct seekable *z, uint32_t frame, uint8_t *buf, size_t size)
{
	CLEANUP(view_deinit) struct view view = VIEW_INIT;
	size_t got;

	TRY(cancel_check());
	TRY(source_view(z->under, z->cstart[frame], z->cstart[frame + 1] - z->cstart[frame],
			&view));
	got = ZSTD_decompressDCtx(z->dctx, buf, size, view.data, view.size);
	if (ZSTD_isError(got))
		return bad_frame(z, frame, ZSTD_getErrorName(got));
	if (got != size)
		return bad_frame(z, frame, "it holds less than the seek table says");
	return verify(z, frame, buf, size);
}

static void drop(struct seekable *z, struct slot *slot)
{
	free(slot->data);
	z->cached -= slot->size;
	*slot = (struct slot){ 0 };
}

/* A free slot with room for `size` more bytes in the cache. */
static struct slot *make_room(struct seekable *z, size_t size)
{
	for (;;) {
		struct slot *oldest = NULL, *spare = NULL;

		for (size_t i = 0; i < CACHE_SLOTS; i++) {
			struct slot *s = &z->slots[i];

			if (!s->data)
				spare = s;
			else if (!oldest || s->used < oldest->used)
				oldest = s;
		}
		if (spare && (z->cached + size <= CACHE_BYTES || !oldest))
			return spare;
		drop(z, oldest);
	}
}

static struct err *get_frame(struct seekable *z, uint32_t frame, const uint8_t **ret)
{
	size_t size = (size_t)(z->dstart[frame + 1] - z->dstart[frame]);
	struct slot *slot;
	struct err *e;
	uint8_t *data;

	for (size_t i = 0; i < CACHE_SLOTS; i++)
		if (z->slots[i].data && z->slots[i].frame == frame) {
			z->slots[i].used = ++z->clock;
			*ret = z->slots[i].data;
			return NULL;
		}
	slot = make_room(z, size);
	data = malloc(size);
	if (!data)
		return err_nomem();
	e = decode(z, frame, data, size);
	if (e) {
		free(data);
		return e;
	}
	*slot = (struct slot){ data, size, frame, ++z->clock };
	z->cached += size;
	*ret = data;
	return NULL;
}

/* The frame with dstart[f] <= offset < dstart[f + 1]; offset is inside. */
static uint32_t find_frame(const struct seekable *z, uint64_t offset)
{
	uint32_t lo = 0, hi = z->n;

	while (hi - lo > 1) {
		uint32_t mid = lo + (hi - lo) / 2;

		if (z->dstart[mid] <= offset)
			lo = mid;
		else
			hi = mid;
	}
	return lo;
}

static struct err *read_locked(struct seekable *z, uint64_t offset, uint8_t *buf, size_t len)
{
	while (len) {
		uint32_t f = find_frame(z, offset);
		uint64_t in = offset - z->dstart[f], left = z->dstart[f + 1] - offset;
		size_t n = left < len ? (size_t)left : len;
		const uint8_t *data = NULL;

		if (!in && n == left) { /* all of it: no copy, and the cache stays */
			TRY(decode(z, f, buf, n));
		} else {
			TRY(get_frame(z, f, &data));
			memcpy(buf, data + in, n);
		}
		buf += n;
		offset += n;
		len -= n;
	}
	return NULL;
}

static struct err *seekable_read(struct source *src, uint64_t offset, void *buf, size_t len)
{
	struct seekable *z = (struct seekable *)src;
	struct err *e;

	(void)pthread_mutex_lock(&z->lock);
	e = read_locked(z, offset, buf, len);
	(void)pthread_mutex_unlock(&z->lock);
	return e;
}

static void seekable_destroy(struct source *src)
{
	struct seekable *z = (struct seekable *)src;

	for (size_t i = 0; i < CACHE_SLOTS; i++)
		free(z->slots[i].data);
	(void)pthread_mutex_destroy(&z->lock);
	(void)ZSTD_freeDCtx(z->dctx);
	free(z->dstart);
	free(z->cstart);
	free(z->s.name);
	source_destroy(z->under);
	free(z);
}

static const struct source_ops seekable_ops = { seekable_read, seekable_destroy };

struct table {
	uint64_t begin;	  /* of the skippable frame */
	uint64_t entries; /* offset of the first */
	uint32_t n, entry_size;
};

static struct err *read_footer(struct source *src, struct table *ret)
{
	uint8_t b[FOOTER];
	struct cursor c;
	uint32_t descriptor;
	uint64_t size;

	if (src->size < FOOTER + SKIPPABLE_HEADER)
		return err_new(ERR_NOTFOUND, "%s: too short for a seek table", src->name);
	TRY(source_read(src, src->size - FOOTER, b, sizeof(b)));
	c = cursor_init(src->name, b, sizeof(b), src->size - FOOTER);
	ret->n = cursor_u32(&c);
	descriptor = cursor_u8(&c);
	if (cursor_u32(&c) != TABLE_MAGIC)
		return err_new(ERR_NOTFOUND, "%s: no zstd seek table", src->name);
	if (descriptor & 0x7c)
		return err_new(ERR_UNSUPPORTED, "%s: zstd seek table: reserved bits 0x%" PRIx32 " set",
			       src->name, descriptor);
	ret->entry_size = descriptor & 0x80 ? 12 : 8;
	size = (uint64_t)ret->n * ret->entry_size + FOOTER;
	if (!ret->n || ret->n > MAX_FRAMES || !range_in(SKIPPABLE_HEADER, size, src->size))
		return err_new(ERR_UNSUPPORTED, "%s: zstd seek table of %" PRIu32 " frames", src->name,
			       ret->n);
	ret->begin = src->size - size - SKIPPABLE_HEADER;
	ret->entries = ret->begin + SKIPPABLE_HEADER;
	return NULL;
}

static struct err *check_header(struct source *src, const struct table *t)
{
	uint8_t b[SKIPPABLE_HEADER];
	struct cursor c;
	uint32_t magic, size;

	TRY(source_read(src, t->begin, b, sizeof(b)));
	c = cursor_init(src->name, b, sizeof(b), t->begin);
	magic = cursor_u32(&c);
	size = cursor_u32(&c);
	if (magic != SKIPPABLE_MAGIC || size != src->size - t->entries)
		return err_new(ERR_CORRUPT,
			       "%s: offset 0x%" PRIx64 ": zstd seek table begins with 0x%" PRIx32
			       ", size %" PRIu32 "; expected 0x%x, size %" PRIu64,
			       src->name, t->begin, magic, size, SKIPPABLE_MAGIC,
			       src->size - t->entries);
	return NULL;
}

static struct err *read_entries(struct seekable *z, const struct table *t, uint32_t first,
				uint32_t n)
{
	CLEANUP(view_deinit) struct view view = VIEW_INIT;
	struct cursor c;

	TRY(source_cursor(z->under, t->entries + (uint64_t)first * t->entry_size,
			  (uint64_t)n * t->entry_size, &view, &c));
	for (uint32_t i = first; i < first + n; i++) {
		uint32_t csize = cursor_u32(&c), dsize = cursor_u32(&c);

		cursor_skip(&c, t->entry_size - 8);
		if (dsize > ZSTD_SEEKABLE_MAX_FRAME)
			return err_new(ERR_UNSUPPORTED,
				       "%s: zstd frame %" PRIu32 " of %" PRIu32
				       " bytes is too large to be read in place",
				       z->under->name, i, dsize);
		z->cstart[i + 1] = z->cstart[i] + csize; /* 2^24 frames of 2^32: no overflow */
		z->dstart[i + 1] = z->dstart[i] + dsize;
	}
	return cursor_check(&c, "zstd seek table");
}

static struct err *read_table(struct seekable *z, const struct table *t)
{
	z->dstart = calloc((size_t)t->n + 1, sizeof(*z->dstart));
	z->cstart = calloc((size_t)t->n + 1, sizeof(*z->cstart));
	if (!z->dstart || !z->cstart)
		return err_nomem();
	z->n = t->n;
	z->checks = t->entry_size == 12;
	z->table = t->entries;
	for (uint32_t i = 0; i < t->n; i += TABLE_CHUNK) {
		TRY(cancel_check());
		TRY(read_entries(z, t, i, t->n - i < TABLE_CHUNK ? t->n - i : TABLE_CHUNK));
	}
	if (z->cstart[t->n] != t->begin)
		return err_new(ERR_CORRUPT,
			       "%s: the zstd seek table's frames end at 0x%" PRIx64
			       ", the table begins at 0x%" PRIx64,
			       z->under->name, z->cstart[t->n], t->begin);
	z->s.size = z->dstart[t->n];
	return NULL;
}

static struct err *load(struct seekable *z, const struct table *t)
{
	TRY(read_table(z, t));
	z->s.name = strdup(z->under->name);
	z->dctx = ZSTD_createDCtx();
	return z->s.name && z->dctx ? NULL : err_nomem();
}

struct err *zstd_seekable_open(struct source *src, struct source **ret)
{
	struct table t = { 0 };
	struct seekable *z;
	struct err *e;

	TRY(read_footer(src, &t));
	TRY(check_header(src, &t));
	z = calloc(1, sizeof(*z));
	if (!z)
		return err_nomem();
	z->s.ops = &seekable_ops;
	z->under = src;
	(void)pthread_mutex_init(&z->lock, NULL);
	e = load(z, &t);
	if (e) {
		z->under = NULL; /* stays the caller's */
		seekable_destroy(&z->s);
		return e;
	}
	*ret = &z->s;
	return NULL;
}
