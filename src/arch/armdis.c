/* SPDX-License-Identifier: MIT */
/*
 * ARM64 and ARM instructions as WinDbg prints them. Capstone decodes; its text
 * is rewritten: no blanks after commas, fp and lr for x29 and x30, upper-case
 * hex digits, "beq" for "b.eq", and a name for every address the caller knows.
 *
 * Control flow of ARM64 is read from the instruction word itself (Arm ARM,
 * C4.1 "A64 instruction set encoding"); what Capstone 4 does not know is in
 * arm64new.c.
 */
#include "arch/arch_impl.h"
#include "base/str.h"

/* Capstone's enum tags are arch.h's too. */
#define arm_reg cs_arm_reg
#define arm64_reg cs_arm64_reg
#define x86_reg cs_x86_reg
#include <capstone/capstone.h>
#undef arm_reg
#undef arm64_reg
#undef x86_reg
#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* --- text ---------------------------------------------------------------------- */

struct text {
	char *s;
	size_t size, len;
};

static void put_char(struct text *t, char c)
{
	if (t->len + 1 < t->size) {
		t->s[t->len++] = c;
		t->s[t->len] = 0;
	}
}

static void put_string(struct text *t, const char *s)
{
	while (*s)
		put_char(t, *s++);
}

static size_t word_length(const char *s)
{
	size_t n = 0;

	while (isalnum((unsigned char)s[n]) || s[n] == '_' || s[n] == '.')
		n++;
	return n;
}

/* Capstone's name of a register in WinDbg's words, or NULL where they agree. */
static const char *renamed(const char *s, size_t n, bool wide)
{
	static const struct {
		char from[4], to[4];
		bool wide;
	} names[] = {
		{ "x29", "fp", true }, { "x30", "lr", true }, { "sb", "r9", false },
		{ "sl", "r10", false }, { "fp", "r11", false }, { "ip", "r12", false },
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (names[i].wide == wide && strlen(names[i].from) == n &&
		    !strncmp(names[i].from, s, n))
			return names[i].to;
	return NULL;
}

static void put_word(struct text *t, const char *s, size_t n, bool wide)
{
	if (renamed(s, n, wide)) {
		put_string(t, renamed(s, n, wide));
	} else if (n > 2 && s[0] == '0' && s[1] == 'x') {
		put_string(t, "0x");
		for (size_t i = 2; i < n; i++)
			put_char(t, (char)toupper((unsigned char)s[i]));
	} else {
		for (size_t i = 0; i < n; i++)
			put_char(t, s[i]);
	}
}

/* Capstone's operands in WinDbg's dress. */
static void put_operands(struct text *t, const char *s, bool wide)
{
	while (*s) {
		size_t n = word_length(s);

		if (n) {
			put_word(t, s, n, wide);
			s += n;
			continue;
		}
		put_char(t, *s);
		if (*s++ == ',')
			while (*s == ' ')
				s++;
	}
}

/* Puts an address in the place of the last operand. */
static void put_target(struct insn *in, uint64_t target, unsigned pointer_size,
		       insn_symbolizer *sym, void *arg)
{
	struct text t = { in->operands, sizeof(in->operands), 0 };
	char *comma = strrchr(in->operands, ',');
	char buf[160];

	t.len = comma ? (size_t)(comma + 1 - in->operands) : 0;
	t.s[t.len] = 0;
	if (!sym || !sym(arg, target, buf, sizeof(buf)))
		insn_format_address(buf, sizeof(buf), target, pointer_size);
	buf[sizeof(buf) - 1] = 0;
	put_string(&t, buf);
}

static void put_mnemonic(struct insn *ret, const char *name)
{
	struct text t = { ret->mnemonic, sizeof(ret->mnemonic), 0 };

	if (!strncmp(name, "b.", 2)) {
		put_char(&t, 'b');
		name += 2;
	}
	put_string(&t, name);
}

/* --- memory operand -------------------------------------------------------------- */

static uint8_t reg_index(const struct arch *arch, const char *name)
{
	bool wide = arch->machine == MACHINE_ARM64;
	const struct reg_part *parts;
	unsigned reg, n;

	if (!name)
		return ARCH_NO_REG;
	if (renamed(name, strlen(name), wide))
		name = renamed(name, strlen(name), wide);
	reg = arch_reg_by_name(arch, name);
	if (reg != ARCH_NO_REG)
		return (uint8_t)reg;
	parts = arch_reg_parts(arch->machine, &n);
	for (unsigned i = 0; i < n; i++)
		if (!strcmp(parts[i].name, name))
			return parts[i].reg;
	return ARCH_NO_REG;
}

/* Bytes moved for one register: by the mnemonic's last letters, else its width. */
static unsigned access_size(const char *mnemonic, const char *reg)
{
	size_t n = strlen(mnemonic);
	static const struct {
		char first;
		uint8_t size;
	} widths[] = { { 'x', 8 }, { 'w', 4 }, { 'q', 16 }, { 'd', 8 }, { 'h', 2 }, { 'b', 1 },
		       { 'r', 4 }, { 'l', 8 }, { 'f', 8 } };

	if (n > 3 && mnemonic[n - 1] == 'b')
		return 1;
	if (n > 3 && mnemonic[n - 1] == 'h')
		return 2;
	if (n > 4 && !strcmp(mnemonic + n - 2, "sw"))
		return 4;
	if (reg[0] == 's')
		return isdigit((unsigned char)reg[1]) ? 4 : 8;
	for (size_t i = 0; i < sizeof(widths) / sizeof(widths[0]); i++)
		if (widths[i].first == reg[0])
			return widths[i].size;
	return 0;
}

static unsigned access_flags(const char *mnemonic)
{
	static const char *const both[] = { "ldadd", "ldclr", "ldeor", "ldset", "ldsmax", "ldsmin",
					    "ldumax", "ldumin", "swp", "cas" };

	for (size_t i = 0; i < sizeof(both) / sizeof(both[0]); i++)
		if (str_starts(mnemonic, both[i]))
			return INSN_READS_MEMORY | INSN_WRITES_MEMORY;
	if (!strncmp(mnemonic, "ld", 2) || !strncmp(mnemonic, "pop", 3))
		return INSN_READS_MEMORY;
	if (!strncmp(mnemonic, "st", 2) || !strncmp(mnemonic, "push", 4))
		return INSN_WRITES_MEMORY;
	return 0;
}

struct mem_operand {
	bool found;
	unsigned base, index;	/* Capstone's numbers, 0: none */
	int64_t disp;
	uint8_t scale;
	unsigned n_regs;	/* register operands before it */
	unsigned first_reg;
};

static void arm64_mem(const cs_insn *ci, struct mem_operand *ret)
{
	const cs_arm64 *d = &ci->detail->arm64;

	for (unsigned i = 0; i < d->op_count && i < 8; i++) {
		const cs_arm64_op *op = &d->operands[i];

		if (op->type == ARM64_OP_MEM) {
			ret->found = true;
			ret->base = (unsigned)op->mem.base;
			ret->index = (unsigned)op->mem.index;
			ret->disp = op->mem.disp;
			ret->scale = op->shift.type == ARM64_SFT_LSL && op->shift.value < 5
					     ? (uint8_t)(1u << op->shift.value) : 1;
			return;
		}
		if (op->type == ARM64_OP_REG && !ret->n_regs++)
			ret->first_reg = (unsigned)op->reg;
	}
}

static void arm_mem(const cs_insn *ci, struct mem_operand *ret)
{
	const cs_arm *d = &ci->detail->arm;

	for (unsigned i = 0; i < d->op_count && i < 36; i++) {
		const cs_arm_op *op = &d->operands[i];

		if (op->type == ARM_OP_MEM) {
			ret->found = true;
			ret->base = (unsigned)op->mem.base;
			ret->index = (unsigned)op->mem.index;
			ret->disp = op->mem.disp;
			ret->scale = op->mem.lshift > 0 && op->mem.lshift < 5
					     ? (uint8_t)(1u << op->mem.lshift) : 1;
			return;
		}
		if (op->type == ARM_OP_REG && !ret->n_regs++)
			ret->first_reg = (unsigned)op->reg;
	}
}

static void set_memory(const struct arch *arch, csh cs, const struct mem_operand *m,
		       struct insn *ret)
{
	const char *first = m->first_reg ? cs_reg_name(cs, m->first_reg) : NULL;
	unsigned size = first ? access_size(ret->mnemonic, first) * m->n_regs : 0;
	unsigned flags = access_flags(ret->mnemonic);

	if (!flags)
		return;
	ret->flags |= flags;
	ret->mem_size = (uint8_t)(size > 255 ? 255 : size);
	if (!m->found)
		return;
	ret->flags |= INSN_HAS_MEMORY;
	ret->mem_base = reg_index(arch, m->base ? cs_reg_name(cs, m->base) : NULL);
	ret->mem_index = reg_index(arch, m->index ? cs_reg_name(cs, m->index) : NULL);
	ret->mem_scale = m->index ? m->scale : 0;
	ret->mem_disp = m->disp;
}

/* --- ARM64: control flow from the word --------------------------------------------- */

static int64_t sign_extend(uint64_t v, unsigned bits)
{
	return (int64_t)(v << (64 - bits)) >> (64 - bits);
}

static const struct {
	uint32_t mask, value;
	unsigned flags;
	uint8_t imm_shift, imm_bits;	/* pc-relative words; 0 bits: no target */
} arm64_flow[] = {
	{ 0xfc000000, 0x14000000, INSN_JUMP, 0, 26 },			/* b */
	{ 0xfc000000, 0x94000000, INSN_CALL, 0, 26 },			/* bl */
	{ 0xff000000, 0x54000000, INSN_JUMP | INSN_CONDITIONAL, 5, 19 }, /* b.cond, bc.cond */
	{ 0x7e000000, 0x34000000, INSN_JUMP | INSN_CONDITIONAL, 5, 19 }, /* cbz, cbnz */
	{ 0x7e000000, 0x36000000, INSN_JUMP | INSN_CONDITIONAL, 5, 14 }, /* tbz, tbnz */
	{ 0xfefff000, 0xd61f0000, INSN_JUMP, 0, 0 },			/* br, braa, brab */
	{ 0xfefff000, 0xd63f0000, INSN_CALL, 0, 0 },			/* blr, blraa, blrab */
	{ 0xfefff000, 0xd65f0000, INSN_RET, 0, 0 },			/* ret, retaa, retab */
	{ 0xfffff000, 0xd69f0000, INSN_RET, 0, 0 },			/* eret */
	{ 0xffe0001f, 0xd4000001, INSN_INTERRUPT, 0, 0 },		/* svc */
	{ 0xffe0001f, 0xd4000002, INSN_INTERRUPT, 0, 0 },		/* hvc */
	{ 0xffe0001f, 0xd4000003, INSN_INTERRUPT, 0, 0 },		/* smc */
	{ 0xffe0001f, 0xd4200000, INSN_TRAP, 0, 0 },			/* brk */
	{ 0xffe0001f, 0xd4400000, INSN_TRAP, 0, 0 },			/* hlt */
	{ 0xffff0000, 0x00000000, INSN_TRAP, 0, 0 },			/* udf */
	{ 0xffffffff, 0xd503201f, INSN_NOP, 0, 0 },
};

static void arm64_set_flow(uint32_t w, struct insn *ret)
{
	for (size_t i = 0; i < sizeof(arm64_flow) / sizeof(arm64_flow[0]); i++) {
		uint64_t imm;

		if ((w & arm64_flow[i].mask) != arm64_flow[i].value)
			continue;
		ret->flags |= arm64_flow[i].flags;
		if (!arm64_flow[i].imm_bits)
			return;
		imm = w >> arm64_flow[i].imm_shift & ((1u << arm64_flow[i].imm_bits) - 1);
		ret->flags |= INSN_HAS_TARGET;
		ret->target = ret->address + (uint64_t)sign_extend(imm, arm64_flow[i].imm_bits) * 4;
		return;
	}
}

/* adr, adrp and ldr (literal) name an address as their last operand. */
static bool arm64_pc_relative(uint32_t w, uint64_t address, uint64_t *ret)
{
	uint64_t imm21 = (w >> 5 & 0x7ffff) << 2 | (w >> 29 & 3);

	if ((w & 0x9f000000) == 0x10000000) {
		*ret = address + (uint64_t)sign_extend(imm21, 21);
		return true;
	}
	if ((w & 0x9f000000) == 0x90000000) {
		*ret = (address & ~(uint64_t)0xfff) + ((uint64_t)sign_extend(imm21, 21) << 12);
		return true;
	}
	if ((w & 0x3b000000) == 0x18000000) {
		*ret = address + (uint64_t)sign_extend(w >> 5 & 0x7ffff, 19) * 4;
		return true;
	}
	return false;
}

/* --- Capstone ----------------------------------------------------------------------- */

static bool open_capstone(cs_arch arch, cs_mode mode, csh *ret)
{
	if (cs_open(arch, mode, ret) != CS_ERR_OK)
		return false;
	if (cs_option(*ret, CS_OPT_DETAIL, CS_OPT_ON) == CS_ERR_OK)
		return true;
	(void)cs_close(ret);
	return false;
}

static bool decode_text(const struct arch *arch, csh cs, const uint8_t *bytes, size_t n,
			uint64_t address, struct insn *ret, unsigned *ret_groups)
{
	cs_insn *ci = cs_malloc(cs);
	struct mem_operand m = { 0 };
	struct text t = { ret->operands, sizeof(ret->operands), 0 };
	bool wide = arch->machine == MACHINE_ARM64;
	uint64_t at = address;
	bool ok;

	if (!ci)
		return false;
	ok = cs_disasm_iter(cs, &bytes, &n, &at, ci);
	if (ok) {
		put_mnemonic(ret, ci->mnemonic);
		put_operands(&t, ci->op_str, wide);
		ret->length = ci->size;
		if (wide)
			arm64_mem(ci, &m);
		else
			arm_mem(ci, &m);
		set_memory(arch, cs, &m, ret);
		*ret_groups = 0;
		for (unsigned i = 0; i < ci->detail->groups_count; i++)
			if (ci->detail->groups[i] < 32)
				*ret_groups |= 1u << ci->detail->groups[i];
	}
	cs_free(ci, 1);
	return ok;
}

void arm64_disassemble(const uint8_t *bytes, size_t n, uint64_t address, insn_symbolizer *sym,
		       void *sym_arg, struct insn *ret)
{
	unsigned groups;
	uint64_t target;
	uint32_t w;
	csh cs;

	insn_invalid(address, 4, ret);
	if (n < 4)
		return;
	w = (uint32_t)bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 |
	    (uint32_t)bytes[3] << 24;
	if (!arm64_newer(w, ret)) {
		if (!open_capstone(CS_ARCH_ARM64, CS_MODE_LITTLE_ENDIAN, &cs))
			return;
		ret->flags = decode_text(&arch_arm64, cs, bytes, 4, address, ret, &groups)
				     ? ret->flags & ~(unsigned)INSN_INVALID : INSN_INVALID;
		(void)cs_close(&cs);
	}
	if (ret->flags & INSN_INVALID)
		return;
	ret->length = 4;
	arm64_set_flow(w, ret);
	if (ret->flags & INSN_HAS_TARGET) {
		put_target(ret, ret->target, 8, sym, sym_arg);
	} else if (arm64_pc_relative(w, address, &target)) {
		put_target(ret, target, 8, sym, sym_arg);
		if (!(ret->flags & INSN_READS_MEMORY))
			return;
		ret->flags |= INSN_HAS_MEMORY;
		ret->mem_disp = (int64_t)target;
	}
}

/* --- ARM ------------------------------------------------------------------------------ */

static bool parse_target(const char *operands, uint64_t *ret)
{
	const char *hash = strrchr(operands, '#');
	char *end;

	if (!hash)
		return false;
	*ret = strtoull(hash + 1, &end, 0);
	return end != hash + 1 && !*end;
}

static bool names_register(const char *operands, const char *reg)
{
	const char *p = strstr(operands, reg);

	return p && !isalnum((unsigned char)p[strlen(reg)]);
}

static void arm_set_flow(unsigned groups, struct insn *ret)
{
	const char *m = ret->mnemonic;
	bool call = !strncmp(m, "bl", 2) && strncmp(m, "bls", 3) && strncmp(m, "blt", 3) &&
		    strncmp(m, "ble", 3);
	bool branch = groups & (1u << CS_GRP_JUMP | 1u << CS_GRP_CALL | 1u << CS_GRP_BRANCH_RELATIVE);
	bool to_lr = !strncmp(m, "bx", 2) && names_register(ret->operands, "lr");
	bool pops_pc = (!strncmp(m, "pop", 3) || !strncmp(m, "ldm", 3)) &&
		       names_register(ret->operands, "pc");

	if (to_lr || pops_pc)
		ret->flags |= INSN_RET;
	else if (call)
		ret->flags |= INSN_CALL;
	else if (branch)
		ret->flags |= INSN_JUMP;
	if (!strncmp(m, "cb", 2) || (m[0] == 'b' && strlen(m) == 3 && strcmp(m, "bfi") &&
				     strcmp(m, "bfc") && strcmp(m, "bic") && !call && branch))
		ret->flags |= INSN_CONDITIONAL;
	if (!strncmp(m, "svc", 3))
		ret->flags |= INSN_INTERRUPT;
	if (!strncmp(m, "bkpt", 4) || !strncmp(m, "udf", 3))
		ret->flags |= INSN_TRAP;
	if (!strncmp(m, "nop", 3))
		ret->flags |= INSN_NOP;
	if (branch && parse_target(ret->operands, &ret->target)) {
		ret->flags |= INSN_HAS_TARGET;
		ret->target &= 0xffffffff;
	}
}

void arm_disassemble(const uint8_t *bytes, size_t n, uint64_t address, insn_symbolizer *sym,
		     void *sym_arg, struct insn *ret)
{
	bool thumb = address & 1, ok;
	unsigned groups = 0;
	csh cs;

	address &= ~(uint64_t)1;
	insn_invalid(address, thumb ? 2 : 4, ret);
	if (n < ret->length || !open_capstone(CS_ARCH_ARM, thumb ? CS_MODE_THUMB : CS_MODE_ARM, &cs))
		return;
	ret->flags = 0;
	ok = decode_text(&arch_arm, cs, bytes, n < 4 ? n : 4, address, ret, &groups);
	(void)cs_close(&cs);
	if (!ok) {
		insn_invalid(address, thumb ? 2 : 4, ret);
		return;
	}
	arm_set_flow(groups, ret);
	if (ret->flags & INSN_HAS_TARGET)
		put_target(ret, ret->target, 4, sym, sym_arg);
}
