/* SPDX-License-Identifier: MIT */
/* Looks through the mappings of all processes, once, before the pause. */
#include "capture/sharers.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>

static bool same_file(const struct vma *a, const struct vma *b)
{
	return a->inode && a->inode == b->inode && a->dev_major == b->dev_major && a->dev_minor == b->dev_minor;
}

/* Rings that the kernel itself writes to (io_uring, AIO) count as shared with another. */
static bool kernel_writes(const struct vma *v)
{
	return strstr(v->path, "[io_uring]") || strstr(v->path, "[aio]") || v->flags & VMA_IO;
}

static void mark(const struct vma_list *ours, const struct vma_list *theirs, struct held *h)
{
	for (size_t i = 0; i < h->ranges.n; i++) {
		const struct vma *v = vma_find(ours, h->ranges.v[i].start);

		for (size_t k = 0; v && !h->ranges.v[i].others && k < theirs->vmas.n; k++)
			h->ranges.v[i].others = theirs->vmas.v[k].flags & VMA_SHARED && same_file(v, &theirs->vmas.v[k]);
	}
}

static void mark_process(pid_t pid, const struct vma_list *vmas, struct held *h)
{
	struct vma_list theirs = VMA_LIST_INIT;

	/* A process that is gone meanwhile shares nothing; one of another user we cannot look at
	 * is not likely to share anonymous memory with ours. */
	if (!err_ignore(vma_list_read(pid, false, &theirs)))
		mark(vmas, &theirs, h);
	vma_list_deinit(&theirs);
}

static bool any_shared(const struct vma_list *vmas, struct held *h)
{
	bool any = false;

	for (size_t i = 0; i < h->ranges.n; i++) {
		const struct vma *v = vma_find(vmas, h->ranges.v[i].start);

		if (!v || !(v->flags & VMA_SHARED))
			continue;
		h->ranges.v[i].others = kernel_writes(v);
		any = true;
	}
	return any;
}

void sharers_find(pid_t pid, const struct vma_list *vmas, struct held *h)
{
	DIR *proc = any_shared(vmas, h) ? opendir("/proc") : NULL;
	struct dirent *d;

	while (proc && (d = readdir(proc))) {
		char *end;
		long other = strtol(d->d_name, &end, 10);

		if (other > 0 && !*end && other != pid)
			mark_process((pid_t)other, vmas, h);
	}
	if (proc)
		(void)closedir(proc);
}
