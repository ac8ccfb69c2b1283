/* SPDX-License-Identifier: MIT */
/* The numbers of x86, arm, arm64, riscv, ppc64 and s390x: they agree. */
#include "os/linux/signals.h"

#include "base/cleanup.h"

#include <stddef.h>
#include <string.h>

enum { MAX_ERRNO = 133 };

static const struct {
	const char *name, *text;
} signals[] = {
	[1] = { "SIGHUP", "Hangup" },
	[2] = { "SIGINT", "Interrupt" },
	[3] = { "SIGQUIT", "Quit" },
	[4] = { "SIGILL", "Illegal instruction" },
	[5] = { "SIGTRAP", "Trace/breakpoint trap" },
	[6] = { "SIGABRT", "Aborted" },
	[7] = { "SIGBUS", "Bus error" },
	[8] = { "SIGFPE", "Arithmetic exception" },
	[9] = { "SIGKILL", "Killed" },
	[10] = { "SIGUSR1", "User defined signal 1" },
	[11] = { "SIGSEGV", "Segmentation fault" },
	[12] = { "SIGUSR2", "User defined signal 2" },
	[13] = { "SIGPIPE", "Broken pipe" },
	[14] = { "SIGALRM", "Alarm clock" },
	[15] = { "SIGTERM", "Terminated" },
	[16] = { "SIGSTKFLT", "Stack fault" },
	[17] = { "SIGCHLD", "Child status changed" },
	[18] = { "SIGCONT", "Continued" },
	[19] = { "SIGSTOP", "Stopped (signal)" },
	[20] = { "SIGTSTP", "Stopped (user)" },
	[21] = { "SIGTTIN", "Stopped (tty input)" },
	[22] = { "SIGTTOU", "Stopped (tty output)" },
	[23] = { "SIGURG", "Urgent I/O condition" },
	[24] = { "SIGXCPU", "CPU time limit exceeded" },
	[25] = { "SIGXFSZ", "File size limit exceeded" },
	[26] = { "SIGVTALRM", "Virtual timer expired" },
	[27] = { "SIGPROF", "Profiling timer expired" },
	[28] = { "SIGWINCH", "Window size changed" },
	[29] = { "SIGIO", "I/O possible" },
	[30] = { "SIGPWR", "Power failure" },
	[31] = { "SIGSYS", "Bad system call" },
};

static const struct {
	uint32_t signo;
	int32_t code;
	const char *name, *text;
} codes[] = {
	{ 4, 1, "ILL_ILLOPC", "illegal opcode" },
	{ 4, 2, "ILL_ILLOPN", "illegal operand" },
	{ 4, 3, "ILL_ILLADR", "illegal addressing mode" },
	{ 4, 4, "ILL_ILLTRP", "illegal trap" },
	{ 4, 5, "ILL_PRVOPC", "privileged opcode" },
	{ 4, 6, "ILL_PRVREG", "privileged register" },
	{ 4, 7, "ILL_COPROC", "coprocessor error" },
	{ 4, 8, "ILL_BADSTK", "internal stack error" },
	{ 5, 1, "TRAP_BRKPT", "breakpoint" },
	{ 5, 2, "TRAP_TRACE", "single step" },
	{ 5, 3, "TRAP_BRANCH", "branch taken" },
	{ 5, 4, "TRAP_HWBKPT", "hardware breakpoint or watchpoint" },
	{ 7, 1, "BUS_ADRALN", "address not aligned" },
	{ 7, 2, "BUS_ADRERR", "no page for the address, as behind the end of a mapped file" },
	{ 7, 3, "BUS_OBJERR", "hardware error" },
	{ 7, 4, "BUS_MCEERR_AR", "memory error that was consumed" },
	{ 7, 5, "BUS_MCEERR_AO", "memory error that was found" },
	{ 8, 1, "FPE_INTDIV", "integer division by zero" },
	{ 8, 2, "FPE_INTOVF", "integer overflow" },
	{ 8, 3, "FPE_FLTDIV", "floating-point division by zero" },
	{ 8, 4, "FPE_FLTOVF", "floating-point overflow" },
	{ 8, 5, "FPE_FLTUND", "floating-point underflow" },
	{ 8, 6, "FPE_FLTRES", "floating-point result not exact" },
	{ 8, 7, "FPE_FLTINV", "invalid floating-point operation" },
	{ 8, 8, "FPE_FLTSUB", "subscript out of range" },
	{ 11, 1, "SEGV_MAPERR", "address not mapped" },
	{ 11, 2, "SEGV_ACCERR", "access not permitted" },
	{ 11, 3, "SEGV_BNDERR", "bounds check failed" },
	{ 11, 4, "SEGV_PKUERR", "access denied by a protection key" },
	{ 11, 8, "SEGV_MTEAERR", "memory tag mismatch, noticed late" },
	{ 11, 9, "SEGV_MTESERR", "memory tag mismatch" },
	{ 11, 10, "SEGV_CPERR", "control protection: return address or branch target" },
	{ 31, 1, "SYS_SECCOMP", "system call denied by a seccomp filter" },
};

static const struct {
	int32_t code;
	const char *name;
} senders[] = {
	{ 0, "SI_USER" },    { -1, "SI_QUEUE" },  { -2, "SI_TIMER" },	{ -3, "SI_MESGQ" },
	{ -4, "SI_ASYNCIO" },{ -5, "SI_SIGIO" },  { -6, "SI_TKILL" },	{ -7, "SI_DETHREAD" },
	{ -60, "SI_ASYNCNL" },{ 0x80, "SI_KERNEL" },
};

const char *linux_signal_name(uint32_t signo)
{
	return signo < ARRAY_SIZE(signals) ? signals[signo].name : NULL;
}

const char *linux_signal_text(uint32_t signo)
{
	return signo < ARRAY_SIZE(signals) ? signals[signo].text : NULL;
}

const char *linux_signal_code_name(uint32_t signo, int32_t code)
{
	for (size_t i = 0; i < ARRAY_SIZE(senders); i++)
		if (senders[i].code == code)
			return senders[i].name;
	for (size_t i = 0; i < ARRAY_SIZE(codes); i++)
		if (codes[i].signo == signo && codes[i].code == code)
			return codes[i].name;
	return NULL;
}

const char *linux_signal_code_text(uint32_t signo, int32_t code)
{
	for (size_t i = 0; i < ARRAY_SIZE(codes); i++)
		if (codes[i].signo == signo && codes[i].code == code)
			return codes[i].text;
	return NULL;
}

bool linux_signal_is_fault(uint32_t signo, int32_t code)
{
	bool faulting = signo == 4 || signo == 5 || signo == 7 || signo == 8 || signo == 11;

	return faulting && code > 0 && code < 0x80;
}

const char *linux_errno_name(int32_t number)
{
	return number > 0 && number <= MAX_ERRNO ? strerrorname_np(number) : NULL;
}

const char *linux_errno_text(int32_t number)
{
	return number >= 0 && number <= MAX_ERRNO ? strerrordesc_np(number) : NULL;
}
