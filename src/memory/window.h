/* SPDX-License-Identifier: MIT */
/*
 * Window: fast reading of much memory in small pieces.
 *
 * Keeps the stretch of a space that was read last, as a pointer into the mapped
 * file where there is one, else as a copy of a limited size. A walk over
 * millions of headers that lie near each other, or a scan of every word, looks
 * a range up once for each stretch instead of once for each read.
 */
#ifndef OSM_MEMORY_WINDOW_H
#define OSM_MEMORY_WINDOW_H

#include "memory/space.h"

#include <string.h>

struct window {
	struct space *space;
	uint64_t base;
	size_t size;		/* bytes at data, which are those at base */
	const uint8_t *data;
	uint8_t *copy;		/* owned; NULL until a source is not mapped */
};

void window_init(struct window *w, struct space *s);
void window_deinit(struct window *w);

/* Bytes from `address` on and how many there are, at least 1; NULL: absent. They
 * are good until the next call. */
const uint8_t *window_at(struct window *w, uint64_t address, size_t *ret_size);
/* Whether what window_at gave last is known to be zero without being in the dump: such
 * memory may be very large, and there is nothing in it to look for. */
bool window_is_zero(const struct window *w);
/* The next address from `address` on that is there; false: none. */
bool window_next(struct window *w, uint64_t address, uint64_t *ret);
/* Little-endian, of 4 or 8 bytes, across the ends of stretches as well. */
bool window_read(struct window *w, uint64_t address, unsigned size, uint64_t *ret);

/* A word of 4 or 8 bytes in little-endian order. */
static inline uint64_t window_word(const uint8_t *p, unsigned size)
{
	uint32_t low, high = 0;

	memcpy(&low, p, 4);
	if (size == 8)
		memcpy(&high, p + 4, 4);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
	low = __builtin_bswap32(low);
	high = __builtin_bswap32(high);
#endif
	return (uint64_t)high << 32 | low;
}

#endif
