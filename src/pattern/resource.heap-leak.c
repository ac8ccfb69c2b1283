/* SPDX-License-Identifier: MIT */
/*
 * Heap leak: blocks that are in use and that nothing points to any more, by mark
 * and sweep (target/reach.h), or by samples where the heap is too large for that; and one size that makes up most of a large heap, which
 * is what a collection that only grows looks like.
 */
#include "pattern/facts.h"
#include "pattern/heap.h"
#include "pattern/text.h"
#include "target/regions.h"

#include <inttypes.h>

enum { MB_SHIFT = 20, MAX_GROUPS = 4, LOOK_INTO = 256, MIN_TEXT = 8 };

static const struct threshold thresholds[] = {
	{ "heap-leak.lost", 4, "MB", "as much must nothing point to" },
	{ "heap-leak.lost-percent", 5, "percent", "as much of what is in use must nothing point to" },
	{ "heap-leak.blocks", 10000, "blocks", "as many of one size must be in use" },
	{ "heap-leak.percent", 40, "percent", "as many of all blocks in use must have that size" },
	{ "heap-leak.share", 50, "percent", "as much of the private memory must they be" },
	{ "heap-leak.megabytes", 128, "MB", "as much must they be" },
	{ NULL },
};

/* --- what a block looks like ------------------------------------------------------------- */

static void show_text(struct pattern_run *run, struct finding *f, uint64_t block, uint64_t size)
{
	struct text_run t = { .end = block };

	for (uint64_t at = block; at < block + size && at < block + LOOK_INTO; at += sizeof(uint32_t)) {
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

static void show_block(struct pattern_run *run, struct finding *f, uint64_t block, uint64_t size, const char *which)
{
	const char *show = run_text(run, "dps 0x%" PRIx64 " L%u", block, 4u), *type = "";
	uint64_t first;

	if (arch_read_uint(target_memory(run->target), block, target_arch(run->target)->pointer_size, &first) && first && target_module_at(run->target, first))
		type = run_text(run, "; it begins with %s", run_symbol_text(run, first));
	evidence_other(run, f,
		       &(struct evidence){ .has_address = true, .address = block, .command = show, .windbg = show,
					   .gdb = run_text(run, "x/4xg 0x%" PRIx64, block) },
		       "%s%s", which, type);
	show_text(run, f, block, size);
}

/* --- blocks that nothing points to ---------------------------------------------------------- */

static uint64_t lost_bytes(const struct malloc_leaks *l)
{
	return l->bytes[REACH_LOST] + l->bytes[REACH_LOST_INDIRECT];
}

/* The lost group with most blocks, which are not only held by other lost ones where there are such. */
static void tell_lost(struct pattern_run *run, const struct malloc_leaks *l)
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
		show_block(run, f, l->groups[i].example, l->groups[i].size - 2 * target_arch(run->target)->pointer_size,
			   run_text(run, "one of %" PRIu64 " blocks of %" PRIu64 " bytes %s", l->groups[i].n, l->groups[i].size,
				    l->groups[i].state == REACH_LOST ? "that nothing points to" : "that only lost blocks point to"));
	evidence_other(run, f, &(struct evidence){ .command = "!heap -l" }, "all lost blocks by size and kind, groups: %zu", l->n_groups);
	if (l->marks.absent_bytes) {
		finding_doubt(run, f, 70, "not all memory that may hold pointers is in the dump");
		finding_unread(run, f, "%" PRIu64 " kB of memory that may hold pointers", l->marks.absent_bytes >> 10);
	}
}

/* With so much of the roots absent as a twentieth of what was looked through, "lost" means little. */
static bool can_tell(const struct reach_result *r)
{
	return r->absent_bytes <= (r->root_bytes + r->block_bytes) / 20;
}

static struct err *search_all(struct pattern_run *run, const struct malloc_heap *h, const struct budget *b, bool *ret_told)
{
	CLEANUP(malloc_leaks_destroyp) struct malloc_leaks *l = NULL;
	uint64_t all;

	TRY(malloc_find_leaks(run->target, h, b, &l));
	all = lost_bytes(l) + l->bytes[REACH_POSSIBLE] + l->bytes[REACH_REACHED];
	if (lost_bytes(l) >> MB_SHIFT < run_threshold(run, "heap-leak.lost") ||
	    lost_bytes(l) / (all / 100 + 1) < run_threshold(run, "heap-leak.lost-percent"))
		return NULL;
	if (can_tell(&l->marks)) {
		tell_lost(run, l);
		*ret_told = true;
	} else {
		(void)finding_undecidable(run, "Whether blocks of the heap are lost: nothing that is in the dump points to %" PRIu64
					  " MB, but %" PRIu64 " MB that may hold pointers are not in it.",
					  lost_bytes(l) >> MB_SHIFT, l->marks.absent_bytes >> MB_SHIFT);
	}
	return NULL;
}

/* --- the same by samples, of a heap that is too large for the whole search ---------------------- */

static size_t count_lost(const struct malloc_census *c, const struct reach_result *r)
{
	size_t lost = 0;

	for (size_t i = 0; i < c->n_samples; i++)
		lost += r->states[i] == REACH_LOST;
	return lost;
}

/* The share among all blocks is above the threshold with the samples' error, twice the standard
 * deviation of their share p, taken off: p - 2 sqrt(p (1 - p) / n) >= threshold. */
static bool is_surely_above(uint64_t lost, uint64_t n, uint64_t percent)
{
	uint64_t above = lost * 100 > n * percent ? lost * 100 - n * percent : 0; /* 100 n (p - threshold) */

	return above && above * above >= 40000 * lost * (n - lost) / n;
}

static void tell_samples(struct pattern_run *run, const struct malloc_census *c, const struct reach_result *r, size_t lost)
{
	struct finding *f;
	unsigned shown = 0;

	f = finding_add(run, SEVERITY_WARNING, 80,
			"Heap leak: of %zu blocks picked at random among %" PRIu64 " in use, %" PRIu64 " MB, nothing in the process points to %zu: "
			"at least about %zu %% of all are lost.",
			c->n_samples, c->blocks, c->bytes >> MB_SHIFT, lost, lost * 100 / c->n_samples);
	f->confidence_why = "the heap is too large for the search of all blocks; pointers that a program hides or packs are not seen";
	for (size_t i = 0; i < c->n_samples && shown < MAX_GROUPS; i++) {
		if (r->states[i] != REACH_LOST)
			continue;
		show_block(run, f, c->samples[i].address, c->samples[i].size,
			   run_text(run, "one of them, %" PRIu64 " bytes", c->samples[i].size));
		shown++;
	}
	if (r->absent_bytes)
		finding_unread(run, f, "%" PRIu64 " kB of memory that may hold pointers", r->absent_bytes >> 10);
}

static struct err *search_samples(struct pattern_run *run, const struct malloc_census *c, const struct budget *b, bool *ret_told)
{
	CLEANUP(reach_deinit) struct reach_result r = { 0 };
	size_t lost;

	TRY(malloc_find_unreferenced(run->target, c, b, &r));
	lost = count_lost(c, &r);
	*ret_told = can_tell(&r) && is_surely_above(lost, c->n_samples, run_threshold(run, "heap-leak.lost-percent"));
	if (*ret_told)
		tell_samples(run, c, &r, lost);
	else if (lost)
		(void)finding_undecidable(run, "Whether blocks of the heap are lost: it is too large for the search of all, and of %zu blocks "
					  "picked at random nothing that is in the dump points to %zu; !heap -l has no bounds.",
					  c->n_samples, lost);
	return NULL;
}

/* ----------------------------------------------------------------------------------------------------- */

static struct err *look_for_lost(struct pattern_run *run, const struct heap_view *v, bool *ret_told)
{
	const struct budget b = heap_budget(run);
	struct err *e = NULL;

	if (v->census->bytes >> MB_SHIFT < run_threshold(run, "heap-leak.lost"))
		return NULL;
	if (v->heap) {
		e = search_all(run, v->heap, &b, ret_told);
		if (!e || err_code(e) != ERR_UNSUPPORTED)
			return e;
		err_free(e);
	}
	e = search_samples(run, v->census, &b, ret_told);
	if (!e || err_code(e) != ERR_UNSUPPORTED)
		return e;
	(void)finding_undecidable(run, "Whether blocks of the heap are lost: the search among %" PRIu64 " blocks, %" PRIu64
				  " MB, was given up: %s. Sizes were counted; !heap -l has no such bound.",
				  v->census->blocks, v->census->bytes >> MB_SHIFT, err_message(e));
	err_free(e);
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

static void show_example(struct pattern_run *run, struct finding *f, const struct malloc_census *c)
{
	uint64_t header = 2 * target_arch(run->target)->pointer_size;

	for (size_t i = c->n_samples; i-- > 0;)
		if (c->samples[i].size + header == c->most_size) {
			show_block(run, f, c->samples[i].address, c->samples[i].size, "one of them");
			return;
		}
}

static struct err *look_at_class(struct pattern_run *run, const struct malloc_census *c)
{
	uint64_t private = 0, bytes = c->most * c->most_size;
	struct finding *f;

	if (c->most < run_threshold(run, "heap-leak.blocks") || bytes >> MB_SHIFT < run_threshold(run, "heap-leak.megabytes") ||
	    c->most * 100 / c->blocks < run_threshold(run, "heap-leak.percent"))
		return NULL;
	TRY(private_bytes(run->target, &private));
	if (bytes / (private / 100 + 1) < run_threshold(run, "heap-leak.share"))
		return NULL;
	f = finding_add(run, SEVERITY_WARNING, 60,
			"Heap leak: %" PRIu64 " blocks of %" PRIu64 " bytes are in use, %" PRIu64 " %% of all blocks and %" PRIu64
			" MB of %" PRIu64 " MB of private memory.",
			c->most, c->most_size, c->most * 100 / c->blocks, bytes >> MB_SHIFT, private >> MB_SHIFT);
	f->confidence_why = "a cache or table that is as large as it should be looks the same";
	show_example(run, f, c);
	evidence_other(run, f, &(struct evidence){ .has_value = true, .value = c->most, .size = 8, .command = "!heap -stat" },
		       "how many there are of each size");
	return NULL;
}

static struct err *match(struct pattern_run *run)
{
	const struct heap_view *v = NULL;
	bool told = false;

	TRY(heap_of_run(run, &v));
	if (!v || (!v->census && !v->why))
		return NULL;
	if (!v->census) {
		(void)finding_undecidable(run, "Whether the heap leaks: to walk it takes more %s than a pattern may have; !heap -stat and "
					       "!heap -l have no such bound.", v->why);
		return NULL;
	}
	TRY(look_for_lost(run, v, &told));
	return told ? NULL : look_at_class(run, v->census);
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
		     "heap-leak.lost of blocks, which are heap-leak.lost-percent of those in use; of a heap too large for that, nothing points to "
		     "more than heap-leak.lost-percent of 256 blocks picked at random, with their error taken off; or heap-leak.blocks have one size, which "
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
