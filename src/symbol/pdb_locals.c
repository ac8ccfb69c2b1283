/* SPDX-License-Identifier: MIT */
/*
 * The variables of a procedure, of the blocks in it that hold an address, or of
 * one inlined function, and where they are in a given frame.
 *
 * Unoptimised code has one record a variable (S_REGREL32, S_BPREL32,
 * S_REGISTER). Optimised code has S_LOCAL, followed by records that each say
 * where it is in one range of addresses; outside of all of them it has no
 * place. What frame-relative records count from is told by S_FRAMEPROC.
 */
#include "symbol/pdb_impl.h"

#include <inttypes.h>
#include <string.h>

enum {
	LOCAL_IS_PARAM = 1 << 0,
	LOCAL_OPTIMISED_OUT = 1 << 8,
	MAX_VARIABLES = 16384,
};

typedef VEC(struct variable) variable_vec;

struct walk {
	struct pdb *pdb;
	const struct frame_context *f;
	struct arena *arena;
	struct pdb_module *module;
	struct pdb_proc proc;
	uint32_t place;
	bool has_frame;
	struct pdb_frameproc frame;
	uint32_t n_params, n_seen;	/* parameters by position */
	bool in_block;
	variable_vec variables;
	bool failed;			/* no memory */
	/* the S_LOCAL at hand */
	bool has_local, has_place, for_scope;
	uint16_t local_flags;
	unsigned n_pieces, n_locals;
};

/* --- places ------------------------------------------------------------------------ */

static void set_none(struct variable *v, const char *reason)
{
	v->location = LOCATION_NONE;
	v->value = 0;
	v->reason = reason;
}

static void set_place(struct variable *v, enum location_kind kind, uint64_t value)
{
	v->location = kind;
	v->value = value;
	v->reason = NULL;
}

static uint64_t part(const struct regs *regs, const struct pdb_register *r)
{
	uint64_t v = regs->v[r->index] >> r->shift;

	return r->bits < 64 ? v & ((1ull << r->bits) - 1) : v;
}

/* A 64-bit integer in two x86 registers, the high one in the high byte. */
static bool set_pair(struct walk *w, uint32_t cv, struct variable *v)
{
	struct pdb_register high, low;

	if (w->pdb->identity.machine != MACHINE_X86 || cv < 0x100 || cv == CV_REG_VFRAME ||
	    !pdb_register(MACHINE_X86, cv >> 8, &high) || !pdb_register(MACHINE_X86, cv & 0xff, &low) ||
	    high.index == ARCH_NO_REG || low.index == ARCH_NO_REG)
		return false;
	if (!regs_has(w->f->regs, high.index) || !regs_has(w->f->regs, low.index)) {
		set_none(v, "its registers are not known in this frame");
		return true;
	}
	set_place(v, LOCATION_VALUE, part(w->f->regs, &high) << 32 | part(w->f->regs, &low));
	return true;
}

static void set_register(struct walk *w, uint32_t cv, struct variable *v)
{
	struct pdb_register r;

	if (!pdb_register(w->pdb->identity.machine, cv, &r)) {
		if (!set_pair(w, cv, v))
			set_none(v, arena_printf(w->arena, "in CodeView register %" PRIu32, cv));
	} else if (r.index == ARCH_NO_REG) {
		set_none(v, arena_printf(w->arena, "in %s", r.name));
	} else if (!regs_has(w->f->regs, r.index)) {
		set_none(v, "its register is not known in this frame");
	} else if (r.shift) {
		set_place(v, LOCATION_VALUE, part(w->f->regs, &r));
	} else {
		set_place(v, LOCATION_REGISTER, 0);
		v->reg = r.index;
	}
}

static bool base_value(struct walk *w, uint32_t cv, uint64_t *ret)
{
	struct pdb_register r;

	if (w->pdb->identity.machine == MACHINE_X86 && cv == CV_REG_VFRAME)
		return pdb_x86_vframe(w->pdb, w->f, ret);
	if (!pdb_register(w->pdb->identity.machine, cv, &r) || r.index == ARCH_NO_REG ||
	    !regs_has(w->f->regs, r.index))
		return false;
	*ret = part(w->f->regs, &r);
	return true;
}

static void set_relative(struct walk *w, uint32_t cv, int32_t offset, struct variable *v)
{
	uint64_t base;

	if (!base_value(w, cv, &base)) {
		set_none(v, "its frame is not known");
		return;
	}
	base += (uint64_t)(int64_t)offset;
	if (machine_pointer_size(w->pdb->identity.machine) == 4)
		base &= UINT32_MAX;
	set_place(v, LOCATION_ADDRESS, base);
}

/* --- one record a variable -------------------------------------------------------------- */

static void add(struct walk *w, struct variable v)
{
	if (!v.name || !*v.name || w->variables.n >= MAX_VARIABLES)
		return;
	w->failed |= !vec_push(&w->variables, v);
}

/*
 * Code optimised with /Zo has its variables twice: S_LOCALs with their ranges,
 * and behind them the older records, of which those that have no S_LOCAL stand
 * for variables that are nowhere.
 */
static void add_older(struct walk *w, struct variable v)
{
	if (w->n_locals) {
		for (size_t i = 0; i < w->variables.n; i++)
			if (v.name && !strcmp(w->variables.v[i].name, v.name))
				return;
		set_none(&v, "optimised away");
	}
	add(w, v);
}

/* Parameters come first, in their order, and outside of blocks. */
static bool by_position(struct walk *w)
{
	return !w->in_block && !w->f->scope && w->n_seen++ < w->n_params;
}

static void add_relative(struct walk *w, uint16_t kind, struct cursor c)
{
	bool from_bp = kind == S_BPREL32 || kind == S_BPREL32_ST;
	int32_t offset = cursor_s32(&c);
	struct variable v = { .type = pdb_type_ref(w->pdb, cursor_u32(&c)) };
	bool first = by_position(w), above;
	uint32_t reg;

	if (from_bp)
		reg = w->pdb->identity.machine == MACHINE_X86 ? 22 : 334;
	else
		reg = cursor_u16(&c);
	v.name = pdb_record_name(w->pdb, &c, kind);
	above = offset > 0;
	if (reg == 335) /* rsp: parameters are above the whole frame */
		above = offset > 0 && (uint32_t)offset > w->frame.size;
	v.is_parameter = (first && above) || !strcmp(v.name, "this");
	set_relative(w, reg, offset, &v);
	if (cursor_ok(&c))
		add_older(w, v);
}

static void add_register(struct walk *w, uint16_t kind, struct cursor c)
{
	struct variable v = { .type = pdb_type_ref(w->pdb, cursor_u32(&c)) };
	uint16_t reg = cursor_u16(&c);

	v.name = pdb_record_name(w->pdb, &c, kind);
	v.is_parameter = by_position(w);
	set_register(w, reg, &v);
	if (cursor_ok(&c))
		add_older(w, v);
}

static void add_static(struct walk *w, uint16_t kind, struct cursor c)
{
	struct variable v = { .type = pdb_type_ref(w->pdb, cursor_u32(&c)) };
	uint32_t offset = cursor_u32(&c), place;
	uint16_t section = cursor_u16(&c);
	uint64_t rva;

	v.name = pdb_record_name(w->pdb, &c, kind);
	if (!cursor_ok(&c))
		return;
	if (kind == S_LTHREAD32 || kind == S_GTHREAD32) {
		set_none(&v, "local to a thread");
	} else if (pdb_place(w->pdb, section, offset, &place) &&
		   pdb_from_source(w->pdb, place, &rva)) {
		set_place(&v, LOCATION_ADDRESS, w->f->module_base + rva);
	} else {
		set_none(&v, "optimised away");
	}
	add(w, v);
}

static void add_constant(struct walk *w, uint16_t kind, struct cursor c)
{
	struct variable v = { .type = pdb_type_ref(w->pdb, cursor_u32(&c)),
			      .location = LOCATION_VALUE };
	struct pdb_number n = pdb_read_number(&c);

	v.value = n.value;
	v.name = pdb_record_name(w->pdb, &c, kind);
	if (n.is_integer && cursor_ok(&c))
		add(w, v);
}

/* --- S_LOCAL and the ranges after it ------------------------------------------------------ */

static void start_local(struct walk *w, struct cursor c)
{
	struct variable v = { .type = pdb_type_ref(w->pdb, cursor_u32(&c)) };
	size_t before = w->variables.n;

	w->local_flags = cursor_u16(&c);
	v.name = cursor_cstr(&c);
	v.is_parameter = w->local_flags & LOCAL_IS_PARAM;
	set_none(&v, w->local_flags & LOCAL_OPTIMISED_OUT ? "optimised away"
							  : "not kept at this address");
	if (cursor_ok(&c))
		add(w, v);
	w->has_local = w->variables.n > before;
	w->n_locals++;
	w->has_place = w->for_scope = false;
	w->n_pieces = 0;
}

/* The range (and the gaps in it) at the cursor holds the address. */
static bool in_range(struct walk *w, struct cursor *c)
{
	uint32_t offset = cursor_u32(c), start;
	uint16_t section = cursor_u16(c), size = cursor_u16(c);

	if (!cursor_ok(c) || !pdb_place(w->pdb, section, offset, &start) ||
	    w->place - start >= size)
		return false;
	while (cursor_left(c) >= 4) {
		uint16_t gap = cursor_u16(c), gap_size = cursor_u16(c);

		if (w->place - start - gap < gap_size)
			return false;
	}
	return true;
}

static void whole_in_register(struct walk *w, struct variable *v, struct cursor c)
{
	uint16_t reg = cursor_u16(&c);

	cursor_skip(&c, 2);
	if (!in_range(w, &c))
		return;
	set_register(w, reg, v);
	w->has_place = true;
	w->for_scope = false;
}

static void whole_in_frame(struct walk *w, struct variable *v, struct cursor c, bool full_scope)
{
	int32_t offset = cursor_s32(&c);

	if (!cursor_ok(&c) || (!full_scope && !in_range(w, &c)))
		return;
	set_relative(w, v->is_parameter ? w->frame.param_base : w->frame.local_base, offset, v);
	w->has_place = true;
	w->for_scope = full_scope;
}

static void relative_to_register(struct walk *w, struct variable *v, struct cursor c)
{
	uint16_t reg = cursor_u16(&c), flags = cursor_u16(&c);
	int32_t offset = cursor_s32(&c);

	if (!in_range(w, &c))
		return;
	if (flags & 1) { /* a member of it was spilled */
		w->n_pieces++;
		return;
	}
	set_relative(w, reg, offset, v);
	w->has_place = true;
	w->for_scope = false;
}

/* A place for the whole scope gives way to one for a range, and to a later one. */
static void add_range(struct walk *w, uint16_t kind, struct cursor c)
{
	struct variable *v;

	if (!w->has_local || (w->has_place && !w->for_scope))
		return;
	v = &w->variables.v[w->variables.n - 1];
	switch (kind) {
	case S_DEFRANGE_REGISTER:
		whole_in_register(w, v, c);
		break;
	case S_DEFRANGE_FRAMEPOINTER_REL:
		whole_in_frame(w, v, c, false);
		break;
	case S_DEFRANGE_FRAMEPOINTER_REL_FULL_SCOPE:
		whole_in_frame(w, v, c, true);
		break;
	case S_DEFRANGE_REGISTER_REL:
		relative_to_register(w, v, c);
		break;
	default: /* S_DEFRANGE_SUBFIELD_REGISTER */
		cursor_skip(&c, 8);
		w->n_pieces += in_range(w, &c);
		break;
	}
	if (!w->has_place && w->n_pieces)
		set_none(v, "its members are in several places");
}

/* --- walking ----------------------------------------------------------------------------- */

static bool block_covers(struct walk *w, struct cursor c, uint32_t *ret_end)
{
	uint32_t size, offset, start;

	cursor_skip(&c, 4);
	*ret_end = cursor_u32(&c);
	size = cursor_u32(&c);
	offset = cursor_u32(&c);
	return pdb_place(w->pdb, cursor_u16(&c), offset, &start) && cursor_ok(&c) &&
	       w->place - start < size;
}

/* Offset of the end of a scope to be passed over, or 0. */
static uint32_t visit(struct walk *w, uint16_t kind, struct cursor c)
{
	uint32_t end;

	if (kind >= S_DEFRANGE && kind <= S_DEFRANGE_REGISTER_REL) {
		if (kind != S_DEFRANGE && kind != S_DEFRANGE_SUBFIELD)
			add_range(w, kind, c);
		return 0;
	}
	w->has_local = false;
	switch (kind) {
	case S_REGREL32:
	case S_REGREL32_ST:
	case S_BPREL32:
	case S_BPREL32_ST:
		add_relative(w, kind, c);
		return 0;
	case S_REGISTER:
	case S_REGISTER_ST:
		add_register(w, kind, c);
		return 0;
	case S_LOCAL:
		start_local(w, c);
		return 0;
	case S_LDATA32:
	case S_LDATA32_ST:
	case S_GDATA32:
	case S_LTHREAD32:
	case S_GTHREAD32:
		add_static(w, kind, c);
		return 0;
	case S_CONSTANT:
	case S_CONSTANT_ST:
		add_constant(w, kind, c);
		return 0;
	case S_BLOCK32:
	case S_BLOCK32_ST:
		w->in_block = true;
		return block_covers(w, c, &end) ? 0 : end;
	case S_INLINESITE:
	case S_INLINESITE2:
	case S_WITH32:
		return pdb_end_of_scope(c);
	default:
		return 0;
	}
}

/* The records from the cursor to the one at `end`. */
static struct err *walk_scope(struct walk *w, struct cursor records, uint32_t end)
{
	struct cursor content;
	uint32_t at, skip, n = 0;
	uint16_t kind;

	while (!w->failed && pdb_next_record(&records, &kind, &content, &at) && at < end) {
		if (++n % 4096 == 0)
			TRY(cancel_check());
		skip = visit(w, kind, content);
		pdb_seek_record(&records, at, skip);
	}
	return w->failed ? err_nomem() : NULL;
}

/* `scope` of an inline site: module number and offset of its record. */
static struct err *walk_site(struct walk *w, struct cursor records)
{
	uint32_t record = (uint32_t)w->f->scope, at;
	struct cursor content;
	uint16_t kind;

	if (w->f->scope >> 32 != (uint64_t)(w->module - w->pdb->modules.v) + 1 ||
	    record < records.origin)
		return err_new(ERR_NOTFOUND, "no such inlined function");
	cursor_seek(&records, record - records.origin);
	if (!pdb_next_record(&records, &kind, &content, &at) ||
	    (kind != S_INLINESITE && kind != S_INLINESITE2))
		return err_new(ERR_NOTFOUND, "no such inlined function");
	return walk_scope(w, records, pdb_end_of_scope(content));
}

static struct err *walk_function(struct walk *w)
{
	struct cursor records, content;
	uint32_t offset, at;
	uint16_t kind;

	TRY(pdb_proc_at(w->pdb, w->place, &w->module, &w->proc, &offset));
	TRY(pdb_module_records(w->pdb, w->module, &records));
	cursor_seek(&records, offset - records.origin);
	(void)pdb_next_record(&records, &kind, &content, &at);
	w->has_frame = pdb_find_frameproc(w->pdb, records, w->proc.end, &w->frame);
	if (w->f->scope) {
		TRY(pdb_module_records(w->pdb, w->module, &records));
		return walk_site(w, records);
	}
	if (!w->proc.type_is_id)
		w->n_params = pdb_n_params(w->pdb, w->proc.type);
	return walk_scope(w, records, w->proc.end);
}

static struct err *copy_variables(struct walk *w, struct variable **ret, size_t *ret_n)
{
	struct variable *v = ARENA_NEW_N(w->arena, struct variable, w->variables.n + 1);

	if (!v)
		return err_nomem();
	for (size_t i = 0; i < w->variables.n; i++)
		v[i] = w->variables.v[i];
	*ret = v;
	*ret_n = w->variables.n;
	return NULL;
}

struct err *pdb_locals(struct provider *p, const struct frame_context *f, struct arena *a,
		       struct variable **ret, size_t *ret_n)
{
	struct walk w = { .pdb = pdb_of(p), .f = f, .arena = a };
	struct err *e;

	if (!pdb_to_source(w.pdb, f->rva, &w.place))
		return err_new(ERR_NOTFOUND, "not an address of the image");
	e = walk_function(&w);
	if (!e)
		e = copy_variables(&w, ret, ret_n);
	vec_deinit(&w.variables);
	return e;
}
