/* SPDX-License-Identifier: MIT */
/* Opening the dumps that the command line names. */
#include "main/main.h"

struct err *load_dump(const struct settings *s, const char *path, struct dump **ret)
{
	struct dump_open_options o = { .tmpdir = s->tmpdir, .format = s->format };

	return dump_open(path, &o, ret);
}

struct target_options load_options(const struct settings *s)
{
	return (struct target_options){ .symbol_path = s->symbol_path, .image_path = s->image_path, .sysroot = s->sysroot };
}

struct err *load_target(const struct settings *s, struct dump *d, struct target **ret)
{
	struct target_options o = load_options(s);

	return target_create(d, &o, ret);
}

static int opened(struct err *e)
{
	if (e)
		terminal_error("%s", err_message(e));
	err_free(e);
	return e ? EXIT_OPEN : EXIT_OK;
}

int open_dump(const struct settings *s, struct dump **ret_dump)
{
	if (s->words.n != 1) {
		terminal_error(s->words.n ? "one file at a time, please" : "which file?");
		(void)fprintf(stderr, "Try 'osmodump --help'.\n");
		return EXIT_USAGE;
	}
	terminal_set_file(s->words.v[0]);
	return opened(load_dump(s, s->words.v[0], ret_dump));
}

int open_target(const struct settings *s, struct dump *d, struct target **ret)
{
	return opened(load_target(s, d, ret));
}

static int run_on(const struct settings *s, on_dump_fn *f, bool machines)
{
	struct target_options options = load_options(s);
	CLEANUP(dump_unrefp) struct dump *d = NULL;
	CLEANUP(target_destroyp) struct target *t = NULL;
	CLEANUP(out_destroyp) struct out *o = NULL;
	int rc = open_dump(s, &d);
	struct err *e;

	options.machines = machines;
	if (rc == EXIT_OK)
		rc = opened(target_create(d, &options, &t));
	if (rc != EXIT_OK)
		return rc;
	e = open_output(s, &o);
	if (!e)
		e = f(s, t, o);
	if (e)
		rc = err_code(e) == ERR_USAGE ? EXIT_USAGE : EXIT_FAILED;
	report_error(o, e);
	return terminal_file_changed() ? EXIT_FAILED : rc;
}

int run_on_dump(const struct settings *s, on_dump_fn *f)
{
	return run_on(s, f, false);
}

int run_on_any_dump(const struct settings *s, on_dump_fn *f)
{
	return run_on(s, f, true);
}
