/* SPDX-License-Identifier: MIT */
/* Window: see window.h. */
#include "memory/window.h"

enum { COPY_SIZE = 1 << 16 };

static const uint8_t zeros[COPY_SIZE];

void window_init(struct window *w, struct space *s)
{
	*w = (struct window){ .space = s };
}

void window_deinit(struct window *w)
{
	free(w->copy);
	*w = (struct window){ 0 };
}

/* Points into the mapped file or to zeros; false: the piece has neither there. */
static bool use_map(struct window *w, uint64_t address)
{
	struct space_range r;
	uint64_t skip, left;

	if (!space_find(w->space, address, &r) || r.address > address)
		return false;
	skip = address - r.address;
	if (!r.src) {
		left = r.size - skip < COPY_SIZE ? r.size - skip : COPY_SIZE;
		*w = (struct window){ w->space, address, left, zeros, w->copy };
		return true;
	}
	if (!r.src->map)
		return false;
	if (r.offset > r.src->size || skip >= r.src->size - r.offset)
		return false;
	left = r.src->size - r.offset - skip;
	if (left > r.size - skip)
		left = r.size - skip;
	*w = (struct window){ w->space, address, left, r.src->map + r.offset + skip, w->copy };
	return true;
}

static bool use_copy(struct window *w, uint64_t address)
{
	size_t n;

	if (!w->copy)
		w->copy = malloc(COPY_SIZE);
	if (!w->copy)
		return false;
	n = space_read_some(w->space, address, w->copy, COPY_SIZE);
	*w = (struct window){ w->space, address, n, w->copy, w->copy };
	return n;
}

const uint8_t *window_at(struct window *w, uint64_t address, size_t *ret_size)
{
	uint64_t skip = address - w->base;

	if (address < w->base || skip >= w->size) {
		if (!use_map(w, address) && !use_copy(w, address))
			return NULL;
		skip = 0;
	}
	*ret_size = w->size - skip;
	return w->data + skip;
}

bool window_is_zero(const struct window *w)
{
	return w->data == zeros;
}

bool window_next(struct window *w, uint64_t address, uint64_t *ret)
{
	struct space_range r;

	if (!space_find(w->space, address, &r))
		return false;
	*ret = r.address > address ? r.address : address;
	return true;
}

bool window_read(struct window *w, uint64_t address, unsigned size, uint64_t *ret)
{
	uint8_t bytes[8];
	size_t n;
	const uint8_t *p = window_at(w, address, &n);

	if (p && n >= size) {
		*ret = window_word(p, size);
		return true;
	}
	if (!p || space_read_some(w->space, address, bytes, size) != size)
		return false;
	*ret = window_word(bytes, size);
	return true;
}
