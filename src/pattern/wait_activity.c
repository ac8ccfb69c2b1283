/* SPDX-License-Identifier: MIT */
/*
 * What a thread does. A snapshot was told by the kernel; other Linux dumps tell
 * by the number of the system call, where the machine keeps it; on Windows by the
 * system call stub that the thread has called: its name, or the instruction
 * before the instruction pointer.
 */
#include "os/linux/futex.h"
#include "os/linux/syscall.h"
#include "pattern/blame.h"
#include "pattern/wait_graph_impl.h"
#include "target/kernel.h"

#include <string.h>

enum { SYSCALL_X64 = 0x050f };	/* as a little-endian word */

static const char *innermost(struct target *t, struct thread *th, struct arena *a)
{
	CLEANUP(arena_deinit) struct arena scratch = ARENA_INIT;
	struct stack_options options = { .max_frames = 1, .no_inlines = true };
	struct stack s = { 0 };
	const char *name = NULL;

	if (!err_ignore(stack_walk(t, th, &options, &scratch, &s)) && s.n && s.frames[0].function)
		name = arena_strdup(a, s.frames[0].function);
	return name ? name : "";
}

static enum activity of_state(char state)
{
	switch (state) {
	case 'R': return ACTIVITY_RUNS;
	case 'S':
	case 'D':
	case 'I': return ACTIVITY_SYSTEM_CALL;
	case 'T':
	case 't': return ACTIVITY_STOPPED;
	case 'Z':
	case 'X': return ACTIVITY_GONE;
	default: return ACTIVITY_UNKNOWN;
	}
}

/* It goes on by itself, whatever its state was a moment before it was stopped. */
static bool wakes_others(struct target *t, struct thread *th)
{
	struct linux_syscall s = { 0 };
	bool certain = false;

	return !err_ignore(linux_syscall_of(t, th, &s, &certain)) && certain && s.call == CALL_FUTEX &&
	       !futex_waits(s.args[1]);
}

static enum activity linux_activity(struct target *t, struct thread *th)
{
	const struct dump_thread_live *live = th->record->live;
	struct linux_syscall s;
	bool certain;
	struct err *e;

	if (wakes_others(t, th))
		return ACTIVITY_RUNS;
	if (live && of_state(live->state) != ACTIVITY_UNKNOWN)
		return of_state(live->state);
	e = linux_syscall_of(t, th, &s, &certain);
	if (!e)
		return certain ? ACTIVITY_SYSTEM_CALL : ACTIVITY_UNKNOWN;
	if (err_code(e) == ERR_NOTFOUND && (target_facts(t)->machine == MACHINE_X64 ||
					    target_facts(t)->machine == MACHINE_X86) &&
	    target_facts(t)->kind == DUMP_ELFCORE) {
		struct regs regs;

		err_free(e);
		return err_ignore(thread_regs(t, th, HALF_NATIVE, &regs)) ? ACTIVITY_UNKNOWN : ACTIVITY_RUNS;
	}
	err_free(e);
	return ACTIVITY_UNKNOWN;
}

static bool is_stub(const char *name)
{
	return (strncmp(name, "Nt", 2) == 0 || strncmp(name, "Zw", 2) == 0 ||
		strcmp(name, "KiFastSystemCallRet") == 0) && name[2];
}

static enum activity windows_activity(struct target *t, struct thread *th, const char *function)
{
	struct regs regs;
	struct module *m;
	uint64_t code;

	if ((th->record->has & THREAD_HAS_SUSPEND) && th->record->suspend_count)
		return ACTIVITY_STOPPED;
	if (is_stub(function))
		return ACTIVITY_SYSTEM_CALL;
	if (err_ignore(thread_regs(t, th, HALF_NATIVE, &regs)) || !regs_has(&regs, regs.arch->ip))
		return ACTIVITY_UNKNOWN;
	if (regs.arch->machine == MACHINE_X64 && arch_read_uint(target_memory(t), regs_ip(&regs) - 2, 2, &code) &&
	    code == SYSCALL_X64)
		return ACTIVITY_SYSTEM_CALL;
	/* without symbols a stub of the system cannot be told from other code of it */
	m = target_module_at(t, regs_ip(&regs));
	return m && !module_is_well_tested(m) ? ACTIVITY_RUNS : ACTIVITY_UNKNOWN;
}

/* By what the kernel says of the task; what it waits in is told by wait_kernel(). */
static enum activity kernel_activity(const struct thread *th)
{
	enum activity a = th->record->live ? of_state(th->record->live->state) : ACTIVITY_UNKNOWN;

	if (th->on_cpu)
		return ACTIVITY_RUNS;
	return a == ACTIVITY_RUNS ? ACTIVITY_READY : a == ACTIVITY_SYSTEM_CALL ? ACTIVITY_SLEEPS : a;
}

enum activity wait_activity(struct target *t, struct thread *th, struct arena *a, const char **ret_function)
{
	const char *function = target_kernel(t) && !th->on_cpu ? "" : innermost(t, th, a);

	*ret_function = function;
	if (target_kernel(t))
		return kernel_activity(th);
	if (target_is_windows(t))
		return windows_activity(t, th, function);
	if (target_facts(t)->os == OS_LINUX || target_facts(t)->os == OS_ANDROID)
		return linux_activity(t, th);
	return ACTIVITY_UNKNOWN;
}
