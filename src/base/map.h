/* SPDX-License-Identifier: MIT */
/*
 * Hash maps: 64-bit key to pointer (u64map) and string to pointer (strmap,
 * keys borrowed: they must outlive the map). Values may be NULL; a miss and a
 * stored NULL are told apart by the _has form. Hashes are seeded per process,
 * so that a dump cannot choose collisions.
 */
#ifndef OSM_BASE_MAP_H
#define OSM_BASE_MAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct u64map_slot {
	uint64_t key;
	void *value;
	bool used;
};

struct u64map {
	struct u64map_slot *slots;
	size_t n, cap;
};

struct strmap_slot {
	const char *key; /* NULL: free */
	void *value;
};

struct strmap {
	struct strmap_slot *slots;
	size_t n, cap;
	bool nocase;
};

#define U64MAP_INIT { 0 }
#define STRMAP_INIT { 0 }
#define STRMAP_INIT_NOCASE { .nocase = true }

void u64map_deinit(struct u64map *m);
bool u64map_put(struct u64map *m, uint64_t key, void *value); /* false: no memory */
void *u64map_get(const struct u64map *m, uint64_t key);	      /* NULL: not there */
bool u64map_has(const struct u64map *m, uint64_t key);

void strmap_deinit(struct strmap *m);
bool strmap_put(struct strmap *m, const char *key, void *value);
void *strmap_get(const struct strmap *m, const char *key);
bool strmap_has(const struct strmap *m, const char *key);

uint64_t hash_u64(uint64_t key);
uint64_t hash_bytes(const void *p, size_t n);

#endif
