/* SPDX-License-Identifier: MIT */
/*
 * Names for the stubs that a call into another module goes through, as
 * "puts@plt": no symbol table has them.
 *
 * A stub jumps by way of a slot of the GOT; a relocation tells which symbol the
 * slot is for. x86-64: jmp [rip+disp32]; i386: jmp [abs32], or of position-
 * independent code jmp [ebx+disp32], ebx being the GOT; AArch64: adrp x16 and
 * ldr x17, [x16, #n]. The instruction is looked for within each stub, so that
 * the many layouts (lazy, with IBT or BTI, without a lazy part) need no table.
 *
 * Sources: the processor supplements of the System V ABI, what ld and lld emit.
 */
#include "symbol/elf_symtab.h"

#include "base/vec.h"

#include <elf.h>
#include <stdlib.h>
#include <string.h>

enum {
	MAX_RELOCATIONS = 1 << 22,
	MAX_PLT_SIZE = 64 << 20,
	MAX_STUB_NAME = 4096,
	STUB_SIZE = 16,
	JUMP = 0xff,			/* ff /4 */
	JUMP_ABSOLUTE = 0x25, JUMP_EBX = 0xa3,
};

struct plt {
	struct elf_symtab *t;
	const struct elf_file *f;
	uint64_t got;			/* i386: what ebx holds */
	struct u64map slots;		/* vaddr of a GOT slot -> index of its symbol + 1 */
	struct view symbols, strings;
	struct cursor symbol, string;
	VEC(char) names;
};

static bool is_slot_relocation(uint16_t machine, uint32_t type)
{
	switch (machine) {
	case EM_X86_64:
		return type == R_X86_64_JUMP_SLOT || type == R_X86_64_GLOB_DAT;
	case EM_386:
		return type == R_386_JMP_SLOT || type == R_386_GLOB_DAT;
	case EM_AARCH64:
		return type == R_AARCH64_JUMP_SLOT || type == R_AARCH64_GLOB_DAT;
	default:
		return false;
	}
}

/* r_offset, r_info [, r_addend] */
static struct err *read_relocations(struct plt *p, const struct elf_section *s)
{
	unsigned size = elf_address_size(p->f), entry = size * (s->type == SHT_RELA ? 3 : 2);
	CLEANUP(view_deinit) struct view view = VIEW_INIT;
	uint64_t n = s->size / entry;
	struct cursor c;

	TRY(elf_section_cursor(p->f, s, &view, &c));
	for (uint64_t i = 0; i < n && i < MAX_RELOCATIONS && cursor_ok(&c); i++) {
		uint64_t slot, info, symbol;

		cursor_seek(&c, i * entry);
		slot = cursor_uint(&c, size);
		info = cursor_uint(&c, size);
		symbol = p->f->is64 ? info >> 32 : info >> 8;
		if (!cursor_ok(&c) || !symbol ||
		    !is_slot_relocation(p->f->machine, p->f->is64 ? (uint32_t)info : info & 0xff))
			continue;
		if (!u64map_put(&p->slots, slot, (void *)(uintptr_t)(symbol + 1)))
			return err_nomem();
	}
	return NULL;
}

static struct err *read_all_relocations(struct plt *p)
{
	const struct elf_section *dynamic = elf_section_of_type(p->f, SHT_DYNSYM);

	for (size_t i = 1; i < p->f->n_sections; i++) {
		const struct elf_section *s = &p->f->sections[i];

		if ((s->type == SHT_RELA || s->type == SHT_REL) && &p->f->sections[s->link] == dynamic)
			TRY(read_relocations(p, s));
	}
	return NULL;
}

/* "" when the symbol or its name is out of bounds. */
static const char *symbol_name(struct plt *p, uint64_t index)
{
	uint64_t entry = p->f->is64 ? sizeof(Elf64_Sym) : sizeof(Elf32_Sym);
	const char *name;
	uint32_t at;

	if (!range_in(index * entry, entry, p->symbol.size))
		return "";
	cursor_seek(&p->symbol, index * entry);
	at = cursor_u32(&p->symbol);
	if (at >= p->strings.size)
		return "";
	name = (const char *)p->strings.data + at;
	return strnlen(name, p->strings.size - at) < p->strings.size - at ? name : "";
}

static struct err *add_stub(struct plt *p, uint64_t vaddr, uint64_t size, uint64_t slot)
{
	static const char suffix[] = "@plt";
	uint64_t index = (uintptr_t)u64map_get(&p->slots, slot);
	const char *name = index ? symbol_name(p, index - 1) : "";
	size_t len = strlen(name);
	struct elf_symbol s = {
		.rva = vaddr - p->f->vaddr_base, .size = size, .name = (uint32_t)p->names.n,
		.table = (uint8_t)p->t->n_tables, .type = STT_FUNC, .bind = STB_LOCAL, .is_code = true,
	};

	if (!len || len > MAX_STUB_NAME || vaddr < p->f->vaddr_base || p->names.n > UINT32_MAX / 2)
		return NULL;
	if (!vec_reserve(&p->names, p->names.n + len + sizeof(suffix)))
		return err_nomem();
	memcpy(p->names.v + p->names.n, name, len);
	memcpy(p->names.v + p->names.n + len, suffix, sizeof(suffix));
	p->names.n += len + sizeof(suffix);
	return vec_push(p->t, s) ? NULL : err_nomem();
}

static uint32_t word_at(const uint8_t *b)
{
	return b[0] | (uint32_t)b[1] << 8 | (uint32_t)b[2] << 16 | (uint32_t)b[3] << 24;
}

static bool slot_of_x86(const struct plt *p, const uint8_t *b, size_t n, uint64_t vaddr, uint64_t *ret)
{
	for (size_t i = 0; i + 6 <= n; i++) {
		int32_t d = (int32_t)word_at(b + i + 2);

		if (b[i] != JUMP || (b[i + 1] != JUMP_ABSOLUTE && (p->f->is64 || b[i + 1] != JUMP_EBX)))
			continue;
		if (p->f->is64)
			*ret = vaddr + i + 6 + (uint64_t)(int64_t)d;
		else
			*ret = (uint32_t)d + (b[i + 1] == JUMP_EBX ? p->got : 0);
		if (!p->f->is64)
			*ret &= UINT32_MAX;
		return true;
	}
	return false;
}

static bool slot_of_arm64(const uint8_t *b, size_t n, uint64_t vaddr, uint64_t *ret)
{
	for (size_t i = 0; i + 8 <= n; i += 4) {
		uint32_t adrp = word_at(b + i), ldr = word_at(b + i + 4);
		uint64_t pages = (adrp >> 29 & 3) | (adrp >> 5 & 0x7ffff) << 2;

		if ((adrp & 0x9f00001f) != 0x90000010 || (ldr & 0xffc003ff) != 0xf9400211)
			continue;
		if (pages >> 20)
			pages |= ~(uint64_t)0x1fffff;
		*ret = ((vaddr + i) & ~(uint64_t)0xfff) + (pages << 12) + (ldr >> 10 & 0xfff) * 8;
		return true;
	}
	return false;
}

static struct err *scan_section(struct plt *p, const char *name)
{
	const struct elf_section *s = elf_section_named(p->f, name);
	CLEANUP(view_deinit) struct view view = VIEW_INIT;
	uint64_t step, slot;
	struct cursor c;

	if (!s || s->size > MAX_PLT_SIZE)
		return NULL;
	TRY(elf_section_cursor(p->f, s, &view, &c));
	step = s->entsize == 8 || s->entsize == 24 ? s->entsize : STUB_SIZE;
	for (uint64_t i = 0; i + step <= view.size; i += step) {
		bool found = p->f->machine == EM_AARCH64
				     ? slot_of_arm64(view.data + i, step, s->addr + i, &slot)
				     : slot_of_x86(p, view.data + i, step, s->addr + i, &slot);

		if (found)
			TRY(add_stub(p, s->addr + i, step, slot));
	}
	return NULL;
}

static struct err *run(struct plt *p)
{
	static const char *const sections[] = { ".plt", ".plt.sec", ".plt.got", ".plt.bnd" };
	const struct elf_section *symbols = elf_section_of_type(p->f, SHT_DYNSYM), *got;

	if (!symbols || symbols->link >= p->f->n_sections)
		return NULL;
	TRY(elf_section_cursor(p->f, symbols, &p->symbols, &p->symbol));
	TRY(elf_section_cursor(p->f, &p->f->sections[symbols->link], &p->strings, &p->string));
	TRY(read_all_relocations(p));
	got = elf_section_named(p->f, ".got.plt");
	if (!got)
		got = elf_section_named(p->f, ".got");
	p->got = got ? got->addr : 0;
	for (size_t i = 0; i < sizeof(sections) / sizeof(sections[0]); i++)
		TRY(scan_section(p, sections[i]));
	return NULL;
}

struct err *elf_symtab_add_plt(struct elf_symtab *t, const struct elf_file *f)
{
	struct plt p = { .t = t, .f = f };
	size_t had = t->n;
	struct err *e;

	if (t->n_tables == sizeof(t->tables) / sizeof(t->tables[0]) || f->big_endian ||
	    (f->machine != EM_X86_64 && f->machine != EM_386 && f->machine != EM_AARCH64))
		return NULL;
	e = run(&p);
	if (e) {
		t->n = had;
		vec_deinit(&p.names);
	} else {
		t->tables[t->n_tables++] = (struct elf_table){
			.kind = ELF_TABLE_PLT,
			.strings = { (const uint8_t *)p.names.v, p.names.n, p.names.v },
		};
	}
	u64map_deinit(&p.slots);
	view_deinit(&p.symbols);
	view_deinit(&p.strings);
	return e;
}
