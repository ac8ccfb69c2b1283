/* SPDX-License-Identifier: MIT */
/*
 * String buffer. `s` is always terminated and never NULL. Appending cannot
 * fail visibly: when memory is out the buffer keeps what it has and
 * strbuf_failed() turns true, to be checked once at the end.
 */
#ifndef OSM_BASE_STR_H
#define OSM_BASE_STR_H

#include "base/err.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct strbuf {
	char *s;
	size_t len, cap;
	bool failed;
};

extern char strbuf_empty[1];
#define STRBUF_INIT { .s = strbuf_empty }

void strbuf_init(struct strbuf *sb);
void strbuf_deinit(struct strbuf *sb);
void strbuf_reset(struct strbuf *sb); /* empty, keeps the memory */
void strbuf_truncate(struct strbuf *sb, size_t len);

void strbuf_add(struct strbuf *sb, const void *p, size_t n);
void strbuf_adds(struct strbuf *sb, const char *s);
void strbuf_addc(struct strbuf *sb, char c);
void strbuf_pad(struct strbuf *sb, char c, size_t n);
void strbuf_addf(struct strbuf *sb, const char *fmt, ...) PRINTF(2, 3);
void strbuf_vaddf(struct strbuf *sb, const char *fmt, va_list ap) PRINTF(2, 0);

/* The string (to be freed); the buffer is empty afterwards. NULL: no memory. */
char *strbuf_detach(struct strbuf *sb);

static inline struct err *strbuf_check(const struct strbuf *sb)
{
	return sb->failed ? err_nomem() : NULL;
}

bool str_starts(const char *s, const char *prefix);
bool str_starts_nocase(const char *s, const char *prefix);
bool str_ends_nocase(const char *s, const char *suffix);
const char *str_skip_space(const char *s);

/* '*' any run, '?' one character; no other metacharacter */
bool str_match(const char *pattern, const char *s, bool nocase);

/* The part after the last / or \ (dumps hold paths of both kinds). */
const char *str_basename(const char *path);

/*
 * UTF-16 to UTF-8. `units` are in host order; unpaired surrogates become
 * U+FFFD. Stops at the first 0 unit.
 */
void strbuf_add_utf16(struct strbuf *sb, const uint16_t *units, size_t n);
/* The same from unaligned little-endian bytes. */
void strbuf_add_utf16le(struct strbuf *sb, const uint8_t *bytes, size_t nbytes);
/* Makes bytes of unknown encoding valid UTF-8: what is not becomes U+FFFD. */
void strbuf_add_utf8(struct strbuf *sb, const char *bytes, size_t n);
/* The same as a JSON string (RFC 8259), quotes included. */
void strbuf_add_json(struct strbuf *sb, const char *bytes, size_t n);

#endif
