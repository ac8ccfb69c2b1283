/* SPDX-License-Identifier: MIT */
/* glibc's malloc: see malloc.h. Here the parts are put together. */
#include "os/linux/malloc_impl.h"

const char *malloc_state_name(enum malloc_chunk_state s)
{
	static const char *const names[N_CHUNK_STATES] = {
		[CHUNK_IN_USE] = "in use",     [CHUNK_OWN] = "malloc's own",
		[CHUNK_MMAPPED] = "mmapped",   [CHUNK_TCACHE] = "tcache",
		[CHUNK_FAST] = "fastbin",      [CHUNK_UNSORTED] = "unsorted bin",
		[CHUNK_SMALL] = "small bin",   [CHUNK_LARGE] = "large bin",
		[CHUNK_UNLISTED] = "unlisted", [CHUNK_TOP] = "top",
		[CHUNK_FENCE] = "fence",       [CHUNK_UNKNOWN] = "unknown",
	};

	return names[s];
}

const char *malloc_damage_name(enum malloc_damage_kind k)
{
	static const char *const names[N_DAMAGE_KINDS] = {
		[DAMAGE_SIZE] = "size",	      [DAMAGE_PREV_SIZE] = "prev_size",
		[DAMAGE_TOP] = "top",	      [DAMAGE_LINK] = "link",
		[DAMAGE_LOOP] = "loop",	      [DAMAGE_DOUBLE_FREE] = "double free",
		[DAMAGE_WILD] = "wild entry", [DAMAGE_COUNT] = "count",
		[DAMAGE_BIN_SIZE] = "wrong bin", [DAMAGE_IN_USE] = "in use",
		[DAMAGE_UNLISTED] = "unlisted",
	};

	return names[k];
}

bool malloc_state_is_free(enum malloc_chunk_state s)
{
	return s == CHUNK_TCACHE || s == CHUNK_FAST || s == CHUNK_UNSORTED || s == CHUNK_SMALL ||
	       s == CHUNK_LARGE || s == CHUNK_UNLISTED;
}

uint64_t malloc_usable(const struct malloc_heap *h, const struct malloc_chunk *c)
{
	uint64_t header = 2 * h->pointer_size;

	if (c->size < header)
		return 0;
	return c->state == CHUNK_MMAPPED ? c->size - header : c->size - h->pointer_size;
}

void malloc_doubt(struct malloc_heap *h, const char *sentence)
{
	for (size_t i = 0; i < h->n_doubts; i++)
		if (h->doubts[i] == sentence)
			return;
	if (h->n_doubts < ARRAY_SIZE(h->doubts))
		h->doubts[h->n_doubts++] = sentence;
}

void malloc_doubt_partial(struct malloc_heap *h, const char *sentence)
{
	h->partial = true;
	malloc_doubt(h, sentence);
}

static bool is_passing(const struct malloc_walk *w, const struct malloc_damage *d)
{
	if (d->kind == DAMAGE_COUNT)
		return d->found + 1 == d->expected || d->found == d->expected + 1;
	return d->arena != MALLOC_NO_ARENA && w->arenas.v[d->arena].locked;
}

struct err *malloc_damage_add(struct malloc_walk *w, const struct malloc_damage *d)
{
	w->h->damages_seen++;
	if (w->damages.n >= MALLOC_MAX_DAMAGES)
		return NULL;
	if (!vec_push(&w->damages, *d))
		return err_nomem();
	w->damages.v[w->damages.n - 1].passing = is_passing(w, d);
	return NULL;
}

static struct malloc_chunk *last_chunk_below(struct malloc_chunk *v, size_t n, uint64_t address)
{
	size_t low = 0, high = n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (v[mid].address <= address)
			low = mid + 1;
		else
			high = mid;
	}
	return low ? &v[low - 1] : NULL;
}

struct malloc_chunk *malloc_find_chunk(struct malloc_walk *w, uint64_t address)
{
	struct malloc_chunk *c = last_chunk_below(w->chunks.v, w->chunks.n, address);

	return c && c->address == address ? c : NULL;
}

const struct malloc_chunk *malloc_chunk_at(const struct malloc_heap *h, uint64_t address)
{
	const struct malloc_chunk *c = last_chunk_below(h->chunks, h->n_chunks, address);

	return c && address - c->address < c->size ? c : NULL;
}

const struct malloc_segment *malloc_segment_at(const struct malloc_heap *h, uint64_t address)
{
	size_t low = 0, high = h->n_segments;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (h->segments[mid].end <= address)
			low = mid + 1;
		else
			high = mid;
	}
	return low < h->n_segments && h->segments[low].start <= address ? &h->segments[low] : NULL;
}

/* What is free by the next chunk's bit must be in a list, unless a thread is in malloc. */
static struct err *judge_unlisted(struct malloc_walk *w, size_t arena, const struct malloc_chunk *c)
{
	struct malloc_damage d = {
		.kind = DAMAGE_UNLISTED, .chunk = c->address, .arena = arena,
		.place = c->address + c->size + w->h->pointer_size, .culprit = c->address,
	};

	if (arena == MALLOC_NO_ARENA || w->arenas.v[arena].locked || w->h->partial)
		return NULL;
	(void)malloc_word(w, d.place, &d.found);
	d.expected = d.found | MALLOC_PREV_INUSE;
	d.has_expected = true;
	return malloc_damage_add(w, &d);
}

static struct err *sum_up(struct malloc_walk *w)
{
	for (size_t i = 0; i < w->segments.n; i++) {
		const struct malloc_segment *s = &w->segments.v[i];

		for (size_t k = s->first_chunk; k < s->first_chunk + s->n_chunks; k++) {
			const struct malloc_chunk *c = &w->chunks.v[k];

			if (c->state == CHUNK_UNLISTED)
				TRY(judge_unlisted(w, s->arena, c));
			if (s->arena == MALLOC_NO_ARENA)
				continue;
			w->arenas.v[s->arena].bytes[c->state] += c->size;
			w->arenas.v[s->arena].chunks[c->state]++;
		}
	}
	return NULL;
}

static void hand_over(struct malloc_walk *w)
{
	struct malloc_heap *h = w->h;

	h->arenas = TAKE_PTR(w->arenas.v);
	h->n_arenas = w->arenas.n;
	h->segments = TAKE_PTR(w->segments.v);
	h->n_segments = w->segments.n;
	h->chunks = TAKE_PTR(w->chunks.v);
	h->n_chunks = w->chunks.n;
	h->tcaches = TAKE_PTR(w->tcaches.v);
	h->n_tcaches = w->tcaches.n;
	h->damages = TAKE_PTR(w->damages.v);
	h->n_damages = w->damages.n;
}

static struct err *read_all(struct malloc_walk *w)
{
	TRY(malloc_find_arenas(w));
	TRY(malloc_find_segments(w));
	TRY(malloc_walk_segments(w));
	TRY(malloc_find_tcaches(w));
	TRY(malloc_walk_tcaches(w));
	TRY(malloc_walk_bins(w));
	return sum_up(w);
}

struct err *malloc_read(const struct malloc_input *in, struct malloc_heap **ret)
{
	CLEANUP(malloc_heap_destroyp) struct malloc_heap *h = calloc(1, sizeof(*h));
	struct malloc_walk w = { .in = in, .h = h };
	struct err *e;

	if (!h)
		return err_nomem();
	h->pointer_size = in->pointer_size;
	h->alignment = in->alignment;
	/* MINSIZE: header, fd and bk, as much as fits the alignment */
	h->min_size = (4 * h->pointer_size + h->alignment - 1) & ~(uint64_t)(h->alignment - 1);
	window_init(&w.window, in->space);
	e = read_all(&w);
	hand_over(&w);
	window_deinit(&w.window);
	if (!e)
		*ret = TAKE_PTR(h);
	return e;
}

void malloc_heap_destroy(struct malloc_heap *h)
{
	if (!h)
		return;
	free(h->arenas);
	free(h->segments);
	free(h->chunks);
	free(h->tcaches);
	free(h->damages);
	free(h);
}
