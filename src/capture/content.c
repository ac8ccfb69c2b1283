/* SPDX-License-Identifier: MIT */
/* The kernel's own choice for core dumps, as core(5) describes it. */
#include "capture/content.h"
#include "format/dump.h"

#include <string.h>

/* Shared memory without a name left: memfd, MAP_ANONYMOUS, System V segments, unlinked files. */
static bool is_nameless(const struct vma *v)
{
	return v->flags & VMA_DELETED || strncmp(v->path, "/memfd:", 7) == 0;
}

static bool is_file(const struct vma *v)
{
	return v->inode && !is_nameless(v);
}

static bool is_kernels(const struct vma *v)
{
	return strcmp(v->path, "[vdso]") == 0 || strcmp(v->path, "[vectors]") == 0;
}

static uint32_t bit_of(const struct vma *v)
{
	bool shared = v->flags & VMA_SHARED;

	if (v->flags & VMA_HUGETLB)
		return shared ? FILTER_HUGETLB_SHARED : FILTER_HUGETLB_PRIVATE;
	if (shared)
		return is_file(v) ? FILTER_FILE_SHARED : FILTER_ANON_SHARED;
	/* A private file mapping that was written to counts as anonymous memory. */
	return v->anonymous || v->swap || !v->inode ? FILTER_ANON_PRIVATE : FILTER_FILE_PRIVATE;
}

const char content_of_file[] = "contents of a file";

/* Not so: pages of a private mapping that were written to; rings of the kernel (anon_inode:), which no file holds. */
static bool is_unchanged_file(const struct vma *v)
{
	return is_file(v) && v->path[0] == '/' && !(v->flags & VMA_HUGETLB) &&
	       (v->flags & VMA_SHARED || !(v->anonymous || v->swap));
}

enum content content_of(const struct vma *v, uint32_t filter, bool dontdump, const char **ret_why)
{
	*ret_why = "";
	if (is_kernels(v))
		return CONTENT_WHOLE;
	if (v->flags & (VMA_IO | VMA_PFNMAP)) {
		*ret_why = "memory of a device or of the kernel";
		return CONTENT_NONE;
	}
	if (v->flags & VMA_DONTDUMP && !dontdump) {
		*ret_why = "the process asked not to dump it (DONTDUMP)";
		return CONTENT_NONE;
	}
	if (filter & bit_of(v))
		return CONTENT_WHOLE;
	if (filter & FILTER_ELF_HEADERS && !(v->flags & VMA_SHARED) && v->inode && !v->offset && v->prot & DUMP_PROT_R)
		return CONTENT_HEADER;
	*ret_why = is_unchanged_file(v) ? content_of_file : "coredump_filter";
	return CONTENT_NONE;
}
