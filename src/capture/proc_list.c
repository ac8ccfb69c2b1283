/* SPDX-License-Identifier: MIT */
/*
 * Lists of processes and threads. A process that goes while we look is left
 * out; one that comes may be.
 */
#include "capture/proc_impl.h"
#include "base/cancel.h"
#include "base/str.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MAX_DEPTH = 64 }; /* of cgroup folders */

/* The new list grows behind the old one, so that a failure leaves *ret as it was. */
struct growing {
	struct pid_list *list;
	size_t old;
};

static struct growing grow_from(struct pid_list *list)
{
	return (struct growing){ .list = list, .old = list->pids.n };
}

static struct err *finish(struct growing *g, struct err *e)
{
	struct pid_list *l = g->list;

	if (e) {
		l->pids.n = g->old;
		return e;
	}
	l->pids.n -= g->old;
	if (l->pids.n && g->old)
		memmove(l->pids.v, l->pids.v + g->old, l->pids.n * sizeof(*l->pids.v));
	return NULL;
}

static struct err *add_pid(void *arg, pid_t pid)
{
	struct growing *g = arg;

	return vec_push(&g->list->pids, pid) ? NULL : err_nomem();
}

struct err *proc_tids(pid_t tgid, struct pid_list *ret)
{
	struct growing g = grow_from(ret);
	char path[PROC_PATH];
	struct err *e;

	(void)snprintf(path, sizeof(path), "/proc/%d/task", (int)tgid);
	e = proc_each_number(path, add_pid, &g);
	if (!e && ret->pids.n == g.old)
		e = err_new(ERR_NOTFOUND, "%s: no such process", path);
	return finish(&g, e);
}

struct by_name {
	struct growing g;
	const char *name;
};

static bool same_comm(pid_t pid, const char *name)
{
	char path[PROC_PATH], buf[80];
	ssize_t n;
	int fd;

	(void)snprintf(path, sizeof(path), "/proc/%d/comm", (int)pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return false;
	n = read(fd, buf, sizeof(buf));
	(void)close(fd);
	return n > 0 && (size_t)n == strlen(name) + 1 && !memcmp(buf, name, (size_t)n - 1);
}

static bool same_program(pid_t pid, const char *name)
{
	static const char deleted[] = " (deleted)";
	char path[PROC_PATH], buf[4097];
	ssize_t n;

	(void)snprintf(path, sizeof(path), "/proc/%d/exe", (int)pid);
	n = readlink(path, buf, sizeof(buf) - 1);
	if (n <= 0)
		return false;
	buf[n] = '\0';
	if (str_ends_nocase(buf, deleted))
		buf[(size_t)n - (sizeof(deleted) - 1)] = '\0';
	return !strcmp(str_basename(buf), name);
}

/* A zombie keeps its name. */
static bool has_ended(pid_t pid)
{
	struct proc_stat st;

	return err_ignore(proc_stat_read(pid, 0, &st)) || ((st.state == 'Z' || st.state == 'X') && st.threads <= 1);
}

static struct err *add_named(void *arg, pid_t pid)
{
	struct by_name *b = arg;

	if (!same_comm(pid, b->name) && !same_program(pid, b->name))
		return NULL;
	return has_ended(pid) ? NULL : add_pid(&b->g, pid);
}

struct err *proc_named(const char *name, struct pid_list *ret)
{
	struct by_name b = { .g = grow_from(ret), .name = name };

	return finish(&b.g, proc_each_number("/proc", add_named, &b));
}

struct kin {
	pid_t pid, parent;
	bool taken;
};

struct kins {
	VEC(struct kin) all;
};

static struct err *add_kin(void *arg, pid_t pid)
{
	struct kins *k = arg;
	struct proc_stat st;
	struct kin one;

	TRY(cancel_check());
	if (err_ignore(proc_stat_read(pid, 0, &st)))
		return NULL;
	one = (struct kin){ .pid = pid, .parent = st.ppid };
	return vec_push(&k->all, one) ? NULL : err_nomem();
}

static int by_parent(const void *a, const void *b)
{
	const struct kin *x = a, *y = b;

	if (x->parent != y->parent)
		return x->parent < y->parent ? -1 : 1;
	return (x->pid > y->pid) - (x->pid < y->pid);
}

static size_t first_child(const struct kins *k, pid_t parent)
{
	size_t low = 0, high = k->all.n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (k->all.v[mid].parent < parent)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

/* Each process is taken once, whatever reused pids make of the tree. */
static struct err *add_children(struct kins *k, pid_t root, struct growing *g)
{
	TRY(add_pid(g, root));
	for (size_t i = g->old; i < g->list->pids.n; i++) {
		pid_t parent = g->list->pids.v[i];

		for (size_t j = first_child(k, parent); j < k->all.n && k->all.v[j].parent == parent; j++) {
			if (!k->all.v[j].taken && k->all.v[j].pid != root)
				TRY(add_pid(g, k->all.v[j].pid));
			k->all.v[j].taken = true;
		}
	}
	return NULL;
}

struct err *proc_tree(pid_t root, struct pid_list *ret)
{
	struct kins k = { 0 };
	struct growing g = grow_from(ret);
	struct proc_stat st;
	struct err *e;

	TRY(proc_stat_read(root, 0, &st));
	e = proc_each_number("/proc", add_kin, &k);
	if (!e && k.all.n)
		qsort(k.all.v, k.all.n, sizeof(*k.all.v), by_parent);
	if (!e)
		e = add_children(&k, root, &g);
	vec_deinit(&k.all);
	return finish(&g, e);
}

static bool tells_children(void)
{
	return access("/proc/thread-self/children", F_OK) == 0;
}

struct err *proc_add_children(pid_t tgid, pid_t tid, struct pid_list *ret)
{
	CLEANUP(arena_deinit) struct arena a = ARENA_INIT;
	struct growing g = { .list = ret };
	char path[PROC_PATH], *text, *end;
	struct err *e;
	size_t size;

	(void)snprintf(path, sizeof(path), "/proc/%d/task/%d/children", (int)tgid, (int)tid);
	e = proc_read_file(path, &a, &text, &size);
	if (e && err_code(e) == ERR_NOTFOUND && tells_children()) {
		err_free(e); /* the thread has ended */
		return NULL;
	}
	TRY(e);
	for (long pid = strtol(text, &end, 10); pid > 0 && end != text; pid = strtol(text, &end, 10)) {
		TRY(add_pid(&g, (pid_t)pid));
		text = end;
	}
	return NULL;
}

static struct err *member_line(void *arg, const struct line *line)
{
	struct scan s = scan_line(line);
	uint64_t pid = scan_u64(&s);

	/* 0: a process that our pid namespace does not see */
	return s.failed || !pid || pid > INT32_MAX ? NULL : add_pid(arg, (pid_t)pid);
}

static struct err *walk_cgroup(const char *path, unsigned depth, struct growing *g);

static struct err *walk_children(const char *path, DIR *dir, unsigned depth, struct growing *g)
{
	const struct dirent *entry;
	char child[4096];

	while ((entry = readdir(dir)) != NULL) {
		if (entry->d_type != DT_DIR || !strcmp(entry->d_name, ".") || !strcmp(entry->d_name, ".."))
			continue;
		if ((size_t)snprintf(child, sizeof(child), "%s/%s", path, entry->d_name) >= sizeof(child))
			continue;
		TRY(walk_cgroup(child, depth + 1, g));
	}
	return NULL;
}

/* A folder that goes meanwhile, or is threaded (its members are listed above it), has no members. */
static struct err *walk_cgroup(const char *path, unsigned depth, struct growing *g)
{
	char members[4096 + 16];
	struct err *e;
	DIR *dir;

	TRY(cancel_check());
	(void)snprintf(members, sizeof(members), "%s/cgroup.procs", path);
	e = proc_each_line(members, member_line, g);
	if (e && (!depth || err_code(e) == ERR_NOMEM))
		return e;
	err_free(e);
	dir = depth < MAX_DEPTH ? opendir(path) : NULL;
	if (!dir)
		return NULL;
	e = walk_children(path, dir, depth, g);
	(void)closedir(dir);
	return e;
}

struct err *proc_cgroup_members(const char *path, struct pid_list *ret)
{
	struct growing g = grow_from(ret);
	struct err *e = walk_cgroup(path, 0, &g);

	if (e && err_code(e) == ERR_NOTFOUND) {
		err_free(e);
		e = err_new(ERR_NOTFOUND, "%s: no such cgroup", path);
	}
	return finish(&g, e);
}
