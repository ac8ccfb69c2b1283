/* SPDX-License-Identifier: MIT */
#include "base/cursor.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

struct cursor cursor_init(const char *name, const void *data, uint64_t size, uint64_t origin)
{
	return (struct cursor){ .data = data, .size = size, .origin = origin, .name = name };
}

static void fail(struct cursor *c, uint64_t at, uint64_t want)
{
	if (c->failed)
		return;
	c->failed = true;
	c->failed_at = at;
	c->failed_want = want;
}

/* An empty cursor may stand on no memory at all: C allows no offset to that, not even 0. */
static const uint8_t *byte_at(const struct cursor *c, uint64_t pos)
{
	static const uint8_t nothing[1];

	return c->data ? c->data + pos : nothing;
}

const uint8_t *cursor_bytes(struct cursor *c, uint64_t n)
{
	const uint8_t *p;

	if (c->failed || n > cursor_left(c)) {
		fail(c, c->pos, n);
		return NULL;
	}
	p = byte_at(c, c->pos);
	c->pos += n;
	return p;
}

uint64_t cursor_uint(struct cursor *c, unsigned size)
{
	const uint8_t *p = cursor_bytes(c, size);
	uint64_t v = 0;

	if (!p)
		return 0;
	for (unsigned i = 0; i < size; i++)
		v |= (uint64_t)p[c->big_endian ? size - 1 - i : i] << (8 * i);
	return v;
}

uint8_t cursor_u8(struct cursor *c)
{
	return (uint8_t)cursor_uint(c, 1);
}

uint16_t cursor_u16(struct cursor *c)
{
	return (uint16_t)cursor_uint(c, 2);
}

uint32_t cursor_u32(struct cursor *c)
{
	return (uint32_t)cursor_uint(c, 4);
}

uint64_t cursor_u64(struct cursor *c)
{
	return cursor_uint(c, 8);
}

void cursor_copy(struct cursor *c, void *buf, uint64_t n)
{
	const uint8_t *p = cursor_bytes(c, n);

	if (p)
		memcpy(buf, p, n);
	else
		memset(buf, 0, n);
}

void cursor_skip(struct cursor *c, uint64_t n)
{
	(void)cursor_bytes(c, n);
}

void cursor_seek(struct cursor *c, uint64_t pos)
{
	if (c->failed)
		return;
	if (pos > c->size)
		fail(c, pos, 0);
	else
		c->pos = pos;
}

void cursor_align(struct cursor *c, uint64_t align)
{
	uint64_t over = c->pos % align;

	if (over)
		c->pos += cursor_left(c) < align - over ? cursor_left(c) : align - over;
}

const char *cursor_cstr(struct cursor *c)
{
	const uint8_t *start = byte_at(c, c->pos);
	const uint8_t *end = c->failed || !cursor_left(c)
				     ? NULL
				     : memchr(start, 0, cursor_left(c));

	if (!end) {
		fail(c, c->pos, cursor_left(c) + 1);
		return "";
	}
	c->pos += (uint64_t)(end - start) + 1;
	return (const char *)start;
}

struct cursor cursor_sub(const struct cursor *c, uint64_t pos, uint64_t n)
{
	struct cursor sub = *c;

	if (c->failed)
		return sub;
	if (!range_in(pos, n, c->size)) {
		sub.size = sub.pos = 0;
		fail(&sub, pos, n);
		return sub;
	}
	sub.data = byte_at(c, pos);
	sub.size = n;
	sub.pos = 0;
	sub.origin = c->origin + pos;
	return sub;
}

struct cursor cursor_take(struct cursor *c, uint64_t n)
{
	struct cursor sub = cursor_sub(c, c->pos, n);

	cursor_skip(c, n);
	return sub;
}

struct err *cursor_check(const struct cursor *c, const char *what)
{
	uint64_t left;

	if (!c->failed)
		return NULL;
	left = c->failed_at < c->size ? c->size - c->failed_at : 0;
	return err_new(ERR_TRUNCATED,
		       "%s: %s at offset 0x%" PRIx64 ": %" PRIu64 " bytes expected, %" PRIu64
		       " left",
		       c->name, what, c->origin + c->failed_at, c->failed_want, left);
}

struct err *cursor_corrupt(const struct cursor *c, const char *fmt, ...)
{
	char text[256];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	return err_new(ERR_CORRUPT, "%s: offset 0x%" PRIx64 ": %s", c->name, cursor_offset(c),
		       text);
}
