/* SPDX-License-Identifier: MIT */
/*
 * ARM64 instructions that Capstone 4 does not know or does not name: atomics
 * of ARMv8.1 (Windows 11 and Linux use them everywhere), pointer
 * authentication, release-consistent loads, hints. Encodings: Arm ARM, C4.1.
 */
#include "arch/arch_impl.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

/* Register n as an operand: "x3", "w3", "fp", "lr", "xzr"; 31 is sp with `sp`. */
static const char *reg_name(char buf[8], unsigned n, bool wide, bool sp)
{
	if (n == 31)
		(void)snprintf(buf, 8, "%s", sp ? "sp" : wide ? "xzr" : "wzr");
	else if (wide && n >= 29)
		(void)snprintf(buf, 8, "%s", n == 29 ? "fp" : "lr");
	else
		(void)snprintf(buf, 8, "%c%u", wide ? 'x' : 'w', n);
	return buf;
}

static void PRINTF(2, 3) set_mnemonic(struct insn *ret, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(ret->mnemonic, sizeof(ret->mnemonic), fmt, ap);
	va_end(ap);
	ret->flags = 0;
}

static void PRINTF(2, 3) set_operands(struct insn *ret, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(ret->operands, sizeof(ret->operands), fmt, ap);
	va_end(ap);
}

static void set_memory(struct insn *ret, uint32_t w, int64_t disp, unsigned size, unsigned flags)
{
	ret->flags |= INSN_HAS_MEMORY | flags;
	ret->mem_base = w >> 5 & 31;	/* 31 is sp here, as in struct regs */
	ret->mem_disp = disp;
	ret->mem_size = (uint8_t)size;
}

/* "a", "l", "al" and "b", "h" behind a name */
static const char *ordering(bool acquire, bool release)
{
	return acquire ? release ? "al" : "a" : release ? "l" : "";
}

static const char *narrow(unsigned size)
{
	return size == 0 ? "b" : size == 1 ? "h" : "";
}

/* ldadd and its like, swp, ldapr */
static bool atomic(uint32_t w, struct insn *ret)
{
	static const char *const ops[] = { "add", "clr", "eor", "set", "smax", "smin", "umax", "umin" };
	unsigned size = w >> 30, op = w >> 12 & 7, rs = w >> 16 & 31, rt = w & 31;
	bool acquire = w >> 23 & 1, release = w >> 22 & 1, o3 = w >> 15 & 1, wide = size == 3;
	char s[8], t[8], n[8];

	if ((w & 0x3f200c00) != 0x38200000)
		return false;
	(void)reg_name(s, rs, wide, false);
	(void)reg_name(t, rt, wide, false);
	(void)reg_name(n, w >> 5 & 31, true, true);
	if (o3 && op == 4 && acquire && !release && rs == 31) {
		set_mnemonic(ret, "ldapr%s", narrow(size));
		set_operands(ret, "%s,[%s]", t, n);
		set_memory(ret, w, 0, 1u << size, INSN_READS_MEMORY);
		return true;
	}
	if (o3 && op)
		return false;
	set_memory(ret, w, 0, 1u << size, 0);
	if (!o3 && rt == 31 && !acquire) {
		set_mnemonic(ret, "st%s%s%s", ops[op], ordering(false, release), narrow(size));
		set_operands(ret, "%s,[%s]", s, n);
	} else {
		set_mnemonic(ret, "%s%s%s%s", o3 ? "swp" : "ld", o3 ? "" : ops[op],
			     ordering(acquire, release), narrow(size));
		set_operands(ret, "%s,%s,[%s]", s, t, n);
	}
	ret->flags = INSN_HAS_MEMORY | INSN_READS_MEMORY | INSN_WRITES_MEMORY;
	return true;
}

/* cas and casp */
static bool compare_and_swap(uint32_t w, struct insn *ret)
{
	bool single = (w & 0x3fa07c00) == 0x08a07c00, pair = (w & 0xbfa07c00) == 0x08207c00;
	unsigned size = single ? w >> 30 : (w >> 30 & 1) + 2, rs = w >> 16 & 31, rt = w & 31;
	bool wide = size == 3;
	char s[8], s2[8], t[8], t2[8], n[8];

	if (!single && (!pair || (rs & 1) || (rt & 1)))
		return false;
	(void)reg_name(s, rs, wide, false);
	(void)reg_name(t, rt, wide, false);
	(void)reg_name(n, w >> 5 & 31, true, true);
	set_mnemonic(ret, "cas%s%s%s", single ? "" : "p", ordering(w >> 22 & 1, w >> 15 & 1),
		     single ? narrow(size) : "");
	if (single)
		set_operands(ret, "%s,%s,[%s]", s, t, n);
	else
		set_operands(ret, "%s,%s,%s,%s,[%s]", s, reg_name(s2, rs + 1, wide, false), t,
			     reg_name(t2, rt + 1, wide, false), n);
	set_memory(ret, w, 0, (single ? 1u : 2u) << size, INSN_READS_MEMORY | INSN_WRITES_MEMORY);
	return true;
}

/* pacia x1,x2; paciza x1; xpaci x1; pacga x0,x1,x2 */
static bool authentication(uint32_t w, struct insn *ret)
{
	static const char *const ops[] = { "paci", "paci", "pacd", "pacd", "auti", "auti", "autd", "autd" };
	unsigned n = w >> 5 & 31;
	char d[8], s[8], m[8];

	(void)reg_name(d, w & 31, true, false);
	if ((w & 0xfffffbe0) == 0xdac143e0) {
		set_mnemonic(ret, "xpac%c", w >> 10 & 1 ? 'd' : 'i');
		set_operands(ret, "%s", d);
	} else if ((w & 0xffffe000) == 0xdac10000) {
		set_mnemonic(ret, "%s%c", ops[w >> 10 & 7], w >> 10 & 1 ? 'b' : 'a');
		set_operands(ret, "%s,%s", d, reg_name(s, n, true, true));
	} else if ((w & 0xffffe3e0) == 0xdac123e0) {
		set_mnemonic(ret, "%sz%c", ops[w >> 10 & 7], w >> 10 & 1 ? 'b' : 'a');
		set_operands(ret, "%s", d);
	} else if ((w & 0xffe0fc00) == 0x9ac03000) {
		set_mnemonic(ret, "pacga");
		set_operands(ret, "%s,%s,%s", d, reg_name(s, n, true, false),
			     reg_name(m, w >> 16 & 31, true, true));
	} else {
		return false;
	}
	return true;
}

static int64_t sign_extend(uint64_t v, unsigned bits)
{
	return (int64_t)(v << (64 - bits)) >> (64 - bits);
}

static void memory_operand(struct insn *ret, const char *rt, const char *rn, int64_t disp, bool pre)
{
	uint64_t v = disp < 0 ? -(uint64_t)disp : (uint64_t)disp;

	if (!disp && !pre)
		set_operands(ret, "%s,[%s]", rt, rn);
	else
		set_operands(ret, v < 10 ? "%s,[%s,#%s%" PRIu64 "]%s" : "%s,[%s,#%s0x%" PRIX64 "]%s", rt, rn,
			     disp < 0 ? "-" : "", v, pre ? "!" : "");
}

/* ldraa, ldrab */
static bool authenticated_load(uint32_t w, struct insn *ret)
{
	int64_t disp = sign_extend((w >> 22 & 1) << 9 | (w >> 12 & 0x1ff), 10) * 8;
	char t[8], n[8];

	if ((w & 0xff200400) != 0xf8200400)
		return false;
	set_mnemonic(ret, "ldra%c", w >> 23 & 1 ? 'b' : 'a');
	memory_operand(ret, reg_name(t, w & 31, true, false), reg_name(n, w >> 5 & 31, true, true), disp,
		       w >> 11 & 1);
	set_memory(ret, w, disp, 8, INSN_READS_MEMORY);
	return true;
}

/* stlur, ldapur with their narrow and signed forms */
static bool release_unscaled(uint32_t w, struct insn *ret)
{
	static const char *const narrow_names[] = { "b", "h", "w", "" };
	unsigned size = w >> 30, opc = w >> 22 & 3;
	int64_t disp = sign_extend(w >> 12 & 0x1ff, 9);
	bool wide = opc < 2 ? size == 3 : opc == 2;
	char t[8], n[8];

	if ((w & 0x3f200c00) != 0x19000000 || (opc >= 2 && size + opc >= 5))
		return false;
	if (opc >= 2)
		set_mnemonic(ret, "ldapurs%s", narrow_names[size]);
	else
		set_mnemonic(ret, "%s%s", opc ? "ldapur" : "stlur", narrow(size));
	memory_operand(ret, reg_name(t, w & 31, wide, false), reg_name(n, w >> 5 & 31, true, true), disp,
		       false);
	set_memory(ret, w, disp, 1u << size, opc ? INSN_READS_MEMORY : INSN_WRITES_MEMORY);
	return true;
}

/* br and blr with authentication: braa x1,x2; blraaz x3 */
static bool authenticated_branch(uint32_t w, struct insn *ret)
{
	bool with = w >> 24 & 1;	/* a modifier register */
	char n[8], m[8];

	if ((w & 0xfedff800) != 0xd61f0800 || (!with && (w & 31) != 31))
		return false;
	set_mnemonic(ret, "%s%c%s", w >> 21 & 1 ? "blra" : "bra", w >> 10 & 1 ? 'b' : 'a',
		     with ? "" : "z");
	(void)reg_name(n, w >> 5 & 31, true, false);
	if (with)
		set_operands(ret, "%s,%s", n, reg_name(m, w & 31, true, true));
	else
		set_operands(ret, "%s", n);
	return true;
}

static bool one_word(uint32_t w, struct insn *ret)
{
	static const struct {
		uint32_t word;
		const char *name, *operands;
	} words[] = {
		{ 0xd503233f, "paciasp", "" }, { 0xd503237f, "pacibsp", "" },
		{ 0xd50323bf, "autiasp", "" }, { 0xd50323ff, "autibsp", "" },
		{ 0xd50320ff, "xpaclri", "" }, { 0xd503231f, "paciaz", "" },
		{ 0xd503235f, "pacibz", "" },  { 0xd503239f, "autiaz", "" },
		{ 0xd50323df, "autibz", "" },  { 0xd503211f, "pacia1716", "" },
		{ 0xd503215f, "pacib1716", "" }, { 0xd503219f, "autia1716", "" },
		{ 0xd50321df, "autib1716", "" }, { 0xd65f0bff, "retaa", "" },
		{ 0xd65f0fff, "retab", "" },   { 0xd69f0bff, "eretaa", "" },
		{ 0xd69f0fff, "eretab", "" },  { 0xd503241f, "bti", "" },
		{ 0xd503245f, "bti", "c" },    { 0xd503249f, "bti", "j" },
		{ 0xd50324df, "bti", "jc" },   { 0xd503221f, "esb", "" },
		{ 0xd503229f, "csdb", "" },    { 0xd503223f, "psb", "csync" },
		{ 0xd50330ff, "sb", "" },      { 0xd503309f, "ssbb", "" },
		{ 0xd503349f, "pssbb", "" },   { 0xd500401f, "cfinv", "" },
	};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (words[i].word != w)
			continue;
		set_mnemonic(ret, "%s", words[i].name);
		set_operands(ret, "%s", words[i].operands);
		return true;
	}
	if (w >> 16)
		return false;
	set_mnemonic(ret, "udf");
	set_operands(ret, w < 10 ? "#%u" : "#0x%X", w);
	return true;
}

bool arm64_newer(uint32_t word, struct insn *ret)
{
	return one_word(word, ret) || atomic(word, ret) || compare_and_swap(word, ret) ||
	       authentication(word, ret) || authenticated_load(word, ret) ||
	       release_unscaled(word, ret) || authenticated_branch(word, ret);
}
