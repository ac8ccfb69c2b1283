/* SPDX-License-Identifier: MIT */
/* --html FILE: a page that was made, into its file. */
#include "main/main.h"

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
struct err *page_write(const struct settings *s, struct strbuf *page, struct out *o)
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
