/* SPDX-License-Identifier: MIT */
/*
 * osmodump snap --set: processes taken together, a dump of each, and the
 * manifest that says that all of them are there.
 */
#include "capture/engine.h"
#include "capture/set_write.h"
#include "main/snap.h"

#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

static const struct field fields[] = {
	{ "set", FIELD_STR, "tree, cgroup or list" },
	{ "root", FIELD_UINT, "of a tree: its process" },
	{ "cgroup", FIELD_STR, "its folder" },
	{ "members", FIELD_UINT, "processes" },
	{ "late", FIELD_UINT, "of them: appeared while the others were being stopped" },
	{ "engine", FIELD_STR, "how they were taken" },
	{ "engine_reason", FIELD_STR, "why so" },
	{ "consistency", FIELD_STR, "of the weakest: instantaneous, quasi-instantaneous or smeared" },
	{ "pause_ms", FIELD_FLOAT, "from the first thread stopped to the last one resumed, of all" },
	{ "skew_ms", FIELD_FLOAT, "from the first thread stopped to the last one stopped, of all" },
	{ "time", FIELD_TIME, "of the pause" },
	{ "manifest", FIELD_STR, "the file that names all dumps" },
	{ NULL },
};
const struct record snap_set_record = {
	.kind = "snapshot_set",
	.help = "With --set: what was reached",
	.fields = fields,
	.text = "Set:          {set}[ of process {root}][ {cgroup}], {members} processes[, {late} of them forked meanwhile]\n"
		"Engine:       {engine} ({engine_reason})\n"
		"Consistency:  {consistency}\n"
		"Pause:        [{pause_ms} ms, ]skew {skew_ms} ms between the first stop and the last\n"
		"Manifest:     {manifest}\n",
};

static struct err *emit(const struct snapshot_set *set, const char *manifest, struct out *o)
{
	out_begin(o, &snap_set_record);
	out_str(o, "set", set_kind_name(set->wish.kind));
	if (set->wish.kind == SET_TREE)
		out_uint(o, "root", (uint64_t)set->wish.root);
	if (set->wish.kind == SET_CGROUP)
		out_str(o, "cgroup", set->wish.cgroup);
	out_uint(o, "members", set->members.n);
	if (set->late)
		out_uint(o, "late", set->late);
	out_str(o, "engine", set->engine->name);
	out_str(o, "engine_reason", set->why);
	out_str(o, "consistency", consistency_name(set_consistency(set)));
	if (set->resumed)
		out_float(o, "pause_ms", (double)((set->resumed - set->first_stop) / 1000) / 1000);
	out_float(o, "skew_ms", (double)(set_skew(set) / 1000) / 1000);
	out_time(o, "time", set->time / 1000000000);
	out_str(o, "manifest", manifest);
	return out_end(o);
}

/* --- what is asked for ---------------------------------------------------------------------- */

struct wish {
	struct set_wish set;
	struct pid_list pids;
	struct arena arena;
};

static void wish_deinit(struct wish *w)
{
	pid_list_deinit(&w->pids);
	arena_deinit(&w->arena);
}

static struct err *read_list(const char *text, struct wish *ret)
{
	for (const char *p = text;; p++) {
		size_t n = strspn(p, "0123456789");
		char word[16] = "";
		uint64_t pid = 0;

		if (n && n < sizeof(word))
			memcpy(word, p, n);
		if (!parse_decimal(word, INT32_MAX, &pid) || !pid || (p[n] && p[n] != ','))
			return err_new(ERR_USAGE, "--set: '%s' is none of tree, cgroup, PID,PID...", text);
		if (!vec_push(&ret->pids.pids, (pid_t)pid))
			return err_nomem();
		p += n;
		if (!*p)
			break;
	}
	ret->set = (struct set_wish){ .kind = SET_LIST, .pids = ret->pids.pids.v, .n_pids = ret->pids.pids.n };
	return NULL;
}

/* Without blanks at its end, as it becomes a name too. */
static struct err *read_folder(const char *word, struct wish *ret)
{
	size_t n = strlen(word);

	while (n > 1 && word[n - 1] == '/')
		n--;
	ret->set.cgroup = arena_strndup(&ret->arena, word, n);
	return ret->set.cgroup ? NULL : err_nomem();
}

static struct err *read_wish(const struct snap_job *j, struct wish *ret)
{
	const char *word = j->s->set;

	if (strcmp(word, "tree") == 0) {
		ret->set = (struct set_wish){ .kind = SET_TREE, .root = j->pid };
		return NULL;
	}
	if (strcmp(word, "cgroup") != 0)
		return read_list(word, ret);
	ret->set.kind = SET_CGROUP;
	return j->pid ? proc_cgroup_folder(j->pid, &ret->arena, &ret->set.cgroup) : read_folder(j->s->words.v[0], ret);
}

/* --- writing ---------------------------------------------------------------------------------- */

struct writing {
	const struct snap_job *j;
	struct out *o;
	const struct snapshot *told; /* of this one it was told how it was taken */
};

static struct err *write_member(void *arg, struct snapshot *s, bool mini, const char *path, bool *ret_there)
{
	struct writing *w = arg;
	bool first = w->told != s;

	w->told = s;
	return snap_write(w->j, s, mini, first, path, w->o, ret_there);
}

/* Each member takes some. */
static void allow_many_files(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
		return;
	limit.rlim_cur = limit.rlim_max;
	if (setrlimit(RLIMIT_NOFILE, &limit) != 0) {
		/* a large set may not be taken, and says so */
	}
}

static struct err *take_and_write(const struct snap_job *j, const struct wish *wish, struct out *o)
{
	struct writing writing = { .j = j, .o = o };
	struct set_writing how = { .to = snap_output(j->s), .trigger = "demand", .packing = j->sink.packing,
				   .full = j->s->full || !j->s->mini, .mini = j->s->mini, .replace = j->sink.replace,
				   .keep_partial = j->sink.keep_partial, .write = write_member, .arg = &writing };
	CLEANUP(snapshot_set_destroyp) struct snapshot_set *set = NULL;
	CLEANUP(freep) char *manifest = NULL;

	allow_many_files();
	TRY(snapshot_set_take(&wish->set, &j->snapshot, &set));
	TRY(set_write(set, &how, &manifest));
	return emit(set, manifest, o);
}

struct err *snap_set(const struct snap_job *j, struct out *o)
{
	CLEANUP(wish_deinit) struct wish wish = { .arena = ARENA_INIT };

	TRY(read_wish(j, &wish));
	TRY(set_write_check("-o", snap_output(j->s)));
	return j->s->dry_run ? snap_forecast_set(&wish.set, &j->snapshot, o) : take_and_write(j, &wish, o);
}
