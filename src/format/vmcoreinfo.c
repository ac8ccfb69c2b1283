/* SPDX-License-Identifier: MIT */
#include "format/vmcoreinfo.h"

#include <stdlib.h>
#include <string.h>

enum { MAX_LINES = 16384 };

static const char *utf8(struct dump *d, const char *p, const char *end)
{
	CLEANUP(strbuf_deinit) struct strbuf sb = STRBUF_INIT;

	strbuf_add_utf8(&sb, p, (size_t)(end - p));
	return sb.failed ? NULL : arena_strndup(&d->arena, sb.s, sb.len);
}

struct err *vmcoreinfo_each(struct dump *d, const void *text, size_t size, vmcoreinfo_fn *fn, void *arg)
{
	const char *p = text, *end = p + strnlen(p, size);

	for (unsigned i = 0; p < end && i < MAX_LINES; i++) {
		const char *eol = memchr(p, '\n', (size_t)(end - p));
		const char *stop = eol ? eol : end;
		const char *eq = memchr(p, '=', (size_t)(stop - p));

		if (eq) {
			const char *key = utf8(d, p, eq), *value = utf8(d, eq + 1, stop);

			if (!key || !value)
				return err_nomem();
			TRY(fn(arg, key, value));
		}
		p = stop + 1;
	}
	return NULL;
}

static struct err *fact_line(void *arg, const char *key, const char *value)
{
	struct dump_facts *f = arg;

	if (!strcmp(key, "OSRELEASE")) {
		f->os = OS_LINUX;
		f->os_text = value;
	} else if (!strcmp(key, "CRASHTIME")) {
		f->dump_time = strtoull(value, NULL, 10);
		f->has |= f->dump_time ? FACT_DUMP_TIME : 0;
	}
	return NULL;
}

struct err *vmcoreinfo_facts(struct dump *d, const void *text, size_t size)
{
	return vmcoreinfo_each(d, text, size, fact_line, &d->facts);
}
