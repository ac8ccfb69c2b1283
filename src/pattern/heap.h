/* SPDX-License-Identifier: MIT */
/*
 * The heap as patterns see it: what os/linux/malloc.h reads, within the bounds of a
 * pattern, and how far it can be believed.
 *
 * Lists and headers are half changed while a thread is in malloc. Where the dump was
 * made at such a moment, or is smeared, a contradiction in them proves nothing. It
 * does where the allocator itself found it: its check ended the process, or it
 * failed on what it read.
 */
#ifndef OSM_PATTERN_HEAP_H
#define OSM_PATTERN_HEAP_H

#include "os/linux/malloc.h"
#include "pattern/fault.h"
#include "pattern/pattern.h"
#include "pattern/stacks.h"

struct heap_view {
	struct malloc_heap *heap;	/* NULL: there is none that is glibc's, or see why */
	const char *why;		/* it could not be read within the bounds; NULL */
	struct malloc_census *census;	/* of the heap, or of one that was too large; NULL: none */
	bool smeared;			/* the memory is not of one instant */
	bool found_broken;		/* by the allocator itself, in the thread of the fault */
	const struct thread *at_work;	/* in malloc when the dump was made, but for that one; NULL: none */
	bool one_thread;		/* malloc takes no lock then */
};

void heap_view_deinit(struct heap_view *v);
/* NOMEM, CANCELLED; else the view says what is not known. */
struct err *heap_view_read(struct target *t, const struct fault *f, const struct stack *fault_stack,
			   const struct stacks *stacks, const struct budget *b, struct heap_view *ret) MUST_USE;

/* Of the run's target, read once for all patterns; *ret NULL: no heap to look at. */
struct err *heap_of_run(struct pattern_run *run, const struct heap_view **ret) MUST_USE;
struct budget heap_budget(const struct pattern_run *run);
/* A function of malloc's among the innermost `depth` frames; the outermost of those in a row. NULL: none. */
const struct frame *heap_allocator_frame(const struct stack *s, size_t depth);
/* What the C library said is what malloc's checks say. */
bool heap_is_allocator_message(const char *message);

/* The damage is none that a thread at work would leave. */
bool heap_is_certain(const struct heap_view *v, const struct malloc_damage *d);
/* Whether damage is another's consequence: told as evidence at most. */
bool heap_is_consequence(const struct malloc_heap *h, const struct malloc_damage *d);
/* The chunk whose user's memory the address is in: a block in use has the first word of the next
 * chunk's header too. NULL: none. */
const struct malloc_chunk *heap_block_at(const struct malloc_heap *h, uint64_t address);
/* "the block of 56 bytes at 0x5555000002a0" */
const char *heap_block_text(struct pattern_run *run, const struct malloc_heap *h, const struct malloc_chunk *c);
/* A block, as !heap -x shows it. */
void heap_block_evidence(struct pattern_run *run, struct finding *f, const struct malloc_heap *h,
			 const struct malloc_chunk *c, const char *meaning);
/* `"text"`, `demo!table+0x8`, `0x1234` */
const char *heap_value_text(struct pattern_run *run, uint64_t value, unsigned size);
/* The word at the damaged place. */
void heap_damage_evidence(struct pattern_run *run, struct finding *f, const struct malloc_heap *h,
			  const struct malloc_damage *d);
/* "tcache list 11", "the unsorted bin" */
const char *heap_list_text(struct pattern_run *run, enum malloc_chunk_state list, unsigned bin);

/*
 * Whether the block in front of a damaged header goes on into it, and how that is
 * known. The last whole word of the block and the first of the header are compared.
 */
enum heap_overrun {
	OVERRUN_NONE,
	OVERRUN_TEXT,		/* text */
	OVERRUN_TERMINATOR,	/* text, whose zero alone is behind the block */
	OVERRUN_REPEAT,		/* the same word over and over */
};
enum heap_overrun heap_overrun(struct pattern_run *run, const struct malloc_heap *h, const struct malloc_damage *d);

#endif
