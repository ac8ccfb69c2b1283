/* SPDX-License-Identifier: MIT */
/*
 * Space: an ordered array of pieces that never overlap, and the ranges that
 * were added since it was last put in order.
 *
 * Invariants: `pieces` is sorted by address and free of overlaps; whatever is
 * in it has more authority than whatever is pending, because it was added
 * earlier. So new ranges only ever fill gaps: the pending ones are resolved
 * among themselves (a sweep with a heap of the ranges that cover the sweep's
 * address, first added on top; n log n) and then merged into the gaps.
 *
 * Ends are kept as the last address, not the one after it: a range may end at
 * the top of the address space.
 */
#include "memory/space.h"

#include "base/map.h"
#include "base/vec.h"

#include <stdlib.h>
#include <string.h>

/* A page that fill was asked for is not asked for again; past this many pages
 * (64 GB of holes that somebody read) it is not asked any more. */
enum { FILL_PAGE_SHIFT = 16, MAX_FILL_PAGES = 1 << 20 };

struct piece {
	uint64_t first, last;
	struct source *src;
	const struct space_translation *by;
	uint64_t offset;
	uint32_t tag;
	uint32_t origin;	/* enum space_origin */
};

typedef VEC(struct piece) piece_vec;

struct space {
	piece_vec pieces;	/* in order */
	piece_vec pending;	/* as added, first has most authority */
	size_t hit;		/* index of the piece that answered last */
	space_fill_fn *fill;
	void *fill_arg;
	bool filling;
	struct u64map asked;	/* pages fill was asked for */
};

struct err *space_create(struct space **ret)
{
	struct space *s = calloc(1, sizeof(*s));

	if (!s)
		return err_nomem();
	*ret = s;
	return NULL;
}

void space_destroy(struct space *s)
{
	if (!s)
		return;
	vec_deinit(&s->pieces);
	vec_deinit(&s->pending);
	u64map_deinit(&s->asked);
	free(s);
}

/* False: nothing of the range is there. What lies past the end of its source
 * is absent, so that a range with less authority can still give it. */
static bool piece_from_range(const struct space_range *r, struct piece *ret)
{
	uint64_t size = r->size;

	if (r->src && !r->by) {
		if (r->offset >= r->src->size)
			return false;
		if (size > r->src->size - r->offset)
			size = r->src->size - r->offset;
	}
	if (!size)
		return false;
	if (size - 1 > UINT64_MAX - r->address)
		size = UINT64_MAX - r->address + 1;
	*ret = (struct piece){
		.first = r->address, .last = r->address + (size - 1), .src = r->by ? NULL : r->src, .by = r->by,
		.offset = r->offset, .tag = r->tag, .origin = r->origin,
	};
	return true;
}

struct err *space_add(struct space *s, const struct space_range *ranges, size_t n)
{
	struct piece p;
	size_t room;

	if (__builtin_add_overflow(s->pending.n, n, &room) || !vec_reserve(&s->pending, room))
		return err_nomem();
	for (size_t i = 0; i < n; i++)
		if (piece_from_range(&ranges[i], &p))
			s->pending.v[s->pending.n++] = p;
	return NULL;
}

/* [first, last] of p */
static struct piece piece_cut(const struct piece *p, uint64_t first, uint64_t last)
{
	struct piece cut = *p;

	cut.first = first;
	cut.last = last;
	if (p->src)
		cut.offset += first - p->first;
	return cut;
}

/* A pending range in the sweep; `rank` 0 has most authority. */
struct sweep_item {
	struct piece piece;
	size_t rank;
};

static int compare_items(const void *a, const void *b)
{
	const struct sweep_item *x = a, *y = b;

	if (x->piece.first != y->piece.first)
		return x->piece.first < y->piece.first ? -1 : 1;
	return x->rank < y->rank ? -1 : 1;
}

/* Heap of indices into items, smallest rank on top. */
struct heap {
	const struct sweep_item *items;
	size_t *v, n;
};

static bool heap_less(const struct heap *h, size_t a, size_t b)
{
	return h->items[h->v[a]].rank < h->items[h->v[b]].rank;
}

static void heap_swap(struct heap *h, size_t a, size_t b)
{
	size_t t = h->v[a];

	h->v[a] = h->v[b];
	h->v[b] = t;
}

static void heap_push(struct heap *h, size_t item)
{
	size_t i = h->n++;

	for (h->v[i] = item; i && heap_less(h, i, (i - 1) / 2); i = (i - 1) / 2)
		heap_swap(h, i, (i - 1) / 2);
}

static void heap_pop(struct heap *h)
{
	h->v[0] = h->v[--h->n];
	for (size_t i = 0;;) {
		size_t least = i;

		for (size_t kid = 2 * i + 1; kid <= 2 * i + 2 && kid < h->n; kid++)
			if (heap_less(h, kid, least))
				least = kid;
		if (least == i)
			return;
		heap_swap(h, i, least);
		i = least;
	}
}

/*
 * Resolves sorted items: at every address the covering item of least rank.
 * Each round pushes or pops an item, so there are at most 2n rounds.
 */
static bool sweep(const struct sweep_item *items, size_t n, struct heap *h, piece_vec *ret)
{
	uint64_t at = 0;
	size_t next = 0;

	while (next < n || h->n) {
		const struct sweep_item *top;
		uint64_t last;

		while (h->n && items[h->v[0]].piece.last < at)
			heap_pop(h);
		if (!h->n) {
			if (next == n)
				break;
			if (at < items[next].piece.first)
				at = items[next].piece.first;
			heap_push(h, next++);
			continue;
		}
		top = &items[h->v[0]];
		last = top->piece.last;
		/* Those of less authority that start inside only wait. */
		while (next < n && items[next].piece.first <= last && items[next].rank > top->rank)
			heap_push(h, next++);
		if (next < n && items[next].piece.first <= last) {
			if (items[next].piece.first == at) {
				heap_push(h, next++);
				continue;
			}
			last = items[next].piece.first - 1;
		}
		if (!vec_push(ret, piece_cut(&top->piece, at, last)))
			return false;
		if (last == UINT64_MAX)
			break;
		at = last + 1;
	}
	return true;
}

static bool already_in_order(const piece_vec *v)
{
	for (size_t i = 1; i < v->n; i++)
		if (v->v[i].first <= v->v[i - 1].last)
			return false;
	return true;
}

/* Puts the pending ranges in order among themselves. */
static bool resolve_pending(struct space *s)
{
	size_t n = s->pending.n;
	piece_vec out = { 0 };
	struct sweep_item *items;
	struct heap h = { 0 };
	bool ok = false;

	if (already_in_order(&s->pending))
		return true;
	items = calloc(n, sizeof(*items));
	h.v = calloc(n, sizeof(*h.v));
	h.items = items;
	if (items && h.v) {
		for (size_t i = 0; i < n; i++)
			items[i] = (struct sweep_item){ .piece = s->pending.v[i], .rank = i };
		qsort(items, n, sizeof(*items), compare_items);
		ok = sweep(items, n, &h, &out);
	}
	free(items);
	free(h.v);
	if (!ok) {
		vec_deinit(&out);
		return false;
	}
	vec_deinit(&s->pending);
	s->pending.v = out.v;
	s->pending.n = out.n;
	s->pending.cap = out.cap;
	return true;
}

/* Adds the parts of p that lie in the gaps of the pieces from index *i on;
 * *i moves past the pieces that end before p does. */
static bool merge_one(const piece_vec *old, size_t *i, struct piece p, piece_vec *ret)
{
	for (;;) {
		const struct piece *o = *i < old->n ? &old->v[*i] : NULL;

		if (!o || p.last < o->first)
			return vec_push(ret, p);
		if (p.first < o->first) {
			if (!vec_push(ret, piece_cut(&p, p.first, o->first - 1)))
				return false;
		}
		if (p.last <= o->last)
			return true;
		if (p.first <= o->last)
			p = piece_cut(&p, o->last + 1, p.last);
		if (!vec_push(ret, *o))
			return false;
		++*i;
	}
}

static bool merge_pending(struct space *s)
{
	piece_vec out = { 0 };
	size_t i = 0;
	bool ok = vec_reserve(&out, s->pieces.n + s->pending.n);

	for (size_t k = 0; ok && k < s->pending.n; k++) {
		while (ok && i < s->pieces.n && s->pieces.v[i].last < s->pending.v[k].first)
			ok = vec_push(&out, s->pieces.v[i++]);
		ok = ok && merge_one(&s->pieces, &i, s->pending.v[k], &out);
	}
	while (ok && i < s->pieces.n)
		ok = vec_push(&out, s->pieces.v[i++]);
	if (!ok) {
		vec_deinit(&out);
		return false;
	}
	vec_deinit(&s->pieces);
	s->pieces.v = out.v;
	s->pieces.n = out.n;
	s->pieces.cap = out.cap;
	return true;
}

/* Looking up is const to callers: putting in order changes no answer. False:
 * no memory; what was in order before still answers. */
static bool normalise(const struct space *cs)
{
	struct space *s = (struct space *)cs;

	if (!s->pending.n)
		return true;
	if (!resolve_pending(s))
		return false;
	if (!s->pieces.n) {
		piece_vec empty = s->pieces;

		s->pieces = s->pending;
		s->pending = empty;
	} else if (!merge_pending(s)) {
		return false;
	}
	s->pending.n = 0;
	s->hit = 0;
	return true;
}

static bool piece_covers(const struct piece *p, uint64_t address)
{
	return p->first <= address && address <= p->last;
}

/* Index of the first piece that ends at or after address; n: none. */
static size_t lower_bound(const struct space *s, uint64_t address)
{
	size_t lo = 0, hi = s->pieces.n;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (s->pieces.v[mid].last < address)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

/* The covering piece or NULL. Reads come in runs: the last hit and the piece
 * after it are tried first. */
static const struct piece *piece_at(const struct space *cs, uint64_t address)
{
	struct space *s = (struct space *)cs;
	size_t i;

	if (!normalise(s))
		return NULL;
	for (i = s->hit; i < s->pieces.n && i <= s->hit + 1; i++)
		if (piece_covers(&s->pieces.v[i], address)) {
			s->hit = i;
			return &s->pieces.v[i];
		}
	i = lower_bound(s, address);
	if (i == s->pieces.n || s->pieces.v[i].first > address)
		return NULL;
	s->hit = i;
	return &s->pieces.v[i];
}

/* True: fill was asked and says that there is more now. */
static bool ask_fill(struct space *s, uint64_t address)
{
	uint64_t page = address >> FILL_PAGE_SHIFT;
	bool more;

	if (!s->fill || s->filling || s->asked.n >= MAX_FILL_PAGES || u64map_has(&s->asked, page) ||
	    !u64map_put(&s->asked, page, NULL))
		return false;
	s->filling = true;
	more = s->fill(s->fill_arg, s, address);
	s->filling = false;
	return more;
}

/* Leading bytes of [address, address+len) that p has; p covers address. */
static size_t piece_read(const struct piece *p, uint64_t address, uint8_t *buf, size_t len)
{
	uint64_t skip = address - p->first;

	if (len - 1 > p->last - address)
		len = (size_t)(p->last - address) + 1;
	if (p->by)
		return p->by->read(p->by->arg, address, buf, len);
	if (!p->src) {
		memset(buf, 0, len);
		return len;
	}
	return source_read_some(p->src, p->offset + skip, buf, len);
}

size_t space_read_some(struct space *s, uint64_t address, void *buf, size_t len)
{
	uint8_t *out = buf;
	size_t done = 0;

	while (done < len) {
		uint64_t at = address + done;
		const struct piece *p;
		size_t n, want;

		if (at < address)
			break; /* past the top of the address space */
		p = piece_at(s, at);
		if (!p && ask_fill(s, at))
			p = piece_at(s, at);
		if (!p)
			break;
		want = len - done;
		if (want - 1 > p->last - at)
			want = (size_t)(p->last - at) + 1;
		n = piece_read(p, at, out + done, want);
		done += n;
		if (n < want)
			break; /* the source could not read on */
	}
	return done;
}

struct err *space_read(struct space *s, uint64_t address, void *buf, size_t len)
{
	size_t n = space_read_some(s, address, buf, len);

	if (n == len)
		return NULL;
	if (!normalise(s))
		return err_nomem();
	return err_fault(address + n);
}

struct err *space_read_uint(struct space *s, uint64_t address, unsigned size, uint64_t *ret)
{
	uint8_t bytes[8];
	uint64_t value = 0;

	if (size > sizeof(bytes))
		return err_new(ERR_USAGE, "an integer of %u bytes", size);
	TRY(space_read(s, address, bytes, size));
	for (unsigned i = size; i--;)
		value = value << 8 | bytes[i];
	*ret = value;
	return NULL;
}

/* What of p is there, at or above `address`, which is not above its end. */
static bool piece_find(const struct piece *p, uint64_t address, struct space_range *ret)
{
	uint64_t first = p->first, last = p->last;

	if (p->by && !p->by->next(p->by->arg, address > first ? address : first, p->last, &first, &last))
		return false;
	*ret = (struct space_range){
		/* 2^64 bytes in one piece cannot be added: the size fits */
		.address = first, .size = last - first + 1, .src = p->src, .by = p->by,
		.offset = p->offset + (first - p->first), .origin = (enum space_origin)p->origin, .tag = p->tag,
	};
	return true;
}

bool space_find(const struct space *s, uint64_t address, struct space_range *ret)
{
	const struct piece *p = piece_at(s, address);
	size_t i;

	if (p && piece_find(p, address, ret))
		return true;
	for (i = p ? (size_t)(p - s->pieces.v) + 1 : lower_bound(s, address); i < s->pieces.n; i++)
		if (piece_find(&s->pieces.v[i], address, ret))
			return true;
	return false;
}

bool space_has(const struct space *s, uint64_t address)
{
	const struct piece *p = piece_at(s, address);
	struct space_range r;

	return p && (!p->by || (p->by->next(p->by->arg, address, address, &r.address, &r.size)));
}

void space_set_fill(struct space *s, space_fill_fn *fill, void *arg)
{
	s->fill = fill;
	s->fill_arg = arg;
}

static size_t memory_read(void *arg, uint64_t address, void *buf, size_t len)
{
	return space_read_some(arg, address, buf, len);
}

struct arch_memory space_memory(struct space *s)
{
	return (struct arch_memory){ .read = memory_read, .arg = s };
}

/* --- a part of a space as a source ------------------------------------------ */

struct space_view {
	struct source src;
	struct space *space;
	uint64_t base;
};

static struct err *space_view_read(struct source *src, uint64_t offset, void *buf, size_t len)
{
	struct space_view *v = (struct space_view *)src;

	return space_read(v->space, v->base + offset, buf, len);
}

static void space_view_destroy(struct source *src)
{
	free(src->name);
	free(src);
}

static const struct source_ops space_view_ops = {
	.read = space_view_read,
	.destroy = space_view_destroy,
};

struct err *space_source(struct space *s, const char *name, uint64_t base, uint64_t size,
			 struct source **ret)
{
	struct space_view *v;
	const struct piece *p;

	if (size && size - 1 > UINT64_MAX - base)
		return err_new(ERR_CORRUPT, "%s: 0x%llx bytes at 0x%llx reach past the end of memory",
			       name, (unsigned long long)size, (unsigned long long)base);
	v = calloc(1, sizeof(*v));
	if (v)
		v->src.name = strdup(name);
	if (!v || !v->src.name) {
		free(v);
		return err_nomem();
	}
	v->src.ops = &space_view_ops;
	v->src.size = size;
	v->space = s;
	v->base = base;
	/* One mapped piece has it all: what is there is never overruled later. */
	p = size ? piece_at(s, base) : NULL;
	if (p && p->src && p->src->map && size - 1 <= p->last - base)
		v->src.map = p->src->map + p->offset + (base - p->first);
	*ret = &v->src;
	return NULL;
}
