/* SPDX-License-Identifier: MIT */
/* Opening the dump that the command line names. */
#include "main/main.h"

int open_dump(const struct settings *s, struct dump **ret_dump)
{
	struct dump_open_options o = { .tmpdir = s->tmpdir, .format = s->format };
	struct err *e;

	if (s->words.n != 1) {
		terminal_error(s->words.n ? "one file at a time, please" : "which file?");
		(void)fprintf(stderr, "Try 'osmodump --help'.\n");
		return EXIT_USAGE;
	}
	terminal_set_file(s->words.v[0]);
	e = dump_open(s->words.v[0], &o, ret_dump);
	if (e)
		terminal_error("%s", err_message(e));
	err_free(e);
	return e ? EXIT_OPEN : EXIT_OK;
}

int open_target(const struct settings *s, struct dump *d, struct target **ret)
{
	struct target_options o = {
		.symbol_path = s->symbol_path,
		.image_path = s->image_path,
		.sysroot = s->sysroot,
	};
	struct err *e = target_create(d, &o, ret);

	if (e)
		terminal_error("%s", err_message(e));
	err_free(e);
	return e ? EXIT_OPEN : EXIT_OK;
}
