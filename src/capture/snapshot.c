/* SPDX-License-Identifier: MIT */
/* Snapshots: preparation, the tracer's thread, reading. */
#include "capture/snapshot.h"
#include "capture/content.h"
#include "capture/engine.h"
#include "capture/phase.h"
#include "capture/plan.h"
#include "capture/remote.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static const uint64_t default_budget = 50000000;
/* Copying in the pause, bytes a nanosecond: a cautious figure for one thread (4 GB/s is measured). */
enum { COPY_BYTES_PER_NS = 3 };

/* --- the tracer -------------------------------------------------------------------------------- */

enum mail { MAIL_NONE, MAIL_TAKE, MAIL_RELEASE };

struct tracer {
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t changed;
	enum mail mail;
	bool busy, failed_to_start;
	struct err *result;
};

/* Another engine may still do it: this one cannot, or the process has no room for a clone. */
static bool may_go_on(const struct snapshot *s, const struct err *e)
{
	int error = err_errno(e);

	return s->is_auto && (err_code(e) == ERR_UNSUPPORTED || error == ENOMEM || error == EAGAIN || error == EPERM ||
			      error == ENOSYS);
}

static void start_over(struct snapshot *s)
{
	tasks_deinit(&s->tasks);
	s->tasks = (struct tasks){ 0 };
	vma_list_deinit(&s->vmas);
	s->vmas = (struct vma_list)VMA_LIST_INIT;
	s->pause = (struct snapshot_pause){ 0 };
}

/* With auto the engines are tried in the order of their list; the reason tells why not the one before. */
static struct err *take_with_some_engine(struct snapshot *s)
{
	const struct engine *first = s->engine;
	struct err *e = first->take(s);

	for (size_t i = 0; e && engines[i] && may_go_on(s, e); i++) {
		if (engines[i] == first)
			continue;
		s->why = arena_printf(&s->arena, "%s: %s", s->engine->name, err_message(e));
		err_free(e);
		if (!s->why)
			return err_nomem();
		start_over(s);
		s->engine = engines[i];
		e = s->engine->take(s);
	}
	return e;
}

static void serve(struct snapshot *s, enum mail mail)
{
	if (mail == MAIL_TAKE) {
		s->tracer->result = take_with_some_engine(s);
	} else {
		task_hurry(HURRY); /* it may borrow a thread */
		s->engine->release(s);
	}
}

/* Waits for mail; in between lets threads go that only now came out of the kernel. */
static enum mail next_mail(struct snapshot *s, struct tracer *t)
{
	while (t->mail == MAIL_NONE) {
		struct timespec until;
		bool settled;

		(void)pthread_mutex_unlock(&t->lock);
		settled = s->stopped || tasks_settle(&s->tasks);
		(void)pthread_mutex_lock(&t->lock);
		if (t->mail != MAIL_NONE)
			break;
		(void)clock_gettime(CLOCK_REALTIME, &until);
		until.tv_nsec += settled ? 900000000 : 2000000;
		until.tv_sec += until.tv_nsec / 1000000000;
		until.tv_nsec %= 1000000000;
		(void)pthread_cond_timedwait(&t->changed, &t->lock, &until);
	}
	return t->mail;
}

static void *tracer_main(void *arg)
{
	struct snapshot *s = arg;
	struct tracer *t = s->tracer;
	enum mail mail = MAIL_NONE;

	(void)pthread_mutex_lock(&t->lock);
	while (mail != MAIL_RELEASE) {
		mail = next_mail(s, t);
		(void)pthread_mutex_unlock(&t->lock);
		serve(s, mail);
		(void)pthread_mutex_lock(&t->lock);
		t->mail = MAIL_NONE;
		t->busy = false;
		(void)pthread_cond_broadcast(&t->changed);
	}
	(void)pthread_mutex_unlock(&t->lock);
	return NULL;
}

static void post(struct tracer *t, enum mail mail)
{
	(void)pthread_mutex_lock(&t->lock);
	t->mail = mail;
	t->busy = true;
	(void)pthread_cond_broadcast(&t->changed);
	while (t->busy)
		(void)pthread_cond_wait(&t->changed, &t->lock);
	(void)pthread_mutex_unlock(&t->lock);
}

static struct err *start_tracer(struct snapshot *s)
{
	struct tracer *t = calloc(1, sizeof(*t));
	sigset_t all, old;
	int error;

	if (!t)
		return err_nomem();
	s->tracer = t;
	(void)pthread_mutex_init(&t->lock, NULL);
	(void)pthread_cond_init(&t->changed, NULL);
	(void)sigfillset(&all); /* Ctrl-C is for the others: the tracer always ends what it began */
	(void)pthread_sigmask(SIG_BLOCK, &all, &old);
	error = pthread_create(&t->thread, NULL, tracer_main, s);
	(void)pthread_sigmask(SIG_SETMASK, &old, NULL);
	t->failed_to_start = error;
	return error ? err_os(error, "a thread to trace with") : NULL;
}

static void end_tracer(struct snapshot *s)
{
	struct tracer *t = s->tracer;

	if (!t)
		return;
	if (!t->failed_to_start) {
		post(t, MAIL_RELEASE);
		(void)pthread_join(t->thread, NULL);
	}
	(void)pthread_cond_destroy(&t->changed);
	(void)pthread_mutex_destroy(&t->lock);
	free(t);
	s->tracer = NULL;
}

/* --- before the pause ---------------------------------------------------------------------------- */

static bool goes_in(void *arg, const struct vma *v)
{
	struct snapshot *s = arg;
	const char *why;

	return content_of(v, s->options.filter, s->options.dontdump, &why) != CONTENT_NONE;
}

/* Names, wait channels and kernel stacks are looked at while the threads still sleep where they sleep. */
static struct err *read_threads(struct snapshot *s)
{
	struct pid_list tids = { 0 };
	struct err *e = proc_tids(s->pid, &tids);

	s->threads = e ? NULL : ARENA_NEW_N(&s->arena, struct proc_thread, tids.pids.n + 1);
	if (!e && !s->threads)
		e = err_nomem();
	for (size_t i = 0; !e && i < tids.pids.n; i++)
		if (!err_ignore(proc_thread_read(s->pid, tids.pids.v[i], &s->arena, &s->threads[s->n_threads])))
			s->n_threads++;
	pid_list_deinit(&tids);
	return e;
}

/* The first that is forecast to serve; the forecast may be wrong, and then the others are tried. */
static struct err *choose_by_plan(struct snapshot *s)
{
	struct plan_wish wish = { .budget_ns = s->options.budget_ns, .filter = s->options.filter,
				  .dontdump = s->options.dontdump, .can_track = true };
	struct plan plan;

	TRY(plan_make(&s->facts, &s->before, &wish, &s->arena, &plan));
	s->engine = plan.choice ? engine_named(plan.choice) : engines[0];
	s->why = plan.choice_why;
	for (size_t i = 0; i < plan.n_engines && !plan.engines[i].serves; i++)
		s->why = arena_printf(&s->arena, "%s: %s", plan.engines[i].name, plan.engines[i].why);
	return s->why ? NULL : err_nomem();
}

static struct err *choose_engine(struct snapshot *s)
{
	const char *name = s->options.engine;

	s->is_auto = !name || strcmp(name, "auto") == 0;
	if (s->is_auto)
		return choose_by_plan(s);
	s->engine = engine_named(name);
	s->why = "asked for";
	return s->engine ? NULL : err_new(ERR_USAGE, "no engine '%s'", name);
}

static bool lives(pid_t tgid, pid_t tid)
{
	struct proc_stat st;

	return !err_ignore(proc_stat_read(tgid, tid, &st)) && st.state != 'Z' && st.state != 'X';
}

/* The first thread may have ended (pthread_exit) while others go on: then /proc shows memory and files at theirs only. */
static struct err *find_living(struct snapshot *s)
{
	struct pid_list tids = { 0 };
	struct err *e = proc_tids(s->pid, &tids);

	s->mm = 0;
	for (size_t i = 0; !e && !s->mm && i < tids.pids.n; i++)
		if (lives(s->pid, tids.pids.v[i]))
			s->mm = tids.pids.v[i];
	if (!e && !s->mm)
		e = err_new(ERR_NOTFOUND, "process %d has ended: it is a zombie and has no memory left", (int)s->pid);
	pid_list_deinit(&tids);
	return e;
}

static struct err *prepare(struct snapshot *s)
{
	unsigned want = PROC_FDS | (s->options.environment ? PROC_ENVIRONMENT : 0);

	TRY(find_living(s));
	TRY(proc_facts_read(s->mm, want, &s->facts));
	s->compat = s->facts.machine == MACHINE_X86;
	if (s->options.filter == UINT32_MAX)
		s->options.filter = s->facts.coredump_filter;
	TRY(vma_list_read(s->mm, true, &s->before));
	TRY(choose_engine(s));
	if (!s->options.budget_ns)
		s->options.budget_ns = default_budget;
	TRY(inject_prepare(s->mm, s->compat, &s->before, &s->inject));
	TRY(held_prepare(s->mm, &s->before, goes_in, s, s->options.budget_ns * COPY_BYTES_PER_NS, &s->held));
	return read_threads(s);
}

/* --- what was reached ------------------------------------------------------------------------------ */

enum range_class snapshot_class(const struct snapshot *s, const struct vma *v)
{
	const struct held_range *r = s->stopped ? NULL : held_find(&s->held, v->start);

	if (s->stopped)
		return RANGE_PAUSE;
	if (r && (r->copied || !s->store || v->flags & VMA_SHARED))
		return r->copied ? RANGE_PAUSE : RANGE_LIVE;
	return v->flags & VMA_SHARED ? RANGE_LIVE : RANGE_SNAPSHOT;
}

static void weaken(struct snapshot *s, enum consistency c, const char *why)
{
	if (c <= s->consistency)
		return;
	s->consistency = c;
	s->consistency_why = why;
}

/* A child of vfork runs in the memory of its parent, which sleeps in the call. clone: posix_spawn does it so. */
static bool waits_for_child(const struct snapshot *s, const struct task *task)
{
	static const uint64_t calls[][3] = { { 58, 56, 435 }, { 190, 120, 435 } }; /* vfork, clone, clone3 */

	for (unsigned i = 0; task->partial && i < 3; i++)
		if (task->regs.orig_rax == calls[s->compat][i])
			return true;
	return false;
}

static void judge_tasks(struct snapshot *s)
{
	for (size_t i = 0; i < s->tasks.v.n; i++) {
		const struct task *task = &s->tasks.v.v[i];

		if (task->partial)
			weaken(s, CONSISTENCY_QUASI, "a thread was asleep in the kernel, which may have written for it");
		if (waits_for_child(s, task) && s->stopped)
			weaken(s, CONSISTENCY_SMEARED, "a child made by vfork ran in its memory meanwhile");
	}
}

static void judge(struct snapshot *s)
{
	s->consistency = CONSISTENCY_INSTANTANEOUS;
	s->consistency_why = "";
	judge_tasks(s);
	for (size_t i = 0; i < s->vmas.vmas.n; i++) {
		const struct vma *v = &s->vmas.vmas.v[i];
		const struct held_range *r = held_find(&s->held, v->start);

		if (strstr(v->path, "[io_uring]")) /* its requests go on, whoever stands still */
			weaken(s, CONSISTENCY_QUASI, "io_uring: the kernel may have written for its requests");
		if (!goes_in(s, v))
			continue;
		if (v->flags & VMA_SHARED && r && r->others)
			weaken(s, CONSISTENCY_QUASI, "shared memory that another process or the kernel may write to");
		if (snapshot_class(s, v) == RANGE_LIVE)
			weaken(s, CONSISTENCY_SMEARED, "shared memory that did not fit the pause's budget was read later");
	}
}

static struct err *take(struct snapshot *s)
{
	struct timespec now;
	struct err *e;

	TRY(prepare(s));
	TRY(start_tracer(s));
	(void)clock_gettime(CLOCK_REALTIME, &now);
	s->time = (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
	post(s->tracer, MAIL_TAKE);
	e = TAKE_PTR(s->tracer->result);
	if (!e)
		judge(s);
	return e;
}

/* It is the process that is denied to us, and not some file of ours: "mem" asks for the rights of a tracer. */
static bool not_permitted(const struct snapshot *s, const struct err *e)
{
	char path[32];
	int fd;

	if (geteuid() == 0 || (err_errno(e) != EACCES && err_errno(e) != EPERM))
		return false;
	(void)snprintf(path, sizeof(path), "/proc/%d/mem", (int)s->mm);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd >= 0)
		(void)close(fd);
	return fd < 0;
}

/* Which file of /proc it was that could not be opened helps nobody. */
static struct err *explain_permission(const struct snapshot *s)
{
	struct proc_stat st = { 0 };

	if (err_ignore(proc_stat_read(s->pid, 0, &st)))
		return err_new(ERR_NOTFOUND, "process %d ended meanwhile", (int)s->pid);
	if (st.uid != geteuid())
		return err_new(ERR_UNSUPPORTED, "process %d (%s) belongs to user %u: only that user and root may trace it",
			       (int)s->pid, st.comm, (unsigned)st.uid);
	return err_new(ERR_UNSUPPORTED, "process %d (%s) may not be traced without root: it has privileges of its own, or "
		       "kernel.yama.ptrace_scope forbids it", (int)s->pid, st.comm);
}

/* A failure that comes of the process's end, or of exec, says so. */
static struct err *explain(struct snapshot *s, struct err *e)
{
	if (err_code(e) == ERR_CANCELLED || err_code(e) == ERR_NOMEM)
		return e;
	if (err_ignore(find_living(s))) {
		err_free(e);
		return err_new(ERR_NOTFOUND, "process %d ended meanwhile", (int)s->pid);
	}
	if (not_permitted(s, e)) {
		err_free(e);
		return explain_permission(s);
	}
	if (s->program_changed || engine_same_program(s))
		return e;
	s->program_changed = true;
	err_free(e);
	return err_new(ERR_NOTFOUND, "process %d executed another program meanwhile", (int)s->pid);
}

static struct err *take_once(pid_t pid, const struct snapshot_options *options, struct snapshot **ret, bool *ret_again)
{
	struct snapshot *s = calloc(1, sizeof(*s));
	struct err *e;

	if (!s)
		return err_nomem();
	s->pid = pid;
	s->options = *options;
	s->held.buffer = -1;
	e = take(s);
	if (e && s->mm)
		e = explain(s, e);
	*ret_again = s->program_changed;
	if (e) {
		snapshot_destroy(s);
		return e;
	}
	*ret = s;
	return NULL;
}

struct err *snapshot_take(pid_t pid, const struct snapshot_options *options, struct snapshot **ret)
{
	enum { TRIES = 5, NAP_US = 3000 };
	bool again = false;
	struct err *e = take_once(pid, options, ret, &again);

	for (unsigned i = 1; e && again && i < TRIES; i++) {
		err_free(e);
		(void)usleep(NAP_US << i);
		e = take_once(pid, options, ret, &again);
	}
	return e;
}

void snapshot_destroy(struct snapshot *s)
{
	if (!s)
		return;
	end_tracer(s);
	tasks_deinit(&s->tasks);
	held_deinit(&s->held);
	vma_list_deinit(&s->before);
	vma_list_deinit(&s->vmas);
	proc_facts_deinit(&s->facts);
	arena_deinit(&s->arena);
	free(s);
}

/* --- reading ------------------------------------------------------------------------------------------ */

struct err *snapshot_ended(const struct snapshot *s)
{
	if (s->clone > 0)
		return err_new(ERR_NOTFOUND, "the clone of process %d was killed before all was read; if memory is short, "
			       "try --engine precopy", (int)s->pid);
	return err_new(ERR_NOTFOUND, "process %d ended before all was read", (int)s->pid);
}

struct err *snapshot_check(const struct snapshot *s)
{
	return s->store || lives(s->memory, s->memory) ? NULL : snapshot_ended(s);
}

static bool from_held(const struct snapshot *s, uint64_t address, const struct held_range **ret)
{
	*ret = s->stopped ? NULL : held_find(&s->held, address);
	return *ret && (*ret)->copied;
}

size_t snapshot_read(const struct snapshot *s, uint64_t address, void *buf, size_t size)
{
	const struct held_range *r;

	if (from_held(s, address, &r))
		return held_read(&s->held, address, buf, r->end - address < size ? (size_t)(r->end - address) : size);
	if (s->store && !(r && r->end))
		return store_read(s->store, address, buf, size);
	/* What the clone does not have can only be read from the process as it runs. */
	return remote_read(r ? s->mm : s->memory, address, buf, size);
}
