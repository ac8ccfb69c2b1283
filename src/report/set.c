/* SPDX-License-Identifier: MIT */
/* The verdict on a set: see set.h. */
#include "report/set.h"

#include <inttypes.h>

static const struct field set_fields[] = {
	{ "verdict", FIELD_STR, "what is wrong with the processes, in a sentence" },
	{ "severity", FIELD_STR, "note, warning or problem: of the gravest finding of all" },
	{ "confidence", FIELD_UINT, "percent, of that finding" },
	{ "pattern", FIELD_STR, "of that finding" },
	{ "of_process", FIELD_UINT, "the debugger's number of the process that has it, as in |N" },
	{ "processes", FIELD_UINT, "whose dumps were looked at" },
	{ "unopened", FIELD_UINT, "whose dumps could not be opened" },
	{ "with_problems", FIELD_UINT, "processes that have a problem" },
	{ "with_warnings", FIELD_UINT, "processes that have a warning and no problem" },
	{ NULL },
};
const struct record report_set_record = {
	.kind = "set_analysis",
	.help = "the verdict on processes that were dumped together",
	.fields = set_fields,
	.text = "\nSet of {processes} processes: {verdict}\n[Could not be opened: {unopened}\n]",
};

static bool is_of_set(const struct finding *f)
{
	return f->pattern->needs & NEEDS_SET;
}

/* What is wrong between processes comes before what is wrong in one. */
static bool is_graver(const struct finding *a, const struct finding *b)
{
	if (!b || is_of_set(a) != is_of_set(b))
		return !b || is_of_set(a);
	if (a->severity != b->severity)
		return a->severity > b->severity;
	return a->confidence > b->confidence;
}

static size_t count(const struct set_analysis *r, enum severity severity)
{
	size_t n = 0;

	for (size_t i = 0; i < r->analyses.n; i++)
		n += r->analyses.v[i]->top && r->analyses.v[i]->top->severity == severity;
	return n;
}

const struct finding *report_set_top(const struct set_analysis *r, size_t *ret_of)
{
	const struct finding *top = NULL;

	for (size_t i = 0; i < r->analyses.n; i++)
		if (r->analyses.v[i]->top && is_graver(r->analyses.v[i]->top, top)) {
			top = r->analyses.v[i]->top;
			if (ret_of)
				*ret_of = i;
		}
	return top;
}

void report_set_add_verdict(const struct set_analysis *r, struct strbuf *sb)
{
	size_t of = 0;
	const struct finding *top = report_set_top(r, &of);
	const struct set_member *m = &r->set->members[of];

	if (!top)
		strbuf_adds(sb, "No problem was recognised in any of them.");
	else if (is_of_set(top))
		strbuf_adds(sb, top->verdict);
	else
		strbuf_addf(sb, "process %zu%s%s (pid %" PRIu32 "): %s", m->index, *m->name ? " " : "", m->name, m->pid, top->verdict);
}

struct err *report_set_verdict(const struct set_analysis *r, struct out *o)
{
	CLEANUP(strbuf_deinit) struct strbuf verdict = STRBUF_INIT;
	size_t of = 0;
	const struct finding *top = report_set_top(r, &of);

	report_set_add_verdict(r, &verdict);
	TRY(strbuf_check(&verdict));
	out_begin(o, &report_set_record);
	out_str(o, "verdict", verdict.s);
	if (top) {
		out_str(o, "severity", severity_name(top->severity));
		out_uint(o, "confidence", top->confidence);
		out_str(o, "pattern", top->pattern->id);
		out_uint(o, "of_process", r->set->members[of].index);
	}
	out_uint(o, "processes", r->analyses.n);
	if (r->unopened)
		out_uint(o, "unopened", r->unopened);
	out_uint(o, "with_problems", count(r, SEVERITY_PROBLEM));
	out_uint(o, "with_warnings", count(r, SEVERITY_WARNING));
	return out_end(o);
}
