/* SPDX-License-Identifier: MIT */
/* The verdict, and findings with their evidence: see report.h. */
#include "report/report.h"

#include <string.h>

static const struct field analysis_fields[] = {
	{ "verdict", FIELD_STR, "what is wrong, in a sentence" },
	{ "severity", FIELD_STR, "note, warning or problem: that of the first finding" },
	{ "confidence", FIELD_UINT, "percent, of the first finding" },
	{ "pattern", FIELD_STR, "of the first finding" },
	{ "problems", FIELD_UINT, "findings that are problems" },
	{ "warnings", FIELD_UINT, "findings that are warnings" },
	{ "notes", FIELD_UINT, "the others that were decided" },
	{ "undecided", FIELD_UINT, "patterns that could not tell" },
	{ "patterns_run", FIELD_UINT, "patterns that were tried" },
	{ "patterns_unfit", FIELD_UINT, "patterns that do not suit this dump" },
	{ NULL },
};
const struct record report_analysis_record = {
	.kind = "analysis",
	.help = "the verdict",
	.fields = analysis_fields,
	.text = "\n{verdict}\n",
};

static const struct field finding_fields[] = {
	{ "number", FIELD_UINT, "for !explain" },
	{ "pattern", FIELD_STR, "id of the pattern" },
	{ "title", FIELD_STR, "its title" },
	{ "category", FIELD_STR, "quality, exception, wait, resource, cpu, corruption or module" },
	{ "severity", FIELD_STR, "note, warning or problem" },
	{ "decision", FIELD_STR, "decided, not decidable, limit exceeded or failed" },
	{ "confidence", FIELD_UINT, "percent; absent where nothing was decided" },
	{ "confidence_why", FIELD_STR, "what lowered it" },
	{ "verdict", FIELD_STR, "in a sentence" },
	{ "cause", FIELD_UINT, "number of the finding that this one follows from" },
	{ "depth", FIELD_UINT, "how far it is from the root of its chain of causes" },
	{ "threads", FIELD_WORDS, "debugger's numbers of the threads involved" },
	{ "tids", FIELD_WORDS, "their thread ids" },
	{ "modules", FIELD_STRS, "modules involved" },
	{ "thresholds", FIELD_STRS, "name=value of those that were applied" },
	{ "recommendation", FIELD_STR, "what to do" },
	{ "unread", FIELD_STRS, "what could not be read" },
	{ NULL },
};
#define FINDING_HEAD "\n{number}. {title} \\[{pattern}\\]: {severity}[, {confidence} % sure][ ({confidence_why})]" \
		     "[, follows from {cause}]\n   {verdict}\n"
#define FINDING_OPEN "\n{number}. {title} \\[{pattern}\\]: {decision}\n   {verdict}\n[   Not read: {unread}\n]"
const struct record report_finding_record = {
	.kind = "finding",
	.help = "a pattern that was recognised, or could not be decided",
	.fields = finding_fields,
	.text = FINDING_HEAD,
};
/* What is printed behind the evidence repeats the record's fields in JSON's place. */
static const char tail_layout[] = "   [Thresholds: {thresholds}\n   ][Not read: {unread}\n   ]What to do: {recommendation}\n";

static const struct field evidence_fields[] = {
	{ "finding", FIELD_UINT, "number of the finding" },
	{ "address", FIELD_ADDR, "where" },
	{ "value", FIELD_HEX, "what was read there" },
	{ "size", FIELD_UINT, "bytes of the value" },
	{ "meaning", FIELD_STR, "what it means" },
	{ "command", FIELD_STR, "what shows it here" },
	{ "windbg", FIELD_STR, "what shows it in WinDbg" },
	{ "gdb", FIELD_STR, "what shows it in gdb" },
	{ NULL },
};
const struct record report_evidence_record = {
	.kind = "evidence",
	.help = "a fact that a finding rests on",
	.fields = evidence_fields,
	.text = "   - {meaning}[; {address:w}[ has 0x{value}]][      \\[{command}\\]]\n",
};
static const char value_layout[] = "   - {meaning}; 0x{value}[      \\[{command}\\]]\n";

static bool is_shown(const struct finding *f, const struct report_options *r)
{
	return !r->waits_only || f->pattern->category == CATEGORY_WAIT || f->pattern->category == CATEGORY_CPU;
}

/* --- verdict -------------------------------------------------------------------------------- */

static const struct finding *first_shown(const struct analysis *an, const struct report_options *r)
{
	for (size_t i = 0; i < an->n; i++)
		if (is_shown(an->findings[i], r) && an->findings[i]->decision == DECIDED &&
		    an->findings[i]->severity > SEVERITY_NOTE)
			return an->findings[i];
	return NULL;
}

static struct err *copy_blame(const struct analysis *an, struct thread *th, struct arena *a, const struct blame **ret)
{
	struct blame *b = ARENA_NEW(a, struct blame);

	if (!b)
		return err_nomem();
	blame_find(an->target, facts_fault(an->facts), th, a, b);
	*ret = b;
	return NULL;
}

/* Whoever breaks in with a debugger leaves a breakpoint, which is no fault. */
static bool was_requested(const struct analysis *an)
{
	static const char *const ids[] = { "quality.requested", "exception.breakpoint" };

	for (size_t i = 0; i < an->n; i++)
		for (size_t k = 0; k < ARRAY_SIZE(ids); k++)
			if (an->findings[i]->pattern == pattern_named(ids[k]))
				return true;
	return false;
}

/* A fault that no pattern knows is told all the same, before what is said of the dump. */
static bool has_unknown_fault(const struct analysis *an, const struct report_options *r, const struct finding *top)
{
	enum fault_class class = facts_fault(an->facts)->class;

	if (r->waits_only || class == FAULT_NONE || class == FAULT_REQUESTED || was_requested(an))
		return false;
	return !top || top->pattern->category == CATEGORY_QUALITY;
}

struct err *report_find_focus(const struct analysis *an, const struct report_options *r, struct arena *a,
			      struct report_focus *ret)
{
	struct report_focus f = { .top = first_shown(an, r), .bucket = "" };
	bool of_fault = !f.top || f.top->pattern->category < CATEGORY_WAIT || !f.top->n_threads;

	if (of_fault)
		f.blame = facts_blame(an->facts);
	else
		TRY(copy_blame(an, f.top->threads[0], a, &f.blame));
	f.unknown_fault = has_unknown_fault(an, r, f.top);
	if (f.unknown_fault)
		f.bucket = "UNRECOGNIZED";
	else if (f.top)
		f.bucket = f.top->bucket;
	*ret = f;
	return NULL;
}

static const struct finding *first_note(const struct analysis *an)
{
	for (size_t i = 0; i < an->n; i++)
		if (an->findings[i]->decision == DECIDED)
			return an->findings[i];
	return NULL;
}

static const struct finding *first_open(const struct analysis *an)
{
	for (size_t i = 0; i < an->n; i++)
		if (an->findings[i]->decision != DECIDED)
			return an->findings[i];
	return NULL;
}

static void add_fault(const struct analysis *an, struct strbuf *sb)
{
	const struct fault *f = facts_fault(an->facts);
	const struct blame *b = facts_blame(an->facts);

	strbuf_addf(sb, "No pattern was recognised behind the %s", fault_class_name(f->class));
	if (*f->name)
		strbuf_addf(sb, " (%s)", f->name);
	if (f->thread)
		strbuf_addf(sb, " of thread %zu", f->thread->index);
	if (b->frame)
		strbuf_addf(sb, " in %s%s%s", b->module, *b->function ? "!" : "", b->function);
	strbuf_addc(sb, '.');
}

static void add_no_problem(const struct analysis *an, const struct report_options *r, struct strbuf *sb)
{
	const struct finding *note = first_note(an), *open = first_open(an);

	if (open && facts_fault(an->facts)->class == FAULT_NONE)
		strbuf_addf(sb, "No problem was recognised. Not decidable: %s", open->verdict);
	else if (note && !r->waits_only)
		strbuf_addf(sb, "No problem was recognised. %s", note->verdict);
	else
		strbuf_adds(sb, "No problem was recognised.");
}

void report_add_verdict(const struct analysis *an, const struct report_options *r, const struct report_focus *focus,
			struct strbuf *sb)
{
	if (focus->unknown_fault)
		add_fault(an, sb);
	if (focus->unknown_fault && focus->top)
		strbuf_addc(sb, ' ');
	if (focus->top)
		strbuf_adds(sb, focus->top->verdict);
	else if (!focus->unknown_fault)
		add_no_problem(an, r, sb);
}

static void emit_counts(const struct analysis *an, struct out *o)
{
	size_t of[SEVERITY_PROBLEM + 1] = { 0 }, undecided = 0;

	for (size_t i = 0; i < an->n; i++) {
		if (an->findings[i]->decision == DECIDED)
			of[an->findings[i]->severity]++;
		else
			undecided++;
	}
	out_uint(o, "problems", of[SEVERITY_PROBLEM]);
	out_uint(o, "warnings", of[SEVERITY_WARNING]);
	out_uint(o, "notes", of[SEVERITY_NOTE]);
	out_uint(o, "undecided", undecided);
	out_uint(o, "patterns_run", an->n_run);
	out_uint(o, "patterns_unfit", an->n_unfit);
}

struct err *report_verdict(const struct analysis *an, const struct report_options *r,
			   const struct report_focus *focus, struct out *o)
{
	CLEANUP(strbuf_deinit) struct strbuf verdict = STRBUF_INIT;

	report_add_verdict(an, r, focus, &verdict);
	TRY(strbuf_check(&verdict));
	out_begin(o, &report_analysis_record);
	out_str(o, "verdict", verdict.s);
	if (focus->top) {
		out_str(o, "severity", severity_name(focus->top->severity));
		out_uint(o, "confidence", focus->top->confidence);
		out_str(o, "pattern", focus->top->pattern->id);
	}
	emit_counts(an, o);
	return out_end(o);
}

/* --- findings ------------------------------------------------------------------------------------ */

enum { MAX_LIST = 64 };

static void emit_threads(const struct finding *f, struct out *o)
{
	struct out_word index[MAX_LIST], tid[MAX_LIST];
	size_t n = f->n_threads < MAX_LIST ? f->n_threads : MAX_LIST;

	for (size_t i = 0; i < n; i++) {
		index[i] = (struct out_word){ f->threads[i]->index, true };
		tid[i] = (struct out_word){ f->threads[i]->tid, true };
	}
	if (!n)
		return;
	out_words(o, "threads", index, n, 4);
	out_words(o, "tids", tid, n, 4);
}

static struct err *emit_thresholds(const struct finding *f, struct out *o)
{
	CLEANUP(strbuf_deinit) struct strbuf all = STRBUF_INIT;
	const char *strs[MAX_LIST];
	size_t at[MAX_LIST], n = f->n_thresholds < MAX_LIST ? f->n_thresholds : MAX_LIST;

	for (size_t i = 0; i < n; i++) {
		at[i] = all.len;
		strbuf_addf(&all, "%s=%llu %s", f->thresholds[i].threshold->name,
			    (unsigned long long)f->thresholds[i].value, f->thresholds[i].threshold->unit);
		strbuf_addc(&all, '\0');
	}
	TRY(strbuf_check(&all));
	for (size_t i = 0; i < n; i++)
		strs[i] = all.s + at[i];
	if (n)
		out_strs(o, "thresholds", strs, n);
	return NULL;
}

static struct err *emit_fields(const struct finding *f, struct out *o)
{
	out_uint(o, "number", f->number);
	out_str(o, "pattern", f->pattern->id);
	out_str(o, "title", f->pattern->title);
	out_str(o, "category", category_name(f->pattern->category));
	out_str(o, "severity", severity_name(f->severity));
	out_str(o, "decision", decision_name(f->decision));
	if (f->decision == DECIDED)
		out_uint(o, "confidence", f->confidence);
	out_name(o, "confidence_why", f->confidence_why);
	out_str(o, "verdict", f->verdict);
	if (f->cause)
		out_uint(o, "cause", f->cause->number);
	out_uint(o, "depth", f->depth);
	emit_threads(f, o);
	if (f->n_modules)
		out_strs(o, "modules", f->modules, f->n_modules);
	TRY(emit_thresholds(f, o));
	out_str(o, "recommendation", f->recommendation);
	if (f->n_unread)
		out_strs(o, "unread", f->unread, f->n_unread);
	return NULL;
}

/* A template with its lines moved to the right, as far as the finding is from its root. */
static struct err *indent(const char *layout, unsigned depth, struct strbuf *sb)
{
	for (const char *p = layout; *p; p++) {
		bool starts = p == layout ? *p != '\n' : p[-1] == '\n' && *p != '\n';

		if (starts)
			strbuf_pad(sb, ' ', 3 * (size_t)(depth > 8 ? 8 : depth));
		strbuf_addc(sb, *p);
	}
	return strbuf_check(sb);
}

static struct err *emit_evidence(const struct finding *f, const struct evidence *e, struct out *o)
{
	CLEANUP(strbuf_deinit) struct strbuf layout = STRBUF_INIT;

	TRY(indent(e->has_value && !e->has_address ? value_layout : report_evidence_record.text, f->depth, &layout));
	out_begin_as(o, &report_evidence_record, layout.s);
	out_uint(o, "finding", f->number);
	if (e->has_address)
		out_addr(o, "address", e->address);
	if (e->has_value)
		out_uint(o, "value", e->value);
	if (e->has_value && e->size)
		out_uint(o, "size", e->size);
	out_str(o, "meaning", e->meaning);
	out_str(o, "command", e->command);
	out_str(o, "windbg", e->windbg);
	out_str(o, "gdb", e->gdb);
	return out_end(o);
}

/* The second half of the record's text: JSON has it in one. */
static struct err *emit_tail(const struct finding *f, struct out *o)
{
	CLEANUP(strbuf_deinit) struct strbuf layout = STRBUF_INIT;

	if (!out_is_text(o))
		return NULL;
	TRY(indent(tail_layout, f->depth, &layout));
	out_begin_as(o, &report_finding_record, layout.s);
	TRY(emit_fields(f, o));
	return out_end(o);
}

static struct err *emit_finding(const struct finding *f, const struct report_options *r, struct out *o)
{
	CLEANUP(strbuf_deinit) struct strbuf layout = STRBUF_INIT;

	TRY(indent(f->decision == DECIDED ? FINDING_HEAD : FINDING_OPEN, f->depth, &layout));
	out_begin_as(o, &report_finding_record, layout.s);
	TRY(emit_fields(f, o));
	TRY(out_end(o));
	if (!r->verbose)
		return NULL;
	for (size_t i = 0; i < f->n_evidence; i++)
		TRY(emit_evidence(f, &f->evidence[i], o));
	return f->decision == DECIDED ? emit_tail(f, o) : NULL;
}

struct err *report_findings(const struct analysis *an, const struct report_options *r, struct out *o)
{
	for (size_t i = 0; i < an->n; i++)
		if (is_shown(an->findings[i], r))
			TRY(emit_finding(an->findings[i], r, o));
	return NULL;
}

/* --- one finding, explained ------------------------------------------------------------------------- */

static const struct field explanation_fields[] = {
	{ "finding", FIELD_UINT, "number of the finding" },
	{ "step", FIELD_UINT, "from 1" },
	{ "meaning", FIELD_STR, "what is to be seen" },
	{ "command", FIELD_STR, "typed here" },
	{ "windbg", FIELD_STR, "typed in WinDbg" },
	{ "gdb", FIELD_STR, "typed in gdb" },
	{ NULL },
};
const struct record report_explanation_record = {
	.kind = "explanation",
	.help = "a step by which a finding can be followed",
	.fields = explanation_fields,
	.text = "{step}. {meaning}\n[     osmodump: {command}\n][     WinDbg:   {windbg}\n][     gdb:      {gdb}\n]",
};

struct err *report_explanation(const struct analysis *an, const struct finding *f, struct out *o)
{
	const struct report_options brief = { 0 };
	size_t step = 1;

	TRY(emit_finding(f, &brief, o));
	TRY(out_heading(o, "   Recognised by: %s\n\n", f->pattern->criterion));
	for (size_t i = 0; i < f->n_evidence; i++) {
		const struct evidence *e = &f->evidence[i];

		out_begin(o, &report_explanation_record);
		out_uint(o, "finding", f->number);
		out_uint(o, "step", step++);
		out_str(o, "meaning", e->meaning);
		out_str(o, "command", e->command);
		out_str(o, "windbg", e->windbg);
		out_str(o, "gdb", e->gdb);
		TRY(out_end(o));
	}
	return emit_tail(f, o);
}
