/* SPDX-License-Identifier: MIT */
/*
 * Memory of the snapshot into the file's bytes. Only pages that hold anything
 * are asked for; what fails is tried again page by page, so that one bad page
 * (a guard, a device's, poisoned memory) costs no neighbour. Pages that cannot
 * be read are listed and stand as zero in the file; our record says so.
 */
#include "capture/core_impl.h"

#include <string.h>

struct reading {
	struct core *c;
	const struct held_range *held;	/* live shared memory that is read through its file */
	uint64_t base, end;		/* address of buf[0], and of what is behind buf */
	uint8_t *buf;
	uint64_t filled;		/* up to here buf is filled */
	bool any;
};

struct err *core_add_lost(struct core *c, uint64_t start, uint64_t end)
{
	bool ok = true;

	(void)pthread_mutex_lock(&c->lock);
	if (c->lost.n && c->lost.v[c->lost.n - 1].end == start)
		c->lost.v[c->lost.n - 1].end = end;
	else
		ok = vec_push(&c->lost, ((struct core_lost){ start, end }));
	c->lost_bytes += end - start;
	(void)pthread_mutex_unlock(&c->lock);
	return ok ? NULL : err_nomem();
}

static size_t read_some(const struct reading *r, uint64_t address, uint8_t *to, size_t len)
{
	return r->held ? held_read_file(r->held, address, to, len) : snapshot_read(r->c->s, address, to, len);
}

/* All of [start, end); a page that fails is zero and listed. */
static struct err *read_run(struct reading *r, uint64_t start, uint64_t end)
{
	while (start < end) {
		uint8_t *to = r->buf + (start - r->base);
		size_t n = read_some(r, start, to, (size_t)(end - start));
		uint64_t next = (start & ~(uint64_t)(CORE_PAGE - 1)) + CORE_PAGE;

		start += n;
		if (n)
			continue;
		if (next > end)
			next = end;
		TRY(snapshot_check(r->c->s));
		memset(to, 0, (size_t)(next - start));
		TRY(core_add_lost(r->c, start, next));
		start = next;
	}
	return NULL;
}

static struct err *on_run(void *arg, const struct page_run *run)
{
	struct reading *r = arg;
	/* Runs are whole pages and may begin before or end behind what is asked for. */
	uint64_t start = run->start > r->filled ? run->start : r->filled;
	uint64_t end = run->end < r->end ? run->end : r->end;

	if (run->kind & PAGE_ZERO && !(run->kind & PAGE_FILE))
		return NULL;
	memset(r->buf + (r->filled - r->base), 0, (size_t)(start - r->filled));
	TRY(run->kind & PAGE_GUARD ? core_add_lost(r->c, start, end) : read_run(r, start, end));
	if (run->kind & PAGE_GUARD)
		memset(r->buf + (start - r->base), 0, (size_t)(end - start));
	r->filled = end;
	r->any = true;
	return NULL;
}

/* Mappings of the kernel's own pages ([vdso]) have contents without page table entries in a clone. */
static bool is_anonymous(const struct vma *v)
{
	return !v->inode && strcmp(v->path, "[vdso]") != 0;
}

/* Anonymous private memory: what has no page reads as zero without being read. */
static bool by_pages(const struct core_part *p)
{
	return is_anonymous(p->vma) && (p->class == RANGE_SNAPSHOT || p->class == RANGE_PAUSE) && !(p->vma->flags & VMA_SHARED);
}

static const struct held_range *live_file(const struct core *c, const struct core_part *p, uint64_t address)
{
	const struct held_range *h = p->class == RANGE_LIVE ? held_find(&c->s->held, address) : NULL;

	return h && h->fd >= 0 ? h : NULL;
}

/* The end of what is read has a sentence of its own. */
static struct err *better(const struct core *c, struct err *e)
{
	if (err_code(e) != ERR_NOTFOUND)
		return e;
	err_free(e);
	return snapshot_ended(c->s);
}

struct err *core_read(struct core *c, size_t segment, uint64_t address, uint8_t *buf, size_t len, bool *ret_zero)
{
	const struct core_part *p = &c->parts.v[segment];
	struct reading r = { .c = c, .base = address, .end = address + len, .buf = buf, .filled = address };
	struct err *e;

	*ret_zero = false;
	r.held = live_file(c, p, address);
	if (c->s->store || !by_pages(p) || held_find(&c->s->held, address))
		return read_run(&r, address, address + len);
	e = pagemap_runs(c->pages, address, address + len, on_run, &r);
	if (e)
		return better(c, e);
	*ret_zero = !r.any;
	memset(buf + (r.filled - address), 0, (size_t)(address + len - r.filled));
	return NULL;
}
