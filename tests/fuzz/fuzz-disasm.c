/* SPDX-License-Identifier: MIT */
/*
 * Disassembly of any bytes, and register contexts of any bytes. Input: a byte
 * for the machine, one for the layout, then code or context.
 */
#include "arch/arch.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool name_some(void *arg, uint64_t address, char *buf, size_t size)
{
	if (address & 4)
		return false;
	memset(buf, 'n', size);
	(void)snprintf(buf, size < 40 ? size : 40, "module!symbol+0x%x (%08x)",
		       (unsigned)address & 0xff, (unsigned)address);
	return true;
}

static void check_insn(const struct arch *a, const struct insn *in, size_t left)
{
	if (!in->length || in->length > (a->max_insn > 4 ? a->max_insn : 4u))
		abort();
	if (!(in->flags & INSN_INVALID) && in->length > left)
		abort();
	if (!memchr(in->mnemonic, 0, sizeof(in->mnemonic)) || !in->mnemonic[0] ||
	    !memchr(in->operands, 0, sizeof(in->operands)))
		abort();
	if (in->flags & INSN_HAS_MEMORY) {
		if (in->mem_base != ARCH_NO_REG && in->mem_base >= a->n_regs)
			abort();
		if (in->mem_index != ARCH_NO_REG && in->mem_index >= a->n_regs)
			abort();
	}
}

static void disassemble(const struct arch *a, const uint8_t *data, size_t size, unsigned thumb)
{
	size_t at = 0;

	for (unsigned n = 0; at < size && n < 256; n++) {
		struct insn in;

		a->disassemble(data + at, size - at, (0x7ff612340000 + at) | thumb, name_some, NULL, &in);
		check_insn(a, &in, size - at);
		at += in.length;
	}
}

static void decode(const struct arch *a, unsigned layout, const uint8_t *data, size_t size)
{
	struct arena arena = ARENA_INIT;
	struct vector_reg *v;
	struct regs r;
	size_t n, half = size / 2;
	uint64_t value, sum = 0;

	if (!err_ignore(a->decode((enum context_layout)layout, data, size, size & 1, &r)))
		for (unsigned i = 0; i < a->n_regs; i++)
			if (!err_ignore(arch_reg_value(&r, a->regs[i].name, &value)))
				sum += value;
	if (!err_ignore(a->vectors((enum context_layout)layout, data, half, data + half, size - half,
				   &arena, &v, &n)))
		for (size_t i = 0; i < n; i++)
			if (v[i].bits > 512 || !v[i].name)
				abort();
	if (!err_ignore(a->vectors((enum context_layout)layout, data, size, NULL, 0, &arena, &v, &n)))
		for (size_t i = 0; i < n; i++)
			if (v[i].bits > 512 || !v[i].name)
				abort();
	arena_deinit(&arena);
	if (sum == 0x1234567890abcdef)
		abort(); /* keeps the sum alive */
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct arch *a;

	if (size < 2)
		return 0;
	a = arch_for((enum machine)(data[0] % (MACHINE_LOONGARCH64 + 1)));
	disassemble(a, data + 2, size - 2, data[1] & 1);
	decode(a, data[1] % (CONTEXT_LINUX_S390X + 1), data + 2, size - 2);
	return 0;
}
