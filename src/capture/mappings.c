/* SPDX-License-Identifier: MIT */
#include "capture/mappings.h"
#include "format/dump.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool is_anonymous_hugetlb(const struct vma *v)
{
	return strncmp(v->path, "/anon_hugepage", 14) == 0;
}

bool mapping_is_hugetlb(const struct vma *v)
{
	return v->flags & VMA_HUGETLB || is_anonymous_hugetlb(v);
}

bool mapping_has_backing(const struct vma *v)
{
	return (v->inode && !is_anonymous_hugetlb(v)) || strcmp(v->path, "[vdso]") == 0;
}

/* Whatever became of its name, for who is privileged (proc(5), map_files); else by its name. */
int mapping_open_file(pid_t pid, const struct vma *v)
{
	char path[96];
	struct stat st;
	int fd;

	(void)snprintf(path, sizeof(path), "/proc/%d/map_files/%lx-%lx", (int)pid, (unsigned long)v->start,
		       (unsigned long)v->end);
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0 && v->path[0] == '/')
		fd = open(v->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0 || (fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_ino == v->inode))
		return fd;
	(void)close(fd);
	return -1;
}

/* maps alone does not tell whether pages of a private file mapping were written to: what was known before stands in. */
static void add_details(const struct vma_list *before, struct vma_list *now)
{
	for (size_t i = 0; i < now->vmas.n; i++) {
		struct vma *v = &now->vmas.v[i];
		const struct vma *old = vma_find(before, v->start);

		if (old && old->inode == v->inode && !strcmp(old->path, v->path)) {
			v->flags |= old->flags;
			v->page_size = old->page_size;
			v->anonymous = old->anonymous;
			v->rss = old->rss;
			v->swap = old->swap;
			v->private_dirty = old->private_dirty;
		} else if (v->prot & DUMP_PROT_W) {
			v->anonymous = v->end - v->start;
		}
	}
}

static struct err *note_own_page(void *arg, const struct page_run *run)
{
	struct vma *v = arg;

	if (!(run->kind & (PAGE_FILE | PAGE_GUARD)))
		v->anonymous += run->end - run->start;
	return NULL;
}

/* A private mapping had the file's contents, all of it, when it was looked at: it may have been written to since, where it
 * is writable (code that is patched at this very time is not looked for: that takes 16 ms a GB of all code). */
static struct err *look_again(struct pagemap *pages, struct vma_list *now)
{
	for (size_t i = 0; i < now->vmas.n; i++) {
		struct vma *v = &now->vmas.v[i];

		if (v->inode && v->prot & DUMP_PROT_W && !(v->flags & VMA_SHARED) && !v->anonymous && !v->swap)
			TRY(pagemap_runs(pages, v->start, v->end, note_own_page, v));
	}
	return NULL;
}

struct err *mappings_read(pid_t pid, const struct vma_list *before, struct pagemap *pages, struct vma_list *ret)
{
	TRY(vma_list_read(pid, false, ret));
	add_details(before, ret);
	return look_again(pages, ret);
}
