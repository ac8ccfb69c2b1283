/* SPDX-License-Identifier: MIT */
/*
 * A regular file of ours that is written and read past the page cache
 * (O_DIRECT) where that can be: faster for what is large, and the cache keeps
 * what others need. What is small or not aligned goes through the cache; the
 * kernel keeps the two ways in step.
 */
#ifndef OSM_CAPTURE_DIRECT_H
#define OSM_CAPTURE_DIRECT_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

enum { DIRECT_ALIGNED = 4096 }; /* memory, offset and size */

struct direct {
	int fd;			/* -1: not to be had */
	atomic_bool refused;	/* by the file system, which may find out late (larger blocks) */
};
#define DIRECT_NONE { .fd = -1 }

/* A second way to the file; it is there or not. */
void direct_open(struct direct *d, int fd, int access);
void direct_close(struct direct *d);
/* As pread(2) and pwrite(2) of fd. From any thread. */
ssize_t direct_pread(struct direct *d, int fd, void *buf, size_t size, uint64_t offset);
ssize_t direct_pwrite(struct direct *d, int fd, const void *buf, size_t size, uint64_t offset);

#endif
