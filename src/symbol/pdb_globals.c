/* SPDX-License-Identifier: MIT */
/*
 * Global and public symbols. Both kinds of record lie in one stream; the
 * globals stream (GSI) hashes the private ones, the publics stream (PSI) hashes
 * the linker's names and also lists them by address (LLVM docs, "The PDB Global
 * Symbol Stream", "The PDB Public Symbol Stream"; microsoft-pdb,
 * PDB/dbi/gsi.cpp).
 *
 * The list by address is sorted by section, offset and name, so it is searched
 * where it lies. Records that no hash names are left over from incremental
 * links: nothing is enumerated from the record stream itself, unless the file
 * has no hash that can be read.
 */
#include "symbol/pdb_impl.h"
#include "symbol/undecorate.h"

#include <inttypes.h>
#include <string.h>
#include <strings.h>

enum {
	PSI_HEADER_SIZE = 28,
	GSI_HEADER_SIZE = 16,
	GSI_BUCKETS = 4096,
	GSI_BITMAP_WORDS = 129,
	GSI_RECORD_SIZE = 8,
	GSI_BUCKET_UNIT = 12,	/* size of a hash record in the linker's memory */
	MAX_ALIASES = 256,	/* names of one address looked at */
	PUBLIC_CODE = 1 << 0,
	PUBLIC_FUNCTION = 1 << 1,
};

uint32_t pdb_hash_name(const char *name, size_t n)
{
	struct cursor c = cursor_init("", name, n, 0);
	uint32_t h = 0;

	for (size_t i = 0; i < n / 4; i++)
		h ^= cursor_u32(&c);
	if (n & 2)
		h ^= cursor_u16(&c);
	if (n & 1)
		h ^= cursor_u8(&c);
	h |= 0x20202020;
	h ^= h >> 11;
	return h ^ h >> 16;
}

/* --- one record ------------------------------------------------------------------- */

struct global {
	uint16_t kind;
	const char *name;
	uint32_t type, offset, flags;	/* offset: in the section, or of the record referred to */
	uint16_t section;		/* or module, from 1 */
	struct pdb_number value;
};

static bool is_data(uint16_t kind)
{
	switch (kind) {
	case S_LDATA32:
	case S_GDATA32:
	case S_LDATA32_ST:
	case S_GDATA32_ST:
	case S_LMANDATA:
	case S_GMANDATA:
		return true;
	default:
		return false;
	}
}

static bool is_tls(uint16_t kind)
{
	return kind == S_LTHREAD32 || kind == S_GTHREAD32 || kind == S_LTHREAD32_ST ||
	       kind == S_GTHREAD32_ST;
}

static bool is_public(uint16_t kind)
{
	return kind == S_PUB32 || kind == S_PUB32_ST;
}

static bool is_udt(uint16_t kind)
{
	return kind == S_UDT || kind == S_COBOLUDT || kind == S_UDT_ST;
}

static bool is_constant(uint16_t kind)
{
	return kind == S_CONSTANT || kind == S_CONSTANT_ST || kind == S_MANCONSTANT;
}

/* false: of a kind that is not looked at here, or damaged */
static bool read_fields(struct pdb *pdb, struct cursor *c, struct global *ret)
{
	if (is_public(ret->kind)) {
		ret->flags = cursor_u32(c);
		ret->offset = cursor_u32(c);
		ret->section = cursor_u16(c);
	} else if (is_data(ret->kind) || is_tls(ret->kind)) {
		ret->type = cursor_u32(c);
		ret->offset = cursor_u32(c);
		ret->section = cursor_u16(c);
	} else if (ret->kind == S_PROCREF || ret->kind == S_LPROCREF || ret->kind == S_DATAREF) {
		cursor_skip(c, 4);
		ret->offset = cursor_u32(c);
		ret->section = cursor_u16(c);
	} else if (is_constant(ret->kind)) {
		ret->type = cursor_u32(c);
		ret->value = pdb_read_number(c);
	} else if (is_udt(ret->kind)) {
		ret->type = cursor_u32(c);
	} else {
		return false;
	}
	ret->name = pdb_record_name(pdb, c, ret->kind);
	return cursor_ok(c);
}

static bool read_global(struct pdb *pdb, uint32_t record, struct global *ret)
{
	struct cursor c;

	*ret = (struct global){ 0 };
	return !err_ignore(pdb_record_at(pdb, pdb->record_stream, record, &ret->kind, &c)) &&
	       read_fields(pdb, &c, ret);
}

/* --- names of publics -------------------------------------------------------------- */

/*
 * "_main" -> "main", "_foo@8" and "@foo@8" -> "foo": one leading underscore goes
 * on every machine (WinDbg shows ntdll!__chkstk as ntdll!_chkstk), the size of
 * the parameters only on x86.
 */
static void plain_c_name(const struct pdb *pdb, const char *name, struct strbuf *sb)
{
	size_t n, digits;

	if (*name == '_' || (*name == '@' && pdb->identity.machine == MACHINE_X86))
		name++;
	n = strlen(name);
	for (digits = 0; digits < n && name[n - 1 - digits] >= '0' && name[n - 1 - digits] <= '9';)
		digits++;
	if (pdb->identity.machine == MACHINE_X86 && digits && digits < n - 1 &&
	    name[n - 1 - digits] == '@')
		n -= digits + 1;
	strbuf_add(sb, name, n);
}

static void display_name(const struct pdb *pdb, const char *raw, struct strbuf *sb)
{
	if (*raw == '?' && undecorate(raw, UNDECORATE_NAME_ONLY, sb))
		return;
	if (*raw == '?' || !raw[0] || !raw[1])
		strbuf_adds(sb, raw);
	else
		plain_c_name(pdb, raw, sb);
}

/* The display name of a public, kept with the provider. */
static const char *keep_display(struct pdb *pdb, uint32_t record, const char *raw)
{
	CLEANUP(strbuf_deinit) struct strbuf sb = STRBUF_INIT;
	char *s = u64map_get(&pdb->display, record);

	if (s)
		return s;
	display_name(pdb, raw, &sb);
	if (!strcmp(sb.s, raw) || sb.failed)
		return raw;
	s = arena_strndup(&pdb->arena, sb.s, sb.len);
	return s && u64map_put(&pdb->display, record, s) ? s : raw;
}

const char *pdb_private_name(struct pdb *pdb, const char *name)
{
	CLEANUP(strbuf_deinit) struct strbuf sb = STRBUF_INIT;
	char *s;

	if (*name != '?' && *name != '@')
		return name;
	s = u64map_get(&pdb->display, (uintptr_t)name);
	if (s)
		return s;
	display_name(pdb, name, &sb);
	s = arena_strndup(&pdb->arena, sb.s, sb.len);
	return s && u64map_put(&pdb->display, (uintptr_t)name, s) ? s : name;
}

static bool public_symbol(struct pdb *pdb, uint32_t record, const struct global *g, uint32_t place,
			  struct symbol *ret)
{
	struct symbol s = {
		.kind = SYMBOL_PUBLIC,
		.is_code = g->flags & (PUBLIC_CODE | PUBLIC_FUNCTION),
	};

	if (!pdb_from_source(pdb, place, &s.rva))
		return false;
	s.name = keep_display(pdb, record, g->name);
	*ret = s;
	return true;
}

/* --- the hash ------------------------------------------------------------------------ */

static struct err *read_gsi(struct pdb *pdb, struct pdb_range r, struct pdb_gsi *ret)
{
	struct cursor c;
	uint32_t records, buckets;
	uint64_t at = r.offset + GSI_HEADER_SIZE;

	TRY(msf_cursor(pdb->msf, r.stream, r.offset, GSI_HEADER_SIZE, &c));
	if (cursor_u32(&c) != UINT32_MAX || cursor_u32(&c) != 0xeffe0000 + 19990810)
		return err_new(ERR_UNSUPPORTED, "%s: hash of an older format", c.name);
	records = cursor_u32(&c);
	buckets = cursor_u32(&c);
	if (!range_in(at, (uint64_t)records + buckets, r.offset + r.size))
		return cursor_corrupt(&c, "hash of %" PRIu32 " + %" PRIu32
				      " bytes in a stream of %" PRIu64, records, buckets, r.size);
	ret->records = (struct pdb_range){ r.stream, at, records };
	ret->n_records = records / GSI_RECORD_SIZE;
	at += records;
	if (buckets < GSI_BITMAP_WORDS * 4)
		return NULL; /* empty */
	TRY(msf_cursor(pdb->msf, r.stream, at, GSI_BITMAP_WORDS * 4, &c));
	for (unsigned i = 0; i < GSI_BITMAP_WORDS; i++)
		ret->bitmap[i] = cursor_u32(&c);
	ret->buckets = (struct pdb_range){ r.stream, at + GSI_BITMAP_WORDS * 4,
					   buckets - GSI_BITMAP_WORDS * 4 };
	ret->n_buckets = (uint32_t)(ret->buckets.size / 4);
	return NULL;
}

static bool load_globals(struct pdb *pdb)
{
	struct pdb_gsi *g = &pdb->globals;

	if (!g->known) {
		struct pdb_range r = { pdb->global_stream, 0,
				       msf_size(pdb->msf, pdb->global_stream) };

		g->known = true;
		g->usable = !err_ignore(read_gsi(pdb, r, g));
	}
	return g->usable;
}

static struct err *read_psi(struct pdb *pdb)
{
	uint64_t size = msf_size(pdb->msf, pdb->public_stream);
	struct cursor c;
	uint32_t hash, map;

	TRY(msf_cursor(pdb->msf, pdb->public_stream, 0, PSI_HEADER_SIZE, &c));
	hash = cursor_u32(&c);
	map = cursor_u32(&c);
	if (!range_in(PSI_HEADER_SIZE, (uint64_t)hash + map, size))
		return cursor_corrupt(&c, "publics of %" PRIu32 " + %" PRIu32
				      " bytes in a stream of %" PRIu64, hash, map, size);
	pdb->address_map = (struct pdb_range){ pdb->public_stream, PSI_HEADER_SIZE + (uint64_t)hash,
					       map };
	return read_gsi(pdb, (struct pdb_range){ pdb->public_stream, PSI_HEADER_SIZE, hash },
			&pdb->publics);
}

static bool load_publics(struct pdb *pdb)
{
	if (!pdb->publics.known) {
		pdb->publics.known = true;
		pdb->publics.usable = !err_ignore(read_psi(pdb));
	}
	return pdb->publics.usable;
}

/* The hash records [*first, *end) of a name. */
static struct err *bucket_of(struct pdb *pdb, const struct pdb_gsi *g, const char *name,
			     uint32_t *first, uint32_t *end)
{
	uint32_t h = pdb_hash_name(name, strlen(name)) % GSI_BUCKETS, index = 0;
	struct cursor c;

	*first = *end = 0;
	if (!(g->bitmap[h / 32] >> (h % 32) & 1))
		return NULL;
	for (uint32_t i = 0; i < h / 32; i++)
		index += (uint32_t)__builtin_popcount(g->bitmap[i]);
	index += (uint32_t)__builtin_popcount(g->bitmap[h / 32] & ((1u << (h % 32)) - 1));
	if (index >= g->n_buckets)
		return NULL;
	TRY(msf_cursor(pdb->msf, g->buckets.stream, g->buckets.offset + 4 * (uint64_t)index,
		       index + 1 < g->n_buckets ? 8 : 4, &c));
	*first = cursor_u32(&c) / GSI_BUCKET_UNIT;
	*end = index + 1 < g->n_buckets ? cursor_u32(&c) / GSI_BUCKET_UNIT : g->n_records;
	if (*end > g->n_records)
		*end = g->n_records;
	return NULL;
}

/* Offset of the record that hash record i names. */
static struct err *hashed_record(struct pdb *pdb, const struct pdb_gsi *g, uint32_t i, uint32_t *ret)
{
	struct cursor c;

	TRY(msf_cursor(pdb->msf, g->records.stream, g->records.offset + GSI_RECORD_SIZE * (uint64_t)i,
		       4, &c));
	*ret = cursor_u32(&c) - 1;
	return NULL;
}

/* Called for records whose name is `name`, case left aside; true stops. */
typedef bool global_visitor(void *arg, struct pdb *pdb, uint32_t record, const struct global *g);

static struct err *visit_named(struct pdb *pdb, const struct pdb_gsi *gsi, const char *name,
			       bool nocase, global_visitor *v, void *arg)
{
	uint32_t i, end, record;
	struct global g;

	TRY(bucket_of(pdb, gsi, name, &i, &end));
	for (; i < end; i++) {
		TRY(hashed_record(pdb, gsi, i, &record));
		if (read_global(pdb, record, &g) &&
		    !(nocase ? strcasecmp(g.name, name) : strcmp(g.name, name)) &&
		    v(arg, pdb, record, &g))
			return NULL;
	}
	return NULL;
}

/* --- everything, in the order of the record stream -------------------------------------- */

static int compare_u32(const void *pa, const void *pb)
{
	uint32_t a = *(const uint32_t *)pa, b = *(const uint32_t *)pb;

	return a < b ? -1 : a > b;
}

typedef VEC(uint32_t) u32vec;

static struct err *hashed_records(struct pdb *pdb, const struct pdb_gsi *g, u32vec *ret)
{
	uint32_t record;

	for (uint32_t i = 0; i < g->n_records; i++) {
		TRY(hashed_record(pdb, g, i, &record));
		if (!vec_push(ret, record))
			return err_nomem();
	}
	if (ret->n)
		qsort(ret->v, ret->n, sizeof(*ret->v), compare_u32);
	return NULL;
}

/* Where there is no hash: all records of the stream. */
static struct err *all_records(struct pdb *pdb, u32vec *ret)
{
	uint64_t size = msf_size(pdb->msf, pdb->record_stream);
	struct cursor records, content;
	uint16_t kind;
	uint32_t at;

	if (!size)
		return NULL;
	TRY(msf_cursor(pdb->msf, pdb->record_stream, 0, size, &records));
	while (pdb_next_record(&records, &kind, &content, &at))
		if (!vec_push(ret, at))
			return err_nomem();
	return NULL;
}

static struct err *visit_records(struct pdb *pdb, const u32vec *records, bool publics,
				 global_visitor *v, void *arg)
{
	struct global g;

	for (size_t i = 0; i < records->n; i++) {
		if (i % 4096 == 4095)
			TRY(cancel_check());
		if (i && records->v[i] == records->v[i - 1])
			continue;
		if (read_global(pdb, records->v[i], &g) && is_public(g.kind) == publics &&
		    v(arg, pdb, records->v[i], &g))
			break;
	}
	return NULL;
}

static struct err *visit_all(struct pdb *pdb, bool publics, global_visitor *v, void *arg)
{
	const struct pdb_gsi *gsi = publics ? &pdb->publics : &pdb->globals;
	bool hashed = publics ? load_publics(pdb) : load_globals(pdb);
	u32vec records = { 0 };
	struct err *e = hashed ? hashed_records(pdb, gsi, &records) : all_records(pdb, &records);

	if (!e)
		e = visit_records(pdb, &records, publics, v, arg);
	vec_deinit(&records);
	return e;
}

/* --- publics by address -------------------------------------------------------------------- */

static struct err *mapped_public(struct pdb *pdb, uint64_t i, uint32_t *ret_record,
				 struct global *ret)
{
	struct cursor c;

	TRY(msf_cursor(pdb->msf, pdb->address_map.stream, pdb->address_map.offset + 4 * i, 4, &c));
	*ret_record = cursor_u32(&c);
	if (!read_global(pdb, *ret_record, ret) || !is_public(ret->kind))
		return cursor_corrupt(&c, "no public symbol at 0x%" PRIx32, *ret_record);
	return NULL;
}

/* The first of the publics that share the last address at or below section:offset
 * (they are sorted by name: NtX comes before ZwX). */
static struct err *find_public(struct pdb *pdb, uint32_t section, uint32_t offset,
			       uint32_t *ret_record, struct global *ret)
{
	uint64_t low = 0, high = pdb->address_map.size / 4;
	struct global g, before;
	uint32_t record, record_before;

	while (low < high) {
		uint64_t mid = low + (high - low) / 2;

		TRY(mapped_public(pdb, mid, &record, &g));
		if (g.section < section || (g.section == section && g.offset <= offset))
			low = mid + 1;
		else
			high = mid;
	}
	if (!low)
		return err_new(ERR_NOTFOUND, "no public symbol below this address");
	TRY(mapped_public(pdb, --low, &record, &g));
	if (g.section != section)
		return err_new(ERR_NOTFOUND, "no public symbol below this address in its section");
	for (int tries = 0; low > 0 && tries < MAX_ALIASES; tries++) {
		TRY(mapped_public(pdb, --low, &record_before, &before));
		if (before.section != g.section || before.offset != g.offset)
			break;
		g = before;
		record = record_before;
	}
	*ret_record = record;
	*ret = g;
	return NULL;
}

static struct err *public_at(struct pdb *pdb, uint32_t place, uint32_t *ret_record, struct global *ret,
			     uint32_t *ret_place)
{
	uint32_t section, offset;

	if (!load_publics(pdb))
		return err_new(ERR_NOTFOUND, "no public symbols");
	if (!pdb_section_of(pdb, place, &section, &offset))
		return err_new(ERR_NOTFOUND, "not in a section");
	TRY(find_public(pdb, section, offset, ret_record, ret));
	*ret_place = place - (offset - ret->offset);
	return NULL;
}

struct err *pdb_public_at(struct pdb *pdb, uint32_t place, uint32_t *ret_place, struct symbol *ret)
{
	uint32_t record;
	struct global g;

	TRY(public_at(pdb, place, &record, &g, ret_place));
	if (!public_symbol(pdb, record, &g, *ret_place, ret))
		return err_new(ERR_NOTFOUND, "the symbol's code was removed");
	return NULL;
}

struct err *pdb_public_raw(struct pdb *pdb, uint32_t place, const char **ret)
{
	uint32_t record, start;
	struct global g;

	TRY(public_at(pdb, place, &record, &g, &start));
	if (start != place)
		return err_new(ERR_NOTFOUND, "no public symbol at this address");
	*ret = g.name;
	return NULL;
}

/* --- private data by address ----------------------------------------------------------------- */

struct data_gather {
	bool failed;
};

static bool gather_data(void *arg, struct pdb *pdb, uint32_t record, const struct global *g)
{
	struct data_gather *gather = arg;
	struct pdb_data_symbol d = { .offset = record };

	if (!is_data(g->kind) || !pdb_place(pdb, g->section, g->offset, &d.rva))
		return false;
	gather->failed = !vec_push(&pdb->data, d);
	return gather->failed;
}

static int compare_data(const void *pa, const void *pb)
{
	const struct pdb_data_symbol *a = pa, *b = pb;

	if (a->rva != b->rva)
		return a->rva < b->rva ? -1 : 1;
	return a->offset < b->offset ? -1 : a->offset > b->offset;
}

static struct err *load_data(struct pdb *pdb)
{
	struct data_gather gather = { 0 };

	if (pdb->data_known)
		return NULL;
	pdb->data.n = 0;
	TRY(visit_all(pdb, false, gather_data, &gather));
	if (gather.failed)
		return err_nomem();
	if (pdb->data.n)
		qsort(pdb->data.v, pdb->data.n, sizeof(*pdb->data.v), compare_data);
	pdb->data_known = true;
	return NULL;
}

static bool data_symbol(struct pdb *pdb, const struct global *g, uint32_t place, struct symbol *ret)
{
	struct symbol s = { .name = g->name, .kind = SYMBOL_DATA };

	if (!pdb_from_source(pdb, place, &s.rva))
		return false;
	s.size = pdb_type_size(pdb, g->type);
	s.type = pdb_type_ref(pdb, g->type);
	*ret = s;
	return true;
}

struct err *pdb_data_at(struct pdb *pdb, uint32_t place, uint32_t *ret_place, struct symbol *ret)
{
	uint32_t section, offset, section_of_data, unused;
	size_t low = 0, high;
	struct global g;

	TRY(load_data(pdb));
	high = pdb->data.n;
	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (pdb->data.v[mid].rva <= place)
			low = mid + 1;
		else
			high = mid;
	}
	if (!low || !pdb_section_of(pdb, place, &section, &offset) ||
	    !pdb_section_of(pdb, pdb->data.v[low - 1].rva, &section_of_data, &unused) ||
	    section != section_of_data)
		return err_new(ERR_NOTFOUND, "no data below this address in its section");
	*ret_place = pdb->data.v[low - 1].rva;
	if (!read_global(pdb, pdb->data.v[low - 1].offset, &g) ||
	    !data_symbol(pdb, &g, *ret_place, ret))
		return err_new(ERR_NOTFOUND, "damaged data symbol");
	return NULL;
}

/* --- symbols from globals --------------------------------------------------------------------- */

static bool proc_symbol(struct pdb *pdb, const struct global *g, struct symbol *ret)
{
	struct pdb_code code = { .offset = g->offset, .kind = PDB_CODE_PROC };
	struct pdb_proc proc;
	struct pdb_module *m;
	struct cursor c;
	uint16_t kind;

	if (err_ignore(pdb_load_modules(pdb)) || !g->section || g->section > pdb->modules.n)
		return false;
	m = &pdb->modules.v[g->section - 1];
	if (err_ignore(pdb_record_at(pdb, m->stream, g->offset, &kind, &c)) || !pdb_is_proc(kind) ||
	    !pdb_read_proc(pdb, kind, c, &proc))
		return false;
	code.rva = proc.place;
	code.size = proc.size;
	return !err_ignore(pdb_code_symbol(pdb, m, &code, ret));
}

/* false: no symbol with an address or value, or damaged */
static bool global_symbol(struct pdb *pdb, uint32_t record, const struct global *g,
			  struct symbol *ret)
{
	uint32_t place;

	if (g->kind == S_PROCREF || g->kind == S_LPROCREF)
		return proc_symbol(pdb, g, ret);
	if (is_constant(g->kind)) {
		*ret = (struct symbol){ .name = g->name, .kind = SYMBOL_CONSTANT,
					.type = pdb_type_ref(pdb, g->type),
					.value = (int64_t)g->value.value };
		return g->value.is_integer;
	}
	if (is_tls(g->kind)) {
		/* The offset is one into the thread's block, not an address. */
		*ret = (struct symbol){ .name = g->name, .kind = SYMBOL_TLS, .rva = g->offset,
					.size = pdb_type_size(pdb, g->type),
					.type = pdb_type_ref(pdb, g->type) };
		return true;
	}
	if (!is_data(g->kind) && !is_public(g->kind))
		return false;
	if (!pdb_place(pdb, g->section, g->offset, &place))
		return false;
	return is_public(g->kind) ? public_symbol(pdb, record, g, place, ret)
				  : data_symbol(pdb, g, place, ret);
}

struct first_symbol {
	struct symbol symbol;
	bool found;
};

static bool take_first(void *arg, struct pdb *pdb, uint32_t record, const struct global *g)
{
	struct first_symbol *first = arg;

	first->found = global_symbol(pdb, record, g, &first->symbol);
	return first->found;
}

static bool map_public(void *arg, struct pdb *pdb, uint32_t record, const struct global *g)
{
	const char *name = keep_display(pdb, record, g->name);
	bool *failed = arg;

	if (!strmap_has(&pdb->public_names, name))
		*failed = !strmap_put(&pdb->public_names, name, (void *)(uintptr_t)(record + 1ul));
	return *failed;
}

/* Display names of publics, no case: the last resort of a search by name. */
static struct err *find_displayed(struct pdb *pdb, const char *name, struct first_symbol *ret)
{
	bool failed = false;
	uintptr_t record;
	struct global g;

	if (!pdb->names_mapped) {
		TRY(visit_all(pdb, true, map_public, &failed));
		if (failed)
			return err_nomem();
		pdb->names_mapped = true;
	}
	record = (uintptr_t)strmap_get(&pdb->public_names, name);
	if (record && read_global(pdb, (uint32_t)(record - 1), &g))
		(void)take_first(ret, pdb, (uint32_t)(record - 1), &g);
	return NULL;
}

static struct err *find_hashed(struct pdb *pdb, const char *name, struct first_symbol *ret)
{
	char underscored[256];

	for (int nocase = 0; nocase < 2 && !ret->found; nocase++)
		if (load_globals(pdb))
			TRY(visit_named(pdb, &pdb->globals, name, nocase, take_first, ret));
	if (ret->found || !load_publics(pdb))
		return NULL;
	TRY(visit_named(pdb, &pdb->publics, name, false, take_first, ret));
	if (ret->found || strlen(name) + 2 > sizeof(underscored))
		return NULL;
	(void)snprintf(underscored, sizeof(underscored), "_%s", name);
	return visit_named(pdb, &pdb->publics, underscored, false, take_first, ret);
}

struct err *pdb_symbol_named(struct provider *p, const char *name, struct symbol *ret)
{
	struct first_symbol first = { 0 };
	struct pdb *pdb = pdb_of(p);

	TRY(find_hashed(pdb, name, &first));
	if (!first.found)
		TRY(find_displayed(pdb, name, &first));
	if (!first.found)
		return err_new(ERR_NOTFOUND, "%s: no symbol %s", pdb->src->name, name);
	*ret = first.symbol;
	return NULL;
}

/* --- enumeration -------------------------------------------------------------------------------- */

struct enumeration {
	const char *pattern;
	symbol_visitor *visit;
	void *arg;
	struct u64map shown;	/* rva */
	struct strbuf name;
	bool stopped, failed;
};

static bool show_private(void *arg, struct pdb *pdb, uint32_t record, const struct global *g)
{
	struct enumeration *e = arg;
	struct symbol s;

	if (is_udt(g->kind) || !str_match(e->pattern, g->name, true) ||
	    !global_symbol(pdb, record, g, &s))
		return false;
	if (s.kind != SYMBOL_CONSTANT && s.kind != SYMBOL_TLS &&
	    !u64map_put(&e->shown, s.rva, NULL)) {
		e->failed = true;
		return true;
	}
	e->stopped = !e->visit(e->arg, &s);
	return e->stopped;
}

static bool show_public(void *arg, struct pdb *pdb, uint32_t record, const struct global *g)
{
	struct enumeration *e = arg;
	struct symbol s;

	strbuf_reset(&e->name);
	display_name(pdb, g->name, &e->name);
	if ((!str_match(e->pattern, e->name.s, true) && !str_match(e->pattern, g->name, true)) ||
	    !global_symbol(pdb, record, g, &s) || u64map_has(&e->shown, s.rva))
		return false;
	e->stopped = !e->visit(e->arg, &s);
	return e->stopped;
}

static struct err *enumerate(struct pdb *pdb, struct enumeration *e)
{
	if (!strpbrk(e->pattern, "*?") && load_globals(pdb))
		TRY(visit_named(pdb, &pdb->globals, e->pattern, true, show_private, e));
	else
		TRY(visit_all(pdb, false, show_private, e));
	if (!e->stopped && !e->failed)
		TRY(visit_all(pdb, true, show_public, e));
	return e->failed ? err_nomem() : NULL;
}

struct err *pdb_symbols(struct provider *p, const char *pattern, symbol_visitor *v, void *arg)
{
	struct enumeration e = { .pattern = pattern, .visit = v, .arg = arg, .name = STRBUF_INIT };
	struct err *err = enumerate(pdb_of(p), &e);

	u64map_deinit(&e.shown);
	strbuf_deinit(&e.name);
	return err;
}

/* --- typedefs -------------------------------------------------------------------------------------- */

static bool take_udt(void *arg, struct pdb *pdb, uint32_t record, const struct global *g)
{
	if (!is_udt(g->kind))
		return false;
	*(uint32_t *)arg = g->type;
	return true;
}

struct err *pdb_udt_named(struct pdb *pdb, const char *name, uint32_t *ret)
{
	*ret = 0;
	for (int nocase = 0; nocase < 2 && !*ret; nocase++)
		if (load_globals(pdb))
			TRY(visit_named(pdb, &pdb->globals, name, nocase, take_udt, ret));
	return NULL;
}

struct udt_visit {
	pdb_udt_visitor *visit;
	void *arg;
};

static bool visit_udt(void *arg, struct pdb *pdb, uint32_t record, const struct global *g)
{
	struct udt_visit *v = arg;

	return is_udt(g->kind) && v->visit(v->arg, g->name, g->type);
}

struct err *pdb_udts(struct pdb *pdb, pdb_udt_visitor *v, void *arg)
{
	struct udt_visit visit = { v, arg };

	return visit_all(pdb, false, visit_udt, &visit);
}
