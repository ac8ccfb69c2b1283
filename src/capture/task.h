/* SPDX-License-Identifier: MIT */
/*
 * The threads of a process held by ptrace, and their registers.
 *
 * In this order, all from one thread of ours (the kernel ties tracees to it):
 *
 *	tasks_seize	PTRACE_SEIZE on each thread; they run on
 *	tasks_stop	the pause begins: each thread stops or is known not to run
 *	tasks_registers	what a core needs of each
 *	tasks_resume	the pause ends; nothing of us is left in the target
 *
 * Between stop and resume nothing is allocated and nothing is printed.
 * If we die at any instant the kernel detaches every thread by itself and each
 * goes on where it was (ptrace(2), "Death under ptrace" and exit_ptrace).
 *
 * A thread in uninterruptible sleep (D, or waiting for its vfork child) cannot
 * stop, but cannot run either: its stop is pending, so it stops before it
 * executes another user instruction. It is TASK_PENDING; what is known of its
 * registers comes from /proc/PID/task/TID/syscall.
 *
 * Signals: a thread that stops to report a signal gets it delivered at once
 * and stops again before its next instruction, so no signal is held back.
 */
#ifndef OSM_CAPTURE_TASK_H
#define OSM_CAPTURE_TASK_H

#include "base/err.h"
#include "base/machine.h"
#include "base/vec.h"
#include "capture/proc.h"
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>
#include <sys/user.h>

enum task_state {
	TASK_SEIZED,	/* running, or not waited for yet */
	TASK_STOPPED,
	TASK_PENDING,	/* in the kernel, stops before it returns from there */
	TASK_GONE,	/* exited, or let go */
};

struct task {
	pid_t tid;
	enum task_state state;
	bool was_uninterruptible;	/* in state D before the pause */
	bool interrupted;		/* a stop that nobody waits for any more is on its way */
	bool group_stopped;		/* by SIGSTOP or the like: stays so when resumed */
	bool captured;			/* what follows is from the pause */
	bool partial;			/* regs: only ip, sp and the system call's number and arguments */
	bool compat;			/* regs are those of a 32-bit program */
	bool has_siginfo;
	uint32_t tls32;			/* base of the segment that gs selects, of a 32-bit program */
	struct user_regs_struct regs;	/* the kernel's 64-bit view, also of 32-bit programs */
	uint32_t regs32[17];		/* NT_PRSTATUS of a 32-bit program */
	uint8_t fpregs32[108];		/* and its NT_PRFPREG: user_i387_ia32_struct */
	uint8_t *xstate;		/* XSAVE area in the standard format; of the pool */
	uint32_t xstate_size;		/* 0: none */
	siginfo_t siginfo;		/* the last signal's, as PTRACE_GETSIGINFO gives it */
	uint64_t sigmask;
};

struct tasks {
	pid_t tgid;
	VEC(struct task) v;
	uint8_t *pool;			/* xstate areas */
	size_t xstate_room;		/* of one */
	size_t pool_used;		/* areas handed out */
	size_t n_interrupted;
	struct pid_list listing;	/* room for listing them once more */
	/* CLOCK_MONOTONIC, ns */
	uint64_t first_stop, all_stopped, resumed;
};

/*
 * Seizes every thread: lists until no new one appears, and makes room for as
 * many again that may come before the stop. NOTFOUND: no such process;
 * UNSUPPORTED: it is traced, a zombie or may not be traced, and by what.
 */
struct err *tasks_seize(pid_t tgid, struct tasks *ret) MUST_USE;
/* The pause begins: all are asked to stop. tasks_stop does it where it was not done. */
void tasks_interrupt(struct tasks *t);
/* ERR_OS with ETIMEDOUT when a thread neither stops within `deadline_ns` nor sleeps in the kernel. */
struct err *tasks_stop(struct tasks *t, uint64_t deadline_ns) MUST_USE;
struct err *tasks_registers(struct tasks *t) MUST_USE;
/* Lets every thread go on; those that are pending are let go by tasks_settle. May be called twice. */
void tasks_resume(struct tasks *t);
/* Detaches threads that stopped meanwhile; true when none is pending any more. */
bool tasks_settle(struct tasks *t);
/*
 * Threads that were killed while they are held: until their tracer has taken notice, the parent of the process waits
 * for its end in vain (ptrace(2), "Death under ptrace").
 */
void tasks_reap(const struct tasks *t);
/* Resumes what is still held and frees. */
void tasks_deinit(struct tasks *t);

/* Stops the i-th thread alone and reads its registers; false: it does not serve now. */
bool tasks_borrow(struct tasks *t, size_t i);
/* A stopped one runs on under our hand; one that SIGSTOP stopped stays so. */
void task_go_on(struct task *task);
/* Threads that were too slow to be borrowed and stopped since go on. Cheap. */
void tasks_let_run(struct tasks *t);

size_t tasks_alive(const struct tasks *t);

/* Waits for a stop of one tracee: its status; false when it is gone (errno ECHILD) or `deadline_ns`, a duration,
 * went by (ETIMEDOUT). TASK_FOREVER sleeps instead of spinning. */
static const uint64_t TASK_FOREVER = UINT64_MAX;
bool task_wait(pid_t tid, uint64_t deadline_ns, int *ret_status);
/* The general registers of a stopped tracee, whole. */
bool task_get_regs(pid_t tid, struct user_regs_struct *regs);
bool task_set_regs(pid_t tid, const struct user_regs_struct *regs);
bool task_is_compat(pid_t tid);
/* Address of its struct rseq; 0: none, or Linux before 5.13. */
uint64_t task_rseq(pid_t tid);
bool task_has_shadow_stack(pid_t tid);	/* CET: it may only return to where it was called from */
/* The thread control block: fs_base, or what gs selects; 0: none. */
uint64_t task_tls(const struct task *task);

/*
 * How urgent the calling thread is, where that is permitted (CAP_SYS_NICE). While threads are being stopped each that is
 * woken for it shall have our processor at once, or it may wait long for another on a busy machine: before other programs, but
 * not before the target. From then on until all have been let go, nobody shall: each thread that is let go would.
 */
enum task_hurry { HURRY_NOT, HURRY, HURRY_MOST };
void task_hurry(enum task_hurry how);

uint64_t clock_ns(void);	/* CLOCK_MONOTONIC */

#endif
