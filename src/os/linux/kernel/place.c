/* SPDX-License-Identifier: MIT */
/* Places of members: see place.h. */
#include "os/linux/kernel/place.h"

#include "base/cursor.h"
#include "target/bind.h"

#include <inttypes.h>

static struct err *fits(const char *type, const char *path, uint64_t offset, uint64_t size)
{
	enum { MAX_TYPE = 1 << 24 };

	if (offset <= MAX_TYPE && size <= MAX_TYPE)
		return NULL;
	return err_new(ERR_CORRUPT, "%s%s%s: 0x%" PRIx64 " bytes at 0x%" PRIx64 ": its type cannot be right", type,
		       *path ? "." : "", path, size, offset);
}

struct err *place_size(struct target *t, const char *type, uint32_t *ret)
{
	struct type_ref ref;
	struct type_info info;

	TRY(bind_type(t, HALF_NATIVE, "vmlinux", type, &ref));
	TRY(type_strip(ref, &ref, &info));
	TRY(fits(type, "", 0, info.size));
	*ret = (uint32_t)info.size;
	return NULL;
}

/* Of an array of arrays the elements of the outer one count. */
static void describe(struct type_info info, struct place *p)
{
	p->count = info.kind == TYPE_ARRAY ? (uint32_t)info.count : 1;
	p->size = (uint32_t)info.size;
}

struct err *place_find(struct target *t, const char *type, const char *path, struct place *ret)
{
	struct place p = { 0 };
	struct type_member m;
	struct type_info info;
	struct type_ref ref;

	TRY(bind_type(t, HALF_NATIVE, "vmlinux", type, &ref));
	TRY(err_prefix(type_find_member(ref, path, &m), "%s", type));
	TRY(type_strip(m.type, &ref, &info));
	TRY(fits(type, path, m.offset, info.size));
	p.offset = (uint32_t)m.offset;
	p.bit = m.bit_offset;
	p.bits = m.bit_size;
	describe(info, &p);
	*ret = p;
	return NULL;
}

struct place place_optional(struct target *t, const char *type, const char *path)
{
	struct place p = { 0 };

	(void)err_ignore(place_find(t, type, path, &p));
	return p;
}

uint64_t place_uint(const struct place *p, const uint8_t *bytes, size_t n)
{
	struct cursor c = cursor_init("structure", bytes, n, 0);
	unsigned size = p->size < 8 ? p->size : 8;
	uint64_t v;

	if (size != 1 && size != 2 && size != 4 && size != 8)
		return 0;
	cursor_seek(&c, p->offset);
	v = cursor_uint(&c, size);
	if (p->bits && p->bits < 64)
		v = v >> (p->bit & 63) & (((uint64_t)1 << p->bits) - 1);
	return v;
}
