/* SPDX-License-Identifier: MIT */
/*
 * osmodump info: what a dump file states and holds, without symbols and
 * without judging: facts, streams, how much memory is there and of what kind.
 */
#include "base/cancel.h"
#include "main/info.h"
#include "os/linux/signals.h"
#include "os/windows/status.h"

#include <string.h>

static const struct field dump_fields[] = {
	{ "path", FIELD_STR, "the file" },
	{ "format", FIELD_STR, "container" },
	{ "title", FIELD_STR, "in WinDbg's words" },
	{ "size", FIELD_SIZE, "of the file, unpacked" },
	{ "machine", FIELD_STR, "processor" },
	{ "os", FIELD_STR, "operating system" },
	{ "os_version", FIELD_STR, "major.minor.build" },
	{ "os_text", FIELD_STR, "service pack, kernel version" },
	{ "build", FIELD_STR, "build string" },
	{ "cpus", FIELD_UINT, "number of processors" },
	{ "cpu", FIELD_STR, "vendor or brand of the processors" },
	{ "time", FIELD_TIME, "when the dump was made" },
	{ "uptime", FIELD_DURATION, "of the system" },
	{ "pid", FIELD_UINT, "process id" },
	{ "ppid", FIELD_UINT, "parent's process id" },
	{ "process", FIELD_STR, "program" },
	{ "command_line", FIELD_STR, "command line" },
	{ "process_create_time", FIELD_TIME, "when the process began" },
	{ "user_time", FIELD_DURATION, "spent by the process in user mode" },
	{ "kernel_time", FIELD_DURATION, "spent by the process in the kernel" },
	{ "flags", FIELD_HEX, "of the container (MINIDUMP_TYPE)" },
	{ "writer", FIELD_STR, "tool that wrote it" },
	{ "stripped", FIELD_STR, "tool that took out all but what stacks need: zeros may have been data" },
	{ "threads", FIELD_UINT, "number of threads" },
	{ "modules", FIELD_UINT, "number of modules" },
	{ NULL },
};
static const struct record dump_record = {
	.kind = "dump",
	.help = "The facts that the container states",
	.fields = dump_fields,
	.text = "File:            {path}\n"
		"Format:          {format}[: {title}]\n"
		"Size:            {size:d} bytes ({size:S})\n"
		"Machine:         {machine}\n"
		"System:          {os}[ {os_version}][ {os_text}]\n"
		"[Build:           {build}\n]"
		"[Processors:      {cpus}[ ({cpu})]\n]"
		"[Dump time:       {time}\n]"
		"[System uptime:   {uptime}\n]"
		"[Process:         {pid}[ (parent {ppid})][ {process}]\n]"
		"[Command line:    {command_line}\n]"
		"[Process start:   {process_create_time}\n]"
		"[CPU time:        user {user_time}, kernel {kernel_time}\n]"
		"[Flags:           0x{flags:x}\n]"
		"[Written by:      {writer}\n]"
		"[Stripped:        by {stripped}: zeros may have been data\n]"
		"Threads:         {threads|unreadable}\n"
		"Modules:         {modules}\n",
};

static const struct field event_fields[] = {
	{ "tid", FIELD_UINT, "thread" },
	{ "code", FIELD_HEX, "exception code or signal" },
	{ "name", FIELD_STR, "its name" },
	{ "address", FIELD_ADDR, "where" },
	{ NULL },
};
static const struct record event_record = {
	.kind = "dump_event",
	.help = "What the dump was made for",
	.fields = event_fields,
	.text = "Exception:       0x{code:08x}[ ({name})] at {address} in thread 0x{tid:x}\n",
};
#define SIGNAL "Signal:          {code:d}[ ({name})] in thread {tid}\n"

static const struct field stream_fields[] = {
	{ "type", FIELD_HEX, "number of the stream or note type" },
	{ "name", FIELD_STR, "name of the type" },
	{ "owner", FIELD_STR, "owner of an ELF note" },
	{ "offset", FIELD_SIZE, "in the file" },
	{ "size", FIELD_SIZE, "bytes" },
	{ NULL },
};
static const struct record stream_record = {
	.kind = "stream",
	.help = "A stream, note or table of the container",
	.fields = stream_fields,
	.text = "  {type:8x}  {name:-32|unknown} {offset:12x} {size:12d}[  {owner}]\n",
};

static const struct field coverage_fields[] = {
	{ "category", FIELD_STR, "modules, stacks, other, zero (never touched) or absent" },
	{ "size", FIELD_SIZE, "bytes" },
	{ "ranges", FIELD_UINT, "number of ranges" },
	{ NULL },
};
static const struct record coverage_record = {
	.kind = "coverage",
	.help = "How much memory the file holds, by what it is",
	.fields = coverage_fields,
	.text = "  {category:-10} {ranges:8}  {size:16d}  {size:10S}\n",
};

static const struct field defect_fields[] = {
	{ "text", FIELD_STR, "what is damaged" },
	{ NULL },
};
static const struct record defect_record = {
	.kind = "defect",
	.help = "A damage that did not keep the file from opening",
	.fields = defect_fields,
	.text = "Damaged: {text}\n",
};

static const struct record *const records[] = {
	&dump_record,	     &event_record,  &info_snapshot_record, &info_class_record, &info_kernel_record, &info_kernel_class_record,
	&info_kernel_cpu_record, &info_kernel_process_record,
	&info_reason_record, &stream_record, &coverage_record,	     &defect_record,
	&info_set_record,    &info_member_record, NULL,
};

/* --- facts ---------------------------------------------------------------------------------- */

static void emit_system(const struct dump_facts *f, struct out *o)
{
	const char *name = dump_os_name(f->os);
	bool has_prefix = str_starts(f->os_text, name) && f->os_text[strlen(name)] == ' ';

	out_name(o, "machine", machine_name(f->machine));
	out_str(o, "os", name);
	if (f->has & FACT_OS_VERSION)
		out_strf(o, "os_version", "%u.%u.%u", f->os_major, f->os_minor, f->os_build);
	/* uname begins with the system's name, which stands there already */
	out_name(o, "os_text", f->os_text + (has_prefix ? strlen(name) + 1 : 0));
	out_name(o, "build", f->build_string);
	if (f->has & FACT_CPUS)
		out_uint(o, "cpus", f->cpu_count);
	out_name(o, "cpu", f->cpu_text);
}

static void emit_process(const struct dump_facts *f, struct out *o)
{
	if (f->has & FACT_DUMP_TIME)
		out_time(o, "time", f->dump_time);
	if (f->has & FACT_UPTIME)
		out_duration(o, "uptime", f->uptime);
	if (f->has & FACT_PID)
		out_uint(o, "pid", f->pid);
	if (f->has & FACT_PPID)
		out_uint(o, "ppid", f->ppid);
	out_name(o, "process", f->process_name);
	out_name(o, "command_line", f->command_line);
	if (f->has & FACT_PROCESS_TIMES) {
		out_time(o, "process_create_time", f->process_create_time);
		out_duration(o, "user_time", f->process_user_time);
		out_duration(o, "kernel_time", f->process_kernel_time);
	}
}

/* As the container lists them; an ELF core lists none, and its memory tells. */
static uint64_t count_modules(struct dump *d, struct target *t)
{
	const struct dump_module *listed;
	struct module **found;
	size_t n;

	if (!err_ignore(dump_modules(d, &listed, &n)) && n)
		return n;
	return target_modules(t, &found);
}

static struct err *emit_dump(struct dump *d, struct target *t, struct out *o)
{
	const struct dump_facts *f = dump_facts(d);
	const struct dump_thread *threads;
	size_t n;

	out_begin(o, &dump_record);
	out_str(o, "path", dump_path(d));
	out_str(o, "format", f->format);
	out_name(o, "title", f->title);
	out_uint(o, "size", dump_source(d)->size);
	emit_system(f, o);
	emit_process(f, o);
	if (f->flags)
		out_uint(o, "flags", f->flags);
	out_name(o, "writer", f->writer);
	out_name(o, "stripped", f->stripped);
	if (!err_ignore(dump_threads(d, &threads, &n)))
		out_uint(o, "threads", n);
	out_uint(o, "modules", count_modules(d, t));
	return out_end(o);
}

static struct err *emit_event(struct dump *d, struct out *o)
{
	bool windows = dump_facts(d)->os == OS_WINDOWS, linux_core = dump_facts(d)->os == OS_LINUX;
	const struct dump_exception *x;
	const struct status *status;

	TRY(dump_exception(d, &x));
	if (!x)
		return NULL;
	status = windows ? status_find(x->code) : NULL;
	out_begin_as(o, &event_record, windows || dump_facts(d)->kind != DUMP_ELFCORE ? event_record.text : SIGNAL);
	out_uint(o, "tid", x->tid);
	out_uint(o, "code", x->code);
	out_str(o, "name", linux_core ? linux_signal_name(x->code) : status ? status->name : NULL);
	out_addr(o, "address", x->address);
	return out_end(o);
}

static struct err *emit_streams(struct dump *d, struct out *o)
{
	const struct dump_stream *v;
	size_t n;

	TRY(dump_streams(d, &v, &n));
	if (n)
		TRY(out_heading(o, "\nStreams:\n  %8s  %-32s %12s %12s\n", "type", "name", "offset", "bytes"));
	for (size_t i = 0; i < n; i++) {
		TRY(cancel_check());
		out_begin(o, &stream_record);
		out_uint(o, "type", v[i].type);
		out_name(o, "name", v[i].name);
		out_name(o, "owner", v[i].owner);
		out_uint(o, "offset", v[i].piece.offset);
		out_uint(o, "size", v[i].piece.size);
		TRY(out_end(o));
	}
	return NULL;
}

/* --- memory ----------------------------------------------------------------------------------- */

enum category { IN_MODULE, IN_STACK, IN_OTHER, N_CATEGORIES };

struct area {
	uint64_t start, end;
	enum category category;
};

struct coverage {
	VEC(struct area) areas;		/* sorted, parted */
	uint64_t size[N_CATEGORIES], ranges[N_CATEGORIES];
};

static struct err *add_area(struct coverage *c, uint64_t start, uint64_t size, enum category category)
{
	struct area a = { start, start + size, category };

	if (!size || a.end < start)
		return NULL;
	return vec_push(&c->areas, a) ? NULL : err_nomem();
}

static struct err *add_modules(struct target *t, struct coverage *c)
{
	struct module **v;
	size_t n = target_modules(t, &v);

	for (size_t i = 0; i < n; i++)
		TRY(add_area(c, v[i]->base, v[i]->size, IN_MODULE));
	return NULL;
}

/* The range the container gives as the thread's stack, else the piece of
 * memory that the stack pointer lies in. */
static struct err *add_stacks(struct target *t, struct coverage *c)
{
	struct thread *v;
	size_t n = target_threads(t, &v);

	for (size_t i = 0; i < n; i++) {
		const struct dump_thread *r = v[i].record;
		struct space_range range;
		struct regs regs;

		TRY(cancel_check());
		if (r && (r->has & THREAD_HAS_STACK))
			TRY(add_area(c, r->stack_base, r->stack_size, IN_STACK));
		else if (!err_ignore(thread_regs(t, &v[i], HALF_NATIVE, &regs)) &&
			 space_find(target_space(t), regs_sp(&regs), &range) &&
			 range.address <= regs_sp(&regs))
			TRY(add_area(c, range.address, range.size, IN_STACK));
	}
	return NULL;
}

static int by_start(const void *a, const void *b)
{
	const struct area *x = a, *y = b;

	return x->start < y->start ? -1 : x->start > y->start;
}

static void count(struct coverage *c, enum category category, uint64_t size)
{
	if (!size)
		return;
	c->size[category] += size;
	c->ranges[category]++;
}

/* One piece of memory, cut at the areas' borders. */
static void count_piece(struct coverage *c, uint64_t address, uint64_t size)
{
	uint64_t end = address + size;
	size_t low = 0, high = c->areas.n;

	while (low < high) { /* the first area that ends behind the piece's start */
		size_t middle = low + (high - low) / 2;

		if (c->areas.v[middle].end <= address)
			low = middle + 1;
		else
			high = middle;
	}
	for (; low < c->areas.n && c->areas.v[low].start < end && address < end; low++) {
		const struct area *a = &c->areas.v[low];
		uint64_t stop = a->end < end ? a->end : end;

		if (stop <= address)
			continue;
		if (a->start > address) {
			count(c, IN_OTHER, a->start - address);
			address = a->start;
		}
		count(c, a->category, stop - address);
		address = stop;
	}
	count(c, IN_OTHER, end - address);
}

static struct err *emit_category(const char *name, uint64_t size, uint64_t ranges, struct out *o)
{
	if (!ranges)
		return NULL;
	out_begin(o, &coverage_record);
	out_str(o, "category", name);
	out_uint(o, "size", size);
	out_uint(o, "ranges", ranges);
	return out_end(o);
}

/* Of a machine: what the pages are used for, the container does not know. */
static struct err *emit_physical(struct dump *d, struct out *o)
{
	const struct dump_segment *v;
	uint64_t size = 0;
	size_t n;

	TRY(dump_physical(d, &v, &n));
	for (size_t i = 0; i < n; i++)
		size += v[i].size;
	TRY(out_heading(o, "\nMemory in the file:\n  %-10s %8s  %16s\n", "category", "ranges", "bytes"));
	return emit_category("physical", size, n, o);
}

static struct err *emit_coverage(struct dump *d, struct target *t, struct coverage *c, struct out *o)
{
	uint64_t absent = 0, absent_ranges = 0, zero = 0, zero_ranges = 0;
	const struct dump_segment *v;
	size_t n;

	TRY(dump_segments(d, &v, &n));
	TRY(add_modules(t, c));
	TRY(add_stacks(t, c));
	if (c->areas.n)
		qsort(c->areas.v, c->areas.n, sizeof(c->areas.v[0]), by_start);
	for (size_t i = 0; i < n; i++) {
		count_piece(c, v[i].address, v[i].file_size);
		if (v[i].zero) {
			zero += v[i].size;
			zero_ranges++;
			continue;
		}
		absent += v[i].size - v[i].file_size;
		absent_ranges += v[i].size != v[i].file_size;
	}
	if (dump_facts(d)->whole_system)
		return emit_physical(d, o);
	TRY(out_heading(o, "\nMemory in the file:\n  %-10s %8s  %16s\n", "category", "ranges", "bytes"));
	TRY(emit_category("modules", c->size[IN_MODULE], c->ranges[IN_MODULE], o));
	TRY(emit_category("stacks", c->size[IN_STACK], c->ranges[IN_STACK], o));
	TRY(emit_category("other", c->size[IN_OTHER], c->ranges[IN_OTHER], o));
	TRY(emit_category("zero", zero, zero_ranges, o));
	return emit_category("absent", absent, absent_ranges, o);
}

static struct err *emit_defects(struct dump *d, struct out *o)
{
	const struct dump_defect *v;
	size_t n = dump_defects(d, &v);

	for (size_t i = 0; i < n; i++) {
		out_begin(o, &defect_record);
		out_str(o, "text", v[i].text);
		TRY(out_end(o));
	}
	return NULL;
}

static struct err *emit_all(const struct settings *s, struct target *t, struct out *o)
{
	struct dump *d = target_dump(t);
	struct coverage c = { 0 };
	struct err *e;

	out_set_pointer_size(o, dump_facts(d)->pointer_size);
	TRY(emit_dump(d, t, o));
	TRY(emit_event(d, o));
	TRY(info_emit_snapshot(d, o));
	TRY(emit_streams(d, o));
	e = emit_coverage(d, t, &c, o);
	vec_deinit(&c.areas);
	TRY(e);
	return emit_defects(d, o);
}

static int run_set(const struct settings *s, const struct system *y)
{
	CLEANUP(out_destroyp) struct out *o = NULL;
	struct err *e = open_output(s, &o);
	int rc;

	if (!e)
		e = info_emit_set(y, s->words.v[0], o);
	rc = e ? EXIT_FAILED : EXIT_OK;
	report_error(o, e);
	return rc;
}

static int run(const struct settings *s)
{
	CLEANUP(system_destroyp) struct system *y = NULL;
	int rc = open_system(s, &y);

	if (rc != EXIT_OK)
		return rc;
	return y ? run_set(s, y) : run_on_any_dump(s, emit_all);
}

const struct subcommand subcommand_info = {
	.name = "info",
	.usage = "[--json] FILE",
	.summary = "tell what a dump file holds",
	.help = "The facts that the container states (kind, machine, system, times, process), its\n"
		"streams or notes, and how much memory it holds by what it is: images of modules,\n"
		"stacks, other; absent is what the process had and the file leaves out. Of a\n"
		"snapshot also how consistent it is, by which engine it was taken and why, how\n"
		"long the process stood still, and how much of its memory is of which class\n"
		"(docs/formats/osmosis-note.md). Damaged parts are named at the end.\n"
		"\n"
		"Of the manifest of a set (snap --set) the processes, how far apart they were\n"
		"stopped, and how consistent each of their dumps is.",
	.takes_files = true,
	.records = records,
	.run = run,
};
