/* SPDX-License-Identifier: MIT */
/* Expressions and ranges, MASM and C++, without a dump. */
#include "command/session.h"
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct err *drop(void *arg, const char *text, size_t len)
{
	return NULL;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP(session_destroyp) struct session *s = NULL;
	CLEANUP(out_destroyp) struct out *o = NULL;
	CLEANUP(freep) char *text = strndup((const char *)data, size);
	CLEANUP(strbuf_deinit) struct strbuf cpp = STRBUF_INIT;
	struct range range;
	const char *p = text;
	uint64_t v;

	if (!text || err_ignore(session_create(NULL, &s)) || err_ignore(out_create_json(drop, NULL, &o)))
		return 0;
	(void)err_ignore(expr_value(s, text, &v));
	(void)err_ignore(range_parse(s, &p, 4, 1, &range));
	/* One expression: what follows may be a command, and "z1" goes on until somebody stops it. */
	text[strcspn(text, "\n;")] = 0;
	strbuf_addf(&cpp, "?? %s", text);
	(void)err_ignore(session_run(s, cpp.s, o));
	return 0;
}
