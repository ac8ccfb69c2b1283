/* SPDX-License-Identifier: MIT */
/*
 * osmodump snap --set: processes taken together, a dump of each, and the
 * manifest that says that all of them are there. What was written goes when
 * one of them fails.
 */
#include "base/cancel.h"
#include "capture/engine.h"
#include "capture/set_manifest.h"
#include "main/snap.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

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

/* All files lie in one folder, and each process has its own. */
static struct err *check_output(const struct settings *s)
{
	const char *to = s->output ? s->output : "./", *slash = strrchr(to, '/'), *brace = strchr(to, '{');
	struct stat st;

	if (strcmp(to, "-") == 0)
		return err_new(ERR_USAGE, "-o -: a set is several files: name a folder");
	if (brace && slash && brace < slash)
		return err_new(ERR_USAGE, "-o %s: all dumps of a set go into one folder: no {word} in its name", to);
	if (strstr(to, "{pid}") || (slash && !slash[1]) || (stat(to, &st) == 0 && S_ISDIR(st.st_mode)))
		return NULL;
	return err_new(ERR_USAGE, "-o %s: a set is several files: name a folder, or put {pid} into the name", to);
}

/* --- writing ---------------------------------------------------------------------------------- */

struct written {
	VEC(char *) paths;
	struct set_files *files; /* point into the paths */
};

static void written_deinit(struct written *w)
{
	for (size_t i = 0; i < w->paths.n; i++)
		free(w->paths.v[i]);
	vec_deinit(&w->paths);
	free(w->files);
}

static struct err *write_one(const struct snap_job *j, struct snapshot *s, bool mini, bool first, struct out *o,
			     struct written *w, const char **ret_name)
{
	char *path = NULL;
	struct err *e;

	TRY(cancel_check());
	if (!vec_reserve(&w->paths, w->paths.n + 1))
		return err_nomem();
	e = snap_write(j, s, mini, first, o, &path);
	if (!path)
		return e;
	(void)vec_push(&w->paths, path); /* it is there, even if it could not be told */
	*ret_name = str_basename(path);
	return e;
}

static struct err *write_all(const struct snap_job *j, struct snapshot_set *set, struct out *o, struct written *w)
{
	bool mini = j->s->mini, full = j->s->full || !mini;

	for (size_t i = 0; i < set->members.n; i++) {
		struct set_files *f = &w->files[i];

		f->file = f->mini = "";
		if (full)
			TRY(write_one(j, set->members.v[i], false, true, o, w, &f->file));
		if (mini)
			TRY(write_one(j, set->members.v[i], true, !full, o, w, full ? &f->mini : &f->file));
	}
	return NULL;
}

/* Beside the dumps, whatever their names are made of. */
static struct err *manifest_name(const struct snapshot_set *set, const struct written *w, char **ret)
{
	const struct snapshot *first = set->members.v[0];
	const char *path = w->paths.v[0], *slash = strrchr(path, '/');
	CLEANUP(strbuf_deinit) struct strbuf folder = STRBUF_INIT;
	struct sink_names names = { .name = first->facts.stat.comm, .host = first->facts.host, .trigger = "demand",
				    .kind = "set.json", .pid = first->pid, .time = set->time / 1000000000 };

	if (set->wish.kind == SET_CGROUP)
		names.name = str_basename(set->wish.cgroup);
	strbuf_add(&folder, slash ? path : "./", slash ? (size_t)(slash - path) + 1 : 2);
	TRY(strbuf_check(&folder));
	return sink_name(folder.s, &names, ret);
}

static struct err *write_set(const struct snap_job *j, struct snapshot_set *set, struct out *o, struct written *w,
			     char **ret_manifest)
{
	w->files = calloc(set->members.n, sizeof(*w->files));
	if (!w->files)
		return err_nomem();
	TRY(write_all(j, set, o, w));
	TRY(cancel_check());
	TRY(manifest_name(set, w, ret_manifest));
	return set_manifest_write(set, w->files, *ret_manifest, j->sink.replace);
}

static struct err *take_and_write(const struct snap_job *j, const struct wish *wish, struct out *o)
{
	CLEANUP(snapshot_set_destroyp) struct snapshot_set *set = NULL;
	CLEANUP(written_deinit) struct written w = { 0 };
	CLEANUP(freep) char *manifest = NULL;
	struct err *e;

	TRY(snapshot_set_take(&wish->set, &j->snapshot, &set));
	e = write_set(j, set, o, &w, &manifest);
	if (!e)
		return emit(set, manifest, o);
	for (size_t i = 0; !j->sink.keep_partial && i < w.paths.n; i++)
		(void)unlink(w.paths.v[i]);
	return j->sink.keep_partial || !w.paths.n ? e : err_prefix(e, "nothing of the set is kept");
}

static struct err *forecast(const struct snap_job *j, const struct wish *wish, struct out *o)
{
	struct pid_list pids = { 0 };
	struct err *e = set_wish_list(&wish->set, &pids);

	if (!e)
		e = snap_forecast_set(&pids, &j->snapshot, o);
	pid_list_deinit(&pids);
	return e;
}

struct err *snap_set(const struct snap_job *j, struct out *o)
{
	CLEANUP(wish_deinit) struct wish wish = { .arena = ARENA_INIT };

	TRY(read_wish(j, &wish));
	TRY(check_output(j->s));
	return j->s->dry_run ? forecast(j, &wish, o) : take_and_write(j, &wish, o);
}
