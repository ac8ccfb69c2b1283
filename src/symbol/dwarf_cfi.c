/* SPDX-License-Identifier: MIT */
/*
 * Finding call frame entries.
 *
 * Specs: DWARF 5, section 6.4 and 7.24 (.debug_frame); Linux Standard Base
 * Core 5.0, chapter 10.6 (.eh_frame, .eh_frame_hdr, pointer encodings). The
 * two differ in: what marks a CIE (0 or all ones), how an FDE names its CIE
 * (distance back, or section offset), and pointer encodings.
 *
 * An address is looked up in the binary search table when there is one (8
 * bytes a step, read one by one: an image may be in pieces); else all entries
 * are listed once. The section's length is not stored in .eh_frame_hdr: the
 * end of the segment bounds it.
 */
#include "symbol/dwarf_cfi_impl.h"

#include "base/cancel.h"
#include "base/vec.h"
#include "symbol/dwarf_expr.h"

#include <dwarf.h>
#include <elf.h>
#include <stdlib.h>
#include <string.h>

struct err *cfi_pointer(const struct elf_file *f, struct cursor *c, uint8_t enc,
			const struct cfi_pointer_base *base, uint64_t *ret)
{
	uint64_t at = base->vaddr + c->pos, v;
	unsigned size = base->address_size;

	switch (enc & 0x0f) {
	case DW_EH_PE_absptr: v = cursor_uint(c, size); break;
	case DW_EH_PE_uleb128: v = cursor_uleb(c); break;
	case DW_EH_PE_udata2: v = cursor_u16(c); break;
	case DW_EH_PE_udata4: v = cursor_u32(c); break;
	case DW_EH_PE_udata8: case DW_EH_PE_sdata8: v = cursor_u64(c); break;
	case DW_EH_PE_sleb128: v = (uint64_t)cursor_sleb(c); break;
	case DW_EH_PE_sdata2: v = (uint64_t)(int16_t)cursor_u16(c); break;
	case DW_EH_PE_sdata4: v = (uint64_t)cursor_s32(c); break;
	case DW_EH_PE_signed: v = size == 4 ? (uint64_t)cursor_s32(c) : cursor_u64(c); break;
	default: return cursor_corrupt(c, "pointer encoding 0x%02x is not known", enc);
	}
	switch (enc & 0x70) {
	case DW_EH_PE_absptr: v = v ? elf_unrelocate(f, v) : 0; break;
	case DW_EH_PE_pcrel: v += at; break;
	case DW_EH_PE_datarel: v += base->data; break;
	case DW_EH_PE_funcrel: v += base->func; break;
	default: return cursor_corrupt(c, "pointer encoding 0x%02x is not supported", enc);
	}
	if (size == 4)
		v = (uint32_t)v;
	*ret = v;
	return NULL;
}

/* --- sections --------------------------------------------------------------------- */

static struct err *init_from_header(struct cfi_section *s, const struct elf_segment *seg)
{
	const struct elf_file *f = s->file;
	uint64_t offset, left, eh_vaddr;
	struct cfi_pointer_base base = {
		.vaddr = seg->vaddr, .data = seg->vaddr, .address_size = (uint8_t)elf_address_size(f),
	};
	uint8_t bytes[32], version, eh_enc, count_enc;
	struct cursor c;

	if (!elf_vaddr_offset(f, seg->vaddr, &offset, &left))
		return err_new(ERR_NOTFOUND, "%s: .eh_frame_hdr is not there", f->src->name);
	c = cursor_init(f->src->name, bytes, source_read_some(f->src, offset, bytes, sizeof(bytes)), offset);
	c.big_endian = f->big_endian;
	version = cursor_u8(&c);
	eh_enc = cursor_u8(&c);
	count_enc = cursor_u8(&c);
	s->table_enc = cursor_u8(&c);
	TRY(cursor_check(&c, ".eh_frame_hdr"));
	if (version != 1)
		return cursor_corrupt(&c, ".eh_frame_hdr of version %u (1 expected)", version);
	TRY(cfi_pointer(f, &c, eh_enc, &base, &eh_vaddr));
	if (count_enc != DW_EH_PE_omit && s->table_enc != DW_EH_PE_omit)
		TRY(cfi_pointer(f, &c, count_enc, &base, &s->n_table));
	TRY(cursor_check(&c, ".eh_frame_hdr"));
	s->table_offset = offset + c.pos;
	s->hdr_vaddr = seg->vaddr;
	if (!elf_vaddr_offset(f, eh_vaddr, &s->offset, &s->size))
		return err_new(ERR_CORRUPT, "%s: .eh_frame at 0x%llx is in no segment", f->src->name,
			       (unsigned long long)eh_vaddr);
	s->vaddr = eh_vaddr;
	return NULL;
}

/* Sorted tables of pairs of 4- or 8-byte pointers can be searched. */
static unsigned table_item_size(const struct cfi_section *s)
{
	switch (s->table_enc & 0x0f) {
	case DW_EH_PE_udata4: case DW_EH_PE_sdata4: return 4;
	case DW_EH_PE_udata8: case DW_EH_PE_sdata8: return 8;
	case DW_EH_PE_absptr: case DW_EH_PE_signed: return elf_address_size(s->file);
	default: return 0;
	}
}

static void check_table(struct cfi_section *s)
{
	unsigned size = table_item_size(s);
	uint64_t bytes;

	if (!size || __builtin_mul_overflow(s->n_table, 2 * size, &bytes) ||
	    !range_in(s->table_offset, bytes, s->src->size))
		s->n_table = 0;
}

struct err *cfi_init_eh(struct cfi_section *s, const struct elf_file *f)
{
	const struct elf_segment *seg = elf_segment_of_type(f, PT_GNU_EH_FRAME);
	const struct elf_section *sec = elf_section_named(f, ".eh_frame");
	struct cfi_section made = { .file = f, .src = f->src, .is_eh = true };

	if (seg && !err_ignore(init_from_header(&made, seg))) {
		check_table(&made);
	} else if (sec && sec->size && range_in(sec->offset, sec->size, f->src->size)) {
		made.n_table = 0;
		made.offset = sec->offset;
		made.vaddr = sec->addr;
	} else {
		return err_new(ERR_NOTFOUND, "%s: no call frame information", f->src->name);
	}
	if (sec && sec->addr == made.vaddr && range_in(sec->offset, sec->size, f->src->size))
		made.size = sec->size;
	*s = made;
	return NULL;
}

void cfi_init_debug(struct cfi_section *s, const struct elf_file *f, struct source *bytes)
{
	*s = (struct cfi_section){ .file = f, .src = bytes, .size = bytes->size };
}

void cfi_deinit(struct cfi_section *s)
{
	free(s->index);
	u64map_deinit(&s->cies);
	arena_deinit(&s->arena);
	*s = (struct cfi_section){ 0 };
}

/* --- records ------------------------------------------------------------------------ */

struct record {
	uint64_t at, next;	/* offsets in the section */
	uint64_t vaddr;		/* of the cursor's data[0] */
	bool is_cie, is_end;
	uint64_t cie;		/* FDE: its CIE's offset in the section */
	struct view view;
	struct cursor c;	/* behind the CIE id */
};

/* Reads the length; false in *ret_dwarf64: 32-bit DWARF. */
static struct err *record_length(const struct cfi_section *s, uint64_t at, uint64_t *ret_body,
				 uint64_t *ret_len, bool *ret_dwarf64)
{
	uint8_t bytes[12];
	size_t n;
	struct cursor c;

	if (at > s->size)
		return err_new(ERR_CORRUPT, "%s: frame record at 0x%llx lies outside of its section",
			       s->src->name, (unsigned long long)at);
	n = source_read_some(s->src, s->offset + at, bytes,
			     s->size - at < sizeof(bytes) ? s->size - at : sizeof(bytes));
	c = cursor_init(s->src->name, bytes, n, s->offset + at);
	c.big_endian = s->file->big_endian;
	*ret_len = cursor_u32(&c);
	*ret_dwarf64 = *ret_len == 0xffffffff;
	if (*ret_dwarf64)
		*ret_len = cursor_u64(&c);
	TRY(cursor_check(&c, "length of a frame record"));
	*ret_body = at + c.pos;
	if (!range_in(*ret_body, *ret_len, s->size))
		return cursor_corrupt(&c, "frame record of 0x%llx bytes, 0x%llx left in the section",
				      (unsigned long long)*ret_len, (unsigned long long)(s->size - *ret_body));
	return NULL;
}

/* Which record is it? Sets is_cie, and for an FDE its CIE's offset. */
static struct err *read_cie_id(const struct cfi_section *s, struct record *r, uint64_t body, bool dwarf64)
{
	uint64_t id = dwarf64 ? cursor_u64(&r->c) : cursor_u32(&r->c);

	TRY(cursor_check(&r->c, "frame record"));
	if (s->is_eh) {
		r->is_cie = !id;
		if (id > body)
			return cursor_corrupt(&r->c, "frame entry names a CIE before its section");
		r->cie = body - id;
	} else {
		r->is_cie = id == (dwarf64 ? UINT64_MAX : UINT32_MAX);
		r->cie = id;
	}
	return NULL;
}

/* The caller ends r->view when this succeeds. */
static struct err *read_record(const struct cfi_section *s, uint64_t at, struct record *r)
{
	uint64_t body = 0, len = 0;
	bool dwarf64 = false;
	struct err *e;

	*r = (struct record){ .at = at };
	TRY(record_length(s, at, &body, &len, &dwarf64));
	r->next = body + len;
	if (!len) {
		r->is_end = true;
		return NULL;
	}
	if (len > CFI_MAX_RECORD)
		return err_new(ERR_CORRUPT, "%s: frame record at 0x%llx of 0x%llx bytes", s->src->name,
			       (unsigned long long)at, (unsigned long long)len);
	r->vaddr = s->vaddr + body;
	TRY(source_cursor(s->src, s->offset + body, len, &r->view, &r->c));
	r->c.big_endian = s->file->big_endian;
	e = read_cie_id(s, r, body, dwarf64);
	if (e)
		view_deinit(&r->view);
	return e;
}

/* What the letters of a CIE's augmentation say. */
static struct err *read_augmentation(const struct cfi_section *s, struct record *r, const char *letters,
				     struct cfi_cie *cie)
{
	struct cfi_pointer_base base = { .vaddr = r->vaddr, .address_size = cie->address_size };
	uint64_t len = cursor_uleb(&r->c), end = r->c.pos + len, ignored;

	if (!range_in(r->c.pos, len, r->c.size))
		return cursor_corrupt(&r->c, "augmentation of 0x%llx bytes", (unsigned long long)len);
	cie->has_augmentation = true;
	for (const char *l = letters + 1; *l; l++) {
		if (*l == 'R')
			cie->fde_enc = cursor_u8(&r->c);
		else if (*l == 'L')
			(void)cursor_u8(&r->c);
		else if (*l == 'P')
			TRY(cfi_pointer(s->file, &r->c, cursor_u8(&r->c), &base, &ignored));
		else if (*l == 'S')
			cie->signal_frame = true;
		else if (*l != 'B' && *l != 'G') /* AArch64: which key signs, tagged stack */
			break; /* the length tells where the program begins */
	}
	cursor_seek(&r->c, end);
	return NULL;
}

static struct err *parse_cie(const struct cfi_section *s, struct record *r, struct cfi_cie *cie)
{
	uint8_t version = cursor_u8(&r->c);
	const char *letters = cursor_cstr(&r->c);

	if (version != 1 && version != 3 && version != 4)
		return cursor_corrupt(&r->c, "CIE of version %u (1, 3 or 4 expected)", version);
	cie->address_size = (uint8_t)elf_address_size(s->file);
	cie->fde_enc = DW_EH_PE_absptr;
	if (!strcmp(letters, "eh")) /* before gcc 3: a pointer */
		cursor_skip(&r->c, cie->address_size);
	if (version == 4) {
		cie->address_size = cursor_u8(&r->c);
		if (cursor_u8(&r->c) || (cie->address_size != 4 && cie->address_size != 8))
			return cursor_corrupt(&r->c, "CIE with segments or addresses of %u bytes",
					      cie->address_size);
	}
	cie->code_align = cursor_uleb(&r->c);
	cie->data_align = cursor_sleb(&r->c);
	cie->ra = (uint16_t)(version == 1 ? cursor_u8(&r->c) : cursor_uleb(&r->c));
	if (*letters == 'z')
		TRY(read_augmentation(s, r, letters, cie));
	else if (*letters && strcmp(letters, "eh") != 0)
		return cursor_corrupt(&r->c, "CIE with augmentation \"%.8s\"", letters);
	TRY(cursor_check(&r->c, "CIE"));
	return NULL;
}

/* The CIE at an offset, parsed once. */
static struct err *cie_at(struct cfi_section *s, uint64_t at, const struct cfi_cie **ret)
{
	struct cfi_cie *cie = u64map_get(&s->cies, at);
	struct record r;
	struct err *e;

	if (cie) {
		*ret = cie;
		return NULL;
	}
	TRY(read_record(s, at, &r));
	cie = ARENA_NEW(&s->arena, struct cfi_cie);
	if (!cie)
		e = err_nomem();
	else if (r.is_end || !r.is_cie)
		e = err_new(ERR_CORRUPT, "%s: no CIE at 0x%llx of the frame section", s->src->name,
			    (unsigned long long)at);
	else
		e = parse_cie(s, &r, cie);
	if (!e) {
		cie->n_program = cursor_left(&r.c);
		cie->program = arena_memdup(&s->arena, r.c.data + r.c.pos, cie->n_program);
		if (!cie->program || !u64map_put(&s->cies, at, cie))
			e = err_nomem();
	}
	view_deinit(&r.view);
	if (!e)
		*ret = cie;
	return e;
}

/* Start and end of an FDE's range; the cursor is behind them. */
static struct err *fde_range(struct cfi_section *s, struct record *r, struct cfi_fde *fde)
{
	const struct cfi_cie *cie = fde->cie;
	struct cfi_pointer_base base = {
		.vaddr = r->vaddr, .data = s->hdr_vaddr, .address_size = cie->address_size,
	};
	uint64_t size;

	TRY(cfi_pointer(s->file, &r->c, cie->fde_enc, &base, &fde->start));
	/* The length has the format of the encoding, but is relative to nothing. */
	base = (struct cfi_pointer_base){ .vaddr = 0 - r->c.pos, .address_size = cie->address_size };
	TRY(cfi_pointer(s->file, &r->c, (cie->fde_enc & 0x07) | DW_EH_PE_pcrel, &base, &size));
	TRY(cursor_check(&r->c, "frame entry"));
	if (__builtin_add_overflow(fde->start, size, &fde->end))
		return cursor_corrupt(&r->c, "frame entry of 0x%llx bytes at 0x%llx", (unsigned long long)size,
				      (unsigned long long)fde->start);
	return NULL;
}

static struct err *read_fde(struct cfi_section *s, struct record *r, struct cfi_fde *fde)
{
	if (r->is_end || r->is_cie)
		return err_new(ERR_CORRUPT, "%s: no frame entry at 0x%llx", s->src->name,
			       (unsigned long long)r->at);
	TRY(cie_at(s, r->cie, &fde->cie));
	TRY(fde_range(s, r, fde));
	if (fde->cie->has_augmentation)
		cursor_skip(&r->c, cursor_uleb(&r->c));
	TRY(cursor_check(&r->c, "frame entry"));
	fde->program_vaddr = r->vaddr + r->c.pos;
	fde->program = cursor_take(&r->c, cursor_left(&r->c));
	return NULL;
}

/* --- looking up ----------------------------------------------------------------------- */

static struct err *table_pointer(struct cfi_section *s, uint64_t index, bool second, uint64_t *ret)
{
	unsigned size = table_item_size(s);
	uint64_t at = s->table_offset + index * 2 * size + (second ? size : 0);
	struct cfi_pointer_base base = {
		.vaddr = s->hdr_vaddr, .data = s->hdr_vaddr, .address_size = (uint8_t)elf_address_size(s->file),
	};
	uint8_t bytes[8];
	struct cursor c;

	TRY(source_read(s->src, at, bytes, size));
	c = cursor_init(s->src->name, bytes, size, at);
	c.big_endian = s->file->big_endian;
	return cfi_pointer(s->file, &c, s->table_enc, &base, ret);
}

/* Offset of the FDE that the table has for vaddr. */
static struct err *search_table(struct cfi_section *s, uint64_t vaddr, uint64_t *ret)
{
	uint64_t lo = 0, hi = s->n_table, start, fde;

	while (lo < hi) {
		uint64_t mid = lo + (hi - lo) / 2;

		TRY(table_pointer(s, mid, false, &start));
		if (start <= vaddr)
			lo = mid + 1;
		else
			hi = mid;
	}
	if (!lo)
		return err_new(ERR_NOTFOUND, "no frame entry");
	TRY(table_pointer(s, lo - 1, true, &fde));
	*ret = fde - s->vaddr;
	return NULL;
}

static int compare_entries(const void *a, const void *b)
{
	const struct cfi_entry *x = a, *y = b;

	return x->start < y->start ? -1 : x->start > y->start;
}

/* Lists all entries. A damaged one is passed over; a damaged length ends the
 * list, since nothing says where the next record is. */
static struct err *make_index(struct cfi_section *s)
{
	VEC(struct cfi_entry) v = { 0 };
	struct err *e = NULL;
	struct record r;

	for (uint64_t at = 0, n = 0; at < s->size && !e; at = r.next, n++) {
		struct cfi_fde fde;

		if (err_ignore(read_record(s, at, &r)))
			break;
		if (r.is_end && s->is_eh) {
			view_deinit(&r.view);
			break;
		}
		if (!r.is_end && !r.is_cie && !err_ignore(read_fde(s, &r, &fde)) && fde.start < fde.end &&
		    !vec_push(&v, ((struct cfi_entry){ .start = fde.start, .offset = at })))
			e = err_nomem();
		view_deinit(&r.view);
		if (!e && !(n & 1023))
			e = cancel_check();
	}
	if (e) {
		vec_deinit(&v);
		return e;
	}
	if (v.n)
		qsort(v.v, v.n, sizeof(*v.v), compare_entries);
	s->index = v.v;
	s->n_index = v.n;
	s->has_index = true;
	return NULL;
}

static struct err *search_index(struct cfi_section *s, uint64_t vaddr, uint64_t *ret)
{
	size_t lo = 0, hi;

	if (!s->has_index)
		TRY(make_index(s));
	hi = s->n_index;
	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (s->index[mid].start <= vaddr)
			lo = mid + 1;
		else
			hi = mid;
	}
	if (!lo)
		return err_new(ERR_NOTFOUND, "no frame entry");
	*ret = s->index[lo - 1].offset;
	return NULL;
}

struct err *cfi_row_at(struct cfi_section *s, uint64_t vaddr, struct arena *a, struct cfi_row *ret)
{
	uint64_t at = 0;
	struct record r;
	struct cfi_fde fde;
	struct err *e;

	TRY(s->n_table ? search_table(s, vaddr, &at) : search_index(s, vaddr, &at));
	TRY(read_record(s, at, &r));
	e = read_fde(s, &r, &fde);
	if (!e && (vaddr < fde.start || vaddr >= fde.end))
		e = err_new(ERR_NOTFOUND, "no frame entry");
	if (!e)
		e = cfi_run(s->file, &fde, vaddr, a, ret);
	view_deinit(&r.view);
	return e;
}
