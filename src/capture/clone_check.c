/* SPDX-License-Identifier: MIT */
/*
 * See clone_check.h. "API:\taa:FEATURES:IOCTLS" in the fdinfo of a userfaultfd,
 * hexadecimal; features as of uapi <linux/userfaultfd.h>. Charges of copies: kernel
 * Documentation/admin-guide/cgroup-v2.rst. *_for_children: namespaces(7), unshare(2).
 */
#include "capture/clone_check.h"
#include "capture/proc_impl.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { EVENT_FORK = 1 << 1 };
/* Of the memory that the process may write to, so much is taken to be written while the dump is. */
enum { WRITTEN_PART = 4, SLACK = 4 << 20 };

static struct err *features_line(void *arg, const struct line *line)
{
	uint64_t *features = arg;
	struct scan s = scan_line(line);

	if (scan_prefix(&s, "API:")) {
		scan_blanks(&s);
		(void)scan_hex(&s);
		if (scan_prefix(&s, ":"))
			*features |= scan_hex(&s);
	}
	return NULL;
}

static bool wants_fork_events(const struct snapshot *s, int fd)
{
	uint64_t features = 0;
	char path[PROC_PATH];

	(void)snprintf(path, sizeof(path), "/proc/%d/fdinfo/%d", (int)s->mm, fd);
	return !err_ignore(proc_each_line(path, features_line, &features)) && features & EVENT_FORK;
}

/* *ret "": it has no process yet, or this kernel does not know it. False: it may not be read. */
static bool read_namespace(pid_t pid, const char *name, char (*ret)[64])
{
	char path[PROC_PATH];
	ssize_t n;

	(void)snprintf(path, sizeof(path), "/proc/%d/ns/%s", (int)pid, name);
	n = readlink(path, *ret, sizeof(*ret) - 1);
	(*ret)[n > 0 ? n : 0] = '\0';
	return n > 0 || errno == ENOENT;
}

/* The first process of a new pid namespace takes it with it when it ends. */
static bool has_children_elsewhere(const struct snapshot *s, const char *name)
{
	char children[32], ours[64], own[64], theirs[64];

	(void)snprintf(children, sizeof(children), "%s_for_children", name);
	return read_namespace(getpid(), children, &ours) && *ours && read_namespace(s->mm, name, &own) &&
	       read_namespace(s->mm, children, &theirs) && strcmp(own, theirs) != 0;
}

static uint64_t may_be_copied(const struct snapshot *s)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < s->before.vmas.n; i++)
		sum += s->before.vmas.v[i].flags & VMA_SHARED ? 0 : s->before.vmas.v[i].anonymous;
	return sum / WRITTEN_PART + SLACK;
}

static uint64_t least(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

struct err *clone_check(const struct snapshot *s)
{
	const struct proc_facts *f = &s->facts;
	uint64_t need = may_be_copied(s), used = f->memory_current - least(f->memory_current, f->memory_cache);

	for (size_t i = 0; i < f->fds.n; i++)
		if (strcmp(f->fds.v[i].target, "anon_inode:[userfaultfd]") == 0 && wants_fork_events(s, f->fds.v[i].fd))
			return err_new(ERR_UNSUPPORTED, "process %d waits for its userfaultfd %d when it forks: a clone would "
				       "hang", (int)s->pid, f->fds.v[i].fd);
	if (has_children_elsewhere(s, "pid") || has_children_elsewhere(s, "time"))
		return err_new(ERR_UNSUPPORTED, "process %d makes its children in another namespace than its own: a clone would "
			       "be the first there, and spoil it for them", (int)s->pid);
	if (f->memory_max == UINT64_MAX || f->memory_current == UINT64_MAX || f->memory_max >= used + need)
		return NULL;
	return err_new(ERR_UNSUPPORTED, "the memory cgroup of process %d has room for %" PRIu64 " MiB; copies of what it writes "
		       "may need %" PRIu64 " MiB", (int)s->pid,
		       (f->memory_max - least(f->memory_max, used)) >> 20, need >> 20);
}
