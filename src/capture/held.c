/* SPDX-License-Identifier: MIT */
/* See held.h; items and the room for them are held_pool.c's. Facts: proc(5) on map_files, lseek(2) SEEK_DATA. */
#include "capture/held_impl.h"
#include "capture/remote.h"
#include "capture/task.h"
#include "format/dump.h"

#include <fcntl.h>
#include <linux/magic.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

enum { STEP = 1 << 20, KEPT_PAGE_MOST = 2 << 20 };

static const char *reason(const struct vma *v)
{
	if (v->flags & VMA_DONTFORK)
		return "DONTFORK";
	if (v->flags & VMA_WIPEONFORK)
		return "WIPEONFORK";
	if (v->flags & VMA_HUGETLB)
		return "hugetlb";
	return v->flags & VMA_SHARED ? "shared" : NULL;
}

/* An engine that keeps shared memory keeps all private memory. */
static bool is_held(const struct held_pool *p, const struct vma *v)
{
	return p->keeps ? v->flags & VMA_SHARED : reason(v) != NULL;
}

/* Rings that the kernel itself writes to (io_uring, AIO). */
static bool kernel_writes(const struct vma *v)
{
	return strstr(v->path, "[io_uring]") || strstr(v->path, "[aio]") || v->flags & VMA_IO;
}

/* --- what there is of an item ------------------------------------------------------------------ */

static void file_pieces(struct held *h, const struct held_item *item, piece_fn *each, void *arg)
{
	uint64_t at = item->start, end = item->end;

	while (at < end) {
		off_t data = lseek(item->fd, (off_t)at, SEEK_DATA), hole;

		if (data < 0 || (uint64_t)data >= end)
			return;
		hole = lseek(item->fd, data, SEEK_HOLE);
		at = hole < 0 || (uint64_t)hole > end ? end : (uint64_t)hole;
		each(h, (uint64_t)data, at, arg);
	}
}

struct run_arg {
	struct held *h;
	piece_fn *each;
	void *arg;
};

static struct err *on_run(void *arg, const struct page_run *run)
{
	struct run_arg *a = arg;

	if (run->kind & PAGE_TOUCHED && !(run->kind & PAGE_GUARD))
		a->each(a->h, run->start, run->end, a->arg);
	return NULL;
}

void held_pieces(struct held *h, const struct held_item *item, piece_fn *each, void *arg)
{
	struct run_arg a = { h, each, arg };

	if (item->fd >= 0)
		file_pieces(h, item, each, arg);
	else if (item->blind)
		each(h, item->start, item->end, arg);
	else
		(void)err_ignore(pagemap_runs(h->pagemap, item->start, item->end, on_run, &a));
}

/* --- before the pause ------------------------------------------------------------------------------ */

/* The file behind a mapping, whatever became of its name. */
static int open_behind(pid_t pid, const struct vma *v)
{
	char path[96];
	int fd;

	(void)snprintf(path, sizeof(path), "/proc/%d/map_files/%lx-%lx", (int)pid, (unsigned long)v->start,
		       (unsigned long)v->end);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd >= 0 && lseek(fd, 0, SEEK_END) < 0) { /* a ring of io_uring or AIO: no file that can be read */
		(void)close(fd);
		fd = -1;
	}
	return fd;
}

/* Memory that has no disk behind it, in pages that the engine can handle. */
static bool can_be_kept(const struct held_range *r, const struct vma *v)
{
	struct statfs fs;

	return r->fd >= 0 && !r->kernel && v->page_size <= KEPT_PAGE_MOST && fstatfs(r->fd, &fs) == 0 &&
	       (fs.f_type == TMPFS_MAGIC || fs.f_type == HUGETLBFS_MAGIC);
}

/* System V's segments can be attached by their number. */
static bool has_name(const struct held_range *r, const struct vma *v)
{
	struct stat st;

	return strncmp(v->path, "/SYSV", 5) == 0 || fstat(r->fd, &st) < 0 || st.st_nlink;
}

static struct err *add_range(struct held *h, const struct vma *v)
{
	struct held_range r = { .start = v->start, .end = v->end, .why = reason(v), .fd = -1, .file_offset = v->offset,
				.kernel = kernel_writes(v) };

	r.read_only = !(v->prot & DUMP_PROT_W);
	/* A private mapping's own pages are not in its file. */
	if (v->flags & VMA_SHARED) {
		r.file = (struct file_id){ v->inode, v->dev_major, v->dev_minor };
		r.fd = open_behind(h->pid, v);
		sharers_ask(&h->pool->sharers, &r.file);
		r.keep = h->pool->keeps && can_be_kept(&r, v);
		r.open = r.keep && has_name(&r, v);
	}
	if (vec_push(&h->ranges, r))
		return NULL;
	if (r.fd >= 0)
		(void)close(r.fd);
	return err_nomem();
}

struct err *held_prepare(pid_t pid, const struct vma_list *vmas, held_wanted *wanted, void *arg, struct held_pool *pool,
			 struct held *ret)
{
	struct held h = { .pid = pid, .pool = pool };
	struct err *e = pagemap_open(pid, &h.pagemap);

	for (size_t i = 0; !e && i < vmas->vmas.n; i++)
		if (is_held(pool, &vmas->vmas.v[i]) && wanted(arg, &vmas->vmas.v[i]))
			e = add_range(&h, &vmas->vmas.v[i]);
	if (e) {
		held_deinit(&h);
		return e;
	}
	*ret = h;
	return NULL;
}

void held_choose_kept(struct held *h, bool (*is_member)(void *arg, pid_t pid), void *arg)
{
	for (size_t i = 0; i < h->ranges.n; i++) {
		struct held_range *r = &h->ranges.v[i];

		if (!r->keep || r->item)
			continue;
		r->keep = !sharers_beyond(&h->pool->sharers, &r->file, is_member, arg);
		r->open |= sharers_open(&h->pool->sharers, &r->file);
	}
}

/* --- files that nobody writes to ------------------------------------------------------------------------- */

/* Local disks, where a write through a mapping moves the times as well (shared memory's it does not). */
static bool tells_writes(int fd)
{
	static const long kinds[] = { EXT4_SUPER_MAGIC, XFS_SUPER_MAGIC, BTRFS_SUPER_MAGIC, F2FS_SUPER_MAGIC,
				      OVERLAYFS_SUPER_MAGIC, SQUASHFS_MAGIC, ISOFS_SUPER_MAGIC };
	struct statfs fs;

	if (fstatfs(fd, &fs) < 0)
		return false;
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (fs.f_type == kinds[i])
			return true;
	return false;
}

static bool read_stamp(int fd, struct held_stamp *ret)
{
	struct stat st;

	if (fstat(fd, &st) < 0)
		return false;
	*ret = (struct held_stamp){ (uint64_t)st.st_size, st.st_mtim, st.st_ctim };
	return true;
}

static bool same_time(const struct timespec *a, const struct timespec *b)
{
	return a->tv_sec == b->tv_sec && a->tv_nsec == b->tv_nsec;
}

/* Times move in steps of some milliseconds: of what was written to just now the next write may not be seen. */
static bool is_settled(const struct held_stamp *s)
{
	enum { SECONDS = 2 };

	return time(NULL) - s->changed.tv_sec >= SECONDS;
}

static bool is_member_of_none(void *arg, pid_t pid)
{
	return false;
}

void held_choose_still(struct held *h)
{
	for (size_t i = 0; i < h->ranges.n; i++) {
		struct held_range *r = &h->ranges.v[i];

		if (r->still || r->item || !r->read_only || r->fd < 0 || !r->file.inode || r->kernel)
			continue;
		r->still = tells_writes(r->fd) && !sharers_beyond(&h->pool->sharers, &r->file, is_member_of_none, NULL) &&
			   read_stamp(r->fd, &r->stamp) && is_settled(&r->stamp);
	}
}

bool held_is_still(const struct held_range *r)
{
	struct held_stamp now;

	return r && r->still && read_stamp(r->fd, &now) && now.size == r->stamp.size &&
	       same_time(&now.modified, &r->stamp.modified) && same_time(&now.changed, &r->stamp.changed);
}

/* --- in the pause --------------------------------------------------------------------------------------- */

struct copying {
	struct held_item *item;
	uint64_t deadline;
	bool failed;
};

static size_t copy_some(const struct held *h, const struct held_item *item, uint64_t at, uint8_t *to, size_t size)
{
	ssize_t n;

	if (item->fd < 0)
		return remote_read(h->pid, at, to, size);
	n = pread(item->fd, to, size, (off_t)at);
	return n > 0 ? (size_t)n : 0;
}

static void copy_piece(struct held *h, uint64_t start, uint64_t end, void *arg)
{
	struct copying *c = arg;
	struct held_block *b = c->item->block;
	struct held_piece piece = { start, start, b->map + b->used };

	while (!c->failed && piece.end < end) {
		size_t step = end - piece.end < STEP ? (size_t)(end - piece.end) : STEP, n = 0;

		if (step <= b->size - b->used && clock_ns() < c->deadline)
			n = copy_some(h, c->item, piece.end, b->map + b->used, step);
		c->failed = n != step;
		piece.end += n;
		b->used += n;
	}
	if (piece.end == start)
		return;
	if (vec_push(&h->pool->pieces, piece))
		c->item->n_pieces++;
	else
		c->failed = true;
}

static void copy_item(struct held *h, struct held_item *item, uint64_t deadline)
{
	struct copying c = { item, deadline, false };

	item->done = true;
	item->first_piece = h->pool->pieces.n;
	item->n_pieces = 0;
	held_pieces(h, item, copy_piece, &c);
	item->copied = !c.failed;
}

void held_copy(struct held *h, uint64_t deadline)
{
	for (size_t i = 0; i < h->ranges.n; i++) {
		struct held_range *r = &h->ranges.v[i];

		if (r->still)
			r->still = held_is_still(r);
		if (!r->item || !r->item->chosen)
			continue;
		if (!r->item->done)
			copy_item(h, r->item, deadline);
		r->copied = r->item->copied;
	}
}

/* --- after it -------------------------------------------------------------------------------------------- */

const struct held_range *held_find(const struct held *h, uint64_t address)
{
	for (size_t lo = 0, hi = h->ranges.n; lo < hi;) {
		size_t mid = (lo + hi) / 2;
		const struct held_range *r = &h->ranges.v[mid];

		if (address < r->start)
			hi = mid;
		else if (address >= r->end)
			lo = mid + 1;
		else
			return r;
	}
	return NULL;
}

/* The first piece of the item that ends behind `at`. */
static const struct held_piece *piece_from(const struct held_pool *p, const struct held_item *item, uint64_t at)
{
	size_t lo = item->first_piece, end = lo + item->n_pieces, hi = end;

	while (lo < hi) {
		size_t mid = (lo + hi) / 2;

		if (p->pieces.v[mid].end <= at)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo < end ? &p->pieces.v[lo] : NULL;
}

/* The page with the end of a file that is still goes on with zeros; behind it there is nothing, in the process neither. */
size_t held_read_file(const struct held_range *r, uint64_t address, void *buf, size_t size)
{
	enum { PAGE = 4096 };
	uint64_t at = r->file_offset + (address - r->start), rest = PAGE - at % PAGE;
	ssize_t n = pread(r->fd, buf, size, (off_t)at);

	if (n > 0)
		return (size_t)n;
	if (n < 0 || at - at % PAGE >= r->stamp.size)
		return 0;
	memset(buf, 0, rest < size ? rest : size);
	return rest < size ? rest : size;
}

size_t held_read(const struct held *h, uint64_t address, void *buf, size_t size)
{
	const struct held_range *r = held_find(h, address);
	const struct held_piece *p;
	uint64_t at, n = size;

	if (r->still)
		return held_read_file(r, address, buf, size);
	at = r->item->file.inode ? r->file_offset + (address - r->start) : address;
	if (r->item->kept)
		return store_read(h->pool->store, r->item->key + at, buf, size);
	p = piece_from(h->pool, r->item, at);
	if (!p || p->start >= at + size) {
		memset(buf, 0, size);
	} else if (p->start > at) {
		n = p->start - at;
		memset(buf, 0, n);
	} else {
		n = p->end - at < size ? p->end - at : size;
		memcpy(buf, p->data + (at - p->start), n);
	}
	return (size_t)n;
}

void held_deinit(struct held *h)
{
	for (size_t i = 0; i < h->ranges.n; i++)
		if (h->ranges.v[i].fd >= 0 && !h->ranges.v[i].item) /* else it is the item's */
			(void)close(h->ranges.v[i].fd);
	pagemap_close(h->pagemap);
	vec_deinit(&h->ranges);
	*h = (struct held){ 0 };
}
