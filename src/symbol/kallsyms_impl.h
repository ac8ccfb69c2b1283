/* SPDX-License-Identifier: MIT */
/*
 * Symbols in the order of their addresses: what a kernel's and a module's
 * provider share (kallsyms_table.c). Each loads its addresses once and makes a
 * name when one is asked for.
 */
#ifndef OSM_SYMBOL_KALLSYMS_IMPL_H
#define OSM_SYMBOL_KALLSYMS_IMPL_H

#include "base/cursor.h"
#include "base/map.h"
#include "symbol/kallsyms.h"

enum {
	KSYM_NAME_MAX = 1024,	/* the kernel's limit is 512 */
	KSYMS_MAX = 1 << 22,	/* kernels have up to 300000 */
	KSYM_TOKENS = 256,
};

struct ksym_name {
	char letter;		/* nm's: 'T', 't', 'D' ... */
	size_t len;
	char s[KSYM_NAME_MAX];
};

struct ksyms;
struct ksyms_ops {
	/* Fills n, address, and sizes where there are any. */
	struct err *(*load)(struct ksyms *s);
	/* false: the name is not in the dump */
	bool (*name)(const struct ksyms *s, uint32_t i, struct ksym_name *ret);
	void (*destroy)(struct ksyms *s);	/* what it added; not s */
};

struct ksyms {
	struct provider p;
	const struct ksyms_ops *ops;
	struct arch_memory memory;
	uint64_t base, end;
	struct kallsyms_part parts[KALLSYMS_MAX_PARTS];
	size_t n_parts;
	bool loaded, failed;
	uint32_t n;
	uint64_t *address;	/* ascending */
	uint64_t *size;		/* NULL: up to the next */
	uint32_t *hash;		/* open addressing; index + 1, 0: free; built by the first lookup */
	uint32_t hash_mask;
	struct arena strings;
	struct u64map shown;	/* index to name */
};

extern struct provider_ops ksyms_provider_ops;
/* `s` is zeroed memory that becomes the provider's; freed on failure too. */
struct err *ksyms_init(struct ksyms *s, const struct ksyms_ops *ops, const char *path, const char *note) MUST_USE;

/* --- a kernel's ---------------------------------------------------------------------- */

struct kallsyms_tokens {
	uint16_t at[KSYM_TOKENS];	/* in text */
	uint8_t len[KSYM_TOKENS];
	char text[65536 + KSYM_TOKENS];
	size_t size;			/* bytes of the table in memory */
};

enum kallsyms_form {
	FORM_NONE,
	FORM_RELATIVE,		/* u32 beyond relative_base */
	FORM_PERCPU,		/* s32: a value, or below 0 -1 - its distance from relative_base */
	FORM_ABSOLUTE,		/* u64 */
	FORM_PLACE,		/* s32 from where it lies */
};

struct kallsyms {
	struct ksyms s;
	struct kallsyms_input at;
	struct kallsyms_tokens tokens;
	uint32_t n;		/* as num_syms has it */
	enum kallsyms_form form;
	uint8_t *names;		/* from load on */
	size_t names_size;
	uint32_t *where;	/* of each name in names */
	uint32_t n_named;	/* the rest is not in the dump */
};

/* kallsyms_find.c: what was not given. */
struct err *kallsyms_find_tokens(struct kallsyms *k) MUST_USE;
struct err *kallsyms_find_names(struct kallsyms *k) MUST_USE;

/* kallsyms.c: the tokens at k->at.token_table and token_index; false: none are there. */
bool kallsyms_read_tokens(struct kallsyms *k);
/* The name that starts at *pos of n bytes; *pos behind it. false: none is there. */
bool kallsyms_unpack(const struct kallsyms_tokens *t, const uint8_t *p, size_t n, size_t *pos, struct ksym_name *ret);
/* The first names at p look like those of symbols. */
bool kallsyms_plausible(const struct kallsyms_tokens *t, const uint8_t *p, size_t n, uint32_t n_names);

#endif
