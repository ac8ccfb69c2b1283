/* SPDX-License-Identifier: MIT */
/*
 * Heap leak: blocks that are in use and that nothing points to any more, by mark
 * and sweep (target/reach.h); and one size that makes up most of a large heap, which
 * is what a collection that only grows looks like.
 */
#include "pattern/facts.h"
#include "pattern/heap.h"
#include "pattern/text.h"
#include "target/regions.h"

#include <inttypes.h>

enum { MB_SHIFT = 20, MAX_CLASS = 1 << 20, UNIT = 8, MAX_GROUPS = 4, SAMPLE = 256, MIN_TEXT = 8 };

static const struct threshold thresholds[] = {
	{ "heap-leak.lost", 4, "MB", "as much must nothing point to" },
	{ "heap-leak.lost-percent", 5, "percent", "as much of what is in use must nothing point to" },
	{ "heap-leak.blocks", 10000, "blocks", "as many of one size must be in use" },
	{ "heap-leak.percent", 40, "percent", "as many of all blocks in use must have that size" },
	{ "heap-leak.share", 50, "percent", "as much of the private memory must they be" },
	{ "heap-leak.megabytes", 128, "MB", "as much must they be" },
	{ NULL },
};

struct usage {
	uint64_t blocks, bytes;	/* in use, headers included */
	uint64_t size;		/* of the commonest of them */
	uint64_t n;		/* blocks of that size */
	uint64_t example;	/* user's pointer of the last of these */
};

static bool is_used(const struct malloc_chunk *c)
{
	return c->state == CHUNK_IN_USE || c->state == CHUNK_MMAPPED;
}

static struct err *count(struct pattern_run *run, const struct malloc_heap *h, struct usage *ret)
{
	uint64_t *n = ARENA_NEW_N(run->arena, uint64_t, MAX_CLASS / UNIT);

	if (!n)
		return err_nomem();
	for (size_t i = 0; i < h->n_chunks; i++) {
		const struct malloc_chunk *c = &h->chunks[i];

		if (i % 65536 == 0)
			TRY(run_check(run));
		if (!is_used(c))
			continue;
		ret->blocks++;
		ret->bytes += c->size;
		if (c->size < MAX_CLASS && ++n[c->size / UNIT] > ret->n) {
			ret->n = n[c->size / UNIT];
			ret->size = c->size;
		}
	}
	for (size_t i = h->n_chunks; i-- > 0 && !ret->example;)
		if (h->chunks[i].size == ret->size && is_used(&h->chunks[i]))
			ret->example = malloc_user(h, &h->chunks[i]);
	return NULL;
}

/* --- what a block looks like ------------------------------------------------------------- */

static void show_text(struct pattern_run *run, struct finding *f, uint64_t block, uint64_t size)
{
	struct text_run t = { .end = block };

	for (uint64_t at = block; at < block + size && at < block + SAMPLE; at += sizeof(uint32_t)) {
		const char *show;

		if (!text_around(run, at, block, block + size, TEXT_ASCII, &t) || t.end - t.start < MIN_TEXT)
			continue;
		show = text_command(run, &t, TEXT_ASCII);
		evidence_other(run, f,
			       &(struct evidence){ .has_address = true, .address = t.start, .command = show, .windbg = show,
						   .gdb = run_text(run, "x/s 0x%" PRIx64, t.start) },
			       "text in it: \"%s\"", t.text);
		return;
	}
}

static void show_block(struct pattern_run *run, struct finding *f, const struct malloc_heap *h, uint64_t block, const char *which)
{
	const char *show = run_text(run, "dps 0x%" PRIx64 " L%u", block, 4u), *type = "";
	const struct malloc_chunk *c = malloc_chunk_at(h, block);
	uint64_t first;

	if (arch_read_uint(target_memory(run->target), block, h->pointer_size, &first) && first && target_module_at(run->target, first))
		type = run_text(run, "; it begins with %s", run_symbol_text(run, first));
	evidence_other(run, f,
		       &(struct evidence){ .has_address = true, .address = block, .command = show, .windbg = show,
					   .gdb = run_text(run, "x/4xg 0x%" PRIx64, block) },
		       "%s%s", which, type);
	show_text(run, f, block, c ? malloc_usable(h, c) : 0);
}

/* --- blocks that nothing points to ---------------------------------------------------------- */

static uint64_t lost_bytes(const struct malloc_leaks *l)
{
	return l->bytes[REACH_LOST] + l->bytes[REACH_LOST_INDIRECT];
}

/* The lost group with most blocks, which are not only held by other lost ones where there are such. */
static void tell_lost(struct pattern_run *run, const struct malloc_heap *h, const struct malloc_leaks *l)
{
	const struct malloc_leak_group *g = &l->groups[0];
	struct finding *f;

	f = finding_add(run, SEVERITY_WARNING, 85,
			"Heap leak: %" PRIu64 " blocks of %" PRIu64 " bytes are in use, but nothing points to them any more; with all that are "
			"lost, %" PRIu64 " blocks, %" PRIu64 " MB of %" PRIu64 " MB that are in use.",
			g->n, g->size, l->n[REACH_LOST] + l->n[REACH_LOST_INDIRECT], lost_bytes(l) >> MB_SHIFT,
			(lost_bytes(l) + l->bytes[REACH_POSSIBLE] + l->bytes[REACH_REACHED]) >> MB_SHIFT);
	f->confidence_why = "pointers that a program hides, packs or leaves in other processes are not seen";
	for (size_t i = 0; i < l->n_groups && i < MAX_GROUPS; i++)
		show_block(run, f, h, l->groups[i].example,
			   run_text(run, "one of %" PRIu64 " blocks of %" PRIu64 " bytes %s", l->groups[i].n, l->groups[i].size,
				    l->groups[i].state == REACH_LOST ? "that nothing points to" : "that only lost blocks point to"));
	evidence_other(run, f, &(struct evidence){ .command = "!heap -l" }, "all lost blocks by size and kind, groups: %zu", l->n_groups);
	if (l->marks.absent_bytes) {
		finding_doubt(run, f, 70, "not all memory that may hold pointers is in the dump");
		finding_unread(run, f, "%" PRIu64 " kB of memory that may hold pointers", l->marks.absent_bytes >> 10);
	}
}

/* With so much of the roots absent as a twentieth of what was looked through, "lost" means little. */
static bool can_tell(const struct malloc_leaks *l)
{
	return l->marks.absent_bytes <= (l->marks.root_bytes + l->marks.block_bytes) / 20;
}

static struct err *look_for_lost(struct pattern_run *run, const struct malloc_heap *h, const struct usage *u, bool *ret_told)
{
	CLEANUP(malloc_leaks_destroyp) struct malloc_leaks *l = NULL;
	const struct budget b = heap_budget(run);
	struct err *e;

	if (u->bytes >> MB_SHIFT < run_threshold(run, "heap-leak.lost"))
		return NULL;
	e = malloc_find_leaks(run->target, h, &b, &l);
	if (e && err_code(e) == ERR_UNSUPPORTED) {
		struct finding *f = finding_undecidable(run, "Whether blocks of the heap are lost: marking %" PRIu64 " blocks, %" PRIu64
							" MB, was given up: %s. Sizes were counted; !heap -l has no such bound.",
							u->blocks, u->bytes >> MB_SHIFT, err_message(e));

		evidence_other(run, f, &(struct evidence){ .command = "!heap -s" }, "the arenas");
		err_free(e);
		return NULL;
	}
	TRY(e);
	if (lost_bytes(l) >> MB_SHIFT < run_threshold(run, "heap-leak.lost") ||
	    lost_bytes(l) / (u->bytes / 100 + 1) < run_threshold(run, "heap-leak.lost-percent"))
		return NULL;
	if (can_tell(l)) {
		tell_lost(run, h, l);
		*ret_told = true;
	} else {
		(void)finding_undecidable(run, "Whether blocks of the heap are lost: nothing that is in the dump points to %" PRIu64
					  " MB, but %" PRIu64 " MB that may hold pointers are not in it.",
					  lost_bytes(l) >> MB_SHIFT, l->marks.absent_bytes >> MB_SHIFT);
	}
	return NULL;
}

/* --- one size ---------------------------------------------------------------------------------- */

static struct err *private_bytes(struct target *t, uint64_t *ret)
{
	const struct region *v = NULL;
	size_t n = 0;

	TRY(target_regions(t, &v, &n));
	for (size_t i = 0; i < n; i++)
		if (v[i].has_prot && (v[i].prot & DUMP_PROT_W) && v[i].usage != USAGE_IMAGE && v[i].usage != USAGE_MAPPED_FILE)
			*ret += v[i].in_dump;
	return NULL;
}

static struct err *look_at_class(struct pattern_run *run, const struct malloc_heap *h, const struct usage *u)
{
	uint64_t private = 0, bytes = u->n * u->size;
	struct finding *f;

	if (u->n < run_threshold(run, "heap-leak.blocks") || bytes >> MB_SHIFT < run_threshold(run, "heap-leak.megabytes") ||
	    u->n * 100 / u->blocks < run_threshold(run, "heap-leak.percent"))
		return NULL;
	TRY(private_bytes(run->target, &private));
	if (bytes / (private / 100 + 1) < run_threshold(run, "heap-leak.share"))
		return NULL;
	f = finding_add(run, SEVERITY_WARNING, 60,
			"Heap leak: %" PRIu64 " blocks of %" PRIu64 " bytes are in use, %" PRIu64 " %% of all blocks and %" PRIu64
			" MB of %" PRIu64 " MB of private memory.",
			u->n, u->size, u->n * 100 / u->blocks, bytes >> MB_SHIFT, private >> MB_SHIFT);
	f->confidence_why = "a cache or table that is as large as it should be looks the same";
	show_block(run, f, h, u->example, "the last of them");
	evidence_other(run, f, &(struct evidence){ .has_value = true, .value = u->n, .size = 8, .command = "!heap -stat" },
		       "how many there are of each size");
	return NULL;
}

static struct err *match(struct pattern_run *run)
{
	const struct heap_view *v = NULL;
	struct usage u = { 0 };
	bool told = false;

	TRY(heap_of_run(run, &v));
	if (!v)
		return NULL;
	if (!v->heap) {
		(void)finding_undecidable(run, "Whether the heap leaks: to walk it takes more %s than a pattern may have; !heap -stat and "
					       "!heap -l have no such bound.", v->why);
		return NULL;
	}
	TRY(count(run, v->heap, &u));
	if (!u.blocks)
		return NULL;
	TRY(look_for_lost(run, v->heap, &u, &told));
	return told ? NULL : look_at_class(run, v->heap, &u);
}

static const char *const explains[] = {
	"resource.memory-limit", "resource.address-space", "resource.region-leak", NULL,
};

const struct pattern pattern_heap_leak = {
	.id = "resource.heap-leak",
	.title = "Memory leak (process heap)",
	.category = CATEGORY_RESOURCE,
	.definition = "The heap holds blocks that the program has forgotten, or ever more blocks of one kind.",
	.context = "Objects that nobody frees, references that are counted up and not down, a list or cache that only grows.",
	.criterion = "Nothing in registers, stacks, data of modules, other writable memory and the blocks that these lead to points to "
		     "heap-leak.lost of blocks, which are heap-leak.lost-percent of those in use; or heap-leak.blocks have one size, which "
		     "is that of heap-leak.percent of all blocks, and are heap-leak.megabytes and heap-leak.share of the private memory.",
	.false_positives = "Pointers that a program keeps in another form (packed, tagged in the upper bits, xored). A cache or table that is "
			   "meant to be that large, for the second.",
	.recommendation = "Look into a few of the blocks: text, a vtable or a known structure tell who makes them. Compare two dumps: what grows "
			  "leaks. heaptrack or valgrind name the stack of each allocation.",
	.bucket = "HEAP_LEAK",
	.thresholds = thresholds,
	.needs = NEEDS_SYSTEM_LINUX,
	.explains = explains,
	.match = match,
};
