/* SPDX-License-Identifier: MIT */
/* .logopen, .logappend, .logclose: a copy of what is printed, in a file. */
#include "command/session_impl.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static const struct field log_fields[] = {
	{ "action", FIELD_STR, "Opened or Closing open" },
	{ "file", FIELD_STR, "log file" },
	{ NULL },
};
static const struct record log_record = {
	.kind = "log",
	.help = "The log was opened or closed",
	.fields = log_fields,
	.text = "{action} log file '{file}'\n",
};
static const struct record *const log_records[] = { &log_record, NULL };

static struct err *close_log(struct session *s, struct out *o)
{
	CLEANUP(freep) char *path = TAKE_PTR(s->log_path);
	FILE *file = TAKE_PTR(s->log);

	if (!file)
		return NULL;
	out_begin(o, &log_record);
	out_str(o, "action", "Closing open");
	out_str(o, "file", path);
	TRY(out_end(o));
	return fclose(file) == 0 ? NULL : err_os(errno, "%s", path);
}

/* /t: "name_1234_2026-01-31_23-59-59-000.log" */
static char *dated(struct arena *a, const char *path)
{
	const char *dot = strrchr(path, '.');
	time_t now = time(NULL);
	char stamp[64];
	struct tm tm;

	if (!dot || strchr(dot, '/'))
		dot = path + strlen(path);
	if (!localtime_r(&now, &tm))
		return NULL;
	(void)strftime(stamp, sizeof(stamp), "_%Y-%m-%d_%H-%M-%S", &tm);
	return arena_printf(a, "%.*s%s%s", (int)(dot - path), path, stamp, dot);
}

static struct err *run_open(struct session *s, const struct args *args, struct out *o)
{
	bool append = strcmp(args->name, ".logappend") == 0;
	const char *p = args->tail;
	unsigned bits;
	char *path;
	FILE *file;

	TRY(options_parse(&p, "tu", &bits));
	TRY(word_parse(args->arena, &p, &path));
	TRY(end_parse(args, p));
	if (!path)
		path = arena_strdup(args->arena, "osmodump.log");
	if (path && (bits & 1))
		path = dated(args->arena, path);
	if (!path)
		return err_nomem();
	TRY(close_log(s, o));
	file = fopen(path, append ? "ae" : "we");
	if (!file)
		return err_os(errno, "%s", path);
	s->log = file;
	s->log_path = strdup(path);
	out_begin(o, &log_record);
	out_str(o, "action", "Opened");
	out_str(o, "file", path);
	return out_end(o);
}

static struct err *run_close(struct session *s, const struct args *args, struct out *o)
{
	TRY(end_parse(args, args->tail));
	if (!s->log)
		return err_new(ERR_NOTFOUND, "no log file is open");
	return close_log(s, o);
}

static const char *const open_aliases[] = { ".logappend", NULL };
const struct command command_logopen = {
	.name = ".logopen",
	.aliases = open_aliases,
	.summary = "copy what is printed to a file",
	.usage = "[/t] [file]",
	.help = "Everything printed from now on, prompts and commands included, goes to the file as\n"
		"well; osmodump.log when none is named. An open log is closed first. /t puts date\n"
		"and time into the name. .logappend keeps what the file holds.",
	.records = log_records,
	.run = run_open,
};

const struct command command_logclose = {
	.name = ".logclose",
	.summary = "close the log file",
	.usage = "",
	.help = "Ends what .logopen began.",
	.records = log_records,
	.run = run_close,
};
