/* SPDX-License-Identifier: MIT */
/*
 * What all free lists have in common.
 *
 * Since 2.32 the pointers of singly linked lists are mangled ("safe linking"):
 * stored is the pointer xor the address it is stored at shifted by 12. Whether a
 * process does so is seen from its lists: the first entry's pointer, taken in
 * one way or the other, is 0 or leads to where a chunk begins.
 */
#include "os/linux/malloc_lists.h"

enum { SAFE_LINK_SHIFT = 12, LOOK = 4096 };

static bool leads_to_chunk(struct malloc_walk *w, uint64_t entry, uint64_t header)
{
	return !entry || malloc_find_chunk(w, entry - header);
}

/* Both lists hold pointers of one kind only: header 0 or 2 words into the chunk. */
static enum malloc_links links_seen(struct malloc_walk *w, uint64_t place, uint64_t raw)
{
	uint64_t header = 2 * w->h->pointer_size, safe = raw ^ place >> SAFE_LINK_SHIFT;
	bool plain_fits = leads_to_chunk(w, raw, 0) || leads_to_chunk(w, raw, header);
	bool safe_fits = leads_to_chunk(w, safe, 0) || leads_to_chunk(w, safe, header);

	if (plain_fits == safe_fits)
		return LINKS_UNSEEN;
	return plain_fits ? LINKS_PLAIN : LINKS_SAFE;
}

bool malloc_next_single(struct malloc_walk *w, uint64_t place, uint64_t *ret)
{
	uint64_t raw;

	if (!malloc_word(w, place, &raw))
		return false;
	if (w->h->links == LINKS_UNSEEN)
		w->h->links = links_seen(w, place, raw);
	*ret = w->h->links == LINKS_SAFE ? raw ^ place >> SAFE_LINK_SHIFT : raw;
	return true;
}

static struct malloc_damage damage_of(const struct malloc_list *l, enum malloc_damage_kind kind,
				      uint64_t chunk)
{
	struct malloc_damage d = {
		.kind = kind, .chunk = chunk, .place = l->place, .arena = l->arena,
		.list = l->state, .bin = l->bin, .tcache = l->tcache,
	};

	(void)malloc_word(l->w, l->place, &d.found);
	return d;
}

/* The entry may be a chunk of a heap that is not known. */
static bool may_be_unknown(const struct malloc_walk *w, uint64_t entry)
{
	for (size_t i = 0; w->h->partial && malloc_aligned(w->h, entry) && i < w->in->n_writable; i++)
		if (entry - w->in->writable[i].start < w->in->writable[i].end - w->in->writable[i].start)
			return true;
	return false;
}

/* The entry is no chunk's beginning; `chunk` is the one it points into, if any. */
static struct err *wild(struct malloc_list *l, uint64_t entry)
{
	struct malloc_walk *w = l->w;
	struct malloc_damage d = damage_of(l, DAMAGE_WILD, 0);
	size_t low = 0, high = w->chunks.n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (w->chunks.v[mid].address <= entry)
			low = mid + 1;
		else
			high = mid;
	}
	if (low && entry - w->chunks.v[low - 1].address < w->chunks.v[low - 1].size)
		d.chunk = w->chunks.v[low - 1].address;
	else if (may_be_unknown(w, entry))
		return NULL;
	d.leads_to = entry;
	return l->quiet ? NULL : malloc_damage_add(w, &d);
}

/*
 * A chunk that has been freed twice is put at the head of its list while it is in
 * it: the list then comes back to its head. When it comes back to another, its
 * link was overwritten.
 */
static struct err *seen_before(struct malloc_list *l, const struct malloc_chunk *c)
{
	bool same = c->state == l->state && c->bin == l->bin && l->n;
	struct malloc_damage d = damage_of(l, same && c->address != l->first ? DAMAGE_LOOP : DAMAGE_DOUBLE_FREE,
					   c->address);

	return l->quiet ? NULL : malloc_damage_add(l->w, &d);
}

static struct err *judge_size(struct malloc_list *l, const struct malloc_chunk *c)
{
	struct malloc_damage d = damage_of(l, DAMAGE_BIN_SIZE, c->address);

	if (!l->size || c->size == l->size || c->state == CHUNK_UNKNOWN)
		return NULL;
	d.place = c->address + l->w->h->pointer_size;
	(void)malloc_word(l->w, d.place, &d.found);
	d.expected = l->size | (d.found & MALLOC_FLAGS);
	d.has_expected = true;
	return malloc_damage_add(l->w, &d);
}

static struct err *judge_use(struct malloc_list *l, const struct malloc_chunk *c)
{
	struct malloc_damage d = damage_of(l, DAMAGE_IN_USE, c->address);
	const struct malloc_chunk *next = malloc_find_chunk(l->w, c->address + c->size);

	/* the singly linked lists leave the bit as it is; a broken header has none */
	if (l->state == CHUNK_TCACHE || l->state == CHUNK_FAST || c->state != CHUNK_IN_USE ||
	    (next && next->state == CHUNK_UNKNOWN))
		return NULL;
	d.place = c->address + c->size + l->w->h->pointer_size;
	(void)malloc_word(l->w, d.place, &d.found);
	d.expected = d.found & ~(uint64_t)MALLOC_PREV_INUSE;
	d.has_expected = true;
	return malloc_damage_add(l->w, &d);
}

struct err *malloc_list_take(struct malloc_list *l, uint64_t chunk, bool *ret_more)
{
	struct malloc_chunk *c = malloc_find_chunk(l->w, chunk);

	*ret_more = false;
	if (l->n % LOOK == 0)
		TRY(budget_check(l->w->in->budget));
	if (!c || c->state == CHUNK_TOP || c->state == CHUNK_FENCE || c->state == CHUNK_MMAPPED)
		return wild(l, chunk);
	if (malloc_state_is_free((enum malloc_chunk_state)c->state) && c->state != CHUNK_UNLISTED)
		return seen_before(l, c);
	TRY(judge_size(l, c));
	TRY(judge_use(l, c));
	c->state = (uint8_t)l->state;
	c->bin = (uint8_t)l->bin;
	if (!l->n++)
		l->first = chunk;
	l->last = chunk;
	l->bytes += c->size;
	*ret_more = true;
	return NULL;
}
