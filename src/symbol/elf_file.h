/* SPDX-License-Identifier: MIT */
/*
 * The skeleton of an ELF object: header, segments, sections, build id; of a
 * file, or of a module as the loader has mapped it ("image").
 *
 * Addresses inside are the link-time ones ("vaddr"); rva = vaddr - vaddr_base,
 * where vaddr_base is the page of the lowest PT_LOAD. An image is addressed by
 * rva: the byte of rva r is at offset r of its source. A file is addressed by
 * file offsets. elf_vaddr_offset turns a vaddr into an offset for both.
 */
#ifndef OSM_SYMBOL_ELF_FILE_H
#define OSM_SYMBOL_ELF_FILE_H

#include "base/cursor.h"
#include "base/source.h"
#include "symbol/elf.h"

struct elf_segment {
	uint32_t type, flags;
	uint64_t offset, vaddr, filesz, memsz, align;
};

struct elf_section {
	uint32_t name;		/* offset in the section names */
	uint32_t type, link, info;
	uint64_t flags, addr, offset, size, entsize;
};

struct elf_file {
	struct source *src;
	bool owns_src;
	bool is_image;
	bool is64, big_endian;
	uint16_t type, machine;
	enum machine arch;
	uint64_t vaddr_base;
	uint64_t base;		/* image: run-time address of rva 0 */
	struct elf_segment *segments;
	size_t n_segments;
	struct elf_section *sections; /* of an image: none */
	size_t n_sections;
	struct view names;	/* section names */
	struct elf_build_id id;
};

/* Reads header, segments, sections and build id; `src` is borrowed, unless it
 * is given over by setting owns_src afterwards. */
struct err *elf_file_init(struct elf_file *f, struct source *src) MUST_USE;
struct err *elf_image_init(struct elf_file *f, struct source *image, uint64_t base) MUST_USE;
/* Maps the file and takes it. */
struct err *elf_file_open(struct elf_file *f, const char *path) MUST_USE;
void elf_file_deinit(struct elf_file *f); /* accepts a zeroed one */

/* NULL: none. Sections of type SHT_NOBITS count as not there. */
const struct elf_section *elf_section_named(const struct elf_file *f, const char *name);
const struct elf_section *elf_section_of_type(const struct elf_file *f, uint32_t type);
const struct elf_segment *elf_segment_of_type(const struct elf_file *f, uint32_t type);
bool elf_has_dwarf(const struct elf_file *f);
/* Bytes of a section as they are in the file. */
struct err *elf_section_cursor(const struct elf_file *f, const struct elf_section *s,
			       struct view *ret_view, struct cursor *ret) MUST_USE;

/* Where the byte of a vaddr is in the source, and how many follow it there. */
bool elf_vaddr_offset(const struct elf_file *f, uint64_t vaddr, uint64_t *ret_offset, uint64_t *ret_left);
/* Cursor over [vaddr, vaddr+len). */
struct err *elf_vaddr_cursor(const struct elf_file *f, uint64_t vaddr, uint64_t len,
			     struct view *ret_view, struct cursor *ret) MUST_USE;
/* An address as the loader may have relocated it in an image, as a vaddr. */
uint64_t elf_unrelocate(const struct elf_file *f, uint64_t address);
/* One past the last byte of PT_LOAD memory, as rva. */
uint64_t elf_memory_size(const struct elf_file *f);
/* Is vaddr in an executable segment? */
bool elf_is_code(const struct elf_file *f, uint64_t vaddr);

static inline unsigned elf_address_size(const struct elf_file *f)
{
	return f->is64 ? 8 : 4;
}

#endif
