/* SPDX-License-Identifier: MIT */
#include "memory/paging.h"

#include <stdlib.h>

enum {
	PAGE_SHIFT = 12,
	INDEX_BITS = 9,
	ENTRIES = 1 << INDEX_BITS,
	CACHED = 2048,		/* translations kept, a power of two */
	MAX_STEPS = 1 << 22,	/* of one search: pages, and gaps between them */
};

static const uint64_t frame_bits = 0x000ffffffffff000;

static unsigned shift_of(unsigned level)
{
	return PAGE_SHIFT + INDEX_BITS * (level - 1);
}

bool paging_is_canonical(const struct paging *p, uint64_t address)
{
	unsigned unused = 64 - shift_of(p->levels + 1);

	return (uint64_t)((int64_t)(address << unused) >> unused) == address;
}

static uint64_t frame_of(const struct paging *p, uint64_t entry)
{
	return entry & frame_bits & ~p->encrypted;
}

static bool is_page(unsigned level, uint64_t entry)
{
	return level == 1 || ((level == 2 || level == 3) && (entry & PAGE_LARGE));
}

static bool step_down(const struct paging *p, uint64_t table, unsigned level, uint64_t address, struct paging_walk *w)
{
	struct paging_step *s = &w->steps[w->n];
	uint64_t index = address >> shift_of(level) & (ENTRIES - 1);

	s->level = level;
	s->entry_address = table + index * 8;
	w->page_size = (uint64_t)1 << shift_of(level);
	if (!arch_read_uint(p->physical, s->entry_address, 8, &s->entry)) {
		w->unreadable = true;
		return false;
	}
	w->n++;
	return s->entry & PAGE_PRESENT;
}

bool paging_walk(const struct paging *p, uint64_t address, struct paging_walk *ret)
{
	uint64_t table = p->root & frame_bits & ~p->encrypted;

	*ret = (struct paging_walk){ .n = 0 };
	if (!paging_is_canonical(p, address))
		return false;
	for (unsigned level = p->levels; level; level--) {
		uint64_t entry, span = (uint64_t)1 << shift_of(level);

		if (!step_down(p, table, level, address, ret))
			return false;
		entry = ret->steps[ret->n - 1].entry;
		if (is_page(level, entry)) {
			ret->mapped = true;
			ret->physical = (frame_of(p, entry) & ~(span - 1)) | (address & (span - 1));
			return true;
		}
		table = frame_of(p, entry);
	}
	return false;
}

static uint64_t upper_half(const struct paging *p)
{
	return ~(uint64_t)0 << (shift_of(p->levels + 1) - 1);
}

/* The last address that shares the fate of `at`: of its page, of what the entry that is not present spans, of the hole
 * between the halves. */
static uint64_t last_alike(const struct paging *p, uint64_t at, const struct paging_walk *w)
{
	return paging_is_canonical(p, at) ? at | (w->page_size - 1) : upper_half(p) - 1;
}

bool paging_next_mapped(const struct paging *p, uint64_t from, uint64_t last, uint64_t *ret_start, uint64_t *ret_last)
{
	struct paging_walk w;
	uint64_t at = from;
	bool found = false;

	for (unsigned i = 0; i < MAX_STEPS; i++) {
		bool mapped = paging_walk(p, at, &w);
		uint64_t end = last_alike(p, at, &w);

		if (found && !mapped)
			break;
		if (mapped) {
			*ret_start = found ? *ret_start : at;
			*ret_last = end < last ? end : last;
			found = true;
		}
		if (end >= last)
			break;
		at = end + 1;
	}
	return found;
}

/* ---- reading ------------------------------------------------------------------------------ */

struct translation {
	uint64_t page;		/* virtual, of 4 KB, with bit 0 set: valid */
	uint64_t physical;
};

struct paged_memory {
	struct paging paging;
	struct translation cache[CACHED];
};

struct err *paged_memory_create(const struct paging *p, struct paged_memory **ret)
{
	struct paged_memory *m = calloc(1, sizeof(*m));

	if (!m)
		return err_nomem();
	m->paging = *p;
	*ret = m;
	return NULL;
}

void paged_memory_destroy(struct paged_memory *m)
{
	free(m);
}

const struct paging *paged_memory_paging(const struct paged_memory *m)
{
	return &m->paging;
}

bool paged_memory_translate(struct paged_memory *m, uint64_t address, uint64_t *ret_physical)
{
	uint64_t page = address >> PAGE_SHIFT << PAGE_SHIFT, offset = address - page;
	struct translation *t = &m->cache[address >> PAGE_SHIFT & (CACHED - 1)];
	struct paging_walk w;

	if (t->page != (page | 1)) {
		if (!paging_walk(&m->paging, page, &w))
			return false;
		*t = (struct translation){ page | 1, w.physical };
	}
	*ret_physical = t->physical + offset;
	return true;
}

size_t paged_memory_read(void *arg, uint64_t address, void *buf, size_t len)
{
	struct paged_memory *m = arg;
	const struct arch_memory *from = m->paging.physical;
	size_t done = 0;

	while (done < len) {
		uint64_t at = address + done, physical;
		size_t want = (size_t)(((uint64_t)1 << PAGE_SHIFT) - (at & ((1 << PAGE_SHIFT) - 1))), n;

		if (at < address || !paged_memory_translate(m, at, &physical))
			break;
		if (want > len - done)
			want = len - done;
		n = from->read(from->arg, physical, (uint8_t *)buf + done, want);
		done += n;
		if (n < want)
			break;
	}
	return done;
}
