/* SPDX-License-Identifier: MIT */
/*
 * Heap overflow: a damaged header, and in front of it a block in use whose contents
 * go on in it: that block is the one that was written too far.
 */
#include "pattern/facts.h"
#include "pattern/heap.h"
#include "pattern/text.h"

#include <inttypes.h>

enum { MAX_TOLD = 4 };

static const char *how(struct pattern_run *run, const struct malloc_heap *h, enum heap_overrun o, const struct text_run *t,
		       const struct malloc_damage *d)
{
	switch (o) {
	case OVERRUN_TEXT:
		return run_text(run, "ran over its end: the text \"%s\" goes on in the header of the block behind it", t->text);
	case OVERRUN_TERMINATOR:
		return run_text(run, "was written one byte too far: the zero that ends \"%s\" is in the header of the block behind it", t->text);
	case OVERRUN_REPEAT:
		return run_text(run, "ran over its end: the value %s that it ends with goes on in the header of the block behind it",
				heap_value_text(run, d->found, h->pointer_size));
	case OVERRUN_NONE:
		break;
	}
	return "ran over its end";
}

static void show_text(struct pattern_run *run, struct finding *f, const struct text_run *t)
{
	const char *show = text_command(run, t, TEXT_ASCII);

	evidence_other(run, f,
		       &(struct evidence){ .has_address = true, .address = t->start, .command = show, .windbg = show,
					   .gdb = run_text(run, "x/s 0x%" PRIx64, t->start) },
		       "the text that the block ends with");
}

/* The header behind the block, whose low byte the terminator cleared. */
static void show_header(struct pattern_run *run, struct finding *f, const struct malloc_heap *h, uint64_t end,
			const struct malloc_damage *d)
{
	if (end != d->place)
		evidence_memory(run, f, end, h->pointer_size, "the size in the header behind the block");
}

static void tell(struct pattern_run *run, const struct heap_view *v, const struct malloc_damage *d, enum heap_overrun o)
{
	const struct malloc_chunk *c = malloc_chunk_at(v->heap, d->culprit);
	uint64_t end = malloc_user(v->heap, c) + malloc_usable(v->heap, c);
	struct text_run t = { .text = "" };
	bool has_text = o != OVERRUN_REPEAT && text_around(run, end - 1, malloc_user(v->heap, c), UINT64_MAX, TEXT_ASCII, &t);
	struct finding *f;

	f = finding_add(run, SEVERITY_PROBLEM, 95, "Heap overflow: %s %s.", heap_block_text(run, v->heap, c),
			how(run, v->heap, o, &t, d));
	if (o == OVERRUN_REPEAT)
		finding_doubt(run, f, 80, "equal words may be chance");
	if (d->passing || v->at_work)
		finding_doubt(run, f, 85, "a thread was in the allocator");
	heap_block_evidence(run, f, v->heap, c, "the block that was written on from");
	if (has_text)
		show_text(run, f, &t);
	heap_damage_evidence(run, f, v->heap, d);
	show_header(run, f, v->heap, end, d);
	finding_recommend(run, f, "Find who allocates blocks of %" PRIu64 " bytes (or somewhat less) and fills them with this; its bound is "
				  "wrong. Under AddressSanitizer the program stops at the write itself.", malloc_usable(v->heap, c));
}

static struct err *match(struct pattern_run *run)
{
	const struct heap_view *v = NULL;
	uint64_t told = 0;

	TRY(heap_of_run(run, &v));
	for (size_t i = 0; v && v->heap && i < v->heap->n_damages && run->n_findings < MAX_TOLD; i++) {
		const struct malloc_damage *d = &v->heap->damages[i];
		enum heap_overrun o = OVERRUN_NONE;

		TRY(run_check(run));
		if (d->kind != DAMAGE_DOUBLE_FREE && !heap_is_consequence(v->heap, d) && heap_is_certain(v, d) && d->culprit != told)
			o = heap_overrun(run, v->heap, d);
		if (o == OVERRUN_NONE)
			continue;
		told = d->culprit;
		tell(run, v, d, o);
	}
	return NULL;
}

static const char *const explains[] = {
	"corruption.heap", "corruption.string-fill", "exception.abort", "exception.wild-pointer", "exception.freed-memory",
	"exception.no-execute", NULL,
};

const struct pattern pattern_heap_overflow = {
	.id = "corruption.heap-overflow",
	.title = "Heap overflow",
	.category = CATEGORY_CORRUPTION,
	.definition = "A block of the heap was written to beyond its end, into the header of the block behind it.",
	.context = "A string that is longer than its buffer, a forgotten byte for the terminator, a count of elements that is wrong.",
	.criterion = "The header of a block is damaged, the block in front of it is in use, and what that one ends with goes on in the header: "
		     "text, the zero of a text that fills the block to its last byte, or the same word again.",
	.false_positives = "A write by another pointer that happens to begin at the end of a block. The heap is looked at as in "
			   "corruption.heap.",
	.recommendation = "Find who fills blocks of this size with this, and correct the bound.",
	.bucket = "HEAP_OVERFLOW",
	.needs = NEEDS_SYSTEM_LINUX,
	.explains = explains,
	.match = match,
};
