/* SPDX-License-Identifier: MIT */
/*
 * The DBI stream: which streams hold symbols, which object file contributed
 * which part of which section, and how section:offset becomes an rva (LLVM
 * docs, "The PDB DBI Stream"; microsoft-pdb, PDB/dbi/dbi.cpp).
 *
 * Contributions are sorted by section and offset, so they are searched where
 * they lie. So are the OMAP tables: pairs {from, to}; `to` 0 marks code that
 * was removed.
 */
#include "symbol/pdb_impl.h"

#include <inttypes.h>
#include <string.h>

enum {
	DBI_HEADER_SIZE = 64,
	DBI_FLAG_STRIPPED = 1 << 1,
	SECTION_HEADER_SIZE = 40,
	MAX_SECTIONS = 0xffff,
	NAMES_HEADER_SIZE = 12,
	MAX_STRING = 0x10000,
};

static const uint32_t contributions_v60 = 0xeffe0000 + 19970605;
static const uint32_t contributions_v2 = 0xeffe0000 + 20140516;

struct err *pdb_range_cursor(struct pdb *pdb, struct pdb_range r, struct cursor *ret)
{
	return msf_cursor(pdb->msf, r.stream, r.offset, r.size, ret);
}

static enum machine machine_of(uint16_t coff)
{
	switch (coff) {
	case 0x014c:
		return MACHINE_X86;
	case 0x8664:
		return MACHINE_X64;
	case 0xaa64:
	case 0xa641: /* ARM64EC */
		return MACHINE_ARM64;
	case 0x01c0:
	case 0x01c2:
	case 0x01c4:
		return MACHINE_ARM;
	default:
		return MACHINE_UNKNOWN;
	}
}

struct dbi_sizes {
	uint32_t modules, contributions, section_map, files, type_servers, edit, debug;
};

/* Lays the substreams out behind the header; they must fit. */
static struct err *place_substreams(struct pdb *pdb, const struct dbi_sizes *sizes,
				    struct pdb_range *ret_debug)
{
	struct pdb_range ignored;
	const struct {
		uint32_t size;
		struct pdb_range *range;
	} parts[] = {
		{ sizes->modules, &pdb->modules_range },
		{ sizes->contributions, &pdb->contributions },
		{ sizes->section_map, &ignored },
		{ sizes->files, &pdb->files },
		{ sizes->type_servers, &ignored },
		{ sizes->edit, &ignored },
		{ sizes->debug, ret_debug },
	};
	uint64_t at = DBI_HEADER_SIZE, size = msf_size(pdb->msf, PDB_STREAM_DBI);

	for (size_t i = 0; i < ARRAY_SIZE(parts); i++) {
		if (!range_in(at, parts[i].size, size))
			return err_new(ERR_CORRUPT,
				       "%s: offset 0x%" PRIx64 ": part %zu of %" PRIu32
				       " bytes, the stream has %" PRIu64 " bytes",
				       msf_label(pdb->msf, PDB_STREAM_DBI), at, i + 1, parts[i].size,
				       size);
		*parts[i].range = (struct pdb_range){ PDB_STREAM_DBI, at, parts[i].size };
		at += parts[i].size;
	}
	return NULL;
}

static struct err *read_debug_header(struct pdb *pdb, struct pdb_range r)
{
	struct cursor c;

	TRY(pdb_range_cursor(pdb, r, &c));
	for (unsigned i = 0; i < PDB_N_DEBUG && cursor_left(&c) >= 2; i++)
		pdb->debug_streams[i] = cursor_u16(&c);
	return NULL;
}

struct err *pdb_read_dbi(struct pdb *pdb)
{
	struct dbi_sizes sizes = { 0 };
	struct pdb_range debug;
	struct cursor c;
	uint16_t flags;

	TRY(msf_cursor(pdb->msf, PDB_STREAM_DBI, 0, DBI_HEADER_SIZE, &c));
	if (cursor_u32(&c) != UINT32_MAX)
		return err_new(ERR_UNSUPPORTED, "%s: DBI stream of a format before Visual C++ 5",
			       c.name);
	cursor_skip(&c, 4);
	pdb->identity.age = cursor_u32(&c);
	pdb->global_stream = cursor_u16(&c);
	cursor_skip(&c, 2);
	pdb->public_stream = cursor_u16(&c);
	cursor_skip(&c, 2);
	pdb->record_stream = cursor_u16(&c);
	cursor_skip(&c, 2);
	sizes.modules = cursor_u32(&c);
	sizes.contributions = cursor_u32(&c);
	sizes.section_map = cursor_u32(&c);
	sizes.files = cursor_u32(&c);
	sizes.type_servers = cursor_u32(&c);
	cursor_skip(&c, 4);
	sizes.debug = cursor_u32(&c);
	sizes.edit = cursor_u32(&c);
	flags = cursor_u16(&c);
	pdb->identity.machine = machine_of(cursor_u16(&c));
	pdb->identity.stripped = flags & DBI_FLAG_STRIPPED;
	TRY(place_substreams(pdb, &sizes, &debug));
	TRY(read_debug_header(pdb, debug));
	pdb->has_dbi = true;
	return NULL;
}

/* --- modules ----------------------------------------------------------------- */

static struct pdb_module read_module(struct cursor *c)
{
	struct pdb_module m = { 0 };

	cursor_skip(c, 4 + 28 + 2);	/* unused, first contribution, flags */
	m.stream = cursor_u16(c);
	m.symbols_size = cursor_u32(c);
	m.c11_size = cursor_u32(c);
	m.c13_size = cursor_u32(c);
	cursor_skip(c, 2 + 2 + 4 + 4 + 4);
	(void)cursor_cstr(c);
	m.name = cursor_cstr(c);
	cursor_align(c, 4);
	return m;
}

struct err *pdb_load_modules(struct pdb *pdb)
{
	struct cursor c;

	if (pdb->modules_known || !pdb->has_dbi)
		return NULL;
	TRY(pdb_range_cursor(pdb, pdb->modules_range, &c));
	pdb->modules.n = 0; /* of an earlier try that failed */
	while (cursor_left(&c)) {
		struct pdb_module m = read_module(&c);

		TRY(cursor_check(&c, "module description"));
		if (!vec_push(&pdb->modules, m))
			return err_nomem();
	}
	pdb->modules_known = true;
	return NULL;
}

static struct err *contribution_layout(struct pdb *pdb, uint32_t *ret_size, uint64_t *ret_n)
{
	struct pdb_range head = pdb->contributions;
	uint32_t version;
	struct cursor c;

	if (!pdb->has_dbi || head.size < 4)
		return err_new(ERR_NOTFOUND, "%s: no section contributions", pdb->src->name);
	head.size = 4;
	TRY(pdb_range_cursor(pdb, head, &c));
	version = cursor_u32(&c);
	if (version != contributions_v60 && version != contributions_v2)
		return err_new(ERR_UNSUPPORTED, "%s: offset 0x%" PRIx64
			       ": section contributions of version 0x%" PRIx32,
			       c.name, head.offset, version);
	*ret_size = version == contributions_v2 ? 32 : 28;
	*ret_n = (pdb->contributions.size - 4) / *ret_size;
	return NULL;
}

struct contribution {
	uint16_t section, module;
	uint32_t offset, size;
};

static struct err *read_contribution(struct pdb *pdb, uint32_t size, uint64_t i,
				     struct contribution *ret)
{
	struct cursor c;

	TRY(msf_cursor(pdb->msf, pdb->contributions.stream,
		       pdb->contributions.offset + 4 + i * size, 28, &c));
	ret->section = cursor_u16(&c);
	cursor_skip(&c, 2);
	ret->offset = cursor_u32(&c);
	ret->size = cursor_u32(&c);
	cursor_skip(&c, 4);
	ret->module = cursor_u16(&c);
	return NULL;
}

/* The number of contributions that start at or before section:offset. */
static struct err *contributions_before(struct pdb *pdb, uint32_t size, uint64_t n, uint32_t section,
					uint32_t offset, uint64_t *ret)
{
	uint64_t low = 0, high = n;

	while (low < high) {
		uint64_t mid = low + (high - low) / 2;
		struct contribution k;

		TRY(read_contribution(pdb, size, mid, &k));
		if (k.section < section || (k.section == section && k.offset <= offset))
			low = mid + 1;
		else
			high = mid;
	}
	*ret = low;
	return NULL;
}

struct err *pdb_module_at(struct pdb *pdb, uint32_t place, struct pdb_module **ret,
			  uint32_t *ret_start, uint32_t *ret_end)
{
	uint32_t section, offset, size = 0;
	struct contribution k;
	uint64_t n = 0, i;

	if (!pdb_section_of(pdb, place, &section, &offset))
		return err_new(ERR_NOTFOUND, "not in a section");
	TRY(pdb_load_modules(pdb));
	TRY(contribution_layout(pdb, &size, &n));
	TRY(contributions_before(pdb, size, n, section, offset, &i));
	/* Empty contributions may stand between the one looked for and its end. */
	for (int tries = 0; i > 0 && tries < 16; tries++) {
		TRY(read_contribution(pdb, size, --i, &k));
		if (k.section != section)
			break;
		if (offset - k.offset >= k.size)
			continue;
		if (k.module >= pdb->modules.n)
			return err_new(ERR_CORRUPT, "%s: contribution %" PRIu64
				       " is of module %u, there are %zu",
				       msf_label(pdb->msf, PDB_STREAM_DBI), i, k.module,
				       pdb->modules.n);
		*ret = &pdb->modules.v[k.module];
		*ret_start = place - (offset - k.offset);
		*ret_end = k.size > UINT32_MAX - *ret_start ? UINT32_MAX : *ret_start + k.size;
		return NULL;
	}
	return err_new(ERR_NOTFOUND, "no object file contributed this address");
}

/* --- sections and addresses ----------------------------------------------------- */

static bool has_debug_stream(const struct pdb *pdb, enum pdb_debug_stream which)
{
	return msf_size(pdb->msf, pdb->debug_streams[which]) > 0;
}

struct err *pdb_load_sections(struct pdb *pdb)
{
	enum pdb_debug_stream which = PDB_DEBUG_SECTIONS;
	struct cursor c;
	uint32_t stream;

	if (pdb->sections_known)
		return NULL;
	pdb->has_omap = has_debug_stream(pdb, PDB_DEBUG_OMAP_FROM) &&
			has_debug_stream(pdb, PDB_DEBUG_OMAP_TO);
	if (pdb->has_omap && has_debug_stream(pdb, PDB_DEBUG_ORIGINAL_SECTIONS))
		which = PDB_DEBUG_ORIGINAL_SECTIONS;
	stream = pdb->debug_streams[which];
	pdb->sections.n = 0;
	if (msf_has(pdb->msf, stream)) {
		TRY(msf_cursor(pdb->msf, stream, 0, msf_size(pdb->msf, stream), &c));
		while (cursor_left(&c) >= SECTION_HEADER_SIZE && pdb->sections.n < MAX_SECTIONS) {
			struct pdb_section s;

			cursor_skip(&c, 8);
			s.size = cursor_u32(&c);
			s.rva = cursor_u32(&c);
			cursor_skip(&c, 20);
			s.flags = cursor_u32(&c);
			if (!vec_push(&pdb->sections, s))
				return err_nomem();
		}
	}
	pdb->sections_known = true;
	return NULL;
}

bool pdb_place(struct pdb *pdb, uint32_t section, uint32_t offset, uint32_t *ret)
{
	if (err_ignore(pdb_load_sections(pdb)) || !section || section > pdb->sections.n)
		return false;
	return !__builtin_add_overflow(pdb->sections.v[section - 1].rva, offset, ret);
}

bool pdb_section_of(struct pdb *pdb, uint32_t place, uint32_t *ret_section, uint32_t *ret_offset)
{
	if (err_ignore(pdb_load_sections(pdb)))
		return false;
	for (size_t i = 0; i < pdb->sections.n; i++) {
		const struct pdb_section *s = &pdb->sections.v[i];

		if (place - s->rva < s->size) {
			*ret_section = (uint32_t)i + 1;
			*ret_offset = place - s->rva;
			return true;
		}
	}
	return false;
}

static struct err *omap_entry(struct pdb *pdb, uint32_t stream, uint64_t i, uint32_t *from,
			      uint32_t *to)
{
	struct cursor c;

	TRY(msf_cursor(pdb->msf, stream, i * 8, 8, &c));
	*from = cursor_u32(&c);
	*to = cursor_u32(&c);
	return NULL;
}

/* Number of entries that start at or before rva. */
static struct err *omap_before(struct pdb *pdb, uint32_t stream, uint32_t rva, uint64_t *ret)
{
	uint64_t low = 0, high = msf_size(pdb->msf, stream) / 8;
	uint32_t from, to;

	while (low < high) {
		uint64_t mid = low + (high - low) / 2;

		TRY(omap_entry(pdb, stream, mid, &from, &to));
		if (from <= rva)
			low = mid + 1;
		else
			high = mid;
	}
	*ret = low;
	return NULL;
}

static struct err *omap_find(struct pdb *pdb, uint32_t stream, uint32_t rva, uint32_t *ret)
{
	uint32_t from = 0, to = 0;
	uint64_t n = 0;

	TRY(omap_before(pdb, stream, rva, &n));
	if (!n)
		return err_new(ERR_NOTFOUND, "below the first mapped address");
	TRY(omap_entry(pdb, stream, n - 1, &from, &to));
	if (!to || __builtin_add_overflow(to, rva - from, ret))
		return err_new(ERR_NOTFOUND, "removed code");
	return NULL;
}

bool pdb_to_source(struct pdb *pdb, uint64_t rva, uint32_t *ret)
{
	if (rva > UINT32_MAX || err_ignore(pdb_load_sections(pdb)))
		return false;
	*ret = (uint32_t)rva;
	return !pdb->has_omap ||
	       !err_ignore(omap_find(pdb, pdb->debug_streams[PDB_DEBUG_OMAP_TO], *ret, ret));
}

/* The part of [*start, *end), places, that stayed together around the address:
 * between them lies the address. Without OMAP that is all of it. */
static struct err *omap_clip(struct pdb *pdb, uint32_t rva, uint32_t *start, uint32_t *end)
{
	uint32_t stream = pdb->debug_streams[PDB_DEBUG_OMAP_TO], from = 0, to = 0, next = 0, unused;
	uint64_t n = 0;

	TRY(omap_before(pdb, stream, rva, &n));
	if (!n)
		return NULL;
	TRY(omap_entry(pdb, stream, n - 1, &from, &to));
	if (*start < to)
		*start = to;
	if (n == msf_size(pdb->msf, stream) / 8)
		return NULL;
	TRY(omap_entry(pdb, stream, n, &next, &unused));
	if (*end - to > next - from)
		*end = to + (next - from);
	return NULL;
}

void pdb_extent(struct pdb *pdb, uint64_t rva, uint32_t start, uint32_t end, uint64_t *ret_rva,
		uint64_t *ret_size)
{
	uint32_t place;

	*ret_rva = rva;
	*ret_size = 0;
	if (!pdb_to_source(pdb, rva, &place) ||
	    (pdb->has_omap && err_ignore(omap_clip(pdb, (uint32_t)rva, &start, &end))) ||
	    place < start || place >= end)
		return;
	*ret_rva = rva - (place - start);
	*ret_size = end - start;
}

bool pdb_from_source(struct pdb *pdb, uint32_t place, uint64_t *ret)
{
	uint32_t rva = place;

	if (err_ignore(pdb_load_sections(pdb)))
		return false;
	if (pdb->has_omap && err_ignore(omap_find(pdb, pdb->debug_streams[PDB_DEBUG_OMAP_FROM],
						  place, &rva)))
		return false;
	*ret = rva;
	return true;
}

/* --- names ------------------------------------------------------------------------- */

/* No more of the strings is looked at than the name is long: keys may be many, and strings endless. */
static bool stands_at(const struct cursor *strings, uint32_t at, const char *name)
{
	size_t size = strlen(name) + 1;
	struct cursor key = cursor_sub(strings, at, size);
	const uint8_t *p = cursor_bytes(&key, size);

	return p && !memcmp(p, name, size);
}

/* The table of named streams follows the 28 bytes of the info stream's header. */
static struct err *find_named_stream(struct pdb *pdb, const char *name, uint32_t *ret)
{
	struct cursor c, strings;
	uint32_t n;

	TRY(msf_cursor(pdb->msf, PDB_STREAM_INFO, 0, msf_size(pdb->msf, PDB_STREAM_INFO), &c));
	cursor_skip(&c, 28);
	strings = cursor_take(&c, cursor_u32(&c));
	n = cursor_u32(&c);
	cursor_skip(&c, 4);
	cursor_skip(&c, 4 * (uint64_t)cursor_u32(&c));
	cursor_skip(&c, 4 * (uint64_t)cursor_u32(&c));
	while (n-- && cursor_ok(&c) && cursor_left(&c) >= 8) {
		uint32_t at = cursor_u32(&c), stream = cursor_u32(&c);

		if (stands_at(&strings, at, name)) {
			*ret = stream;
			return NULL;
		}
	}
	TRY(cursor_check(&c, "table of named streams"));
	return err_new(ERR_NOTFOUND, "no stream %s", name);
}

uint32_t pdb_named_stream(struct pdb *pdb, const char *name)
{
	uint32_t stream = PDB_NO_STREAM;

	(void)err_ignore(find_named_stream(pdb, name, &stream));
	return stream;
}

static struct err *load_names(struct pdb *pdb)
{
	struct cursor c;
	uint64_t size;

	if (pdb->names_known)
		return NULL;
	pdb->names_stream = pdb_named_stream(pdb, "/names");
	size = msf_size(pdb->msf, pdb->names_stream);
	pdb->names_known = true;
	if (size < NAMES_HEADER_SIZE)
		return NULL;
	TRY(msf_cursor(pdb->msf, pdb->names_stream, 0, NAMES_HEADER_SIZE, &c));
	cursor_skip(&c, 8);
	pdb->names_size = cursor_u32(&c);
	if (pdb->names_size > size - NAMES_HEADER_SIZE)
		pdb->names_size = (uint32_t)(size - NAMES_HEADER_SIZE);
	return NULL;
}

struct err *pdb_string(struct pdb *pdb, uint32_t offset, const char **ret)
{
	TRY(load_names(pdb));
	if (offset >= pdb->names_size)
		return err_new(ERR_CORRUPT, "%s: string at 0x%" PRIx32 " of the %" PRIu32
			       " bytes of strings", pdb->src->name, offset, pdb->names_size);
	/* A short piece first: a page rather than the whole table. */
	for (uint32_t n = 256;; n = MAX_STRING) {
		uint32_t left = pdb->names_size - offset;
		struct cursor c;
		const char *s;

		TRY(msf_cursor(pdb->msf, pdb->names_stream, NAMES_HEADER_SIZE + (uint64_t)offset,
			       left < n ? left : n, &c));
		s = cursor_cstr(&c);
		if (cursor_ok(&c)) {
			*ret = s;
			return NULL;
		}
		if (n == MAX_STRING)
			return cursor_check(&c, "string");
	}
}
