/* SPDX-License-Identifier: MIT */
/*
 * A heap of glibc's malloc made in memory: a main arena in one block, its heap in
 * another, at addresses of their own. Words are written by address; tests damage what
 * they like and read it.
 */
#ifndef OSM_TEST_HEAP_IMAGE_H
#define OSM_TEST_HEAP_IMAGE_H

#include "base/source.h"
#include "memory/space.h"
#include "os/linux/malloc.h"

#include <stdlib.h>
#include <string.h>

enum { IMAGE_HEAP_SIZE = 0x21000, IMAGE_DATA_SIZE = 0x2000, IMAGE_BINS = 127, IMAGE_HEAD = 112 };
static const uint64_t image_heap = 0x555500000000, image_data = 0x7f0000200000;
static const uint64_t image_arena = image_data + 0xc60, image_bins = image_arena + IMAGE_HEAD;

struct heap_image {
	uint64_t heap[IMAGE_HEAP_SIZE / 8], data[IMAGE_DATA_SIZE / 8];
	uint64_t at;		/* where the next chunk goes */
};

static inline uint64_t *image_word(struct heap_image *m, uint64_t address)
{
	return address < image_data ? &m->heap[(address - image_heap) / 8] : &m->data[(address - image_data) / 8];
}

static inline void image_put(struct heap_image *m, uint64_t address, uint64_t value)
{
	*image_word(m, address) = value;
}

static inline uint64_t image_bin(unsigned bin)
{
	return image_bins + (bin - 1) * 16 - 16;
}

/* The next chunk; flags: of its header. */
static inline uint64_t image_chunk(struct heap_image *m, uint64_t size, unsigned flags)
{
	uint64_t at = m->at;

	image_put(m, at + 8, size | flags);
	m->at += size;
	return at;
}

/* The chunk alone in a bin, and the header behind it as it must be. */
static inline void image_free_in_bin(struct heap_image *m, uint64_t chunk, unsigned bin)
{
	uint64_t size = *image_word(m, chunk + 8) & ~(uint64_t)7, head = image_bin(bin);

	image_put(m, chunk + 16, head);
	image_put(m, chunk + 24, head);
	image_put(m, head + 16, chunk);
	image_put(m, head + 24, chunk);
	image_put(m, chunk + size, size);
	*image_word(m, chunk + size + 8) &= ~(uint64_t)1;
}

static inline void image_fastbin(struct heap_image *m, unsigned bin, uint64_t chunk)
{
	image_put(m, image_arena + 16 + bin * 8, chunk);
}

static inline struct heap_image *image_new(void)
{
	struct heap_image *m = calloc(1, sizeof(*m));

	if (!m)
		abort();
	m->at = image_heap;
	for (unsigned i = 1; i <= IMAGE_BINS; i++) {
		image_put(m, image_bin(i) + 16, image_bin(i));
		image_put(m, image_bin(i) + 24, image_bin(i));
	}
	image_put(m, image_arena + 2160, image_arena);		/* next */
	image_put(m, image_arena + 2184, IMAGE_HEAP_SIZE);	/* system_mem */
	image_put(m, image_arena + 2192, IMAGE_HEAP_SIZE);
	return m;
}

/* Ends the heap with its top chunk. */
static inline uint64_t image_finish(struct heap_image *m)
{
	uint64_t top = image_chunk(m, image_heap + IMAGE_HEAP_SIZE - m->at, 1);

	image_put(m, image_arena + 96, top);
	return top;
}

static inline struct err *image_read_within(struct heap_image *m, const struct budget *b, struct malloc_census *c,
					    struct malloc_heap **ret)
{
	CLEANUP(source_destroyp) struct source *heap = NULL, *data = NULL;
	CLEANUP(space_destroyp) struct space *s = NULL;
	const struct reach_span spans[] = { { image_data, image_data + sizeof(m->data) },
					    { image_heap, image_heap + sizeof(m->heap) } };
	const struct malloc_input in = {
		.space = NULL, .pointer_size = 8, .alignment = 16, .data = &spans[0], .n_data = 1,
		.writable = &spans[1], .n_writable = 1, .budget = b, .census = c,
	};
	struct malloc_input with_space = in;

	TRY(source_from_memory("heap", m->heap, sizeof(m->heap), &heap));
	TRY(source_from_memory("data", m->data, sizeof(m->data), &data));
	TRY(space_create(&s));
	{
		const struct space_range ranges[] = { { image_heap, sizeof(m->heap), heap, 0, SPACE_DUMP, 0 },
						      { image_data, sizeof(m->data), data, 0, SPACE_DUMP, 0 } };

		TRY(space_add(s, ranges, 2));
	}
	with_space.space = s;
	return malloc_read(&with_space, ret);
}

static inline struct err *image_read(struct heap_image *m, struct malloc_heap **ret)
{
	return image_read_within(m, NULL, NULL, ret);
}

#endif
