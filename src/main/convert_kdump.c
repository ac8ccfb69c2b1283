/* SPDX-License-Identifier: MIT */
/* osmodump convert --to kdump: the memory of a machine as a compressed kernel dump. */
#include "capture/sink_place.h"
#include "format/kdump_pack.h"
#include "format/kdump_write.h"
#include "main/convert.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static const struct field fields[] = {
	{ "path", FIELD_STR, "the file that was written" },
	{ "size", FIELD_UINT, "bytes of the file, holes counted" },
	{ "written", FIELD_UINT, "bytes that were written: without the holes" },
	{ "pages", FIELD_UINT, "pages in it" },
	{ "zero_pages", FIELD_UINT, "of them, zero: one for all is in the file" },
	{ "left_out", FIELD_UINT, "bytes of video and firmware memory above the RAM: not in such a file" },
	{ "partial", FIELD_BOOL, "whether writing failed, and this is what came" },
	{ "seconds", FIELD_FLOAT, "time that writing took" },
	{ NULL },
};
const struct record convert_kdump_record = {
	.kind = "converted_pages",
	.help = "A compressed kernel dump that was written",
	.fields = fields,
	.text = "{path}: {size:d} bytes[, {pages:d} pages, {zero_pages:d} of them zero][; {left_out:d} bytes of devices' memory left out][ (partial: {partial:Y})]\n",
};

struct err *kdump_read_packing(const char *text, struct kdump_write_options *ret)
{
	static const struct {
		const char *name;
		uint32_t packing;
		uint64_t most;	/* level; 0: it has none */
	} names[] = { { "none", 0, 0 }, { "zlib", KDUMP_ZLIB, 9 }, { "snappy", KDUMP_SNAPPY, 0 }, { "zstd", KDUMP_ZSTD, 19 } };
	const char *colon;
	uint64_t level = 0;
	size_t n;

	text = text ? text : "zlib";
	colon = strchr(text, ':');
	n = colon ? (size_t)(colon - text) : strlen(text);
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		if (strlen(names[i].name) != n || strncmp(names[i].name, text, n) != 0)
			continue;
		if (colon && !parse_decimal(colon + 1, names[i].most, &level))
			break;
		ret->packing = names[i].packing;
		ret->level = (int)level;
		return NULL;
	}
	return err_new(ERR_USAGE, "--compress: '%s' is none of zlib, zlib:LEVEL (1 to 9), zstd, zstd:LEVEL (1 to 19), snappy, none, which pages of "
				  "a kdump may have", text);
}

struct making {
	struct dump *d;
	struct kdump_write_options options;
	struct kdump_written written;
};

static struct err *place(void *arg, uint64_t offset, const void *data, size_t len)
{
	return sink_place(arg, offset, data, len);
}

static struct err *make(void *arg, struct sink *s)
{
	struct making *m = arg;

	m->options.put = place;
	m->options.arg = s;
	m->options.flat = sink_wants_order(s);
	return kdump_write(m->d, &m->options, &m->written);
}

/* Of what has no name of its own, nothing is said. */
static struct err *tell(struct out *o, const struct kdump_written *w, const struct sink_result *r)
{
	if (!r->path)
		return NULL;
	out_begin(o, &convert_kdump_record);
	out_str(o, "path", r->path);
	out_uint(o, "size", r->size);
	out_uint(o, "written", r->written);
	if (r->partial) {
		out_bool(o, "partial", true);
	} else {
		out_uint(o, "pages", w->pages);
		out_uint(o, "zero_pages", w->zero_pages);
		if (w->left_out)
			out_uint(o, "left_out", w->left_out);
	}
	out_float(o, "seconds", (double)r->nanoseconds / 1e9);
	return out_end(o);
}

struct err *kdump_make(struct dump *d, const struct kdump_write_options *how, struct sink *sink, struct kdump_written *ret, struct sink_result *ret_file)
{
	struct making m = { .d = d, .options = *how };
	struct sink_maker maker = { make, &m };

	TRY(sink_make(sink, &maker, ret_file));
	*ret = m.written;
	return NULL;
}

struct err *write_kdump(struct dump *d, const char *compress, const struct sink_options *to, struct out *o, struct kdump_written *ret)
{
	CLEANUP(sink_destroyp) struct sink *sink = NULL;
	struct kdump_write_options how = { 0 };
	struct kdump_written written = { 0 };
	struct sink_result r = { 0 };
	struct err *e;

	TRY(kdump_read_packing(compress, &how));
	TRY(sink_open(to, kdump_write_expected(d, how.packing), &sink));
	e = kdump_make(d, &how, sink, &written, &r);
	if (!e || r.partial) {
		struct err *said = tell(o, &written, &r);

		if (e)
			err_free(said);
		else
			e = said;
	}
	if (!e)
		*ret = written;
	return e;
}

static int failed(struct out *o, struct err *e, int otherwise)
{
	int rc = err_code(e) == ERR_USAGE ? EXIT_USAGE : otherwise;

	report_failure(o, e);
	return rc;
}

int convert_kdump(const struct settings *s, const struct sink_options *to, struct out *o)
{
	CLEANUP(dump_unrefp) struct dump *d = NULL;
	struct dump_open_options how = { .tmpdir = s->tmpdir, .format = s->format };
	struct kdump_written written = { 0 };
	struct err *e;

	terminal_set_file(s->words.v[0]);
	e = dump_open(s->words.v[0], &how, &d);
	if (e)
		return failed(o, e, EXIT_OPEN);
	e = write_kdump(d, s->compress, to, o, &written);
	if (e)
		return failed(o, e, err_code(e) == ERR_UNSUPPORTED ? EXIT_OPEN : EXIT_FAILED);
	if (written.lost)
		return failed(o, err_new(ERR_CORRUPT, "%s: %" PRIu64 " bytes of memory could not be read: they are zeros in the new file",
					 s->words.v[0], written.lost), EXIT_FAILED);
	return EXIT_OK;
}
