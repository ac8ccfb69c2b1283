/* SPDX-License-Identifier: MIT */
/*
 * Flattened kdump files: "makedumpfile", padded to 4096 bytes, then pieces of
 * {offset, size, bytes}, all numbers big-endian, until an offset of -1. They are
 * what makedumpfile would have written to a file that can seek, in the order of
 * the writes: where two overlap, the later one is what stands.
 *
 * Headers are written several times, data mostly once and in order. So the
 * pieces are sorted, and those that lie on one another are cut by authority.
 */
#include "format/kdump.h"

#include "base/cancel.h"
#include "base/vec.h"

#include <inttypes.h>
#include <string.h>

enum { HEAD = 4096, PIECE_HEAD = 16, MAX_PIECES = 1 << 24 };

struct piece {
	uint64_t start, end;	/* in the view */
	uint64_t offset;	/* in the file, of `start` */
};

typedef VEC(struct piece) piece_vec;

struct flat {
	struct source src;
	struct source *file;
	piece_vec pieces;	/* sorted, apart */
};

bool kdump_is_flat(struct source *src)
{
	char magic[16];

	return source_read_some(src, 0, magic, sizeof(magic)) == sizeof(magic) && !memcmp(magic, "makedumpfile\0\0\0", 16);
}

/* The piece that holds `at`, or the first behind it; n: none. */
static size_t find(const struct flat *f, uint64_t at)
{
	size_t low = 0, high = f->pieces.n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (f->pieces.v[middle].end <= at)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* What no piece wrote reads as zeros, as in a file with holes. */
static struct err *flat_read(struct source *src, uint64_t offset, void *buf, size_t len)
{
	struct flat *f = (struct flat *)src;
	uint8_t *to = buf;

	memset(buf, 0, len);
	for (size_t i = find(f, offset); i < f->pieces.n && f->pieces.v[i].start < offset + len; i++) {
		const struct piece *p = &f->pieces.v[i];
		uint64_t from = p->start > offset ? p->start : offset;
		uint64_t end = p->end < offset + len ? p->end : offset + len;

		TRY(source_read(f->file, p->offset + (from - p->start), to + (from - offset), (size_t)(end - from)));
	}
	return NULL;
}

static void flat_destroy(struct source *src)
{
	struct flat *f = (struct flat *)src;

	vec_deinit(&f->pieces);
	free(f->src.name);
	free(f);
}

static const struct source_ops flat_ops = { flat_read, flat_destroy };

static struct err *read_piece(struct source *file, uint64_t at, struct piece *ret, bool *ret_last)
{
	CLEANUP(view_deinit) struct view view = VIEW_INIT;
	struct cursor c;
	uint64_t size;

	TRY(source_cursor(file, at, PIECE_HEAD, &view, &c));
	c.big_endian = true;
	ret->start = cursor_u64(&c);
	size = cursor_u64(&c);
	*ret_last = ret->start == UINT64_MAX;
	if (*ret_last)
		return NULL;
	if (__builtin_add_overflow(ret->start, size, &ret->end) || ret->end > INT64_MAX)
		return cursor_corrupt(&c, "a piece of %" PRIu64 " bytes at 0x%" PRIx64 " in a flattened dump", size, ret->start);
	ret->offset = at + PIECE_HEAD;
	if (!range_in(ret->offset, size, file->size))
		return err_new(ERR_TRUNCATED, "%s: offset 0x%" PRIx64 ": a piece of %" PRIu64 " bytes, and %" PRIu64 " are left",
			       file->name, at, size, file->size - ret->offset);
	return NULL;
}

/* As many as there are. */
static struct err *read_pieces(struct source *file, piece_vec *pieces)
{
	uint64_t at = HEAD;
	struct piece p;
	bool last;

	for (;;) {
		TRY(cancel_check());
		TRY(read_piece(file, at, &p, &last));
		if (last)
			return NULL;
		if (pieces->n == MAX_PIECES)
			return err_new(ERR_UNSUPPORTED, "%s: more than %d pieces", file->name, MAX_PIECES);
		if (p.end > p.start && !vec_push(pieces, p))
			return err_nomem();
		at = p.offset + (p.end - p.start);
	}
}

/* Later pieces stand: they come first among those with one start. */
static int by_start(const void *a, const void *b)
{
	const struct piece *x = a, *y = b;

	if (x->start != y->start)
		return x->start < y->start ? -1 : 1;
	return x->offset > y->offset ? -1 : x->offset < y->offset;
}

static struct piece cut(const struct piece *p, uint64_t start, uint64_t end)
{
	return (struct piece){ start, end, p->offset + (start - p->start) };
}

/* Puts p over what was placed: pieces come sorted by start, so only those at the end of `placed` reach into it. */
static bool place(piece_vec *placed, piece_vec *rest, struct piece p)
{
	while (p.start < p.end) {
		struct piece *before = placed->n ? &placed->v[placed->n - 1] : NULL;

		if (!before || before->end <= p.start)
			return vec_push(placed, p);
		if (before->offset > p.offset) { /* that one was written later */
			p = cut(&p, before->end < p.end ? before->end : p.end, p.end);
			continue;
		}
		if (before->end > p.end && !vec_push(rest, cut(before, p.end, before->end)))
			return false;
		before->end = p.start;
		if (before->start == before->end)
			placed->n--;
	}
	return true;
}

/* What was cut off behind a later piece comes back as a piece of its own, until nothing is cut off any more. */
static struct err *resolve(piece_vec *pieces)
{
	enum { ROUNDS = 64 };
	piece_vec placed = { 0 }, rest = { 0 };
	bool ok = true;

	for (unsigned round = 0; ok && pieces->n && round < ROUNDS; round++) {
		qsort(pieces->v, pieces->n, sizeof(*pieces->v), by_start);
		placed.n = rest.n = 0;
		for (size_t i = 0; ok && i < pieces->n; i++)
			ok = place(&placed, &rest, pieces->v[i]);
		for (size_t i = 0; ok && i < rest.n; i++)
			ok = vec_push(&placed, rest.v[i]);
		pieces->n = 0;
		for (size_t i = 0; ok && i < placed.n; i++)
			ok = vec_push(pieces, placed.v[i]);
		if (!rest.n)
			break;
	}
	ok = ok && !rest.n;
	vec_deinit(&placed);
	vec_deinit(&rest);
	return ok ? NULL : err_new(ERR_CORRUPT, "a flattened dump whose pieces cannot be put in order");
}

struct err *kdump_unflatten(struct source *file, struct source **ret, struct err **ret_damage)
{
	struct flat *f = calloc(1, sizeof(*f));
	struct err *e, *damage;

	if (!f)
		return err_nomem();
	f->src = (struct source){ .ops = &flat_ops, .name = strdup(file->name) };
	f->file = file;
	damage = f->src.name ? read_pieces(file, &f->pieces) : NULL;
	e = !f->src.name ? err_nomem() : damage && err_code(damage) == ERR_CANCELLED ? damage : resolve(&f->pieces);
	if (e) {
		if (e != damage)
			err_free(damage);
		flat_destroy(&f->src);
		return e;
	}
	f->src.size = f->pieces.n ? f->pieces.v[f->pieces.n - 1].end : 0;
	*ret_damage = damage;
	*ret = &f->src;
	return NULL;
}
