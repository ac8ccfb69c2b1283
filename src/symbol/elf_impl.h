/* SPDX-License-Identifier: MIT */
/* The ELF provider's own state, for elf*.c. */
#ifndef OSM_SYMBOL_ELF_IMPL_H
#define OSM_SYMBOL_ELF_IMPL_H

#include "symbol/dwarf_info.h"
#include "symbol/dwarf_unwind.h"
#include "symbol/elf_find.h"
#include "symbol/elf_symtab.h"
#include "symbol/provider.h"

struct elf_provider {
	struct provider p;
	struct elf_file file;		/* of the module; has_file */
	struct elf_file image;		/* the module in memory; has_image */
	struct elf_file debug;		/* its debug file; has_debug */
	bool has_file, has_image, has_debug;
	char *debug_path;		/* of `debug`, NULL: none */
	struct elf_build_id id;
	uint64_t base;			/* run-time address of rva 0; 0: not told */
	const struct elf_placed_section *placed;	/* borrowed */
	size_t n_placed;
	char **debug_dirs;		/* owned */
	size_t n_debug_dirs;
	bool no_system_dirs;

	struct elf_symtab symtab;
	bool has_symtab;
	struct elf_file mini;		/* .gnu_debugdata */
	struct source *mini_src;
	uint8_t *mini_bytes;

	struct dwarf_unwinder unwinder;
	bool has_unwinder;
	struct source *debug_frames[2];	/* decompressed .debug_frame sections */
	uint8_t *debug_frame_bytes[2];
	struct dwarf_info *dwarf;
	bool tried_dwarf;
};

/* File if there is one, else image, else debug file: for segments. */
static inline const struct elf_file *elf_main_file(const struct elf_provider *e)
{
	return e->has_file ? &e->file : e->has_image ? &e->image : &e->debug;
}

/* A signal frame that has no call frame information; false: none is here. */
bool elf_sigreturn_unwind(const struct arch_memory *m, const struct regs *callee, struct regs *ret_caller,
			  struct unwind_result *ret);

/* The bytes of a section, decompressed where it is compressed; *ret_bytes is
 * malloc'ed or NULL when the source borrows the file. */
struct err *elf_plain_section(const struct elf_file *f, const char *name, struct source **ret,
			      uint8_t **ret_bytes) MUST_USE;

#endif
