/* SPDX-License-Identifier: MIT */
/*
 * Cursor: the only thing that touches dump bytes.
 *
 * A bounded reader over a block of memory with sticky failure, so that a
 * parser reads like the structure it parses:
 *
 *	struct cursor c = cursor_init(name, data, size, offset_in_file);
 *	uint32_t count = cursor_u32(&c);
 *	uint64_t base = cursor_u64(&c);
 *	TRY(cursor_check(&c, "memory list header"));
 *
 * Reading past the end yields 0 and marks the cursor failed; it never moves
 * past the end. cursor_check turns the failure into a TRUNCATED error that
 * names file, offset and what was being read. A loop whose count came from
 * the file must test cursor_ok() (or check the count against cursor_left()).
 */
#ifndef OSM_BASE_CURSOR_H
#define OSM_BASE_CURSOR_H

#include "base/err.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct cursor {
	const uint8_t *data;
	uint64_t size, pos;
	uint64_t origin;	/* offset of data[0] in the file, for messages */
	const char *name;	/* of the file, borrowed */
	bool big_endian;
	bool failed;
	uint64_t failed_at, failed_want;
};

struct cursor cursor_init(const char *name, const void *data, uint64_t size, uint64_t origin);

static inline bool cursor_ok(const struct cursor *c)
{
	return !c->failed;
}

static inline uint64_t cursor_left(const struct cursor *c)
{
	return c->size - c->pos;
}

/* Position in the file, for messages and provenance. */
static inline uint64_t cursor_offset(const struct cursor *c)
{
	return c->origin + c->pos;
}

uint8_t cursor_u8(struct cursor *c);
uint16_t cursor_u16(struct cursor *c);
uint32_t cursor_u32(struct cursor *c);
uint64_t cursor_u64(struct cursor *c);
/* size: 1, 2, 4 or 8 */
uint64_t cursor_uint(struct cursor *c, unsigned size);
static inline int32_t cursor_s32(struct cursor *c)
{
	return (int32_t)cursor_u32(c);
}

/* Borrowed pointer to the next n bytes; NULL and failed when there are fewer. */
const uint8_t *cursor_bytes(struct cursor *c, uint64_t n);
/* Copies; zero-fills on failure. */
void cursor_copy(struct cursor *c, void *buf, uint64_t n);
void cursor_skip(struct cursor *c, uint64_t n);
void cursor_seek(struct cursor *c, uint64_t pos);
/* Forward to the next multiple of `align` from data[0]; at the end: stays there. */
void cursor_align(struct cursor *c, uint64_t align);
/* Terminated string, borrowed; "" and failed when no terminator follows. */
const char *cursor_cstr(struct cursor *c);
/* A cursor over [pos, pos+n) of c's data, independent of c's position; it is
 * failed from the start when the range is not inside. */
struct cursor cursor_sub(const struct cursor *c, uint64_t pos, uint64_t n);
/* Takes the next n bytes as a cursor of their own. */
struct cursor cursor_take(struct cursor *c, uint64_t n);

/* NULL, or TRUNCATED "name: what at offset 0x..: n bytes expected, m left" */
struct err *cursor_check(const struct cursor *c, const char *what) MUST_USE;
/* CORRUPT at the cursor's position: "name: offset 0x..: text" */
struct err *cursor_corrupt(const struct cursor *c, const char *fmt, ...) PRINTF(2, 3) MUST_USE;

/* [a, a+n) lies in [0, size) without overflow */
static inline bool range_in(uint64_t a, uint64_t n, uint64_t size)
{
	return a <= size && n <= size - a;
}

#endif
