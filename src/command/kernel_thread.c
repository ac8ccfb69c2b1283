/* SPDX-License-Identifier: MIT */
/* !thread: a task of a kernel in full. */
#include "command/kernel_tasks.h"
#include "command/stack.h"

#include "base/cancel.h"
#include "os/linux/kernel/affinity.h"

#include <ctype.h>
#include <inttypes.h>
#include <string.h>

enum { NICE_0 = 120, MAX_FRAMES = 256 };

static const struct field thread_fields[] = {
	{ "task_addr", FIELD_ADDR, "task_struct" },
	{ "pid", FIELD_UINT, "process id" },
	{ "tid", FIELD_UINT, "thread id" },
	{ "name", FIELD_STR, "comm" },
	{ "state", FIELD_STR, "R S D T t X Z P I, as ps has them" },
	{ "state_text", FIELD_STR, "the same in words" },
	{ "running", FIELD_BOOL, "a CPU was running it" },
	{ "cpu", FIELD_UINT, "it runs, or last ran, on" },
	{ "wait_channel", FIELD_STR, "function that it waits in" },
	{ "io_wait", FIELD_BOOL, "it waits for input or output" },
	{ "not_run_for", FIELD_DURATION, "since it last ran, by the clock of the run queue" },
	{ "voluntary_switches", FIELD_UINT, "times that it gave its CPU away" },
	{ "involuntary_switches", FIELD_UINT, "times that its CPU was taken away" },
	{ "policy", FIELD_STR, "other, fifo, rr, batch, idle, deadline" },
	{ "priority", FIELD_INT, "as it is scheduled: 0..99 real time, 100..139 others; -1 deadline" },
	{ "nice", FIELD_INT, "-20 .. 19" },
	{ "rt_priority", FIELD_UINT, "1 .. 99 of real time" },
	{ "affinity", FIELD_STR, "CPUs that it may run on" },
	{ "flags", FIELD_FLAGS, "PF_ flags" },
	{ "started", FIELD_DURATION, "after boot" },
	{ "user_time", FIELD_DURATION, "its own" },
	{ "kernel_time", FIELD_DURATION, "its own" },
	{ "stack_base", FIELD_ADDR, "lowest address of its kernel stack" },
	{ "stack_limit", FIELD_ADDR, "behind its highest" },
	{ "process_addr", FIELD_ADDR, "task_struct of the leader of its group" },
	{ "parent_addr", FIELD_ADDR, "task_struct of its parent" },
	{ "mm_addr", FIELD_ADDR, "mm_struct; absent: kernel thread, or it has ended" },
	{ "exit_code", FIELD_HEX, "of one that has ended" },
	{ NULL },
};
const struct record kernel_thread_record = {
	.kind = "kernel_thread",
	.help = "a task of a kernel",
	.fields = thread_fields,
	.text = "THREAD {task_addr}  Cid {pid}.{tid}  {state} ({state_text})  Cpu: {cpu}\n    Image:              {name}\n"
		"[    WaitChannel:        {wait_channel}\n][    NotRunFor:          {not_run_for}\n]"
		"    Context Switches:   {voluntary_switches} voluntary, {involuntary_switches} involuntary\n"
		"    Policy:             {policy}  Priority {priority}  Nice {nice}[  RealTime {rt_priority}]\n"
		"[    Affinity:           {affinity}\n][    Flags:              0x{flags:x} {flags}\n]"
		"    Started:            {started} after boot\n    UserTime:           {user_time}\n"
		"    KernelTime:         {kernel_time}\n"
		"[    Stack Base {stack_base} Limit {stack_limit}\n][    Owning Process      {process_addr}\n]"
		"[    ExitCode:           0x{exit_code}\n]",
};
static const char line_layout[] = "        THREAD {task_addr}  Cid {pid}.{tid}  {state}  Cpu: {cpu}  {name}[  {wait_channel}]\n";
static const struct record *const thread_records[] = { &kernel_thread_record, &frame_record, NULL };

/* --- helpers of all commands about tasks ---------------------------------------------- */

struct kernel_task task_leader(struct target *t, const struct kernel_task *task)
{
	struct kernel_task leader;

	if (task->group_leader == task->address ||
	    err_ignore(kernel_task_read(t, task->group_leader, &leader)))
		return *task;
	return leader;
}

static struct err *pid_task(struct target *t, uint64_t pid, struct kernel_task *ret)
{
	if (pid > UINT32_MAX)
		return kernel_task_read(t, pid, ret);
	return kernel_task_by_pid(t, (uint32_t)pid, ret);
}

static bool parse_digits(const char **p, uint64_t *ret)
{
	const char *at = *p;
	uint64_t v = 0;

	for (; isdigit((unsigned char)*at) && v < UINT32_MAX; at++)
		v = v * 10 + (uint64_t)(*at - '0');
	if (at == *p || (*at && !isspace((unsigned char)*at)) || at - *p > 10)
		return false;
	*p = str_skip_space(at);
	*ret = v;
	return true;
}

struct err *task_parse(struct session *s, const char **p, bool decimal, struct kernel_task *ret)
{
	uint64_t v = 0;

	if (!decimal || !parse_digits(p, &v))
		TRY(expr_parse(s, p, &v));
	return pid_task(session_target(s), v, ret);
}

struct err *task_current(struct session *s, struct kernel_task *ret)
{
	struct thread *th = session_thread(s);

	if (session_inside_task(s))
		return kernel_task_read(session_target(s), session_inside_task(s), ret);
	if (!th || !th->task)
		return err_new(ERR_NOTFOUND, "no task is current; ~Ns chooses one, or give a PID");
	return kernel_task_read(session_target(s), th->task, ret);
}

/* --- one thread --------------------------------------------------------------------------- */

static void emit_affinity(struct target *t, const struct kernel_task *task, struct out *o)
{
	CLEANUP(strbuf_deinit) struct strbuf sb = STRBUF_INIT;
	uint64_t bits = 0;

	if (!affinity_of(t, task->address, &bits))
		return;
	affinity_add_text(t, bits, &sb);
	out_name(o, "affinity", sb.s);
}

/* Those whose bits have been the same for many years. */
static void emit_flags(const struct kernel_task *task, struct out *o)
{
	static const struct {
		uint64_t bit;
		const char *name;
	} names[] = {
		{ 0x2, "IDLE" },	  { 0x4, "EXITING" },	  { 0x20, "WQ_WORKER" },  { 0x40, "FORKNOEXEC" },
		{ 0x100, "SUPERPRIV" },	  { 0x200, "DUMPCORE" },  { 0x400, "SIGNALED" },  { 0x800, "MEMALLOC" },
		{ 0x8000, "NOFREEZE" },	  { 0x200000, "KTHREAD" },{ 0x400000, "RANDOMIZE" },
	};
	CLEANUP(strbuf_deinit) struct strbuf sb = STRBUF_INIT;

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (task->flags & names[i].bit)
			strbuf_addf(&sb, "%s%s", sb.len ? " " : "", names[i].name);
	out_flags(o, "flags", task->flags, sb.s);
}

static void emit_stack_place(struct target *t, const struct kernel_task *task, struct out *o)
{
	uint64_t size = kernel_stack_size(t);

	if (!task->stack)
		return;
	out_addr(o, "stack_base", task->stack);
	if (size)
		out_addr(o, "stack_limit", task->stack + size);
}

static void emit_head(struct target *t, struct arena *a, const struct kernel_task *task, struct out *o)
{
	const char letter[2] = { task->letter, '\0' };

	out_addr(o, "task_addr", task->address);
	out_uint(o, "pid", task->tgid);
	out_uint(o, "tid", task->pid);
	out_str(o, "name", kernel_task_name(t, task, a));
	out_str(o, "state", letter);
	out_str(o, "state_text", task->on_cpu ? "on its processor" : task->letter == 'R' ? "ready" :
				 kernel_state_word(task->letter));
	out_bool(o, "running", task->on_cpu);
	out_uint(o, "cpu", task->cpu);
	out_name(o, "wait_channel", kernel_wait_channel(t, task, a));
}

static void emit_scheduling(struct target *t, const struct kernel_task *task, struct out *o)
{
	uint64_t ns;

	if (task->in_iowait)
		out_bool(o, "io_wait", true);
	if (!task->on_cpu && kernel_not_run_for(t, task, &ns))
		out_duration(o, "not_run_for", ns / 100);
	out_uint(o, "voluntary_switches", task->voluntary);
	out_uint(o, "involuntary_switches", task->involuntary);
	out_str(o, "policy", kernel_policy_name(task->policy));
	out_int(o, "priority", task->prio);
	out_int(o, "nice", task->static_prio - NICE_0);
	if (task->rt_priority)
		out_uint(o, "rt_priority", (uint32_t)task->rt_priority);
	emit_affinity(t, task, o);
	emit_flags(task, o);
}

/* Stacks that cannot be had are said to be so: other threads may have theirs. */
static struct err *show_stack(struct session *s, struct arena *a, const struct kernel_task *task, struct out *o)
{
	struct stack_options options = { .max_frames = MAX_FRAMES };
	struct target *t = session_target(s);
	struct thread *th = target_thread_by_tid(t, task->pid), *threads;
	size_t n = target_threads(t, &threads);
	struct stack stack = { 0 };
	struct err *e;

	for (size_t i = 0; i < n && (!th || th->task != task->address); i++)
		th = &threads[i];
	if (!th || th->task != task->address)
		return out_heading(o, "    no stack: the task is in no list\n\n");
	if (!task->stack) /* of one that has ended */
		return out_heading(o, "    no stack: it was given back\n\n");
	e = stack_walk(t, th, &options, a, &stack);
	if (e) {
		session_report(s, e);
		return NULL;
	}
	TRY(emit_stack(s, a, o, "k", &stack));
	return out_heading(o, "\n");
}

struct err *thread_details(struct session *s, struct arena *a, const struct kernel_task *task, bool stack, struct out *o)
{
	struct target *t = session_target(s);

	out_begin(o, &kernel_thread_record);
	emit_head(t, a, task, o);
	emit_scheduling(t, task, o);
	out_duration(o, "started", task->start_boottime / 100);
	out_duration(o, "user_time", task->utime / 100);
	out_duration(o, "kernel_time", task->stime / 100);
	emit_stack_place(t, task, o);
	out_addr(o, "process_addr", task->group_leader);
	out_addr(o, "parent_addr", task->parent);
	if (task->mm)
		out_addr(o, "mm_addr", task->mm);
	if (task->exit_state)
		out_uint(o, "exit_code", (uint32_t)task->exit_code);
	TRY(out_end(o));
	return stack ? show_stack(s, a, task, o) : out_heading(o, "\n");
}

struct err *thread_line(struct session *s, struct arena *a, const struct kernel_task *task, struct out *o)
{
	out_begin_as(o, &kernel_thread_record, line_layout);
	emit_head(session_target(s), a, task, o);
	return out_end(o);
}

static struct err *run(struct session *s, const struct args *args, struct out *o)
{
	const char *p = args->tail;
	struct kernel_task task;
	uint64_t flags = 6;

	if ((uint8_t)*p == '-' && str_starts(p, "-1"))
		p = str_skip_space(p + 2);
	else if (*p) {
		TRY(task_parse(s, &p, false, &task));
		if (expr_ahead(p))
			TRY(expr_parse(s, &p, &flags));
		TRY(end_parse(args, p));
		return thread_details(s, args->arena, &task, flags & 4, o);
	}
	if (expr_ahead(p))
		TRY(expr_parse(s, &p, &flags));
	TRY(end_parse(args, p));
	TRY(task_current(s, &task));
	return thread_details(s, args->arena, &task, flags & 4, o);
}

static struct err *run_thread(struct session *s, const struct args *args, struct out *o)
{
	return run_on_kernel(s, args, o, run);
}

const struct command command_kernel_thread = {
	.name = "!thread",
	.summary = "show a task of a kernel",
	.usage = "[task [flags]]",
	.help = "A task of the Linux kernel in the dump of a machine: its state, the function that it waits\n"
		"in and for how long it has not run, switches, times, policy and priority, the CPUs that it\n"
		"may run on, its flags, and its stack. `task` is the address of a task_struct or a thread id\n"
		"(hex as all numbers are; 0n123 is decimal); -1 or nothing: the current one.\n"
		"flags: 4 with the stack (2 and 4 are the default).\n"
		"For how long it has not run is told by the clocks of the run queues; a machine on which all\n"
		"CPUs idle does not keep them, so that it may be too little.",
	.records = thread_records,
	.needs = NEEDS_TARGET,
	.run = run_thread,
};
