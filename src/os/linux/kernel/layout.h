/* SPDX-License-Identifier: MIT */
/*
 * Layout: what the parts of the kernel's address space are for. Where the large
 * ones begin is drawn anew at each boot (KASLR) and read from the kernel's own
 * variables; the others are fixed.
 *
 * Source: Documentation/arch/x86/x86_64/mm.rst of Linux.
 */
#ifndef OSM_OS_LINUX_KERNEL_LAYOUT_H
#define OSM_OS_LINUX_KERNEL_LAYOUT_H

#include "target/kernel.h"

enum kernel_area_kind {
	AREA_USER,
	AREA_DIRECT_MAP,	/* all physical memory, in its order */
	AREA_VMALLOC,
	AREA_PAGE_ARRAY,	/* struct page of each frame */
	AREA_CPU_ENTRY,		/* entry stacks and tables of each CPU */
	AREA_IMAGE,		/* vmlinux */
	AREA_MODULES,
	AREA_FIXMAP,		/* fixed places, the vsyscall page */
	AREA_OTHER,
};

struct kernel_area {
	enum kernel_area_kind kind;
	const char *name;
	uint64_t start, last;	/* inclusive */
};

enum { MAX_KERNEL_AREAS = 16 };

/* All of the address space, in its order. */
size_t kernel_areas(struct kernel *k, struct kernel_area ret[MAX_KERNEL_AREAS]);
struct kernel_area kernel_area_at(struct kernel *k, uint64_t address);

/* Mapped pages next to each other that may be used in the same way. */
struct kernel_run {
	uint64_t start, last;
	bool writable, executable, user;
};
/* The first at or above `from`, up to `last`; false: nothing is mapped there. */
bool kernel_next_run(struct kernel *k, uint64_t from, uint64_t last, struct kernel_run *ret);

#endif
