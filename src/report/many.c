/* SPDX-License-Identifier: MIT */
/* Rows and groups: see many.h. */
#include "report/many.h"

#include "base/map.h"
#include "base/vec.h"

#include <stdlib.h>
#include <string.h>

static const struct field row_fields[] = {
	{ "file", FIELD_STR, "the file, as it was named" },
	{ "error", FIELD_STR, "why it could not be looked at" },
	{ "code", FIELD_STR, "what kind of error" },
	{ "bucket", FIELD_STR, "FAILURE_BUCKET_ID: equal for equal failures" },
	{ "verdict", FIELD_STR, "what is wrong, in a sentence" },
	{ "severity", FIELD_STR, "warning or problem: that of the first finding" },
	{ "confidence", FIELD_UINT, "percent, of the first finding" },
	{ "pattern", FIELD_STR, "of the first finding" },
	{ "process_name", FIELD_STR, "of the process" },
	{ NULL },
};
const struct record report_row_record = {
	.kind = "dump_summary",
	.help = "A dump among many, with --summary",
	.fields = row_fields,
	.text = "{file}: [{verdict}][{error}]\n",
};

static const struct field group_fields[] = {
	{ "count", FIELD_UINT, "dumps of this bucket" },
	{ "bucket", FIELD_STR, "FAILURE_BUCKET_ID" },
	{ "file", FIELD_STR, "the first of them" },
	{ "verdict", FIELD_STR, "what it says" },
	{ "error", FIELD_STR, "why a file could not be looked at" },
	{ NULL },
};
const struct record report_group_record = {
	.kind = "dump_group",
	.help = "Dumps of one bucket",
	.fields = group_fields,
	.text = "{count:6}  {bucket|no problem}\n        {verdict}\n        {file}\n\n",
};
static const char error_layout[] = "{count:6}  not analysed: {error}\n";

static struct err *copy(struct arena *a, const char *s, const char **ret)
{
	*ret = arena_strdup(a, s);
	return *ret ? NULL : err_nomem();
}

struct err *report_find_row(const struct analysis *an, struct arena *a, struct report_row *ret)
{
	CLEANUP(strbuf_deinit) struct strbuf bucket = STRBUF_INIT;
	CLEANUP(strbuf_deinit) struct strbuf verdict = STRBUF_INIT;
	const struct report_options all = { .verbose = true };
	struct report_focus focus = { 0 };
	struct report_row r = { .error = "", .error_code = "", .severity = "", .pattern = "" };

	TRY(report_find_focus(an, &all, a, &focus));
	report_add_bucket(an, &focus, &bucket);
	report_add_verdict(an, &all, &focus, &verdict);
	TRY(strbuf_check(&bucket));
	TRY(strbuf_check(&verdict));
	TRY(copy(a, bucket.s, &r.bucket));
	TRY(copy(a, verdict.s, &r.verdict));
	TRY(copy(a, report_process_name(an), &r.process));
	if (focus.top) {
		r.severity = severity_name(focus.top->severity);
		r.pattern = focus.top->pattern->id;
		r.confidence = focus.top->confidence;
	}
	*ret = r;
	return NULL;
}

struct err *report_row(const struct report_row *r, struct out *o)
{
	out_begin(o, &report_row_record);
	out_str(o, "file", r->file);
	out_name(o, "error", r->error);
	out_name(o, "code", r->error_code);
	out_name(o, "bucket", r->bucket);
	out_name(o, "verdict", r->verdict);
	out_name(o, "severity", r->severity);
	if (*r->severity)
		out_uint(o, "confidence", r->confidence);
	out_name(o, "pattern", r->pattern);
	out_name(o, "process_name", r->process);
	return out_end(o);
}

/* --- groups ------------------------------------------------------------------------------------------ */

struct group {
	size_t number;		/* in the order of first rows */
	size_t count;
	const char *bucket, *file, *verdict, *error;
};

struct report_groups {
	struct arena arena;
	struct strmap by_bucket;
	VEC(struct group *) groups;	/* errors are groups of one */
};

struct err *report_groups_create(struct report_groups **ret)
{
	struct report_groups *g = calloc(1, sizeof(*g));

	if (!g)
		return err_nomem();
	*ret = g;
	return NULL;
}

void report_groups_destroy(struct report_groups *g)
{
	if (!g)
		return;
	strmap_deinit(&g->by_bucket);
	vec_deinit(&g->groups);
	arena_deinit(&g->arena);
	free(g);
}

static struct err *add_group(struct report_groups *g, const struct report_row *r, struct group **ret)
{
	struct group *x = ARENA_NEW(&g->arena, struct group);

	if (!x)
		return err_nomem();
	TRY(copy(&g->arena, r->bucket, &x->bucket));
	TRY(copy(&g->arena, r->file, &x->file));
	TRY(copy(&g->arena, r->verdict, &x->verdict));
	TRY(copy(&g->arena, r->error, &x->error));
	x->number = g->groups.n;
	if (!vec_push(&g->groups, x) || (!*x->error && !strmap_put(&g->by_bucket, x->bucket, x)))
		return err_nomem();
	*ret = x;
	return NULL;
}

struct err *report_groups_add(struct report_groups *g, const struct report_row *r)
{
	struct group *x = *r->error ? NULL : strmap_get(&g->by_bucket, r->bucket);

	if (!x)
		TRY(add_group(g, r, &x));
	x->count++;
	return NULL;
}

static int class_of(const struct group *x)
{
	return *x->error ? 2 : !*x->bucket;
}

static int by_count(const void *a, const void *b)
{
	const struct group *x = *(struct group *const *)a, *y = *(struct group *const *)b;

	if (class_of(x) != class_of(y))
		return class_of(x) - class_of(y);
	if (x->count != y->count)
		return x->count > y->count ? -1 : 1;
	return x->number < y->number ? -1 : 1;
}

static struct err *emit_group(const struct group *x, struct out *o)
{
	out_begin_as(o, &report_group_record, *x->error ? error_layout : report_group_record.text);
	out_uint(o, "count", x->count);
	out_name(o, "bucket", x->bucket);
	out_str(o, "file", x->file);
	out_name(o, "verdict", x->verdict);
	out_name(o, "error", x->error);
	return out_end(o);
}

struct err *report_groups(const struct report_groups *g, struct out *o)
{
	struct group **order = calloc(g->groups.n + 1, sizeof(*order));
	struct err *e = NULL;

	if (!order)
		return err_nomem();
	for (size_t i = 0; i < g->groups.n; i++)
		order[i] = g->groups.v[i];
	qsort((void *)order, g->groups.n, sizeof(*order), by_count);
	for (size_t i = 0; i < g->groups.n && !e; i++)
		e = emit_group(order[i], o);
	free((void *)order);
	return e;
}
