/* SPDX-License-Identifier: MIT */
/*
 * osmodump strip: a dump in which only what stacks need is left, to be given
 * away. What stays is decided below (target/strip.h); here it is written.
 */
#include "base/cancel.h"
#include "capture/sink.h"
#include "main/main.h"
#include "target/strip.h"

#include <string.h>

static const struct field fields[] = {
	{ "path", FIELD_STR, "the file that was written" },
	{ "size", FIELD_UINT, "bytes of the file, holes counted" },
	{ "written", FIELD_UINT, "bytes that were written: without the holes" },
	{ "kept", FIELD_UINT, "bytes of the dump that are left" },
	{ "unpacked", FIELD_UINT, "bytes of the dump when nothing is compressed" },
	{ "stack_words", FIELD_UINT, "words of stacks that are left" },
	{ "threads", FIELD_UINT, "threads" },
	{ "frames", FIELD_UINT, "frames of their stacks" },
	{ "changed", FIELD_UINT, "threads whose stack is not as it was" },
	{ "partial", FIELD_BOOL, "whether writing failed, and this is what came" },
	{ NULL },
};
static const struct record record = {
	.kind = "stripped",
	.help = "A dump that was stripped",
	.fields = fields,
	.text = "{path}: {kept:d} of {unpacked:d} bytes are left, {stack_words:d} of them words of stacks\n"
		"{threads:d} threads, {changed:d} of them with another stack than before\n",
};
static const struct record *const records[] = { &record, NULL };

struct strip {
	struct dump *dump;
	struct strip_plan plan;
	struct strip_stacks stacks;
	struct target_options options;
};

static void strip_deinit(struct strip *s)
{
	strip_plan_deinit(&s->plan);
	dump_unref(s->dump);
}

static struct err *fill(void *arg, uint64_t offset, uint8_t *buf, size_t len, bool *ret_zero)
{
	struct strip *s = arg;

	return strip_plan_read(&s->plan, dump_source(s->dump), offset, buf, len, ret_zero);
}

static struct err *write_out(struct strip *s, const struct sink_options *to, struct sink **ret_sink,
			     struct sink_result *ret)
{
	struct sink_image image = {
		.size = s->plan.size,
		.ordered_from = UINT64_MAX,
		.expected = strip_plan_kept(&s->plan, dump_source(s->dump)),
		.fill = fill,
		.arg = s,
	};

	TRY(sink_open(to, image.expected, ret_sink));
	return sink_write(*ret_sink, &image, ret);
}

static struct err *tell(struct out *o, const struct strip *s, const struct sink_result *r)
{
	out_begin(o, &record);
	out_str(o, "path", r->path);
	out_uint(o, "size", r->size);
	out_uint(o, "written", r->written);
	out_uint(o, "kept", strip_plan_kept(&s->plan, dump_source(s->dump)));
	out_uint(o, "unpacked", s->plan.size);
	out_uint(o, "stack_words", s->stacks.stack_words);
	out_uint(o, "threads", s->stacks.threads);
	out_uint(o, "frames", s->stacks.frames);
	out_uint(o, "changed", s->stacks.changed);
	if (r->partial)
		out_bool(o, "partial", true);
	return out_end(o);
}

static struct err *finish(struct strip *s, const struct sink_result *r, struct out *o)
{
	if (r->path)
		TRY(tell(o, s, r));
	if (s->stacks.changed)
		return err_new(ERR_CORRUPT, "%s: the stack of thread %u is another one than before%s", dump_path(s->dump),
			       s->stacks.changed_tid, s->stacks.changed > 1 ? ", and others too" : "");
	return NULL;
}

static struct err *strip(struct strip *s, const struct sink_options *to, struct out *o)
{
	CLEANUP(sink_destroyp) struct sink *sink = NULL;
	struct sink_result r = { 0 };
	struct err *e;

	TRY(target_strip(s->dump, &s->options, &s->plan, &s->stacks));
	e = write_out(s, to, &sink, &r);
	if (!e || r.partial) {
		struct err *said = finish(s, &r, o);

		if (e)
			err_free(said);
		else
			e = said;
	}
	return e;
}

static int open_and_strip(const struct settings *settings, const struct sink_options *to, struct out *o)
{
	CLEANUP(strip_deinit) struct strip s = { .options = load_options(settings) };
	struct err *e;
	int rc = EXIT_OK;

	terminal_set_file(settings->words.v[0]);
	e = load_dump(settings, settings->words.v[0], &s.dump);
	if (e) {
		report_failure(o, e);
		return EXIT_OPEN;
	}
	e = strip(&s, to, o);
	if (e)
		rc = err_code(e) == ERR_USAGE ? EXIT_USAGE : EXIT_FAILED;
	report_failure(o, e);
	return rc == EXIT_OK && terminal_file_changed() ? EXIT_FAILED : rc;
}

static int run(const struct settings *s)
{
	CLEANUP(out_destroyp) struct out *o = NULL;
	struct sink_options to = { 0 };
	struct err *e = writing_options(s, &to);
	bool usage = true;

	if (!e && s->words.n != 2)
		e = err_new(ERR_USAGE, "the dump and the file to write, please");
	terminal_undo_when_ended();
	if (!e) {
		writing_path(s, s->words.v[1], &to);
		usage = false;
		e = open_output(s, &o);
	}
	if (!e)
		return open_and_strip(s, &to, o);
	report_failure(o, e);
	return usage ? EXIT_USAGE : EXIT_FAILED;
}

const struct subcommand subcommand_strip = {
	.name = "strip",
	.usage = "[options] DUMP OUT",
	.summary = "take out of a dump all but what stacks need",
	.help = "Writes a dump of the same kind in which only headers, the lists of threads and modules,\n"
		"integer registers, what of modules cannot have been written, and those words of stacks\n"
		"are left that lead to code, modules or stacks. All else is zero: what is on stacks, in\n"
		"heaps, in data, also command line, environment, comments and names of handles. Paths of\n"
		"modules and names of threads stay, and each register as it was.\n"
		"\n"
		"The stacks of OUT are compared with those of DUMP: one that differs is a failure. Words\n"
		"whose becoming zero would change a stack become 1 instead. OUT says that it was stripped.\n"
		"It is written as by 'osmodump convert'.\n"
		"\n"
		"Minidumps up to 4 GiB and cores of Linux processes can be stripped.",
	.takes_files = true,
	.records = records,
	.run = run,
};
