/* SPDX-License-Identifier: MIT */
/*
 * Images of physical memory that a module or a program wrote while the system
 * ran: LiME, and AVML, which writes the same and a packed kind of its own.
 *
 *	header of 32 bytes	u32 magic, u32 version, u64 first address, u64 last address, 8 reserved
 *	LiME ("EMiL", 1)	the bytes of the range
 *	AVML ("AVML", 2)	a snappy framed stream of them, then u64: the stream's bytes
 *
 * and so on for each range of RAM. AVML parts ranges in blocks of 16 MB at most.
 * The stream's size stands behind it, so that a packed file is indexed from its
 * end; one that was cut off is read forwards, chunk by chunk.
 *
 * Such images are not of one instant: pages were copied one after the other.
 *
 * Sources: LiME's README ("The LiME image format"), AVML's README and its
 * docs; framing_format.txt of snappy. docs/formats/lime.md.
 */
#include "base/cancel.h"
#include "format/blocks.h"
#include "format/dump_impl.h"

#include <inttypes.h>
#include <snappy-c.h>
#include <string.h>

enum {
	HEAD = 32,
	CHUNK = 65536,		/* of the framing format: unpacked at most */
	CHUNK_HEAD = 4,
	CHECKSUM = 4,
	MAX_PACKED = CHUNK + CHUNK / 6 + 32,
	MAX_RANGES = 1 << 20,
	CHUNK_PACKED = 0x00, CHUNK_PLAIN = 0x01, CHUNK_PADDING = 0xfe, CHUNK_NAME = 0xff,
};
#define MAX_RANGE (UINT64_C(1) << 30)	/* of packed ones: AVML writes 16 MB */
static const uint32_t lime_magic = 0x4c694d45, avml_magic = 0x4c4d5641;

struct range {
	uint64_t first, size;
	uint64_t offset;	/* of its bytes, or of its stream, in the file */
	uint64_t packed;	/* bytes of the stream; 0: not packed */
	uint64_t view;		/* offset in the view, a multiple of CHUNK: packed files only */
};

struct lime {
	struct dump d;
	VEC(struct range) ranges;	/* in the order of the view */
	bool packed;
	/* where the chunks are of the packed range that was read last */
	size_t indexed;			/* range plus one; 0: none */
	VEC(uint64_t) chunks;
	uint8_t *buf;			/* MAX_PACKED */
};

static struct lime *lime_of(struct dump *d)
{
	return (struct lime *)d;
}

static bool probe(struct source *src)
{
	uint8_t head[8] = { 0 };
	struct cursor c = cursor_init("", head, sizeof(head), 0);
	uint32_t magic, version;

	if (source_read_some(src, 0, head, sizeof(head)) != sizeof(head))
		return false;
	magic = cursor_u32(&c);
	version = cursor_u32(&c);
	return (magic == lime_magic && version == 1) || (magic == avml_magic && version == 2);
}

/* ---- the ranges -------------------------------------------------------------------------------- */

static struct err *read_range(struct lime *l, uint64_t at, struct range *ret, bool *ret_packed)
{
	CLEANUP(view_deinit) struct view view = VIEW_INIT;
	uint32_t magic, version;
	struct cursor c;
	uint64_t last;

	TRY(source_cursor(l->d.src, at, HEAD, &view, &c));
	magic = cursor_u32(&c);
	version = cursor_u32(&c);
	*ret = (struct range){ .first = cursor_u64(&c), .offset = at + HEAD };
	last = cursor_u64(&c);
	*ret_packed = magic == avml_magic;
	if ((magic != lime_magic || version != 1) && (magic != avml_magic || version != 2))
		return err_new(ERR_CORRUPT, "%s: offset 0x%" PRIx64 ": header of a range expected, found 0x%" PRIx32 " version %" PRIu32,
			       l->d.src->name, at, magic, version);
	if (last < ret->first || last - ret->first == UINT64_MAX || (*ret_packed && last - ret->first >= MAX_RANGE))
		return err_new(ERR_CORRUPT, "%s: offset 0x%" PRIx64 ": a range from 0x%" PRIx64 " to 0x%" PRIx64, l->d.src->name, at,
			       ret->first, last);
	ret->size = last - ret->first + 1;
	return NULL;
}

static struct err *keep(struct lime *l, const struct range *r)
{
	if (l->ranges.n == MAX_RANGES)
		return err_new(ERR_UNSUPPORTED, "%s: more than %d ranges of memory", l->d.src->name, MAX_RANGES);
	return vec_push(&l->ranges, *r) ? NULL : err_nomem();
}

/* Head of a chunk of the stream. */
static struct err *read_chunk(struct lime *l, uint64_t at, unsigned *ret_type, uint32_t *ret_size)
{
	CLEANUP(view_deinit) struct view view = VIEW_INIT;
	struct cursor c;

	TRY(source_cursor(l->d.src, at, CHUNK_HEAD, &view, &c));
	*ret_type = cursor_u8(&c);
	*ret_size = cursor_u16(&c);
	*ret_size |= (uint32_t)cursor_u8(&c) << 16;
	return NULL;
}

/* Bytes that a chunk of data unpacks to. */
static struct err *chunk_length(struct lime *l, uint64_t at, unsigned type, uint32_t size, size_t *ret)
{
	size_t n = size < MAX_PACKED ? size : MAX_PACKED;

	*ret = 0;
	if (size < CHECKSUM || size > MAX_PACKED)
		return err_new(ERR_CORRUPT, "%s: offset 0x%" PRIx64 ": a chunk of %" PRIu32 " bytes", l->d.src->name, at, size);
	*ret = size - CHECKSUM;
	if (type == CHUNK_PLAIN)
		return NULL;
	/* its varint is at most 5 bytes */
	n = source_read_some(l->d.src, at + CHUNK_HEAD + CHECKSUM, l->buf, n - CHECKSUM < 5 ? n - CHECKSUM : 5);
	*ret = 0;
	for (size_t i = 0; i < n; i++) {
		*ret |= (size_t)(l->buf[i] & 0x7f) << 7 * i;
		if (!(l->buf[i] & 0x80))
			return NULL;
	}
	return err_new(ERR_CORRUPT, "%s: offset 0x%" PRIx64 ": a chunk without a length", l->d.src->name, at);
}

/*
 * Where the chunks of a stream are. All but the last unpack to CHUNK bytes;
 * other writers' need not, and then the range cannot be read in place.
 */
static struct err *index_stream(struct lime *l, const struct range *r, uint64_t *ret_end)
{
	uint64_t at = r->offset, done = 0, end = r->packed ? r->offset + r->packed : l->d.src->size;

	l->chunks.n = 0;
	while (done < r->size) {
		uint32_t size;
		unsigned type;
		size_t length;

		TRY(cancel_check());
		if (at >= end)
			return err_new(ERR_TRUNCATED, "%s: offset 0x%" PRIx64 ": the stream of a range ends after %" PRIu64 " of %" PRIu64
				       " bytes", l->d.src->name, at, done, r->size);
		TRY(read_chunk(l, at, &type, &size));
		if (type == CHUNK_PACKED || type == CHUNK_PLAIN) {
			TRY(chunk_length(l, at, type, size, &length));
			if (length > CHUNK || !length || (length < CHUNK && done + length < r->size))
				return err_new(ERR_UNSUPPORTED, "%s: offset 0x%" PRIx64 ": a chunk of %zu bytes (%d expected)",
					       l->d.src->name, at, length, CHUNK);
			if (!vec_push(&l->chunks, at))
				return err_nomem();
			done += length;
		} else if (type < 0x80) {
			return err_new(ERR_CORRUPT, "%s: offset 0x%" PRIx64 ": a chunk of the unknown kind 0x%x", l->d.src->name, at, type);
		}
		at += CHUNK_HEAD + (uint64_t)size;
	}
	*ret_end = at;
	return NULL;
}

/* From the start. A range of which not all is in the file is kept as far as it goes. */
static struct err *scan_forward(struct lime *l)
{
	uint64_t at = 0, size = l->d.src->size;

	while (at < size) {
		struct range r;
		bool packed;
		uint64_t end;

		TRY(cancel_check());
		TRY(read_range(l, at, &r, &packed));
		if (packed) {
			TRY(index_stream(l, &r, &end));
			r.packed = end - r.offset;
			if (end > size)
				dump_add_defect(&l->d, err_new(ERR_TRUNCATED, "%s: offset 0x%" PRIx64 ": the stream of a range ends behind "
							       "the end of the file (0x%" PRIx64 ")", l->d.src->name, r.offset, size));
			at = end + 8;
		} else {
			if (!range_in(r.offset, r.size, size)) {
				dump_add_defect(&l->d, err_new(ERR_TRUNCATED, "%s: offset 0x%" PRIx64 ": a range of %" PRIu64
							       " bytes, and %" PRIu64 " are in the file", l->d.src->name, at, r.size,
							       size - r.offset));
				r.size = size - r.offset;
			}
			at = r.offset + r.size;
		}
		if (r.size)
			TRY(keep(l, &r));
	}
	return NULL;
}

/* From the end: each stream is followed by its size. False: it is not so all through. */
static bool scan_backward(struct lime *l)
{
	uint64_t end = l->d.src->size;

	while (end) {
		uint64_t packed;
		uint8_t tail[8];
		struct range r;
		bool is_packed;
		struct cursor c = cursor_init("", tail, sizeof(tail), 0);

		if (end < HEAD + 8 || source_read_some(l->d.src, end - 8, tail, 8) != 8)
			return false;
		packed = cursor_u64(&c);
		if (!packed || packed > end - HEAD - 8 || err_ignore(read_range(l, end - 8 - packed - HEAD, &r, &is_packed)) || !is_packed)
			return false;
		r.packed = packed;
		if (err_ignore(keep(l, &r)))
			return false;
		end = r.offset - HEAD;
	}
	return true;
}

static struct err *find_ranges(struct lime *l)
{
	struct range first;
	uint64_t view = 0;

	TRY(read_range(l, 0, &first, &l->packed));
	if (!l->packed || !scan_backward(l)) {
		l->ranges.n = 0;
		struct err *e = scan_forward(l);

		if (e && (!l->ranges.n || err_code(e) == ERR_CANCELLED || err_code(e) == ERR_NOMEM))
			return e;
		dump_add_defect(&l->d, e);
	}
	for (size_t i = 0; i < l->ranges.n; i++) {
		l->ranges.v[i].view = view;
		view += (l->ranges.v[i].size + CHUNK - 1) / CHUNK * CHUNK;
	}
	return NULL;
}

/* ---- bytes of packed ranges --------------------------------------------------------------------------- */

/* Ranges are in the view's order. */
static size_t range_at(const struct lime *l, uint64_t view)
{
	size_t low = 0, high = l->ranges.n;

	while (high - low > 1) {
		size_t middle = low + (high - low) / 2;

		if (l->ranges.v[middle].view <= view)
			low = middle;
		else
			high = middle;
	}
	return low;
}

static struct err *unpack(struct lime *l, uint64_t at, uint8_t *buf)
{
	size_t length = CHUNK;
	uint32_t size;
	unsigned type;

	TRY(read_chunk(l, at, &type, &size));
	if (size < CHECKSUM || size > MAX_PACKED)
		return err_new(ERR_CORRUPT, "%s: offset 0x%" PRIx64 ": a chunk of %" PRIu32 " bytes", l->d.src->name, at, size);
	TRY(source_read(l->d.src, at + CHUNK_HEAD, l->buf, size));
	memset(buf, 0, CHUNK);
	if (type == CHUNK_PLAIN && size - CHECKSUM <= CHUNK) {
		memcpy(buf, l->buf + CHECKSUM, size - CHECKSUM);
		return NULL;
	}
	if (snappy_uncompress((const char *)l->buf + CHECKSUM, size - CHECKSUM, (char *)buf, &length) == SNAPPY_OK)
		return NULL;
	return err_new(ERR_CORRUPT, "%s: offset 0x%" PRIx64 ": a chunk that does not unpack", l->d.src->name, at);
}

static struct err *read_block(void *arg, uint64_t number, uint8_t *buf)
{
	struct lime *l = arg;
	size_t i = range_at(l, number * CHUNK);
	uint64_t chunk, end;

	if (l->indexed != i + 1) {
		l->indexed = 0;
		TRY(index_stream(l, &l->ranges.v[i], &end));
		l->indexed = i + 1;
	}
	chunk = number - l->ranges.v[i].view / CHUNK;
	if (chunk >= l->chunks.n)
		return err_fault(l->ranges.v[i].first + chunk * CHUNK);
	return unpack(l, l->chunks.v[chunk], buf);
}

/* ---- lists ---------------------------------------------------------------------------------------------- */

static struct err *list_physical(struct dump *d, struct dump_segment **ret, size_t *ret_n)
{
	struct lime *l = lime_of(d);
	struct dump_segment *v = ARENA_NEW_N(&d->arena, struct dump_segment, l->ranges.n);

	if (!v)
		return err_nomem();
	for (size_t i = 0; i < l->ranges.n; i++) {
		const struct range *r = &l->ranges.v[i];

		v[i] = (struct dump_segment){ .address = r->first, .size = r->size, .file_size = r->size,
					      .offset = l->packed ? r->view : r->offset };
	}
	*ret_n = dump_part_segments(v, l->ranges.n);
	*ret = v;
	return NULL;
}

static void destroy(struct dump *d)
{
	struct lime *l = lime_of(d);

	vec_deinit(&l->ranges);
	vec_deinit(&l->chunks);
	free(l->buf);
}

static const struct dump_ops ops = { .physical = list_physical, .destroy = destroy };

/* ---- opening ---------------------------------------------------------------------------------------------- */

extern const struct dump_format format_lime;

static struct err *load(struct lime *l)
{
	struct dump_facts *f = &l->d.facts;
	const struct range *last;

	l->buf = malloc(MAX_PACKED);
	if (!l->buf)
		return err_nomem();
	TRY(find_ranges(l));
	f->kind = DUMP_LIME;
	f->format = format_lime.name;
	f->whole_system = true;
	f->writer = l->packed ? "AVML" : "";
	f->title = l->packed ? "Physical Memory Image (AVML): copied while the system ran" :
			       "Physical Memory Image (LiME): copied while the system ran";
	if (!l->packed || !l->ranges.n)
		return NULL;
	last = &l->ranges.v[l->ranges.n - 1];
	return blocks_create(l->d.src->name, last->view + (last->size + CHUNK - 1) / CHUNK * CHUNK, CHUNK, read_block, l, &l->d.memory);
}

static struct err *open_lime(struct source *src, struct dump **ret)
{
	struct lime *l = calloc(1, sizeof(*l));
	struct err *e;

	if (!l)
		return err_nomem();
	e = dump_init(&l->d, &ops, src);
	if (e) {
		free(l);
		return e;
	}
	e = load(l);
	if (e) {
		l->d.src = NULL; /* stays the caller's */
		dump_unref(&l->d);
		return e;
	}
	*ret = &l->d;
	return NULL;
}

const struct dump_format format_lime = {
	.name = "lime",
	.summary = "images of physical memory (LiME, AVML)",
	.probe = probe,
	.open = open_lime,
};
