/* SPDX-License-Identifier: MIT */
#include "base/str.h"
#include "base/cleanup.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

char strbuf_empty[1];

void strbuf_init(struct strbuf *sb)
{
	*sb = (struct strbuf)STRBUF_INIT;
}

void strbuf_deinit(struct strbuf *sb)
{
	if (sb->cap)
		free(sb->s);
	strbuf_init(sb);
}

void strbuf_reset(struct strbuf *sb)
{
	strbuf_truncate(sb, 0);
}

void strbuf_truncate(struct strbuf *sb, size_t len)
{
	if (len >= sb->len)
		return;
	sb->len = len;
	sb->s[len] = '\0';
}

static bool reserve(struct strbuf *sb, size_t extra)
{
	size_t need, cap;
	char *s;

	if (__builtin_add_overflow(sb->len, extra, &need) ||
	    __builtin_add_overflow(need, 1, &need)) {
		sb->failed = true;
		return false;
	}
	if (need <= sb->cap)
		return true;
	cap = sb->cap ? sb->cap : 64;
	while (cap < need && cap <= SIZE_MAX / 2)
		cap *= 2;
	if (cap < need)
		cap = need;
	s = realloc(sb->cap ? sb->s : NULL, cap);
	if (!s) {
		sb->failed = true;
		return false;
	}
	if (!sb->cap)
		s[0] = '\0';
	sb->s = s;
	sb->cap = cap;
	return true;
}

void strbuf_add(struct strbuf *sb, const void *p, size_t n)
{
	if (!n || !reserve(sb, n))
		return;
	memcpy(sb->s + sb->len, p, n);
	sb->len += n;
	sb->s[sb->len] = '\0';
}

void strbuf_adds(struct strbuf *sb, const char *s)
{
	strbuf_add(sb, s, strlen(s));
}

void strbuf_addc(struct strbuf *sb, char c)
{
	strbuf_add(sb, &c, 1);
}

void strbuf_pad(struct strbuf *sb, char c, size_t n)
{
	if (!n || !reserve(sb, n))
		return;
	memset(sb->s + sb->len, c, n);
	sb->len += n;
	sb->s[sb->len] = '\0';
}

void strbuf_vaddf(struct strbuf *sb, const char *fmt, va_list ap)
{
	va_list again;
	int n;

	va_copy(again, ap);
	n = vsnprintf(NULL, 0, fmt, again);
	va_end(again);
	if (n < 0 || !reserve(sb, (size_t)n)) {
		sb->failed = true;
		return;
	}
	(void)vsnprintf(sb->s + sb->len, (size_t)n + 1, fmt, ap);
	sb->len += (size_t)n;
}

void strbuf_addf(struct strbuf *sb, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	strbuf_vaddf(sb, fmt, ap);
	va_end(ap);
}

char *strbuf_detach(struct strbuf *sb)
{
	char *s = sb->cap ? sb->s : strdup("");

	if (sb->failed) {
		free(s);
		s = NULL;
	}
	strbuf_init(sb);
	return s;
}

bool str_starts(const char *s, const char *prefix)
{
	return strncmp(s, prefix, strlen(prefix)) == 0;
}

bool str_starts_nocase(const char *s, const char *prefix)
{
	return strncasecmp(s, prefix, strlen(prefix)) == 0;
}

bool str_ends_nocase(const char *s, const char *suffix)
{
	size_t n = strlen(s), m = strlen(suffix);

	return n >= m && strcasecmp(s + n - m, suffix) == 0;
}

const char *str_skip_space(const char *s)
{
	while (isspace((unsigned char)*s))
		s++;
	return s;
}

static bool same_char(char a, char b, bool nocase)
{
	if (nocase)
		return tolower((unsigned char)a) == tolower((unsigned char)b);
	return a == b;
}

/* One backtrack point is enough: a later '*' makes the earlier one moot. */
bool str_match(const char *pattern, const char *s, bool nocase)
{
	const char *star = NULL, *resume = NULL;

	while (*s) {
		if (*pattern == '*') {
			star = ++pattern;
			resume = s;
		} else if (*pattern && (*pattern == '?' || same_char(*pattern, *s, nocase))) {
			pattern++;
			s++;
		} else if (star) {
			pattern = star;
			s = ++resume;
		} else {
			return false;
		}
	}
	while (*pattern == '*')
		pattern++;
	return !*pattern;
}

const char *str_basename(const char *path)
{
	const char *base = path;

	for (; *path; path++)
		if (*path == '/' || *path == '\\')
			base = path + 1;
	return base;
}

static void add_codepoint(struct strbuf *sb, uint32_t c)
{
	char b[4];

	if (c < 0x80) {
		strbuf_addc(sb, (char)c);
		return;
	}
	if (c < 0x800) {
		b[0] = (char)(0xc0 | c >> 6);
		b[1] = (char)(0x80 | (c & 0x3f));
		strbuf_add(sb, b, 2);
		return;
	}
	if (c < 0x10000) {
		b[0] = (char)(0xe0 | c >> 12);
		b[1] = (char)(0x80 | (c >> 6 & 0x3f));
		b[2] = (char)(0x80 | (c & 0x3f));
		strbuf_add(sb, b, 3);
		return;
	}
	b[0] = (char)(0xf0 | c >> 18);
	b[1] = (char)(0x80 | (c >> 12 & 0x3f));
	b[2] = (char)(0x80 | (c >> 6 & 0x3f));
	b[3] = (char)(0x80 | (c & 0x3f));
	strbuf_add(sb, b, 4);
}

static uint16_t le16(const uint8_t *p)
{
	return (uint16_t)(p[0] | p[1] << 8);
}

void strbuf_add_utf16le(struct strbuf *sb, const uint8_t *bytes, size_t nbytes)
{
	size_t n = nbytes / 2;

	for (size_t i = 0; i < n; i++) {
		uint32_t c = le16(bytes + 2 * i);

		if (!c)
			return;
		if (c >= 0xd800 && c < 0xdc00 && i + 1 < n) {
			uint32_t low = le16(bytes + 2 * i + 2);

			if (low >= 0xdc00 && low < 0xe000) {
				add_codepoint(sb, 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00));
				i++;
				continue;
			}
		}
		add_codepoint(sb, c >= 0xd800 && c < 0xe000 ? 0xfffd : c);
	}
}

void strbuf_add_utf16(struct strbuf *sb, const uint16_t *units, size_t n)
{
	for (size_t i = 0; i < n && units[i]; i++) {
		uint8_t b[4] = { (uint8_t)units[i], (uint8_t)(units[i] >> 8) };
		size_t nb = 2;

		if (units[i] >= 0xd800 && units[i] < 0xdc00 && i + 1 < n) {
			b[2] = (uint8_t)units[i + 1];
			b[3] = (uint8_t)(units[i + 1] >> 8);
			if (units[i + 1] >= 0xdc00 && units[i + 1] < 0xe000) {
				nb = 4;
				i++;
			}
		}
		strbuf_add_utf16le(sb, b, nb);
	}
}

/* Length of the valid UTF-8 sequence at p, 0 when there is none. */
static size_t utf8_len(const uint8_t *p, size_t n)
{
	uint32_t c;
	size_t len;

	if (p[0] < 0x80)
		return 1;
	len = p[0] >= 0xf0 ? 4 : p[0] >= 0xe0 ? 3 : 2;
	if (p[0] < 0xc2 || p[0] > 0xf4 || len > n)
		return 0;
	c = p[0] & (0xffu >> (len + 1));
	for (size_t i = 1; i < len; i++) {
		if ((p[i] & 0xc0) != 0x80)
			return 0;
		c = c << 6 | (p[i] & 0x3f);
	}
	if ((len == 3 && c < 0x800) || (len == 4 && (c < 0x10000 || c > 0x10ffff)))
		return 0;
	return c >= 0xd800 && c < 0xe000 ? 0 : len;
}

void strbuf_add_utf8(struct strbuf *sb, const char *bytes, size_t n)
{
	const uint8_t *p = (const uint8_t *)bytes;

	for (size_t i = 0; i < n;) {
		size_t len = utf8_len(p + i, n - i);

		if (len)
			strbuf_add(sb, p + i, len);
		else
			add_codepoint(sb, 0xfffd);
		i += len ? len : 1;
	}
}

void strbuf_add_json(struct strbuf *sb, const char *bytes, size_t n)
{
	CLEANUP(strbuf_deinit) struct strbuf valid = STRBUF_INIT;

	strbuf_add_utf8(&valid, bytes, n);
	if (valid.failed)
		sb->failed = true;
	strbuf_addc(sb, '"');
	for (size_t i = 0; i < valid.len; i++) {
		unsigned char c = (unsigned char)valid.s[i];

		if (c == '"' || c == '\\')
			strbuf_addc(sb, '\\');
		if (c == '\n')
			strbuf_adds(sb, "\\n");
		else if (c == '\t')
			strbuf_adds(sb, "\\t");
		else if (c < 0x20 || c == 0x7f)
			strbuf_addf(sb, "\\u%04x", c);
		else
			strbuf_addc(sb, (char)c);
	}
	strbuf_addc(sb, '"');
}
