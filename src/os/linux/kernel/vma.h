/* SPDX-License-Identifier: MIT */
/*
 * What is mapped into a process: vm_area_structs, out of the maple tree of its
 * mm_struct (6.1 and newer) or out of the list mmap that was there before.
 */
#ifndef OSM_OS_LINUX_KERNEL_VMA_H
#define OSM_OS_LINUX_KERNEL_VMA_H

#include "os/linux/kernel/walk.h"

enum kernel_vma_flag {		/* VM_* of include/linux/mm.h */
	VMA_READ = 1, VMA_WRITE = 2, VMA_EXEC = 4, VMA_SHARED = 8,
	VMA_GROWS_DOWN = 0x100, VMA_PFNMAP = 0x400, VMA_LOCKED = 0x2000, VMA_IO = 0x4000,
};

struct kernel_vma {
	uint64_t address;	/* of the vm_area_struct */
	uint64_t start, end;	/* end: behind the last byte */
	uint64_t flags;		/* VM_* */
	uint64_t file;		/* struct file, 0: none */
	bool anonymous;		/* of no file and no device (no vm_ops) */
	uint64_t offset;	/* in the file, bytes; without a file meaningless */
	const char *name;	/* path of the file, "[heap]", "[stack]", "[vdso]" ... or "" */
};

/* Arrays and names in the arena, by address. A tree that is torn gives what was found and *ret_trouble, which
 * is the caller's; NULL: none. NOTFOUND: types that are not known. */
struct err *kernel_vmas(struct target *t, uint64_t mm, struct arena *a, struct kernel_vma **ret, size_t *ret_n,
			struct err **ret_trouble) MUST_USE;

#endif
