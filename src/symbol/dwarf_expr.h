/* SPDX-License-Identifier: MIT */
/*
 * DWARF expressions: a bounded stack machine over decoded operations, used by
 * call frame information and by the locations of variables.
 *
 * It reads registers and memory of one frame through expr_context, never
 * invents: a register that is not known, memory that is not there or an
 * operation that needs more than a frame (TLS, entry values) end evaluation
 * with the reason in words.
 */
#ifndef OSM_SYMBOL_DWARF_EXPR_H
#define OSM_SYMBOL_DWARF_EXPR_H

#include "arch/arch.h"
#include "base/cursor.h"

enum { EXPR_MAX_OPS = 512, EXPR_MAX_STEPS = 10000, EXPR_MAX_STACK = 64 };

struct expr_op {
	uint8_t atom;		/* DW_OP_* */
	uint64_t n1, n2;	/* operands; signed ones as two's complement */
	uint64_t offset;	/* of the operation in the expression: branch targets */
	const uint8_t *block;	/* DW_OP_implicit_value: n1 bytes; borrowed */
};

struct expr_context {
	const struct regs *regs;
	const struct arch_memory *memory;
	unsigned address_size;
	bool big_endian;
	uint64_t bias;		/* run-time minus link-time address, for DW_OP_addr */
	bool has_cfa, has_frame_base, has_initial;
	uint64_t cfa, frame_base;
	uint64_t initial;	/* pushed before the start */
};

enum expr_kind {
	EXPR_ADDRESS,		/* `value` is the top of the stack */
	EXPR_REGISTER,		/* `value` is an arch register index */
	EXPR_VALUE,		/* DW_OP_stack_value, DW_OP_implicit_value of up to 8 bytes */
	EXPR_NONE,		/* not decidable: `reason` */
};

struct expr_result {
	enum expr_kind kind;
	uint64_t value;
	const char *reason;	/* static text */
};

/* Operations of an expression; CORRUPT or TRUNCATED. `ops` has EXPR_MAX_OPS. */
struct err *expr_decode(struct cursor c, unsigned address_size, struct expr_op *ops,
			size_t *ret_n) MUST_USE;
/* Never fails: EXPR_NONE says why. An empty expression is EXPR_NONE. */
void expr_evaluate(const struct expr_context *x, const struct expr_op *ops, size_t n,
		   struct expr_result *ret);

/* LEB128; sticky failure of the cursor. */
uint64_t cursor_uleb(struct cursor *c);
int64_t cursor_sleb(struct cursor *c);

/* Arch register index of a DWARF number, ARCH_NO_REG. */
static inline unsigned dwarf_reg(const struct arch *arch, uint64_t number)
{
	return number < arch->n_dwarf ? arch->dwarf[number] : ARCH_NO_REG;
}

/* Integer of `size` bytes in target byte order. */
bool target_uint(const struct arch_memory *m, bool big_endian, uint64_t address, unsigned size,
		 uint64_t *ret);

#endif
