/* SPDX-License-Identifier: MIT */
/*
 * The blocks of a segment of an NT heap.
 *
 * From the segment's own header on each block's size leads to the next, up to a
 * stretch that is not committed, of which the segment keeps a list. Where a
 * header is broken, the next whole one is looked for: it must say that the block
 * in front of it is just as long as the way to it, and its checksum must hold.
 */
#include "os/windows/heap_impl.h"

#include <stdlib.h>

enum { UNUSED_ELSEWHERE = 0x3f };

struct ucr {
	uint64_t address, size;
	uint64_t descriptor;
};

struct stretch {
	struct nt_segment *seg;
	VEC(struct ucr) ucrs;
	size_t next;		/* of ucrs */
	uint64_t limit;		/* where blocks end: the next of ucrs, or the segment's end */
	uint64_t at;
	uint32_t previous;	/* size of the block in front, in units */
	bool has_previous;
};

static void stretch_deinit(struct stretch *s)
{
	vec_deinit(&s->ucrs);
}

struct nt_code nt_decode(const struct nt_heap *h, uint64_t raw)
{
	uint64_t v = raw & h->encode_mask ? raw ^ h->encoding : raw;

	return (struct nt_code){
		.size = v & 0xffff, .flags = v >> 16 & 0xff, .tag = v >> 24 & 0xff, .previous = v >> 32 & 0xffff,
		.offset = v >> 48 & 0xff, .unused = v >> 56,
	};
}

/* --- what is not committed --------------------------------------------------------- */

static int by_address(const void *a, const void *b)
{
	const struct ucr *x = a, *y = b;

	return x->address < y->address ? -1 : x->address > y->address;
}

static struct err *broken_ucr(struct nt_walk *w, uint64_t place, uint64_t found)
{
	return nt_damage_add(w, &(struct nt_damage){ .kind = NT_DAMAGE_SEGMENT, .heap = w->heap, .place = place,
						     .found = found, .size = w->l->pointer_size });
}

static struct err *read_ucrs(struct nt_walk *w, struct stretch *s)
{
	uint64_t head = s->seg->start + w->l->segment.ucrs, at, from = head;
	const struct nt_segment *seg = s->seg;

	if (!nt_word(w, head, &at))
		return NULL;
	while (at != head) {
		uint64_t descriptor = at - w->l->ucr.list;
		struct ucr u = { .descriptor = descriptor };

		TRY(cancel_check());
		if (!nt_word(w, descriptor + w->l->ucr.address, &u.address) ||
		    !nt_word(w, descriptor + w->l->ucr.size, &u.size))
			return NULL;
		if (s->ucrs.n == NT_MAX_UCRS || u.address <= seg->start || u.address >= seg->end ||
		    !u.size || u.size > seg->end - u.address)
			return broken_ucr(w, from, at);
		if (!vec_push(&s->ucrs, u))
			return err_nomem();
		from = at;
		if (!nt_word(w, at, &at))
			return NULL;
	}
	if (s->ucrs.n)
		qsort(s->ucrs.v, s->ucrs.n, sizeof(*s->ucrs.v), by_address);
	return NULL;
}

static void set_limit(struct stretch *s)
{
	while (s->next < s->ucrs.n && s->ucrs.v[s->next].address < s->at)
		s->next++;
	s->limit = s->next < s->ucrs.n ? s->ucrs.v[s->next].address : s->seg->end;
}

static struct err *pass_ucr(struct nt_walk *w, struct stretch *s)
{
	uint64_t size = s->ucrs.v[s->next].size;

	TRY(nt_block_add(w, &(struct nt_block){ .address = s->at, .size = size, .state = NT_BLOCK_UNCOMMITTED }));
	nt_current(w)->n_uncommitted++;
	s->at += size;
	s->has_previous = false;
	set_limit(s);
	return NULL;
}

/* --- blocks ------------------------------------------------------------------------ */

static bool size_fits(const struct nt_walk *w, const struct stretch *s, uint64_t at, const struct nt_code *c)
{
	return c->size && c->size <= (s->limit - at) / w->h->header;
}

/* Whether the code can be trusted: a plain one, which only a thread at work leaves
 * behind, has no checksum, but must fit between its neighbours. */
static bool code_is_whole(const struct nt_walk *w, const struct stretch *s, uint64_t raw, const struct nt_code *c)
{
	const struct nt_heap *h = &w->heaps.v[w->heap];

	if (raw & h->encode_mask)
		return nt_code_holds(c);
	if (!h->encode_mask)
		return true;
	return size_fits(w, s, s->at, c) && (!s->has_previous || c->previous == s->previous);
}

/* The next header that says how long the broken block at s->at is; false: none. */
static bool find_whole(struct nt_walk *w, const struct stretch *s, uint64_t *ret)
{
	enum { MAX_UNITS = 0xffff };
	const struct nt_heap *h = nt_current(w);
	uint64_t raw;

	for (uint32_t n = 1; n <= MAX_UNITS; n++) {
		uint64_t at = s->at + (uint64_t)n * w->h->header;
		struct nt_code c;

		if (at >= s->limit || !nt_raw(w, at, &raw))
			return false;
		c = nt_decode(h, raw);
		if (c.previous == n && size_fits(w, s, at, &c) && h->encode_mask & raw && nt_code_holds(&c)) {
			*ret = at;
			return true;
		}
	}
	return false;
}

/* The last block, when it is the program's and ends where the broken one begins. */
static uint64_t block_in_front(const struct nt_walk *w, uint64_t at)
{
	const struct nt_block *b = w->blocks.n ? &w->blocks.v[w->blocks.n - 1] : NULL;

	return b && b->address + b->size == at && nt_block_is_busy(b) ? b->address : 0;
}

static struct err *add_broken(struct nt_walk *w, struct stretch *s, uint64_t raw, enum nt_damage_kind kind)
{
	struct nt_damage d = { .kind = kind, .heap = w->heap, .block = s->at, .place = s->at + w->l->code,
			       .found = raw, .size = 8, .culprit = block_in_front(w, s->at) };
	uint64_t next = s->limit;
	bool found = find_whole(w, s, &next);

	TRY(nt_damage_add(w, &d));
	TRY(nt_block_add(w, &(struct nt_block){ .address = s->at, .size = next - s->at, .state = NT_BLOCK_UNKNOWN }));
	s->previous = (uint32_t)((next - s->at) / w->h->header);
	s->has_previous = found;
	s->at = next;
	return NULL;
}

/* What lies in a segment and is the heap's own: its header, what has the flag, and the
 * descriptor of what is not committed behind it. */
static bool is_own(const struct stretch *s, const struct nt_block *b)
{
	uint64_t descriptor = s->next < s->ucrs.n ? s->ucrs.v[s->next].descriptor : 0;

	return b->address == s->seg->start || (b->flags & NT_FLAG_BUSY && b->flags & NT_FLAG_OWN) ||
	       (descriptor > b->address && descriptor < b->address + b->size);
}

/* UnusedBytes, or 0 when the number is not known. */
static uint64_t unused_of(struct nt_walk *w, const struct nt_block *b, const struct nt_code *c)
{
	uint64_t v = c->unused, least = sizeof(uint64_t);

	if (v == UNUSED_ELSEWHERE) {
		least = UNUSED_ELSEWHERE;
		if (!w->l->code || !nt_u32(w, b->address + b->size, &v))
			return 0;
	}
	return v >= least && v <= b->size && v <= UINT16_MAX ? v : 0;
}

static struct err *add_block(struct nt_walk *w, struct stretch *s, uint64_t raw, const struct nt_code *c)
{
	uint64_t size = (uint64_t)c->size * w->h->header;
	struct nt_block b = { .address = s->at, .size = size, .flags = c->flags,
			      .state = c->flags & NT_FLAG_BUSY ? NT_BLOCK_BUSY : NT_BLOCK_FREE };
	bool is_lfh = false;

	if (s->has_previous && c->previous != s->previous)
		TRY(nt_damage_add(w, &(struct nt_damage){
			.kind = NT_DAMAGE_PREVIOUS, .heap = w->heap, .block = s->at, .place = s->at + w->l->code,
			.found = raw, .size = 8, .culprit = block_in_front(w, s->at) }));
	if (b.state == NT_BLOCK_BUSY)
		b.unused = unused_of(w, &b, c);
	if (b.state == NT_BLOCK_BUSY && w->l->has_lfh)
		TRY(nt_walk_lfh(w, &b, &is_lfh));
	if (is_own(s, &b))
		b.state = NT_BLOCK_OWN;
	if (!is_lfh)
		TRY(nt_block_add(w, &b));
	s->previous = c->size;
	s->has_previous = true;
	s->at += size;
	return NULL;
}

static struct err *walk_one(struct nt_walk *w, struct stretch *s, bool *ret_absent)
{
	struct nt_code c;
	uint64_t raw;

	if (s->next < s->ucrs.n && s->ucrs.v[s->next].address == s->at)
		return pass_ucr(w, s);
	if (!nt_raw(w, s->at, &raw)) {
		*ret_absent = true;
		return NULL;
	}
	c = nt_decode(nt_current(w), raw);
	if (!code_is_whole(w, s, raw, &c))
		return add_broken(w, s, raw, NT_DAMAGE_CODE);
	if (!size_fits(w, s, s->at, &c))
		return add_broken(w, s, raw, NT_DAMAGE_SIZE);
	return add_block(w, s, raw, &c);
}

struct err *nt_walk_segment(struct nt_walk *w, struct nt_segment *seg)
{
	CLEANUP(stretch_deinit) struct stretch s = { .seg = seg, .at = seg->start };
	bool absent = false;

	seg->first_block = w->blocks.n;
	TRY(read_ucrs(w, &s));
	set_limit(&s);
	while (s.at < seg->end && !absent) {
		TRY(cancel_check());
		TRY(walk_one(w, &s, &absent));
	}
	seg->unread = seg->end - s.at;
	seg->n_blocks = w->blocks.n - seg->first_block;
	return NULL;
}
