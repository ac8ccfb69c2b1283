/* SPDX-License-Identifier: MIT */
/* Open addressing with linear probing; grown at three quarters full. */
#include "base/map.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/random.h>

static uint64_t seed(void)
{
	static uint64_t s;

	if (!s && getrandom(&s, sizeof(s), GRND_NONBLOCK) != (ssize_t)sizeof(s))
		s = (uint64_t)(uintptr_t)&s;
	s |= 1;
	return s;
}

uint64_t hash_u64(uint64_t key)
{
	key ^= seed();
	key = (key ^ key >> 30) * 0xbf58476d1ce4e5b9u;
	key = (key ^ key >> 27) * 0x94d049bb133111ebu;
	return key ^ key >> 31;
}

uint64_t hash_bytes(const void *p, size_t n)
{
	const uint8_t *b = p;
	uint64_t h = seed();

	for (size_t i = 0; i < n; i++)
		h = (h ^ b[i]) * 0x100000001b3u;
	return hash_u64(h);
}

static uint64_t hash_nocase(const char *s)
{
	uint64_t h = seed();

	for (; *s; s++)
		h = (h ^ (uint8_t)tolower((unsigned char)*s)) * 0x100000001b3u;
	return hash_u64(h);
}

static struct u64map_slot *u64_find(const struct u64map *m, uint64_t key)
{
	size_t i = hash_u64(key) & (m->cap - 1);

	while (m->slots[i].used && m->slots[i].key != key)
		i = (i + 1) & (m->cap - 1);
	return &m->slots[i];
}

static bool u64_grow(struct u64map *m)
{
	struct u64map bigger = { .cap = m->cap ? m->cap * 2 : 16, .n = m->n };

	bigger.slots = calloc(bigger.cap, sizeof(*bigger.slots));
	if (!bigger.slots)
		return false;
	for (size_t i = 0; i < m->cap; i++)
		if (m->slots[i].used)
			*u64_find(&bigger, m->slots[i].key) = m->slots[i];
	free(m->slots);
	*m = bigger;
	return true;
}

bool u64map_put(struct u64map *m, uint64_t key, void *value)
{
	struct u64map_slot *slot;

	if (m->n >= m->cap - m->cap / 4 && !u64_grow(m))
		return false;
	slot = u64_find(m, key);
	if (!slot->used)
		m->n++;
	*slot = (struct u64map_slot){ .key = key, .value = value, .used = true };
	return true;
}

void *u64map_get(const struct u64map *m, uint64_t key)
{
	return m->cap ? u64_find(m, key)->value : NULL;
}

bool u64map_has(const struct u64map *m, uint64_t key)
{
	return m->cap && u64_find(m, key)->used;
}

void u64map_deinit(struct u64map *m)
{
	free(m->slots);
	*m = (struct u64map)U64MAP_INIT;
}

static struct strmap_slot *str_find(const struct strmap *m, const char *key)
{
	uint64_t h = m->nocase ? hash_nocase(key) : hash_bytes(key, strlen(key));
	size_t i = h & (m->cap - 1);

	while (m->slots[i].key && (m->nocase ? strcasecmp(m->slots[i].key, key)
					     : strcmp(m->slots[i].key, key)) != 0)
		i = (i + 1) & (m->cap - 1);
	return &m->slots[i];
}

static bool str_grow(struct strmap *m)
{
	struct strmap bigger = { .cap = m->cap ? m->cap * 2 : 16, .n = m->n, .nocase = m->nocase };

	bigger.slots = calloc(bigger.cap, sizeof(*bigger.slots));
	if (!bigger.slots)
		return false;
	for (size_t i = 0; i < m->cap; i++)
		if (m->slots[i].key)
			*str_find(&bigger, m->slots[i].key) = m->slots[i];
	free(m->slots);
	*m = bigger;
	return true;
}

bool strmap_put(struct strmap *m, const char *key, void *value)
{
	struct strmap_slot *slot;

	if (m->n >= m->cap - m->cap / 4 && !str_grow(m))
		return false;
	slot = str_find(m, key);
	if (!slot->key) {
		m->n++;
		slot->key = key;
	}
	slot->value = value;
	return true;
}

void *strmap_get(const struct strmap *m, const char *key)
{
	return m->cap ? str_find(m, key)->value : NULL;
}

bool strmap_has(const struct strmap *m, const char *key)
{
	return m->cap && str_find(m, key)->key;
}

void strmap_deinit(struct strmap *m)
{
	free(m->slots);
	*m = (struct strmap){ .nocase = m->nocase };
}
