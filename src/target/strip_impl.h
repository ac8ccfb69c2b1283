/* SPDX-License-Identifier: MIT */
/* Stripping in progress: strip.c says what stays, strip_prove.c sees whether it is enough. */
#ifndef OSM_TARGET_STRIP_IMPL_H
#define OSM_TARGET_STRIP_IMPL_H

#include "target/stack_impl.h"
#include "target/strip.h"

struct read_range {
	uint64_t address, size;
};

struct stack_range {
	uint64_t start, end;
	unsigned word;
};

struct stripper {
	struct target *t;
	struct strip_plan *plan;
	struct arch_memory inner;	/* what the recorder stands before */
	VEC(struct read_range) reads;
	VEC(struct stack_range) stacks;	/* by start */
	struct u64map interrupted;	/* instruction pointers that signals and exceptions left on stacks */
	bool no_memory;
	struct strip_stacks *result;
};

/* The place of an address in the dump's source, and how much follows; false: not in the dump. */
bool strip_find(const struct stripper *s, uint64_t address, struct dump_piece *ret);
/* Whether a word of a stack leads to code, a module or a stack. */
bool strip_leads_somewhere(struct stripper *s, uint64_t v, unsigned word);
/* Finishes the plan, and mends it where a stack would be another one. */
struct err *strip_prove(struct stripper *s, const struct target_options *o) MUST_USE;

#endif
