/* SPDX-License-Identifier: MIT */
/*
 * Low fragmentation heap: blocks of one size inside of a busy block of the heap.
 *
 * _HEAP_USERDATA_HEADER names its _HEAP_SUBSEGMENT, which points back and tells
 * size and number of the blocks; the header's bitmap tells which are busy. The
 * offset of the first is in EncodedOffsets, XORed with keys of which one, ntdll's,
 * is known only by symbols, so that it is not used. Each block's header has bit 7 set in its last byte,
 * busy or not: the offset is the one at which they all have it, or, so that a
 * few overwritten headers are told instead of hiding all, nearly all.
 */
#include "os/windows/heap_impl.h"

enum {
	MAX_TRIES = 64,		/* offsets, in units behind the bitmap */
	TOLERANCE = 8,		/* one header in so many may be broken */
	MARK = 0x80,
	UNUSED_MASK = 0x3f,	/* more than 0x3e unused bytes are told elsewhere */
};

#define USER_SIGNATURE 0xf0e0d0c0u

struct zone {
	uint64_t user, end;	/* of the container's data */
	uint64_t first, stride;	/* of the blocks, from user; bytes */
	uint32_t count;
	uint64_t bitmap;
};

static bool is_user_header(struct nt_walk *w, uint64_t user)
{
	uint64_t v;

	return nt_u32(w, user + w->l->user.signature, &v) && v == USER_SIGNATURE;
}

static bool read_zone(struct nt_walk *w, const struct nt_block *outer, struct zone *z)
{
	const struct nt_heap_layout *l = w->l;
	uint64_t sub, back, size, count, bits;

	*z = (struct zone){ .user = outer->address + w->h->header, .end = outer->address + outer->size };
	if (!nt_word(w, z->user + l->user.subsegment, &sub) ||
	    !nt_word(w, sub + l->subsegment.user_blocks, &back) || back != z->user ||
	    !nt_u32(w, sub + l->subsegment.block_size, &size) || !nt_u32(w, sub + l->subsegment.block_count, &count) ||
	    !nt_u32(w, z->user + l->user.bits, &bits) || !nt_word(w, z->user + l->user.bitmap, &z->bitmap))
		return false;
	z->stride = (size & 0xffff) * w->h->header;
	z->count = count & 0xffff;
	return z->stride && z->count && bits >= z->count;
}

static bool has_mark(struct nt_walk *w, uint64_t block, bool *ret)
{
	uint64_t raw;

	if (!nt_raw(w, block, &raw))
		return false;
	*ret = raw >> 56 & MARK;
	return true;
}

/* How many headers lack the mark when the first block is at this offset; UINT32_MAX:
 * too many, or they are not there. */
static uint32_t missing_marks(struct nt_walk *w, const struct zone *z, uint64_t first)
{
	uint32_t missing = 0;

	if (first + z->count * z->stride > z->end - z->user)
		return UINT32_MAX;
	for (uint32_t i = 0; i < z->count; i++) {
		bool mark;

		if (!has_mark(w, z->user + first + i * z->stride, &mark))
			return UINT32_MAX;
		missing += !mark;
		if (missing * TOLERANCE > z->count)
			return UINT32_MAX;
	}
	return missing;
}

static bool find_first(struct nt_walk *w, struct zone *z)
{
	uint64_t unit = w->h->header, bytes = (z->count + 7) / 8;
	uint64_t start = (z->bitmap - z->user + bytes + unit - 1) / unit * unit;
	uint32_t best = UINT32_MAX;

	if (z->bitmap < z->user || z->bitmap >= z->end)
		return false;
	for (unsigned i = 0; i < MAX_TRIES && best; i++) {
		uint32_t missing = missing_marks(w, z, start + i * unit);

		if (missing < best) {
			best = missing;
			z->first = start + i * unit;
		}
	}
	return best != UINT32_MAX;
}

static bool is_busy(struct nt_walk *w, const struct zone *z, uint32_t i)
{
	uint64_t word;

	return nt_u32(w, z->bitmap + i / 32 * 4, &word) && word >> i % 32 & 1;
}

static struct err *add_one(struct nt_walk *w, const struct zone *z, uint32_t i, uint64_t culprit)
{
	struct nt_block b = { .address = z->user + z->first + i * z->stride, .size = z->stride };
	uint64_t raw = 0, unused;

	b.state = is_busy(w, z, i) ? NT_BLOCK_LFH_BUSY : NT_BLOCK_LFH_FREE;
	if (nt_raw(w, b.address, &raw) && !(raw >> 56 & MARK))
		TRY(nt_damage_add(w, &(struct nt_damage){
			.kind = NT_DAMAGE_LFH, .heap = w->heap, .block = b.address, .place = b.address + w->l->code,
			.found = raw, .size = 8, .culprit = culprit }));
	unused = raw >> 56 & UNUSED_MASK;
	b.unused = unused < UNUSED_MASK && unused >= sizeof(raw) && unused <= z->stride ? unused : 0;
	return nt_block_add(w, &b);
}

static struct err *add_own(struct nt_walk *w, uint64_t start, uint64_t end)
{
	if (start >= end)
		return NULL;
	return nt_block_add(w, &(struct nt_block){ .address = start, .size = end - start, .state = NT_BLOCK_OWN });
}

struct err *nt_walk_lfh(struct nt_walk *w, const struct nt_block *outer, bool *ret)
{
	uint64_t culprit = 0;
	struct zone z;

	*ret = is_user_header(w, outer->address + w->h->header);
	if (!*ret)
		return NULL;
	nt_current(w)->has_lfh = true;
	if (!read_zone(w, outer, &z) || !find_first(w, &z)) {
		nt_current(w)->n_unread_lfh++;
		return add_own(w, outer->address, z.end);
	}
	TRY(add_own(w, outer->address, z.user + z.first));
	for (uint32_t i = 0; i < z.count; i++) {
		TRY(add_one(w, &z, i, culprit));
		culprit = is_busy(w, &z, i) ? z.user + z.first + i * z.stride : 0;
	}
	return add_own(w, z.user + z.first + z.count * z.stride, z.end);
}
