/* SPDX-License-Identifier: MIT */
/*
 * Signal frames of x86-64 and i386. Layouts from the uapi headers
 * <asm/sigcontext.h> (sigcontext_64, sigcontext_32, _fpstate, _fpx_sw_bytes),
 * <asm/ucontext.h> and <asm-generic/ucontext.h>; the frames' outer order from
 * what rt_sigreturn reads: pretcode, then ucontext (x86-64) or signal number,
 * two pointers, siginfo, ucontext (i386).
 */
#include "capture/inject_frame.h"

#include <cpuid.h>
#include <string.h>
#include <sys/user.h>

enum {
	XSTATE_MIN = 576,	/* legacy area and header */
	XSTATE_BV = 512,
	SW_RESERVED = 464,
	MAGIC1 = 0x46505853,
	MAGIC2 = 0x46505845,
	FSAVE = 112,		/* before the FXSAVE area in frames of i386 */
	ALT_STACK_REFUSED = 0x12345, /* no valid mode: the thread's alternate stack stays as it is */
};
enum { RESTART_NOINTR = 513, RESTART_SYS = 512, RESTART_NOHAND = 514, RESTART_BLOCK = 516 };

struct ucontext64 {
	uint64_t flags, link, stack_sp;
	uint32_t stack_flags, stack_pad;
	uint64_t stack_size;
	uint64_t r8, r9, r10, r11, r12, r13, r14, r15, di, si, bp, bx, dx, ax, cx, sp, ip, eflags;
	uint16_t cs, gs, fs, ss;
	uint64_t err, trapno, oldmask, cr2, fpstate, reserved[8], sigmask;
};
_Static_assert(sizeof(struct ucontext64) == 304, "ucontext of x86-64");

struct frame64 {
	uint64_t pretcode;
	struct ucontext64 uc;
};

struct __attribute__((packed, aligned(4))) frame32 {
	uint32_t pretcode, sig, pinfo, puc;
	uint8_t info[128];
	uint32_t flags, link, stack_sp, stack_flags, stack_size;
	uint32_t gs, fs, es, ds, di, si, bp, sp, bx, dx, cx, ax, trapno, err, ip, cs, eflags, sp_at_signal, ss, fpstate,
		oldmask, cr2;
	uint64_t sigmask;
};
_Static_assert(sizeof(struct frame32) == 16 + 128 + 20 + 88 + 8, "rt signal frame of i386");

/* Bytes of the XSAVE area up to its last feature in use; CPUID leaf 13 says where each lies. */
static uint32_t xstate_used(const struct task *fp)
{
	uint32_t used = XSTATE_MIN;
	uint64_t bv;

	if (fp->xstate_size < XSTATE_MIN)
		return 0;
	memcpy(&bv, fp->xstate + XSTATE_BV, sizeof(bv));
	for (unsigned i = 2; i < 63; i++) {
		unsigned size = 0, offset = 0, c, d;

		if (bv >> i & 1 && __get_cpuid_count(13, i, &size, &offset, &c, &d) && offset + size > used)
			used = offset + size;
	}
	return used <= fp->xstate_size ? used : fp->xstate_size;
}

size_t frame_size(const struct inject *in, const struct task *fp)
{
	size_t size = in->compat ? sizeof(struct frame32) + 4 * (size_t)in->skip : sizeof(struct frame64);

	if (fp)
		size += 64 + (in->compat ? FSAVE + 64 : 0) + (fp->xstate_size ? xstate_used(fp) : 0) + 4;
	return (size + 63) & ~(size_t)63;
}

/* The XSAVE area as a signal frame has it: the software bytes say how long it is, a magic number ends it. */
static void put_xstate(uint8_t *to, const struct task *fp)
{
	uint32_t used = xstate_used(fp), magic2 = MAGIC2;
	struct {
		uint32_t magic1, extended_size;
		uint64_t features;
		uint32_t size, pad[7];
	} sw = { .magic1 = MAGIC1, .extended_size = used + 4, .size = used };

	memcpy(to, fp->xstate, used);
	memcpy(&sw.features, fp->xstate + XSTATE_BV, sizeof(sw.features));
	sw.features |= 3; /* x87 and SSE are always there */
	memcpy(to + SW_RESERVED, &sw, sizeof(sw));
	memcpy(to + used, &magic2, sizeof(magic2));
}

static uint64_t write64(const struct inject *in, uint8_t *buf, uint64_t at, const struct frame_wish *w)
{
	const struct user_regs_struct *r = &w->regs;
	struct frame64 f = {
		.pretcode = in->sigreturn_at,
		.uc = { .flags = 7, /* FP_XSTATE, SIGCONTEXT_SS, STRICT_RESTORE_SS */
			.stack_flags = ALT_STACK_REFUSED,
			.r8 = r->r8, .r9 = r->r9, .r10 = r->r10, .r11 = r->r11, .r12 = r->r12, .r13 = r->r13,
			.r14 = r->r14, .r15 = r->r15, .di = r->rdi, .si = r->rsi, .bp = r->rbp, .bx = r->rbx,
			.dx = r->rdx, .ax = r->rax, .cx = r->rcx, .sp = r->rsp, .ip = r->rip, .eflags = r->eflags,
			.cs = (uint16_t)r->cs, .gs = (uint16_t)r->gs, .fs = (uint16_t)r->fs, .ss = (uint16_t)r->ss,
			.sigmask = w->sigmask },
	};
	uint64_t fp = (at + sizeof(f) + 63) & ~(uint64_t)63;

	if (w->fp && w->fp->xstate_size >= XSTATE_MIN) {
		f.uc.fpstate = fp;
		put_xstate(buf + (fp - at), w->fp);
	}
	memcpy(buf, &f, sizeof(f));
	return at;
}

static uint64_t write32(const struct inject *in, uint8_t *buf, uint64_t at, const struct frame_wish *w)
{
	const struct user_regs_struct *r = &w->regs;
	uint64_t start = at + 4 * (uint64_t)in->skip, fx = (start + sizeof(struct frame32) + FSAVE + 63) & ~(uint64_t)63;
	struct frame32 f = {
		.pretcode = (uint32_t)in->sigreturn_at, .stack_flags = ALT_STACK_REFUSED, .flags = 1,
		.gs = (uint16_t)r->gs, .fs = (uint16_t)r->fs, .es = (uint16_t)r->es, .ds = (uint16_t)r->ds,
		.di = (uint32_t)r->rdi, .si = (uint32_t)r->rsi, .bp = (uint32_t)r->rbp, .sp = (uint32_t)r->rsp,
		.bx = (uint32_t)r->rbx, .dx = (uint32_t)r->rdx, .cx = (uint32_t)r->rcx, .ax = (uint32_t)r->rax,
		.ip = (uint32_t)r->rip, .cs = (uint16_t)r->cs, .eflags = (uint32_t)r->eflags,
		.sp_at_signal = (uint32_t)r->rsp, .ss = (uint16_t)r->ss, .sigmask = w->sigmask,
	};

	if (w->fp && w->fp->xstate_size >= XSTATE_MIN) {
		uint8_t *fsave = buf + (fx - at) - FSAVE;

		f.fpstate = (uint32_t)(fx - FSAVE);
		memset(fsave, 0, FSAVE);
		memcpy(fsave, w->fp->fpregs32, sizeof(w->fp->fpregs32));
		put_xstate(buf + (fx - at), w->fp);
	}
	memcpy(buf + (start - at), &f, sizeof(f));
	return at;
}

uint64_t frame_write(const struct inject *in, uint8_t *buf, uint64_t at, const struct frame_wish *wish)
{
	return in->compat ? write32(in, buf, at, wish) : write64(in, buf, at, wish);
}

void frame_restarted(const struct inject *in, const struct user_regs_struct *regs, struct user_regs_struct *ret)
{
	int64_t nr = in->compat ? (int32_t)regs->orig_rax : (int64_t)regs->orig_rax;
	int64_t code;

	*ret = *regs;
	code = in->compat ? (int32_t)ret->rax : (int64_t)ret->rax;
	if (nr < 0 || !(code == -RESTART_NOINTR || code == -RESTART_SYS || code == -RESTART_NOHAND || code == -RESTART_BLOCK))
		return;
	/* The restart block does not outlive rt_sigreturn: such a call ends with EINTR in that case. */
	ret->rax = code == -RESTART_BLOCK ? (in->compat ? 0 : 219) : (uint64_t)nr;
	ret->rip -= 2;
}
