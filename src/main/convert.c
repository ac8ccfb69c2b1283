/* SPDX-License-Identifier: MIT */
/*
 * osmodump convert: a dump in another compression, or in none. The bytes are
 * those that the dump's readers see; what they mean is not looked at.
 */
#include "base/cancel.h"
#include "capture/sink.h"
#include "format/compress.h"
#include "format/physical_write.h"
#include "main/convert.h"
#include "main/main.h"

#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>

static const struct field fields[] = {
	{ "path", FIELD_STR, "the file that was written" },
	{ "size", FIELD_UINT, "bytes of the file, holes counted" },
	{ "written", FIELD_UINT, "bytes that were written: without the holes" },
	{ "unpacked", FIELD_UINT, "bytes of the dump when nothing is compressed" },
	{ "zero", FIELD_UINT, "of them, in blocks of zeros" },
	{ "missing", FIELD_UINT, "of them, not in a partial file" },
	{ "partial", FIELD_BOOL, "whether writing failed, and this is what came" },
	{ "seconds", FIELD_FLOAT, "time that writing took" },
	{ NULL },
};
const struct record convert_record = {
	.kind = "converted",
	.help = "A dump that was converted",
	.fields = fields,
	.text = "{path}: {size:d} bytes, {written:d} of them written[ (partial: {missing:d} of {unpacked:d} bytes "
		"of the dump are missing)]\n",
};
static const struct record *const records[] = { &convert_record, &convert_kdump_record, NULL };

/* What is written: the bytes of `src`, or a machine's memory in another container. */
struct conversion {
	struct source *src;
	struct physical_image *image;	/* NULL: src */
	uint64_t size;
	uint64_t missing;
};

static struct err *fill(void *arg, uint64_t offset, uint8_t *buf, size_t len, bool *ret_zero)
{
	struct conversion *c = arg;

	if (!c->image)
		return source_read(c->src, offset, buf, len);
	physical_image_read(c->image, offset, buf, len);
	return NULL;
}

static void lost(void *arg, uint64_t offset, uint64_t len)
{
	struct conversion *c = arg;

	c->missing += len;
}

/* Of what has no name of its own, nothing is said. */
static struct err *tell(struct out *o, const struct conversion *c, const struct sink_result *r)
{
	if (!r->path)
		return NULL;
	out_begin(o, &convert_record);
	out_str(o, "path", r->path);
	out_uint(o, "size", r->size);
	out_uint(o, "written", r->written);
	out_uint(o, "unpacked", c->size);
	out_uint(o, "zero", r->zero);
	if (r->partial) {
		out_uint(o, "missing", c->missing);
		out_bool(o, "partial", true);
	}
	out_float(o, "seconds", (double)r->nanoseconds / 1e9);
	return out_end(o);
}

static struct err *write_out(struct conversion *c, const struct sink_options *to, uint64_t expected,
			     struct out *o)
{
	CLEANUP(sink_destroyp) struct sink *sink = NULL;
	struct sink_image image = {
		.size = c->size,
		.ordered_from = UINT64_MAX,
		.expected = expected,
		.fill = fill,
		.lost = lost,
		.arg = c,
	};
	struct sink_result r = { 0 };
	struct err *e;

	TRY(sink_open(to, expected, &sink));
	e = sink_write(sink, &image, &r);
	if (!e || r.partial) {
		struct err *said = tell(o, c, &r);

		if (e)
			err_free(said);
		else
			e = said;
	}
	return e;
}

static struct err *read_words(const struct settings *s, struct sink_options *ret)
{
	if (s->words.n != 2)
		return err_new(ERR_USAGE, "the dump and the file to write, please");
	if (s->to && !strcmp(s->to, "kdump")) { /* its pages are compressed, not the file */
		struct settings plain = *s;

		plain.compress = NULL;
		ret->path = s->words.v[1];
		TRY(writing_options(&plain, ret));
		ret->path = s->words.v[1];
		return NULL;
	}
	TRY(writing_options(s, ret));
	writing_path(s, s->words.v[1], ret);
	return NULL;
}

/* What the file takes on disk is about what is no zeros, or, compressed, at least. */
static uint64_t bytes_on_disk(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 ? (uint64_t)st.st_blocks * 512 : 0;
}

static struct err *open_source(const struct settings *s, struct unwrap *u, struct source **ret)
{
	struct source *src = NULL;

	terminal_set_file(s->words.v[0]);
	TRY(source_open_file(s->words.v[0], &src));
	u->tmpdir = s->tmpdir;
	return source_unwrap_with(src, u, ret);
}

struct err *write_memory(struct dump *d, const char *kind, const struct sink_options *to, uint64_t expected, struct out *o, uint64_t *ret_lost)
{
	CLEANUP(physical_image_destroyp) struct physical_image *image = NULL;
	struct conversion c = { 0 };

	TRY(physical_image_create(d, kind, &image));
	c.image = image;
	c.size = physical_image_size(image);
	TRY(write_out(&c, to, expected, o));
	*ret_lost = physical_image_lost(image);
	return NULL;
}

/* To another container: the pages are unpacked, wherever they come from. */
static int convert_memory(const struct settings *s, const struct sink_options *to, struct out *o)
{
	CLEANUP(dump_unrefp) struct dump *d = NULL;
	struct dump_open_options how = { .tmpdir = s->tmpdir, .format = s->format };
	uint64_t bytes = 0;
	struct err *e;
	int rc = EXIT_FAILED;

	terminal_set_file(s->words.v[0]);
	e = dump_open(s->words.v[0], &how, &d);
	if (e)
		rc = EXIT_OPEN;
	else
		e = write_memory(d, s->to, to, bytes_on_disk(s->words.v[0]), o, &bytes);
	if (e && err_code(e) == ERR_UNSUPPORTED)
		rc = EXIT_OPEN;
	if (e && err_code(e) == ERR_USAGE)
		rc = EXIT_USAGE;
	if (!e && bytes)
		e = err_new(ERR_CORRUPT, "%s: %" PRIu64 " bytes of memory could not be read: they are zeros in the new file", s->words.v[0], bytes);
	report_failure(o, e);
	return e ? rc : EXIT_OK;
}

static int convert(const struct settings *s, const struct sink_options *to, struct out *o)
{
	CLEANUP(source_destroyp) struct source *src = NULL;
	struct conversion c = { 0 };
	struct unwrap u = { 0 };
	struct err *e = open_source(s, &u, &src);
	int rc = u.damage ? EXIT_FAILED : EXIT_OK;

	if (e) {
		report_failure(o, e);
		return EXIT_OPEN;
	}
	c.src = src;
	c.size = src->size;
	e = write_out(&c, to, bytes_on_disk(s->words.v[0]), o);
	if (e)
		rc = err_code(e) == ERR_USAGE ? EXIT_USAGE : EXIT_FAILED;
	report_failure(o, u.damage);
	report_failure(o, e);
	return rc == EXIT_OK && terminal_file_changed() ? EXIT_FAILED : rc;
}

static int run(const struct settings *s)
{
	CLEANUP(out_destroyp) struct out *o = NULL;
	struct sink_options to = { 0 };
	struct err *e = read_words(s, &to);
	bool usage = e;

	terminal_undo_when_ended();
	if (!e)
		e = open_output(s, &o);
	if (!e && s->to && !strcmp(s->to, "kdump"))
		return convert_kdump(s, &to, o);
	if (!e)
		return s->to ? convert_memory(s, &to, o) : convert(s, &to, o);
	report_failure(o, e);
	return usage ? EXIT_USAGE : EXIT_FAILED;
}

const struct subcommand subcommand_convert = {
	.name = "convert",
	.usage = "[options] DUMP OUT",
	.summary = "compress a dump, unpack one, or put a machine's memory into another container",
	.help = "Writes the dump to another file: compressed with zstd so that it can be opened as it\n"
		"is, with lz4, or unpacked, with holes where it is zero. A name that ends in .zst or\n"
		".lz4 says so, unless --compress does. OUT - is standard output. OUT appears when it\n"
		"is whole, readable by its owner only; a file that exists is kept, unless --force.\n"
		"\n"
		"Whatever compression DUMP has is taken off first: zstd, gzip, xz, lz4, bzip2.\n"
		"\n"
		"The memory of a machine (ELF vmcores, compressed kernel dumps, LiME, AVML, raw images)\n"
		"goes into another container with --to: elf, a vmcore that crash and gdb open; kdump, the\n"
		"compressed kernel dump of makedumpfile; lime; raw, in which each byte lies at its\n"
		"physical address. kdump compresses each page by itself: --compress zlib (the default),\n"
		"zlib:LEVEL, zstd, zstd:LEVEL, snappy or none; through a pipe it goes flattened.",
	.takes_files = true,
	.records = records,
	.run = run,
};
