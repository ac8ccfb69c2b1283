/* SPDX-License-Identifier: MIT */
/*
 * Scheduler of a Linux kernel: what each processor runs and which tasks are
 * queued for it, in the order in which they would run.
 *
 * Each processor has a run queue (struct rq, per-CPU variable `runqueues`) with
 * one queue for each class: deadline and fair tasks in red-black trees, realtime
 * tasks in a list for each priority. The fair tree of a group holds entities that
 * stand for a whole group with a queue of its own (sched_entity.my_q); tasks are
 * listed here, groups are entered. The task that runs is in no fair tree.
 *
 * Times are nanoseconds of the scheduler's clock (rq.clock), which each processor
 * notes at its ticks and switches: a processor that idles may have noted it long
 * ago, so that "now" is the latest of all.
 */
#ifndef OSM_OS_LINUX_KERNEL_SCHED_H
#define OSM_OS_LINUX_KERNEL_SCHED_H

#include "base/arena.h"
#include "base/map.h"
#include "target/target.h"

enum sched_class {
	SCHED_CLASS_UNKNOWN,
	SCHED_CLASS_STOP,
	SCHED_CLASS_DEADLINE,
	SCHED_CLASS_RT,
	SCHED_CLASS_FAIR,
	SCHED_CLASS_EXT,
	SCHED_CLASS_IDLE,
	N_SCHED_CLASSES,
};
const char *sched_class_name(enum sched_class c);	/* "fair" */

/* What the scheduler keeps of a task, by its names. Test optional ones with sched_has(). */
struct sched_task {
	uint64_t has;
	uint64_t state;			/* __state, or state before 5.14; NULL bits mean it wants to run */
	uint64_t on_rq, stack, pid, tgid, comm_at, prio, static_prio, policy;
	uint64_t class_at, on_cpu, cpu, flags, mm, exit_state;
	uint64_t vruntime, deadline, exec_start, sum_exec_runtime, delayed;
	uint64_t last_arrival, last_queued, run_delay, run_count;
	uint64_t dl_deadline, rt_priority, allowed;	/* allowed: number of processors it may run on */
	uint64_t pi_blocked_on, blocked_on, in_iowait;
	uint64_t switches, switches_forced;
};
#define sched_has(s, member) ((s)->has >> ((const uint64_t *)&(s)->member - &(s)->has - 1) & 1)

/* NOTFOUND: types not known; FAULT. */
struct err *sched_task_read(struct target *t, uint64_t task, struct sched_task *ret) MUST_USE;

struct sched_queued {
	uint64_t task;
	struct thread *thread;		/* NULL: in no list of tasks */
	enum sched_class class;
	struct sched_task info;
	unsigned depth;			/* groups that it is in */
	bool delayed;			/* sleeps already, is kept until its lag is paid */
	bool waits_known;
	uint64_t waits;			/* ns since it became ready to run */
};

struct sched_cpu {
	unsigned cpu;
	bool online;
	uint64_t rq;			/* address */
	uint64_t clock, clock_task;
	uint64_t current, idle;		/* tasks; current 0: not known */
	struct thread *thread;		/* of current; NULL: not listed */
	enum sched_class class;		/* of current */
	struct sched_task info;		/* of current */
	bool runs_known;
	uint64_t runs;			/* ns for which current has been on the processor */
	uint64_t nr_running, nr_deadline, nr_rt, nr_fair;	/* as the kernel counts them, the current task included */
	bool has_deadline, has_rt, has_fair;
	uint64_t switches, nr_iowait, load;
	struct sched_queued *queued;	/* by class, then in the order of the queue; without the current task */
	size_t n;
	const char *trouble;		/* why a queue is not whole; NULL: it is */
};

struct sched_view {
	struct sched_cpu *cpus;		/* those with a run queue */
	size_t n;
	uint64_t now;			/* latest clock of a processor; 0: not known */
};

/* In the arena. UNSUPPORTED: no kernel; NOTFOUND: its symbols or types are not known. */
struct err *sched_view_read(struct target *t, struct arena *a, struct sched_view *ret) MUST_USE;
/* Latest clock of all processors; 0: not known. */
uint64_t sched_now(struct target *t);
/* When the task was last on a processor, by the scheduler's clock; false: not known. */
bool sched_left(const struct sched_task *s, uint64_t *ret);
/* Which class a task is of. */
enum sched_class sched_class_of(struct target *t, const struct sched_task *s);

/* Threads by the address of their task: `map` gets the thread's index + 1. */
struct err *sched_map_tasks(struct target *t, struct u64map *map) MUST_USE;
struct thread *sched_thread(struct target *t, const struct u64map *map, uint64_t task);	/* NULL */

#endif
