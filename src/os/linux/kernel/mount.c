/* SPDX-License-Identifier: MIT */
/*
 * Mounts: see mount.h.
 *
 * A namespace has its mounts in a list, since Linux 6.8 in a tree. A mount lies on
 * a directory of its parent; its path is the names from there up to the parent's
 * root, then of the parent's own, up to the mount that is its own parent. Facts:
 * Documentation/filesystems/vfs.rst, mount_namespaces(7), proc(5); flags as
 * statvfs(3) and /proc/mounts show them.
 */
#include "os/linux/kernel/mount.h"

#include "base/cancel.h"
#include "base/vec.h"
#include "os/linux/kernel/place.h"
#include "os/linux/kernel/walk.h"
#include "target/bind.h"
#include "target/kernel.h"

#include <stdlib.h>
#include <string.h>

enum { CURSOR = 0x10000000, READ_ONLY = 0x40 };
enum { MAX_MOUNTS = 1 << 20, MAX_DEPTH = 256, MAX_NAME = 255, MAX_PATH = 4096, MINOR_BITS = 20 };

struct task {
	uint64_t has;
	uint64_t nsproxy;
};
static const struct bind_member task_members[] = {
	{ "nsproxy", offsetof(struct task, nsproxy), BIND_UINT, false },
	{ NULL },
};
static const struct binding task_binding = { "vmlinux", "task_struct", task_members };

struct nsproxy {
	uint64_t has;
	uint64_t mounts;
};
static const struct bind_member nsproxy_members[] = {
	{ "mnt_ns", offsetof(struct nsproxy, mounts), BIND_UINT, false },
	{ NULL },
};
static const struct binding nsproxy_binding = { "vmlinux", "nsproxy", nsproxy_members };

struct mount_space {
	uint64_t has;
	uint64_t list, tree;
};
enum { SPACE_LIST = 1, SPACE_TREE = 2 };
static const struct bind_member space_members[] = {
	{ "list", offsetof(struct mount_space, list), BIND_ADDRESS_OF, true },
	{ "mounts.rb_node", offsetof(struct mount_space, tree), BIND_ADDRESS_OF, true },
	{ NULL },
};
static const struct binding space_binding = { "vmlinux", "mnt_namespace", space_members };

struct mount {
	uint64_t has;
	uint64_t parent, mountpoint, root, super, flags, source, id;
};
static const struct bind_member mount_members[] = {
	{ "mnt_parent", offsetof(struct mount, parent), BIND_UINT, false },
	{ "mnt_mountpoint", offsetof(struct mount, mountpoint), BIND_UINT, false },
	{ "mnt.mnt_root", offsetof(struct mount, root), BIND_UINT, false },
	{ "mnt.mnt_sb", offsetof(struct mount, super), BIND_UINT, false },
	{ "mnt.mnt_flags", offsetof(struct mount, flags), BIND_UINT, false },
	{ "mnt_devname", offsetof(struct mount, source), BIND_UINT, false },
	{ "mnt_id", offsetof(struct mount, id), BIND_UINT, false },
	{ NULL },
};
static const struct binding mount_binding = { "vmlinux", "mount", mount_members };

struct super {
	uint64_t has;
	uint64_t type, subtype, flags, dev;
};
enum { SUPER_SUBTYPE = 1 << 1 };
static const struct bind_member super_members[] = {
	{ "s_type", offsetof(struct super, type), BIND_UINT, false },
	{ "s_subtype", offsetof(struct super, subtype), BIND_UINT, true },
	{ "s_flags", offsetof(struct super, flags), BIND_UINT, false },
	{ "s_dev", offsetof(struct super, dev), BIND_UINT, false },
	{ NULL },
};
static const struct binding super_binding = { "vmlinux", "super_block", super_members };

struct fs_type {
	uint64_t has;
	uint64_t name;
};
static const struct bind_member type_members[] = {
	{ "name", offsetof(struct fs_type, name), BIND_UINT, false },
	{ NULL },
};
static const struct binding type_binding = { "vmlinux", "file_system_type", type_members };

struct dentry {
	uint64_t has;
	uint64_t parent, name;
};
static const struct bind_member dentry_members[] = {
	{ "d_parent", offsetof(struct dentry, parent), BIND_UINT, false },
	{ "d_name.name", offsetof(struct dentry, name), BIND_UINT, false },
	{ NULL },
};
static const struct binding dentry_binding = { "vmlinux", "dentry", dentry_members };

struct mounts {
	struct target *t;
	struct arena *a;
	uint64_t link;		/* offset of what links mounts in struct mount */
	VEC(struct kernel_mount) v;
	struct err *error;
};

/* --- names ----------------------------------------------------------------------------------- */

static bool read_string(struct target *t, uint64_t address, char *buf, size_t size)
{
	const struct arch_memory *m = target_memory(t);
	size_t n = address ? m->read(m->arg, address, buf, size - 1) : 0;

	buf[n] = '\0';
	return n && strlen(buf) < n;
}

static const char *copy_string(struct mounts *m, uint64_t address)
{
	char buf[MAX_NAME + 1];
	const char *s = read_string(m->t, address, buf, sizeof(buf)) ? arena_strdup(m->a, buf) : NULL;

	return s ? s : "";
}

/* Puts the names from a directory up to a file system's root in front of path. */
static bool climb(struct target *t, uint64_t dentry, uint64_t root, char **front, const char *start)
{
	for (unsigned depth = 0; dentry != root; depth++) {
		char name[MAX_NAME + 1];
		struct dentry d;
		size_t n;

		if (depth >= MAX_DEPTH || err_ignore(bind_read(t, HALF_NATIVE, &dentry_binding, dentry, &d)) ||
		    d.parent == dentry || !read_string(t, d.name, name, sizeof(name)))
			return false;
		n = strlen(name);
		if ((size_t)(*front - start) < n + 1)
			return false;
		*front -= n;
		memcpy(*front, name, n);
		*--*front = '/';
		dentry = d.parent;
	}
	return true;
}

/* NULL: not known. */
static const char *path_of(struct mounts *m, uint64_t address, struct mount raw)
{
	char path[MAX_PATH + 1], *front = path + MAX_PATH;

	*front = '\0';
	for (unsigned depth = 0; raw.parent != address; depth++) {
		struct mount parent;

		if (depth >= MAX_DEPTH || err_ignore(bind_read(m->t, HALF_NATIVE, &mount_binding, raw.parent, &parent)) ||
		    !climb(m->t, raw.mountpoint, parent.root, &front, path))
			return NULL;
		address = raw.parent;
		raw = parent;
	}
	return arena_strdup(m->a, *front ? front : "/");
}

/* --- one mount --------------------------------------------------------------------------------- */

static const char *type_of(struct mounts *m, const struct super *sb)
{
	struct fs_type type;
	const char *name, *sub;

	if (err_ignore(bind_read(m->t, HALF_NATIVE, &type_binding, sb->type, &type)))
		return "";
	name = copy_string(m, type.name);
	sub = sb->has & SUPER_SUBTYPE && sb->subtype ? copy_string(m, sb->subtype) : "";
	sub = *sub ? arena_printf(m->a, "%s.%s", name, sub) : NULL;
	return sub ? sub : name;
}

static struct err *read_mount(struct mounts *m, uint64_t address)
{
	struct kernel_mount one = { .address = address };
	struct mount raw, parent;
	struct super sb;

	one.source = one.type = "";
	if (err_ignore(bind_read(m->t, HALF_NATIVE, &mount_binding, address, &raw)))
		return vec_push(&m->v, one) ? NULL : err_nomem();
	if (raw.flags & CURSOR) /* a place that a reader of /proc/mounts has come to */
		return NULL;
	one.id = raw.id;
	one.super_block = raw.super;
	if (err_ignore(bind_read(m->t, HALF_NATIVE, &super_binding, raw.super, &sb)))
		return vec_push(&m->v, one) ? NULL : err_nomem();
	one.parent_id = err_ignore(bind_read(m->t, HALF_NATIVE, &mount_binding, raw.parent, &parent)) ? 0 : parent.id;
	one.source = copy_string(m, raw.source);
	one.type = type_of(m, &sb);
	one.path = path_of(m, address, raw);
	one.mount_flags = raw.flags;
	one.super_flags = sb.flags;
	one.read_only = (raw.flags & READ_ONLY) || (sb.flags & 1);
	one.major = (uint32_t)(sb.dev >> MINOR_BITS);
	one.minor = (uint32_t)sb.dev & ((1u << MINOR_BITS) - 1);
	return vec_push(&m->v, one) ? NULL : err_nomem();
}

static bool add_mount(void *arg, uint64_t node)
{
	struct mounts *m = arg;

	m->error = read_mount(m, node - m->link);
	return !m->error;
}

/* --- the namespace ------------------------------------------------------------------------------- */

static struct err *find_space(struct target *t, uint64_t task, struct mount_space *ret)
{
	struct nsproxy proxy;
	struct task one;

	if (!task)
		TRY(kernel_symbol(target_kernel(t), "init_task", &task));
	TRY(bind_read(t, HALF_NATIVE, &task_binding, task, &one));
	if (!one.nsproxy)
		return err_new(ERR_NOTFOUND, "the task has ended: it has no namespaces any more");
	TRY(bind_read(t, HALF_NATIVE, &nsproxy_binding, one.nsproxy, &proxy));
	return bind_read(t, HALF_NATIVE, &space_binding, proxy.mounts, ret);
}

static struct err *walk(struct mounts *m, const struct mount_space *space)
{
	struct place link;
	struct err *e;

	if (space->has & SPACE_TREE) {
		TRY(place_find(m->t, "mount", "mnt_node", &link));
		m->link = link.offset;
		e = kernel_rbtree_each(m->t, space->tree, MAX_MOUNTS, add_mount, m);
	} else {
		TRY(place_find(m->t, "mount", "mnt_list", &link));
		m->link = link.offset;
		e = kernel_list_each(m->t, space->list, MAX_MOUNTS, add_mount, m);
	}
	if (!m->error)
		return e;
	err_free(e);
	return m->error;
}

static int by_id(const void *a, const void *b)
{
	const struct kernel_mount *x = a, *y = b;

	return x->id < y->id ? -1 : x->id > y->id;
}

struct err *kernel_mounts(struct target *t, uint64_t task, struct arena *a, struct kernel_mount **ret, size_t *ret_n)
{
	struct mounts m = { .t = t, .a = a };
	struct mount_space space;
	struct err *e;

	if (!target_kernel(t))
		return err_new(ERR_UNSUPPORTED, "the dump of a process does not tell what is mounted");
	TRY(find_space(t, task, &space));
	if (!(space.has & (SPACE_LIST | SPACE_TREE)))
		return err_new(ERR_UNSUPPORTED, "how this kernel keeps its mounts is not known");
	e = walk(&m, &space);
	if (!e && m.v.n) {
		qsort(m.v.v, m.v.n, sizeof(*m.v.v), by_id);
		*ret = arena_memdup(a, m.v.v, m.v.n * sizeof(*m.v.v));
		e = *ret ? NULL : err_nomem();
	}
	if (!e)
		*ret_n = m.v.n;
	vec_deinit(&m.v);
	return e;
}

void mount_add_options(const struct kernel_mount *m, struct strbuf *sb)
{
	static const struct { bool super; uint64_t bit; const char *name; } names[] = {
		{ true, 0x10, "sync" }, { true, 0x80, "dirsync" }, { true, 0x40, "mand" }, { true, 1 << 25, "lazytime" },
		{ false, 1, "nosuid" }, { false, 2, "nodev" }, { false, 4, "noexec" }, { false, 8, "noatime" },
		{ false, 0x10, "nodiratime" }, { false, 0x20, "relatime" }, { false, 0x80, "nosymfollow" },
	};

	strbuf_adds(sb, m->read_only ? "ro" : "rw");
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if ((names[i].super ? m->super_flags : m->mount_flags) & names[i].bit)
			strbuf_addf(sb, ",%s", names[i].name);
}
