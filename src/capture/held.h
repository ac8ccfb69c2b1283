/* SPDX-License-Identifier: MIT */
/*
 * Held memory: what copy-on-write cannot keep (shared mappings, DONTFORK,
 * WIPEONFORK, private huge pages of hugetlbfs) is copied while the threads
 * stand still, largest first as far as the budget goes.
 *
 * The copies lie in a memory file of ours, made and touched before the pause.
 * Shared memory is read through its file, where holes stay holes: reading it
 * through the mapping would make the kernel allocate what nobody ever wrote.
 */
#ifndef OSM_CAPTURE_HELD_H
#define OSM_CAPTURE_HELD_H

#include "base/err.h"
#include "base/vec.h"
#include "capture/pagemap.h"
#include "capture/vma.h"

struct held_range {
	uint64_t start, end;
	const char *why;	/* "shared", "DONTFORK", ... */
	uint64_t expected;	/* bytes that hold anything, before the pause */
	int fd;			/* of the file behind it; -1: by way of the process */
	uint64_t file_offset;
	bool others;		/* processes outside may write to it */
	bool chosen;		/* fits the budget */
	bool copied;		/* whole */
};

struct held_piece {
	uint64_t start, end;	/* in the target */
	uint64_t at;		/* in the buffer */
};

struct held {
	VEC(struct held_range) ranges;	/* by address */
	VEC(struct held_piece) pieces;	/* by address */
	int buffer;		/* memory file */
	uint8_t *map;
	size_t size, used;
	struct pagemap *pagemap;
	pid_t pid;
};

/* Which mappings need it, and room for at most `limit` bytes. `wanted` says whether a mapping goes into the dump. */
typedef bool held_wanted(void *arg, const struct vma *v);
struct err *held_prepare(pid_t pid, const struct vma_list *vmas, held_wanted *wanted, void *arg, uint64_t limit,
			 struct held *ret) MUST_USE;
/* In the pause; what is not done by `deadline` (CLOCK_MONOTONIC) is left. */
void held_copy(struct held *h, uint64_t deadline);
/* The range that holds the address, or NULL. */
const struct held_range *held_find(const struct held *h, uint64_t address);
/* As snapshot_read; what the range has and no piece holds is zero. Only for copied ranges. */
size_t held_read(const struct held *h, uint64_t address, void *buf, size_t size);
void held_deinit(struct held *h);

#endif
