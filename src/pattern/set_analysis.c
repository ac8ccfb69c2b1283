/* SPDX-License-Identifier: MIT */
/* Analysis of a set: see set_analysis.h. */
#include "pattern/set_analysis.h"

#include "base/cancel.h"

struct err *set_analysis_add(struct set_analysis *x, const struct set_member *m)
{
	return vec_push(&x->members, *m) ? NULL : err_nomem();
}

struct err *set_analysis_run(struct set_analysis *x, const struct analysis_options *options)
{
	struct analysis_options o = *options;

	if (!x->members.n)
		return err_new(ERR_NOTFOUND, "no dump of the set could be opened");
	TRY(process_set_create(x->members.v, x->members.n, &x->set));
	o.set = x->set;
	for (size_t i = 0; i < x->members.n; i++) {
		struct analysis *an = NULL;

		TRY(cancel_check());
		o.member = i;
		TRY(analysis_create(x->members.v[i].target, &o, &an));
		if (!vec_push(&x->analyses, an)) {
			analysis_destroy(an);
			return err_nomem();
		}
	}
	return NULL;
}

void set_analysis_deinit(struct set_analysis *x)
{
	for (size_t i = 0; i < x->analyses.n; i++)
		analysis_destroy(x->analyses.v[i]);
	vec_deinit(&x->analyses);
	process_set_destroy(x->set);
	vec_deinit(&x->members);
}
