/* SPDX-License-Identifier: MIT */
/*
 * ||: the system that is debugged. There is one; the command is there for what
 * is written around it.
 */
#include "command/session_impl.h"

#include <string.h>

/* "s" or a number may follow, as in "||0s". */
static struct err *check_number(const struct args *args)
{
	const char *p = args->tail;

	if (*p == '.' || *p == '#' || *p == '*' || *p == '0')
		p++;
	if (*p == 's')
		p++;
	return *p ? usage_error(args, "there is one system, 0") : NULL;
}

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
	TRY(check_number(args));
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
