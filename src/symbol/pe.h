/* SPDX-License-Identifier: MIT */
/*
 * PE: a Windows image, read from its file or from a module in memory.
 *
 * The two lie differently: in a file the section table maps RVAs to offsets;
 * in memory an RVA is the offset, and pages may be missing. pe_open is told
 * which it is and everything else works on RVAs. Opening reads the headers
 * only (at most a few KB); every table is read when first asked for. Tables
 * that are absent are NOTFOUND, pages that are absent FAULT(rva).
 *
 * Strings and arrays that are returned belong to the pe and live as long as it.
 */
#ifndef OSM_SYMBOL_PE_H
#define OSM_SYMBOL_PE_H

#include "arch/unwind.h"
#include "base/cleanup.h"
#include "base/err.h"
#include "base/machine.h"
#include "base/source.h"
#include "base/str.h"
#include "memory/space.h"
#include "symbol/provider.h"

enum pe_layout {
	PE_FILE,	/* as on disk */
	PE_MEMORY,	/* as mapped: RVA = offset in the source */
};

enum pe_directory_index {
	PE_DIR_EXPORT, PE_DIR_IMPORT, PE_DIR_RESOURCE, PE_DIR_EXCEPTION,
	PE_DIR_SECURITY, /* its rva is a file offset */
	PE_DIR_RELOC, PE_DIR_DEBUG, PE_DIR_ARCHITECTURE, PE_DIR_GLOBAL_PTR, PE_DIR_TLS,
	PE_DIR_LOAD_CONFIG, PE_DIR_BOUND_IMPORT, PE_DIR_IAT, PE_DIR_DELAY_IMPORT, PE_DIR_CLR,
	PE_DIR_RESERVED,
	PE_N_DIRS
};

enum { PE_SCN_CODE = 0x20, PE_SCN_BSS = 0x80, PE_SCN_DISCARDABLE = 0x02000000,
       PE_SCN_EXECUTE = 0x20000000, PE_SCN_READ = 0x40000000 };
#define PE_SCN_WRITE 0x80000000u
enum { PE_RELOCS_STRIPPED = 1, PE_DLL = 0x2000 }; /* characteristics of the image */

struct pe_directory {
	uint32_t rva, size;
};

struct pe_section {
	char name[9];
	uint32_t rva, virtual_size;
	uint32_t raw_offset, raw_size;
	uint32_t characteristics;
};

struct pe_headers {
	enum machine machine;
	uint16_t machine_raw;		/* IMAGE_FILE_MACHINE_x */
	bool is_64;			/* PE32+ */
	uint32_t timestamp, size_of_image, checksum;
	uint64_t image_base;		/* preferred; in memory: where it was loaded */
	uint64_t image_base_offset;	/* of that field from the image's start */
	uint32_t entry_point, size_of_headers;
	uint32_t section_alignment, file_alignment;
	uint16_t characteristics, subsystem, dll_characteristics;
	uint16_t os_major, os_minor, subsystem_major, subsystem_minor;
	uint16_t image_major, image_minor;
	uint8_t linker_major, linker_minor;
	uint64_t stack_reserve, stack_commit, heap_reserve, heap_commit;
	uint32_t nt_headers_offset;	/* e_lfanew */
	struct pe_directory directories[PE_N_DIRS];
	unsigned n_directories;		/* as the header says, at most PE_N_DIRS */
	const struct pe_section *sections;
	unsigned n_sections;
};

struct pe;

/* Takes the source over (on failure it stays the caller's).
 * CORRUPT/TRUNCATED: no PE image; FAULT: the header pages are not there. */
struct err *pe_open(struct source *src, enum pe_layout layout, struct pe **ret) MUST_USE;
struct err *pe_open_file(const char *path, struct pe **ret) MUST_USE;
void pe_destroy(struct pe *pe); /* accepts NULL */
DEFINE_CLEANUP_PTR(struct pe, pe_destroy)

const struct pe_headers *pe_headers(const struct pe *pe);
const char *pe_name(const struct pe *pe); /* of the source */
/* The section that covers rva; NULL: none (headers, gaps). */
const struct pe_section *pe_section_at(const struct pe *pe, uint64_t rva);
struct pe_directory pe_directory(const struct pe *pe, enum pe_directory_index i); /* 0,0: absent */

/* All of [rva, rva+len) or FAULT(first absent rva). A file answers zero for
 * the tail of a section that has no raw data, as the loader does. */
struct err *pe_read(struct pe *pe, uint64_t rva, void *buf, size_t len) MUST_USE;
/* Leading bytes that are there. */
size_t pe_read_some(struct pe *pe, uint64_t rva, void *buf, size_t len);

/* The image's exception directory for arch/unwind.h, for a module at `base`. */
struct unwind_image pe_unwind_image(const struct pe *pe, uint64_t base);

/* --- identity --------------------------------------------------------------- */
bool pe_matches(const struct pe *pe, uint32_t timestamp, uint32_t size_of_image);
/* NULL, or NOTFOUND with both identities in the message. */
struct err *pe_check_identity(const struct pe *pe, uint32_t timestamp, uint32_t size_of_image) MUST_USE;

enum pe_codeview_kind { PE_CODEVIEW_NONE, PE_CODEVIEW_RSDS, PE_CODEVIEW_NB10 };
struct pe_codeview {
	enum pe_codeview_kind kind;
	uint8_t guid[16];	/* RSDS, as stored */
	uint32_t signature;	/* NB10: the PDB's time stamp */
	uint32_t age;
	const char *path;	/* of the PDB, UTF-8 */
};
/* Parses a CodeView record (also those in dumps). `path_copy` takes the path.
 * UNSUPPORTED: a kind other than RSDS, NB10. */
struct err *pe_parse_codeview(const char *name, const uint8_t *bytes, size_t size,
			      struct pe_codeview *ret, struct strbuf *path_copy) MUST_USE;
/* The first CodeView record. NOTFOUND. */
struct err *pe_codeview(struct pe *pe, struct pe_codeview *ret) MUST_USE;

struct pe_debug_entry {
	uint32_t type;		/* IMAGE_DEBUG_TYPE_x */
	const char *type_name;	/* "CODEVIEW", "POGO", "REPRO" ...; "UNKNOWN" */
	uint32_t timestamp;
	uint16_t major, minor;
	uint32_t size, rva, offset;
};
/* Size 0: no debug directory. */
struct err *pe_debug_entries(struct pe *pe, const struct pe_debug_entry **ret, size_t *ret_n) MUST_USE;

/* --- exports and imports ---------------------------------------------------- */
struct pe_export {
	const char *name;	/* NULL: exported by ordinal only */
	uint32_t ordinal;
	uint32_t rva;		/* of the code or datum; of the string for forwarders */
	const char *forwarder;	/* "NTDLL.RtlX" or NULL */
};
typedef bool pe_export_visitor(void *arg, const struct pe_export *e); /* false: stop */
/* By ordinal; an export with several names comes once for each. */
struct err *pe_exports(struct pe *pe, pe_export_visitor *v, void *arg) MUST_USE;
/* Names of the export directory: "ntdll.dll". NOTFOUND. */
struct err *pe_export_dll_name(struct pe *pe, const char **ret) MUST_USE;

struct pe_import {
	const char *dll;
	const char *name;	/* NULL: by ordinal */
	uint32_t ordinal;	/* or hint */
	uint32_t slot_rva;	/* of the import address table entry */
	bool delayed;
};
typedef bool pe_import_visitor(void *arg, const struct pe_import *i);
struct err *pe_imports(struct pe *pe, pe_import_visitor *v, void *arg) MUST_USE;
/* Their slots alone, without reading names: i->name is NULL. */
struct err *pe_import_slots(struct pe *pe, pe_import_visitor *v, void *arg) MUST_USE;

/*
 * The export table as a provider ("export symbols"); it borrows the pe, or
 * takes it over when `own` is set (on success). Where an address has several
 * names the first by name answers; nameless ones are "Ordinal12".
 */
struct err *pe_export_provider(struct pe *pe, bool own, struct provider **ret) MUST_USE;

/* --- resources, load configuration, TLS -------------------------------------- */
struct pe_version_string {
	const char *key, *value;	/* "CompanyName", UTF-8 */
	uint32_t language;		/* language << 16 | code page, of its table */
};
struct pe_version {
	bool has_fixed;
	uint16_t file[4], product[4];	/* 10.0.19041.1 */
	uint32_t flags_mask, flags, os, type, subtype;
	uint64_t date;
	const struct pe_version_string *strings;
	size_t n_strings;
	const uint32_t *translations;	/* language << 16 | code page */
	size_t n_translations;
};
/* NOTFOUND: no version resource. */
struct err *pe_version(struct pe *pe, const struct pe_version **ret) MUST_USE;
const char *pe_version_string(const struct pe_version *v, const char *key); /* NULL: not there */

struct pe_load_config {
	uint32_t size;
	uint64_t security_cookie;	/* addresses as in the image: VAs, 0 absent */
	uint64_t se_handler_table, se_handler_count;	/* x86 */
	uint64_t guard_function_table, guard_function_count;
	uint32_t guard_flags;
	bool has_dynamic_relocs;	/* the loader patches code (retpoline, hybrid) */
	uint64_t loader_slots[8];	/* pointers the loader fills in: VAs */
	unsigned n_loader_slots;
};
struct err *pe_load_config(struct pe *pe, struct pe_load_config *ret) MUST_USE;

struct pe_tls {
	uint64_t start, end, index, callbacks;	/* VAs */
	uint32_t zero_fill, characteristics;
};
struct err *pe_tls(struct pe *pe, struct pe_tls *ret) MUST_USE;

/* --- filling memory from the file -------------------------------------------- */
/*
 * The bytes of an image file that are certain to be in memory at `base`:
 * headers and sections that are neither writable nor discardable, relocated
 * as the loader does, without what it fills in (import address table, guard
 * slots). Zero tails of those sections are SPACE_ZERO. A word whose relocation
 * is of a kind we do not know reads as FAULT. Kernel images whose load
 * configuration has dynamic relocations may have patched code in memory.
 *
 * Borrows the pe (a PE_FILE). The ranges' source lives as long as the result.
 * UNSUPPORTED: relocations were stripped and `base` is not the preferred one.
 */
struct pe_image;
struct err *pe_image_create(struct pe *file, uint64_t base, uint32_t tag, struct pe_image **ret) MUST_USE;
void pe_image_destroy(struct pe_image *image); /* accepts NULL */
DEFINE_CLEANUP_PTR(struct pe_image, pe_image_destroy)
const struct space_range *pe_image_ranges(const struct pe_image *image, size_t *ret_n);

#endif
