/* SPDX-License-Identifier: MIT */
/* A membrane from its beginning to its end, as its caller sees it; see membrane.h. */
#include "base/cancel.h"
#include "capture/membrane_impl.h"
#include "capture/proc_impl.h"
#include "capture/remote.h"
#include "capture/task.h"
#include "capture/uffd.h"
#include "capture/vma.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/userfaultfd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum {
	STEP = 256 << 10,	/* is saved in order at a time: the handler may have to wait for one */
	RETRY_US = 50,
	RETRIES_MOST = 40000,	/* 2 s */
	MOVES = 1024,		/* of mappings that can be noted */
	LARGE_STEP = 1 << 30,	/* mappings are not parted, unless they are larger */
};

static const uint64_t features = UFFD_WP_UNPOPULATED | UFFD_FEATURE_PAGEFAULT_FLAG_WP | UFFD_FEATURE_WP_HUGETLBFS_SHMEM |
				 UFFD_FEATURE_EVENT_REMAP;
static const uint64_t sharing = UFFD_FEATURE_EVENT_FORK | UFFD_FEATURE_EVENT_REMOVE;

struct err *membrane_probe(void)
{
	if (uffd_probe(0, features))
		return NULL;
	if (errno == EPERM)
		return err_new(ERR_UNSUPPORTED, "userfaultfd is not permitted without root (sysctl vm.unprivileged_userfaultfd)");
	return err_new(ERR_UNSUPPORTED, "this kernel cannot protect memory for it (userfaultfd's WP_UNPOPULATED, Linux 6.4)");
}

struct err *membrane_permitted(uint32_t euid)
{
	if (euid == 0 || proc_number("/proc/sys/vm/unprivileged_userfaultfd", 1) == 1)
		return NULL;
	return err_new(ERR_UNSUPPORTED, "it is not root's, and vm.unprivileged_userfaultfd is 0: it may make no userfaultfd for us");
}

/* --- before the pause ---------------------------------------------------------------------------- */

/* The lock's holder is as urgent as who waits for it. */
static bool make_lock(pthread_mutex_t *lock)
{
	pthread_mutexattr_t attr;
	bool ok;

	if (pthread_mutexattr_init(&attr))
		return false;
	ok = !pthread_mutexattr_setprotocol(&attr, PTHREAD_PRIO_INHERIT) && !pthread_mutex_init(lock, &attr);
	(void)pthread_mutexattr_destroy(&attr);
	return ok;
}

static uint8_t *make_buffer(size_t size)
{
	uint8_t *p = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);

	if (p == MAP_FAILED)
		return NULL;
	(void)mlock(p, size); /* as far as the limit goes */
	return p;
}

struct err *membrane_create(struct membrane **ret)
{
	struct membrane *b = calloc(1, sizeof(*b));
	struct err *e;

	if (!b)
		return err_nomem();
	b->epoll = b->wake = b->nothing = -1;
	b->has_lock = make_lock(&b->lock);
	b->pool.bytes = make_buffer(MEMBRANE_POOL);
	b->buffer = make_buffer(MEMBRANE_MOST_PAGE);
	e = b->has_lock && b->pool.bytes && b->buffer ? membrane_start_threads(b) : err_nomem();
	if (e) {
		membrane_destroy(b);
		return e;
	}
	*ret = b;
	return NULL;
}

static void free_member(struct membrane_member *m)
{
	cover_deinit(&m->own);
	cover_deinit(&m->shared);
	pagemap_close(m->pages);
	if (m->mem >= 0)
		(void)close(m->mem);
	if (m->uffd >= 0)
		(void)close(m->uffd);
	free(m);
}

static struct err *open_member(struct membrane_member *m, pid_t mm, bool shares)
{
	char path[PROC_PATH];

	if (!uffd_features(m->uffd, features | (shares ? sharing : 0)))
		return err_os(errno, "the userfaultfd of process %d", (int)mm);
	TRY(pagemap_open(mm, &m->pages));
	(void)snprintf(path, sizeof(path), "/proc/%d/mem", (int)mm);
	TRY(proc_open(path, &m->mem));
	return cover_reserve(&m->own, MOVES) && cover_reserve(&m->shared, MOVES) ? NULL : err_nomem();
}

struct err *membrane_add(struct membrane *b, pid_t mm, int uffd, bool shares, struct membrane_member **ret)
{
	struct membrane_member *m = calloc(1, sizeof(*m));
	struct err *e;

	if (!m) {
		(void)close(uffd);
		return err_nomem();
	}
	*m = (struct membrane_member){ .membrane = b, .mm = mm, .uffd = uffd, .mem = -1 };
	e = open_member(m, mm, shares);
	if (!e && !membrane_add_mapper(b, m))
		e = err_new(ERR_UNSUPPORTED, "too many processes");
	if (e) {
		free_member(m);
		return e;
	}
	*ret = m;
	return NULL;
}

int membrane_register(struct membrane_member *m, uint64_t start, uint64_t end)
{
	return uffd_register(m->uffd, start, end);
}

static uint64_t least(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

static uint64_t most(uint64_t a, uint64_t b)
{
	return a > b ? a : b;
}

/* --- in the pause -------------------------------------------------------------------------------- */

static struct err *add_stretch(struct membrane *b, const struct membrane_stretch *like, uint64_t start, uint64_t end,
			       uint64_t page, struct membrane_stretch **ret)
{
	struct membrane_stretch *st = calloc(1, sizeof(*st));

	if (!st)
		return err_nomem();
	*st = *like;
	st->area = cover_area_create(start, end, page);
	if (!st->area || !vec_push(&b->stretches, st)) {
		cover_area_destroy(st->area);
		free(st);
		return err_nomem();
	}
	st->area->owner = st;
	b->total += end - start;
	*ret = st;
	return NULL;
}

static struct err *protect(struct membrane_member *m, uint64_t start, uint64_t end)
{
	int error = uffd_protect(m->uffd, start, end, true);

	return error ? err_os(error, "0x%llx-0x%llx cannot be protected", (unsigned long long)start, (unsigned long long)end) : NULL;
}

/* Known to the handler before it is protected: the kernel may write for somebody even now. */
static struct err *map_and_protect(struct membrane_member *m, struct cover_map *map, uint64_t address,
				   struct membrane_stretch *st, uint64_t from, uint64_t to)
{
	bool ok;

	(void)pthread_mutex_lock(&m->membrane->lock);
	ok = cover_add(map, address, st->area, from, to);
	(void)pthread_mutex_unlock(&m->membrane->lock);
	return ok ? protect(m, address, address + (to - from)) : err_nomem();
}

struct err *membrane_protect(struct membrane_member *m, uint64_t start, uint64_t end, uint64_t page, struct store *store)
{
	struct membrane_stretch like = { .store = store, .member = m, .fd = -1 }, *st;

	TRY(add_stretch(m->membrane, &like, start, end, page, &st));
	return map_and_protect(m, &m->own, start, st, start, end);
}

struct err *membrane_share(struct membrane *b, int fd, uint64_t start, uint64_t end, uint64_t page, struct store *store,
			   uint64_t key)
{
	struct membrane_stretch like = { .store = store, .key = key, .fd = fd }, *st;

	TRY(add_stretch(b, &like, start, end, page, &st));
	return vec_push(&b->shared, st) ? NULL : err_nomem();
}

struct err *membrane_show(struct membrane_member *m, int fd, uint64_t start, uint64_t end, uint64_t offset)
{
	for (size_t i = 0; i < m->membrane->shared.n; i++) {
		struct membrane_stretch *st = m->membrane->shared.v[i];
		uint64_t from = most(st->area->start, offset), to = least(st->area->end, offset + (end - start));

		if (st->fd == fd && from < to)
			TRY(map_and_protect(m, &m->shared, start + (from - offset), st, from, to));
	}
	return NULL;
}

/* --- saving in order ----------------------------------------------------------------------------- */

static struct err *gave_up(const struct membrane *b)
{
	return err_new(ERR_OS, "the snapshot was given up: %s, and the process was let go on", b->full_since
		       ? "the disk did not take up in time what it writes to" : "a copy did not come to an end");
}

/* The run is saved into the caller's buffer; *ret_to: how far it went. */
static struct err *save_run(struct membrane *b, struct membrane_stretch *st, uint64_t from, uint64_t *to)
{
	for (unsigned i = 0; i < RETRIES_MOST; i++) {
		enum membrane_result r;

		(void)pthread_mutex_lock(&b->lock);
		r = membrane_save(st, from, to, b->buffer);
		if (r == MEMBRANE_DONE && !st->member)
			membrane_lift_shared(b, st, from, *to);
		(void)pthread_mutex_unlock(&b->lock);
		if (r == MEMBRANE_DONE)
			return store_put(st->store, st->key + from, b->buffer, (size_t)(*to - from));
		if (b->given_up)
			return gave_up(b);
		(void)usleep(RETRY_US);
	}
	return err_new(ERR_OS, "mappings of the process are being changed without end");
}

/* The next run of the stretch whose turn it is; false: all are done. */
static bool next_run(struct membrane *b, struct membrane_stretch **ret, uint64_t *from, uint64_t *to)
{
	bool found = false;

	(void)pthread_mutex_lock(&b->lock);
	for (; b->turn < b->stretches.n && !found; b->turn += !found, b->origin = found ? b->origin : 0) {
		struct membrane_stretch *st = b->stretches.v[b->turn];

		*ret = st;
		found = cover_next(st->area, b->origin, st->area->page > STEP ? st->area->page : STEP, from, to);
	}
	(void)pthread_mutex_unlock(&b->lock);
	return found;
}

static bool first_record(struct membrane *b, struct membrane_record *ret)
{
	bool any;

	(void)pthread_mutex_lock(&b->lock);
	any = membrane_pool_first(&b->pool, ret);
	(void)pthread_mutex_unlock(&b->lock);
	return any;
}

/* Nobody writes to its bytes before it is dropped. */
static struct err *empty_pool(struct membrane *b)
{
	struct membrane_record r;

	while (first_record(b, &r)) {
		TRY(cancel_check());
		TRY(store_put(r.store, r.address, b->pool.bytes + r.at, r.size));
		(void)pthread_mutex_lock(&b->lock);
		membrane_pool_drop_first(&b->pool);
		(void)pthread_mutex_unlock(&b->lock);
		if (b->given_up)
			return gave_up(b);
	}
	return NULL;
}

/* While somebody writes to much that is not saved he waits for us, and we are as urgent as in the pause. */
static void hurry(struct membrane *b, bool on)
{
	if (on != b->hurries)
		task_hurry(on ? HURRY : HURRY_NOT);
	b->hurries = on;
}

static bool is_filling(struct membrane *b)
{
	bool filling;

	(void)pthread_mutex_lock(&b->lock);
	filling = b->pool.head - b->pool.tail > MEMBRANE_POOL / 8;
	(void)pthread_mutex_unlock(&b->lock);
	return filling;
}

static struct err *drain(struct membrane *b, membrane_settle_fn *settle, void *arg)
{
	struct membrane_stretch *st;
	uint64_t from, to;

	while (next_run(b, &st, &from, &to)) {
		TRY(cancel_check());
		TRY(save_run(b, st, from, &to));
		b->origin = to;
		b->saved += to - from;
		progress_report("saving what is protected", b->saved, b->total);
		settle(arg);
		hurry(b, is_filling(b));
		TRY(empty_pool(b));
	}
	TRY(empty_pool(b));
	return b->given_up ? gave_up(b) : NULL;
}

struct err *membrane_drain(struct membrane *b, membrane_settle_fn *settle, void *arg)
{
	struct err *e = drain(b, settle, arg);

	hurry(b, false);
	return e;
}

static bool piece_at(struct membrane_member *m, uint64_t address, struct cover_piece *ret)
{
	const struct cover_piece *p;

	(void)pthread_mutex_lock(&m->membrane->lock);
	p = cover_at(&m->own, address);
	if (!p)
		p = cover_at(&m->shared, address);
	if (p)
		*ret = *p;
	(void)pthread_mutex_unlock(&m->membrane->lock);
	return p;
}

struct err *membrane_open_page(struct membrane_member *m, uint64_t address)
{
	struct membrane *b = m->membrane;
	struct cover_piece p;
	uint64_t page, from, to;
	enum membrane_result r;

	if (!piece_at(m, address, &p))
		return NULL;
	page = p.area->page;
	address &= ~(page - 1);
	from = p.origin + (address - p.start);
	to = from + page;
	(void)pthread_mutex_lock(&b->lock);
	r = membrane_save_block(b, p.area->owner, from, to);
	(void)pthread_mutex_unlock(&b->lock);
	if (r != MEMBRANE_DONE && cover_next(p.area, from, page, &from, &to) && from < to)
		TRY(save_run(b, p.area->owner, from, &to));
	(void)membrane_lift_range(m, address, address + page);
	return NULL;
}

static bool copy_to_pool(struct membrane *b, pid_t pid, uint64_t start, size_t size, struct store *store)
{
	uint8_t *room;
	bool ok;

	(void)pthread_mutex_lock(&b->lock);
	room = membrane_pool_room(&b->pool, size);
	ok = room && remote_read(pid, start, room, size) == size;
	if (ok)
		membrane_pool_add(&b->pool, room, size, store, start);
	(void)pthread_mutex_unlock(&b->lock);
	return ok;
}

struct err *membrane_copy(struct membrane *b, pid_t pid, uint64_t start, uint64_t end, struct store *store)
{
	uint64_t bytes = 0;

	for (uint64_t next; start < end; start = next) {
		next = least(start + STEP, end);
		if (!copy_to_pool(b, pid, start, (size_t)(next - start), store))
			TRY(store_copy(store, pid, start, next, &bytes));
	}
	return NULL;
}

/* --- the end ------------------------------------------------------------------------------------- */

bool membrane_ended(const struct membrane_member *m)
{
	return m->ended;
}

bool membrane_escaped(const struct membrane *b)
{
	return b->escaped;
}

static bool shows_any(const struct membrane_member *m, const struct vma *v)
{
	return cover_touches(&m->own, v->start, v->end) || cover_touches(&m->shared, v->start, v->end);
}

/* Mapping by mapping, as they are now. */
static void let_go_of(struct membrane_member *m)
{
	struct vma_list now = VMA_LIST_INIT;

	if (m->child || err_ignore(vma_list_read(m->mm, false, &now)))
		return; /* close() does it */
	for (size_t i = 0; i < now.vmas.n; i++) {
		const struct vma *v = &now.vmas.v[i];
		bool any;

		(void)pthread_mutex_lock(&m->membrane->lock);
		any = shows_any(m, v);
		(void)pthread_mutex_unlock(&m->membrane->lock);
		if (any)
			uffd_let_go(m->uffd, v->start, v->end, LARGE_STEP);
	}
	vma_list_deinit(&now);
}

/* While the handler still answers; then all is closed, with what waits. */
void membrane_lift(struct membrane *b)
{
	if (!b || b->ending)
		return;
	for (size_t i = 0; i < b->n_mappers && !b->given_up; i++)
		let_go_of(b->mappers[i]);
	membrane_end_threads(b);
	membrane_give_up(b);
}

static struct err *tell_run(struct store *store, enum cover_state state, uint64_t start, uint64_t end)
{
	bool saved = state == COVER_SAVED;

	if (saved ? store_touch(store, start, end) : store_refuse(store, start, end))
		return NULL;
	TRY(store_expect(store, 2 * store->touched.n + 1));
	return (saved ? store_touch(store, start, end) : store_refuse(store, start, end)) ? NULL : err_nomem();
}

static struct err *tell_stretch(const struct membrane_stretch *st)
{
	const struct cover_area *a = st->area;
	uint64_t from = a->start;

	for (uint64_t at = from; at < a->end;) {
		enum cover_state state = cover_state(a, at);

		at += a->page;
		if (at < a->end && cover_state(a, at) == state)
			continue;
		TRY(tell_run(st->store, state, st->key + from, st->key + at));
		from = at;
	}
	return NULL;
}

struct err *membrane_tell(const struct membrane *b)
{
	for (size_t i = 0; i < b->stretches.n; i++)
		TRY(tell_stretch(b->stretches.v[i]));
	return NULL;
}

void membrane_destroy(struct membrane *b)
{
	if (!b)
		return;
	membrane_lift(b);
	for (size_t i = 0; i < b->n_mappers; i++)
		free_member(b->mappers[i]);
	for (size_t i = 0; i < b->stretches.n; i++) {
		cover_area_destroy(b->stretches.v[i]->area);
		free(b->stretches.v[i]);
	}
	vec_deinit(&b->stretches);
	vec_deinit(&b->shared);
	if (b->pool.bytes)
		(void)munmap(b->pool.bytes, MEMBRANE_POOL);
	if (b->buffer)
		(void)munmap(b->buffer, MEMBRANE_MOST_PAGE);
	if (b->epoll >= 0)
		(void)close(b->epoll);
	if (b->wake >= 0)
		(void)close(b->wake);
	if (b->nothing >= 0)
		(void)close(b->nothing);
	if (b->has_lock)
		(void)pthread_mutex_destroy(&b->lock);
	free(b);
}
