/* SPDX-License-Identifier: MIT */
/* osmodump analyze --html: the report as a page (report/html.h), in a file. */
#include "main/main.h"
#include "report/html.h"

#include <string.h>

static const struct field page_fields[] = {
	{ "path", FIELD_STR, "the file that was written" },
	{ "size", FIELD_UINT, "its bytes" },
	{ NULL },
};
const struct record page_record = {
	.kind = "page",
	.help = "The page that was written",
	.fields = page_fields,
	.text = "\nPage: {path}\n",
};

static struct err *fill(void *arg, uint64_t offset, uint8_t *buf, size_t len, bool *ret_zero)
{
	const struct strbuf *page = arg;

	memcpy(buf, page->s + offset, len);
	return NULL;
}

/* By way of the sink, which sees to the file's mode, to what is there already, and to full disks. */
static struct err *write_page(const struct settings *s, struct strbuf *page, struct out *o)
{
	CLEANUP(sink_destroyp) struct sink *sink = NULL;
	struct sink_image image = { .size = page->len, .ordered_from = UINT64_MAX, .expected = page->len, .fill = fill, .arg = page };
	struct sink_result written = { 0 };
	struct sink_options to = { 0 };

	TRY(writing_options(s, &to));
	to.path = s->html;
	TRY(sink_open(&to, page->len, &sink));
	TRY(sink_write(sink, &image, &written));
	if (!written.path)
		return NULL;
	out_begin(o, &page_record);
	out_str(o, "path", written.path);
	out_uint(o, "size", written.size);
	return out_end(o);
}

static struct err *make_page(const struct analysis *an, const struct settings *s, struct strbuf *page, struct out *o)
{
	CLEANUP(arena_deinit) struct arena a = ARENA_INIT;
	const struct report_options all = { .verbose = true };
	struct report_focus focus = { 0 };

	TRY(report_find_focus(an, &all, &a, &focus));
	TRY(report_html(an, &focus, str_basename(s->words.v[0]), page));
	return strcmp(s->html, "-") == 0 ? NULL : report_verdict(an, &all, &focus, o);
}

struct err *analyze_page(const struct settings *s, struct target *t, struct out *o)
{
	CLEANUP(analysis_destroyp) struct analysis *an = NULL;
	CLEANUP(strbuf_deinit) struct strbuf page = STRBUF_INIT;
	struct threshold_setting settings[MAX_THRESHOLDS];
	struct analysis_options options = { .settings = settings };

	TRY(thresholds_read(s, settings, &options.n_settings));
	TRY(analysis_create(t, &options, &an));
	TRY(make_page(an, s, &page, o));
	return write_page(s, &page, o);
}
