/* SPDX-License-Identifier: MIT */
/*
 * Names of a running Linux kernel, and of its modules, out of its memory.
 *
 * A kernel holds its own symbols: names packed by a table of 256 tokens, and
 * addresses. This provider needs nothing else: no file, no debug information.
 * A loaded module keeps an ELF symbol table of what it was built from.
 *
 * Addresses are relative to the kernel's (module's) base modulo 2^64: offsets
 * of per-CPU variables ("pcpu_hot" in kernels before 6.15), which lie below it,
 * wrap around, and base + rva gives them back. symbol_at answers inside of
 * [base, end) and a module's other parts only. Sizes reach up to the next symbol: the kernel holds none.
 *
 * Sources of facts: docs/formats/kallsyms.md. 64-bit little-endian kernels.
 */
#ifndef OSM_SYMBOL_KALLSYMS_H
#define OSM_SYMBOL_KALLSYMS_H

#include "symbol/provider.h"

struct kallsyms_input {
	struct arch_memory memory;	/* kernel's virtual addresses; its arg outlives the provider */
	uint64_t base, end;		/* _text .. _end of the kernel as it runs */
	/* Addresses of the variables kallsyms_*, as VMCOREINFO tells them since 6.0;
	 * 0: found by looking through [base, end). `offsets`: kallsyms_addresses
	 * where there are no offsets. `relative_base`: of the variable. */
	uint64_t names, num_syms, token_table, token_index, offsets, relative_base;
};

/* Reads the token table and the first names, no more, unless something has to be
 * found. NOTFOUND: the kernel holds none, or they are not in the dump; CORRUPT:
 * what VMCOREINFO points to is something else. */
struct err *kallsyms_open(const struct kallsyms_input *in, struct provider **ret) MUST_USE;

enum { KALLSYMS_MAX_PARTS = 8 };
struct kallsyms_part {
	uint64_t base, size;
};

struct kallsyms_module_input {
	struct arch_memory memory;
	const char *name;		/* for messages; copied */
	uint64_t base, size;		/* of its code */
	const struct kallsyms_part *parts; /* where else it lies (since 6.4), the first KALLSYMS_MAX_PARTS of them */
	size_t n_parts;
	/* struct mod_kallsyms: Elf64_Sym entries, their number, their strings, and since
	 * 5.2 nm's letter of each; typetab 0: none, the letters are in the entries */
	uint64_t symtab, num_symtab, strtab, typetab;
};

/* Nothing is read before someone asks. CORRUPT: an absurd number of symbols. */
struct err *kallsyms_open_module(const struct kallsyms_module_input *in, struct provider **ret) MUST_USE;

/* The variables' places as given or found, and what the addresses are. */
struct kallsyms_facts {
	struct kallsyms_input at;
	uint64_t n;			/* symbols */
	const char *form;		/* "absolute", "base-relative", "per-CPU absolute", "place-relative";
					 * "" when the addresses cannot be read */
};
struct err *kallsyms_facts(struct provider *p, struct kallsyms_facts *ret) MUST_USE; /* a kernel's, no module's */

#endif
