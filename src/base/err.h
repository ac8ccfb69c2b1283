/* SPDX-License-Identifier: MIT */
/*
 * Errors.
 *
 * A function that can fail returns `struct err *`; NULL is success. Its
 * results come last, through pointers named ret or ret_x, and are untouched on
 * failure. The receiver of an error owns it: return it (TRY), prefix it with
 * what was being done (err_prefix) or end it (err_free). Libraries never
 * print; the outermost caller tells an error once, with every layer's words in
 * front of the cause:
 *
 *	core.12: note at offset 0x350: 40 bytes expected, 12 left in the file
 *
 * Messages start in lower case, without a full stop, and name file, offset,
 * what was found and what was expected.
 */
#ifndef OSM_BASE_ERR_H
#define OSM_BASE_ERR_H

#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>

enum err_code {
	ERR_NOMEM = 1,	/* static object, no allocation */
	ERR_OS,		/* a system call failed; err_errno() says how */
	ERR_CORRUPT,	/* the bytes contradict the format or themselves */
	ERR_TRUNCATED,	/* the bytes end before they should */
	ERR_FAULT,	/* memory at err_address() is not in the dump */
	ERR_NOTFOUND,	/* no such symbol, thread, file ... */
	ERR_UNSUPPORTED,/* understood, but not something we can do */
	ERR_USAGE,	/* the user's words are off */
	ERR_CANCELLED,	/* Ctrl-C; static object, no allocation */
};

struct err;

#define MUST_USE __attribute__((warn_unused_result))
#define PRINTF(f, a) __attribute__((format(printf, f, a)))

struct err *err_new(enum err_code code, const char *fmt, ...) PRINTF(2, 3) MUST_USE;
struct err *err_os(int errnum, const char *fmt, ...) PRINTF(2, 3) MUST_USE;
struct err *err_fault(uint64_t address) MUST_USE;
struct err *err_nomem(void) MUST_USE;
struct err *err_cancelled(void) MUST_USE;

/* Puts "text: " in front of e's message. Accepts and returns NULL. */
struct err *err_prefix(struct err *e, const char *fmt, ...) PRINTF(2, 3) MUST_USE;

enum err_code err_code(const struct err *e);
int err_errno(const struct err *e);		/* 0 unless ERR_OS */
uint64_t err_address(const struct err *e);	/* 0 unless ERR_FAULT */
const char *err_message(const struct err *e);	/* lives as long as e */
const char *err_code_name(enum err_code code);	/* "corrupt", "truncated" ... */
void err_free(struct err *e);			/* accepts NULL */

static inline void err_freep(struct err **e)
{
	err_free(*e);
}

/* Ends the error: true when there was one. */
static inline bool err_ignore(struct err *e)
{
	bool failed = e;

	err_free(e);
	return failed;
}

#define TRY(call)                                                              \
	do {                                                                   \
		struct err *try_e_ = (call);                                   \
		if (__builtin_expect(try_e_ != NULL, 0))                       \
			return try_e_;                                         \
	} while (0)

#endif
