/* SPDX-License-Identifier: MIT */
/* Open files: see file.h. Bits of i_mode are those of stat(2). */
#include "os/linux/kernel/file.h"

#include "base/cancel.h"
#include "base/cursor.h"
#include "target/bind.h"

#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>

enum {
	CHUNK = 256,		/* pointers read at once */
	MAX_WATCHED = 1 << 16,	/* files of one epoll set */
	WATCHED_SHOWN = 16,
};

struct table_facts {
	uint64_t has;
	uint64_t table;
};
static const struct bind_member table_members[] = {
	{ "fdt", offsetof(struct table_facts, table), BIND_UINT, false }, { NULL }
};
static const struct binding table_binding = { "vmlinux", "files_struct", table_members };

struct fdt_facts {
	uint64_t has;
	uint64_t max, fd;
};
static const struct bind_member fdt_members[] = {
	{ "max_fds", offsetof(struct fdt_facts, max), BIND_UINT, false },
	{ "fd", offsetof(struct fdt_facts, fd), BIND_UINT, false },
	{ NULL },
};
static const struct binding fdt_binding = { "vmlinux", "fdtable", fdt_members };

struct file_facts {
	uint64_t has;
	uint64_t mount, dentry, inode, flags, position, private_data, count;
};
static const struct bind_member file_members[] = {
	{ "f_path.mnt", offsetof(struct file_facts, mount), BIND_UINT, false },
	{ "f_path.dentry", offsetof(struct file_facts, dentry), BIND_UINT, false },
	{ "f_inode", offsetof(struct file_facts, inode), BIND_UINT, false },
	{ "f_flags", offsetof(struct file_facts, flags), BIND_UINT, false },
	{ "f_pos", offsetof(struct file_facts, position), BIND_UINT, false },
	{ "private_data", offsetof(struct file_facts, private_data), BIND_UINT, false },
	{ "f_count.counter", offsetof(struct file_facts, count), BIND_UINT, true },
	{ NULL },
};
static const struct binding file_binding = { "vmlinux", "file", file_members };

struct pipe_facts {
	uint64_t has;
	uint64_t head, tail, ring, readers, writers;
};
static const struct bind_member pipe_members[] = {
	{ "head", offsetof(struct pipe_facts, head), BIND_UINT, true },
	{ "tail", offsetof(struct pipe_facts, tail), BIND_UINT, true },
	{ "ring_size", offsetof(struct pipe_facts, ring), BIND_UINT, true },
	{ "readers", offsetof(struct pipe_facts, readers), BIND_UINT, false },
	{ "writers", offsetof(struct pipe_facts, writers), BIND_UINT, false },
	{ NULL },
};
static const struct binding pipe_binding = { "vmlinux", "pipe_inode_info", pipe_members };
enum { PIPE_HAS_RING = 7 };

struct event_facts {
	uint64_t has;
	uint64_t count;
};
static const struct bind_member event_members[] = {
	{ "count", offsetof(struct event_facts, count), BIND_UINT, false }, { NULL }
};
static const struct binding event_binding = { "vmlinux", "eventfd_ctx", event_members };

struct timer_facts {
	uint64_t has;
	uint64_t ticks, clock, interval, expires;
};
static const struct bind_member timer_members[] = {
	{ "ticks", offsetof(struct timer_facts, ticks), BIND_UINT, false },
	{ "clockid", offsetof(struct timer_facts, clock), BIND_INT, false },
	{ "tintv", offsetof(struct timer_facts, interval), BIND_UINT, true },
	{ NULL },
};
static const struct binding timer_binding = { "vmlinux", "timerfd_ctx", timer_members };

struct poll_facts {
	uint64_t has;
	uint64_t root;
};
static const struct bind_member poll_members[] = {
	{ "rbr.rb_root", offsetof(struct poll_facts, root), BIND_ADDRESS_OF, false }, { NULL }
};
static const struct binding poll_binding = { "vmlinux", "eventpoll", poll_members };

struct item_facts {
	uint64_t has;
	uint64_t fd, events;
};
static const struct bind_member item_members[] = {
	{ "ffd.fd", offsetof(struct item_facts, fd), BIND_UINT, false },
	{ "event.events", offsetof(struct item_facts, events), BIND_UINT, false },
	{ NULL },
};
static const struct binding item_binding = { "vmlinux", "epitem", item_members };

/* --- details ------------------------------------------------------------------------- */

static const char *pipe_detail(struct target *t, uint64_t pipe, struct arena *a)
{
	struct pipe_facts f = { 0 };

	if (!pipe || err_ignore(bind_read(t, HALF_NATIVE, &pipe_binding, pipe, &f)))
		return "";
	if ((f.has & PIPE_HAS_RING) != PIPE_HAS_RING)
		return arena_printf(a, "%" PRIu64 " readers, %" PRIu64 " writers", f.readers, f.writers);
	return arena_printf(a, "%" PRIu64 " readers, %" PRIu64 " writers, %u of %" PRIu64 " buffers full", f.readers,
			    f.writers, (uint32_t)f.head - (uint32_t)f.tail, f.ring);
}

struct watching {
	struct target *target;
	struct strbuf text;
	uint64_t link;		/* offset of the node in struct epitem */
	size_t n;
};

static bool on_item(void *arg, uint64_t node)
{
	struct watching *w = arg;
	struct item_facts f = { 0 };

	if (err_ignore(bind_read(w->target, HALF_NATIVE, &item_binding, node - w->link, &f)))
		return true;
	if (w->n < WATCHED_SHOWN)
		strbuf_addf(&w->text, " %" PRIu64, f.fd);
	w->n++;
	return true;
}

static const char *poll_detail(struct target *t, uint64_t poll, struct arena *a)
{
	struct watching w = { .target = t, .text = STRBUF_INIT };
	const char *text = "", *more;
	struct poll_facts f = { 0 };
	struct err *e;

	if (err_ignore(bind_read(t, HALF_NATIVE, &poll_binding, poll, &f)) ||
	    err_ignore(bind_offset(t, HALF_NATIVE, &item_binding, "rbn", &w.link)))
		return "";
	e = kernel_rbtree_each(t, f.root, MAX_WATCHED, on_item, &w);
	more = e ? ", and what is behind a torn link" : w.n > WATCHED_SHOWN ? " ..." : "";
	if (!w.text.failed)
		text = arena_printf(a, "watches %zu:%s%s", w.n, w.text.s, more);
	err_free(e);
	strbuf_deinit(&w.text);
	return text;
}

static const char *clock_name(int64_t clock)
{
	static const char *const names[] = { "realtime", "monotonic" };

	if (clock >= 0 && clock < (int64_t)ARRAY_SIZE(names))
		return names[clock];
	return clock == 7 ? "boottime" : clock == 8 ? "realtime alarm" : clock == 9 ? "boottime alarm" : "other";
}

static const char *timer_detail(struct target *t, uint64_t timer, struct arena *a)
{
	struct timer_facts f = { 0 };

	if (err_ignore(bind_read(t, HALF_NATIVE, &timer_binding, timer, &f)))
		return "";
	return arena_printf(a, "%s clock, %" PRIu64 " expirations not read, interval %" PRIu64 " ns",
			    clock_name((int64_t)f.clock), f.ticks, f.interval);
}

static const char *event_detail(struct target *t, uint64_t event, struct arena *a)
{
	struct event_facts f = { 0 };

	if (err_ignore(bind_read(t, HALF_NATIVE, &event_binding, event, &f)))
		return "";
	return arena_printf(a, "count %" PRIu64, f.count);
}

/* --- files --------------------------------------------------------------------------------- */

/* "anon_inode:[eventfd]" is an eventfd, "anon_inode:inotify" too is named by itself. */
static const char *anonymous_type(const char *path, struct arena *a)
{
	const char *name = path + strlen("anon_inode:");
	size_t n = strlen(name);
	char *type;

	if (*name == '[' && name[n - 1] == ']')
		name++, n -= 2;
	type = arena_strndup(a, name, n);
	return type ? type : "";
}

static const char *type_of(const struct kernel_file *f, const struct kernel_inode *i, struct arena *a)
{
	if (str_starts(f->path, "anon_inode:"))
		return anonymous_type(f->path, a);
	switch (i->mode & S_IFMT) {
	case S_IFREG: return str_starts(f->path, "/memfd:") ? "memfd" : "file";
	case S_IFDIR: return "directory";
	case S_IFCHR:
	case S_IFBLK: return "device";
	case S_IFIFO: return "pipe";
	case S_IFSOCK: return "socket";
	case S_IFLNK: return "link";
	default: return *i->file_system ? i->file_system : "unknown";
	}
}

static const char *detail_of(struct target *t, struct kernel_file *f, const struct kernel_inode *i, uint64_t private_data,
			     struct arena *a)
{
	if (strcmp(f->type, "socket") == 0)
		return kernel_socket_detail(t, private_data, a, &f->peer);
	if (strcmp(f->type, "pipe") == 0)
		return pipe_detail(t, i->pipe, a);
	if (strcmp(f->type, "device") == 0)
		return arena_printf(a, "%s %u:%u", S_ISBLK(f->mode) ? "block" : "character", i->device >> 20,
				    i->device & 0xfffff);
	if (!private_data)
		return "";
	if (strcmp(f->type, "eventpoll") == 0)
		return poll_detail(t, private_data, a);
	if (strcmp(f->type, "eventfd") == 0)
		return event_detail(t, private_data, a);
	if (strcmp(f->type, "timerfd") == 0)
		return timer_detail(t, private_data, a);
	return "";
}

struct err *kernel_file_read(struct target *t, uint64_t file, struct arena *a, struct kernel_file *ret)
{
	struct kernel_file k = { .address = file, .detail = "" };
	struct kernel_inode inode = { .file_system = "" };
	struct file_facts f = { 0 };

	TRY(err_prefix(bind_read(t, HALF_NATIVE, &file_binding, file, &f), "file at 0x%" PRIx64, file));
	k.flags = (uint32_t)f.flags;
	k.position = f.position;
	k.references = f.count;
	k.path = kernel_path_name(t, f.mount, f.dentry, a);
	if (!err_ignore(kernel_inode_read(t, f.inode, a, &inode))) {
		k.inode = inode.number;
		k.mode = inode.mode;
	}
	k.type = type_of(&k, &inode, a);
	k.detail = detail_of(t, &k, &inode, f.private_data, a);
	if (!k.detail)
		return err_nomem();
	*ret = k;
	return NULL;
}

/* Calls fn for each slot that is taken. */
static struct err *each_pointer(struct target *t, uint64_t files, bool (*fn)(void *arg, uint64_t fd, uint64_t file), void *arg)
{
	struct table_facts table = { 0 };
	struct fdt_facts fdt = { 0 };
	uint8_t bytes[CHUNK * 8];

	TRY(err_prefix(bind_read(t, HALF_NATIVE, &table_binding, files, &table), "files at 0x%" PRIx64, files));
	TRY(err_prefix(bind_read(t, HALF_NATIVE, &fdt_binding, table.table, &fdt), "files at 0x%" PRIx64, files));
	if (fdt.max > KERNEL_MAX_FILES)
		return err_new(ERR_CORRUPT, "the table of files at 0x%" PRIx64 " has room for %" PRIu64, table.table, fdt.max);
	for (uint64_t i = 0; i < fdt.max; i += CHUNK) {
		size_t n = fdt.max - i < CHUNK ? (size_t)(fdt.max - i) : CHUNK;
		struct cursor c;

		TRY(cancel_check());
		if (!arch_read(target_memory(t), fdt.fd + i * 8, bytes, n * 8))
			return err_prefix(err_fault(fdt.fd + i * 8), "the table of files at 0x%" PRIx64, table.table);
		c = cursor_init("memory", bytes, n * 8, fdt.fd + i * 8);
		for (uint64_t k = 0; k < n; k++) {
			uint64_t file = cursor_u64(&c);

			if (file && !fn(arg, i + k, file))
				return NULL;
		}
	}
	return NULL;
}

struct each {
	struct target *target;
	struct arena *arena;
	kernel_file_fn *fn;
	void *arg;
};

static bool on_pointer(void *arg, uint64_t fd, uint64_t file)
{
	const struct each *e = arg;
	struct kernel_file f;

	if (err_ignore(kernel_file_read(e->target, file, e->arena, &f)))
		f = (struct kernel_file){ .address = file, .type = "unreadable", .path = "", .detail = "" };
	f.fd = fd;
	return e->fn(e->arg, &f);
}

struct err *kernel_files_each(struct target *t, uint64_t files, struct arena *a, kernel_file_fn *fn, void *arg)
{
	struct each e = { t, a, fn, arg };

	return each_pointer(t, files, on_pointer, &e);
}

static bool count_one(void *arg, uint64_t fd, uint64_t file)
{
	(void)fd;
	(void)file;
	++*(uint64_t *)arg;
	return true;
}

bool kernel_files_count(struct target *t, uint64_t files, uint64_t *ret)
{
	uint64_t n = 0;

	if (!files || err_ignore(each_pointer(t, files, count_one, &n)))
		return false;
	*ret = n;
	return true;
}
