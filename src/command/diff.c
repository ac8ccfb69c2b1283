/* SPDX-License-Identifier: MIT */
/* !diff, and what it shares with osmodump diff: the two dumps and their interval. */
#include "command/diff.h"
#include "command/command.h"

#include <string.h>

static const struct field fields[] = {
	{ "before", FIELD_STR, "the earlier dump" },
	{ "after", FIELD_STR, "the later dump" },
	{ "same_process", FIELD_BOOL, "whether both are of one process: same id, and started at the same time where that is known" },
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
static const char others_layout[] = "{before} -> {after}: two processes[, {seconds:.3} s apart]: matched by stacks and names\n";

const struct record *const diff_records[] = {
	&record, &diff_threads_record, &diff_thread_record, &diff_usage_record, &diff_region_record, &diff_module_record,
	&diff_handles_record, &diff_handle_record, NULL,
};

static bool time_of(struct target *t, double *ret)
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

static bool same_process(const struct dump_facts *x, const struct dump_facts *y)
{
	if (!(x->has & y->has & FACT_PID) || x->pid != y->pid || x->machine != y->machine)
		return false;
	return !(x->has & y->has & FACT_PROCESS_TIMES) || x->process_create_time == y->process_create_time;
}

struct diff diff_of(struct target *before, struct target *after, bool verbose)
{
	struct diff d = { .before = before, .after = after, .verbose = verbose };
	double from, to;

	d.same_process = same_process(target_facts(before), target_facts(after));
	d.has_interval = time_of(before, &from) && time_of(after, &to);
	if (d.has_interval)
		d.interval = to - from;
	return d;
}

static struct err *emit_head(const struct diff *d, struct out *o)
{
	const struct dump_facts *x = target_facts(d->before), *y = target_facts(d->after);

	out_begin_as(o, &record, d->same_process ? record.text : others_layout);
	out_str(o, "before", dump_path(target_dump(d->before)));
	out_str(o, "after", dump_path(target_dump(d->after)));
	out_bool(o, "same_process", d->same_process);
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
	TRY(diff_modules(d, o));
	return diff_handles(d, o);
}

static struct err *run_diff(struct session *s, const struct args *args, struct out *o)
{
	CLEANUP(dump_unrefp) struct dump *dump = NULL;
	CLEANUP(target_destroyp) struct target *other = NULL;
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
	d = diff_of(other, t, verbose);
	if (d.has_interval && d.interval < 0)
		d = diff_of(t, other, verbose);
	return diff_run(&d, o);
}

const struct command command_diff = {
	.name = "!diff",
	.summary = "compare with another dump of the process or program",
	.usage = "[-v] file",
	.help = "Two dumps of one process: threads that are gone, new, elsewhere, or in the same place\n"
		"with the same stack, with the processor time that they used meanwhile; regions that\n"
		"came, went or grew, and how fast; modules that were loaded or unloaded; handles and open\n"
		"files by type, and which. The earlier one comes first where the dumps have times, else\n"
		"the file.\n"
		"\n"
		"Dumps of two processes of one program have no addresses and ids in common: threads are\n"
		"matched by equal stacks, memory and handles are compared in sums, modules by name.\n"
		"\n"
		"-v: all of each list. Without it, of regions the 20 that changed most.\n"
		"\n"
		"'osmodump diff' does the same for two or more files.",
	.records = diff_records,
	.needs = NEEDS_TARGET,
	.run = run_diff,
};
