/* SPDX-License-Identifier: MIT */
/* Inside of a struct pe: for the files pe_*.c only. */
#ifndef OSM_SYMBOL_PE_IMPL_H
#define OSM_SYMBOL_PE_IMPL_H

#include "base/arena.h"
#include "base/cursor.h"
#include "base/map.h"
#include "symbol/pe.h"

struct pe_export_table;

struct pe {
	struct source *src;
	enum pe_layout layout;
	struct pe_headers h;
	struct pe_section *sections;
	struct arena arena;		/* all strings and tables, limited */
	struct u64map strings;		/* RVA -> string in the arena */
	struct u64map shown;		/* export -> its name as shown, where that is another */
	struct pe_export_table *exports; /* in the arena; NULL: not read yet */
	struct pe_version *version;
	struct pe_debug_entry *debug;
	size_t n_debug;
	bool debug_read;
	bool has_codeview;
	struct pe_codeview codeview;
};

/* A piece of the image: where the bytes at an RVA are. */
struct pe_piece {
	uint64_t offset, size;	/* in the source; size > 0 */
	bool zero;		/* no bytes: zero by definition */
};
/* The piece that starts at rva; false: rva is not in the image's file. */
bool pe_piece_at(const struct pe *pe, uint64_t rva, struct pe_piece *ret);
/* Bytes of a section that come from the file, counted from its rva. */
uint64_t pe_section_file_bytes(const struct pe *pe, const struct pe_section *s);
/* Bytes of a section in memory: whole pages. */
uint64_t pe_section_extent(const struct pe_section *s);

/* A range as a cursor whose offsets are RVAs: no copy where it lies in one
 * piece of a mapped source. view_deinit when done. */
struct err *pe_cursor(struct pe *pe, uint64_t rva, uint64_t len, struct view *ret_view,
		      struct cursor *ret) MUST_USE;
/* Terminated string at rva, made valid UTF-8, in the pe's arena, once. */
struct err *pe_string(struct pe *pe, uint64_t rva, const char **ret) MUST_USE;
/* The directory's table as a cursor. NOTFOUND: there is none. `limit` cuts it. */
struct err *pe_directory_cursor(struct pe *pe, enum pe_directory_index i, const char *what,
				uint64_t limit, struct view *ret_view, struct cursor *ret) MUST_USE;

#endif
