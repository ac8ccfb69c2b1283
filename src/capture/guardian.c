/* SPDX-License-Identifier: MIT */
/*
 * See guardian.h. The pipe's other end closes when we die, whatever of; but
 * that is early in our exit: the threads that we trace are let go when we are
 * no longer the guardian's parent (kernel: do_exit, exit_notify).
 *
 * Which child of the target is the clone? Who died before it learnt the
 * clone's number has told that one was about to be made. It is then the child
 * that was born after the guardian, is dead, and has exit signal 0, which
 * neither fork() nor posix_spawn() give (proc(5): exit_signal of stat).
 */
#include "capture/guardian.h"
#include "capture/proc_impl.h"

#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

/* The clone of a large process takes its time to die, one in a frozen cgroup even more. */
enum { NAP_US = 20000, PATIENCE = 3000, LOOKS = 11 };
enum { MOST_TARGETS = 2000 };

struct entry {
	volatile pid_t target, clone;	/* as guardian_expect has them; target 0: not used */
};

struct guardian {
	pid_t pid;
	int alive;		/* the pipe's end that closes with us */
	struct entry *entries;	/* MOST_TARGETS, shared with the guardian */
};

struct watch {
	guardian_reap_fn *reap;
	pid_t parent, target, clone;
	uint64_t birth;		/* of the guardian, in the kernel's ticks */
	struct proc_stat found;	/* its tid is 0: nothing yet */
};

/* --- in the guardian ------------------------------------------------------------------------------ */

static bool may_be_it(const struct watch *w, pid_t pid, struct proc_stat *ret)
{
	return !err_ignore(proc_stat_read(pid, 0, ret)) && ret->ppid == w->target && ret->exit_signal == 0 &&
	       ret->start_ticks >= w->birth;
}

static struct err *look_at(void *arg, pid_t pid)
{
	struct watch *w = arg;
	struct proc_stat st;

	if (may_be_it(w, pid, &st) && st.state == 'Z')
		w->found = st;
	return NULL;
}

/* The thread that makes it may be on its way to do so only now, for it was let go by our death; or it never does. */
static pid_t look_for_it(struct watch *w)
{
	for (unsigned i = 0; i < LOOKS && !w->found.tid; i++) {
		(void)usleep(1000u << i);
		if (err_ignore(proc_each_number("/proc", look_at, w)))
			break;
	}
	return w->found.tid;
}

static void stand_in(struct watch *w, const struct entry *e)
{
	w->target = e->target;
	w->clone = e->clone;
	w->found = (struct proc_stat){ 0 };
	if (w->clone == GUARDIAN_ANY)
		w->clone = look_for_it(w);
	for (unsigned i = 0; i < PATIENCE && w->clone > 0 && may_be_it(w, w->clone, &w->found); i++) {
		if (w->found.state == 'Z' && w->reap(w->target, w->found.ns_pid))
			return;
		(void)usleep(NAP_US);
	}
}

/* Nobody shall wait for us: no file, no terminal, no folder is held. */
static void let_go_of_all(int pipe_end)
{
	(void)setsid();
	(void)!chdir("/");
	(void)dup2(pipe_end, 0);
	(void)close_range(1, ~0u, 0);
	for (int fd = 1; fd <= 2; fd++)
		(void)!open("/dev/null", O_RDWR);
	(void)prctl(PR_SET_NAME, GUARDIAN_NAME);
	(void)setpriority(PRIO_PROCESS, 0, -20); /* it has little to do, and others wait for it then */
}

static _Noreturn void guard(struct watch *w, const struct guardian *g, int pipe_end)
{
	struct proc_stat self;
	char byte;

	if (err_ignore(proc_stat_read(getpid(), 0, &self)))
		_exit(1);
	w->birth = self.start_ticks;
	let_go_of_all(pipe_end);
	(void)!read(0, &byte, 1);
	while (getppid() == w->parent)
		(void)usleep(NAP_US / 20);
	for (unsigned i = 0; i < MOST_TARGETS && g->entries[i].target; i++)
		stand_in(w, &g->entries[i]);
	_exit(0);
}

/* --- on our side ------------------------------------------------------------------------------------ */

static void discard(struct guardian *g)
{
	if (g->alive >= 0)
		(void)close(g->alive);
	if (g->entries)
		(void)munmap(g->entries, MOST_TARGETS * sizeof(*g->entries));
	free(g);
}

static struct guardian *prepare(int pipe[2])
{
	struct guardian *g = calloc(1, sizeof(*g));
	void *shared;

	if (!g)
		return NULL;
	g->alive = -1;
	shared = mmap(NULL, MOST_TARGETS * sizeof(*g->entries), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (shared != MAP_FAILED)
		g->entries = shared;
	if (!g->entries || pipe2(pipe, O_CLOEXEC) < 0) {
		discard(g);
		return NULL;
	}
	g->alive = pipe[1];
	return g;
}

struct guardian *guardian_start(guardian_reap_fn *reap)
{
	struct watch w = { .reap = reap, .parent = getpid() };
	int ends[2] = { -1, -1 };
	struct guardian *g = prepare(ends);
	sigset_t all, old;

	if (!g)
		return NULL;
	(void)sigfillset(&all);
	(void)pthread_sigmask(SIG_BLOCK, &all, &old);
	g->pid = fork();
	if (g->pid == 0)
		guard(&w, g, ends[0]);
	(void)pthread_sigmask(SIG_SETMASK, &old, NULL);
	(void)close(ends[0]);
	if (g->pid > 0)
		return g;
	discard(g);
	return NULL;
}

void guardian_expect(struct guardian *g, pid_t target, pid_t clone)
{
	for (unsigned i = 0; g && i < MOST_TARGETS; i++) {
		struct entry *e = &g->entries[i];

		if (e->target && e->target != target)
			continue;
		e->clone = clone;
		e->target = target;
		break;
	}
}

pid_t guardian_pid(const struct guardian *g)
{
	return g ? g->pid : 0;
}

void guardian_dismiss(struct guardian *g)
{
	if (!g)
		return;
	(void)kill(g->pid, SIGKILL);
	(void)waitpid(g->pid, NULL, 0);
	discard(g);
}
