/* SPDX-License-Identifier: MIT */
/* Mappings in the pause, when there is no time for smaps. */
#ifndef OSM_CAPTURE_MAPPINGS_H
#define OSM_CAPTURE_MAPPINGS_H

#include "capture/pagemap.h"
#include "capture/vma.h"

/* With the details that were known before, as far as the mappings are the same. */
struct err *mappings_read(pid_t pid, const struct vma_list *before, struct pagemap *pages, struct vma_list *ret) MUST_USE;
/* A page of hugetlbfs that was given back and is read again is protected as the old one was, and seems unchanged. */
bool mapping_is_hugetlb(const struct vma *v);
/* A file's mapping, or the kernel's: pages without an entry have contents too. */
bool mapping_has_backing(const struct vma *v);
/* The file behind it, to be read; -1: it cannot be had, or is another one by now. */
int mapping_open_file(pid_t pid, const struct vma *v);

#endif
