/* SPDX-License-Identifier: MIT */
/* A set from the wish for it to its end; what happens in between is take.c's. */
#include "capture/guardian.h"
#include "capture/membrane.h"
#include "capture/plan.h"
#include "capture/set_impl.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* Copying in the pause, bytes a nanosecond: a cautious figure for one thread (4 GB/s is measured). */
enum { COPY_BYTES_PER_NS = 3 };

const char *set_kind_name(enum set_kind kind)
{
	static const char *const names[] = { "process", "list", "tree", "cgroup" };

	return names[kind];
}

/* --- before ------------------------------------------------------------------------------------ */

/* The first that is forecast to serve; the forecast may be wrong, and then the others are tried. */
static struct err *choose_by_plan(struct snapshot_set *set)
{
	struct snapshot *s = set->members.v[0];
	struct plan_wish wish = { .budget_ns = set->options.budget_ns, .content = s->options.content };
	struct plan plan;

	TRY(plan_make(&s->facts, &s->before, &wish, &s->arena, &plan));
	set->engine = plan.choice ? engine_named(plan.choice) : engines[0];
	set->why = plan.choice_why;
	for (size_t i = 0; i < plan.n_engines && !plan.engines[i].serves; i++)
		set->why = arena_printf(&s->arena, "%s: %s", plan.engines[i].name, plan.engines[i].why);
	return set->why ? NULL : err_nomem();
}

/* Who stands still cannot write, and the others allocate during the pause: from our own heap, whose locks may be held. */
static struct err *choose_for_self(struct snapshot_set *set, bool any)
{
	if (!any && strcmp(set->options.engine, "clone") != 0)
		return err_new(ERR_UNSUPPORTED, "engine '%s' does not serve for a process's snapshot of itself: only 'clone' "
			       "does", set->options.engine);
	set->engine = engine_named("clone");
	set->why = any ? "the one that serves from within" : "asked for";
	return NULL;
}

static struct err *choose_engine(struct snapshot_set *set)
{
	const char *name = set->options.engine;
	bool any = !name || strcmp(name, "auto") == 0;

	if (set->options.self)
		return choose_for_self(set, any);
	set->is_auto = any;
	if (set->is_auto && set->wish.kind == SET_ONE)
		return choose_by_plan(set);
	set->engine = set->is_auto ? engines[0] : engine_named(name);
	set->why = set->is_auto ? PLAN_FIRST_FOR_ALL : "asked for";
	return set->engine ? NULL : err_new(ERR_USAGE, "no engine '%s'", name);
}

static struct err *prepare(struct snapshot_set *set)
{
	TRY(set_list(set));
	TRY(set_prepare(set));
	if (!set->members.n)
		return err_new(ERR_NOTFOUND, "no process is in %s", set->wish.kind == SET_CGROUP ? set->wish.cgroup : "the set");
	return choose_engine(set);
}

/* --- taking -------------------------------------------------------------------------------------- */

static bool idle(void *arg)
{
	struct snapshot_set *set = arg;
	bool settled = true;

	for (size_t i = 0; i < set->members.n; i++) {
		struct snapshot *s = set->members.v[i];

		if (s->stopped)
			tasks_reap(&s->tasks);
		else
			settled &= tasks_settle(&s->tasks);
	}
	return settled;
}

static void start_guardian(struct snapshot_set *set)
{
	const char *name = set->options.engine;

	if (set->options.guarded && (!name || strcmp(name, "auto") == 0 || strcmp(name, "clone") == 0))
		set->guardian = guardian_start(engine_clone_reap);
}

/* The helper's thread is one of us now. */
static struct err *run_helper(struct snapshot_set *set)
{
	enum { YAMA_DESCENDANTS = 1 };
	struct snapshot *s = set->members.v[0];
	bool yama = s->facts.ptrace_scope == YAMA_DESCENDANTS;
	struct err *e;

	TRY(snapshot_read_threads(s));
	if (yama)
		tracer_permit(set->tracer, true);
	e = tracer_run(set->tracer, set_take, set);
	if (yama)
		tracer_permit(set->tracer, false);
	return e;
}

static struct err *take(struct snapshot_set *set)
{
	struct timespec now;
	struct err *e;

	start_guardian(set);
	TRY(prepare(set));
	TRY(tracer_start(set->options.self, idle, set, &set->tracer));
	(void)clock_gettime(CLOCK_REALTIME, &now);
	set->time = (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
	TRY(set->options.self ? run_helper(set) : tracer_run(set->tracer, set_take, set));
	e = TAKE_PTR(set->result);
	for (size_t i = 0; !e && i < set->members.n; i++) {
		set->members.v[i]->time = set->time;
		snapshot_mark_stacks(set->members.v[i]);
		snapshot_judge(set->members.v[i]);
	}
	return e;
}

static struct snapshot *culprit(struct snapshot_set *set)
{
	for (size_t i = 0; i < set->members.n; i++)
		if (set->members.v[i] == set->culprit)
			return set->members.v[i];
	return NULL;
}

/* Worth another try: a process of the set executed another program meanwhile, or ended. */
static bool may_try_again(const struct snapshot_set *set, const struct snapshot *s, const struct err *e)
{
	return s && (s->program_changed ||
		     (set_may_change(set) && err_code(e) == ERR_NOTFOUND && s->pid != set->wish.root));
}

static bool keeps_shared(const char *name)
{
	const struct engine *engine = name ? engine_named(name) : NULL;

	return engine && engine->keeps_shared;
}

static struct err *take_once(const struct set_wish *wish, const struct snapshot_options *options,
			     struct snapshot_set **ret, bool *ret_again)
{
	struct snapshot_set *set = calloc(1, sizeof(*set));
	struct snapshot *s;
	struct err *e;

	if (!set)
		return err_nomem();
	set->wish = *wish;
	set->options = *options;
	if (!set->options.budget_ns)
		set->options.budget_ns = SNAPSHOT_BUDGET_NS;
	set->pool.keeps = set->pool.sharers.want_open = keeps_shared(options->engine);
	set->pool.left = set->options.budget_ns * COPY_BYTES_PER_NS;
	e = take(set);
	s = culprit(set);
	if (e && s)
		e = snapshot_explain(s, e);
	*ret_again = e && may_try_again(set, s, e);
	if (e) {
		snapshot_set_destroy(set);
		return e;
	}
	*ret = set;
	return NULL;
}

struct err *snapshot_set_take(const struct set_wish *wish, const struct snapshot_options *options,
			      struct snapshot_set **ret)
{
	enum { TRIES = 5, NAP_US = 3000 };
	bool again = false;
	struct err *e = take_once(wish, options, ret, &again);

	for (unsigned i = 1; e && again && i < TRIES; i++) {
		err_free(e);
		(void)usleep(NAP_US << i);
		e = take_once(wish, options, ret, &again);
	}
	return e;
}

/* It is a child of ours, killed with the helper at the latest. */
static void wait_for_clone(const struct snapshot_set *set)
{
	pid_t clone = set->members.n ? set->members.v[0]->clone_ns : 0;

	while (clone > 0 && waitpid(clone, NULL, __WALL) < 0 && errno == EINTR)
		;
}

void snapshot_set_destroy(struct snapshot_set *set)
{
	if (!set)
		return;
	if (set->tracer && err_ignore(tracer_run(set->tracer, set_release, set))) {
		/* the helper was killed, and with it what it held */
	}
	tracer_end(set->tracer);
	if (set->options.self)
		wait_for_clone(set);
	guardian_dismiss(set->guardian);
	while (set->members.n)
		set_drop(set, set->members.n - 1);
	vec_deinit(&set->members);
	membrane_destroy(set->membrane);
	held_pool_deinit(&set->pool);
	arena_deinit(&set->arena);
	free(set);
}

struct err *snapshot_take(pid_t pid, const struct snapshot_options *options, struct snapshot **ret)
{
	struct set_wish wish = { .kind = SET_ONE, .root = pid };
	struct snapshot_set *set;

	TRY(snapshot_set_take(&wish, options, &set));
	*ret = set->members.v[0];
	return NULL;
}

void snapshot_destroy(struct snapshot *s)
{
	if (s)
		snapshot_set_destroy(s->set);
}

/* --- what was reached ---------------------------------------------------------------------------------- */

uint64_t set_skew(const struct snapshot_set *set)
{
	return set->all_stopped - set->first_stop;
}

enum consistency set_consistency(const struct snapshot_set *set)
{
	enum consistency worst = CONSISTENCY_INSTANTANEOUS;

	for (size_t i = 0; i < set->members.n; i++)
		if (set->members.v[i]->consistency > worst)
			worst = set->members.v[i]->consistency;
	return worst;
}
