/* SPDX-License-Identifier: MIT */
/*
 * Open files: the links in /proc/PID/fd and "pos:" and "flags:" (octal) of
 * /proc/PID/fdinfo (proc(5)).
 */
#include "capture/proc_impl.h"
#include "base/cancel.h"

#include <dirent.h>
#include <stdio.h>
#include <string.h>

struct walk {
	pid_t pid;
	struct proc_facts *f;
};

static uint32_t scan_octal(struct scan *s)
{
	uint32_t v = 0;

	scan_blanks(s);
	for (; s->p < s->end && *s->p >= '0' && *s->p <= '7'; s->p++)
		v = v << 3 | (uint32_t)(*s->p - '0');
	return v;
}

static struct err *info_line(void *arg, const struct line *line)
{
	struct proc_fd *fd = arg;
	struct scan s = scan_line(line);

	if (scan_prefix(&s, "pos:"))
		fd->position = scan_u64(&s);
	else if (scan_prefix(&s, "flags:"))
		fd->flags = scan_octal(&s);
	return NULL;
}

static struct err *add_fd(void *arg, int number)
{
	struct walk *w = arg;
	struct proc_fd fd = { .fd = number, .detail = "" };
	char path[PROC_PATH];

	TRY(cancel_check());
	(void)snprintf(path, sizeof(path), "/proc/%d/fd/%d", (int)w->pid, number);
	TRY(proc_link(path, &w->f->arena, &fd.target));
	if (!*fd.target) /* closed meanwhile */
		return NULL;
	(void)snprintf(path, sizeof(path), "/proc/%d/fdinfo/%d", (int)w->pid, number);
	err_free(proc_each_line(path, info_line, &fd));
	return vec_push(&w->f->fds, fd) ? NULL : err_nomem();
}

static int by_number(const void *a, const void *b)
{
	const struct proc_fd *x = a, *y = b;

	return (x->fd > y->fd) - (x->fd < y->fd);
}

struct err *proc_fds(pid_t pid, struct proc_facts *f)
{
	struct walk w = { .pid = pid, .f = f };
	char path[PROC_PATH];
	struct err *e;

	(void)snprintf(path, sizeof(path), "/proc/%d/fd", (int)pid);
	e = proc_each_number(path, add_fd, &w);
	if (e && (err_code(e) == ERR_NOMEM || err_code(e) == ERR_CANCELLED))
		return e;
	err_free(e); /* not permitted */
	if (!f->fds.n)
		return NULL;
	qsort(f->fds.v, f->fds.n, sizeof(*f->fds.v), by_number);
	TRY(proc_file_locks(pid, f));
	return proc_sockets(pid, f);
}
