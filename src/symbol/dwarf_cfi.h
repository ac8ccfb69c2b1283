/* SPDX-License-Identifier: MIT */
/*
 * Call frame information: finding the entry (FDE) of an address in .eh_frame
 * or .debug_frame and running its program to the row that holds there.
 *
 * Works over a file or over a module's image in memory: one record is read at
 * a time. A row does not depend on a frame; dwarf_unwind applies it.
 */
#ifndef OSM_SYMBOL_DWARF_CFI_H
#define OSM_SYMBOL_DWARF_CFI_H

#include "base/arena.h"
#include "base/map.h"
#include "symbol/elf_file.h"

enum cfi_rule_kind {
	CFI_UNSPECIFIED,	/* nothing said: the ABI's default */
	CFI_UNDEFINED,
	CFI_SAME,
	CFI_OFFSET,		/* saved at CFA + value */
	CFI_VAL_OFFSET,		/* is CFA + value */
	CFI_REGISTER,		/* is in DWARF register `value` */
	CFI_EXPRESSION,		/* saved at the expression's address */
	CFI_VAL_EXPRESSION,
};

struct cfi_rule {
	uint16_t reg;		/* DWARF number */
	uint8_t kind;		/* enum cfi_rule_kind */
	int64_t value;		/* expressions: their length */
	const uint8_t *expr;
};

/* What holds for [start, end), addresses as vaddr. */
struct cfi_row {
	uint64_t start, end;
	struct cfi_rule cfa;	/* CFI_REGISTER: register reg + value; CFI_EXPRESSION; CFI_UNSPECIFIED: none */
	uint16_t ra;		/* the return address's column */
	bool signal_frame;
	bool ra_signed;		/* AArch64: the saved return address carries a signature */
	uint16_t n_rules;
	const struct cfi_rule *rules; /* by reg, those not CFI_UNSPECIFIED */
};

/* One section of entries. */
struct cfi_section {
	const struct elf_file *file;	/* for byte order, address size */
	struct source *src;		/* the section's bytes from `offset` on */
	uint64_t offset, size;
	uint64_t vaddr;			/* of the section, for pc-relative pointers */
	bool is_eh;
	/* Binary search table of .eh_frame_hdr; n_table 0: none */
	uint64_t table_offset, n_table, hdr_vaddr;
	uint8_t table_enc;
	/* Else: all entries in order, made when first needed. */
	struct cfi_entry *index;
	size_t n_index;
	bool has_index;
	struct u64map cies;		/* offset -> struct cfi_cie, in arena */
	struct arena arena;
};

/*
 * Finds .eh_frame of a file or image: by PT_GNU_EH_FRAME, else by the section
 * names. NOTFOUND.
 */
struct err *cfi_init_eh(struct cfi_section *s, const struct elf_file *f) MUST_USE;
/* Over a .debug_frame section's (decompressed) bytes. `bytes` is borrowed. */
void cfi_init_debug(struct cfi_section *s, const struct elf_file *f, struct source *bytes);
void cfi_deinit(struct cfi_section *s); /* accepts a zeroed one */

/* NOTFOUND: no entry covers vaddr. The row's rules live in `a`. */
struct err *cfi_row_at(struct cfi_section *s, uint64_t vaddr, struct arena *a, struct cfi_row *ret) MUST_USE;

#endif
