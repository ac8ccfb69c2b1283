/* SPDX-License-Identifier: MIT */
/*
 * Symbol tables: reading, ordering, looking up.
 *
 * Which of several names for one address is shown: global before weak before
 * local, then the one with fewer leading underscores ("write" and not
 * "__write"), then the shorter one. Symbols that are not for people are left
 * out: sections, files, mapping symbols ($a, $d, $t, $x of ARM, AArch64 and
 * RISC-V), local labels (.L).
 *
 * Dynamic symbols without section headers: PT_DYNAMIC gives table and strings,
 * DT_HASH or DT_GNU_HASH the number of entries (System V gABI; the GNU hash
 * from binutils' and glibc's description of it).
 */
#include "symbol/elf_symtab.h"

#include "base/cancel.h"
#include "base/vec.h"
#include "symbol/demangle.h"

#include <ctype.h>
#include <elf.h>
#include <stdlib.h>
#include <string.h>

enum {
	MAX_SYMBOLS = 1 << 26,
	MAX_BACK = 512,		/* symbols looked at below an address */
	MAX_NAME = 1 << 16,
	MAX_DYNAMIC = 4096,	/* entries of PT_DYNAMIC */
};

void elf_symtab_deinit(struct elf_symtab *t)
{
	free(t->v);
	for (size_t i = 0; i < t->n_tables; i++)
		view_deinit(&t->tables[i].strings);
	strmap_deinit(&t->by_name);
	u64map_deinit(&t->shown);
	arena_deinit(&t->arena);
	*t = (struct elf_symtab){ 0 };
}

/* --- names ------------------------------------------------------------------------- */

/* Terminated string within the table's strings; "" when it is not. */
static const char *string_at(const struct elf_table *t, uint32_t offset, size_t *ret_len)
{
	size_t left, n;

	*ret_len = 0;
	if (offset >= t->strings.size)
		return "";
	left = t->strings.size - offset;
	if (left > MAX_NAME)
		left = MAX_NAME;
	n = strnlen((const char *)t->strings.data + offset, left);
	if (n == left)
		return "";
	*ret_len = n;
	return (const char *)t->strings.data + offset;
}

/* Length without "@VERSION" or "@@VERSION"; a name may begin with '@'. */
static size_t unversioned(const char *name, size_t n)
{
	const char *at = n ? memchr(name + 1, '@', n - 1) : NULL;

	return at ? (size_t)(at - name) : n;
}

const char *elf_symbol_raw_name(struct elf_symtab *t, const struct elf_symbol *s)
{
	size_t n, plain;
	const char *name = string_at(&t->tables[s->table], s->name, &n);

	/* "@plt" is no version */
	plain = t->tables[s->table].kind == ELF_TABLE_PLT ? n : unversioned(name, n);
	return plain == n ? name : arena_strndup(&t->arena, name, plain);
}

/* "_Zfoo@plt": the name without, then with "@plt". */
static const char *demangled_stub(struct elf_symtab *t, const char *raw)
{
	const char *plain = arena_strndup(&t->arena, raw, strcspn(raw, "@"));
	const char *shown = plain ? demangle(&t->arena, plain, 0) : NULL;

	return shown ? arena_printf(&t->arena, "%s@plt", shown) : NULL;
}

const char *elf_symbol_name(struct elf_symtab *t, const struct elf_symbol *s)
{
	uint64_t key = (uint64_t)(s - t->v);
	const char *raw, *shown = u64map_get(&t->shown, key);

	if (shown)
		return shown;
	raw = elf_symbol_raw_name(t, s);
	if (!raw || !is_mangled(raw))
		return raw;
	shown = t->tables[s->table].kind == ELF_TABLE_PLT ? demangled_stub(t, raw) : demangle(&t->arena, raw, 0);
	if (!shown)
		shown = raw;
	(void)u64map_put(&t->shown, key, (void *)(uintptr_t)shown);
	return shown;
}

/* --- reading ------------------------------------------------------------------------ */

struct reading {
	struct elf_symtab *t;
	const struct elf_file *f;
	struct cursor c;	/* over the symbols */
	uint64_t entry;		/* bytes each */
	struct elf_table table;
	struct view version_view;
	struct cursor versions;	/* dynamic symbols: 2 bytes each, or empty */
};

static bool is_for_people(const char *name, size_t n)
{
	if (!n)
		return false;
	if (name[0] == '.' && n > 1 && name[1] == 'L')
		return false;
	return !(name[0] == '$' && n > 1 && strchr("adtxbpm", name[1]) &&
		 (n == 2 || name[2] == '.' || name[2] == 'r'));
}

static struct elf_symbol read_symbol(struct reading *r, uint16_t *ret_section)
{
	struct elf_symbol s = { .name = cursor_u32(&r->c) };
	uint8_t info;

	if (r->f->is64) {
		info = cursor_u8(&r->c);
		cursor_skip(&r->c, 1);
		*ret_section = cursor_u16(&r->c);
		s.rva = cursor_u64(&r->c);
		s.size = cursor_u64(&r->c);
	} else {
		s.rva = cursor_u32(&r->c);
		s.size = cursor_u32(&r->c);
		info = cursor_u8(&r->c);
		cursor_skip(&r->c, 1);
		*ret_section = cursor_u16(&r->c);
	}
	s.type = info & 15;
	s.bind = info >> 4;
	return s;
}

/* False: not a symbol of an address in this module. */
static bool place(const struct elf_file *f, struct elf_symbol *s, uint16_t section)
{
	if (section == SHN_UNDEF || section == SHN_ABS || section == SHN_COMMON)
		return false;
	switch (s->type) {
	case STT_TLS:
		return true; /* an offset already */
	case STT_NOTYPE:
	case STT_OBJECT:
	case STT_FUNC:
	case STT_GNU_IFUNC:
		break;
	default:
		return false;
	}
	if (f->machine == EM_ARM && s->type == STT_FUNC)
		s->rva &= ~(uint64_t)1; /* says that it is Thumb code */
	s->is_code = s->type == STT_FUNC || s->type == STT_GNU_IFUNC ||
		     (s->type == STT_NOTYPE && elf_is_code(f, s->rva));
	if (s->rva < f->vaddr_base)
		return false;
	s->rva -= f->vaddr_base;
	return true;
}

/* The top bit of a symbol's version index hides it from plain names. */
static bool is_old_version(struct reading *r, uint64_t i, const char *name, size_t n)
{
	const char *at = memchr(name, '@', n);

	if (range_in(2 * i, 2, r->versions.size)) {
		cursor_seek(&r->versions, 2 * i);
		return cursor_u16(&r->versions) >> 15;
	}
	return at && at > name && at[1] != '@';
}

static struct err *read_table(struct reading *r, uint64_t n)
{
	struct elf_symtab *t = r->t;

	if (t->n_tables == sizeof(t->tables) / sizeof(t->tables[0]) || n > MAX_SYMBOLS)
		return err_new(ERR_CORRUPT, "%s: %llu symbols", r->f->src->name, (unsigned long long)n);
	if (!vec_reserve(t, t->n + n))
		return err_nomem();
	for (uint64_t i = 0; i < n; i++) {
		uint64_t next = r->c.pos + r->entry;
		uint16_t section;
		struct elf_symbol s = read_symbol(r, &section);
		size_t len;
		const char *name;

		cursor_seek(&r->c, next);
		if (!(i & 0xffff))
			TRY(cancel_check());
		s.table = (uint8_t)t->n_tables;
		if (!place(r->f, &s, section))
			continue;
		name = string_at(&r->table, s.name, &len);
		if (!is_for_people(name, len))
			continue;
		s.old_version = is_old_version(r, i, name, len);
		t->v[t->n++] = s;
	}
	t->tables[t->n_tables++] = r->table;
	return NULL;
}

/* A table and its strings by section headers. */
static struct err *read_section_table(struct elf_symtab *t, const struct elf_file *f,
				      const struct elf_section *s, enum elf_table_kind kind)
{
	const struct elf_section *versions = elf_section_of_type(f, SHT_GNU_versym);
	struct reading r = { .t = t, .f = f, .entry = f->is64 ? sizeof(Elf64_Sym) : sizeof(Elf32_Sym) };
	struct view symbols = VIEW_INIT;
	struct cursor strings;
	struct err *e;

	r.table.kind = kind;
	if (s->entsize != r.entry || s->link >= f->n_sections)
		return err_new(ERR_CORRUPT, "%s: symbols of %llu bytes (%llu expected)", f->src->name,
			       (unsigned long long)s->entsize, (unsigned long long)r.entry);
	TRY(err_prefix(elf_section_cursor(f, &f->sections[s->link], &r.table.strings, &strings),
		       "names of symbols"));
	e = err_prefix(elf_section_cursor(f, s, &symbols, &r.c), "symbols");
	if (kind == ELF_TABLE_DYNAMIC && versions &&
	    err_ignore(elf_section_cursor(f, versions, &r.version_view, &r.versions)))
		r.versions.size = 0;
	if (!e)
		e = read_table(&r, s->size / r.entry);
	view_deinit(&symbols);
	view_deinit(&r.version_view);
	if (e)
		view_deinit(&r.table.strings);
	return e;
}

struct err *elf_symtab_add_static(struct elf_symtab *t, const struct elf_file *f)
{
	const struct elf_section *s = elf_section_of_type(f, SHT_SYMTAB);

	return s ? read_section_table(t, f, s, ELF_TABLE_STATIC) : NULL;
}

/* --- dynamic symbols by PT_DYNAMIC ------------------------------------------------------ */

struct dynamic {
	uint64_t symtab, strtab, strsz, syment, hash, gnu_hash, versym;
};

static struct err *read_dynamic(const struct elf_file *f, struct dynamic *d)
{
	const struct elf_segment *s = elf_segment_of_type(f, PT_DYNAMIC);
	unsigned size = elf_address_size(f);
	struct view view = VIEW_INIT;
	struct cursor c;
	uint64_t n;

	if (!s)
		return err_new(ERR_NOTFOUND, "%s: no dynamic section", f->src->name);
	n = s->memsz / (2 * size);
	if (n > MAX_DYNAMIC)
		n = MAX_DYNAMIC;
	TRY(err_prefix(elf_vaddr_cursor(f, s->vaddr, n * 2 * size, &view, &c), "dynamic section"));
	while (n--) {
		uint64_t tag = cursor_uint(&c, size), value = cursor_uint(&c, size);

		switch (tag) {
		case DT_SYMTAB: d->symtab = elf_unrelocate(f, value); break;
		case DT_STRTAB: d->strtab = elf_unrelocate(f, value); break;
		case DT_STRSZ: d->strsz = value; break;
		case DT_SYMENT: d->syment = value; break;
		case DT_HASH: d->hash = elf_unrelocate(f, value); break;
		case DT_GNU_HASH: d->gnu_hash = elf_unrelocate(f, value); break;
		case DT_VERSYM: d->versym = elf_unrelocate(f, value); break;
		case DT_NULL: n = 0; break;
		default: break;
		}
	}
	view_deinit(&view);
	return NULL;
}

static uint32_t read_u32(const struct elf_file *f, uint64_t vaddr, bool *ok)
{
	uint64_t offset, left;
	uint8_t bytes[4];
	struct cursor c;

	if (!*ok || !elf_vaddr_offset(f, vaddr, &offset, &left) ||
	    source_read_some(f->src, offset, bytes, 4) != 4) {
		*ok = false;
		return 0;
	}
	c = cursor_init(f->src->name, bytes, 4, offset);
	c.big_endian = f->big_endian;
	return cursor_u32(&c);
}

/* The last entry's number: the highest bucket's chain, to its end mark. */
static uint64_t count_by_gnu_hash(const struct elf_file *f, uint64_t at)
{
	bool ok = true;
	uint32_t n_buckets = read_u32(f, at, &ok), first = read_u32(f, at + 4, &ok);
	uint64_t bloom = read_u32(f, at + 8, &ok) * (uint64_t)elf_address_size(f);
	uint64_t buckets = at + 16 + bloom, chains = buckets + n_buckets * 4ull, highest = 0;

	for (uint32_t i = 0; ok && i < n_buckets && i < MAX_SYMBOLS; i++) {
		uint32_t b = read_u32(f, buckets + i * 4ull, &ok);

		if (b > highest)
			highest = b;
	}
	if (highest < first)
		return first; /* nothing is exported: only the undefined ones before `first` */
	while (ok && highest < MAX_SYMBOLS && !(read_u32(f, chains + (highest - first) * 4, &ok) & 1))
		highest++;
	return ok ? highest + 1 : 0;
}

static uint64_t count_dynamic(const struct elf_file *f, const struct dynamic *d)
{
	bool ok = true;
	/* s390x has 8-byte hash entries, big-endian: the low half counts. */
	uint64_t chain = f->machine == EM_S390 && f->is64 ? 12 : 4;
	uint64_t n = d->hash ? read_u32(f, d->hash + chain, &ok) : 0;

	if (d->hash && ok)
		return n;
	return d->gnu_hash ? count_by_gnu_hash(f, d->gnu_hash) : 0;
}

static struct err *read_dynamic_table(struct elf_symtab *t, const struct elf_file *f)
{
	struct reading r = { .t = t, .f = f, .entry = f->is64 ? sizeof(Elf64_Sym) : sizeof(Elf32_Sym) };
	struct dynamic d = { 0 };
	struct view symbols = VIEW_INIT;
	struct cursor strings;
	struct err *e;
	uint64_t n;

	r.table.kind = ELF_TABLE_DYNAMIC;
	TRY(read_dynamic(f, &d));
	n = count_dynamic(f, &d);
	if (!d.symtab || !d.strtab || !n || n > MAX_SYMBOLS)
		return err_new(ERR_NOTFOUND, "%s: no dynamic symbols", f->src->name);
	if (d.syment && d.syment != r.entry)
		return err_new(ERR_CORRUPT, "%s: dynamic symbols of %llu bytes (%llu expected)", f->src->name,
			       (unsigned long long)d.syment, (unsigned long long)r.entry);
	TRY(err_prefix(elf_vaddr_cursor(f, d.strtab, d.strsz, &r.table.strings, &strings),
		       "names of dynamic symbols"));
	e = err_prefix(elf_vaddr_cursor(f, d.symtab, n * r.entry, &symbols, &r.c), "dynamic symbols");
	if (d.versym && err_ignore(elf_vaddr_cursor(f, d.versym, n * 2, &r.version_view, &r.versions)))
		r.versions.size = 0;
	if (!e)
		e = read_table(&r, n);
	view_deinit(&symbols);
	view_deinit(&r.version_view);
	if (e)
		view_deinit(&r.table.strings);
	return e;
}

struct err *elf_symtab_add_dynamic(struct elf_symtab *t, const struct elf_file *f)
{
	const struct elf_section *s = elf_section_of_type(f, SHT_DYNSYM);
	struct err *e;

	if (s)
		return read_section_table(t, f, s, ELF_TABLE_DYNAMIC);
	e = read_dynamic_table(t, f);
	if (e && err_code(e) == ERR_NOTFOUND) {
		err_free(e);
		return NULL;
	}
	return e;
}

/* --- order ------------------------------------------------------------------------------- */

/* For comparing names while sorting: qsort_r hands it through. */
static int name_order(const struct elf_symtab *t, const struct elf_symbol *a, const struct elf_symbol *b)
{
	size_t na, nb, ua = 0, ub = 0;
	const char *x = string_at(&t->tables[a->table], a->name, &na);
	const char *y = string_at(&t->tables[b->table], b->name, &nb);

	na = unversioned(x, na);
	nb = unversioned(y, nb);
	while (ua < na && x[ua] == '_')
		ua++;
	while (ub < nb && y[ub] == '_')
		ub++;
	/* "_Z" is no underscore of somebody who wanted to hide a name */
	if (ua != ub && !is_mangled(x) && !is_mangled(y))
		return ua < ub ? -1 : 1;
	if (na != nb)
		return na < nb ? -1 : 1;
	return memcmp(x, y, na);
}

static unsigned binding_rank(uint8_t bind)
{
	switch (bind) {
	case STB_GLOBAL:
	case STB_GNU_UNIQUE:
		return 0;
	case STB_WEAK:
		return 1;
	default:
		return 2;
	}
}

static int compare(const void *pa, const void *pb, void *arg)
{
	const struct elf_symbol *a = pa, *b = pb;
	bool tls_a = a->type == STT_TLS, tls_b = b->type == STT_TLS;

	if (tls_a != tls_b)
		return tls_a ? 1 : -1;
	if (a->rva != b->rva)
		return a->rva < b->rva ? -1 : 1;
	if ((a->size != 0) != (b->size != 0))
		return a->size ? -1 : 1;
	if (binding_rank(a->bind) != binding_rank(b->bind))
		return binding_rank(a->bind) < binding_rank(b->bind) ? -1 : 1;
	return name_order(arg, a, b);
}

/* The same name at the same address, from another table. */
static bool is_same(struct elf_symtab *t, const struct elf_symbol *a, const struct elf_symbol *b)
{
	return a->rva == b->rva && (a->type == STT_TLS) == (b->type == STT_TLS) && !name_order(t, a, b);
}

/* Within the run of one address duplicates need not be neighbours (binding
 * sorts before the name), but nearly always are. */
static void drop_duplicates(struct elf_symtab *t)
{
	size_t n = 0;

	for (size_t i = 0; i < t->n; i++) {
		bool seen = false;

		for (size_t k = n; k-- > 0 && n - k <= 8 && t->v[k].rva == t->v[i].rva && !seen;)
			seen = is_same(t, &t->v[k], &t->v[i]);
		if (!seen)
			t->v[n++] = t->v[i];
	}
	t->n = n;
}

void elf_symtab_sort(struct elf_symtab *t)
{
	if (t->n) {
		qsort_r(t->v, t->n, sizeof(*t->v), compare, t);
		drop_duplicates(t);
	}
	for (t->n_addresses = t->n; t->n_addresses && t->v[t->n_addresses - 1].type == STT_TLS;)
		t->n_addresses--;
	t->sorted = true;
}

/* --- looking up ------------------------------------------------------------------------------ */

/* Number of symbols at or below rva. */
static size_t upper_bound(const struct elf_symtab *t, uint64_t rva)
{
	size_t lo = 0, hi = t->n_addresses;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (t->v[mid].rva <= rva)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

static const struct elf_segment *load_of(const struct elf_file *f, uint64_t rva)
{
	uint64_t vaddr = rva + f->vaddr_base;

	for (size_t i = 0; i < f->n_segments; i++) {
		const struct elf_segment *s = &f->segments[i];

		if (s->type == PT_LOAD && vaddr >= s->vaddr && vaddr - s->vaddr < s->memsz)
			return s;
	}
	return NULL;
}

static const struct elf_section *section_of(const struct elf_file *f, uint64_t rva)
{
	uint64_t vaddr = rva + f->vaddr_base;

	for (size_t i = 1; i < f->n_sections; i++) {
		const struct elf_section *s = &f->sections[i];

		if ((s->flags & SHF_ALLOC) && !(s->flags & SHF_TLS) && vaddr >= s->addr && vaddr - s->addr < s->size)
			return s;
	}
	return NULL;
}

/* The best of the symbols at v[i]'s address. */
static const struct elf_symbol *first_of_run(const struct elf_symtab *t, size_t i, uint64_t rva)
{
	const struct elf_symbol *best = &t->v[i];

	while (i-- > 0 && t->v[i].rva == best->rva)
		if (!best->size || rva - t->v[i].rva < t->v[i].size)
			best = &t->v[i];
	return best;
}

const struct elf_symbol *elf_symtab_at(const struct elf_symtab *t, const struct elf_file *f, uint64_t rva)
{
	size_t n = upper_bound(t, rva), i;

	for (i = n; i-- > 0 && n - i <= MAX_BACK;)
		if (t->v[i].size && rva - t->v[i].rva < t->v[i].size)
			return first_of_run(t, i, rva);
	/* None has it by size: the nearest, if that has no size. */
	if (!n || t->v[n - 1].size)
		return NULL;
	if (!load_of(f, rva) || load_of(f, rva) != load_of(f, t->v[n - 1].rva) ||
	    section_of(f, rva) != section_of(f, t->v[n - 1].rva))
		return NULL;
	return first_of_run(t, n - 1, rva);
}

/* Which of several symbols a plain name means: the lowest. */
static unsigned name_rank(const struct elf_symbol *s)
{
	return binding_rank(s->bind) + 4 * s->old_version;
}

static struct err *fill_by_name(struct elf_symtab *t)
{
	for (size_t i = 0; i < t->n; i++) {
		const char *name = elf_symbol_raw_name(t, &t->v[i]);
		const struct elf_symbol *had;

		if (!name)
			return err_nomem();
		had = strmap_get(&t->by_name, name);
		if (had && name_rank(had) <= name_rank(&t->v[i]))
			continue;
		if (!strmap_put(&t->by_name, name, &t->v[i]))
			return err_nomem();
		if (!(i & 0xffff))
			TRY(cancel_check());
	}
	t->has_by_name = true;
	return NULL;
}

/* The last identifier of a C++ name stands in its mangled form as it is. */
static size_t last_identifier(const char *name, char *buf, size_t size)
{
	size_t end = strcspn(name, "<("), start;

	if (strstr(name, "operator")) /* "operator+" is "pl" there */
		return 0;
	for (start = end; start && (name[start - 1] == '_' || isalnum((unsigned char)name[start - 1]));)
		start--;
	if (start == end || end - start >= size)
		return 0;
	memcpy(buf, name + start, end - start);
	buf[end - start] = 0;
	return end - start;
}

static struct err *search_demangled(struct elf_symtab *t, const char *name, const struct elf_symbol **ret)
{
	char part[256];
	size_t n = last_identifier(name, part, sizeof(part));
	const struct elf_symbol *best = NULL;

	for (size_t i = 0; i < t->n; i++) {
		size_t len;
		const char *raw = string_at(&t->tables[t->v[i].table], t->v[i].name, &len), *shown;

		if (!(i & 0xffff))
			TRY(cancel_check());
		if (!is_mangled(raw) || (n && !memmem(raw, len, part, n)))
			continue;
		shown = elf_symbol_name(t, &t->v[i]);
		if (shown && !strcmp(shown, name) &&
		    (!best || binding_rank(t->v[i].bind) < binding_rank(best->bind)))
			best = &t->v[i];
	}
	*ret = best;
	return NULL;
}

struct err *elf_symtab_named(struct elf_symtab *t, const char *name, const struct elf_symbol **ret)
{
	const struct elf_symbol *s;

	if (!t->has_by_name)
		TRY(fill_by_name(t));
	s = strmap_get(&t->by_name, name);
	if (!s)
		return search_demangled(t, name, ret);
	*ret = s;
	return NULL;
}
