/* SPDX-License-Identifier: MIT */
/* Processes of a kernel and whose children they are: see family.h. */
#include "pattern/family.h"

static size_t place_of(const struct family *f, uint32_t pid)
{
	size_t lo = 0, hi = f->tasks.n;

	while (lo < hi) {
		size_t mid = (lo + hi) / 2;

		if (f->tasks.v[mid].pid < pid)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo < f->tasks.n && f->tasks.v[lo].pid == pid ? lo : f->tasks.n;
}

bool family_is_zombie(const struct kernel_task *task)
{
	return task->letter == 'Z';
}

struct err *family_read(struct pattern_run *run, struct family *ret)
{
	struct family *f = ret;

	TRY(kernel_processes(run->target, &f->tasks));
	f->parents = ARENA_NEW_N(run->arena, size_t, f->tasks.n + 1);
	f->children = ARENA_NEW_N(run->arena, size_t, f->tasks.n + 1);
	f->zombies = ARENA_NEW_N(run->arena, size_t, f->tasks.n + 1);
	if (!f->parents || !f->children || !f->zombies)
		return err_nomem();
	for (size_t i = 0; i < f->tasks.n; i++) {
		size_t parent = place_of(f, f->tasks.v[i].ppid);

		f->parents[i] = parent;
		if (parent == f->tasks.n)
			continue;
		f->children[parent]++;
		f->zombies[parent] += family_is_zombie(&f->tasks.v[i]);
	}
	return NULL;
}

void family_deinit(struct family *f)
{
	kernel_tasks_deinit(&f->tasks);
}

void family_show(struct pattern_run *run, struct finding *f, const struct kernel_task *task, const char *what)
{
	evidence_other(run, f,
		       &(struct evidence){ .has_address = true, .address = task->address,
					   .command = run_text(run, "!process 0n%u 7", task->pid) },
		       "%s: process %u (%s), state %c", what, task->pid, task->comm, task->letter);
}

void family_show_parent(struct pattern_run *run, struct finding *f, const struct family *family, size_t i)
{
	const struct kernel_task *p = &family->tasks.v[i];
	struct thread *th = target_thread_by_tid(run->target, p->pid);

	if (th && th->task == p->address) {
		finding_thread(run, f, th);
		evidence_stack(run, f, th, "what the parent does");
	}
	evidence_other(run, f,
		       &(struct evidence){ .has_address = true, .address = p->address,
					   .command = run_text(run, "!process 0n%u 7", p->pid) },
		       "the parent: process %u (%s), %zu children, %zu of them zombies", p->pid, p->comm, family->children[i],
		       family->zombies[i]);
}
