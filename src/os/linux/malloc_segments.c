/* SPDX-License-Identifier: MIT */
/*
 * The memory of arenas.
 *
 * The main arena grows by brk: it is the system_mem bytes that end with top. They
 * begin at a page, or behind the TLS that a static program took from brk before.
 * Another arena has heaps of its own, each at a multiple of HEAP_MAX_SIZE (64 MB
 * of address space, 1 MB where pointers have 4 bytes; more with huge pages, so
 * that it is tried, not known) and begun by struct heap_info:
 *	ar_ptr, prev, size, mprotect_size, [pagesize], padding
 * whose size is seen from the arena, which lies behind it in the first heap.
 *
 * Large requests have mappings of their own, which are in no list; malloc counts
 * them in mp_. That is found by its sbrk_base, which is the start of the main
 * heap, behind mmapped_mem and max_mmapped_mem and the counters n_mmaps,
 * n_mmaps_max, max_n_mmaps. The chunk's header stands at the start of a page
 * with prev_size 0 and a size of whole pages with the bit IS_MMAPPED; one made
 * for an alignment lies further in, and its prev_size says how far.
 */
#include "os/linux/malloc_impl.h"

#include "base/map.h"

#include <stdlib.h>

static bool span_at(const struct malloc_input *in, uint64_t address, struct reach_span *ret)
{
	size_t low = 0, high = in->n_writable;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (in->writable[mid].end <= address)
			low = mid + 1;
		else
			high = mid;
	}
	if (low == in->n_writable || in->writable[low].start > address)
		return false;
	*ret = in->writable[low];
	return true;
}

static uint64_t first_chunk(const struct malloc_heap *h, uint64_t from)
{
	uint64_t a = h->alignment, header = 2 * h->pointer_size;

	return ((from + header + a - 1) & ~(a - 1)) - header;
}

static struct err *add_segment(struct malloc_walk *w, uint64_t base, uint64_t start, uint64_t end,
			       size_t arena)
{
	struct malloc_segment s = { .base = base, .start = start, .end = end, .arena = arena };

	if (start >= end || w->segments.n >= MALLOC_MAX_SEGMENTS) {
		malloc_doubt_partial(w->h, "some heaps have impossible bounds and are left out");
		return NULL;
	}
	return vec_push(&w->segments, s) ? NULL : err_nomem();
}

/* --- the main arena ------------------------------------------------------------ */

static bool start_fits(struct malloc_walk *w, const struct reach_span *span, uint64_t start)
{
	uint64_t p = w->h->pointer_size, size;

	return start >= span->start && start < span->end && start % p == 0 &&
	       malloc_word(w, first_chunk(w->h, start) + p, &size) && (size & MALLOC_PREV_INUSE) &&
	       (size & ~(uint64_t)MALLOC_FLAGS) >= w->h->min_size;
}

static struct err *main_segment(struct malloc_walk *w)
{
	const struct malloc_arena *a = &w->arenas.v[0];
	uint64_t size, end, p = w->h->pointer_size;
	struct reach_span span;

	if (!a->system)
		return NULL;
	if (!malloc_word(w, a->top + p, &size) || !span_at(w->in, a->top, &span)) {
		malloc_doubt_partial(w->h, "the top of the main heap is not in the dump: its chunks are not known");
		return NULL;
	}
	end = a->top + (size & ~(uint64_t)MALLOC_FLAGS);
	if (end <= span.end && end > a->top && start_fits(w, &span, end - a->system))
		return add_segment(w, end - a->system, first_chunk(w->h, end - a->system), end, 0);
	/* top's size is damaged, but brk ends the mapping */
	if (start_fits(w, &span, span.end - a->system))
		return add_segment(w, span.end - a->system, first_chunk(w->h, span.end - a->system), span.end,
				   0);
	malloc_doubt_partial(w->h, "the main heap is not one stretch: only the chunks of the last are known");
	if (start_fits(w, &span, span.start))
		return add_segment(w, span.start, first_chunk(w->h, span.start),
				   end > a->top && end <= span.end ? end : span.end, 0);
	return NULL;
}

/* --- other arenas ----------------------------------------------------------------- */

static bool heap_of_top(struct malloc_walk *w, const struct malloc_arena *a, uint64_t *ret)
{
	enum { MIN_SHIFT = 16, MAX_SHIFT = 36 };
	unsigned usual = w->h->pointer_size == 8 ? 26 : 20;

	for (unsigned i = MIN_SHIFT - 1; i <= MAX_SHIFT; i++) {
		unsigned shift = i < MIN_SHIFT ? usual : i;
		uint64_t base = a->top & ~(((uint64_t)1 << shift) - 1), owner;

		if (malloc_word(w, base, &owner) && owner == a->address) {
			*ret = base;
			return true;
		}
	}
	return false;
}

static struct err *add_heap(struct malloc_walk *w, size_t arena, uint64_t base, uint64_t info_size)
{
	const struct malloc_arena *a = &w->arenas.v[arena];
	uint64_t size, from = base + info_size, p = w->h->pointer_size;
	struct reach_span span;

	if (!malloc_word(w, base + 2 * p, &size) || !span_at(w->in, base, &span))
		size = 0;
	if (size && size > span.end - base) /* a hostile size would hide others */
		size = span.end - base;
	if (a->address == from)
		from += w->h->layout.state_size;
	return add_segment(w, base, first_chunk(w->h, from), base + size, arena);
}

static struct err *arena_segments(struct malloc_walk *w, size_t arena, struct u64map *seen)
{
	const struct malloc_arena *a = &w->arenas.v[arena];
	uint64_t base, owner, p = w->h->pointer_size;
	/* heap_info and the arena share the first page of the first heap */
	uint64_t info_size = a->address % MALLOC_PAGE;

	if (!heap_of_top(w, a, &base)) {
		malloc_doubt_partial(w->h, "an arena's top lies in no heap of it: its chunks are not known");
		return NULL;
	}
	while (base) {
		TRY(budget_check(w->in->budget));
		if (u64map_has(seen, base) || !malloc_word(w, base, &owner) || owner != a->address) {
			malloc_doubt_partial(w->h, "an arena's list of heaps is damaged or not all in the dump");
			break;
		}
		if (!u64map_put(seen, base, NULL))
			return err_nomem();
		TRY(add_heap(w, arena, base, info_size));
		if (!malloc_word(w, base + p, &base))
			break;
	}
	return NULL;
}

/* --- mapped chunks -------------------------------------------------------------- */

static bool counters_fit(struct malloc_walk *w, uint64_t mapped, uint64_t *ret_count, uint64_t *ret_bytes)
{
	uint64_t p = w->h->pointer_size, bytes, most, n, limit, peak;

	if (!malloc_word(w, mapped, &bytes) || !malloc_word(w, mapped + p, &most) || bytes > most ||
	    bytes % MALLOC_PAGE)
		return false;
	/* four ints, behind which the alignment may leave a gap */
	for (uint64_t gap = 0; gap < p; gap += 4) {
		uint64_t at = mapped - gap - 16;

		if (window_read(&w->window, at, 4, &n) && window_read(&w->window, at + 4, 4, &limit) &&
		    window_read(&w->window, at + 8, 4, &peak) && n <= peak && peak <= limit && limit &&
		    limit <= INT32_MAX && !n == !bytes && n <= bytes / MALLOC_PAGE) {
			*ret_count = n;
			*ret_bytes = bytes;
			return true;
		}
	}
	return false;
}

static struct err *find_counters(struct malloc_walk *w)
{
	struct malloc_heap *h = w->h;
	uint64_t p = h->pointer_size, base, v;

	if (!w->segments.n || !w->arenas.v[0].system || w->segments.v[0].arena)
		return NULL;
	base = w->segments.v[0].base;
	for (size_t i = 0; i < w->in->n_data; i++) {
		const struct reach_span *s = &w->in->data[i];

		for (uint64_t at = (s->start + p - 1) & ~(p - 1); at < s->end; at += p) {
			if (at % (1 << 20) == 0)
				TRY(budget_check(w->in->budget));
			if (!malloc_word(w, at, &v)) {
				if (!window_next(&w->window, at + p, &v))
					break;
				at = ((v + p - 1) & ~(p - 1)) - p;
				continue;
			}
			if (v == base && counters_fit(w, at - 2 * p, &h->mmap_count, &h->mmap_bytes)) {
				h->has_mmap_count = true;
				return NULL;
			}
		}
	}
	return NULL;
}

/* A mapped chunk's header at `at`, in a mapping that begins `lead` bytes in front of it. */
static bool mapped_header(struct malloc_walk *w, uint64_t at, uint64_t lead, uint64_t limit, uint64_t *ret_end)
{
	uint64_t prev, size, p = w->h->pointer_size;

	if (at >= limit || !malloc_word(w, at, &prev) || prev != lead || !malloc_word(w, at + p, &size) ||
	    (size & MALLOC_FLAGS) != MALLOC_IS_MMAPPED)
		return false;
	size &= ~(uint64_t)MALLOC_FLAGS;
	if (!size || size > limit - at || (lead + size) % MALLOC_PAGE)
		return false;
	*ret_end = at + size;
	return true;
}

/* The chunk in the mapping that may begin at `base`. One that was made for an
 * alignment is not at its start, where its first header still is. */
static bool mapped_chunk(struct malloc_walk *w, uint64_t base, uint64_t limit, uint64_t *ret_start,
			 uint64_t *ret_end)
{
	enum { MAX_SHIFT = 40 };
	uint64_t header = 2 * w->h->pointer_size, start = first_chunk(w->h, base);

	/* where the alignment asks for it, even the usual one is a little further in */
	if (!mapped_header(w, start, start - base, limit, ret_end))
		return false;
	*ret_start = start;
	for (uint64_t align = 2 * w->h->alignment; align >> MAX_SHIFT == 0; align *= 2) {
		uint64_t user = (start + header + align - 1) & ~(align - 1);

		/* the next multiple, when there is no room for a chunk in front */
		if (user - header - start < w->h->min_size)
			user += align;
		if (user <= start || user - header >= *ret_end)
			break;
		if (mapped_header(w, user - header, user - header - base, limit, ret_end)) {
			*ret_start = user - header;
			break;
		}
	}
	return true;
}

/* Of the first n segments, which are in order. */
static const struct malloc_segment *segment_over(const struct malloc_walk *w, size_t n, uint64_t at)
{
	size_t low = 0, high = n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (w->segments.v[mid].end <= at)
			low = mid + 1;
		else
			high = mid;
	}
	return low < n && w->segments.v[low].base <= at ? &w->segments.v[low] : NULL;
}

/* The segments of arenas, `n` of them, are passed over. */
static struct err *mapped_in_span(struct malloc_walk *w, const struct reach_span *s, size_t n,
				  uint64_t *count)
{
	const uint64_t mask = MALLOC_PAGE - 1;
	uint64_t at = (s->start + mask) & ~mask, start, end;

	for (uint64_t turn = 0; at < s->end && (!w->h->has_mmap_count || *count < w->h->mmap_count); turn++) {
		const struct malloc_segment *over = segment_over(w, n, at);

		if (turn % 4096 == 0)
			TRY(budget_check(w->in->budget));
		if (over) {
			at = (over->end + mask) & ~mask;
		} else if (mapped_chunk(w, at, s->end, &start, &end)) {
			TRY(add_segment(w, at, start, end, MALLOC_NO_ARENA));
			++*count;
			at = end;
		} else {
			uint64_t zeros = malloc_zeros(w, at) & ~mask; /* no header's size */

			at += zeros ? zeros : MALLOC_PAGE;
			if (at < s->end && !space_has(w->in->space, at)) {
				if (!window_next(&w->window, at, &at))
					break;
				at &= ~mask;
			}
		}
	}
	return NULL;
}

static struct err *mapped_segments(struct malloc_walk *w)
{
	size_t n = w->segments.n;
	uint64_t count = 0;

	for (size_t i = 0; i < w->in->n_writable; i++)
		TRY(mapped_in_span(w, &w->in->writable[i], n, &count));
	if (!w->h->has_mmap_count)
		malloc_doubt(w->h, "malloc's own count of mapped chunks was not found: "
				   "what looks like one is taken for one");
	else if (count < w->h->mmap_count)
		malloc_doubt(w->h, "malloc counts more mapped chunks than were found");
	return NULL;
}

/* ----------------------------------------------------------------------------------- */

static int by_start(const void *a, const void *b)
{
	const struct malloc_segment *x = a, *y = b;

	return x->start < y->start ? -1 : x->start > y->start;
}

/* Sorts, and leaves out what overlaps another. */
static void put_in_order(struct malloc_walk *w)
{
	size_t kept = 0;

	if (w->segments.n)
		qsort(w->segments.v, w->segments.n, sizeof(*w->segments.v), by_start);
	for (size_t i = 0; i < w->segments.n; i++)
		if (!kept || w->segments.v[kept - 1].end <= w->segments.v[i].start)
			w->segments.v[kept++] = w->segments.v[i];
		else
			malloc_doubt_partial(w->h, "heaps that overlap others are left out");
	w->segments.n = kept;
}

struct err *malloc_find_segments(struct malloc_walk *w)
{
	struct u64map seen = U64MAP_INIT;
	struct err *e = main_segment(w);

	if (!e)
		e = find_counters(w);
	for (size_t i = 1; !e && i < w->arenas.n; i++)
		e = arena_segments(w, i, &seen);
	u64map_deinit(&seen);
	TRY(e);
	put_in_order(w);
	TRY(mapped_segments(w));
	put_in_order(w);
	return NULL;
}
