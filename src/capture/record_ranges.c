/* SPDX-License-Identifier: MIT */
/*
 * The memory in a record: what the callers give a piece of a mapping at a time
 * becomes few long ranges, each reason stands once.
 */
#include "capture/record_impl.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static const char *reason_of(const struct snapshot_range *r)
{
	return r->reason ? r->reason : "";
}

static int by_address(const void *a, const void *b)
{
	const struct snapshot_range *x = a, *y = b;

	if (x->start != y->start)
		return x->start < y->start ? -1 : 1;
	return (x->end > y->end) - (x->end < y->end);
}

/* Unreadable ones first: they are what must not be lost when room is short. */
static unsigned rank(enum range_class c)
{
	return c == RANGE_UNREADABLE ? 0 : (unsigned)c + 1;
}

static int by_group(const void *a, const void *b)
{
	const struct snapshot_range *x = a, *y = b;
	int c;

	if (x->class != y->class)
		return rank(x->class) < rank(y->class) ? -1 : 1;
	c = strcmp(x->reason, y->reason);
	return c ? c : by_address(a, b);
}

static bool same_group(const struct snapshot_range *a, const struct snapshot_range *b)
{
	return a->class == b->class && !strcmp(a->reason, b->reason);
}

/* Joins what touches; v is in order of address. */
static size_t join(struct snapshot_range *v, size_t n)
{
	size_t to = 0;

	for (size_t i = 0; i < n; i++) {
		if (v[i].start >= v[i].end)
			continue;
		if (to && v[to - 1].end == v[i].start && same_group(&v[to - 1], &v[i]))
			v[to - 1].end = v[i].end;
		else
			v[to++] = v[i];
	}
	return to;
}

/* Counts all and drops those of the hidden class. */
static size_t count(struct range_groups *g, enum range_class hidden)
{
	size_t to = 0;

	for (size_t i = 0; i < g->ranges.n; i++) {
		struct snapshot_range *r = &g->ranges.v[i];

		g->counts[r->class].ranges++;
		g->counts[r->class].bytes += r->end - r->start;
		if (r->class != hidden)
			g->ranges.v[to++] = *r;
	}
	return to;
}

struct err *range_groups_init(struct range_groups *g, const struct snapshot_range *v, size_t n,
			      enum range_class hidden)
{
	*g = (struct range_groups){ 0 };
	if (!n)
		return NULL;
	if (!vec_reserve(&g->ranges, n))
		return err_nomem();
	for (size_t i = 0; i < n; i++) {
		g->ranges.v[i] = v[i];
		g->ranges.v[i].reason = reason_of(&v[i]);
	}
	qsort(g->ranges.v, n, sizeof(*g->ranges.v), by_address);
	g->ranges.n = join(g->ranges.v, n);
	g->ranges.n = count(g, hidden);
	if (g->ranges.n)
		qsort(g->ranges.v, g->ranges.n, sizeof(*g->ranges.v), by_group);
	return NULL;
}

void range_groups_deinit(struct range_groups *g)
{
	vec_deinit(&g->ranges);
}

static void write_counts(const struct range_groups *g, struct json_write *j)
{
	json_open(j, "classes", '[');
	for (unsigned i = 0; i < N_RANGE_CLASSES; i++) {
		if (!g->counts[i].ranges)
			continue;
		json_open(j, NULL, '{');
		json_str(j, "class", range_class_name((enum range_class)i));
		json_uint(j, "ranges", g->counts[i].ranges);
		json_uint(j, "bytes", g->counts[i].bytes);
		json_close(j, '}');
	}
	json_close(j, ']');
}

void range_groups_write(const struct range_groups *g, size_t limit, struct json_write *j)
{
	const struct snapshot_range *v = g->ranges.v;
	size_t n = limit < g->ranges.n ? limit : g->ranges.n, i = 0;
	char text[48];

	write_counts(g, j);
	json_open(j, "ranges", '[');
	while (i < n) {
		size_t first = i;

		json_open(j, NULL, '{');
		json_str(j, "class", range_class_name(v[i].class));
		json_str(j, "reason", v[i].reason);
		json_open(j, "at", '[');
		for (; i < n && same_group(&v[first], &v[i]); i++) {
			(void)snprintf(text, sizeof(text), "0x%" PRIx64 "-0x%" PRIx64, v[i].start, v[i].end);
			json_str(j, NULL, text);
		}
		json_close(j, ']');
		json_close(j, '}');
	}
	json_close(j, ']');
}
