/* SPDX-License-Identifier: MIT */
/*
 * Hooks in ELF images: slots of the procedure linkage table (see hooks.h).
 *
 * DT_JMPREL has a relocation for each function that is called in other modules;
 * the loader binds its slot to the module that defines the symbol. Whether one
 * defines it is looked up as the loader does it, in its table DT_GNU_HASH ("ELF
 * symbol hash table" of the GNU gABI extensions) or DT_HASH (System V ABI,
 * "Hash Table"). A slot that leads into its own module was not bound yet.
 */
#include "target/hooks_impl.h"
#include "target/target_impl.h"

#include "symbol/elf_file.h"

#include <elf.h>
#include <string.h>

enum {
	MAX_DYNAMIC = 512,
	MAX_SLOTS = 1 << 16,	/* of one image */
	MAX_CHAIN = 4096,
	MAX_NAME = 512,
};

/* What a module's dynamic section tells, in addresses of memory. */
struct elf_links {
	struct target *t;
	bool is64;
	uint64_t bias;		/* of memory against the file's addresses */
	uint64_t symtab, strtab, hash, gnu_hash;
	uint64_t relocs, relocs_size;
	bool rela;
};

static bool read_word(const struct elf_links *l, uint64_t address, uint64_t *ret)
{
	return arch_read_uint(&l->t->memory, address, l->is64 ? 8 : 4, ret);
}

static bool read_u32(const struct elf_links *l, uint64_t address, uint32_t *ret)
{
	uint64_t v;

	if (!arch_read_uint(&l->t->memory, address, 4, &v))
		return false;
	*ret = (uint32_t)v;
	return true;
}

static void take_entry(struct elf_links *l, const struct elf_file *f, uint64_t tag, uint64_t value)
{
	uint64_t address = elf_unrelocate(f, value) + l->bias;

	switch (tag) {
	case DT_SYMTAB: l->symtab = address; break;
	case DT_STRTAB: l->strtab = address; break;
	case DT_HASH: l->hash = address; break;
	case DT_GNU_HASH: l->gnu_hash = address; break;
	case DT_JMPREL: l->relocs = address; break;
	case DT_PLTRELSZ: l->relocs_size = value; break;
	case DT_PLTREL: l->rela = value == DT_RELA; break;
	default: break;
	}
}

/* false: there is no dynamic section, or it is not in the dump. */
static bool read_links(struct target *t, struct module *m, struct elf_links *ret)
{
	CLEANUP(source_destroyp) struct source *src = NULL;
	struct elf_file f = { 0 };
	const struct elf_segment *s;

	*ret = (struct elf_links){ .t = t };
	if (!target_space(t) || err_ignore(space_source(target_space(t), m->image_name, m->base, m->size, &src)) ||
	    err_ignore(elf_image_init(&f, src, m->base)))
		return false;
	ret->is64 = f.is64;
	ret->bias = f.base - f.vaddr_base;
	s = f.big_endian ? NULL : elf_segment_of_type(&f, PT_DYNAMIC);
	for (unsigned i = 0; s && i < MAX_DYNAMIC; i++) {
		uint64_t at = s->vaddr + ret->bias + (uint64_t)i * (f.is64 ? 16 : 8), tag, value;

		if (!read_word(ret, at, &tag) || !read_word(ret, at + (f.is64 ? 8 : 4), &value) || tag == DT_NULL)
			break;
		take_entry(ret, &f, tag, value);
	}
	elf_file_deinit(&f);
	return ret->symtab && ret->strtab;
}

/* --- does it define the symbol? -------------------------------------------------------- */

/* What is not in the dump may be anything: only tables that are there whole say no. */
static bool name_may_be(const struct elf_links *l, uint32_t offset, const char *name)
{
	char text[MAX_NAME];
	size_t n = strlen(name) + 1;

	return n > sizeof(text) || l->t->memory.read(l->t->memory.arg, l->strtab + offset, text, n) != n ||
	       memcmp(text, name, n) == 0;
}

/* The entry of a symbol: its name, and whether it is defined here. */
static bool symbol_may_be(const struct elf_links *l, uint32_t index, const char *name)
{
	uint64_t at = l->symtab + (uint64_t)index * (l->is64 ? 24 : 16), section;
	uint32_t offset;

	if (!read_u32(l, at, &offset) || !arch_read_uint(&l->t->memory, at + (l->is64 ? 6 : 14), 2, &section))
		return true;
	return section != SHN_UNDEF && name_may_be(l, offset, name);
}

static bool may_be_in_gnu_hash(const struct elf_links *l, const char *name)
{
	uint32_t h = 5381, n_buckets, first, n_bloom, index, link;
	uint64_t buckets;

	for (const char *p = name; *p; p++)
		h = h * 33 + (uint8_t)*p;
	if (!read_u32(l, l->gnu_hash, &n_buckets) || !read_u32(l, l->gnu_hash + 4, &first) ||
	    !read_u32(l, l->gnu_hash + 8, &n_bloom) || !n_buckets)
		return true;
	buckets = l->gnu_hash + 16 + (uint64_t)n_bloom * (l->is64 ? 8 : 4);
	if (!read_u32(l, buckets + 4ull * (h % n_buckets), &index))
		return true;
	if (index < first)
		return false;
	for (unsigned i = 0; i < MAX_CHAIN; i++, index++) {
		if (!read_u32(l, buckets + 4ull * n_buckets + 4ull * (index - first), &link) ||
		    ((link | 1) == (h | 1) && symbol_may_be(l, index, name)))
			return true;
		if (link & 1)
			return false;
	}
	return true;
}

static bool may_be_in_hash(const struct elf_links *l, const char *name)
{
	uint32_t h = 0, n_buckets, index;

	for (const char *p = name; *p; p++) {
		h = (h << 4) + (uint8_t)*p;
		h = (h ^ (h & 0xf0000000u) >> 24) & 0x0fffffffu;
	}
	if (!read_u32(l, l->hash, &n_buckets) || !n_buckets || !read_u32(l, l->hash + 8 + 4ull * (h % n_buckets), &index))
		return true;
	for (unsigned i = 0; index && i < MAX_CHAIN; i++)
		if (symbol_may_be(l, index, name) || !read_u32(l, l->hash + 8 + 4ull * n_buckets + 4ull * index, &index))
			return true;
	return index != 0;
}

/* Also when it cannot be told. */
static bool may_define(const struct elf_links *l, const char *name)
{
	if (!l->gnu_hash && !l->hash)
		return true;
	return l->gnu_hash ? may_be_in_gnu_hash(l, name) : may_be_in_hash(l, name);
}

/* --- the slots ------------------------------------------------------------------------------ */

struct plt_walk {
	struct target *t;
	struct module *m;
	struct elf_links own, theirs;
	struct module *to;	/* whose links `theirs` are */
	bool theirs_known;
};

static bool is_plt_slot(enum machine machine, uint32_t type)
{
	static const struct {
		enum machine machine;
		uint32_t type;
	} types[] = {
		{ MACHINE_X64, R_X86_64_JUMP_SLOT },
		{ MACHINE_X86, R_386_JMP_SLOT },
		{ MACHINE_ARM64, R_AARCH64_JUMP_SLOT },
		{ MACHINE_ARM, R_ARM_JUMP_SLOT },
	};

	for (size_t i = 0; i < ARRAY_SIZE(types); i++)
		if (types[i].machine == machine)
			return types[i].type == type;
	return false;
}

static uint64_t entry_size(const struct elf_links *l)
{
	return l->is64 ? l->rela ? sizeof(Elf64_Rela) : sizeof(Elf64_Rel) : l->rela ? sizeof(Elf32_Rela) : sizeof(Elf32_Rel);
}

/* The name of a relocation's symbol; false: not in the dump. */
static bool name_of(const struct elf_links *l, uint32_t index, char *buf)
{
	uint32_t offset;
	size_t n;

	if (!read_u32(l, l->symtab + (uint64_t)index * (l->is64 ? 24 : 16), &offset))
		return false;
	n = l->t->memory.read(l->t->memory.arg, l->strtab + offset, buf, MAX_NAME - 1);
	buf[n] = '\0';
	return strlen(buf) < n && *buf;
}

static bool is_right(struct plt_walk *w, struct module *to, const char *name)
{
	if (w->to != to) {
		w->to = to;
		w->theirs_known = read_links(w->t, to, &w->theirs);
	}
	return !w->theirs_known || may_define(&w->theirs, name);
}

/* Slot number i; false: the walk ends. */
static bool look_at_slot(struct plt_walk *w, uint64_t i, hook_visitor *v, void *arg)
{
	const struct elf_links *l = &w->own;
	uint64_t at = l->relocs + i * entry_size(l), info, address, value;
	struct hook h = { .module = w->m, .is_slot = true, .library = "" };
	char name[MAX_NAME];
	struct module *to;

	if (!read_word(l, at, &address) || !read_word(l, at + (l->is64 ? 8 : 4), &info))
		return false;
	if (!is_plt_slot(w->m->machine, (uint32_t)(l->is64 ? info & 0xffffffff : info & 0xff)))
		return true;
	address += l->bias;
	if (!read_word(l, address, &value) || value < 0x1000)
		return true;
	to = target_module_at(w->t, value);
	if (to == w->m || !name_of(l, (uint32_t)(l->is64 ? info >> 32 : info >> 8), name) || (to && is_right(w, to, name)))
		return true;
	h.address = address;
	h.name = name;
	h.target = value;
	return hook_tell(w->t, &h, v, arg);
}

struct err *module_hooked_plt(struct target *t, struct module *m, hook_visitor *v, void *arg)
{
	struct plt_walk w = { .t = t, .m = m };
	uint64_t n;

	if (!read_links(t, m, &w.own) || !w.own.relocs)
		return NULL;
	n = w.own.relocs_size / entry_size(&w.own);
	for (uint64_t i = 0; i < n && i < MAX_SLOTS; i++) {
		if (i % 256 == 0)
			TRY(cancel_check());
		if (!look_at_slot(&w, i, v, arg))
			break;
	}
	return NULL;
}
