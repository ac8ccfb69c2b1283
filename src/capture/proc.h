/* SPDX-License-Identifier: MIT */
/*
 * What /proc says of a process and its threads (proc(5)). Everything is read
 * from outside and may change or vanish meanwhile: NOTFOUND when the process
 * is gone; single facts that may not be read are left empty.
 */
#ifndef OSM_CAPTURE_PROC_H
#define OSM_CAPTURE_PROC_H

#include "base/arena.h"
#include "base/err.h"
#include "base/machine.h"
#include "base/vec.h"
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* One line of /proc/PID/stat and status. */
struct proc_stat {
	pid_t tid, tgid, ppid, pgrp, sid, tracer;
	char state;			/* R S D T t Z X I */
	char comm[64];
	uint64_t flags;			/* PF_* */
	int32_t nice, policy, priority;
	uint64_t user_ticks, system_ticks, child_user_ticks, child_system_ticks, start_ticks;
	uint32_t uid, euid, gid, egid;
	uint32_t seccomp;		/* 0 none, 1 strict, 2 filter */
	bool shadow_stack;		/* CET: returns are checked against a second stack */
	uint32_t threads;
	uint64_t sigpend, shdpend, sigblk, sigign, sigcgt;
	uint64_t voluntary_switches, involuntary_switches;
	uint64_t vm_size, vm_rss, vm_swap, vm_locked, vm_hugetlb;	/* bytes */
	uint32_t cpu;			/* last ran on */
	int32_t exit_signal;		/* what its parent gets; 0: nothing, and only wait4(__WALL) finds it */
	pid_t ns_pid;			/* in its innermost pid namespace */
};
/* Of one thread; tid 0: of the process (times of all its threads). */
struct err *proc_stat_read(pid_t tgid, pid_t tid, struct proc_stat *ret) MUST_USE;

struct proc_thread {
	struct proc_stat stat;
	const char *wchan;	/* "" when not known, or not waiting */
	const char *stack;	/* kernel stack, a line a frame, "[<0>] " taken off; "" when not permitted */
	const char *syscall;	/* /proc/PID/task/TID/syscall: "running", "-1 sp pc" or "nr args sp pc"; "" */
};
/* Strings in `a`. */
struct err *proc_thread_read(pid_t tgid, pid_t tid, struct arena *a, struct proc_thread *ret) MUST_USE;

/* The thread ids of a process, in the kernel's order. */
struct pid_list {
	VEC(pid_t) pids;
};
/* Each replaces what is in *ret, which starts as { 0 }, and leaves it alone on failure. */
struct err *proc_tids(pid_t tgid, struct pid_list *ret) MUST_USE;
/* All processes with this comm or base name of their program; no zombies, unless other threads of theirs live. */
struct err *proc_named(const char *name, struct pid_list *ret) MUST_USE;
/* The process and its descendants, parents first. */
struct err *proc_tree(pid_t root, struct pid_list *ret) MUST_USE;
/*
 * Adds the children of one thread to *ret: cheap, and reliable while nobody among
 * them ends. NOTFOUND: this kernel does not tell (CONFIG_PROC_CHILDREN).
 */
struct err *proc_add_children(pid_t tgid, pid_t tid, struct pid_list *ret) MUST_USE;
/* The processes of the cgroup v2 folder `path` ("/sys/fs/cgroup/...") and below it. */
struct err *proc_cgroup_members(const char *path, struct pid_list *ret) MUST_USE;
/* The folder of the process's cgroup v2, in `a`. UNSUPPORTED: it is in none that is mounted. */
struct err *proc_cgroup_folder(pid_t pid, struct arena *a, const char **ret) MUST_USE;
static inline void pid_list_deinit(struct pid_list *l) { vec_deinit(&l->pids); }

struct proc_fd {
	int fd;
	const char *target;	/* link: "/path", "socket:[123]", "pipe:[5]", "anon_inode:[eventpoll]" */
	/* sockets: "tcp 127.0.0.1:5432 -> 127.0.0.1:60001 ESTABLISHED", "tcp6 [::]:80 LISTEN",
	 * "udp 127.0.0.1:53", "unix stream /run/x.sock CONNECTED"; "" */
	const char *detail;
	uint64_t peer;		/* of a Unix socket: inode of the one that it is connected with; 0: none, not known */
	uint32_t locked_by;	/* of a file: a process that has a lock on it, by flock(2) or fcntl(2); 0: none, not known */
	uint64_t position;
	uint32_t flags;		/* O_* */
};

struct proc_limit {
	const char *name, *soft, *hard, *unit;
};

/* The whole of a process, for the dump's own record. Strings in `arena`. */
struct proc_facts {
	struct arena arena;
	struct proc_stat stat;
	enum machine machine;	/* of the program: MACHINE_X64, MACHINE_X86 (from its auxv and exe) */
	const char *exe, *cwd, *root;		/* links; "" when not permitted */
	const char *args;			/* command line, blanks between */
	const void *auxv;
	size_t auxv_size;
	const char *cgroup;			/* v2 path, or the text of v1 */
	/* of the cgroup, or of that ancestor of it which has the least room left; UINT64_MAX: no limit, not known */
	uint64_t memory_max, memory_current;
	uint64_t memory_cache;	/* part of memory_current: pages of files, which the kernel drops when it needs room */
	const char *pid_ns, *user_ns, *mnt_ns;	/* links */
	uint32_t coredump_filter;
	int oom_score_adj;
	size_t children;			/* processes; of a process of many threads not all may be counted */
	VEC(struct proc_limit) limits;
	VEC(struct proc_fd) fds;
	/* the host */
	const char *host, *kernel, *kernel_version;	/* uname: nodename, release, version */
	uint64_t boot_time, uptime_ns;
	uint64_t memory_total, memory_available, swap_free, commit_limit, committed;
	int overcommit;				/* vm.overcommit_memory */
	int ptrace_scope;			/* yama; 0 when absent */
	uint32_t cpus;
	const char *environment;		/* NUL-separated; only with with_environment, else NULL */
	size_t environment_size;
};
enum proc_want { PROC_FDS = 1, PROC_ENVIRONMENT = 2 };
struct err *proc_facts_read(pid_t pid, unsigned want, struct proc_facts *ret) MUST_USE;
void proc_facts_deinit(struct proc_facts *f);

/* A small file of /proc or /sys as text (NUL-ended), in `a`; bounded by 16 MiB. */
struct err *proc_read_file(const char *path, struct arena *a, char **ret, size_t *ret_size) MUST_USE;

#endif
