/* SPDX-License-Identifier: MIT */
/*
 * Mounted file systems of a mount namespace.
 */
#ifndef OSM_OS_LINUX_KERNEL_MOUNT_H
#define OSM_OS_LINUX_KERNEL_MOUNT_H

#include "target/target.h"

struct kernel_mount {
	uint64_t address;		/* of struct mount */
	uint64_t super_block;
	uint64_t id, parent_id;		/* as in /proc/PID/mountinfo */
	const char *source, *type;	/* "/dev/sda1", "ext4", "fuse.sshfs"; "" not known */
	const char *path;		/* where, from the namespace's root; NULL: not known */
	uint64_t mount_flags, super_flags;
	bool read_only;
	uint32_t major, minor;		/* device of the file system */
};

/* The namespace that a task is in (0: the first one), by id. Into the arena. One that cannot be
 * read has no path, type and source. CORRUPT, FAULT: the list is torn. NOTFOUND: the task has ended. */
struct err *kernel_mounts(struct target *t, uint64_t task, struct arena *a, struct kernel_mount **ret, size_t *ret_n)
	MUST_USE;
/* "rw,nosuid,nodev,relatime", as /proc/mounts begins its options. */
void mount_add_options(const struct kernel_mount *m, struct strbuf *sb);

#endif
