/* SPDX-License-Identifier: MIT */
/*
 * What a heap with tail and free checking leaves behind, as observed: behind the
 * bytes that the program asked for, two words of 0xab; in a free block, behind
 * its list entry, 0xfeeefeee to the end. Blocks that were filled have flag 4.
 */
#include "os/windows/heap_impl.h"

#define TAIL_FILL 0xababababu
#define FREE_FILL 0xfeeefeeeu

/* The first 4 bytes from `at` that differ from the fill; false: none, or absent. */
static bool find_other(struct nt_walk *w, uint64_t at, uint64_t end, uint32_t fill, uint64_t *ret_at, uint64_t *ret)
{
	while (end - at >= 4) {
		if (!nt_u32(w, at, ret))
			return false;
		if (*ret != fill) {
			*ret_at = at;
			return true;
		}
		at += 4;
	}
	return false;
}

static struct err *check_block(struct nt_walk *w, const struct nt_block *b)
{
	bool is_free = b->state == NT_BLOCK_FREE;
	uint64_t unit = w->h->header, user = b->address + unit, at = user, end = b->address + b->size;
	struct nt_damage d = { .heap = w->heap, .block = b->address, .size = 4, .has_expected = true };

	if (!(b->flags & NT_FLAG_FILL))
		return NULL;
	if (is_free) {
		at = user + 2 * w->l->pointer_size;
	} else {
		if (b->unused < 2 * unit || b->unused > b->size)
			return NULL;
		at = end - b->unused + unit;
		end = at + unit;
	}
	d.kind = is_free ? NT_DAMAGE_FREE_FILL : NT_DAMAGE_TAIL;
	d.expected = is_free ? FREE_FILL : TAIL_FILL;
	if (at > end || !find_other(w, at, end, (uint32_t)d.expected, &d.place, &d.found))
		return NULL;
	d.culprit = is_free ? 0 : b->address;
	return nt_damage_add(w, &d);
}

struct err *nt_check_fill(struct nt_walk *w)
{
	for (size_t i = 0; i < w->segments.n; i++) {
		const struct nt_segment *s = &w->segments.v[i];

		if (s->heap != w->heap || s->is_virtual)
			continue;
		for (size_t k = 0; k < s->n_blocks; k++) {
			const struct nt_block *b = &w->blocks.v[s->first_block + k];

			TRY(cancel_check());
			if (b->state == NT_BLOCK_BUSY || b->state == NT_BLOCK_FREE)
				TRY(check_block(w, b));
		}
	}
	return NULL;
}
