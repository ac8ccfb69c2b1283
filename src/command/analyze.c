/* SPDX-License-Identifier: MIT */
/*
 * !analyze, !patterns, !pattern, !explain: what the patterns (pattern/pattern.h)
 * recognise in the dump. Patterns only read, so that the same question has the
 * same answer: !explain asks it again rather than to keep the last.
 */
#include "command/analyze.h"
#include "command/session_impl.h"
#include "command/stack.h"
#include "report/report.h"
#include "report/set.h"

#include "os/linux/signals.h"
#include "os/windows/status.h"

#include <stdlib.h>
#include <string.h>

enum { MAX_SETTINGS = 32, MAX_STACK = 64 };

struct request {
	struct report_options report;
	struct threshold_setting settings[MAX_SETTINGS];
	struct analysis_options options;
	char *show;		/* -show CODE; NULL */
	bool set;		/* all processes of the session together */
};

static const struct field code_fields[] = {
	{ "code", FIELD_HEX, "the code" },
	{ "name", FIELD_STR, "its name" },
	{ "text", FIELD_STR, "what it says" },
	{ NULL },
};
static const struct record code_record = {
	.kind = "code_meaning",
	.help = "what an exception code or signal means",
	.fields = code_fields,
	.text = "{code:08x}[ ({name})][: {text}]\n",
};

static struct err *add_setting(struct request *r, const char *text)
{
	if (r->options.n_settings == MAX_SETTINGS)
		return err_new(ERR_USAGE, "more than %d thresholds", MAX_SETTINGS);
	TRY(threshold_parse(text, &r->settings[r->options.n_settings]));
	r->options.settings = r->settings;
	r->options.n_settings++;
	return NULL;
}

static struct err *take_option(struct request *r, const struct args *args, const char *word, const char **p)
{
	char *value = NULL;

	if (strcmp(word, "-v") == 0) {
		r->report.verbose = true;
		return NULL;
	}
	if (strcmp(word, "-hang") == 0) {
		r->report.waits_only = true;
		return NULL;
	}
	if (strcmp(word, "-set") == 0) {
		r->set = true;
		return NULL;
	}
	if (strcmp(word, "-f") == 0) /* WinDbg: even where there is no exception; so it is always */
		return NULL;
	if (strcmp(word, "-t") != 0 && strcmp(word, "-show") != 0)
		return usage_error(args, "'%s' is not expected", word);
	TRY(word_parse(args->arena, p, &value));
	if (!value)
		return usage_error(args, "%s needs a value", word);
	if (word[1] == 't')
		return add_setting(r, value);
	r->show = value;
	return NULL;
}

static struct err *parse(const struct args *args, const char **p, struct request *r)
{
	char *word = NULL;

	for (;;) {
		TRY(word_parse(args->arena, p, &word));
		if (!word)
			return NULL;
		TRY(take_option(r, args, word, p));
	}
}

/* --- !analyze ------------------------------------------------------------------------------ */

static struct err *show_code(struct session *s, const char *text, struct out *o)
{
	const struct status *status;
	uint64_t code = 0;

	TRY(expr_value(s, text, &code));
	status = status_find((uint32_t)code);
	out_begin(o, &code_record);
	out_uint(o, "code", code);
	if (!target_is_windows(session_target(s)) && linux_signal_name((uint32_t)code)) {
		out_str(o, "name", linux_signal_name((uint32_t)code));
		out_str(o, "text", linux_signal_text((uint32_t)code));
	} else {
		out_str(o, "name", status_name((uint32_t)code));
		out_name(o, "text", status ? status->text : "");
	}
	return out_end(o);
}

static struct err *show_stack(struct session *s, const struct report_focus *focus, struct arena *a, struct out *o)
{
	struct stack top;

	if (!focus->blame->stack || !focus->blame->stack->n)
		return NULL;
	top = *focus->blame->stack;
	top.n = top.n < MAX_STACK ? top.n : MAX_STACK;
	TRY(out_heading(o, "STACK_TEXT:\n"));
	TRY(emit_stack(s, a, o, "k", &top));
	out_set_pointer_size(o, session_pointer_size(s));
	return NULL;
}

static struct err *show_analysis(struct session *s, const struct args *args, const struct request *r,
				 const struct analysis *an, struct out *o)
{
	struct report_focus focus = { 0 };

	TRY(report_find_focus(an, &r->report, args->arena, &focus));
	TRY(report_verdict(an, &r->report, &focus, o));
	TRY(report_findings(an, &r->report, o));
	if (!r->report.verbose)
		return out_heading(o, r->set ? "\n!analyze -set -v shows the evidence.\n"
					     : "\n!analyze -v shows the evidence, !explain N how to follow a finding.\n");
	TRY(report_quality(an, o));
	TRY(report_fault(an, &focus, o));
	return show_stack(s, &focus, args->arena, o);
}

struct shown_set {
	struct session *session;
	const struct args *args;
	const struct request *request;
};

static struct err *show_member(void *arg, const struct analysis *an, struct out *o)
{
	const struct shown_set *x = arg;

	return show_analysis(x->session, x->args, x->request, an, o);
}

static struct err *run_analyze(struct session *s, const struct args *args, struct out *o)
{
	CLEANUP(analysis_destroyp) struct analysis *an = NULL;
	const char *p = args->tail;
	struct request r = { 0 };

	TRY(parse(args, &p, &r));
	if (r.show)
		return show_code(s, r.show, o);
	if (r.set)
		return analyze_set(s, &r.options, show_member, &(struct shown_set){ s, args, &r }, o);
	TRY(analysis_create(session_target(s), &r.options, &an));
	return show_analysis(s, args, &r, an, o);
}

static const struct record *const analyze_records[] = {
	&report_analysis_record, &report_finding_record, &report_evidence_record, &report_quality_record,
	&report_fault_record,	 &frame_record,		 &code_record,		  &report_set_record,
	&process_record,	 NULL,
};
const struct command command_analyze = {
	.name = "!analyze",
	.summary = "say what is wrong: patterns that are recognised, with evidence",
	.usage = "[-v] [-hang] [-set] [-t name=value] | -show code",
	.help = "The verdict in a sentence, then the findings: root causes first, what follows from\n"
		"them behind them, each with how sure it is. -v shows for each finding the evidence\n"
		"(address, value, meaning and the command that shows it), the thresholds that were\n"
		"applied, what could not be read and what to do; then what the dump is, the fields\n"
		"of WinDbg's !analyze, the frame that is blamed and why, and its stack.\n"
		"-hang leaves exceptions aside and shows waits and processor time only. -t sets a\n"
		"threshold (!pattern tells them). -set looks at all processes of a set (see |)\n"
		"together, at who waits for whom from one to the other as well: a verdict on all,\n"
		"then what there is to say of each, opening all dumps. -show explains an exception\n"
		"code or signal.\n"
		"!patterns lists what can be recognised; !explain N shows how to follow a finding.",
	.records = analyze_records,
	.needs = NEEDS_TARGET,
	.run = run_analyze,
};

/* --- !explain ---------------------------------------------------------------------------------- */

static struct err *run_explain(struct session *s, const struct args *args, struct out *o)
{
	CLEANUP(analysis_destroyp) struct analysis *an = NULL;
	const char *p = args->tail;
	struct request r = { 0 };
	char *word = NULL, *end;
	unsigned long n;

	TRY(word_parse(args->arena, &p, &word));
	if (!word)
		return usage_error(args, "which finding? its number is missing");
	n = strtoul(word, &end, 10);
	if (*end)
		return usage_error(args, "'%s' is no number", word);
	TRY(parse(args, &p, &r));
	TRY(analysis_create(session_target(s), &r.options, &an));
	if (!n || n > an->n)
		return err_new(ERR_NOTFOUND, "there is no finding %lu; there are %zu", n, an->n);
	return report_explanation(an, an->findings[n - 1], o);
}

static const struct record *const explain_records[] = { &report_finding_record, &report_explanation_record, NULL };
const struct command command_explain = {
	.name = "!explain",
	.summary = "show how to follow a finding of !analyze by hand",
	.usage = "number [-t name=value]",
	.help = "The finding's criterion and its evidence as steps: what is to be seen, and the\n"
		"command that shows it here, in WinDbg and in gdb, where there is one.",
	.records = explain_records,
	.needs = NEEDS_TARGET,
	.run = run_explain,
};

/* --- !patterns, !pattern -------------------------------------------------------------------------- */

static struct err *run_patterns(struct session *s, const struct args *args, struct out *o)
{
	TRY(end_parse(args, args->tail));
	return report_catalogue(o);
}

static const struct record *const pattern_records[] = { &report_pattern_record, NULL };
const struct command command_patterns = {
	.name = "!patterns",
	.summary = "list the patterns that !analyze knows",
	.usage = "",
	.help = "Category, id and title of each, in the order in which they are tried; !pattern ID\n"
		"explains one.",
	.records = pattern_records,
	.whole_word = true,
	.run = run_patterns,
};

static struct err *run_pattern(struct session *s, const struct args *args, struct out *o)
{
	const char *p = args->tail;
	char *id = NULL;

	TRY(word_parse(args->arena, &p, &id));
	TRY(end_parse(args, p));
	if (!id)
		return usage_error(args, "which pattern? !patterns lists them");
	if (!pattern_named(id))
		return err_new(ERR_NOTFOUND, "no such pattern: '%.60s'; !patterns lists them", id);
	return report_pattern(pattern_named(id), o);
}

const struct command command_pattern = {
	.name = "!pattern",
	.summary = "explain a pattern",
	.usage = "id",
	.help = "What it is, when it is met, how it is recognised and with which thresholds, what looks\n"
		"like it and is not, and what to do.",
	.records = pattern_records,
	.whole_word = true,
	.run = run_pattern,
};
