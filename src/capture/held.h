/* SPDX-License-Identifier: MIT */
/*
 * Held memory: what copy-on-write cannot keep (shared mappings, DONTFORK,
 * WIPEONFORK, private huge pages of hugetlbfs) is copied while the threads
 * stand still, largest first as far as the budget goes.
 *
 * The copies lie in memory files of ours, made and touched before the pause.
 * Shared memory is read through its file, where holes stay holes: reading it
 * through the mapping would make the kernel allocate what nobody ever wrote.
 * What several mappings show, of one process or of several of a set, is an item
 * of the pool that they share, and is copied once.
 *
 * A file that nobody maps writable, and whose times say that nobody wrote to it
 * since before the pause, is not copied but read later. (Java maps its modules
 * so, and search engines their indexes.)
 *
 * An engine that keeps shared memory itself (engine.h) is given what it can. Of
 * that, what can be written to without a mapping is copied all the same as long as it fits
 * the budget: the engine would not notice all writes.
 */
#ifndef OSM_CAPTURE_HELD_H
#define OSM_CAPTURE_HELD_H

#include "base/err.h"
#include "base/vec.h"
#include "capture/pagemap.h"
#include "capture/sharers.h"
#include "capture/store.h"
#include "capture/vma.h"

#include <time.h>

/* What is copied: a part of a file, or of a process's memory. */
struct held_item {
	struct file_id file;	/* inode 0: memory of one process */
	uint64_t start, end;	/* offsets in the file, or addresses */
	int fd;			/* of the file; -1: by way of the process */
	bool blind;		/* its page tables do not tell what there is: others may have filled it */
	uint64_t expected;	/* bytes that hold anything, before the pause */
	bool chosen;		/* fits the budget */
	bool keep, open;	/* as the ranges' */
	bool kept;		/* the engine keeps it: it is not copied in the pause */
	uint64_t key;		/* kept: of offset 0 in the pool's store */
	bool done, copied;	/* tried; whole */
	struct held_block *block; /* where its copy goes */
	size_t first_piece, n_pieces;
};

struct held_piece {
	uint64_t start, end;	/* in the item */
	const uint8_t *data;
};

struct held_pool {
	VEC(struct held_item *) items;
	VEC(struct held_piece) pieces; /* those of an item together, in order */
	VEC(struct held_block *) blocks;
	uint64_t left;		/* bytes that may still be chosen */
	bool keeps;		/* the engine keeps shared memory (engine.h), */
	struct store *store;	/* here, the pool's; NULL: nothing yet */
	uint64_t next_key;
	bool escaped;		/* writes to what it keeps may have escaped it */
	struct sharers sharers;
};

struct held_stamp { /* what any write to a file moves */
	uint64_t size;
	struct timespec modified, changed;
};

struct held_range {
	uint64_t start, end;
	const char *why;	/* "shared", "DONTFORK", ... */
	struct file_id file;	/* behind a shared mapping; else inode 0 */
	int fd;			/* of it, the item's; -1: by way of the process */
	uint64_t file_offset;
	bool kernel;		/* a ring that the kernel writes to */
	bool others;		/* somebody outside of the set may write to it */
	bool keep;		/* the engine can keep it */
	bool open;		/* it has a name, or is open for writing: not all writes come through mappings */
	bool copied;		/* whole */
	bool read_only;		/* the mapping */
	bool still;		/* nobody writes to the file: it has no item; */
	struct held_stamp stamp; /* as long as this is so */
	struct held_item *item;
};

struct held {
	VEC(struct held_range) ranges;	/* by address */
	struct pagemap *pagemap;
	pid_t pid;
	struct held_pool *pool;
};

/* Which mappings of a process need it. `wanted` says whether a mapping goes into the dump. */
typedef bool held_wanted(void *arg, const struct vma *v);
struct err *held_prepare(pid_t pid, const struct vma_list *vmas, held_wanted *wanted, void *arg, struct held_pool *pool,
			 struct held *ret) MUST_USE;
/* Before held_make_room: which shared memory the engine can keep, if it keeps any: what members only can write to. */
void held_choose_kept(struct held *h, bool (*is_member)(void *arg, pid_t pid), void *arg);
/* The same for files that nobody writes to. */
void held_choose_still(struct held *h);
/* Chooses among what is new of these, and makes room for its copies. */
struct err *held_make_room(struct held *const *v, size_t n, struct held_pool *pool) MUST_USE;
/* In the pause; what is not done by `deadline` (CLOCK_MONOTONIC) is left. */
void held_copy(struct held *h, uint64_t deadline);
/* The range that holds the address, or NULL. */
const struct held_range *held_find(const struct held *h, uint64_t address);
/* By way of its file, as far as that goes; returns how many bytes came. */
size_t held_read_file(const struct held_range *r, uint64_t address, void *buf, size_t size);
bool held_is_still(const struct held_range *r);	/* and was not written to up to now; accepts NULL */
static inline bool held_is_kept(const struct held_range *r) { return r && r->item && r->item->kept; }
/* As snapshot_read; what the range has and no piece holds is zero. Only for ranges that were copied, are kept or still. */
size_t held_read(const struct held *h, uint64_t address, void *buf, size_t size);
void held_deinit(struct held *h);	/* before its pool */
/* What was copied is forgotten: it will be copied anew. */
void held_pool_reset(struct held_pool *p);
void held_pool_deinit(struct held_pool *p);

#endif
