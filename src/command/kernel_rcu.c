/* SPDX-License-Identifier: MIT */
/* !rcu: the grace period, what it waits for, and the callbacks that wait for it. */
#include "command/kernel.h"

#include "base/cancel.h"
#include "os/linux/kernel/now.h"
#include "os/linux/kernel/rcu.h"
#include "os/linux/kernel/task.h"

#include <inttypes.h>

static const struct field rcu_fields[] = {
	{ "address", FIELD_ADDR, "of struct rcu_state" },
	{ "gp_seq", FIELD_INT, "counter of grace periods, with the phase in its two lowest bits" },
	{ "gp_number", FIELD_INT, "number of the grace period: that of the last one that began" },
	{ "in_progress", FIELD_BOOL, "whether it is under way" },
	{ "phase", FIELD_UINT, "two lowest bits of gp_seq: 0 none is under way" },
	{ "age_ms", FIELD_INT, "milliseconds since it began" },
	{ "gp_start", FIELD_UINT, "jiffies when it began" },
	{ "gp_activity", FIELD_UINT, "jiffies of the last sign of life of the thread that runs grace periods" },
	{ "state", FIELD_STR, "what that thread is at: RCU_GP_WAIT_FQS ..." },
	{ "task_addr", FIELD_ADDR, "task_struct of the thread" },
	{ "thread", FIELD_UINT, "the debugger's number of it" },
	{ "pid", FIELD_UINT, "its thread id" },
	{ "name", FIELD_STR, "its name" },
	{ "task_state", FIELD_STR, "what the scheduler says of it" },
	{ "inactive_ms", FIELD_INT, "milliseconds since its last sign of life" },
	{ "timeout_s", FIELD_UINT, "seconds after which the kernel tells a stall" },
	{ "stalled", FIELD_BOOL, "the grace period is older than that" },
	{ "expedited_seq", FIELD_INT, "the counter of expedited grace periods" },
	{ "expedited_in_progress", FIELD_BOOL, "whether one is under way" },
	{ "waits_cpus", FIELD_UINT, "processors that it waits for" },
	{ "waits_tasks", FIELD_UINT, "tasks that it waits for" },
	{ NULL },
};
static const struct record rcu_record = {
	.kind = "rcu",
	.help = "the grace period",
	.fields = rcu_fields,
	.text = "grace period {gp_number} (gp_seq {gp_seq}): phase {phase}[, began {age_ms} ms ago]; "
		"waits for {waits_cpus} CPUs, {waits_tasks} tasks\n"
		"thread {pid|?} {name|?} {state|?}[, {task_state}][, last active {inactive_ms} ms ago]\n"
		"[a stall is told after {timeout_s} s\n]",
};

static const struct field cpu_fields[] = {
	{ "cpu", FIELD_UINT, "number of the processor" },
	{ "address", FIELD_ADDR, "of its struct rcu_data" },
	{ "online", FIELD_BOOL, "whether it is in use" },
	{ "blocks", FIELD_BOOL, "the grace period waits for it" },
	{ "blocks_expedited", FIELD_BOOL, "so does the expedited one" },
	{ "gp_seq", FIELD_INT, "the counter as it has seen it" },
	{ "gp_seq_needed", FIELD_INT, "the counter that its callbacks wait for" },
	{ "no_qs", FIELD_BOOL, "it has gone through no quiescent state since it last looked" },
	{ "core_needs_qs", FIELD_BOOL, "and is to report one" },
	{ "watching", FIELD_BOOL, "false: it idles or runs user code, and nothing waits for it" },
	{ "ticks", FIELD_UINT, "timer interrupts that it took in this grace period" },
	{ "callbacks", FIELD_UINT, "that it keeps" },
	{ "lazy", FIELD_UINT, "of them, those that may wait for long" },
	{ "segments", FIELD_STRS, "of them: done, waiting for this grace period, for the next one, not assigned" },
	{ "note", FIELD_STR, "what is the matter with it" },
	{ NULL },
};
static const struct record cpu_record = {
	.kind = "rcu_cpu",
	.help = "what a processor has to do with it",
	.fields = cpu_fields,
	.text = "{cpu:3}  {address:p}  {gp_seq:10}  {gp_seq_needed:10}  {ticks:7}  {callbacks:9}  {segments|-}[  {note}]\n",
};

static const struct field task_fields[] = {
	{ "task_addr", FIELD_ADDR, "task_struct" },
	{ "thread", FIELD_UINT, "the debugger's number of it" },
	{ "pid", FIELD_UINT, "its thread id" },
	{ "name", FIELD_STR, "its name" },
	{ "blocks", FIELD_BOOL, "the grace period waits for it" },
	{ "blocks_expedited", FIELD_BOOL, "so does the expedited one" },
	{ "note", FIELD_STR, "that in words" },
	{ NULL },
};
static const struct record task_record = {
	.kind = "rcu_task",
	.help = "a task that was preempted while it was a reader",
	.fields = task_fields,
	.text = "preempted reader  {task_addr}  {pid|?}  {name|?}[ (thread {thread})]  {note}\n",
};

static const struct field stall_fields[] = {
	{ "age_s", FIELD_UINT, "seconds since the grace period began" },
	{ "timeout_s", FIELD_UINT, "seconds after which the kernel tells a stall" },
	{ NULL },
};
static const struct record stall_record = {
	.kind = "rcu_stall",
	.help = "the grace period is older than the kernel lets pass without a word",
	.fields = stall_fields,
	.text = "STALL: the grace period began {age_s} s ago; the kernel tells a stall after {timeout_s} s\n",
};
static const struct record *const rcu_records[] = { &rcu_record, &stall_record, &cpu_record, &task_record, NULL };

static void add_thread(struct target *t, struct out *o, const struct kernel_rcu *r, const struct kernel_now *now)
{
	struct kernel_task task;

	out_name(o, "state", r->state);
	out_task(t, o, r->kthread);
	if (r->kthread && !err_ignore(kernel_task_read(t, r->kthread, &task)))
		out_str(o, "task_state", kernel_state_word(task.letter));
	if (now->has_jiffies && now->tick)
		out_int(o, "inactive_ms", -kernel_ticks_ms(now, r->activity));
}

static struct err *show_state(struct target *t, struct out *o, const struct kernel_rcu *r, const struct kernel_now *now,
			      int64_t age)
{
	bool runs = kernel_rcu_phase(r->gp_seq);
	size_t cpus = 0, tasks = 0;

	for (size_t i = 0; i < r->n_cpus; i++)
		cpus += r->cpus[i].blocks;
	for (size_t i = 0; i < r->n_tasks; i++)
		tasks += r->tasks[i].blocks;
	out_begin(o, &rcu_record);
	out_addr(o, "address", r->address);
	out_int(o, "gp_seq", (int64_t)r->gp_seq);
	out_int(o, "gp_number", kernel_rcu_number(r->gp_seq) + runs);
	out_bool(o, "in_progress", runs);
	out_uint(o, "phase", kernel_rcu_phase(r->gp_seq));
	out_uint(o, "gp_start", r->start);
	out_uint(o, "gp_activity", r->activity);
	if (runs && now->has_jiffies && now->tick)
		out_int(o, "age_ms", age);
	add_thread(t, o, r, now);
	if (r->timeout)
		out_uint(o, "timeout_s", r->timeout);
	out_bool(o, "stalled", runs && r->timeout && age / 1000 > (int64_t)r->timeout);
	out_int(o, "expedited_seq", (int64_t)r->expedited);
	out_bool(o, "expedited_in_progress", kernel_rcu_phase(r->expedited));
	out_uint(o, "waits_cpus", cpus);
	out_uint(o, "waits_tasks", tasks);
	return out_end(o);
}

static struct err *show_stall(struct out *o, const struct kernel_rcu *r, int64_t age)
{
	if (!kernel_rcu_phase(r->gp_seq) || !r->timeout || age / 1000 <= (int64_t)r->timeout)
		return NULL;
	out_begin(o, &stall_record);
	out_uint(o, "age_s", (uint64_t)age / 1000);
	out_uint(o, "timeout_s", r->timeout);
	return out_end(o);
}

static const char *note_of(const struct kernel_rcu_cpu *c)
{
	if (!c->online)
		return "offline";
	if (c->blocks)
		return c->has_watching && !c->watching ? "is waited for, and idles or runs user code" : "is waited for";
	if (c->blocks_expedited)
		return "the expedited one waits for it";
	return c->has_watching && !c->watching ? "idle or in user code" : NULL;
}

static struct err *show_cpu(struct arena *a, struct out *o, const struct kernel_rcu_cpu *c)
{
	const char *segments[RCU_SEGMENTS];

	for (size_t i = 0; i < RCU_SEGMENTS; i++) {
		segments[i] = arena_printf(a, "%" PRIu64, c->segment[i]);
		if (!segments[i])
			return err_nomem();
	}
	out_begin(o, &cpu_record);
	out_uint(o, "cpu", c->cpu);
	out_addr(o, "address", c->address);
	out_bool(o, "online", c->online);
	out_bool(o, "blocks", c->blocks);
	out_bool(o, "blocks_expedited", c->blocks_expedited);
	out_int(o, "gp_seq", (int64_t)c->gp_seq);
	out_int(o, "gp_seq_needed", (int64_t)c->gp_seq_needed);
	out_bool(o, "no_qs", c->no_qs);
	out_bool(o, "core_needs_qs", c->core_needs_qs);
	if (c->has_watching)
		out_bool(o, "watching", c->watching);
	out_uint(o, "ticks", c->ticks);
	out_uint(o, "callbacks", c->callbacks);
	out_uint(o, "lazy", c->lazy);
	if (c->has_segments)
		out_strs(o, "segments", segments, RCU_SEGMENTS);
	out_str(o, "note", note_of(c));
	return out_end(o);
}

static struct err *show_task(struct target *t, struct out *o, const struct kernel_rcu_task *x)
{
	out_begin(o, &task_record);
	out_task(t, o, x->task);
	out_bool(o, "blocks", x->blocks);
	out_bool(o, "blocks_expedited", x->blocks_expedited);
	out_str(o, "note", x->blocks ? "is waited for" : x->blocks_expedited ? "the expedited one waits for it" :
		"a later one would wait for it");
	return out_end(o);
}

static struct err *run_rcu(struct session *s, const struct args *args, struct out *o)
{
	struct target *t = session_target(s);
	struct kernel_rcu r = { 0 };
	struct kernel_now now;
	struct kernel *k;
	int64_t age;

	TRY(end_parse(args, str_skip_space(args->tail)));
	TRY(kernel_need(s, args, &k));
	TRY(kernel_rcu_read(t, args->arena, &r));
	session_report(s, r.trouble);
	now = kernel_now(t);
	age = -kernel_ticks_ms(&now, r.start);
	TRY(show_state(t, o, &r, &now, age));
	TRY(show_stall(o, &r, age));
	TRY(out_heading(o, "CPU  %-*s  %10s  %10s  %7s  %9s  %s\n", out_pointer_width(o), "rcu_data", "gp_seq", "needed",
			"Ticks", "Callbacks", "done, wait, next ready, next"));
	for (size_t i = 0; i < r.n_cpus; i++)
		TRY(show_cpu(args->arena, o, &r.cpus[i]));
	for (size_t i = 0; i < r.n_tasks; i++) {
		TRY(cancel_check());
		TRY(show_task(t, o, &r.tasks[i]));
	}
	return NULL;
}

static const char *const rcu_aliases[] = { "rcu", NULL };

const struct command command_rcu = {
	.name = "!rcu",
	.aliases = rcu_aliases,
	.summary = "show the RCU grace period, and what it waits for",
	.usage = "",
	.help = "The grace period: its number and phase, since when it is under way, the thread that runs it\n"
		"and its last sign of life, whether it has stalled; of each processor the counter that it has\n"
		"seen and that it needs, the timer interrupts that it took in this grace period, its callbacks\n"
		"(done, waiting for this one, for the next one, not assigned), and whether it is what is waited\n"
		"for; then the tasks that were preempted as readers. Times are as of the kernel's last tick.",
	.records = rcu_records,
	.needs = NEEDS_TARGET,
	.whole_word = true,
	.run = run_rcu,
};
