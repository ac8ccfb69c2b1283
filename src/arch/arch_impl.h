/* SPDX-License-Identifier: MIT */
/*
 * For implementers of a machine: contexts described as tables, names of parts
 * of registers, and the helpers that read vector areas.
 */
#ifndef OSM_ARCH_ARCH_IMPL_H
#define OSM_ARCH_ARCH_IMPL_H

#include "arch/arch.h"
#include "base/cursor.h"

/* `count` registers from `reg` on, side by side in the context. */
struct context_field {
	uint8_t reg, count;
	uint16_t offset;
	uint8_t size;		/* bytes of one */
	uint8_t stride;		/* from one to the next; 0: size */
	uint32_t needs;		/* any of these context flags; 0: always there */
};

struct context_shape {
	enum context_layout layout;
	uint16_t size;			/* smallest context that holds every field */
	uint16_t flags_offset;
	uint8_t flags_size;		/* 0: the context has no flags */
	uint8_t n_fields;
	const struct context_field *fields;
};

struct err *context_decode(const struct arch *arch, const struct context_shape *shapes, unsigned n,
			   enum context_layout layout, const uint8_t *bytes, size_t size,
			   bool big_endian, struct regs *ret) MUST_USE;

/* A part of a register under a name of its own, or another name of all of it. */
struct reg_part {
	const char *name;
	uint8_t reg, shift, bits;
};
/* The parts of a machine's registers; NULL and 0 for machines without. */
const struct reg_part *arch_reg_parts(enum machine m, unsigned *ret_n);

extern const struct reg_part x64_parts[], x86_parts[], arm64_parts[], arm_parts[];
extern const unsigned x64_n_parts, x86_n_parts, arm64_n_parts, arm_n_parts;

extern const struct arch arch_x64, arch_x86, arch_arm64, arch_arm;
extern const struct arch arch_riscv64, arch_ppc64, arch_ppc, arch_s390x, arch_mips, arch_mips64,
	arch_sparc;

/* No vector registers can be told: UNSUPPORTED. */
struct err *vectors_unsupported(enum context_layout layout, const uint8_t *bytes, size_t size,
				const uint8_t *xstate, size_t xstate_size, struct arena *a,
				struct vector_reg **ret, size_t *ret_n);
/* What cannot be decoded: INSN_INVALID of `length` bytes. */
void insn_invalid(uint64_t address, unsigned length, struct insn *ret);
void disassemble_nothing(const uint8_t *bytes, size_t n, uint64_t address, insn_symbolizer *sym,
			 void *sym_arg, struct insn *ret);
/* "76333e8b", "00007ff8`12345678" */
void insn_format_address(char *buf, size_t size, uint64_t address, unsigned pointer_size);

/* x86dis.c; bits: 32 or 64 */
void x86_disassemble(unsigned bits, const uint8_t *bytes, size_t n, uint64_t address,
		     insn_symbolizer *sym, void *sym_arg, struct insn *ret);
/* armdis.c */
void arm64_disassemble(const uint8_t *bytes, size_t n, uint64_t address, insn_symbolizer *sym,
		       void *sym_arg, struct insn *ret);
/* arm64new.c: decodes what Capstone lacks, but for control flow. */
bool arm64_newer(uint32_t word, struct insn *ret);
/* Bit 0 of the address selects Thumb, as in a branch target. */
void arm_disassemble(const uint8_t *bytes, size_t n, uint64_t address, insn_symbolizer *sym,
		     void *sym_arg, struct insn *ret);

/* x86vec.c: an FXSAVE image with what may follow it, an FSAVE image. */
struct err *x86_vectors(enum context_layout layout, const uint8_t *bytes, size_t size,
			const uint8_t *xstate, size_t xstate_size, struct arena *a,
			struct vector_reg **ret, size_t *ret_n);
/* armvec.c */
struct err *arm_vectors(enum context_layout layout, const uint8_t *bytes, size_t size,
			const uint8_t *xstate, size_t xstate_size, struct arena *a,
			struct vector_reg **ret, size_t *ret_n);

/* A growing list of vector registers in an arena. */
struct vector_list {
	struct arena *arena;
	struct vector_reg *v;
	size_t n, cap;
	bool failed;
};
void vector_list_init(struct vector_list *l, struct arena *a, size_t cap);
/* Takes bits/8 bytes off the cursor (little-endian in `bytes`). */
void vector_take(struct vector_list *l, struct cursor *c, const char *name, unsigned bits,
		 enum vector_kind kind);
void vector_take_n(struct vector_list *l, struct cursor *c, const char *prefix, unsigned n,
		   unsigned bits, enum vector_kind kind);
/* A register that is already in the list, to be widened; NULL when missing. */
struct vector_reg *vector_find(struct vector_list *l, const char *name);
struct err *vector_list_finish(struct vector_list *l, const struct cursor *c,
			       struct vector_reg **ret, size_t *ret_n) MUST_USE;

#endif
