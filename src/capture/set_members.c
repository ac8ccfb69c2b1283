/* SPDX-License-Identifier: MIT */
/* Who belongs to a set: as /proc and the cgroup's own list have it at this moment. */
#include "base/cancel.h"
#include "capture/guardian.h"
#include "capture/set_impl.h"

#include <string.h>
#include <unistd.h>

static struct err *check_named(pid_t pid)
{
	struct proc_stat st;

	if (pid == getpid())
		return err_new(ERR_USAGE, "process %d is this program: it cannot take itself", (int)pid);
	TRY(proc_stat_read(pid, 0, &st));
	if (st.tgid != pid)
		return err_new(ERR_USAGE, "%d is a thread of process %d", (int)pid, (int)st.tgid);
	return NULL;
}

static struct err *list_named(const struct set_wish *w, struct pid_list *ret)
{
	ret->pids.n = 0;
	for (size_t i = 0; i < w->n_pids; i++) {
		TRY(check_named(w->pids[i]));
		for (size_t k = 0; k < i; k++)
			if (w->pids[k] == w->pids[i])
				return err_new(ERR_USAGE, "process %d is named twice", (int)w->pids[i]);
		if (!vec_push(&ret->pids, w->pids[i]))
			return err_nomem();
	}
	return NULL;
}

static struct err *list_now(const struct set_wish *w, struct pid_list *ret)
{
	switch (w->kind) {
	case SET_TREE: TRY(check_named(w->root)); return proc_tree(w->root, ret);
	case SET_CGROUP: return proc_cgroup_members(w->cgroup, ret);
	case SET_LIST: return list_named(w, ret);
	case SET_ONE:
	default: ret->pids.n = 0; return vec_push(&ret->pids, w->root) ? NULL : err_nomem();
	}
}

bool set_may_change(const struct snapshot_set *set)
{
	return set->wish.kind == SET_TREE || set->wish.kind == SET_CGROUP;
}

bool set_has(const struct snapshot_set *set, pid_t pid)
{
	for (size_t i = 0; i < set->members.n; i++)
		if (set->members.v[i]->pid == pid)
			return true;
	return false;
}

/* Zombies have no memory, kernel threads none of their own. */
static bool has_memory(pid_t pid)
{
	enum { PF_EXITING = 0x4, PF_KTHREAD = 0x00200000 };
	struct proc_stat st;

	return !err_ignore(proc_stat_read(pid, 0, &st)) && !(st.flags & PF_KTHREAD) && st.state != 'X' &&
	       (st.threads > 1 || (st.state != 'Z' && !(st.flags & PF_EXITING)));
}

/* Neither are we, nor is our guardian, nor what a program that takes snapshots of itself has for that (capture/helper.h). */
static bool may_belong(const struct guardian *guardian, pid_t pid)
{
	struct proc_stat st;

	return pid != getpid() && pid != guardian_pid(guardian) && has_memory(pid) && !err_ignore(proc_stat_read(pid, 0, &st)) &&
	       (st.ppid != getpid() || st.exit_signal);
}

struct err *set_wish_list(const struct set_wish *wish, struct pid_list *ret)
{
	size_t n = 0;

	TRY(list_now(wish, ret));
	for (size_t i = 0; i < ret->pids.n; i++)
		if (may_belong(NULL, ret->pids.v[i]))
			ret->pids.v[n++] = ret->pids.v[i];
	ret->pids.n = n;
	return NULL;
}

static struct err *add(struct snapshot_set *set, pid_t pid)
{
	struct snapshot *s;

	if (set->members.n >= SET_MOST)
		return err_new(ERR_UNSUPPORTED, "the set has more than %d processes", SET_MOST);
	TRY(snapshot_create(set, pid, &s));
	if (vec_push(&set->members, s))
		return NULL;
	snapshot_free(s);
	return err_nomem();
}

static struct err *add_new(struct snapshot_set *set, const struct pid_list *pids)
{
	for (size_t i = 0; i < pids->pids.n; i++) {
		pid_t pid = pids->pids.v[i];

		if (!set_has(set, pid) && (!set_may_change(set) || may_belong(set->guardian, pid)))
			TRY(add(set, pid));
	}
	return NULL;
}

static struct err *children_of(const struct snapshot *s, struct pid_list *own, struct pid_list *ret)
{
	ret->pids.n = 0;
	if (err_ignore(proc_tids(s->pid, own)))
		return NULL; /* it has ended */
	for (size_t i = 0; i < own->pids.n; i++)
		TRY(proc_add_children(s->pid, own->pids.v[i], ret));
	return NULL;
}

/* From those that are known, without looking at all processes: the pause may be on. */
static struct err *list_children(struct snapshot_set *set)
{
	struct pid_list own = { 0 }, children = { 0 };
	struct err *e = NULL;

	for (size_t i = 0; !e && i < set->members.n; i++) {
		e = children_of(set->members.v[i], &own, &children);
		if (!e)
			e = add_new(set, &children);
	}
	pid_list_deinit(&own);
	pid_list_deinit(&children);
	return e;
}

struct err *set_list(struct snapshot_set *set)
{
	struct pid_list now = { 0 };
	struct err *e;

	if (set->wish.kind == SET_TREE && set->members.n && !err_ignore(list_children(set)))
		return NULL;
	e = list_now(&set->wish, &now);
	if (!e)
		e = add_new(set, &now);
	pid_list_deinit(&now);
	return e;
}

bool set_may_drop(const struct snapshot_set *set, size_t i, const struct err *e)
{
	pid_t pid = set->members.v[i]->pid;

	return err_code(e) != ERR_NOMEM && err_code(e) != ERR_CANCELLED && set_may_change(set) && pid != set->wish.root &&
	       !has_memory(pid);
}

void set_drop(struct snapshot_set *set, size_t i)
{
	snapshot_free(set->members.v[i]);
	set->members.n--;
	memmove(&set->members.v[i], &set->members.v[i + 1], (set->members.n - i) * sizeof(set->members.v[0]));
}
