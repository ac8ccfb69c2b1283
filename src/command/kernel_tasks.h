/* SPDX-License-Identifier: MIT */
/* What the commands about tasks of a kernel share. */
#ifndef OSM_COMMAND_KERNEL_TASKS_H
#define OSM_COMMAND_KERNEL_TASKS_H

#include "command/kernel.h"
#include "os/linux/kernel/task.h"

/* Runs `run` on the kernel, also while a process inside the dump is the session's target (.process).
 * UNSUPPORTED, with a sentence: it is no dump of a kernel. */
typedef struct err *kernel_command_fn(struct session *s, const struct args *args, struct out *o);
struct err *run_on_kernel(struct session *s, const struct args *args, struct out *o, kernel_command_fn *run) MUST_USE;

/*
 * One task by the word at *p: the address of its task_struct, or its PID. What is
 * below 2^32 is a PID; `decimal`: digits are one in the base of people and of ps.
 */
struct err *task_parse(struct session *s, const char **p, bool decimal, struct kernel_task *ret) MUST_USE;
/* The process of the session: the one that .process chose, else that of the current thread. */
struct err *task_current(struct session *s, struct kernel_task *ret) MUST_USE;
/* The leader of its group; itself, if that cannot be read. */
struct kernel_task task_leader(struct target *t, const struct kernel_task *task);

/* One thread as !thread shows it; `stack`: with its stack. */
struct err *thread_details(struct session *s, struct arena *a, const struct kernel_task *task, bool stack,
			   struct out *o) MUST_USE;
/* The same in a line. */
struct err *thread_line(struct session *s, struct arena *a, const struct kernel_task *task, struct out *o) MUST_USE;
extern const struct record kernel_thread_record;

/* Which descriptors of a task are shown. */
struct kernel_files_wish {
	uint64_t fd;
	bool one;		/* only that one */
	bool in_full;		/* with inode, position and flags */
	const char *type;	/* NULL: all */
};
struct err *kernel_files_show(struct session *s, const struct args *args, const struct kernel_task *task,
			      const struct kernel_files_wish *wish, struct out *o) MUST_USE;
extern const struct record kernel_file_record;
/* !handle and files, on the dump of a kernel. */
struct err *kernel_handle_run(struct session *s, const struct args *args, struct out *o) MUST_USE;
/* The leader of the process that .process made the target; 0: the kernel is. */
uint64_t session_inside_task(const struct session *s);
/* Whether the dump that was opened is a kernel's, also while a process inside it is the target. */
bool session_has_kernel(const struct session *s);

#endif
