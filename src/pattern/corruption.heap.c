/* SPDX-License-Identifier: MIT */
/*
 * Heap corruption: the allocator's headers and lists contradict each other. What is
 * told first is the damage nearest to its cause: a header before a list, a list
 * before what is only missed in one.
 */
#include "pattern/facts.h"
#include "pattern/heap.h"

#include <inttypes.h>

enum { MAX_MORE = 6 };

/* Nearest to the cause first; those of other patterns are not among them. */
static const enum malloc_damage_kind order[] = {
	DAMAGE_SIZE, DAMAGE_TOP, DAMAGE_PREV_SIZE, DAMAGE_WILD, DAMAGE_LINK, DAMAGE_LOOP, DAMAGE_BIN_SIZE, DAMAGE_IN_USE,
	DAMAGE_UNLISTED,
};

static bool is_ours(struct pattern_run *run, const struct malloc_heap *h, const struct malloc_damage *d)
{
	return d->kind != DAMAGE_DOUBLE_FREE && !heap_is_consequence(h, d) && heap_overrun(run, h, d) == OVERRUN_NONE;
}

static const struct malloc_damage *first_of(struct pattern_run *run, const struct heap_view *v,
					    enum malloc_damage_kind kind, bool certain)
{
	for (size_t i = 0; i < v->heap->n_damages; i++) {
		const struct malloc_damage *d = &v->heap->damages[i];

		if (d->kind == kind && heap_is_certain(v, d) == certain && is_ours(run, v->heap, d))
			return d;
	}
	return NULL;
}

static const struct malloc_damage *root_of(struct pattern_run *run, const struct heap_view *v, bool certain)
{
	const struct malloc_damage *d = NULL;

	for (size_t i = 0; i < ARRAY_SIZE(order) && !d; i++)
		d = first_of(run, v, order[i], certain);
	return d;
}

static const char *what_happened(struct pattern_run *run, const struct malloc_heap *h, const struct malloc_damage *d)
{
	const struct malloc_chunk *c = d->chunk ? malloc_chunk_at(h, d->chunk) : NULL;
	const char *found = heap_value_text(run, d->found, h->pointer_size);
	const char *block = c ? heap_block_text(run, h, c) : "a block";
	const char *list = heap_list_text(run, d->list, d->bin);

	switch (d->kind) {
	case DAMAGE_SIZE:
		return run_text(run, "the header of the block at 0x%" PRIx64 " was overwritten: its size is %s", d->chunk + 2 * h->pointer_size,
				found);
	case DAMAGE_TOP:
		return run_text(run, "the size of the top chunk was overwritten: it is %s", found);
	case DAMAGE_PREV_SIZE:
		return run_text(run, "the header behind a free block was overwritten: it says that the block has %s bytes", found);
	case DAMAGE_WILD:
		c = malloc_chunk_at(h, d->place);
		if (!c || !malloc_state_is_free((enum malloc_chunk_state)c->state))
			return run_text(run, "%s begins with %s, where no block is", list, found);
		return run_text(run, "%s was written to after it was freed: its link in %s is %s, which leads to no block",
				heap_block_text(run, h, c), list, found);
	case DAMAGE_LINK:
		return run_text(run, "%s was written to after it was freed: its link in %s is %s", block, list, found);
	case DAMAGE_LOOP:
		return run_text(run, "%s leads back to %s, which it went through: the next malloc calls give out blocks that are in use",
				list, block);
	case DAMAGE_BIN_SIZE:
		return run_text(run, "%s is in %s, which is for another size", block, list);
	case DAMAGE_IN_USE:
		return run_text(run, "%s is in %s, but the header behind it says that it is in use", block, list);
	case DAMAGE_UNLISTED:
		return run_text(run, "the header behind %s says that it is free, but no list has it", block);
	case DAMAGE_DOUBLE_FREE:
	case DAMAGE_COUNT:
	case N_DAMAGE_KINDS:
		break;
	}
	return "its lists contradict themselves";
}

/* The block in front, whose memory ends where the damage begins. */
static void show_neighbour(struct pattern_run *run, struct finding *f, const struct malloc_heap *h, const struct malloc_damage *d)
{
	const struct malloc_chunk *c = d->culprit ? malloc_chunk_at(h, d->culprit) : NULL;

	if (c)
		heap_block_evidence(run, f, h, c,
				    run_text(run, "the last whole block in front of it, whose memory ends there: %" PRIu64 " bytes; what it "
						  "holds does not go on in the header", malloc_usable(h, c)));
}

static void show_more(struct pattern_run *run, struct finding *f, const struct heap_view *v, const struct malloc_damage *root)
{
	unsigned n = 0;

	for (size_t i = 0; i < v->heap->n_damages && n < MAX_MORE; i++) {
		const struct malloc_damage *d = &v->heap->damages[i];

		if (d == root || !is_ours(run, v->heap, d) || !heap_is_certain(v, d))
			continue;
		heap_damage_evidence(run, f, v->heap, d);
		n++;
	}
}

static void tell(struct pattern_run *run, const struct heap_view *v, const struct malloc_damage *d)
{
	struct finding *f;

	f = finding_add(run, SEVERITY_PROBLEM, 95, "Heap corruption: %s.", what_happened(run, v->heap, d));
	if (d->passing || v->at_work)
		finding_doubt(run, f, 85, "a thread was in the allocator");
	if (d->kind == DAMAGE_UNLISTED || d->kind == DAMAGE_LINK)
		finding_doubt(run, f, 85, "one header or link contradicts the others");
	heap_damage_evidence(run, f, v->heap, d);
	show_neighbour(run, f, v->heap, d);
	show_more(run, f, v, d);
	evidence_other(run, f, &(struct evidence){ .command = "!heap -v" }, "all that is damaged, places: %" PRIu64,
		       v->heap->damages_seen);
	for (size_t i = 0; i < v->heap->n_doubts; i++)
		finding_unread(run, f, "%s", v->heap->doubts[i]);
}

static void tell_uncertain(struct pattern_run *run, const struct heap_view *v, const struct malloc_damage *d)
{
	const char *why = v->smeared ? "the dump is smeared: its memory is not of one instant" : "a thread was at work in the allocator";
	struct finding *f;

	f = finding_undecidable(run, "Whether the heap is damaged: it contradicts itself (%s), but %s.",
				malloc_damage_name(d->kind), why);
	heap_damage_evidence(run, f, v->heap, d);
	evidence_other(run, f, &(struct evidence){ .command = "!heap -v" }, "all contradictions, places: %" PRIu64,
		       v->heap->damages_seen);
	if (v->at_work)
		evidence_stack(run, f, v->at_work, "a thread in the allocator");
}

static struct err *match(struct pattern_run *run)
{
	const struct heap_view *v = NULL;
	const struct malloc_damage *d;

	TRY(heap_of_run(run, &v));
	if (!v)
		return NULL;
	if (!v->heap) {
		(void)finding_undecidable(run, "Whether the heap is damaged: to walk it takes more %s than a pattern may have; !heap -v has "
					       "no such bound.", v->why);
		return NULL;
	}
	d = root_of(run, v, true);
	if (d) {
		tell(run, v, d);
		return NULL;
	}
	d = root_of(run, v, false);
	if (d)
		tell_uncertain(run, v, d);
	return NULL;
}

static const char *const explains[] = {
	"exception.abort", "exception.wild-pointer", "exception.freed-memory", "exception.no-execute", "cpu.spiking-thread",
	"cpu.spin-wait", NULL,
};

const struct pattern pattern_heap = {
	.id = "corruption.heap",
	.title = "Heap corruption",
	.category = CATEGORY_CORRUPTION,
	.definition = "What the allocator keeps in and between the blocks of the heap was overwritten.",
	.context = "A write behind the end or in front of a block, a write to a block that was freed, a pointer freed that malloc never "
		   "gave. The process fails later, in a call of malloc or free that did nothing wrong.",
	.criterion = "The headers of blocks do not lead from one to the next, a free list leads to no block or back into itself, its links "
		     "do not agree, the top chunk does not end with the heap, or the header behind a block contradicts the lists.",
	.false_positives = "A dump made while a thread was in the allocator, or smeared: that is told as not decidable. A program that "
			   "brings its own allocator of the same form.",
	.recommendation = "Look at the damaged bytes: text, a known structure or a pointer tell who wrote them. Run the program under "
			  "AddressSanitizer or valgrind, which stop at the write itself.",
	.bucket = "HEAP_CORRUPTION",
	.needs = NEEDS_SYSTEM_LINUX,
	.explains = explains,
	.match = match,
};
