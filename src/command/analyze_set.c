/* SPDX-License-Identifier: MIT */
/*
 * !analyze -set: all processes of the session as one system. All dumps are opened
 * first, because who waits for whom leads from one to the other; those that
 * cannot be are told, and left out.
 */
#include "command/analyze.h"

#include "command/session_impl.h"
#include "report/set.h"

static struct err *open_member(struct session *s, struct set_analysis *x, size_t i)
{
	struct set_member m = { .index = i };
	struct err *e = process_target(s, i, &m.target);

	if (e && (err_code(e) == ERR_CANCELLED || err_code(e) == ERR_NOMEM))
		return e;
	if (e) {
		session_report(s, e);
		x->unopened++;
		return NULL;
	}
	m.name = process_name(s, i);
	m.pid = process_pid(s, i);
	return set_analysis_add(x, &m);
}

static struct err *show_members(struct session *s, const struct set_analysis *x, analyze_show_fn *show, void *arg,
				struct out *o)
{
	size_t old = s->process;
	struct err *e = NULL;

	for (size_t i = 0; i < x->members.n && !e; i++) {
		size_t process = x->members.v[i].index;

		out_set_outer_tag(o, NULL, 0);
		e = out_heading(o, "\n");
		if (!e)
			e = process_emit(s, process, o);
		out_set_outer_tag(o, "process", process);
		if (!e)
			e = process_switch(s, process);
		if (!e)
			e = show(arg, x->analyses.v[i], o);
	}
	out_set_outer_tag(o, NULL, 0);
	err_free(process_switch(s, old)); /* it was open */
	return e;
}

struct err *analyze_set(struct session *s, const struct analysis_options *options, analyze_show_fn *show, void *arg, struct out *o)
{
	CLEANUP(set_analysis_deinit) struct set_analysis x = { 0 };

	for (size_t i = 0; i < process_count(s); i++)
		TRY(open_member(s, &x, i));
	TRY(set_analysis_run(&x, options));
	TRY(report_set_verdict(&x, o));
	return show_members(s, &x, show, arg, o);
}
