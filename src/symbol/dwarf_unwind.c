/* SPDX-License-Identifier: MIT */
/*
 * Applies a call frame row: CFA first, then each register's rule against the
 * callee's registers and memory.
 *
 * A register without a rule is kept only when the ABI says that calls preserve
 * it; the others are not known in the caller. (Sources: System V psABIs of
 * x86-64, i386, RISC-V, s390x; AAPCS and AAPCS64; OpenPOWER ELFv2.) A frame
 * that a signal interrupted saved everything it has rules for.
 *
 * AArch64: where the row says that the return address is signed, the signature
 * (above bit 47; bit 55 tells user from kernel) is taken off.
 */
#include "symbol/dwarf_unwind.h"

#include "symbol/dwarf_expr.h"

#include <stdlib.h>

enum { MAX_ROWS = 1 << 20 };

void dwarf_unwinder_deinit(struct dwarf_unwinder *u)
{
	for (size_t i = 0; i < u->n_sections; i++)
		cfi_deinit(&u->sections[i]);
	u64map_deinit(&u->rows);
	arena_deinit(&u->arena);
}

/* --- rows ---------------------------------------------------------------------------- */

struct kept_row {
	struct cfi_row row;
	const struct elf_file *file;
};

/* Asks the sections in turn. Damage in one is no reason not to ask the next. */
static struct err *find_row(struct dwarf_unwinder *u, size_t from, uint64_t rva, struct kept_row *k)
{
	struct err *first = NULL;

	for (size_t i = from; i < u->n_sections; i++) {
		const struct elf_file *f = u->sections[i].file;
		struct err *e = cfi_row_at(&u->sections[i], rva + f->vaddr_base, &u->arena, &k->row);

		if (!e) {
			k->row.start -= f->vaddr_base;
			k->row.end -= f->vaddr_base;
			k->file = f;
			err_free(first);
			return NULL;
		}
		if (!first || err_code(first) == ERR_NOTFOUND) {
			err_free(first);
			first = e;
		} else {
			err_free(e);
		}
	}
	return first ? first : err_new(ERR_NOTFOUND, "no call frame information");
}

static struct err *find_row_or_more(struct dwarf_unwinder *u, uint64_t rva, struct kept_row *k)
{
	struct err *e = find_row(u, 0, rva, k);
	size_t n = u->n_sections;

	if (!e || !u->more || err_code(e) == ERR_CANCELLED)
		return e;
	u->more(u->more_arg, u);
	u->more = NULL;
	if (n == u->n_sections)
		return e;
	err_free(e);
	return find_row(u, n, rva, k);
}

struct err *dwarf_unwind_row(struct dwarf_unwinder *u, uint64_t rva, const struct cfi_row **ret,
			     const struct elf_file **ret_file)
{
	struct kept_row *k = u64map_get(&u->rows, rva), made;
	struct err *e;

	if (!k) {
		if (u64map_has(&u->rows, rva))
			return err_new(ERR_NOTFOUND, "no call frame information for this address");
		e = find_row_or_more(u, rva, &made);
		if (e) {
			if (err_code(e) == ERR_NOTFOUND && u->rows.n < MAX_ROWS)
				(void)u64map_put(&u->rows, rva, NULL);
			return e;
		}
		k = arena_memdup(&u->arena, &made, sizeof(made));
		if (!k || (u->rows.n < MAX_ROWS && !u64map_put(&u->rows, rva, k)))
			return err_nomem();
	}
	*ret = &k->row;
	*ret_file = k->file;
	return NULL;
}

/* --- what calls preserve ---------------------------------------------------------------- */

/* DWARF numbers; 0xff ends. */
static const uint8_t *preserved_by_calls(enum machine m)
{
	static const uint8_t x64[] = { 3, 6, 12, 13, 14, 15, 0xff };
	static const uint8_t x86[] = { 3, 5, 6, 7, 0xff };
	static const uint8_t arm64[] = { 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 0xff };
	static const uint8_t arm[] = { 4, 5, 6, 7, 8, 9, 10, 11, 14, 0xff };
	static const uint8_t riscv[] = { 1, 3, 4, 8, 9, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 0xff };
	static const uint8_t ppc64[] = { 2, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26,
					 27, 28, 29, 30, 31, 65, 0xff };
	static const uint8_t s390[] = { 6, 7, 8, 9, 10, 11, 12, 13, 14, 0xff };
	static const uint8_t none[] = { 0xff };

	switch ((int)m) { /* not an enum here: most machines have no list */
	case MACHINE_X64: return x64;
	case MACHINE_X86: return x86;
	case MACHINE_ARM64: return arm64;
	case MACHINE_ARM: return arm;
	case MACHINE_RISCV64: return riscv;
	case MACHINE_PPC64: return ppc64;
	case MACHINE_S390X: return s390;
	default: return none;
	}
}

static uint64_t bit(unsigned reg)
{
	return reg < ARCH_MAX_REGS ? (uint64_t)1 << reg : 0;
}

/* Segments and thread pointers stay the same in all frames of a thread; what
 * the kernel saved of a system call belongs to the innermost alone. */
static uint64_t kept_mask(const struct arch *arch)
{
	uint64_t mask = 0;

	for (const uint8_t *p = preserved_by_calls(arch->machine); *p != 0xff; p++)
		mask |= bit(dwarf_reg(arch, *p));
	for (unsigned i = 0; i < arch->n_regs && i < ARCH_MAX_REGS; i++)
		if (arch->regs[i].group != REG_GENERAL)
			mask |= bit(i);
	if (arch->machine == MACHINE_X64)
		mask &= ~bit(X64_ORIG_RAX);
	if (arch->machine == MACHINE_X86)
		mask &= ~bit(X86_ORIG_EAX);
	return mask;
}

/* --- applying a row ------------------------------------------------------------------------ */

struct applying {
	const struct cfi_row *row;
	const struct elf_file *file;
	const struct arch_memory *memory;
	const struct regs *callee;
	struct expr_context x;
};

static struct err *evaluate(const struct applying *p, const struct cfi_rule *rule, bool push_cfa, uint64_t *ret)
{
	CLEANUP(freep) struct expr_op *ops = calloc(EXPR_MAX_OPS, sizeof(*ops));
	struct expr_context x = p->x;
	struct expr_result r;
	struct cursor c = cursor_init(p->file->src->name, rule->expr, (uint64_t)rule->value, 0);
	size_t n;

	if (!ops)
		return err_nomem();
	c.big_endian = p->file->big_endian;
	TRY(err_prefix(expr_decode(c, x.address_size, ops, &n), "call frame information"));
	x.has_initial = push_cfa;
	x.initial = x.cfa;
	expr_evaluate(&x, ops, n, &r);
	if (r.kind == EXPR_NONE || r.kind == EXPR_REGISTER)
		return err_new(ERR_NOTFOUND, "call frame information cannot be evaluated: %s",
			       r.reason ? r.reason : "names a register");
	*ret = r.value;
	return NULL;
}

static uint64_t wrap(const struct applying *p, uint64_t v)
{
	return p->x.address_size == 4 ? (uint32_t)v : v;
}

static struct err *find_cfa(struct applying *p)
{
	const struct cfi_rule *cfa = &p->row->cfa;
	unsigned reg = dwarf_reg(p->callee->arch, cfa->reg);

	if (cfa->kind == CFI_EXPRESSION) {
		TRY(evaluate(p, cfa, false, &p->x.cfa));
	} else if (cfa->kind != CFI_REGISTER) {
		return err_new(ERR_CORRUPT, "%s: call frame information has no frame address",
			       p->file->src->name);
	} else if (!regs_has(p->callee, reg)) {
		return err_new(ERR_NOTFOUND, "frame address depends on register %u, which is not known", cfa->reg);
	} else {
		p->x.cfa = wrap(p, p->callee->v[reg] + (uint64_t)cfa->value);
	}
	p->x.has_cfa = true;
	return NULL;
}

/* The address a register is saved at, for rules that say so. */
static bool saved_at(const struct applying *p, const struct cfi_rule *rule, uint64_t *ret)
{
	if (rule->kind == CFI_OFFSET) {
		*ret = wrap(p, p->x.cfa + (uint64_t)rule->value);
		return true;
	}
	return rule->kind == CFI_EXPRESSION && !err_ignore(evaluate(p, rule, true, ret));
}

/* False: the register cannot be restored. */
static bool rule_value(const struct applying *p, const struct cfi_rule *rule, uint64_t *ret)
{
	unsigned reg;
	uint64_t at;

	switch (rule->kind) {
	case CFI_OFFSET:
	case CFI_EXPRESSION:
		return saved_at(p, rule, &at) &&
		       target_uint(p->memory, p->file->big_endian, at, p->x.address_size, ret);
	case CFI_VAL_OFFSET:
		*ret = wrap(p, p->x.cfa + (uint64_t)rule->value);
		return true;
	case CFI_VAL_EXPRESSION:
		return !err_ignore(evaluate(p, rule, true, ret));
	case CFI_SAME:
	case CFI_REGISTER:
		reg = dwarf_reg(p->callee->arch, rule->kind == CFI_SAME ? rule->reg : (uint64_t)rule->value);
		if (!regs_has(p->callee, reg))
			return false;
		*ret = p->callee->v[reg];
		return true;
	default:
		return false;
	}
}

static const struct cfi_rule *rule_of(const struct cfi_row *row, uint16_t reg)
{
	for (size_t i = 0; i < row->n_rules; i++)
		if (row->rules[i].reg == reg)
			return &row->rules[i];
	return NULL;
}

static uint64_t strip_signature(uint64_t address)
{
	return address >> 55 & 1 ? address | 0xffff000000000000 : address & 0x0000ffffffffffff;
}

/* Where the return address is. NOTFOUND: not to be had. */
static struct err *return_address(const struct applying *p, uint64_t *ret, struct unwind_result *res)
{
	const struct cfi_rule *rule = rule_of(p->row, p->row->ra);
	unsigned reg = dwarf_reg(p->callee->arch, p->row->ra);

	if (rule && rule->kind == CFI_UNDEFINED) {
		res->end = true;
		*ret = 0;
		return NULL;
	}
	if (rule && saved_at(p, rule, &res->return_slot)) {
		if (!target_uint(p->memory, p->file->big_endian, res->return_slot, p->x.address_size, ret))
			return err_fault(res->return_slot);
	} else if (rule) {
		if (!rule_value(p, rule, ret))
			return err_new(ERR_NOTFOUND, "the return address cannot be restored");
	} else if (reg != p->callee->arch->ip && regs_has(p->callee, reg)) {
		*ret = p->callee->v[reg]; /* still in the link register */
	} else {
		return err_new(ERR_NOTFOUND, "no rule for the return address");
	}
	if (p->row->ra_signed && p->file->arch == MACHINE_ARM64)
		*ret = strip_signature(*ret);
	if (p->file->arch == MACHINE_ARM)
		*ret &= ~(uint64_t)1; /* says that the caller is Thumb code */
	return NULL;
}

static void restore_registers(const struct applying *p, uint64_t kept, struct regs *caller)
{
	const struct arch *arch = p->callee->arch;

	caller->arch = arch;
	caller->valid = 0;
	for (unsigned i = 0; i < ARCH_MAX_REGS; i++) {
		caller->v[i] = 0;
		if (kept >> i & 1 && regs_has(p->callee, i))
			regs_set(caller, i, p->callee->v[i]);
	}
	regs_set(caller, arch->sp, p->x.cfa);
	for (size_t i = 0; i < p->row->n_rules; i++) {
		const struct cfi_rule *rule = &p->row->rules[i];
		unsigned reg = dwarf_reg(arch, rule->reg);
		uint64_t v;

		if (reg == ARCH_NO_REG)
			continue;
		if (rule_value(p, rule, &v))
			regs_set(caller, reg, v);
		else
			regs_forget(caller, reg);
	}
}

/* The stack grows downwards: a caller is above its callee. Only the innermost
 * frame may have no frame of its own, and a signal may have come on another stack. */
static struct err *check_progress(const struct regs *callee, const struct regs *caller, bool exact,
				  const struct unwind_result *r)
{
	uint64_t from = regs_sp(callee), to = regs_sp(caller);

	if (r->machine_frame || r->end || !regs_has(callee, callee->arch->sp) || to > from ||
	    (to == from && exact))
		return NULL;
	return err_new(ERR_CORRUPT, "call frame information leads from stack address 0x%llx to 0x%llx",
		       (unsigned long long)from, (unsigned long long)to);
}

static struct err *apply(struct dwarf_unwinder *u, struct applying *p, bool exact, struct regs *ret_caller,
			 struct unwind_result *ret)
{
	struct unwind_result r = { .trust = TRUST_CFI, .machine_frame = p->row->signal_frame };
	struct regs caller;
	uint64_t ip;

	TRY(find_cfa(p));
	r.frame = p->x.cfa;
	TRY(return_address(p, &ip, &r));
	restore_registers(p, u->kept, &caller);
	if (!ip)
		r.end = true;
	regs_set(&caller, caller.arch->ip, ip);
	TRY(check_progress(p->callee, &caller, exact, &r));
	*ret_caller = caller;
	*ret = r;
	return NULL;
}

/* The row of an rva and what its expressions are evaluated in. */
static struct err *prepare(struct dwarf_unwinder *u, uint64_t module_base, uint64_t rva,
			   const struct arch_memory *m, const struct regs *regs, struct applying *p)
{
	*p = (struct applying){ .memory = m, .callee = regs };
	if (!regs->arch->n_dwarf)
		return err_new(ERR_NOTFOUND, "registers of %s are not mapped to DWARF numbers", regs->arch->name);
	TRY(dwarf_unwind_row(u, rva, &p->row, &p->file));
	p->x = (struct expr_context){
		.regs = regs, .memory = m, .address_size = elf_address_size(p->file),
		.big_endian = p->file->big_endian, .bias = module_base - p->file->vaddr_base,
	};
	return NULL;
}

struct err *dwarf_unwind_cfa(struct dwarf_unwinder *u, uint64_t module_base, uint64_t rva,
			     const struct arch_memory *m, const struct regs *regs, uint64_t *ret)
{
	struct applying p;

	TRY(prepare(u, module_base, rva, m, regs, &p));
	TRY(find_cfa(&p));
	*ret = p.x.cfa;
	return NULL;
}

struct err *dwarf_unwind(struct dwarf_unwinder *u, uint64_t module_base, bool exact,
			 const struct arch_memory *m, const struct regs *callee,
			 struct regs *ret_caller, struct unwind_result *ret)
{
	struct applying p;

	if (!regs_has(callee, callee->arch->ip))
		return err_new(ERR_NOTFOUND, "the frame's instruction pointer is not known");
	TRY(prepare(u, module_base, regs_ip(callee) - module_base - (exact ? 0 : 1), m, callee, &p));
	if (u->arch != callee->arch) {
		u->arch = callee->arch;
		u->kept = kept_mask(callee->arch);
	}
	return apply(u, &p, exact, ret_caller, ret);
}
