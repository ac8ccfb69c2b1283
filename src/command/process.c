/* SPDX-License-Identifier: MIT */
/*
 * | and ||: the process and the system that the dump is of. A dump holds one
 * of each; the commands are there for what is written around them.
 */
#include "command/session_impl.h"

#include <string.h>

static const struct field process_fields[] = {
	{ "index", FIELD_UINT, "the debugger's number" },
	{ "pid", FIELD_HEX, "process id" },
	{ "how", FIELD_STR, "how it came under the debugger: examine" },
	{ "name", FIELD_STR, "program" },
	{ NULL },
};
static const struct record process_record = {
	.kind = "process",
	.help = "A process",
	.fields = process_fields,
	.text = ".{index:3}\tid: {pid:x|unknown}\t{how}\tname: {name|unknown}\n",
};
static const struct record *const process_records[] = { &process_record, NULL };

/* What the container states, else the program that is listed first. */
static const char *process_name(struct session *s)
{
	const struct dump_facts *f = target_facts(s->target);
	const struct dump_module *v;
	size_t n;

	if (*f->process_name)
		return f->process_name;
	if (err_ignore(dump_modules(target_dump(s->target), &v, &n)) || !n)
		return NULL;
	return target_is_windows(s->target) ? v[0].path : str_basename(v[0].path);
}

/* "s" or a number may follow, as in "|0s": there is one process. */
static struct err *check_number(const struct args *args, const char *what)
{
	const char *p = args->tail;

	if (*p == '.' || *p == '#' || *p == '*' || *p == '0')
		p++;
	if (*p == 's')
		p++;
	return *p ? usage_error(args, "the dump has one %s, 0", what) : NULL;
}

static struct err *run_process(struct session *s, const struct args *args, struct out *o)
{
	uint32_t pid = target_pid(s->target);

	TRY(check_number(args, "process"));
	out_begin(o, &process_record);
	out_uint(o, "index", 0);
	if (pid)
		out_uint(o, "pid", pid);
	out_str(o, "how", "examine");
	out_name(o, "name", process_name(s));
	return out_end(o);
}

const struct command command_process = {
	.name = "|",
	.summary = "show the process",
	.usage = "",
	.help = "The one process of the dump: the debugger's number, process id, how it came under\n"
		"the debugger, and the program.",
	.records = process_records,
	.needs = NEEDS_TARGET,
	.run = run_process,
};

static const struct field system_fields[] = {
	{ "index", FIELD_UINT, "the debugger's number" },
	{ "title", FIELD_STR, "kind of dump" },
	{ "path", FIELD_STR, "the dump" },
	{ NULL },
};
static const struct record system_record = {
	.kind = "system",
	.help = "A system that is debugged",
	.fields = system_fields,
	.text = ".{index:3} {title}: {path}\n",
};
static const struct record *const system_records[] = { &system_record, NULL };

static struct err *run_system(struct session *s, const struct args *args, struct out *o)
{
	TRY(check_number(args, "system"));
	out_begin(o, &system_record);
	out_uint(o, "index", 0);
	out_str(o, "title", target_facts(s->target)->title);
	out_str(o, "path", dump_path(target_dump(s->target)));
	return out_end(o);
}

const struct command command_system = {
	.name = "||",
	.summary = "show the dump that is open",
	.usage = "",
	.help = "The kind of dump and its file.",
	.records = system_records,
	.needs = NEEDS_TARGET,
	.run = run_system,
};
