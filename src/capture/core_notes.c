/* SPDX-License-Identifier: MIT */
/*
 * The notes of Linux cores, in the kernel's order: PRSTATUS of the first
 * thread, PRPSINFO, SIGINFO, AUXV, FILE, its other register sets, then
 * PRSTATUS and the rest of each further thread. core(5), uapi <linux/elf.h>.
 */
#include "capture/core_impl.h"

#include <elf.h>
#include <signal.h>
#include <string.h>
#include <sys/ptrace.h>
#include <unistd.h>

static struct err *add(struct core *c, const char *owner, uint32_t type, const void *data, size_t size)
{
	struct core_note n = { owner, type, data, size };

	if (!data)
		return err_nomem();
	return vec_push(&c->notes, n) ? NULL : err_nomem();
}

static const struct proc_stat *stat_of(const struct snapshot *s, pid_t tid)
{
	for (size_t i = 0; i < s->n_threads; i++)
		if (s->threads[i].stat.tid == tid)
			return &s->threads[i].stat;
	return NULL;
}

static uint64_t microseconds(uint64_t ticks)
{
	long hz = sysconf(_SC_CLK_TCK);

	return ticks * 1000000 / (uint64_t)(hz > 0 ? hz : 100);
}

static enum machine machine_of(const struct core *c)
{
	return c->s->compat ? MACHINE_X86 : MACHINE_X64;
}

static struct err *add_prstatus(struct core *c, const struct task *task)
{
	const struct proc_stat *own = stat_of(c->s, task->tid), *all = &c->s->facts.stat;
	struct core_prstatus p = { .pid = task->tid, .ppid = all->ppid, .pgrp = all->pgrp, .sid = all->sid,
				   .sighold = task->sigmask, .has_fpregs = task->xstate_size };
	size_t size;
	const void *data;

	if (own) {
		p.sigpend = own->sigpend;
		p.user_us = microseconds(own->user_ticks);
		p.system_us = microseconds(own->system_ticks);
	}
	p.child_user_us = microseconds(all->child_user_ticks);
	p.child_system_us = microseconds(all->child_system_ticks);
	p.regs = c->s->compat ? (const void *)task->regs32 : &task->regs;
	p.regs_size = c->s->compat ? sizeof(task->regs32) : sizeof(task->regs);
	data = core_prstatus(machine_of(c), &p, &c->arena, &size);
	return add(c, "CORE", NT_PRSTATUS, data, size);
}

/* FXSAVE is the head of XSAVE's area; i386 keeps the older form in FPREGSET and FXSAVE in its own note. */
static struct err *add_vectors(struct core *c, const struct task *task)
{
	enum { FXSAVE = 512 };

	if (task->xstate_size < FXSAVE)
		return NULL;
	if (c->s->compat) {
		TRY(add(c, "CORE", NT_PRFPREG, task->fpregs32, sizeof(task->fpregs32)));
		TRY(add(c, "LINUX", NT_PRXFPREG, task->xstate, FXSAVE));
	} else {
		TRY(add(c, "CORE", NT_PRFPREG, task->xstate, FXSAVE));
	}
	return task->xstate_size > FXSAVE ? add(c, "LINUX", NT_X86_XSTATE, task->xstate, task->xstate_size) : NULL;
}

static struct err *add_prpsinfo(struct core *c)
{
	const struct proc_facts *f = &c->s->facts;
	struct core_prpsinfo p = { .state = f->stat.state, .nice = f->stat.nice, .flags = f->stat.flags,
				   .uid = f->stat.uid, .gid = f->stat.gid, .pid = c->s->pid, .ppid = f->stat.ppid,
				   .pgrp = f->stat.pgrp, .sid = f->stat.sid, .name = f->stat.comm, .args = f->args };
	size_t size;
	const void *data = core_prpsinfo(machine_of(c), &p, &c->arena, &size);

	return add(c, "CORE", NT_PRPSINFO, data, size);
}

/* Every mapping of a file, readable or not; those of the kernel have no file. */
static struct err *add_files(struct core *c)
{
	const struct vma_list *l = &c->s->vmas;
	struct core_file *files = ARENA_NEW_N(&c->arena, struct core_file, l->vmas.n + 1);
	size_t n = 0, size;
	const void *data;

	if (!files)
		return err_nomem();
	for (size_t i = 0; i < l->vmas.n; i++) {
		const struct vma *v = &l->vmas.v[i];

		if (v->inode && v->path[0] == '/')
			files[n++] = (struct core_file){ v->start, v->end, v->offset, v->path };
	}
	data = core_nt_file(machine_of(c), files, n, &c->arena, &size);
	return add(c, "CORE", NT_FILE, data, size);
}

/*
 * The stop that we made ourselves shows as a SIGTRAP with an event code: that
 * is no signal of the process. Who had no signal gets an empty record.
 */
static struct err *add_siginfo(struct core *c, const struct task *task)
{
	static const siginfo_t none;
	bool ours = task->siginfo.si_signo == SIGTRAP && task->siginfo.si_code >> 8 == PTRACE_EVENT_STOP;
	bool real = task->has_siginfo && !ours && !c->s->compat;

	return add(c, "CORE", NT_SIGINFO, real ? &task->siginfo : &none, sizeof(none));
}

static struct err *add_process(struct core *c, const struct task *first)
{
	TRY(add_prpsinfo(c));
	TRY(add_siginfo(c, first));
	if (c->s->facts.auxv_size)
		TRY(add(c, "CORE", NT_AUXV, c->s->facts.auxv, c->s->facts.auxv_size));
	return add_files(c);
}

/* The main thread first: readers take the first for the current one. */
struct err *core_add_notes(struct core *c)
{
	struct tasks *t = &c->s->tasks;
	bool first = true;

	for (size_t i = 0; i < t->v.n; i++) {
		const struct task *task = &t->v.v[i];

		if (!task->captured)
			continue;
		TRY(add_prstatus(c, task));
		TRY(first ? add_process(c, task) : add_siginfo(c, task));
		first = false;
		TRY(add_vectors(c, task));
	}
	return first ? err_new(ERR_NOTFOUND, "no thread of process %d is left", (int)c->s->pid) : NULL;
}
