/* SPDX-License-Identifier: MIT */
/*
 * ELF/DWARF provider: symbols, lines, inlining, locals, types and unwinding
 * for one ELF module.
 *
 * What it can read, best first: the ELF file, its separate debug file, and the
 * module's own image in the dump. The image alone still gives exports and call
 * frame information, because the loader needs both at run time.
 *
 * Identity: where the image (or the caller) tells a build id, a file with
 * another one is refused; a debug file must have the build id of the module,
 * or, where there is none, the CRC that .gnu_debuglink names.
 */
#ifndef OSM_SYMBOL_ELF_H
#define OSM_SYMBOL_ELF_H

#include "base/err.h"
#include "base/machine.h"
#include "base/source.h"
#include "memory/space.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct provider;

enum { ELF_BUILD_ID_MAX = 64 };

struct elf_build_id {
	uint8_t bytes[ELF_BUILD_ID_MAX];
	unsigned size;		/* 0: none */
};

/* Hexadecimal, lower case; `buf` of 2 * ELF_BUILD_ID_MAX + 1. */
void elf_build_id_text(const struct elf_build_id *id, char *buf);

struct elf_placed_section {
	const char *name;
	uint64_t address;
};

struct elf_request {
	const char *path;	/* the ELF file, or NULL: not found */
	const char *name;	/* the module's name or path, for messages; may be NULL */
	/* The module in the dump: offset 0 is the address `base`, the module's
	 * first page. NULL: not there. Outlives the provider; holes are fine. */
	struct source *image;
	uint64_t base;
	/* What is known about the identity, or NULL: taken from the image. */
	const struct elf_build_id *build_id;
	/* Folders searched for debug files before the system's: each is tried as
	 * a .build-id tree, as a copy of /usr/lib/debug and as a flat folder. */
	const char *const *debug_dirs;
	size_t n_debug_dirs;
	bool no_system_dirs;	/* do not look in /usr/lib/debug or at debuginfod */
	/* Of a relocatable file (a kernel's module): where its sections were loaded. They outlive
	 * the provider. Without them such files are not read. */
	const struct elf_placed_section *placed;
	size_t n_placed;
};

/*
 * Opens what the request gives. NOTFOUND: neither file nor image has anything;
 * CORRUPT: `path` is another build than the module (both ids in the message)
 * or not an ELF file.
 */
struct err *elf_open(const struct elf_request *req, struct provider **ret) MUST_USE;

/* What debug information has of an enumerator. NOTFOUND, also where the provider is none of these. */
struct err *elf_enumerator(struct provider *p, const char *name, int64_t *ret) MUST_USE;

/* From the module's headers in memory. NOTFOUND: no note; FAULT: not there. */
struct err *elf_build_id_from_memory(struct space *s, uint64_t base, struct elf_build_id *ret) MUST_USE;
struct err *elf_build_id_of_file(const char *path, struct elf_build_id *ret) MUST_USE;
/* In little-endian notes, as a kernel keeps those of its image. */
bool elf_build_id_in_notes(const uint8_t *notes, size_t size, struct elf_build_id *ret);
/* CORRUPT: the file tells nothing of lines, types and variables. */
struct err *elf_check_has_dwarf(const char *path) MUST_USE;

#endif
