/* SPDX-License-Identifier: MIT */
/*
 * Open files of a task: the table of descriptors (files_struct, fdtable), and of
 * each file what it is. What is told of sockets has the form of /proc/net:
 * "tcp 127.0.0.1:80 LISTEN", "unix stream /run/x CONNECTED".
 */
#ifndef OSM_OS_LINUX_KERNEL_FILE_H
#define OSM_OS_LINUX_KERNEL_FILE_H

#include "os/linux/kernel/path.h"
#include "os/linux/kernel/walk.h"

enum { KERNEL_MAX_FILES = 1 << 24 };

struct kernel_file {
	uint64_t fd;
	uint64_t address;	/* struct file */
	const char *type;	/* file, directory, device, pipe, socket, eventpoll, eventfd, timerfd ... */
	const char *path;	/* as /proc/PID/fd has it */
	const char *detail;	/* "" none */
	uint64_t peer;		/* inode of the socket that a Unix socket is connected with, 0: not known, none */
	uint64_t inode;		/* its number, 0: not known */
	uint64_t position;
	uint64_t references;	/* f_count; 0: not known */
	uint32_t flags;		/* O_* of open(2) */
	uint32_t mode;		/* S_IF* and permissions; 0: not known */
};

/* Descriptors from the lowest on. fn false: stop. `files` is task_struct.files; strings in the arena.
 * FAULT, NOTFOUND, CORRUPT: the table says more than KERNEL_MAX_FILES. A file that cannot be read is given
 * with the type "unreadable". */
typedef bool kernel_file_fn(void *arg, const struct kernel_file *file);
struct err *kernel_files_each(struct target *t, uint64_t files, struct arena *a, kernel_file_fn *fn, void *arg) MUST_USE;
/* One file by the address of its struct file; fd is left 0. */
struct err *kernel_file_read(struct target *t, uint64_t file, struct arena *a, struct kernel_file *ret) MUST_USE;
/* How many descriptors are open; false: not known. */
bool kernel_files_count(struct target *t, uint64_t files, uint64_t *ret);

/* socket.c: what a struct socket is, "" when not known; *ret_peer as above. */
const char *kernel_socket_detail(struct target *t, uint64_t socket, struct arena *a, uint64_t *ret_peer);
const char *kernel_tcp_state(uint64_t state);	/* "LISTEN"; "" not known */
/* Inode of a struct sock's socket, 0: it has none, or not known. */
uint64_t kernel_sock_inode(struct target *t, uint64_t sock);

#endif
