/* SPDX-License-Identifier: MIT */
/*
 * What the readers of /proc share.
 *
 * proc.c        files, stat and status, threads
 * proc_list.c   which processes: by name, by descent, by cgroup
 * proc_facts.c  one process and its host
 * proc_cgroup.c where cgroups are, their limits
 * proc_fd.c     open files
 * proc_net.c    what sockets are connected to
 * proc_locks.c  who has locks on files
 * proc_unix.c   which Unix sockets are connected with which
 */
#ifndef OSM_CAPTURE_PROC_IMPL_H
#define OSM_CAPTURE_PROC_IMPL_H

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/err.h"
#include "capture/lines.h"
#include "base/map.h"
#include "capture/proc.h"
#include <stdbool.h>

enum { PROC_PATH = 80 };

/* Read-only, close-on-exec. NOTFOUND when there is no such process or file. */
struct err *proc_open(const char *path, int *ret) MUST_USE;
/* Makes what the kernel says of processes that went (ENOENT, ESRCH) NOTFOUND,
 * and prefixes the path. Accepts NULL. */
struct err *proc_gone(struct err *e, const char *path) MUST_USE;
/* Calls `each` for every line until it fails; lines longer than 4 KiB are cut. */
typedef struct err *proc_line_fn(void *arg, const struct line *line);
struct err *proc_each_line(const char *path, proc_line_fn *each, void *arg) MUST_USE;

/* Text of a file or target of a link; "" when it may not be read. Only NOMEM. */
struct err *proc_text(const char *path, struct arena *a, const char **ret) MUST_USE;
struct err *proc_link(const char *path, struct arena *a, const char **ret) MUST_USE;
/* The number a file holds; `other` when it cannot be read or says "max". */
uint64_t proc_number(const char *path, uint64_t other);

/* Takes in a line of /proc/PID/status; `arg` is a struct proc_stat. */
proc_line_fn proc_status_line;

/* Digits and nothing else. */
bool proc_is_number(const char *s, pid_t *ret);
/* Every numeric entry of a folder of /proc. */
typedef struct err *proc_entry_fn(void *arg, pid_t number);
struct err *proc_each_number(const char *path, proc_entry_fn *each, void *arg) MUST_USE;

/* proc_cgroup.c: fills cgroup, memory_max, memory_current. */
struct err *proc_cgroup_facts(pid_t pid, struct proc_facts *f) MUST_USE;
/* proc_fd.c */
struct err *proc_fds(pid_t pid, struct proc_facts *f) MUST_USE;
/* proc_locks.c: fills in `locked_by`. */
struct err *proc_file_locks(pid_t pid, struct proc_facts *f) MUST_USE;
/* proc_net.c: fills the detail of those that are sockets, from the tables of the process's network namespace. */
/* Fills in `peer` of the descriptors (struct proc_fd) by the inode of their Unix socket, where the kernel tells. */
struct err *proc_unix_peers(struct u64map *sockets, struct arena *a) MUST_USE;
struct err *proc_sockets(pid_t pid, struct proc_facts *f) MUST_USE;

#endif
