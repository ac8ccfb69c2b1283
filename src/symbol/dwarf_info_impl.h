/* SPDX-License-Identifier: MIT */
/*
 * State of the DWARF reader, for dwarf_*.c.
 *
 * Symbol files are less hostile than dumps, but still only data: every walk
 * over DIEs goes forward in the file (die_next checks it), recursion and the
 * following of references is bounded.
 */
#ifndef OSM_SYMBOL_DWARF_INFO_IMPL_H
#define OSM_SYMBOL_DWARF_INFO_IMPL_H

#include "base/map.h"
#include "base/vec.h"
#include "symbol/dwarf_info.h"

#include <dwarf.h>
#include <elfutils/libdw.h>

enum {
	DIE_MAX_DEPTH = 64,
	DIE_MAX_REFS = 32,	/* typedef of const of typedef ... */
};

struct dwarf_func {
	uint64_t lo, hi;	/* vaddr; a function in pieces has several */
	Dwarf_Die die;
};

struct dwarf_unit {
	Dwarf_Die die;		/* of the unit: lines, ranges */
	Dwarf_Die body;		/* whose children count: of a split unit (.dwo) where there is one */
	bool has_funcs, has_lines, has_names;
	VEC(struct dwarf_func) funcs; /* by lo */
	Dwarf_Lines *lines;	/* by address, libdw's */
	size_t n_lines;
};

struct dwarf_range {
	uint64_t lo, hi;	/* vaddr */
	Dwarf_Off unit;		/* offset of the unit's DIE */
};

struct dwarf_names; /* dwarf_name.c */
struct dwarf_relocated; /* dwarf_relocate.c */

struct dwarf_info {
	struct provider *provider;
	struct dwarf_unwinder *unwinder;
	uint64_t vaddr_base;
	bool big_endian;
	int fd, alt_fd;
	Dwarf *dbg, *alt;
	struct dwarf_relocated *relocated;	/* owns dbg and fd of a relocatable file; else NULL */
	VEC(Dwarf *) splits;		/* .dwo files that libdw has opened; its own */
	char *path;
	Dwarf_Aranges *aranges;	/* libdw's */
	bool has_aranges, has_ranges;
	VEC(struct dwarf_range) ranges; /* by lo: all units, where aranges have gaps */
	VEC(struct dwarf_unit *) units;	/* owned */
	struct u64map unit_by_cu;	/* libdw's CU pointer -> struct dwarf_unit */
	struct dwarf_names *names;
	struct strmap enumerators;	/* name -> uint64_t, in the arena; made when asked for */
	bool has_enumerators;
	struct u64map qualified;	/* type id -> "ns::name" */
	struct arena arena;
};

/* --- units and DIEs (dwarf_info.c) ------------------------------------------ */

/* The unit's DIE that covers vaddr. NOTFOUND. */
struct err *dwarf_unit_at(struct dwarf_info *d, uint64_t vaddr, struct dwarf_unit **ret) MUST_USE;
/* The unit a DIE is in. */
struct err *dwarf_unit_of(struct dwarf_info *d, Dwarf_Die *die, struct dwarf_unit **ret) MUST_USE;
struct err *dwarf_unit_lines(struct dwarf_info *d, struct dwarf_unit *u) MUST_USE;
/* The function (a DIE of the unit) around vaddr; NULL: none. */
struct err *dwarf_func_at(struct dwarf_info *d, struct dwarf_unit *u, uint64_t vaddr,
			  const struct dwarf_func **ret) MUST_USE;

/* The next unit after *cu (NULL: the first) whose own DIE can be read; false: no
 * more. ret_body: as struct dwarf_unit's; may be NULL. */
bool dwarf_next_readable_unit(Dwarf *dbg, Dwarf_CU **cu, uint8_t *ret_type, Dwarf_Die *ret, Dwarf_Die *ret_body);

/* First child and next sibling; false: none. */
bool die_child(Dwarf_Die *die, Dwarf_Die *ret);
bool die_next(Dwarf_Die *die, Dwarf_Die *ret);
/* for (ok = die_child(parent, &c); ok; ok = die_next(&c, &c)) */

bool die_udata(Dwarf_Die *die, unsigned attr, uint64_t *ret);	/* of the DIE itself */
bool die_flag(Dwarf_Die *die, unsigned attr);			/* or of its origin */
bool die_ref(Dwarf_Die *die, unsigned attr, Dwarf_Die *ret);	/* or of its origin */
const char *die_name(Dwarf_Die *die);				/* or of its origin; NULL: none */
/* As shown: demangled linkage name, else the plain one; "" when there is none. */
const char *die_function_name(struct dwarf_info *d, Dwarf_Die *die);

/* Type ids: offset of the DIE and which section of which file it is in. */
uint64_t dwarf_type_id(struct dwarf_info *d, Dwarf_Die *die);	/* 0: in none of ours */
struct err *dwarf_type_die(struct dwarf_info *d, uint64_t id, Dwarf_Die *ret) MUST_USE;
/* What DW_AT_type of a DIE names; nothing: void. */
struct type_ref die_type(struct dwarf_info *d, Dwarf_Die *die);

enum {
	TYPE_ID_VOID = 1,	/* no DIE is at offset 1: a unit's header is there */
	TYPE_ID_DIM_SHIFT = 56,	/* array types: which dimension */
	TYPE_ID_MAX_DIMS = 32,
	TYPE_ID_SPLIT_SHIFT = 40, /* which .dwo file, counted from 1; 0: the file itself */
	TYPE_ID_MAX_SPLITS = 0xffff,
};
#define TYPE_ID_ALT	((uint64_t)1 << 63)
#define TYPE_ID_TYPES	((uint64_t)1 << 62)
#define TYPE_ID_OFFSET	(((uint64_t)1 << TYPE_ID_SPLIT_SHIFT) - 1)

/* --- relocatable files (dwarf_relocate.c) --------------------------------------- */
/* Opens such a file with its sections where they were loaded; *ret_dbg belongs to *ret. */
struct err *dwarf_relocate(const struct dwarf_request *req, struct dwarf_relocated **ret, Dwarf **ret_dbg) MUST_USE;
void dwarf_relocated_free(struct dwarf_relocated *r); /* accepts NULL */

/* --- lines (dwarf_line.c) ----------------------------------------------------- */
/* File and line of a DW_AT_call_file/call_line (or decl_) pair. */
void die_source_position(struct dwarf_info *d, Dwarf_Die *die, unsigned file_attr, unsigned line_attr,
			 unsigned column_attr, struct source_line *ret);

/* --- names (dwarf_name.c) ------------------------------------------------------ */
/* "ns::Outer::Inner" for a type of a C++-like unit, else its plain name; "" none. */
const char *dwarf_qualified_name(struct dwarf_info *d, Dwarf_Die *die);
/* The definition of a type that `die` only declares; false: none known. */
bool dwarf_find_definition(struct dwarf_info *d, Dwarf_Die *die, Dwarf_Die *ret);
void dwarf_names_free(struct dwarf_names *n);

#endif
