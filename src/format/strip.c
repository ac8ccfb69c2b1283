/* SPDX-License-Identifier: MIT */
/* The plan of a stripped dump: pieces that stay, and patches over them. */
#include "format/strip.h"
#include "format/dump_impl.h"

#include <stdlib.h>
#include <string.h>

void strip_plan_deinit(struct strip_plan *p)
{
	vec_deinit(&p->keep);
	vec_deinit(&p->patches);
	arena_deinit(&p->arena);
}

struct err *strip_plan_keep(struct strip_plan *p, uint64_t offset, uint64_t size)
{
	struct strip_piece piece = { offset, size, NULL };
	struct strip_piece *last = p->keep.n ? &p->keep.v[p->keep.n - 1] : NULL;

	if (!size)
		return NULL;
	if (last && offset == last->offset + last->size) {
		last->size += size;
		return NULL;
	}
	return vec_push(&p->keep, piece) ? NULL : err_nomem();
}

struct err *strip_plan_patch(struct strip_plan *p, uint64_t offset, const void *bytes, size_t size)
{
	struct strip_piece patch = { offset, size, arena_memdup(&p->arena, bytes, size) };

	return patch.bytes && vec_push(&p->patches, patch) ? NULL : err_nomem();
}

static int by_offset(const void *a, const void *b)
{
	const struct strip_piece *x = a, *y = b;

	return x->offset < y->offset ? -1 : x->offset > y->offset;
}

void strip_plan_finish(struct strip_plan *p)
{
	size_t n = 0;

	if (p->keep.n)
		qsort(p->keep.v, p->keep.n, sizeof(*p->keep.v), by_offset);
	for (size_t i = 0; i < p->keep.n; i++) {
		struct strip_piece one = p->keep.v[i], *last = n ? &p->keep.v[n - 1] : NULL;

		if (one.size > UINT64_MAX - one.offset)
			one.size = UINT64_MAX - one.offset;
		if (!last || one.offset > last->offset + last->size)
			p->keep.v[n++] = one;
		else if (one.offset + one.size > last->offset + last->size)
			last->size = one.offset + one.size - last->offset;
	}
	p->keep.n = n;
	if (p->patches.n)
		qsort(p->patches.v, p->patches.n, sizeof(*p->patches.v), by_offset);
}

uint64_t strip_plan_kept(const struct strip_plan *p, const struct source *src)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < p->keep.n && p->keep.v[i].offset < src->size; i++) {
		uint64_t left = src->size - p->keep.v[i].offset;

		sum += p->keep.v[i].size < left ? p->keep.v[i].size : left;
	}
	return sum;
}

/* The first that ends behind the offset; patches do not overlap but where they are the same. */
static size_t first_piece(const strip_pieces *v, uint64_t offset)
{
	size_t lo = 0, hi = v->n;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (v->v[mid].offset + v->v[mid].size <= offset)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

static bool has_piece(const strip_pieces *v, uint64_t offset, size_t len)
{
	size_t i = first_piece(v, offset);

	return i < v->n && v->v[i].offset < offset + len;
}

/* The common part of [a, a + n) and [b, b + m); false: none. */
static bool intersect(uint64_t a, uint64_t n, uint64_t b, uint64_t m, uint64_t *ret, uint64_t *ret_n)
{
	uint64_t start = a > b ? a : b, end = a + n < b + m ? a + n : b + m;

	*ret = start;
	*ret_n = end - start;
	return start < end;
}

struct err *strip_plan_read(const struct strip_plan *p, struct source *src, uint64_t offset, uint8_t *buf,
			    size_t len, bool *ret_zero)
{
	uint64_t at, n;

	*ret_zero = !has_piece(&p->keep, offset, len) && !has_piece(&p->patches, offset, len);
	if (*ret_zero)
		return NULL;
	memset(buf, 0, len);
	for (size_t i = first_piece(&p->keep, offset); i < p->keep.n && p->keep.v[i].offset < offset + len; i++) {
		if (!intersect(offset, len, p->keep.v[i].offset, p->keep.v[i].size, &at, &n) || at >= src->size)
			continue;
		if (n > src->size - at)
			n = src->size - at;
		TRY(source_read(src, at, buf + (at - offset), (size_t)n));
	}
	for (size_t i = first_piece(&p->patches, offset); i < p->patches.n && p->patches.v[i].offset < offset + len; i++)
		if (intersect(offset, len, p->patches.v[i].offset, p->patches.v[i].size, &at, &n))
			memcpy(buf + (at - offset), p->patches.v[i].bytes + (at - p->patches.v[i].offset), (size_t)n);
	return NULL;
}

struct err *dump_strip(struct dump *d, struct strip_plan *p)
{
	if (!d->ops->strip)
		return err_new(ERR_UNSUPPORTED, "%s: a dump of the kind '%s' cannot be stripped", d->src->name,
			       d->facts.format);
	return d->ops->strip(d, p);
}
