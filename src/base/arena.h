/* SPDX-License-Identifier: MIT */
/*
 * Arena: memory that is freed together, one per command, pattern or file.
 * arena_alloc returns zeroed memory, aligned for any type; NULL when memory is
 * out or the arena's limit (hostile input!) is reached: callers answer NULL
 * with err_nomem().
 */
#ifndef OSM_BASE_ARENA_H
#define OSM_BASE_ARENA_H

#include "base/err.h"
#include <stddef.h>
#include <stdint.h>

struct arena_chunk;

struct arena {
	struct arena_chunk *chunks;
	uint8_t *next;
	size_t left;
	size_t total;
	size_t limit; /* 0: none */
};

#define ARENA_INIT { 0 }

void arena_init(struct arena *a);
void arena_deinit(struct arena *a);

void *arena_alloc(struct arena *a, size_t size);
/* n * size with the product checked */
void *arena_array(struct arena *a, size_t n, size_t size);
void *arena_memdup(struct arena *a, const void *p, size_t n);
char *arena_strdup(struct arena *a, const char *s);
char *arena_strndup(struct arena *a, const char *s, size_t n);
char *arena_printf(struct arena *a, const char *fmt, ...) PRINTF(2, 3);

#define ARENA_NEW(a, type) ((type *)arena_alloc((a), sizeof(type)))
#define ARENA_NEW_N(a, type, n) ((type *)arena_array((a), (n), sizeof(type)))

#endif
