/* SPDX-License-Identifier: MIT */
/*
 * The patterns over dumps of any kind: the wait graph, faults, stacks and what
 * each pattern reads; and the page of what they say. No symbol files are looked for, and image files are found
 * in no folder.
 */
#include "pattern/engine.h"
#include "report/html.h"
#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Every string of every finding is read, so that one that is not a string is seen. */
static size_t read_finding(const struct finding *f)
{
	size_t n = strlen(f->verdict) + strlen(f->recommendation) + strlen(f->confidence_why) + strlen(f->bucket);

	for (size_t i = 0; i < f->n_evidence; i++)
		n += strlen(f->evidence[i].meaning) + (f->evidence[i].command ? strlen(f->evidence[i].command) : 0);
	for (size_t i = 0; i < f->n_threads; i++)
		n += f->threads[i]->index;
	for (size_t i = 0; i < f->n_unread; i++)
		n += strlen(f->unread[i]);
	return n;
}

static struct err *analyze(const uint8_t *data, size_t size)
{
	struct target_options o = { .symbol_path = "", .image_path = "", .sysroot = "/nowhere" };
	CLEANUP(analysis_destroyp) struct analysis *an = NULL;
	CLEANUP(target_destroyp) struct target *t = NULL;
	CLEANUP(dump_unrefp) struct dump *d = NULL;
	CLEANUP(arena_deinit) struct arena a = ARENA_INIT;
	CLEANUP(strbuf_deinit) struct strbuf page = STRBUF_INIT;
	const struct report_options all = { .verbose = true };
	struct report_focus focus = { 0 };
	struct source *src = NULL;
	size_t n = 0;

	TRY(source_from_memory("input", data, size, &src));
	TRY(dump_open_source(src, &d));
	TRY(target_create(d, &o, &t));
	TRY(analysis_create(t, NULL, &an));
	for (size_t i = 0; i < an->n; i++)
		n += read_finding(an->findings[i]);
	TRY(report_find_focus(an, &all, &a, &focus));
	TRY(report_html(an, &focus, "input", &page));
	return n ? NULL : err_new(ERR_NOTFOUND, "nothing found");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	err_ignore(analyze(data, size));
	return 0;
}
