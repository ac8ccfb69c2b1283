/* SPDX-License-Identifier: MIT */
/*
 * glibc's malloc in a hostile image: the input is a list of words that are written over
 * a whole heap, 2 bytes where (in words, from the arena's bins or the heap), 8 bytes
 * what. The walk must end, and what it yields be in order and inside of the image; so when it
 * may not keep the chunks and counts them.
 */
#include "target/reach.h"
#include "unit/heap-image.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void build(struct heap_image *m)
{
	uint64_t c[40], mapped;

	for (unsigned i = 0; i < ARRAY_SIZE(c); i++)
		c[i] = image_chunk(m, 0x20 + i % 8 * 0x20, 1);
	mapped = image_chunk(m, 0x290, 1); /* a tcache with one block */
	(void)image_chunk(m, 0x30, 1);
	(void)image_finish(m);
	image_free_in_bin(m, c[10], 6);
	image_free_in_bin(m, c[23], 1);
	image_fastbin(m, 0, c[16]);
	image_put(m, c[16] + 16, c[24] ^ (c[16] + 16) >> 12);
	image_put(m, c[24] + 16, (c[24] + 16) >> 12);
	image_put(m, mapped + 16, 1);
	image_put(m, mapped + 16 + 128, c[8] + 16);
	image_put(m, c[8] + 16, (c[8] + 16) >> 12);
}

static void damage(struct heap_image *m, const uint8_t *data, size_t size)
{
	enum { ITEM = 10 };

	for (; size >= ITEM; data += ITEM, size -= ITEM) {
		unsigned where = data[0] | data[1] << 8;
		uint64_t what;

		memcpy(&what, data + 2, sizeof(what));
		if (where & 0x8000)
			m->data[(image_arena - image_data) / 8 + where % 275] = what;
		else
			m->heap[where % ARRAY_SIZE(m->heap)] = what;
	}
}

static void check(const struct malloc_heap *h)
{
	for (size_t i = 0; i < h->n_chunks; i++) {
		const struct malloc_chunk *c = &h->chunks[i];

		if (!c->size || (i && c[-1].address + c[-1].size > c->address) ||
		    malloc_chunk_at(h, c->address) != c || malloc_usable(h, c) > c->size)
			abort();
	}
	for (size_t i = 0; i < h->n_segments; i++)
		if (h->segments[i].start >= h->segments[i].end ||
		    (i && h->segments[i - 1].end > h->segments[i].start) ||
		    h->segments[i].first_chunk + h->segments[i].n_chunks > h->n_chunks)
			abort();
}

static void check_census(struct heap_image *m)
{
	const struct budget little = { .memory = 1 };
	struct malloc_census *c = malloc_census_create();
	struct malloc_heap *h = NULL;

	/* a heap without a chunk needs no table, and is within any budget */
	if (c && !err_ignore(image_read_within(m, &little, c, &h)) && h->n_chunks)
		abort();
	for (size_t i = 1; c && i < c->n_samples; i++)
		if (c->samples[i - 1].address + c->samples[i - 1].size > c->samples[i].address)
			abort();
	malloc_heap_destroy(h);
	malloc_census_destroy(c);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct heap_image *m = image_new();
	struct malloc_heap *h = NULL;

	build(m);
	damage(m, data, size);
	if (!err_ignore(image_read(m, &h)))
		check(h);
	malloc_heap_destroy(h);
	check_census(m);
	free(m);
	return 0;
}
