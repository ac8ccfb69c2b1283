/* SPDX-License-Identifier: MIT */
/*
 * errno of a thread: see errno.h.
 *
 * Linux Standard Base: __errno_location returns the address of the calling
 * thread's errno. Its code is one of the access sequences of "ELF Handling For
 * Thread-Local Storage" and of the ABI of AArch64: it adds an offset, from the
 * GOT or an immediate, to the thread pointer. The few instructions that these
 * are made of are followed; a result counts only when it is the thread pointer
 * plus something known. Whatever else is found there is not guessed at.
 */
#include "os/linux/errno.h"

#include "os/linux/libc.h"

#include <stdlib.h>
#include <string.h>

enum { MAX_STEPS = 12 };

struct value {
	bool known, has_tp;	/* has_tp: plus the thread pointer, once */
	uint64_t v;
};

struct run {
	struct target *t;
	uint64_t ip, next;
	struct value regs[ARCH_MAX_REGS];
	struct value pushed;	/* return address of a call to the next instruction */
	bool returned;
};

static bool load(const struct run *r, struct value at, struct value *ret)
{
	unsigned size = target_arch(r->t)->pointer_size;
	uint64_t v;

	if (!at.known || at.has_tp ||
	    !arch_read_uint(target_memory(r->t), size == 4 ? at.v & UINT32_MAX : at.v, size, &v))
		return false;
	*ret = (struct value){ .known = true, .v = v };
	return true;
}

static struct value sum(struct value a, struct value b)
{
	return (struct value){ .known = a.known && b.known && !(a.has_tp && b.has_tp),
			       .has_tp = a.has_tp || b.has_tp,
			       .v = a.v + b.v };
}

/* --- x86 and x64, by way of the disassembler -------------------------------------- */

static bool memory_address(const struct run *r, const struct insn *i, struct value *ret)
{
	*ret = (struct value){ .known = true, .v = (uint64_t)i->mem_disp };
	if (i->mem_index != ARCH_NO_REG)
		return false;
	if (i->mem_base != ARCH_NO_REG)
		*ret = sum(*ret, r->regs[i->mem_base]);
	return ret->known;
}

/* The word at fs:0 or gs:0 is the thread pointer itself. */
static bool is_thread_word(const struct run *r, const struct insn *i)
{
	unsigned segment = target_arch(r->t)->machine == MACHINE_X64 ? (unsigned)X64_FS : (unsigned)X86_GS;

	return i->mem_segment == segment && i->mem_base == ARCH_NO_REG &&
	       i->mem_index == ARCH_NO_REG && !i->mem_disp;
}

static bool source_value(const struct run *r, const struct insn *i, const char *text, struct value *ret)
{
	unsigned reg = arch_reg_by_name(target_arch(r->t), text);
	char *end;

	if (i->flags & INSN_HAS_MEMORY) {
		struct value at;

		if (is_thread_word(r, i)) {
			*ret = (struct value){ .known = true, .has_tp = true };
			return true;
		}
		return memory_address(r, i, &at) && load(r, at, ret);
	}
	if (reg != ARCH_NO_REG) {
		*ret = r->regs[reg];
		return ret->known;
	}
	*ret = (struct value){ .known = true, .v = strtoull(text, &end, 16) };
	return end != text && (*end == 'h' || !*end);
}

/* lea's operand, "[rax-30h]": no memory is touched, so that only the text tells. */
static struct value lea_address(const struct run *r, const char *text)
{
	struct value v = { 0 };
	char name[8], *end;
	unsigned reg;
	int n = 0;

	if (sscanf(text, "[%7[a-z0-9]%n", name, &n) != 1 || !n)
		return v;
	reg = arch_reg_by_name(target_arch(r->t), name);
	text += n;
	if (reg == ARCH_NO_REG || (*text != '+' && *text != '-'))
		return v;
	v.v = strtoull(text + 1, &end, 16);
	v.known = end != text + 1 && (strcmp(end, "h]") == 0 || strcmp(end, "]") == 0);
	if (*text == '-')
		v.v = -v.v;
	return sum(v, r->regs[reg]);
}

/* call to the next instruction, or to a thunk: mov reg,[esp]; ret */
static bool follow_call(struct run *r, const struct insn *i)
{
	struct value back = { .known = true, .v = r->next };
	uint64_t code;

	if (!(i->flags & INSN_HAS_TARGET))
		return false;
	if (i->target == r->next) {
		r->pushed = back;
		return true;
	}
	if (!arch_read_uint(target_memory(r->t), i->target, 4, &code) || (code & 0xffffc7ff) != 0xc324048b)
		return false;
	r->regs[code >> 11 & 7] = back;
	return true;
}

static bool assign(struct run *r, const struct insn *i)
{
	const char *comma = strchr(i->operands, ',');
	struct value v;
	char name[16];
	unsigned reg;

	(void)snprintf(name, sizeof(name), "%.*s", comma ? (int)(comma - i->operands) : 15, i->operands);
	reg = arch_reg_by_name(target_arch(r->t), name);
	if (reg == ARCH_NO_REG)
		return false;
	if (strcmp(i->mnemonic, "pop") == 0)
		v = r->pushed;
	else if (!comma)
		return false;
	else if (strcmp(i->mnemonic, "lea") == 0)
		v = lea_address(r, comma + 1);
	else if (!source_value(r, i, comma + 1, &v))
		return false;
	if (strcmp(i->mnemonic, "add") == 0)
		v = sum(v, r->regs[reg]);
	else if (strcmp(i->mnemonic, "sub") == 0 && !v.has_tp)
		v = sum((struct value){ .known = v.known, .v = -v.v }, r->regs[reg]);
	else if (strcmp(i->mnemonic, "mov") != 0 && strcmp(i->mnemonic, "lea") != 0 &&
		 strcmp(i->mnemonic, "pop") != 0)
		return false;
	r->regs[reg] = v;
	return v.known;
}

static bool step_x86(struct run *r)
{
	const struct arch_memory *memory = target_memory(r->t);
	const struct arch *arch = target_arch(r->t);
	uint8_t bytes[16];
	size_t n = memory->read(memory->arg, r->ip, bytes, sizeof(bytes));
	struct insn i;

	if (!n)
		return false;
	arch->disassemble(bytes, n, r->ip, NULL, NULL, &i);
	r->next = r->ip + i.length;
	if (i.flags & INSN_RET) {
		r->returned = true;
		return true;
	}
	if (i.flags & INSN_CALL)
		return follow_call(r, &i);
	return (i.flags & INSN_NOP) || strncmp(i.mnemonic, "endbr", 5) == 0 || assign(r, &i);
}

/* --- arm64 --------------------------------------------------------------------------- */

static uint64_t adrp_page(uint64_t ip, uint32_t w)
{
	uint64_t pages = (w >> 29 & 3) | (w >> 5 & 0x7ffff) << 2;

	if (pages >> 20)
		pages |= ~(uint64_t)0x1fffff;
	return (ip & ~(uint64_t)0xfff) + (pages << 12);
}

static bool step_arm64(struct run *r)
{
	uint32_t w, immediate;
	struct value *to, from;
	uint64_t word;

	r->next = r->ip + 4;
	if (!arch_read_uint(target_memory(r->t), r->ip, 4, &word))
		return false;
	w = (uint32_t)word;
	to = &r->regs[w & 31];
	from = r->regs[w >> 5 & 31];
	immediate = w >> 10 & 0xfff;
	r->returned = w == 0xd65f03c0;
	if (r->returned || (w & 0xfffff01f) == 0xd503201f) /* hint: bti, paciasp, nop */
		return true;
	if ((w & 0xffffffe0) == 0xd53bd040) /* mrs x, tpidr_el0 */
		*to = (struct value){ .known = true, .has_tp = true };
	else if ((w & 0x9f000000) == 0x90000000)
		*to = (struct value){ .known = true, .v = adrp_page(r->ip, w) };
	else if ((w & 0xffc00000) == 0xf9400000) /* ldr x, [x, #8 * imm12] */
		return load(r, sum(from, (struct value){ .known = true, .v = (uint64_t)immediate * 8 }), to);
	else if ((w & 0xffe0fc00) == 0x8b000000) /* add x, x, x */
		*to = sum(from, r->regs[w >> 16 & 31]);
	else if ((w & 0xff800000) == 0x91000000) /* add x, x, #imm12 or #imm12 << 12 */
		*to = sum(from, (struct value){ .known = true,
						.v = (uint64_t)immediate << (w >> 22 & 1 ? 12 : 0) });
	else
		return false;
	return to->known;
}

/* --- all ------------------------------------------------------------------------------ */

static bool follow(struct target *t, uint64_t code, uint64_t *ret_offset)
{
	const struct arch *arch = target_arch(t);
	struct run r = { .t = t, .ip = code };
	unsigned result = arch->ret;

	for (unsigned i = 0; i < MAX_STEPS && !r.returned; i++) {
		if (!(arch->machine == MACHINE_ARM64 ? step_arm64(&r) : step_x86(&r)))
			return false;
		r.ip = r.next;
	}
	*ret_offset = r.regs[result].v;
	return r.returned && r.regs[result].known && r.regs[result].has_tp;
}

struct err *linux_errno_address(struct target *t, const struct thread *th, uint64_t *ret)
{
	const struct arch *arch = target_arch(t);
	uint64_t code, offset, word;

	if (arch->machine != MACHINE_X64 && arch->machine != MACHINE_X86 && arch->machine != MACHINE_ARM64)
		return err_new(ERR_UNSUPPORTED, "errno is not known: its place in a thread's memory is "
						"understood for x64, x86 and ARM64 only, not for %s",
			       machine_name(arch->machine));
	if (!th->teb)
		return err_new(ERR_NOTFOUND, "errno is not known: the dump has no thread pointer of "
					     "thread %zu", th->index);
	if (err_ignore(linux_libc_symbol(t, "__errno_location", &code)))
		return err_new(ERR_NOTFOUND, "errno is not known: no module has symbols for "
					     "__errno_location, which tells where it is kept");
	if (!arch_read_uint(target_memory(t), code, 4, &word))
		return err_new(ERR_NOTFOUND, "errno is not known: the code of __errno_location is not in "
					     "the dump, and its library was not found");
	if (!follow(t, code, &offset))
		return err_new(ERR_NOTFOUND, "errno is not known: the code of __errno_location is not in "
					     "a known form");
	*ret = th->teb + offset;
	if (arch->pointer_size == 4)
		*ret &= UINT32_MAX;
	return NULL;
}
