/* SPDX-License-Identifier: MIT */
/*
 * Minidump: streams, arrays and strings, held against the file.
 *
 * Every size and count that the file states passes here. Sources: the
 * structures of minidumpapiset.h; the padding after counts is observed in
 * Breakpad's dumps and tolerated by its own reader (minidump.cc).
 */
#include "format/minidump.h"

#include <string.h>

enum {
	MAX_STRING = 0x20000, /* bytes: twice the longest NT path in UTF-16 */
};

void md_in_deinit(struct md_in *in)
{
	view_deinit(&in->view);
}

struct err *md_soften(struct minidump *md, struct err *e)
{
	if (!e || err_code(e) == ERR_NOMEM || err_code(e) == ERR_CANCELLED)
		return e;
	dump_add_defect(&md->d, e);
	return NULL;
}

struct dump_piece md_clip(const struct minidump *md, uint64_t rva, uint64_t size)
{
	uint64_t end = md->d.src->size;

	if (rva >= end || !size)
		return (struct dump_piece){ rva, 0 };
	return (struct dump_piece){ rva, size < end - rva ? size : end - rva };
}

struct err *md_open(struct minidump *md, struct dump_piece piece, const char *what,
		    struct md_in *ret)
{
	struct dump_piece there = md_clip(md, piece.offset, piece.size);
	struct md_in in = MD_IN_INIT;

	if (there.size < piece.size) {
		struct err *e = err_new(ERR_TRUNCATED,
					"%s: %s at offset 0x%" PRIx64 ": %" PRIu64
					" bytes expected, %" PRIu64 " left in the file",
					md->d.src->name, what, piece.offset, piece.size,
					there.size);
		if (!there.size)
			return e;
		dump_add_defect(&md->d, e);
	}
	TRY(source_cursor(md->d.src, there.offset, there.size, &in.view, &in.c));
	in.c.big_endian = md->d.facts.big_endian;
	*ret = in;
	return NULL;
}

bool md_find(const struct minidump *md, uint32_t type, struct dump_piece *ret)
{
	for (size_t i = 0; i < md->n_streams; i++) {
		if (md->streams[i].type == type && md->streams[i].piece.size) {
			*ret = md->streams[i].piece;
			return true;
		}
	}
	return false;
}

struct err *md_open_stream(struct minidump *md, uint32_t type, struct md_in *ret, bool *ret_found)
{
	struct dump_piece piece;
	bool found = md_find(md, type, &piece);

	if (found)
		TRY(md_open(md, piece, md_stream_name(type), ret));
	*ret_found = found;
	return NULL;
}

struct cursor md_item(const struct md_in *in, const struct md_array *a, uint64_t i)
{
	return cursor_sub(&in->c, a->first + i * a->stride, a->stride);
}

/* Cuts the count to the room there is. */
static void clip_count(struct minidump *md, const struct md_in *in, const char *what,
		       struct md_array *a)
{
	uint64_t room = (in->c.size - a->first) / a->stride;

	if (a->count <= room)
		return;
	MD_DEFECT(md, ERR_TRUNCATED,
		  "%s at offset 0x%" PRIx64 ": %" PRIu64 " records of %" PRIu64
		  " bytes expected, room for %" PRIu64,
		  what, in->c.origin, a->count, a->stride, room);
	a->count = room;
}

struct err *md_counted(struct minidump *md, const struct md_in *in, const char *what,
		       const unsigned *sizes, size_t n_sizes, struct md_array *ret)
{
	struct cursor c = in->c;
	struct md_array a = { .first = 4, .stride = sizes[0] };
	bool fits = false;

	a.count = cursor_u32(&c);
	TRY(cursor_check(&c, what));
	for (size_t i = 0; i < n_sizes && !fits; i++) {
		for (unsigned gap = 0; gap <= 4 && !fits; gap += 4) {
			fits = 4 + gap + a.count * sizes[i] == c.size;
			if (fits) {
				a.first = 4 + gap;
				a.stride = sizes[i];
			}
		}
	}
	clip_count(md, in, what, &a);
	*ret = a;
	return NULL;
}

struct err *md_headed(struct minidump *md, const struct md_in *in, const char *what,
		      unsigned min_record, bool count64, struct md_array *ret)
{
	struct cursor c = in->c;
	struct md_array a;

	a.first = cursor_u32(&c);
	a.stride = cursor_u32(&c);
	a.count = cursor_uint(&c, count64 ? 8 : 4);
	TRY(cursor_check(&c, what));
	if (a.first < c.pos || a.first > c.size)
		return err_new(ERR_CORRUPT,
			       "%s: %s at offset 0x%" PRIx64 ": header of %" PRIu64
			       " bytes in a stream of %" PRIu64 ", %" PRIu64 " or more expected",
			       c.name, what, c.origin, a.first, c.size, c.pos);
	if (a.stride < min_record)
		return err_new(ERR_CORRUPT,
			       "%s: %s at offset 0x%" PRIx64 ": records of %" PRIu64
			       " bytes, %u or more expected",
			       c.name, what, c.origin, a.stride, min_record);
	clip_count(md, in, what, &a);
	*ret = a;
	return NULL;
}

/* Takes the text into the dump's memory, within what texts may cost in all. */
static const char *keep(struct minidump *md, struct strbuf *sb)
{
	const char *s;

	if (sb->failed)
		return NULL;
	if (!sb->len)
		return "";
	if (sb->len > md->text_left) {
		if (md->text_left)
			MD_DEFECT(md, ERR_CORRUPT, "%s",
				  "strings overlap so often that the rest of them is left out");
		md->text_left = 0;
		return "";
	}
	md->text_left -= sb->len;
	s = arena_strndup(&md->d.arena, sb->s, sb->len);
	return s;
}

const char *md_utf16(struct minidump *md, struct cursor *c, uint64_t n)
{
	CLEANUP(strbuf_deinit) struct strbuf sb = STRBUF_INIT;
	CLEANUP(freep) uint16_t *units = NULL;
	uint64_t k = 0;

	n = (n < cursor_left(c) ? n : cursor_left(c)) / 2;
	if (!n)
		return "";
	units = calloc(n, sizeof(*units));
	if (!units)
		return NULL;
	while (k < n)
		units[k++] = cursor_u16(c);
	strbuf_add_utf16(&sb, units, n); /* ends at a terminator */
	return keep(md, &sb);
}

const char *md_text(struct minidump *md, const void *bytes, uint64_t n)
{
	CLEANUP(strbuf_deinit) struct strbuf sb = STRBUF_INIT;

	if (n)
		strbuf_add_utf8(&sb, bytes, strnlen(bytes, n));
	return keep(md, &sb);
}

/* Reads the length and opens the text behind it. */
static struct err *open_string(struct minidump *md, uint64_t rva, const char *what,
			       struct md_in *ret)
{
	CLEANUP(md_in_deinit) struct md_in head = MD_IN_INIT;
	uint32_t length;

	TRY(md_open(md, (struct dump_piece){ rva, 4 }, what, &head));
	length = cursor_u32(&head.c);
	TRY(cursor_check(&head.c, what));
	if (length > MAX_STRING)
		return err_new(ERR_CORRUPT,
			       "%s: %s at offset 0x%" PRIx64 ": length %" PRIu32
			       ", at most %d bytes expected",
			       md->d.src->name, what, rva, length, MAX_STRING);
	return length ? md_open(md, (struct dump_piece){ rva + 4, length }, what, ret) : NULL;
}

static const char *read_string(struct minidump *md, uint64_t rva, const char *what, bool wide)
{
	CLEANUP(md_in_deinit) struct md_in in = MD_IN_INIT;
	struct err *e;

	if (!md->text_left)
		return "";
	e = open_string(md, rva, what, &in);
	if (e) {
		if (err_code(e) == ERR_NOMEM)
			return NULL;
		dump_add_defect(&md->d, e);
		return "";
	}
	if (wide)
		return md_utf16(md, &in.c, in.c.size);
	return md_text(md, cursor_bytes(&in.c, in.c.size), in.c.size);
}

static const char *string_at(struct minidump *md, uint64_t rva, const char *what, bool wide)
{
	uint64_t key = rva << 1 | wide;
	const char *s;

	if (!rva)
		return "";
	s = u64map_get(&md->strings, key);
	if (s)
		return s;
	s = read_string(md, rva, what, wide);
	if (s && !u64map_put(&md->strings, key, (void *)(uintptr_t)s))
		return NULL;
	return s;
}

const char *md_string(struct minidump *md, uint64_t rva, const char *what)
{
	return string_at(md, rva, what, true);
}

const char *md_string8(struct minidump *md, uint64_t rva, const char *what)
{
	return string_at(md, rva, what, false);
}
