/* SPDX-License-Identifier: MIT */
/* Shared by the reader of CFI records and the interpreter of their programs. */
#ifndef OSM_SYMBOL_DWARF_CFI_IMPL_H
#define OSM_SYMBOL_DWARF_CFI_IMPL_H

#include "symbol/dwarf_cfi.h"

enum {
	CFI_MAX_RECORD = 1 << 20,	/* bytes of one CIE or FDE */
	CFI_COLUMNS = 128,		/* DWARF registers whose rules are kept */
	CFI_MAX_REMEMBERED = 32,
};

struct cfi_entry {
	uint64_t start, offset;		/* offset: of the FDE in the section */
};

struct cfi_cie {
	uint64_t code_align;
	int64_t data_align;
	uint16_t ra;
	uint8_t address_size;
	uint8_t fde_enc;
	bool has_augmentation, signal_frame;
	const uint8_t *program;		/* in the section's arena */
	uint64_t n_program;
};

struct cfi_fde {
	const struct cfi_cie *cie;
	uint64_t start, end;
	struct cursor program;		/* within the record's view */
	uint64_t program_vaddr;
};

/* A pointer with a DW_EH_PE_* encoding at the cursor, whose data[0] has the
 * address `vaddr`. */
struct cfi_pointer_base {
	uint64_t vaddr;		/* of the cursor's data[0] */
	uint64_t data;		/* DW_EH_PE_datarel */
	uint64_t func;		/* DW_EH_PE_funcrel */
	uint8_t address_size;
};
struct err *cfi_pointer(const struct elf_file *f, struct cursor *c, uint8_t enc,
			const struct cfi_pointer_base *base, uint64_t *ret) MUST_USE;

/* Runs both programs up to `vaddr`. */
struct err *cfi_run(const struct elf_file *f, const struct cfi_fde *fde, uint64_t vaddr,
		    struct arena *a, struct cfi_row *ret) MUST_USE;

#endif
