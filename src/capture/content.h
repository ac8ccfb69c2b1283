/* SPDX-License-Identifier: MIT */
/*
 * What of a process goes into a dump: the choice per mapping, by the bits of
 * coredump_filter (core(5)), what the process itself asked for, and what the
 * user says.
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
	FILTER_ALL = (1 << 9) - 1,
};

/*
 * The words of --include and --exclude. The narrowest one that was said of a
 * mapping decides: STACK, HEAP and VDSO before what kind of memory it is, and
 * that before ALL. DAX is not among them: /proc does not tell such mappings
 * from other files'.
 */
enum content_class {
	CLASS_ANON_PRIVATE, CLASS_ANON_SHARED, CLASS_FILE_PRIVATE, CLASS_FILE_SHARED,
	CLASS_ELF_HEADERS, CLASS_HUGE_PRIVATE, CLASS_HUGE_SHARED,	/* so far: the kernel's bits */
	CLASS_STACK, CLASS_HEAP, CLASS_VDSO,
	CLASS_DONTDUMP,		/* what the process asked not to dump */
	CLASS_ALL,
	N_CONTENT_CLASSES,
};
extern const char *const content_class_names[N_CONTENT_CLASSES];

struct content_choice {
	uint32_t filter;		/* enum content_filter; UINT32_MAX: that of the process */
	uint32_t include, exclude;	/* sets, 1 << enum content_class; beside the filter, and stronger */
};
/* "heap,stack" into a set. USAGE names the option and the words there are. */
struct err *content_read_classes(const char *option, const char *text, uint32_t *ret) MUST_USE;

enum content {
	CONTENT_NONE,
	CONTENT_HEADER,	/* the first page, if an ELF header stands there */
	CONTENT_WHOLE,
};
/* The reason for NONE where the contents are those of the file, unchanged: compare the pointer. */
extern const char content_of_file[];
/* The choice's filter must be known. *ret_why (never NULL): the reason for NONE. */
enum content content_of(const struct vma *v, const struct content_choice *choice, const char **ret_why);
/* What was said in so many words, or cannot be: no dump of any kind has it; the user wants all of it. */
bool content_refused(const struct vma *v, const struct content_choice *choice);
bool content_asked_for(const struct vma *v, const struct content_choice *choice);

#endif
