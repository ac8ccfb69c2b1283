/* SPDX-License-Identifier: MIT */
/*
 * Minidump: memory and its regions.
 *
 * MemoryList: {u64 address, u32 size, u32 rva}. Memory64List: the bytes of all
 * ranges lie one after another from one base rva; a range states only address
 * and size. A dump may have both, and damaged ones neither: then the stacks
 * that thread records point to are still there and are used.
 *
 * Regions come from MemoryInfoList (MINIDUMP_MEMORY_INFO, Windows numbers) or
 * are made from Breakpad's copy of /proc/PID/maps, and give segments their
 * protection. Spec: minidumpapiset.h, winnt.h.
 */
#include "base/cancel.h"
#include "format/minidump.h"
#include "format/winpage.h"

#include <stdlib.h>

enum {
	RANGE_SIZE = 16,
	REGION_SIZE = 48,
	/* regions looked at for one segment: a range is one region, or few */
	MAX_PROT_REGIONS = 64,
};

struct item {
	struct dump_segment s;
	size_t order; /* in the file */
};

struct build {
	VEC(struct item) items;
	uint64_t missing, wrapped; /* ranges with no or not all bytes in the file */
	uint64_t first_missing;	   /* address */
};

static void build_deinit(struct build *b)
{
	vec_deinit(&b->items);
}

static struct err *add_range(struct minidump *md, struct build *b, uint64_t address, uint64_t size,
			     uint64_t rva)
{
	struct item item = { .order = b->items.n };
	struct dump_piece there;

	if (!size)
		return NULL;
	if (size - 1 > UINT64_MAX - address) {
		b->wrapped++;
		size = UINT64_MAX - address + 1;
	}
	there = md_clip(md, rva, size);
	if (there.size < size && !b->missing++)
		b->first_missing = address;
	item.s = (struct dump_segment){
		.address = address,
		.size = size,
		.file_size = there.size,
		.offset = rva,
	};
	if (!(b->items.n & 0xfff))
		TRY(cancel_check());
	return vec_push(&b->items, item) ? NULL : err_nomem();
}

static struct err *memory_list(struct minidump *md, struct build *b)
{
	CLEANUP(md_in_deinit) struct md_in in = MD_IN_INIT;
	static const unsigned sizes[] = { RANGE_SIZE };
	struct md_array a;
	bool found;

	TRY(md_open_stream(md, MD_MEMORY_LIST, &in, &found));
	if (!found)
		return NULL;
	TRY(md_counted(md, &in, "memory list", sizes, 1, &a));
	cursor_seek(&in.c, a.first);
	for (uint64_t i = 0; i < a.count; i++) {
		uint64_t address = cursor_u64(&in.c);
		uint32_t size = cursor_u32(&in.c), rva = cursor_u32(&in.c);

		TRY(add_range(md, b, address, size, rva));
	}
	return NULL;
}

static struct err *memory64_list(struct minidump *md, struct build *b)
{
	CLEANUP(md_in_deinit) struct md_in in = MD_IN_INIT;
	uint64_t count, rva, room;
	bool found;

	TRY(md_open_stream(md, MD_MEMORY64_LIST, &in, &found));
	if (!found)
		return NULL;
	count = cursor_u64(&in.c);
	rva = cursor_u64(&in.c);
	TRY(cursor_check(&in.c, "64-bit memory list"));
	room = cursor_left(&in.c) / RANGE_SIZE;
	if (count > room) {
		MD_DEFECT(md, ERR_TRUNCATED,
			  "64-bit memory list at offset 0x%" PRIx64 ": %" PRIu64
			  " ranges expected, room for %" PRIu64,
			  in.c.origin, count, room);
		count = room;
	}
	for (uint64_t i = 0; i < count; i++) {
		uint64_t address = cursor_u64(&in.c), size = cursor_u64(&in.c);

		TRY(add_range(md, b, address, size, rva));
		if (__builtin_add_overflow(rva, size, &rva))
			rva = UINT64_MAX; /* past any file: what follows is missing */
	}
	return NULL;
}

static int by_address(const void *pa, const void *pb)
{
	const struct item *a = pa, *b = pb;

	if (a->s.address != b->s.address)
		return a->s.address < b->s.address ? -1 : 1;
	return a->order < b->order ? -1 : a->order > b->order;
}

static void sort(struct build *b)
{
	for (size_t i = 1; i < b->items.n; i++) {
		if (by_address(&b->items.v[i - 1], &b->items.v[i]) > 0) {
			qsort(b->items.v, b->items.n, sizeof(b->items.v[0]), by_address);
			return;
		}
	}
}

/* Whether a sorted array's last range that starts at or below has it. */
static bool covered(const struct build *b, size_t n, uint64_t address)
{
	size_t low = 0, high = n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (b->items.v[mid].s.address <= address)
			low = mid + 1;
		else
			high = mid;
	}
	return low && address - b->items.v[low - 1].s.address < b->items.v[low - 1].s.size;
}

static void stacks_deinit(md_stacks *stacks)
{
	vec_deinit(stacks);
}

/* Stacks that no list has. b is sorted; it may not be afterwards. */
static struct err *add_stacks(struct minidump *md, struct build *b)
{
	CLEANUP(stacks_deinit) md_stacks stacks = { 0 };
	size_t n = b->items.n;

	TRY(md_read_stacks(md, &stacks));
	for (size_t i = 0; i < stacks.n; i++) {
		const struct md_stack *s = &stacks.v[i];

		if (s->piece.offset && !covered(b, n, s->address))
			TRY(add_range(md, b, s->address, s->piece.size, s->piece.offset));
	}
	return NULL;
}

static void say_missing(struct minidump *md, const struct build *b)
{
	if (b->missing)
		MD_DEFECT(md, ERR_TRUNCATED,
			  "memory: %" PRIu64 " of %zu ranges reach past the end of the file (0x%" PRIx64
			  " bytes), the first at address 0x%" PRIx64,
			  b->missing, b->items.n, md->d.src->size, b->first_missing);
	if (b->wrapped)
		MD_DEFECT(md, ERR_CORRUPT, "memory: %" PRIu64 " ranges wrap around address 0",
			  b->wrapped);
}

static int region_by_base(const void *pa, const void *pb)
{
	const struct dump_region *a = pa, *b = pb;

	return a->base < b->base ? -1 : a->base > b->base;
}

/* The first region that starts above the address. */
static size_t region_above(const struct dump_region *v, size_t n, uint64_t address)
{
	size_t low = 0;

	while (low < n) {
		size_t mid = low + (n - low) / 2;

		if (v[mid].base <= address)
			low = mid + 1;
		else
			n = mid;
	}
	return low;
}

/* Known when regions cover the segment without a gap and agree. */
static void set_prot(struct dump_segment *s, const struct dump_region *v, size_t n)
{
	size_t i = region_above(v, n, s->address), seen = 0;
	uint64_t at = s->address, last = s->address + (s->size - 1);
	uint32_t prot;

	if (!i)
		return;
	prot = winpage_prot(v[--i].protect);
	for (; i < n && seen++ < MAX_PROT_REGIONS; i++) {
		const struct dump_region *r = &v[i];

		if (r->base > at || at - r->base >= r->size || winpage_prot(r->protect) != prot)
			return;
		if (last - r->base < r->size) {
			s->prot = prot;
			s->prot_known = true;
			return;
		}
		at = r->base + r->size;
	}
}

static struct err *set_prots(struct minidump *md, struct dump_segment *v, size_t n)
{
	CLEANUP(freep) struct dump_region *sorted = NULL;
	const struct dump_region *regions;
	size_t n_regions;

	TRY(md_soften(md, dump_regions(&md->d, &regions, &n_regions)));
	TRY(dump_regions(&md->d, &regions, &n_regions)); /* empty after a failure */
	if (!n_regions)
		return NULL;
	sorted = calloc(n_regions, sizeof(*sorted));
	if (!sorted)
		return err_nomem();
	for (size_t i = 0; i < n_regions; i++)
		sorted[i] = regions[i];
	qsort(sorted, n_regions, sizeof(*sorted), region_by_base);
	for (size_t i = 0; i < n; i++) {
		if (!(i & 0xfff))
			TRY(cancel_check());
		set_prot(&v[i], sorted, n_regions);
	}
	return NULL;
}

struct err *md_segments(struct dump *d, struct dump_segment **ret, size_t *ret_n)
{
	CLEANUP(build_deinit) struct build b = { 0 };
	struct minidump *md = md_of(d);
	struct dump_segment *v;

	TRY(md_soften(md, memory_list(md, &b)));
	TRY(md_soften(md, memory64_list(md, &b)));
	sort(&b);
	TRY(md_soften(md, add_stacks(md, &b)));
	sort(&b);
	say_missing(md, &b);
	v = ARENA_NEW_N(&d->arena, struct dump_segment, b.items.n);
	if (!v)
		return err_nomem();
	for (size_t i = 0; i < b.items.n; i++)
		v[i] = b.items.v[i].s;
	TRY(set_prots(md, v, b.items.n));
	*ret = v;
	*ret_n = b.items.n;
	return NULL;
}

static struct err *memory_info(struct minidump *md, struct dump_region **ret, size_t *ret_n)
{
	CLEANUP(md_in_deinit) struct md_in in = MD_IN_INIT;
	struct dump_region *v;
	struct md_array a;
	bool found;

	TRY(md_open_stream(md, MD_MEMORY_INFO_LIST, &in, &found));
	if (!found)
		return NULL;
	TRY(md_headed(md, &in, "memory information list", REGION_SIZE, true, &a));
	v = ARENA_NEW_N(&md->d.arena, struct dump_region, a.count);
	if (!v)
		return err_nomem();
	for (uint64_t i = 0; i < a.count; i++) {
		struct cursor c = md_item(&in, &a, i);

		if (!(i & 0xfff))
			TRY(cancel_check());
		v[i].base = cursor_u64(&c);
		v[i].allocation_base = cursor_u64(&c);
		v[i].allocation_protect = cursor_u32(&c);
		cursor_skip(&c, 4);
		v[i].size = cursor_u64(&c);
		v[i].state = cursor_u32(&c);
		v[i].protect = cursor_u32(&c);
		v[i].type = cursor_u32(&c);
		v[i].path = "";
	}
	*ret = v;
	*ret_n = a.count;
	return NULL;
}

enum { MEM_COMMIT = 0x1000, MEM_PRIVATE = 0x20000, MEM_MAPPED = 0x40000 };

/* Perms in Windows numbers; there is no write-only and no write-execute. */
static uint32_t protect_of(const char *perms)
{
	static const uint8_t plain[] = { 0x01, 0x04 }, readable[] = { 0x02, 0x04 };
	static const uint8_t executable[] = { 0x10, 0x40 }, readable_executable[] = { 0x20, 0x40 };
	bool r = perms[0] == 'r', w = perms[1] == 'w', x = perms[2] == 'x';

	if (x)
		return r ? readable_executable[w] : executable[w];
	return r ? readable[w] : plain[w];
}

static struct err *maps_regions(struct minidump *md, struct dump_region **ret, size_t *ret_n)
{
	const struct md_maps *maps;
	struct dump_region *v;

	TRY(md_read_maps(md, &maps));
	v = ARENA_NEW_N(&md->d.arena, struct dump_region, maps->n);
	if (!v)
		return err_nomem();
	for (size_t i = 0; i < maps->n; i++) {
		const struct md_map_line *m = &maps->v[i];
		bool mapped = m->perms[3] == 's' || m->path[0] == '/';

		v[i] = (struct dump_region){
			.base = m->start,
			.size = m->end - m->start,
			.allocation_base = m->start,
			.allocation_protect = protect_of(m->perms),
			.state = MEM_COMMIT,
			.protect = protect_of(m->perms),
			.type = mapped ? MEM_MAPPED : MEM_PRIVATE,
			.path = m->path,
			.file_offset = m->offset,
		};
	}
	*ret = v;
	*ret_n = maps->n;
	return NULL;
}

struct err *md_regions(struct dump *d, struct dump_region **ret, size_t *ret_n)
{
	struct minidump *md = md_of(d);
	struct dump_piece piece;

	if (md_find(md, MD_MEMORY_INFO_LIST, &piece))
		return memory_info(md, ret, ret_n);
	return maps_regions(md, ret, ret_n);
}
