/* SPDX-License-Identifier: MIT */
/*
 * Values at a function's entry, found at the call in the caller.
 *
 * Optimised code drops a parameter's register once it is used; what the caller
 * put there is often still known: the call's DIE (DW_TAG_call_site, DWARF 5
 * section 3.4) says by which expression over the caller's frame. This is right
 * only if the call really was to this function: the DIE's origin must name it,
 * so that a tail call between the two (or a call by pointer) gives no value.
 */
#include "symbol/dwarf_frame.h"

#include <string.h>

enum { MAX_STEPS = 1 << 18 };

struct search {
	uint64_t return_address; /* vaddr */
	unsigned steps;
};

static bool returns_to(Dwarf_Die *call, uint64_t vaddr)
{
	Dwarf_Attribute attr;
	Dwarf_Addr at;

	/* The GNU extension before DWARF 5 has it as low_pc. */
	if (!dwarf_attr(call, DW_AT_call_return_pc, &attr) && !dwarf_attr(call, DW_AT_low_pc, &attr))
		return false;
	return dwarf_formaddr(&attr, &at) == 0 && at == vaddr;
}

static bool find_call(struct search *s, Dwarf_Die *parent, unsigned depth, Dwarf_Die *ret)
{
	Dwarf_Die c;

	for (bool ok = depth < DIE_MAX_DEPTH && die_child(parent, &c); ok; ok = die_next(&c, &c)) {
		if (++s->steps > MAX_STEPS)
			return false;
		switch (dwarf_tag(&c)) {
		case DW_TAG_call_site:
		case DW_TAG_GNU_call_site:
			if (returns_to(&c, s->return_address)) {
				*ret = c;
				return true;
			}
			break;
		case DW_TAG_lexical_block:
		case DW_TAG_inlined_subroutine:
			if (find_call(s, &c, depth + 1, ret))
				return true;
			break;
		default:
			break;
		}
	}
	return false;
}

static const char *linkage_name(Dwarf_Die *die)
{
	Dwarf_Attribute attr;

	if (dwarf_attr_integrate(die, DW_AT_linkage_name, &attr))
		return dwarf_formstring(&attr);
	return die_name(die);
}

/* A call names the function's DIE, or a declaration of it in its own unit. */
static bool calls(Dwarf_Die *call, Dwarf_Die *func)
{
	const char *called, *ours;
	Dwarf_Attribute attr;
	Dwarf_Die origin;

	if (!dwarf_attr(call, DW_AT_call_origin, &attr) && !dwarf_attr(call, DW_AT_abstract_origin, &attr))
		return false;
	if (dwarf_hasattr(call, DW_AT_call_tail_call) || dwarf_hasattr(call, DW_AT_GNU_tail_call) ||
	    !dwarf_formref_die(&attr, &origin))
		return false;
	if (origin.addr == func->addr)
		return true;
	called = linkage_name(&origin);
	ours = linkage_name(func);
	return called && ours && !strcmp(called, ours);
}

static bool is_parameter_in(Dwarf_Die *die, uint64_t reg)
{
	int tag = dwarf_tag(die);
	Dwarf_Attribute attr;
	Dwarf_Op *ops;
	size_t n;

	if (tag != DW_TAG_call_site_parameter && tag != DW_TAG_GNU_call_site_parameter)
		return false;
	if (!dwarf_attr(die, DW_AT_location, &attr) || dwarf_getlocation(&attr, &ops, &n) != 0 || n != 1)
		return false;
	return ops[0].atom == DW_OP_regx ? ops[0].number == reg : reg < 32 && ops[0].atom == DW_OP_reg0 + reg;
}

/* Evaluates what the call put into `reg`, in the caller's frame. */
static bool parameter_value(struct dwarf_frame *caller, Dwarf_Die *call, uint64_t reg, uint64_t *ret)
{
	struct expr_result r;
	Dwarf_Attribute attr;
	Dwarf_Die c;

	for (bool ok = die_child(call, &c); ok; ok = die_next(&c, &c)) {
		if (!is_parameter_in(&c, reg))
			continue;
		if (!dwarf_attr(&c, DW_AT_call_value, &attr) && !dwarf_attr(&c, DW_AT_GNU_call_site_value, &attr))
			return false;
		dwarf_frame_evaluate(caller, &attr, &r);
		if (r.kind == EXPR_NONE)
			return false;
		*ret = r.kind == EXPR_REGISTER ? caller->f->regs->v[r.value] : r.value;
		return true;
	}
	return false;
}

bool dwarf_entry_value(struct dwarf_frame *fr, uint64_t reg, uint64_t *ret)
{
	const struct frame_context *f = fr->f;
	bool exact = regs_ip(f->regs) - f->module_base == f->rva;
	struct unwind_result up;
	struct regs regs;
	struct frame_context outer;
	struct dwarf_frame caller;
	struct search s = { .steps = 0 };
	Dwarf_Die call;

	if (fr->depth >= ENTRY_MAX_DEPTH || !*fr->lookups || !fr->d->unwinder)
		return false;
	--*fr->lookups;
	if (err_ignore(dwarf_unwind(fr->d->unwinder, f->module_base, exact, f->memory, f->regs, &regs, &up)) ||
	    up.end || up.machine_frame)
		return false;
	outer = (struct frame_context){
		.rva = regs_ip(&regs) - f->module_base - 1, .module_base = f->module_base, .regs = &regs,
		.memory = f->memory,
	};
	if (err_ignore(dwarf_frame_init(&caller, fr->d, &outer, fr)))
		return false; /* in another module, for one */
	s.return_address = caller.vaddr + 1;
	return find_call(&s, &caller.func, 0, &call) && calls(&call, &fr->func) &&
	       parameter_value(&caller, &call, reg, ret);
}
