/* SPDX-License-Identifier: MIT */
/*
 * The layout of an ELF core and its headers.
 *
 *	ELF header [section headers] program headers notes | segments | trailer
 *
 * Section headers exist only with 0xffff or more program headers: number 0,
 * and one for each PT_NOTE, because eu-readelf looks for notes nowhere else
 * once there are any. They stand in front, not at the end of the file where
 * Linux has number 0, so that a file that was cut off still has them; and the
 * notes stand right behind the program headers, so that a reader that knows
 * only Linux's habit can still count.
 *
 * Everything is counted with checked sums before memory is taken; a file of
 * class 32 that would not fit its 32-bit offsets is refused.
 *
 * Sources: System V gABI chapters 4 and 5 (Ehdr, Phdr, PN_XNUM), elf(5).
 */
#include "format/elfcore_write_impl.h"

#include <elf.h>
#include <inttypes.h>

enum { PAGE = 4096, NOTE_HEADER = 12, NOTE_ALIGN = 4 };

_Static_assert(PF_R == 4 && PF_W == 2 && PF_X == 1, "DUMP_PROT_* are ELF's");

struct plan {
	const struct core_image *image;
	struct core_layout out;
	bool is64;
	size_t ehdr, phdr, shdr;
	uint64_t n_phdrs;
	uint16_t n_shdrs;
	uint64_t phdrs_at, notes_at, notes_size;
	uint64_t trailer_note; /* header, owner, content */
};

static bool add(uint64_t *sum, uint64_t n)
{
	return !__builtin_add_overflow(*sum, n, sum);
}

static bool align_up(uint64_t *at, uint64_t align)
{
	if (!add(at, align - 1))
		return false;
	*at &= ~(align - 1);
	return true;
}

static size_t owner_size(const char *owner)
{
	return (strlen(owner) + 1 + NOTE_ALIGN - 1) & ~(size_t)(NOTE_ALIGN - 1);
}

static struct err *too_large(const struct plan *p)
{
	return err_new(ERR_UNSUPPORTED, "a core of %s cannot be that large: its segments reach beyond %s",
		       machine_name(p->image->machine), p->is64 ? "2^64 bytes" : "4 GiB");
}

static struct err *add_note(uint64_t *sum, const char *owner, uint64_t size)
{
	uint64_t padded = size;

	if (size > UINT32_MAX)
		return err_new(ERR_UNSUPPORTED, "a note of %s of %" PRIu64 " bytes: 4 GiB is the limit",
			       owner, size);
	(void)align_up(&padded, NOTE_ALIGN);
	*sum += NOTE_HEADER + owner_size(owner) + padded;
	return NULL;
}

static bool lists_trailer(const struct core_image *image)
{
	return image->trailer_size && !image->trailer_unlisted;
}

static struct err *measure_head(struct plan *p)
{
	const struct core_image *image = p->image;
	uint64_t end;

	p->n_phdrs = (uint64_t)image->n_segments + 1 + lists_trailer(image);
	if (p->n_phdrs >= PN_XNUM)
		p->n_shdrs = 2 + lists_trailer(image);
	p->phdrs_at = p->ehdr + p->n_shdrs * p->shdr;
	if (p->n_phdrs > UINT32_MAX)
		return err_new(ERR_UNSUPPORTED, "%" PRIu64 " segments are too many for an ELF core",
			       p->n_phdrs);
	p->notes_at = p->phdrs_at + p->n_phdrs * p->phdr;
	for (size_t i = 0; i < image->n_notes; i++)
		TRY(add_note(&p->notes_size, image->notes[i].owner, image->notes[i].size));
	end = p->notes_at + p->notes_size;
	if (end > SIZE_MAX)
		return err_nomem();
	p->out.head_size = (size_t)end;
	return NULL;
}

/* Offsets of the segments; *at moves behind the last. */
static struct err *place_segments(struct plan *p, uint64_t *at)
{
	uint64_t top = p->is64 ? UINT64_MAX : UINT32_MAX;

	for (size_t i = 0; i < p->image->n_segments; i++) {
		const struct core_segment *s = &p->image->segments[i];

		if (s->file_size > s->mem_size || s->address > top ||
		    (s->mem_size && s->mem_size - 1 > top - s->address))
			return err_new(ERR_UNSUPPORTED,
				       "segment 0x%" PRIx64 ": %" PRIu64 " of %" PRIu64
				       " bytes do not fit the address space of %s",
				       s->address, s->file_size, s->mem_size,
				       machine_name(p->image->machine));
		if (s->shared) {
			p->out.offsets[i] = p->out.offsets[s->shared_with] + s->shared_from;
			continue;
		}
		if (s->file_size && !align_up(at, PAGE))
			return too_large(p);
		p->out.offsets[i] = *at;
		if (!add(at, s->file_size))
			return too_large(p);
	}
	return NULL;
}

static struct err *place_trailer(struct plan *p, uint64_t *at)
{
	const struct core_image *image = p->image;
	size_t owner;

	if (!image->trailer_size)
		return NULL;
	owner = owner_size(image->trailer_owner);
	if (NOTE_HEADER + owner > sizeof(p->out.trailer_head))
		return err_new(ERR_UNSUPPORTED, "note owner '%s' is too long", image->trailer_owner);
	TRY(add_note(&p->trailer_note, image->trailer_owner, image->trailer_size));
	if (!align_up(at, NOTE_ALIGN))
		return too_large(p);
	p->out.trailer_offset = *at;
	p->out.trailer_head_size = NOTE_HEADER + owner;
	p->out.trailer_content = *at + p->out.trailer_head_size;
	return add(at, p->trailer_note) ? NULL : too_large(p);
}

static struct err *place(struct plan *p)
{
	uint64_t at = p->out.head_size;

	TRY(place_segments(p, &at));
	TRY(place_trailer(p, &at));
	p->out.file_size = at;
	return p->is64 || at <= UINT32_MAX ? NULL : too_large(p);
}

/* --- writing ----------------------------------------------------------------------------- */

static void put_ehdr(struct put *w, const struct plan *p)
{
	const uint8_t ident[EI_NIDENT] = { 0x7f, 'E', 'L', 'F', p->is64 ? ELFCLASS64 : ELFCLASS32,
					   ELFDATA2LSB, EV_CURRENT };

	put_bytes(w, ident, sizeof(ident));
	put16(w, ET_CORE);
	put16(w, p->is64 ? EM_X86_64 : EM_386);
	put32(w, EV_CURRENT);
	put_word(w, 0); /* entry */
	put_word(w, p->phdrs_at);
	put_word(w, p->n_shdrs ? p->ehdr : 0);
	put32(w, 0); /* flags */
	put16(w, (uint16_t)p->ehdr);
	put16(w, (uint16_t)p->phdr);
	put16(w, p->n_shdrs ? PN_XNUM : (uint16_t)p->n_phdrs);
	put16(w, p->n_shdrs ? (uint16_t)p->shdr : 0);
	put16(w, p->n_shdrs);
	put16(w, SHN_UNDEF);
}

static void put_shdr(struct put *w, uint32_t type, uint64_t offset, uint64_t size, uint32_t info)
{
	put32(w, 0); /* name: there is no table of them */
	put32(w, type);
	put_word(w, 0); /* flags */
	put_word(w, 0); /* address */
	put_word(w, offset);
	put_word(w, size);
	put32(w, SHN_UNDEF); /* link */
	put32(w, info);
	put_word(w, type == SHT_NOTE ? NOTE_ALIGN : 0);
	put_word(w, 0); /* size of entries */
}

/* Number 0 has the counts that the ELF header could not hold. */
static void put_shdrs(struct put *w, const struct plan *p)
{
	if (!p->n_shdrs)
		return;
	put_shdr(w, SHT_NULL, 0, p->n_shdrs, (uint32_t)p->n_phdrs);
	put_shdr(w, SHT_NOTE, p->notes_at, p->notes_size, 0);
	if (lists_trailer(p->image))
		put_shdr(w, SHT_NOTE, p->out.trailer_offset, p->trailer_note, 0);
}

struct segment {
	uint32_t type, flags;
	uint64_t offset, address, physical, file_size, mem_size, align;
};

static void put_phdr(struct put *w, const struct segment *s)
{
	put32(w, s->type);
	if (w->word == 8)
		put32(w, s->flags);
	put_word(w, s->offset);
	put_word(w, s->address);
	put_word(w, s->physical);
	put_word(w, s->file_size);
	put_word(w, s->mem_size);
	if (w->word == 4)
		put32(w, s->flags);
	put_word(w, s->align);
}

static void put_note_phdr(struct put *w, uint64_t offset, uint64_t size)
{
	struct segment s = { .type = PT_NOTE, .offset = offset, .file_size = size, .align = NOTE_ALIGN };

	put_phdr(w, &s);
}

static void put_phdrs(struct put *w, const struct plan *p)
{
	put_note_phdr(w, p->notes_at, p->notes_size);
	if (lists_trailer(p->image))
		put_note_phdr(w, p->out.trailer_offset, p->trailer_note);
	for (size_t i = 0; i < p->image->n_segments; i++) {
		const struct core_segment *from = &p->image->segments[i];
		struct segment s = {
			.type = PT_LOAD,
			.flags = from->prot & (PF_R | PF_W | PF_X),
			.offset = p->out.offsets[i],
			.address = from->address,
			.physical = from->physical,
			.file_size = from->file_size,
			.mem_size = from->mem_size,
			.align = p->image->vmcore ? 0 : PAGE,
		};

		put_phdr(w, &s);
	}
}

static void put_note_head(struct put *w, const char *owner, uint32_t type, uint32_t size)
{
	size_t n = strlen(owner) + 1;

	put32(w, (uint32_t)n);
	put32(w, size);
	put32(w, type);
	put_bytes(w, owner, n);
	put_zeros(w, owner_size(owner) - n);
}

static void put_notes(struct put *w, const struct core_image *image)
{
	for (size_t i = 0; i < image->n_notes; i++) {
		const struct core_note *n = &image->notes[i];

		put_note_head(w, n->owner, n->type, (uint32_t)n->size);
		put_bytes(w, n->data, n->size);
		put_zeros(w, -n->size & (NOTE_ALIGN - 1));
	}
}

static struct err *write_head(struct plan *p, struct arena *a)
{
	struct put w = { .word = p->is64 ? 8 : 4 };

	p->out.head = arena_alloc(a, p->out.head_size);
	if (!p->out.head)
		return err_nomem();
	w.at = p->out.head;
	put_ehdr(&w, p);
	put_shdrs(&w, p);
	put_phdrs(&w, p);
	put_notes(&w, p->image);
	if (!p->trailer_note)
		return NULL;
	w.at = p->out.trailer_head;
	put_note_head(&w, p->image->trailer_owner, p->image->trailer_type,
		      (uint32_t)p->image->trailer_size);
	return NULL;
}

struct err *core_layout_build(const struct core_image *image, struct arena *a,
			      struct core_layout *ret)
{
	struct plan p = { .image = image, .is64 = image->machine == MACHINE_X64 };

	if (!p.is64 && image->machine != MACHINE_X86)
		return err_new(ERR_UNSUPPORTED, "cores of %s are not written here",
			       machine_name(image->machine));
	p.ehdr = p.is64 ? sizeof(Elf64_Ehdr) : sizeof(Elf32_Ehdr);
	p.phdr = p.is64 ? sizeof(Elf64_Phdr) : sizeof(Elf32_Phdr);
	p.shdr = p.is64 ? sizeof(Elf64_Shdr) : sizeof(Elf32_Shdr);
	TRY(measure_head(&p));
	p.out.offsets = ARENA_NEW_N(a, uint64_t, image->n_segments);
	if (!p.out.offsets && image->n_segments)
		return err_nomem();
	TRY(place(&p));
	TRY(write_head(&p, a));
	*ret = p.out;
	return NULL;
}
