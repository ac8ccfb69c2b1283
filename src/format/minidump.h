/* SPDX-License-Identifier: MIT */
/*
 * Minidump (MDMP): what the minidump_*.c files share. Private to them.
 *
 * The container is a header, a directory of {type, size, rva} and the streams
 * it names; "rva" means an offset in the file. A stream is opened as a md_in:
 * a view of the bytes that are really in the file with a cursor of the file's
 * byte order. What a stream states beyond the file or beyond its own size is
 * cut off and remembered as a defect, so that a caller that reads what is
 * left reads what is there.
 */
#ifndef OSM_FORMAT_MINIDUMP_H
#define OSM_FORMAT_MINIDUMP_H

#include "base/map.h"
#include "format/dump_impl.h"

#include <inttypes.h>

/* Stream types; names and owners are in minidump_names.c. */
enum md_type {
	MD_UNUSED = 0,
	MD_THREAD_LIST = 3,
	MD_MODULE_LIST = 4,
	MD_MEMORY_LIST = 5,
	MD_EXCEPTION = 6,
	MD_SYSTEM_INFO = 7,
	MD_THREAD_EX_LIST = 8,
	MD_MEMORY64_LIST = 9,
	MD_COMMENT_A = 10,
	MD_COMMENT_W = 11,
	MD_HANDLE_DATA = 12,
	MD_FUNCTION_TABLE = 13,
	MD_UNLOADED_MODULE_LIST = 14,
	MD_MISC_INFO = 15,
	MD_MEMORY_INFO_LIST = 16,
	MD_THREAD_INFO_LIST = 17,
	MD_HANDLE_OPERATION_LIST = 18,
	MD_TOKEN = 19,
	MD_SYSTEM_MEMORY_INFO = 21,
	MD_PROCESS_VM_COUNTERS = 22,
	MD_THREAD_NAMES = 24,
	MD_CRASHPAD_INFO = 0x43500001,
	MD_BREAKPAD_INFO = 0x47670001,
	MD_ASSERTION_INFO = 0x47670002,
	MD_LINUX_CPU_INFO = 0x47670003,
	MD_LINUX_PROC_STATUS = 0x47670004,
	MD_LINUX_LSB_RELEASE = 0x47670005,
	MD_LINUX_CMD_LINE = 0x47670006,
	MD_LINUX_ENVIRON = 0x47670007,
	MD_LINUX_AUXV = 0x47670008,
	MD_LINUX_MAPS = 0x47670009,
	MD_LINUX_DSO_DEBUG = 0x4767000a,
	MD_MOZ_MAC_CRASH_INFO = 0x4d7a0001,
	MD_MOZ_MAC_BOOT_ARGS = 0x4d7a0002,
	MD_MOZ_LINUX_LIMITS = 0x4d7a0003,
	MD_MOZ_SOFT_ERRORS = 0x4d7a0004,
};

struct md_stream {
	uint32_t type;
	struct dump_piece piece; /* as stated, not yet held against the file */
};

struct minidump {
	struct dump d;
	struct md_stream *streams;
	size_t n_streams;
	struct md_maps *maps;	/* once read */
	struct u64map strings;	/* rva -> const char *: names are often shared */
	/* Overlapping strings could make a small file cost gigabytes. */
	uint64_t text_left;
	uint64_t notes_left; /* and so could lists inside lists */
};

static inline struct minidump *md_of(struct dump *d)
{
	return (struct minidump *)d;
}

/* A soft error; the text follows "file: ". */
#define MD_DEFECT(md, code, fmt, ...)                                          \
	dump_add_defect(&(md)->d, err_new((code), "%s: " fmt, (md)->d.src->name, __VA_ARGS__))

/* minidump_read.c */

struct md_in {
	struct view view;
	struct cursor c;
};
#define MD_IN_INIT { .view = VIEW_INIT }
void md_in_deinit(struct md_in *in);

/* Damage in one stream becomes a defect; no memory and Ctrl-C stay errors. */
struct err *md_soften(struct minidump *md, struct err *e) MUST_USE;

/* What of [rva, rva + size) is in the file; a piece of size 0 when nothing. */
struct dump_piece md_clip(const struct minidump *md, uint64_t rva, uint64_t size);
/* Opens such a range; a part that is missing is a defect, all of it an error. */
struct err *md_open(struct minidump *md, struct dump_piece piece, const char *what,
		    struct md_in *ret) MUST_USE;
/* The first stream of the type. False: there is none, or it is empty. */
bool md_find(const struct minidump *md, uint32_t type, struct dump_piece *ret);
/* md_find and md_open; *ret_found false (and no error) when there is none. */
struct err *md_open_stream(struct minidump *md, uint32_t type, struct md_in *ret,
			   bool *ret_found) MUST_USE;

/* An array of records inside a stream. */
struct md_array {
	uint64_t first;		/* position in the stream */
	uint64_t stride, count;
};
/* The i-th record (i < count). */
struct cursor md_item(const struct md_in *in, const struct md_array *a, uint64_t i);
/*
 * u32 count, then records. Some writers align the records to 8 bytes, and some
 * put a longer record into the list: the combination of size and gap that
 * fills the stream exactly wins, else sizes[0] without a gap. The count is cut
 * to what the stream has room for.
 */
struct err *md_counted(struct minidump *md, const struct md_in *in, const char *what,
		       const unsigned *sizes, size_t n_sizes, struct md_array *ret) MUST_USE;
/* u32 size of header, u32 size of record, then u32 or u64 count. */
struct err *md_headed(struct minidump *md, const struct md_in *in, const char *what,
		      unsigned min_record, bool count64, struct md_array *ret) MUST_USE;

/*
 * Strings at an rva: u32 length in bytes, then the text. Damage gives "" and a
 * defect; rva 0 gives "". NULL: no memory.
 */
const char *md_string(struct minidump *md, uint64_t rva, const char *what); /* UTF-16 */
const char *md_string8(struct minidump *md, uint64_t rva, const char *what); /* UTF-8 */
/* The next n bytes of c: UTF-16 up to its terminator. */
const char *md_utf16(struct minidump *md, struct cursor *c, uint64_t n);
/* n bytes of unknown 8-bit encoding, up to a terminator when there is one. */
const char *md_text(struct minidump *md, const void *bytes, uint64_t n);

/* minidump_names.c: never NULL; "" for a type that nobody documents */
const char *md_stream_name(uint32_t type);

/* minidump_facts.c: SystemInfo, MiscInfo and what Breakpad says of a process */
struct err *md_read_facts(struct minidump *md) MUST_USE;

/* minidump_memory.c */
struct err *md_segments(struct dump *d, struct dump_segment **ret, size_t *ret_n);
struct err *md_regions(struct dump *d, struct dump_region **ret, size_t *ret_n);

/* minidump_maps.c */
struct md_map_line {
	uint64_t start, end, offset;
	char perms[5];
	const char *path; /* owned by the dump */
};
struct md_maps {
	const struct md_map_line *v;
	size_t n;
};
/* The LinuxMaps stream, parsed once; empty when there is none. */
struct err *md_read_maps(struct minidump *md, const struct md_maps **ret) MUST_USE;
struct err *md_file_mappings(struct dump *d, struct dump_file_mapping **ret, size_t *ret_n);
struct err *md_auxv(struct dump *d, struct dump_auxv **ret, size_t *ret_n);

/* minidump_context.c */
struct md_context {
	enum context_layout layout;
	struct dump_piece general, xstate;
};
/* Finds out what the context is; `whose` is for messages. Damage: a defect. */
struct md_context md_context(struct minidump *md, struct dump_piece stated, const char *whose);

/* minidump_threads.c */
struct err *md_threads(struct dump *d, struct dump_thread **ret, size_t *ret_n);
struct err *md_exception(struct dump *d, struct dump_exception **ret);
/* The stack memory that thread records point to: {address, piece} by thread. */
struct md_stack {
	uint64_t address;
	struct dump_piece piece;
};
typedef VEC(struct md_stack) md_stacks;
struct err *md_read_stacks(struct minidump *md, md_stacks *ret) MUST_USE;

/* minidump_modules.c */
struct err *md_modules(struct dump *d, struct dump_module **ret, size_t *ret_n);
struct err *md_unloaded(struct dump *d, struct dump_unloaded **ret, size_t *ret_n);

/* minidump_strip.c */
struct err *md_strip(struct dump *d, struct strip_plan *p) MUST_USE;
/* Whether the comment says that the dump was stripped. */
struct err *md_read_stripped(struct minidump *md) MUST_USE;

/* minidump_handles.c */
struct err *md_handles(struct dump *d, struct dump_handle **ret, size_t *ret_n);

/* Annotations: key and value of every stream that has no list of its own. */
typedef VEC(struct dump_annotation) md_notes;
/* Strings are borrowed and must live as long as the dump. */
struct err *md_note(struct minidump *md, md_notes *notes, const char *kind, const char *key,
		    const char *value) MUST_USE;
struct err *md_notef(struct minidump *md, md_notes *notes, const char *kind, const char *key,
		     const char *fmt, ...) PRINTF(5, 6) MUST_USE;
struct err *md_annotations(struct dump *d, struct dump_annotation **ret, size_t *ret_n);
/* One file each adds its streams' part. */
struct err *md_notes_text(struct minidump *md, md_notes *notes) MUST_USE;	/* minidump_text.c */
struct err *md_notes_crashpad(struct minidump *md, md_notes *notes) MUST_USE;	/* minidump_crashpad.c */
struct err *md_notes_mozilla(struct minidump *md, md_notes *notes) MUST_USE;	/* minidump_mozilla.c */
struct err *md_notes_system(struct minidump *md, md_notes *notes) MUST_USE;	/* minidump_system.c */

#endif
