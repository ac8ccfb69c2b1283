/* SPDX-License-Identifier: MIT */
/*
 * .process: a process inside the dump of a kernel becomes the target of the session,
 * and the kernel again. Both keep what is current in them; targets of processes are
 * made when first asked for and kept until the session ends.
 */
#include "command/kernel_tasks.h"
#include "command/session_impl.h"
#include "os/linux/kernel/process.h"

#include "base/map.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

struct entered {
	uint64_t task;			/* of the leader */
	struct target *target;
	struct process_state state;	/* while another one is current */
};

struct inside {
	struct process_state kernel;	/* while a process is current */
	VEC(struct entered) v;
	size_t current;			/* of v; v.n and beyond: the kernel is current */
};
static const size_t KERNEL = SIZE_MAX;

void session_inside_destroy(struct session *s)
{
	struct inside *in = s->inside;

	for (size_t i = 0; in && i < in->v.n; i++)
		target_destroy(in->v.v[i].target);
	if (in)
		vec_deinit(&in->v);
	free(in);
	s->inside = NULL;
}

static bool is_inside(const struct session *s)
{
	return s->inside && s->inside->current != (size_t)KERNEL;
}

uint64_t session_inside_task(const struct session *s)
{
	return is_inside(s) ? s->inside->v.v[s->inside->current].task : 0;
}

bool session_has_kernel(const struct session *s)
{
	return is_inside(s) || (s->target && target_kernel(s->target));
}

static void become(struct session *s, const struct process_state *to)
{
	process_state_set(s, to);
	s->running = NULL;
	memset(s->cursors, 0, sizeof(s->cursors));
}

static void leave(struct session *s)
{
	struct inside *in = s->inside;

	if (!is_inside(s))
		return;
	in->v.v[in->current].state = process_state(s);
	in->current = (size_t)KERNEL;
	become(s, &in->kernel);
}

static void enter(struct session *s, size_t i)
{
	struct inside *in = s->inside;

	leave(s);
	in->kernel = process_state(s);
	in->current = i;
	become(s, &in->v.v[i].state);
}

struct err *run_on_kernel(struct session *s, const struct args *args, struct out *o, kernel_command_fn *run)
{
	struct process_state saved = process_state(s);
	struct kernel *k;
	struct err *e;

	if (!is_inside(s)) {
		TRY(kernel_need(s, args, &k));
		return run(s, args, o);
	}
	process_state_set(s, &s->inside->kernel);
	e = run(s, args, o);
	s->inside->kernel = process_state(s);
	process_state_set(s, &saved);
	return e;
}

/* --- the command -------------------------------------------------------------------------- */

static const struct field implicit_fields[] = {
	{ "task_addr", FIELD_ADDR, "task_struct of the process; absent: the kernel is the target" },
	{ "pid", FIELD_UINT, "process id" },
	{ "name", FIELD_STR, "its name" },
	{ "threads", FIELD_UINT, "threads whose registers of user mode are known" },
	{ "mapped", FIELD_SIZE, "bytes that are mapped" },
	{ "in_dump", FIELD_SIZE, "bytes of them that can be read" },
	{ "from_cache", FIELD_SIZE, "bytes of these from the page cache" },
	{ "untouched", FIELD_SIZE, "bytes that were never touched: zeros" },
	{ "swapped", FIELD_SIZE, "bytes that were swapped out" },
	{ "missing", FIELD_SIZE, "bytes that the dump of the machine does not have" },
	{ NULL },
};
static const struct record implicit_record = {
	.kind = "implicit_process",
	.help = "what commands work on: a process inside the dump, or the kernel",
	.fields = implicit_fields,
	.text = "Implicit process is now {task_addr|the kernel}[ ({pid}, {name})]\n"
		"[    {threads} threads; of {mapped:S} mapped {in_dump:S} can be read, {from_cache:S} of it from the page cache;\n"
		"    {untouched:S} were never touched, {swapped:S} swapped out, {missing:S} are not in the dump\n]",
};
static const struct record *const implicit_records[] = { &implicit_record, NULL };

static struct err *emit(struct session *s, struct out *o)
{
	const struct kernel_process_figures *f;
	const struct entered *e;
	struct thread *threads;
	size_t n, known = 0;

	out_begin(o, &implicit_record);
	if (!is_inside(s))
		return out_end(o);
	e = &s->inside->v.v[s->inside->current];
	f = kernel_process_figures(target_dump(e->target));
	n = target_threads(e->target, &threads);
	for (size_t i = 0; i < n; i++)
		known += threads[i].record->context.size != 0;
	out_addr(o, "task_addr", e->task);
	out_uint(o, "pid", target_pid(e->target));
	out_str(o, "name", target_facts(e->target)->process_name);
	out_uint(o, "threads", known);
	out_uint(o, "mapped", f->mapped);
	out_uint(o, "in_dump", f->in_dump);
	out_uint(o, "from_cache", f->from_cache);
	out_uint(o, "untouched", f->untouched);
	out_uint(o, "swapped", f->swapped);
	out_uint(o, "missing", f->missing);
	return out_end(o);
}

static struct err *create(struct session *s, const struct kernel_task *leader, struct target **ret)
{
	CLEANUP(dump_unrefp) struct dump *d = NULL;
	struct target *kernel = session_target(s);
	struct target_options o = target_options_of(kernel);
	struct err *torn = NULL;

	TRY(kernel_process_create(kernel, leader, &d, &torn));
	session_report(s, torn);
	return target_create(d, &o, ret);
}

/* Runs on the kernel. *ret: its place among the entered ones. */
static struct err *find_or_create(struct session *s, const struct kernel_task *task, size_t *ret)
{
	struct kernel_task leader = task_leader(session_target(s), task);
	struct entered e = { .task = leader.address };
	struct inside *in = s->inside;

	for (size_t i = 0; i < in->v.n; i++)
		if (in->v.v[i].task == leader.address) {
			*ret = i;
			return NULL;
		}
	TRY(create(s, &leader, &e.target));
	e.state = (struct process_state){ .target = e.target, .thread = target_event_thread(e.target) };
	if (!vec_push(&in->v, e)) {
		target_destroy(e.target);
		return err_nomem();
	}
	*ret = in->v.n - 1;
	return NULL;
}

static struct err *choose(struct session *s, const struct args *args, struct out *o)
{
	const char *p = args->tail;
	struct kernel_task task;
	uint64_t which = 0;
	unsigned bits;

	(void)o;
	TRY(options_parse(&p, "pri", &bits));
	if (!s->inside) {
		s->inside = calloc(1, sizeof(*s->inside));
		if (!s->inside)
			return err_nomem();
		s->inside->current = (size_t)KERNEL;
	}
	s->wanted_inside = s->inside->current;
	if (!*p)
		return NULL;
	if (expr_ahead(p)) {
		const char *start = p;

		TRY(expr_parse(s, &p, &which));
		if (which) {
			p = start;
			TRY(task_parse(s, &p, false, &task));
		}
	}
	TRY(end_parse(args, p));
	if (!which)
		s->wanted_inside = (size_t)KERNEL;
	else
		TRY(find_or_create(s, &task, &s->wanted_inside));
	return NULL;
}

static struct err *run_process(struct session *s, const struct args *args, struct out *o)
{
	TRY(run_on_kernel(s, args, o, choose));
	if (s->wanted_inside == (size_t)KERNEL)
		leave(s);
	else if (s->wanted_inside != s->inside->current)
		enter(s, s->wanted_inside);
	return emit(s, o);
}

const struct command command_process_inside = {
	.name = ".process",
	.summary = "make a process inside the dump of a kernel the target",
	.usage = "[/p] [process | 0]",
	.help = "From then on the process is what commands work on, as if a core of it were open: its memory\n"
		"through its page tables, its threads with the registers that they had in user mode, its\n"
		"modules from the files that it maps, so that k, ~, lm, !address, dps, x and !analyze show\n"
		"them. With the files of the machine at hand (--sysroot) names and stacks are complete.\n"
		"`process` is the address of a task_struct, or a PID (hex; 0n123 is decimal). 0 goes back to\n"
		"the kernel; without arguments it says what the target is. !process, !thread and !handle\n"
		"show the kernel's side all the while. /p is taken for WinDbg's sake.\n"
		"Pages of files that the process has not touched are read from the page cache. What was\n"
		"swapped out, or is not in the dump, is shown as absent, and counted.",
	.records = implicit_records,
	.needs = NEEDS_TARGET,
	.run = run_process,
};
