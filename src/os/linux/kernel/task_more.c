/* SPDX-License-Identifier: MIT */
/* What a task points to: memory, identity, namespaces, cgroup, program. See task.h. */
#include "os/linux/kernel/path.h"
#include "os/linux/kernel/task.h"

#include "base/cancel.h"
#include "target/bind.h"

#include <inttypes.h>
#include <string.h>

enum {
	PAGE = 4096,
	MAX_ARGUMENTS = 4096,
	MAX_NAMESPACES = 32,				/* MAX_PID_NS_LEVEL */
	MAX_DEPTH = 64,
};

/* --- memory ------------------------------------------------------------------------- */

struct mm_facts {
	uint64_t has;
	uint64_t pgd, total_vm, exe, arg_start, arg_end;
};
static const struct bind_member mm_members[] = {
	{ "pgd", offsetof(struct mm_facts, pgd), BIND_UINT, false },
	{ "total_vm", offsetof(struct mm_facts, total_vm), BIND_UINT, false },
	{ "exe_file", offsetof(struct mm_facts, exe), BIND_UINT, true },
	{ "arg_start", offsetof(struct mm_facts, arg_start), BIND_UINT, true },
	{ "arg_end", offsetof(struct mm_facts, arg_end), BIND_UINT, true },
	{ NULL },
};
static const struct binding mm_binding = { "vmlinux", "mm_struct", mm_members };

struct err *kernel_memory_of(struct target *t, const struct kernel_task *task, struct kernel_memory_use *ret)
{
	struct kernel_memory_use u = { .mm = task->mm };
	struct mm_facts f = { 0 };

	if (!task->mm)
		return err_new(ERR_NOTFOUND, "task %u has no memory of its own", task->pid);
	TRY(bind_read(t, HALF_NATIVE, &mm_binding, task->mm, &f));
	u.pgd = f.pgd;
	u.total_vm = f.total_vm * PAGE;
	*ret = u;
	return NULL;
}

struct err *kernel_user_memory(struct target *t, uint64_t mm, struct kernel_user_memory *ret)
{
	struct kernel_user_memory u = { 0 };
	struct mm_facts f = { 0 };
	struct paging p;

	TRY(bind_read(t, HALF_NATIVE, &mm_binding, mm, &f));
	if (!kernel_process_paging(target_kernel(t), f.pgd, &p))
		return err_prefix(err_fault(f.pgd), "page tables");
	TRY(paged_memory_create(&p, &u.paged));
	u.memory = (struct arch_memory){ paged_memory_read, u.paged };
	*ret = u;
	return NULL;
}

void kernel_user_memory_deinit(struct kernel_user_memory *u)
{
	paged_memory_destroy(u->paged);
	u->paged = NULL;
}

/* Arguments are terminated strings in a row; blanks go between them. */
const char *kernel_task_arguments(struct target *t, const struct kernel_task *task, struct arena *a)
{
	CLEANUP(kernel_user_memory_deinit) struct kernel_user_memory u = { 0 };
	CLEANUP(strbuf_deinit) struct strbuf sb = STRBUF_INIT;
	struct mm_facts f = { 0 };
	char text[MAX_ARGUMENTS];
	size_t n;

	if (!task->mm || err_ignore(bind_read(t, HALF_NATIVE, &mm_binding, task->mm, &f)) || f.arg_end <= f.arg_start ||
	    err_ignore(kernel_user_memory(t, task->mm, &u)))
		return "";
	n = f.arg_end - f.arg_start < sizeof(text) ? (size_t)(f.arg_end - f.arg_start) : sizeof(text);
	n = u.memory.read(u.memory.arg, f.arg_start, text, n);
	while (n && !text[n - 1])
		n--;
	for (size_t i = 0; i < n; i++)
		if (!text[i])
			text[i] = ' ';
	strbuf_add_utf8(&sb, text, n);
	return sb.failed ? "" : arena_strdup(a, sb.s);
}

const char *kernel_task_program(struct target *t, const struct kernel_task *task, struct arena *a)
{
	struct mm_facts f = { 0 };

	if (!task->mm || err_ignore(bind_read(t, HALF_NATIVE, &mm_binding, task->mm, &f)) || !f.exe)
		return "";
	return kernel_file_path(t, f.exe, a);
}

/* --- identity -------------------------------------------------------------------------- */

struct cred_facts {
	uint64_t has;
	uint64_t uid, gid;
};
static const struct bind_member cred_members[] = {
	{ "uid.val", offsetof(struct cred_facts, uid), BIND_UINT, false },
	{ "gid.val", offsetof(struct cred_facts, gid), BIND_UINT, false },
	{ NULL },
};
static const struct binding cred_binding = { "vmlinux", "cred", cred_members };

bool kernel_task_ids(struct target *t, const struct kernel_task *task, uint32_t *ret_uid, uint32_t *ret_gid)
{
	struct cred_facts f = { 0 };

	if (!task->cred || err_ignore(bind_read(t, HALF_NATIVE, &cred_binding, task->cred, &f)))
		return false;
	*ret_uid = (uint32_t)f.uid;
	*ret_gid = (uint32_t)f.gid;
	return true;
}

struct pid_facts {
	uint64_t has;
	uint64_t level, numbers;
};
static const struct bind_member pid_members[] = {
	{ "level", offsetof(struct pid_facts, level), BIND_UINT, false },
	{ "numbers", offsetof(struct pid_facts, numbers), BIND_ADDRESS_OF, false },
	{ NULL },
};
static const struct binding pid_binding = { "vmlinux", "pid", pid_members };

struct upid_facts {
	uint64_t has;
	uint64_t nr;
};
static const struct bind_member upid_members[] = { { "nr", offsetof(struct upid_facts, nr), BIND_UINT, false }, { NULL } };
static const struct binding upid_binding = { "vmlinux", "upid", upid_members };

size_t kernel_task_pids(struct target *t, const struct kernel_task *task, uint32_t *ret, size_t max)
{
	struct pid_facts f = { 0 };
	struct upid_facts u = { 0 };
	struct type_info info;
	struct type_ref type;
	size_t n = 0;

	if (!task->pid_struct || err_ignore(bind_read(t, HALF_NATIVE, &pid_binding, task->pid_struct, &f)) ||
	    f.level > MAX_NAMESPACES || err_ignore(bind_type(t, HALF_NATIVE, "vmlinux", "upid", &type)) ||
	    err_ignore(type_get(type, &info)))
		return 0;
	for (; n < max && n <= f.level; n++) {
		if (err_ignore(bind_read(t, HALF_NATIVE, &upid_binding, f.numbers + n * info.size, &u)))
			break;
		ret[n] = (uint32_t)u.nr;
	}
	return n;
}

/* --- name ---------------------------------------------------------------------------------- */

struct private_facts {
	uint64_t has;
	uint64_t kthread;
};
static const struct bind_member private_members[] = {
	{ "worker_private", offsetof(struct private_facts, kthread), BIND_UINT, false }, { NULL }
};
static const struct binding private_binding = { "vmlinux", "task_struct", private_members };

struct kthread_facts {
	uint64_t has;
	uint64_t name;
};
static const struct bind_member kthread_members[] = {
	{ "full_name", offsetof(struct kthread_facts, name), BIND_UINT, false }, { NULL }
};
static const struct binding kthread_binding = { "vmlinux", "kthread", kthread_members };

const char *kernel_task_name(struct target *t, const struct kernel_task *task, struct arena *a)
{
	CLEANUP(strbuf_deinit) struct strbuf sb = STRBUF_INIT;
	struct private_facts p = { 0 };
	struct kthread_facts k = { 0 };
	const char *full = NULL;

	if ((task->flags & (TASK_IS_KTHREAD | TASK_IS_WORKER)) == TASK_IS_KTHREAD &&
	    !err_ignore(bind_read(t, HALF_NATIVE, &private_binding, task->address, &p)) && p.kthread &&
	    !err_ignore(bind_read(t, HALF_NATIVE, &kthread_binding, p.kthread, &k)) && k.name)
		full = kernel_string(t, k.name, a);
	if (full && str_starts(full, task->comm))
		return full;
	strbuf_add_utf8(&sb, task->comm, strlen(task->comm));
	return sb.failed ? "" : arena_strdup(a, sb.s);
}

/* --- cgroup -------------------------------------------------------------------------------- */

struct set_facts {
	uint64_t has;
	uint64_t cgroup;
};
static const struct bind_member set_members[] = {
	{ "dfl_cgrp", offsetof(struct set_facts, cgroup), BIND_UINT, false }, { NULL }
};
static const struct binding set_binding = { "vmlinux", "css_set", set_members };

struct cgroup_facts {
	uint64_t has;
	uint64_t node;
};
static const struct bind_member cgroup_members[] = {
	{ "kn", offsetof(struct cgroup_facts, node), BIND_UINT, false }, { NULL }
};
static const struct binding cgroup_binding = { "vmlinux", "cgroup", cgroup_members };

struct node_facts {
	uint64_t has;
	uint64_t name, parent, new_parent;
};
static const struct bind_member node_members[] = {
	{ "name", offsetof(struct node_facts, name), BIND_UINT, false },
	{ "parent", offsetof(struct node_facts, parent), BIND_UINT, true },
	{ "__parent", offsetof(struct node_facts, new_parent), BIND_UINT, true },
	{ NULL },
};
static const struct binding node_binding = { "vmlinux", "kernfs_node", node_members };

/* In the hierarchy of version 2, as /proc/PID/cgroup has it behind "0::". */
const char *kernel_task_cgroup(struct target *t, const struct kernel_task *task, struct arena *a)
{
	struct set_facts set = { 0 };
	struct cgroup_facts group = { 0 };
	const char *path = NULL;
	uint64_t at;

	if (!task->cgroups || err_ignore(bind_read(t, HALF_NATIVE, &set_binding, task->cgroups, &set)) || !set.cgroup ||
	    err_ignore(bind_read(t, HALF_NATIVE, &cgroup_binding, set.cgroup, &group)))
		return "";
	at = group.node;
	for (unsigned depth = 0; at; depth++) {
		struct node_facts f = { 0 };
		const char *name;
		uint64_t parent;

		if (depth == MAX_DEPTH || err_ignore(bind_read(t, HALF_NATIVE, &node_binding, at, &f)))
			return "";
		parent = f.has & 2 ? f.parent : f.new_parent;
		if (!parent)
			break; /* the root's name is empty */
		name = kernel_string(t, f.name, a);
		path = name ? arena_printf(a, "/%s%s", name, path ? path : "") : NULL;
		if (!path)
			return "";
		at = parent;
	}
	return path ? path : "/";
}
