/* SPDX-License-Identifier: MIT */
/*
 * osmodump diff: two or more dumps of one process or program, each beside the one
 * before, then what goes on over all of them. At most two are open at a time.
 */
#include "command/diff.h"
#include "main/main.h"
#include "report/html_compare.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct loaded {
	struct dump *dump;
	struct target *target;
	struct diff_side side;
};

/* What is kept of the dumps that were closed. */
struct kept {
	struct arena arena;
	VEC(struct sample) samples;
	struct stuck_locks stuck;
	bool same_process;
};

static void loaded_deinit(struct loaded *x)
{
	diff_side_deinit(&x->side);
	target_destroy(x->target);
	dump_unref(x->dump);
	*x = (struct loaded){ 0 };
}

static void kept_deinit(struct kept *k)
{
	for (size_t i = 0; i < k->samples.n; i++)
		vec_deinit(&k->samples.v[i].v);
	vec_deinit(&k->samples);
	stuck_locks_deinit(&k->stuck);
	arena_deinit(&k->arena);
}

static struct err *load(const struct settings *s, const char *path, struct loaded *ret)
{
	terminal_set_file(path);
	TRY(load_dump(s, path, &ret->dump));
	return load_target(s, ret->dump, &ret->target);
}

/* `before` is NULL for the first. */
static struct err *compare(const struct settings *s, const struct loaded *before, const struct loaded *after, struct kept *k,
			   struct out *o)
{
	unsigned size = target_arch(after->target)->pointer_size;
	struct diff d;

	out_set_pointer_size(o, size == 8 ? 8 : 4);
	if (!before)
		return NULL;
	d = diff_of(&before->side, &after->side, s->verbose);
	k->same_process = k->same_process && d.same_process;
	if (s->html)
		return NULL;
	if (k->stuck.dumps > 1)
		TRY(out_heading(o, "\n"));
	return diff_run(&d, o);
}

static struct err *keep(const struct loaded *x, struct kept *k)
{
	struct sample sample = { 0 };

	TRY(diff_stuck_add(&k->stuck, &x->side, k->same_process, &k->arena));
	TRY(diff_sample(&x->side, k->same_process, &k->arena, &sample));
	if (vec_push(&k->samples, sample))
		return NULL;
	vec_deinit(&sample.v);
	return err_nomem();
}

static struct err *next(const struct settings *s, const struct loaded *before, struct loaded *after, struct kept *k, struct out *o)
{
	TRY(diff_side_init(after->target, &after->side));
	TRY(compare(s, before->target ? before : NULL, after, k, o));
	return keep(after, k);
}

static struct err *finish(const struct settings *s, struct kept *k, struct out *o)
{
	CLEANUP(strbuf_deinit) struct strbuf page = STRBUF_INIT;
	struct comparison c = { 0 };

	TRY(comparison_make(k->samples.v, k->samples.n, k->same_process, &k->arena, &c));
	TRY(diff_stuck_list(&k->stuck, &k->arena, &c));
	if (!s->html)
		return k->samples.n > 2 ? diff_trends(&c, s->verbose, o) : NULL;
	TRY(report_html_comparison(&c, &page));
	if (strcmp(s->html, "-") != 0)
		TRY(diff_trends(&c, s->verbose, o));
	return page_write(s, &page, o);
}

static int run_all(const struct settings *s, struct out *o)
{
	CLEANUP(loaded_deinit) struct loaded before = { 0 };
	CLEANUP(loaded_deinit) struct loaded after = { 0 };
	CLEANUP(kept_deinit) struct kept k = { .same_process = true };
	struct err *e;

	for (size_t i = 0; i < s->words.n; i++) {
		e = load(s, s->words.v[i], &after);
		if (e) {
			report_failure(o, e);
			return EXIT_OPEN;
		}
		e = next(s, &before, &after, &k, o);
		if (e) {
			report_failure(o, e);
			return EXIT_FAILED;
		}
		loaded_deinit(&before);
		before = after;
		after = (struct loaded){ 0 };
	}
	e = finish(s, &k, o);
	if (e) {
		report_failure(o, e);
		return EXIT_FAILED;
	}
	return terminal_file_changed() ? EXIT_FAILED : EXIT_OK;
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
		"grew, and how fast; heaps and their blocks by size; locks; modules; handles and open\n"
		"files. In the debugger it is !diff for two dumps.\n"
		"\n"
		"With three dumps and more: what grows from each to the next, what goes up and down, and\n"
		"which locks the same thread holds in all of them while others wait.\n"
		"\n"
		"Dumps of one process are compared by addresses, thread ids and descriptors. Of two\n"
		"processes of one program threads are matched by equal stacks, modules by their paths,\n"
		"and memory and handles are compared in sums.\n"
		"\n"
		"--html writes a page with charts of what was counted in each dump, and prints only what\n"
		"goes on over all of them.",
	.takes_files = true,
	.records = diff_records,
	.run = run,
};
