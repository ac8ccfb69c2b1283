/* SPDX-License-Identifier: MIT */
/* The catalogue of patterns: see report.h. */
#include "report/report.h"

static const struct field pattern_fields[] = {
	{ "id", FIELD_STR, "names it everywhere" },
	{ "title", FIELD_STR, "what it is called" },
	{ "category", FIELD_STR, "quality, exception, wait, resource, cpu, corruption or module" },
	{ "definition", FIELD_STR, "what it is" },
	{ "context", FIELD_STR, "when it is met" },
	{ "criterion", FIELD_STR, "how it is recognised" },
	{ "false_positives", FIELD_STR, "what looks like it and is not" },
	{ "recommendation", FIELD_STR, "what to do" },
	{ "thresholds", FIELD_STRS, "name=default unit: meaning" },
	{ "needs", FIELD_STRS, "what the dump must have" },
	{ "explains", FIELD_STRS, "patterns of which it may be the cause" },
	{ NULL },
};
const struct record report_pattern_record = {
	.kind = "pattern",
	.help = "a pattern of the catalogue",
	.fields = pattern_fields,
	.text = "{category:-11} {id:-29} {title}\n",
};
static const char whole_layout[] =
	"{title} \\[{id}\\], {category}\n\n{definition}\n\nContext: {context}\n\nRecognised by: {criterion}\n\n"
	"[Thresholds: {thresholds}\n\n]False positives: {false_positives}\n\nWhat to do: {recommendation}\n"
	"[\nNeeds {needs}.\n][May be the cause of {explains}.\n]";

enum { MAX_THRESHOLDS = 8, MAX_NEEDS = 8 };

static struct err *emit_thresholds(const struct pattern *p, struct out *o)
{
	CLEANUP(strbuf_deinit) struct strbuf all = STRBUF_INIT;
	const char *strs[MAX_THRESHOLDS];
	size_t at[MAX_THRESHOLDS], n = 0;

	for (const struct threshold *t = p->thresholds; t && t->name && n < MAX_THRESHOLDS; t++) {
		at[n++] = all.len;
		strbuf_addf(&all, "%s=%llu %s: %s", t->name, (unsigned long long)t->value, t->unit, t->meaning);
		strbuf_addc(&all, '\0');
	}
	TRY(strbuf_check(&all));
	for (size_t i = 0; i < n; i++)
		strs[i] = all.s + at[i];
	if (n)
		out_strs(o, "thresholds", strs, n);
	return NULL;
}

static void emit_lists(const struct pattern *p, struct out *o)
{
	const char *needs[MAX_NEEDS];
	size_t n = 0, n_explains = 0;

	for (unsigned bit = 0; bit < MAX_NEEDS; bit++)
		if ((p->needs >> bit & 1) && needs_name(1u << bit))
			needs[n++] = needs_name(1u << bit);
	if (n)
		out_strs(o, "needs", needs, n);
	while (p->explains && p->explains[n_explains])
		n_explains++;
	if (n_explains)
		out_strs(o, "explains", p->explains, n_explains);
}

static struct err *emit(const struct pattern *p, const char *layout, struct out *o)
{
	out_begin_as(o, &report_pattern_record, layout);
	out_str(o, "id", p->id);
	out_str(o, "title", p->title);
	out_str(o, "category", category_name(p->category));
	out_str(o, "definition", p->definition);
	out_str(o, "context", p->context);
	out_str(o, "criterion", p->criterion);
	out_str(o, "false_positives", p->false_positives);
	out_str(o, "recommendation", p->recommendation);
	TRY(emit_thresholds(p, o));
	emit_lists(p, o);
	return out_end(o);
}

struct err *report_catalogue(struct out *o)
{
	for (size_t i = 0; patterns[i]; i++)
		TRY(emit(patterns[i], report_pattern_record.text, o));
	return NULL;
}

struct err *report_pattern(const struct pattern *p, struct out *o)
{
	return emit(p, whole_layout, o);
}
