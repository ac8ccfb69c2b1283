/* SPDX-License-Identifier: MIT */
/*
 * Signal frames without call frame information: musl, old vDSOs and static
 * programs return from signal handlers through a few instructions that have
 * none. They are recognised by their bytes, as other debuggers do; the kernel
 * has put the interrupted registers on the stack (struct rt_sigframe: Linux
 * uapi asm/ucontext.h, asm/sigcontext.h).
 */
#include "symbol/dwarf_expr.h"
#include "symbol/elf_impl.h"

#include <string.h>

enum {
	X64_REGS = 40,		/* ucontext at sp; flags, link, stack before the registers */
	ARM64_REGS = 128 + 176 + 8, /* siginfo, ucontext up to mcontext, fault address */
};

static bool code_is(const struct arch_memory *m, uint64_t address, const uint8_t *bytes, size_t n)
{
	uint8_t got[16];

	return n <= sizeof(got) && m->read(m->arg, address, got, n) == n && !memcmp(got, bytes, n);
}

/* mov $15, %rax; syscall: at either instruction */
static bool at_x64_sigreturn(const struct arch_memory *m, uint64_t ip)
{
	static const uint8_t code[] = { 0x48, 0xc7, 0xc0, 0x0f, 0, 0, 0, 0x0f, 0x05 };

	return code_is(m, ip, code, sizeof(code)) || code_is(m, ip - 7, code, sizeof(code));
}

/* mov x8, #139; svc #0 */
static bool at_arm64_sigreturn(const struct arch_memory *m, uint64_t ip)
{
	static const uint8_t code[] = { 0x68, 0x11, 0x80, 0xd2, 0x01, 0, 0, 0xd4 };

	return code_is(m, ip, code, sizeof(code)) || code_is(m, ip - 4, code, sizeof(code));
}

/* Registers that lie one after the other from `at`. */
static bool read_regs(const struct arch_memory *m, uint64_t at, const uint8_t *order, size_t n, struct regs *r)
{
	for (size_t i = 0; i < n; i++) {
		uint64_t v;

		if (!target_uint(m, false, at + 8 * i, 8, &v))
			return false;
		regs_set(r, order[i], v);
	}
	return true;
}

static bool x64_frame(const struct arch_memory *m, const struct regs *callee, struct regs *r)
{
	static const uint8_t order[] = {
		X64_R8, X64_R9, X64_R10, X64_R11, X64_R12, X64_R13, X64_R14, X64_R15, X64_RDI, X64_RSI,
		X64_RBP, X64_RBX, X64_RDX, X64_RAX, X64_RCX, X64_RSP, X64_RIP, X64_EFL,
	};

	return at_x64_sigreturn(m, regs_ip(callee)) &&
	       read_regs(m, regs_sp(callee) + X64_REGS, order, sizeof(order), r);
}

static bool arm64_frame(const struct arch_memory *m, const struct regs *callee, struct regs *r)
{
	uint8_t order[34];

	for (unsigned i = 0; i < sizeof(order); i++)
		order[i] = (uint8_t)i; /* x0 to x30, sp, pc, pstate: the kernel's order is ours */
	return at_arm64_sigreturn(m, regs_ip(callee)) &&
	       read_regs(m, regs_sp(callee) + ARM64_REGS, order, sizeof(order), r);
}

bool elf_sigreturn_unwind(const struct arch_memory *m, const struct regs *callee, struct regs *ret_caller,
			  struct unwind_result *ret)
{
	struct regs r = *callee; /* what the frame does not hold (thread pointer) stays */
	bool is_frame = false;

	if (!regs_has(callee, callee->arch->ip) || !regs_has(callee, callee->arch->sp))
		return false;
	if (callee->arch->machine == MACHINE_X64)
		is_frame = x64_frame(m, callee, &r);
	else if (callee->arch->machine == MACHINE_ARM64)
		is_frame = arm64_frame(m, callee, &r);
	if (!is_frame)
		return false;
	*ret_caller = r;
	*ret = (struct unwind_result){
		.trust = TRUST_CONTEXT, .frame = regs_sp(callee), .machine_frame = true, .end = !regs_ip(&r),
	};
	return true;
}
