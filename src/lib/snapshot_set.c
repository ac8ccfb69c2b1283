/* SPDX-License-Identifier: MIT */
/* Snapshots of several processes in one pause, by the public API. */
#include "lib/lib_impl.h"

#include "capture/engine.h"
#include "capture/set_write.h"

#include <stdlib.h>
#include <string.h>

static struct err *no_set(void)
{
	return err_new(ERR_USAGE, "no set was given (NULL)");
}

/* --- who is in it ------------------------------------------------------------------------------ */

static struct err *read_list(const struct osm_set_choice *c, struct arena *a, struct set_wish *ret)
{
	pid_t *pids;

	if (!c->pids || !c->pid_count || c->pid_count > SET_MOST)
		return err_new(ERR_USAGE, "osm_set_choice: a list of 1 to %d processes, please", SET_MOST);
	pids = ARENA_NEW_N(a, pid_t, c->pid_count);
	if (!pids)
		return err_nomem();
	for (size_t i = 0; i < c->pid_count; i++) {
		if (c->pids[i] <= 0)
			return err_new(ERR_USAGE, "osm_set_choice: %d is no process", c->pids[i]);
		pids[i] = c->pids[i];
	}
	*ret = (struct set_wish){ .kind = SET_LIST, .pids = pids, .n_pids = c->pid_count };
	return NULL;
}

static struct err *read_cgroup(const struct osm_set_choice *c, struct arena *a, struct set_wish *ret)
{
	*ret = (struct set_wish){ .kind = SET_CGROUP };
	if (c->cgroup) {
		ret->cgroup = arena_strdup(a, c->cgroup);
		return ret->cgroup ? NULL : err_nomem();
	}
	if (c->root <= 0)
		return err_new(ERR_USAGE, "osm_set_choice: a cgroup's folder or one of its processes, please");
	return proc_cgroup_folder(c->root, a, &ret->cgroup);
}

static struct err *read_choice(const struct osm_set_choice *from, struct arena *a, struct set_wish *ret)
{
	struct osm_set_choice c;

	if (!from)
		return err_new(ERR_USAGE, "osm_set_choice: NULL");
	TRY(take_in("osm_set_choice", from, &c, sizeof(c), sizeof(c)));
	switch (c.kind) {
	case OSM_SET_LIST:
		return read_list(&c, a, ret);
	case OSM_SET_CGROUP:
		return read_cgroup(&c, a, ret);
	case OSM_SET_TREE:
		if (c.root <= 0)
			return err_new(ERR_USAGE, "osm_set_choice: %d is no process", c.root);
		*ret = (struct set_wish){ .kind = SET_TREE, .root = c.root };
		return NULL;
	}
	return err_new(ERR_USAGE, "osm_set_choice: kind %d is not known", (int)c.kind);
}

/* --- taking ------------------------------------------------------------------------------------ */

static struct err *add_members(struct osm_snapshot_set *set)
{
	size_t n = set->set->members.n;

	set->members = calloc(n, sizeof(*set->members));
	if (!set->members)
		return err_nomem();
	for (size_t i = 0; i < n; i++) {
		struct osm_snapshot *s = &set->members[i];

		s->s = set->set->members.v[i];
		s->set = set;
		TRY(index_threads(s));
		set->n_members++;
	}
	return NULL;
}

static struct err *take_into(const struct osm_set_choice *choice, const struct osm_snapshot_options *from,
			     struct osm_snapshot_set *set)
{
	struct snapshot_options options;
	struct set_wish wish;

	TRY(read_choice(choice, &set->arena, &wish));
	TRY(snapshot_options_of(from, &options));
	TRY(snapshot_set_take(&wish, &options, &set->set));
	return add_members(set);
}

static struct err *take(const struct osm_set_choice *choice, const struct osm_snapshot_options *options,
			struct osm_snapshot_set **ret)
{
	struct osm_snapshot_set *set;
	struct err *e;

	if (!ret)
		return err_new(ERR_USAGE, "no place for the set was given (NULL)");
	set = calloc(1, sizeof(*set));
	if (!set)
		return err_nomem();
	set->arena = (struct arena)ARENA_INIT;
	atomic_init(&set->refs, 1);
	e = take_into(choice, options, set);
	if (e) {
		osm_snapshot_set_free(set);
		return e;
	}
	*ret = set;
	return NULL;
}

struct osm_error *osm_snapshot_set_take(const struct osm_set_choice *choice, const struct osm_snapshot_options *options,
					struct osm_snapshot_set **ret)
{
	return pub(take(choice, options, ret));
}

void osm_snapshot_set_ref(struct osm_snapshot_set *set)
{
	atomic_fetch_add(&set->refs, 1);
}

void osm_snapshot_set_free(struct osm_snapshot_set *set)
{
	if (!set || atomic_fetch_sub(&set->refs, 1) != 1)
		return;
	for (size_t i = 0; i < set->n_members; i++)
		free(set->members[i].threads);
	free(set->members);
	snapshot_set_destroy(set->set);
	arena_deinit(&set->arena);
	free(set->manifest);
	free(set);
}

/* --- what was reached ---------------------------------------------------------------------------- */

static enum osm_set_kind kind_of(const struct snapshot_set *n)
{
	return n->wish.kind == SET_TREE ? OSM_SET_TREE : n->wish.kind == SET_CGROUP ? OSM_SET_CGROUP : OSM_SET_LIST;
}

struct osm_error *osm_snapshot_set_info(const struct osm_snapshot_set *set, struct osm_snapshot_set_info *ret)
{
	struct osm_snapshot_set_info info;
	const struct snapshot_set *n;

	if (!set)
		return pub(no_set());
	n = set->set;
	info = (struct osm_snapshot_set_info){
		.kind = kind_of(n),
		.root = n->wish.root,
		.cgroup = n->wish.cgroup ? n->wish.cgroup : "",
		.members = set->n_members,
		.late = n->late,
		.engine = n->engine->name,
		.engine_reason = n->why,
		.consistency = (enum osm_consistency)set_consistency(n),
		.time_ns = n->time,
		.pause_ns = n->resumed ? n->resumed - n->first_stop : 0,
		.skew_ns = set_skew(n),
		.stopped = n->engine->stays_stopped,
	};
	return pub(give_out("osm_snapshot_set_info", ret, &info, sizeof(info), sizeof(info)));
}

struct osm_snapshot *osm_snapshot_set_member(const struct osm_snapshot_set *set, size_t index)
{
	return set && index < set->n_members ? &set->members[index] : NULL;
}

/* --- writing --------------------------------------------------------------------------------------- */

struct writing {
	struct osm_snapshot_set *set;
	struct osm_write_options options;
	struct osm_set_write_result result;
};

static struct osm_snapshot *member_of(struct osm_snapshot_set *set, const struct snapshot *s)
{
	for (size_t i = 0; i < set->n_members; i++)
		if (set->members[i].s == s)
			return &set->members[i];
	return NULL;
}

static struct err *write_member(void *arg, struct snapshot *s, bool mini, const char *path, bool *ret_there)
{
	struct writing *w = arg;
	struct osm_write_options options = w->options;
	struct osm_write_result one = { 0 };
	struct err *e;

	options.path = path;
	options.flags &= ~(uint32_t)OSM_WRITE_MINI;
	options.flags |= mini ? OSM_WRITE_MINI : 0;
	e = write_dump(member_of(w->set, s), &options, &one);
	*ret_there = !e;
	w->result.files += !e;
	w->result.size += one.size;
	w->result.written += one.written;
	w->result.unreadable += one.unreadable;
	w->result.nanoseconds += one.nanoseconds;
	return e;
}

static struct err *write_all(struct writing *w)
{
	bool mini = w->options.flags & OSM_WRITE_MINI, keep = w->options.flags & OSM_WRITE_KEEP_PARTIAL;
	struct sink_options to;
	struct set_writing how = { .to = w->options.path, .trigger = "library", .full = !mini, .mini = mini, .keep_partial = keep,
				   .write = write_member, .arg = w };
	char *manifest;
	struct err *e;

	TRY(sink_options_of(&w->options, &to));
	TRY(set_write_check("osm_write_options: path", how.to));
	how.packing = to.packing;
	how.replace = to.replace;
	e = set_write(w->set->set, &how, &manifest);
	if (e) {
		w->result.files = keep ? w->result.files : 0;
		return e;
	}
	free(w->set->manifest);
	w->result.manifest = w->set->manifest = manifest;
	return NULL;
}

struct osm_error *osm_snapshot_set_write(struct osm_snapshot_set *set, const struct osm_write_options *options,
					 struct osm_set_write_result *result)
{
	struct writing w = { .set = set };
	struct err *e = set ? take_in_write_options(options, &w.options) : no_set();

	if (!e && result) /* before there is a file */
		e = give_out("osm_set_write_result", result, &w.result, sizeof(w.result), sizeof(w.result));
	if (e)
		return pub(e);
	e = write_all(&w);
	if (result)
		copy_out(result, &w.result, sizeof(w.result));
	return pub(e);
}
