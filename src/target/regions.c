/* SPDX-License-Identifier: MIT */
/*
 * Regions: see regions.h. Stacks are known by the TEB's limits and by the stack
 * pointers; heaps by PEB.ProcessHeaps and on Linux by the mapping's
 * name where the container has it.
 */
#include "target/regions.h"

#include "target/bind.h"
#include "target/target_impl.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_HEAPS = 4096, STATE_FREE = 0x10000 };

struct teb_stack {
	uint64_t has;
	uint64_t base, limit, peb;
};
static const struct bind_member teb_members[] = {
	{ "NtTib.StackBase", offsetof(struct teb_stack, base), BIND_UINT, false },
	{ "NtTib.StackLimit", offsetof(struct teb_stack, limit), BIND_UINT, false },
	{ "ProcessEnvironmentBlock", offsetof(struct teb_stack, peb), BIND_UINT, true },
	{ NULL },
};
static const struct binding teb_binding = { "ntdll", "_TEB", teb_members };

struct peb_heaps {
	uint64_t has;
	uint64_t count, list;
};
static const struct bind_member peb_members[] = {
	{ "NumberOfHeaps", offsetof(struct peb_heaps, count), BIND_UINT, false },
	{ "ProcessHeaps", offsetof(struct peb_heaps, list), BIND_UINT, false },
	{ NULL },
};
static const struct binding peb_binding = { "ntdll", "_PEB", peb_members };

const char *region_usage_name(enum region_usage usage)
{
	static const char *const names[N_USAGES] = {
		[USAGE_FREE] = "Free",		    [USAGE_UNKNOWN] = "<unknown>",
		[USAGE_IMAGE] = "Image",	    [USAGE_MAPPED_FILE] = "MappedFile",
		[USAGE_STACK] = "Stack",	    [USAGE_TEB] = "TEB",
		[USAGE_PEB] = "PEB",		    [USAGE_HEAP] = "Heap",
	};

	return names[usage];
}

static struct region *find(struct target *t, uint64_t address)
{
	size_t lo = 0, hi = t->n_regions;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (t->regions[mid].base <= address)
			lo = mid + 1;
		else
			hi = mid;
	}
	if (!lo || address - t->regions[lo - 1].base >= t->regions[lo - 1].size)
		return NULL;
	return &t->regions[lo - 1];
}

static void mark(struct target *t, uint64_t start, uint64_t end, enum region_usage usage,
		 struct thread *th)
{
	struct region *r = find(t, start);

	if (!r)
		return;
	for (; r < t->regions + t->n_regions && r->base < end; r++)
		if (r->usage == USAGE_UNKNOWN) {
			r->usage = usage;
			r->thread = th;
		}
}

/* All regions of the allocation that holds the address. */
static void mark_allocation(struct target *t, uint64_t address, enum region_usage usage)
{
	struct region *r = find(t, address), *first = r;

	if (!r || r->usage != USAGE_UNKNOWN)
		return;
	if (!r->has_state) { /* a range of the dump's memory: no allocation is known */
		r->usage = usage;
		return;
	}
	while (first > t->regions && first[-1].has_state &&
	       first[-1].allocation_base == r->allocation_base)
		first--;
	for (; first < t->regions + t->n_regions && first->allocation_base == r->allocation_base; first++)
		if (first->usage == USAGE_UNKNOWN)
			first->usage = usage;
}

static void mark_heaps(struct target *t, enum thread_half half, uint64_t peb)
{
	unsigned size = half == HALF_WOW ? 4 : t->arch->pointer_size;
	struct peb_heaps heaps;
	uint64_t heap;

	if (err_ignore(bind_read(t, half, &peb_binding, peb, &heaps)))
		return;
	for (uint64_t i = 0; i < heaps.count && i < MAX_HEAPS; i++)
		if (arch_read_uint(&t->memory, heaps.list + i * size, size, &heap))
			mark_allocation(t, heap, USAGE_HEAP);
}

static void mark_thread(struct target *t, struct thread *th, enum thread_half half)
{
	uint64_t teb = half == HALF_WOW ? th->teb32 : th->teb;
	struct teb_stack s;

	if (!teb)
		return;
	mark(t, teb, teb + 1, USAGE_TEB, th);
	if (err_ignore(bind_read(t, half, &teb_binding, teb, &s)))
		return;
	if (s.limit < s.base && s.base - s.limit < (uint64_t)1 << 32)
		mark(t, s.limit, s.base, USAGE_STACK, th);
	if (th->index == 0 && s.peb) {
		mark(t, s.peb, s.peb + 1, USAGE_PEB, NULL);
		mark_heaps(t, half, s.peb);
	}
}

static void mark_stack_pointer(struct target *t, struct thread *th, enum thread_half half)
{
	struct regs regs;

	if (!err_ignore(thread_regs(t, th, half, &regs)))
		mark(t, regs_sp(&regs), regs_sp(&regs) + 1, USAGE_STACK, th);
}

static void mark_threads(struct target *t)
{
	struct thread *threads;
	size_t n = target_threads(t, &threads);

	for (size_t i = 0; i < n; i++) {
		if (target_is_windows(t)) {
			mark_thread(t, &threads[i], HALF_NATIVE);
			mark_thread(t, &threads[i], HALF_WOW);
		}
		mark_stack_pointer(t, &threads[i], HALF_NATIVE);
		if (target_is_windows(t) && threads[i].teb32)
			mark_stack_pointer(t, &threads[i], HALF_WOW);
	}
}

static void mark_files(struct target *t)
{
	const struct dump_file_mapping *maps;
	size_t n;

	if (err_ignore(dump_file_mappings(t->dump, &maps, &n)))
		return;
	for (size_t i = 0; i < n; i++) {
		struct region *r = find(t, maps[i].start);

		for (; r && r < t->regions + t->n_regions && r->base < maps[i].end; r++) {
			if (r->usage != USAGE_UNKNOWN)
				continue;
			r->path = maps[i].path;
			r->usage = strcmp(maps[i].path, "[heap]") == 0 ? USAGE_HEAP : USAGE_MAPPED_FILE;
		}
	}
}

static void mark_modules(struct target *t)
{
	for (size_t i = 0; i < t->n_regions; i++) {
		struct region *r = &t->regions[i];

		if (r->usage == USAGE_UNKNOWN)
			r->module = target_module_at(t, r->base);
		if (r->module)
			r->usage = USAGE_IMAGE;
	}
}

static struct err *from_records(struct target *t, const struct dump_region *records, size_t n)
{
	t->regions = ARENA_NEW_N(&t->arena, struct region, n);
	if (!t->regions)
		return err_nomem();
	for (size_t i = 0; i < n; i++)
		t->regions[i] = (struct region){
			.base = records[i].base,
			.size = records[i].size,
			.allocation_base = records[i].allocation_base,
			.allocation_protect = records[i].allocation_protect,
			.state = records[i].state,
			.protect = records[i].protect,
			.type = records[i].type,
			.has_state = true,
			.path = records[i].path && *records[i].path ? records[i].path : NULL,
			.usage = records[i].state == STATE_FREE ? USAGE_FREE : USAGE_UNKNOWN,
		};
	t->n_regions = n;
	return NULL;
}

static struct err *from_segments(struct target *t)
{
	const struct dump_segment *segments;
	size_t n;

	TRY(dump_segments(t->dump, &segments, &n));
	t->regions = ARENA_NEW_N(&t->arena, struct region, n ? n : 1);
	if (!t->regions)
		return err_nomem();
	for (size_t i = 0; i < n; i++) {
		if (segments[i].continued && t->n_regions) {
			t->regions[t->n_regions - 1].size += segments[i].size;
			continue;
		}
		t->regions[t->n_regions++] = (struct region){
			.base = segments[i].address,
			.size = segments[i].size,
			.prot = segments[i].prot,
			.has_prot = segments[i].prot_known,
			.usage = USAGE_UNKNOWN,
		};
	}
	return NULL;
}

static int by_base(const void *a, const void *b)
{
	const struct region *x = a, *y = b;

	return x->base < y->base ? -1 : x->base > y->base;
}

static void count_present(struct target *t)
{
	struct space *space = target_space(t);

	for (size_t i = 0; space && i < t->n_regions; i++) {
		struct region *r = &t->regions[i];
		uint64_t at = r->base, end = r->base + r->size;
		struct space_range piece;

		while (at < end && space_find(space, at, &piece) && piece.address < end) {
			uint64_t from = piece.address > at ? piece.address : at;
			uint64_t last = piece.address + (piece.size - 1); /* which may be the last byte there is */
			uint64_t to = last < end ? last + 1 : end;

			if (piece.origin == SPACE_DUMP)
				r->in_dump += to - from;
			at = to;
		}
	}
}

static struct err *build(struct target *t)
{
	const struct dump_region *records;
	struct module **modules;
	size_t n;

	(void)target_modules(t, &modules);
	TRY(dump_regions(t->dump, &records, &n));
	TRY(n ? from_records(t, records, n) : from_segments(t));
	if (t->n_regions)
		qsort(t->regions, t->n_regions, sizeof(*t->regions), by_base);
	mark_modules(t);
	mark_threads(t);
	mark_files(t);
	count_present(t);
	return NULL;
}

struct err *target_regions(struct target *t, const struct region **ret, size_t *ret_n)
{
	if (!t->regions_done) {
		t->regions_done = true;
		TRY(build(t));
	}
	*ret = t->regions;
	*ret_n = t->n_regions;
	return NULL;
}

struct err *target_region_at(struct target *t, uint64_t address, struct region *ret)
{
	const struct region *regions;
	struct region *r;
	size_t n;

	TRY(target_regions(t, &regions, &n));
	r = find(t, address);
	if (!r)
		return err_new(ERR_NOTFOUND, "the dump tells of no region at 0x%" PRIx64, address);
	*ret = *r;
	return NULL;
}
