/* SPDX-License-Identifier: MIT */
/*
 * Opening a PDB and the provider's table of operations. The info stream gives
 * the identity, the DBI stream's header the rest; nothing else is read here.
 */
#include "symbol/pdb_impl.h"

#include <inttypes.h>
#include <string.h>

enum {
	INFO_HEADER_SIZE = 28,
	FEATURE_MINIMAL = 0x494e494d,	/* "MINI": /DEBUG:FASTLINK */
};

static void pdb_destroy(struct provider *p)
{
	struct pdb *pdb = pdb_of(p);

	for (size_t i = 0; i < pdb->modules.n; i++) {
		struct pdb_module *m = &pdb->modules.v[i];

		for (size_t k = 0; k < m->lines.n; k++)
			free(m->lines.v[k].v);
		vec_deinit(&m->code);
		vec_deinit(&m->lines);
		vec_deinit(&m->inlinees);
	}
	vec_deinit(&pdb->modules);
	vec_deinit(&pdb->sections);
	vec_deinit(&pdb->data);
	strmap_deinit(&pdb->public_names);
	strmap_deinit(&pdb->type_names);
	u64map_deinit(&pdb->display);
	u64map_deinit(&pdb->definitions);
	u64map_deinit(&pdb->func_names);
	free(pdb->tpi.offsets);
	free(pdb->tpi.heads);
	free(pdb->tpi.next);
	free(pdb->ipi.offsets);
	arena_deinit(&pdb->arena);
	msf_destroy(pdb->msf);
	source_destroy(pdb->src);
	free(pdb);
}

static const struct provider_ops *pdb_ops(void)
{
	static struct provider_ops ops = {
		.name = "pdb",
		.symbol_at = pdb_symbol_at,
		.symbol_named = pdb_symbol_named,
		.symbols = pdb_symbols,
		.line_at = pdb_line_at,
		.line_named = pdb_line_named,
		.inlines_at = pdb_inlines_at,
		.locals = pdb_locals,
		.type_named = pdb_type_named,
		.types = pdb_types,
		.type_info = pdb_type_info,
		.type_members = pdb_type_members,
		.type_enumerators = pdb_type_enumerators,
		.type_params = pdb_type_params,
		.x86_frame = pdb_x86_frame,
		.param_size = pdb_param_size,
		.fixed_frame = pdb_fixed_frame,
		.destroy = pdb_destroy,
	};

	if (!ops.unwind)
		provider_fill_ops(&ops);
	return &ops;
}

bool provider_is_pdb(const struct provider *p)
{
	return p->ops == pdb_ops();
}

struct pdb_identity pdb_identity(const struct provider *p)
{
	return ((const struct pdb *)p)->identity;
}

bool pdb_matches(const struct provider *p, const uint8_t guid[16], uint32_t age)
{
	const struct pdb *pdb = (const struct pdb *)p;
	const struct pdb_identity *id = &pdb->identity;

	return !memcmp(id->guid, guid, sizeof(id->guid)) &&
	       age == (pdb->has_dbi ? id->age : id->info_age);
}

/* Feature codes stand behind the table of named streams, to the stream's end. */
static void read_features(struct pdb *pdb, struct cursor c)
{
	uint32_t n;

	cursor_skip(&c, cursor_u32(&c));
	n = cursor_u32(&c);
	cursor_skip(&c, 4);
	cursor_skip(&c, 4 * (uint64_t)cursor_u32(&c));
	cursor_skip(&c, 4 * (uint64_t)cursor_u32(&c));
	cursor_skip(&c, 8 * (uint64_t)n);
	cursor_skip(&c, 4); /* the number of names once more */
	while (cursor_ok(&c) && cursor_left(&c) >= 4)
		if (cursor_u32(&c) == FEATURE_MINIMAL)
			pdb->identity.fastlink = true;
}

static struct err *read_info(struct pdb *pdb)
{
	uint64_t size = msf_size(pdb->msf, PDB_STREAM_INFO);
	struct cursor c;

	if (size < INFO_HEADER_SIZE)
		return err_new(ERR_CORRUPT, "%s: PDB stream of %" PRIu64 " bytes, %d expected",
			       pdb->src->name, size, INFO_HEADER_SIZE);
	TRY(msf_cursor(pdb->msf, PDB_STREAM_INFO, 0, size, &c));
	cursor_skip(&c, 4);
	pdb->identity.signature = cursor_u32(&c);
	pdb->identity.info_age = cursor_u32(&c);
	cursor_copy(&c, pdb->identity.guid, sizeof(pdb->identity.guid));
	read_features(pdb, c);
	return NULL;
}

static const char *note_of(const struct pdb *pdb)
{
	if (pdb->identity.fastlink)
		return "fastlink pdb symbols: the debug information is in object files";
	if (!pdb->has_dbi)
		return "pdb types only";
	return pdb->identity.stripped ? "pdb symbols" : "private pdb symbols";
}

static struct err *describe(struct pdb *pdb)
{
	char *note = strdup(note_of(pdb));

	if (!note)
		return err_nomem();
	free(pdb->p.note);
	pdb->p.note = note;
	pdb->p.is_private = pdb->has_dbi && !pdb->identity.stripped && !pdb->identity.fastlink;
	pdb->p.has_lines = pdb->p.is_private;
	/* A type stream of nothing but its header holds no types. */
	pdb->p.has_types = msf_size(pdb->msf, PDB_STREAM_TPI) > 56;
	return NULL;
}

static struct err *read_headers(struct pdb *pdb)
{
	TRY(msf_open(pdb->src, &pdb->msf));
	TRY(read_info(pdb));
	if (msf_size(pdb->msf, PDB_STREAM_DBI))
		TRY(pdb_read_dbi(pdb));
	return describe(pdb);
}

struct err *pdb_open_source(struct source *src, struct provider **ret)
{
	CLEANUP(source_destroyp) struct source *owned = src;
	struct pdb *pdb = calloc(1, sizeof(*pdb));
	struct err *e;

	if (!pdb)
		return err_nomem();
	arena_init(&pdb->arena);
	pdb->type_names.nocase = pdb->public_names.nocase = true;
	for (unsigned i = 0; i < PDB_N_DEBUG; i++)
		pdb->debug_streams[i] = PDB_NO_STREAM;
	pdb->global_stream = pdb->public_stream = pdb->record_stream = PDB_NO_STREAM;
	pdb->names_stream = PDB_NO_STREAM;
	e = provider_init(&pdb->p, pdb_ops(), src->name);
	if (e) {
		free(pdb);
		return e;
	}
	pdb->src = TAKE_PTR(owned);
	e = read_headers(pdb);
	if (e) {
		provider_unref(&pdb->p);
		return e;
	}
	*ret = &pdb->p;
	return NULL;
}

struct err *pdb_open(const char *path, struct provider **ret)
{
	struct source *src;

	TRY(source_open_file(path, &src));
	return pdb_open_source(src, ret);
}
