/* SPDX-License-Identifier: MIT */
/* Lists of an NT heap: its large blocks and its free blocks. Each entry's Blink must
 * lead to the one before it. */
#include "os/windows/heap_impl.h"

struct list {
	uint64_t head, at, from;	/* `from`: the entry that led to `at` */
	uint64_t left;			/* how many entries there can be */
	bool ended;
};

static bool list_start(struct nt_walk *w, uint64_t head, uint64_t max, struct list *ret)
{
	*ret = (struct list){ .head = head, .from = head, .left = max };
	return nt_word(w, head, &ret->at);
}

static struct nt_damage list_damage(const struct nt_walk *w, enum nt_damage_kind kind, uint64_t place, uint64_t found)
{
	return (struct nt_damage){ .kind = kind, .heap = w->heap, .place = place, .found = found,
				   .size = w->l->pointer_size };
}

/* The block whose list entry this is; 0 for the head. */
static uint64_t block_of(const struct nt_walk *w, const struct list *l, uint64_t entry)
{
	return entry == l->head ? 0 : entry - w->l->entry_size;
}

/* Whether `at` is an entry to be looked at: no end, loop or hole. Tells wrong links. */
static struct err *list_entry(struct nt_walk *w, struct list *l, bool *ret)
{
	struct nt_damage d;
	uint64_t back;

	TRY(cancel_check());
	*ret = false;
	if (!nt_word(w, l->at + w->l->pointer_size, &back))
		return NULL;
	if (back != l->from) {
		d = list_damage(w, NT_DAMAGE_LINK, l->at + w->l->pointer_size, back);
		d.block = block_of(w, l, l->at);
		d.has_expected = true;
		d.expected = l->from;
		TRY(nt_damage_add(w, &d));
	}
	if (l->at == l->head)
		return NULL;
	if (!l->left--) {
		d = list_damage(w, NT_DAMAGE_LOOP, l->from, l->at);
		return nt_damage_add(w, &d);
	}
	*ret = true;
	return NULL;
}

static bool list_next(struct nt_walk *w, struct list *l)
{
	l->from = l->at;
	return nt_word(w, l->at, &l->at);
}

/* --- large blocks ------------------------------------------------------------------ */

static struct err *add_virtual(struct nt_walk *w, uint64_t entry)
{
	const struct nt_heap_layout *l = w->l;
	uint64_t commit, reserve, raw, head = l->virtual_entry.block;
	struct nt_segment seg = { .start = entry, .heap = w->heap, .is_virtual = true, .first_block = w->blocks.n };
	struct nt_block b = { .address = entry + head, .state = NT_BLOCK_VIRTUAL };
	struct nt_code c;

	if (!nt_word(w, entry + l->virtual_entry.commit, &commit) ||
	    !nt_word(w, entry + l->virtual_entry.reserve, &reserve) || !nt_raw(w, b.address, &raw))
		return NULL;
	if (entry % w->h->header || commit < head + l->entry_size || reserve < commit || reserve >> 47 || entry >> 47) {
		struct nt_damage d = list_damage(w, NT_DAMAGE_SEGMENT, entry + l->virtual_entry.commit, commit);

		return nt_damage_add(w, &d);
	}
	c = nt_decode(nt_current(w), raw);
	b.size = commit - head;
	b.flags = c.flags;
	/* its Size is what of the commitment was not asked for */
	b.unused = c.size >= head + l->entry_size && c.size <= commit ? c.size - head : 0;
	seg.end = entry + reserve;
	seg.committed = commit;
	seg.n_blocks = 1;
	TRY(nt_block_add(w, &b));
	return vec_push(&w->segments, seg) ? NULL : err_nomem();
}

struct err *nt_walk_virtual(struct nt_walk *w)
{
	struct list l;
	bool more;

	if (!list_start(w, nt_current(w)->address + w->form->virtual_blocks, NT_MAX_VIRTUAL - w->n_virtual, &l))
		return NULL;
	for (;;) {
		TRY(list_entry(w, &l, &more));
		if (!more)
			return NULL;
		w->n_virtual++;
		TRY(add_virtual(w, l.at));
		if (!list_next(w, &l))
			return NULL;
	}
}

/* --- free blocks ------------------------------------------------------------------- */

/* Of the heap at hand, from its segments so far. */
static void count_blocks(const struct nt_walk *w, uint64_t *ret_free, bool *ret_whole)
{
	*ret_free = 0;
	*ret_whole = true;
	for (size_t i = 0; i < w->damages.n; i++)
		if (w->damages.v[i].heap == w->heap && w->damages.v[i].kind == NT_DAMAGE_SEGMENT)
			*ret_whole = false;
	for (size_t i = 0; i < w->segments.n; i++) {
		const struct nt_segment *s = &w->segments.v[i];

		if (s->heap != w->heap)
			continue;
		*ret_whole = *ret_whole && !s->unread;
		for (size_t k = 0; k < s->n_blocks; k++) {
			const struct nt_block *b = &w->blocks.v[s->first_block + k];

			*ret_free += b->state == NT_BLOCK_FREE;
			*ret_whole = *ret_whole && b->state != NT_BLOCK_UNKNOWN;
		}
	}
}

static bool is_free(struct nt_walk *w, uint64_t block)
{
	const struct nt_block *b = nt_find_block(w, block);

	return b && b->state == NT_BLOCK_FREE;
}

struct err *nt_walk_free_list(struct nt_walk *w)
{
	struct nt_heap *h = nt_current(w);
	uint64_t n_free;
	struct list l;
	bool whole, more;

	count_blocks(w, &n_free, &whole);
	h->free_lists = h->address + w->form->free_lists;
	if (!list_start(w, h->free_lists, n_free + !whole * NT_PAGE, &l))
		return NULL;
	for (;;) {
		if (whole && l.at != l.head && !is_free(w, l.at - w->l->entry_size)) {
			struct nt_damage d = list_damage(w, NT_DAMAGE_WILD, l.from, l.at);

			d.block = block_of(w, &l, l.from);
			return nt_damage_add(w, &d);
		}
		TRY(list_entry(w, &l, &more));
		if (!more)
			return NULL;
		h->listed++;
		if (!list_next(w, &l))
			return NULL;
	}
}
