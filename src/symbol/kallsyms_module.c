/* SPDX-License-Identifier: MIT */
/*
 * Symbols of a loaded module: the Elf64_Sym entries that the kernel keeps.
 *
 * nm's letter of each has been in st_info (until 5.0), in st_size (5.1), and
 * since 5.2 in a table of its own, with st_info as the ELF file had it.
 */
#include "symbol/kallsyms_impl.h"

#include <elf.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { ENTRY = sizeof(Elf64_Sym), MAX_STRINGS = 64 << 20, MAX_PIECE = 512 };

struct entry {
	uint64_t address, size;
	uint32_t name;
	uint32_t index;
	uint8_t info;
	char letter;
};

struct ksyms_module {
	struct ksyms s;
	struct kallsyms_module_input at;
	struct entry *entries;
	char *strings;
	size_t strings_size;
};

static bool name(const struct ksyms *s, uint32_t i, struct ksym_name *ret)
{
	const struct ksyms_module *m = (const struct ksyms_module *)s;
	const struct entry *e = &m->entries[i];
	size_t left;

	if (i >= s->n || e->name >= m->strings_size)
		return false;
	left = m->strings_size - e->name;
	ret->len = strnlen(m->strings + e->name, left < sizeof(ret->s) ? left : sizeof(ret->s));
	if (!ret->len || ret->len == left || ret->len == sizeof(ret->s))
		return false;
	memcpy(ret->s, m->strings + e->name, ret->len + 1);
	ret->letter = e->letter;
	return true;
}

/* --- letters ------------------------------------------------------------------------------ */

static bool is_letter(uint64_t v)
{
	return v && v < 128 && strchr("AaBbCcDdGgNnRrSsTtUuVvWw?", (int)v);
}

static char letter_of_elf(uint8_t info, bool in_code)
{
	char low = ELF64_ST_TYPE(info) == STT_FUNC || (ELF64_ST_TYPE(info) == STT_NOTYPE && in_code) ? 't' : 'd';

	if (ELF64_ST_BIND(info) == STB_WEAK)
		return low == 't' ? 'W' : 'V';
	return ELF64_ST_BIND(info) == STB_LOCAL ? low : (char)(low - 'a' + 'A');
}

/* How the letters are kept is the same for all entries. */
static void set_letters(struct ksyms_module *m, const char *types)
{
	bool in_info = m->s.n, in_size = m->s.n;

	for (uint32_t i = 0; i < m->s.n; i++) {
		in_info = in_info && m->entries[i].info >= 'A' && is_letter(m->entries[i].info);
		in_size = in_size && is_letter(m->entries[i].size);
	}
	for (uint32_t i = 0; i < m->s.n; i++) {
		struct entry *e = &m->entries[i];

		if (types)
			e->letter = types[e->index];
		else if (in_info)
			e->letter = (char)e->info;
		else if (in_size)
			e->letter = (char)e->size;
		else
			e->letter = letter_of_elf(e->info, e->address - m->s.base < m->s.end - m->s.base);
		if (!types && !in_info && in_size)
			e->size = 0; /* gone */
	}
}

/* --- reading --------------------------------------------------------------------------------- */

static int by_address(const void *a, const void *b)
{
	const struct entry *x = a, *y = b;

	if (x->address != y->address)
		return x->address < y->address ? -1 : 1;
	return x->index < y->index ? -1 : x->index > y->index;
}

static struct err *read_entries(struct ksyms_module *m, const uint8_t *p, size_t size)
{
	struct cursor c = cursor_init(m->s.p.path, p, size, m->at.symtab);

	m->entries = calloc(size / ENTRY + 1, sizeof(*m->entries));
	if (!m->entries)
		return err_nomem();
	for (uint32_t i = 0; i < size / ENTRY; i++) {
		struct entry e = { .index = i, .name = cursor_u32(&c) };
		uint16_t section;

		e.info = cursor_u8(&c);
		cursor_skip(&c, 1);
		section = cursor_u16(&c);
		e.address = cursor_u64(&c);
		e.size = cursor_u64(&c);
		/* the first is nobody's, and imported ones were not bound to a place of this module's */
		if (e.name && section != SHN_UNDEF && e.address)
			m->entries[m->s.n++] = e;
	}
	return NULL;
}

static struct err *read_strings(struct ksyms_module *m)
{
	size_t want = 0;

	for (uint32_t i = 0; i < m->s.n; i++)
		if (m->entries[i].name < MAX_STRINGS && m->entries[i].name > want)
			want = m->entries[i].name;
	want += MAX_PIECE;
	m->strings = malloc(want);
	if (!m->strings)
		return err_nomem();
	m->strings_size = m->s.memory.read(m->s.memory.arg, m->at.strtab, m->strings, want);
	return NULL;
}

static struct err *sort(struct ksyms_module *m)
{
	struct ksyms *s = &m->s;

	if (s->n)
		qsort(m->entries, s->n, sizeof(*m->entries), by_address);
	s->address = calloc((size_t)s->n + 1, sizeof(*s->address));
	s->size = calloc((size_t)s->n + 1, sizeof(*s->size));
	if (!s->address || !s->size)
		return err_nomem();
	for (uint32_t i = 0; i < s->n; i++) {
		s->address[i] = m->entries[i].address;
		s->size[i] = m->entries[i].size;
	}
	return NULL;
}

static struct err *read_all(struct ksyms_module *m)
{
	size_t n = (size_t)m->at.num_symtab, got;
	CLEANUP(freep) uint8_t *table = malloc(n * ENTRY + 1);
	CLEANUP(freep) char *types = m->at.typetab ? malloc(n + 1) : NULL;

	if (!table || (m->at.typetab && !types))
		return err_nomem();
	got = m->s.memory.read(m->s.memory.arg, m->at.symtab, table, n * ENTRY);
	if (got < n * ENTRY && got < ENTRY)
		return err_fault(m->at.symtab);
	if (types && !arch_read(&m->s.memory, m->at.typetab, types, n)) {
		free(types);
		types = NULL;
	}
	TRY(read_entries(m, table, got));
	TRY(read_strings(m));
	set_letters(m, types);
	return sort(m);
}

static struct err *load(struct ksyms *s)
{
	struct err *e = read_all((struct ksyms_module *)s);

	if (e)
		s->n = 0;
	return e;
}

static void destroy(struct ksyms *s)
{
	struct ksyms_module *m = (struct ksyms_module *)s;

	free(m->entries);
	free(m->strings);
}

struct err *kallsyms_open_module(const struct kallsyms_module_input *in, struct provider **ret)
{
	static const struct ksyms_ops ops = { .load = load, .name = name, .destroy = destroy };
	struct ksyms_module *m;

	if (in->num_symtab > KSYMS_MAX)
		return err_new(ERR_CORRUPT, "%s: %" PRIu64 " symbols", in->name, in->num_symtab);
	m = calloc(1, sizeof(*m));
	if (!m)
		return err_nomem();
	TRY(ksyms_init(&m->s, &ops, in->name, "kallsyms"));
	m->at = *in;
	m->at.name = m->s.p.path;
	m->s.memory = in->memory;
	m->s.base = in->base;
	if (__builtin_add_overflow(in->base, in->size, &m->s.end))
		m->s.end = UINT64_MAX;
	m->s.n_parts = in->n_parts < KALLSYMS_MAX_PARTS ? in->n_parts : KALLSYMS_MAX_PARTS;
	for (size_t i = 0; i < m->s.n_parts; i++)
		m->s.parts[i] = in->parts[i];
	*ret = &m->s.p;
	return NULL;
}
