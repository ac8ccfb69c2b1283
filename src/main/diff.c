/* SPDX-License-Identifier: MIT */
/* osmodump diff: two or more dumps of one process or program, each beside the one before. */
#include "command/diff.h"
#include "main/main.h"

#include <stdio.h>
#include <stdlib.h>

struct loaded {
	struct dump *dump;
	struct target *target;
};

static void loaded_deinit(struct loaded *x)
{
	target_destroy(x->target);
	dump_unref(x->dump);
	*x = (struct loaded){ NULL, NULL };
}

static struct err *load(const struct settings *s, const char *path, struct loaded *ret)
{
	struct dump_open_options opening = { .tmpdir = s->tmpdir };
	struct target_options o = {
		.symbol_path = s->symbol_path,
		.image_path = s->image_path,
		.sysroot = s->sysroot,
	};

	terminal_set_file(path);
	TRY(dump_open(path, &opening, &ret->dump));
	return target_create(ret->dump, &o, &ret->target);
}

static struct err *compare(const struct settings *s, const struct loaded *before, const struct loaded *after,
			   struct out *o)
{
	struct diff d = diff_of(before->target, after->target, s->verbose);
	unsigned size = target_arch(after->target)->pointer_size;

	out_set_pointer_size(o, size == 8 ? 8 : 4);
	return diff_run(&d, o);
}

static int run_all(const struct settings *s, struct out *o)
{
	CLEANUP(loaded_deinit) struct loaded before = { NULL, NULL };
	CLEANUP(loaded_deinit) struct loaded after = { NULL, NULL };
	int rc = EXIT_OK;

	for (size_t i = 0; i < s->words.n && rc == EXIT_OK; i++) {
		struct err *e = load(s, s->words.v[i], &after);

		if (e) {
			report_failure(o, e);
			return EXIT_OPEN;
		}
		if (i) {
			e = i > 1 ? out_heading(o, "\n") : NULL;
			if (!e)
				e = compare(s, &before, &after, o);
			rc = e ? EXIT_FAILED : EXIT_OK;
			report_failure(o, e);
		}
		loaded_deinit(&before);
		before = after;
		after = (struct loaded){ NULL, NULL };
	}
	return rc == EXIT_OK && terminal_file_changed() ? EXIT_FAILED : rc;
}

static int run(const struct settings *s)
{
	CLEANUP(out_destroyp) struct out *o = NULL;
	struct err *e = NULL;

	if (s->words.n < 2) {
		terminal_error("two dumps or more, the earliest first, please");
		(void)fprintf(stderr, "Try 'osmodump diff --help'.\n");
		return EXIT_USAGE;
	}
	e = open_output(s, &o);
	if (!e)
		return run_all(s, o);
	report_failure(o, e);
	return EXIT_FAILED;
}

const struct subcommand subcommand_diff = {
	.name = "diff",
	.usage = "[options] DUMP DUMP...",
	.summary = "say what changed from one dump of a process or program to the next",
	.help = "Compares each dump with the one before it: threads that are gone, new, elsewhere or in\n"
		"the same place with the same stack, and the processor time that they used; memory that\n"
		"grew, and how fast; modules; handles and open files. In the debugger it is !diff.\n"
		"\n"
		"Dumps of one process are compared by addresses, thread ids and descriptors. Of two\n"
		"processes of one program threads are matched by equal stacks, modules by their paths,\n"
		"and memory and handles are compared in sums.",
	.takes_files = true,
	.records = diff_records,
	.run = run,
};
