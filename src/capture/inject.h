/* SPDX-License-Identifier: MIT */
/*
 * System calls made by a stopped thread of the target on our behalf.
 *
 * No code is put into the target. The thread's instruction pointer is set to a
 * `syscall; ret` that is there anyway, and its stack pointer to a signal frame
 * that was written where no live data can be (below the red zone of a thread's
 * own stack), just as the kernel lays one for a handler: should our tool die
 * at any instant, the thread makes the call, returns into rt_sigreturn and so
 * back to where it was, registers, vector state and signal mask included. A
 * clone gets a frame of its own that leads to exit_group, so that it never
 * runs the target's code either.
 *
 * In the normal case that frame is not used: the thread is stopped as the
 * call returns, its registers are put back as they were, with the kernel's own
 * memory of an interrupted system call (ERESTART codes and the restart block)
 * untouched, so that the call goes on as if nothing had happened.
 *
 * Where a program has no such code (a static one without signal handling) or a
 * thread's stack is not to be trusted (coroutines), the unused end of the vDSO
 * page serves: the kernel gives the process a private copy of that page then.
 *
 * With shadow stacks (CET) the way back that is left for the case of our death
 * would end in a fault: threads that have one are not made to call.
 *
 * Frame layouts: x86-64 psABI and uapi <asm/sigcontext.h>, <asm/ucontext.h>;
 * i386: the same headers' _32 forms and rt_sigreturn's documented use of them.
 */
#ifndef OSM_CAPTURE_INJECT_H
#define OSM_CAPTURE_INJECT_H

#include "capture/task.h"
#include "capture/vma.h"

enum { INJECT_BLOCK = 20480 };	/* two frames and the largest XSAVE area (AMX) */

struct inject {
	pid_t pid;			/* any thread of it that lives */
	bool compat;
	uint64_t syscall_at;		/* syscall; ret   or   int 0x80; [pop...;] ret */
	unsigned skip;			/* words popped in between */
	uint64_t sigreturn_at;		/* loads the number of rt_sigreturn and makes the call */
	uint64_t cave, cave_size;	/* unused end of the vDSO */
	bool cave_code;			/* the code above has to be put there first */
	/* the last call: what was where the frames were laid */
	uint64_t saved_at;
	size_t saved_size;
	uint8_t block[INJECT_BLOCK], saved[INJECT_BLOCK];
};

/* Before the pause. UNSUPPORTED: neither code nor a vDSO was found. */
struct err *inject_prepare(pid_t pid, bool compat, const struct vma_list *vmas, struct inject *ret) MUST_USE;

/* Whether the code is still where it was found: the process may have executed another program. */
bool inject_holds(const struct inject *in);

/*
 * How well the thread serves: 0 not at all, higher is better. Threads between
 * two instructions of a restartable sequence (rseq) and those whose stack
 * cannot be used do not; one that sleeps in an ordinary system call is best.
 */
enum { INJECT_SUITS_BEST = 9 };
int inject_suits(const struct inject *in, const struct vma_list *vmas, const struct task *task);

struct inject_call {
	uint64_t nr, args[6];
	bool is_clone;		/* args[1], the new stack, is filled in */
	int64_t result;		/* of the call, as the kernel returns it: -errno */
	pid_t child;		/* clone: the new process in our pid namespace, stopped; 0: none */
	bool lost;		/* the thread went away meanwhile */
};
/* The thread is stopped before and after, with the registers it had. UNSUPPORTED: it was not touched, and why. */
struct err *inject_call(struct inject *in, const struct vma_list *vmas, struct task *task,
			struct inject_call *call) MUST_USE;

/* A call in a process of our own making that is stopped (the clone), whose registers need not come back.
 * `wait` false: the call is only started. */
struct err *inject_into_clone(const struct inject *in, pid_t clone, uint64_t nr, const uint64_t args[6], bool wait,
			      int64_t *ret_result) MUST_USE;

/* Puts back, in the clone's copy of memory, what the frames of the last call overlaid. */
void inject_clean_clone(const struct inject *in, pid_t clone);

/* Numbers of system calls by the target's own table. */
enum inject_nr { NR_CLONE, NR_EXIT_GROUP, NR_WAIT4, NR_CLOSE_RANGE, NR_USERFAULTFD, NR_CLOSE, NR_PRCTL };
uint64_t inject_nr(const struct inject *in, enum inject_nr which);

#endif
