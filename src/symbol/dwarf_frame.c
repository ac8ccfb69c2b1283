/* SPDX-License-Identifier: MIT */
/*
 * Evaluating locations in a frame. Optimised code tells them by address
 * (location lists); where none covers the address the value is gone.
 */
#include "symbol/dwarf_frame.h"

#include <stdlib.h>

/* --- from libdw's operations to ours --------------------------------------------------- */

static bool resolve_indexed(Dwarf_Attribute *attr, const Dwarf_Op *from, struct expr_op *to)
{
	bool is_address = from->atom == DW_OP_addrx || from->atom == DW_OP_GNU_addr_index;
	Dwarf_Attribute indexed;
	Dwarf_Addr value;

	if (dwarf_getlocation_attr(attr, from, &indexed) != 0 || dwarf_formaddr(&indexed, &value) != 0)
		return false;
	to->atom = is_address ? DW_OP_addr : DW_OP_constu;
	to->n1 = value;
	return true;
}

/* An entry value becomes the constant it is, when the caller tells it. */
static void resolve_entry(struct dwarf_frame *fr, Dwarf_Attribute *attr, const Dwarf_Op *from, struct expr_op *to)
{
	Dwarf_Attribute inner;
	Dwarf_Op *ops;
	uint64_t value, reg;
	size_t n;

	if (dwarf_getlocation_attr(attr, from, &inner) != 0 || dwarf_getlocation(&inner, &ops, &n) != 0 || n != 1)
		return;
	if (ops[0].atom >= DW_OP_reg0 && ops[0].atom <= DW_OP_reg31)
		reg = ops[0].atom - DW_OP_reg0;
	else if (ops[0].atom == DW_OP_regx)
		reg = ops[0].number;
	else
		return;
	if (dwarf_entry_value(fr, reg, &value)) {
		to->atom = DW_OP_constu;
		to->n1 = value;
	}
}

static bool convert_op(struct dwarf_frame *fr, Dwarf_Attribute *attr, const Dwarf_Op *from, struct expr_op *to)
{
	Dwarf_Block block;

	*to = (struct expr_op){
		.atom = from->atom, .n1 = from->number, .n2 = from->number2, .offset = from->offset,
	};
	switch (from->atom) {
	case DW_OP_addrx:
	case DW_OP_GNU_addr_index:
	case DW_OP_constx:
	case DW_OP_GNU_const_index:
		return resolve_indexed(attr, from, to);
	case DW_OP_entry_value:
	case DW_OP_GNU_entry_value:
		resolve_entry(fr, attr, from, to);
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

static struct expr_result none(const char *reason)
{
	return (struct expr_result){ .kind = EXPR_NONE, .reason = reason };
}

void dwarf_frame_evaluate(struct dwarf_frame *fr, Dwarf_Attribute *attr, struct expr_result *ret)
{
	struct expr_op *made;
	Dwarf_Op *ops;
	size_t n, i = 0;
	int found = dwarf_getlocation_addr(attr, fr->vaddr, &ops, &n, 1);

	if (!fr->depth)
		fr->own_lookups = ENTRY_MAX_LOOKUPS;
	if (found <= 0) {
		*ret = none(found < 0 ? "its location cannot be read" : "optimised away");
		return;
	}
	made = n <= EXPR_MAX_OPS ? calloc(n + 1, sizeof(*made)) : NULL;
	if (!made) {
		*ret = none("its location is too long");
		return;
	}
	while (i < n && convert_op(fr, attr, &ops[i], &made[i]))
		i++;
	if (i < n)
		*ret = none("its location cannot be read");
	else
		expr_evaluate(&fr->x, made, n, ret);
	free(made);
}

/* --- the frame --------------------------------------------------------------------------- */

static void find_cfa(struct dwarf_frame *fr)
{
	const struct frame_context *f = fr->f;

	fr->x.cfa = f->frame_base;
	fr->x.has_cfa = f->frame_base;
	if (fr->d->unwinder && !err_ignore(dwarf_unwind_cfa(fr->d->unwinder, f->module_base, f->rva, f->memory,
							    f->regs, &fr->x.cfa)))
		fr->x.has_cfa = true;
}

/* The frame base is what DW_OP_fbreg counts from. A register as a location
 * means the register's value here. */
static void find_frame_base(struct dwarf_frame *fr)
{
	Dwarf_Attribute attr;
	struct expr_result r;

	if (!dwarf_attr_integrate(&fr->func, DW_AT_frame_base, &attr))
		return;
	dwarf_frame_evaluate(fr, &attr, &r);
	if (r.kind == EXPR_NONE)
		return;
	fr->x.has_frame_base = true;
	fr->x.frame_base = r.kind == EXPR_REGISTER ? fr->f->regs->v[r.value] : r.value;
}

struct err *dwarf_frame_init(struct dwarf_frame *fr, struct dwarf_info *d, const struct frame_context *f,
			     const struct dwarf_frame *inner)
{
	const struct dwarf_func *func;
	struct dwarf_unit *u;

	*fr = (struct dwarf_frame){ .d = d, .f = f, .vaddr = f->rva + d->vaddr_base };
	fr->depth = inner ? inner->depth + 1 : 0;
	fr->lookups = inner ? inner->lookups : &fr->own_lookups;
	TRY(dwarf_unit_at(d, fr->vaddr, &u));
	TRY(dwarf_func_at(d, u, fr->vaddr, &func));
	if (!func)
		return err_new(ERR_NOTFOUND, "no function at 0x%llx", (unsigned long long)f->rva);
	fr->func = func->die;
	fr->x = (struct expr_context){
		.regs = f->regs, .memory = f->memory, .address_size = f->regs->arch->pointer_size,
		.big_endian = d->big_endian, .bias = f->module_base - d->vaddr_base,
	};
	find_cfa(fr);
	find_frame_base(fr);
	return NULL;
}
