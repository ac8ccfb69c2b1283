/* SPDX-License-Identifier: MIT */
/*
 * Heap fragmentation: much of what the arenas have from the system is free, but lies
 * between blocks in use: free() gives back only what is at an arena's end.
 * malloc_trim() also gives back whole pages in between (glibc 2.8 and later,
 * malloc_trim(3)): how many there are is counted.
 */
#include "pattern/facts.h"
#include "pattern/heap.h"

#include <inttypes.h>

enum { MB_SHIFT = 20, PAGE = 4096 };

static const struct threshold thresholds[] = {
	{ "fragmentation.megabytes", 64, "MB", "as much must be free between blocks in use" },
	{ "fragmentation.percent", 50, "percent", "as much of what the arenas have must it be" },
	{ NULL },
};

struct gaps {
	uint64_t system;		/* bytes of all arenas' segments */
	uint64_t free, n;		/* in free chunks but top */
	uint64_t pages;			/* whole pages in these */
	size_t arena;			/* with most free bytes */
	const struct malloc_chunk *largest;	/* free chunk of that arena; NULL */
	const struct malloc_chunk *last;	/* its last chunk in use; NULL */
};

static uint64_t free_of(const struct malloc_arena *a)
{
	uint64_t sum = 0;

	for (unsigned i = 0; i < N_CHUNK_STATES; i++)
		if (malloc_state_is_free((enum malloc_chunk_state)i))
			sum += a->bytes[i];
	return sum;
}

/* malloc keeps its own words at the start of a free chunk. */
static uint64_t whole_pages(const struct malloc_heap *h, const struct malloc_chunk *c)
{
	uint64_t from = (c->address + 6 * h->pointer_size + PAGE - 1) / PAGE, to = (c->address + c->size) / PAGE;

	return to > from ? to - from : 0;
}

static void add_chunk(const struct malloc_heap *h, const struct malloc_segment *s, const struct malloc_chunk *c, struct gaps *g)
{
	if (malloc_state_is_free((enum malloc_chunk_state)c->state)) {
		g->free += c->size;
		g->n++;
		g->pages += whole_pages(h, c);
		if (s->arena == g->arena && (!g->largest || c->size > g->largest->size))
			g->largest = c;
	} else if (c->state == CHUNK_IN_USE && s->arena == g->arena) {
		g->last = c;
	}
}

static struct err *measure(struct pattern_run *run, const struct malloc_heap *h, struct gaps *g)
{
	for (size_t i = 1; i < h->n_arenas; i++)
		if (free_of(&h->arenas[i]) > free_of(&h->arenas[g->arena]))
			g->arena = i;
	for (size_t i = 0; i < h->n_segments; i++) {
		const struct malloc_segment *s = &h->segments[i];

		TRY(run_check(run));
		if (s->arena == MALLOC_NO_ARENA)
			continue;
		g->system += s->end - s->start;
		for (size_t k = 0; k < s->n_chunks; k++)
			add_chunk(h, s, &h->chunks[s->first_chunk + k], g);
	}
	return NULL;
}

static void tell(struct pattern_run *run, const struct heap_view *v, const struct gaps *g)
{
	const struct malloc_heap *h = v->heap;
	const struct malloc_arena *a = &h->arenas[g->arena];
	struct finding *f;

	f = finding_add(run, SEVERITY_WARNING, 80,
			"Heap fragmentation: of %" PRIu64 " MB in the arenas of malloc %" PRIu64 " MB are free, in %" PRIu64
			" pieces between blocks in use, so that they do not go back to the system.",
			g->system >> MB_SHIFT, g->free >> MB_SHIFT, g->n);
	f->confidence_why = "it may be a pause between two times of heavy use";
	evidence_other(run, f,
		       &(struct evidence){ .has_address = true, .address = a->address, .command = "!heap -s" },
		       "the arena with most free memory, %" PRIu64 " MB", free_of(a) >> MB_SHIFT);
	if (g->largest)
		heap_block_evidence(run, f, h, g->largest, run_text(run, "its largest free block, %" PRIu64 " bytes", (uint64_t)g->largest->size));
	if (g->last)
		heap_block_evidence(run, f, h, g->last, "its last block in use: in front of it nothing goes back");
	finding_recommend(run, f, "%" PRIu64 " MB are whole pages, which malloc_trim(0) gives back. Let blocks that live long come from elsewhere "
				  "than those that come and go, or from pools by size; fewer arenas (M_ARENA_MAX) when threads are many.",
			  g->pages * PAGE >> MB_SHIFT);
}

static struct err *match(struct pattern_run *run)
{
	const struct heap_view *v = NULL;
	struct gaps g = { 0 };

	TRY(heap_of_run(run, &v));
	if (!v || !v->heap) /* resource.heap-leak tells of heaps that are too large */
		return NULL;
	TRY(measure(run, v->heap, &g));
	if (g.free >> MB_SHIFT >= run_threshold(run, "fragmentation.megabytes") &&
	    g.free / (g.system / 100 + 1) >= run_threshold(run, "fragmentation.percent"))
		tell(run, v, &g);
	return NULL;
}

static const char *const explains[] = { "resource.memory-limit", "resource.address-space", NULL };

const struct pattern pattern_heap_fragmentation = {
	.id = "resource.heap-fragmentation",
	.title = "Heap fragmentation",
	.category = CATEGORY_RESOURCE,
	.definition = "The heap holds much more memory than its blocks in use have, in pieces that cannot go back to the system.",
	.context = "Blocks that live long among many that were freed: after a peak of load the process stays as large as it was at the peak.",
	.criterion = "At least fragmentation.megabytes are in free blocks that are not the rest at an arena's end, and these are "
		     "fragmentation.percent of what the arenas have.",
	.false_positives = "A program that will soon use that memory again.",
	.recommendation = "malloc_trim(0) gives whole free pages back. Let blocks that live long come from elsewhere than those that come and "
			  "go, or from pools by size; fewer arenas (M_ARENA_MAX) when threads are many.",
	.bucket = "HEAP_FRAGMENTATION",
	.thresholds = thresholds,
	.needs = NEEDS_SYSTEM_LINUX,
	.explains = explains,
	.match = match,
};
