/* SPDX-License-Identifier: MIT */
/*
 * Reads ELF headers, of a file and of a mapped image alike, with the bounded
 * cursor: an image comes from a dump, where any byte may be wrong.
 * Layouts: System V ABI, chapters 4 and 5 (elf.h has the numbers); the build
 * id is a note NT_GNU_BUILD_ID of owner "GNU".
 */
#include "symbol/elf_file.h"

#include <elf.h>
#include <stdlib.h>
#include <string.h>

enum {
	PAGE = 0x1000,
	MAX_SEGMENTS = 4096,		/* a vmlinux has about 5, a core is not read here */
	MAX_SECTIONS = 1 << 20,
	MAX_NOTES = 1 << 16,		/* bytes of notes looked at for the build id */
};

void elf_build_id_text(const struct elf_build_id *id, char *buf)
{
	static const char digits[] = "0123456789abcdef";
	size_t n = 0;

	for (unsigned i = 0; i < id->size && i < ELF_BUILD_ID_MAX; i++) {
		buf[n++] = digits[id->bytes[i] >> 4];
		buf[n++] = digits[id->bytes[i] & 15];
	}
	buf[n] = 0;
}

static enum machine machine_of(uint16_t e_machine, bool is64)
{
	switch (e_machine) {
	case EM_386: return MACHINE_X86;
	case EM_X86_64: return is64 ? MACHINE_X64 : MACHINE_UNKNOWN; /* x32 is not read */
	case EM_ARM: return MACHINE_ARM;
	case EM_AARCH64: return MACHINE_ARM64;
	case EM_RISCV: return is64 ? MACHINE_RISCV64 : MACHINE_UNKNOWN;
	case EM_PPC64: return MACHINE_PPC64;
	case EM_PPC: return MACHINE_PPC;
	case EM_S390: return is64 ? MACHINE_S390X : MACHINE_UNKNOWN;
	case EM_MIPS: return is64 ? MACHINE_MIPS64 : MACHINE_MIPS;
	case EM_LOONGARCH: return MACHINE_LOONGARCH64;
	default: return MACHINE_UNKNOWN;
	}
}

/* The parts of the file header that are needed further on. */
struct header {
	uint64_t phoff, shoff;
	uint16_t phentsize, phnum, shentsize, shnum, shstrndx;
};

static uint64_t word(const struct elf_file *f, struct cursor *c)
{
	return cursor_uint(c, elf_address_size(f));
}

static struct err *read_ident(struct elf_file *f, struct cursor *c)
{
	const uint8_t *ident = cursor_bytes(c, EI_NIDENT);

	TRY(cursor_check(c, "ELF header"));
	if (memcmp(ident, ELFMAG, SELFMAG) != 0)
		return err_new(ERR_CORRUPT, "%s: no ELF file (starts with %02x %02x %02x %02x)", c->name,
			       ident[0], ident[1], ident[2], ident[3]);
	if (ident[EI_CLASS] != ELFCLASS32 && ident[EI_CLASS] != ELFCLASS64)
		return err_new(ERR_CORRUPT, "%s: ELF class %u is neither 32- nor 64-bit", c->name,
			       ident[EI_CLASS]);
	if (ident[EI_DATA] != ELFDATA2LSB && ident[EI_DATA] != ELFDATA2MSB)
		return err_new(ERR_CORRUPT, "%s: ELF byte order %u is not known", c->name, ident[EI_DATA]);
	f->is64 = ident[EI_CLASS] == ELFCLASS64;
	f->big_endian = ident[EI_DATA] == ELFDATA2MSB;
	c->big_endian = f->big_endian;
	return NULL;
}

static struct err *read_header(struct elf_file *f, struct header *h)
{
	uint8_t bytes[sizeof(Elf64_Ehdr)];
	size_t n = source_read_some(f->src, 0, bytes, sizeof(bytes));
	struct cursor c = cursor_init(f->src->name, bytes, n, 0);

	TRY(read_ident(f, &c));
	f->type = cursor_u16(&c);
	f->machine = cursor_u16(&c);
	f->arch = machine_of(f->machine, f->is64);
	cursor_skip(&c, 4);
	(void)word(f, &c); /* entry */
	h->phoff = word(f, &c);
	h->shoff = word(f, &c);
	cursor_skip(&c, 6); /* flags, ehsize */
	h->phentsize = cursor_u16(&c);
	h->phnum = cursor_u16(&c);
	h->shentsize = cursor_u16(&c);
	h->shnum = cursor_u16(&c);
	h->shstrndx = cursor_u16(&c);
	TRY(cursor_check(&c, "ELF header"));
	/* ET_REL: files of shared debug information (dwz) are marked so. */
	if (f->type != ET_EXEC && f->type != ET_DYN && f->type != ET_REL)
		return err_new(ERR_UNSUPPORTED, "%s: ELF type %u is neither a program nor a shared object",
			       f->src->name, f->type);
	return NULL;
}

static struct elf_segment read_segment(const struct elf_file *f, struct cursor *c)
{
	struct elf_segment s = { .type = cursor_u32(c) };

	if (f->is64)
		s.flags = cursor_u32(c);
	s.offset = word(f, c);
	s.vaddr = word(f, c);
	(void)word(f, c); /* paddr */
	s.filesz = word(f, c);
	s.memsz = word(f, c);
	if (!f->is64)
		s.flags = cursor_u32(c);
	s.align = word(f, c);
	return s;
}

static struct err *read_segments(struct elf_file *f, const struct header *h)
{
	size_t entry = f->is64 ? sizeof(Elf64_Phdr) : sizeof(Elf32_Phdr);
	struct view view = VIEW_INIT;
	struct cursor c;

	if (!h->phnum)
		return NULL;
	if (h->phentsize != entry || h->phnum > MAX_SEGMENTS)
		return err_new(ERR_CORRUPT, "%s: %u program headers of %u bytes (%zu expected)",
			       f->src->name, h->phnum, h->phentsize, entry);
	TRY(err_prefix(source_cursor(f->src, h->phoff, (uint64_t)h->phnum * entry, &view, &c),
		       "program headers"));
	c.big_endian = f->big_endian;
	f->segments = calloc(h->phnum, sizeof(*f->segments));
	if (f->segments)
		for (; f->n_segments < h->phnum; f->n_segments++)
			f->segments[f->n_segments] = read_segment(f, &c);
	view_deinit(&view);
	return f->segments ? NULL : err_nomem();
}

/*
 * Old x86-64 vmlinux files link their per-CPU data at address 0, beside the
 * kernel in the upper half: that is no module base.
 */
static void find_vaddr_base(struct elf_file *f)
{
	uint64_t lowest = UINT64_MAX, upper = UINT64_MAX;

	for (size_t i = 0; i < f->n_segments; i++) {
		const struct elf_segment *s = &f->segments[i];

		if (s->type != PT_LOAD)
			continue;
		if (s->vaddr < lowest)
			lowest = s->vaddr;
		if (s->vaddr >> 63 && s->vaddr < upper)
			upper = s->vaddr;
	}
	if (f->type == ET_EXEC && lowest == 0 && upper != UINT64_MAX)
		lowest = upper;
	f->vaddr_base = lowest == UINT64_MAX ? 0 : lowest & ~(uint64_t)(PAGE - 1);
}

static struct elf_section read_section(const struct elf_file *f, struct cursor *c)
{
	struct elf_section s = { .name = cursor_u32(c) };

	s.type = cursor_u32(c);
	s.flags = word(f, c);
	s.addr = word(f, c);
	s.offset = word(f, c);
	s.size = word(f, c);
	s.link = cursor_u32(c);
	s.info = cursor_u32(c);
	(void)word(f, c); /* addralign */
	s.entsize = word(f, c);
	return s;
}

/* How many sections there are and which has the names: where a number does
 * not fit into the header it is in section 0. */
static struct err *count_sections(struct elf_file *f, const struct header *h, size_t entry,
				  uint64_t *ret_n, uint32_t *ret_names)
{
	uint8_t bytes[sizeof(Elf64_Shdr)];
	struct cursor c;
	struct elf_section zero;

	TRY(err_prefix(source_read(f->src, h->shoff, bytes, entry), "section headers"));
	c = cursor_init(f->src->name, bytes, entry, h->shoff);
	c.big_endian = f->big_endian;
	zero = read_section(f, &c);
	*ret_n = h->shnum ? h->shnum : zero.size;
	*ret_names = h->shstrndx == SHN_XINDEX ? zero.link : h->shstrndx;
	return NULL;
}

static struct err *read_sections(struct elf_file *f, const struct header *h)
{
	size_t entry = f->is64 ? sizeof(Elf64_Shdr) : sizeof(Elf32_Shdr);
	struct view view = VIEW_INIT;
	struct cursor c;
	uint32_t names;
	uint64_t n;

	if (!h->shoff)
		return NULL;
	if (h->shentsize != entry)
		return err_new(ERR_CORRUPT, "%s: section headers of %u bytes (%zu expected)", f->src->name,
			       h->shentsize, entry);
	TRY(count_sections(f, h, entry, &n, &names));
	if (n > MAX_SECTIONS)
		return err_new(ERR_CORRUPT, "%s: %llu sections", f->src->name, (unsigned long long)n);
	TRY(err_prefix(source_cursor(f->src, h->shoff, n * entry, &view, &c), "section headers"));
	c.big_endian = f->big_endian;
	f->sections = calloc(n + 1, sizeof(*f->sections));
	if (f->sections)
		for (; f->n_sections < n; f->n_sections++)
			f->sections[f->n_sections] = read_section(f, &c);
	view_deinit(&view);
	if (!f->sections)
		return err_nomem();
	if (names < n && f->sections[names].type != SHT_NOBITS)
		return err_prefix(source_view(f->src, f->sections[names].offset, f->sections[names].size,
					      &f->names),
				  "section names");
	return NULL;
}

/* Looks for the build id in a run of notes. */
static bool find_build_id(struct cursor *c, uint64_t align, struct elf_build_id *ret)
{
	while (cursor_ok(c) && cursor_left(c) >= 12) {
		uint32_t namesz = cursor_u32(c), descsz = cursor_u32(c), type = cursor_u32(c);
		const uint8_t *name = cursor_bytes(c, namesz), *desc;

		cursor_align(c, align);
		desc = cursor_bytes(c, descsz);
		cursor_align(c, align);
		if (!desc || !name)
			return false;
		if (type == NT_GNU_BUILD_ID && namesz == 4 && !memcmp(name, "GNU", 4) && descsz &&
		    descsz <= ELF_BUILD_ID_MAX) {
			memcpy(ret->bytes, desc, descsz);
			ret->size = descsz;
			return true;
		}
	}
	return false;
}

bool elf_build_id_in_notes(const uint8_t *notes, size_t size, struct elf_build_id *ret)
{
	struct cursor c = cursor_init("notes", notes, size, 0);

	return find_build_id(&c, 4, ret);
}

static bool build_id_at(const struct elf_file *f, uint64_t offset, uint64_t size, uint64_t align,
			struct elf_build_id *ret)
{
	struct view view = VIEW_INIT;
	struct cursor c;
	bool found;

	if (size > MAX_NOTES)
		size = MAX_NOTES;
	if (err_ignore(source_cursor(f->src, offset, size, &view, &c)))
		return false;
	c.big_endian = f->big_endian;
	found = find_build_id(&c, align == 8 ? 8 : 4, ret);
	view_deinit(&view);
	return found;
}

/* From segments; else, for debug files whose notes are only in sections, from
 * sections. Where the bytes are not there, there is no id: not an error. */
static void read_build_id(struct elf_file *f)
{
	for (size_t i = 0; i < f->n_segments; i++) {
		const struct elf_segment *s = &f->segments[i];
		uint64_t offset = s->offset, left;

		if (s->type != PT_NOTE)
			continue;
		if (f->is_image && !elf_vaddr_offset(f, s->vaddr, &offset, &left))
			continue;
		if (build_id_at(f, offset, s->filesz, s->align, &f->id))
			return;
	}
	for (size_t i = 0; i < f->n_sections; i++)
		if (f->sections[i].type == SHT_NOTE &&
		    build_id_at(f, f->sections[i].offset, f->sections[i].size, 4, &f->id))
			return;
}

static struct err *init(struct elf_file *f)
{
	struct header h;

	TRY(read_header(f, &h));
	TRY(read_segments(f, &h));
	find_vaddr_base(f);
	if (!f->is_image)
		TRY(read_sections(f, &h));
	read_build_id(f);
	return NULL;
}

struct err *elf_file_init(struct elf_file *f, struct source *src)
{
	struct err *e;

	*f = (struct elf_file){ .src = src };
	e = init(f);
	if (e)
		elf_file_deinit(f);
	return e;
}

struct err *elf_image_init(struct elf_file *f, struct source *image, uint64_t base)
{
	struct err *e;

	*f = (struct elf_file){ .src = image, .is_image = true, .base = base };
	e = init(f);
	if (e)
		elf_file_deinit(f);
	return e;
}

struct err *elf_file_open(struct elf_file *f, const char *path)
{
	struct source *src;
	struct err *e;

	TRY(source_open_file(path, &src));
	e = elf_file_init(f, src);
	if (e)
		source_destroy(src);
	else
		f->owns_src = true;
	return e;
}

void elf_file_deinit(struct elf_file *f)
{
	free(f->segments);
	free(f->sections);
	view_deinit(&f->names);
	if (f->owns_src)
		source_destroy(f->src);
	*f = (struct elf_file){ 0 };
}

static bool name_is(const struct elf_file *f, const struct elf_section *s, const char *name)
{
	size_t n = strlen(name) + 1;

	return range_in(s->name, n, f->names.size) && !memcmp(f->names.data + s->name, name, n);
}

const struct elf_section *elf_section_named(const struct elf_file *f, const char *name)
{
	for (size_t i = 1; i < f->n_sections; i++)
		if (f->sections[i].type != SHT_NOBITS && name_is(f, &f->sections[i], name))
			return &f->sections[i];
	return NULL;
}

const struct elf_section *elf_section_of_type(const struct elf_file *f, uint32_t type)
{
	for (size_t i = 1; i < f->n_sections; i++)
		if (f->sections[i].type == type)
			return &f->sections[i];
	return NULL;
}

const struct elf_segment *elf_segment_of_type(const struct elf_file *f, uint32_t type)
{
	for (size_t i = 0; i < f->n_segments; i++)
		if (f->segments[i].type == type)
			return &f->segments[i];
	return NULL;
}

bool elf_has_dwarf(const struct elf_file *f)
{
	return elf_section_named(f, ".debug_info") || elf_section_named(f, ".zdebug_info");
}

struct err *elf_section_cursor(const struct elf_file *f, const struct elf_section *s,
			       struct view *ret_view, struct cursor *ret)
{
	TRY(source_cursor(f->src, s->offset, s->size, ret_view, ret));
	ret->big_endian = f->big_endian;
	return NULL;
}

bool elf_vaddr_offset(const struct elf_file *f, uint64_t vaddr, uint64_t *ret_offset, uint64_t *ret_left)
{
	if (f->is_image) {
		uint64_t rva = vaddr - f->vaddr_base;

		if (rva >= f->src->size)
			return false;
		*ret_offset = rva;
		*ret_left = f->src->size - rva;
		return true;
	}
	for (size_t i = 0; i < f->n_segments; i++) {
		const struct elf_segment *s = &f->segments[i];
		uint64_t in = vaddr - s->vaddr;

		if (s->type != PT_LOAD || vaddr < s->vaddr || in >= s->filesz)
			continue;
		if (!range_in(s->offset, s->filesz, f->src->size))
			continue;
		*ret_offset = s->offset + in;
		*ret_left = s->filesz - in;
		return true;
	}
	return false;
}

struct err *elf_vaddr_cursor(const struct elf_file *f, uint64_t vaddr, uint64_t len,
			     struct view *ret_view, struct cursor *ret)
{
	uint64_t offset, left;

	if (!elf_vaddr_offset(f, vaddr, &offset, &left) || len > left)
		return err_new(ERR_TRUNCATED, "%s: 0x%llx bytes at address 0x%llx are not in it", f->src->name,
			       (unsigned long long)len, (unsigned long long)vaddr);
	TRY(source_cursor(f->src, offset, len, ret_view, ret));
	ret->big_endian = f->big_endian;
	return NULL;
}

uint64_t elf_unrelocate(const struct elf_file *f, uint64_t address)
{
	if (f->is_image && address >= f->base && address - f->base < f->src->size)
		return address - f->base + f->vaddr_base;
	return address;
}

uint64_t elf_memory_size(const struct elf_file *f)
{
	uint64_t end = 0;

	for (size_t i = 0; i < f->n_segments; i++) {
		const struct elf_segment *s = &f->segments[i];
		uint64_t rva = s->vaddr - f->vaddr_base, last;

		if (s->type == PT_LOAD && !__builtin_add_overflow(rva, s->memsz, &last) && last > end)
			end = last;
	}
	return end;
}

bool elf_is_code(const struct elf_file *f, uint64_t vaddr)
{
	for (size_t i = 0; i < f->n_segments; i++) {
		const struct elf_segment *s = &f->segments[i];

		if (s->type == PT_LOAD && (s->flags & PF_X) && vaddr >= s->vaddr && vaddr - s->vaddr < s->memsz)
			return true;
	}
	return false;
}

struct err *elf_build_id_of_file(const char *path, struct elf_build_id *ret)
{
	struct elf_file f;
	struct err *e = NULL;

	TRY(elf_file_open(&f, path));
	if (f.id.size)
		*ret = f.id;
	else
		e = err_new(ERR_NOTFOUND, "%s: no build id", path);
	elf_file_deinit(&f);
	return e;
}

struct err *elf_check_has_dwarf(const char *path)
{
	struct elf_file f;
	struct err *e = NULL;

	TRY(elf_file_open(&f, path));
	if (!elf_has_dwarf(&f))
		e = err_new(ERR_CORRUPT, "%s: has no debug information", path);
	elf_file_deinit(&f);
	return e;
}

struct err *elf_build_id_from_memory(struct space *s, uint64_t base, struct elf_build_id *ret)
{
	uint64_t size = UINT64_MAX - base;
	struct source *src;
	struct elf_file f;
	struct err *e;

	TRY(space_source(s, "module in memory", base, size, &src));
	e = elf_image_init(&f, src, base);
	if (!e) {
		if (f.id.size)
			*ret = f.id;
		else
			e = err_new(ERR_NOTFOUND, "the module at 0x%llx has no build id that can be read",
				    (unsigned long long)base);
		elf_file_deinit(&f);
	}
	source_destroy(src);
	return e;
}
