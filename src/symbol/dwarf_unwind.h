/* SPDX-License-Identifier: MIT */
/*
 * Unwinding a frame by call frame rows, with the rows kept by address: many
 * threads stand at the same few addresses, so that most frames cost one hash
 * lookup and a read per saved register.
 */
#ifndef OSM_SYMBOL_DWARF_UNWIND_H
#define OSM_SYMBOL_DWARF_UNWIND_H

#include "arch/unwind.h"
#include "symbol/dwarf_cfi.h"

enum { UNWIND_MAX_SECTIONS = 4 };

struct dwarf_unwinder {
	struct cfi_section sections[UNWIND_MAX_SECTIONS]; /* asked in this order */
	size_t n_sections;
	struct u64map rows;		/* rva -> struct cfi_row, NULL: none known */
	struct arena arena;
	const struct arch *arch;	/* `kept` is for this one */
	uint64_t kept;			/* registers a call preserves, as a mask */
	/* Called once when no section knows an address: may add sections. */
	void (*more)(void *arg, struct dwarf_unwinder *u);
	void *more_arg;
};

void dwarf_unwinder_deinit(struct dwarf_unwinder *u);

/* The row of an rva, addresses in it as rva; NOTFOUND. Lives as long as u. */
struct err *dwarf_unwind_row(struct dwarf_unwinder *u, uint64_t rva, const struct cfi_row **ret,
			     const struct elf_file **ret_file) MUST_USE;
/* As the provider's unwind op. */
struct err *dwarf_unwind(struct dwarf_unwinder *u, uint64_t module_base, bool exact,
			 const struct arch_memory *m, const struct regs *callee,
			 struct regs *ret_caller, struct unwind_result *ret) MUST_USE;
/* The canonical frame address of a frame that stands at rva. */
struct err *dwarf_unwind_cfa(struct dwarf_unwinder *u, uint64_t module_base, uint64_t rva,
			     const struct arch_memory *m, const struct regs *regs, uint64_t *ret) MUST_USE;

#endif
