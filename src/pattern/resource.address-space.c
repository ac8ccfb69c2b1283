/* SPDX-License-Identifier: MIT */
/*
 * Address space: a 32-bit process has no large free block left. Only a container
 * that lists all regions tells of free ones: MemoryInfoList, and a core of the
 * kernel or a snapshot, which have a segment for each mapping.
 */
#include "pattern/pattern.h"

#include "target/regions.h"

#include <inttypes.h>

static const struct threshold thresholds[] = {
	{ "space.largest", 64, "MB", "that the largest free block of a 32-bit process may have at most" },
	{ "space.free", 300, "MB", "of free blocks together from which on it is called fragmented" },
	{ NULL },
};
enum { LOWEST = 0x10000, GIGABYTE = 1 << 30, FEWEST_REGIONS = 32 };

struct space_use {
	uint64_t free, largest, largest_at;
	uint64_t top;		/* end of what a program can have */
	const struct region *below;	/* the largest free block */
};

/* 2, 3 or 4 GB: as far as regions go. */
static uint64_t top_of(const struct region *v, size_t n)
{
	uint64_t end = 0;

	for (size_t i = 0; i < n; i++)
		if (v[i].usage != USAGE_FREE && v[i].base + v[i].size > end)
			end = v[i].base + v[i].size;
	return end <= 2 * (uint64_t)GIGABYTE ? 2 * (uint64_t)GIGABYTE
	       : end <= 3 * (uint64_t)GIGABYTE ? 3 * (uint64_t)GIGABYTE
					       : 4 * (uint64_t)GIGABYTE;
}

static void add_gap(struct space_use *u, uint64_t from, uint64_t to, const struct region *below)
{
	if (to > u->top)
		to = u->top;
	if (from >= to)
		return;
	u->free += to - from;
	if (to - from <= u->largest)
		return;
	u->largest = to - from;
	u->largest_at = from;
	u->below = below;
}

static struct err *measure(struct pattern_run *run, const struct region *v, size_t n, struct space_use *ret)
{
	struct space_use u = { .top = top_of(v, n) };
	const struct region *below = NULL;
	uint64_t end = LOWEST;

	for (size_t i = 0; i < n; i++) {
		if (i % 4096 == 0)
			TRY(run_check(run));
		if (v[i].usage == USAGE_FREE)
			continue;
		add_gap(&u, end, v[i].base, below);
		if (v[i].base + v[i].size > end)
			end = v[i].base + v[i].size;
		below = &v[i];
	}
	add_gap(&u, end, u.top, below);
	*ret = u;
	return NULL;
}

static void tell(struct pattern_run *run, const struct space_use *u)
{
	bool fragmented = u->free >> 20 >= run_threshold(run, "space.free");
	struct finding *f;

	f = finding_add(run, SEVERITY_WARNING, 85, "Address space: the largest free block of the %" PRIu64 " MB has %" PRIu64
						   " MB%s, %" PRIu64 " MB are free.",
			u->top >> 20, u->largest >> 20, fragmented ? "; it is fragmented" : "", u->free >> 20);
	f->bucket = fragmented ? "FRAGMENTATION" : "ADDRESS_SPACE";
	if (u->below)
		evidence_other(run, f,
			       &(struct evidence){ .has_address = true, .address = u->below->base,
						   .command = run_text(run, "!address 0x%" PRIx64, u->below->base),
						   .windbg = run_text(run, "!address 0x%" PRIx64, u->below->base) },
			       "the region below the largest free block, which begins at 0x%" PRIx64, u->largest_at);
	evidence_other(run, f, &(struct evidence){ .command = "!address -summary", .windbg = "!address -summary" },
		       "the regions by use");
}

/* Whether the list of regions is of the whole space. */
static bool lists_all(struct target *t, const struct region *v, size_t n)
{
	const struct dump_snapshot *s = NULL;
	const struct dump_auxv *auxv = NULL;
	size_t n_auxv = 0;

	if (n < FEWEST_REGIONS)
		return false;
	if (target_is_windows(t))
		return v[0].has_state;
	if (target_facts(t)->kind != DUMP_ELFCORE)
		return false;
	return (!err_ignore(dump_snapshot(target_dump(t), &s)) && s) ||
	       (!err_ignore(dump_auxv(target_dump(t), &auxv, &n_auxv)) && n_auxv);
}

static struct err *match(struct pattern_run *run)
{
	const struct region *v = NULL;
	struct space_use u;
	size_t n = 0;

	if (target_arch(run->target)->pointer_size != 4)
		return NULL;
	TRY(target_regions(run->target, &v, &n));
	if (!lists_all(run->target, v, n))
		return NULL;
	TRY(measure(run, v, n, &u));
	if (u.largest >> 20 < run_threshold(run, "space.largest"))
		tell(run, &u);
	return NULL;
}

const struct pattern pattern_address_space = {
	.id = "resource.address-space",
	.title = "Insufficient memory (address space)",
	.category = CATEGORY_RESOURCE,
	.definition = "A 32-bit process has no large block of addresses left: allocations fail although the system has memory.",
	.context = "Leaks; libraries, stacks and heaps that are strewn over the space so that it is fragmented; large files "
		   "that are mapped whole.",
	.criterion = "The largest free block between 64 kB and the end of the user's part (2, 3 or 4 GB) is smaller than "
		     "space.largest. It is fragmented when the free blocks together have at least space.free.",
	.false_positives = "A program that takes all memory at its start and manages it itself.",
	.recommendation = "See what takes the space (!address -summary). Use a 64-bit program, or one that is marked as aware "
			  "of large addresses; give stacks and heaps smaller reserves.",
	.bucket = "ADDRESS_SPACE",
	.thresholds = thresholds,
	.match = match,
};
