/* SPDX-License-Identifier: MIT */
/*
 * Engine "membrane": in the pause all memory is write-protected, then the
 * process goes on, and each page is saved before it is written to for the first
 * time (capture/membrane.h). The pause follows the page tables, as with a clone, but
 * no clone is made and no memory charged to the process; shared memory, which a
 * clone has to copy in the pause, is protected like any other. The copies lie
 * in temporary files. It is for sets that share much memory, and on request only.
 *
 * What can be protected: private memory without a file, and memory of tmpfs and
 * hugetlbfs (shared anonymous memory, memfd, System V) that only members of the
 * set can write to (held.h's `keep`). The rest:
 *  - Private mappings of files are copied before the pause; in it, those pages
 *    that are the process's own by then. They are mostly few.
 *  - Other shared memory is copied in the pause, as far as the budget goes.
 */
#include "base/cancel.h"
#include "capture/engine.h"
#include "capture/held_impl.h"
#include "capture/mappings.h"
#include "capture/membrane.h"
#include "capture/phase.h"
#include "capture/set.h"
#include "capture/uffd.h"

#include <errno.h>
#include <linux/kcmp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

enum {
	PAGE = 4096,
	GAP = 2 << 20,		/* shorter ones between runs are protected with them */
	SMALL = 4 << 20,	/* mappings that are not looked at before they are protected */
	STEP = 1 << 20,
	SPARE_RUNS = 65536,
};

struct file_copy { /* a private mapping of a file, as it was before the pause */
	uint64_t start, end, inode, offset;
	struct cover_area *pages;	/* SAVED: the file's contents are copied */
};

struct work {
	struct snapshot *s;
	unsigned preparation;		/* of the program that is looked at: another one after an exec */
	bool ahead;			/* what can be done before the pause was */
	const struct snapshot *same;	/* it runs in the memory of that one */
	struct membrane_member *member;	/* the membrane's */
	struct store store;
	struct pagemap *pages;
	VEC(struct file_copy) files;	/* by address */
	struct file_copy *file;		/* that is being looked at */
	/* the mapping that is being protected */
	const struct vma *v;
	uint64_t from, to;		/* runs so far, not protected yet */
};

/* --- which memory -------------------------------------------------------------------------------- */

static uint64_t wanted_end(const struct work *w, const struct vma *v)
{
	const char *why;

	switch (content_of(v, &w->s->options.content, &why)) {
	case CONTENT_WHOLE: return v->end;
	case CONTENT_HEADER: return v->start + PAGE;
	case CONTENT_NONE:
	default: return v->start;
	}
}

static struct err *touch(struct work *w, uint64_t start, uint64_t end)
{
	if (store_touch(&w->store, start, end))
		return NULL;
	TRY(store_expect(&w->store, 2 * w->store.touched.n + SPARE_RUNS));
	return store_touch(&w->store, start, end) ? NULL : err_nomem();
}

static struct err *copy(struct work *w, uint64_t start, uint64_t end)
{
	TRY(membrane_copy(w->s->set->membrane, w->s->mm, start, end, &w->store));
	return touch(w, start, end);
}

static struct err *copy_run(void *arg, const struct page_run *run)
{
	return run->kind & PAGE_GUARD ? NULL : copy(arg, run->start, run->end);
}

/* --- mapped files -------------------------------------------------------------------------------- */

/* From the file itself: what the process has of its own, and may give back by then, does not come between. */
static struct err *copy_from_file(struct work *w, struct file_copy *f, int fd)
{
	CLEANUP(freep) uint8_t *buf = malloc(STEP);

	if (!buf)
		return err_nomem();
	for (uint64_t at = f->start, next; at < f->end; at = next) {
		ssize_t n;

		next = f->end - at > STEP ? at + STEP : f->end;
		TRY(cancel_check());
		set_let_run(w->s->set);
		n = pread(fd, buf, (size_t)(next - at), (off_t)(f->offset + (at - f->start)));
		if (n <= 0)
			return NULL;
		memset(buf + n, 0, (size_t)(next - at) - (size_t)n); /* as the rest of the file's last page reads */
		next = at + ((uint64_t)n + PAGE - 1) / PAGE * PAGE;
		TRY(store_put(&w->store, at, buf, (size_t)(next - at)));
		cover_mark(f->pages, at, next, COVER_SAVED);
	}
	return NULL;
}

static struct err *copy_file(struct work *w, const struct vma *v, uint64_t end)
{
	struct file_copy f = { v->start, end, v->inode, v->offset, cover_area_create(v->start, end, PAGE) };
	struct err *e = NULL;
	int fd;

	if (!f.pages || !vec_push(&w->files, f)) {
		cover_area_destroy(f.pages);
		return err_nomem();
	}
	fd = mapping_open_file(w->s->mm, v);
	if (fd >= 0) {
		e = copy_from_file(w, &f, fd);
		(void)close(fd);
	}
	return e ? e : touch(w, v->start, end);
}

static struct err *copy_files(struct work *w)
{
	for (size_t i = 0; i < w->s->before.vmas.n; i++) {
		const struct vma *v = &w->s->before.vmas.v[i];
		uint64_t end = wanted_end(w, v);

		if (v->flags & VMA_SHARED || end == v->start)
			continue;
		TRY(store_reserve(&w->store, v->start, end));
		if (mapping_has_backing(v) && v->inode)
			TRY(copy_file(w, v, end));
	}
	return NULL;
}

static struct file_copy *file_copy_of(struct work *w, const struct vma *v, uint64_t end)
{
	for (size_t lo = 0, hi = w->files.n; lo < hi;) {
		size_t mid = (lo + hi) / 2;
		struct file_copy *f = &w->files.v[mid];

		if (f->start == v->start)
			return f->end == end && f->inode == v->inode && f->offset == v->offset ? f : NULL;
		if (f->start < v->start)
			lo = mid + 1;
		else
			hi = mid;
	}
	return NULL;
}

static struct err *copy_own_page(void *arg, const struct page_run *run)
{
	struct work *w = arg;

	if (run->kind & PAGE_FILE)
		return NULL;
	cover_mark(w->file->pages, run->start, run->end, COVER_SAVED);
	return copy_run(arg, run);
}

/* In the pause: what is the process's own, and what could not be read before. */
static struct err *capture_file(struct work *w, const struct vma *v, uint64_t end)
{
	uint64_t from = v->start, to;

	w->file = file_copy_of(w, v, end);
	if (!w->file)
		return copy(w, v->start, end);
	if (v->anonymous || v->swap)
		TRY(pagemap_runs(w->pages, v->start, end, copy_own_page, w));
	for (; cover_next(w->file->pages, from, STEP, &from, &to); from = to)
		TRY(copy(w, from, to));
	return NULL;
}

/* --- private memory ------------------------------------------------------------------------------ */

static struct err *protect_runs(struct work *w)
{
	uint64_t from = w->from, to = w->to;

	w->from = w->to = 0;
	return from < to ? membrane_protect(w->member, from, to, w->v->page_size, &w->store) : NULL;
}

/* What no run has reads as zero, and is left alone. */
static struct err *add_run(void *arg, const struct page_run *run)
{
	struct work *w = arg;

	if (run->kind & PAGE_GUARD)
		return store_refuse(&w->store, run->start, run->end) ? NULL : err_nomem();
	if (w->from < w->to && run->start - w->to < GAP) {
		w->to = run->end;
		return NULL;
	}
	TRY(protect_runs(w));
	w->from = run->start;
	w->to = run->end;
	return NULL;
}

static bool is_dense(const struct vma *v)
{
	return v->end - v->start <= SMALL || v->rss + v->swap >= (v->end - v->start) / 2;
}

static struct err *uses_it(const struct work *w)
{
	return err_new(ERR_UNSUPPORTED, "process %d uses userfaultfd itself", (int)w->s->pid);
}

static struct err *capture_private(struct work *w, const struct vma *v)
{
	int error = v->page_size > MEMBRANE_MOST_PAGE || (mapping_is_hugetlb(v) && v->page_size == PAGE)
			    ? EINVAL : membrane_register(w->member, v->start, v->end);

	w->v = v;
	if (error == EBUSY)
		return uses_it(w);
	if (error) /* the kernel's own, or of huge pages that are new */
		return v->inode ? copy(w, v->start, v->end) : pagemap_runs(w->pages, v->start, v->end, copy_run, w);
	if (is_dense(v))
		return membrane_protect(w->member, v->start, v->end, v->page_size, &w->store);
	TRY(pagemap_present(w->pages, v->start, v->end, add_run, w));
	return protect_runs(w);
}

/* --- shared memory ------------------------------------------------------------------------------- */

struct sharing {
	struct work *w;
	const struct held_item *item;
	uint64_t page, from, to;
	struct err *error;
};

static void share_pieces(struct sharing *a)
{
	uint64_t mask = ~(a->page - 1), from = a->from & mask, to = (a->to + a->page - 1) & mask;

	if (a->from < a->to && !a->error)
		a->error = membrane_share(a->w->s->set->membrane, a->item->fd, from, to, a->page, a->w->s->set->pool.store,
					  a->item->key);
}

static void share_piece(struct held *h, uint64_t start, uint64_t end, void *arg)
{
	struct sharing *a = arg;

	(void)h;
	if (a->from < a->to && start - a->to < GAP) {
		a->to = end;
		return;
	}
	share_pieces(a);
	a->from = start;
	a->to = end;
}

/* Once for all members: what there is of it. */
static struct err *share_item(struct work *w, struct held_item *item, uint64_t page)
{
	struct sharing a = { .w = w, .item = item, .page = page };

	if (item->done)
		return NULL;
	item->done = true;
	held_pieces(&w->s->held, item, share_piece, &a);
	share_pieces(&a);
	return a.error;
}

static struct held_item *kept_item(const struct work *w, const struct vma *v)
{
	const struct file_id file = { v->inode, v->dev_major, v->dev_minor };
	const struct held_pool *p = &w->s->set->pool;

	for (size_t i = 0; i < p->items.n; i++)
		if (p->items.v[i]->kept && file_same(&p->items.v[i]->file, &file))
			return p->items.v[i];
	return NULL;
}

/* Also mappings that do not go into the dump: they are written to like others. */
static struct err *capture_shared(struct work *w, const struct vma *v)
{
	struct held_item *item = kept_item(w, v);
	int error;

	if (!item)
		return NULL;
	TRY(share_item(w, item, v->page_size));
	error = membrane_register(w->member, v->start, v->end);
	if (error == EPERM) /* opened for reading only: it can never be written to */
		return NULL;
	if (error)
		return error == EBUSY ? uses_it(w) : err_os(error, "shared memory of process %d", (int)w->s->pid);
	return membrane_show(w->member, item->fd, v->start, v->end, v->offset);
}

/* --- phases -------------------------------------------------------------------------------------- */

static struct err *check(const struct snapshot *s)
{
	TRY(membrane_probe());
	TRY(membrane_permitted(s->facts.stat.euid));
	for (size_t i = 0; i < s->before.vmas.n; i++)
		if (s->before.vmas.v[i].flags & VMA_UFFD)
			return err_new(ERR_UNSUPPORTED, "process %d uses userfaultfd itself", (int)s->pid);
	return NULL;
}

static void forget(struct snapshot *s)
{
	struct work *w = TAKE_PTR(s->work);

	s->store = NULL;
	if (!w)
		return;
	for (size_t i = 0; i < w->files.n; i++)
		cover_area_destroy(w->files.v[i].pages);
	vec_deinit(&w->files);
	pagemap_close(w->pages);
	store_close(&w->store);
	free(w);
}

static struct err *open_shared_store(struct snapshot_set *set)
{
	struct store *store;
	struct err *e;

	if (set->pool.store || !set->pool.next_key)
		return NULL;
	store = calloc(1, sizeof(*store));
	if (!store)
		return err_nomem();
	e = store_open(set->options.folder, store);
	if (!e)
		e = store_reserve(store, 0, UINT64_C(1) << 62); /* keys may be added in the pause */
	if (e) {
		store_close(store);
		free(store);
		return e;
	}
	store_begin_pause(store);
	set->pool.store = store;
	return NULL;
}

static struct err *begin(struct snapshot *s, struct work **ret)
{
	struct work *w;

	forget(s);
	s->work = w = calloc(1, sizeof(*w));
	if (!w)
		return err_nomem();
	*w = (struct work){ .s = s, .preparation = s->preparations, .store = { .fd = -1 } };
	TRY(pagemap_open(s->mm, &w->pages));
	TRY(store_open(s->options.folder, &w->store));
	TRY(store_expect(&w->store, SPARE_RUNS));
	TRY(open_shared_store(s->set));
	if (!s->set->membrane)
		TRY(membrane_create(&s->set->membrane));
	*ret = w;
	return NULL;
}

/* What was done for the program that was there before an exec is of no use. */
static struct work *begun(const struct snapshot *s)
{
	struct work *w = s->work;

	return w && w->preparation == s->preparations ? w : NULL;
}

static struct err *ahead(struct snapshot *s)
{
	struct work *w = begun(s);

	if (!w) {
		TRY(begin(s, &w));
		engine_let_go(s);
		s->more_ahead = true;
		return NULL;
	}
	if (w->ahead)
		return NULL;
	w->ahead = true;
	TRY(copy_files(w));
	phase("files copied");
	return NULL;
}

static const struct snapshot *same_memory(const struct snapshot *s)
{
	for (size_t i = 0; i < s->set->members.n; i++) {
		const struct snapshot *other = s->set->members.v[i];
		const struct work *w = other != s ? begun(other) : NULL;

		if (w && w->member && syscall(SYS_kcmp, s->mm, other->mm, KCMP_VM, 0, 0) == 0)
			return other;
	}
	return NULL;
}

static struct err *make_userfaultfd(struct snapshot *s, int *ret)
{
	struct task *task = engine_best_thread(s);
	struct err *e;

	if (!task)
		return err_new(ERR_UNSUPPORTED, "no thread of process %d can make a call for us now (all sleep in the "
			       "kernel, or their stacks cannot be used)", (int)s->pid);
	e = uffd_make(&s->inject, &s->before, task, 0, ret);
	if (!e || err_errno(e) != EPERM)
		return e;
	err_free(e);
	return err_new(ERR_UNSUPPORTED, "process %d may make no userfaultfd for us (that takes CAP_SYS_PTRACE, or "
		       "vm.unprivileged_userfaultfd 1)", (int)s->pid);
}

static struct err *add_member(struct work *w)
{
	int fd = -1;
	struct err *e = make_userfaultfd(w->s, &fd);

	if (e) {
		if (fd >= 0)
			(void)close(fd);
		return e;
	}
	return membrane_add(w->s->set->membrane, w->s->mm, fd, w->s->set->pool.next_key, &w->member);
}

static struct err *capture_mapping(struct work *w, const struct vma *v)
{
	uint64_t end = wanted_end(w, v);

	if (v->flags & VMA_SHARED)
		return capture_shared(w, v);
	if (end == v->start)
		return NULL;
	TRY(store_reserve(&w->store, v->start, end));
	if (mapping_has_backing(v))
		return v->inode ? capture_file(w, v, end) : copy(w, v->start, end);
	return capture_private(w, v);
}

static struct err *protect_all(struct work *w)
{
	struct snapshot *s = w->s;

	TRY(add_member(w));
	TRY(mappings_read(s->mm, &s->before, w->pages, &s->vmas));
	snapshot_mark_stacks(s);
	for (size_t i = 0; i < s->vmas.vmas.n; i++)
		TRY(capture_mapping(w, &s->vmas.vmas.v[i]));
	return membrane_open_threads(w->member, s->mm, &s->tasks);
}

static struct err *capture(struct snapshot *s)
{
	struct work *w = begun(s);
	uint64_t began = clock_ns();

	if (!w)
		TRY(begin(s, &w));
	store_begin_pause(&w->store); /* and after it: who writes to memory that is protected waits too */
	w->same = same_memory(s);
	if (w->same)
		TRY(mappings_read(s->mm, &s->before, w->pages, &s->vmas));
	else
		TRY(protect_all(w));
	s->memory = s->mm;
	s->pause.copy = clock_ns() - began;
	phase("protected");
	return NULL;
}

/* --- after the pause ----------------------------------------------------------------------------- */

static void settle(void *arg)
{
	set_let_run(arg);
}

/* When the pause ended, in ticks since boot. */
static uint64_t resumed_ticks(const struct snapshot_set *set)
{
	struct timespec boot;
	uint64_t since;

	(void)clock_gettime(CLOCK_BOOTTIME, &boot);
	since = clock_ns() - set->resumed;
	return ((uint64_t)boot.tv_sec * 1000000000u + (uint64_t)boot.tv_nsec - since) / (1000000000u / (uint64_t)sysconf(_SC_CLK_TCK));
}

/* All members' memory at once; then they are on their own again. */
static struct err *save_all(struct snapshot_set *set)
{
	struct membrane *b = set->membrane;
	struct err *e = membrane_drain(b, settle, set);

	phase("saved");
	membrane_lift(b);
	phase("lifted");
	if (e)
		return e;
	set->pool.escaped = membrane_escaped(b);
	if (set->pool.next_key) /* children that were forked since are protected as their parents were */
		sharers_find_again(&set->pool.sharers, resumed_ticks(set));
	TRY(membrane_tell(b));
	if (set->pool.store)
		store_order(set->pool.store);
	return NULL;
}

static struct err *finish(struct snapshot *s)
{
	struct work *w = s->work;
	const struct work *of = w->same ? w->same->work : w;

	if (s == s->set->members.v[0])
		TRY(save_all(s->set));
	if (s->set->members.n == 1 && membrane_ended(w->member))
		return snapshot_ended(s);
	store_order(&w->store);
	s->store = &of->store;
	return NULL;
}

static void release(struct snapshot *s)
{
	const struct work *w = s->work;

	tasks_resume(&s->tasks);
	if (w && w->member) /* not of one that ended before the pause: the others go on */
		membrane_destroy(TAKE_PTR(s->set->membrane));
	forget(s);
}

const struct engine engine_membrane = {
	.name = "membrane",
	.summary = "write-protects all memory, shared memory too, and saves each page before it is written to",
	.check = check,
	.ahead = ahead,
	.capture = capture,
	.finish = finish,
	.copies_held = true,
	.on_request = true,
	.keeps_shared = true,
	.not_at_once = true,
	.release = release,
};
