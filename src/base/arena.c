/* SPDX-License-Identifier: MIT */
#include "base/arena.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CHUNK_SIZE = 32 * 1024, ALIGN = 16 };

struct arena_chunk {
	struct arena_chunk *next;
	_Alignas(ALIGN) uint8_t data[];
};

void arena_init(struct arena *a)
{
	*a = (struct arena)ARENA_INIT;
}

void arena_deinit(struct arena *a)
{
	struct arena_chunk *chunk, *next;

	for (chunk = a->chunks; chunk; chunk = next) {
		next = chunk->next;
		free(chunk);
	}
	*a = (struct arena){ .limit = a->limit };
}

static void *grow(struct arena *a, size_t size)
{
	size_t want = size > CHUNK_SIZE / 4 ? size : CHUNK_SIZE;
	struct arena_chunk *chunk;

	if (a->limit && (want > a->limit || a->total > a->limit - want))
		return NULL;
	if (want > SIZE_MAX - sizeof(*chunk))
		return NULL;
	chunk = calloc(1, sizeof(*chunk) + want);
	if (!chunk)
		return NULL;
	a->total += want;
	chunk->next = a->chunks;
	a->chunks = chunk;
	if (want == size) /* a big one has its chunk to itself */
		return chunk->data;
	a->next = chunk->data + size;
	a->left = want - size;
	return chunk->data;
}

void *arena_alloc(struct arena *a, size_t size)
{
	void *p;

	if (size > SIZE_MAX - ALIGN)
		return NULL;
	size = (size + ALIGN - 1) & ~(size_t)(ALIGN - 1);
	if (size == 0)
		size = ALIGN;
	if (size > a->left)
		return grow(a, size);
	p = a->next;
	a->next += size;
	a->left -= size;
	return p;
}

void *arena_array(struct arena *a, size_t n, size_t size)
{
	size_t bytes;

	if (__builtin_mul_overflow(n, size, &bytes))
		return NULL;
	return arena_alloc(a, bytes);
}

void *arena_memdup(struct arena *a, const void *p, size_t n)
{
	void *copy = arena_alloc(a, n);

	if (copy && n)
		memcpy(copy, p, n);
	return copy;
}

char *arena_strndup(struct arena *a, const char *s, size_t n)
{
	size_t len = strnlen(s, n);
	char *copy = arena_alloc(a, len + 1);

	if (copy)
		memcpy(copy, s, len);
	return copy;
}

char *arena_strdup(struct arena *a, const char *s)
{
	return arena_memdup(a, s, strlen(s) + 1);
}

char *arena_printf(struct arena *a, const char *fmt, ...)
{
	char *copy = NULL;
	va_list ap, again;
	int n;

	va_start(ap, fmt);
	va_copy(again, ap);
	n = vsnprintf(NULL, 0, fmt, ap);
	if (n >= 0)
		copy = arena_alloc(a, (size_t)n + 1);
	if (copy)
		(void)vsnprintf(copy, (size_t)n + 1, fmt, again);
	va_end(again);
	va_end(ap);
	return copy;
}
