/* SPDX-License-Identifier: MIT */
/* Heap leak (Windows): blocks of one size make up most of a heap that is most of the
 * process's private memory; and very many heaps. */
#include "pattern/nt_heap.h"

#include "base/map.h"
#include "target/regions.h"

#include <inttypes.h>
#include <stdlib.h>

enum { STATE_COMMIT = 0x1000, TYPE_PRIVATE = 0x20000, MB_SHIFT = 20, CHECK_EVERY = 65536 };

static const struct threshold thresholds[] = {
	{ "heap-leak.blocks", 10000, "blocks", "as many of one size must be in use" },
	{ "heap-leak.percent", 40, "percent", "as many of all blocks in use must have that size" },
	{ "heap-leak.share", 50, "percent", "as much of the private memory must they be" },
	{ "heap-leak.megabytes", 128, "MB", "as much must they be" },
	{ "heap-leak.heaps", 256, "heaps", "more than this many heaps are too many" },
	{ NULL },
};

struct usage {
	uint64_t blocks, bytes;	/* busy */
	uint64_t size, n;	/* of the commonest of them */
	const struct nt_block *first, *last; /* of that size */
};

static int by_size(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

static void find_commonest(uint64_t *sizes, size_t n, struct usage *ret)
{
	qsort(sizes, n, sizeof(*sizes), by_size);
	for (size_t i = 0, k; i < n; i = k) {
		for (k = i; k < n && sizes[k] == sizes[i];)
			k++;
		if (k - i > ret->n) {
			ret->n = k - i;
			ret->size = sizes[i];
		}
	}
}

typedef bool block_visitor(void *arg, const struct nt_block *b);

/* All busy blocks of a heap; false from the visitor ends it. */
static struct err *for_busy(struct pattern_run *run, const struct nt_heaps *h, size_t heap, block_visitor *visit, void *arg)
{
	for (size_t i = 0; i < h->n_segments; i++)
		for (size_t k = 0; h->segments[i].heap == heap && k < h->segments[i].n_blocks; k++) {
			const struct nt_block *b = &h->blocks[h->segments[i].first_block + k];

			if (k % CHECK_EVERY == 0)
				TRY(run_check(run));
			if (nt_block_is_busy(b) && !visit(arg, b))
				return NULL;
		}
	return NULL;
}

struct sizes {
	const struct nt_heaps *h;
	uint64_t *v;
	size_t n;
	struct usage *usage;
};

static bool add_size(void *arg, const struct nt_block *b)
{
	struct sizes *s = arg;

	s->v[s->n++] = nt_block_requested(s->h, b);
	s->usage->blocks++;
	s->usage->bytes += b->size;
	return true;
}

static bool keep_ends(void *arg, const struct nt_block *b)
{
	struct sizes *s = arg;

	if (nt_block_requested(s->h, b) != s->usage->size)
		return true;
	if (!s->usage->first)
		s->usage->first = b;
	s->usage->last = b;
	return true;
}

static struct err *count(struct pattern_run *run, const struct nt_heaps *h, size_t heap, struct usage *ret)
{
	const uint64_t *of = h->heaps[heap].blocks;
	uint64_t n = of[NT_BLOCK_BUSY] + of[NT_BLOCK_LFH_BUSY] + of[NT_BLOCK_VIRTUAL];
	CLEANUP(freep) uint64_t *v = calloc(n + 1, sizeof(*v));
	struct sizes s = { .h = h, .v = v, .usage = ret };

	if (!v)
		return err_nomem();
	TRY(for_busy(run, h, heap, add_size, &s));
	find_commonest(v, s.n, ret);
	return for_busy(run, h, heap, keep_ends, &s);
}

/* Committed private memory, by regions. */
static struct err *private_memory(struct pattern_run *run, uint64_t *ret)
{
	const struct region *v = NULL;
	size_t n = 0;

	*ret = 0;
	TRY(target_regions(run->target, &v, &n));
	for (size_t i = 0; i < n; i++)
		if (v[i].has_state ? v[i].state == STATE_COMMIT && v[i].type == TYPE_PRIVATE
				   : v[i].usage != USAGE_FREE && !v[i].module && !v[i].path)
			*ret += v[i].size;
	return NULL;
}

/* What the blocks begin with, where that is an address in a module: an object's vtable. */
static void tell_object(struct pattern_run *run, struct finding *f, const struct nt_heaps *h, const struct nt_block *b)
{
	uint64_t word, at = nt_block_user(h, b);

	if (!arch_read_uint(target_memory(run->target), at, h->pointer_size, &word) || !target_module_at(run->target, word))
		return;
	evidence_memory(run, f, at, h->pointer_size, "one of them begins with %s: a table of functions tells the class",
			run_symbol_text(run, word));
	finding_module(run, f, target_module_at(run->target, word)->name);
}

static void tell(struct pattern_run *run, const struct nt_heaps *h, size_t heap, const struct usage *u, uint64_t private)
{
	uint64_t bytes = u->size * u->n;
	struct finding *f;

	f = finding_add(run, SEVERITY_WARNING, 70,
			"Heap leak: heap 0x%" PRIx64 " has %" PRIu64 " busy blocks of %" PRIu64 " bytes, %" PRIu64 " MB: %" PRIu64
			" %% of its blocks, %" PRIu64 " %% of the process's private memory.",
			h->heaps[heap].address, u->n, u->size, bytes >> MB_SHIFT, u->n * 100 / u->blocks,
			private ? bytes * 100 / private : 100);
	f->confidence_why = "a cache or a collection that is meant to be large looks the same";
	nt_block_evidence(run, f, h, u->first, "the first of them");
	nt_contents_evidence(run, f, h, u->first, "its contents");
	nt_block_evidence(run, f, h, u->last, "the last of them, by address");
	nt_contents_evidence(run, f, h, u->last, "its contents");
	tell_object(run, f, h, u->last);
}

static struct err *look_at(struct pattern_run *run, const struct nt_heaps *h, size_t heap, uint64_t private)
{
	struct usage u = { 0 };
	uint64_t bytes;

	TRY(count(run, h, heap, &u));
	bytes = u.size * u.n;
	if (u.n >= run_threshold(run, "heap-leak.blocks") && u.n * 100 >= u.blocks * run_threshold(run, "heap-leak.percent") &&
	    bytes >> MB_SHIFT >= run_threshold(run, "heap-leak.megabytes") &&
	    bytes / 100 >= private / 10000 * run_threshold(run, "heap-leak.share"))
		tell(run, h, heap, &u, private);
	return NULL;
}

static void tell_heaps(struct pattern_run *run, const struct nt_heaps *h)
{
	struct finding *f = finding_add(run, SEVERITY_WARNING, 75,
					"Heap leak: the process has %zu heaps: heaps are created and not destroyed.", h->n_heaps);

	evidence_other(run, f, &(struct evidence){ .has_address = true, .address = h->heaps[h->n_heaps - 1].address,
						   .command = nt_heap_half(run) == HALF_WOW ? ".effmach x86; !heap" : "!heap",
						   .windbg = "!heap" },
		       "the last of them");
}

static struct err *match(struct pattern_run *run)
{
	const struct nt_heaps *h = NULL;
	uint64_t private = 0;

	TRY(nt_heaps_of_run(run, &h));
	if (!h)
		return NULL;
	TRY(private_memory(run, &private));
	for (size_t i = 0; i < h->n_heaps; i++)
		TRY(look_at(run, h, i, private));
	if (h->n_heaps > run_threshold(run, "heap-leak.heaps"))
		tell_heaps(run, h);
	return NULL;
}

static const char *const explains[] = { "resource.address-space", "resource.memory-limit", NULL };

const struct pattern pattern_nt_heap_leak = {
	.id = "resource.nt-heap-leak",
	.title = "Memory leak (process heap)",
	.category = CATEGORY_RESOURCE,
	.definition = "Blocks of one size make up most of a heap which is most of the process's memory: they are allocated and not freed; "
		      "or heaps themselves are.",
	.context = "Memory that grows with time or with requests, without managed memory growing with it.",
	.criterion = "Very many busy blocks of one size, which are a large part of their heap's blocks and of the private memory; or very "
		     "many heaps.",
	.false_positives = "Caches, pools and collections that are meant to be large; a program that works on one large data set.",
	.recommendation = "Look at the contents of several of the blocks (dps, db): a table of functions or text tells what they are. Compare "
			  "!heap -stat of two dumps. Stack traces of allocations (gflags +ust, DebugDiag) name who allocates.",
	.bucket = "HEAP_LEAK",
	.thresholds = thresholds,
	.needs = NEEDS_SYSTEM_WINDOWS,
	.explains = explains,
	.match = match,
};
