/* SPDX-License-Identifier: MIT */
/*
 * Where glibc's arenas are.
 *
 * struct malloc_state (glibc's manual and types; the same members from 2.26 to
 * 2.41, have_fastchunks since 2.27):
 *	mutex, flags, [have_fastchunks], fastbinsY, top, last_remainder,
 *	bins[127 pairs], binmap (128 bits), next, next_free, attached_threads,
 *	system_mem, max_system_mem
 * The head of each bin is a pair fd, bk that is read as if it were a chunk's: an
 * empty bin points to the place two words in front of itself. 127 such pairs in a
 * row, each pointing to itself or to a chunk that points back, occur nowhere else:
 * that is how main_arena is found in libc's data without symbols or types. Its
 * neighbours are checked too: top is an aligned chunk, `next` leads through
 * all arenas back to the start of the first, which tells where that is, and
 * system_mem is not above max_system_mem. Nothing depends on a release.
 */
#include "os/linux/malloc_impl.h"

#include "base/map.h"

enum {
	BINMAP_BYTES = 16,
	NEED_PAIRS = 115,	/* of 127: a few may be damaged */
	MIN_HEAD_WORDS = 8,	/* from the start of an arena to its bins: fewer than any has, */
	MAX_HEAD_WORDS = 24,	/* more than any has */
};

static bool self_pair(struct malloc_walk *w, uint64_t slot)
{
	uint64_t p = w->h->pointer_size, fd, bk;

	return malloc_word(w, slot, &fd) && fd == slot - 2 * p && malloc_word(w, slot + p, &bk) && bk == fd;
}

static bool pair_fits(struct malloc_walk *w, uint64_t slot)
{
	uint64_t p = w->h->pointer_size, fd, bk, back, forth;

	if (!malloc_word(w, slot, &fd) || !malloc_word(w, slot + p, &bk))
		return false;
	if (fd == slot - 2 * p && bk == fd)
		return true;
	return malloc_aligned(w->h, fd) && malloc_aligned(w->h, bk) &&
	       malloc_word(w, fd + 3 * p, &back) && malloc_word(w, bk + 2 * p, &forth) &&
	       back == slot - 2 * p && forth == back;
}

/* How many of the pairs fit; 0: too few. */
static unsigned bins_fit(struct malloc_walk *w, uint64_t bins)
{
	unsigned bad = 0;

	for (unsigned i = 0; i < MALLOC_BINS && bad <= MALLOC_BINS - NEED_PAIRS; i++)
		bad += !pair_fits(w, bins + i * 2 * w->h->pointer_size);
	return bad <= MALLOC_BINS - NEED_PAIRS ? MALLOC_BINS - bad : 0;
}

static uint64_t next_behind_bins(const struct malloc_heap *h)
{
	return MALLOC_BINS * 2 * h->pointer_size + BINMAP_BYTES;
}

/* What stands before and behind the bins. */
static bool neighbours_fit(struct malloc_walk *w, uint64_t bins)
{
	uint64_t p = w->h->pointer_size, at = bins + next_behind_bins(w->h), top, next, system, most, size;

	if (!malloc_word(w, bins - 2 * p, &top) || !malloc_word(w, at, &next) ||
	    !malloc_word(w, at + 3 * p, &system) || !malloc_word(w, at + 4 * p, &most))
		return false;
	if (!next || next % p || system > most || system % p)
		return false;
	if (top == bins - 2 * p)	/* no memory yet */
		return !system;
	return system && malloc_aligned(w->h, top) && malloc_word(w, top + p, &size);
}

/* `next` of the only arena points to its own start, else to another, whose bins are
 * as far from its start as those of the first. */
static bool head_size(struct malloc_walk *w, uint64_t bins, uint64_t *ret)
{
	uint64_t p = w->h->pointer_size, next;

	if (!malloc_word(w, bins + next_behind_bins(w->h), &next))
		return false;
	for (uint64_t head = MIN_HEAD_WORDS * p; head <= MAX_HEAD_WORDS * p; head += p)
		if (next == bins - head || (neighbours_fit(w, next + head) && bins_fit(w, next + head))) {
			*ret = head;
			return true;
		}
	return false;
}

/*
 * The bins among which the pair at `slot` is; 0: it is in none. A place that is off by
 * a few pairs fits nearly as well: the one that fits best is it.
 */
static uint64_t bins_around(struct malloc_walk *w, uint64_t slot)
{
	uint64_t best = 0, head;
	unsigned best_fit = 0;

	for (unsigned i = 0; i < MALLOC_BINS; i++) {
		uint64_t bins = slot - i * 2 * w->h->pointer_size;
		unsigned fit = neighbours_fit(w, bins) ? bins_fit(w, bins) : 0;

		if (fit > best_fit && head_size(w, bins, &head)) {
			best = bins;
			best_fit = fit;
		}
	}
	return best;
}

static struct err *find_bins(struct malloc_walk *w, const struct reach_span *span, uint64_t *ret)
{
	uint64_t p = w->h->pointer_size, at = (span->start + p - 1) & ~(p - 1);

	*ret = 0;
	for (uint64_t n = 0; at < span->end; n++) {
		size_t have;

		if (n % MALLOC_PAGE == 0)
			TRY(budget_check(w->in->budget));
		if (!window_at(&w->window, at, &have)) {
			if (!window_next(&w->window, at + p, &at))
				return NULL;
			at = (at + p - 1) & ~(p - 1);
			continue;
		}
		if (malloc_zeros(w, at) > p) {
			at += malloc_zeros(w, at) & ~(p - 1);
			continue;
		}
		if (self_pair(w, at) && self_pair(w, at + 2 * p)) {
			*ret = bins_around(w, at);
			if (*ret)
				return NULL;
			at += MALLOC_BINS * 2 * p;
		}
		at += p;
	}
	return NULL;
}

static unsigned count_fastbins(const struct malloc_heap *h)
{
	uint64_t p = h->pointer_size, largest = malloc_request_size(h, 80 * p / 4);

	/* fastbin_index of the largest request that may be made fast, and one */
	return (unsigned)(largest >> (p == 8 ? 4 : 3)) - 2 + 1;
}

static void set_layout(struct malloc_heap *h, uint64_t head)
{
	uint64_t p = h->pointer_size;

	h->layout.bins = head;
	h->layout.top = head - 2 * p;
	h->layout.fastbins = head - 2 * p - h->n_fastbins * p;
	h->layout.next = head + next_behind_bins(h);
	h->layout.system = h->layout.next + 3 * p;
	h->layout.max_system = h->layout.next + 4 * p;
	h->layout.state_size = h->layout.next + 5 * p;
}

static struct err *recognise(struct malloc_walk *w, uint64_t *ret_main)
{
	uint64_t bins = 0, head;

	for (size_t i = 0; i < w->in->n_data && !bins; i++)
		TRY(find_bins(w, &w->in->data[i], &bins));
	if (!bins)
		return err_new(ERR_NOTFOUND, "no arena of glibc's malloc found: malloc was not used, is not "
					     "glibc's, or its data are not in the dump");
	if (!head_size(w, bins, &head))
		return err_new(ERR_NOTFOUND, "bins of an arena at 0x%llx, but the list of arenas does not lead "
					     "back to it", (unsigned long long)bins);
	set_layout(w->h, head);
	*ret_main = bins - head;
	w->h->known_by = "the form of the arenas in memory";
	return NULL;
}

static struct err *use_types(struct malloc_walk *w, uint64_t *ret_main)
{
	uint64_t first;

	w->h->layout = *w->in->layout;
	w->h->known_by = "the members that debug information names";
	*ret_main = w->in->main_arena;
	if (!malloc_word(w, *ret_main + w->h->layout.bins, &first))
		return err_new(ERR_NOTFOUND, "main_arena at 0x%llx is not in the dump",
			       (unsigned long long)*ret_main);
	if (!first)
		return err_new(ERR_NOTFOUND, "malloc was not used: main_arena is as it was at the start");
	if (!bins_fit(w, *ret_main + w->h->layout.bins))
		malloc_doubt(w->h, "many bins of the main arena are damaged");
	return NULL;
}

static bool read_arena(struct malloc_walk *w, uint64_t address, struct malloc_arena *ret)
{
	const struct malloc_layout *l = &w->h->layout;
	struct malloc_arena a = { .address = address };
	uint64_t mutex;

	if (!window_read(&w->window, address, 4, &mutex) || !malloc_word(w, address + l->top, &a.top) ||
	    !malloc_word(w, address + l->top + w->h->pointer_size, &a.last_remainder) ||
	    !malloc_word(w, address + l->system, &a.system) ||
	    !malloc_word(w, address + l->max_system, &a.max_system))
		return false;
	a.locked = mutex;
	*ret = a;
	return true;
}

static struct err *follow_ring(struct malloc_walk *w, uint64_t main_arena, struct u64map *seen)
{
	uint64_t at = main_arena;

	do {
		struct malloc_arena a;

		TRY(budget_check(w->in->budget));
		if (w->arenas.n >= MALLOC_MAX_ARENAS || u64map_has(seen, at) || !read_arena(w, at, &a)) {
			malloc_doubt_partial(w->h, "the list of arenas is damaged or not all in the dump: "
					   "there may be more of them");
			break;
		}
		a.is_main = at == main_arena;
		if (!vec_push(&w->arenas, a) || !u64map_put(seen, at, NULL))
			return err_nomem();
		if (!malloc_word(w, at + w->h->layout.next, &at))
			at = 0;
	} while (at != main_arena);
	return w->arenas.n ? NULL : err_new(ERR_NOTFOUND, "main_arena is not in the dump");
}

struct err *malloc_find_arenas(struct malloc_walk *w)
{
	struct u64map seen = U64MAP_INIT;
	uint64_t main_arena = 0;
	struct err *e;

	w->h->n_fastbins = count_fastbins(w->h);
	if (w->in->layout && w->in->main_arena)
		TRY(use_types(w, &main_arena));
	else
		TRY(recognise(w, &main_arena));
	e = follow_ring(w, main_arena, &seen);
	u64map_deinit(&seen);
	return e;
}
