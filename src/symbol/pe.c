/* SPDX-License-Identifier: MIT */
/*
 * PE headers, and the way from an RVA to bytes.
 *
 * Layout: "PE Format" (learn.microsoft.com/windows/win32/debug/pe-format) and
 * winnt.h. How the loader maps a section (raw offsets rounded down to 512,
 * raw data cut at the section's last page, the rest zero) was observed on
 * images whose fields are not aligned.
 */
#include "symbol/pe_impl.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum {
	DOS_MAGIC = 0x5a4d,
	PE_MAGIC = 0x4550,
	MAGIC_PE32 = 0x10b,
	MAGIC_PE32_PLUS = 0x20b,
	PAGE = 0x1000,
	MAX_SECTIONS = 1024,	/* the loader takes 96 */
	MAX_STRING = 0x4000,
};

enum { ARENA_LIMIT = 64 << 20 };

static uint64_t align_up(uint64_t v, uint64_t a)
{
	return (v + a - 1) / a * a;
}

static uint64_t min_u64(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

static enum machine machine_of(uint16_t raw)
{
	switch (raw) {
	case 0x014c: return MACHINE_X86;
	case 0x8664: return MACHINE_X64;
	case 0xaa64: case 0xa641: case 0xa64e: return MACHINE_ARM64; /* also ARM64EC, ARM64X */
	case 0x01c0: case 0x01c2: case 0x01c4: return MACHINE_ARM;
	case 0x0166: case 0x0162: case 0x0168: case 0x0169: return MACHINE_MIPS;
	case 0x01f0: case 0x01f1: return MACHINE_PPC;
	case 0x5064: return MACHINE_RISCV64;
	case 0x6264: return MACHINE_LOONGARCH64;
	default: return MACHINE_UNKNOWN;
	}
}

/* --- pieces ------------------------------------------------------------------ */

uint64_t pe_section_extent(const struct pe_section *s)
{
	return align_up(s->virtual_size ? s->virtual_size : s->raw_size, PAGE);
}

static uint64_t raw_start(const struct pe *pe, const struct pe_section *s)
{
	return pe->h.section_alignment >= PAGE ? s->raw_offset & ~(uint64_t)511 : s->raw_offset;
}

uint64_t pe_section_file_bytes(const struct pe *pe, const struct pe_section *s)
{
	uint64_t start = raw_start(pe, s);

	if (!s->raw_offset || start >= pe->src->size)
		return 0;
	return min_u64(min_u64(s->raw_size, pe_section_extent(s)), pe->src->size - start);
}

const struct pe_section *pe_section_at(const struct pe *pe, uint64_t rva)
{
	for (unsigned i = 0; i < pe->h.n_sections; i++) {
		const struct pe_section *s = &pe->sections[i];

		if (rva >= s->rva && rva - s->rva < pe_section_extent(s))
			return s;
	}
	return NULL;
}

static bool file_piece(const struct pe *pe, uint64_t rva, struct pe_piece *ret)
{
	const struct pe_section *s = pe_section_at(pe, rva);
	uint64_t headers = min_u64(pe->h.size_of_headers, pe->src->size), in, bytes;

	if (!s) {
		*ret = (struct pe_piece){ .offset = rva, .size = rva < headers ? headers - rva : 0 };
		return ret->size;
	}
	in = rva - s->rva;
	bytes = pe_section_file_bytes(pe, s);
	if (in < bytes)
		*ret = (struct pe_piece){ .offset = raw_start(pe, s) + in, .size = bytes - in };
	else if (s->raw_offset && bytes < min_u64(s->raw_size, pe_section_extent(s)))
		return false; /* a truncated file: there should be bytes */
	else
		*ret = (struct pe_piece){ .zero = true, .size = pe_section_extent(s) - in };
	return true;
}

bool pe_piece_at(const struct pe *pe, uint64_t rva, struct pe_piece *ret)
{
	if (pe->layout == PE_FILE)
		return file_piece(pe, rva, ret);
	if (rva >= pe->src->size)
		return false;
	*ret = (struct pe_piece){ .offset = rva, .size = pe->src->size - rva };
	return true;
}

/* --- reading ------------------------------------------------------------------ */

/* A source with holes answers all or nothing: ask page by page. */
static size_t read_pages(struct source *src, uint64_t offset, uint8_t *buf, size_t len)
{
	size_t done = 0;

	while (done < len) {
		size_t n = PAGE - (size_t)((offset + done) % PAGE);

		if (n > len - done)
			n = len - done;
		if (source_read_some(src, offset + done, buf + done, n) != n)
			break;
		done += n;
	}
	return done;
}

static size_t read_piece(struct pe *pe, const struct pe_piece *piece, uint8_t *buf, size_t len)
{
	size_t n = (size_t)min_u64(len, piece->size);

	if (piece->zero) {
		memset(buf, 0, n);
		return n;
	}
	if (source_read_some(pe->src, piece->offset, buf, n) == n)
		return n;
	return read_pages(pe->src, piece->offset, buf, n);
}

size_t pe_read_some(struct pe *pe, uint64_t rva, void *buf, size_t len)
{
	struct pe_piece piece;
	size_t done = 0;

	while (done < len && pe_piece_at(pe, rva + done, &piece)) {
		size_t want = (size_t)min_u64(len - done, piece.size);
		size_t n = read_piece(pe, &piece, (uint8_t *)buf + done, want);

		done += n;
		if (n < want)
			break;
	}
	return done;
}

struct err *pe_read(struct pe *pe, uint64_t rva, void *buf, size_t len)
{
	size_t n = pe_read_some(pe, rva, buf, len);

	if (n == len)
		return NULL;
	return err_prefix(err_fault(rva + n), "%s: rva 0x%" PRIx64, pe->src->name, rva + n);
}

struct err *pe_cursor(struct pe *pe, uint64_t rva, uint64_t len, struct view *ret_view,
		      struct cursor *ret)
{
	struct pe_piece piece;
	struct view view = VIEW_INIT;
	struct err *e;

	if (pe->src->map && pe_piece_at(pe, rva, &piece) && !piece.zero && piece.size >= len) {
		TRY(source_view(pe->src, piece.offset, len, &view));
	} else {
		if (len > ARENA_LIMIT)
			return err_new(ERR_CORRUPT, "%s: table of 0x%" PRIx64 " bytes at rva 0x%" PRIx64,
				       pe->src->name, len, rva);
		view.copy = malloc(len ? len : 1);
		if (!view.copy)
			return err_nomem();
		e = pe_read(pe, rva, view.copy, len);
		if (e) {
			view_deinit(&view);
			return e;
		}
		view.data = view.copy;
		view.size = len;
	}
	*ret = cursor_init(pe->src->name, view.data, len, rva);
	*ret_view = view;
	return NULL;
}

struct err *pe_directory_cursor(struct pe *pe, enum pe_directory_index i, const char *what,
				uint64_t limit, struct view *ret_view, struct cursor *ret)
{
	struct pe_directory d = pe_directory(pe, i);

	if (!d.rva || !d.size)
		return err_new(ERR_NOTFOUND, "%s: no %s", pe->src->name, what);
	return err_prefix(pe_cursor(pe, d.rva, min_u64(d.size, limit), ret_view, ret), "%s", what);
}

static struct err *read_string(struct pe *pe, uint64_t rva, const char **ret)
{
	CLEANUP(strbuf_deinit) struct strbuf sb = STRBUF_INIT;
	char chunk[128], *copy;
	size_t n, len;

	/* When the arena is full, a hostile table must not make us read on. */
	if (pe->arena.total > ARENA_LIMIT - 2 * MAX_STRING)
		return err_nomem();
	for (uint64_t at = rva;; at += n) {
		n = pe_read_some(pe, at, chunk, sizeof(chunk));
		len = n ? strnlen(chunk, n) : 0;
		strbuf_add_utf8(&sb, chunk, len);
		if (len < n)
			break;
		if (n < sizeof(chunk))
			return err_prefix(err_fault(at + n), "%s: string at rva 0x%" PRIx64,
					  pe->src->name, rva);
		if (sb.len > MAX_STRING)
			return err_new(ERR_CORRUPT, "%s: string at rva 0x%" PRIx64 " does not end",
				       pe->src->name, rva);
	}
	TRY(strbuf_check(&sb));
	copy = arena_strdup(&pe->arena, sb.s);
	if (!copy || !u64map_put(&pe->strings, rva, copy))
		return err_nomem();
	*ret = copy;
	return NULL;
}

struct err *pe_string(struct pe *pe, uint64_t rva, const char **ret)
{
	const char *known = u64map_get(&pe->strings, rva);

	if (!known)
		return read_string(pe, rva, ret);
	*ret = known;
	return NULL;
}

/* --- headers ------------------------------------------------------------------- */

/* Bytes of the header area, before sections are known. */
static struct err *header_bytes(struct pe *pe, uint64_t offset, void *buf, size_t len, const char *what)
{
	size_t n = read_pages(pe->src, offset, buf, len);

	if (n == len)
		return NULL;
	if (pe->layout == PE_MEMORY && offset + n < pe->src->size)
		return err_prefix(err_fault(offset + n), "%s: %s", pe->src->name, what);
	return err_new(ERR_TRUNCATED, "%s: %s at offset 0x%" PRIx64 ": %zu bytes expected, %zu left",
		       pe->src->name, what, offset, len, n);
}

static struct err *find_nt_headers(struct pe *pe)
{
	uint8_t bytes[64] = { 0 };
	struct cursor c = cursor_init(pe->src->name, bytes, sizeof(bytes), 0);
	uint16_t magic;

	TRY(header_bytes(pe, 0, bytes, sizeof(bytes), "DOS header"));
	magic = cursor_u16(&c);
	if (magic != DOS_MAGIC)
		return err_new(ERR_CORRUPT, "%s: no PE image: magic 0x%04x at offset 0, expected 0x%04x (MZ)",
			       pe->src->name, magic, DOS_MAGIC);
	cursor_seek(&c, 0x3c);
	pe->h.nt_headers_offset = cursor_u32(&c);
	return NULL;
}

/* File header; the sizes of what follows it. */
static struct err *parse_file_header(struct pe *pe, uint16_t *ret_sections, uint16_t *ret_optional)
{
	uint8_t bytes[24] = { 0 };
	struct cursor c = cursor_init(pe->src->name, bytes, sizeof(bytes), pe->h.nt_headers_offset);
	uint32_t magic;

	TRY(header_bytes(pe, pe->h.nt_headers_offset, bytes, sizeof(bytes), "PE header"));
	magic = cursor_u32(&c);
	if (magic != PE_MAGIC)
		return err_new(ERR_CORRUPT,
			       "%s: no PE image: signature 0x%08x at offset 0x%x, expected 0x%08x",
			       pe->src->name, magic, pe->h.nt_headers_offset, PE_MAGIC);
	pe->h.machine_raw = cursor_u16(&c);
	pe->h.machine = machine_of(pe->h.machine_raw);
	*ret_sections = cursor_u16(&c);
	pe->h.timestamp = cursor_u32(&c);
	cursor_skip(&c, 8); /* COFF symbols */
	*ret_optional = cursor_u16(&c);
	pe->h.characteristics = cursor_u16(&c);
	return NULL;
}

static void parse_versions(struct cursor *c, struct pe_headers *h)
{
	h->os_major = cursor_u16(c);
	h->os_minor = cursor_u16(c);
	h->image_major = cursor_u16(c);
	h->image_minor = cursor_u16(c);
	h->subsystem_major = cursor_u16(c);
	h->subsystem_minor = cursor_u16(c);
}

static void parse_directories(struct cursor *c, struct pe_headers *h)
{
	uint32_t n = cursor_u32(c);

	if (n > PE_N_DIRS)
		n = PE_N_DIRS;
	if (n > cursor_left(c) / 8)
		n = (uint32_t)(cursor_left(c) / 8);
	h->n_directories = n;
	for (uint32_t i = 0; i < n; i++) {
		h->directories[i].rva = cursor_u32(c);
		h->directories[i].size = cursor_u32(c);
	}
}

static struct err *parse_optional(struct cursor *c, struct pe_headers *h)
{
	uint16_t magic = cursor_u16(c);
	unsigned word;

	if (magic != MAGIC_PE32 && magic != MAGIC_PE32_PLUS)
		return cursor_corrupt(c, "optional header magic 0x%x, expected 0x%x or 0x%x", magic,
				      MAGIC_PE32, MAGIC_PE32_PLUS);
	h->is_64 = magic == MAGIC_PE32_PLUS;
	word = h->is_64 ? 8 : 4;
	h->linker_major = cursor_u8(c);
	h->linker_minor = cursor_u8(c);
	cursor_skip(c, 12); /* sizes of code and data */
	h->entry_point = cursor_u32(c);
	cursor_skip(c, h->is_64 ? 4 : 8); /* bases of code and data */
	h->image_base_offset = cursor_offset(c);
	h->image_base = cursor_uint(c, word);
	h->section_alignment = cursor_u32(c);
	h->file_alignment = cursor_u32(c);
	parse_versions(c, h);
	cursor_skip(c, 4);
	h->size_of_image = cursor_u32(c);
	h->size_of_headers = cursor_u32(c);
	h->checksum = cursor_u32(c);
	h->subsystem = cursor_u16(c);
	h->dll_characteristics = cursor_u16(c);
	h->stack_reserve = cursor_uint(c, word);
	h->stack_commit = cursor_uint(c, word);
	h->heap_reserve = cursor_uint(c, word);
	h->heap_commit = cursor_uint(c, word);
	cursor_skip(c, 4);
	TRY(cursor_check(c, "optional header"));
	parse_directories(c, h);
	return NULL;
}

static void parse_section(struct cursor *c, struct pe_section *s)
{
	cursor_copy(c, s->name, 8);
	s->virtual_size = cursor_u32(c);
	s->rva = cursor_u32(c);
	s->raw_size = cursor_u32(c);
	s->raw_offset = cursor_u32(c);
	cursor_skip(c, 12); /* relocations, line numbers: objects only */
	s->characteristics = cursor_u32(c);
}

static struct err *parse_sections(struct pe *pe, uint64_t offset, unsigned n)
{
	uint8_t *bytes;
	struct cursor c;

	if (n > MAX_SECTIONS)
		return err_new(ERR_CORRUPT, "%s: %u sections, at most %d expected", pe->src->name, n,
			       MAX_SECTIONS);
	bytes = arena_array(&pe->arena, n, 40);
	pe->sections = ARENA_NEW_N(&pe->arena, struct pe_section, n);
	if (!bytes || !pe->sections)
		return err_nomem();
	TRY(header_bytes(pe, offset, bytes, (size_t)n * 40, "section table"));
	c = cursor_init(pe->src->name, bytes, (uint64_t)n * 40, offset);
	for (unsigned i = 0; i < n; i++)
		parse_section(&c, &pe->sections[i]);
	pe->h.sections = pe->sections;
	pe->h.n_sections = n;
	return NULL;
}

static struct err *parse_headers(struct pe *pe)
{
	uint16_t n_sections = 0, optional_size = 0;
	uint8_t bytes[240] = { 0 };
	struct cursor c;
	uint64_t offset;
	size_t n;

	TRY(find_nt_headers(pe));
	TRY(parse_file_header(pe, &n_sections, &optional_size));
	offset = (uint64_t)pe->h.nt_headers_offset + 24;
	n = optional_size < sizeof(bytes) ? optional_size : sizeof(bytes);
	TRY(header_bytes(pe, offset, bytes, n, "optional header"));
	c = cursor_init(pe->src->name, bytes, n, offset);
	TRY(parse_optional(&c, &pe->h));
	return parse_sections(pe, offset + optional_size, n_sections);
}

/* --- construction ---------------------------------------------------------------- */

struct err *pe_open(struct source *src, enum pe_layout layout, struct pe **ret)
{
	struct pe *pe = calloc(1, sizeof(*pe));
	struct err *e;

	if (!pe)
		return err_nomem();
	pe->src = src;
	pe->layout = layout;
	pe->arena.limit = ARENA_LIMIT;
	e = parse_headers(pe);
	if (e) {
		pe->src = NULL; /* stays the caller's */
		pe_destroy(pe);
		return e;
	}
	*ret = pe;
	return NULL;
}

struct err *pe_open_file(const char *path, struct pe **ret)
{
	CLEANUP(source_destroyp) struct source *src = NULL;

	TRY(source_open_file(path, &src));
	TRY(pe_open(src, PE_FILE, ret));
	src = NULL;
	return NULL;
}

void pe_destroy(struct pe *pe)
{
	if (!pe)
		return;
	source_destroy(pe->src);
	u64map_deinit(&pe->strings);
	u64map_deinit(&pe->shown);
	arena_deinit(&pe->arena);
	free(pe);
}

/* --- facts -------------------------------------------------------------------------- */

const struct pe_headers *pe_headers(const struct pe *pe)
{
	return &pe->h;
}

const char *pe_name(const struct pe *pe)
{
	return pe->src->name;
}

struct pe_directory pe_directory(const struct pe *pe, enum pe_directory_index i)
{
	return i < PE_N_DIRS ? pe->h.directories[i] : (struct pe_directory){ 0 };
}

struct unwind_image pe_unwind_image(const struct pe *pe, uint64_t base)
{
	struct pe_directory d = pe_directory(pe, PE_DIR_EXCEPTION);

	return (struct unwind_image){ .base = base, .size = pe->h.size_of_image,
				      .pdata_rva = d.rva, .pdata_size = d.rva ? d.size : 0 };
}

bool pe_matches(const struct pe *pe, uint32_t timestamp, uint32_t size_of_image)
{
	return pe->h.timestamp == timestamp && pe->h.size_of_image == size_of_image;
}

struct err *pe_check_identity(const struct pe *pe, uint32_t timestamp, uint32_t size_of_image)
{
	if (pe_matches(pe, timestamp, size_of_image))
		return NULL;
	return err_new(ERR_NOTFOUND,
		       "%s: image has time stamp %08X and size 0x%x, expected %08X and 0x%x",
		       pe->src->name, pe->h.timestamp, pe->h.size_of_image, timestamp, size_of_image);
}
