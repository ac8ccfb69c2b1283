/* SPDX-License-Identifier: MIT */
/*
 * Threads under ptrace. Facts: ptrace(2), kernel Documentation and uapi
 * <linux/ptrace.h>: PTRACE_SEIZE leaves a thread running; PTRACE_INTERRUPT
 * makes it stop with PTRACE_EVENT_STOP, in a system call after that returned
 * an ERESTART code that the kernel acts upon when the thread goes on.
 */
#include "capture/task.h"
#include "capture/guardian.h"
#include "capture/proc.h"

#include <cpuid.h>
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/uio.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* How long a thread that sleeps in the kernel is waited for. It is not going to stop soon. */
static const uint64_t patience_asleep = 2000000, patience_known = 100000, patience_borrowed = 500000000;
enum { MAX_ROUNDS = 1000, SPARE_TASKS = 16 };

uint64_t clock_ns(void)
{
	struct timespec ts;

	(void)clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000000u + (uint64_t)ts.tv_nsec;
}

/* --- seizing ------------------------------------------------------------------------------ */

static struct task *find(struct tasks *t, pid_t tid)
{
	for (size_t i = 0; i < t->v.n; i++)
		if (t->v.v[i].tid == tid)
			return &t->v.v[i];
	return NULL;
}

static struct err *explain_traced(pid_t tid, const struct proc_stat *st, int error)
{
	struct proc_stat tracer;

	if (st->tracer && !err_ignore(proc_stat_read(st->tracer, st->tracer, &tracer)))
		return err_new(ERR_UNSUPPORTED, "process %d is traced by process %d (%s) already: only one can",
			       (int)st->tgid, (int)st->tracer, tracer.comm);
	if (st->tracer)
		return err_new(ERR_UNSUPPORTED, "process %d is traced by process %d already: only one can",
			       (int)st->tgid, (int)st->tracer);
	return err_os(error, "thread %d (%s) may not be traced", (int)tid, st->comm);
}

/* By an engine before us that could not let it go, since it sleeps in the kernel. */
static bool is_ours(const struct proc_stat *st)
{
	return st->tracer && st->tracer == gettid();
}

/* The guardian of one of us that was killed is about to take its clone away: it will be gone in a moment. */
static bool is_guarded(const struct proc_stat *st)
{
	struct proc_stat tracer;

	return st->tracer && !err_ignore(proc_stat_read(st->tracer, st->tracer, &tracer)) &&
	       strcmp(tracer.comm, GUARDIAN_NAME) == 0;
}

/* 0, or errno with what is known of the thread; ESRCH: it is gone or a zombie. */
static int try_to_seize(const struct tasks *t, pid_t tid, struct proc_stat *st)
{
	enum { NAP_US = 10000, TRIES = 200 };
	int error = 0;

	for (unsigned i = 0; i < TRIES; i++) {
		if (ptrace(PTRACE_SEIZE, tid, NULL, (void *)PTRACE_O_TRACESYSGOOD) == 0)
			return 0;
		error = errno;
		if (error == ESRCH || err_ignore(proc_stat_read(t->tgid, tid, st)) || st->state == 'Z' || st->state == 'X')
			return ESRCH;
		if (!is_guarded(st))
			break;
		(void)usleep(NAP_US);
	}
	return error;
}

/* *ret_new: it was there to be seized. */
static struct err *seize(struct tasks *t, pid_t tid, bool *ret_new)
{
	struct task task = { .tid = tid };
	struct proc_stat st;
	int error = try_to_seize(t, tid, &st);

	if (error == ESRCH)
		return NULL;
	if (error && !is_ours(&st))
		return explain_traced(tid, &st, error);
	*ret_new = true;
	return vec_push(&t->v, task) ? NULL : err_nomem();
}

/* Tids come sorted from the kernel and so are ours: known ones are found in step. */
static struct err *seize_new(struct tasks *t, const struct pid_list *tids, size_t *ret_new)
{
	size_t known = t->v.n, at = 0;

	*ret_new = 0;
	for (size_t i = 0; i < tids->pids.n; i++) {
		pid_t tid = tids->pids.v[i];
		bool fresh = false;

		while (at < known && t->v.v[at].tid < tid)
			at++;
		if ((at < known && t->v.v[at].tid == tid) || find(t, tid))
			continue;
		TRY(seize(t, tid, &fresh));
		*ret_new += fresh;
	}
	return NULL;
}

static struct err *seize_all(struct tasks *t)
{
	struct pid_list tids = { 0 };
	struct err *e = NULL;
	size_t fresh = 1;

	for (unsigned round = 0; !e && fresh && round < MAX_ROUNDS; round++) {
		e = proc_tids(t->tgid, &tids);
		if (!e)
			e = seize_new(t, &tids, &fresh);
	}
	pid_list_deinit(&tids);
	return e;
}

/* Bytes of XSAVE's standard format with the features that are switched on: CPUID leaf 13. */
static size_t xstate_room(void)
{
	unsigned a = 0, b = 0, c = 0, d = 0;

	if (!__get_cpuid_count(13, 0, &a, &b, &c, &d) || b < 576)
		b = 576;
	return (b + 63) & ~(size_t)63;
}

static struct err *make_room(struct tasks *t)
{
	size_t n = t->v.n + t->v.n / 4 + SPARE_TASKS;

	t->xstate_room = xstate_room();
	t->pool = calloc(n, t->xstate_room);
	if (!t->pool || !vec_reserve(&t->v, n) || !vec_reserve(&t->listing.pids, n + 64))
		return err_nomem();
	for (size_t at = 0; at < n * t->xstate_room; at += 4096) /* no page faults in the pause */
		((volatile uint8_t *)t->pool)[at] = 0;
	return NULL;
}

static void note_states(struct tasks *t)
{
	for (size_t i = 0; i < t->v.n; i++) {
		struct proc_stat st;

		if (!err_ignore(proc_stat_read(t->tgid, t->v.v[i].tid, &st)))
			t->v.v[i].was_uninterruptible = st.state == 'D';
	}
}

struct err *tasks_seize(pid_t tgid, struct tasks *ret)
{
	struct tasks t = { .tgid = tgid };
	struct err *e = seize_all(&t);

	if (!e && !t.v.n)
		e = err_new(ERR_NOTFOUND, "process %d has no thread that runs: it is a zombie", (int)tgid);
	if (!e)
		e = make_room(&t);
	if (e) {
		tasks_deinit(&t);
		return e;
	}
	note_states(&t);
	*ret = t;
	return NULL;
}

/* --- stopping ------------------------------------------------------------------------------ */

void task_hurry(enum task_hurry how)
{
	static const unsigned long slack_ns = 1000;
	const struct sched_param param = { .sched_priority = how == HURRY_MOST };

	(void)prctl(PR_SET_TIMERSLACK, how ? slack_ns : 0, 0, 0, 0);
	if (setpriority(PRIO_PROCESS, (id_t)gettid(), how ? -20 : 0) < 0 ||
	    sched_setscheduler(0, how == HURRY_MOST ? SCHED_FIFO : SCHED_OTHER, &param)) {
		/* not permitted: the pause is longer when the machine is busy */
	}
}

/* A stop takes microseconds, mostly: spin for those, then sleep in short naps and leave the processor to the target. */
static void nap(uint64_t waited_ns)
{
	static const struct timespec shortly = { 0, 20000 };

	if (waited_ns > 50000)
		(void)nanosleep(&shortly, NULL);
}

bool task_wait(pid_t tid, uint64_t deadline_ns, int *ret_status)
{
	bool forever = deadline_ns == TASK_FOREVER;
	uint64_t began = clock_ns();

	for (;;) {
		pid_t got = waitpid(tid, ret_status, __WALL | (forever ? 0 : WNOHANG));

		if (got == tid)
			return true;
		if (got < 0 && errno != EINTR)
			return false;
		if (!forever && clock_ns() - began > deadline_ns) {
			errno = ETIMEDOUT;
			return false;
		}
		nap(clock_ns() - began);
	}
}

static bool is_event(int status, int event)
{
	return status >> 16 == event;
}

/* Takes in what the wait told; true when the thread is at rest or gone. */
static bool settle_status(struct task *task, int status)
{
	int signal = WSTOPSIG(status);

	if (!WIFSTOPPED(status)) {
		task->state = TASK_GONE;
		return true;
	}
	if (is_event(status, PTRACE_EVENT_STOP)) {
		task->state = TASK_STOPPED;
		task->group_stopped = signal != SIGTRAP;
		return true;
	}
	/* A signal is being delivered: it is, and the stop that was asked for comes next. */
	(void)ptrace(PTRACE_CONT, task->tid, NULL, (void *)(intptr_t)(status >> 16 ? 0 : signal));
	return false;
}

static bool sleeps_in_kernel(const struct tasks *t, const struct task *task)
{
	struct proc_stat st;

	return !err_ignore(proc_stat_read(t->tgid, task->tid, &st)) && st.state == 'D';
}

static struct err *await_stop(struct tasks *t, struct task *task, uint64_t deadline_ns)
{
	uint64_t patience = task->was_uninterruptible ? patience_known : patience_asleep;
	uint64_t began = clock_ns();
	int status;

	for (;;) {
		if (task_wait(task->tid, patience, &status)) {
			if (settle_status(task, status))
				return NULL;
		} else if (errno != ETIMEDOUT) {
			task->state = TASK_GONE;
			return NULL;
		} else if (sleeps_in_kernel(t, task)) {
			task->state = TASK_PENDING;
			return NULL;
		} else if (clock_ns() - began > deadline_ns) {
			return err_os(ETIMEDOUT, "thread %d did not stop", (int)task->tid);
		}
	}
}

static void interrupt_from(struct tasks *t, size_t first)
{
	for (size_t i = first; i < t->v.n; i++)
		if (ptrace(PTRACE_INTERRUPT, t->v.v[i].tid, NULL, NULL) < 0 && errno == ESRCH)
			t->v.v[i].state = TASK_GONE;
}

static struct err *await_from(struct tasks *t, size_t first, uint64_t deadline_ns)
{
	for (size_t i = first; i < t->v.n; i++)
		if (t->v.v[i].state == TASK_SEIZED)
			TRY(await_stop(t, &t->v.v[i], deadline_ns));
	return NULL;
}

/* Threads that were made between listing and stopping: stopped ones make no more. */
static struct err *stop_late(struct tasks *t, struct pid_list *tids, uint64_t deadline_ns)
{
	size_t fresh = 1;

	for (unsigned round = 0; fresh && round < MAX_ROUNDS; round++) {
		size_t first = t->v.n;

		TRY(proc_tids(t->tgid, tids));
		TRY(seize_new(t, tids, &fresh));
		interrupt_from(t, first);
		TRY(await_from(t, first, deadline_ns));
	}
	return NULL;
}

void tasks_interrupt(struct tasks *t)
{
	t->first_stop = clock_ns();
	interrupt_from(t, 0);
}

struct err *tasks_stop(struct tasks *t, uint64_t deadline_ns)
{
	struct err *e;

	if (!t->first_stop)
		tasks_interrupt(t);
	e = await_from(t, 0, deadline_ns);
	if (!e)
		e = stop_late(t, &t->listing, deadline_ns);
	t->all_stopped = clock_ns();
	if (!e && !tasks_alive(t))
		e = err_new(ERR_NOTFOUND, "process %d exited", (int)t->tgid);
	return e;
}

size_t tasks_alive(const struct tasks *t)
{
	size_t n = 0;

	for (size_t i = 0; i < t->v.n; i++)
		n += t->v.v[i].state != TASK_GONE;
	return n;
}

/* --- registers ------------------------------------------------------------------------------ */

static bool get_set(pid_t tid, unsigned type, void *buf, size_t size, size_t *ret_size)
{
	struct iovec io = { buf, size };

	if (ptrace(PTRACE_GETREGSET, tid, (void *)(uintptr_t)type, &io) < 0)
		return false;
	*ret_size = io.iov_len;
	return true;
}

bool task_get_regs(pid_t tid, struct user_regs_struct *regs)
{
	return ptrace(PTRACE_GETREGS, tid, NULL, regs) == 0;
}

bool task_set_regs(pid_t tid, const struct user_regs_struct *regs)
{
	return ptrace(PTRACE_SETREGS, tid, NULL, regs) == 0;
}

/* 17 registers of 4 bytes come for a program that runs 32-bit code now. */
bool task_is_compat(pid_t tid)
{
	struct user_regs_struct regs;
	size_t size;

	return get_set(tid, NT_PRSTATUS, &regs, sizeof(regs), &size) && size == 17 * 4;
}

uint64_t task_tls(const struct task *task)
{
	const struct user_regs_struct *r = &task->regs;

	return task->compat ? task->tls32 : r->fs_base;
}

/* A descriptor of the thread's own, set with set_thread_area(2): struct user_desc of <asm/ldt.h>. */
static void read_tls32(struct task *task)
{
	const struct user_regs_struct *r = &task->regs;
	uint32_t desc[4] = { 0 };

	if (ptrace(25 /* PTRACE_GET_THREAD_AREA */, task->tid, (void *)(uintptr_t)((r->gs & 0xffff) >> 3), desc) == 0)
		task->tls32 = desc[1];
}

static void read_xstate(struct tasks *t, struct task *task)
{
	size_t room = t->v.cap, size;

	if (!task->xstate && t->pool_used < room)
		task->xstate = t->pool + t->pool_used++ * t->xstate_room;
	if (!task->xstate)
		return;
	if (get_set(task->tid, NT_X86_XSTATE, task->xstate, t->xstate_room, &size) ||
	    get_set(task->tid, NT_PRFPREG, task->xstate, t->xstate_room, &size))
		task->xstate_size = (uint32_t)size;
}

struct rseq_configuration { /* uapi <linux/ptrace.h>, ptrace_rseq_configuration */
	uint64_t pointer;
	uint32_t size, signature, flags, pad;
};

uint64_t task_rseq(pid_t tid)
{
	struct rseq_configuration rseq = { 0 };
	long n = ptrace(0x420f /* PTRACE_GET_RSEQ_CONFIGURATION */, tid, (void *)sizeof(rseq), &rseq);

	return n < 0 ? 0 : rseq.pointer;
}

/* NT_X86_SHSTK of uapi <linux/elf.h>: the shadow stack's pointer, of those that have one. */
bool task_has_shadow_stack(pid_t tid)
{
	enum { X86_SHSTK = 0x204 };
	uint64_t pointer;
	size_t size;

	return get_set(tid, X86_SHSTK, &pointer, sizeof(pointer), &size);
}

static bool read_stopped(struct tasks *t, struct task *task)
{
	struct user_regs_struct set;
	size_t size;

	if (!get_set(task->tid, NT_PRSTATUS, &set, sizeof(set), &size))
		return false;
	task->compat = size == sizeof(task->regs32);
	if (task->compat)
		memcpy(task->regs32, &set, size);
	else
		task->regs = set;
	if (task->compat && (!task_get_regs(task->tid, &task->regs) ||
			     !get_set(task->tid, NT_PRFPREG, task->fpregs32, sizeof(task->fpregs32), &size)))
		return false;
	if (task->compat)
		read_tls32(task);
	read_xstate(t, task);
	task->has_siginfo = ptrace(PTRACE_GETSIGINFO, task->tid, NULL, &task->siginfo) == 0;
	(void)ptrace(PTRACE_GETSIGMASK, task->tid, (void *)sizeof(task->sigmask), &task->sigmask);
	task->captured = true;
	return true;
}

/* Reads a small file of /proc without allocating: the pause is on. False: not permitted or gone. */
static bool read_small(const char *path, char *buf, size_t size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, buf, size - 1);

	if (fd >= 0)
		(void)close(fd);
	buf[n > 0 ? n : 0] = 0;
	return n > 0;
}

/* "nr 6 arguments sp pc", all hex but nr; "running"; "-1 sp pc". */
static void read_pending(const struct tasks *t, struct task *task)
{
	struct user_regs_struct *r = &task->regs;
	char path[64], text[256], *p = text;
	uint64_t v[9] = { 0 };
	size_t n = 0;

	(void)snprintf(path, sizeof(path), "/proc/%d/task/%d/syscall", (int)t->tgid, (int)task->tid);
	if (!read_small(path, text, sizeof(text)))
		return;
	for (; n < 9 && *p && *p != '\n'; n++) {
		v[n] = strtoull(p, &p, 0);
		while (*p == ' ')
			p++;
	}
	if (n == 3 && v[0] == UINT64_MAX) /* in the kernel, but in no call: frozen, or in a fault */
		v[7] = v[1], v[8] = v[2], v[1] = v[2] = 0;
	else if (n != 9)
		return;
	task->partial = task->captured = true;
	*r = (struct user_regs_struct){ .orig_rax = v[0], .rdi = v[1], .rsi = v[2], .rdx = v[3], .r10 = v[4],
					.r8 = v[5], .r9 = v[6], .rsp = v[7], .rip = v[8], .rax = (uint64_t)-ENOSYS };
}

struct err *tasks_registers(struct tasks *t)
{
	for (size_t i = 0; i < t->v.n; i++) {
		struct task *task = &t->v.v[i];

		if (task->state == TASK_PENDING)
			read_pending(t, task);
		else if (task->state == TASK_STOPPED && !read_stopped(t, task))
			task->state = TASK_GONE;
	}
	return NULL;
}

bool tasks_borrow(struct tasks *t, size_t i)
{
	struct task *task = &t->v.v[i];

	if (task->was_uninterruptible || ptrace(PTRACE_INTERRUPT, task->tid, NULL, NULL) < 0)
		return false;
	if (err_ignore(await_stop(t, task, patience_borrowed)) || task->state == TASK_PENDING) {
		task->state = TASK_SEIZED; /* and stops when it comes out of the kernel or onto a processor */
		t->n_interrupted += !task->interrupted;
		task->interrupted = true;
	} else if (task->interrupted) { /* once before, in vain */
		task->interrupted = false;
		t->n_interrupted--;
	}
	return task->state == TASK_STOPPED && read_stopped(t, task);
}

void task_go_on(struct task *task)
{
	if (task->state == TASK_STOPPED &&
	    ptrace(task->group_stopped ? PTRACE_LISTEN : PTRACE_CONT, task->tid, NULL, NULL) == 0)
		task->state = TASK_SEIZED;
}

void tasks_let_run(struct tasks *t)
{
	for (size_t i = 0; t->n_interrupted && i < t->v.n; i++) {
		struct task *task = &t->v.v[i];
		int status;

		if (!task->interrupted || task->state != TASK_SEIZED || waitpid(task->tid, &status, __WALL | WNOHANG) != task->tid ||
		    !settle_status(task, status))
			continue;
		task->interrupted = false;
		t->n_interrupted--;
		task_go_on(task);
	}
}

/* --- letting go ------------------------------------------------------------------------------ */

void tasks_resume(struct tasks *t)
{
	for (size_t i = 0; i < t->v.n; i++) {
		struct task *task = &t->v.v[i];

		if (task->state == TASK_STOPPED) {
			(void)ptrace(PTRACE_DETACH, task->tid, NULL, NULL);
			task->state = TASK_GONE;
		} else if (task->state == TASK_SEIZED) {
			task->state = TASK_PENDING;
			(void)ptrace(PTRACE_INTERRUPT, task->tid, NULL, NULL);
		}
	}
	t->resumed = clock_ns();
}

bool tasks_settle(struct tasks *t)
{
	bool all = true;

	for (size_t i = 0; i < t->v.n; i++) {
		struct task *task = &t->v.v[i];
		int status;
		pid_t got;

		if (task->state != TASK_PENDING)
			continue;
		got = waitpid(task->tid, &status, __WALL | WNOHANG);
		if (got == 0 || (got == task->tid && !settle_status(task, status))) {
			all = false;
			continue;
		}
		if (got == task->tid && task->state == TASK_STOPPED)
			(void)ptrace(PTRACE_DETACH, task->tid, NULL, NULL);
		task->state = TASK_GONE;
	}
	return all;
}

void tasks_reap(const struct tasks *t)
{
	/* waitid(), for waitpid() would take stops as well; states are left alone, for others read them meanwhile. */
	for (size_t i = 0; i < t->v.n; i++)
		if (t->v.v[i].state == TASK_STOPPED)
			(void)waitid(P_PID, (id_t)t->v.v[i].tid, &(siginfo_t){ 0 }, WEXITED | WNOHANG | __WALL);
}

void tasks_deinit(struct tasks *t)
{
	tasks_resume(t);
	/* What still sleeps in the kernel is detached by the kernel when our thread ends. */
	for (unsigned i = 0; i < 200 && !tasks_settle(t); i++)
		(void)usleep(i < 20 ? 50 : 1000);
	vec_deinit(&t->v);
	pid_list_deinit(&t->listing);
	free(t->pool);
	t->pool = NULL;
}
