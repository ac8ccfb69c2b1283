/* SPDX-License-Identifier: MIT */
/*
 * A module as an image: its headers (read from the dump's memory, else from
 * its file), where its code and unwind tables are, and its file on disk, whose
 * read-only parts fill memory that the dump left out once the file has proved
 * to be the same image (PE: time stamp and size; ELF: build id).
 */
#include "target/kernel_impl.h"

#include <elf.h>
#include <stdlib.h>
#include <string.h>

static struct pe *open_memory_pe(struct target *t, struct module *m)
{
	CLEANUP(source_destroyp) struct source *src = NULL;
	struct space *space = target_space(t);
	struct pe *pe;

	if (!space || err_ignore(space_source(space, m->image_name, m->base, m->size, &src)))
		return NULL;
	if (err_ignore(pe_open(src, PE_MEMORY, &pe)))
		return NULL;
	TAKE_PTR(src);
	return pe;
}

static void find_image_pe(struct target *t, struct module *m)
{
	struct module_private *p = m->priv;
	struct err *e;

	if (p->image_tried)
		return;
	p->image_tried = true; /* first: opening may read memory and come back here */
	e = module_find_image(t, m, &p->image_file);
	if (!e)
		e = pe_open_file(p->image_file, &p->image_pe);
	if (!e && (m->timestamp || m->record))
		e = pe_check_identity(p->image_pe, m->timestamp, (uint32_t)m->size);
	if (!e)
		return;
	pe_destroy(p->image_pe);
	p->image_pe = NULL;
	if (p->image_file)
		notice("%s", err_message(e));
	err_free(e);
}

static void read_header(struct target *t, struct module *m)
{
	struct module_private *p = m->priv;
	struct pe *pe;

	if (p->header_tried)
		return;
	p->header_tried = true;
	p->pe = open_memory_pe(t, m);
	if (!p->pe)
		find_image_pe(t, m);
	pe = p->pe ? p->pe : p->image_pe;
	p->unwind = pe ? pe_unwind_image(pe, m->base)
		       : (struct unwind_image){ .base = m->base, .size = m->size };
}

struct pe *module_pe_image(struct target *t, struct module *m)
{
	if (!target_is_windows(t))
		return NULL;
	read_header(t, m);
	return m->priv->pe ? m->priv->pe : m->priv->image_pe;
}

const struct unwind_image *module_unwind_image(struct target *t, struct module *m)
{
	read_header(t, m);
	return &m->priv->unwind;
}

/* --- ELF ------------------------------------------------------------------- */

struct phdr {
	uint32_t type, flags;
	uint64_t offset, vaddr, filesz, memsz;
};

static struct phdr read_phdr(struct cursor *c, bool is64)
{
	struct phdr p = { .type = cursor_u32(c) };

	if (is64)
		p.flags = cursor_u32(c);
	p.offset = cursor_uint(c, is64 ? 8 : 4);
	p.vaddr = cursor_uint(c, is64 ? 8 : 4);
	cursor_skip(c, is64 ? 8 : 4);
	p.filesz = cursor_uint(c, is64 ? 8 : 4);
	p.memsz = cursor_uint(c, is64 ? 8 : 4);
	if (!is64)
		p.flags = cursor_u32(c);
	cursor_skip(c, is64 ? 8 : 4);
	return p;
}

enum { MAX_PHDRS = 256 };

/* Program headers of an ELF image at the start of `src`; 0: none readable. */
static size_t read_phdrs(struct source *src, struct phdr *ret)
{
	uint8_t header[64] = { 0 };
	CLEANUP(view_deinit) struct view view = VIEW_INIT;
	struct cursor c;
	uint64_t offset;
	size_t n;
	bool is64, big;

	if (source_read_some(src, 0, header, sizeof(header)) < 52 ||
	    memcmp(header, ELFMAG, SELFMAG) != 0)
		return 0;
	is64 = header[EI_CLASS] == ELFCLASS64;
	big = header[EI_DATA] == ELFDATA2MSB;
	c = cursor_init(src->name, header, sizeof(header), 0);
	c.big_endian = big;
	cursor_seek(&c, is64 ? 32 : 28);
	offset = cursor_uint(&c, is64 ? 8 : 4);
	cursor_seek(&c, is64 ? 56 : 44);
	n = cursor_u16(&c);
	if (n > MAX_PHDRS || err_ignore(source_cursor(src, offset, n * (is64 ? 56 : 32), &view, &c)))
		return 0;
	c.big_endian = big;
	for (size_t i = 0; i < n; i++)
		ret[i] = read_phdr(&c, is64);
	return n;
}

static uint64_t lowest_page(const struct phdr *phdrs, size_t n)
{
	uint64_t low = UINT64_MAX;

	for (size_t i = 0; i < n; i++)
		if (phdrs[i].type == PT_LOAD && (phdrs[i].vaddr & ~(uint64_t)0xfff) < low)
			low = phdrs[i].vaddr & ~(uint64_t)0xfff;
	return low;
}

/* A segment starts at its page: the bytes before it are the file's too. */
static bool elf_range(const struct module *m, const struct phdr *ph, uint64_t low, struct space_range *ret)
{
	struct source *src = m->priv->image_source;
	uint64_t head = ph->vaddr & 0xfff;

	if (ph->type != PT_LOAD || head > ph->offset || !range_in(ph->offset, ph->filesz, src->size))
		return false;
	*ret = (struct space_range){
		.address = m->base + (ph->vaddr - low) - head,
		.size = ph->filesz + head,
		.src = src,
		.offset = ph->offset - head,
		.origin = SPACE_IMAGE,
		.tag = (uint32_t)m->index,
	};
	return true;
}

/* The parts of the file that are in memory as they are: loaded, not writable. */
static bool fill_from_elf(struct target *t, struct module *m)
{
	struct module_private *p = m->priv;
	struct phdr phdrs[MAX_PHDRS];
	struct space_range ranges[MAX_PHDRS];
	size_t n = read_phdrs(p->image_source, phdrs), used = 0;
	uint64_t low = lowest_page(phdrs, n);

	for (size_t i = 0; i < n; i++)
		if (!(phdrs[i].flags & PF_W) && elf_range(m, &phdrs[i], low, &ranges[used]))
			used++;
	return used && !err_ignore(space_add(target_space(t), ranges, used));
}

static bool open_elf_image(struct target *t, struct module *m)
{
	struct module_private *p = m->priv;
	struct err *e;

	if (p->image_tried)
		return false;
	p->image_tried = true;
	e = module_find_image(t, m, &p->image_file);
	if (!e)
		e = source_open_file(p->image_file, &p->image_source);
	return !err_ignore(e);
}

static bool fill_from_pe(struct target *t, struct module *m)
{
	struct module_private *p = m->priv;
	const struct space_range *ranges;
	size_t n;

	if (p->image)
		return false;
	find_image_pe(t, m);
	if (!p->image_pe || err_ignore(pe_image_create(p->image_pe, m->base, (uint32_t)m->index,
						       &p->image)))
		return false;
	ranges = pe_image_ranges(p->image, &n);
	return !err_ignore(space_add(target_space(t), ranges, n));
}

bool module_fill_from_image(struct target *t, struct module *m)
{
	if (target_is_windows(t))
		return fill_from_pe(t, m);
	return open_elf_image(t, m) && fill_from_elf(t, m);
}

/* --- the file as it should be in memory ------------------------------------------- */

static struct err *add_part(struct arena *a, struct image_part *parts, size_t *n, struct image_part part,
			    const char *name)
{
	part.name = arena_strdup(a, name);
	if (!part.name)
		return err_nomem();
	parts[(*n)++] = part;
	return NULL;
}

/* Sections that the loader leaves alone, and those that are there to be written. */
static struct err *pe_parts(struct module *m, struct arena *a, struct image_part **ret, size_t *ret_n)
{
	const struct pe_headers *h = pe_headers(m->priv->image_pe);
	size_t n_ranges, n = 0;
	const struct space_range *ranges = pe_image_ranges(m->priv->image, &n_ranges);
	struct image_part *parts = ARENA_NEW_N(a, struct image_part, n_ranges + h->n_sections);

	if (!parts)
		return err_nomem();
	for (size_t i = 0; i < n_ranges; i++) {
		const struct pe_section *s = pe_section_at(m->priv->image_pe, ranges[i].address - m->base);

		TRY(add_part(a, parts, &n,
			     (struct image_part){ .range = ranges[i],
						  .executable = s && s->characteristics & (PE_SCN_EXECUTE | PE_SCN_CODE) },
			     s ? s->name : "headers"));
	}
	for (unsigned i = 0; i < h->n_sections && n_ranges && ranges[0].src; i++) {
		const struct pe_section *s = &h->sections[i];
		struct image_part part = {
			.range = { .address = m->base + s->rva, .size = s->virtual_size, .src = ranges[0].src, .offset = s->rva },
			.writable = true,
		};

		if (s->characteristics & PE_SCN_WRITE && range_in(s->rva, s->virtual_size, m->size))
			TRY(add_part(a, parts, &n, part, s->name));
	}
	*ret = parts;
	*ret_n = n;
	return NULL;
}

static struct err *elf_parts(struct module *m, struct arena *a, struct image_part **ret, size_t *ret_n)
{
	struct phdr phdrs[MAX_PHDRS];
	struct space_range range;
	size_t n_phdrs = read_phdrs(m->priv->image_source, phdrs), n = 0;
	uint64_t low = lowest_page(phdrs, n_phdrs);
	struct image_part *parts = ARENA_NEW_N(a, struct image_part, n_phdrs + 1);

	if (!parts)
		return err_nomem();
	for (size_t i = 0; i < n_phdrs; i++)
		if (elf_range(m, &phdrs[i], low, &range))
			TRY(add_part(a, parts, &n,
				     (struct image_part){ .range = range, .writable = phdrs[i].flags & PF_W,
							  .executable = (phdrs[i].flags & (PF_X | PF_W)) == PF_X },
				     phdrs[i].flags & PF_X ? "code" : phdrs[i].flags & PF_W ? "data" : "read-only"));
	*ret = parts;
	*ret_n = n;
	return NULL;
}

struct err *module_image_parts(struct target *t, struct module *m, struct arena *a, struct image_part **ret,
			       size_t *ret_n)
{
	struct module_private *p = m->priv;
	CLEANUP(freep) char *path = NULL;
	struct provider **providers;

	if (!target_is_windows(t))
		(void)module_providers(t, m, &providers); /* tells the build id */
	(void)module_fill_from_image(t, m);
	if (p->image)
		return pe_parts(m, a, ret, ret_n);
	if (p->image_source)
		return elf_parts(m, a, ret, ret_n);
	TRY(module_find_image(t, m, &path));
	return err_new(ERR_NOTFOUND, "%s: it is not the file that %s was loaded from", path, m->image_name);
}

const char *module_image_file(const struct module *m)
{
	return m->priv->image_file ? m->priv->image_file : "";
}

/* --- which parts are code ---------------------------------------------------- */

static void add_exec(struct module *m, uint64_t start, uint64_t size)
{
	struct exec_range r = { m->base + start, m->base + start + size };

	if (size)
		(void)vec_push(&m->priv->exec, r);
}

static void find_exec_pe(struct target *t, struct module *m)
{
	struct pe *pe = module_pe_image(t, m);
	const struct pe_headers *h = pe ? pe_headers(pe) : NULL;

	for (unsigned i = 0; h && i < h->n_sections; i++)
		if (h->sections[i].characteristics & (PE_SCN_EXECUTE | PE_SCN_CODE))
			add_exec(m, h->sections[i].rva, h->sections[i].virtual_size);
}

static void find_exec_elf(struct target *t, struct module *m)
{
	CLEANUP(source_destroyp) struct source *src = NULL;
	struct phdr phdrs[MAX_PHDRS];
	uint64_t low;
	size_t n;

	if (!target_space(t) ||
	    err_ignore(space_source(target_space(t), m->image_name, m->base, m->size, &src)))
		return;
	n = read_phdrs(src, phdrs);
	low = lowest_page(phdrs, n);
	for (size_t i = 0; i < n; i++)
		if (phdrs[i].type == PT_LOAD && (phdrs[i].flags & PF_X))
			add_exec(m, phdrs[i].vaddr - low, phdrs[i].memsz);
}

bool module_is_executable(struct target *t, struct module *m, uint64_t address)
{
	struct module_private *p = m->priv;

	if (t->kernel)
		return kernel_is_executable(t->kernel, address);
	if (!p->exec_known) {
		p->exec_known = true;
		if (target_is_windows(t))
			find_exec_pe(t, m);
		else
			find_exec_elf(t, m);
	}
	for (size_t i = 0; i < p->exec.n; i++)
		if (address >= p->exec.v[i].start && address < p->exec.v[i].end)
			return true;
	/* no headers to tell by: all of it may be code */
	return !p->exec.n && address - m->base < m->size;
}

void module_image_forget(struct module *m)
{
	struct module_private *p = m->priv;

	vec_deinit(&p->exec);
	provider_unref(p->exports);
	p->exports = NULL;
	p->exports_tried = false;
	pe_image_destroy(p->image);
	pe_destroy(p->pe);
	pe_destroy(p->image_pe);
	source_destroy(p->image_source);
	source_destroy(p->memory_source);
	free(p->image_file);
	p->image = NULL;
	p->pe = p->image_pe = NULL;
	p->image_source = p->memory_source = NULL;
	p->image_file = NULL;
}
