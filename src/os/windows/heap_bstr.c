/* SPDX-License-Identifier: MIT */
/* BSTRs: see heap_bstr.h. */
#include "os/windows/heap_bstr.h"

#include "os/windows/heap_impl.h"

enum {
	CHECK_EVERY = 65536,
	MIN_BYTES = 4,		/* shorter texts are too easily something else */
	MAX_SLACK = 16,		/* oleaut32 rounds what it asks for up */
	TEXT_UNITS = 32,	/* of a sample */
};

/* All units printable: a text that holds anything else is not counted. */
static bool is_text(struct window *w, uint64_t at, uint32_t bytes)
{
	uint64_t v;

	for (uint32_t i = 0; i < bytes && i < 2 * TEXT_UNITS; i += 2) {
		if (i % 4 == 0 && !window_read(w, at + i, 4, &v))
			return false;
		if ((v & 0xffff) < 0x20 && (v & 0xffff) != '\t' && (v & 0xffff) != '\n' && (v & 0xffff) != '\r')
			return false;
		v >>= 16;
	}
	return true;
}

static bool read_bstr(struct window *w, const struct nt_heaps *h, const struct nt_block *b, struct bstr *ret)
{
	uint64_t user = nt_block_user(h, b), size = nt_block_requested(h, b), prefix = h->pointer_size, bytes, end;

	if (size < prefix + MIN_BYTES + 2 || !window_read(w, user + prefix - 4, 4, &bytes))
		return false;
	if (bytes < MIN_BYTES || bytes % 2 || bytes > size - prefix - 2 || size - prefix - 2 - bytes >= MAX_SLACK)
		return false;
	*ret = (struct bstr){ .block = b->address, .text = user + prefix, .bytes = (uint32_t)bytes };
	/* the zero is the last of 4 bytes that are there: text is at least as long */
	return window_read(w, ret->text + bytes - 2, 4, &end) && !(end >> 16) && is_text(w, ret->text, ret->bytes);
}

static void add(struct bstr_sum *f, const struct nt_block *b, const struct bstr *s)
{
	if (!f->n)
		f->first = *s;
	f->last = *s;
	f->n++;
	f->bytes += b->size;
	/* Boyer and Moore's majority vote */
	if (!f->vote)
		f->example = *s;
	if (s->bytes == f->example.bytes)
		f->vote++;
	else
		f->vote--;
}

struct err *bstr_search(struct target *t, const struct nt_heaps *h, struct err *(*check)(void *arg), void *arg,
			struct bstr_sum *ret)
{
	CLEANUP(window_deinit) struct window w = { 0 };
	struct bstr_sum sum = { 0 };
	struct bstr s;

	window_init(&w, target_space(t));
	for (size_t i = 0; i < h->n_segments; i++)
		for (size_t k = 0; k < h->segments[i].n_blocks; k++) {
			const struct nt_block *b = &h->blocks[h->segments[i].first_block + k];

			if (k % CHECK_EVERY == 0)
				TRY(check(arg));
			if (!nt_block_is_busy(b))
				continue;
			sum.busy++;
			if (read_bstr(&w, h, b, &s))
				add(&sum, b, &s);
		}
	*ret = sum;
	return NULL;
}
