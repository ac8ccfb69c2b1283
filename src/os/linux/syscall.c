/* SPDX-License-Identifier: MIT */
/*
 * System calls by registers: see syscall.h. Numbers and argument registers from
 * the kernel's system call tables and syscall(2). x86 keeps the number in orig_eax
 * and orig_rax, which are negative outside of calls.
 */
#include "os/linux/syscall.h"

enum { F_SETLKW_ = 7, F_OFD_SETLKW_ = 38, MAX_NUMBER = 1024 };

static const struct abi {
	enum machine machine;
	uint8_t number, args[4];
	bool certain;
} abis[] = {
	{ MACHINE_X64, X64_ORIG_RAX, { X64_RDI, X64_RSI, X64_RDX, X64_R10 }, true },
	{ MACHINE_X86, X86_ORIG_EAX, { X86_EBX, X86_ECX, X86_EDX, X86_ESI }, true },
	{ MACHINE_ARM64, 8, { 0, 1, 2, 3 }, false },
	{ MACHINE_ARM, 7, { 0, 1, 2, 3 }, false },
	{ MACHINE_RISCV64, 17, { 10, 11, 12, 13 }, false },
};

static const struct number {
	enum linux_call call;
	uint16_t x64, x86, arm, generic; /* generic: arm64, riscv64; 0: none (x64: read is first) */
} numbers[] = {
	{ CALL_FUTEX, 202, 240, 240, 98 },  { CALL_FUTEX, 0, 422, 422, 0 },
	{ CALL_READ, 0, 3, 3, 63 },	    { CALL_READ, 19, 145, 145, 65 },
	{ CALL_READ, 45, 371, 292, 207 },   { CALL_READ, 47, 372, 297, 212 },
	{ CALL_WRITE, 1, 4, 4, 64 },	    { CALL_WRITE, 20, 146, 146, 66 },
	{ CALL_WRITE, 44, 369, 290, 206 },  { CALL_WRITE, 46, 370, 296, 211 },
	{ CALL_ACCEPT, 43, 0, 285, 202 },   { CALL_ACCEPT, 288, 364, 366, 242 },
	{ CALL_FLOCK, 73, 143, 143, 32 },   { CALL_LOCK, 72, 221, 221, 25 },
	{ CALL_CONNECT, 42, 362, 283, 203 }, { CALL_CHILD, 61, 114, 114, 260 },
	{ CALL_CHILD, 247, 284, 280, 95 },  { CALL_CHILD, 0, 7, 0, 0 },
	{ CALL_SLEEP, 35, 162, 162, 101 },  { CALL_SLEEP, 230, 267, 265, 115 },
	{ CALL_SLEEP, 0, 407, 407, 0 },	    { CALL_POLL, 7, 168, 168, 0 },
	{ CALL_POLL, 271, 309, 336, 73 },   { CALL_POLL, 23, 142, 142, 0 },
	{ CALL_POLL, 270, 308, 335, 72 },   { CALL_POLL, 232, 256, 252, 0 },
	{ CALL_POLL, 281, 319, 346, 22 },   { CALL_POLL, 441, 441, 441, 441 },
	{ CALL_POLL, 0, 413, 413, 0 },	    { CALL_POLL, 0, 414, 414, 0 },
	{ CALL_SIGNAL, 34, 29, 29, 0 },	    { CALL_SIGNAL, 130, 179, 179, 133 },
	{ CALL_SIGNAL, 128, 177, 177, 137 }, { CALL_SIGNAL, 0, 421, 421, 0 },
};

static uint64_t number_on(const struct number *n, enum machine machine)
{
	switch ((int)machine) {
	case MACHINE_X64: return n->x64;
	case MACHINE_X86: return n->x86;
	case MACHINE_ARM: return n->arm;
	default: return n->generic;
	}
}

static enum linux_call call_of(enum machine machine, const struct linux_syscall *s)
{
	if (machine == MACHINE_X64 && !s->number)
		return CALL_READ;
	for (size_t i = 0; i < ARRAY_SIZE(numbers); i++) {
		if (!s->number || number_on(&numbers[i], machine) != s->number)
			continue;
		if (numbers[i].call == CALL_LOCK && s->args[1] != F_SETLKW_ && s->args[1] != F_OFD_SETLKW_)
			return CALL_OTHER;
		return numbers[i].call;
	}
	return CALL_OTHER;
}

struct err *linux_syscall_of(struct target *t, struct thread *th, struct linux_syscall *ret,
			     bool *ret_certain)
{
	enum machine machine = target_facts(t)->machine;
	const struct abi *abi = NULL;
	struct linux_syscall s = { 0 };
	struct regs regs;

	for (size_t i = 0; i < ARRAY_SIZE(abis); i++)
		if (abis[i].machine == machine)
			abi = &abis[i];
	if (!abi)
		return err_new(ERR_UNSUPPORTED, "system calls of %s are not known", machine_name(machine));
	TRY(thread_regs(t, th, HALF_NATIVE, &regs));
	if (!regs_has(&regs, abi->number) || regs.v[abi->number] >= MAX_NUMBER)
		return err_new(ERR_NOTFOUND, "thread %u is in no system call", th->tid);
	s.number = regs.v[abi->number];
	for (size_t i = 0; i < ARRAY_SIZE(s.args); i++)
		s.args[i] = regs.v[abi->args[i]];
	s.call = call_of(machine, &s);
	*ret = s;
	*ret_certain = abi->certain;
	return NULL;
}
