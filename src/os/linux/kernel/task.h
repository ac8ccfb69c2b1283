/* SPDX-License-Identifier: MIT */
/*
 * Tasks of a Linux kernel: the facts of a task_struct and of what it points to,
 * bound by member name from the dump's own types.
 *
 * A task is a thread; the group leader stands for the process. All addresses are
 * the kernel's virtual ones, 0: none. What a kernel has no member for, or what is
 * not in the dump, is told by a `has_` bit or by 0 where 0 is no value.
 */
#ifndef OSM_OS_LINUX_KERNEL_TASK_H
#define OSM_OS_LINUX_KERNEL_TASK_H

#include "os/linux/kernel/walk.h"
#include "target/kernel.h"

enum {
	KERNEL_MAX_TASKS = 1 << 22,	/* PID_MAX_LIMIT */
	TASK_COMM_SIZE = 16,
};

enum kernel_task_flag {			/* PF_*, of include/linux/sched.h; /proc/PID/stat shows them */
	TASK_IS_IDLE = 0x2,
	TASK_IS_EXITING = 0x4,
	TASK_IS_WORKER = 0x20,		/* of a workqueue */
	TASK_IS_KTHREAD = 0x200000,
};

struct kernel_task {
	uint64_t address;
	uint32_t pid, tgid, ppid;	/* in the first PID namespace; ppid as /proc has it: of the parent's process */
	char comm[TASK_COMM_SIZE];	/* terminated, as it lies there */
	char letter;			/* R S D T t X Z P I as ps has them; '?' not known */
	uint64_t state;			/* __state (state before 5.14) */
	int32_t exit_state, exit_code;
	uint64_t flags;			/* PF_* */
	uint32_t cpu;			/* runs on, or last ran on */
	bool on_cpu, on_rq, in_iowait;
	int32_t prio, static_prio, normal_prio, rt_priority;
	uint32_t policy;		/* SCHED_* of sched(7) */
	uint64_t utime, stime;		/* nanoseconds, of this task alone */
	uint64_t start_boottime;	/* nanoseconds since boot */
	uint64_t voluntary, involuntary;/* switches */
	uint64_t last_arrival;		/* scheduler's clock: came onto a CPU; 0 not known */
	uint64_t last_ran;		/* task clock of its CPU's run queue when it was last accounted */
	uint64_t stack;			/* lowest address of its kernel stack, 0: freed */
	uint64_t parent, group_leader;
	uint64_t children, threads;	/* addresses of list heads: by sibling, by thread_node */
	uint64_t signal, mm, files, fs, cred, nsproxy, cgroups, pid_struct;
	uint32_t n_threads;		/* of its process */
};

/* What `!process 0 1` tells beyond it. Strings in the arena, "" when not known. */
struct kernel_memory_use {
	uint64_t mm, pgd;
	uint64_t total_vm;		/* bytes; what of it is resident: kernel_memory_users() */
};

/* NOTFOUND: no such types; FAULT; CORRUPT: what lies there is no task. */
struct err *kernel_task_read(struct target *t, uint64_t address, struct kernel_task *ret) MUST_USE;

struct kernel_tasks {
	struct kernel_task *v;
	size_t n;
	struct err *trouble;		/* the list is torn: what could not be walked; NULL: none */
};
void kernel_tasks_deinit(struct kernel_tasks *tasks);
/*
 * All processes (group leaders) but the idle tasks, by PID. Where the list of tasks is torn it is
 * walked from both ends, and what the PID tables have besides is added; `trouble` says so.
 */
struct err *kernel_processes(struct target *t, struct kernel_tasks *ret) MUST_USE;
/* The threads of a process, its leader first, then by PID. */
struct err *kernel_threads(struct target *t, const struct kernel_task *process, struct kernel_tasks *ret) MUST_USE;
/* A task by PID, also of one that leads no group. NOTFOUND. */
struct err *kernel_task_by_pid(struct target *t, uint32_t pid, struct kernel_task *ret) MUST_USE;

/* "R (running)" */
const char *kernel_state_word(char letter);
const char *kernel_policy_name(uint32_t policy);	/* "other", "fifo" ...; "unknown" */
/* The function that a task that does not run waits in, as /proc/PID/wchan has it: the innermost of its
 * stack outside of the scheduler's section. NULL: not known. In the arena. */
const char *kernel_wait_channel(struct target *t, const struct kernel_task *task, struct arena *a);
/* Bytes of a kernel stack (THREAD_SIZE); 0: not known. */
uint64_t kernel_stack_size(struct target *t);
/* Nanoseconds since it last ran, by the clock of its CPU's run queue; false: not known. */
bool kernel_not_run_for(struct target *t, const struct kernel_task *task, uint64_t *ret);

/* NOTFOUND: a kernel thread, or a process that has given its memory back. */
struct err *kernel_memory_of(struct target *t, const struct kernel_task *task, struct kernel_memory_use *ret) MUST_USE;
bool kernel_task_ids(struct target *t, const struct kernel_task *task, uint32_t *ret_uid, uint32_t *ret_gid);
/* PIDs from the first namespace to its own: "1234 7"; n 1: none but the first. */
size_t kernel_task_pids(struct target *t, const struct kernel_task *task, uint32_t *ret, size_t max);
/* comm; of a kernel thread that is no worker of a workqueue the whole of a name that was too long for it, as
 * /proc has it. As UTF-8 in the arena. */
const char *kernel_task_name(struct target *t, const struct kernel_task *task, struct arena *a);
const char *kernel_task_cgroup(struct target *t, const struct kernel_task *task, struct arena *a);
/* Its arguments with blanks between, "" when they are not in the dump: from the process's own memory. */
const char *kernel_task_arguments(struct target *t, const struct kernel_task *task, struct arena *a);
/* The program: mm_struct.exe_file. */
const char *kernel_task_program(struct target *t, const struct kernel_task *task, struct arena *a);

/* --- user memory ---------------------------------------------------------------- */
/* A process's memory through its page tables. */
struct kernel_user_memory {
	struct paged_memory *paged;
	struct arch_memory memory;
};
/* FAULT: its mm_struct or its tables are not in the dump. */
struct err *kernel_user_memory(struct target *t, uint64_t mm, struct kernel_user_memory *ret) MUST_USE;
void kernel_user_memory_deinit(struct kernel_user_memory *u);

#endif
