/* SPDX-License-Identifier: MIT */
/*
 * Engine "clone": a thread of the stopped process makes a copy-on-write clone
 * of it, the process goes on, the clone's memory is what it was.
 *
 * The clone never runs the program's code: it is born stopped under our hand,
 * with PTRACE_O_EXITKILL, and if we die between its birth and that, its own
 * signal frame makes it exit (capture/inject.h). Its exit signal is 0, so the
 * process never sees a SIGCHLD nor finds it with wait(); but a zombie would
 * stay behind, so at the end a thread of the process is borrowed once more to
 * wait for it. The guardian does it when we are dead.
 *
 * After the process runs again the clone closes its copies of the file
 * descriptors (peers of sockets and pipes must see the process's own end) and
 * becomes the first victim when memory is short (oom_score_adj 1000).
 */
#include "capture/clone_check.h"
#include "capture/engine.h"
#include "capture/guardian.h"
#include "capture/phase.h"
#include "capture/set.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

/* --- the pause --------------------------------------------------------------------------------- */

static struct err *make_clone(struct snapshot *s)
{
	struct inject_call call = { .nr = inject_nr(&s->inject, NR_CLONE), .is_clone = true };
	struct task *task = engine_best_thread(s);

	if (!task)
		return err_new(ERR_UNSUPPORTED, "no thread of process %d can make a clone now (all sleep in the "
			       "kernel, or their stacks cannot be used)", (int)s->pid);
	guardian_expect(s->set->guardian, s->pid, GUARDIAN_ANY);
	TRY(inject_call(&s->inject, &s->before, task, &call));
	s->clone = call.child;
	guardian_expect(s->set->guardian, s->pid, s->clone);
	s->clone_ns = (pid_t)call.result;
	if (call.result < 0)
		return err_os((int)-call.result, "process %d could not be cloned", (int)s->pid);
	return s->clone > 0 ? NULL : err_new(ERR_UNSUPPORTED, "the clone of process %d got away", (int)s->pid);
}

/* The clone's first stop comes before it can run. */
static struct err *hold_clone(struct snapshot *s)
{
	long options = PTRACE_O_EXITKILL | PTRACE_O_TRACESYSGOOD;
	int status;

	if (!task_wait(s->clone, TASK_FOREVER, &status) || !WIFSTOPPED(status))
		return err_new(ERR_NOTFOUND, "the clone of process %d was killed", (int)s->pid);
	if (ptrace(PTRACE_SETOPTIONS, s->clone, NULL, (void *)(options | PTRACE_O_SUSPEND_SECCOMP)) < 0 &&
	    ptrace(PTRACE_SETOPTIONS, s->clone, NULL, (void *)options) < 0)
		return err_os(errno, "the clone of process %d", (int)s->pid);
	phase("clone held");
	return NULL;
}

static struct err *capture(struct snapshot *s)
{
	uint64_t began = clock_ns();

	TRY(make_clone(s));
	TRY(hold_clone(s));
	s->pause.clone = clock_ns() - began;
	return NULL;
}

/* --- after it ------------------------------------------------------------------------------------ */

static void first_victim(pid_t clone)
{
	char path[48];
	int fd;

	(void)snprintf(path, sizeof(path), "/proc/%d/oom_score_adj", (int)clone);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return;
	if (write(fd, "1000", 4) < 0) {
		/* only the order of victims: not worth failing for */
	}
	(void)close(fd);
}

/* Closing may block (NFS, FUSE): it is started, and the clone stops again when it is done. */
static struct err *close_files(struct snapshot *s)
{
	const uint64_t all[6] = { 0, UINT32_MAX, 0 };

	return inject_into_clone(&s->inject, s->clone, inject_nr(&s->inject, NR_CLOSE_RANGE), all, false, NULL);
}

/* Mappings that the clone has not got, as they were before the pause. */
static struct err *add_unforked(struct snapshot *s)
{
	struct vma_list *l = &s->vmas;

	for (size_t i = 0; i < s->before.vmas.n; i++) {
		const struct vma *v = &s->before.vmas.v[i];
		size_t at = 0;

		if (!(v->flags & VMA_DONTFORK) || vma_find(l, v->start))
			continue;
		if (!vec_reserve(&l->vmas, l->vmas.n + 1))
			return err_nomem();
		while (at < l->vmas.n && l->vmas.v[at].start < v->start)
			at++;
		memmove(&l->vmas.v[at + 1], &l->vmas.v[at], (l->vmas.n - at) * sizeof(*v));
		l->vmas.v[at] = *v;
		l->vmas.n++;
	}
	return NULL;
}

static struct err *finish(struct snapshot *s)
{
	inject_clean_clone(&s->inject, s->clone);
	first_victim(s->clone);
	TRY(vma_list_read(s->clone, true, &s->vmas));
	TRY(add_unforked(s));
	TRY(close_files(s));
	s->memory = s->clone;
	remote_attach(&s->reader, s->clone);
	phase("clone ready");
	return NULL;
}

/* --- the end -------------------------------------------------------------------------------------- */

static bool reap_with(struct snapshot *s, struct task *task)
{
	struct inject_call call = { .nr = inject_nr(&s->inject, NR_WAIT4),
				    .args = { (uint64_t)(int64_t)s->clone_ns, 0, __WALL | WNOHANG } };

	return !err_ignore(inject_call(&s->inject, &s->vmas, task, &call));
}

/* The thread stands still. What we know of the program is as old as the dump: it may be another one now. */
static bool know_again(struct snapshot *s, struct task *task)
{
	struct inject fresh;

	s->inject.pid = task->tid;
	if (inject_holds(&s->inject) && vma_find(&s->vmas, task->regs.rsp))
		return true;
	vma_list_deinit(&s->vmas);
	s->vmas = (struct vma_list)VMA_LIST_INIT;
	if (err_ignore(vma_list_read(task->tid, false, &s->vmas)) ||
	    err_ignore(inject_prepare(task->tid, task->compat, &s->vmas, &fresh)))
		return false;
	s->inject = fresh;
	return true;
}

/*
 * Borrows one thread after the other until one can do it. Mappings may have
 * changed since: stacks of threads that are still there have not.
 */
static bool reap_in_target(struct snapshot *s)
{
	bool done = false;

	for (unsigned pass = 0; pass < 50 && !done; pass++) {
		struct tasks tasks = { 0 };
		struct err *e = tasks_seize(s->pid, &tasks); /* fails for a moment while others trace it */

		if (e && err_code(e) == ERR_NOTFOUND)
			done = true; /* it is gone, and init takes care */
		for (size_t i = 0; i < tasks.v.n && !done; i++)
			done = tasks_borrow(&tasks, i) && know_again(s, &tasks.v.v[i]) &&
			       inject_suits(&s->inject, &s->vmas, &tasks.v.v[i]) &&
			       reap_with(s, &tasks.v.v[i]);
		tasks_deinit(&tasks);
		err_free(e);
		if (!done)
			(void)usleep(2000 << (pass / 10));
	}
	return done;
}

bool engine_clone_reap(pid_t pid, pid_t clone_ns)
{
	struct snapshot *s = calloc(1, sizeof(*s));
	bool done;

	if (!s)
		return false;
	s->pid = pid;
	s->clone_ns = clone_ns;
	done = reap_in_target(s);
	vma_list_deinit(&s->vmas);
	free(s);
	return done;
}

static void end_clone(struct snapshot *s)
{
	int status;

	(void)kill(s->clone, SIGKILL);
	while (waitpid(s->clone, &status, __WALL) == s->clone && !WIFEXITED(status) && !WIFSIGNALED(status))
		;
	phase("clone killed");
	s->left_zombie = !s->options.self && !reap_in_target(s); /* our own clone is ours to wait for */
	s->clone = 0;
	phase("clone reaped");
}

static void release(struct snapshot *s)
{
	tasks_resume(&s->tasks);
	s->memory = 0;
	remote_detach(&s->reader);
	if (s->clone > 0)
		end_clone(s);
	guardian_expect(s->set->guardian, s->pid, GUARDIAN_NOTHING);
}

const struct engine engine_clone = {
	.name = "clone",
	.summary = "copy-on-write clone made by a thread of the process; milliseconds of pause",
	.check = clone_check,
	.capture = capture,
	.finish = finish,
	.copies_held = true,
	.release = release,
};
