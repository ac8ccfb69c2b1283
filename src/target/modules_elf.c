/* SPDX-License-Identifier: MIT */
/*
 * Modules of an ELF core. NT_FILE lists every file mapping; those of one path
 * that follow each other are one module when an ELF header can be read at its
 * start or the first mapping is of offset 0. Without NT_FILE (old kernels,
 * other systems) the dynamic linker's link_map is walked from DT_DEBUG; as a
 * last resort segments that start with an ELF header are taken as they are.
 * The vDSO is at AT_SYSINFO_EHDR.
 */
#include "target/target_impl.h"


#include <elf.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_LINK_MAP = 16384, MAX_PHDRS = 512, MAX_DYNAMIC = 4096, MAX_NAME = 4096 };

static bool is_elf_at(struct target *t, uint64_t address)
{
	char magic[SELFMAG];

	return arch_read(&t->memory, address, magic, SELFMAG) && memcmp(magic, ELFMAG, SELFMAG) == 0;
}

static bool header_unreadable(struct target *t, uint64_t address)
{
	char c;

	return !arch_read(&t->memory, address, &c, 1);
}

static const char *path_of(struct target *t, const char *path)
{
	static const char deleted[] = " (deleted)";
	size_t n = strlen(path), m = sizeof(deleted) - 1;

	if (n > m && strcmp(path + n - m, deleted) == 0)
		return arena_strndup(&t->arena, path, n - m);
	return path;
}

/* A data file's mapping also starts at offset 0: without a readable header,
 * believe it only when some mapping of it follows (code after headers). */
static bool is_module(struct target *t, const struct dump_file_mapping *maps, size_t n)
{
	if (maps[0].file_offset != 0)
		return false;
	if (is_elf_at(t, maps[0].start))
		return true;
	return n > 1 && header_unreadable(t, maps[0].start);
}

static size_t run_length(const struct dump_file_mapping *maps, size_t n)
{
	size_t len = 1;

	while (len < n && strcmp(maps[len].path, maps[0].path) == 0 &&
	       maps[len].file_offset >= maps[len - 1].file_offset && maps[len].file_offset != 0)
		len++;
	return len;
}

static struct err *add_file_mappings(struct module_list *list)
{
	const struct dump_file_mapping *maps;
	struct target *t = list->target;
	size_t n, len;

	TRY(dump_file_mappings(t->dump, &maps, &n));
	for (size_t i = 0; i < n; i += len) {
		const char *path;

		len = run_length(maps + i, n - i);
		if (!is_module(t, maps + i, len))
			continue;
		path = path_of(t, maps[i].path);
		if (!path || !module_list_add(list, maps[i].start,
					      maps[i + len - 1].end - maps[i].start, path))
			return err_nomem();
	}
	return NULL;
}

static bool find_auxv(struct target *t, uint64_t type, uint64_t *ret)
{
	const struct dump_auxv *auxv;
	size_t n;

	if (err_ignore(dump_auxv(t->dump, &auxv, &n)))
		return false;
	for (size_t i = 0; i < n; i++)
		if (auxv[i].type == type) {
			*ret = auxv[i].value;
			return true;
		}
	return false;
}

static uint64_t word(struct target *t, uint64_t address)
{
	uint8_t bytes[8];
	unsigned size = t->arch->pointer_size;
	struct cursor c;

	if (!arch_read(&t->memory, address, bytes, size))
		return 0;
	c = cursor_init("memory", bytes, size, address);
	c.big_endian = t->facts->big_endian;
	return cursor_uint(&c, size);
}

struct elf_extent {
	uint64_t low, high;	/* page-rounded addresses of PT_LOAD, as linked */
	uint64_t dynamic;	/* as linked, 0: none */
};

/* Program headers in memory, 32- or 64-bit as the target is. */
static bool read_phdrs(struct target *t, uint64_t at, uint64_t n, struct elf_extent *ret)
{
	bool is64 = t->arch->pointer_size == 8;
	unsigned entry = is64 ? 56 : 32;
	uint8_t bytes[56];

	*ret = (struct elf_extent){ .low = UINT64_MAX };
	for (uint64_t i = 0; i < n && i < MAX_PHDRS; i++) {
		uint64_t vaddr, memsz;
		struct cursor c;
		uint32_t type;

		if (!arch_read(&t->memory, at + i * entry, bytes, entry))
			return false;
		c = cursor_init("program header", bytes, entry, at + i * entry);
		c.big_endian = t->facts->big_endian;
		type = cursor_u32(&c);
		cursor_seek(&c, is64 ? 16 : 8);
		vaddr = cursor_uint(&c, is64 ? 8 : 4);
		cursor_seek(&c, is64 ? 40 : 20);
		memsz = cursor_uint(&c, is64 ? 8 : 4);
		if (type == PT_DYNAMIC)
			ret->dynamic = vaddr;
		if (type != PT_LOAD)
			continue;
		if ((vaddr & ~(uint64_t)0xfff) < ret->low)
			ret->low = vaddr & ~(uint64_t)0xfff;
		if (vaddr + memsz > ret->high)
			ret->high = (vaddr + memsz + 0xfff) & ~(uint64_t)0xfff;
	}
	return ret->low != UINT64_MAX;
}

static bool extent_of(struct target *t, uint64_t base, struct elf_extent *ret)
{
	bool is64 = t->arch->pointer_size == 8;
	uint8_t header[64];
	struct cursor c;
	uint64_t phoff;
	uint16_t phnum;

	if (!is_elf_at(t, base) || !arch_read(&t->memory, base, header, is64 ? 64 : 52))
		return false;
	c = cursor_init("ELF header", header, sizeof(header), base);
	c.big_endian = t->facts->big_endian;
	cursor_seek(&c, is64 ? 32 : 28);
	phoff = cursor_uint(&c, is64 ? 8 : 4);
	cursor_seek(&c, is64 ? 56 : 44);
	phnum = cursor_u16(&c);
	return read_phdrs(t, base + phoff, phnum, ret);
}

/* r_debug from the executable's DT_DEBUG. */
static uint64_t find_r_debug(struct target *t, struct elf_extent *ret_exe, uint64_t *ret_bias)
{
	unsigned size = t->arch->pointer_size;
	uint64_t phdr, phnum, at;

	if (!find_auxv(t, AT_PHDR, &phdr) || !find_auxv(t, AT_PHNUM, &phnum) ||
	    !read_phdrs(t, phdr, phnum, ret_exe) || !ret_exe->dynamic)
		return 0;
	/* the headers lie in the first page of the image */
	*ret_bias = (phdr & ~(uint64_t)0xfff) - ret_exe->low;
	at = ret_exe->dynamic + *ret_bias;
	for (unsigned i = 0; i < MAX_DYNAMIC; i++, at += 2 * size) {
		uint64_t tag = word(t, at);

		if (tag == DT_DEBUG)
			return word(t, at + size);
		if (tag == DT_NULL)
			break;
	}
	return 0;
}

static const char *read_name(struct target *t, uint64_t address)
{
	CLEANUP(strbuf_deinit) struct strbuf sb = STRBUF_INIT;
	char text[MAX_NAME];
	size_t n = 0;

	/* not a byte beyond it: what was read is what stripping keeps */
	while (n < sizeof(text) && arch_read(&t->memory, address + n, &text[n], 1) && text[n])
		n++;
	strbuf_add_utf8(&sb, text, n);
	return arena_strdup(&t->arena, sb.s);
}

/* Both structures begin with five words, all of which other debuggers look at:
 * so that stripping keeps them. */
static void read_words(struct target *t, uint64_t address)
{
	uint8_t bytes[5 * 8];

	(void)arch_read(&t->memory, address, bytes, 5 * t->arch->pointer_size);
}

static struct err *add_link_map(struct module_list *list)
{
	struct target *t = list->target;
	unsigned size = t->arch->pointer_size;
	struct elf_extent exe, extent;
	uint64_t bias = 0, r_debug = find_r_debug(t, &exe, &bias), at;
	const char *program = *t->facts->process_name ? t->facts->process_name : "program";

	if (!r_debug)
		return NULL;
	read_words(t, r_debug);
	at = word(t, r_debug + size);
	for (unsigned i = 0; at && i < MAX_LINK_MAP; i++, at = word(t, at + 3 * size)) {
		uint64_t l_addr = word(t, at), l_ld = word(t, at + 2 * size);
		const char *name = read_name(t, word(t, at + size));

		TRY(cancel_check());
		read_words(t, at);
		if (i == 0) {
			l_addr = bias + exe.low;
			extent = exe;
			name = name && *name ? name : program;
		} else if (!extent_of(t, l_addr, &extent)) {
			extent = (struct elf_extent){ .low = 0, .high = l_ld - l_addr };
		}
		if (!name || !module_list_add(list, l_addr, extent.high - extent.low, name))
			return err_nomem();
	}
	return NULL;
}

static struct err *add_elf_segments(struct module_list *list)
{
	const struct dump_segment *segments;
	struct target *t = list->target;
	struct elf_extent extent;
	size_t n;

	TRY(dump_segments(t->dump, &segments, &n));
	for (size_t i = 0; i < n; i++) {
		const char *name;

		if (!segments[i].file_size || !extent_of(t, segments[i].address, &extent))
			continue;
		name = arena_printf(&t->arena, "elf_%" PRIx64, segments[i].address);
		if (!name || !module_list_add(list, segments[i].address,
					      extent.high - extent.low, name))
			return err_nomem();
	}
	return NULL;
}

static struct err *add_vdso(struct module_list *list)
{
	struct target *t = list->target;
	struct elf_extent extent;
	uint64_t base;

	if (!find_auxv(t, AT_SYSINFO_EHDR, &base) || !extent_of(t, base, &extent))
		return NULL;
	for (size_t i = 0; i < list->v.n; i++)
		if (list->v.v[i]->base == base)
			return NULL;
	if (!module_list_add(list, base, extent.high - extent.low, "[vdso]"))
		return err_nomem();
	return NULL;
}

struct err *modules_add_elf(struct module_list *list)
{
	TRY(add_file_mappings(list));
	if (!list->v.n)
		TRY(add_link_map(list));
	if (!list->v.n)
		TRY(add_elf_segments(list));
	return add_vdso(list);
}

struct err *modules_read_link_map(struct target *t)
{
	struct module_list list = { .target = t };
	struct err *e = add_link_map(&list);

	module_list_deinit(&list);
	return e;
}
