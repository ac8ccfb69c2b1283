/* SPDX-License-Identifier: MIT */
/*
 * Where the user stack of a task is: in memory, or swapped out. Only the page at
 * the stack pointer that the task entered the kernel with is asked for, by one walk
 * through its page tables.
 */
#ifndef OSM_OS_LINUX_KERNEL_PAGED_OUT_H
#define OSM_OS_LINUX_KERNEL_PAGED_OUT_H

#include "os/linux/kernel/task.h"

enum stack_page {
	STACK_NOT_KNOWN,	/* its registers or tables are not in the dump */
	STACK_IN_MEMORY,
	STACK_PAGED_OUT,
	STACK_NONE,		/* no page is there, nor was one: no stack of its own */
};

struct user_stack {
	enum stack_page state;
	uint64_t sp;		/* 0: not known */
	uint64_t pgd;		/* mm_struct.pgd: the highest table */
	uint64_t entry;		/* last of the walk */
};

/* By the walk for its address. */
enum stack_page stack_page_of(const struct paging_walk *w);
void kernel_user_stack(struct target *t, const struct kernel_task *task, struct user_stack *ret);

#endif
