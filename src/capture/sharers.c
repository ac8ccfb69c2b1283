/* SPDX-License-Identifier: MIT */
/* Looks through the mappings of all processes, by device and inode. */
#include "capture/sharers.h"
#include "capture/proc_impl.h"
#include "format/dump.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

static bool asked_for(const struct sharers *x, const struct file_id *file, size_t from, size_t to)
{
	for (size_t i = from; i < to; i++)
		if (file_same(&x->files.v[i], file))
			return true;
	return false;
}

void sharers_ask(struct sharers *x, const struct file_id *file)
{
	if (file->inode && !asked_for(x, file, 0, x->files.n) && !vec_push(&x->files, *file))
		x->incomplete = true;
}

bool sharers_open(const struct sharers *x, const struct file_id *file)
{
	for (size_t i = 0; i < x->open.n; i++)
		if (file_same(&x->open.v[i], file))
			return true;
	return false;
}

static void note(struct sharers *x, const struct file_id *file, pid_t pid)
{
	struct sharer one = { *file, pid };

	for (size_t i = x->found.n; i && x->found.v[i - 1].pid == pid; i--)
		if (file_same(&x->found.v[i - 1].file, file))
			return;
	if (!vec_push(&x->found, one))
		x->incomplete = true;
}

static void look_at(struct sharers *x, pid_t pid)
{
	struct vma_list theirs = VMA_LIST_INIT;

	/* A process that is gone meanwhile shares nothing; one of another user we cannot look at
	 * is not likely to share anonymous memory with ours. */
	if (!err_ignore(vma_list_read(pid, false, &theirs)))
		for (size_t i = 0; i < theirs.vmas.n; i++) {
			const struct vma *v = &theirs.vmas.v[i];
			struct file_id file = { v->inode, v->dev_major, v->dev_minor };

			if (v->flags & VMA_SHARED && v->prot & DUMP_PROT_W && asked_for(x, &file, x->n_known, x->files.n))
				note(x, &file, pid);
		}
	vma_list_deinit(&theirs);
}

/* The link is writable as the descriptor is (proc(5)). */
static void note_open(struct sharers *x, int folder, const char *name)
{
	struct file_id file;
	struct stat st, link;

	if (fstatat(folder, name, &st, 0) < 0 || fstatat(folder, name, &link, AT_SYMLINK_NOFOLLOW) < 0 || !(link.st_mode & S_IWUSR))
		return;
	file = (struct file_id){ st.st_ino, major(st.st_dev), minor(st.st_dev) };
	if (asked_for(x, &file, x->n_known, x->files.n) && !sharers_open(x, &file) && !vec_push(&x->open, file))
		x->incomplete = true;
}

static void look_at_descriptors(struct sharers *x, pid_t pid)
{
	char path[PROC_PATH];
	struct dirent *d;
	DIR *fds;

	(void)snprintf(path, sizeof(path), "/proc/%d/fd", (int)pid);
	fds = opendir(path);
	if (!fds)
		return;
	while ((d = readdir(fds)))
		if (d->d_name[0] != '.')
			note_open(x, dirfd(fds), d->d_name);
	(void)closedir(fds);
}

static void find(struct sharers *x, uint64_t started)
{
	DIR *proc = x->n_known < x->files.n ? opendir("/proc") : NULL;
	struct dirent *d;

	if (!proc)
		return;
	while ((d = readdir(proc))) {
		struct proc_stat st;
		char *end;
		long pid = strtol(d->d_name, &end, 10);

		if (pid <= 0 || *end)
			continue;
		if (started != UINT64_MAX && (err_ignore(proc_stat_read((pid_t)pid, 0, &st)) || st.start_ticks > started))
			continue;
		look_at(x, (pid_t)pid);
		if (x->want_open)
			look_at_descriptors(x, (pid_t)pid);
	}
	(void)closedir(proc);
	x->n_known = x->files.n;
}

void sharers_find(struct sharers *x)
{
	find(x, UINT64_MAX);
}

void sharers_find_again(struct sharers *x, uint64_t started)
{
	x->n_known = 0;
	find(x, started);
}

bool sharers_beyond(const struct sharers *x, const struct file_id *file, bool (*is_member)(void *arg, pid_t pid), void *arg)
{
	if (x->incomplete || !asked_for(x, file, 0, x->n_known))
		return true;
	for (size_t i = 0; i < x->found.n; i++)
		if (file_same(&x->found.v[i].file, file) && !is_member(arg, x->found.v[i].pid))
			return true;
	return false;
}

static bool has_ended(pid_t pid)
{
	struct proc_stat st;

	return err_ignore(proc_stat_read(pid, 0, &st)) || st.state == 'X' || (st.state == 'Z' && st.threads <= 1);
}

void sharers_forget_ended(struct sharers *x)
{
	bool lives = true;
	size_t n = 0;

	for (size_t i = 0; i < x->found.n; i++) {
		if (!i || x->found.v[i].pid != x->found.v[i - 1].pid)
			lives = !has_ended(x->found.v[i].pid);
		if (lives)
			x->found.v[n++] = x->found.v[i];
	}
	x->found.n = n;
}

void sharers_deinit(struct sharers *x)
{
	vec_deinit(&x->files);
	vec_deinit(&x->found);
	vec_deinit(&x->open);
}
