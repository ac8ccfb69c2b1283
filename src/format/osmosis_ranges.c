/* SPDX-License-Identifier: MIT */
/*
 * What memory of a snapshot is what, and the segments without what is no
 * memory: an unreadable page has zeros in the file, and must not be shown as
 * zeros; memory that was never touched has nothing in the file, and is zero.
 *
 * Ranges come from the file: they may overlap, wrap or be without number. They
 * are brought in order first; the number of pieces that segments are cut into
 * is bounded by theirs.
 */
#include "format/osmosis_record.h"
#include "base/cancel.h"

#include <inttypes.h>
#include <stdlib.h>

struct ranges {
	VEC(struct snapshot_range) v;
};

/* "0x1000-0x2000" */
static bool parse_range(const char *s, uint64_t *start, uint64_t *end)
{
	char *rest;

	if (strncmp(s, "0x", 2) != 0 || strspn(s + 2, "0123456789abcdefABCDEF") > 16)
		return false;
	*start = strtoull(s + 2, &rest, 16);
	if (rest == s + 2 || strncmp(rest, "-0x", 3) != 0 ||
	    strspn(rest + 3, "0123456789abcdefABCDEF") != strlen(rest + 3) || strlen(rest + 3) > 16)
		return false;
	*end = strtoull(rest + 3, NULL, 16);
	return *start < *end;
}

static struct err *add_group(const struct jval *group, struct ranges *r)
{
	const struct jval *at = jval_get(group, "at");
	struct snapshot_range one = { .reason = jval_text(jval_get(group, "reason")) };

	if (!range_class_named(jval_text(jval_get(group, "class")), &one.class))
		return NULL;
	for (size_t i = 0; i < jval_count(at); i++) {
		if (i % 4096 == 0)
			TRY(cancel_check());
		if (parse_range(jval_text(jval_at(at, i)), &one.start, &one.end) && !vec_push(&r->v, one))
			return err_nomem();
	}
	return NULL;
}

static int by_start(const void *a, const void *b)
{
	const struct snapshot_range *x = a, *y = b;

	if (x->start != y->start)
		return x->start < y->start ? -1 : 1;
	return (x->end > y->end) - (x->end < y->end);
}

/* In order; where two overlap the one that begins first counts. */
static void part(struct ranges *r)
{
	uint64_t end = 0;
	size_t to = 0;

	if (r->v.n)
		qsort(r->v.v, r->v.n, sizeof(*r->v.v), by_start);
	for (size_t i = 0; i < r->v.n; i++) {
		struct snapshot_range one = r->v.v[i];

		if (one.start < end)
			one.start = end;
		if (one.start >= one.end)
			continue;
		end = one.end;
		r->v.v[to++] = one;
	}
	r->v.n = to;
}

static struct err *read_doc(const struct jdoc *doc, struct ranges *r)
{
	const struct jval *groups;

	if (!doc)
		return NULL;
	groups = jval_get(jval_get(jdoc_root(doc), "memory"), "ranges");
	for (size_t i = 0; i < jval_count(groups); i++)
		TRY(add_group(jval_at(groups, i), r));
	part(r);
	return NULL;
}

/* Pieces of `one` that no range of `top` from *i on covers; *i moves to the first that may matter next. */
static struct err *add_uncovered(struct snapshot_range one, const struct ranges *top, size_t *i, struct ranges *ret)
{
	uint64_t end = one.end;
	size_t j;

	while (*i < top->v.n && top->v.v[*i].end <= one.start)
		++*i;
	for (j = *i; j < top->v.n && top->v.v[j].start < end; j++) {
		one.end = top->v.v[j].start;
		if (one.start < one.end && !vec_push(&ret->v, one))
			return err_nomem();
		one.start = top->v.v[j].end;
	}
	one.end = end;
	return one.start < end && !vec_push(&ret->v, one) ? err_nomem() : NULL;
}

static struct err *overlay(const struct ranges *base, const struct ranges *top, struct ranges *ret)
{
	size_t at = 0;

	for (size_t i = 0; i < base->v.n; i++)
		TRY(add_uncovered(base->v.v[i], top, &at, ret));
	for (size_t i = 0; i < top->v.n; i++)
		if (!vec_push(&ret->v, top->v.v[i]))
			return err_nomem();
	part(ret);
	return NULL;
}

static struct err *collect(const struct osmosis_record *r, struct ranges *base, struct ranges *top, struct ranges *ret)
{
	TRY(read_doc(r->record, base));
	TRY(read_doc(r->closing, top));
	return overlay(base, top, ret);
}

struct err *osmosis_ranges(struct dump *d, const struct osmosis_record *r, struct snapshot_range **ret, size_t *ret_n)
{
	struct ranges base = { 0 }, top = { 0 }, all = { 0 };
	struct err *e = collect(r, &base, &top, &all);

	if (!e && all.v.n) {
		*ret = arena_memdup(&d->arena, all.v.v, all.v.n * sizeof(*all.v.v));
		*ret_n = *ret ? all.v.n : 0;
		e = *ret ? NULL : err_nomem();
	}
	vec_deinit(&base.v);
	vec_deinit(&top.v);
	vec_deinit(&all.v);
	return e;
}

enum range_class osmosis_default(const struct osmosis_record *r)
{
	const struct jval *memory = jval_get(jdoc_root(r->record), "memory");
	enum range_class class = RANGE_SNAPSHOT;

	(void)range_class_named(jval_text(jval_get(memory, "default")), &class);
	return class;
}

/* --- segments --------------------------------------------------------------------- */

struct pieces {
	VEC(struct dump_segment) v;
	size_t limit;
	bool untouched;		/* memory that no range names, and no byte in the file, is zero */
};

/* [from, to) of a segment; absent: whatever the file has there. */
static bool add_piece(struct pieces *p, const struct dump_segment *seg, uint64_t from, uint64_t to, bool absent,
		      bool zero)
{
	uint64_t skip = from - seg->address, in_file = seg->file_size > skip ? seg->file_size - skip : 0;
	struct dump_segment one = *seg;

	if (from >= to)
		return true;
	one.address = from;
	one.size = to - from;
	one.offset = seg->offset + skip;
	one.file_size = absent ? 0 : in_file < one.size ? in_file : one.size;
	one.continued = skip != 0;
	one.zero = zero && !absent && !one.file_size;
	if (!zero || absent || one.zero || one.file_size == one.size)
		return vec_push(&p->v, one);
	/* The file ends within: what is beyond is zero. */
	return add_piece(p, seg, from, from + one.file_size, false, false) &&
	       add_piece(p, seg, from + one.file_size, to, false, true);
}

static bool is_absent(enum range_class c)
{
	return c == RANGE_UNREADABLE || c == RANGE_LEFT_OUT || c == RANGE_FILE;
}

/* Ranges that change nothing do not cut: pages that were never touched are zero in the file too. */
static bool cuts(const struct snapshot_range *r, const struct dump_segment *seg)
{
	uint64_t file_end = seg->address + seg->file_size;

	return is_absent(r->class) || (r->class == RANGE_UNTOUCHED && r->end > file_end);
}

static size_t first_after(const struct snapshot_range *v, size_t n, uint64_t address)
{
	size_t low = 0, high = n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (v[mid].end <= address)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

static struct err *cut_segment(struct pieces *p, const struct dump_segment *seg, const struct snapshot_range *r,
			       size_t n)
{
	uint64_t at = seg->address, end = seg->address + seg->size;

	if (end <= at) /* it reaches the end of the address space, where no process has memory */
		return vec_push(&p->v, *seg) ? NULL : err_nomem();
	for (size_t i = first_after(r, n, at); i < n && r[i].start < end && p->v.n < p->limit; i++) {
		uint64_t from = r[i].start > at ? r[i].start : at;
		uint64_t to = r[i].end < end ? r[i].end : end;

		if (!cuts(&r[i], seg))
			continue;
		if (!add_piece(p, seg, at, from, false, p->untouched) ||
		    !add_piece(p, seg, from, to, is_absent(r[i].class), r[i].class == RANGE_UNTOUCHED))
			return err_nomem();
		at = to;
	}
	return add_piece(p, seg, at, end, false, p->untouched) ? NULL : err_nomem();
}

static struct err *cut_all(struct pieces *p, const struct dump_segment *v, size_t n, const struct snapshot_range *r,
			   size_t n_ranges)
{
	for (size_t i = 0; i < n; i++) {
		if (i % 4096 == 0)
			TRY(cancel_check());
		TRY(cut_segment(p, &v[i], r, n_ranges));
	}
	return NULL;
}

/* Segments and ranges are of one kind of address. */
static struct err *cut(struct dump *d, const struct snapshot_range *ranges, size_t n_ranges, bool untouched, struct dump_segment **v, size_t *n)
{
	struct pieces p = { .untouched = untouched };
	struct err *e;

	/* A range makes two cuts, and one more at every segment's end: only segments that overlap need more. */
	p.limit = 4 * (*n + n_ranges) + 16;
	e = cut_all(&p, *v, *n, ranges, n_ranges);
	if (!e && p.v.n >= p.limit)
		dump_add_defect(d, err_new(ERR_CORRUPT,
					   "%s: segments overlap: what the record says of %zu ranges is not all "
					   "heeded",
					   d->src->name, n_ranges));
	if (!e) {
		*v = arena_memdup(&d->arena, p.v.v, p.v.n * sizeof(*p.v.v));
		*n = *v ? p.v.n : 0;
		e = *v ? NULL : err_nomem();
	}
	vec_deinit(&p.v);
	return e;
}

struct err *osmosis_cut_segments(struct dump *d, struct dump_segment **v, size_t *n)
{
	const struct dump_snapshot *s = NULL;

	TRY(dump_snapshot(d, &s));
	if (!s || !*n || (!s->n_ranges && s->default_class != RANGE_UNTOUCHED))
		return NULL;
	return cut(d, s->ranges, s->n_ranges, s->default_class == RANGE_UNTOUCHED, v, n);
}

static size_t without_absent(struct dump_segment *v, size_t n)
{
	size_t kept = 0;

	for (size_t i = 0; i < n; i++)
		if (v[i].file_size)
			v[kept++] = v[i];
	return kept;
}

struct err *osmosis_cut_physical(struct dump *d, struct dump_segment **v, size_t *n)
{
	const struct dump_snapshot *s = NULL;
	struct ranges absent = { 0 };
	struct err *e = NULL;

	TRY(dump_snapshot(d, &s));
	if (!s || !s->kernel || !s->kernel->direct_map)
		return NULL;
	for (size_t i = 0; !e && i < s->n_ranges; i++) {
		struct snapshot_range r = s->ranges[i];

		if (!is_absent(r.class) || r.start < s->kernel->direct_map)
			continue;
		r.start -= s->kernel->direct_map;
		r.end -= s->kernel->direct_map;
		e = vec_push(&absent.v, r) ? NULL : err_nomem();
	}
	if (!e && *n && absent.v.n) {
		e = cut(d, absent.v.v, absent.v.n, false, v, n);
		*n = e ? 0 : without_absent(*v, *n);
	}
	vec_deinit(&absent.v);
	return e;
}
