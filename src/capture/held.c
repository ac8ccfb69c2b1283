/* SPDX-License-Identifier: MIT */
/* See held.h. Facts: proc(5) on map_files, lseek(2) SEEK_DATA, memfd_create(2). */
#include "capture/held.h"
#include "capture/remote.h"
#include "capture/sharers.h"
#include "capture/task.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { STEP = 1 << 20, SPARE_PIECES = 1024 };

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

/* The file behind a mapping, whatever became of its name. */
static int open_behind(pid_t pid, const struct vma *v)
{
	char path[96];

	(void)snprintf(path, sizeof(path), "/proc/%d/map_files/%lx-%lx", (int)pid, (unsigned long)v->start,
		       (unsigned long)v->end);
	return open(path, O_RDONLY | O_CLOEXEC);
}

/* --- what there is of a range ------------------------------------------------------------------ */

typedef void piece_fn(struct held *h, uint64_t start, uint64_t end, void *arg);

static void file_pieces(struct held *h, const struct held_range *r, piece_fn *each, void *arg)
{
	uint64_t at = r->file_offset, end = r->file_offset + (r->end - r->start);

	while (at < end) {
		off_t data = lseek(r->fd, (off_t)at, SEEK_DATA), hole;

		if (data < 0 || (uint64_t)data >= end)
			return;
		hole = lseek(r->fd, data, SEEK_HOLE);
		at = hole < 0 || (uint64_t)hole > end ? end : (uint64_t)hole;
		each(h, r->start + ((uint64_t)data - r->file_offset), r->start + (at - r->file_offset), arg);
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

static void for_pieces(struct held *h, const struct held_range *r, piece_fn *each, void *arg)
{
	struct run_arg a = { h, each, arg };

	if (r->fd >= 0)
		file_pieces(h, r, each, arg);
	else
		(void)err_ignore(pagemap_runs(h->pagemap, r->start, r->end, on_run, &a));
}

static void count(struct held *h, uint64_t start, uint64_t end, void *arg)
{
	*(uint64_t *)arg += end - start;
}

/* --- before the pause ------------------------------------------------------------------------------ */

static struct err *add_range(struct held *h, const struct vma *v)
{
	struct held_range r = { .start = v->start, .end = v->end, .why = reason(v), .fd = -1, .file_offset = v->offset };

	/* A private mapping's own pages are not in its file. */
	if (v->flags & VMA_SHARED)
		r.fd = open_behind(h->pid, v);
	if (r.fd >= 0 && lseek(r.fd, 0, SEEK_END) < 0) { /* a ring of io_uring or AIO: no file that can be read */
		(void)close(r.fd);
		r.fd = -1;
	}
	for_pieces(h, &r, count, &r.expected);
	return vec_push(&h->ranges, r) ? NULL : err_nomem();
}

static int by_expected(const void *a, const void *b)
{
	const struct held_range *const *x = a, *const *y = b;

	return (*x)->expected < (*y)->expected ? 1 : (*x)->expected > (*y)->expected ? -1 : 0;
}

/* Largest first, as long as it fits; a little more than is there now, as it may grow. */
static struct err *choose(struct held *h, uint64_t limit)
{
	CLEANUP(freep) struct held_range **order = calloc(h->ranges.n + 1, sizeof(*order));
	uint64_t left = limit;

	if (!order)
		return err_nomem();
	for (size_t i = 0; i < h->ranges.n; i++)
		order[i] = &h->ranges.v[i];
	qsort(order, h->ranges.n, sizeof(*order), by_expected);
	for (size_t i = 0; i < h->ranges.n; i++) {
		uint64_t room = order[i]->expected + order[i]->expected / 8 + 65536;

		if (room > order[i]->end - order[i]->start)
			room = order[i]->end - order[i]->start;
		order[i]->chosen = room <= left;
		if (order[i]->chosen) {
			left -= room;
			h->size += room;
		}
	}
	return NULL;
}

static struct err *make_buffer(struct held *h)
{
	if (!h->size)
		return NULL;
	h->buffer = memfd_create("osmosis-held", MFD_CLOEXEC);
	if (h->buffer < 0 || ftruncate(h->buffer, (off_t)h->size) < 0)
		return err_os(errno, "memory for %zu bytes that are copied in the pause", h->size);
	h->map = mmap(NULL, h->size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, h->buffer, 0);
	if (h->map == MAP_FAILED) {
		h->map = NULL;
		return err_os(errno, "memory for %zu bytes that are copied in the pause", h->size);
	}
	return vec_reserve(&h->pieces, h->ranges.n + SPARE_PIECES) ? NULL : err_nomem();
}

struct err *held_prepare(pid_t pid, const struct vma_list *vmas, held_wanted *wanted, void *arg, uint64_t limit,
			 struct held *ret)
{
	struct held h = { .pid = pid, .buffer = -1 };
	struct err *e = pagemap_open(pid, &h.pagemap);

	for (size_t i = 0; !e && i < vmas->vmas.n; i++)
		if (reason(&vmas->vmas.v[i]) && wanted(arg, &vmas->vmas.v[i]))
			e = add_range(&h, &vmas->vmas.v[i]);
	if (!e)
		e = choose(&h, limit);
	if (!e)
		e = make_buffer(&h);
	if (e) {
		held_deinit(&h);
		return e;
	}
	sharers_find(pid, vmas, &h);
	*ret = h;
	return NULL;
}

/* --- in the pause --------------------------------------------------------------------------------------- */

struct copying {
	const struct held_range *r;
	uint64_t deadline;
	bool failed;
};

static size_t copy_some(struct held *h, const struct held_range *r, uint64_t address, size_t size)
{
	ssize_t n;

	if (r->fd < 0)
		return remote_read(h->pid, address, h->map + h->used, size);
	n = pread(r->fd, h->map + h->used, size, (off_t)(r->file_offset + (address - r->start)));
	return n > 0 ? (size_t)n : 0;
}

static void copy_piece(struct held *h, uint64_t start, uint64_t end, void *arg)
{
	struct copying *c = arg;
	struct held_piece piece = { start, start, h->used };

	while (!c->failed && piece.end < end) {
		size_t step = end - piece.end < STEP ? (size_t)(end - piece.end) : STEP, n = 0;

		if (step <= h->size - h->used && clock_ns() < c->deadline)
			n = copy_some(h, c->r, piece.end, step);
		c->failed = n != step;
		piece.end += n;
		h->used += n;
	}
	if (piece.end > start && (h->pieces.n == h->pieces.cap || !vec_push(&h->pieces, piece)))
		c->failed = true;
}

void held_copy(struct held *h, uint64_t deadline)
{
	for (size_t i = 0; i < h->ranges.n; i++) {
		struct held_range *r = &h->ranges.v[i];
		struct copying c = { r, deadline, false };

		if (!r->chosen)
			continue;
		for_pieces(h, r, copy_piece, &c);
		r->copied = !c.failed;
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

/* The first piece that ends behind the address. */
static const struct held_piece *piece_from(const struct held *h, uint64_t address)
{
	size_t lo = 0, hi = h->pieces.n;

	while (lo < hi) {
		size_t mid = (lo + hi) / 2;

		if (h->pieces.v[mid].end <= address)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo < h->pieces.n ? &h->pieces.v[lo] : NULL;
}

size_t held_read(const struct held *h, uint64_t address, void *buf, size_t size)
{
	const struct held_piece *p = piece_from(h, address);
	uint64_t n = size;

	if (!p || p->start >= address + size) {
		memset(buf, 0, size);
	} else if (p->start > address) {
		n = p->start - address;
		memset(buf, 0, n);
	} else {
		n = p->end - address < size ? p->end - address : size;
		memcpy(buf, h->map + p->at + (address - p->start), n);
	}
	return (size_t)n;
}

void held_deinit(struct held *h)
{
	for (size_t i = 0; i < h->ranges.n; i++)
		if (h->ranges.v[i].fd >= 0)
			(void)close(h->ranges.v[i].fd);
	if (h->map)
		(void)munmap(h->map, h->size);
	if (h->buffer >= 0 && h->size)
		(void)close(h->buffer);
	pagemap_close(h->pagemap);
	vec_deinit(&h->ranges);
	vec_deinit(&h->pieces);
	*h = (struct held){ .buffer = -1 };
}
