/* SPDX-License-Identifier: MIT */
#include "capture/lines.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

struct lines lines_of_fd(int fd, char *buf, size_t size)
{
	return (struct lines){ .fd = fd, .buf = buf, .size = size };
}

struct lines lines_of_text(const char *text, size_t size)
{
	return (struct lines){ .fd = -1, .buf = (char *)(uintptr_t)text, .size = size, .end = size, .eof = true };
}

/* More bytes behind those that are left, which move to the front. */
static struct err *fill(struct lines *l)
{
	ssize_t n;

	if (l->pos) {
		memmove(l->buf, l->buf + l->pos, l->end - l->pos);
		l->end -= l->pos;
		l->pos = 0;
	}
	do
		n = read(l->fd, l->buf + l->end, l->size - l->end);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return err_os(errno, "cannot read");
	l->eof = !n;
	l->end += (size_t)n;
	return NULL;
}

/* Whether a whole line, or the rest of an overlong one, was dropped. */
static bool drop_rest(struct lines *l)
{
	char *nl = l->end > l->pos ? memchr(l->buf + l->pos, '\n', l->end - l->pos) : NULL;

	l->pos = nl ? (size_t)(nl + 1 - l->buf) : l->end;
	return nl || l->eof;
}

static struct err *skip_overlong(struct lines *l)
{
	while (!drop_rest(l))
		TRY(fill(l));
	l->skip = false;
	return NULL;
}

static void give(struct lines *l, size_t len, size_t step, struct line *ret)
{
	*ret = (struct line){ .s = l->buf + l->pos, .len = len, .cut = l->skip };
	l->pos += step;
}

struct err *lines_next(struct lines *l, struct line *ret, bool *ret_more)
{
	size_t seen = 0;

	if (l->skip)
		TRY(skip_overlong(l));
	for (;;) {
		size_t left = l->end - l->pos;
		char *from = l->buf + l->pos, *nl = left > seen ? memchr(from + seen, '\n', left - seen) : NULL;

		*ret_more = nl || left || !l->eof;
		if (nl) {
			give(l, (size_t)(nl - from), (size_t)(nl - from) + 1, ret);
			return NULL;
		}
		l->skip = !l->eof && left == l->size;
		if (l->eof || l->skip) {
			give(l, left, left, ret);
			return NULL;
		}
		seen = left;
		TRY(fill(l));
	}
}

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

uint64_t scan_hex(struct scan *s)
{
	const char *start = s->p;
	uint64_t v = 0;
	int d;

	while (s->p < s->end && (d = hex_digit(*s->p)) >= 0) {
		s->failed |= v >> 60 != 0;
		v = v << 4 | (unsigned)d;
		s->p++;
	}
	s->failed |= s->p == start;
	return s->failed ? 0 : v;
}

void scan_blanks(struct scan *s)
{
	while (s->p < s->end && (*s->p == ' ' || *s->p == '\t'))
		s->p++;
}

uint64_t scan_u64(struct scan *s)
{
	const char *start;
	uint64_t v = 0;

	scan_blanks(s);
	for (start = s->p; s->p < s->end && *s->p >= '0' && *s->p <= '9'; s->p++)
		s->failed |= __builtin_mul_overflow(v, 10, &v) ||
			     __builtin_add_overflow(v, (unsigned)(*s->p - '0'), &v);
	s->failed |= s->p == start;
	return s->failed ? 0 : v;
}

int64_t scan_s64(struct scan *s)
{
	bool minus;
	uint64_t v;

	scan_blanks(s);
	minus = s->p < s->end && *s->p == '-';
	s->p += minus;
	v = scan_u64(s);
	if (v > INT64_MAX) {
		s->failed = true;
		return 0;
	}
	return minus ? -(int64_t)v : (int64_t)v;
}

void scan_char(struct scan *s, char c)
{
	if (s->p < s->end && *s->p == c)
		s->p++;
	else
		s->failed = true;
}

const char *scan_word(struct scan *s, size_t *ret_len)
{
	const char *start;

	scan_blanks(s);
	start = s->p;
	while (s->p < s->end && *s->p != ' ' && *s->p != '\t' && *s->p != '\n')
		s->p++;
	*ret_len = (size_t)(s->p - start);
	return start;
}

void scan_skip(struct scan *s, unsigned n)
{
	size_t len;

	while (n--)
		(void)scan_word(s, &len);
}

bool scan_prefix(struct scan *s, const char *word)
{
	size_t n = strlen(word);

	if (scan_left(s) < n || memcmp(s->p, word, n) != 0)
		return false;
	s->p += n;
	return true;
}
