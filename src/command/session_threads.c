/* SPDX-License-Identifier: MIT */
/*
 * Threads: `~` and the thread prefix of other commands.
 *
 * Specification (MSD: Thread Syntax): ~. current, ~# of the event, ~* all, ~N
 * by index (decimal), ~~[tid]. ~[expr] is documented as a thread id, but is used
 * with indices ("~[0n36]k"): an index first, a TID when there is no such index.
 */
#include "base/cancel.h"
#include "command/code.h"
#include "command/session_impl.h"
#include "os/linux/libc.h"

#include <ctype.h>
#include <string.h>

static const struct field thread_fields[] = {
	{ "marker", FIELD_STR, "'.' current, '#' of the event, else blank" },
	{ "index", FIELD_UINT, "the debugger's number, as in ~N" },
	{ "pid", FIELD_HEX, "process id" },
	{ "tid", FIELD_HEX, "thread id" },
	{ "suspend", FIELD_UINT, "suspend count" },
	{ "teb", FIELD_ADDR, "TEB; Linux: thread pointer" },
	{ "name", FIELD_STR, "thread's name" },
	{ "start", FIELD_SYM, "start address" },
	{ "priority", FIELD_INT, "priority within the class" },
	{ "priority_class", FIELD_UINT, "priority class" },
	{ "affinity", FIELD_HEX, "processors it may run on" },
	{ "state", FIELD_STR, "of a snapshot: R runs, S sleeps, D waits without signals, T stopped" },
	{ "wchan", FIELD_STR, "kernel function in which it waits" },
	{ "syscall", FIELD_INT, "number of the system call that it is in; -1: in none, but in the kernel" },
	{ "policy", FIELD_STR, "scheduling policy" },
	{ "nice", FIELD_INT, "nice value" },
	{ "cpu", FIELD_UINT, "processor that it ran on last" },
	{ "voluntary_switches", FIELD_UINT, "times it gave up the processor to wait" },
	{ "involuntary_switches", FIELD_UINT, "times the processor was taken from it" },
	{ "registers", FIELD_STR, "how its registers were had" },
	{ "kernel_stack", FIELD_STRS, "functions of the kernel that it is in, innermost first" },
	{ "current", FIELD_BOOL, "is the current thread" },
	{ "event", FIELD_BOOL, "raised the exception or got the signal" },
	{ NULL },
};

#define BRIEF "{marker:1}{index:3}  Id: {pid:x|0}.{tid:x}[ Suspend: {suspend}][ Teb: {teb}] Unfrozen[ {name:q}]\n"

static const struct record thread_record = {
	.kind = "thread",
	.help = "A thread",
	.fields = thread_fields,
	.text = BRIEF,
};
#define LONG BRIEF "[      Start: {start} ({start:p})\n]" \
	"[      Priority: {priority}  Priority class: {priority_class}[  Affinity: {affinity}]\n]" \
	"[      State: {state}[ in {wchan}][, system call {syscall}]\n]" \
	"[      Scheduling: {policy}[, nice {nice}][, CPU {cpu}][, switches {voluntary_switches} voluntary]" \
	"[, {involuntary_switches} involuntary]\n]" \
	"[      Registers: from {registers}\n]" \
	"[      Kernel stack: {kernel_stack}\n]"

static const struct record *const thread_records[] = { &thread_record, NULL };

static void emit_start(struct session *s, const struct thread *th, struct out *o)
{
	uint64_t start = th->record->start_address;

	if (!(th->record->has & THREAD_HAS_START) &&
	    (target_facts(s->target)->os != OS_LINUX || !linux_thread_start(s->target, th, &start)))
		return;
	if (!code_out_place(s, o, "start", start))
		out_sym(o, "start", NULL, NULL, 0, start);
}

/* What a snapshot saw of it. */
static void emit_live(const struct dump_thread_live *l, struct out *o)
{
	if (l->state)
		out_strf(o, "state", "%c", l->state);
	out_name(o, "wchan", l->wchan);
	if (l->has_syscall)
		out_int(o, "syscall", l->syscall);
	out_name(o, "policy", l->policy);
	out_int(o, "nice", l->nice);
	out_uint(o, "cpu", l->cpu);
	out_uint(o, "voluntary_switches", l->voluntary_switches);
	out_uint(o, "involuntary_switches", l->involuntary_switches);
	out_name(o, "registers", l->registers);
	if (l->n_kernel_stack)
		out_strs(o, "kernel_stack", l->kernel_stack, l->n_kernel_stack);
}

static void emit_details(struct session *s, const struct thread *th, struct out *o)
{
	const struct dump_thread *r = th->record;

	emit_start(s, th, o);
	if (r->has & THREAD_HAS_PRIORITY) {
		out_int(o, "priority", (int32_t)r->priority);
		out_uint(o, "priority_class", r->priority_class);
	}
	if (r->has & THREAD_HAS_AFFINITY)
		out_uint(o, "affinity", r->affinity);
	if (r->live)
		emit_live(r->live, o);
}

static struct err *emit(struct session *s, struct thread *th, const struct thread *current,
			const char *layout, struct out *o)
{
	bool event = th == target_event_thread(s->target);
	uint64_t teb = session_half(s) == HALF_WOW && th->teb32 ? th->teb32 : th->teb;
	uint32_t pid = target_pid(s->target);

	out_begin_as(o, &thread_record, layout);
	out_str(o, "marker", th == current ? "." : event ? "#" : " ");
	out_uint(o, "index", th->index);
	if (pid)
		out_uint(o, "pid", pid);
	out_uint(o, "tid", th->tid);
	if (th->record && (th->record->has & THREAD_HAS_SUSPEND))
		out_uint(o, "suspend", th->record->suspend_count);
	if (teb)
		out_addr(o, "teb", teb);
	out_name(o, "name", th->name);
	out_bool(o, "current", th == current);
	out_bool(o, "event", event);
	if (th->record && strcmp(layout, BRIEF) != 0)
		emit_details(s, th, o);
	return out_end(o);
}

/* --- specification --------------------------------------------------------------- */

static struct thread *by_index(struct session *s, uint64_t index)
{
	struct thread *v;
	size_t n = target_threads(s->target, &v);

	return index < n ? &v[index] : NULL;
}

static struct err *all_threads(struct session *s, struct arena *a, struct thread_set *ret)
{
	struct thread *v;
	size_t n = target_threads(s->target, &v);
	struct thread **list = ARENA_NEW_N(a, struct thread *, n + 1);

	if (!list)
		return err_nomem();
	for (size_t i = 0; i < n; i++)
		list[i] = &v[i];
	*ret = (struct thread_set){ list, n, true };
	return NULL;
}

static struct err *one_thread(struct arena *a, struct thread *th, struct thread_set *ret)
{
	struct thread **list = ARENA_NEW_N(a, struct thread *, 1);

	if (!list)
		return err_nomem();
	list[0] = th;
	*ret = (struct thread_set){ list, 1, false };
	return NULL;
}

/* "[expr]": the value; *p is behind the bracket. */
static struct err *bracketed(struct session *s, const char **p, struct arena *a, uint64_t *ret)
{
	char *text;

	TRY(lex_group(a, p, '[', ']', &text));
	return expr_value(s, text, ret);
}

static struct err *parse_number(const char **p, uint64_t *ret)
{
	uint64_t n = 0;

	while (isdigit((unsigned char)**p) && n < 100000000)
		n = n * 10 + (uint64_t)(*(*p)++ - '0');
	*ret = n;
	return NULL;
}

static struct err *find_thread(struct session *s, const char **p, struct arena *a,
			       struct thread **ret)
{
	const char *start = *p;
	struct thread *th = NULL;
	uint64_t v;

	if (str_starts(start, "~[")) {
		*p = start + 1;
		TRY(bracketed(s, p, a, &v));
		th = v <= UINT32_MAX ? target_thread_by_tid(s->target, (uint32_t)v) : NULL;
	} else if (*start == '[') {
		TRY(bracketed(s, p, a, &v));
		th = by_index(s, v);
		if (!th && v <= UINT32_MAX)
			th = target_thread_by_tid(s->target, (uint32_t)v);
	} else if (isdigit((unsigned char)*start)) {
		TRY(parse_number(p, &v));
		th = by_index(s, v);
	} else {
		*p = start + 1;
		th = *start == '.' ? s->thread : target_event_thread(s->target);
	}
	if (!th)
		return err_new(ERR_USAGE, "Illegal thread error in '~%.*s'", (int)(*p - start), start);
	*ret = th;
	return NULL;
}

struct err *threads_parse(struct session *s, const char **p, struct arena *a,
			  struct thread_set *ret)
{
	struct thread *th = NULL;

	if (**p == '*') {
		(*p)++;
		return all_threads(s, a, ret);
	}
	TRY(find_thread(s, p, a, &th));
	return one_thread(a, th, ret);
}

/* --- running --------------------------------------------------------------------- */

struct saved {
	size_t process;
	struct process_state state;
};

static struct saved save(const struct session *s)
{
	return (struct saved){ s->process, process_state(s) };
}

static void restore(struct session *s, const struct saved *old)
{
	err_free(process_switch(s, old->process)); /* it was open */
	process_state_set(s, &old->state);
}

/* Which command runs for the threads: one up to ';', or with `e` all of the line. */
static struct err *run_for(struct session *s, struct thread *th, const char **p, bool whole_line,
			   struct out *o)
{
	if (th != s->thread)
		session_set_thread(s, th);
	if (!whole_line)
		return run_one(s, p, o);
	return session_run(s, *p, o);
}

static struct err *run_for_each(struct session *s, const struct thread_set *set, const char **p,
				bool whole_line, struct out *o)
{
	const struct saved old = save(s);
	const char *start = *p;
	struct err *e = NULL;

	for (size_t i = 0; i < set->n && !e; i++) {
		if (set->all) {
			out_set_tag(o, NULL, 0);
			e = out_heading(o, "\n");
			if (!e)
				e = emit(s, set->v[i], old.state.thread, BRIEF, o);
		}
		out_set_tag(o, "thread", set->v[i]->index);
		*p = start;
		if (!e)
			e = run_for(s, set->v[i], p, whole_line, o);
		/* one thread that cannot be shown must not hide the others */
		if (e && set->all && err_code(e) != ERR_CANCELLED && err_code(e) != ERR_USAGE) {
			session_report(s, e);
			e = NULL;
		}
		restore(s, &old);
	}
	out_set_tag(o, NULL, 0);
	*p = whole_line ? strchrnul(start, '\n') : lex_command_end(*p == start ? start : *p);
	return e;
}

static struct err *list(struct session *s, const struct thread_set *set, const char *layout,
			struct out *o)
{
	for (size_t i = 0; i < set->n; i++) {
		TRY(cancel_check());
		TRY(emit(s, set->v[i], s->thread, layout, o));
	}
	return NULL;
}

static bool at_end(const char *p)
{
	p = str_skip_space(p);
	return !*p || *p == ';';
}

/* Letters of their own behind a specification, as a whole word. */
static char action(const char *p)
{
	return strchr("sfunme", *p) && *p && (at_end(p + 1) || *p == 'e') &&
			       !isalnum((unsigned char)p[1])
		       ? *p
		       : 0;
}

static struct err *run_spec(struct session *s, const char **p, struct arena *a, struct out *o)
{
	struct thread_set set;
	char act;

	TRY(threads_parse(s, p, a, &set));
	*p += strspn(*p, " \t");
	if (at_end(*p)) {
		*p = lex_command_end(*p);
		return list(s, &set, LONG, o);
	}
	act = action(*p);
	if (act == 'e') {
		*p += 1;
		return run_for_each(s, &set, p, true, o);
	}
	if (!act)
		return run_for_each(s, &set, p, false, o);
	*p = lex_command_end(*p);
	if (act != 's')
		return err_new(ERR_UNSUPPORTED, "No runnable debuggees error in '~%c'", act);
	if (set.all || set.n != 1)
		return err_new(ERR_USAGE, "Syntax error: ~s takes one thread");
	session_set_thread(s, set.v[0]);
	return NULL;
}

struct err *run_threads(struct session *s, const char **p, struct out *o)
{
	CLEANUP(arena_deinit) struct arena a = ARENA_INIT;
	struct thread_set set;

	if (!s->target)
		return err_new(ERR_USAGE, "~: no dump is open");
	out_set_pointer_size(o, session_pointer_size(s));
	(*p)++;
	if (!at_end(*p))
		return run_spec(s, p, &a, o);
	*p = lex_command_end(*p);
	TRY(all_threads(s, &a, &set));
	return list(s, &set, BRIEF, o);
}

static struct err *run(struct session *s, const struct args *args, struct out *o)
{
	const char *p = arena_printf(args->arena, "~%s", args->tail);

	return p ? run_threads(s, &p, o) : err_nomem();
}

const struct command command_threads = {
	.name = "~",
	.summary = "list threads, make one current, or run a command for some",
	.usage = "[thread [s | e commands | command]]",
	.help = "Without arguments lists the threads, one a line: '.' marks the current one, '#'\n"
		"the one that raised the exception or got the signal; then the debugger's index,\n"
		"process and thread id in hex, and what is known of the thread.\n"
		"\n"
		"A thread is told by ~. (current), ~# (of the event), ~N (index, decimal), ~~[tid],\n"
		"~[expr] (index; thread id where there is no such index) or ~* (all).\n"
		"\n"
		"A thread alone is shown with start address and priority; in a snapshot with its\n"
		"state, where it waits, and its kernel stack. With s it becomes\n"
		"current. With a command, \"~3kv\" or \"~*k\", the command runs for that thread\n"
		"or for each; the current thread stays what it was. \"~*e a; b\" runs the whole\n"
		"line for each. In JSON every record then tells its \"thread\".\n"
		"\n"
		"In Linux cores the ids are the process id and the kernel's thread ids, and Teb is\n"
		"the thread pointer (fs base); the start address is the function that a thread was\n"
		"created to run. Names of threads are not in a core.",
	.records = thread_records,
	.needs = NEEDS_TARGET,
	.run = run,
};
