/* SPDX-License-Identifier: MIT */
/*
 * Double free: a block that is in the free lists twice, or that free() refused since
 * it is in one already.
 *
 * When glibc ends the process ("free(): double free detected in tcache 2", "double
 * free or corruption (!prev)" or "(fasttop)", malloc.c's messages), the pointer
 * that was given to free() is still in the frames between free() and abort(): of
 * the words there the free chunk whose address occurs is it.
 */
#include "pattern/access.h"
#include "pattern/facts.h"
#include "pattern/heap.h"

#include <inttypes.h>
#include <string.h>

enum { MAX_TOLD = 4, MAX_DEPTH = 16, MAX_BYTES = 1 << 16, MAX_CANDIDATES = 8 };

/* --- in lists --------------------------------------------------------------------------- */

static void tell_lists(struct pattern_run *run, const struct heap_view *v, const struct malloc_damage *d)
{
	const struct malloc_chunk *c = malloc_chunk_at(v->heap, d->chunk);
	const char *first, *second = heap_list_text(run, d->list, d->bin);
	struct finding *f;

	if (!c)
		return;
	first = heap_list_text(run, (enum malloc_chunk_state)c->state, c->bin);
	f = finding_add(run, SEVERITY_PROBLEM, 95, "Double free: %s was freed twice: it is in %s%s%s.", heap_block_text(run, v->heap, c), first,
			strcmp(first, second) == 0 ? " twice" : " and in ", strcmp(first, second) == 0 ? "" : second);
	if (d->passing || v->at_work)
		finding_doubt(run, f, 85, "a thread was in the allocator");
	heap_block_evidence(run, f, v->heap, c, "the block");
	heap_damage_evidence(run, f, v->heap, d);
	finding_recommend(run, f, "The next two calls of malloc for this size give out the same memory. Find the two owners: run the program "
				  "under AddressSanitizer or valgrind, which keep the stacks of both calls of free.");
}

/* --- in the frames of free() ------------------------------------------------------------- */

struct candidate {
	const struct malloc_chunk *chunk;
	uint64_t place;		/* of the stack word that names it */
	unsigned hits;
};

/* Words that name free chunks, among the frames of the allocator and of abort(). */
struct search {
	struct candidate v[MAX_CANDIDATES];
	size_t n;
};

static void add_word(struct search *s, const struct malloc_heap *h, uint64_t place, uint64_t word)
{
	const struct malloc_chunk *c = word ? malloc_chunk_at(h, word) : NULL;

	if (!c || (word != c->address && word != malloc_user(h, c)) || c->state == CHUNK_UNLISTED ||
	    !malloc_state_is_free((enum malloc_chunk_state)c->state))
		return;
	for (size_t i = 0; i < s->n; i++)
		if (s->v[i].chunk == c) {
			s->v[i].hits++;
			return;
		}
	if (s->n < MAX_CANDIDATES)
		s->v[s->n++] = (struct candidate){ c, place, 1 };
}

static const struct candidate *best_of(const struct search *s)
{
	const struct candidate *best = NULL;

	for (size_t i = 0; i < s->n; i++)
		if (!best || s->v[i].hits > best->hits)
			best = &s->v[i];
	return best;
}

static struct err *search_stack(struct pattern_run *run, const struct malloc_heap *h, uint64_t from, uint64_t to, struct search *s)
{
	uint64_t word;

	for (uint64_t at = from & ~(uint64_t)(h->pointer_size - 1); at < to && at - from < MAX_BYTES; at += h->pointer_size) {
		if (at % 4096 == 0)
			TRY(run_check(run));
		if (arch_read_uint(target_memory(run->target), at, h->pointer_size, &word))
			add_word(s, h, at, word);
	}
	return NULL;
}

static void show_block(struct pattern_run *run, struct finding *f, const struct heap_view *v, const struct candidate *c)
{
	uint64_t user = malloc_user(v->heap, c->chunk);

	heap_block_evidence(run, f, v->heap, c->chunk, "the block, which was free already");
	evidence_memory(run, f, c->place, v->heap->pointer_size, "its address, in the frames of free()");
	if (c->chunk->state == CHUNK_TCACHE)
		evidence_memory(run, f, user + v->heap->pointer_size, v->heap->pointer_size,
				"the key in the block, by which free() knows those that a tcache holds");
}

static void tell_abort(struct pattern_run *run, const struct heap_view *v, const struct fault *fault, const char *message,
		       const struct search *s)
{
	const struct candidate *c = best_of(s);
	struct finding *f;

	f = finding_add(run, SEVERITY_PROBLEM, c ? 96 : 88, "Double free: %s was freed twice, the second time by %s%s%s.",
			c ? heap_block_text(run, v->heap, c->chunk) : "a block", fault_place_in_code(run, fault), c ? ", when it was in " : "",
			c ? heap_list_text(run, (enum malloc_chunk_state)c->chunk->state, c->chunk->bin) : "");
	if (s->n > 1)
		finding_doubt(run, f, 80, "more than one free block is named in the frames of free()");
	evidence_other(run, f, &(struct evidence){ .command = ".exr -1", .gdb = "p (char *)__abort_msg + 4" }, "what the C library said: %s",
		       message);
	if (c)
		show_block(run, f, v, c);
	else
		finding_unread(run, f, "which block: no address of a free one is in the frames of free()");
	fault_evidence(run, f, fault);
}

static struct err *match_abort(struct pattern_run *run, const struct heap_view *v, const struct fault *fault)
{
	CLEANUP(strbuf_deinit) struct strbuf message = STRBUF_INIT;
	const struct stack *stack = facts_blame(run->facts)->stack;
	const struct frame *last = heap_allocator_frame(stack, MAX_DEPTH);
	struct search s = { .n = 0 };

	if (!linux_abort_message(run->target, &message) || !strstr(message.s, "double free"))
		return NULL;
	if (last && last->frame > stack->frames[0].sp)
		TRY(search_stack(run, v->heap, stack->frames[0].sp, last->frame, &s));
	/* the other checks of this name are for broken headers as well */
	if (s.n || strstr(message.s, "double free detected"))
		tell_abort(run, v, fault, message.s, &s);
	return NULL;
}

static struct err *match(struct pattern_run *run)
{
	const struct fault *fault = facts_fault(run->facts);
	const struct heap_view *v = NULL;

	TRY(heap_of_run(run, &v));
	if (!v || !v->heap)
		return NULL;
	if (fault->class == FAULT_ABORT)
		TRY(match_abort(run, v, fault));
	for (size_t i = 0; i < v->heap->n_damages && run->n_findings < MAX_TOLD; i++)
		if (v->heap->damages[i].kind == DAMAGE_DOUBLE_FREE && heap_is_certain(v, &v->heap->damages[i]))
			tell_lists(run, v, &v->heap->damages[i]);
	return NULL;
}

static const char *const explains[] = {
	"corruption.heap", "exception.abort", "exception.wild-pointer", "exception.freed-memory", NULL,
};

const struct pattern pattern_double_free = {
	.id = "corruption.double-free",
	.title = "Double free",
	.category = CATEGORY_CORRUPTION,
	.definition = "A block of the heap was given back twice: whoever gets it next shares it with somebody else.",
	.context = "Two owners of one object, an error path that frees what its caller frees too, a copied structure with a pointer in it.",
	.criterion = "A block is in the free lists twice; or glibc's message says that a block was freed twice, and the frames of free() hold the "
		     "address of one that is in a free list.",
	.false_positives = "A free list that was overwritten with the address of another free block. A dump that is smeared, or was made while "
			   "a thread was in the allocator: such lists are not judged.",
	.recommendation = "Look at who calls free here and who owns the block besides: run the program under AddressSanitizer or valgrind, "
			  "which keep the stacks of both calls of free.",
	.bucket = "DOUBLE_FREE",
	.needs = NEEDS_SYSTEM_LINUX,
	.explains = explains,
	.match = match,
};
