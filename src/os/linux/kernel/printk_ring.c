/* SPDX-License-Identifier: MIT */
/*
 * The log since Linux 5.10: struct printk_ringbuffer.
 *
 * Descriptors are numbered; number n lies in slot n modulo their count, and its
 * state word holds the number again with the state in the two highest bits:
 * 0 reserved, 1 committed, 2 final, 3 to be used again. A descriptor whose word
 * has another number was not there yet, or is not any more. Text lies at
 * logical positions: position p is byte p modulo the size of the text, and a
 * block that would not fit before the end begins at byte 0. It starts with the
 * descriptor's number, one word. Positions with bit 0 set say that there is no
 * text: 1 it could not be had, 3 the line is empty.
 */
#include "os/linux/kernel/printk_impl.h"

#include "base/cancel.h"

#include <stdlib.h>
#include <string.h>

enum { RESERVED, COMMITTED, FINAL, REUSABLE };
enum { WORD = 8, STATE_SHIFT = 62, MAX_COUNT_BITS = 22, MIN_SIZE_BITS = 3, MAX_SIZE_BITS = 31, NO_TEXT = 1, EMPTY_LINE = 3 };

struct block {
	uint64_t begin, next;	/* logical positions */
};

static uint64_t id_mask(void)
{
	return ((uint64_t)1 << STATE_SHIFT) - 1;
}

static struct err *check(const struct printk_ring *r)
{
	if (!r->count_bits || r->count_bits > MAX_COUNT_BITS || r->size_bits < MIN_SIZE_BITS ||
	    r->size_bits > MAX_SIZE_BITS)
		return err_new(ERR_CORRUPT, "the kernel's log: 2^%u descriptors and 2^%u bytes cannot be right",
			       r->count_bits, r->size_bits);
	if (!r->desc_size || r->desc_size > PRINTK_MAX_HEAD || !r->info_size || r->info_size > PRINTK_MAX_HEAD)
		return err_new(ERR_UNSUPPORTED, "the kernel's log: descriptors of %u and %u bytes", r->desc_size,
			       r->info_size);
	return NULL;
}

/* Where a block's text lies; false: its positions contradict themselves. */
static bool place_text(const struct printk_ring *r, const struct block *b, uint64_t *ret_at, uint64_t *ret_size)
{
	uint64_t size = (uint64_t)1 << r->size_bits, at = b->begin & (size - 1), end;

	if (b->begin >> r->size_bits == b->next >> r->size_bits) {
		end = b->next & (size - 1);
	} else if (b->next >> r->size_bits != (b->begin >> r->size_bits) + 1) {
		return false;
	} else if ((b->next & (size - 1)) == 0) { /* ends with the buffer */
		end = size;
	} else { /* began anew at the front */
		at = 0;
		end = b->next & (size - 1);
	}
	if (end <= at || end - at < WORD)
		return false;
	*ret_at = at + WORD;
	*ret_size = end - at - WORD;
	return true;
}

/* The text is only the block's when the block says so itself. */
static bool read_text(struct printk_walk *w, const struct printk_ring *r, uint64_t id, const struct block *b,
		      struct printk_record *ret)
{
	uint64_t at, size, owner;

	ret->text = w->text;
	if (b->begin == EMPTY_LINE && b->next == EMPTY_LINE) {
		ret->length = 0;
		return true;
	}
	if (b->begin & NO_TEXT || b->next & NO_TEXT || !place_text(r, b, &at, &size))
		return false;
	if (!arch_read_uint(w->memory, r->text + at - WORD, WORD, &owner) || owner != id)
		return false;
	if (ret->length > size)
		ret->length = (size_t)size;
	return arch_read(w->memory, r->text + at, w->text, ret->length);
}

static void read_info(const struct printk_ring *r, const uint8_t *info, struct printk_record *ret)
{
	*ret = (struct printk_record){
		.seq = place_uint(&r->seq, info, r->info_size),
		.ts_ns = place_uint(&r->ts, info, r->info_size),
		.level = (unsigned)place_uint(&r->level, info, r->info_size) & (PRINTK_LEVELS - 1),
		.facility = (unsigned)place_uint(&r->facility, info, r->info_size),
		.length = (size_t)place_uint(&r->length, info, r->info_size) & (PRINTK_MAX_TEXT - 1),
	};
	printk_set_caller(ret, &r->caller, (uint32_t)place_uint(&r->caller, info, r->info_size));
	printk_copy_string(ret->subsystem, sizeof(ret->subsystem), &r->subsystem, info, r->info_size);
	printk_copy_string(ret->device, sizeof(ret->device), &r->device, info, r->info_size);
}

/* One descriptor; false: the visitor wants no more. */
static bool read_one(struct printk_walk *w, const struct printk_ring *r, uint64_t id)
{
	uint64_t slot = id & (((uint64_t)1 << r->count_bits) - 1), word, state;
	uint8_t desc[PRINTK_MAX_HEAD], info[PRINTK_MAX_HEAD];
	struct printk_record record;
	struct block block;

	if (!arch_read(w->memory, r->descs + slot * r->desc_size, desc, r->desc_size)) {
		w->sum.unreadable++;
		return true;
	}
	word = place_uint(&r->state, desc, r->desc_size);
	state = word >> STATE_SHIFT;
	if ((word & id_mask()) != id || (state != COMMITTED && state != FINAL))
		return true;
	if (!arch_read(w->memory, r->infos + slot * r->info_size, info, r->info_size)) {
		w->sum.unreadable++;
		return true;
	}
	read_info(r, info, &record);
	record.unfinished = state == COMMITTED;
	block.begin = place_uint(&r->begin, desc, r->desc_size);
	block.next = place_uint(&r->next, desc, r->desc_size);
	record.lost = !read_text(w, r, id, &block, &record);
	if (record.lost)
		record.length = 0;
	return printk_tell(w, &record);
}

struct err *printk_ring_each(const struct arch_memory *m, const struct printk_ring *r, printk_visitor *v, void *arg,
			     struct printk_summary *ret)
{
	CLEANUP(freep) struct printk_walk *w = calloc(1, sizeof(*w));
	uint64_t n;

	if (!w)
		return err_nomem();
	TRY(check(r));
	w->memory = m;
	w->visit = v;
	w->arg = arg;
	n = ((r->head - r->tail) & id_mask()) + 1;
	if (n > (uint64_t)1 << r->count_bits)
		return err_new(ERR_CORRUPT, "the kernel's log: its oldest and youngest message are %llu apart, of %llu",
			       (unsigned long long)n, 1ULL << r->count_bits);
	for (uint64_t i = 0; i < n; i++) {
		if (i % PRINTK_CANCEL_EVERY == 0)
			TRY(cancel_check());
		if (!read_one(w, r, (r->tail + i) & id_mask()))
			break;
	}
	*ret = w->sum;
	return NULL;
}
