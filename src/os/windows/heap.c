/* SPDX-License-Identifier: MIT */
/* Windows heaps: see heap.h. This file opens each heap and finds its segments. */
#include "os/windows/heap_impl.h"

#include <stdlib.h>

#define SIGNATURE_SEGMENT 0xffeeffeeu	/* of an NT heap's segments, at the place where ... */
#define SIGNATURE_SEGMENT_HEAP 0xddeeddeeu /* ... a segment heap has its own */
#define SIGNATURE_HEAP 0xeeffeeffu

/* --- names ------------------------------------------------------------------------- */

const char *nt_block_state_name(enum nt_block_state s)
{
	static const char *const names[N_NT_BLOCK_STATES] = {
		[NT_BLOCK_BUSY] = "busy",	  [NT_BLOCK_FREE] = "free",
		[NT_BLOCK_LFH_BUSY] = "LFH busy", [NT_BLOCK_LFH_FREE] = "LFH free",
		[NT_BLOCK_VIRTUAL] = "virtual",	  [NT_BLOCK_OWN] = "internal",
		[NT_BLOCK_UNCOMMITTED] = "uncommitted", [NT_BLOCK_UNKNOWN] = "broken",
	};

	return names[s];
}

static const struct {
	const char *name, *meaning;
} damage_texts[N_NT_DAMAGE_KINDS] = {
	[NT_DAMAGE_CODE] = { "header", "the header of this block was overwritten: it is none that a heap writes" },
	[NT_DAMAGE_SIZE] = { "size", "the size of this block leads out of the committed memory" },
	[NT_DAMAGE_PREVIOUS] = { "previous size", "this header gives the block in front another size than it has" },
	[NT_DAMAGE_SEGMENT] = { "segment", "the description of the heap's memory contradicts itself" },
	[NT_DAMAGE_LINK] = { "link", "the entry's back pointer does not lead to the entry in front of it in the list" },
	[NT_DAMAGE_WILD] = { "wild link", "the list of free blocks leads to where no free block is" },
	[NT_DAMAGE_LOOP] = { "loop", "the list is longer than there are blocks: a link was overwritten" },
	[NT_DAMAGE_TAIL] = { "overrun", "the pattern behind the end of the block was overwritten" },
	[NT_DAMAGE_FREE_FILL] = { "write after free", "a free block was written to: the pattern in it was overwritten, or its last word" },
	[NT_DAMAGE_LFH] = { "LFH header", "the header of a block of the low fragmentation heap was overwritten" },
};

const char *nt_damage_name(enum nt_damage_kind k)
{
	return damage_texts[k].name;
}

const char *nt_damage_meaning(enum nt_damage_kind k)
{
	return damage_texts[k].meaning;
}

const char *nt_heap_kind_name(enum nt_heap_kind k)
{
	static const char *const names[] = { "NT Heap", "Segment Heap", "Wine Heap", "Unknown" };

	return names[k];
}

/* --- lookups ----------------------------------------------------------------------- */

bool nt_block_is_busy(const struct nt_block *b)
{
	return b->state == NT_BLOCK_BUSY || b->state == NT_BLOCK_LFH_BUSY || b->state == NT_BLOCK_VIRTUAL;
}

bool nt_block_is_free(const struct nt_block *b)
{
	return b->state == NT_BLOCK_FREE || b->state == NT_BLOCK_LFH_FREE;
}

uint64_t nt_block_user(const struct nt_heaps *h, const struct nt_block *b)
{
	return b->address + h->header;
}

uint64_t nt_block_requested(const struct nt_heaps *h, const struct nt_block *b)
{
	uint64_t unused = b->unused ? b->unused : sizeof(uint64_t);

	return nt_block_is_busy(b) && unused <= b->size ? b->size - unused : 0;
}

const struct nt_segment *nt_segment_at(const struct nt_heaps *h, uint64_t address)
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

static struct nt_block *find_in(struct nt_block *v, size_t n, uint64_t address)
{
	size_t low = 0, high = n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (v[mid].address + v[mid].size <= address)
			low = mid + 1;
		else
			high = mid;
	}
	return low < n && v[low].address <= address ? &v[low] : NULL;
}

const struct nt_block *nt_block_at(const struct nt_heaps *h, uint64_t address)
{
	const struct nt_segment *s = nt_segment_at(h, address);

	return s ? find_in(h->blocks + s->first_block, s->n_blocks, address) : NULL;
}

struct nt_block *nt_find_block(struct nt_walk *w, uint64_t address)
{
	for (size_t i = 0; i < w->segments.n; i++) {
		const struct nt_segment *s = &w->segments.v[i];
		struct nt_block *b;

		if (s->heap != w->heap || s->is_virtual || address < s->start || address >= s->end)
			continue;
		b = find_in(w->blocks.v + s->first_block, s->n_blocks, address);
		return b && b->address == address ? b : NULL;
	}
	return NULL;
}

/* --- walking ----------------------------------------------------------------------- */

struct err *nt_damage_add(struct nt_walk *w, const struct nt_damage *d)
{
	w->h->damages_seen++;
	if (w->damages.n == NT_MAX_DAMAGES)
		return NULL;
	return vec_push(&w->damages, *d) ? NULL : err_nomem();
}

struct err *nt_block_add(struct nt_walk *w, const struct nt_block *b)
{
	return vec_push(&w->blocks, *b) ? NULL : err_nomem();
}

bool nt_is_claimed(const struct nt_walk *w, uint64_t start, uint64_t end)
{
	for (size_t i = 0; i < w->segments.n; i++)
		if (w->segments.v[i].start < end && w->segments.v[i].end > start)
			return true;
	return false;
}

/* The segment at an address, checked; false: it contradicts itself, or is not there. */
static bool read_segment(struct nt_walk *w, uint64_t at, struct nt_segment *ret)
{
	const struct nt_heap_layout *l = w->l;
	uint64_t signature, owner, last, pages;

	if (!nt_u32(w, at + l->segment.signature, &signature) || !nt_word(w, at + l->segment.heap, &owner) ||
	    !nt_word(w, at + l->segment.last, &last) || !nt_u32(w, at + l->segment.pages, &pages))
		return false;
	if (signature != SIGNATURE_SEGMENT || owner != nt_current(w)->address || at % w->h->header ||
	    last % w->h->header || last <= at || last >> 47 || last - at > pages * NT_PAGE || last - at < l->segment.size)
		return false;
	*ret = (struct nt_segment){ .start = at, .end = last, .heap = w->heap };
	return !nt_is_claimed(w, at, last);
}

static struct err *walk_segments(struct nt_walk *w)
{
	struct nt_heap *h = nt_current(w);
	uint64_t head = h->address + w->form->segment_list, from = head, at;

	if (!nt_word(w, head, &at))
		return NULL;
	while (at != head) {
		struct nt_segment seg;

		TRY(cancel_check());
		if (w->segments.n - w->n_virtual >= NT_MAX_SEGMENTS || !read_segment(w, at - w->l->segment.list, &seg))
			return nt_damage_add(w, &(struct nt_damage){ .kind = NT_DAMAGE_SEGMENT, .heap = w->heap, .place = from,
								     .found = at, .size = w->l->pointer_size });
		TRY(nt_walk_segment(w, &seg));
		if (!vec_push(&w->segments, seg))
			return err_nomem();
		from = at;
		if (!nt_word(w, at, &at))
			return NULL;
	}
	return NULL;
}

static const struct nt_heap_form *find_form(struct nt_walk *w, uint64_t address)
{
	uint64_t v;

	for (size_t i = 0; i < ARRAY_SIZE(w->l->forms); i++)
		if (w->l->forms[i].known && nt_u32(w, address + w->l->forms[i].signature, &v) && v == SIGNATURE_HEAP)
			return &w->l->forms[i];
	return NULL;
}

static bool open_wine(struct nt_walk *w, struct nt_heap *h)
{
	h->kind = NT_HEAP_WINE;
	(void)nt_u32(w, h->address + w->l->wine.flags, &h->flags);
	(void)nt_u32(w, h->address + w->l->wine.force_flags, &h->force_flags);
	return true;
}

/* Fills kind and header; false: it cannot be walked, h->trouble says why. */
static bool open_heap(struct nt_walk *w, struct nt_heap *h)
{
	uint64_t signature, mask;

	h->kind = NT_HEAP_UNKNOWN;
	if (!nt_u32(w, h->address + w->l->segment.signature, &signature)) {
		h->trouble = "it is not in the dump";
		return false;
	}
	if (signature == SIGNATURE_SEGMENT_HEAP) {
		h->kind = NT_HEAP_SEGMENT;
		h->trouble = "segment heaps are not walked";
		return false;
	}
	if (signature == SIGNATURE_SEGMENT && w->h->is_wine && nt_wine_is_heap(w, h->address))
		return open_wine(w, h);
	w->form = signature == SIGNATURE_SEGMENT && !w->h->is_wine ? find_form(w, h->address) : NULL;
	if (!w->form) {
		h->trouble = signature == SIGNATURE_SEGMENT ? "its layout is not known" : "there is no heap: its signature is another";
		return false;
	}
	h->kind = NT_HEAP_NT;
	if (!nt_u32(w, h->address + w->form->flags, &h->flags) ||
	    !nt_u32(w, h->address + w->form->force_flags, &h->force_flags) ||
	    !nt_u32(w, h->address + w->form->encode_mask, &mask) || !nt_raw(w, h->address + w->form->encoding, &h->encoding) ||
	    !nt_word(w, h->address + w->form->lock, &h->lock)) {
		h->trouble = "part of its header is not in the dump";
		return false;
	}
	h->encode_mask = (uint32_t)mask;
	return true;
}

static struct err *read_heap(struct nt_walk *w, uint64_t address, size_t index)
{
	struct nt_heap h = { .address = address, .index = index };
	bool can_walk = open_heap(w, &h);

	if (!vec_push(&w->heaps, h))
		return err_nomem();
	w->heap = w->heaps.n - 1;
	if (!can_walk)
		return NULL;
	if (h.kind == NT_HEAP_WINE)
		return nt_walk_wine(w);
	TRY(walk_segments(w));
	TRY(nt_walk_free_list(w));
	TRY(nt_check_fill(w));
	return nt_walk_virtual(w);
}

/* Wine's heaps other than the process's, by the ring that they form. */
static struct err *read_ring(struct nt_walk *w, uint64_t first)
{
	uint64_t head = first + w->l->wine.ring, at;

	if (!nt_word(w, head, &at))
		return NULL;
	while (at != head && w->heaps.n < NT_MAX_HEAPS) {
		TRY(read_heap(w, at - w->l->wine.ring, w->heaps.n));
		if (w->heaps.v[w->heaps.n - 1].kind != NT_HEAP_WINE || !nt_word(w, at, &at))
			return NULL;
	}
	return NULL;
}

/* --- what comes out ------------------------------------------------------------------ */

static int by_start(const void *a, const void *b)
{
	const struct nt_segment *x = a, *y = b;

	if (x->start != y->start)
		return x->start < y->start ? -1 : 1;
	return x->heap < y->heap ? -1 : x->heap > y->heap;
}

/* Lists that were tampered with may name memory twice: the first counts. */
static void drop_overlaps(struct nt_walk *w)
{
	size_t kept = 0;

	if (w->segments.n)
		qsort(w->segments.v, w->segments.n, sizeof(*w->segments.v), by_start);
	for (size_t i = 0; i < w->segments.n; i++)
		if (!kept || w->segments.v[kept - 1].end <= w->segments.v[i].start)
			w->segments.v[kept++] = w->segments.v[i];
	w->segments.n = kept;
}

static void add_sums(struct nt_walk *w, struct nt_segment *s)
{
	struct nt_heap *h = &w->heaps.v[s->heap];

	for (size_t k = 0; k < s->n_blocks; k++) {
		const struct nt_block *b = &w->blocks.v[s->first_block + k];

		h->blocks[b->state]++;
		h->bytes[b->state] += b->size;
		if (b->state != NT_BLOCK_UNCOMMITTED && !s->is_virtual)
			s->committed += b->size;
	}
	h->n_segments += !s->is_virtual;
	h->n_virtual += s->is_virtual;
	h->reserved += s->end - s->start;
	h->committed += s->committed;
	h->unread += s->unread;
}

static void hand_over(struct nt_walk *w)
{
	struct nt_heaps *h = w->h;

	drop_overlaps(w);
	for (size_t i = 0; i < w->segments.n; i++)
		add_sums(w, &w->segments.v[i]);
	h->heaps = w->heaps.v;
	h->n_heaps = w->heaps.n;
	h->segments = w->segments.v;
	h->n_segments = w->segments.n;
	h->blocks = w->blocks.v;
	h->n_blocks = w->blocks.n;
	h->damages = w->damages.v;
	h->n_damages = w->damages.n;
}

struct err *nt_heaps_read(const struct nt_heap_input *in, struct nt_heaps **ret)
{
	CLEANUP(nt_heaps_destroyp) struct nt_heaps *h = calloc(1, sizeof(*h));
	struct nt_walk w = { .in = in, .l = in->layout, .h = h };
	struct err *e = NULL;

	if (!h)
		return err_nomem();
	h->pointer_size = in->layout->pointer_size;
	h->header = (unsigned)in->layout->entry_size;
	window_init(&w.window, in->space);
	h->is_wine = in->n_heaps && nt_wine_is_heap(&w, in->heaps[0]);
	if (h->is_wine)
		h->header = sizeof(uint64_t);
	for (size_t i = 0; i < in->n_heaps && i < NT_MAX_HEAPS && !e; i++)
		e = read_heap(&w, in->heaps[i], i);
	if (!e && in->has_ring && h->is_wine)
		e = read_ring(&w, in->heaps[0]);
	window_deinit(&w.window);
	hand_over(&w);
	TRY(e);
	*ret = TAKE_PTR(h);
	return NULL;
}

void nt_heaps_destroy(struct nt_heaps *h)
{
	if (!h)
		return;
	free(h->heaps);
	free(h->segments);
	free(h->blocks);
	free(h->damages);
	free(h);
}
