/* SPDX-License-Identifier: MIT */
/*
 * Parameters and local variables of a frame, with their locations evaluated.
 *
 * A variable belongs to a scope (the function, or one inlined call) when it
 * stands in it or in a block of it that covers the address; inlined calls
 * inside are scopes of their own. Optimised code tells locations by address
 * (location lists); where none covers the address the value is gone.
 */
#include "symbol/dwarf_expr.h"
#include "symbol/dwarf_info_impl.h"

#include <string.h>

enum { MAX_VARIABLES = 4096 };

struct locals {
	struct dwarf_info *d;
	const struct frame_context *f;
	struct arena *a;
	uint64_t vaddr;
	Dwarf_Die func;			/* the real one, for the frame base */
	struct expr_context x;
	VEC(struct variable) vars;
	struct expr_op ops[EXPR_MAX_OPS];
};

/* --- evaluating ---------------------------------------------------------------------- */

/* What libdw decoded, as our own operations; indexed ones resolved. */
static bool convert_op(Dwarf_Attribute *attr, const Dwarf_Op *from, struct expr_op *to)
{
	Dwarf_Attribute indexed;
	Dwarf_Block block;
	Dwarf_Addr address;

	*to = (struct expr_op){
		.atom = from->atom, .n1 = from->number, .n2 = from->number2, .offset = from->offset,
	};
	switch (from->atom) {
	case DW_OP_addrx:
	case DW_OP_GNU_addr_index:
	case DW_OP_constx:
	case DW_OP_GNU_const_index:
		if (dwarf_getlocation_attr(attr, from, &indexed) != 0 || dwarf_formaddr(&indexed, &address) != 0)
			return false;
		to->atom = from->atom == DW_OP_addrx || from->atom == DW_OP_GNU_addr_index ? DW_OP_addr : DW_OP_constu;
		to->n1 = address;
		return true;
	case DW_OP_implicit_value:
		if (dwarf_getlocation_implicit_value(attr, from, &block) != 0)
			return false;
		to->n1 = block.length;
		to->block = block.data;
		return true;
	default:
		return true;
	}
}

static void none(struct expr_result *r, const char *reason)
{
	*r = (struct expr_result){ .kind = EXPR_NONE, .reason = reason };
}

static void evaluate_attr(struct locals *l, Dwarf_Attribute *attr, struct expr_result *ret)
{
	Dwarf_Op *ops;
	size_t n;
	int found = dwarf_getlocation_addr(attr, l->vaddr, &ops, &n, 1);

	if (found <= 0) {
		none(ret, found < 0 ? "its location cannot be read" : "optimised away");
		return;
	}
	if (n > EXPR_MAX_OPS) {
		none(ret, "its location is too long");
		return;
	}
	for (size_t i = 0; i < n; i++)
		if (!convert_op(attr, &ops[i], &l->ops[i])) {
			none(ret, "its location cannot be read");
			return;
		}
	expr_evaluate(&l->x, l->ops, n, ret);
}

/* The frame base is what DW_OP_fbreg counts from. A register as a location
 * means the register's value here. */
static void find_frame_base(struct locals *l)
{
	Dwarf_Attribute attr;
	struct expr_result r;

	if (!dwarf_attr_integrate(&l->func, DW_AT_frame_base, &attr))
		return;
	evaluate_attr(l, &attr, &r);
	if (r.kind == EXPR_NONE)
		return;
	l->x.has_frame_base = true;
	l->x.frame_base = r.kind == EXPR_REGISTER ? l->f->regs->v[r.value] : r.value;
}

static void find_cfa(struct locals *l)
{
	uint64_t cfa;

	if (l->d->unwinder && !err_ignore(dwarf_unwind_cfa(l->d->unwinder, l->f->module_base, l->f->rva, l->f->memory,
							   l->f->regs, &cfa))) {
		l->x.has_cfa = true;
		l->x.cfa = cfa;
	} else if (l->f->frame_base) {
		l->x.has_cfa = true;
		l->x.cfa = l->f->frame_base;
	}
}

/* --- variables --------------------------------------------------------------------------- */

static void constant(struct locals *l, Dwarf_Attribute *attr, struct variable *v)
{
	Dwarf_Sword value;
	Dwarf_Block block;
	uint64_t made = 0;

	if (dwarf_formsdata(attr, &value) == 0) {
		v->location = LOCATION_VALUE;
		v->value = (uint64_t)value;
	} else if (dwarf_formblock(attr, &block) == 0 && block.length <= 8) {
		for (Dwarf_Word i = 0; i < block.length; i++)
			made = made << 8 | block.data[l->d->big_endian ? i : block.length - 1 - i];
		v->location = LOCATION_VALUE;
		v->value = made;
	} else {
		v->reason = "is a constant of more than 8 bytes";
	}
}

static void locate(struct locals *l, Dwarf_Die *die, struct variable *v)
{
	Dwarf_Attribute attr;
	struct expr_result r;

	v->location = LOCATION_NONE;
	if (dwarf_attr(die, DW_AT_location, &attr)) {
		evaluate_attr(l, &attr, &r);
		v->reason = r.reason;
		v->value = r.value;
		switch (r.kind) {
		case EXPR_ADDRESS: v->location = LOCATION_ADDRESS; break;
		case EXPR_VALUE: v->location = LOCATION_VALUE; break;
		case EXPR_REGISTER:
			v->location = LOCATION_REGISTER;
			v->reg = (uint8_t)r.value;
			v->value = l->f->regs->v[r.value];
			break;
		case EXPR_NONE: break;
		}
	} else if (dwarf_attr_integrate(die, DW_AT_const_value, &attr)) {
		constant(l, &attr, v);
	} else if (dwarf_attr_integrate(die, DW_AT_location, &attr)) {
		evaluate_attr(l, &attr, &r); /* a static variable of an inlined function */
		v->reason = r.reason;
		v->value = r.value;
		v->location = r.kind == EXPR_ADDRESS ? LOCATION_ADDRESS : LOCATION_NONE;
	} else {
		v->reason = "optimised away";
	}
	if (v->location == LOCATION_NONE && !v->reason)
		v->reason = "optimised away";
}

static struct err *add_variable(struct locals *l, Dwarf_Die *die, bool parameter)
{
	struct variable v = { .name = die_name(die), .type = die_type(l->d, die), .is_parameter = parameter };

	/* Declarations of what is defined elsewhere, and parameters without a name. */
	if (!v.name || !*v.name || die_flag(die, DW_AT_declaration) || l->vars.n >= MAX_VARIABLES)
		return NULL;
	locate(l, die, &v);
	return vec_push(&l->vars, v) ? NULL : err_nomem();
}

/* Parameters come first: two rounds over the scope's own children. */
static struct err *collect(struct locals *l, Dwarf_Die *scope, unsigned depth)
{
	Dwarf_Die c;

	for (bool ok = die_child(scope, &c); ok; ok = die_next(&c, &c))
		if (dwarf_tag(&c) == DW_TAG_formal_parameter)
			TRY(add_variable(l, &c, true));
	for (bool ok = die_child(scope, &c); ok; ok = die_next(&c, &c)) {
		int tag = dwarf_tag(&c);

		if (tag == DW_TAG_variable)
			TRY(add_variable(l, &c, false));
		else if (tag == DW_TAG_lexical_block && depth < DIE_MAX_DEPTH && dwarf_haspc(&c, l->vaddr) == 1)
			TRY(collect(l, &c, depth + 1));
	}
	return NULL;
}

static struct err *find_all(struct locals *l)
{
	const struct dwarf_func *func;
	struct dwarf_unit *u;
	Dwarf_Die scope;

	TRY(dwarf_unit_at(l->d, l->vaddr, &u));
	TRY(dwarf_func_at(l->d, u, l->vaddr, &func));
	if (!func)
		return err_new(ERR_NOTFOUND, "no function at 0x%llx", (unsigned long long)l->f->rva);
	l->func = scope = func->die;
	if (l->f->scope)
		TRY(dwarf_type_die(l->d, l->f->scope, &scope));
	find_cfa(l);
	find_frame_base(l);
	return collect(l, &scope, 0);
}

struct err *dwarf_locals(struct dwarf_info *d, const struct frame_context *f, struct arena *a,
			 struct variable **ret, size_t *ret_n)
{
	CLEANUP(freep) struct locals *l = calloc(1, sizeof(*l));
	struct err *e;

	if (!l)
		return err_nomem();
	l->d = d;
	l->f = f;
	l->a = a;
	l->vaddr = f->rva + d->vaddr_base;
	l->x = (struct expr_context){
		.regs = f->regs, .memory = f->memory, .address_size = f->regs->arch->pointer_size,
		.big_endian = d->big_endian, .bias = f->module_base - d->vaddr_base,
	};
	e = find_all(l);
	if (!e) {
		struct variable *made = arena_array(a, l->vars.n + 1, sizeof(*made));

		if (made) {
			if (l->vars.n)
				memcpy(made, l->vars.v, l->vars.n * sizeof(*made));
			*ret = made;
			*ret_n = l->vars.n;
		} else {
			e = err_nomem();
		}
	}
	vec_deinit(&l->vars);
	return e;
}
