/* SPDX-License-Identifier: MIT */
/* Memory of a made-up process: a few ranges with little-endian words. */
#ifndef OSM_TEST_UNWIND_MEMORY_H
#define OSM_TEST_UNWIND_MEMORY_H

#include "arch/unwind.h"

struct mem_range {
	uint64_t base;
	size_t size;
	uint8_t bytes[0x4000];
};

struct mem {
	struct mem_range ranges[3];
	unsigned long reads;
};

static inline struct mem_range *mem_at(struct mem *m, uint64_t address)
{
	for (unsigned i = 0; i < 3; i++) {
		struct mem_range *r = &m->ranges[i];

		if (r->size && address >= r->base && address - r->base < r->size)
			return r;
	}
	return NULL;
}

static inline size_t mem_read(void *arg, uint64_t address, void *buf, size_t len)
{
	struct mem *m = arg;
	struct mem_range *r = mem_at(m, address);

	m->reads++;
	if (!r)
		return 0;
	if (len > r->size - (address - r->base))
		len = (size_t)(r->size - (address - r->base));
	memcpy(buf, r->bytes + (address - r->base), len);
	return len;
}

static inline void mem_put(struct mem *m, uint64_t address, uint64_t v, unsigned size)
{
	struct mem_range *r = mem_at(m, address);

	for (unsigned i = 0; i < size; i++)
		r->bytes[address - r->base + i] = (uint8_t)(v >> (8 * i));
}

static inline void mem_copy(struct mem *m, uint64_t address, const void *p, size_t n)
{
	struct mem_range *r = mem_at(m, address);

	memcpy(r->bytes + (address - r->base), p, n);
}

#endif
