/* SPDX-License-Identifier: MIT */
/*
 * !analyze -set: all processes of the session as one system. All dumps are opened
 * first, because who waits for whom leads from one to the other; those that
 * cannot be are told, and left out.
 */
#include "command/analyze.h"

#include "base/cancel.h"
#include "base/vec.h"
#include "command/session_impl.h"
#include "report/set.h"

#include <stdlib.h>

struct set_run {
	struct session *session;
	VEC(struct set_member) members;
	VEC(struct analysis *) analyses;
	struct process_set *set;
	size_t unopened;
};

static void set_run_deinit(struct set_run *r)
{
	for (size_t i = 0; i < r->analyses.n; i++)
		analysis_destroy(r->analyses.v[i]);
	vec_deinit(&r->analyses);
	process_set_destroy(r->set);
	vec_deinit(&r->members);
}

static struct err *open_member(struct set_run *r, size_t i)
{
	struct set_member m = { .index = i };
	struct err *e = process_target(r->session, i, &m.target);

	if (e && (err_code(e) == ERR_CANCELLED || err_code(e) == ERR_NOMEM))
		return e;
	if (e) {
		session_report(r->session, e);
		r->unopened++;
		return NULL;
	}
	m.name = process_name(r->session, i);
	m.pid = process_pid(r->session, i);
	return vec_push(&r->members, m) ? NULL : err_nomem();
}

static struct err *analyze_members(struct set_run *r, const struct analysis_options *options)
{
	for (size_t i = 0; i < r->members.n; i++) {
		struct analysis_options o = *options;
		struct analysis *an = NULL;

		TRY(cancel_check());
		o.set = r->set;
		o.member = i;
		TRY(analysis_create(r->members.v[i].target, &o, &an));
		if (!vec_push(&r->analyses, an)) {
			analysis_destroy(an);
			return err_nomem();
		}
	}
	return NULL;
}

static struct err *show_members(struct set_run *r, analyze_show_fn *show, void *arg, struct out *o)
{
	size_t old = r->session->process;
	struct err *e = NULL;

	for (size_t i = 0; i < r->members.n && !e; i++) {
		size_t process = r->members.v[i].index;

		out_set_outer_tag(o, NULL, 0);
		e = out_heading(o, "\n");
		if (!e)
			e = process_emit(r->session, process, o);
		out_set_outer_tag(o, "process", process);
		if (!e)
			e = process_switch(r->session, process);
		if (!e)
			e = show(arg, r->analyses.v[i], o);
	}
	out_set_outer_tag(o, NULL, 0);
	err_free(process_switch(r->session, old)); /* it was open */
	return e;
}

struct err *analyze_set(struct session *s, const struct analysis_options *options, analyze_show_fn *show, void *arg, struct out *o)
{
	CLEANUP(set_run_deinit) struct set_run r = { .session = s };

	for (size_t i = 0; i < process_count(s); i++)
		TRY(open_member(&r, i));
	if (!r.members.n)
		return err_new(ERR_NOTFOUND, "no dump of the set could be opened");
	TRY(process_set_create(r.members.v, r.members.n, &r.set));
	TRY(analyze_members(&r, options));
	TRY(report_set_verdict(&(struct report_set){ r.set, r.analyses.v, r.analyses.n, r.unopened }, o));
	return show_members(&r, show, arg, o);
}
