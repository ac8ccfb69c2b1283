/* SPDX-License-Identifier: MIT */
/* See set_write.h. */
#include "capture/set_write.h"
#include "base/cancel.h"
#include "base/str.h"
#include "capture/set_manifest.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* --- names ------------------------------------------------------------------------------------ */

struct err *set_write_check(const char *what, const char *to)
{
	const char *slash = strrchr(to, '/'), *brace = strchr(to, '{');
	struct stat st;

	if (strcmp(to, "-") == 0)
		return err_new(ERR_USAGE, "%s -: a set is several files: name a folder", what);
	if (brace && slash && brace < slash)
		return err_new(ERR_USAGE, "%s %s: all dumps of a set go into one folder: no {word} in its name", what, to);
	if (strstr(to, "{pid}") || (slash && !slash[1]) || (stat(to, &st) == 0 && S_ISDIR(st.st_mode)))
		return NULL;
	return err_new(ERR_USAGE, "%s %s: a set is several files: name a folder, or put {pid} into the name", what, to);
}

static struct sink_names names_of(const struct snapshot *s, const char *name, const char *trigger, const char *kind)
{
	return (struct sink_names){ .name = name, .host = s->facts.host, .trigger = trigger, .kind = kind, .pid = s->pid,
				    .time = s->time / 1000000000 };
}

struct err *snapshot_file_name(const struct snapshot *s, const char *to, const char *trigger, enum sink_packing packing,
			       bool mini, char **ret)
{
	static const char *const suffixes[] = { [SINK_PLAIN] = "core", [SINK_ZSTD] = "core.zst", [SINK_LZ4] = "core.lz4" };
	char kind[32], name[sizeof(s->facts.stat.comm)];
	struct sink_names names = names_of(s, name, trigger, kind);

	(void)snprintf(kind, sizeof(kind), "%s%s", mini ? "mini." : "", suffixes[packing]);
	(void)snprintf(name, sizeof(name), "%s", s->facts.stat.comm);
	for (char *p = name; s->set->wish.kind != SET_ONE && *p; p++) /* the manifest is UTF-8, a process's name may be anything */
		if ((unsigned char)*p >= 0x80)
			*p = '_';
	return sink_name(to, &names, ret);
}

/* Beside the dumps, whatever their names are made of. */
static struct err *manifest_name(const struct snapshot_set *set, const char *dump, const char *trigger, char **ret)
{
	const struct snapshot *first = set->members.v[0];
	const char *slash = strrchr(dump, '/');
	CLEANUP(strbuf_deinit) struct strbuf folder = STRBUF_INIT;
	struct sink_names names = names_of(first, first->facts.stat.comm, trigger, "set.json");

	names.time = set->time / 1000000000;
	if (set->wish.kind == SET_CGROUP)
		names.name = str_basename(set->wish.cgroup);
	strbuf_add(&folder, slash ? dump : "./", slash ? (size_t)(slash - dump) + 1 : 2);
	TRY(strbuf_check(&folder));
	return sink_name(folder.s, &names, ret);
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

static struct err *write_one(const struct set_writing *how, struct snapshot *s, bool mini, struct written *w,
			     const char **ret_name)
{
	CLEANUP(freep) char *path = NULL;
	bool there = false;
	struct err *e;

	TRY(cancel_check());
	if (!vec_reserve(&w->paths, w->paths.n + 1))
		return err_nomem();
	TRY(snapshot_file_name(s, how->to, how->trigger, how->packing, mini, &path));
	e = how->write(how->arg, s, mini, path, &there);
	if (!there)
		return e;
	*ret_name = str_basename(path);
	(void)vec_push(&w->paths, TAKE_PTR(path));
	return e;
}

static struct err *write_all(const struct snapshot_set *set, const struct set_writing *how, struct written *w)
{
	for (size_t i = 0; i < set->members.n; i++) {
		struct set_files *f = &w->files[i];

		f->file = f->mini = "";
		if (how->full)
			TRY(write_one(how, set->members.v[i], false, w, &f->file));
		if (how->mini)
			TRY(write_one(how, set->members.v[i], true, w, how->full ? &f->mini : &f->file));
	}
	return cancel_check();
}

static struct err *write_set(const struct snapshot_set *set, const struct set_writing *how, struct written *w,
			     char **ret_manifest)
{
	CLEANUP(freep) char *manifest = NULL;

	w->files = calloc(set->members.n, sizeof(*w->files));
	if (!w->files)
		return err_nomem();
	TRY(write_all(set, how, w));
	TRY(manifest_name(set, w->paths.v[0], how->trigger, &manifest));
	TRY(set_manifest_write(set, w->files, manifest, how->replace));
	*ret_manifest = TAKE_PTR(manifest);
	return NULL;
}

struct err *set_write(const struct snapshot_set *set, const struct set_writing *how, char **ret_manifest)
{
	CLEANUP(written_deinit) struct written w = { 0 };
	struct err *e = write_set(set, how, &w, ret_manifest);

	if (!e)
		return NULL;
	for (size_t i = 0; !how->keep_partial && i < w.paths.n; i++)
		(void)unlink(w.paths.v[i]);
	return how->keep_partial || !w.paths.n ? e : err_prefix(e, "nothing of the set is kept");
}
