/* SPDX-License-Identifier: MIT */
/* osmodump: the list of sub-commands and the way to one. */
#include "main/main.h"

#include <locale.h>
#include <stdio.h>
#include <string.h>

extern const struct subcommand subcommand_debug;
extern const struct subcommand subcommand_analyze;
extern const struct subcommand subcommand_info;
extern const struct subcommand subcommand_snap;
extern const struct subcommand subcommand_symbolize;
extern const struct subcommand subcommand_convert;
extern const struct subcommand subcommand_strip;
extern const struct subcommand subcommand_extract;
extern const struct subcommand subcommand_diff;
extern const struct subcommand subcommand_commands;
extern const struct subcommand subcommand_completion;
extern const struct subcommand subcommand_help;
extern const struct subcommand subcommand_version;

const struct subcommand *const subcommands[] = {
	&subcommand_debug,
	&subcommand_analyze,
	&subcommand_info,
	&subcommand_snap,
	&subcommand_symbolize,
	&subcommand_convert,
	&subcommand_strip,
	&subcommand_extract,
	&subcommand_diff,
	&subcommand_commands,
	&subcommand_completion,
	&subcommand_help,
	&subcommand_version,
	NULL,
};

const struct subcommand *subcommand_named(const char *name)
{
	for (size_t i = 0; subcommands[i]; i++)
		if (strcmp(subcommands[i]->name, name) == 0)
			return subcommands[i];
	return NULL;
}

static int run(const struct settings *s)
{
	if (s->help) {
		print_usage(s->subcommand, stdout);
		return EXIT_OK;
	}
	if (s->version)
		return subcommand_version.run(s);
	return s->subcommand->run(s);
}

int main(int argc, char **argv)
{
	struct settings s = { 0 };
	struct err *e;
	int rc;

	(void)setlocale(LC_CTYPE, ""); /* for line editing; all else is UTF-8 */
	e = options_read(argc, argv, &s);
	terminal_init(&s);
	if (e) {
		terminal_error("%s", err_message(e));
		(void)fprintf(stderr, "Try 'osmodump --help'.\n");
		rc = EXIT_USAGE;
	} else {
		rc = run(&s);
	}
	err_free(e);
	settings_deinit(&s);
	e = stdout_flush();
	if (e) {
		terminal_error("%s", err_message(e));
		rc = rc ? rc : EXIT_FAILED;
	}
	err_free(e);
	return rc;
}
