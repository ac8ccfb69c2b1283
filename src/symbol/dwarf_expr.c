/* SPDX-License-Identifier: MIT */
/*
 * DWARF expressions (DWARF 5, section 2.5 and 7.7.1): decoding and a stack
 * machine. Bounds: operations decoded, steps taken (loops are possible by
 * DW_OP_skip), stack depth. Arithmetic is modulo the address size.
 */
#include "symbol/dwarf_expr.h"

#include <dwarf.h>
#include <string.h>

uint64_t cursor_uleb(struct cursor *c)
{
	uint64_t value = 0;

	for (unsigned shift = 0;; shift += 7) {
		uint8_t b = cursor_u8(c);

		if (shift < 64)
			value |= (uint64_t)(b & 0x7f) << shift;
		if (!(b & 0x80) || !cursor_ok(c))
			return value;
	}
}

int64_t cursor_sleb(struct cursor *c)
{
	uint64_t value = 0;
	unsigned shift = 0;
	uint8_t b;

	do {
		b = cursor_u8(c);
		if (shift < 64)
			value |= (uint64_t)(b & 0x7f) << shift;
		shift += 7;
	} while ((b & 0x80) && cursor_ok(c));
	if (shift < 64 && (b & 0x40))
		value |= ~(uint64_t)0 << shift;
	return (int64_t)value;
}

bool target_uint(const struct arch_memory *m, bool big_endian, uint64_t address, unsigned size,
		 uint64_t *ret)
{
	uint8_t bytes[8];
	uint64_t value = 0;

	if (!size || size > sizeof(bytes) || m->read(m->arg, address, bytes, size) != size)
		return false;
	for (unsigned i = 0; i < size; i++)
		value = value << 8 | bytes[big_endian ? i : size - 1 - i];
	*ret = value;
	return true;
}

/* --- decoding ------------------------------------------------------------------ */

enum operand {
	NONE, U1, S1, U2, S2, U4, S4, U8, S8, ULEB, SLEB, ADDR, BLOCK, /* ULEB length and bytes */
	OFFSET,		/* section offset, 4 bytes (32-bit DWARF) */
	SIZED,		/* one byte of length and as many bytes */
	BAD,
};

struct op_form {
	uint8_t first, second;
};

/* Operations with operands; those from lit0 on are handled by range. */
static const struct op_form op_forms[256] = {
	[DW_OP_addr] = { ADDR }, [DW_OP_const1u] = { U1 }, [DW_OP_const1s] = { S1 },
	[DW_OP_const2u] = { U2 }, [DW_OP_const2s] = { S2 }, [DW_OP_const4u] = { U4 },
	[DW_OP_const4s] = { S4 }, [DW_OP_const8u] = { U8 }, [DW_OP_const8s] = { S8 },
	[DW_OP_constu] = { ULEB }, [DW_OP_consts] = { SLEB }, [DW_OP_pick] = { U1 },
	[DW_OP_plus_uconst] = { ULEB }, [DW_OP_skip] = { S2 }, [DW_OP_bra] = { S2 },
	[DW_OP_regx] = { ULEB }, [DW_OP_fbreg] = { SLEB }, [DW_OP_bregx] = { ULEB, SLEB },
	[DW_OP_piece] = { ULEB }, [DW_OP_deref_size] = { U1 }, [DW_OP_xderef_size] = { U1 },
	[DW_OP_call2] = { U2 }, [DW_OP_call4] = { U4 }, [DW_OP_call_ref] = { OFFSET },
	[DW_OP_bit_piece] = { ULEB, ULEB }, [DW_OP_implicit_value] = { BLOCK },
	[DW_OP_implicit_pointer] = { OFFSET, SLEB }, [DW_OP_addrx] = { ULEB }, [DW_OP_constx] = { ULEB },
	[DW_OP_entry_value] = { BLOCK }, [DW_OP_const_type] = { ULEB, SIZED },
	[DW_OP_regval_type] = { ULEB, ULEB }, [DW_OP_deref_type] = { U1, ULEB },
	[DW_OP_xderef_type] = { U1, ULEB }, [DW_OP_convert] = { ULEB }, [DW_OP_reinterpret] = { ULEB },
	[DW_OP_GNU_implicit_pointer] = { OFFSET, SLEB }, [DW_OP_GNU_entry_value] = { BLOCK },
	[DW_OP_GNU_const_type] = { ULEB, SIZED }, [DW_OP_GNU_regval_type] = { ULEB, ULEB },
	[DW_OP_GNU_deref_type] = { U1, ULEB }, [DW_OP_GNU_convert] = { ULEB },
	[DW_OP_GNU_reinterpret] = { ULEB }, [DW_OP_GNU_parameter_ref] = { U4 },
	[DW_OP_GNU_addr_index] = { ULEB }, [DW_OP_GNU_const_index] = { ULEB },
	[DW_OP_GNU_variable_value] = { OFFSET },
};

static uint64_t read_block(struct cursor *c, uint64_t n, struct expr_op *op)
{
	const uint8_t *p = cursor_bytes(c, n);

	op->block = p;
	return p ? n : 0;
}

static uint64_t read_operand(struct cursor *c, unsigned form, unsigned address_size, struct expr_op *op)
{
	switch (form) {
	case U1: return cursor_u8(c);
	case S1: return (uint64_t)(int8_t)cursor_u8(c);
	case U2: return cursor_u16(c);
	case S2: return (uint64_t)(int16_t)cursor_u16(c);
	case U4: case OFFSET: return cursor_u32(c);
	case S4: return (uint64_t)cursor_s32(c);
	case U8: case S8: return cursor_u64(c);
	case ULEB: return cursor_uleb(c);
	case SLEB: return (uint64_t)cursor_sleb(c);
	case ADDR: return cursor_uint(c, address_size);
	case BLOCK: return read_block(c, cursor_uleb(c), op);
	case SIZED: return read_block(c, cursor_u8(c), op);
	default: return 0;
	}
}

struct err *expr_decode(struct cursor c, unsigned address_size, struct expr_op *ops, size_t *ret_n)
{
	size_t n = 0;

	while (cursor_left(&c) && cursor_ok(&c)) {
		struct expr_op op = { .offset = c.pos };

		if (n == EXPR_MAX_OPS)
			return cursor_corrupt(&c, "expression of more than %d operations", EXPR_MAX_OPS);
		op.atom = cursor_u8(&c);
		if (op.atom >= DW_OP_breg0 && op.atom <= DW_OP_breg31) {
			op.n1 = (uint64_t)cursor_sleb(&c);
		} else {
			op.n1 = read_operand(&c, op_forms[op.atom].first, address_size, &op);
			op.n2 = read_operand(&c, op_forms[op.atom].second, address_size, &op);
		}
		ops[n++] = op;
	}
	TRY(cursor_check(&c, "expression"));
	*ret_n = n;
	return NULL;
}

/* --- evaluation ----------------------------------------------------------------- */

struct machine_state {
	const struct expr_context *x;
	const struct expr_op *ops;
	size_t n_ops, pc;
	uint64_t stack[EXPR_MAX_STACK];
	unsigned depth;
	const char *reason;	/* set: evaluation has ended without a result */
	bool done;
	struct expr_result result;
};

static void stop(struct machine_state *s, const char *reason)
{
	if (!s->reason)
		s->reason = reason;
}

static uint64_t wrap(const struct machine_state *s, uint64_t v)
{
	return s->x->address_size == 4 ? (uint32_t)v : v;
}

/* As signed number of the address size. */
static int64_t as_signed(const struct machine_state *s, uint64_t v)
{
	return s->x->address_size == 4 ? (int32_t)(uint32_t)v : (int64_t)v;
}

static void push(struct machine_state *s, uint64_t v)
{
	if (s->depth == EXPR_MAX_STACK)
		stop(s, "location expression overflows its stack");
	else
		s->stack[s->depth++] = wrap(s, v);
}

static uint64_t pop(struct machine_state *s)
{
	if (!s->depth) {
		stop(s, "location expression is damaged (empty stack)");
		return 0;
	}
	return s->stack[--s->depth];
}

static void push_register(struct machine_state *s, uint64_t number, uint64_t offset)
{
	unsigned reg = s->x->regs ? dwarf_reg(s->x->regs->arch, number) : ARCH_NO_REG;

	if (reg == ARCH_NO_REG || !regs_has(s->x->regs, reg))
		stop(s, "needs a register that is not known in this frame");
	else
		push(s, s->x->regs->v[reg] + offset);
}

static void load(struct machine_state *s, uint64_t size)
{
	uint64_t address = pop(s), value = 0;

	if (size < 1 || size > 8)
		stop(s, "location expression is damaged (size of a read)");
	else if (!s->x->memory || !target_uint(s->x->memory, s->x->big_endian, address, (unsigned)size, &value))
		stop(s, "needs memory that is not in the dump");
	else
		push(s, value);
}

static void pick(struct machine_state *s, uint64_t index)
{
	if (index >= s->depth)
		stop(s, "location expression is damaged (empty stack)");
	else
		push(s, s->stack[s->depth - 1 - index]);
}

static void divide(struct machine_state *s, bool modulo)
{
	uint64_t by = pop(s), value = pop(s);

	if (!by)
		stop(s, "location expression divides by zero");
	else if (modulo)
		push(s, value % by);
	else if (as_signed(s, by) == -1)
		push(s, 0 - value); /* the most negative number has no quotient */
	else
		push(s, (uint64_t)(as_signed(s, value) / as_signed(s, by)));
}

static uint64_t shift(const struct machine_state *s, uint8_t atom, uint64_t v, uint64_t by)
{
	unsigned bits = s->x->address_size * 8;

	switch (atom) {
	case DW_OP_shl: return by < bits ? v << by : 0;
	case DW_OP_shr: return by < bits ? wrap(s, v) >> by : 0;
	default: return (uint64_t)(as_signed(s, v) >> (by < bits ? by : bits - 1));
	}
}

static uint64_t compare(const struct machine_state *s, uint8_t atom, uint64_t left, uint64_t right)
{
	int64_t a = as_signed(s, left), b = as_signed(s, right);

	switch (atom) {
	case DW_OP_eq: return a == b;
	case DW_OP_ge: return a >= b;
	case DW_OP_gt: return a > b;
	case DW_OP_le: return a <= b;
	case DW_OP_lt: return a < b;
	default: return a != b;
	}
}

/* Operations of two operands on the stack; false: not one of them. */
static bool binary(struct machine_state *s, uint8_t atom)
{
	uint64_t b, a, v;

	if (atom == DW_OP_div || atom == DW_OP_mod) {
		divide(s, atom == DW_OP_mod);
		return true;
	}
	b = s->depth > 0 ? s->stack[s->depth - 1] : 0;
	a = s->depth > 1 ? s->stack[s->depth - 2] : 0;
	switch (atom) {
	case DW_OP_and: v = a & b; break;
	case DW_OP_or: v = a | b; break;
	case DW_OP_xor: v = a ^ b; break;
	case DW_OP_plus: v = a + b; break;
	case DW_OP_minus: v = a - b; break;
	case DW_OP_mul: v = a * b; break;
	case DW_OP_shl: case DW_OP_shr: case DW_OP_shra: v = shift(s, atom, a, b); break;
	case DW_OP_eq: case DW_OP_ge: case DW_OP_gt: case DW_OP_le: case DW_OP_lt: case DW_OP_ne:
		v = compare(s, atom, a, b);
		break;
	default:
		return false;
	}
	(void)pop(s);
	(void)pop(s);
	push(s, v);
	return true;
}

static void swap(struct machine_state *s)
{
	uint64_t a = pop(s), b = pop(s);

	push(s, a);
	push(s, b);
}

static void rotate(struct machine_state *s)
{
	uint64_t a = pop(s), b = pop(s), c = pop(s);

	push(s, a);
	push(s, c);
	push(s, b);
}

/* Operations that only move or change the stack; false: not one of them. */
static bool stack_op(struct machine_state *s, const struct expr_op *op)
{
	int64_t v;

	switch (op->atom) {
	case DW_OP_dup: pick(s, 0); break;
	case DW_OP_drop: (void)pop(s); break;
	case DW_OP_over: pick(s, 1); break;
	case DW_OP_pick: pick(s, op->n1); break;
	case DW_OP_swap: swap(s); break;
	case DW_OP_rot: rotate(s); break;
	case DW_OP_abs:
		v = as_signed(s, pop(s));
		push(s, v < 0 ? 0 - (uint64_t)v : (uint64_t)v);
		break;
	case DW_OP_neg: push(s, 0 - pop(s)); break;
	case DW_OP_not: push(s, ~pop(s)); break;
	case DW_OP_plus_uconst: push(s, pop(s) + op->n1); break;
	case DW_OP_nop: break;
	default: return binary(s, op->atom);
	}
	return true;
}

/* To the operation at the branch's target; its offset counts from behind the
 * branch, which is 3 bytes long. */
static void jump(struct machine_state *s, const struct expr_op *op)
{
	uint64_t target = op->offset + 3 + op->n1;

	for (size_t i = 0; i < s->n_ops; i++)
		if (s->ops[i].offset == target) {
			s->pc = i;
			return;
		}
	if (s->n_ops && target > s->ops[s->n_ops - 1].offset)
		s->pc = s->n_ops; /* to the end */
	else
		stop(s, "location expression is damaged (branch)");
}

/* Operations that push something; false: not one of them. */
static bool push_op(struct machine_state *s, const struct expr_op *op)
{
	const struct expr_context *x = s->x;

	switch (op->atom) {
	case DW_OP_addr: push(s, op->n1 + x->bias); break;
	case DW_OP_const1u: case DW_OP_const1s: case DW_OP_const2u: case DW_OP_const2s:
	case DW_OP_const4u: case DW_OP_const4s: case DW_OP_const8u: case DW_OP_const8s:
	case DW_OP_constu: case DW_OP_consts:
		push(s, op->n1);
		break;
	case DW_OP_bregx: push_register(s, op->n1, op->n2); break;
	case DW_OP_fbreg:
		if (x->has_frame_base)
			push(s, x->frame_base + op->n1);
		else
			stop(s, "needs the frame base, which is not known");
		break;
	case DW_OP_call_frame_cfa:
		if (x->has_cfa)
			push(s, x->cfa);
		else
			stop(s, "needs the canonical frame address, which is not known");
		break;
	case DW_OP_deref: load(s, x->address_size); break;
	case DW_OP_deref_size: load(s, op->n1); break;
	default: return false;
	}
	return true;
}

static void finish(struct machine_state *s, enum expr_kind kind, uint64_t value)
{
	s->done = true;
	s->result.kind = kind;
	s->result.value = value;
}

/* A register location must be the whole expression, else it is a piece. */
static void in_register(struct machine_state *s, uint64_t number)
{
	unsigned reg = s->x->regs ? dwarf_reg(s->x->regs->arch, number) : ARCH_NO_REG;

	if (s->pc < s->n_ops)
		stop(s, "is in several pieces");
	else if (reg == ARCH_NO_REG)
		stop(s, "is in a register that is not captured");
	else if (!regs_has(s->x->regs, reg))
		stop(s, "is in a register that is not known in this frame");
	else
		finish(s, EXPR_REGISTER, reg);
}

static void implicit_value(struct machine_state *s, const struct expr_op *op)
{
	uint64_t v = 0;

	if (!op->block || op->n1 > 8 || s->pc < s->n_ops) {
		stop(s, op->n1 > 8 ? "is a constant of more than 8 bytes" : "is in several pieces");
		return;
	}
	for (uint64_t i = 0; i < op->n1; i++)
		v = v << 8 | op->block[s->x->big_endian ? i : op->n1 - 1 - i];
	finish(s, EXPR_VALUE, v);
}

static const char *why_not(uint8_t atom)
{
	switch (atom) {
	case DW_OP_form_tls_address: case DW_OP_GNU_push_tls_address:
		return "thread-local: needs the thread library's tables";
	case DW_OP_entry_value: case DW_OP_GNU_entry_value:
		return "optimised away (entry value)";
	case DW_OP_implicit_pointer: case DW_OP_GNU_implicit_pointer:
		return "optimised away (points to an optimised-away value)";
	case DW_OP_piece: case DW_OP_bit_piece:
		return "is in several pieces";
	case DW_OP_addrx: case DW_OP_constx: case DW_OP_GNU_addr_index: case DW_OP_GNU_const_index:
		return "needs the address table of a split debug file";
	case DW_OP_call2: case DW_OP_call4: case DW_OP_call_ref: case DW_OP_GNU_variable_value:
	case DW_OP_GNU_parameter_ref:
		return "refers to another variable's location";
	default:
		return "location uses an operation that is not supported";
	}
}

/* Operations that end or steer the evaluation, and all that is left. */
static void other_op(struct machine_state *s, const struct expr_op *op)
{
	switch (op->atom) {
	case DW_OP_skip: jump(s, op); break;
	case DW_OP_bra:
		if (pop(s))
			jump(s, op);
		break;
	case DW_OP_regx: in_register(s, op->n1); break;
	case DW_OP_implicit_value: implicit_value(s, op); break;
	case DW_OP_GNU_uninit: break;
	case DW_OP_stack_value:
		if (s->pc < s->n_ops)
			stop(s, "is in several pieces");
		else
			finish(s, EXPR_VALUE, pop(s));
		break;
	default: stop(s, why_not(op->atom));
	}
}

static void step(struct machine_state *s)
{
	const struct expr_op *op = &s->ops[s->pc++];
	uint8_t a = op->atom;

	if (a >= DW_OP_lit0 && a <= DW_OP_lit31)
		push(s, a - DW_OP_lit0);
	else if (a >= DW_OP_reg0 && a <= DW_OP_reg31)
		in_register(s, a - DW_OP_reg0);
	else if (a >= DW_OP_breg0 && a <= DW_OP_breg31)
		push_register(s, a - DW_OP_breg0, op->n1);
	else if (!push_op(s, op) && !stack_op(s, op))
		other_op(s, op);
}

void expr_evaluate(const struct expr_context *x, const struct expr_op *ops, size_t n,
		   struct expr_result *ret)
{
	struct machine_state s = { .x = x, .ops = ops, .n_ops = n };
	unsigned steps = 0;

	if (x->has_initial)
		push(&s, x->initial);
	if (!n)
		stop(&s, "optimised away");
	while (s.pc < n && !s.done && !s.reason) {
		if (++steps > EXPR_MAX_STEPS)
			stop(&s, "location expression does not end");
		else
			step(&s);
	}
	if (!s.done && !s.reason)
		finish(&s, EXPR_ADDRESS, pop(&s));
	*ret = s.result;
	if (s.reason)
		*ret = (struct expr_result){ .kind = EXPR_NONE, .reason = s.reason };
}
