/* SPDX-License-Identifier: MIT */
#include "base/err.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct err {
	enum err_code code;
	int errnum;
	uint64_t address;
	char *message; /* NULL for the static objects */
};

static struct err nomem = { .code = ERR_NOMEM };
static struct err cancelled = { .code = ERR_CANCELLED };

struct err *err_nomem(void)
{
	return &nomem;
}

struct err *err_cancelled(void)
{
	return &cancelled;
}

static bool is_static(const struct err *e)
{
	return e == &nomem || e == &cancelled;
}

static struct err *make(enum err_code code, char *message)
{
	struct err *e = message ? calloc(1, sizeof(*e)) : NULL;

	if (!e) {
		free(message);
		return &nomem;
	}
	e->code = code;
	e->message = message;
	return e;
}

struct err *err_new(enum err_code code, const char *fmt, ...)
{
	char *message = NULL;
	va_list ap;

	va_start(ap, fmt);
	if (vasprintf(&message, fmt, ap) < 0)
		message = NULL;
	va_end(ap);
	return make(code, message);
}

struct err *err_os(int errnum, const char *fmt, ...)
{
	char *text = NULL, *message = NULL;
	struct err *e;
	va_list ap;

	va_start(ap, fmt);
	if (vasprintf(&text, fmt, ap) < 0)
		text = NULL;
	va_end(ap);
	if (!text || asprintf(&message, "%s: %s", text, strerror(errnum)) < 0)
		message = NULL;
	free(text);
	e = make(ERR_OS, message);
	if (!is_static(e))
		e->errnum = errnum;
	return e;
}

struct err *err_fault(uint64_t address)
{
	struct err *e = err_new(ERR_FAULT, "no memory at 0x%" PRIx64 " in the dump", address);

	if (!is_static(e))
		e->address = address;
	return e;
}

struct err *err_prefix(struct err *e, const char *fmt, ...)
{
	char *text = NULL, *message = NULL;
	va_list ap;

	if (!e || is_static(e))
		return e;
	va_start(ap, fmt);
	if (vasprintf(&text, fmt, ap) < 0)
		text = NULL;
	va_end(ap);
	if (text && asprintf(&message, "%s: %s", text, e->message) >= 0) {
		free(e->message);
		e->message = message;
	}
	free(text);
	return e;
}

enum err_code err_code(const struct err *e)
{
	return e->code;
}

int err_errno(const struct err *e)
{
	return e->errnum;
}

uint64_t err_address(const struct err *e)
{
	return e->address;
}

const char *err_message(const struct err *e)
{
	if (e == &nomem)
		return "out of memory";
	if (e == &cancelled)
		return "cancelled";
	return e->message;
}

const char *err_code_name(enum err_code code)
{
	static const char *const names[] = {
		[ERR_NOMEM] = "nomem",		   [ERR_OS] = "os",
		[ERR_CORRUPT] = "corrupt",	   [ERR_TRUNCATED] = "truncated",
		[ERR_FAULT] = "fault",		   [ERR_NOTFOUND] = "notfound",
		[ERR_UNSUPPORTED] = "unsupported", [ERR_USAGE] = "usage",
		[ERR_CANCELLED] = "cancelled",
	};

	return names[code];
}

void err_free(struct err *e)
{
	if (!e || is_static(e))
		return;
	free(e->message);
	free(e);
}
