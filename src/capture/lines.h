/* SPDX-License-Identifier: MIT */
/*
 * Text that the kernel prints, line by line and without allocation: from a
 * file of /proc through a buffer of the caller's, or from memory. And a
 * scanner over one line with sticky failure, in the manner of the cursor.
 */
#ifndef OSM_CAPTURE_LINES_H
#define OSM_CAPTURE_LINES_H

#include "base/err.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct lines {
	int fd;			/* -1: all of it is in the buffer */
	char *buf;		/* never written to when fd is -1 */
	size_t size, pos, end;
	bool eof, skip;		/* skip: the rest of an overlong line comes next */
};

struct line {
	const char *s;		/* not terminated; good until the next line is asked for */
	size_t len;
	bool cut;		/* longer than the buffer: this is its beginning */
};

/* Borrows fd and buf. */
struct lines lines_of_fd(int fd, char *buf, size_t size);
struct lines lines_of_text(const char *text, size_t size);
/* *ret_more is false after the last line. OS (ESRCH when the process went). */
struct err *lines_next(struct lines *l, struct line *ret, bool *ret_more) MUST_USE;

struct scan {
	const char *p, *end;
	bool failed;
};

static inline struct scan scan_init(const char *s, size_t n)
{
	return (struct scan){ .p = s, .end = s + n };
}
static inline struct scan scan_line(const struct line *line)
{
	return scan_init(line->s, line->len);
}
static inline size_t scan_left(const struct scan *s)
{
	return (size_t)(s->end - s->p);
}
/* Digits without sign; blanks before them are skipped, but for hex. Overflow fails. */
uint64_t scan_hex(struct scan *s);
uint64_t scan_u64(struct scan *s);
int64_t scan_s64(struct scan *s);
void scan_blanks(struct scan *s);
/* This very character, or failure. */
void scan_char(struct scan *s, char c);
/* Up to the next blank; *ret_len 0 at the end. */
const char *scan_word(struct scan *s, size_t *ret_len);
/* Skips n words. */
void scan_skip(struct scan *s, unsigned n);
/* The line begins with this word: what follows it is left. */
bool scan_prefix(struct scan *s, const char *word);

#endif
