/* SPDX-License-Identifier: MIT */
/*
 * !running and !ready: what the processors of a machine run, and what waits for
 * one of them (os/linux/kernel/sched.h).
 */
#include "command/kernel.h"
#include "command/stack.h"
#include "os/linux/kernel/sched.h"

#include "base/cancel.h"

enum { MAX_FRAMES = 64, HUNDRED = 100 };

static const struct field running_fields[] = {
	{ "cpu", FIELD_UINT, "number of the processor" },
	{ "online", FIELD_BOOL, "whether it is in use" },
	{ "task_addr", FIELD_ADDR, "task_struct of what it runs" },
	{ "thread", FIELD_UINT, "the debugger's number of that task" },
	{ "pid", FIELD_UINT, "its thread id" },
	{ "priority", FIELD_INT, "its priority in the kernel's numbers: below 100 realtime, 120 is nice 0" },
	{ "class", FIELD_STR, "stop, deadline, realtime, fair, ext, idle" },
	{ "ran_for", FIELD_DURATION, "since it got the processor, by the last tick; absent for the idle task" },
	{ "queued", FIELD_UINT, "tasks that are ready to run there and do not" },
	{ "running", FIELD_UINT, "tasks that the run queue counts, what it runs included" },
	{ "clock", FIELD_UINT, "ns, scheduler's clock of the processor" },
	{ "behind", FIELD_DURATION, "how far that clock is behind the latest one" },
	{ "switches", FIELD_UINT, "changes of task since the processor came up" },
	{ "rq_addr", FIELD_ADDR, "its struct rq" },
	{ "name", FIELD_STR, "name of the task" },
	{ "trouble", FIELD_STR, "what of its run queue could not be read" },
	{ NULL },
};
static const struct record running_record = {
	.kind = "running",
	.help = "what a processor runs",
	.fields = running_fields,
	.text = "{cpu:3}  {task_addr:p}  {pid:7|-}  {priority:4|?}  {class:-8|?} {queued:6}  {ran_for:-18|-}  {name}[ (thread {thread})]\n"
		"[     its run queue is not whole: {trouble}\n]",
};

static const struct field ready_fields[] = {
	{ "cpu", FIELD_UINT, "processor whose run queue it is on" },
	{ "class", FIELD_STR, "deadline, realtime, fair" },
	{ "priority", FIELD_INT, "in the kernel's numbers: below 100 realtime, 120 is nice 0" },
	{ "task_addr", FIELD_ADDR, "its task_struct" },
	{ "thread", FIELD_UINT, "the debugger's number; absent: it is in no list of tasks" },
	{ "pid", FIELD_UINT, "its thread id" },
	{ "ready_for", FIELD_DURATION, "since it became ready to run" },
	{ "ran_for", FIELD_DURATION, "processor time that it has used" },
	{ "vruntime", FIELD_UINT, "fair: by which it is in the queue" },
	{ "deadline", FIELD_UINT, "deadline: ns; fair since 6.6: virtual" },
	{ "groups", FIELD_UINT, "control groups that it is in" },
	{ "cpus_allowed", FIELD_UINT, "processors that it may run on" },
	{ "sleeps", FIELD_BOOL, "it sleeps already and is kept until its time is paid (6.12)" },
	{ "name", FIELD_STR, "its name" },
	{ NULL },
};
static const struct record ready_record = {
	.kind = "ready",
	.help = "a task that is ready to run and has no processor",
	.fields = ready_fields,
	.text = "  {class:-8}  {priority:4}  {task_addr:p}  {pid:7}  {ready_for:-18|-}  {name}[ (thread {thread})][ sleeps already: {sleeps}]\n",
};

static const struct field queue_fields[] = {
	{ "cpu", FIELD_UINT, "number of the processor" },
	{ "rq_addr", FIELD_ADDR, "its struct rq" },
	{ "running", FIELD_UINT, "tasks that the run queue counts, the running one included" },
	{ "ready", FIELD_UINT, "tasks found on it that do not run" },
	{ "deadline", FIELD_UINT, "tasks of the deadline class by its count" },
	{ "realtime", FIELD_UINT, "of the realtime class" },
	{ "fair", FIELD_UINT, "of the fair class" },
	{ "iowait", FIELD_UINT, "tasks that wait for input or output and were here last" },
	{ "task_addr", FIELD_ADDR, "what the processor runs" },
	{ "pid", FIELD_UINT, "thread id of that" },
	{ "name", FIELD_STR, "name of that" },
	{ "trouble", FIELD_STR, "what of the queue could not be read" },
	{ NULL },
};
static const struct record queue_record = {
	.kind = "run_queue",
	.help = "the run queue of a processor",
	.fields = queue_fields,
	.text = "Processor {cpu}: run queue {rq_addr:w}, tasks {running}[ (deadline {deadline}, realtime {realtime}, fair {fair})], ready {ready}\n"
		"  current: {task_addr:w}[ {pid}] {name}\n[  *** not whole: {trouble}\n]",
};

static uint64_t to_hundred(uint64_t ns)
{
	return ns / HUNDRED;
}

static void emit_name(struct target *t, struct out *o, const struct thread *th, uint64_t comm_at)
{
	char comm[17] = "";

	if (th)
		out_str(o, "name", th->name);
	else if (comm_at && arch_read(target_memory(t), comm_at, comm, 16))
		out_str(o, "name", comm);
}

/* --- !running ---------------------------------------------------------------------------------------- */

static struct err *emit_running(struct session *s, const struct sched_view *v, const struct sched_cpu *c, struct out *o)
{
	bool known = c->info.has;

	out_begin(o, &running_record);
	out_uint(o, "cpu", c->cpu);
	out_bool(o, "online", c->online);
	out_addr(o, "task_addr", c->current);
	if (c->thread)
		out_uint(o, "thread", c->thread->index);
	if (known) {
		out_uint(o, "pid", c->info.pid);
		out_int(o, "priority", (int64_t)c->info.prio);
		out_str(o, "class", sched_class_name(c->class));
	}
	if (c->runs_known)
		out_duration(o, "ran_for", to_hundred(c->runs));
	out_uint(o, "queued", c->n);
	out_uint(o, "running", c->nr_running);
	out_uint(o, "clock", c->clock);
	if (v->now >= c->clock)
		out_duration(o, "behind", to_hundred(v->now - c->clock));
	out_uint(o, "switches", c->switches);
	out_addr(o, "rq_addr", c->rq);
	emit_name(session_target(s), o, c->thread, c->info.comm_at);
	out_str(o, "trouble", c->trouble);
	return out_end(o);
}

static struct err *show_stack(struct session *s, struct thread *th, struct arena *a, struct out *o)
{
	struct stack_options options = { .max_frames = MAX_FRAMES };
	struct stack stack = { 0 };
	struct err *e = stack_walk(session_target(s), th, &options, a, &stack);

	if (e && (err_code(e) == ERR_NOMEM || err_code(e) == ERR_CANCELLED))
		return e;
	if (e || !stack.n) {
		e = err_ignore(e) ? out_heading(o, "     its registers are not in the dump\n") : NULL;
		return e;
	}
	TRY(emit_stack(s, a, o, "k", &stack));
	return out_heading(o, "\n");
}

/* With the mask of processors in use everything would be missing, and nothing would tell. */
static struct err *read_queues(struct session *s, const struct args *args, struct sched_view *v)
{
	TRY(sched_view_read(session_target(s), args->arena, v));
	for (size_t i = 0; i < v->n; i++)
		if (v->cpus[i].online || v->cpus[i].n)
			return NULL;
	return err_new(ERR_NOTFOUND, "no processor is in use by the kernel's __cpu_online_mask, which cannot be: it, or the "
				     "kernel's table of symbols, is damaged or missing");
}

static struct err *run_running(struct session *s, const struct args *args, struct out *o)
{
	const char *p = args->tail;
	struct sched_view v = { 0 };
	struct kernel *k = NULL;
	unsigned options = 0;

	TRY(options_parse(&p, "it", &options));
	TRY(end_parse(args, p));
	TRY(kernel_need(s, args, &k));
	TRY(read_queues(s, args, &v));
	TRY(out_heading(o, "CPU  %-*s  %7s  %4s  %-8s %6s  %-18s  %s\n", out_pointer_width(o), "Task", "PID", "Pri", "Class", "Queued",
			"On processor", "Name"));
	for (size_t i = 0; i < v.n; i++) {
		const struct sched_cpu *c = &v.cpus[i];

		TRY(cancel_check());
		if (!c->online || (c->current == c->idle && !c->n && !(options & 1) && (options & 2)))
			continue;
		TRY(emit_running(s, &v, c, o));
		if ((options & 2) && c->thread)
			TRY(show_stack(s, c->thread, args->arena, o));
	}
	return NULL;
}

static const struct record *const running_records[] = { &running_record, &frame_record, NULL };
const struct command command_running = {
	.name = "!running",
	.summary = "show what each processor of a machine runs",
	.usage = "[-t] [-i]",
	.help = "A line for each processor in use: the task, its priority and scheduling class, how\n"
		"long it has had the processor, and how many others are ready to run there. The\n"
		"priority is the kernel's number: 0 to 99 realtime, 100 to 139 fair (120 is nice 0).\n"
		"-t shows the stack of each, idle processors left out unless -i is given as well.\n"
		"Times are those of the scheduler's clock at the processor's last tick or switch.\n"
		"Dumps of Linux kernels only.",
	.records = running_records,
	.needs = NEEDS_TARGET,
	.run = run_running,
};

/* --- !ready -------------------------------------------------------------------------------------------- */

static struct err *emit_ready(struct session *s, const struct sched_cpu *c, const struct sched_queued *q, struct out *o)
{
	out_begin(o, &ready_record);
	out_uint(o, "cpu", c->cpu);
	out_str(o, "class", sched_class_name(q->class));
	out_int(o, "priority", (int64_t)q->info.prio);
	out_addr(o, "task_addr", q->task);
	if (q->thread)
		out_uint(o, "thread", q->thread->index);
	out_uint(o, "pid", q->info.pid);
	if (q->waits_known)
		out_duration(o, "ready_for", to_hundred(q->waits));
	if (sched_has(&q->info, sum_exec_runtime))
		out_duration(o, "ran_for", to_hundred(q->info.sum_exec_runtime));
	if (q->class == SCHED_CLASS_FAIR && sched_has(&q->info, vruntime))
		out_uint(o, "vruntime", q->info.vruntime);
	if (q->class == SCHED_CLASS_FAIR && sched_has(&q->info, deadline))
		out_uint(o, "deadline", q->info.deadline);
	if (q->class == SCHED_CLASS_DEADLINE && sched_has(&q->info, dl_deadline))
		out_uint(o, "deadline", q->info.dl_deadline);
	if (q->depth)
		out_uint(o, "groups", q->depth);
	if (sched_has(&q->info, allowed))
		out_uint(o, "cpus_allowed", q->info.allowed);
	if (q->delayed)
		out_bool(o, "sleeps", true);
	emit_name(session_target(s), o, q->thread, q->info.comm_at);
	return out_end(o);
}

static struct err *emit_queue(struct session *s, const struct sched_cpu *c, struct out *o)
{
	out_begin(o, &queue_record);
	out_uint(o, "cpu", c->cpu);
	out_addr(o, "rq_addr", c->rq);
	out_uint(o, "running", c->nr_running);
	if (c->has_deadline && c->has_rt && c->has_fair) {
		out_uint(o, "deadline", c->nr_deadline);
		out_uint(o, "realtime", c->nr_rt);
		out_uint(o, "fair", c->nr_fair);
	}
	out_uint(o, "ready", c->n);
	out_uint(o, "iowait", c->nr_iowait);
	out_addr(o, "task_addr", c->current);
	if (c->info.has)
		out_uint(o, "pid", c->info.pid);
	emit_name(session_target(s), o, c->thread, c->info.comm_at);
	out_str(o, "trouble", c->trouble);
	return out_end(o);
}

static struct err *run_ready(struct session *s, const struct args *args, struct out *o)
{
	struct sched_view v = { 0 };
	struct kernel *k = NULL;
	size_t ready = 0;

	TRY(end_parse(args, args->tail));
	TRY(kernel_need(s, args, &k));
	TRY(read_queues(s, args, &v));
	for (size_t i = 0; i < v.n; i++) {
		const struct sched_cpu *c = &v.cpus[i];

		TRY(cancel_check());
		if (!c->online && !c->n)
			continue;
		TRY(emit_queue(s, c, o));
		for (size_t n = 0; n < c->n; n++) {
			TRY(emit_ready(s, c, &c->queued[n], o));
			ready += !c->queued[n].delayed;
		}
	}
	return out_heading(o, "%zu tasks are ready to run and have no processor\n", ready);
}

static const char *const ready_aliases[] = { "runq", NULL };
static const struct record *const ready_records[] = { &queue_record, &ready_record, NULL };
const struct command command_ready = {
	.name = "!ready",
	.aliases = ready_aliases,
	.summary = "show the run queues of a machine: tasks that are ready to run",
	.usage = "",
	.help = "For each processor what it runs and the tasks that are queued for it: deadline tasks\n"
		"first, then realtime ones by priority, then fair ones in the order of their tree;\n"
		"those of control groups stand where their group does. Of each: the kernel's priority,\n"
		"and for how long it has been ready without getting the processor. A run queue whose\n"
		"lists or trees are torn is told.\n"
		"Dumps of Linux kernels only. Known to users of crash as runq.",
	.records = ready_records,
	.needs = NEEDS_TARGET,
	.whole_word = true,
	.run = run_ready,
};
