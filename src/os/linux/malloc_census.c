/* SPDX-License-Identifier: MIT */
/* Counts of blocks by size, and some of them picked at random: see malloc.h. */
#include "os/linux/malloc.h"

#include <stdlib.h>

enum { SIZE_UNIT = 8, SIZES = 1 << 17 };

static int by_address(const void *a, const void *b)
{
	const struct reach_block *x = a, *y = b;

	return x->address < y->address ? -1 : x->address > y->address;
}

struct malloc_census *malloc_census_create(void)
{
	struct malloc_census *c = calloc(1, sizeof(*c));

	if (!c)
		return NULL;
	c->state = 88172645463325252u;
	c->of_size = calloc(SIZES, sizeof(*c->of_size));
	if (!c->of_size) {
		free(c);
		return NULL;
	}
	return c;
}

void malloc_census_destroy(struct malloc_census *c)
{
	if (!c)
		return;
	free(c->of_size);
	free(c);
}

/* xorshift: the same heap gives the same samples. */
static uint64_t next_random(struct malloc_census *c)
{
	c->state ^= c->state << 13;
	c->state ^= c->state >> 7;
	return c->state ^= c->state << 17;
}

/* Each block so far is among the samples with the same chance (Vitter's algorithm R). */
void malloc_census_add(struct malloc_census *c, const struct malloc_heap *h, const struct malloc_chunk *chunk)
{
	uint64_t header = 2 * h->pointer_size, at = c->blocks;

	if ((chunk->state != CHUNK_IN_USE && chunk->state != CHUNK_MMAPPED) || chunk->size <= header)
		return;
	c->blocks++;
	c->bytes += chunk->size;
	if (chunk->size / SIZE_UNIT < SIZES)
		c->of_size[chunk->size / SIZE_UNIT]++;
	if (at >= CENSUS_SAMPLES)
		at = next_random(c) % c->blocks;
	if (at < CENSUS_SAMPLES)
		c->samples[at] = (struct reach_block){ malloc_user(h, chunk), chunk->size - header };
	if (c->n_samples < CENSUS_SAMPLES)
		c->n_samples++;
}

void malloc_census_finish(struct malloc_census *c)
{
	for (size_t i = 0; i < SIZES; i++)
		if (c->of_size[i] > c->most) {
			c->most = c->of_size[i];
			c->most_size = i * SIZE_UNIT;
		}
	qsort(c->samples, c->n_samples, sizeof(c->samples[0]), by_address);
}
