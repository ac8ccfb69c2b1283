/* SPDX-License-Identifier: MIT */
/*
 * The symbols of a module, merged from the symbol tables of its file, its
 * debug file, and the dynamic symbols (of the file, or of the image in memory).
 */
#ifndef OSM_SYMBOL_ELF_SYMTAB_H
#define OSM_SYMBOL_ELF_SYMTAB_H

#include "base/arena.h"
#include "base/map.h"
#include "symbol/elf_file.h"

enum elf_table_kind { ELF_TABLE_STATIC, ELF_TABLE_DYNAMIC, ELF_TABLE_PLT };

struct elf_symbol {
	uint64_t rva;		/* TLS: offset in the module's block */
	uint64_t size;
	uint32_t name;		/* offset in its table's strings */
	uint8_t table;		/* index of the table it came from */
	uint8_t type, bind;	/* STT_*, STB_* */
	bool is_code;
	bool old_version;	/* kept for old programs: not what the name alone means */
};

/* Strings of one table. */
struct elf_table {
	struct view strings;
	enum elf_table_kind kind;
};

struct elf_symtab {
	struct elf_symbol *v;	/* by rva, best name first; TLS symbols last */
	size_t n, cap;
	size_t n_addresses;	/* without the TLS symbols at the end */
	struct elf_table tables[5];
	size_t n_tables;
	bool sorted;
	struct strmap by_name;	/* plain name -> symbol; filled when first needed */
	bool has_by_name;
	struct u64map shown;	/* index -> demangled name */
	struct arena arena;
};

void elf_symtab_deinit(struct elf_symtab *t);

/* Reads .symtab of a file (which must outlive the table); no table: nothing. */
struct err *elf_symtab_add_static(struct elf_symtab *t, const struct elf_file *f) MUST_USE;
/* Reads the dynamic symbols: by section, else by PT_DYNAMIC. */
struct err *elf_symtab_add_dynamic(struct elf_symtab *t, const struct elf_file *f) MUST_USE;
/* Makes "name@plt" of the stubs that lead to other modules; by sections only. */
struct err *elf_symtab_add_plt(struct elf_symtab *t, const struct elf_file *f) MUST_USE;
/* To be called once, after the last table. */
void elf_symtab_sort(struct elf_symtab *t);

/* The symbol that rva belongs to, NULL: none. A symbol without a size reaches
 * to the next one, but not out of its segment. */
const struct elf_symbol *elf_symtab_at(const struct elf_symtab *t, const struct elf_file *f, uint64_t rva);
/* By plain or demangled name. NULL: none. */
struct err *elf_symtab_named(struct elf_symtab *t, const char *name, const struct elf_symbol **ret) MUST_USE;

/* As in the file but without version, and as shown (demangled); both live as
 * long as the table. NULL: no memory. */
const char *elf_symbol_raw_name(struct elf_symtab *t, const struct elf_symbol *s);
const char *elf_symbol_name(struct elf_symtab *t, const struct elf_symbol *s);

static inline bool elf_symbol_is_dynamic(const struct elf_symtab *t, const struct elf_symbol *s)
{
	return t->tables[s->table].kind == ELF_TABLE_DYNAMIC;
}

#endif
