/* SPDX-License-Identifier: MIT */
/*
 * The figures of /proc/meminfo, worked out as the kernel does it, and who uses
 * memory: address spaces by what of them is resident.
 */
#ifndef OSM_OS_LINUX_KERNEL_MEMINFO_H
#define OSM_OS_LINUX_KERNEL_MEMINFO_H

#include "target/target.h"

enum meminfo_item {
	MEM_TOTAL, MEM_FREE, MEM_AVAILABLE, MEM_BUFFERS, MEM_CACHED, MEM_SWAP_CACHED, MEM_ACTIVE, MEM_INACTIVE,
	MEM_ACTIVE_ANON, MEM_INACTIVE_ANON, MEM_ACTIVE_FILE, MEM_INACTIVE_FILE, MEM_UNEVICTABLE, MEM_LOCKED,
	MEM_SWAP_TOTAL, MEM_SWAP_FREE, MEM_DIRTY, MEM_WRITEBACK, MEM_ANON, MEM_MAPPED, MEM_SHMEM, MEM_KRECLAIMABLE,
	MEM_SLAB, MEM_SLAB_RECLAIMABLE, MEM_SLAB_UNRECLAIMABLE, MEM_KERNEL_STACK, MEM_PAGE_TABLES, MEM_COMMIT_LIMIT,
	MEM_COMMITTED, MEM_VMALLOC_USED, MEM_PERCPU, MEM_ANON_HUGE, MEM_N_ITEMS
};
extern const char *const meminfo_names[MEM_N_ITEMS]; /* "MemTotal": as /proc/meminfo has them */

struct meminfo {
	bool known[MEM_N_ITEMS];
	uint64_t kb[MEM_N_ITEMS];
};

/* What is not known stays so. UNSUPPORTED: no kernel; NOTFOUND: no counters. */
struct err *kernel_meminfo(struct target *t, struct meminfo *ret) MUST_USE;

/* --- who uses it --------------------------------------------------------------- */
struct memory_user {
	uint64_t task;			/* of the first thread */
	uint32_t pid;
	char name[17];
	uint64_t mm;
	uint64_t total;			/* pages of the address space */
	uint64_t file, anon, shmem, swap; /* pages; exact */
	bool has_rss;			/* all four could be read */
	int64_t oom_score_adj;
	bool has_oom_score_adj;
};

static inline uint64_t memory_resident(const struct memory_user *u)
{
	return u->file + u->anon + u->shmem;
}

/* Every process that has an address space, each once, the largest first. Into the arena. */
struct err *kernel_memory_users(struct target *t, struct arena *a, struct memory_user **ret, size_t *ret_n) MUST_USE;

#endif
