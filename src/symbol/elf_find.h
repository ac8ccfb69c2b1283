/* SPDX-License-Identifier: MIT */
/*
 * Finding what belongs to an ELF module: its separate debug file, the shared
 * debug file that one may refer to (dwz), and the small symbol table embedded
 * in .gnu_debugdata.
 */
#ifndef OSM_SYMBOL_ELF_FIND_H
#define OSM_SYMBOL_ELF_FIND_H

#include "base/str.h"
#include "symbol/elf_file.h"

struct elf_find {
	const char *path;		/* of the module's file, NULL: none */
	const struct elf_build_id *id;	/* of the module, size 0: none */
	const struct elf_file *file;	/* for .gnu_debuglink, NULL: none */
	const char *const *debug_dirs;
	size_t n_debug_dirs;
	bool no_system_dirs;
};

/* Opens the debug file and appends its path. NOTFOUND; what was found but is
 * of another build is told in `trouble`. */
struct err *elf_find_debug_file(const struct elf_find *how, struct elf_file *ret, struct strbuf *path,
				struct strbuf *trouble) MUST_USE;

/* Path of the dwz file that `debug`, opened from `debug_path`, names. NOTFOUND. */
struct err *elf_find_alt_file(const struct elf_find *how, const struct elf_file *debug,
			      const char *debug_path, struct strbuf *path) MUST_USE;

/* The ELF file inside .gnu_debugdata; NOTFOUND: no such section. The bytes are
 * malloc'ed. */
struct err *elf_mini_debug(const struct elf_file *f, uint8_t **ret, size_t *ret_n) MUST_USE;

#endif
