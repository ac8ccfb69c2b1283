/* SPDX-License-Identifier: MIT */
/*
 * Inlined functions. A procedure's records hold a tree of inline sites; each
 * tells by binary annotations which of the procedure's code came from it and
 * from which of its lines (cvinfo.h, BinaryAnnotationOpcode).
 *
 * The annotations drive a small machine: file and line are set, then a change
 * of the code offset starts a row that runs to the next row or for the length
 * that is told. After a length told alone the offset stands at the end of the
 * row; after a length told with an offset, at its start (as clang and Visual C++
 * write them).
 */
#include "symbol/pdb_impl.h"

#include <inttypes.h>
#include <string.h>

/* --- annotations -------------------------------------------------------------------- */

/* Numbers of 7, 14 or 29 bits, the high byte first. */
static uint32_t read_compressed(struct cursor *c)
{
	uint32_t b = cursor_u8(c);

	if (!(b & 0x80))
		return b;
	if (!(b & 0x40))
		return (b & 0x3f) << 8 | cursor_u8(c);
	b = (b & 0x1f) << 24;
	b |= (uint32_t)cursor_u8(c) << 16;
	b |= (uint32_t)cursor_u8(c) << 8;
	return b | cursor_u8(c);
}

/* The sign is the lowest bit. */
static int32_t to_signed(uint32_t v)
{
	return v & 1 ? -(int32_t)(v >> 1) : (int32_t)(v >> 1);
}

struct row {
	uint32_t start, end;	/* offsets in the procedure; end 0: open */
	uint32_t file, line, column;
};

struct site_state {
	uint32_t offset, file, line, column;
	struct row row;		/* not yet closed */
	bool has_row;
	uint32_t wanted;	/* offset looked for */
	/* results */
	struct row found;
	bool is_found;
	uint32_t run_start, run_end; /* rows that follow each other */
	uint32_t found_start, found_end;
};

static void close_row(struct site_state *s, uint32_t end)
{
	bool joined;

	if (!s->has_row)
		return;
	s->has_row = false;
	if (end <= s->row.start)
		return;
	s->row.end = end;
	joined = s->row.start == s->run_end;
	if (!joined)
		s->run_start = s->row.start;
	s->run_end = end;
	if (s->wanted >= s->row.start && s->wanted < end) {
		s->found = s->row;
		s->is_found = true;
	}
	if (s->is_found && s->wanted >= s->run_start && s->wanted < end) {
		s->found_start = s->run_start;
		s->found_end = end;
	}
}

static void open_row(struct site_state *s)
{
	close_row(s, s->offset);
	s->row = (struct row){ .start = s->offset, .file = s->file, .line = s->line,
			       .column = s->column };
	s->has_row = true;
}

static void end_row(struct site_state *s, uint32_t length)
{
	uint32_t end = s->offset + length;

	if (end >= s->offset)
		close_row(s, end);
}

/* One annotation; false at the end. */
static bool step(struct site_state *s, struct cursor *c)
{
	uint32_t op = read_compressed(c), v;

	if (op == BA_INVALID || op > BA_CHANGE_COLUMN_END)
		return false;
	v = read_compressed(c);
	if (!cursor_ok(c))
		return false;
	switch (op) {
	case BA_CODE_OFFSET:
		s->offset = v;
		open_row(s);
		break;
	case BA_CHANGE_CODE_OFFSET:
		s->offset += v;
		open_row(s);
		break;
	case BA_CHANGE_CODE_LENGTH:
		end_row(s, v);
		s->offset += v;
		break;
	case BA_CHANGE_FILE:
		s->file = v;
		break;
	case BA_CHANGE_LINE_OFFSET:
		s->line += (uint32_t)to_signed(v);
		break;
	case BA_CHANGE_COLUMN_START:
		s->column = v;
		break;
	case BA_CHANGE_CODE_OFFSET_AND_LINE_OFFSET:
		s->line += (uint32_t)to_signed(v >> 4);
		s->offset += v & 0xf;
		open_row(s);
		break;
	case BA_CHANGE_CODE_LENGTH_AND_CODE_OFFSET:
		s->offset += read_compressed(c);
		open_row(s);
		end_row(s, v);
		break;
	default: /* changes of what is not told */
		break;
	}
	return cursor_ok(c);
}

/* Runs the annotations of a site; true when its code holds the wanted offset. */
static bool run_annotations(struct cursor c, const struct pdb_inlinee *inlinee, uint32_t wanted,
			    uint32_t proc_size, struct site_state *ret)
{
	struct site_state s = { .wanted = wanted, .file = inlinee->file, .line = inlinee->line };

	while (cursor_left(&c) && step(&s, &c))
		;
	close_row(&s, proc_size);
	*ret = s;
	return s.is_found;
}

/* --- names ------------------------------------------------------------------------------ */

static struct err *join_scope(struct pdb *pdb, const char *scope, const char *name, const char **ret)
{
	if (!*scope) {
		*ret = name;
		return NULL;
	}
	*ret = arena_printf(&pdb->arena, "%s::%s", scope, name);
	return *ret ? NULL : err_nomem();
}

/* Namespace of a LF_FUNC_ID: a string id; "" when there is none. */
static const char *scope_name(struct pdb *pdb, uint32_t id)
{
	struct cursor c;
	uint16_t leaf;

	if (!id || err_ignore(pdb_id_record(pdb, id, &leaf, &c)) || leaf != LF_STRING_ID)
		return "";
	cursor_skip(&c, 4);
	return cursor_cstr(&c);
}

static struct err *make_func_name(struct pdb *pdb, uint32_t id, const char **ret)
{
	const char *scope = "";
	struct type_info info;
	uint32_t parent;
	struct cursor c;
	uint16_t leaf;

	TRY(pdb_id_record(pdb, id, &leaf, &c));
	parent = cursor_u32(&c);
	cursor_skip(&c, 4);
	if (leaf == LF_FUNC_ID)
		scope = scope_name(pdb, parent);
	else if (leaf != LF_MFUNC_ID)
		return cursor_corrupt(&c, "id 0x%" PRIx32 " of kind 0x%04x is no function", id, leaf);
	else if (!err_ignore(pdb_type_info(&pdb->p, parent, &info)))
		scope = info.name;
	*ret = cursor_cstr(&c);
	TRY(cursor_check(&c, "name of a function"));
	return join_scope(pdb, scope, *ret, ret);
}

struct err *pdb_func_name(struct pdb *pdb, uint32_t id, const char **ret)
{
	const char *name = u64map_get(&pdb->func_names, id);

	if (!name) {
		TRY(make_func_name(pdb, id, &name));
		if (!u64map_put(&pdb->func_names, id, (void *)(uintptr_t)name))
			return err_nomem();
	}
	*ret = name;
	return NULL;
}

/* --- the tree of sites ---------------------------------------------------------------------- */

struct scope {
	bool is_site, covers;
	uint32_t id, record;
	struct site_state state;
};

struct walk {
	struct pdb *pdb;
	struct pdb_module *module;
	struct pdb_proc proc;
	uint64_t rva;
	uint32_t wanted;	/* offset in the procedure */
	struct scope stack[PDB_MAX_SCOPES];
	unsigned depth;
	struct scope chain[PDB_MAX_SCOPES]; /* sites around the address, outermost first */
	unsigned n_chain;
};

static const struct pdb_inlinee *find_inlinee(const struct pdb_module *m, uint32_t id)
{
	static const struct pdb_inlinee none;
	size_t low = 0, high = m->inlinees.n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (m->inlinees.v[mid].id < id)
			low = mid + 1;
		else
			high = mid;
	}
	return low < m->inlinees.n && m->inlinees.v[low].id == id ? &m->inlinees.v[low] : &none;
}

static void take_chain(struct walk *w)
{
	w->n_chain = 0;
	for (unsigned i = 0; i < w->depth; i++)
		if (w->stack[i].is_site)
			w->chain[w->n_chain++] = w->stack[i];
}

static void enter_site(struct walk *w, uint16_t kind, struct cursor c, uint32_t record)
{
	struct scope *s = &w->stack[w->depth++];

	cursor_skip(&c, 8);
	*s = (struct scope){ .is_site = true, .id = cursor_u32(&c), .record = record };
	if (kind == S_INLINESITE2)
		cursor_skip(&c, 4);
	s->covers = run_annotations(c, find_inlinee(w->module, s->id), w->wanted, w->proc.size,
				    &s->state);
	if (s->covers)
		take_chain(w);
}

static bool opens_scope(uint16_t kind)
{
	return kind == S_BLOCK32 || kind == S_BLOCK32_ST || kind == S_WITH32 || kind == S_THUNK32 ||
	       kind == S_SEPCODE || pdb_is_proc(kind);
}

static bool ends_scope(uint16_t kind)
{
	return kind == S_END || kind == S_INLINESITE_END || kind == S_PROC_ID_END;
}

/* false: out of the procedure */
static bool walk_record(struct walk *w, uint16_t kind, struct cursor c, uint32_t at)
{
	if (ends_scope(kind)) {
		if (!w->depth)
			return false;
		w->depth--;
	} else if (kind == S_INLINESITE || kind == S_INLINESITE2 || opens_scope(kind)) {
		if (w->depth == PDB_MAX_SCOPES)
			return false;
		if (opens_scope(kind))
			w->stack[w->depth++] = (struct scope){ 0 };
		else
			enter_site(w, kind, c, at);
	}
	return true;
}

/* Visits the records of the procedure whose record is at `offset`. */
static struct err *walk_proc(struct walk *w, uint32_t offset)
{
	struct cursor records, content;
	uint32_t at, n = 0;
	uint16_t kind;

	TRY(pdb_module_records(w->pdb, w->module, &records));
	cursor_seek(&records, offset - records.origin);
	(void)pdb_next_record(&records, &kind, &content, &at);
	while (pdb_next_record(&records, &kind, &content, &at)) {
		if (++n % 4096 == 0)
			TRY(cancel_check());
		if (at >= w->proc.end || !walk_record(w, kind, content, at))
			break;
	}
	return NULL;
}

static void locate(struct walk *w, const struct scope *s, struct inline_site *ret)
{
	const struct row *row = &s->state.found;

	if (!s->covers)
		return;
	pdb_extent(w->pdb, w->rva, w->proc.place + row->start, w->proc.place + row->end,
		   &ret->location.rva, &ret->location.size);
	pdb_extent(w->pdb, w->rva, w->proc.place + s->state.found_start,
		   w->proc.place + s->state.found_end, &ret->rva, &ret->size);
	ret->location.line = row->line;
	ret->location.column = row->column;
	if (err_ignore(pdb_file_name(w->pdb, w->module, row->file, &ret->location.file)))
		ret->location.file = NULL;
}

static struct err *make_sites(struct walk *w, struct arena *a, struct inline_site **ret, size_t *ret_n)
{
	struct inline_site *sites = ARENA_NEW_N(a, struct inline_site, w->n_chain);
	uint64_t module = (uint64_t)(w->module - w->pdb->modules.v) + 1;

	if (!sites)
		return err_nomem();
	for (unsigned i = 0; i < w->n_chain; i++) {
		const struct scope *s = &w->chain[w->n_chain - 1 - i];

		if (err_ignore(pdb_func_name(w->pdb, s->id, &sites[i].function)))
			sites[i].function = "";
		sites[i].scope = module << 32 | s->record;
		locate(w, s, &sites[i]);
	}
	*ret = sites;
	*ret_n = w->n_chain;
	return NULL;
}

static struct err *find_sites(struct walk *w, uint64_t rva)
{
	uint32_t place, offset;

	if (!pdb_to_source(w->pdb, rva, &place))
		return err_new(ERR_NOTFOUND, "not an address of the image");
	TRY(pdb_proc_at(w->pdb, place, &w->module, &w->proc, &offset));
	TRY(pdb_load_lines(w->pdb, w->module)); /* for the table of files */
	TRY(pdb_load_inlinees(w->pdb, w->module));
	w->rva = rva;
	w->wanted = place - w->proc.place;
	return walk_proc(w, offset);
}

struct err *pdb_inlines_at(struct provider *p, uint64_t rva, struct arena *a,
			   struct inline_site **ret, size_t *ret_n)
{
	CLEANUP(freep) struct walk *w = calloc(1, sizeof(*w));

	if (!w)
		return err_nomem();
	w->pdb = pdb_of(p);
	TRY(find_sites(w, rva));
	if (!w->n_chain)
		return err_new(ERR_NOTFOUND, "no inlined function at this address");
	return make_sites(w, a, ret, ret_n);
}
