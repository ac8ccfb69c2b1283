/* SPDX-License-Identifier: MIT */
/* Writing the page: see html_impl.h. */
#include "report/html_impl.h"

#include <inttypes.h>
#include <stdarg.h>
#include <string.h>

void html_raw(struct html *h, const char *markup)
{
	strbuf_adds(h->sb, markup);
}

void html_addf(struct html *h, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	strbuf_vaddf(h->sb, fmt, ap);
	va_end(ap);
}

const char *html_format(struct html *h, const char *fmt, ...)
{
	CLEANUP(strbuf_deinit) struct strbuf sb = STRBUF_INIT;
	const char *text;
	va_list ap;

	va_start(ap, fmt);
	strbuf_vaddf(&sb, fmt, ap);
	va_end(ap);
	text = arena_strndup(&h->arena, sb.s, sb.len);
	return text ? text : "";
}

/* One character of valid UTF-8. */
static uint32_t next_char(const char **p)
{
	const unsigned char *s = (const unsigned char *)*p;
	unsigned more = *s < 0x80 ? 0 : *s < 0xe0 ? 1 : *s < 0xf0 ? 2 : 3;
	uint32_t c = more ? *s & (0x3fu >> more) : *s;

	for (unsigned i = 1; i <= more; i++)
		c = c << 6 | (s[i] & 0x3f);
	*p += 1 + more;
	return c;
}

/* Controls, and what is not seen but moves or hides what is. */
static bool is_invisible(uint32_t c)
{
	return c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0xad || c == 0x61c || c == 0x180e || (c >= 0x200b && c <= 0x200f) ||
	       (c >= 0x2028 && c <= 0x202e) || (c >= 0x2060 && c <= 0x206f) || c == 0xfeff || (c >= 0xfff0 && c <= 0xfffb) ||
	       (c >= 0xe0000 && c < 0xe1000) || (c & 0xfffe) == 0xfffe;
}

static void add_char(struct strbuf *sb, uint32_t c, const char *bytes, size_t n)
{
	switch (c) {
	case '&': strbuf_adds(sb, "&amp;"); return;
	case '<': strbuf_adds(sb, "&lt;"); return;
	case '>': strbuf_adds(sb, "&gt;"); return;
	case '"': strbuf_adds(sb, "&quot;"); return;
	case '\'': strbuf_adds(sb, "&#39;"); return;
	case '`': strbuf_adds(sb, "&#96;"); return;
	case '\t':
	case '\n': strbuf_addc(sb, ' '); return;
	default: break;
	}
	if (is_invisible(c))
		strbuf_addf(sb, c < 0x100 ? "\\x%02" PRIx32 : "\\u%04" PRIx32, c);
	else
		strbuf_add(sb, bytes, n);
}

/* Returns how many characters were left out. */
static size_t add_text(struct html *h, const char *s, size_t max)
{
	CLEANUP(strbuf_deinit) struct strbuf valid = STRBUF_INIT;
	const char *p;
	size_t left = max;

	strbuf_add_utf8(&valid, s, strnlen(s, (size_t)4 * HTML_ANY));
	for (p = valid.s; *p && left; left--) {
		const char *from = p;
		uint32_t c = next_char(&p);

		add_char(h->sb, c, from, (size_t)(p - from));
	}
	if (*p)
		html_raw(h, "…");
	return strlen(p);
}

void html_text(struct html *h, const char *s, size_t max)
{
	(void)add_text(h, s, max);
}

void html_cut(struct html *h, const char *s, size_t max)
{
	size_t at = h->sb->len;

	html_raw(h, "<bdi>");
	if (add_text(h, s, max)) {
		strbuf_truncate(h->sb, at);
		html_raw(h, "<bdi title=\"");
		html_text(h, s, HTML_ANY);
		html_raw(h, "\">");
		html_text(h, s, max);
	}
	html_raw(h, "</bdi>");
}

void html_size(struct html *h, uint64_t bytes)
{
	static const char *const units[] = { "bytes", "kB", "MB", "GB", "TB", "PB", "EB" };
	double v = (double)bytes;
	size_t i = 0;

	for (; v >= 1024 && i + 1 < ARRAY_SIZE(units); i++)
		v /= 1024;
	html_addf(h, "%.*f %s", i && v < 100 ? 1 : 0, v, units[i]);
}

void html_address(struct html *h, uint64_t address)
{
	html_addf(h, "0x%" PRIx64, address);
}

void html_count(struct html *h, size_t n, const char *noun)
{
	html_addf(h, "%zu %s%s", n, noun, n == 1 ? "" : "s");
}

void html_open_section(struct html *h, const char *id, const char *title)
{
	html_addf(h, "<section id=\"%s\" aria-labelledby=\"%s-title\">\n<h2 id=\"%s-title\">%s</h2>\n", id, id, id, title);
}

void html_close_section(struct html *h)
{
	html_raw(h, "</section>\n");
}

void html_fact(struct html *h, const char *name, const char *value)
{
	if (!value || !*value)
		return;
	html_addf(h, "<div><dt>%s</dt><dd>", name);
	html_cut(h, value, 160);
	html_raw(h, "</dd></div>\n");
}
