/* SPDX-License-Identifier: MIT */
/*
 * The list of machines, registers by name and by DWARF number, and memory
 * reads shared by the unwinders.
 *
 * To add a machine: src/arch/<name>.c with `const struct arch arch_<name>`,
 * its declaration in arch_impl.h, one line in the list below, and its context
 * layouts in base/machine.h.
 */
#include "arch/arch_impl.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

static const struct arch *const arches[] = {
	&arch_x86,  &arch_x64,	 &arch_arm,   &arch_arm64,  &arch_riscv64, &arch_ppc64,
	&arch_ppc,  &arch_s390x, &arch_mips,  &arch_mips64, &arch_sparc,
};

/* --- machines of which only the name is known ------------------------------ */

static const struct reg_desc bare_regs[] = {
	{ "pc", 64, REG_GENERAL },
	{ "sp", 64, REG_GENERAL },
};

static struct err *bare_decode(enum context_layout layout, const uint8_t *bytes, size_t size,
			       bool big_endian, struct regs *ret)
{
	return err_new(ERR_UNSUPPORTED, "no register layout is known for this machine");
}

#define BARE(id, n, ptr)                                                       \
	{                                                                      \
		.name = n, .machine = id, .pointer_size = ptr, .regs = bare_regs, .n_regs = 2, \
		.ip = 0, .sp = 1, .fp = ARCH_NO_REG, .ra = ARCH_NO_REG, .ret = ARCH_NO_REG,    \
		.flags = ARCH_NO_REG, .max_insn = 4, .insn_align = 4, .decode = bare_decode,   \
		.vectors = vectors_unsupported, .disassemble = disassemble_nothing,            \
	}

static const struct arch bare[] = {
	BARE(MACHINE_UNKNOWN, "unknown", 8),
	BARE(MACHINE_LOONGARCH64, "loongarch64", 8),
};

const struct arch *arch_for(enum machine m)
{
	for (size_t i = 0; i < sizeof(arches) / sizeof(arches[0]); i++)
		if (arches[i]->machine == m)
			return arches[i];
	for (size_t i = 0; i < sizeof(bare) / sizeof(bare[0]); i++)
		if (bare[i].machine == m)
			return &bare[i];
	return &bare[0];
}

/* --- registers by name ------------------------------------------------------ */

unsigned arch_reg_by_name(const struct arch *arch, const char *name)
{
	for (unsigned i = 0; i < arch->n_regs; i++)
		if (!strcasecmp(arch->regs[i].name, name))
			return i;
	return ARCH_NO_REG;
}

const struct reg_part *arch_reg_parts(enum machine m, unsigned *ret_n)
{
	const struct {
		enum machine machine;
		const struct reg_part *parts;
		unsigned n;
	} all[] = {
		{ MACHINE_X64, x64_parts, x64_n_parts },
		{ MACHINE_X86, x86_parts, x86_n_parts },
		{ MACHINE_ARM64, arm64_parts, arm64_n_parts },
		{ MACHINE_ARM, arm_parts, arm_n_parts },
	};

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		if (all[i].machine == m) {
			*ret_n = all[i].n;
			return all[i].parts;
		}
	}
	*ret_n = 0;
	return NULL;
}

static const struct reg_part *part_by_name(const struct arch *arch, const char *name)
{
	unsigned n;
	const struct reg_part *parts = arch_reg_parts(arch->machine, &n);

	for (unsigned i = 0; i < n; i++)
		if (!strcasecmp(parts[i].name, name))
			return &parts[i];
	return NULL;
}

struct err *arch_reg_value(const struct regs *r, const char *name, uint64_t *ret)
{
	unsigned reg = arch_reg_by_name(r->arch, name);
	const struct reg_part *part = NULL;
	uint64_t value;

	if (reg == ARCH_NO_REG) {
		part = part_by_name(r->arch, name);
		if (!part)
			return err_new(ERR_NOTFOUND, "%s has no register '%s'", r->arch->name, name);
		reg = part->reg;
	}
	if (!regs_has(r, reg))
		return err_new(ERR_NOTFOUND, "the value of register '%s' is not known here", name);
	value = r->v[reg];
	if (part) {
		value >>= part->shift;
		if (part->bits < 64)
			value &= ((uint64_t)1 << part->bits) - 1;
	}
	*ret = value;
	return NULL;
}

unsigned arch_reg_from_dwarf(const struct arch *arch, unsigned dwarf_number)
{
	return dwarf_number < arch->n_dwarf ? arch->dwarf[dwarf_number] : ARCH_NO_REG;
}

/* --- memory ------------------------------------------------------------------ */

bool arch_read(const struct arch_memory *m, uint64_t address, void *buf, size_t len)
{
	uint64_t end;

	/* a range that wraps around the address space is nowhere */
	if (__builtin_add_overflow(address, len, &end) && end != 0)
		return false;
	return m->read(m->arg, address, buf, len) == len;
}

bool arch_read_uint(const struct arch_memory *m, uint64_t address, unsigned size, uint64_t *ret)
{
	uint8_t b[8];
	uint64_t v = 0;

	if (size > sizeof(b) || !arch_read(m, address, b, size))
		return false;
	for (unsigned i = 0; i < size; i++)
		v |= (uint64_t)b[i] << (8 * i);
	*ret = v;
	return true;
}

/* --- what machines without more share ---------------------------------------- */

struct err *vectors_unsupported(enum context_layout layout, const uint8_t *bytes, size_t size,
				const uint8_t *xstate, size_t xstate_size, struct arena *a,
				struct vector_reg **ret, size_t *ret_n)
{
	return err_new(ERR_UNSUPPORTED, "vector registers of this machine are not decoded");
}

void insn_invalid(uint64_t address, unsigned length, struct insn *ret)
{
	*ret = (struct insn){
		.address = address, .length = length, .flags = INSN_INVALID,
		.mem_base = ARCH_NO_REG, .mem_index = ARCH_NO_REG, .mem_segment = ARCH_NO_REG,
		.to = ARCH_NO_REG, .from = ARCH_NO_REG,
	};
	(void)snprintf(ret->mnemonic, sizeof(ret->mnemonic), "???");
}

void disassemble_nothing(const uint8_t *bytes, size_t n, uint64_t address, insn_symbolizer *sym,
			 void *sym_arg, struct insn *ret)
{
	insn_invalid(address, 4, ret);
}

void insn_format_address(char *buf, size_t size, uint64_t address, unsigned pointer_size)
{
	if (pointer_size == 8)
		(void)snprintf(buf, size, "%08x`%08x", (unsigned)(address >> 32),
			       (unsigned)address);
	else
		(void)snprintf(buf, size, "%08x", (unsigned)address);
}

bool insn_effective_address(const struct insn *i, const struct regs *regs, uint64_t *ret)
{
	uint64_t ea = (uint64_t)i->mem_disp;

	if (i->mem_base != ARCH_NO_REG) {
		if (!regs_has(regs, i->mem_base))
			return false;
		ea += regs->v[i->mem_base];
	}
	if (i->mem_index != ARCH_NO_REG) {
		if (!regs_has(regs, i->mem_index))
			return false;
		ea += regs->v[i->mem_index] * i->mem_scale;
	}
	*ret = regs->arch->pointer_size == 4 ? ea & UINT32_MAX : ea;
	return true;
}
