/* SPDX-License-Identifier: MIT */
/*
 * An image file as memory: which of its bytes are certain to be in a process
 * or kernel that has it loaded at a given base, and how the loader relocated
 * them.
 *
 * Base relocations: "PE Format", section .reloc. They are applied when a
 * range is read: of the blocks whose page can touch the range, each word that
 * overlaps it is computed and the overlapping bytes are replaced. A word with
 * a relocation kind that is not known here makes the read a FAULT.
 *
 * Left out, because the loader or the program writes it: writable sections,
 * import address tables, the guard function slots of the load configuration.
 * Discardable sections (.reloc, a driver's INIT) may be gone. Windows puts the
 * actual base into the mapped optional header (observed in full dumps of
 * processes), so that field reads as `base`.
 */
#include "symbol/pe_impl.h"

#include "base/vec.h"
#include <inttypes.h>
#include <string.h>

enum {
	REL_ABSOLUTE = 0, REL_HIGH = 1, REL_LOW = 2, REL_HIGHLOW = 3, REL_THUMB_MOV32 = 7, REL_DIR64 = 10,
	BLOCK_SPAN = 0x1000 + 8,	/* bytes from a block's page that it can touch */
};

struct block {
	uint32_t page, entries, n;	/* entries: position in the table */
};

struct gap {
	uint64_t rva, size;
};

struct pe_image {
	struct source src;		/* RVA = offset; what the ranges refer to */
	struct pe *pe;
	uint64_t base, delta;
	bool relocs_read;
	struct view relocs;
	VEC(struct block) blocks;	/* by page */
	VEC(struct gap) gaps;		/* by RVA */
	VEC(struct space_range) ranges;
	struct err *nomem;
	uint32_t tag;
};

/* --- relocating reads ------------------------------------------------------------------ */

static int by_page(const void *a, const void *b)
{
	const struct block *x = a, *y = b;

	return x->page < y->page ? -1 : x->page > y->page;
}

static struct err *read_blocks(struct pe_image *im)
{
	struct cursor c;

	TRY(pe_directory_cursor(im->pe, PE_DIR_RELOC, "relocations", UINT32_MAX, &im->relocs, &c));
	while (cursor_left(&c) >= 8) {
		struct block b = { .page = cursor_u32(&c) };
		uint32_t size = cursor_u32(&c);

		if (size < 8 || size - 8 > cursor_left(&c))
			break;
		b.entries = (uint32_t)c.pos;
		b.n = (size - 8) / 2;
		cursor_skip(&c, size - 8);
		if (b.n && !vec_push(&im->blocks, b))
			return err_nomem();
	}
	if (im->blocks.n)
		qsort(im->blocks.v, im->blocks.n, sizeof(*im->blocks.v), by_page);
	return NULL;
}

static struct err *need_blocks(struct pe_image *im)
{
	struct err *e;

	if (im->relocs_read)
		return NULL;
	e = read_blocks(im);
	if (e && err_code(e) != ERR_NOTFOUND) {
		view_deinit(&im->relocs);
		vec_deinit(&im->blocks);
		return e;
	}
	err_free(e);
	im->relocs_read = true;
	return NULL;
}

static uint64_t get_le(const uint8_t *p, unsigned n)
{
	uint64_t v = 0;

	for (unsigned i = 0; i < n; i++)
		v |= (uint64_t)p[i] << (8 * i);
	return v;
}

static void put_le(uint8_t *p, unsigned n, uint64_t v)
{
	for (unsigned i = 0; i < n; i++)
		p[i] = (uint8_t)(v >> (8 * i));
}

/* The 16-bit immediate of a Thumb-2 MOVW/MOVT (encoding T3 / T1). */
static uint32_t thumb_imm(const uint8_t *p)
{
	uint32_t a = (uint32_t)get_le(p, 2), b = (uint32_t)get_le(p + 2, 2);

	return (a & 0xf) << 12 | (a >> 10 & 1) << 11 | (b >> 12 & 7) << 8 | (b & 0xff);
}

static void put_thumb_imm(uint8_t *p, uint32_t v)
{
	uint32_t a = (uint32_t)get_le(p, 2), b = (uint32_t)get_le(p + 2, 2);

	put_le(p, 2, (a & ~0x40fu) | (v >> 12 & 0xf) | (v >> 11 & 1) << 10);
	put_le(p + 2, 2, (b & ~0x70ffu) | (v >> 8 & 7) << 12 | (v & 0xff));
}

static unsigned word_size(const struct pe_image *im, unsigned type)
{
	switch (type) {
	case REL_HIGH:
	case REL_LOW:
		return 2;
	case REL_HIGHLOW:
		return 4;
	case REL_DIR64:
		return 8;
	case REL_THUMB_MOV32:
		return im->pe->h.machine == MACHINE_ARM ? 8 : 0;
	default:
		return 0;
	}
}

static void relocate(const struct pe_image *im, unsigned type, uint8_t *word)
{
	uint32_t v;

	switch (type) {
	case REL_HIGH:
		put_le(word, 2, get_le(word, 2) + (im->delta >> 16));
		break;
	case REL_LOW:
		put_le(word, 2, get_le(word, 2) + im->delta);
		break;
	case REL_THUMB_MOV32:
		v = (thumb_imm(word) | thumb_imm(word + 4) << 16) + (uint32_t)im->delta;
		put_thumb_imm(word, v & 0xffff);
		put_thumb_imm(word + 4, v >> 16);
		break;
	default:
		put_le(word, type == REL_DIR64 ? 8 : 4, get_le(word, type == REL_DIR64 ? 8 : 4) + im->delta);
		break;
	}
}

/* Replaces the bytes of buf = [rva, rva+len) that lie in [at, at+n). */
static void overlay(uint8_t *buf, uint64_t rva, size_t len, uint64_t at, const uint8_t *word, unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		if (at + i >= rva && at + i - rva < len)
			buf[at + i - rva] = word[i];
}

static struct err *apply_entry(struct pe_image *im, const struct block *b, uint16_t entry, uint8_t *buf,
			       uint64_t rva, size_t len)
{
	uint64_t at = (uint64_t)b->page + (entry & 0xfff);
	unsigned type = entry >> 12, n = word_size(im, type);
	uint8_t word[8];

	if (type == REL_ABSOLUTE || at >= rva + len || at + (n ? n : 8) <= rva)
		return NULL;
	if (!n)
		return err_prefix(err_fault(im->base + at), "%s: relocation of kind %u at rva 0x%" PRIx64,
				  im->src.name, type, at);
	if (pe_read_some(im->pe, at, word, n) != n)
		return NULL; /* not all of it is in the file: nothing to relocate */
	relocate(im, type, word);
	overlay(buf, rva, len, at, word, n);
	return NULL;
}

static size_t first_block(const struct pe_image *im, uint64_t rva)
{
	size_t lo = 0, hi = im->blocks.n;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if ((uint64_t)im->blocks.v[mid].page + BLOCK_SPAN <= rva)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

static struct err *apply_relocs(struct pe_image *im, uint8_t *buf, uint64_t rva, size_t len)
{
	TRY(need_blocks(im));
	for (size_t i = first_block(im, rva); i < im->blocks.n && im->blocks.v[i].page < rva + len; i++) {
		const struct block *b = &im->blocks.v[i];
		struct cursor c = cursor_init(im->src.name, im->relocs.data, im->relocs.size, 0);

		cursor_seek(&c, b->entries);
		for (uint32_t k = 0; k < b->n; k++)
			TRY(apply_entry(im, b, cursor_u16(&c), buf, rva, len));
	}
	return NULL;
}

static struct err *image_read(struct source *src, uint64_t rva, void *buf, size_t len)
{
	struct pe_image *im = (struct pe_image *)src;
	unsigned word = im->pe->h.is_64 ? 8 : 4;
	uint8_t base[8];

	TRY(pe_read(im->pe, rva, buf, len));
	if (!im->delta)
		return NULL;
	TRY(apply_relocs(im, buf, rva, len));
	put_le(base, word, im->base);
	overlay(buf, rva, len, im->pe->h.image_base_offset, base, word);
	return NULL;
}

static const struct source_ops image_ops = { .read = image_read };

/* --- what is left out --------------------------------------------------------------------- */

static bool add_gap(struct pe_image *im, uint64_t rva, uint64_t size)
{
	struct gap g = { rva, size };

	if (size && !vec_push(&im->gaps, g) && !im->nomem)
		im->nomem = err_nomem();
	return !im->nomem;
}

static bool add_slot(void *arg, const struct pe_import *i)
{
	struct pe_image *im = arg;
	unsigned word = im->pe->h.is_64 ? 8 : 4;
	struct gap *last = im->gaps.n ? &im->gaps.v[im->gaps.n - 1] : NULL;

	if (last && last->rva + last->size == i->slot_rva) {
		last->size += word;
		return true;
	}
	return add_gap(im, i->slot_rva, word);
}

static int by_gap_rva(const void *a, const void *b)
{
	const struct gap *x = a, *y = b;

	return x->rva < y->rva ? -1 : x->rva > y->rva;
}

static struct err *collect_gaps(struct pe_image *im)
{
	struct pe_directory iat = pe_directory(im->pe, PE_DIR_IAT);
	struct pe_load_config lc;
	struct err *e;

	(void)add_gap(im, iat.rva, iat.rva ? iat.size : 0);
	e = pe_import_slots(im->pe, add_slot, im);
	if (e && (err_code(e) == ERR_NOMEM || err_code(e) == ERR_CANCELLED))
		return e;
	err_free(e);
	if (!err_ignore(pe_load_config(im->pe, &lc)))
		for (unsigned i = 0; i < lc.n_loader_slots; i++)
			(void)add_gap(im, lc.loader_slots[i] - im->pe->h.image_base, im->pe->h.is_64 ? 8 : 4);
	if (im->gaps.n)
		qsort(im->gaps.v, im->gaps.n, sizeof(*im->gaps.v), by_gap_rva);
	return TAKE_PTR(im->nomem);
}

/* --- ranges ---------------------------------------------------------------------------------- */

static struct err *add_range(struct pe_image *im, uint64_t rva, uint64_t end, bool zero)
{
	struct space_range r = { .size = end - rva, .src = zero ? NULL : &im->src, .offset = zero ? 0 : rva,
				 .origin = zero ? SPACE_ZERO : SPACE_IMAGE, .tag = im->tag };

	if (rva >= end || __builtin_add_overflow(im->base, rva, &r.address))
		return NULL;
	return vec_push(&im->ranges, r) ? NULL : err_nomem();
}

/* [rva, end) without the gaps. */
static struct err *add_pieces(struct pe_image *im, uint64_t rva, uint64_t end, bool zero)
{
	if (end > im->pe->h.size_of_image)
		end = im->pe->h.size_of_image;
	for (size_t i = 0; i < im->gaps.n && rva < end; i++) {
		const struct gap *g = &im->gaps.v[i];
		uint64_t gap_end;

		if (__builtin_add_overflow(g->rva, g->size, &gap_end) || gap_end <= rva)
			continue;
		if (g->rva >= end)
			break;
		TRY(add_range(im, rva, g->rva, zero));
		rva = gap_end;
	}
	return add_range(im, rva, end, zero);
}

static struct err *add_section(struct pe_image *im, const struct pe_section *s)
{
	uint64_t bytes = pe_section_file_bytes(im->pe, s), extent = pe_section_extent(s);
	uint64_t raw = s->raw_size < extent ? s->raw_size : extent;

	if (s->characteristics & (PE_SCN_WRITE | PE_SCN_DISCARDABLE))
		return NULL;
	TRY(add_pieces(im, s->rva, s->rva + bytes, false));
	if (s->raw_offset && bytes < raw)
		return NULL; /* the file is cut short: its tail is not known */
	return add_pieces(im, s->rva + bytes, s->rva + extent, true);
}

static struct err *build_ranges(struct pe_image *im)
{
	const struct pe_headers *h = &im->pe->h;
	uint64_t headers = h->size_of_headers < im->pe->src->size ? h->size_of_headers : im->pe->src->size;

	TRY(collect_gaps(im));
	for (unsigned i = 0; i < h->n_sections; i++)
		if (h->sections[i].rva < headers)
			headers = h->sections[i].rva;
	TRY(add_pieces(im, 0, headers, false));
	for (unsigned i = 0; i < h->n_sections; i++)
		TRY(add_section(im, &h->sections[i]));
	return NULL;
}

/* --- construction ------------------------------------------------------------------------------ */

static struct err *check_movable(const struct pe *pe, uint64_t base)
{
	if (pe->layout != PE_FILE)
		return err_new(ERR_UNSUPPORTED, "%s: not an image file", pe->src->name);
	if (base == pe->h.image_base || pe_directory(pe, PE_DIR_RELOC).rva ||
	    !(pe->h.characteristics & PE_RELOCS_STRIPPED))
		return NULL;
	return err_new(ERR_UNSUPPORTED,
		       "%s: relocations are stripped, image base 0x%" PRIx64 ", loaded at 0x%" PRIx64,
		       pe->src->name, pe->h.image_base, base);
}

struct err *pe_image_create(struct pe *file, uint64_t base, uint32_t tag, struct pe_image **ret)
{
	CLEANUP(pe_image_destroyp) struct pe_image *im = NULL;

	TRY(check_movable(file, base));
	im = calloc(1, sizeof(*im));
	if (!im)
		return err_nomem();
	im->src.ops = &image_ops;
	im->src.name = strdup(file->src->name);
	if (!im->src.name)
		return err_nomem();
	im->src.size = file->h.size_of_image;
	im->pe = file;
	im->base = base;
	im->delta = base - file->h.image_base;
	im->tag = tag;
	TRY(build_ranges(im));
	*ret = TAKE_PTR(im);
	return NULL;
}

void pe_image_destroy(struct pe_image *image)
{
	if (!image)
		return;
	view_deinit(&image->relocs);
	vec_deinit(&image->blocks);
	vec_deinit(&image->gaps);
	vec_deinit(&image->ranges);
	err_free(image->nomem);
	free(image->src.name);
	free(image);
}

const struct space_range *pe_image_ranges(const struct pe_image *image, size_t *ret_n)
{
	*ret_n = image->ranges.n;
	return image->ranges.v;
}
