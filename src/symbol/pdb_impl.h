/* SPDX-License-Identifier: MIT */
/*
 * What the files of the PDB provider share.
 *
 * Two kinds of rva. "Place" (struct place and all tables) is in the layout
 * that the records speak of: of the original sections where the image was
 * rearranged afterwards (OMAP). An rva that goes in or out of the provider is
 * in the final image; pdb_to_source and pdb_from_source convert. Without OMAP
 * they are the same.
 */
#ifndef OSM_SYMBOL_PDB_IMPL_H
#define OSM_SYMBOL_PDB_IMPL_H

#include "base/cancel.h"
#include "base/map.h"
#include "base/vec.h"
#include "symbol/msf.h"
#include "symbol/pdb.h"
#include "symbol/pdb_cv.h"

enum {
	PDB_STREAM_INFO = 1,
	PDB_STREAM_TPI = 2,
	PDB_STREAM_DBI = 3,
	PDB_STREAM_IPI = 4,
	PDB_NO_STREAM = 0xffff,
	PDB_MAX_SCOPES = 128,	/* nesting of blocks and inline sites */
};

/* A range of a stream. */
struct pdb_range {
	uint32_t stream;
	uint64_t offset, size;
};

/* Streams of the optional debug header */
enum pdb_debug_stream {
	PDB_DEBUG_FPO,
	PDB_DEBUG_OMAP_TO = 3,
	PDB_DEBUG_OMAP_FROM = 4,
	PDB_DEBUG_SECTIONS = 5,
	PDB_DEBUG_NEW_FPO = 9,
	PDB_DEBUG_ORIGINAL_SECTIONS = 10,
	PDB_N_DEBUG = 11,
};

struct pdb_section {
	uint32_t rva, size, flags;
};

/* A line table entry; `file`: offset of the file's record in the checksums. */
struct pdb_line {
	uint32_t rva, file, line, order;
	uint16_t column;
};

/* The lines of one contribution (DEBUG_S_LINES), decoded when first hit. */
struct pdb_lines {
	uint32_t rva, size;
	uint32_t offset, end;	/* in the module's stream: after the header */
	bool has_columns, decoded;
	struct pdb_line *v;	/* sorted by rva */
	uint32_t n;
};

enum pdb_code_kind { PDB_CODE_PROC, PDB_CODE_THUNK, PDB_CODE_SEPARATED, PDB_CODE_TRAMPOLINE, PDB_CODE_LABEL };

/* Named code of a module. */
struct pdb_code {
	uint32_t rva, size;
	uint32_t offset;	/* of the record in the module's stream */
	enum pdb_code_kind kind;
};

struct pdb_inlinee {
	uint32_t id, file, line;
};

struct pdb_module {
	const char *name;	/* object file, borrowed from the DBI stream */
	uint32_t stream;	/* PDB_NO_STREAM: no symbols */
	uint32_t symbols_size, c11_size, c13_size;
	bool has_code, has_lines, has_inlinees;	/* these tables were read */
	VEC(struct pdb_code) code;		/* sorted by rva */
	VEC(struct pdb_lines) lines;		/* sorted by rva */
	VEC(struct pdb_inlinee) inlinees;	/* sorted by id */
	struct pdb_range checksums;
};

/* Hash of the global or public symbols (GSI) */
struct pdb_gsi {
	bool known, usable;
	struct pdb_range records, buckets;
	uint32_t n_records;
	uint32_t n_buckets;
	uint32_t bitmap[129];
};

/* Type information stream: TPI or IPI */
struct pdb_tpi {
	bool known, usable;
	uint32_t stream;
	uint32_t begin, end;		/* type indices */
	uint32_t header_size, bytes;	/* records: [header_size, +bytes) */
	uint32_t hash_stream, hash_key_size, n_hash_buckets;
	uint32_t hash_offset, hash_size, index_offset, index_size, adjust_offset, adjust_size;
	uint32_t *offsets;	/* of each record + 1; 0: not known yet, UINT32_MAX: damaged */
	bool chained, no_hash;
	uint32_t *heads, *next;		/* hash chains: record number + 1; 0 ends */
};

struct pdb_data_symbol {
	uint32_t rva, offset;
};

struct pdb {
	struct provider p; /* first */
	struct source *src;
	struct msf *msf;
	struct pdb_identity identity;
	struct arena arena;	/* strings that live as long as the provider */

	/* DBI header */
	bool has_dbi;
	uint32_t global_stream, public_stream, record_stream;
	struct pdb_range modules_range, contributions, files;
	uint32_t debug_streams[PDB_N_DEBUG];

	bool modules_known;
	VEC(struct pdb_module) modules;

	bool sections_known;
	VEC(struct pdb_section) sections;	/* that the records speak of */
	bool has_omap;

	bool names_known;
	uint32_t names_stream;			/* PDB_NO_STREAM: none */
	uint32_t names_size;			/* of the string bytes, from offset 12 */

	struct pdb_gsi globals, publics;
	struct pdb_range address_map;		/* of the publics */

	bool data_known;
	VEC(struct pdb_data_symbol) data;	/* private data, sorted by rva */
	bool names_mapped;
	struct strmap public_names;		/* display name -> record offset + 1 */
	struct u64map display;			/* record -> display name */

	struct pdb_tpi tpi, ipi;
	bool types_mapped;
	struct strmap type_names;		/* name, no case -> index */
	struct u64map definitions;		/* forward reference -> index + 1 */
	struct u64map func_names;		/* IPI id -> name */
};

static inline struct pdb *pdb_of(struct provider *p)
{
	return (struct pdb *)p;
}

/* --- pdb_dbi.c: headers, modules, sections, addresses -------------------------- */
struct err *pdb_read_dbi(struct pdb *pdb) MUST_USE;
struct err *pdb_range_cursor(struct pdb *pdb, struct pdb_range r, struct cursor *ret) MUST_USE;
struct err *pdb_load_modules(struct pdb *pdb) MUST_USE;
struct err *pdb_load_sections(struct pdb *pdb) MUST_USE;
/* false: no such section */
bool pdb_place(struct pdb *pdb, uint32_t section, uint32_t offset, uint32_t *ret);
/* Section number (from 1) and offset of a place. */
bool pdb_section_of(struct pdb *pdb, uint32_t place, uint32_t *ret_section, uint32_t *ret_offset);
bool pdb_to_source(struct pdb *pdb, uint64_t rva, uint32_t *ret);
bool pdb_from_source(struct pdb *pdb, uint32_t place, uint64_t *ret);
/* The addresses around rva that places [start, end) became, as far as they are
 * still together. Size 0: rva is not one of them. */
void pdb_extent(struct pdb *pdb, uint64_t rva, uint32_t start, uint32_t end, uint64_t *ret_rva,
		uint64_t *ret_size);
/* The module whose contribution holds the place. NOTFOUND. */
struct err *pdb_module_at(struct pdb *pdb, uint32_t place, struct pdb_module **ret,
			  uint32_t *ret_start, uint32_t *ret_end) MUST_USE;
/* A string of the /names stream; "" where there is none. */
struct err *pdb_string(struct pdb *pdb, uint32_t offset, const char **ret) MUST_USE;
/* Stream by name; PDB_NO_STREAM. */
uint32_t pdb_named_stream(struct pdb *pdb, const char *name);

/* --- pdb_symbols.c: the records of a module ------------------------------------- */
/* The next record as a cursor over its content (after the kind). False at the end
 * or when the records are damaged. `at`: offset of the record; advanced. */
bool pdb_next_record(struct cursor *records, uint16_t *kind, struct cursor *content, uint32_t *at);
/* All records of the module; cursor offsets are offsets in its stream. */
struct err *pdb_module_records(struct pdb *pdb, const struct pdb_module *m, struct cursor *ret) MUST_USE;
/* One record at a known offset of any symbol stream. */
struct err *pdb_record_at(struct pdb *pdb, uint32_t stream, uint32_t offset, uint16_t *kind,
			  struct cursor *ret) MUST_USE;
/* Name at the cursor: terminated, or with its length in front (_ST records). */
const char *pdb_record_name(struct pdb *pdb, struct cursor *c, uint16_t kind);

/* What S_BLOCK32 and its kin say of their end, and going there. */
uint32_t pdb_end_of_scope(struct cursor content);
void pdb_seek_record(struct cursor *records, uint32_t at, uint32_t target);

struct pdb_proc {
	uint32_t place, size, type;
	uint32_t body, epilog;	/* offsets: behind the prolog, and the last one's start */
	uint32_t end;		/* offset of its S_END in the module's stream */
	bool type_is_id;	/* type is an IPI index */
	const char *name;
};
bool pdb_is_proc(uint16_t kind);
bool pdb_read_proc(struct pdb *pdb, uint16_t kind, struct cursor c, struct pdb_proc *ret);
struct err *pdb_load_code(struct pdb *pdb, struct pdb_module *m) MUST_USE;
/* The procedure that holds the place; NOTFOUND. */
struct err *pdb_proc_at(struct pdb *pdb, uint32_t place, struct pdb_module **ret_module,
			struct pdb_proc *ret, uint32_t *ret_offset) MUST_USE;
struct err *pdb_code_symbol(struct pdb *pdb, struct pdb_module *m, const struct pdb_code *code,
			    struct symbol *ret) MUST_USE;
struct err *pdb_symbol_at(struct provider *p, uint64_t rva, struct symbol *ret) MUST_USE;

/* --- pdb_globals.c: global and public symbols ------------------------------------ */
struct err *pdb_public_at(struct pdb *pdb, uint32_t place, uint32_t *ret_place, struct symbol *ret) MUST_USE;
/* Assembler's and some compilers' procedures have decorated names: undecorated. */
const char *pdb_private_name(struct pdb *pdb, const char *name);
/* The linker's own name of what starts at the place. */
struct err *pdb_public_raw(struct pdb *pdb, uint32_t place, const char **ret) MUST_USE;
struct err *pdb_data_at(struct pdb *pdb, uint32_t place, uint32_t *ret_place, struct symbol *ret) MUST_USE;
struct err *pdb_symbol_named(struct provider *p, const char *name, struct symbol *ret) MUST_USE;
struct err *pdb_symbols(struct provider *p, const char *pattern, symbol_visitor *v, void *arg) MUST_USE;
/* The type a global S_UDT gives to the name; 0: none. */
struct err *pdb_udt_named(struct pdb *pdb, const char *name, uint32_t *ret) MUST_USE;
typedef bool pdb_udt_visitor(void *arg, const char *name, uint32_t type);
struct err *pdb_udts(struct pdb *pdb, pdb_udt_visitor *v, void *arg) MUST_USE;
uint32_t pdb_hash_name(const char *name, size_t n);

/* --- pdb_tpi.c: records of the type streams --------------------------------------- */
struct err *pdb_tpi_load(struct pdb *pdb, struct pdb_tpi *t, uint32_t stream) MUST_USE;
struct err *pdb_type_record(struct pdb *pdb, uint32_t index, uint16_t *leaf, struct cursor *ret) MUST_USE;
struct err *pdb_id_record(struct pdb *pdb, uint32_t index, uint16_t *leaf, struct cursor *ret) MUST_USE;
/* Visits the records a name hashes to, newest first; true from the visitor stops. */
typedef bool pdb_chain_visitor(void *arg, uint32_t index, uint16_t leaf, struct cursor *c);
struct err *pdb_tpi_chain(struct pdb *pdb, const char *name, pdb_chain_visitor *v, void *arg) MUST_USE;
/* A number that is either below 0x8000 or led by its kind. */
struct pdb_number {
	bool is_signed, is_integer;
	uint64_t value;
};
struct pdb_number pdb_read_number(struct cursor *c);

/* --- pdb_types.c ------------------------------------------------------------------ */
struct type_ref pdb_type_ref(struct pdb *pdb, uint32_t index);
bool pdb_simple_type(struct pdb *pdb, uint32_t index, struct type_info *ret);
uint32_t pdb_simple_named(const char *name);
struct err *pdb_type_info(struct provider *p, uint64_t id, struct type_info *ret) MUST_USE;
struct err *pdb_type_named(struct provider *p, const char *name, struct type_ref *ret) MUST_USE;
struct err *pdb_types(struct provider *p, const char *pattern, type_visitor *v, void *arg) MUST_USE;
struct err *pdb_type_members(struct provider *p, uint64_t id, struct arena *a,
			     struct type_member **ret, size_t *ret_n) MUST_USE;
struct err *pdb_type_enumerators(struct provider *p, uint64_t id, struct arena *a,
				 struct type_enumerator **ret, size_t *ret_n) MUST_USE;
struct err *pdb_type_params(struct provider *p, uint64_t id, struct arena *a,
			    struct type_ref **ret, size_t *ret_n) MUST_USE;
/* Bytes of a type, 0 when not known. */
uint64_t pdb_type_size(struct pdb *pdb, uint32_t index);
/* Number of parameters of a function type, `this` included. */
uint32_t pdb_n_params(struct pdb *pdb, uint32_t type);
/* Index of the field list of a class, union or enum (definition looked up). */
struct err *pdb_field_list(struct pdb *pdb, uint32_t index, uint32_t *ret) MUST_USE;

/* --- pdb_lines.c ------------------------------------------------------------------ */
struct err *pdb_load_lines(struct pdb *pdb, struct pdb_module *m) MUST_USE;
struct err *pdb_load_inlinees(struct pdb *pdb, struct pdb_module *m) MUST_USE;
/* Name of the file whose checksum record is at `offset`. */
struct err *pdb_file_name(struct pdb *pdb, const struct pdb_module *m, uint32_t offset,
			  const char **ret) MUST_USE;
struct err *pdb_line_at(struct provider *p, uint64_t rva, struct source_line *ret) MUST_USE;
struct err *pdb_line_named(struct provider *p, const char *file, uint32_t line, line_visitor *v,
			   void *arg) MUST_USE;

/* --- pdb_inline.c ------------------------------------------------------------------ */
struct err *pdb_inlines_at(struct provider *p, uint64_t rva, struct arena *a,
			   struct inline_site **ret, size_t *ret_n) MUST_USE;
/* "ns::Class::function" of an IPI id. */
struct err *pdb_func_name(struct pdb *pdb, uint32_t id, const char **ret) MUST_USE;

/* --- pdb_locals.c ------------------------------------------------------------------ */
struct err *pdb_locals(struct provider *p, const struct frame_context *f, struct arena *a,
		       struct variable **ret, size_t *ret_n) MUST_USE;

/* --- pdb_registers.c --------------------------------------------------------------- */
/* A CodeView register: which of the arch's, and which part of it. */
struct pdb_register {
	uint8_t index;		/* ARCH_NO_REG: not an integer register: name says which */
	uint8_t shift, bits;
	char name[12];
};
bool pdb_register(enum machine m, uint32_t cv, struct pdb_register *ret);
/* Address that frame-relative records of x86 count from ($T0 of FRAMEDATA). */
bool pdb_x86_vframe(struct pdb *pdb, const struct frame_context *f, uint64_t *ret);
enum { CV_REG_VFRAME = 30006 };

/* --- pdb_frame.c ------------------------------------------------------------------- */
struct err *pdb_param_size(struct provider *p, uint64_t rva, uint32_t *ret) MUST_USE;
struct err *pdb_x86_frame(struct provider *p, uint64_t rva, struct x86_frame_data *ret) MUST_USE;

/* --- pdb_frameproc.c --------------------------------------------------------------- */
struct pdb_frameproc {
	uint32_t size, saved, flags;		/* saved: bytes of pushed registers */
	uint32_t local_base, param_base;	/* CodeView registers, 0: none */
};
/* The S_FRAMEPROC of the procedure whose records these are, up to its end. */
bool pdb_find_frameproc(struct pdb *pdb, struct cursor records, uint32_t end,
			struct pdb_frameproc *ret);
struct err *pdb_fixed_frame(struct provider *p, uint64_t rva, struct fixed_frame *ret) MUST_USE;

#endif
