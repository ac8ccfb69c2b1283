/* SPDX-License-Identifier: MIT */
/*
 * Debug files of Linux kernels and their modules, where distributions and those
 * who build kernels have them. The build id decides; names only lead to files.
 *
 *	kernel		dir/.build-id/ab/cdef.debug, dir/vmlinux, dir/vmlinux-RELEASE,
 *			dir/boot/vmlinux-RELEASE, dir/lib/modules/RELEASE/[build/]vmlinux
 *	module		dir/.build-id/ab/cdef.debug, dir/NAME.ko[.debug],
 *			dir/lib/modules/RELEASE/.../NAME.ko[.debug]
 *
 * each also below dir/usr/lib/debug. A dir of the path may be the file itself.
 */
#include "symbol/store_impl.h"

#include "base/cancel.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum {
	MAX_TREE_DEPTH = 12,	/* kernel/drivers/net/ethernet/... */
	MAX_TREE_ENTRIES = 1 << 18,
	MAX_TREES = 64,
};

/* The modules' files below one folder, by the name that the kernel gives the module. */
struct kernel_tree {
	struct arena arena;
	const char *dir;
	struct strmap files;	/* name -> path */
	unsigned entries;
};

static bool is_kernel(const struct search *q)
{
	return !strcmp(q->name, "vmlinux");
}

/* --- modules' files by name ------------------------------------------------------------ */

/* "snd-hda-intel.ko.debug" is of module snd_hda_intel; false: no module's file. */
static bool module_name_of(const char *file, struct strbuf *sb)
{
	const char *end = strstr(file, ".ko");

	if (!end || end == file || (end[3] && strcmp(end + 3, ".debug") != 0))
		return false;
	for (const char *p = file; p < end; p++)
		strbuf_addc(sb, *p == '-' ? '_' : *p);
	return !sb->failed;
}

/* A .debug file beside or behind the module itself is the better one. */
static struct err *keep_file(struct kernel_tree *t, const char *path)
{
	CLEANUP(strbuf_deinit) struct strbuf name = STRBUF_INIT;
	const char *had, *key, *copy;

	if (!module_name_of(str_basename(path), &name))
		return strbuf_check(&name);
	had = strmap_get(&t->files, name.s);
	if (had && !str_ends_nocase(path, ".debug"))
		return NULL;
	key = arena_strdup(&t->arena, name.s);
	copy = arena_strdup(&t->arena, path);
	return key && copy && strmap_put(&t->files, key, (void *)(uintptr_t)copy) ? NULL : err_nomem();
}

static struct err *walk(struct kernel_tree *t, const char *dir, unsigned depth);

/* Links are not followed: the tree of a release has none among its folders but those to sources. */
static struct err *walk_entry(struct kernel_tree *t, const char *path, unsigned depth)
{
	struct stat st;

	if (lstat(path, &st) < 0)
		return NULL;
	if (S_ISDIR(st.st_mode))
		return depth < MAX_TREE_DEPTH ? walk(t, path, depth + 1) : NULL;
	return keep_file(t, path);
}

static struct err *walk(struct kernel_tree *t, const char *dir, unsigned depth)
{
	DIR *d = opendir(dir);
	struct dirent *e;
	struct err *err = NULL;

	while (d && !err && t->entries < MAX_TREE_ENTRIES && (e = readdir(d))) {
		CLEANUP(strbuf_deinit) struct strbuf path = STRBUF_INIT;

		t->entries++;
		if (*e->d_name == '.')
			continue;
		strbuf_addf(&path, "%s/%s", dir, e->d_name);
		err = strbuf_check(&path);
		if (!err)
			err = cancel_check();
		if (!err)
			err = walk_entry(t, path.s, depth);
	}
	if (d)
		(void)closedir(d);
	return err;
}

static void tree_free(struct kernel_tree *t)
{
	strmap_deinit(&t->files);
	arena_deinit(&t->arena);
	free(t);
}

void store_kernel_end(struct symbol_store *s)
{
	for (size_t i = 0; i < s->trees.n; i++)
		tree_free(s->trees.v[i]);
	vec_deinit(&s->trees);
}

/* Reads the folder when it is first asked for. */
static struct err *tree_of(struct symbol_store *s, const char *dir, struct kernel_tree **ret)
{
	struct kernel_tree *t;
	struct err *e;

	for (size_t i = 0; i < s->trees.n; i++)
		if (!strcmp(s->trees.v[i]->dir, dir)) {
			*ret = s->trees.v[i];
			return NULL;
		}
	if (s->trees.n == MAX_TREES)
		return err_new(ERR_NOTFOUND, "%s: too many folders", dir);
	t = calloc(1, sizeof(*t));
	if (!t)
		return err_nomem();
	arena_init(&t->arena);
	t->dir = arena_strdup(&t->arena, dir);
	e = t->dir ? walk(t, dir, 0) : err_nomem();
	if (!e && !vec_push(&s->trees, t))
		e = err_nomem();
	if (e) {
		tree_free(t);
		return e;
	}
	*ret = t;
	return NULL;
}

static struct err *probe_tree(struct search *q, const char *dir)
{
	struct kernel_tree *t = NULL;
	const char *path;

	if (q->found.path || !store_is_folder(dir))
		return NULL;
	TRY(tree_of(q->s, dir, &t));
	path = strmap_get(&t->files, q->name);
	return path ? search_try(q, path, "modules of the release") : NULL;
}

/* --- candidates ------------------------------------------------------------------------- */

static struct err *probef(struct search *q, const char *rule, const char *fmt, ...) PRINTF(3, 4);
static struct err *probef(struct search *q, const char *rule, const char *fmt, ...)
{
	CLEANUP(strbuf_deinit) struct strbuf path = STRBUF_INIT;
	va_list ap;

	if (q->found.path)
		return NULL;
	va_start(ap, fmt);
	strbuf_vaddf(&path, fmt, ap);
	va_end(ap);
	TRY(strbuf_check(&path));
	TRY(cancel_check());
	return search_try(q, path.s, rule);
}

static struct err *probe_id(struct search *q, const char *dir)
{
	CLEANUP(strbuf_deinit) struct strbuf hex = STRBUF_INIT;

	for (size_t i = 0; i < q->r->build_id_size; i++)
		strbuf_addf(&hex, "%02x", q->r->build_id[i]);
	TRY(strbuf_check(&hex));
	return hex.len > 2 ? probef(q, "build id", "%s/.build-id/%.2s/%s.debug", dir, hex.s, hex.s + 2) : NULL;
}

/* `flat`: files may lie in the folder itself. */
static struct err *probe_kernel_in(struct search *q, const char *dir, bool flat)
{
	const char *release = q->r->release;

	if (flat) {
		TRY(probef(q, "folder", "%s/vmlinux", dir));
		TRY(probef(q, "folder", "%s/vmlinux-%s", dir, release));
	}
	TRY(probef(q, "release", "%s/boot/vmlinux-%s", dir, release));
	TRY(probef(q, "release", "%s/lib/modules/%s/vmlinux", dir, release));
	return probef(q, "release", "%s/lib/modules/%s/build/vmlinux", dir, release);
}

/* Files are named with - where modules have _, or are not. */
static struct err *probe_module_in(struct search *q, const char *dir, bool flat)
{
	CLEANUP(strbuf_deinit) struct strbuf dashed = STRBUF_INIT, tree = STRBUF_INIT;
	const char *names[2] = { q->name, NULL };

	for (const char *p = q->name; *p; p++)
		strbuf_addc(&dashed, *p == '_' ? '-' : *p);
	strbuf_addf(&tree, "%s/lib/modules/%s", dir, q->r->release);
	TRY(strbuf_check(&dashed));
	TRY(strbuf_check(&tree));
	names[1] = dashed.s;
	for (size_t i = 0; flat && i < ARRAY_SIZE(names) && (!i || strcmp(names[0], names[1]) != 0); i++) {
		TRY(probef(q, "folder", "%s/%s.ko.debug", dir, names[i]));
		TRY(probef(q, "folder", "%s/%s.ko", dir, names[i]));
	}
	return probe_tree(q, tree.s);
}

static struct err *probe_in(struct search *q, const char *dir, bool flat)
{
	if (q->found.path)
		return NULL;
	TRY(probe_id(q, dir));
	return is_kernel(q) ? probe_kernel_in(q, dir, flat) : probe_module_in(q, dir, flat);
}

/* A file that the path names: the kernel's unless its name is a module's. */
static struct err *probe_file(struct search *q, const char *path)
{
	CLEANUP(strbuf_deinit) struct strbuf name = STRBUF_INIT;
	bool is_module = module_name_of(str_basename(path), &name);

	TRY(strbuf_check(&name));
	if (is_module ? strcmp(name.s, q->name) != 0 : !is_kernel(q))
		return NULL;
	return search_try(q, path, "file");
}

struct err *store_probe_kernel(struct search *q, const char *dir, bool given)
{
	CLEANUP(strbuf_deinit) struct strbuf debug = STRBUF_INIT;

	if (given && store_is_file(dir))
		return probe_file(q, dir);
	if (!store_safe_name(q->r->release))
		return search_note(q, dir, "release", SYMBOL_ABSENT, "the dump's release is no file name");
	strbuf_addf(&debug, "%s%susr/lib/debug", dir, str_ends_nocase(dir, "/") ? "" : "/");
	TRY(strbuf_check(&debug));
	/* beside the files of the system itself there are only those without debug information */
	if (given)
		TRY(probe_in(q, dir, true));
	return probe_in(q, debug.s, false);
}
