/* SPDX-License-Identifier: MIT */
/* Little-endian fields, one behind the other, into memory that is large enough. */
#ifndef OSM_FORMAT_ELFCORE_WRITE_IMPL_H
#define OSM_FORMAT_ELFCORE_WRITE_IMPL_H

#include "format/elfcore_write.h"
#include <stdbool.h>
#include <string.h>

struct put {
	uint8_t *at;
	unsigned word; /* bytes of a long of the machine: 4 or 8 */
};

static inline void put_uint(struct put *w, uint64_t v, unsigned size)
{
	for (unsigned i = 0; i < size; i++)
		*w->at++ = (uint8_t)(v >> 8 * i);
}

static inline void put16(struct put *w, uint16_t v)
{
	put_uint(w, v, 2);
}

static inline void put32(struct put *w, uint32_t v)
{
	put_uint(w, v, 4);
}

static inline void put_word(struct put *w, uint64_t v)
{
	put_uint(w, v, w->word);
}

static inline void put_bytes(struct put *w, const void *p, size_t n)
{
	if (n)
		memcpy(w->at, p, n);
	w->at += n;
}

static inline void put_zeros(struct put *w, size_t n)
{
	memset(w->at, 0, n);
	w->at += n;
}

/* At most `width` - 1 bytes of the text, zeros behind it. */
static inline void put_text(struct put *w, const char *s, size_t width)
{
	size_t n = strnlen(s, width - 1);

	put_bytes(w, s, n);
	put_zeros(w, width - n);
}

#endif
