/* SPDX-License-Identifier: MIT */
/*
 * The heap of Wine, as observed in processes of Wine 8.0 that allocated blocks of known
 * sizes and contents, 32 and 64 bit.
 *
 * The heaps are in a ring that goes through the process's heap (PEB.ProcessHeaps is
 * empty). A heap has a ring of sub-heaps, each a stretch that blocks fill, of which
 * the first part is committed, and a ring of large blocks. A block begins with 8
 * bytes, its user's memory follows at once:
 *
 *	+0 size       in units of two words, low 16 bits
 *	+2 flags      1 free, 2 the block in front is free
 *	+3            in use: bytes at the end that were not asked for;
 *		      free: bits 16 and up of the size
 *	+4 offset     from the sub-heap in 64 kB
 *	+6 mark       "US" in use, "FR" free
 *
 * A free block has a list entry behind its header, and its last word is its own
 * address. Blocks of a low fragmentation heap were not met; one is shown as the
 * busy block that it lies in.
 */
#include "os/windows/heap_impl.h"

enum {
	FLAG_FREE = 1,
	FLAG_FREE_IN_FRONT = 2,
	MARK_USED = 0x5355,
	MARK_FREE = 0x5246,
	HEADER = 8,
	MAX_SEARCH = 0xffff,
};

struct sub {
	struct nt_segment *seg;
	uint64_t at, committed;	/* end of what is committed */
	bool free_in_front;
};

struct code {
	uint64_t size;
	unsigned flags, tail, mark;
};

static struct code decode(const struct nt_walk *w, uint64_t raw)
{
	struct code c = { .flags = raw >> 16 & 0xff, .tail = raw >> 24 & 0xff, .mark = raw >> 48 };

	c.size = (raw & 0xffff) * 2 * w->l->pointer_size;
	if (c.flags & FLAG_FREE)
		c.size += ((uint64_t)c.tail << 16) * 2 * w->l->pointer_size;
	return c;
}

static bool is_marked(const struct code *c)
{
	return c->mark == (c->flags & FLAG_FREE ? MARK_FREE : MARK_USED);
}

static bool fits(const struct sub *s, uint64_t at, const struct code *c)
{
	/* what is committed is counted up to the last 8 bytes of a page; with 32 bits a block may have those too */
	return c->size >= HEADER && c->size <= s->seg->end - at &&
	       (c->flags & FLAG_FREE || c->size <= s->committed + HEADER - at);
}

static bool read_code(struct nt_walk *w, uint64_t at, uint64_t *raw, struct code *c)
{
	if (!window_read(&w->window, at, HEADER, raw))
		return false;
	*c = decode(w, *raw);
	return true;
}

/* The next address at which a block begins that leads to another one, or to the end. */
static uint64_t find_whole(struct nt_walk *w, const struct sub *s)
{
	uint64_t unit = 2 * w->l->pointer_size, raw;

	for (uint32_t n = 1; n <= MAX_SEARCH; n++) {
		uint64_t at = s->at + n * unit;
		struct code c, next;

		if (at >= s->committed || !read_code(w, at, &raw, &c))
			break;
		if (!is_marked(&c) || !fits(s, at, &c))
			continue;
		if (at + c.size >= s->committed || (read_code(w, at + c.size, &raw, &next) && is_marked(&next)))
			return at;
	}
	return s->committed;
}

static uint64_t block_in_front(const struct nt_walk *w, uint64_t at)
{
	const struct nt_block *b = w->blocks.n ? &w->blocks.v[w->blocks.n - 1] : NULL;

	return b && b->address + b->size == at && nt_block_is_busy(b) ? b->address : 0;
}

static struct err *add_damage(struct nt_walk *w, enum nt_damage_kind kind, uint64_t block, uint64_t found)
{
	return nt_damage_add(w, &(struct nt_damage){ .kind = kind, .heap = w->heap, .block = block, .place = block,
						     .found = found, .size = HEADER, .culprit = block_in_front(w, block) });
}

static struct err *add_broken(struct nt_walk *w, struct sub *s, uint64_t raw, enum nt_damage_kind kind)
{
	uint64_t next = find_whole(w, s);
	struct code c;
	uint64_t after;

	TRY(add_damage(w, kind, s->at, raw));
	TRY(nt_block_add(w, &(struct nt_block){ .address = s->at, .size = next - s->at, .state = NT_BLOCK_UNKNOWN }));
	s->at = next;
	s->free_in_front = next < s->committed && read_code(w, next, &after, &c) && c.flags & FLAG_FREE_IN_FRONT;
	return NULL;
}

/* A word that must lead to `expected`; an absent one tells nothing. */
static struct err *check_word(struct nt_walk *w, enum nt_damage_kind kind, uint64_t block, uint64_t place, uint64_t expected)
{
	uint64_t found;

	if (!nt_word(w, place, &found) || found == expected)
		return NULL;
	return nt_damage_add(w, &(struct nt_damage){ .kind = kind, .heap = w->heap, .block = block, .place = place,
						     .found = found, .size = w->l->pointer_size, .has_expected = true,
						     .expected = expected });
}

static struct err *check_free(struct nt_walk *w, const struct sub *s, uint64_t at, const struct code *c)
{
	uint64_t next, entry = at + HEADER;

	nt_current(w)->listed++;
	if (nt_word(w, entry, &next))
		TRY(check_word(w, NT_DAMAGE_LINK, at, next + w->l->pointer_size, entry));
	if (at + c->size > s->committed)
		return NULL;
	return check_word(w, NT_DAMAGE_FREE_FILL, at, at + c->size - w->l->pointer_size, at);
}

static struct err *add_block(struct nt_walk *w, struct sub *s, uint64_t raw, const struct code *c)
{
	bool is_free = c->flags & FLAG_FREE;
	uint64_t end = s->at + c->size, shown = is_free && end > s->committed ? s->committed : end;
	struct nt_block b = { .address = s->at, .size = shown - s->at, .state = is_free ? NT_BLOCK_FREE : NT_BLOCK_BUSY,
			      .flags = is_free ? 0 : NT_FLAG_BUSY };

	if (!is_free && HEADER + c->tail <= c->size)
		b.unused = HEADER + c->tail;
	if (s->free_in_front != !!(c->flags & FLAG_FREE_IN_FRONT))
		TRY(add_damage(w, NT_DAMAGE_PREVIOUS, s->at, raw));
	if (is_free)
		TRY(check_free(w, s, s->at, c));
	TRY(nt_block_add(w, &b));
	s->free_in_front = is_free;
	s->at = shown;
	return NULL;
}

static struct err *walk_sub(struct nt_walk *w, struct nt_segment *seg, uint64_t committed)
{
	struct sub s = { .seg = seg, .at = seg->start, .committed = committed };
	struct code c;
	uint64_t raw;

	seg->first_block = w->blocks.n;
	while (s.at < s.committed && read_code(w, s.at, &raw, &c)) {
		TRY(cancel_check());
		if (!is_marked(&c))
			TRY(add_broken(w, &s, raw, NT_DAMAGE_CODE));
		else if (!fits(&s, s.at, &c))
			TRY(add_broken(w, &s, raw, NT_DAMAGE_SIZE));
		else
			TRY(add_block(w, &s, raw, &c));
	}
	seg->unread = s.at < committed ? committed - s.at : 0;
	if (!seg->unread && s.at < seg->end) {
		TRY(nt_block_add(w, &(struct nt_block){ .address = s.at, .size = seg->end - s.at,
							.state = NT_BLOCK_UNCOMMITTED }));
		nt_current(w)->n_uncommitted++;
	}
	seg->n_blocks = w->blocks.n - seg->first_block;
	return NULL;
}

static struct err *broken_ring(struct nt_walk *w, uint64_t from, uint64_t at)
{
	return nt_damage_add(w, &(struct nt_damage){ .kind = NT_DAMAGE_SEGMENT, .heap = w->heap, .place = from, .found = at,
						     .size = w->l->pointer_size });
}

/* The sub-heap whose ring entry is at the address; false: it contradicts itself. */
static bool read_sub(struct nt_walk *w, uint64_t entry, struct nt_segment *ret, uint64_t *ret_committed)
{
	uint64_t at = entry - w->l->wine.sub_list, owner, size, commit, start = at + w->l->wine.sub_size;

	if (!nt_word(w, at + w->l->wine.sub_heap, &owner) || !nt_word(w, at + w->l->wine.sub_data, &size) ||
	    !nt_word(w, at + w->l->wine.sub_commit, &commit))
		return false;
	if (owner != nt_current(w)->address || !size || commit > size || size >> 46 || start >> 46 ||
	    commit % w->l->pointer_size)
		return false;
	*ret = (struct nt_segment){ .start = start, .end = start + size, .heap = w->heap };
	*ret_committed = start + commit;
	return !nt_is_claimed(w, ret->start, ret->end);
}

static struct err *walk_subs(struct nt_walk *w)
{
	uint64_t head = nt_current(w)->address + w->l->wine.subs, from = head, at, committed = 0;

	if (!nt_word(w, head, &at))
		return NULL;
	while (at != head) {
		struct nt_segment seg;

		TRY(cancel_check());
		if (w->segments.n - w->n_virtual >= NT_MAX_SEGMENTS || !read_sub(w, at, &seg, &committed))
			return broken_ring(w, from, at);
		TRY(walk_sub(w, &seg, committed));
		if (!vec_push(&w->segments, seg))
			return err_nomem();
		from = at;
		if (!nt_word(w, at, &at))
			return NULL;
	}
	return NULL;
}

static struct err *walk_large(struct nt_walk *w)
{
	uint64_t head = nt_current(w)->address + w->l->wine.larges, from = head, at, asked, total;

	if (!nt_word(w, head, &at))
		return NULL;
	while (at != head) {
		uint64_t base = at - w->l->wine.large_list, block = base + w->l->wine.large_size - HEADER;
		struct nt_segment seg = { .start = base, .heap = w->heap, .is_virtual = true, .first_block = w->blocks.n,
					  .n_blocks = 1 };

		TRY(cancel_check());
		if (!nt_word(w, base + w->l->wine.large_asked, &asked) || !nt_word(w, base + w->l->wine.large_total, &total))
			return NULL;
		if (w->n_virtual == NT_MAX_VIRTUAL || asked > total || total >> 46 || base >> 46 || !total)
			return broken_ring(w, from, at);
		w->n_virtual++;
		seg.end = block + HEADER + total;
		seg.committed = seg.end - seg.start;
		TRY(nt_block_add(w, &(struct nt_block){ .address = block, .size = total + HEADER, .state = NT_BLOCK_VIRTUAL,
							.flags = NT_FLAG_BUSY | NT_FLAG_OWN,
							.unused = total - asked + HEADER <= UINT16_MAX ? total - asked + HEADER : 0 }));
		if (!vec_push(&w->segments, seg))
			return err_nomem();
		from = at;
		if (!nt_word(w, at, &at))
			return NULL;
	}
	return NULL;
}

struct err *nt_walk_wine(struct nt_walk *w)
{
	TRY(walk_subs(w));
	return walk_large(w);
}

bool nt_wine_is_heap(struct nt_walk *w, uint64_t address)
{
	uint64_t magic;

	return w->l->wine.known && nt_u32(w, address + w->l->wine.magic, &magic) && magic == 0x50414548; /* "HEAP" */
}
