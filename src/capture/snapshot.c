/* SPDX-License-Identifier: MIT */
/* One member of a set: preparation, what was reached, reading. */
#include "capture/content.h"
#include "capture/remote.h"
#include "capture/set_impl.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>


/* --- before the pause ---------------------------------------------------------------------------- */

static bool goes_in(void *arg, const struct vma *v)
{
	struct snapshot *s = arg;
	const char *why;

	return content_of(v, &s->options.content, &why) != CONTENT_NONE;
}

struct err *snapshot_read_threads(struct snapshot *s)
{
	struct pid_list tids = { 0 };
	struct err *e = proc_tids(s->pid, &tids);

	s->n_threads = 0;
	s->threads = e ? NULL : ARENA_NEW_N(&s->arena, struct proc_thread, tids.pids.n + 1);
	if (!e && !s->threads)
		e = err_nomem();
	for (size_t i = 0; !e && i < tids.pids.n; i++)
		if (!err_ignore(proc_thread_read(s->pid, tids.pids.v[i], &s->arena, &s->threads[s->n_threads])))
			s->n_threads++;
	pid_list_deinit(&tids);
	return e;
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

struct err *snapshot_prepare(struct snapshot *s)
{
	unsigned want = PROC_FDS | (s->options.environment ? PROC_ENVIRONMENT : 0);

	TRY(find_living(s));
	TRY(proc_facts_read(s->mm, want, &s->facts));
	s->compat = s->facts.machine == MACHINE_X86;
	if (s->options.content.filter == UINT32_MAX)
		s->options.content.filter = s->facts.coredump_filter;
	TRY(vma_list_read(s->mm, true, &s->before));
	TRY(inject_prepare(s->mm, s->compat, &s->before, &s->inject));
	TRY(held_prepare(s->mm, &s->before, goes_in, s, &s->set->pool, &s->held));
	TRY(snapshot_read_threads(s));
	s->prepared = true;
	s->preparations++;
	return NULL;
}

void snapshot_mark_stacks(struct snapshot *s)
{
	for (size_t i = 0; i < s->tasks.v.n; i++) {
		const struct task *task = &s->tasks.v.v[i];
		const struct vma *v = task->captured ? vma_find(&s->vmas, task->regs.rsp) : NULL;

		if (v)
			s->vmas.vmas.v[v - s->vmas.vmas.v].flags |= VMA_STACK;
	}
}

/* --- what was reached ------------------------------------------------------------------------------ */

/* Private memory that the budget left out of what is held was tracked like any other, but for huge pages of hugetlbfs. */
static bool store_has(const struct snapshot *s, const struct held_range *r)
{
	const struct vma *v = r ? vma_find(&s->vmas, r->start) : NULL;

	return s->store && (!r || (v && !(v->flags & (VMA_SHARED | VMA_HUGETLB))));
}

enum range_class snapshot_class(const struct snapshot *s, const struct vma *v)
{
	const struct held_range *r = s->stopped ? NULL : held_find(&s->held, v->start);

	if (s->stopped)
		return RANGE_PAUSE;
	if (held_is_kept(r) || (r && r->still))
		return RANGE_SNAPSHOT;
	if (r && (r->copied || !store_has(s, r)))
		return r->copied ? RANGE_PAUSE : RANGE_LIVE;
	return v->flags & VMA_SHARED ? RANGE_LIVE : RANGE_SNAPSHOT;
}

void snapshot_weaken(struct snapshot *s, enum consistency c, const char *why)
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
			snapshot_weaken(s, CONSISTENCY_QUASI, "a thread was asleep in the kernel, which may have written for it");
		if (waits_for_child(s, task) && (s->stopped || s->engine->not_at_once))
			snapshot_weaken(s, CONSISTENCY_SMEARED, "a child made by vfork ran in its memory meanwhile");
	}
}

bool set_is_member(void *arg, pid_t pid)
{
	return set_has(arg, pid);
}

/* Whether somebody may have written to it meanwhile who did not stand still. */
static void find_others(struct snapshot *s)
{
	for (size_t i = 0; i < s->held.ranges.n; i++) {
		struct held_range *r = &s->held.ranges.v[i];

		r->others = r->kernel ||
			    (r->file.inode && sharers_beyond(&s->set->pool.sharers, &r->file, set_is_member, s->set));
	}
}

/* It was protected in the set's mappings, and saved for as long as it took. */
static void judge_kept(struct snapshot *s, const struct held_range *r)
{
	if (r->item->open || s->set->pool.escaped || sharers_open(&s->set->pool.sharers, &r->file))
		snapshot_weaken(s, CONSISTENCY_QUASI, "shared memory that can be written to otherwise than through the mappings of the set");
	if (r->others)
		snapshot_weaken(s, CONSISTENCY_SMEARED, "shared memory that another process mapped while it was saved");
}

void snapshot_judge(struct snapshot *s)
{
	s->consistency = CONSISTENCY_INSTANTANEOUS;
	s->consistency_why = "";
	judge_tasks(s);
	find_others(s);
	for (size_t i = 0; i < s->vmas.vmas.n; i++) {
		const struct vma *v = &s->vmas.vmas.v[i];
		const struct held_range *r = held_find(&s->held, v->start);

		if (strstr(v->path, "[io_uring]")) /* its requests go on, whoever stands still */
			snapshot_weaken(s, CONSISTENCY_QUASI, "io_uring: the kernel may have written for its requests");
		if (!goes_in(s, v))
			continue;
		if (v->flags & VMA_SHARED && r && r->others)
			snapshot_weaken(s, CONSISTENCY_QUASI, "shared memory that another process or the kernel may write to");
		if (held_is_kept(r) && v->flags & VMA_SHARED)
			judge_kept(s, r);
		if (snapshot_class(s, v) == RANGE_LIVE)
			snapshot_weaken(s, CONSISTENCY_SMEARED, "shared memory that did not fit the pause's budget was read later");
	}
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

struct err *snapshot_explain(struct snapshot *s, struct err *e)
{
	if (!s->mm || err_code(e) == ERR_CANCELLED || err_code(e) == ERR_NOMEM)
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

struct err *snapshot_create(struct snapshot_set *set, pid_t pid, struct snapshot **ret)
{
	struct snapshot *s = calloc(1, sizeof(*s));

	if (!s)
		return err_nomem();
	s->set = set;
	s->pid = pid;
	s->options = set->options;
	*ret = s;
	return NULL;
}

void snapshot_forget(struct snapshot *s)
{
	held_deinit(&s->held);
	vma_list_deinit(&s->before);
	s->before = (struct vma_list)VMA_LIST_INIT;
	proc_facts_deinit(&s->facts);
	s->facts = (struct proc_facts){ 0 };
	s->n_threads = 0;
	s->options.content.filter = s->set->options.content.filter;
	s->program_changed = s->prepared = s->more_ahead = false;
	s->rounds_ahead = 0;
}

void snapshot_start_over(struct snapshot *s)
{
	tasks_deinit(&s->tasks);
	s->tasks = (struct tasks){ 0 };
	vma_list_deinit(&s->vmas);
	s->vmas = (struct vma_list)VMA_LIST_INIT;
	s->pause = (struct snapshot_pause){ 0 };
	s->more_ahead = s->let_go = false;
	s->rounds_ahead = 0;
}

void snapshot_free(struct snapshot *s)
{
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
	return *ret && ((*ret)->copied || (*ret)->still || held_is_kept(*ret));
}

size_t snapshot_read(const struct snapshot *s, uint64_t address, void *buf, size_t size)
{
	const struct held_range *r;

	if (from_held(s, address, &r))
		return held_read(&s->held, address, buf, r->end - address < size ? (size_t)(r->end - address) : size);
	if (store_has(s, r))
		return store_read(s->store, address, buf, size);
	/* What the clone does not have can only be read from the process as it runs. */
	return r ? remote_read(s->mm, address, buf, size) : remote_pull(&s->reader, address, buf, size);
}
