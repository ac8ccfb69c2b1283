/* SPDX-License-Identifier: MIT */
/*
 * vertarget and .time: what was dumped, where and when.
 *
 * For a WOW64 process the advice of the field's table is given: a 64-bit tool's
 * dump of a 32-bit process holds both halves, and commands here show both; what
 * is lost is said, if anything is.
 */
#include "command/command.h"

#include <inttypes.h>
#include <string.h>

static const struct field target_fields[] = {
	{ "title", FIELD_STR, "kind of the dump" },
	{ "file", FIELD_STR, "path of the dump" },
	{ "os", FIELD_STR, "operating system" },
	{ "version", FIELD_STR, "its version" },
	{ "build", FIELD_UINT, "its build number" },
	{ "service_pack", FIELD_STR, "service pack or kernel release" },
	{ "processors", FIELD_UINT, "number of processors" },
	{ "multi", FIELD_STR, "MP, or UP with one processor" },
	{ "processor", FIELD_STR, "their make" },
	{ "machine", FIELD_STR, "instruction set of the dump" },
	{ "build_type", FIELD_STR, "Free or Checked, as the build string says" },
	{ "suites", FIELD_STR, "Windows suites" },
	{ "comment", FIELD_STR, "comments in the dump: why its writer was told to write it" },
	{ "product", FIELD_STR, "Windows product: WinNt, LanManNt, Server" },
	{ "build_string", FIELD_STR, "build laboratory string" },
	{ "process", FIELD_STR, "name of the process" },
	{ "pid", FIELD_UINT, "its id" },
	{ "command_line", FIELD_STR, "its command line as the dump states it" },
	{ "debug_time", FIELD_TIME, "when the dump was written" },
	{ "system_uptime", FIELD_DURATION, "how long the system ran" },
	{ "process_uptime", FIELD_DURATION, "how long the process ran" },
	{ "kernel_time", FIELD_DURATION, "CPU time in the kernel" },
	{ "user_time", FIELD_DURATION, "CPU time in user mode" },
	{ "writer", FIELD_STR, "the tool that wrote the dump, where it says so" },
	{ "consistency", FIELD_STR, "of a snapshot: instantaneous, quasi-instantaneous or smeared" },
	{ "engine", FIELD_STR, "of a snapshot: how it was taken" },
	{ "pause_ms", FIELD_FLOAT, "of a snapshot: how long the process stood still, ms" },
	{ "advice", FIELD_STR, "what the kind of dump means for reading it" },
	{ NULL },
};

#define SYSTEM(version) \
	"[{os}[ Version " version "][ ({service_pack})][ {multi} ({processors} procs)][ {build_type}] {machine}\n]"
#define TIMES_AND_REST \
	"[Product: {product}[, suite: {suites}]\n][Edition build lab: {build_string}\n][Processor: {processor}\n]" \
	"{title}\n" \
	"[Comment: '{comment:r}'\n]" \
	"[Process: {process}[ ({pid:d})]\n][Command line: {command_line}\n]" \
	"[Written by: {writer}\n]" \
	"[Consistency: {consistency}[ (engine {engine}[, pause {pause_ms} ms])]\n]" \
	"Debug session time: {debug_time|not available}\n" \
	"System Uptime: {system_uptime|not available}\n" \
	"Process Uptime: {process_uptime|not available}\n" \
	"[  Kernel time: {kernel_time}\n][  User time: {user_time}\n]" \
	"[Note: {advice}\n]"

static const struct record target_record = {
	.kind = "target",
	.help = "system, process and times of the dump",
	.fields = target_fields,
	.text = SYSTEM("{version}") TIMES_AND_REST,
};

/* Windows is known by its build. */
static const char windows_layout[] = SYSTEM("{build}") TIMES_AND_REST;

static const struct record time_record = {
	.kind = "time",
	.help = "times of the dump",
	.fields = target_fields,
	.text = "Debug session time: {debug_time|not available}\n"
		"System Uptime: {system_uptime|not available}\n"
		"Process Uptime: {process_uptime|not available}\n"
		"[  Kernel time: {kernel_time}\n][  User time: {user_time}\n]",
};

static void emit_times(const struct dump_facts *f, struct out *o)
{
	if (f->has & FACT_DUMP_TIME)
		out_time(o, "debug_time", f->dump_time);
	if (f->has & FACT_UPTIME)
		out_duration(o, "system_uptime", f->uptime);
	if (!(f->has & FACT_PROCESS_TIMES))
		return;
	if ((f->has & FACT_DUMP_TIME) && f->process_create_time &&
	    f->dump_time >= f->process_create_time)
		out_duration(o, "process_uptime",
			     (f->dump_time - f->process_create_time) * 10000000);
	out_duration(o, "kernel_time", f->process_kernel_time);
	out_duration(o, "user_time", f->process_user_time);
}

static const char *windows_name(const struct dump_facts *f)
{
	unsigned version = f->os_major << 8 | f->os_minor;
	bool server = f->os_product_type > 1;

	if (f->os_major == 10)
		return server ? "Windows Server" : f->os_build >= 22000 ? "Windows 11" : "Windows 10";
	switch (version) {
	case 0x603: return server ? "Windows Server 2012 R2" : "Windows 8.1";
	case 0x602: return server ? "Windows Server 2012" : "Windows 8";
	case 0x601: return server ? "Windows Server 2008 R2" : "Windows 7";
	case 0x600: return server ? "Windows Server 2008" : "Windows Vista";
	case 0x502: return "Windows Server 2003";
	case 0x501: return "Windows XP";
	case 0x500: return "Windows 2000";
	default: return "Windows";
	}
}

static const char *product_name(uint32_t type)
{
	switch (type) {
	case 1: return "WinNt";
	case 2: return "LanManNt";
	case 3: return "Server";
	default: return NULL;
	}
}

/* VER_SUITE_* (winnt.h), in WinDbg's words */
static void emit_suites(uint32_t mask, struct out *o)
{
	static const char *const names[] = {
		"SmallBusiness", "Enterprise", "BackOffice", "CommunicationServer", "TerminalServer",
		"SmallBusinessRestricted", "EmbeddedNT", "DataCenter", "SingleUserTS", "Personal", "Blade",
	};
	CLEANUP(strbuf_deinit) struct strbuf sb = STRBUF_INIT;

	for (unsigned i = 0; i < ARRAY_SIZE(names); i++)
		if (mask >> i & 1)
			strbuf_addf(&sb, "%s%s", sb.len ? " " : "", names[i]);
	if (sb.len)
		out_str(o, "suites", sb.s);
}

/* "19041.1.amd64fre.vb_release..." */
static const char *build_type(const char *build)
{
	return build && strstr(build, "fre.") ? "Free" : build && strstr(build, "chk.") ? "Checked" : NULL;
}

/* Lines of a comment are kept; other control characters, also those that UTF-8
 * writes as C2 80 to C2 9F, would reach the terminal. */
static void add_clean(const char *text, struct strbuf *sb)
{
	for (const unsigned char *p = (const unsigned char *)text; *p; p++) {
		bool c1 = p[0] == 0xc2 && p[1] >= 0x80 && p[1] <= 0x9f;

		if (*p == '\r')
			continue;
		strbuf_addc(sb, c1 || (*p < ' ' && *p != '\n' && *p != '\t') || *p == 0x7f ? '.' : (char)*p);
		p += c1;
	}
}

static struct err *emit_comments(struct dump *d, struct out *o)
{
	CLEANUP(strbuf_deinit) struct strbuf sb = STRBUF_INIT;
	const struct dump_annotation *v;
	size_t n;

	TRY(dump_annotations(d, &v, &n));
	for (size_t i = 0; i < n; i++) {
		if (strcmp(v[i].kind, "comment") == 0 && !*v[i].key) {
			if (sb.len)
				strbuf_addc(&sb, '\n');
			add_clean(v[i].value, &sb);
		}
	}
	if (sb.len)
		out_str(o, "comment", sb.s);
	return strbuf_check(&sb);
}

static const char *non_empty(const char *s)
{
	return s && *s ? s : NULL;
}

static void emit_system(const struct dump_facts *f, struct out *o)
{
	bool windows = f->os == OS_WINDOWS;

	out_str(o, "os", windows ? windows_name(f) : dump_os_name(f->os));
	if (f->has & FACT_OS_VERSION) {
		out_strf(o, "version", "%u.%u.%u", f->os_major, f->os_minor, f->os_build);
		out_uint(o, "build", f->os_build);
	}
	out_str(o, "service_pack", non_empty(f->os_text));
	if (f->has & FACT_CPUS) {
		out_str(o, "multi", f->cpu_count == 1 ? "UP" : "MP");
		out_uint(o, "processors", f->cpu_count);
	}
	out_str(o, "processor", non_empty(f->cpu_text));
	out_str(o, "machine", machine_name(f->machine));
	if (windows) {
		out_str(o, "build_type", build_type(f->build_string));
		out_str(o, "product", product_name(f->os_product_type));
		emit_suites(f->os_suite_mask, o);
	}
	out_str(o, "build_string", non_empty(f->build_string));
}

static const char *advice(struct target *t)
{
	struct thread *threads;
	size_t n = target_threads(t, &threads);
	struct regs regs;

	if (!target_has_wow(t))
		return NULL;
	for (size_t i = 0; i < n; i++)
		if (!err_ignore(thread_regs(t, &threads[i], HALF_WOW, &regs)))
			return "a 64-bit dump of a 32-bit (WOW64) process: both halves of each thread are "
			       "shown. For managed code take the dump with a 32-bit tool (ProcDump, "
			       "DebugDiag, 32-bit WinDbg).";
	return "a 64-bit dump of a 32-bit (WOW64) process without the 32-bit contexts: only the "
	       "64-bit halves can be shown. Take the dump with full memory, or with a 32-bit tool "
	       "(ProcDump, DebugDiag, 32-bit WinDbg), not with Task Manager.";
}

static void emit_snapshot(struct target *t, struct out *o)
{
	const struct dump_snapshot *s;

	if (err_ignore(dump_snapshot(target_dump(t), &s)) || !s)
		return;
	out_str(o, "consistency", *s->consistency_text ? s->consistency_text : "not known");
	out_name(o, "engine", s->engine);
	if (s->has_pause)
		out_float(o, "pause_ms", (double)s->pause.total / 1e6);
}

static struct err *run_vertarget(struct session *s, const struct args *args, struct out *o)
{
	struct target *t = session_target(s);
	const struct dump_facts *f = target_facts(t);

	TRY(end_parse(args, args->tail));
	out_begin_as(o, &target_record, f->os == OS_WINDOWS ? windows_layout : target_record.text);
	emit_system(f, o);
	out_str(o, "title", non_empty(f->title));
	TRY(emit_comments(target_dump(t), o));
	out_str(o, "file", dump_path(target_dump(t)));
	out_str(o, "process", non_empty(f->process_name));
	if (f->has & FACT_PID)
		out_uint(o, "pid", f->pid);
	out_str(o, "command_line", non_empty(f->command_line));
	emit_times(f, o);
	out_str(o, "writer", non_empty(f->writer));
	emit_snapshot(t, o);
	out_str(o, "advice", advice(t));
	return out_end(o);
}

static struct err *run_time(struct session *s, const struct args *args, struct out *o)
{
	TRY(end_parse(args, args->tail));
	out_begin(o, &time_record);
	emit_times(target_facts(session_target(s)), o);
	return out_end(o);
}

/* --- .ttime ------------------------------------------------------------------------------ */

static const struct field thread_time_fields[] = {
	{ "thread", FIELD_UINT, "index of the thread" },
	{ "created", FIELD_TIME, "when it began" },
	{ "ended", FIELD_TIME, "when it ended" },
	{ "kernel_time", FIELD_DURATION, "CPU time in the kernel" },
	{ "user_time", FIELD_DURATION, "CPU time in user mode" },
	{ NULL },
};
static const struct record thread_time_record = {
	.kind = "thread_time",
	.help = "times of a thread",
	.fields = thread_time_fields,
	.text = "Created: {created|not available}\n[Ended:   {ended}\n]"
		"Kernel:  {kernel_time}\nUser:    {user_time}\n",
};

static struct err *run_ttime(struct session *s, const struct args *args, struct out *o)
{
	const struct thread *th = session_thread(s);
	const struct dump_thread *r = th->record;

	TRY(end_parse(args, args->tail));
	if (!(r->has & (THREAD_HAS_TIMES | THREAD_HAS_CPU_TIMES)))
		return err_new(ERR_NOTFOUND, "the dump has no times of thread %zu", th->index);
	out_begin(o, &thread_time_record);
	out_uint(o, "thread", th->index);
	if (r->create_time)
		out_time(o, "created", r->create_time);
	if (r->exit_time)
		out_time(o, "ended", r->exit_time);
	out_duration(o, "kernel_time", r->kernel_time);
	out_duration(o, "user_time", r->user_time);
	return out_end(o);
}

static const struct record *const thread_time_records[] = { &thread_time_record, NULL };

const struct command command_ttime = {
	.name = ".ttime",
	.summary = "show the times of the current thread",
	.usage = "",
	.help = "When the thread began, and the CPU time it has used; ~*e .ttime shows all. Times\n"
		"are UTC. !runaway orders the threads by them.",
	.records = thread_time_records,
	.needs = NEEDS_TARGET | NEEDS_THREAD,
	.run = run_ttime,
};

static const struct record *const target_records[] = { &target_record, NULL };
static const struct record *const time_records[] = { &time_record, NULL };

const struct command command_vertarget = {
	.name = "vertarget",
	.summary = "show system, process and times of the dump",
	.usage = "",
	.help = "Shows the operating system and its version, processors, the kind of dump, the\n"
		"process, and the times that the dump states. What it does not state is\n"
		"\"not available\". For a 32-bit process in a 64-bit dump a note says whether\n"
		"anything is lost by the bitness of the tool that took it. Of a snapshot that\n"
		"osmodump took one line says how consistent it is; osmodump info says more.",
	.records = target_records,
	.needs = NEEDS_TARGET,
	.run = run_vertarget,
};

const struct command command_time = {
	.name = ".time",
	.summary = "show the times of dump, system and process",
	.usage = "",
	.help = "Shows when the dump was written, and how long system and process had run.\n"
		"Times are UTC.",
	.records = time_records,
	.needs = NEEDS_TARGET,
	.run = run_time,
};
