/* SPDX-License-Identifier: MIT */
/*
 * osmodump snap: takes a snapshot of a process and writes it as a core while
 * the process lives on.
 */
#include "base/cancel.h"
#include "capture/engine.h"
#include "capture/phase.h"
#include "capture/set_write.h"
#include "main/main.h"
#include "main/snap.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const struct field snapshot_fields[] = {
	{ "pid", FIELD_UINT, "process" },
	{ "name", FIELD_STR, "its name" },
	{ "engine", FIELD_STR, "how it was taken" },
	{ "engine_reason", FIELD_STR, "why so" },
	{ "consistency", FIELD_STR, "instantaneous, quasi-instantaneous or smeared" },
	{ "consistency_reason", FIELD_STR, "why not better" },
	{ "pause_ms", FIELD_FLOAT, "from the first thread stopped to the last one resumed" },
	{ "until", FIELD_STR, "engine stop: until when it stands still" },
	{ "interrupt_ms", FIELD_FLOAT, "part of the pause: stopping the threads" },
	{ "registers_ms", FIELD_FLOAT, "part of the pause: reading their registers" },
	{ "clone_ms", FIELD_FLOAT, "part of the pause: cloning the process" },
	{ "copy_ms", FIELD_FLOAT, "part of the pause: copying what a clone does not keep" },
	{ "release_ms", FIELD_FLOAT, "part of the pause: letting the threads go on" },
	{ "threads", FIELD_UINT, "in the dump" },
	{ "segments", FIELD_UINT, "of memory" },
	{ "time", FIELD_TIME, "of the pause" },
	{ NULL },
};
static const struct record snapshot_record = {
	.kind = "snapshot",
	.help = "What was reached",
	.fields = snapshot_fields,
	.text = "Process:      {pid} ({name}), {threads} threads\n"
		"Engine:       {engine} ({engine_reason})\n"
		"Consistency:  {consistency}[: {consistency_reason}]\n"
		"Pause:        [{pause_ms} ms][{until}] (stop {interrupt_ms}, registers {registers_ms}[, clone {clone_ms}][, "
		"copy {copy_ms}], resume {release_ms})\n",
};

static const struct field file_fields[] = {
	{ "path", FIELD_STR, "the dump; - is standard output" },
	{ "content", FIELD_STR, "full or mini" },
	{ "size", FIELD_SIZE, "of the file, holes included" },
	{ "written", FIELD_SIZE, "bytes that reached it" },
	{ "seconds", FIELD_FLOAT, "spent writing" },
	{ "unreadable", FIELD_SIZE, "bytes that could not be read: they are listed in the dump" },
	{ "file_contents", FIELD_SIZE, "left out: unchanged contents of files that the dump names" },
	{ "left_out", FIELD_SIZE, "left out: by DONTDUMP, coredump_filter, --exclude, devices" },
	{ "live", FIELD_SIZE, "read while the process ran" },
	{ "partial", FIELD_BOOL, "writing was broken off" },
	{ NULL },
};
static const struct record file_record = {
	.kind = "dump_file",
	.help = "A file that was written",
	.fields = file_fields,
	.text = "Written:      {path}: {written:S} ({size:S} with holes) in {seconds} s\n"
		"[Unreadable:   {unreadable:S}, listed in the dump\n]"
		"[Left out:     {file_contents:S} of unchanged files\n]"
		"[Left out:     {left_out:S} by choice (DONTDUMP, coredump_filter, --exclude, devices)\n]"
		"[Live:         {live:S} read while the process ran\n]"
		"[Partial:      {partial:Y}\n]",
};

static const struct record *const records[] = { &snapshot_record, &file_record, &snap_vm_record, &snap_set_record, &snap_plan_record, &snap_plan_set_record,
						&snap_engine_record, &snap_obstacle_record, &snap_kernel_record, &snap_kernel_class_record,
						&snap_kernel_process_record, &snap_kernel_file_record, &snap_kernel_need_record, NULL };

static double ms(uint64_t ns)
{
	return (double)(ns / 1000) / 1000;
}

static void emit_part(struct out *o, const char *key, uint64_t ns)
{
	if (ns)
		out_float(o, key, ms(ns));
}

static struct err *emit_snapshot(const struct snapshot *s, const struct core_totals *t, struct out *o)
{
	out_begin(o, &snapshot_record);
	out_uint(o, "pid", (uint64_t)s->pid);
	out_str(o, "name", s->facts.stat.comm);
	out_str(o, "engine", s->engine->name);
	out_str(o, "engine_reason", s->why);
	out_str(o, "consistency", consistency_name(s->consistency));
	out_name(o, "consistency_reason", s->consistency_why);
	if (s->stopped)
		out_str(o, "until", "until all is written");
	else
		out_float(o, "pause_ms", ms(s->pause.total));
	out_float(o, "interrupt_ms", ms(s->pause.interrupt));
	out_float(o, "registers_ms", ms(s->pause.registers));
	emit_part(o, "clone_ms", s->pause.clone);
	emit_part(o, "copy_ms", s->pause.copy);
	out_float(o, "release_ms", ms(s->pause.release));
	out_uint(o, "threads", t->threads);
	out_uint(o, "segments", t->segments);
	out_time(o, "time", s->time / 1000000000);
	return out_end(o);
}

static void emit_size(struct out *o, const char *key, uint64_t size)
{
	if (size)
		out_uint(o, key, size);
}

static struct err *emit_file(const struct sink_result *r, const struct core_totals *t, bool mini, struct out *o)
{
	out_begin(o, &file_record);
	out_str(o, "path", r->path ? r->path : "-");
	out_str(o, "content", mini ? "mini" : "full");
	out_uint(o, "size", r->size);
	out_uint(o, "written", r->written);
	out_float(o, "seconds", ms(r->nanoseconds) / 1000);
	emit_size(o, "unreadable", t->unreadable);
	emit_size(o, "file_contents", t->bytes[RANGE_FILE]);
	emit_size(o, "left_out", t->bytes[RANGE_LEFT_OUT]);
	emit_size(o, "live", t->bytes[RANGE_LIVE]);
	if (r->partial)
		out_bool(o, "partial", true);
	return out_end(o);
}

/* --- what the command line asks for ------------------------------------------------------------ */

struct err *snap_find_process(const char *word, pid_t *ret)
{
	struct pid_list found = { 0 };
	char *end;
	long n = strtol(word, &end, 10);
	struct err *e;

	if (*word && !*end && n > 0) {
		*ret = (pid_t)n;
		return NULL;
	}
	e = proc_named(word, &found);
	if (!e && found.pids.n == 0)
		e = err_new(ERR_NOTFOUND, "no process is called '%s'", word);
	if (!e && found.pids.n > 1)
		e = err_new(ERR_USAGE, "%zu processes are called '%s' (%d, %d ...): name one by its pid", found.pids.n, word,
			    (int)found.pids.v[0], (int)found.pids.v[1]);
	if (!e)
		*ret = found.pids.v[0];
	pid_list_deinit(&found);
	return e;
}

static struct err *read_budget(const char *text, uint64_t *ret_ns)
{
	enum { NS_PER_MS = 1000000 };
	uint64_t ms;

	if (!parse_decimal(text, UINT64_MAX / NS_PER_MS, &ms))
		return err_new(ERR_USAGE, "--budget: '%s' is no number", text);
	*ret_ns = ms * NS_PER_MS;
	return NULL;
}

/* --all-memory stands for coredump_filter; the others are stronger. */
static struct err *read_content(const struct settings *s, struct content_choice *ret)
{
	*ret = (struct content_choice){ .filter = UINT32_MAX };
	if (s->include)
		TRY(content_read_classes("--include", s->include, &ret->include));
	if (s->exclude)
		TRY(content_read_classes("--exclude", s->exclude, &ret->exclude));
	for (unsigned i = 0; i < N_CONTENT_CLASSES; i++)
		if (ret->include & ret->exclude & 1u << i)
			return err_new(ERR_USAGE, "--exclude: '%s' is included as well", content_class_names[i]);
	if (s->all_memory)
		ret->filter = FILTER_ALL;
	if (s->all_memory && !(ret->exclude & (1u << CLASS_ALL | 1u << CLASS_DONTDUMP)))
		ret->include |= 1u << CLASS_DONTDUMP;
	return NULL;
}

/* A set of named processes has no word, a cgroup may be named by its folder. */
static struct err *read_process(const struct settings *s, pid_t *ret)
{
	bool listed = s->set && strchr("0123456789", *s->set), folder = s->set && s->words.n == 1 && *s->words.v[0] == '/';

	*ret = 0;
	if (listed && s->words.n)
		return err_new(ERR_USAGE, "--set %s names its processes: '%s' is too much", s->set, s->words.v[0]);
	if (listed || (folder && strcmp(s->set, "cgroup") == 0))
		return NULL;
	if (s->words.n != 1)
		return err_new(ERR_USAGE, "one process, please: its pid or its name");
	return snap_find_process(s->words.v[0], ret);
}

static struct err *read_job(const struct settings *s, struct snap_job *ret)
{
	ret->s = s;
	ret->snapshot = (struct snapshot_options){ .engine = s->engine, .environment = s->environment, .guarded = true };
	TRY(read_content(s, &ret->snapshot.content));
	if (s->budget)
		TRY(read_budget(s->budget, &ret->snapshot.budget_ns));
	TRY(writing_options(s, &ret->sink));
	return read_process(s, &ret->pid);
}

/* --- writing ------------------------------------------------------------------------------------------ */

const char *snap_output(const struct settings *s)
{
	return s->output ? s->output : "./";
}

struct err *snap_write(const struct snap_job *j, struct snapshot *s, bool mini, bool first, const char *path, struct out *o,
		       bool *ret_there)
{
	struct core_options options = { .mini = mini, .trigger = "demand" };
	CLEANUP(core_destroyp) struct core *core = NULL;
	CLEANUP(sink_destroyp) struct sink *sink = NULL;
	struct sink_options to = j->sink;
	struct sink_result result = { 0 };
	struct core_totals totals;
	struct sink_image image;

	TRY(core_create(s, &options, &core));
	image = core_image(core);
	to.path = path;
	to.gives_way = !s->stopped;
	TRY(sink_open(&to, image.expected, &sink));
	TRY(sink_write(sink, &image, &result));
	*ret_there = true;
	core_totals(core, &totals);
	if (first)
		TRY(emit_snapshot(s, &totals, o));
	return emit_file(&result, &totals, mini, o);
}

static struct err *write_alone(const struct snap_job *j, struct snapshot *s, bool mini, bool first, struct out *o)
{
	CLEANUP(freep) char *path = NULL;
	bool there;

	TRY(snapshot_file_name(s, snap_output(j->s), "demand", j->sink.packing, mini, &path));
	return snap_write(j, s, mini, first, path, o, &there);
}

static struct err *snap(const struct snap_job *j, struct out *o)
{
	CLEANUP(snapshot_destroyp) struct snapshot *s = NULL;
	bool mini = j->s->mini, full = j->s->full || !mini;

	if (j->s->set)
		return snap_set(j, o);
	if (j->s->dry_run)
		return snap_forecast(j->pid, &j->snapshot, o);
	TRY(snapshot_take(j->pid, &j->snapshot, &s));
	TRY(cancel_check());
	if (mini)
		TRY(write_alone(j, s, true, true, o));
	return full ? write_alone(j, s, false, !mini, o) : NULL;
}

static struct err *to_error(void *arg, const char *text, size_t len)
{
	return fwrite(text, 1, len, stderr) == len ? NULL : err_os(errno, "standard error");
}

/* What is told goes to standard error when the dump itself goes to standard output. */
static struct err *open_report(const struct settings *s, struct out **ret)
{
	if (!s->output || strcmp(s->output, "-") != 0)
		return open_output(s, ret);
	return s->json ? out_create_json(to_error, NULL, ret) : out_create_text(to_error, NULL, ret);
}

static void die_here(const char *name)
{
	const char *at = getenv("OSMOSIS_DIE_AT");

	if (at && strcmp(at, name) == 0)
		(void)kill(getpid(), getenv("OSMOSIS_DIE_OF") ? SIGINT : SIGKILL);
}

static struct err *start(const struct settings *settings, struct snap_job *j)
{
	if (settings->kernel)
		return snap_kernel_check(settings, j);
	return settings->vm ? snap_vm_check(settings) : read_job(settings, j);
}

static struct err *take(const struct settings *settings, struct snap_job *j, struct out *o)
{
	if (settings->kernel)
		return snap_kernel(j, o);
	return settings->vm ? snap_vm(settings, o) : snap(j, o);
}

static int run(const struct settings *settings)
{
	CLEANUP(out_destroyp) struct out *o = NULL;
	struct snap_job j = { 0 };
	struct err *e = start(settings, &j);
	int rc;

	if (getenv("OSMOSIS_DIE_AT")) /* tests of what our death, or Ctrl-C, does to the process */
		phase_hook(die_here);
	terminal_undo_when_ended();
	if (!e)
		e = open_report(settings, &o);
	j.s = settings;
	if (!e)
		e = take(settings, &j, o);
	rc = !e ? EXIT_OK : err_code(e) == ERR_USAGE ? EXIT_USAGE : EXIT_FAILED;
	report_failure(o, e);
	return rc;
}

const struct subcommand subcommand_snap = {
	.name = "snap",
	.usage = "[options] [PID|NAME]",
	.summary = "take a consistent dump of a process, or a virtual machine, that lives on",
	.help = "Stops the process for milliseconds, keeps its state, lets it live on and writes the\n"
		"dump meanwhile. At the end it tells how consistent the dump is and how long the\n"
		"pause was; the dump says the same of itself.\n"
		"\n"
		"The file appears under its name when it is whole. The name may hold {name} {pid}\n"
		"{time} {host} {trigger} {kind}; a folder gets {name}.{pid}.{time}.{kind}; - is standard\n"
		"output.\n"
		"\n"
		"The memory in it is chosen by the process's coredump_filter, then by --include and\n"
		"--exclude: anon-private, anon-shared, file-private, file-shared, huge-private,\n"
		"huge-shared (the kernel's kinds), elf-headers (first pages of programs and libraries),\n"
		"stack, heap (what brk() gives), vdso, dontdump (what the process asked to leave out),\n"
		"all. The narrower word decides: --exclude all --include stack.\n"
		"\n"
		"With --set several processes are stopped together, and nothing runs on before all\n"
		"of them are captured: `--set tree PID` a process with its descendants, `--set cgroup\n"
		"PID` (or a folder of /sys/fs/cgroup) those of a cgroup of version 2, `--set PID,PID...`\n"
		"those that are named. Each gets a dump; a manifest, {name}.{pid}.{time}.set.json, is\n"
		"written last, and opens them as one system.\n"
		"\n"
		"With --vm it is a virtual machine, through the monitor of its QEMU: --engine migrate\n"
		"(the default, where it can be had) is a background snapshot, for which the machine\n"
		"stands still for milliseconds; stop is dump-guest-memory, for which it stands still\n"
		"until all of its memory is written. The dump is an ELF vmcore, or what --to says:\n"
		"elf, kdump, lime, raw. The machine runs on whatever happens to us.\n"
		"\n"
		"With --kernel it is the kernel that is dumped, which runs on after a pause of at most\n"
		"--pause-max. That takes the module osmosis.ko and root; the dump is of one instant, an ELF\n"
		"vmcore or, with --to kdump, a compressed kernel dump. Pages are taken by class, in this\n"
		"order as far as there is room: kernel, percpu, boot, pagetable, stack, slab, vmalloc,\n"
		"module, other, memmap (the default ends here), process (of --with-process), anon, shmem,\n"
		"cache, hugetlb. Without the module /proc/kcore is copied, and read once more to list the\n"
		"pages that changed meanwhile.",
	.records = records,
	.run = run,
};
