/* SPDX-License-Identifier: MIT */
/*
 * How a set is taken, in the tracer's thread: each phase for all members before
 * the next one begins. What is slow is done before the pause, as far as the
 * members are known by then; those that appear during it, and those that
 * executed another program, are looked at while all stand still.
 */
#include "capture/phase.h"
#include "capture/set_impl.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { ROUNDS_BEFORE = 3, ROUNDS_AHEAD = 64, ROUNDS_MOST = 1000 };

typedef struct err *member_fn(struct snapshot *s);

static struct err *for_each(struct snapshot_set *set, size_t first, member_fn *fn)
{
	for (size_t i = first; i < set->members.n; i++) {
		set->culprit = set->members.v[i];
		TRY(fn(set->members.v[i]));
	}
	set->culprit = NULL;
	return NULL;
}

/* The same; members that have ended are left out, where that may be. Not once they were captured: then one is missing. */
static struct err *for_those_left(struct snapshot_set *set, size_t first, member_fn *fn)
{
	for (size_t i = first; i < set->members.n;) {
		struct err *e = fn(set->members.v[i]);

		if (e && set_may_drop(set, i, e)) {
			err_free(e);
			if (set->members.v[i]->engine)
				set->members.v[i]->engine->release(set->members.v[i]);
			set_drop(set, i);
			continue;
		}
		set->culprit = set->members.v[i];
		TRY(e);
		i++;
	}
	set->culprit = NULL;
	return NULL;
}

static struct err *make_room(struct snapshot_set *set)
{
	size_t n = set->members.n;
	CLEANUP(freep) struct held **v = calloc(n + 1, sizeof(struct held *));

	if (!v)
		return err_nomem();
	for (size_t i = 0; i < n; i++) {
		v[i] = &set->members.v[i]->held;
		held_choose_kept(v[i], set_is_member, set);
		held_choose_still(v[i]);
	}
	return held_make_room(v, n, &set->pool);
}

/* --- before the pause ---------------------------------------------------------------------------- */

static struct err *prepare(struct snapshot *s)
{
	return s->prepared ? NULL : snapshot_prepare(s);
}

/* One that is about to end or to execute another program makes no sense now: in the pause it will. */
static struct err *prepare_or_postpone(struct snapshot *s)
{
	struct err *e = prepare(s);

	if (!e || !set_may_change(s->set) || s->pid == s->set->wish.root || err_code(e) == ERR_NOMEM ||
	    err_code(e) == ERR_CANCELLED)
		return e;
	err_free(e);
	snapshot_forget(s);
	return NULL;
}

struct err *set_prepare(struct snapshot_set *set)
{
	TRY(for_those_left(set, 0, prepare_or_postpone));
	sharers_find(&set->pool.sharers);
	return make_room(set);
}

static struct err *check(struct snapshot *s)
{
	s->engine = s->set->engine;
	s->why = s->set->why;
	return s->prepared && s->engine->check ? s->engine->check(s) : NULL;
}

/* Those that are not held yet, nor were. */
static struct err *check_and_seize(struct snapshot *s)
{
	if (s->tasks.v.n || s->let_go)
		return NULL;
	TRY(check(s));
	return engine_seize(s);
}

/* Some rounds for those that appear while we look at the others; the pause does the rest. */
static struct err *prepare_new(struct snapshot_set *set)
{
	for (unsigned i = 0; set_may_change(set) && i < ROUNDS_BEFORE; i++) {
		size_t known = set->members.n;

		TRY(set_list(set));
		if (set->members.n == known)
			break;
		TRY(set_prepare(set));
		TRY(for_those_left(set, 0, check_and_seize));
	}
	return NULL;
}

/* --- ahead of the pause ----------------------------------------------------------------------------- */

void set_let_run(struct snapshot_set *set)
{
	static const uint64_t often = 500000;
	uint64_t now = clock_ns();

	if (now - set->let_run < often)
		return;
	set->let_run = now;
	for (size_t i = 0; i < set->members.n; i++) {
		struct tasks *t = &set->members.v[i]->tasks;

		tasks_let_run(t);
		(void)tasks_settle(t);
	}
}

/* What was done for one that executes another program meanwhile is in vain, and the pause has to do without. */
static struct err *ahead(struct snapshot *s)
{
	struct err *e;

	s->more_ahead = false;
	if (!s->prepared)
		return NULL;
	s->rounds_ahead++;
	e = s->engine->ahead(s);
	if (!e || s->set->wish.kind == SET_ONE || err_code(e) == ERR_NOMEM || err_code(e) == ERR_CANCELLED ||
	    engine_same_program(s))
		return e;
	err_free(e);
	snapshot_forget(s);
	return NULL;
}

static struct err *begin_ahead(struct snapshot *s)
{
	return s->rounds_ahead ? NULL : ahead(s);
}

static bool wants_more(const struct snapshot_set *set)
{
	for (size_t i = 0; i < set->members.n; i++)
		if (set->members.v[i]->more_ahead)
			return true;
	return false;
}

/* All at once, before the first is held again: some may have to be waited for. */
static struct err *forget_tasks(struct snapshot *s)
{
	if (s->let_go) {
		tasks_deinit(&s->tasks);
		s->tasks = (struct tasks){ 0 };
	}
	return NULL;
}

static struct err *seize_again(struct snapshot *s)
{
	return s->let_go ? engine_seize(s) : NULL;
}

/* Those that appear in the first rounds, which are the longest, have a part in the others. */
static struct err *work_ahead(struct snapshot_set *set)
{
	if (!set->engine->ahead)
		return NULL;
	TRY(for_those_left(set, 0, begin_ahead));
	for (unsigned i = 0; i < ROUNDS_AHEAD && wants_more(set); i++) {
		TRY(for_those_left(set, 0, ahead));
		if (i >= ROUNDS_BEFORE)
			continue;
		TRY(prepare_new(set));
		TRY(for_those_left(set, 0, begin_ahead));
	}
	TRY(for_those_left(set, 0, forget_tasks));
	TRY(prepare_new(set));
	return for_those_left(set, 0, seize_again);
}

/* --- stopping ---------------------------------------------------------------------------------------- */

static struct err *interrupt(struct snapshot *s)
{
	engine_interrupt(s);
	return NULL;
}

static struct err *seize_and_halt(struct snapshot *s)
{
	TRY(engine_seize(s));
	return engine_halt(s);
}

/* Forked between listing and stopping: who stands still forks no more. */
static struct err *halt_late(struct snapshot_set *set)
{
	for (unsigned i = 0; set_may_change(set) && i < ROUNDS_MOST; i++) {
		size_t known = set->members.n;

		TRY(set_list(set));
		if (set->members.n == known)
			break;
		TRY(for_those_left(set, known, seize_and_halt));
	}
	return NULL;
}

static struct err *halt_all(struct snapshot_set *set)
{
	size_t known;

	task_hurry(HURRY);
	set->first_stop = clock_ns();
	set->resumed = 0;
	TRY(for_those_left(set, 0, interrupt));
	TRY(for_those_left(set, 0, engine_halt));
	known = set->members.n;
	TRY(halt_late(set));
	set->late = set->members.n - known;
	set->all_stopped = clock_ns();
	if (set_may_change(set)) /* those that were seen before and are none of it may have ended */
		sharers_forget_ended(&set->pool.sharers);
	return set->members.n ? NULL : err_new(ERR_NOTFOUND, "no process of the set is left");
}

/* --- the pause -------------------------------------------------------------------------------------------- */

/* What was read before is of another program: a single process is begun anew, to keep its pause short. */
static struct err *check_program(struct snapshot *s)
{
	struct err *e = engine_check_program(s);

	if (!e || s->set->wish.kind == SET_ONE)
		return e;
	err_free(e);
	snapshot_forget(s);
	return NULL;
}

/* Members that came late, that executed another program, or that were just doing so. */
static struct err *prepare_late(struct snapshot_set *set)
{
	TRY(for_those_left(set, 0, check_program));
	if (set->wish.kind == SET_ONE)
		return NULL;
	TRY(for_those_left(set, 0, prepare));
	TRY(make_room(set));
	return for_those_left(set, 0, check);
}

static struct err *capture(struct snapshot *s)
{
	return s->engine->capture(s);
}

static struct err *copy(struct snapshot *s)
{
	uint64_t began = clock_ns();

	held_copy(&s->held, s->set->copy_until);
	s->pause.copy += clock_ns() - began;
	return NULL;
}

static struct err *in_pause(struct snapshot_set *set)
{
	TRY(halt_all(set));
	TRY(prepare_late(set));
	task_hurry(HURRY_MOST);
	phase("stopped");
	TRY(for_each(set, 0, engine_registers));
	phase("registers read");
	TRY(for_each(set, 0, capture));
	if (!set->engine->copies_held)
		return NULL;
	set->copy_until = clock_ns() + set->options.budget_ns;
	TRY(for_each(set, 0, copy));
	phase("copied");
	return NULL;
}

static void resume_all(struct snapshot_set *set)
{
	for (size_t i = 0; i < set->members.n; i++)
		engine_resume(set->members.v[i]);
	set->resumed = clock_ns();
	task_hurry(HURRY_NOT);
	phase("resumed");
}

static struct err *finish(struct snapshot *s)
{
	return s->engine->finish ? s->engine->finish(s) : NULL;
}

static struct err *by_phases(struct snapshot_set *set)
{
	struct err *e = for_those_left(set, 0, check_and_seize);

	if (!e)
		e = prepare_new(set);
	if (!e)
		e = work_ahead(set);
	if (!e)
		e = in_pause(set);
	if (e || !set->engine->stays_stopped)
		resume_all(set);
	return e ? e : for_each(set, 0, finish);
}

/* --- engines ------------------------------------------------------------------------------------------------ */

static struct err *take_with_engine(struct snapshot_set *set)
{
	struct err *e = by_phases(set);

	if (e)
		for (size_t i = 0; i < set->members.n; i++)
			set->engine->release(set->members.v[i]);
	return e;
}

/* Another engine may still do it: this one cannot, or the process has no room for a clone. */
static bool may_go_on(const struct snapshot_set *set, const struct err *e)
{
	int error = err_errno(e);

	return set->is_auto && (err_code(e) == ERR_UNSUPPORTED || error == ENOMEM || error == EAGAIN || error == EPERM ||
				error == ENOSYS);
}

/* With auto the engines are tried in the order of their list; the reason tells why not the one before. */
static struct err *take_with_some_engine(struct snapshot_set *set)
{
	const struct engine *first = set->engine;
	struct err *e = take_with_engine(set);

	for (size_t i = 0; e && engines[i] && may_go_on(set, e); i++) {
		if (engines[i] == first || engines[i]->on_request)
			continue;
		set->why = arena_printf(&set->arena, "%s: %s", set->engine->name, err_message(e));
		err_free(e);
		if (!set->why)
			return err_nomem();
		for (size_t k = 0; k < set->members.n; k++)
			snapshot_start_over(set->members.v[k]);
		held_pool_reset(&set->pool);
		set->engine = engines[i];
		e = take_with_engine(set);
	}
	return e;
}

void set_take(void *arg)
{
	struct snapshot_set *set = arg;

	set->result = take_with_some_engine(set);
}

void set_release(void *arg)
{
	struct snapshot_set *set = arg;

	task_hurry(HURRY); /* threads may be borrowed */
	for (size_t i = 0; i < set->members.n; i++)
		if (set->members.v[i]->engine)
			set->members.v[i]->engine->release(set->members.v[i]);
}
