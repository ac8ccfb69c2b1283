/* SPDX-License-Identifier: MIT */
/*
 * The handler and the watchdog of a membrane. Messages of userfaultfds are those
 * of <linux/userfaultfd.h>; "non-cooperative events" of the kernel's
 * Documentation/admin-guide/mm/userfaultfd.rst: fork() waits until its message was
 * read, which brings a userfaultfd of the child; mremap() and madvise() wait likewise,
 * the first after the fact, the second before it.
 *
 * Events are looked at before faults that were read with them: they came first. A
 * fault that cannot be answered now is sent back (UFFDIO_WAKE): the thread
 * faults again. So nothing has to be remembered.
 */
#include "capture/membrane_impl.h"
#include "capture/task.h"
#include "capture/uffd.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/userfaultfd.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

enum {
	MESSAGES = 16,
	AROUND = 64 << 10,	/* is saved at a fault: who writes in order faults once for it */
	PATIENCE_MS = 2000,
	LOOK_MS = 100,
	CHILD_ROOM = 256,	/* moves of mappings that can be noted */
};

/* --- answering ----------------------------------------------------------------------------------- */

static void send_back(const struct membrane_member *m, uint64_t address)
{
	uffd_wake(m->uffd, address, address + MEMBRANE_PAGE);
	(void)usleep(20); /* whoever it is that changes the mappings shall get on */
}

/* Run by run. */
enum membrane_result membrane_save_block(struct membrane *b, struct membrane_stretch *st, uint64_t from, uint64_t end)
{
	uint64_t most = st->area->page > AROUND ? st->area->page : AROUND, to;

	while (cover_next(st->area, from, most, &from, &to) && from < end) {
		uint8_t *room = membrane_pool_room(&b->pool, (size_t)(to - from));
		enum membrane_result r = room ? membrane_save(st, from, &to, room) : MEMBRANE_FULL;

		if (r != MEMBRANE_DONE)
			return r;
		membrane_pool_add(&b->pool, room, (size_t)(to - from), st->store, st->key + from);
		from = to;
	}
	return MEMBRANE_DONE;
}

static uint64_t most(uint64_t a, uint64_t b)
{
	return a > b ? a : b;
}

static enum membrane_result answer_piece(struct membrane *b, struct membrane_member *m, const struct cover_piece *p,
					 uint64_t address)
{
	struct membrane_stretch *st = p->area->owner;
	uint64_t block = most(AROUND, p->area->page), origin = p->origin + (address - p->start);
	uint64_t from = most(origin & ~(block - 1), p->origin), to = (origin & ~(block - 1)) + block;
	uint64_t start = p->start + (from - p->origin), end = p->origin + (p->end - p->start);
	bool lifts = st->member && cover_state(p->area, origin) == COVER_PROTECTED; /* saving does */
	enum membrane_result r;

	to = to < end ? to : end;
	r = membrane_save_block(b, st, from, to);
	return r != MEMBRANE_DONE || lifts ? r : membrane_lift_range(m, start, start + (to - from));
}

/* Memory that is no concern of ours: a forked child's own. */
static enum membrane_result lift_unknown(const struct membrane_member *m, uint64_t address)
{
	uint64_t huge = address & ~(uint64_t)(MEMBRANE_MOST_PAGE - 1);
	int error = uffd_protect(m->uffd, address, address + MEMBRANE_PAGE, false);

	if (error == EINVAL) /* hugetlbfs */
		error = uffd_protect(m->uffd, huge, huge + MEMBRANE_MOST_PAGE, false);
	return error ? MEMBRANE_AGAIN : MEMBRANE_DONE;
}

static void answer(struct membrane *b, struct membrane_member *m, uint64_t address)
{
	const struct cover_piece *p = cover_at(&m->own, address);
	enum membrane_result r;

	address &= ~(uint64_t)(MEMBRANE_PAGE - 1);
	if (!p)
		p = cover_at(&m->shared, address);
	r = p ? answer_piece(b, m, p, address) : lift_unknown(m, address);
	if (r != MEMBRANE_FULL)
		b->full_since = 0;
	else if (!b->full_since)
		b->full_since = clock_ns();
	if (r != MEMBRANE_DONE)
		send_back(m, address);
}

/* --- events -------------------------------------------------------------------------------------- */

/* A child that has ended leaves its place, and the number of its descriptor, to another: one or two are looked at each time. */
static struct membrane_member *take_place(struct membrane *b)
{
	for (unsigned i = 0; i < 2 && b->n_mappers; i++) {
		struct membrane_member *m = b->mappers[b->look++ % b->n_mappers];

		if (m->child && uffd_is_gone(m->uffd))
			return m;
	}
	return NULL;
}

static bool replace(struct membrane *b, struct membrane_member *m, int uffd)
{
	bool ok = dup3(uffd, m->uffd, O_CLOEXEC) >= 0;

	(void)close(uffd);
	cover_deinit(&m->shared);
	return ok && membrane_watch(b, m);
}

static struct membrane_member *new_child(struct membrane *b, int uffd)
{
	struct membrane_member *m = calloc(1, sizeof(*m));

	if (m)
		*m = (struct membrane_member){ .membrane = b, .uffd = uffd, .child = true, .mem = -1 };
	if (m && membrane_add_mapper(b, m))
		return m;
	(void)close(uffd);
	free(m);
	return NULL;
}

/* It has the parent's protection, and shares what that shares. Its own memory is of no interest: it is lifted when asked for. */
static bool adopt(struct membrane *b, const struct membrane_member *parent, int uffd)
{
	struct membrane_member *child = take_place(b);

	if (child && !replace(b, child, uffd))
		return false;
	if (!child)
		child = new_child(b, uffd);
	return child && cover_copy(&parent->shared, &child->shared) && cover_reserve(&child->shared, CHILD_ROOM);
}

static void moved(struct membrane *b, struct membrane_member *m, uint64_t from, uint64_t to, uint64_t size)
{
	/* One that is duplicated (size 0) is a mapping that nothing protects. */
	b->escaped |= cover_touches(&m->shared, from, from + (size ? size : 1));
	(void)cover_move(&m->own, from, to, size); /* what could not be noted is nowhere, and so lost */
	b->escaped |= !cover_move(&m->shared, from, to, size);
}

static void given_back(const struct membrane_member *m, uint64_t start, uint64_t end)
{
	for (size_t i = 0; i < m->shared.pieces.n; i++) {
		const struct cover_piece *p = &m->shared.pieces.v[i];
		uint64_t from = most(start, p->start), to = end < p->end ? end : p->end;

		if (from < to) {
			from = (p->origin + (from - p->start)) & ~(p->area->page - 1);
			cover_mark(p->area, from, p->origin + (to - p->start), COVER_DOUBTFUL);
		}
	}
}

static void note_event(struct membrane *b, struct membrane_member *m, const struct uffd_msg *msg)
{
	switch (msg->event) {
	case UFFD_EVENT_FORK:
		if (!adopt(b, m, (int)msg->arg.fork.ufd))
			membrane_give_up(b);
		break;
	case UFFD_EVENT_REMAP:
		moved(b, m, msg->arg.remap.from, msg->arg.remap.to, msg->arg.remap.len);
		break;
	case UFFD_EVENT_REMOVE:
		given_back(m, msg->arg.remove.start, msg->arg.remove.end);
		break;
	default:
		break;
	}
}

static void serve(struct membrane *b, struct membrane_member *m)
{
	struct uffd_msg msgs[MESSAGES];
	ssize_t n = read(m->uffd, msgs, sizeof(msgs));
	size_t count = n > 0 ? (size_t)n / sizeof(msgs[0]) : 0;

	for (size_t i = 0; i < count; i++)
		note_event(b, m, &msgs[i]);
	for (size_t i = 0; i < count; i++)
		if (msgs[i].event == UFFD_EVENT_PAGEFAULT)
			answer(b, m, msgs[i].arg.pagefault.address);
}

/* --- threads ------------------------------------------------------------------------------------- */

static void serve_all(struct membrane *b, const struct epoll_event *v, int n)
{
	b->busy_since = clock_ns();
	for (int i = 0; i < n && !b->given_up; i++) {
		if (!v[i].data.ptr)
			continue;
		(void)pthread_mutex_lock(&b->lock);
		serve(b, v[i].data.ptr);
		(void)pthread_mutex_unlock(&b->lock);
	}
	b->busy_since = 0;
}

static void *handle(void *arg)
{
	struct membrane *b = arg;
	struct epoll_event v[MESSAGES];

	task_hurry(HURRY_MOST);
	while (!b->ending) {
		int n = epoll_wait(b->epoll, v, MESSAGES, -1);

		serve_all(b, v, n);
	}
	return NULL;
}

static bool too_long(uint64_t since)
{
	return since && clock_ns() - since > (uint64_t)PATIENCE_MS * 1000000;
}

static void *watch(void *arg)
{
	struct membrane *b = arg;

	struct pollfd end = { .fd = b->wake, .events = POLLIN };

	while (poll(&end, 1, LOOK_MS) <= 0)
		if (too_long(b->busy_since) || too_long(b->full_since))
			membrane_give_up(b);
	return NULL;
}

void membrane_give_up(struct membrane *b)
{
	b->given_up = true;
	for (size_t i = 0; i < b->n_mappers; i++)
		(void)dup3(b->nothing, b->mappers[i]->uffd, O_CLOEXEC);
}

bool membrane_watch(struct membrane *b, struct membrane_member *m)
{
	struct epoll_event e = { .events = EPOLLIN, .data.ptr = m };

	return epoll_ctl(b->epoll, EPOLL_CTL_ADD, m->uffd, &e) == 0;
}

bool membrane_add_mapper(struct membrane *b, struct membrane_member *m)
{
	if (b->n_mappers == MEMBRANE_MAPPERS || !membrane_watch(b, m))
		return false;
	b->mappers[b->n_mappers] = m;
	b->n_mappers++; /* only now: the watchdog looks at it without the lock */
	return true;
}

/* Signals are for the others. */
static bool start(pthread_t *ret, void *(*run)(void *), struct membrane *b)
{
	sigset_t all, before;
	bool ok;

	(void)sigfillset(&all);
	(void)pthread_sigmask(SIG_SETMASK, &all, &before);
	ok = pthread_create(ret, NULL, run, b) == 0;
	(void)pthread_sigmask(SIG_SETMASK, &before, NULL);
	return ok;
}

struct err *membrane_start_threads(struct membrane *b)
{
	struct epoll_event e = { .events = EPOLLIN, .data.ptr = NULL };

	b->epoll = epoll_create1(EPOLL_CLOEXEC);
	b->wake = eventfd(0, EFD_CLOEXEC);
	b->nothing = open("/dev/null", O_RDONLY | O_CLOEXEC);
	if (b->epoll < 0 || b->wake < 0 || b->nothing < 0 || epoll_ctl(b->epoll, EPOLL_CTL_ADD, b->wake, &e) < 0)
		return err_os(errno, "descriptors of the membrane");
	b->has_handler = start(&b->handler, handle, b);
	b->has_watchdog = b->has_handler && start(&b->watchdog, watch, b);
	return b->has_watchdog ? NULL : err_os(EAGAIN, "threads of the membrane");
}

void membrane_end_threads(struct membrane *b)
{
	uint64_t one = 1;

	b->ending = true;
	if (b->wake >= 0 && write(b->wake, &one, sizeof(one)) < 0) {
		/* its counter is full: it is awake */
	}
	if (b->has_handler)
		(void)pthread_join(b->handler, NULL);
	if (b->has_watchdog)
		(void)pthread_join(b->watchdog, NULL);
	b->has_handler = b->has_watchdog = false;
}
