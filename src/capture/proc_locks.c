/* SPDX-License-Identifier: MIT */
/*
 * Who has locks on the files that a process has open: /proc/locks, whose lines are
 * "number: kind ADVISORY|MANDATORY READ|WRITE pid major:minor:inode first last",
 * major and minor in hex; those that wait for a lock have "->" behind the number
 * (proc(5)). A file is one by its device and inode. Owners of locks that belong to
 * an open file description (OFD) are not told: their pid is -1.
 */
#include "capture/proc_impl.h"
#include "base/str.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

struct file {
	uint64_t device, inode;
};

struct locks {
	struct proc_facts *f;
	struct file *files;	/* of each descriptor; inode 0: no file */
};

static void identify(pid_t pid, const struct proc_fd *fd, struct file *ret)
{
	char path[PROC_PATH];
	struct stat st;

	(void)snprintf(path, sizeof(path), "/proc/%d/fd/%d", (int)pid, fd->fd);
	if (*fd->target == '/' && stat(path, &st) == 0 && S_ISREG(st.st_mode))
		*ret = (struct file){ st.st_dev, st.st_ino };
}

static struct err *lock_line(void *arg, const struct line *line)
{
	struct locks *l = arg;
	struct scan s = scan_line(line);
	uint64_t pid, major, minor, inode;

	scan_skip(&s, 1);
	scan_blanks(&s);
	if (scan_prefix(&s, "->")) /* waits itself */
		return NULL;
	scan_skip(&s, 3); /* kind, ADVISORY, READ or WRITE */
	scan_blanks(&s);
	pid = scan_u64(&s);
	scan_blanks(&s);
	major = scan_hex(&s);
	scan_char(&s, ':');
	minor = scan_hex(&s);
	scan_char(&s, ':');
	inode = scan_u64(&s);
	for (size_t i = 0; !s.failed && pid && i < l->f->fds.n; i++)
		if (l->files[i].inode == inode && l->files[i].device == makedev((unsigned)major, (unsigned)minor) &&
		    !l->f->fds.v[i].locked_by)
			l->f->fds.v[i].locked_by = (uint32_t)pid;
	return NULL;
}

struct err *proc_file_locks(pid_t pid, struct proc_facts *f)
{
	struct locks l = { .f = f, .files = ARENA_NEW_N(&f->arena, struct file, f->fds.n + 1) };
	bool any = false;
	struct err *e;

	if (!l.files)
		return err_nomem();
	for (size_t i = 0; i < f->fds.n; i++) {
		identify(pid, &f->fds.v[i], &l.files[i]);
		any |= l.files[i].inode != 0;
	}
	e = any ? proc_each_line("/proc/locks", lock_line, &l) : NULL;
	if (e && err_code(e) == ERR_NOMEM)
		return e;
	err_free(e); /* not permitted */
	return NULL;
}
