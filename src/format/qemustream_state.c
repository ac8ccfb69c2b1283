/* SPDX-License-Identifier: MIT */
/*
 * Devices' state. The description gives each section its fields in the order of
 * the stream: {name, type, size}, of arrays {array_len} and the size of one
 * element, of structures {struct: {fields, subsections}} and the size of all of
 * it. Subsections stand behind the fields, each with a head of its own: byte 5,
 * length and name, u32 version. Numbers are big-endian.
 */
#include "format/qemustream_impl.h"

#include <inttypes.h>
#include <string.h>

enum { SUBSECTION_HEAD = 1 + 1 + 4, MAX_FIELDS = 1 << 20, MAX_ELEMENTS = 1 << 28 };

/* False: it makes no sense. */
static bool field_size(const struct jval *f, uint64_t *ret)
{
	uint64_t size = 0, n = 1;

	if (!jval_u64(jval_get(f, "size"), &size) || size > INT32_MAX)
		return false;
	if (jval_get(f, "array_len") && (!jval_u64(jval_get(f, "array_len"), &n) || n > MAX_ELEMENTS))
		return false;
	return !__builtin_mul_overflow(size, n, ret);
}

static bool fields_size(const struct jval *about, uint64_t *sum)
{
	const struct jval *fields = jval_get(about, "fields");
	size_t n = jval_count(fields);
	uint64_t size = 0;

	if (n > MAX_FIELDS)
		return false;
	for (size_t i = 0; i < n; i++)
		if (!field_size(jval_at(fields, i), &size) || __builtin_add_overflow(*sum, size, sum))
			return false;
	return true;
}

/* Subsections of subsections are counted by their own lists; what the depth is, JSON's reader bounds. */
static bool all_size(const struct jval *about, uint64_t *sum, unsigned depth)
{
	const struct jval *subs = jval_get(about, "subsections");

	if (depth > 16 || !fields_size(about, sum))
		return false;
	for (size_t i = 0; i < jval_count(subs); i++) {
		const struct jval *sub = jval_at(subs, i);

		*sum += SUBSECTION_HEAD + strlen(jval_text(jval_get(sub, "vmsd_name")));
		if (!all_size(sub, sum, depth + 1))
			return false;
	}
	return true;
}

struct err *qs_state_size(struct qs *q, const struct jval *about, uint64_t *ret)
{
	uint64_t sum = 0;

	if (!all_size(about, &sum, 0))
		return err_new(ERR_CORRUPT, "%s: the description of \"%s\" has sizes that make no sense", q->file->name, jval_text(jval_get(about, "name")));
	*ret = sum;
	return NULL;
}

/* The field of this name (n bytes), and where it begins, relative to the fields. */
static const struct jval *field_named(const struct jval *about, const char *name, size_t n, uint64_t *ret_at)
{
	const struct jval *fields = jval_get(about, "fields");
	uint64_t size = 0;

	*ret_at = 0;
	for (size_t i = 0; i < jval_count(fields); i++) {
		const struct jval *f = jval_at(fields, i);
		const char *text = jval_text(jval_get(f, "name"));

		if (strlen(text) == n && !memcmp(text, name, n))
			return f;
		if (!field_size(f, &size))
			return NULL;
		*ret_at += size;
	}
	return NULL;
}

static struct dump_piece field_at(const struct qs_section *s, const char *path, const struct jval **ret)
{
	const struct jval *about = s->about, *f = NULL;
	uint64_t at = 0, size = 0, offset;

	for (const char *p = path; *p; about = jval_get(f, "struct")) {
		size_t n = strcspn(p, "/");

		f = field_named(about, p, n, &offset);
		if (!f || !field_size(f, &size))
			return (struct dump_piece){ 0 };
		at += offset;
		p += n + (p[n] == '/');
	}
	*ret = f;
	if (!range_in(at, size, s->piece.size))
		return (struct dump_piece){ 0 };
	return (struct dump_piece){ s->piece.offset + at, size };
}

struct dump_piece qs_state_field(const struct qs_section *s, const char *path)
{
	const struct jval *f;

	return field_at(s, path, &f);
}

uint64_t qs_state_uint(struct qs *q, const struct qs_section *s, const char *path, size_t i)
{
	const struct jval *f = NULL;
	struct dump_piece p = field_at(s, path, &f);
	uint64_t size = 0, at, value = 0;

	if (!p.size || !jval_u64(jval_get(f, "size"), &size) || !size || size > 8 || !range_in(i * size, size, p.size))
		return 0;
	at = p.offset + i * size;
	return err_ignore(qs_uint(q, &at, (unsigned)size, &value)) ? 0 : value;
}

uint64_t qs_state_member(struct qs *q, const struct qs_section *s, const char *path, size_t i, const char *member)
{
	const struct jval *f = NULL, *m;
	struct dump_piece p = field_at(s, path, &f);
	uint64_t element = 0, at, offset = 0, size = 0, value = 0;

	if (!p.size || !jval_u64(jval_get(f, "size"), &element))
		return 0;
	m = field_named(jval_get(f, "struct"), member, strlen(member), &offset);
	if (!m || !field_size(m, &size) || !size || size > 8 || !range_in(offset, size, element) || !range_in(i * element, element, p.size))
		return 0;
	at = p.offset + i * element + offset;
	return err_ignore(qs_uint(q, &at, (unsigned)size, &value)) ? 0 : value;
}

const struct qs_section *qs_state_named(const struct qs *q, const char *name, uint32_t instance)
{
	for (size_t i = 0; i < q->sections.n; i++)
		if (q->sections.v[i].instance == instance && !strcmp(q->sections.v[i].name, name))
			return &q->sections.v[i];
	return NULL;
}
