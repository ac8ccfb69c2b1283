/* SPDX-License-Identifier: MIT */
/*
 * DWARF debug information of one file, through elfutils' libdw: lines,
 * functions and inlining, variables, types. The ELF provider's ops of the same
 * names come here; addresses are rvas, what is returned lives as the provider.
 *
 * Nothing is read at opening. An address leads to its unit by .debug_aranges,
 * or by the ranges of all units, read once, where that has gaps (clang writes
 * none). Names lead to types and variables by an index, made once when
 * somebody asks by name.
 */
#ifndef OSM_SYMBOL_DWARF_INFO_H
#define OSM_SYMBOL_DWARF_INFO_H

#include "symbol/dwarf_unwind.h"
#include "symbol/elf.h"
#include "symbol/provider.h"

struct dwarf_info;

struct dwarf_request {
	struct provider *provider;	/* whose types are named; borrowed */
	const char *path;		/* of the file with .debug_info */
	const char *alt_path;		/* dwz file or NULL */
	uint64_t vaddr_base;
	bool big_endian;
	struct dwarf_unwinder *unwinder; /* for frame addresses; borrowed */
	/* Of a relocatable file; addresses in it are then those in memory. n 0: none is. */
	const struct elf_placed_section *placed;
	size_t n_placed;
};

struct err *dwarf_info_open(const struct dwarf_request *req, struct dwarf_info **ret) MUST_USE;
void dwarf_info_close(struct dwarf_info *d); /* accepts NULL */
/* A section of a relocatable file, relocated; its bytes live as long as d. NOTFOUND. */
struct err *dwarf_relocated_section(struct dwarf_info *d, const char *name, struct source **ret) MUST_USE;

struct err *dwarf_line_at(struct dwarf_info *d, uint64_t rva, struct source_line *ret) MUST_USE;
struct err *dwarf_line_named(struct dwarf_info *d, const char *file, uint32_t line, line_visitor *v,
			     void *arg) MUST_USE;
struct err *dwarf_inlines_at(struct dwarf_info *d, uint64_t rva, struct arena *a, struct inline_site **ret,
			     size_t *ret_n) MUST_USE;
struct err *dwarf_locals(struct dwarf_info *d, const struct frame_context *f, struct arena *a,
			 struct variable **ret, size_t *ret_n) MUST_USE;

/* The function around rva: where no symbol table has it. NOTFOUND. */
struct err *dwarf_function_at(struct dwarf_info *d, uint64_t rva, struct symbol *ret) MUST_USE;
/* Type of the global variable at rva; id 0: not known. */
struct type_ref dwarf_variable_type(struct dwarf_info *d, uint64_t rva);

/* Value of an enumerator of any enumeration outside functions and types. NOTFOUND. */
struct err *dwarf_enumerator(struct dwarf_info *d, const char *name, int64_t *ret) MUST_USE;

struct err *dwarf_type_named(struct dwarf_info *d, const char *name, struct type_ref *ret) MUST_USE;
struct err *dwarf_types(struct dwarf_info *d, const char *pattern, type_visitor *v, void *arg) MUST_USE;
struct err *dwarf_type_info(struct dwarf_info *d, uint64_t id, struct type_info *ret) MUST_USE;
struct err *dwarf_type_members(struct dwarf_info *d, uint64_t id, struct arena *a, struct type_member **ret,
			       size_t *ret_n) MUST_USE;
struct err *dwarf_type_enumerators(struct dwarf_info *d, uint64_t id, struct arena *a,
				   struct type_enumerator **ret, size_t *ret_n) MUST_USE;
struct err *dwarf_type_params(struct dwarf_info *d, uint64_t id, struct arena *a, struct type_ref **ret,
			      size_t *ret_n) MUST_USE;

#endif
