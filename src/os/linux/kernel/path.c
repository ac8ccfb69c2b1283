/* SPDX-License-Identifier: MIT */
/* Names of files: see path.h. */
#include "os/linux/kernel/path.h"

#include "target/bind.h"

#include <inttypes.h>
#include <string.h>

enum {
	MAX_NAME = 255,
	MAX_PARTS = 256,
	MAX_MOUNTS = 64,
	SB_NOUSER = 31,		/* bit of s_flags: no tree that a user could see */
};

struct dentry_facts {
	uint64_t has;
	uint64_t parent, name, length, inode, sb, hashed;
};
static const struct bind_member dentry_members[] = {
	{ "d_parent", offsetof(struct dentry_facts, parent), BIND_UINT, false },
	{ "d_name.name", offsetof(struct dentry_facts, name), BIND_UINT, false },
	{ "d_name.len", offsetof(struct dentry_facts, length), BIND_UINT, false },
	{ "d_inode", offsetof(struct dentry_facts, inode), BIND_UINT, false },
	{ "d_sb", offsetof(struct dentry_facts, sb), BIND_UINT, false },
	{ "d_hash.pprev", offsetof(struct dentry_facts, hashed), BIND_UINT, false },
	{ NULL },
};
static const struct binding dentry_binding = { "vmlinux", "dentry", dentry_members };

struct mount_facts {
	uint64_t has;
	uint64_t parent, mountpoint, root, mnt;
};
static const struct bind_member mount_members[] = {
	{ "mnt_parent", offsetof(struct mount_facts, parent), BIND_UINT, false },
	{ "mnt_mountpoint", offsetof(struct mount_facts, mountpoint), BIND_UINT, false },
	{ "mnt.mnt_root", offsetof(struct mount_facts, root), BIND_UINT, false },
	{ "mnt", offsetof(struct mount_facts, mnt), BIND_ADDRESS_OF, false },
	{ NULL },
};
static const struct binding mount_binding = { "vmlinux", "mount", mount_members };

struct file_facts {
	uint64_t has;
	uint64_t mount, dentry, inode;
};
static const struct bind_member file_members[] = {
	{ "f_path.mnt", offsetof(struct file_facts, mount), BIND_UINT, false },
	{ "f_path.dentry", offsetof(struct file_facts, dentry), BIND_UINT, false },
	{ "f_inode", offsetof(struct file_facts, inode), BIND_UINT, true },
	{ NULL },
};
static const struct binding file_binding = { "vmlinux", "file", file_members };

struct sb_facts {
	uint64_t has;
	uint64_t flags, type;
};
static const struct bind_member sb_members[] = {
	{ "s_flags", offsetof(struct sb_facts, flags), BIND_UINT, false },
	{ "s_type", offsetof(struct sb_facts, type), BIND_UINT, false },
	{ NULL },
};
static const struct binding sb_binding = { "vmlinux", "super_block", sb_members };

struct fs_facts {
	uint64_t has;
	uint64_t name;
};
static const struct bind_member fs_members[] = { { "name", offsetof(struct fs_facts, name), BIND_UINT, false }, { NULL } };
static const struct binding fs_binding = { "vmlinux", "file_system_type", fs_members };

struct inode_facts {
	uint64_t has;
	uint64_t mode, number, size, device, mapping, pipe, sb;
};
static const struct bind_member inode_members[] = {
	{ "i_mode", offsetof(struct inode_facts, mode), BIND_UINT, false },
	{ "i_ino", offsetof(struct inode_facts, number), BIND_UINT, false },
	{ "i_size", offsetof(struct inode_facts, size), BIND_UINT, true },
	{ "i_rdev", offsetof(struct inode_facts, device), BIND_UINT, true },
	{ "i_mapping", offsetof(struct inode_facts, mapping), BIND_UINT, true },
	{ "i_pipe", offsetof(struct inode_facts, pipe), BIND_UINT, true },
	{ "i_sb", offsetof(struct inode_facts, sb), BIND_UINT, false },
	{ NULL },
};
static const struct binding inode_binding = { "vmlinux", "inode", inode_members };

static const char *text(struct arena *a, const char *s, size_t n)
{
	CLEANUP(strbuf_deinit) struct strbuf sb = STRBUF_INIT;

	strbuf_add_utf8(&sb, s, strnlen(s, n));
	return sb.failed ? NULL : arena_strdup(a, sb.s);
}

const char *kernel_string(struct target *t, uint64_t address, struct arena *a)
{
	const struct arch_memory *m = target_memory(t);
	char name[MAX_NAME + 1];
	size_t n = address ? m->read(m->arg, address, name, MAX_NAME) : 0;

	return n ? text(a, name, n) : NULL;
}

static const char *name_of(struct target *t, const struct dentry_facts *d, struct arena *a)
{
	char name[MAX_NAME];
	size_t n = d->length < MAX_NAME ? (size_t)d->length : MAX_NAME;

	if (!arch_read(target_memory(t), d->name, name, n))
		return "?";
	return text(a, name, n);
}

static const char *file_system_of(struct target *t, uint64_t sb, struct arena *a, bool *ret_unseen)
{
	struct sb_facts s = { 0 };
	struct fs_facts f = { 0 };
	const char *name;

	*ret_unseen = false;
	if (!sb || err_ignore(bind_read(t, HALF_NATIVE, &sb_binding, sb, &s)))
		return "";
	*ret_unseen = s.flags >> SB_NOUSER & 1;
	if (err_ignore(bind_read(t, HALF_NATIVE, &fs_binding, s.type, &f)))
		return "";
	name = kernel_string(t, f.name, a);
	return name ? name : "";
}

struct err *kernel_inode_read(struct target *t, uint64_t inode, struct arena *a, struct kernel_inode *ret)
{
	struct inode_facts f = { 0 };
	bool unseen;

	TRY(err_prefix(bind_read(t, HALF_NATIVE, &inode_binding, inode, &f), "inode at 0x%" PRIx64, inode));
	*ret = (struct kernel_inode){
		.address = inode, .number = f.number, .size = f.size, .mode = (uint32_t)f.mode, .device = (uint32_t)f.device,
		.mapping = f.mapping, .pipe = f.pipe, .file_system = file_system_of(t, f.sb, a, &unseen),
	};
	return NULL;
}

/* Where a walk up the tree is. */
struct climb {
	struct target *target;
	struct arena *arena;
	uint64_t dentry, root;		/* root: of the mount, 0: not known */
	struct mount_facts mount;
	uint64_t mount_address;
	const char *path;		/* what is below; NULL: nothing yet */
	unsigned mounts;
	bool removed;
};

/* From the root of a mount to the place where it is mounted; false: there is no such place. */
static bool leave_mount(struct climb *c)
{
	uint64_t parent = c->mount.parent;

	if (!c->mount_address || parent == c->mount_address || ++c->mounts > MAX_MOUNTS)
		return false;
	c->dentry = c->mount.mountpoint;
	if (err_ignore(bind_read(c->target, HALF_NATIVE, &mount_binding, parent, &c->mount)))
		return false;
	c->mount_address = parent;
	c->root = c->mount.root;
	return true;
}

/* One part of the name; false: this was the last. */
static bool climb(struct climb *c)
{
	struct dentry_facts d = { 0 };
	const char *name;

	while (c->dentry == c->root)
		if (!leave_mount(c))
			return false;
	if (err_ignore(bind_read(c->target, HALF_NATIVE, &dentry_binding, c->dentry, &d))) {
		c->path = arena_printf(c->arena, "/?%s", c->path ? c->path : "");
		return false;
	}
	if (d.parent == c->dentry) { /* the root of a tree whose mount is not known, or a file in no tree: memfd */
		name = c->path ? NULL : name_of(c->target, &d, c->arena);
		if (name && strcmp(name, "/") != 0) {
			c->path = arena_printf(c->arena, "/%s", name);
			c->removed = true;
		}
		return false;
	}
	if (!c->path && !d.hashed)
		c->removed = true;
	name = name_of(c->target, &d, c->arena);
	c->path = name ? arena_printf(c->arena, "/%s%s", name, c->path ? c->path : "") : NULL;
	c->dentry = d.parent;
	return c->path;
}

static void enter_mount(struct climb *c, uint64_t vfsmount)
{
	uint64_t offset = 0;

	if (!vfsmount || err_ignore(bind_offset(c->target, HALF_NATIVE, &mount_binding, "mnt", &offset)) ||
	    err_ignore(bind_read(c->target, HALF_NATIVE, &mount_binding, vfsmount - offset, &c->mount)))
		return;
	c->mount_address = vfsmount - offset;
	c->root = c->mount.root;
}

/* What has no place in a tree is named by its kind and its inode or name. */
static const char *unseen_name(struct target *t, const struct dentry_facts *d, const char *fs, struct arena *a)
{
	struct inode_facts i = { 0 };

	if (strcmp(fs, "anon_inodefs") == 0) {
		const char *name = name_of(t, d, a);

		return name ? arena_printf(a, "anon_inode:%s", name) : "";
	}
	if (!d->inode || err_ignore(bind_read(t, HALF_NATIVE, &inode_binding, d->inode, &i)))
		return "";
	if (strcmp(fs, "sockfs") == 0)
		return arena_printf(a, "socket:[%" PRIu64 "]", i.number);
	if (strcmp(fs, "pipefs") == 0)
		return arena_printf(a, "pipe:[%" PRIu64 "]", i.number);
	return arena_printf(a, "%s:[%" PRIu64 "]", fs, i.number);
}

const char *kernel_path_name(struct target *t, uint64_t mount, uint64_t dentry, struct arena *a)
{
	struct climb c = { .target = t, .arena = a, .dentry = dentry };
	struct dentry_facts d = { 0 };
	const char *fs, *path;
	bool unseen;

	if (!dentry || err_ignore(bind_read(t, HALF_NATIVE, &dentry_binding, dentry, &d)))
		return "";
	fs = file_system_of(t, d.sb, a, &unseen);
	if (unseen && (strcmp(fs, "tmpfs") != 0 && strcmp(fs, "hugetlbfs") != 0)) {
		path = unseen_name(t, &d, fs, a);
		return path ? path : "";
	}
	enter_mount(&c, mount);
	for (unsigned i = 0; i < MAX_PARTS && climb(&c); i++)
		;
	if (!c.path)
		return "/";
	path = c.removed ? arena_printf(a, "%s (deleted)", c.path) : c.path;
	return path ? path : "";
}

const char *kernel_file_path(struct target *t, uint64_t file, struct arena *a)
{
	struct file_facts f = { 0 };

	if (!file || err_ignore(bind_read(t, HALF_NATIVE, &file_binding, file, &f)))
		return "";
	return kernel_path_name(t, f.mount, f.dentry, a);
}
