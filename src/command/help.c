/* SPDX-License-Identifier: MIT */
/* .help and .hh: the rows of the command list, told; version. */
#include "command/session_impl.h"

#include <string.h>

static const struct field command_fields[] = {
	{ "name", FIELD_STR, "command" },
	{ "usage", FIELD_STR, "what follows the name" },
	{ "summary", FIELD_STR, "what it does, in a line" },
	{ "aliases", FIELD_STRS, "other names" },
	{ "help", FIELD_STR, "what it does, in full" },
	{ NULL },
};
static const struct record command_record = {
	.kind = "command",
	.help = "A command of the debugger",
	.fields = command_fields,
	.text = "{name:-14} {summary}\n",
};
#define FULL "{name} {usage}\n    {summary}\n\n{help:r}\n[\nAlso: {aliases}\n]"
static const struct record *const command_records[] = { &command_record, NULL };

static struct err *emit(const struct command *c, const char *layout, struct out *o)
{
	size_t n = 0;

	while (c->aliases && c->aliases[n])
		n++;
	out_begin_as(o, &command_record, layout);
	out_str(o, "name", c->name);
	out_str(o, "usage", c->usage ? c->usage : "");
	out_str(o, "summary", c->summary);
	if (n)
		out_strs(o, "aliases", c->aliases, n);
	out_str(o, "help", c->help);
	return out_end(o);
}

static struct err *run_list(struct session *s, const struct args *args, struct out *o)
{
	const char *p = args->tail;
	char *pattern;

	TRY(word_parse(args->arena, &p, &pattern));
	TRY(end_parse(args, p));
	for (size_t i = 0; commands[i]; i++)
		if (!pattern || str_match(pattern, commands[i]->name, true))
			TRY(emit(commands[i], command_record.text, o));
	return out_heading(o, "\n.hh NAME tells more of a command.\n");
}

static const char *const list_aliases[] = { "!help", "help", NULL };
const struct command command_help = {
	.name = ".help",
	.aliases = list_aliases,
	.summary = "list the commands",
	.usage = "[pattern]",
	.help = "All commands, or those whose names match the pattern (* and ?).",
	.records = command_records,
	.run = run_list,
};

static struct err *run_explain(struct session *s, const struct args *args, struct out *o)
{
	CLEANUP(strbuf_deinit) struct strbuf extension = STRBUF_INIT;
	const struct command *c;
	const char *p = args->tail;
	char *name;

	TRY(word_parse(args->arena, &p, &name));
	TRY(end_parse(args, p));
	if (!name)
		return run_list(s, args, o);
	c = command_named(name);
	strbuf_addf(&extension, "!%s", name);
	if (!c)
		c = command_named(extension.s);
	if (!c)
		return err_new(ERR_NOTFOUND, "there is no command '%s' (.help lists them)", name);
	return emit(c, FULL, o);
}

const struct command command_hh = {
	.name = ".hh",
	.summary = "explain a command",
	.usage = "[name]",
	.help = "Prints usage and description; without a name the list of commands.",
	.records = command_records,
	.run = run_explain,
};

/* --- version ------------------------------------------------------------------------ */

static const struct field version_fields[] = {
	{ "version", FIELD_STR, "of the program" },
	{ "compiler", FIELD_STR, "that built it" },
	{ NULL },
};
static const struct record version_record = {
	.kind = "version",
	.help = "The program",
	.fields = version_fields,
	.text = "osmodump {version}\nbuilt with {compiler}\n",
};
static const struct record *const version_records[] = { &version_record, NULL };

static struct err *run_version(struct session *s, const struct args *args, struct out *o)
{
	TRY(end_parse(args, args->tail));
	out_begin(o, &version_record);
	out_str(o, "version", OSM_VERSION);
#ifdef __clang__
	out_str(o, "compiler", "clang " __clang_version__);
#else
	out_str(o, "compiler", "gcc " __VERSION__);
#endif
	return out_end(o);
}

const struct command command_version = {
	.name = "version",
	.summary = "print the program's version",
	.usage = "",
	.help = "What the program is and what built it; about the dump's system tells vertarget.",
	.records = version_records,
	.whole_word = true,
	.run = run_version,
};

/* --- .cls --------------------------------------------------------------------------- */

static struct err *run_clear(struct session *s, const struct args *args, struct out *o)
{
	/* the one place that sends a terminal sequence; main asks for it */
	s->clear = true;
	return NULL;
}

const struct command command_cls = {
	.name = ".cls",
	.summary = "clear the screen",
	.usage = "",
	.help = "Has an effect only at the prompt of a terminal.",
	.run = run_clear,
};
