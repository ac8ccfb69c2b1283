/* SPDX-License-Identifier: MIT */
/*
 * Debug directory of a PE image and CodeView records: which PDB belongs to it.
 *
 * Layout: "PE Format", section .debug; RSDS and NB10 records as described
 * there and in microsoft-pdb. The entries' raw data are found by file offset
 * in a file (entries of rva 0 are not mapped) and by RVA in memory.
 */
#include "symbol/pe_impl.h"

#include <inttypes.h>
#include <string.h>

enum {
	DEBUG_ENTRY_SIZE = 28,
	DEBUG_TYPE_CODEVIEW = 2,
	MAX_DEBUG_ENTRIES = 256,
	MAX_CODEVIEW = 0x2000,
	MAGIC_RSDS = 0x53445352,
	MAGIC_NB10 = 0x3031424e,
};

static const char *type_name(uint32_t type)
{
	static const char *const names[] = {
		[0] = "UNKNOWN", [1] = "COFF", [2] = "CODEVIEW", [3] = "FPO", [4] = "MISC",
		[5] = "EXCEPTION", [6] = "FIXUP", [7] = "OMAP_TO_SRC", [8] = "OMAP_FROM_SRC",
		[9] = "BORLAND", [10] = "RESERVED10", [11] = "CLSID", [12] = "VC_FEATURE",
		[13] = "POGO", [14] = "ILTCG", [15] = "MPX", [16] = "REPRO",
		[17] = "EMBEDDED_PORTABLE_PDB", [18] = "SPGO", [19] = "PDB_CHECKSUM",
		[20] = "EX_DLLCHARACTERISTICS", [21] = "PERFMAP",
	};

	return type < ARRAY_SIZE(names) ? names[type] : "UNKNOWN";
}

static void parse_entry(struct cursor *c, struct pe_debug_entry *ret)
{
	cursor_skip(c, 4);
	ret->timestamp = cursor_u32(c);
	ret->major = cursor_u16(c);
	ret->minor = cursor_u16(c);
	ret->type = cursor_u32(c);
	ret->type_name = type_name(ret->type);
	ret->size = cursor_u32(c);
	ret->rva = cursor_u32(c);
	ret->offset = cursor_u32(c);
}

static struct err *read_entries(struct pe *pe)
{
	CLEANUP(view_deinit) struct view view = VIEW_INIT;
	struct cursor c;
	size_t n = 0;

	TRY(pe_directory_cursor(pe, PE_DIR_DEBUG, "debug directory",
				MAX_DEBUG_ENTRIES * DEBUG_ENTRY_SIZE, &view, &c));
	n = (size_t)(cursor_left(&c) / DEBUG_ENTRY_SIZE);
	pe->debug = ARENA_NEW_N(&pe->arena, struct pe_debug_entry, n);
	if (!pe->debug)
		return err_nomem();
	for (size_t i = 0; i < n; i++)
		parse_entry(&c, &pe->debug[i]);
	pe->n_debug = n;
	return NULL;
}

struct err *pe_debug_entries(struct pe *pe, const struct pe_debug_entry **ret, size_t *ret_n)
{
	struct err *e;

	if (!pe->debug_read) {
		e = read_entries(pe);
		if (e && err_code(e) != ERR_NOTFOUND)
			return e;
		err_free(e);
		pe->debug_read = true;
	}
	*ret = pe->debug;
	*ret_n = pe->n_debug;
	return NULL;
}

struct err *pe_parse_codeview(const char *name, const uint8_t *bytes, size_t size,
			      struct pe_codeview *ret, struct strbuf *path_copy)
{
	struct cursor c = cursor_init(name, bytes, size, 0);
	struct pe_codeview cv = { 0 };
	uint32_t magic = cursor_u32(&c);
	const char *path;

	if (magic == MAGIC_RSDS) {
		cv.kind = PE_CODEVIEW_RSDS;
		cursor_copy(&c, cv.guid, sizeof(cv.guid));
	} else if (magic == MAGIC_NB10) {
		cv.kind = PE_CODEVIEW_NB10;
		cursor_skip(&c, 4); /* offset */
		cv.signature = cursor_u32(&c);
	} else if (cursor_ok(&c)) {
		return err_new(ERR_UNSUPPORTED, "%s: CodeView record of kind 0x%08x", name, magic);
	}
	cv.age = cursor_u32(&c);
	TRY(cursor_check(&c, "CodeView record"));
	/* The path may lack its terminator: it ends with the record. */
	path = (const char *)bytes + c.pos;
	strbuf_reset(path_copy);
	strbuf_add_utf8(path_copy, path, strnlen(path, (size_t)cursor_left(&c)));
	TRY(strbuf_check(path_copy));
	cv.path = path_copy->s;
	*ret = cv;
	return NULL;
}

/* The raw data of an entry; fewer bytes than it says are an error. */
static struct err *entry_data(struct pe *pe, const struct pe_debug_entry *d, uint8_t *buf, size_t *ret_n)
{
	size_t n = d->size < MAX_CODEVIEW ? d->size : MAX_CODEVIEW;

	if (pe->layout == PE_FILE && d->offset)
		TRY(source_read(pe->src, d->offset, buf, n));
	else if (d->rva)
		TRY(pe_read(pe, d->rva, buf, n));
	else
		return err_new(ERR_NOTFOUND, "%s: debug data are not mapped", pe->src->name);
	*ret_n = n;
	return NULL;
}

static struct err *read_codeview(struct pe *pe, const struct pe_debug_entry *d)
{
	CLEANUP(strbuf_deinit) struct strbuf path = STRBUF_INIT;
	uint8_t buf[MAX_CODEVIEW];
	struct pe_codeview cv;
	size_t n = 0;

	TRY(entry_data(pe, d, buf, &n));
	TRY(pe_parse_codeview(pe->src->name, buf, n, &cv, &path));
	cv.path = arena_strdup(&pe->arena, path.s);
	if (!cv.path)
		return err_nomem();
	pe->codeview = cv;
	pe->has_codeview = true;
	return NULL;
}

struct err *pe_codeview(struct pe *pe, struct pe_codeview *ret)
{
	CLEANUP(err_freep) struct err *first = NULL;
	const struct pe_debug_entry *d;
	size_t n = 0;

	TRY(pe_debug_entries(pe, &d, &n));
	for (size_t i = 0; i < n && !pe->has_codeview; i++) {
		struct err *e = d[i].type == DEBUG_TYPE_CODEVIEW ? read_codeview(pe, &d[i]) : NULL;

		if (first)
			err_free(e);
		else
			first = e;
	}
	if (pe->has_codeview) {
		*ret = pe->codeview;
		return NULL;
	}
	if (first)
		return TAKE_PTR(first);
	return err_new(ERR_NOTFOUND, "%s: no CodeView record", pe->src->name);
}
