/* SPDX-License-Identifier: MIT */
/*
 * See manifest.h. The text is not to be trusted: sizes are bounded, and the
 * names of files lead nowhere but into the manifest's own folder.
 */
#include "format/manifest.h"
#include "format/json.h"

#include <inttypes.h>
#include <string.h>

bool manifest_probe(struct source *src)
{
	char head[64];
	size_t n = source_read_some(src, 0, head, sizeof(head));

	for (size_t i = 0; i < n; i++)
		if (!memchr(" \t\r\n", head[i], 4))
			return head[i] == '{';
	return false;
}

static struct err *copy_text(struct manifest *m, const struct jval *v, const char **ret)
{
	const char *text = jval_text(v);

	*ret = arena_strndup(&m->arena, text, strlen(text));
	return *ret ? NULL : err_nomem();
}

/* Control characters have no place in names that are printed and opened. */
static bool is_plain(const char *name)
{
	for (const char *p = name; *p; p++)
		if ((unsigned char)*p < 0x20 || *p == 0x7f || *p == '/')
			return false;
	return strlen(name) <= MANIFEST_MOST_NAME && strcmp(name, ".") != 0 && strcmp(name, "..") != 0;
}

static bool read_pid(const struct jval *v, int32_t *ret)
{
	int64_t n;

	if (!jval_s64(v, &n) || n < 0 || n > INT32_MAX)
		return false;
	*ret = (int32_t)n;
	return true;
}

static struct err *read_files(struct manifest *m, const char *name, size_t i, const struct jval *v,
			      struct manifest_member *to)
{
	TRY(copy_text(m, jval_get(v, "file"), &to->file));
	TRY(copy_text(m, jval_get(v, "mini"), &to->mini));
	if (!*to->file)
		return err_new(ERR_CORRUPT, "%s: member %zu names no file", name, i);
	if (!is_plain(to->file) || !is_plain(to->mini))
		return err_new(ERR_CORRUPT, "%s: member %zu: a dump of the set lies in the manifest's own folder, and is named "
			       "without '/' and control characters", name, i);
	return NULL;
}

static struct err *read_member(struct manifest *m, const char *name, size_t i, const struct jval *v)
{
	struct manifest_member *to = &m->members[i];
	const struct jval *consistency = jval_get(v, "consistency");

	if (!read_pid(jval_get(v, "pid"), &to->pid) || !to->pid)
		return err_new(ERR_CORRUPT, "%s: member %zu has no process id", name, i);
	for (size_t k = 0; k < i; k++)
		if (m->members[k].pid == to->pid)
			return err_new(ERR_CORRUPT, "%s: members %zu and %zu are both process %" PRId32, name, k, i, to->pid);
	(void)read_pid(jval_get(v, "ppid"), &to->ppid);
	(void)jval_u64(jval_get(v, "pause_ns"), &to->pause_ns);
	TRY(copy_text(m, jval_get(v, "name"), &to->name));
	TRY(copy_text(m, jval_get(v, "engine"), &to->engine));
	TRY(copy_text(m, jval_get(consistency, "level"), &to->consistency));
	TRY(copy_text(m, jval_get(consistency, "why"), &to->consistency_why));
	return read_files(m, name, i, v, to);
}

static struct err *read_members(struct manifest *m, const char *name, const struct jval *v)
{
	size_t n = jval_count(v);

	if (!n)
		return err_new(ERR_CORRUPT, "%s: the set has no members", name);
	if (n > MANIFEST_MOST_MEMBERS)
		return err_new(ERR_UNSUPPORTED, "%s: %zu members, %d are read", name, n, MANIFEST_MOST_MEMBERS);
	m->members = ARENA_NEW_N(&m->arena, struct manifest_member, n);
	if (!m->members)
		return err_nomem();
	m->n_members = n;
	for (size_t i = 0; i < n; i++)
		TRY(read_member(m, name, i, jval_at(v, i)));
	return NULL;
}

static struct err *read_head(struct manifest *m, const char *name, const struct jval *root)
{
	const struct jval *set = jval_get(root, "set"), *start = jval_get(root, "start"), *tool = jval_get(root, "tool");
	uint64_t format, n;

	if (strcmp(jval_text(jval_get(root, "type")), MANIFEST_TYPE) != 0)
		return err_new(ERR_CORRUPT, "%s: neither a dump nor the manifest of a set (no type \"" MANIFEST_TYPE "\")", name);
	if (!jval_u64(jval_get(root, "format"), &format) || !format)
		return err_new(ERR_CORRUPT, "%s: the manifest does not tell its format", name);
	if (format > MANIFEST_FORMAT)
		return err_new(ERR_UNSUPPORTED, "%s: manifest of format %" PRIu64 ", %d is read", name, format, MANIFEST_FORMAT);
	TRY(copy_text(m, jval_get(set, "kind"), &m->kind));
	TRY(copy_text(m, jval_get(set, "cgroup"), &m->cgroup));
	TRY(copy_text(m, jval_get(jval_get(root, "consistency"), "level"), &m->consistency));
	(void)read_pid(jval_get(set, "root"), &m->root);
	(void)jval_u64(jval_get(start, "seconds"), &m->start_seconds);
	if (jval_u64(jval_get(start, "nanoseconds"), &n) && n < 1000000000)
		m->start_nanoseconds = (uint32_t)n;
	(void)jval_u64(jval_get(root, "skew_ns"), &m->skew_ns);
	(void)jval_u64(jval_get(root, "pause_ns"), &m->pause_ns);
	(void)jval_u64(jval_get(root, "late"), &m->late);
	m->tool = arena_printf(&m->arena, "%s %s", jval_text(jval_get(tool, "name")), jval_text(jval_get(tool, "version")));
	return m->tool ? NULL : err_nomem();
}

static struct err *parse(struct source *src, struct manifest *m)
{
	CLEANUP(jdoc_freep) struct jdoc *doc = NULL;
	CLEANUP(view_deinit) struct view view = VIEW_INIT;

	if (src->size > MANIFEST_MOST_BYTES)
		return err_new(ERR_UNSUPPORTED, "%s: a manifest of %" PRIu64 " bytes, %d are read", src->name, src->size,
			       MANIFEST_MOST_BYTES);
	TRY(source_view(src, 0, src->size, &view));
	TRY(jdoc_parse(src->name, view.data, view.size, 0, &doc));
	TRY(read_head(m, src->name, jdoc_root(doc)));
	return read_members(m, src->name, jval_get(jdoc_root(doc), "members"));
}

struct err *manifest_parse(struct source *src, struct manifest *ret)
{
	struct manifest m = { .arena = ARENA_INIT };
	struct err *e = parse(src, &m);

	if (e) {
		manifest_deinit(&m);
		return e;
	}
	*ret = m;
	return NULL;
}

void manifest_deinit(struct manifest *m)
{
	arena_deinit(&m->arena);
	*m = (struct manifest){ .arena = ARENA_INIT };
}
