/* SPDX-License-Identifier: MIT */
/* The sub-commands that tell about the program itself. */
#include "main/main.h"

#include <stdio.h>
#include <string.h>

static int run_help(const struct settings *s)
{
	const char *name = s->words.n ? s->words.v[0] : NULL;
	const struct subcommand *sub = name ? subcommand_named(name) : subcommands[0];
	const struct command *c = name ? command_named(name) : NULL;

	if (s->man) {
		print_manual(stdout);
		return EXIT_OK;
	}
	if (s->markdown && !name) {
		print_pages(stdout);
		return EXIT_OK;
	}
	if (s->markdown && print_markdown(name, stdout))
		return EXIT_OK;
	if (sub) {
		print_usage(sub, stdout);
		return EXIT_OK;
	}
	if (!c) {
		terminal_error("there is no '%s' (osmodump commands lists what there is)", name);
		return EXIT_USAGE;
	}
	(void)printf("%s %s\n    %s\n\n%s\n", c->name, c->usage ? c->usage : "", c->summary, c->help);
	return EXIT_OK;
}

const struct subcommand subcommand_help = {
	.name = "help",
	.usage = "[COMMAND]",
	.summary = "explain the program, a sub-command or a debugger command",
	.help = "Without a name this is --help. A name is that of a sub-command or of a debugger\n"
		"command: osmodump help k",
	.run = run_help,
};

/* Runs one debugger command that needs no dump. */
static int run_command(const struct settings *s, const char *line)
{
	CLEANUP(session_destroyp) struct session *session = NULL;
	CLEANUP(out_destroyp) struct out *o = NULL;
	struct err *e = session_create(NULL, &session);

	if (!e)
		e = open_output(s, &o);
	if (!e)
		e = session_run(session, line, o);
	report_error(o, e);
	return e ? EXIT_FAILED : EXIT_OK;
}

static int run_commands(const struct settings *s)
{
	return run_command(s, ".help");
}

const struct subcommand subcommand_commands = {
	.name = "commands",
	.usage = "[--json]",
	.summary = "list the debugger commands",
	.help = "One a line: name, arguments and what it does. The same as .help at the prompt.",
	.run = run_commands,
};

static int run_version(const struct settings *s)
{
	return run_command(s, "version");
}

const struct subcommand subcommand_version = {
	.name = "version",
	.usage = "[--json]",
	.summary = "print the version",
	.help = "The version of the program and what it was built with.",
	.run = run_version,
};

static int run_completion(const struct settings *s)
{
	if (s->words.n == 1 && print_completion(s->words.v[0], stdout))
		return EXIT_OK;
	terminal_error("completion for which shell? bash, zsh or fish");
	return EXIT_USAGE;
}

const struct subcommand subcommand_completion = {
	.name = "completion",
	.usage = "bash | zsh | fish",
	.summary = "print a shell's completion script",
	.help = "To try it: . <(osmodump completion bash). An installation has the files in place.",
	.run = run_completion,
};
