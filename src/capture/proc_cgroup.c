/* SPDX-License-Identifier: MIT */
/*
 * The cgroup of a process and how much memory it may still take. Limits hold
 * for a cgroup with all below it, so that the one that counts may be an
 * ancestor's: the level with the least room left is told.
 *
 * /proc/PID/cgroup has a line "id:controllers:/path" per hierarchy, "0::/path"
 * for version 2. Where a hierarchy is mounted says /proc/self/mountinfo:
 * "36 35 0:31 /root /mount/point options [tags] - cgroup2 source options".
 *
 * Sources: cgroups(7), kernel Documentation/admin-guide/cgroup-v2.rst and
 * cgroup-v1/memory.rst, proc(5) on mountinfo.
 */
#include "capture/proc_impl.h"
#include "base/str.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { MAX_PATH = 4096, MAX_LEVELS = 64 };

struct hierarchy {
	char mount[MAX_PATH], root[MAX_PATH];
	bool found;
};

static void copy_word(struct scan *s, char (*to)[MAX_PATH])
{
	size_t len;
	const char *p = scan_word(s, &len);

	len = len < sizeof(*to) - 1 ? len : sizeof(*to) - 1;
	memcpy(*to, p, len);
	(*to)[len] = '\0';
}

/* The last word of the line lists "memory" among others. */
static bool has_memory(const struct scan *s)
{
	const char *p = s->p;

	while ((p = memmem(p, (size_t)(s->end - p), "memory", 6)) != NULL) {
		if ((p[-1] == ',' || p[-1] == ' ') && (p + 6 == s->end || p[6] == ','))
			return true;
		p += 6;
	}
	return false;
}

struct hierarchies {
	struct hierarchy v2, v1;
};

static struct err *mount_line(void *arg, const struct line *line)
{
	struct hierarchies *h = arg;
	struct hierarchy *to = NULL;
	struct scan s = scan_line(line), tail;
	const char *dash = memmem(line->s, line->len, " - ", 3);

	if (!dash)
		return NULL;
	tail = scan_init(dash + 3, (size_t)(line->s + line->len - dash - 3));
	if (scan_prefix(&tail, "cgroup2 "))
		to = &h->v2;
	else if (scan_prefix(&tail, "cgroup ") && has_memory(&tail))
		to = &h->v1;
	if (!to || to->found)
		return NULL;
	scan_skip(&s, 3);
	copy_word(&s, &to->root);
	copy_word(&s, &to->mount);
	to->found = true;
	return NULL;
}

/* Path of the process in a hierarchy, from the text of its cgroup file. */
static const char *path_in(struct arena *a, const char *text, bool v2)
{
	for (const char *p = text; p && *p; p = strchr(p, '\n') ? strchr(p, '\n') + 1 : NULL) {
		const char *end = strchrnul(p, '\n'), *colon = memchr(p, ':', (size_t)(end - p));
		const char *path = colon ? memchr(colon + 1, ':', (size_t)(end - colon - 1)) : NULL;
		size_t n;

		if (!path)
			continue;
		n = (size_t)(path - colon - 1);
		if (v2 ? !n : memmem(colon + 1, n, "memory", 6) != NULL)
			return arena_strndup(a, path + 1, (size_t)(end - path - 1));
	}
	return NULL;
}

static uint64_t number_in(const char *folder, const char *file)
{
	char path[2 * MAX_PATH + 64];

	(void)snprintf(path, sizeof(path), "%s/%s", folder, file);
	return proc_number(path, UINT64_MAX);
}

static uint64_t room(uint64_t max, uint64_t current)
{
	if (max == UINT64_MAX || current == UINT64_MAX)
		return UINT64_MAX;
	return max > current ? max - current : 0;
}

/* Version 1 says "no limit" as a number near 2^63. */
static uint64_t limit_of(const char *folder, bool v2)
{
	uint64_t v = number_in(folder, v2 ? "memory.max" : "memory.limit_in_bytes");

	return !v2 && v >= UINT64_C(0x7ffffffffffff000) ? UINT64_MAX : v;
}

struct cache {
	bool v2;
	uint64_t bytes;
};

/* memory.stat: version 1 has the sums of all below under names of their own. */
static struct err *stat_line(void *arg, const struct line *line)
{
	struct cache *c = arg;
	struct scan s = scan_line(line);

	if (!c->v2 && !scan_prefix(&s, "total_"))
		return NULL;
	if (scan_prefix(&s, "inactive_file ") || scan_prefix(&s, "active_file "))
		c->bytes += scan_u64(&s);
	return NULL;
}

static uint64_t cache_of(const char *folder, bool v2)
{
	char path[2 * MAX_PATH + 64];
	struct cache c = { v2, 0 };

	(void)snprintf(path, sizeof(path), "%s/memory.stat", folder);
	return err_ignore(proc_each_line(path, stat_line, &c)) ? 0 : c.bytes;
}

static void take_level(const char *folder, bool v2, bool first, struct proc_facts *f)
{
	uint64_t max = limit_of(folder, v2);
	uint64_t current = number_in(folder, v2 ? "memory.current" : "memory.usage_in_bytes");

	if (first || room(max, current) < room(f->memory_max, f->memory_current)) {
		f->memory_max = max;
		f->memory_current = current;
		f->memory_cache = cache_of(folder, v2);
	}
}

/* False: too long. */
static bool folder_of(const struct hierarchy *h, const char *path, char (*ret)[2 * MAX_PATH])
{
	size_t root = strlen(h->root);

	/* Inside a container the mount may show a part of the hierarchy only. */
	if (root > 1 && !strncmp(path, h->root, root))
		path += root;
	return (size_t)snprintf(*ret, sizeof(*ret), "%s%s", h->mount, path) < sizeof(*ret);
}

/* From the process's own folder up to the mount. */
static void read_levels(const struct hierarchy *h, const char *path, bool v2, struct proc_facts *f)
{
	char folder[2 * MAX_PATH];
	size_t base = strlen(h->mount);

	if (!folder_of(h, path, &folder))
		return;
	for (unsigned i = 0; i < MAX_LEVELS; i++) {
		char *slash = strrchr(folder, '/');

		take_level(folder, v2, !i, f);
		if (!slash || (size_t)(slash - folder) < base)
			return;
		*slash = '\0';
	}
}

static struct err *find_mounts(struct arena *a, struct hierarchies **ret)
{
	struct hierarchies *h = ARENA_NEW(a, struct hierarchies);
	struct err *e;

	if (!h)
		return err_nomem();
	e = proc_each_line("/proc/self/mountinfo", mount_line, h);
	if (e && err_code(e) == ERR_NOMEM)
		return e;
	err_free(e);
	*ret = h;
	return NULL;
}

static struct err *limits(struct proc_facts *f, const char *v2, const char *v1)
{
	struct hierarchies *h;

	TRY(find_mounts(&f->arena, &h));
	if (v1 && h->v1.found) /* then version 2 has no memory controller */
		read_levels(&h->v1, v1, false, f);
	else if (v2 && h->v2.found)
		read_levels(&h->v2, v2, true, f);
	return NULL;
}

struct err *proc_cgroup_facts(pid_t pid, struct proc_facts *f)
{
	char path[PROC_PATH];
	const char *text, *v2, *v1;

	(void)snprintf(path, sizeof(path), "/proc/%d/cgroup", (int)pid);
	TRY(proc_text(path, &f->arena, &text));
	v2 = path_in(&f->arena, text, true);
	v1 = path_in(&f->arena, text, false);
	f->cgroup = v2 && !v1 ? v2 : text;
	return limits(f, v2, v1);
}

struct err *proc_cgroup_folder(pid_t pid, struct arena *a, const char **ret)
{
	char file[PROC_PATH], folder[2 * MAX_PATH];
	struct hierarchies *h;
	const char *text, *path;
	struct proc_stat st;

	TRY(proc_stat_read(pid, 0, &st));
	(void)snprintf(file, sizeof(file), "/proc/%d/cgroup", (int)pid);
	TRY(proc_text(file, a, &text));
	TRY(find_mounts(a, &h));
	path = path_in(a, text, true);
	if (!path || !h->v2.found || !folder_of(&h->v2, path, &folder))
		return err_new(ERR_UNSUPPORTED, "process %d is in no cgroup of version 2 that is mounted here", (int)pid);
	*ret = arena_strndup(a, folder, strlen(folder));
	return *ret ? NULL : err_nomem();
}
