/* SPDX-License-Identifier: MIT */
/*
 * osmodump extract: an ELF core of one process out of the dump of a machine. What
 * the process is, is put together below (os/linux/kernel/process.h); here it is
 * found by the user's words and written.
 */
#include "capture/dump_core.h"
#include "main/main.h"
#include "os/linux/kernel/process.h"

#include <string.h>

static const struct field fields[] = {
	{ "path", FIELD_STR, "the file that was written" },
	{ "pid", FIELD_UINT, "the process" },
	{ "name", FIELD_STR, "its name" },
	{ "size", FIELD_UINT, "bytes of the file, holes counted" },
	{ "written", FIELD_UINT, "bytes that were written: without the holes" },
	{ "threads", FIELD_UINT, "threads whose registers are in it" },
	{ "mapped", FIELD_SIZE, "bytes that the process had mapped" },
	{ "in_dump", FIELD_SIZE, "bytes of them that are in the core" },
	{ "from_cache", FIELD_SIZE, "bytes of these from the page cache" },
	{ "untouched", FIELD_SIZE, "bytes that were never touched: zeros" },
	{ "swapped", FIELD_SIZE, "bytes that were swapped out" },
	{ "missing", FIELD_SIZE, "bytes that the dump of the machine does not have" },
	{ "partial", FIELD_BOOL, "whether writing failed, and this is what came" },
	{ NULL },
};
static const struct record record = {
	.kind = "extracted",
	.help = "A process that was extracted",
	.fields = fields,
	.text = "{path}: process {pid} ({name}), {threads:d} threads\n"
		"of {mapped:S} mapped {in_dump:S} are in it, {from_cache:S} of them from the page cache\n"
		"{untouched:S} were never touched, {swapped:S} swapped out, {missing:S} are not in the dump of the machine\n",
};
static const struct record *const records[] = { &record, NULL };

static struct err *several(const struct kernel_tasks *all, const char *name)
{
	CLEANUP(strbuf_deinit) struct strbuf sb = STRBUF_INIT;

	for (size_t i = 0; i < all->n; i++)
		if (strcmp(all->v[i].comm, name) == 0)
			strbuf_addf(&sb, "%s%u", sb.len ? ", " : "", all->v[i].pid);
	return err_new(ERR_USAGE, "several processes have the name '%s': %s", name, sb.s);
}

/* A name is one that has memory of its own, unless it is the only one. */
static struct err *find_named(struct target *t, const char *name, struct kernel_task *ret)
{
	CLEANUP(kernel_tasks_deinit) struct kernel_tasks all = { 0 };
	size_t n = 0, found = 0;

	TRY(kernel_processes(t, &all));
	for (size_t i = 0; i < all.n; i++) {
		if (strcmp(all.v[i].comm, name) != 0)
			continue;
		found = i;
		n++;
	}
	if (n > 1)
		return several(&all, name);
	if (!n)
		return err_new(ERR_NOTFOUND, "no process has the name '%s'", name);
	*ret = all.v[found];
	return NULL;
}

static struct err *find_process(struct target *t, const char *word, struct kernel_task *ret)
{
	struct kernel_task leader;
	uint64_t pid;

	if (!parse_decimal(word, UINT32_MAX, &pid))
		return find_named(t, word, ret);
	TRY(kernel_task_by_pid(t, (uint32_t)pid, ret));
	if (ret->group_leader != ret->address && !err_ignore(kernel_task_read(t, ret->group_leader, &leader)))
		*ret = leader;
	return NULL;
}

/* Of the machine's dump: what it says itself, else what is so with its kind. */
static void state_consistency(struct dump *machine, struct dump_core_facts *f)
{
	const struct dump_snapshot *s = NULL;

	if (!err_ignore(dump_snapshot(machine, &s)) && s) {
		f->consistency = s->consistency;
		f->consistency_why = s->consistency_why;
	} else if (dump_facts(machine)->kind == DUMP_LIME) {
		f->consistency = CONSISTENCY_SMEARED;
		f->consistency_why = "the machine ran while its memory was copied";
	} else if (dump_facts(machine)->kind != DUMP_RAW) {
		f->consistency = CONSISTENCY_INSTANTANEOUS;
		f->consistency_why = "the machine stood still while it was dumped";
	}
}

static struct err *gather_ranges(struct dump *d, struct arena *a, struct dump_core_facts *f)
{
	const struct dump_segment *v;
	struct snapshot_range *ranges;
	size_t n;

	TRY(dump_segments(d, &v, &n));
	ranges = ARENA_NEW_N(a, struct snapshot_range, n + 1);
	if (!ranges)
		return err_nomem();
	for (size_t i = 0; i < n; i++) {
		ranges[i] = (struct snapshot_range){ .start = v[i].address, .end = v[i].address + v[i].size };
		ranges[i].class = kernel_process_class(d, i, &ranges[i].reason);
	}
	f->ranges = ranges;
	f->n_ranges = n;
	return NULL;
}

static struct err *tell(struct out *o, struct dump *d, const struct dump_core *core, const struct sink_result *r)
{
	const struct kernel_process_figures *f = kernel_process_figures(d);

	out_begin(o, &record);
	out_str(o, "path", r->path);
	out_uint(o, "pid", dump_facts(d)->pid);
	out_str(o, "name", dump_facts(d)->process_name);
	out_uint(o, "size", r->size);
	out_uint(o, "written", r->written);
	out_uint(o, "threads", dump_core_threads(core));
	out_uint(o, "mapped", f->mapped);
	out_uint(o, "in_dump", f->in_dump);
	out_uint(o, "from_cache", f->from_cache);
	out_uint(o, "untouched", f->untouched);
	out_uint(o, "swapped", f->swapped);
	out_uint(o, "missing", f->missing);
	if (r->partial)
		out_bool(o, "partial", true);
	return out_end(o);
}

static struct err *write_core(struct dump *d, const struct dump_core_facts *f, const struct sink_options *to, struct out *o)
{
	CLEANUP(dump_core_destroyp) struct dump_core *core = NULL;
	CLEANUP(sink_destroyp) struct sink *sink = NULL;
	struct sink_result r = { 0 };
	struct sink_image image;
	struct err *e;

	TRY(dump_core_create(d, f, &core));
	image = dump_core_image(core);
	TRY(sink_open(to, image.expected, &sink));
	e = sink_write(sink, &image, &r);
	if (r.path && (!e || r.partial)) {
		struct err *said = tell(o, d, core, &r);

		if (e)
			err_free(said);
		else
			e = said;
	}
	return e;
}

static struct err *extract(const struct settings *s, struct target *t, struct out *o)
{
	CLEANUP(dump_unrefp) struct dump *d = NULL;
	CLEANUP(arena_deinit) struct arena a = ARENA_INIT;
	struct sink_options to = { 0 };
	struct dump_core_facts f = { 0 };
	struct kernel_task task = { 0 };
	struct err *torn = NULL;

	if (!target_kernel(t))
		return err_new(ERR_UNSUPPORTED, "%s: no kernel was found in it: processes are extracted from dumps of machines",
			       dump_path(target_dump(t)));
	TRY(writing_options(s, &to));
	writing_path(s, s->output, &to);
	to.threads = 1; /* page tables and packed pages are read through caches */
	TRY(find_process(t, s->process, &task));
	TRY(kernel_process_create(t, &task, &d, &torn));
	if (torn)
		report_error(o, torn);
	f.why = arena_printf(&a, "process %u out of %s", task.pid, str_basename(dump_path(target_dump(t))));
	f.state = task.letter;
	f.nice = task.static_prio ? task.static_prio - 120 : 0;
	f.flags = task.flags;
	(void)kernel_task_ids(t, &task, &f.uid, &f.gid);
	state_consistency(target_dump(t), &f);
	TRY(gather_ranges(d, &a, &f));
	return write_core(d, &f, &to, o);
}

static int run(const struct settings *s)
{
	if (!s->process || !s->output) {
		terminal_error("which process, and to which file? (--process PID|NAME -o CORE)");
		(void)fprintf(stderr, "Try 'osmodump extract --help'.\n");
		return EXIT_USAGE;
	}
	terminal_undo_when_ended();
	return run_on_any_dump(s, extract);
}

const struct subcommand subcommand_extract = {
	.name = "extract",
	.usage = "[options] --process PID|NAME -o CORE DUMP",
	.summary = "write a core of a process out of the dump of a machine",
	.help = "The process becomes an ELF core, as if it had been dumped at the moment at which the machine\n"
		"was: its memory through its page tables, its threads with the registers that they had in\n"
		"user mode, program, arguments, auxiliary vector and mapped files. gdb opens it, and all of\n"
		"osmodump works on it. Processes extracted from one dump are of the same instant.\n"
		"\n"
		"Pages of files that the process had not touched are taken from the page cache. What was\n"
		"swapped out, or what the dump of the machine left out, is no memory of the core; how much\n"
		"that is, is printed, and a note in the core says where (osmodump info shows it).\n"
		"\n"
		"A name must be that of one process. DUMP is the dump of a machine that runs Linux; nothing\n"
		"else is needed. The file is written as by 'osmodump convert'.",
	.takes_files = true,
	.records = records,
	.run = run,
};
