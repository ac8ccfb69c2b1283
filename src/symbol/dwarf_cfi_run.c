/* SPDX-License-Identifier: MIT */
/*
 * The interpreter of call frame programs (DWARF 5, section 6.4.2; the AArch64
 * and GNU additions from the AArch64 DWARF ABI and from binutils' dwarf2.def).
 * A program only ever moves forward through its bytes, so its length bounds
 * the work; rules of registers above CFI_COLUMNS are read and dropped.
 */
#include "symbol/dwarf_cfi_impl.h"
#include "symbol/dwarf_expr.h"

#include <dwarf.h>
#include <elf.h>
#include <stdlib.h>
#include <string.h>

#ifndef DW_CFA_AARCH64_negate_ra_state_with_pc
#define DW_CFA_AARCH64_negate_ra_state_with_pc 0x2c
#endif

struct columns {
	struct cfi_rule cfa;
	bool ra_signed;
	struct cfi_rule reg[CFI_COLUMNS];
};

struct run {
	const struct elf_file *f;
	const struct cfi_fde *fde;
	struct cursor c;
	uint64_t program_vaddr;	/* of c.data[0] */
	uint64_t target;	/* address whose row is wanted */
	uint64_t loc, row_end;
	bool done;		/* an advance went past the target */
	struct columns now, initial;
	struct cfi_rule dropped; /* of columns that are not kept */
	struct columns *saved;
	unsigned n_saved;
};

static struct cfi_rule *rule(struct run *r, uint64_t reg)
{
	return reg < CFI_COLUMNS ? &r->now.reg[reg] : &r->dropped;
}

static void set_rule(struct run *r, uint64_t reg, enum cfi_rule_kind kind, int64_t value)
{
	*rule(r, reg) = (struct cfi_rule){ .reg = (uint16_t)reg, .kind = (uint8_t)kind, .value = value };
}

static void set_expr(struct run *r, struct cfi_rule *to, uint64_t reg, enum cfi_rule_kind kind)
{
	uint64_t n = cursor_uleb(&r->c);
	const uint8_t *p = cursor_bytes(&r->c, n);

	if (p)
		*to = (struct cfi_rule){ .reg = (uint16_t)reg, .kind = (uint8_t)kind, .value = (int64_t)n, .expr = p };
}

static void restore(struct run *r, uint64_t reg)
{
	if (reg < CFI_COLUMNS)
		r->now.reg[reg] = r->initial.reg[reg];
}

static int64_t factored(const struct run *r, int64_t n)
{
	return (int64_t)((uint64_t)n * (uint64_t)r->fde->cie->data_align);
}

static void go_to(struct run *r, uint64_t loc)
{
	if (loc > r->target) {
		r->row_end = loc < r->row_end ? loc : r->row_end;
		r->done = true;
	} else if (loc >= r->loc) {
		r->loc = loc;
	}
}

static void advance(struct run *r, uint64_t delta)
{
	uint64_t step, loc;

	if (__builtin_mul_overflow(delta, r->fde->cie->code_align, &step) ||
	    __builtin_add_overflow(r->loc, step, &loc))
		loc = UINT64_MAX;
	go_to(r, loc);
}

static void define_cfa(struct run *r, uint64_t reg, int64_t offset)
{
	r->now.cfa = (struct cfi_rule){ .reg = (uint16_t)reg, .kind = CFI_REGISTER, .value = offset };
}

static struct err *remember(struct run *r)
{
	if (r->n_saved == CFI_MAX_REMEMBERED)
		return cursor_corrupt(&r->c, "more than %d remembered states", CFI_MAX_REMEMBERED);
	if (!r->saved) {
		r->saved = calloc(CFI_MAX_REMEMBERED, sizeof(*r->saved));
		if (!r->saved)
			return err_nomem();
	}
	r->saved[r->n_saved++] = r->now;
	return NULL;
}

static struct err *set_loc(struct run *r)
{
	const struct cfi_cie *cie = r->fde->cie;
	struct cfi_pointer_base base = {
		.vaddr = r->program_vaddr, .func = r->fde->start, .address_size = cie->address_size,
	};
	uint64_t loc;

	TRY(cfi_pointer(r->f, &r->c, cie->fde_enc, &base, &loc));
	go_to(r, loc);
	return NULL;
}

/* Rules of registers; false: not one of these operations. */
static bool register_op(struct run *r, uint8_t op)
{
	uint64_t reg;

	switch (op) {
	case DW_CFA_offset_extended: case DW_CFA_offset_extended_sf: case DW_CFA_val_offset:
	case DW_CFA_val_offset_sf: case DW_CFA_restore_extended: case DW_CFA_undefined:
	case DW_CFA_same_value: case DW_CFA_register: case DW_CFA_expression: case DW_CFA_val_expression:
	case DW_CFA_GNU_negative_offset_extended:
		reg = cursor_uleb(&r->c);
		break;
	default:
		return false;
	}
	switch (op) {
	case DW_CFA_offset_extended: set_rule(r, reg, CFI_OFFSET, factored(r, (int64_t)cursor_uleb(&r->c))); break;
	case DW_CFA_offset_extended_sf: set_rule(r, reg, CFI_OFFSET, factored(r, cursor_sleb(&r->c))); break;
	case DW_CFA_GNU_negative_offset_extended:
		set_rule(r, reg, CFI_OFFSET, (int64_t)(0 - (uint64_t)factored(r, (int64_t)cursor_uleb(&r->c))));
		break;
	case DW_CFA_val_offset: set_rule(r, reg, CFI_VAL_OFFSET, factored(r, (int64_t)cursor_uleb(&r->c))); break;
	case DW_CFA_val_offset_sf: set_rule(r, reg, CFI_VAL_OFFSET, factored(r, cursor_sleb(&r->c))); break;
	case DW_CFA_restore_extended: restore(r, reg); break;
	case DW_CFA_undefined: set_rule(r, reg, CFI_UNDEFINED, 0); break;
	case DW_CFA_same_value: set_rule(r, reg, CFI_SAME, 0); break;
	case DW_CFA_register: set_rule(r, reg, CFI_REGISTER, (int64_t)cursor_uleb(&r->c)); break;
	case DW_CFA_expression: set_expr(r, rule(r, reg), reg, CFI_EXPRESSION); break;
	default: set_expr(r, rule(r, reg), reg, CFI_VAL_EXPRESSION); break;
	}
	return true;
}

/* How the CFA is found; false: not one of these operations. */
static bool cfa_op(struct run *r, uint8_t op)
{
	uint64_t reg;

	switch (op) {
	case DW_CFA_def_cfa:
		reg = cursor_uleb(&r->c);
		define_cfa(r, reg, (int64_t)cursor_uleb(&r->c));
		break;
	case DW_CFA_def_cfa_sf:
		reg = cursor_uleb(&r->c);
		define_cfa(r, reg, factored(r, cursor_sleb(&r->c)));
		break;
	case DW_CFA_def_cfa_register: define_cfa(r, cursor_uleb(&r->c), r->now.cfa.value); break;
	case DW_CFA_def_cfa_offset: define_cfa(r, r->now.cfa.reg, (int64_t)cursor_uleb(&r->c)); break;
	case DW_CFA_def_cfa_offset_sf: define_cfa(r, r->now.cfa.reg, factored(r, cursor_sleb(&r->c))); break;
	case DW_CFA_def_cfa_expression: set_expr(r, &r->now.cfa, 0, CFI_EXPRESSION); break;
	default: return false;
	}
	return true;
}

static struct err *extended_op(struct run *r, uint8_t op)
{
	switch (op) {
	case DW_CFA_nop: return NULL;
	case DW_CFA_set_loc: return set_loc(r);
	case DW_CFA_advance_loc1: advance(r, cursor_u8(&r->c)); return NULL;
	case DW_CFA_advance_loc2: advance(r, cursor_u16(&r->c)); return NULL;
	case DW_CFA_advance_loc4: advance(r, cursor_u32(&r->c)); return NULL;
	case DW_CFA_MIPS_advance_loc8: advance(r, cursor_u64(&r->c)); return NULL;
	case DW_CFA_remember_state: return remember(r);
	case DW_CFA_restore_state:
		if (!r->n_saved)
			return cursor_corrupt(&r->c, "restores a state that was not remembered");
		r->now = r->saved[--r->n_saved];
		return NULL;
	case DW_CFA_GNU_args_size: (void)cursor_uleb(&r->c); return NULL;
	case DW_CFA_GNU_window_save: /* on AArch64: negate_ra_state */
	case DW_CFA_AARCH64_negate_ra_state_with_pc:
		if (r->f->machine == EM_AARCH64)
			r->now.ra_signed = !r->now.ra_signed;
		return NULL;
	default:
		return cursor_corrupt(&r->c, "frame operation 0x%02x is not known", op);
	}
}

static struct err *run_program(struct run *r)
{
	while (!r->done && cursor_ok(&r->c) && cursor_left(&r->c)) {
		uint8_t byte = cursor_u8(&r->c), low = byte & 0x3f;

		switch (byte & 0xc0) {
		case DW_CFA_advance_loc: advance(r, low); break;
		case DW_CFA_offset: set_rule(r, low, CFI_OFFSET, factored(r, (int64_t)cursor_uleb(&r->c))); break;
		case DW_CFA_restore: restore(r, low); break;
		default:
			if (!register_op(r, byte) && !cfa_op(r, byte))
				TRY(extended_op(r, byte));
		}
	}
	return cursor_check(&r->c, "frame program");
}

/* Expressions lie in the record, which goes away: they are copied. */
static struct err *keep_rule(struct arena *a, const struct cfi_rule *from, struct cfi_rule *to)
{
	*to = *from;
	if (!from->expr)
		return NULL;
	to->expr = arena_memdup(a, from->expr, (size_t)from->value);
	return to->expr ? NULL : err_nomem();
}

static struct err *make_row(const struct run *r, struct arena *a, struct cfi_row *ret)
{
	struct cfi_row row = {
		.start = r->loc, .end = r->row_end, .ra = r->fde->cie->ra,
		.signal_frame = r->fde->cie->signal_frame, .ra_signed = r->now.ra_signed,
	};
	struct cfi_rule *rules;
	size_t n = 0;

	for (size_t i = 0; i < CFI_COLUMNS; i++)
		n += r->now.reg[i].kind != CFI_UNSPECIFIED;
	rules = ARENA_NEW_N(a, struct cfi_rule, n + 1);
	if (!rules)
		return err_nomem();
	TRY(keep_rule(a, &r->now.cfa, &row.cfa));
	for (size_t i = 0; i < CFI_COLUMNS; i++)
		if (r->now.reg[i].kind != CFI_UNSPECIFIED)
			TRY(keep_rule(a, &r->now.reg[i], &rules[row.n_rules++]));
	row.rules = rules;
	*ret = row;
	return NULL;
}

static struct err *run(struct run *r, struct arena *a, struct cfi_row *ret)
{
	const struct cfi_cie *cie = r->fde->cie;

	r->c = cursor_init(r->fde->program.name, cie->program, cie->n_program, 0);
	r->c.big_endian = r->f->big_endian;
	TRY(err_prefix(run_program(r), "CIE"));
	r->initial = r->now;
	r->c = r->fde->program;
	r->program_vaddr = r->fde->program_vaddr;
	TRY(run_program(r));
	return make_row(r, a, ret);
}

struct err *cfi_run(const struct elf_file *f, const struct cfi_fde *fde, uint64_t vaddr,
		    struct arena *a, struct cfi_row *ret)
{
	struct run r = {
		.f = f, .fde = fde, .target = vaddr, .loc = fde->start, .row_end = fde->end,
	};
	struct err *e = run(&r, a, ret);

	free(r.saved);
	return e;
}
