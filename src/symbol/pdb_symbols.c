/* SPDX-License-Identifier: MIT */
/*
 * The symbol records of a module, and "which symbol is at this address".
 *
 * A record is a 16-bit length (of what follows it), a 16-bit kind and its
 * content; procedures, blocks and inline sites open a scope and name the offset
 * of the record that ends it (cvinfo.h). A module's named code is gathered once
 * into a table sorted by address; scopes are skipped over, so that the cost is
 * that of the procedures, not of their variables.
 */
#include "symbol/pdb_impl.h"

#include <inttypes.h>
#include <string.h>

enum {
	SECTION_CODE = 0x20000020,	/* IMAGE_SCN_CNT_CODE | IMAGE_SCN_MEM_EXECUTE */
	RECORDS_START = 4,		/* after the signature */
	LOOK_BACK = 8,			/* entries that may cover an address from before */
};

bool pdb_next_record(struct cursor *records, uint16_t *kind, struct cursor *content, uint32_t *at)
{
	uint16_t size;

	*at = (uint32_t)cursor_offset(records);
	if (cursor_left(records) < 4)
		return false;
	size = cursor_u16(records);
	*content = cursor_take(records, size);
	*kind = cursor_u16(content);
	return cursor_ok(records) && cursor_ok(content);
}

struct err *pdb_module_records(struct pdb *pdb, const struct pdb_module *m, struct cursor *ret)
{
	if (m->stream == PDB_NO_STREAM || m->symbols_size < RECORDS_START)
		return err_new(ERR_NOTFOUND, "%s: no symbols of %s", pdb->src->name, m->name);
	return msf_cursor(pdb->msf, m->stream, RECORDS_START, m->symbols_size - RECORDS_START, ret);
}

struct err *pdb_record_at(struct pdb *pdb, uint32_t stream, uint32_t offset, uint16_t *kind,
			  struct cursor *ret)
{
	struct cursor c;
	uint16_t size;

	TRY(msf_cursor(pdb->msf, stream, offset, 4, &c));
	size = cursor_u16(&c);
	*kind = cursor_u16(&c);
	if (size < 2)
		return cursor_corrupt(&c, "symbol record of %u bytes", size);
	return msf_cursor(pdb->msf, stream, (uint64_t)offset + 4, size - 2u, ret);
}

static bool has_length_prefix(uint16_t kind)
{
	return kind < 0x1100;
}

const char *pdb_record_name(struct pdb *pdb, struct cursor *c, uint16_t kind)
{
	const uint8_t *p;
	uint8_t n;
	char *s;

	if (!has_length_prefix(kind))
		return cursor_cstr(c);
	n = cursor_u8(c);
	p = cursor_bytes(c, n);
	if (!p)
		return "";
	s = u64map_get(&pdb->display, (uintptr_t)p);
	if (!s) {
		s = arena_strndup(&pdb->arena, (const char *)p, n);
		if (s && !u64map_put(&pdb->display, (uintptr_t)p, s))
			return "";
	}
	return s ? s : "";
}

bool pdb_is_proc(uint16_t kind)
{
	switch (kind) {
	case S_LPROC32_ST:
	case S_GPROC32_ST:
	case S_LPROC32:
	case S_GPROC32:
	case S_LPROC32_ID:
	case S_GPROC32_ID:
	case S_LPROC32_DPC:
	case S_LPROC32_DPC_ID:
		return true;
	default:
		return false;
	}
}

bool pdb_read_proc(struct pdb *pdb, uint16_t kind, struct cursor c, struct pdb_proc *ret)
{
	uint32_t offset;
	uint16_t section;

	cursor_skip(&c, 4);
	ret->end = cursor_u32(&c);
	cursor_skip(&c, 4);
	ret->size = cursor_u32(&c);
	ret->body = cursor_u32(&c);
	ret->epilog = cursor_u32(&c);
	ret->type = cursor_u32(&c);
	offset = cursor_u32(&c);
	section = cursor_u16(&c);
	cursor_skip(&c, 1);
	ret->type_is_id = kind == S_LPROC32_ID || kind == S_GPROC32_ID || kind == S_LPROC32_DPC_ID;
	ret->name = pdb_record_name(pdb, &c, kind);
	return cursor_ok(&c) && pdb_place(pdb, section, offset, &ret->place);
}

uint32_t pdb_end_of_scope(struct cursor content)
{
	cursor_skip(&content, 4);
	return cursor_u32(&content);
}

void pdb_seek_record(struct cursor *records, uint32_t at, uint32_t target)
{
	if (target > at && target - records->origin > records->pos)
		cursor_seek(records, target - records->origin);
}

/* --- the table of a module's code --------------------------------------------- */

static bool read_thunk(struct pdb *pdb, struct cursor c, struct pdb_code *ret, uint32_t *end)
{
	uint32_t offset;
	uint16_t section;

	cursor_skip(&c, 4);
	*end = cursor_u32(&c);
	cursor_skip(&c, 4);
	offset = cursor_u32(&c);
	section = cursor_u16(&c);
	ret->size = cursor_u16(&c);
	ret->kind = PDB_CODE_THUNK;
	return cursor_ok(&c) && pdb_place(pdb, section, offset, &ret->rva);
}

static bool read_separated(struct pdb *pdb, struct cursor c, struct pdb_code *ret, uint32_t *end)
{
	uint32_t offset;

	cursor_skip(&c, 4);
	*end = cursor_u32(&c);
	ret->size = cursor_u32(&c);
	cursor_skip(&c, 4);
	offset = cursor_u32(&c);
	cursor_skip(&c, 4);
	ret->kind = PDB_CODE_SEPARATED;
	return pdb_place(pdb, cursor_u16(&c), offset, &ret->rva) && cursor_ok(&c);
}

static bool read_trampoline(struct pdb *pdb, struct cursor c, struct pdb_code *ret)
{
	uint32_t offset;

	cursor_skip(&c, 2);
	ret->size = cursor_u16(&c);
	offset = cursor_u32(&c);
	cursor_skip(&c, 4);
	ret->kind = PDB_CODE_TRAMPOLINE;
	return pdb_place(pdb, cursor_u16(&c), offset, &ret->rva) && cursor_ok(&c);
}

static bool read_label(struct pdb *pdb, struct cursor c, struct pdb_code *ret)
{
	uint32_t offset = cursor_u32(&c);

	ret->kind = PDB_CODE_LABEL;
	return pdb_place(pdb, cursor_u16(&c), offset, &ret->rva) && cursor_ok(&c);
}

/* Is the record named code? *end: where its scope ends, 0 when it opens none. */
static bool read_code(struct pdb *pdb, uint16_t kind, struct cursor c, struct pdb_code *ret,
		      uint32_t *end)
{
	struct pdb_proc proc;

	*end = 0;
	if (pdb_is_proc(kind)) {
		bool ok = pdb_read_proc(pdb, kind, c, &proc);

		*end = proc.end;
		ret->kind = PDB_CODE_PROC;
		ret->rva = proc.place;
		ret->size = proc.size;
		return ok;
	}
	switch (kind) {
	case S_THUNK32:
	case S_THUNK32_ST:
		return read_thunk(pdb, c, ret, end);
	case S_SEPCODE:
		return read_separated(pdb, c, ret, end);
	case S_TRAMPOLINE:
		return read_trampoline(pdb, c, ret);
	case S_LABEL32:
	case S_LABEL32_ST:
		return read_label(pdb, c, ret);
	default:
		return false;
	}
}

/* By address; at one address labels first and the largest last. */
static int compare_code(const void *pa, const void *pb)
{
	const struct pdb_code *a = pa, *b = pb;

	if (a->rva != b->rva)
		return a->rva < b->rva ? -1 : 1;
	if (a->size != b->size)
		return a->size < b->size ? -1 : 1;
	return a->offset < b->offset ? -1 : a->offset > b->offset;
}

/* Sorts, and drops the labels inside of procedures: nobody looks for them. */
static void arrange_code(struct pdb_module *m)
{
	uint32_t end = 0;
	size_t n = 0;

	if (!m->code.n)
		return;
	qsort(m->code.v, m->code.n, sizeof(*m->code.v), compare_code);
	for (size_t i = 0; i < m->code.n; i++) {
		const struct pdb_code *code = &m->code.v[i];

		if (code->kind == PDB_CODE_LABEL && code->rva < end)
			continue;
		if (code->size <= UINT32_MAX - code->rva && code->rva + code->size > end)
			end = code->rva + code->size;
		m->code.v[n++] = *code;
	}
	m->code.n = n;
}

struct err *pdb_load_code(struct pdb *pdb, struct pdb_module *m)
{
	struct cursor records, content;
	uint32_t at, end;
	uint16_t kind;

	if (m->has_code)
		return NULL;
	TRY(pdb_module_records(pdb, m, &records));
	m->code.n = 0;
	while (pdb_next_record(&records, &kind, &content, &at)) {
		struct pdb_code code = { .offset = at };

		if (m->code.n % 4096 == 4095)
			TRY(cancel_check());
		if (read_code(pdb, kind, content, &code, &end) && !vec_push(&m->code, code))
			return err_nomem();
		if (end > at && end - RECORDS_START > records.pos)
			cursor_seek(&records, end - RECORDS_START);
	}
	arrange_code(m);
	m->has_code = true;
	return NULL;
}

/* The last entry at or before the place that covers it; else the last at or
 * before it; NULL when all are behind. */
static const struct pdb_code *find_code(const struct pdb_module *m, uint32_t place)
{
	size_t low = 0, high = m->code.n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (m->code.v[mid].rva <= place)
			low = mid + 1;
		else
			high = mid;
	}
	for (size_t i = low; i > 0 && low - i < LOOK_BACK; i--)
		if (place - m->code.v[i - 1].rva < m->code.v[i - 1].size)
			return &m->code.v[i - 1];
	return low ? &m->code.v[low - 1] : NULL;
}

static bool covers(const struct pdb_code *code, uint32_t place)
{
	return place - code->rva < code->size;
}

struct err *pdb_proc_at(struct pdb *pdb, uint32_t place, struct pdb_module **ret_module,
			struct pdb_proc *ret, uint32_t *ret_offset)
{
	uint32_t start, end;
	struct pdb_module *m;
	const struct pdb_code *code;
	struct cursor c;
	uint16_t kind;

	TRY(pdb_module_at(pdb, place, &m, &start, &end));
	TRY(pdb_load_code(pdb, m));
	code = find_code(m, place);
	if (!code || code->kind != PDB_CODE_PROC || !covers(code, place))
		return err_new(ERR_NOTFOUND, "no procedure at this address");
	TRY(pdb_record_at(pdb, m->stream, code->offset, &kind, &c));
	if (!pdb_read_proc(pdb, kind, c, ret))
		return err_new(ERR_CORRUPT, "%s: offset 0x%" PRIx32 ": damaged procedure", c.name,
			       code->offset);
	*ret_module = m;
	*ret_offset = code->offset;
	return NULL;
}

/* --- one entry as a symbol ------------------------------------------------------ */

static uint32_t proc_type(struct pdb *pdb, const struct pdb_proc *proc)
{
	struct cursor c;
	uint16_t leaf;
	uint32_t type;

	if (!proc->type_is_id)
		return proc->type;
	if (err_ignore(pdb_id_record(pdb, proc->type, &leaf, &c)))
		return 0;
	cursor_skip(&c, 4);
	type = cursor_u32(&c);
	return leaf == LF_FUNC_ID || leaf == LF_MFUNC_ID ? type : 0;
}

/* A separated block belongs to a procedure elsewhere and has no name itself. */
static const char *separated_name(struct pdb *pdb, struct cursor c, uint32_t *ret_parent)
{
	struct pdb_module *m;
	struct pdb_proc proc;
	uint32_t offset, record;

	cursor_skip(&c, 20);
	offset = cursor_u32(&c);
	cursor_skip(&c, 2);
	if (!pdb_place(pdb, cursor_u16(&c), offset, ret_parent) || !cursor_ok(&c) ||
	    err_ignore(pdb_proc_at(pdb, *ret_parent, &m, &proc, &record)))
		return NULL;
	return pdb_private_name(pdb, proc.name);
}

/* "ILT+5(_main)": a jump of the incremental link table, as WinDbg shows it: the
 * target's linker name without the @ signs. */
static const char *trampoline_name(struct pdb *pdb, const struct pdb_module *m,
				   const struct pdb_code *code, struct cursor c)
{
	uint64_t key = (uint64_t)(m->stream + 1) << 32 | code->offset;
	uint32_t offset, target, start, end;
	struct pdb_module *same;
	const char *name;
	char *text, *out;

	text = u64map_get(&pdb->display, key);
	if (text)
		return text;
	cursor_skip(&c, 8);
	offset = cursor_u32(&c);
	cursor_skip(&c, 2);
	if (!pdb_place(pdb, cursor_u16(&c), offset, &target) || !cursor_ok(&c) ||
	    err_ignore(pdb_public_raw(pdb, target, &name)) ||
	    err_ignore(pdb_module_at(pdb, code->rva, &same, &start, &end)))
		return NULL;
	text = arena_printf(&pdb->arena, "ILT+%" PRIu32 "(%s)", code->rva - start, name);
	if (!text)
		return NULL;
	out = text;
	for (const char *p = text; *p; p++)
		if (*p != '@')
			*out++ = *p;
	*out = '\0';
	return u64map_put(&pdb->display, key, text) ? text : NULL;
}

static struct err *proc_symbol(struct pdb *pdb, uint16_t kind, struct cursor c, struct symbol *ret)
{
	struct pdb_proc proc;

	if (!pdb_read_proc(pdb, kind, c, &proc))
		return err_new(ERR_CORRUPT, "%s: offset 0x%" PRIx64 ": damaged procedure", c.name,
			       c.origin);
	ret->name = pdb_private_name(pdb, proc.name);
	ret->type = pdb_type_ref(pdb, proc_type(pdb, &proc));
	return NULL;
}

struct err *pdb_code_symbol(struct pdb *pdb, struct pdb_module *m, const struct pdb_code *code,
			    struct symbol *ret)
{
	struct symbol s = { .size = code->size, .kind = SYMBOL_FUNCTION, .is_code = true };
	uint32_t place = code->rva, parent;
	struct cursor c;
	uint16_t kind;

	TRY(pdb_record_at(pdb, m->stream, code->offset, &kind, &c));
	switch (code->kind) {
	case PDB_CODE_PROC:
		TRY(proc_symbol(pdb, kind, c, &s));
		break;
	case PDB_CODE_THUNK:
		cursor_skip(&c, 21);
		s.name = pdb_record_name(pdb, &c, kind);
		break;
	case PDB_CODE_SEPARATED:
		s.name = separated_name(pdb, c, &parent);
		if (s.name && parent < place) {
			s.size += place - parent;
			place = parent;
		}
		break;
	case PDB_CODE_TRAMPOLINE:
		s.name = trampoline_name(pdb, m, code, c);
		break;
	case PDB_CODE_LABEL:
		cursor_skip(&c, 7);
		s.name = pdb_record_name(pdb, &c, kind);
		s.kind = SYMBOL_LABEL;
		break;
	}
	if (!s.name || !cursor_ok(&c) || !pdb_from_source(pdb, place, &s.rva))
		return err_new(ERR_NOTFOUND, "code without a name");
	*ret = s;
	return NULL;
}

/* --- symbol_at ------------------------------------------------------------------ */

/* Private code at the place: covering it, or before it in the same contribution. */
static struct err *private_code_at(struct pdb *pdb, uint32_t place, uint32_t *ret_place,
				   bool *ret_covers, struct symbol *ret)
{
	const struct pdb_code *code;
	uint32_t start, end;
	struct pdb_module *m;

	TRY(pdb_module_at(pdb, place, &m, &start, &end));
	TRY(pdb_load_code(pdb, m));
	code = find_code(m, place);
	if (!code || (!covers(code, place) && code->rva < start))
		return err_new(ERR_NOTFOUND, "no code with a name at this address");
	TRY(pdb_code_symbol(pdb, m, code, ret));
	*ret_place = code->rva;
	*ret_covers = covers(code, place);
	return NULL;
}

static bool is_code_place(struct pdb *pdb, uint32_t place)
{
	uint32_t section, offset;

	return pdb_section_of(pdb, place, &section, &offset) &&
	       (pdb->sections.v[section - 1].flags & SECTION_CODE);
}

/* After a rearrangement (OMAP) a symbol may start behind an address inside it.
 * The start is moved so that the distance is that of the unarranged code. */
static void keep_distance(struct symbol *s, uint64_t rva, uint32_t place, uint32_t start)
{
	if (s->rva > rva && place - start <= rva)
		s->rva = rva - (place - start);
}

static struct err *unless_notfound(struct err *e, bool *ret_found)
{
	*ret_found = !e;
	if (!e || (err_code(e) != ERR_NOMEM && err_code(e) != ERR_CANCELLED)) {
		err_free(e);
		return NULL;
	}
	return e;
}

struct err *pdb_symbol_at(struct provider *p, uint64_t rva, struct symbol *ret)
{
	struct pdb *pdb = pdb_of(p);
	uint32_t place, private_place = 0, public_place = 0;
	bool has_private = false, has_public = false, inside = false;
	struct symbol private_symbol, public_symbol;

	if (!pdb_to_source(pdb, rva, &place))
		return err_new(ERR_NOTFOUND, "not an address of the image");
	if (is_code_place(pdb, place))
		TRY(unless_notfound(private_code_at(pdb, place, &private_place, &inside,
						    &private_symbol), &has_private));
	else
		TRY(unless_notfound(pdb_data_at(pdb, place, &private_place, &private_symbol),
				    &has_private));
	if (!inside)
		TRY(unless_notfound(pdb_public_at(pdb, place, &public_place, &public_symbol),
				    &has_public));
	if (has_public && (!has_private || public_place > private_place)) {
		keep_distance(&public_symbol, rva, place, public_place);
		*ret = public_symbol;
		return NULL;
	}
	if (!has_private)
		return err_new(ERR_NOTFOUND, "no symbol at or below this address");
	keep_distance(&private_symbol, rva, place, private_place);
	*ret = private_symbol;
	return NULL;
}
