/* SPDX-License-Identifier: MIT */
/* The system call that a thread of a Linux process is in, by its registers. */
#ifndef OSM_OS_LINUX_SYSCALL_H
#define OSM_OS_LINUX_SYSCALL_H

#include "target/target.h"

enum linux_call {	/* those that have a meaning here, by any of their numbers */
	CALL_OTHER,
	CALL_FUTEX,
	CALL_READ,	/* read, readv, recv...: the first argument is a descriptor */
	CALL_WRITE,
	CALL_ACCEPT,
	CALL_FLOCK,
	CALL_LOCK,	/* fcntl(F_SETLKW) */
	CALL_CONNECT,
	CALL_CHILD,	/* wait4, waitpid, waitid */
	CALL_SLEEP,	/* nanosleep, clock_nanosleep */
	CALL_POLL,	/* poll, select, epoll_wait: several descriptors, or a time */
	CALL_SIGNAL,	/* pause, sigsuspend, sigwait: nothing but a signal ends it, or a time */
};

struct linux_syscall {
	enum linux_call call;
	uint64_t number;
	uint64_t args[4];
};

/*
 * NOTFOUND: in none. `*ret_certain` false: the machine keeps no mark of it, so
 * that the register may hold the number of a call that is over.
 */
struct err *linux_syscall_of(struct target *t, struct thread *th, struct linux_syscall *ret,
			     bool *ret_certain) MUST_USE;

#endif
