/* SPDX-License-Identifier: MIT */
/* Inside of a Breakpad provider: for the files breakpad*.c only. */
#ifndef OSM_SYMBOL_BREAKPAD_IMPL_H
#define OSM_SYMBOL_BREAKPAD_IMPL_H

#include "base/arena.h"
#include "base/map.h"
#include "base/vec.h"
#include "symbol/breakpad.h"

/* A line or a part of one: [p, end), never terminated. */
struct text {
	const char *p, *end;
};

static inline size_t text_len(struct text t)
{
	return (size_t)(t.end - t.p);
}

/* Takes the next word (separated by blanks); empty at the end. */
struct text text_word(struct text *t);
/* Takes "WORD " from the front. */
bool text_take(struct text *t, const char *word);
/* Takes a number and moves on; false: the next word is none. */
bool text_hex(struct text *t, uint64_t *ret);
bool text_decimal(struct text *t, uint64_t *ret);
/* What is left without blanks around it. */
struct text text_rest(struct text t);
bool text_is(struct text t, const char *s);

struct bp_func {
	uint64_t rva, at;	/* at: offset of the record's line in the file */
	uint32_t size;
};

struct bp_named {		/* PUBLIC by rva, FILE and INLINE_ORIGIN by number */
	uint64_t key, at;
};

struct bp_cfi {
	uint64_t rva, size, at;
};

struct bp_win {
	uint64_t at;
	uint32_t rva, size;
	uint32_t parent;	/* index + 1 of the entry around this one, 0: none */
	uint8_t type;
};

struct breakpad {
	struct provider p;
	struct source *src;
	struct view text;
	struct breakpad_identity id;
	struct arena strings;
	struct u64map interned;	/* offset in the file -> string */

	bool indexed;
	VEC(struct bp_func) funcs;
	VEC(struct bp_named) publics;
	VEC(struct bp_named) files;
	VEC(struct bp_named) origins;
	VEC(struct bp_cfi) cfi;		/* STACK CFI INIT; the deltas follow in the file */
	VEC(struct bp_named) deltas;	/* STACK CFI that does not follow its INIT */
	VEC(struct bp_win) win;
	bool old_inlines;		/* INLINE without the file of the call */
	size_t bad_lines;
};

static inline struct breakpad *bp_of(const struct provider *p)
{
	return (struct breakpad *)(uintptr_t)p;
}

/* The line that starts at this offset; *ret_next: the offset of the next. */
struct text bp_line(const struct breakpad *b, uint64_t at, uint64_t *ret_next);
/* A part of the file as a string that lives as long as the provider. */
struct err *bp_string(struct breakpad *b, struct text t, const char **ret) MUST_USE;
struct err *bp_index(struct breakpad *b) MUST_USE; /* once; cheap afterwards */

/* The FUNC that covers rva; NULL: none. *ret_below: the nearest at or below. */
const struct bp_func *bp_func_at(const struct breakpad *b, uint64_t rva, const struct bp_func **ret_below);
/* The item with the greatest key at or below `key`; NULL: none. */
const struct bp_named *bp_below(const struct bp_named *v, size_t n, uint64_t key);
/* Name of FILE or INLINE_ORIGIN number `n`; NULL when there is none. */
const char *bp_file(struct breakpad *b, uint64_t number);

/* FUNC's parts after the keyword; false: not a FUNC line. */
struct bp_func_line {
	uint64_t rva, size, params;
	struct text name;
};
bool bp_parse_func(struct text line, struct bp_func_line *ret);
bool bp_parse_public(struct text line, struct bp_func_line *ret);

/* Provider slots that live in other files. */
struct err *bp_line_at(struct provider *p, uint64_t rva, struct source_line *ret);
struct err *bp_line_named(struct provider *p, const char *file, uint32_t line, line_visitor *v, void *arg);
struct err *bp_inlines_at(struct provider *p, uint64_t rva, struct arena *a, struct inline_site **ret,
			  size_t *ret_n);
struct err *bp_x86_frame(struct provider *p, uint64_t rva, struct x86_frame_data *ret);
struct err *bp_unwind(struct provider *p, uint64_t module_base, bool exact, const struct arch_memory *m,
		      const struct regs *callee, struct regs *ret_caller, struct unwind_result *ret);

#endif
