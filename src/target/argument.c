/* SPDX-License-Identifier: MIT */
/*
 * Arguments by the code that passed them: see argument.h. The convention is
 * Microsoft's, "x64 calling convention": rcx, rdx, r8, r9; rbx, rbp, rsi, rdi and r12 to
 * r15 survive a call. Their values in the caller come with the frame; those of
 * others are followed as what they were made of: a number, a register that
 * survives, a place in memory, or what the function itself was given.
 *
 * One pass in the order of addresses. What is known at a jump is kept for its
 * target; where ways meet, what they do not agree on is no longer certain. A jump
 * backwards makes uncertain what changes between its target and it.
 */
#include "target/argument.h"

#include "target/target_impl.h"

enum {
	MAX_CODE = 8192,	/* bytes between a function's start and its call */
	BEHIND = 512,		/* bytes looked at for jumps back where the function's end is not known */
	MAX_LOOPS = 128,
	MAX_WAYS = 96,		/* jumps ahead that have not arrived */
	MAX_CALLS = 64,
	MAX_THUNKS = 3,
	MAX_DEPTH = 6,		/* functions that hand on what they were given */
	N_REGS = 16,
	PRESERVED = 1 << X64_RBX | 1 << X64_RBP | 1 << X64_RSI | 1 << X64_RDI | 1 << X64_R12 | 1 << X64_R13 |
		    1 << X64_R14 | 1 << X64_R15 | 1 << X64_RSP,
};

static const uint8_t argument_regs[ARGUMENT_MAX] = { X64_RCX, X64_RDX, X64_R8, X64_R9 };

struct value {
	enum { VALUE_NONE, VALUE_NUMBER, VALUE_GIVEN, VALUE_ADDRESS, VALUE_MEMORY } kind;
	uint8_t reg;		/* given: which; address, memory: the base, ARCH_NO_REG none */
	uint8_t size;
	bool joined;		/* a jump leads to between here and where it was set */
	unsigned version;	/* of the base */
	uint64_t number;	/* or displacement */
};

struct state {
	struct value regs[N_REGS];
	unsigned version[N_REGS];	/* changes with each write of the register */
};

struct loop {
	uint64_t from, to;	/* of the jump backwards: from > to */
	uint32_t writes;	/* registers that change on the way */
};

struct follower {
	struct target *t;
	const struct stack *s;
	size_t at;		/* frame whose code it is */
	uint64_t begin, stop, end;
	bool whole;		/* begin is the function's */
	uint8_t code[MAX_CODE];
	size_t n_code;
	struct loop loops[MAX_LOOPS];
	size_t n_loops;
	struct way {
		uint64_t to;
		struct state state;
	} ways[MAX_WAYS];
	size_t n_ways;
	bool reached;		/* some way that was followed leads here */
	unsigned versions;
	struct state now;
};

static const struct frame *frame_of(const struct follower *f)
{
	return &f->s->frames[f->at];
}

/* --- the code ------------------------------------------------------------------------ */

/* By the image's function table, else by the symbol. */
static bool find_bounds(struct follower *f)
{
	const struct frame *fr = frame_of(f);
	struct module *m = target_module_at(f->t, fr->lookup);
	struct x64_function fn;

	f->stop = fr->ip;
	f->whole = true;
	if (m && !err_ignore(x64_function_at(&f->t->memory, module_unwind_image(f->t, m), (uint32_t)(fr->lookup - m->base),
					     &fn))) {
		f->begin = m->base + fn.begin;
		f->end = m->base + fn.end;
		f->whole = fn.primary_begin == fn.begin;
	} else {
		f->begin = fr->function ? fr->ip - fr->displacement : fr->ip;
		f->end = f->stop + BEHIND;
	}
	return f->begin < f->stop && f->stop - f->begin <= MAX_CODE && f->end >= f->begin;
}

static bool read_code(struct follower *f)
{
	uint64_t n = f->end - f->begin < MAX_CODE ? f->end - f->begin : MAX_CODE;

	if (n < f->stop - f->begin)
		n = f->stop - f->begin;
	f->n_code = f->t->memory.read(f->t->memory.arg, f->begin, f->code, (size_t)n);
	return f->n_code >= f->stop - f->begin;
}

static void decode(const struct follower *f, uint64_t at, struct insn *ret)
{
	size_t offset = (size_t)(at - f->begin);

	arch_for(MACHINE_X64)->disassemble(f->code + offset, f->n_code - offset, at, NULL, NULL, ret);
}

static bool is_jump_back(const struct follower *f, const struct insn *i)
{
	return (i->flags & INSN_JUMP) && (i->flags & INSN_HAS_TARGET) && i->target >= f->begin && i->target < f->stop &&
	       i->target <= i->address;
}

static uint32_t writes_of(const struct insn *i)
{
	return i->flags & INSN_CALL ? ~(uint32_t)PRESERVED : i->reg_writes;
}

static bool find_loops(struct follower *f)
{
	struct insn i;

	for (uint64_t at = f->begin; at < f->begin + f->n_code; at += i.length) {
		decode(f, at, &i);
		if (!is_jump_back(f, &i))
			continue;
		if (f->n_loops == MAX_LOOPS)
			return false;
		f->loops[f->n_loops++] = (struct loop){ .from = at, .to = i.target };
	}
	for (uint64_t at = f->begin; f->n_loops && at < f->begin + f->n_code; at += i.length) {
		decode(f, at, &i);
		for (size_t k = 0; k < f->n_loops; k++)
			if (at >= f->loops[k].to && at <= f->loops[k].from)
				f->loops[k].writes |= writes_of(&i);
	}
	return true;
}

static bool prepare(struct follower *f)
{
	if (target_arch(f->t)->machine != MACHINE_X64 || frame_of(f)->regs.arch->machine != MACHINE_X64 ||
	    !target_is_windows(f->t) || !find_bounds(f) || !read_code(f) || !find_loops(f))
		return false;
	f->reached = true;
	for (uint8_t r = 0; r < N_REGS && f->whole; r++)
		f->now.regs[r] = (struct value){ .kind = VALUE_GIVEN, .reg = r, .size = 8 };
	return true;
}

/* --- what registers are made of ------------------------------------------------------- */

static bool is_preserved(unsigned reg)
{
	return reg < N_REGS && (PRESERVED >> reg & 1);
}

static struct value based(const struct follower *f, uint8_t kind, uint8_t reg, uint64_t number, uint8_t size)
{
	struct value v = { .kind = kind, .reg = reg, .size = size, .number = number };

	if (reg != ARCH_NO_REG)
		v.version = f->now.version[reg];
	return v;
}

static struct value at_operand(const struct follower *f, const struct insn *i, uint8_t kind)
{
	if (i->mem_index != ARCH_NO_REG || i->mem_segment == X64_FS || i->mem_segment == X64_GS ||
	    (i->mem_base != ARCH_NO_REG && !is_preserved(i->mem_base)))
		return (struct value){ .kind = VALUE_NONE };
	return based(f, kind, i->mem_base, (uint64_t)i->mem_disp, i->move_size);
}

static struct value source_of(const struct follower *f, const struct insn *i)
{
	struct value v = { .kind = VALUE_NONE };

	switch (i->source) {
	case SOURCE_NUMBER: return (struct value){ .kind = VALUE_NUMBER, .number = i->number, .size = i->move_size };
	case SOURCE_MEMORY: return at_operand(f, i, VALUE_MEMORY);
	case SOURCE_ADDRESS: return at_operand(f, i, VALUE_ADDRESS);
	case SOURCE_REGISTER:
		if (i->from < N_REGS)
			v = is_preserved(i->from) ? based(f, VALUE_ADDRESS, i->from, 0, i->move_size) : f->now.regs[i->from];
		if (v.size > i->move_size)
			v.size = i->move_size;
		return v;
	case SOURCE_NONE: break;
	}
	return v;
}

static void forget(struct follower *f, uint32_t regs)
{
	for (unsigned r = 0; r < N_REGS; r++)
		if (regs >> r & 1) {
			f->now.regs[r] = (struct value){ .kind = VALUE_NONE };
			f->now.version[r] = ++f->versions;
		}
}

static bool same(const struct value *a, const struct value *b)
{
	return a->kind == b->kind && a->reg == b->reg && a->size == b->size && a->version == b->version &&
	       a->number == b->number;
}

/* Another way meets: what either knows may be so. */
static void meet(struct follower *f, const struct state *other)
{
	for (unsigned r = 0; r < N_REGS; r++) {
		struct value *v = &f->now.regs[r];
		bool differs = !same(v, &other->regs[r]);

		if (differs && v->kind == VALUE_NONE)
			*v = other->regs[r];
		v->joined |= differs || other->regs[r].joined;
		if (f->now.version[r] != other->version[r])
			f->now.version[r] = ++f->versions;
	}
}

/* Ways that were taken before end here, and loops begin. */
static void arrive(struct follower *f, uint64_t at)
{
	for (size_t i = f->n_ways; i-- > 0;) {
		if (f->ways[i].to != at)
			continue;
		if (f->reached)
			meet(f, &f->ways[i].state);
		else
			f->now = f->ways[i].state;
		f->reached = true;
		f->ways[i] = f->ways[--f->n_ways];
	}
	if (!f->reached)	/* by a table of jumps, or only by an exception */
		forget(f, UINT32_MAX);
	f->reached = true;
	for (size_t i = 0; i < f->n_loops; i++)
		for (unsigned r = 0; r < N_REGS && f->loops[i].to == at; r++)
			if (f->loops[i].writes >> r & 1) {
				f->now.regs[r].joined = true;
				f->now.version[r] = ++f->versions;
			}
}

/* false: too many */
static bool leave(struct follower *f, const struct insn *i)
{
	bool is_ahead = (i->flags & INSN_JUMP) && (i->flags & INSN_HAS_TARGET) && i->target > i->address &&
			i->target < f->stop;

	if (is_ahead && f->n_ways == MAX_WAYS)
		return false;
	if (is_ahead)
		f->ways[f->n_ways++] = (struct way){ i->target, f->now };
	if ((i->flags & (INSN_RET | INSN_TRAP)) || ((i->flags & INSN_JUMP) && !(i->flags & INSN_CONDITIONAL)))
		f->reached = false;
	return true;
}

static bool pass(struct follower *f, const struct insn *i)
{
	struct value v = source_of(f, i);

	if (i->flags & (INSN_JUMP | INSN_RET | INSN_TRAP))
		return leave(f, i);
	forget(f, writes_of(i));
	if (i->source != SOURCE_NONE && i->to < N_REGS)
		f->now.regs[i->to] = v;
	return true;
}

/* Up to the instruction that ends at `stop`, which is decoded but not passed; false: none does. */
static bool follow(struct follower *f, void (*on_call)(struct follower *f, const struct insn *i, void *arg), void *arg,
		   struct insn *ret_last)
{
	struct insn i;

	for (uint64_t at = f->begin; at < f->stop; at += i.length) {
		decode(f, at, &i);
		if (i.flags & INSN_INVALID)
			return false;
		arrive(f, at);
		if (at + i.length >= f->stop) {
			*ret_last = i;
			return at + i.length == f->stop;
		}
		if ((i.flags & INSN_CALL) && on_call)
			on_call(f, &i, arg);
		if (!pass(f, &i))
			return false;
	}
	return false;
}

/* --- values, at last -------------------------------------------------------------------- */

/* Where it stands: the frame that a value is of. */
struct place {
	struct target *t;
	const struct stack *s;
	size_t at;
	unsigned depth;
};

static enum argument_how argument_at(struct target *t, const struct stack *s, size_t callee, unsigned n, unsigned depth,
				     uint64_t *ret);

/* At the end of the code: what was made of a register that changed since is lost. */
static struct value settle(const struct follower *f, struct value v)
{
	if ((v.kind == VALUE_ADDRESS || v.kind == VALUE_MEMORY) && v.reg != ARCH_NO_REG &&
	    (!is_preserved(v.reg) || f->now.version[v.reg] != v.version))
		v.kind = VALUE_NONE;
	return v;
}

static bool base_of(const struct place *p, const struct value *v, uint64_t *ret)
{
	const struct regs *r = &p->s->frames[p->at].regs;

	*ret = 0;
	if (v->reg == ARCH_NO_REG)
		return true;
	if (!regs_has(r, v->reg))
		return false;
	*ret = r->v[v->reg];
	return true;
}

static enum argument_how given(const struct place *p, const struct value *v, uint64_t *ret)
{
	for (unsigned n = 0; n < ARGUMENT_MAX; n++)
		if (argument_regs[n] == v->reg)
			return argument_at(p->t, p->s, p->at, n, p->depth + 1, ret);
	return ARGUMENT_UNKNOWN;
}

static enum argument_how resolve(const struct place *p, const struct value *v, uint64_t *ret)
{
	enum frame_trust trust = p->s->frames[p->at].trust;
	enum argument_how how = ARGUMENT_CODE;
	uint64_t base = 0, x = 0;

	switch (v->kind) {
	case VALUE_NUMBER: x = v->number; break;
	case VALUE_GIVEN: how = given(p, v, &x); break;
	case VALUE_ADDRESS:
	case VALUE_MEMORY:
		if (!base_of(p, v, &base))
			return ARGUMENT_UNKNOWN;
		x = base + v->number;
		if (v->kind == VALUE_MEMORY && !arch_read_uint(&p->t->memory, x, v->size, &x))
			return ARGUMENT_UNKNOWN;
		break;
	case VALUE_NONE: how = ARGUMENT_UNKNOWN; break;
	}
	if (how == ARGUMENT_UNKNOWN)
		return how;
	*ret = v->size == 4 ? x & UINT32_MAX : x;
	return v->joined || trust == TRUST_SCAN || trust == TRUST_CFI_SCAN ? ARGUMENT_INFERRED : how;
}

static enum argument_how from_stack(const struct frame *callee, unsigned n, uint64_t *ret)
{
	if (n >= callee->n_params)
		return ARGUMENT_UNKNOWN;
	*ret = callee->params[n];
	return ARGUMENT_STACK;
}

/* --- what was found, by the return address: threads wait in few places --------------------- */

enum { CACHE_SLOTS = 64 };

struct argument_cache {
	struct {
		uint64_t return_address;
		struct value v[ARGUMENT_MAX];
	} slots[CACHE_SLOTS];
};

/* What the code in front of the return address of frames[at] passes; NULL: it does not tell. */
static const struct value *values_at(struct target *t, const struct stack *s, size_t at)
{
	CLEANUP(arena_deinit) struct arena a = ARENA_INIT;
	size_t slot = (size_t)(hash_u64(s->frames[at].ip) % CACHE_SLOTS);
	struct follower *f;
	struct insn last;

	if (!t->arguments)
		t->arguments = ARENA_NEW(&t->arena, struct argument_cache);
	if (t->arguments && t->arguments->slots[slot].return_address == s->frames[at].ip)
		return t->arguments->slots[slot].v;
	f = t->arguments ? ARENA_NEW(&a, struct follower) : NULL;
	if (!f)
		return NULL;
	f->t = t;
	f->s = s;
	f->at = at;
	if (!prepare(f) || !follow(f, NULL, NULL, &last) || !(last.flags & INSN_CALL))
		return NULL;
	t->arguments->slots[slot].return_address = s->frames[at].ip;
	for (unsigned n = 0; n < ARGUMENT_MAX; n++)
		t->arguments->slots[slot].v[n] = settle(f, f->now.regs[argument_regs[n]]);
	return t->arguments->slots[slot].v;
}

static enum argument_how argument_at(struct target *t, const struct stack *s, size_t callee, unsigned n, unsigned depth,
				     uint64_t *ret)
{
	struct place p = { t, s, callee + 1, depth };
	const struct value *v;
	struct value mine;

	if (depth > MAX_DEPTH || n >= ARGUMENT_MAX || callee >= s->n)
		return ARGUMENT_UNKNOWN;
	if (s->frames[callee].regs.arch->machine == MACHINE_X86)
		return from_stack(&s->frames[callee], n, ret);
	v = p.at < s->n && s->frames[p.at].ip ? values_at(t, s, p.at) : NULL;
	if (!v)
		return ARGUMENT_UNKNOWN;
	mine = v[n]; /* the slot may get another's while this one is followed */
	return resolve(&p, &mine, ret);
}

enum argument_how frame_argument(struct target *t, const struct stack *s, size_t callee, unsigned n, uint64_t *ret)
{
	return argument_at(t, s, callee, n, 0, ret);
}

/* --- calls of the past -------------------------------------------------------------------- */

struct call {
	struct value target, argument;
};

struct calls {
	struct call v[MAX_CALLS];
	size_t n;
};

static void keep_call(struct follower *f, const struct insn *i, void *arg)
{
	struct calls *c = arg;
	unsigned reg = arch_reg_by_name(arch_for(MACHINE_X64), i->operands);
	struct insn read = *i;
	struct call *at;

	if (c->n == MAX_CALLS)
		return;
	at = &c->v[c->n++];
	read.move_size = 8;
	*at = (struct call){ .argument = f->now.regs[X64_RCX] };
	if (i->flags & INSN_HAS_TARGET)
		at->target = (struct value){ .kind = VALUE_NUMBER, .number = i->target, .size = 8 };
	else if (i->flags & INSN_HAS_MEMORY)
		at->target = at_operand(f, &read, VALUE_MEMORY);
	else if (reg < N_REGS)
		at->target = is_preserved(reg) ? based(f, VALUE_ADDRESS, (uint8_t)reg, 0, 8) : f->now.regs[reg];
}

/* jmp qword ptr [rip+n]: how programs reach what they import */
static uint64_t behind_thunks(struct target *t, uint64_t address)
{
	struct insn i;
	uint8_t b[16];

	for (unsigned n = 0; n < MAX_THUNKS; n++) {
		size_t got = t->memory.read(t->memory.arg, address, b, sizeof(b));
		uint64_t to;

		arch_for(MACHINE_X64)->disassemble(b, got, address, NULL, NULL, &i);
		if (!(i.flags & INSN_JUMP) || (i.flags & INSN_CONDITIONAL) || !(i.flags & INSN_HAS_MEMORY) ||
		    i.mem_base != ARCH_NO_REG || i.mem_index != ARCH_NO_REG ||
		    !arch_read_uint(&t->memory, (uint64_t)i.mem_disp, 8, &to))
			break;
		address = to;
	}
	return address;
}

void frame_past_calls(struct target *t, const struct stack *s, size_t at, past_call_visitor *v, void *arg)
{
	CLEANUP(arena_deinit) struct arena a = ARENA_INIT;
	struct follower *f = ARENA_NEW(&a, struct follower);
	struct calls *c = ARENA_NEW(&a, struct calls);
	struct place p = { t, s, at, 0 };
	struct insn last;

	if (!f || !c || at >= s->n)
		return;
	f->t = t;
	f->s = s;
	f->at = at;
	if (!prepare(f) || !follow(f, keep_call, c, &last))
		return;
	for (size_t i = 0; i < c->n; i++) {
		struct value to = settle(f, c->v[i].target), argument = settle(f, c->v[i].argument);
		struct past_call call = { 0 };
		uint64_t target = 0;

		if (resolve(&p, &to, &target) != ARGUMENT_UNKNOWN)
			call.target = behind_thunks(t, target);
		call.how = resolve(&p, &argument, &call.argument);
		if (!v(arg, &call))
			return;
	}
}
