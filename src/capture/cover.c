/* SPDX-License-Identifier: MIT */
#include "capture/cover.h"

#include <stdlib.h>
#include <string.h>

/* --- areas --------------------------------------------------------------------------------------- */

struct cover_area *cover_area_create(uint64_t start, uint64_t end, uint64_t page)
{
	struct cover_area *a = calloc(1, sizeof(*a));

	if (!a)
		return NULL;
	*a = (struct cover_area){ .start = start, .end = end, .page = page, .left = (end - start) / page };
	a->state = calloc(a->left + 1, 1);
	if (a->state)
		return a;
	free(a);
	return NULL;
}

void cover_area_destroy(struct cover_area *a)
{
	if (!a)
		return;
	free(a->state);
	free(a);
}

static size_t page_of(const struct cover_area *a, uint64_t origin)
{
	return (size_t)((origin - a->start) / a->page);
}

enum cover_state cover_state(const struct cover_area *a, uint64_t origin)
{
	return a->state[page_of(a, origin)];
}

static bool is_done(const struct cover_area *a, size_t page)
{
	return a->state[page] == COVER_SAVED || a->state[page] == COVER_LOST;
}

void cover_mark(struct cover_area *a, uint64_t from, uint64_t to, enum cover_state state)
{
	for (size_t page = page_of(a, from); from < to; from += a->page, page++) {
		if (is_done(a, page))
			continue;
		a->state[page] = (uint8_t)state;
		a->left -= is_done(a, page);
	}
}

bool cover_next(const struct cover_area *a, uint64_t from, uint64_t most, uint64_t *ret_from, uint64_t *ret_to)
{
	uint64_t end;

	from = from < a->start ? a->start : from;
	while (a->left && from < a->end && is_done(a, page_of(a, from)))
		from += a->page;
	if (!a->left || from >= a->end)
		return false;
	*ret_from = from;
	end = (from / most + 1) * most;
	end = end < a->end ? end : a->end;
	do
		from += a->page;
	while (from < end && !is_done(a, page_of(a, from)));
	*ret_to = from;
	return true;
}

/* --- maps ---------------------------------------------------------------------------------------- */

/* Index of the first piece that ends behind the address. */
static size_t piece_from(const struct cover_map *m, uint64_t address)
{
	size_t lo = 0, hi = m->pieces.n;

	while (lo < hi) {
		size_t mid = (lo + hi) / 2;

		if (m->pieces.v[mid].end <= address)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

static void insert(struct cover_map *m, size_t i, struct cover_piece piece)
{
	memmove(&m->pieces.v[i + 1], &m->pieces.v[i], (m->pieces.n - i) * sizeof(piece));
	m->pieces.v[i] = piece;
	m->pieces.n++;
}

static void take_out(struct cover_map *m, size_t i)
{
	m->pieces.n--;
	memmove(&m->pieces.v[i], &m->pieces.v[i + 1], (m->pieces.n - i) * sizeof(m->pieces.v[0]));
}

/* Pieces end or begin there. False: no room. */
static bool cut(struct cover_map *m, uint64_t address)
{
	size_t i = piece_from(m, address);
	struct cover_piece *p = i < m->pieces.n ? &m->pieces.v[i] : NULL, rest;

	if (!p || p->start >= address)
		return true;
	if (m->pieces.n == m->pieces.cap)
		return false;
	rest = *p;
	rest.origin += address - p->start;
	rest.start = address;
	p->end = address;
	insert(m, i + 1, rest);
	return true;
}

/* What cannot be parted for want of room goes as a whole. */
static void forget(struct cover_map *m, uint64_t start, uint64_t end)
{
	size_t i;

	(void)cut(m, start);
	(void)cut(m, end);
	i = piece_from(m, start);
	while (i < m->pieces.n && m->pieces.v[i].start < end)
		take_out(m, i);
}

bool cover_reserve(struct cover_map *m, size_t more)
{
	return vec_reserve(&m->pieces, m->pieces.n + more);
}

bool cover_add(struct cover_map *m, uint64_t address, struct cover_area *area, uint64_t from, uint64_t to)
{
	struct cover_piece piece = { address, address + (to - from), from, area };

	if (!cover_reserve(m, 3))
		return false;
	forget(m, piece.start, piece.end);
	insert(m, piece_from(m, address), piece);
	return true;
}

const struct cover_piece *cover_at(const struct cover_map *m, uint64_t address)
{
	size_t i = piece_from(m, address);

	return i < m->pieces.n && m->pieces.v[i].start <= address ? &m->pieces.v[i] : NULL;
}

bool cover_touches(const struct cover_map *m, uint64_t start, uint64_t end)
{
	size_t i = piece_from(m, start);

	return i < m->pieces.n && m->pieces.v[i].start < end;
}

static bool shows(const struct cover_piece *p, const struct cover_area *a, uint64_t origin)
{
	return p && p->area == a && origin >= p->origin && origin - p->origin < p->end - p->start;
}

bool cover_where(const struct cover_map *m, const struct cover_area *a, uint64_t origin, uint64_t *ret_address, uint64_t *ret_size)
{
	const struct cover_piece *p = cover_at(m, origin); /* most of it never moves */

	for (size_t i = 0; !shows(p, a, origin); i++) {
		if (i == m->pieces.n)
			return false;
		p = &m->pieces.v[i];
	}
	*ret_address = p->start + (origin - p->origin);
	*ret_size = p->end - *ret_address;
	return true;
}

bool cover_move(struct cover_map *m, uint64_t from, uint64_t to, uint64_t size)
{
	forget(m, to, to + size);
	if (!cut(m, from) || !cut(m, from + size)) {
		forget(m, from, from + size);
		return false;
	}
	for (size_t i = piece_from(m, from); i < m->pieces.n && m->pieces.v[i].start < from + size;) {
		struct cover_piece p = m->pieces.v[i];

		take_out(m, i);
		p.start = p.start - from + to;
		p.end = p.end - from + to;
		insert(m, piece_from(m, p.start), p);
		i = piece_from(m, from);
	}
	return true;
}

bool cover_copy(const struct cover_map *m, struct cover_map *ret)
{
	struct cover_map copy = { 0 };

	if (!cover_reserve(&copy, m->pieces.n + 1))
		return false;
	for (size_t i = 0; i < m->pieces.n; i++)
		copy.pieces.v[copy.pieces.n++] = m->pieces.v[i];
	*ret = copy;
	return true;
}

void cover_deinit(struct cover_map *m)
{
	vec_deinit(&m->pieces);
}
