/* SPDX-License-Identifier: MIT */
/* Who maps the shared memory of a process, and could write to it. */
#ifndef OSM_CAPTURE_SHARERS_H
#define OSM_CAPTURE_SHARERS_H

#include "base/vec.h"
#include "capture/vma.h"

/* A file, or shared memory without a name, which has an inode as well. */
struct file_id {
	uint64_t inode;		/* 0: none */
	uint32_t dev_major, dev_minor;
};

static inline bool file_same(const struct file_id *a, const struct file_id *b)
{
	return a->inode && a->inode == b->inode && a->dev_major == b->dev_major && a->dev_minor == b->dev_minor;
}

struct sharer {
	struct file_id file;
	pid_t pid;
};

struct sharers {
	VEC(struct file_id) files;	/* to be looked for: the first n_known have been */
	size_t n_known;
	VEC(struct sharer) found;
	bool incomplete;		/* not all was noted */
	bool want_open;			/* descriptors are looked at as well */
	VEC(struct file_id) open;	/* those that somebody has open for writing */
};

/* The file is looked for by the next sharers_find, if it was not before. */
void sharers_ask(struct sharers *x, const struct file_id *file);
/* Looks through the mappings of all processes, before the pause. What of them may not be seen is not. */
void sharers_find(struct sharers *x);
/* Looks for all of them once more, in processes that started up to then (ticks since boot). What was found before stays. */
void sharers_find_again(struct sharers *x, uint64_t started);
/* Somebody can write to the file without mapping it, as far as that could be seen. */
bool sharers_open(const struct sharers *x, const struct file_id *file);
/*
 * Whether a process that is not among these maps the file writable. What was
 * not looked for, or found no memory to be noted, counts as mapped by one.
 */
bool sharers_beyond(const struct sharers *x, const struct file_id *file, bool (*is_member)(void *arg, pid_t pid), void *arg);
/* Those that have ended write no more. */
void sharers_forget_ended(struct sharers *x);
void sharers_deinit(struct sharers *x);

#endif
