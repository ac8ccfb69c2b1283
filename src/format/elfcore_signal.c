/* SPDX-License-Identifier: MIT */
/*
 * Linux siginfo_t (NT_SIGINFO) to a dump_exception:
 *
 *	code		si_signo
 *	flags		si_errno
 *	parameters[0]	si_code, sign-extended
 *	address		si_addr of a hardware fault, else 0
 *	parameters[1..]	fault: si_addr, si_addr_lsb, si_lower, si_upper
 *			kill, queue, timer: si_pid, si_uid, si_value
 *			child: si_pid, si_uid, si_status
 *			SIGPOLL: si_band, si_fd; SIGSYS: si_call_addr, si_syscall, si_arch
 *
 * A code <= 0 was sent by a program, whatever the signal; positive codes
 * below 0x80 belong to the signal. Sources: sigaction(2), asm-generic/
 * siginfo.h; MIPS has si_code before si_errno and numbers of its own.
 */
#include "format/elfcore_impl.h"

enum { SI_KERNEL = 0x80, SI_TIMER = -2, SI_ASYNCNL = -60, SEGV_BNDERR = 3 };

enum kind { KIND_NONE, KIND_FAULT, KIND_SENT, KIND_TIMER, KIND_CHILD, KIND_POLL, KIND_SYS };

static enum kind kind_of_signal(uint32_t signo, bool mips)
{
	switch (signo) {
	case 4: case 5: case 8: case 11: /* ILL TRAP FPE SEGV */
		return KIND_FAULT;
	case 7: /* BUS, MIPS: EMT */
		return KIND_FAULT;
	case 10: /* MIPS: BUS; else USR1 */
		return mips ? KIND_FAULT : KIND_SENT;
	case 17: /* CHLD, MIPS: USR2 */
		return mips ? KIND_SENT : KIND_CHILD;
	case 18:
		return mips ? KIND_CHILD : KIND_SENT;
	case 29:
		return mips ? KIND_SENT : KIND_POLL;
	case 22:
		return mips ? KIND_POLL : KIND_SENT;
	case 31:
		return mips ? KIND_SENT : KIND_SYS;
	case 12:
		return mips ? KIND_SYS : KIND_SENT;
	default:
		return KIND_SENT;
	}
}

static enum kind kind_of(uint32_t signo, int32_t code, bool mips)
{
	enum kind kind = kind_of_signal(signo, mips);

	if (code == SI_TIMER)
		return KIND_TIMER;
	if (code <= 0)
		return KIND_SENT;
	if (code == SI_KERNEL) /* a fault without an address, or no more to say */
		return kind == KIND_FAULT ? KIND_FAULT : KIND_NONE;
	return kind;
}

static void push(struct dump_exception *e, uint64_t v)
{
	e->parameters[e->n_parameters++] = v;
}

static uint64_t read_int(struct cursor *cur)
{
	return (uint64_t)(int64_t)cursor_s32(cur);
}

static void fault(struct elfcore *c, struct cursor *cur, struct dump_exception *e, int32_t code)
{
	e->address = elfcore_word(c, cur);
	push(e, e->address);
	push(e, cursor_u16(cur));
	if (e->code != 11 || code != SEGV_BNDERR)
		return;
	cursor_align(cur, c->word);
	push(e, elfcore_word(c, cur));
	push(e, elfcore_word(c, cur));
}

static void fill(struct elfcore *c, struct cursor *cur, struct dump_exception *e, int32_t code)
{
	enum kind kind = kind_of(e->code, code, c->mach.machine == MACHINE_MIPS ||
							c->mach.machine == MACHINE_MIPS64);

	cursor_align(cur, c->word);
	if (kind == KIND_FAULT) {
		fault(c, cur, e, code);
	} else if (kind == KIND_POLL) {
		push(e, elfcore_word(c, cur));
		push(e, read_int(cur));
	} else if (kind == KIND_SYS) {
		push(e, elfcore_word(c, cur));
		push(e, read_int(cur));
		push(e, cursor_u32(cur));
	} else if (kind == KIND_CHILD) {
		push(e, cursor_u32(cur));
		push(e, cursor_u32(cur));
		push(e, read_int(cur));
	} else if (kind != KIND_NONE) {
		push(e, cursor_u32(cur));
		push(e, cursor_u32(cur));
		push(e, elfcore_word(c, cur));
	}
}

struct err *elfcore_linux_siginfo(struct elfcore *c, struct dump_piece piece,
				  struct dump_exception *ret)
{
	CLEANUP(view_deinit) struct view view = VIEW_INIT;
	bool mips = c->mach.machine == MACHINE_MIPS || c->mach.machine == MACHINE_MIPS64;
	struct dump_exception e = { 0 };
	struct cursor cur;
	int32_t second, third, code;

	TRY(source_cursor(c->d.src, piece.offset, piece.size, &view, &cur));
	cur.big_endian = c->d.facts.big_endian;
	e.code = cursor_u32(&cur);
	second = cursor_s32(&cur);
	third = cursor_s32(&cur);
	code = mips ? second : third;
	e.flags = (uint32_t)(mips ? third : second);
	push(&e, (uint64_t)(int64_t)code);
	fill(c, &cur, &e, code);
	TRY(cursor_check(&cur, "NT_SIGINFO"));
	*ret = e;
	return NULL;
}
