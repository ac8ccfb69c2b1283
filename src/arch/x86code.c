/* SPDX-License-Identifier: MIT */
/*
 * x86 frames by the code at the instruction pointer, which needs no frame data
 * and says for sure what will happen:
 * - from here straight on to a return (an epilog, the stub of a system call):
 *   pops, add esp, leave and the like are carried out, up to the ret;
 * - before or within "push ebp; mov ebp, esp", where ebp is still the caller's;
 * - how many bytes of parameters a function takes away when it returns (ret n).
 *
 * Only the innermost frame and what was interrupted stand at such places; the
 * last holds for callers too.
 */
#include "arch/unwind_impl.h"

#include <string.h>

enum {
	MAX_EPILOG_BYTES = 64,
	MAX_INSNS = 2048,	/* to a function's return */
	MAX_INSN = 15,
};

struct code {
	uint8_t b[MAX_EPILOG_BYTES];
	size_t n, at;
};

/* The next bytes are these? Then they are passed. */
static bool take(struct code *c, const char *bytes, size_t n)
{
	if (c->n - c->at < n || memcmp(c->b + c->at, bytes, n) != 0)
		return false;
	c->at += n;
	return true;
}

/* Nothing of the rest can be run: there is no ret to be found then. */
static bool give_up(struct code *c)
{
	c->at = c->n;
	return false;
}

static bool take_number(struct code *c, unsigned size, int32_t *ret)
{
	struct cursor k = cursor_init("code", c->b, c->n, 0);
	uint64_t v;

	if (c->n - c->at < size)
		return give_up(c);
	cursor_seek(&k, c->at);
	v = cursor_uint(&k, size);
	c->at += size;
	*ret = size == 1 ? (int8_t)v : (int32_t)(uint32_t)v;
	return true;
}

static bool pop(const struct arch_memory *m, struct regs *r, uint64_t *ret)
{
	if (!arch_read_uint(m, regs_sp(r), 4, ret))
		return false;
	regs_set(r, X86_ESP, (uint32_t)(regs_sp(r) + 4));
	return true;
}

/* pop r32 */
static bool take_pop(const struct arch_memory *m, struct code *c, struct regs *r)
{
	static const uint8_t order[8] = { X86_EAX, X86_ECX, X86_EDX, X86_EBX, X86_ESP, X86_EBP, X86_ESI, X86_EDI };
	uint64_t v;

	if (c->at == c->n || (c->b[c->at] & 0xf8) != 0x58 || c->b[c->at] == 0x5c)
		return false;
	if (!pop(m, r, &v))
		return give_up(c);
	regs_set(r, order[c->b[c->at++] & 7], v);
	return true;
}

/* add esp,n */
static bool take_add(struct code *c, struct regs *r)
{
	unsigned size = take(c, "\x83\xc4", 2) ? 1 : take(c, "\x81\xc4", 2) ? 4 : 0;
	int32_t n;

	if (!size || !take_number(c, size, &n))
		return false;
	regs_set(r, X86_ESP, (uint32_t)(regs_sp(r) + (uint64_t)(int64_t)n));
	return true;
}

/* leave; mov esp,ebp; lea esp,[ebp+n] */
static bool take_from_ebp(const struct arch_memory *m, struct code *c, struct regs *r)
{
	bool leave = take(c, "\xc9", 1), mov = !leave && (take(c, "\x8b\xe5", 2) || take(c, "\x89\xec", 2));
	unsigned size = leave || mov ? 0 : take(c, "\x8d\x65", 2) ? 1 : take(c, "\x8d\xa5", 2) ? 4 : 0;
	int32_t n = 0;
	uint64_t v;

	if (!leave && !mov && !size)
		return false;
	if (!regs_has(r, X86_EBP) || (size && !take_number(c, size, &n)))
		return give_up(c);
	regs_set(r, X86_ESP, (uint32_t)(r->v[X86_EBP] + (uint64_t)(int64_t)n));
	if (!leave)
		return true;
	if (!pop(m, r, &v))
		return give_up(c);
	regs_set(r, X86_EBP, v);
	return true;
}

/* ret, repz ret, ret n */
static bool take_ret(struct code *c, uint32_t *ret_pops)
{
	int32_t n = 0;

	if (!take(c, "\xc3", 1) && !take(c, "\xf3\xc3", 2) &&
	    (!take(c, "\xc2", 1) || !take_number(c, 2, &n)))
		return false;
	*ret_pops = (uint32_t)n;
	return true;
}

static struct code read_code(const struct arch_memory *m, uint64_t ip)
{
	struct code c = { .at = 0 };

	c.n = m->read(m->arg, ip, c.b, sizeof(c.b));
	return c;
}

/* The return address is at esp: the caller's registers. The parameters stay, as
 * with every frame. */
static struct err *returned(const struct arch_memory *m, const struct regs *callee, struct regs *r,
			    enum frame_trust trust, struct regs *ret_caller, struct unwind_result *ret)
{
	struct unwind_result res = { .trust = trust, .return_slot = regs_sp(r),
				     .frame = (uint32_t)(regs_sp(r) - 4) };
	uint64_t ip;

	if (!pop(m, r, &ip))
		return err_fault(regs_sp(r));
	regs_set(r, X86_EIP, ip);
	x86_forget_volatile(r);
	res.end = !ip;
	TRY(unwind_check(callee, r, &res));
	*ret_caller = *r;
	*ret = res;
	return NULL;
}

static struct err *is_no_such_place(void)
{
	return err_new(ERR_NOTFOUND, "the code here does not tell the frame");
}

struct err *x86_unwind_epilog(const struct arch_memory *m, const struct regs *callee,
			      struct regs *ret_caller, struct unwind_result *ret, uint32_t *ret_pops)
{
	struct regs r = *callee;
	struct code c;
	uint32_t pops;

	if (!regs_has(callee, X86_EIP) || !regs_has(callee, X86_ESP))
		return err_new(ERR_NOTFOUND, "eip or esp is not known");
	c = read_code(m, regs_ip(callee));
	while (take(&c, "\x90", 1) || take_pop(m, &c, &r) || take_add(&c, &r) || take_from_ebp(m, &c, &r))
		;
	if (!take_ret(&c, &pops))
		return is_no_such_place();
	TRY(returned(m, callee, &r, TRUST_CFI, ret_caller, ret));
	*ret_pops = pops;
	return NULL;
}

struct err *x86_unwind_prolog(const struct arch_memory *m, const struct regs *callee,
			      struct regs *ret_caller, struct unwind_result *ret)
{
	struct regs r = *callee;
	uint64_t push, v;
	struct code c;

	if (!regs_has(callee, X86_EIP) || !regs_has(callee, X86_ESP))
		return err_new(ERR_NOTFOUND, "eip or esp is not known");
	c = read_code(m, regs_ip(callee));
	if (take(&c, "\x8b\xec", 2) || take(&c, "\x89\xe5", 2)) {
		if (!arch_read_uint(m, regs_ip(callee) - 1, 1, &push) || push != 0x55 || !pop(m, &r, &v))
			return is_no_such_place();
		regs_set(&r, X86_EBP, v);
	} else {
		(void)take(&c, "\x8b\xff", 2);	/* mov edi,edi: room for a patch */
		if (!take(&c, "\x55\x8b\xec", 3) && !take(&c, "\x55\x89\xe5", 3))
			return is_no_such_place();
	}
	return returned(m, callee, &r, TRUST_FRAME_POINTER, ret_caller, ret);
}

struct err *x86_return_pops(const struct arch_memory *m, uint64_t ip, uint64_t begin, uint64_t end,
			    uint32_t *ret)
{
	const struct arch *arch = arch_for(MACHINE_X86);

	for (unsigned i = 0; i < MAX_INSNS && ip >= begin && ip < end; i++) {
		struct code c = read_code(m, ip);
		struct insn in;

		if (!c.n)
			break;
		if (take_ret(&c, ret))
			return NULL;
		arch->disassemble(c.b, c.n < MAX_INSN ? c.n : MAX_INSN, ip, NULL, NULL, &in);
		if (in.flags & (INSN_INVALID | INSN_TRAP))
			break;
		if ((in.flags & INSN_JUMP) && !(in.flags & INSN_CONDITIONAL)) {
			if (!(in.flags & INSN_HAS_TARGET))
				break;
			ip = in.target;
		} else {
			ip += in.length;
		}
	}
	return err_new(ERR_NOTFOUND, "no return found in the function's code");
}
