/* SPDX-License-Identifier: MIT */
/*
 * The free lists of an arena: fastbins, linked in one direction, and bins, in
 * two. A list is left at the first entry that is wrong, or that it has had
 * already: each step gives a state to one more chunk, so that no list is endless.
 */
#include "os/linux/malloc_lists.h"

static enum malloc_chunk_state bin_state(unsigned bin)
{
	return bin == 1 ? CHUNK_UNSORTED : bin < MALLOC_SMALL_BINS ? CHUNK_SMALL : CHUNK_LARGE;
}

/* Size of the chunks in a small bin; 0: of many sizes. */
static uint64_t bin_size(const struct malloc_heap *h, unsigned bin)
{
	if (bin == 1 || bin >= MALLOC_SMALL_BINS)
		return 0;
	/* SMALLBIN_CORRECTION: where the alignment is more than two words */
	return (uint64_t)(bin - (h->alignment > 2 * h->pointer_size)) * h->alignment;
}

static struct err *walk_fastbin(struct malloc_walk *w, size_t arena, unsigned bin)
{
	uint64_t p = w->h->pointer_size, slot = w->arenas.v[arena].address + w->h->layout.fastbins + bin * p, at;
	struct malloc_list l = {
		.w = w, .state = CHUNK_FAST, .bin = bin, .arena = arena, .place = slot,
		.size = (uint64_t)(bin + 2) << (p == 8 ? 4 : 3),
	};
	bool more = malloc_word(w, slot, &at);

	while (more && at) {
		TRY(malloc_list_take(&l, at, &more));
		if (!more)
			break;
		l.place = at + 2 * p;
		more = malloc_next_single(w, l.place, &at);
	}
	return NULL;
}

static struct err *link_damage(struct malloc_list *l, uint64_t chunk, uint64_t place, uint64_t expected,
			       uint64_t found)
{
	struct malloc_damage d = {
		.kind = DAMAGE_LINK, .chunk = chunk, .place = place, .found = found, .expected = expected,
		.has_expected = true, .arena = l->arena, .list = l->state, .bin = l->bin,
	};

	return malloc_damage_add(l->w, &d);
}

/* Follows fd (forward) or bk from the bin's head as far as it goes; *ret_whole: back to it. */
static struct err *follow(struct malloc_list *l, uint64_t head, bool forward, bool *ret_whole)
{
	uint64_t p = l->w->h->pointer_size, there = (forward ? 2 : 3) * p, back = (forward ? 3 : 2) * p;
	uint64_t at, before = head, found;
	bool more = true;

	l->place = head + there;
	if (!malloc_word(l->w, l->place, &at))
		return NULL;
	while (at != head) {
		TRY(malloc_list_take(l, at, &more));
		if (!more)
			return NULL;
		if (malloc_word(l->w, at + back, &found) && found != before)
			TRY(link_damage(l, at, at + back, before, found));
		before = at;
		l->place = at + there;
		if (!malloc_word(l->w, l->place, &at))
			return NULL;
	}
	*ret_whole = true;
	return NULL;
}

static struct err *walk_bin(struct malloc_walk *w, size_t arena, unsigned bin)
{
	uint64_t p = w->h->pointer_size, base = w->arenas.v[arena].address + w->h->layout.bins, first = 0, last = 0;
	uint64_t head = base + (bin - 1) * 2 * p - 2 * p;
	bool whole = false;
	struct malloc_list l = {
		.w = w, .state = bin_state(bin), .bin = bin, .arena = arena, .size = bin_size(w->h, bin),
	};

	if (!malloc_word(w, head + 2 * p, &first) || !malloc_word(w, head + 3 * p, &last) || !first)
		return NULL;
	TRY(follow(&l, head, true, &whole));
	if (whole) {
		/* each bk was compared; only the head's own is left */
		if (last != (l.n ? l.last : head))
			TRY(link_damage(&l, 0, head + 3 * p, l.n ? l.last : head, last));
		return NULL;
	}
	/* from the other end to where the first walk came */
	l.quiet = true;
	return follow(&l, head, false, &whole);
}

struct err *malloc_walk_bins(struct malloc_walk *w)
{
	for (size_t i = 0; i < w->arenas.n; i++) {
		TRY(budget_check(w->in->budget));
		for (unsigned bin = 0; bin < w->h->n_fastbins; bin++)
			TRY(walk_fastbin(w, i, bin));
		for (unsigned bin = 1; bin <= MALLOC_BINS; bin++)
			TRY(walk_bin(w, i, bin));
	}
	return NULL;
}
