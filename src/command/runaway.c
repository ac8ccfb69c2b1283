/* SPDX-License-Identifier: MIT */
/* !runaway: the processor time that each thread has used, most first. */
#include "command/command.h"

#include <stdlib.h>

enum { USER_TIME = 1, KERNEL_TIME = 2, ELAPSED_TIME = 4 };
static const uint64_t second = 10000000; /* 100 ns units */

static const struct field time_fields[] = {
	{ "mode", FIELD_STR, "user, kernel or elapsed" },
	{ "thread", FIELD_UINT, "the debugger's number" },
	{ "tid", FIELD_HEX, "thread id" },
	{ "time", FIELD_DURATION, "time used, or since the thread began" },
	{ "name", FIELD_STR, "name of the thread" },
	{ NULL },
};
static const struct record time_record = {
	.kind = "thread_time",
	.help = "the time of a thread",
	.fields = time_fields,
	.text = "{thread:4}:{tid:-12x}{time}[ {name}]\n",
};

struct item {
	const struct thread *thread;
	uint64_t time;
};

static int by_time(const void *a, const void *b)
{
	const struct item *x = a, *y = b;

	if (x->time != y->time)
		return x->time > y->time ? -1 : 1;
	return x->thread->index < y->thread->index ? -1 : x->thread->index > y->thread->index;
}

static bool time_of(const struct dump_facts *f, const struct dump_thread *r, unsigned mode,
		    uint64_t *ret)
{
	if (mode == ELAPSED_TIME) {
		if (!(r->has & THREAD_HAS_TIMES) || !(f->has & FACT_DUMP_TIME) || !r->create_time ||
		    r->create_time > f->dump_time || f->dump_time > UINT64_MAX / second)
			return false;
		*ret = (f->dump_time - r->create_time) * second;
		return true;
	}
	if (!(r->has & (THREAD_HAS_TIMES | THREAD_HAS_CPU_TIMES)))
		return false;
	*ret = mode == USER_TIME ? r->user_time : r->kernel_time;
	return true;
}

static struct err *show(struct session *s, struct arena *a, unsigned mode, struct out *o)
{
	const char *name = mode == USER_TIME ? "user" : mode == KERNEL_TIME ? "kernel" : "elapsed";
	const char *title = mode == USER_TIME ? "User Mode Time"
			    : mode == KERNEL_TIME ? "Kernel Mode Time"
						  : "Elapsed Time";
	struct thread *threads;
	size_t n = target_threads(session_target(s), &threads), known = 0;
	struct item *v = ARENA_NEW_N(a, struct item, n ? n : 1);

	if (!v)
		return err_nomem();
	for (size_t i = 0; i < n; i++) {
		v[known].thread = &threads[i];
		known += time_of(target_facts(session_target(s)), threads[i].record, mode, &v[known].time);
	}
	if (!known)
		return err_new(ERR_NOTFOUND, "the dump has no %s times of threads", name);
	qsort(v, known, sizeof(*v), by_time);
	TRY(out_heading(o, " %s\n  Thread       Time\n", title));
	for (size_t i = 0; i < known; i++) {
		out_begin(o, &time_record);
		out_str(o, "mode", name);
		out_uint(o, "thread", v[i].thread->index);
		out_uint(o, "tid", v[i].thread->tid);
		out_duration(o, "time", v[i].time);
		out_name(o, "name", v[i].thread->name);
		TRY(out_end(o));
	}
	return NULL;
}

static struct err *run_runaway(struct session *s, const struct args *args, struct out *o)
{
	const char *p = args->tail;
	uint64_t flags = USER_TIME;

	if (*p)
		TRY(expr_parse(s, &p, &flags));
	TRY(end_parse(args, p));
	if (!flags || flags > (USER_TIME | KERNEL_TIME | ELAPSED_TIME))
		return usage_error(args, "flags are a sum of 1, 2 and 4");
	for (unsigned mode = USER_TIME; mode <= ELAPSED_TIME; mode *= 2)
		if (flags & mode)
			TRY(show(s, args->arena, mode, o));
	return NULL;
}

static const struct record *const runaway_records[] = { &time_record, NULL };

const struct command command_runaway = {
	.name = "!runaway",
	.summary = "show the time that each thread has used",
	.usage = "[flags]",
	.help = "Threads with the time that they ran, most first. flags: 1 user mode (the default),\n"
		"2 kernel mode, 4 time since the thread began; their sum shows several. Windows\n"
		"dumps have these times only when they were written with thread information;\n"
		"cores have user and kernel times.",
	.records = runaway_records,
	.needs = NEEDS_TARGET,
	.run = run_runaway,
};
