/* SPDX-License-Identifier: MIT */
/*
 * One step of saving: copy, look whether it was protected all the while, lift.
 * See membrane.h for why that is enough. Nothing is allocated here.
 */
#include "capture/membrane_impl.h"
#include "capture/uffd.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

enum { PAGES_MOST = MEMBRANE_MOST_PAGE / MEMBRANE_PAGE };

/* --- protection ---------------------------------------------------------------------------------- */

/* Where some of it is not registered any more, the rest is lifted page by page; nobody is left waiting. */
static enum membrane_result lift_pages(const struct membrane_member *m, uint64_t start, uint64_t end)
{
	for (; start < end; start += MEMBRANE_PAGE) {
		int error = uffd_protect(m->uffd, start, start + MEMBRANE_PAGE, false);

		if (error == EAGAIN)
			return MEMBRANE_AGAIN;
		if (error)
			uffd_wake(m->uffd, start, start + MEMBRANE_PAGE);
	}
	return MEMBRANE_DONE;
}

enum membrane_result membrane_lift_range(const struct membrane_member *m, uint64_t start, uint64_t end)
{
	int error = uffd_protect(m->uffd, start, end, false);

	if (error == EAGAIN)
		return MEMBRANE_AGAIN;
	return error && error != ESRCH ? lift_pages(m, start, end) : MEMBRANE_DONE; /* ESRCH: all of it is gone */
}

static void lift_pieces(const struct membrane_member *m, const struct cover_area *a, uint64_t from, uint64_t to)
{
	for (size_t i = 0; i < m->shared.pieces.n; i++) {
		const struct cover_piece *p = &m->shared.pieces.v[i];
		uint64_t start = from > p->origin ? from : p->origin, end = p->origin + (p->end - p->start);

		end = to < end ? to : end;
		if (p->area == a && start < end) /* what is not lifted now is when somebody writes to it */
			(void)membrane_lift_range(m, p->start + (start - p->origin), p->start + (end - p->origin));
	}
}

void membrane_lift_shared(struct membrane *b, const struct membrane_stretch *st, uint64_t from, uint64_t to)
{
	for (size_t i = 0; i < b->n_mappers; i++)
		if (!b->mappers[i]->child) /* of them there may be many, and most have ended */
			lift_pieces(b->mappers[i], st->area, from, to);
}

/* --- own memory ---------------------------------------------------------------------------------- */

/* What cannot be read stays unset in `got`. */
static void read_memory(const struct membrane_member *m, uint64_t address, uint8_t *buf, size_t size, bool *got)
{
	memset(got, 0, size / MEMBRANE_PAGE);
	for (size_t at = 0; at < size;) {
		ssize_t n = pread(m->mem, buf + at, size - at, (off_t)(address + at));
		size_t whole = n > 0 ? (size_t)n / MEMBRANE_PAGE : 0;

		memset(got + at / MEMBRANE_PAGE, 1, whole);
		at += (whole ? whole : 1) * MEMBRANE_PAGE;
	}
}

static bool all_of(const bool *v, size_t n)
{
	while (n && v[n - 1])
		n--;
	return !n;
}

static void note_pages(struct cover_area *a, uint64_t from, uint64_t to, const bool *got, const bool *was_protected)
{
	size_t each = (size_t)(a->page / MEMBRANE_PAGE), i = 0;

	for (; from < to; from += a->page, i += each) {
		bool good = all_of(got + i, each) && all_of(was_protected + i, each);

		cover_mark(a, from, from + a->page, good ? COVER_SAVED : COVER_LOST);
	}
}

static enum membrane_result save_own(struct membrane_stretch *st, uint64_t from, uint64_t *to, uint8_t *buf)
{
	struct membrane_member *m = st->member;
	bool got[PAGES_MOST], was_protected[PAGES_MOST];
	uint64_t address, size;
	struct err *e;

	if (m->ended || !cover_where(&m->own, st->area, from, &address, &size)) {
		cover_mark(st->area, from, *to, COVER_LOST);
		return MEMBRANE_DONE;
	}
	*to = size < *to - from ? from + size : *to;
	read_memory(m, address, buf, (size_t)(*to - from), got);
	e = pagemap_protected(m->pages, address, address + (*to - from), was_protected);
	if (e) {
		m->ended = true;
		memset(was_protected, 0, sizeof(was_protected));
		err_free(e);
	}
	if (membrane_lift_range(m, address, address + (*to - from)) == MEMBRANE_AGAIN && !m->ended)
		return MEMBRANE_AGAIN;
	note_pages(st->area, from, *to, got, was_protected);
	return MEMBRANE_DONE;
}

/* --- shared memory ------------------------------------------------------------------------------- */

/* A hole of the file, and what is behind its end, is zero. */
static bool read_file(int fd, uint64_t offset, uint8_t *buf, size_t size)
{
	size_t at = 0;

	while (at < size) {
		ssize_t n = pread(fd, buf + at, size - at, (off_t)(offset + at));

		if (n < 0)
			return false;
		if (!n)
			break;
		at += (size_t)n;
	}
	memset(buf + at, 0, size - at);
	return true;
}

static bool is_zero(const uint8_t *p, uint64_t size)
{
	return !*p && !memcmp(p, p + 1, size - 1);
}

static enum membrane_result save_shared(struct membrane_stretch *st, uint64_t from, uint64_t to, uint8_t *buf)
{
	struct cover_area *a = st->area;
	bool good = read_file(st->fd, from, buf, (size_t)(to - from));

	for (uint64_t at = from; at < to; at += a->page, buf += a->page) {
		bool doubtful = cover_state(a, at) == COVER_DOUBTFUL && is_zero(buf, a->page);

		cover_mark(a, at, at + a->page, good && !doubtful ? COVER_SAVED : COVER_LOST);
	}
	return MEMBRANE_DONE;
}

enum membrane_result membrane_save(struct membrane_stretch *st, uint64_t from, uint64_t *to, uint8_t *buf)
{
	return st->member ? save_own(st, from, to, buf) : save_shared(st, from, *to, buf);
}

/* --- the pool ------------------------------------------------------------------------------------ */

uint8_t *membrane_pool_room(struct membrane_pool *p, size_t size)
{
	size_t at = p->head % MEMBRANE_POOL, skip = MEMBRANE_POOL - at < size ? MEMBRANE_POOL - at : 0;

	if (p->head + skip + size - p->tail > MEMBRANE_POOL || p->next - p->first == MEMBRANE_RECORDS)
		return NULL;
	return p->bytes + (at + skip) % MEMBRANE_POOL;
}

void membrane_pool_add(struct membrane_pool *p, const uint8_t *at, size_t size, struct store *store, uint64_t address)
{
	size_t place = (size_t)(at - p->bytes), now = p->head % MEMBRANE_POOL;

	p->head += (place >= now ? place - now : MEMBRANE_POOL - now) + size;
	p->records[p->next++ % MEMBRANE_RECORDS] = (struct membrane_record){ store, address, place, size, p->head };
}

bool membrane_pool_first(const struct membrane_pool *p, struct membrane_record *ret)
{
	if (p->first == p->next)
		return false;
	*ret = p->records[p->first % MEMBRANE_RECORDS];
	return true;
}

void membrane_pool_drop_first(struct membrane_pool *p)
{
	p->tail = p->records[p->first++ % MEMBRANE_RECORDS].end;
}
