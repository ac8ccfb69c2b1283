/* SPDX-License-Identifier: MIT */
/*
 * Signal frames: see sigframe.h. struct rt_sigframe of the kernel: on x86-64 the
 * return address, ucontext, siginfo, so that the stack pointer of the frame that
 * returns points to the ucontext; on arm64 siginfo, ucontext (uapi asm/ucontext.h,
 * asm-generic/siginfo.h).
 */
#include "os/linux/sigframe.h"

#include <string.h>

enum {
	X64_UCONTEXT = 304,	/* flags, link, stack, registers and signal mask */
	X64_TRAP = 200, X64_CR2 = 216, /* in it: why the processor stopped, at which address */
	PAGE_FAULT = 14,
	SI_ERRNO = 4, SI_CODE = 8, SI_ADDR = 16,
	MAX_SIGNAL = 64,
};

/* x86 writes no siginfo for handlers that did not ask for it: what lies there must agree
 * with the saved registers. */
static bool agrees(const struct arch_memory *m, uint64_t context, uint64_t address)
{
	uint64_t trap, cr2;

	return arch_read_uint(m, context + X64_TRAP, 8, &trap) && arch_read_uint(m, context + X64_CR2, 8, &cr2) &&
	       (trap != PAGE_FAULT || cr2 == address);
}

bool linux_signal_frame(struct target *t, const struct frame *f, struct signal_frame *ret)
{
	const struct arch_memory *m = target_memory(t);
	enum machine machine = target_arch(t)->machine;
	struct signal_frame s = { 0 };
	uint64_t signo, code, number;

	if (!f->function || strcmp(f->function, "<signal handler called>") != 0 ||
	    (machine != MACHINE_X64 && machine != MACHINE_ARM64))
		return false;
	s.info = f->sp + (machine == MACHINE_X64 ? X64_UCONTEXT : 0);
	if (!arch_read_uint(m, s.info, 4, &signo) || !arch_read_uint(m, s.info + SI_CODE, 4, &code) ||
	    !arch_read_uint(m, s.info + SI_ADDR, 8, &s.address) || !signo || signo > MAX_SIGNAL ||
	    !arch_read_uint(m, s.info + SI_ERRNO, 4, &number) || number ||
	    (machine == MACHINE_X64 && !agrees(m, f->sp, s.address)))
		return false;
	s.signo = (uint32_t)signo;
	s.code = (int32_t)(uint32_t)code;
	*ret = s;
	return true;
}
