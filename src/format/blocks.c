/* SPDX-License-Identifier: MIT */
/* Each block has one slot it can be kept in: page tables and lists are read again and again, and seldom collide. */
#include "format/blocks.h"

#include <assert.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

enum { KEPT_BYTES = 8 << 20, MAX_BLOCK = 1 << 20 };

struct blocks {
	struct source src;
	pthread_mutex_t lock;	/* a source may be read from several threads, and what fills blocks has state */
	size_t block, n_slots;
	block_fill_fn *fill;
	void *arg;
	uint64_t *number;	/* of the block in each slot, plus one; 0: empty */
	uint8_t **data;
};

static struct err *get(struct blocks *b, uint64_t number, const uint8_t **ret)
{
	size_t slot = (size_t)(number % b->n_slots);

	if (b->number[slot] != number + 1) {
		if (!b->data[slot])
			b->data[slot] = malloc(b->block);
		if (!b->data[slot])
			return err_nomem();
		b->number[slot] = 0;
		TRY(b->fill(b->arg, number, b->data[slot]));
		b->number[slot] = number + 1;
	}
	*ret = b->data[slot];
	return NULL;
}

static struct err *read_locked(struct blocks *b, uint64_t offset, uint8_t *to, size_t len)
{
	while (len) {
		size_t at = (size_t)(offset % b->block), n = b->block - at < len ? b->block - at : len;
		const uint8_t *data = NULL;

		TRY(get(b, offset / b->block, &data));
		memcpy(to, data + at, n);
		to += n;
		offset += n;
		len -= n;
	}
	return NULL;
}

static struct err *blocks_read(struct source *src, uint64_t offset, void *buf, size_t len)
{
	struct blocks *b = (struct blocks *)src;
	struct err *e;

	(void)pthread_mutex_lock(&b->lock);
	e = read_locked(b, offset, buf, len);
	(void)pthread_mutex_unlock(&b->lock);
	return e;
}

static void blocks_destroy(struct source *src)
{
	struct blocks *b = (struct blocks *)src;

	for (size_t i = 0; b->data && i < b->n_slots; i++)
		free(b->data[i]);
	free(b->data);
	free(b->number);
	(void)pthread_mutex_destroy(&b->lock);
	free(src->name);
	free(b);
}

static const struct source_ops blocks_ops = { blocks_read, blocks_destroy };

struct err *blocks_create(const char *name, uint64_t size, size_t block, block_fill_fn *fill, void *arg, struct source **ret)
{
	struct blocks *b = calloc(1, sizeof(*b));

	assert(block && block <= MAX_BLOCK);
	if (!b)
		return err_nomem();
	(void)pthread_mutex_init(&b->lock, NULL);
	b->n_slots = KEPT_BYTES / block;
	b->number = calloc(b->n_slots, sizeof(*b->number));
	b->data = calloc(b->n_slots, sizeof(*b->data));
	b->src = (struct source){ .ops = &blocks_ops, .name = strdup(name), .size = size };
	b->block = block;
	b->fill = fill;
	b->arg = arg;
	if (!b->number || !b->data || !b->src.name) {
		blocks_destroy(&b->src);
		return err_nomem();
	}
	*ret = &b->src;
	return NULL;
}
