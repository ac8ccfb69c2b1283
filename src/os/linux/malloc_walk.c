/* SPDX-License-Identifier: MIT */
/*
 * The chunks of a heap, one behind the other.
 *
 * A size that no chunk can have ends the chain. Its likeliest cause is that the
 * user of the chunk in front wrote on behind his memory: that chunk is named.
 * Or it was the size of the chunk in front that was overwritten, with one that is
 * possible: then a chain of whole chunks begins inside of it and passes over the
 * place that it led to. (A chain that ends there is what an older use of the
 * memory left behind: it says nothing.) The walk goes on at the next place from
 * which a chain of whole chunks leads on.
 */
#include "os/linux/malloc_impl.h"

enum {
	CHAIN = 8,		/* chunks in a row that make a chain credible */
	LOOK = 4096,		/* chunks between two looks at cancellation */
	MAX_STEPS = 1 << 26,	/* in looking for chains inside of chunks, in all */
};

struct header {
	uint64_t prev_size, size, flags, raw;
};

struct walker {
	struct malloc_walk *w;
	struct malloc_segment *seg;
	uint64_t top;		/* of the arena, 0: not in this segment */
};

static bool read_header(struct malloc_walk *w, uint64_t at, struct header *ret)
{
	if (!malloc_word(w, at, &ret->prev_size) || !malloc_word(w, at + w->h->pointer_size, &ret->raw))
		return false;
	ret->size = ret->raw & ~(uint64_t)MALLOC_FLAGS;
	ret->flags = ret->raw & MALLOC_FLAGS;
	return true;
}

static bool header_fits(const struct walker *x, uint64_t at, const struct header *h)
{
	const struct malloc_heap *heap = x->w->h;

	return h->size >= heap->min_size && h->size % heap->alignment == 0 && h->size < x->seg->end - at &&
	       !(h->flags & MALLOC_IS_MMAPPED) && (x->seg->arena || !(h->flags & MALLOC_NON_MAIN));
}

/* The two headers without memory that malloc leaves where it goes on elsewhere. */
static bool is_fence(const struct walker *x, uint64_t at, const struct header *h)
{
	uint64_t header = 2 * x->w->h->pointer_size;

	return !x->top && h->size <= header && (h->flags & MALLOC_PREV_INUSE) && x->seg->end - at <= 2 * x->w->h->min_size;
}

static bool is_end(const struct walker *x, uint64_t at, const struct header *h)
{
	return at == x->top || is_fence(x, at, h);
}

/* Whether whole chunks lead on from `at`, and not by way of `not_by`. */
static bool chain_fits(const struct walker *x, uint64_t at, uint64_t not_by)
{
	struct header h, next;
	unsigned good = 0;

	if (!malloc_aligned(x->w->h, at) || !read_header(x->w, at, &h))
		return false;
	while (good < CHAIN || at < not_by) {
		/* old headers in a large block may make long chains from each place */
		if (at == not_by || (not_by && x->w->steps++ > MAX_STEPS))
			return false;
		if (is_end(x, at, &h))
			return true;
		if (!header_fits(x, at, &h) || !read_header(x->w, at + h.size, &next) ||
		    (!(next.flags & MALLOC_PREV_INUSE) && next.prev_size != h.size))
			return false;
		at += h.size;
		h = next;
		good++;
	}
	return at != not_by;
}

/* The first place in [from, to) from which chunks lead on; 0: none. */
static struct err *find_chain(const struct walker *x, uint64_t from, uint64_t to, uint64_t not_by,
			      uint64_t *ret)
{
	unsigned step = x->w->h->alignment;

	*ret = 0;
	for (uint64_t at = from, n = 0; at < to && (!not_by || x->w->steps <= MAX_STEPS); at += step, n++) {
		uint64_t zeros = malloc_zeros(x->w, at);

		if (n % LOOK == 0)
			TRY(budget_check(x->w->in->budget));
		if (zeros > 2 * step) {
			at += (zeros - 2 * step) / step * step;
		} else if (chain_fits(x, at, not_by)) {
			*ret = at;
			return NULL;
		}
	}
	return NULL;
}

/* All but the last `keep`, which the walk may look back at. */
static void count_chunks(struct malloc_walk *w, size_t keep)
{
	size_t n = w->chunks.n > keep ? w->chunks.n - keep : 0;

	for (size_t i = 0; i < n; i++)
		malloc_census_add(w->in->census, w->h, &w->chunks.v[i]);
	for (size_t i = n; i < w->chunks.n; i++)
		w->chunks.v[i - n] = w->chunks.v[i];
	w->chunks.n -= n;
}

/* Within the budget, or from here on by counting alone. */
static struct err *make_room(struct malloc_walk *w)
{
	enum { LOOK_BACK = 2 };
	struct err *e = NULL;

	if (!w->counting)
		e = budget_memory(w->in->budget, (w->chunks.n + LOOK) * sizeof(w->chunks.v[0]));
	if (e && !w->in->census)
		return e;
	w->counting |= e != NULL;
	err_free(e);
	if (w->counting)
		count_chunks(w, LOOK_BACK);
	return NULL;
}

static struct err *push(struct walker *x, uint64_t at, uint64_t size, enum malloc_chunk_state state)
{
	struct malloc_chunk c = { .address = at, .size = size, .state = state };

	if (x->w->chunks.n % LOOK == 0)
		TRY(make_room(x->w));
	x->seg->n_chunks++;
	return vec_push(&x->w->chunks, c) ? NULL : err_nomem();
}

static struct malloc_chunk *last(struct walker *x)
{
	return x->seg->n_chunks ? &x->w->chunks.v[x->w->chunks.n - 1] : NULL;
}

/* The size of the chunk in front is wrong: its true end is `end`. */
static struct err *repair_last(struct walker *x, uint64_t end)
{
	struct malloc_chunk *c = last(x);
	uint64_t place = c->address + x->w->h->pointer_size;
	struct malloc_damage d = {
		.kind = DAMAGE_SIZE, .chunk = c->address, .place = place, .found = c->size,
		.expected = end - c->address, .has_expected = true, .arena = x->seg->arena,
		.culprit = x->seg->n_chunks > 1 ? c[-1].address : 0,
	};

	(void)malloc_word(x->w, place, &d.found);
	d.expected |= d.found & MALLOC_FLAGS;
	c->size = end - c->address;
	c->state = CHUNK_IN_USE;
	return malloc_damage_add(x->w, &d);
}

/* The header at `at` is broken; *ret_next: where to go on. */
static struct err *step_over(struct walker *x, uint64_t at, const struct header *h, uint64_t *ret_next)
{
	struct malloc_chunk *before = last(x);
	struct malloc_damage d = {
		.kind = DAMAGE_SIZE, .chunk = at, .place = at + x->w->h->pointer_size, .found = h->raw,
		.arena = x->seg->arena, .culprit = before ? before->address : 0,
	};
	uint64_t next;

	if (before && before->state != CHUNK_UNKNOWN) {
		TRY(find_chain(x, before->address + x->w->h->min_size, at, at, &next));
		if (next) {
			*ret_next = next;
			return repair_last(x, next);
		}
	}
	TRY(find_chain(x, at + x->w->h->min_size, x->seg->end, 0, &next));
	if (next) {
		d.has_expected = true;
		d.expected = (next - at) | MALLOC_PREV_INUSE | (x->seg->arena ? MALLOC_NON_MAIN : 0);
	}
	*ret_next = next ? next : x->seg->end;
	TRY(malloc_damage_add(x->w, &d));
	return push(x, at, *ret_next - at, CHUNK_UNKNOWN);
}

/* What the header of a chunk says of the one in front. */
static struct err *judge_last(struct walker *x, uint64_t at, const struct header *h)
{
	struct malloc_chunk *c = last(x);
	struct malloc_damage d = {
		.kind = DAMAGE_PREV_SIZE, .chunk = at, .place = at, .found = h->prev_size,
		.has_expected = true, .arena = x->seg->arena,
	};

	if (!c || c->state == CHUNK_UNKNOWN || (h->flags & MALLOC_PREV_INUSE))
		return NULL;
	c->state = CHUNK_UNLISTED; /* until a list has it */
	if (h->prev_size == c->size)
		return NULL;
	d.expected = c->size;
	d.culprit = c->address;
	return malloc_damage_add(x->w, &d);
}

static struct err *take_top(struct walker *x, uint64_t at, const struct header *h)
{
	struct malloc_chunk *before = last(x);
	struct malloc_damage d = {
		.kind = DAMAGE_TOP, .chunk = at, .place = at + x->w->h->pointer_size, .found = h->raw,
		.has_expected = true, .expected = (x->seg->end - at) | MALLOC_PREV_INUSE,
		.arena = x->seg->arena, .culprit = before ? before->address : 0,
	};

	/* the rest of a heap that is not readable yet is no part of it */
	if (h->size != x->seg->end - at)
		TRY(malloc_damage_add(x->w, &d));
	return push(x, at, x->seg->end - at, CHUNK_TOP);
}

static struct err *walk(struct walker *x)
{
	struct header h;
	uint64_t at = x->seg->start;

	for (unsigned n = 0; at < x->seg->end; n++) {
		if (n % LOOK == 0)
			TRY(budget_check(x->w->in->budget));
		if (!read_header(x->w, at, &h)) {
			x->seg->unread = x->seg->end - at;
			malloc_doubt_partial(x->w->h, "parts of heaps are not in the dump: what is in them is not known");
			return NULL;
		}
		if (!is_end(x, at, &h) && !header_fits(x, at, &h)) {
			TRY(step_over(x, at, &h, &at));
			continue;
		}
		TRY(judge_last(x, at, &h));
		if (at == x->top)
			return take_top(x, at, &h);
		if (is_fence(x, at, &h))
			return push(x, at, x->seg->end - at, CHUNK_FENCE);
		TRY(push(x, at, h.size, CHUNK_IN_USE));
		at += h.size;
	}
	return NULL;
}

struct err *malloc_walk_segments(struct malloc_walk *w)
{
	for (size_t i = 0; i < w->segments.n; i++) {
		struct malloc_segment *s = &w->segments.v[i];
		struct walker x = { .w = w, .seg = s };

		s->first_chunk = w->chunks.n;
		if (s->arena == MALLOC_NO_ARENA) {
			TRY(push(&x, s->start, s->end - s->start, CHUNK_MMAPPED));
			continue;
		}
		if (w->arenas.v[s->arena].top >= s->start && w->arenas.v[s->arena].top < s->end)
			x.top = w->arenas.v[s->arena].top;
		TRY(walk(&x));
		progress_report("walking the heap", i + 1, w->segments.n);
	}
	if (!w->counting)
		return NULL;
	count_chunks(w, 0);
	malloc_census_finish(w->in->census);
	return err_new(ERR_UNSUPPORTED, "the chunks are too many to keep: %llu were counted",
		       (unsigned long long)w->in->census->blocks);
}
