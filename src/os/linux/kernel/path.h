/* SPDX-License-Identifier: MIT */
/*
 * Names of files: from a dentry up to the root of its mount, from there to where
 * that is mounted, and so on, as d_path(9) puts them together; bounded in depth
 * and length. A part that is not in the dump is shown as "?".
 */
#ifndef OSM_OS_LINUX_KERNEL_PATH_H
#define OSM_OS_LINUX_KERNEL_PATH_H

#include "target/target.h"

/* A terminated string of the kernel, at most 255 bytes of it, as UTF-8 in the arena; NULL: not in the dump. */
const char *kernel_string(struct target *t, uint64_t address, struct arena *a);

/* In the arena, "" when nothing is known. `mount` is the struct vfsmount of a struct path, 0: not known.
 * Removed files end in " (deleted)". */
const char *kernel_path_name(struct target *t, uint64_t mount, uint64_t dentry, struct arena *a);
/* Of an open file. What has no place in a tree is shown as /proc/PID/fd does: "socket:[4711]". */
const char *kernel_file_path(struct target *t, uint64_t file, struct arena *a);

struct kernel_inode {
	uint64_t address, number, size;
	uint32_t mode, device;		/* mode: S_IF* and permissions of stat(2); device: of special files */
	uint64_t mapping;		/* struct address_space: its page cache */
	uint64_t pipe;			/* struct pipe_inode_info of a pipe */
	const char *file_system;	/* "ext4", "sockfs" ...; "" not known */
};
/* FAULT, NOTFOUND. */
struct err *kernel_inode_read(struct target *t, uint64_t inode, struct arena *a, struct kernel_inode *ret) MUST_USE;

#endif
