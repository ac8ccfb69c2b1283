/* SPDX-License-Identifier: MIT */
/*
 * Parameters and local variables of a frame, with their locations evaluated.
 *
 * A variable belongs to a scope (the function, or one inlined call) when it
 * stands in it or in a block of it that covers the address; inlined calls
 * inside are scopes of their own.
 */
#include "symbol/dwarf_frame.h"

#include <string.h>

enum { MAX_VARIABLES = 4096 };

struct locals {
	struct dwarf_info *d;
	struct dwarf_frame frame;
	VEC(struct variable) vars;
};

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
		dwarf_frame_evaluate(&l->frame, &attr, &r);
		v->reason = r.reason;
		v->value = r.value;
		switch (r.kind) {
		case EXPR_ADDRESS: v->location = LOCATION_ADDRESS; break;
		case EXPR_VALUE: v->location = LOCATION_VALUE; break;
		case EXPR_REGISTER:
			v->location = LOCATION_REGISTER;
			v->reg = (uint8_t)r.value;
			v->value = l->frame.f->regs->v[r.value];
			break;
		case EXPR_NONE: break;
		}
	} else if (dwarf_attr_integrate(die, DW_AT_const_value, &attr)) {
		constant(l, &attr, v);
	} else if (dwarf_attr_integrate(die, DW_AT_location, &attr)) {
		dwarf_frame_evaluate(&l->frame, &attr, &r); /* a static variable of an inlined function */
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
		else if (tag == DW_TAG_lexical_block && depth < DIE_MAX_DEPTH && dwarf_haspc(&c, l->frame.vaddr) == 1)
			TRY(collect(l, &c, depth + 1));
	}
	return NULL;
}

static struct err *find_all(struct locals *l, const struct frame_context *f)
{
	Dwarf_Die scope;

	TRY(dwarf_frame_init(&l->frame, l->d, f, NULL));
	scope = l->frame.func;
	if (f->scope)
		TRY(dwarf_type_die(l->d, f->scope, &scope));
	return collect(l, &scope, 0);
}

struct err *dwarf_locals(struct dwarf_info *d, const struct frame_context *f, struct arena *a,
			 struct variable **ret, size_t *ret_n)
{
	struct locals l = { .d = d };
	struct variable *made;
	struct err *e = find_all(&l, f);

	if (!e) {
		made = arena_array(a, l.vars.n + 1, sizeof(*made));
		if (made) {
			if (l.vars.n)
				memcpy(made, l.vars.v, l.vars.n * sizeof(*made));
			*ret = made;
			*ret_n = l.vars.n;
		} else {
			e = err_nomem();
		}
	}
	vec_deinit(&l.vars);
	return e;
}
