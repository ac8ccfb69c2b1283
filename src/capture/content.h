/* SPDX-License-Identifier: MIT */
/*
 * What of a process goes into a dump: the choice per mapping, by the bits of
 * coredump_filter (core(5)) and what the process itself asked for.
 */
#ifndef OSM_CAPTURE_CONTENT_H
#define OSM_CAPTURE_CONTENT_H

#include "capture/vma.h"

enum content_filter { /* core(5), /proc/PID/coredump_filter */
	FILTER_ANON_PRIVATE = 1 << 0,
	FILTER_ANON_SHARED = 1 << 1,
	FILTER_FILE_PRIVATE = 1 << 2,
	FILTER_FILE_SHARED = 1 << 3,
	FILTER_ELF_HEADERS = 1 << 4,
	FILTER_HUGETLB_PRIVATE = 1 << 5,
	FILTER_HUGETLB_SHARED = 1 << 6,
	FILTER_DAX_PRIVATE = 1 << 7,
	FILTER_DAX_SHARED = 1 << 8,
};

enum content {
	CONTENT_NONE,
	CONTENT_HEADER,	/* the first page, if an ELF header stands there */
	CONTENT_WHOLE,
};
/* The reason for NONE where the contents are those of the file, unchanged: compare the pointer. */
extern const char content_of_file[];
/* `dontdump`: also mappings marked DONTDUMP. *ret_why (never NULL): the reason for NONE. */
enum content content_of(const struct vma *v, uint32_t filter, bool dontdump, const char **ret_why);

#endif
