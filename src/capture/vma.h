/* SPDX-License-Identifier: MIT */
/*
 * The mappings of a live process, as /proc/PID/maps or smaps has them
 * (proc(5); kernel Documentation/filesystems/proc.rst, "VmFlags").
 */
#ifndef OSM_CAPTURE_VMA_H
#define OSM_CAPTURE_VMA_H

#include "base/arena.h"
#include "base/err.h"
#include "base/vec.h"
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

enum vma_flag {
	VMA_SHARED = 1 << 0,	/* 's' in maps: MAP_SHARED */
	VMA_DONTFORK = 1 << 1,	/* dc */
	VMA_WIPEONFORK = 1 << 2,/* wf */
	VMA_DONTDUMP = 1 << 3,	/* dd */
	VMA_IO = 1 << 4,	/* io */
	VMA_PFNMAP = 1 << 5,	/* pf */
	VMA_HUGETLB = 1 << 6,	/* ht */
	VMA_UFFD = 1 << 7,	/* um, uw, ui: registered with a userfaultfd */
	VMA_LOCKED = 1 << 8,	/* lo */
	VMA_GROWSDOWN = 1 << 9,	/* gd */
	VMA_SHADOW_STACK = 1 << 10, /* ss */
	VMA_DELETED = 1 << 11,	/* the path ended in " (deleted)", which was cut off */
	VMA_STACK = 1 << 13,	/* said by who knows the registers: a thread's stack pointer is in it */
	VMA_DETAILED = 1 << 12,	/* read from smaps: flags above other than SHARED and DELETED, and sizes are known */
};

struct vma {
	uint64_t start, end;
	uint64_t offset;	/* in the file, bytes */
	uint64_t inode;
	uint32_t dev_major, dev_minor;
	uint32_t prot;		/* DUMP_PROT_* of format/dump.h */
	uint32_t flags;		/* enum vma_flag */
	const char *path;	/* file, or "[heap]" "[stack]" "[vdso]" "[anon:...]"; "" when none; \012 undone */
	uint64_t page_size;	/* KernelPageSize; 4096 when not detailed */
	/* bytes; 0 unless VMA_DETAILED; rss: with huge pages of hugetlbfs, which smaps counts apart */
	uint64_t rss, pss;	/* pss: each page divided by the number of mappings of it; without those of hugetlbfs */
	uint64_t anonymous, private_dirty, shared_dirty, swap, huge; /* huge: AnonHugePages + FilePmdMapped + ShmemPmdMapped */
};

struct vma_list {
	struct arena arena;	/* paths */
	VEC(struct vma) vmas;	/* by address */
};
#define VMA_LIST_INIT { .arena = ARENA_INIT }

/*
 * detailed: smaps instead of maps (walks page tables: slower, not for the pause).
 * NOTFOUND when there is no such process. A process without memory of its own (a
 * zombie, a kernel thread) has an empty list. *ret is replaced and need not be
 * initialised.
 */
struct err *vma_list_read(pid_t pid, bool detailed, struct vma_list *ret) MUST_USE;
/* The same from text, for tests and fuzzing; `name` is for messages. CORRUPT where a line is no mapping. */
struct err *vma_list_parse(const char *name, const char *text, size_t size, struct vma_list *ret) MUST_USE;
void vma_list_deinit(struct vma_list *l);
/* The mapping that holds the address, or NULL. */
const struct vma *vma_find(const struct vma_list *l, uint64_t address);

#endif
