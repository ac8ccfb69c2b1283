/* SPDX-License-Identifier: MIT */
/* !diff, and what it shares with osmodump diff: the two dumps and their interval. */
#include "command/diff.h"
#include "command/command.h"

#include <string.h>

static const struct field fields[] = {
	{ "before", FIELD_STR, "the earlier dump" },
	{ "after", FIELD_STR, "the later dump" },
	{ "same_process", FIELD_BOOL, "whether both are of one process: same id, and started at the same time where that is known" },
	{ "known_by", FIELD_STR, "how that is known" },
	{ "pid_before", FIELD_UINT, "process id" },
	{ "pid_after", FIELD_UINT, "process id" },
	{ "seconds", FIELD_FLOAT, "from one to the other; absent: the dumps do not tell" },
	{ "cpu_seconds", FIELD_FLOAT, "processor time that the process used meanwhile" },
	{ NULL },
};
static const struct record record = {
	.kind = "comparison",
	.help = "The two dumps",
	.fields = fields,
	.text = "{before} -> {after}: one process[, {seconds:.3} s apart][, {cpu_seconds:.3} s of processor time]\n",
};
static const char others_layout[] = "{before} -> {after}: two processes[, {seconds:.3} s apart]: matched by stacks and names\n"
	"[  {known_by}\n]";

const struct record *const diff_records[] = {
	&record, &diff_threads_record, &diff_thread_record, &diff_usage_record, &diff_region_record, &diff_unknown_record, &diff_heap_record,
	&diff_class_record, &diff_locks_record, &diff_lock_record, &diff_module_record, &diff_handles_record, &diff_handle_record,
	&diff_trend_record, &diff_stuck_record, NULL,
};

void diff_side_deinit(struct diff_side *s)
{
	heap_figures_deinit(&s->heaps);
	lock_figures_deinit(&s->locks);
	arena_deinit(&s->arena);
}

struct err *diff_side_init(struct target *t, struct diff_side *ret)
{
	struct diff_side s = { .target = t };
	struct err *e = heap_figures_init(t, &s.heaps);

	if (!e)
		e = lock_figures_init(t, &s.arena, &s.locks);
	if (e)
		diff_side_deinit(&s);
	else
		*ret = s;
	return e;
}

bool diff_time_of(struct target *t, double *ret)
{
	const struct dump_snapshot *snapshot = NULL;
	const struct dump_facts *f = target_facts(t);

	if (!err_ignore(dump_snapshot(target_dump(t), &snapshot)) && snapshot && snapshot->start_seconds) {
		*ret = (double)snapshot->start_seconds + snapshot->start_nanoseconds / 1e9;
		return true;
	}
	*ret = (double)f->dump_time;
	return f->has & FACT_DUMP_TIME;
}

/*
 * Whether the two have modules of a name, but none of them where it was: each start
 * of a program puts its modules elsewhere, so that this is another process with an
 * id that was given anew. false: some are, or nothing can be compared.
 */
static bool all_elsewhere(struct target *x, struct target *y)
{
	struct module **v;
	size_t n = target_modules(x, &v), compared = 0;

	for (size_t i = 0; i < n; i++) {
		const struct module *other = target_module_named(y, v[i]->name);

		if (!other || strcmp(other->path, v[i]->path) != 0)
			continue;
		if (other->base == v[i]->base)
			return false;
		compared++;
	}
	return compared >= 2;
}

/* A process id is given anew when its process is gone. */
static bool same_process(struct target *before, struct target *after, const char **ret_how)
{
	const struct dump_facts *x = target_facts(before), *y = target_facts(after);
	bool has_start = x->has & y->has & FACT_PROCESS_TIMES;

	*ret_how = "the process ids differ, or are not known";
	if (!(x->has & y->has & FACT_PID) || x->pid != y->pid || x->machine != y->machine)
		return false;
	*ret_how = "the process id is the same, but not when it started";
	if (has_start && x->process_create_time != y->process_create_time)
		return false;
	*ret_how = "the process id is the same, but no module is where it was";
	if (all_elsewhere(before, after))
		return false;
	*ret_how = has_start ? "process id and start" : "process id; when it started is not in the dumps";
	return true;
}

struct diff diff_of(const struct diff_side *before, const struct diff_side *after, bool verbose)
{
	struct diff d = { .before = before, .after = after, .verbose = verbose };
	double from, to;

	d.same_process = same_process(before->target, after->target, &d.known_by);
	d.has_interval = diff_time_of(before->target, &from) && diff_time_of(after->target, &to);
	if (d.has_interval)
		d.interval = to - from;
	return d;
}

void diff_out_rate(const struct diff *d, int64_t growth, struct out *o)
{
	if (d->same_process && d->has_interval && d->interval > 0 && growth > 0)
		out_uint(o, "rate", (uint64_t)((double)growth / d->interval + 0.5));
}

static struct err *emit_head(const struct diff *d, struct out *o)
{
	const struct dump_facts *x = target_facts(d->before->target), *y = target_facts(d->after->target);

	out_begin_as(o, &record, d->same_process ? record.text : others_layout);
	out_str(o, "before", dump_path(target_dump(d->before->target)));
	out_str(o, "after", dump_path(target_dump(d->after->target)));
	out_bool(o, "same_process", d->same_process);
	out_str(o, "known_by", d->known_by);
	if (x->has & FACT_PID)
		out_uint(o, "pid_before", x->pid);
	if (y->has & FACT_PID)
		out_uint(o, "pid_after", y->pid);
	if (d->has_interval)
		out_float(o, "seconds", (double)(int64_t)(d->interval * 1000 + (d->interval < 0 ? -0.5 : 0.5)) / 1000);
	if (d->same_process && x->has & y->has & FACT_PROCESS_TIMES)
		out_float(o, "cpu_seconds", (double)(int64_t)(y->process_user_time + y->process_kernel_time -
							      x->process_user_time - x->process_kernel_time) / 1e7);
	return out_end(o);
}

struct err *diff_run(const struct diff *d, struct out *o)
{
	TRY(emit_head(d, o));
	TRY(diff_threads(d, o));
	TRY(diff_memory(d, o));
	TRY(diff_heaps(d, o));
	TRY(diff_locks(d, o));
	TRY(diff_modules(d, o));
	return diff_handles(d, o);
}

static struct err *run_diff(struct session *s, const struct args *args, struct out *o)
{
	CLEANUP(dump_unrefp) struct dump *dump = NULL;
	CLEANUP(target_destroyp) struct target *other = NULL;
	CLEANUP(diff_side_deinit) struct diff_side here = { 0 }, there = { 0 };
	struct target *t = session_target(s);
	struct target_options options = target_options_of(t);
	const char *p = args->tail;
	bool verbose;
	struct diff d;
	char *path;

	TRY(word_parse(args->arena, &p, &path));
	verbose = path && strcmp(path, "-v") == 0; /* "/v" is a file's name here */
	if (verbose)
		TRY(word_parse(args->arena, &p, &path));
	TRY(end_parse(args, p));
	if (!path)
		return usage_error(args, "which dump to compare with?");
	TRY(dump_open(path, NULL, &dump));
	TRY(target_create(dump, &options, &other));
	TRY(diff_side_init(t, &here));
	TRY(diff_side_init(other, &there));
	d = diff_of(&there, &here, verbose);
	if (d.has_interval && d.interval < 0)
		d = diff_of(&here, &there, verbose);
	return diff_run(&d, o);
}

const struct command command_diff = {
	.name = "!diff",
	.summary = "compare with another dump of the process or program",
	.usage = "[-v] file",
	.help = "Two dumps of one process: threads that are gone, new, elsewhere, or in the same place\n"
		"with the same stack, with the processor time that they used meanwhile; regions that\n"
		"came, went or grew, and how fast; heaps, and their blocks by size (a size that grows by\n"
		"64 kB and 1 percent may leak); locks whose owner or waiters changed, and those that the\n"
		"same thread holds while others wait (stuck); modules that were loaded or unloaded;\n"
		"handles and open files by type, and which. The earlier one comes first where the dumps\n"
		"have times, else the file.\n"
		"\n"
		"Two dumps are of one process when their ids are the same, it started at the same time\n"
		"as far as that is known, and its modules did not all move.\n"
		"\n"
		"Dumps of two processes of one program have no addresses and ids in common: threads are\n"
		"matched by equal stacks, memory and handles are compared in sums, modules by name.\n"
		"\n"
		"-v: all of each list. Without it, of regions and sizes the 20 that changed most.\n"
		"\n"
		"'osmodump diff' does the same for two or more files.",
	.records = diff_records,
	.needs = NEEDS_TARGET,
	.run = run_diff,
};
