/* SPDX-License-Identifier: MIT */
/*
 * Runs of pages. They are kept as they come, one behind the other; where they
 * lie on one another the one that came later, which is the one with the greater
 * offset, stands. Sorted by their first page, one pass with a heap of those that
 * reach into the present page finds who stands where. A page that was sent again
 * and again costs no more than one that was not: what no longer counts is taken
 * out whenever the runs have doubled.
 */
#include "format/qemustream_impl.h"

#include "base/cancel.h"

#include <stdlib.h>

enum { SETTLE_AT = 1 << 18, MAX_RUNS = 1 << 27 };

static uint64_t step(unsigned kind)
{
	switch ((enum qs_kind)kind) {
	case QS_DATA:
		return 8 + QS_PAGE;
	case QS_FILL:
		return 8 + 1;
	case QS_PLACED:
		return QS_PAGE;
	case QS_ZERO:
		break;
	}
	return 0;
}

static uint64_t end_of(const struct qs_run *r)
{
	return (uint64_t)r->first + r->n;
}

uint64_t qs_run_offset(const struct qs_run *r, uint64_t page)
{
	return r->offset + (page - r->first) * step(r->kind);
}

static bool joins(const struct qs_run *a, const struct qs_run *b)
{
	return a->kind == b->kind && end_of(a) == b->first && (uint64_t)a->n + b->n < 1u << 30 &&
	       a->offset + a->n * step(a->kind) == b->offset;
}

static bool append(struct qs_runs *r, struct qs_run run)
{
	struct qs_run *last = r->v.n ? &r->v.v[r->v.n - 1] : NULL;

	if (last && joins(last, &run)) {
		last->n = (last->n + run.n) & 0x3fffffff;
		return true;
	}
	return vec_push(&r->v, run);
}

struct err *qs_runs_add(struct qs_runs *r, struct qs_run run)
{
	size_t limit = r->settle_at ? r->settle_at : SETTLE_AT;

	if (r->v.n >= limit) {
		TRY(qs_runs_settle(r));
		r->settle_at = 2 * r->v.n > SETTLE_AT ? 2 * r->v.n : SETTLE_AT;
		if (r->settle_at > MAX_RUNS)
			return err_new(ERR_UNSUPPORTED, "a migration stream with more than %d runs of pages", MAX_RUNS / 2);
	}
	return append(r, run) ? NULL : err_nomem();
}

/* ---- who stands where --------------------------------------------------------------------------- */

/* Runs that reach into the present page or begin behind it, the one with the greatest offset first. */
struct heap {
	VEC(const struct qs_run *) v;
};

static bool heap_push(struct heap *h, const struct qs_run *run)
{
	size_t i = h->v.n;

	if (!vec_push(&h->v, run))
		return false;
	for (; i && h->v.v[(i - 1) / 2]->offset < run->offset; i = (i - 1) / 2)
		h->v.v[i] = h->v.v[(i - 1) / 2];
	h->v.v[i] = run;
	return true;
}

static void heap_pop(struct heap *h)
{
	const struct qs_run *last = h->v.v[--h->v.n];
	size_t i = 0;

	for (size_t child = 1; child < h->v.n; child = 2 * i + 1) {
		if (child + 1 < h->v.n && h->v.v[child + 1]->offset > h->v.v[child]->offset)
			child++;
		if (h->v.v[child]->offset <= last->offset)
			break;
		h->v.v[i] = h->v.v[child];
		i = child;
	}
	if (h->v.n)
		h->v.v[i] = last;
}

static int by_first(const void *a, const void *b)
{
	const struct qs_run *x = a, *y = b;

	if (x->first != y->first)
		return x->first < y->first ? -1 : 1;
	return x->offset < y->offset ? 1 : x->offset > y->offset ? -1 : 0;
}

struct sweep {
	const struct qs_runs *in;
	struct qs_runs out;
	struct heap heap;
	size_t next;		/* of `in`: not in the heap so far */
	uint64_t at;		/* page */
};

static bool enter(struct sweep *s)
{
	while (s->next < s->in->v.n && s->in->v.v[s->next].first <= s->at)
		if (!heap_push(&s->heap, &s->in->v.v[s->next++]))
			return false;
	while (s->heap.v.n && end_of(s->heap.v.v[0]) <= s->at)
		heap_pop(&s->heap);
	return true;
}

/* From the present page on the heap's first stands until its end, or until one begins that came later. */
static bool stand(struct sweep *s)
{
	const struct qs_run *top = s->heap.v.v[0];
	uint64_t end = end_of(top);

	while (s->next < s->in->v.n && s->in->v.v[s->next].first < end) {
		if (s->in->v.v[s->next].offset > top->offset) {
			end = s->in->v.v[s->next].first;
			break;
		}
		if (!heap_push(&s->heap, &s->in->v.v[s->next++]))
			return false;
	}
	if (!append(&s->out, (struct qs_run){ .first = (uint32_t)s->at, .n = (uint32_t)(end - s->at) & 0x3fffffff, .kind = top->kind,
					      .offset = qs_run_offset(top, s->at) }))
		return false;
	s->at = end;
	return true;
}

struct err *qs_runs_settle(struct qs_runs *r)
{
	struct sweep s = { .in = r };
	bool ok = true;

	if (r->v.n)
		qsort(r->v.v, r->v.n, sizeof(*r->v.v), by_first);
	while (ok && (s.next < r->v.n || s.heap.v.n)) {
		if (!s.heap.v.n)
			s.at = r->v.v[s.next].first;
		ok = enter(&s);
		if (ok && s.heap.v.n)
			ok = stand(&s);
	}
	vec_deinit(&s.heap.v);
	if (!ok) {
		vec_deinit(&s.out.v);
		return err_nomem();
	}
	vec_deinit(&r->v);
	r->v.v = s.out.v.v;
	r->v.n = s.out.v.n;
	r->v.cap = s.out.v.cap;
	return cancel_check();
}

const struct qs_run *qs_runs_find(const struct qs_runs *r, uint64_t page)
{
	size_t low = 0, high = r->v.n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (end_of(&r->v.v[middle]) <= page)
			low = middle + 1;
		else
			high = middle;
	}
	return low < r->v.n && r->v.v[low].first <= page ? &r->v.v[low] : NULL;
}
