/* SPDX-License-Identifier: MIT */
/*
 * Comparing two dumps: heaps, and their busy blocks by size. In one process a
 * heap is the same by its address; of two processes the heaps of a kind are
 * taken together.
 */
#include "command/diff.h"

#include "base/cancel.h"

#include <string.h>

enum { SHOWN = 20 };

static const struct field heap_fields[] = {
	{ "heap", FIELD_STR, "what kind of heap" },
	{ "address", FIELD_ADDR, "of its structure; absent: all of this kind" },
	{ "before", FIELD_SIZE, "bytes in use before" },
	{ "after", FIELD_SIZE, "bytes in use after" },
	{ "growth", FIELD_INT, "bytes" },
	{ "blocks_before", FIELD_UINT, "blocks in use before" },
	{ "blocks_after", FIELD_UINT, "blocks in use after" },
	{ "committed_before", FIELD_SIZE, "bytes it had from the system before" },
	{ "committed_after", FIELD_SIZE, "bytes it has from the system after" },
	{ "rate", FIELD_SIZE, "bytes a second that it grew, where the interval is known" },
	{ "hourly", FIELD_SIZE, "bytes an hour" },
	{ NULL },
};
const struct record diff_heap_record = {
	.kind = "heap_change",
	.help = "A heap, before and after",
	.fields = heap_fields,
	.text = "  {heap:-14}[ {address}] {before:S} -> {after:S} in {blocks_before} -> {blocks_after} blocks  {growth} bytes"
		"[, {rate:S} a second][, {hourly:S} an hour]\n",
};

static const struct field class_fields[] = {
	{ "size", FIELD_UINT, "of each block, header included" },
	{ "before", FIELD_UINT, "blocks of that size in use before" },
	{ "after", FIELD_UINT, "and after" },
	{ "growth", FIELD_INT, "bytes" },
	{ "rate", FIELD_SIZE, "bytes a second that they grew, where the interval is known" },
	{ "hourly", FIELD_SIZE, "bytes an hour" },
	{ "may_leak", FIELD_STR, "present: they grew enough that they may be leaked" },
	{ NULL },
};
const struct record diff_class_record = {
	.kind = "heap_class_change",
	.help = "Busy blocks of one size, before and after",
	.fields = class_fields,
	.text = "  {size} bytes each: {before} -> {after}  {growth} bytes[, {rate:S} a second][, {hourly:S} an hour][: {may_leak}]\n",
};

static const struct field unknown_fields[] = {
	{ "dump", FIELD_STR, "earlier, later, both" },
	{ "reason", FIELD_STR, "why" },
	{ NULL },
};
const struct record diff_unknown_record = {
	.kind = "heaps_not_known",
	.help = "Heaps that cannot be compared",
	.fields = unknown_fields,
	.text = "\nHeaps: not known ({dump}): {reason}\n",
};

typedef VEC(struct heap_figure) figures;

static void figures_deinit(figures *v)
{
	vec_deinit(v);
}

/* The heaps as they can be matched. */
static struct err *take_heaps(const struct diff *d, const struct heap_figures *f, figures *ret)
{
	for (size_t i = 0; i < f->heaps.n; i++) {
		struct heap_figure h = f->heaps.v[i];
		size_t k = 0;

		if (!d->same_process)
			h.address = 0;
		while (!d->same_process && k < ret->n && strcmp(ret->v[k].kind, h.kind) != 0)
			k++;
		if (d->same_process || k == ret->n) {
			if (!vec_push(ret, h))
				return err_nomem();
			continue;
		}
		ret->v[k].committed += h.committed;
		ret->v[k].busy += h.busy;
		ret->v[k].blocks += h.blocks;
	}
	return NULL;
}

static void out_rates(const struct diff *d, int64_t growth, struct out *o)
{
	diff_out_rate(d, growth, o);
	if (d->same_process && d->has_interval && d->interval > 0 && growth > 0)
		out_uint(o, "hourly", (uint64_t)((double)growth / d->interval * 3600 + 0.5));
}

static struct err *emit_heap(const struct diff *d, const struct heap_figure *x, const struct heap_figure *y, struct out *o)
{
	static const struct heap_figure none = { 0 };
	const struct heap_figure *any = y ? y : x;

	x = x ? x : &none;
	y = y ? y : &none;
	if (!d->verbose && x->busy == y->busy && x->blocks == y->blocks && x->committed == y->committed)
		return NULL;
	out_begin(o, &diff_heap_record);
	out_str(o, "heap", any->kind);
	if (any->address)
		out_addr(o, "address", any->address);
	out_uint(o, "before", x->busy);
	out_uint(o, "after", y->busy);
	out_int(o, "growth", (int64_t)(y->busy - x->busy));
	out_uint(o, "blocks_before", x->blocks);
	out_uint(o, "blocks_after", y->blocks);
	out_uint(o, "committed_before", x->committed);
	out_uint(o, "committed_after", y->committed);
	out_rates(d, (int64_t)(y->busy - x->busy), o);
	return out_end(o);
}

static const struct heap_figure *find(const figures *v, const struct heap_figure *f)
{
	for (size_t i = 0; i < v->n; i++)
		if (v->v[i].address == f->address && strcmp(v->v[i].kind, f->kind) == 0)
			return &v->v[i];
	return NULL;
}

static struct err *emit_heaps(const struct diff *d, struct out *o)
{
	CLEANUP(figures_deinit) figures x = { 0 }, y = { 0 };

	TRY(take_heaps(d, &d->before->heaps, &x));
	TRY(take_heaps(d, &d->after->heaps, &y));
	for (size_t i = 0; i < x.n; i++) {
		TRY(cancel_check());
		TRY(emit_heap(d, &x.v[i], find(&y, &x.v[i]), o));
	}
	for (size_t i = 0; i < y.n; i++)
		if (!find(&x, &y.v[i]))
			TRY(emit_heap(d, NULL, &y.v[i], o));
	return NULL;
}

/* --- sizes --------------------------------------------------------------------------------------- */

struct class_change {
	uint64_t size, before, after;
	int64_t growth;
};
typedef VEC(struct class_change) class_changes;

static void class_changes_deinit(class_changes *v)
{
	vec_deinit(v);
}

static int by_growth(const void *a, const void *b)
{
	const struct class_change *x = a, *y = b;
	uint64_t p = x->growth < 0 ? -(uint64_t)x->growth : (uint64_t)x->growth;
	uint64_t q = y->growth < 0 ? -(uint64_t)y->growth : (uint64_t)y->growth;

	if (p != q)
		return p > q ? -1 : 1;
	return x->size < y->size ? -1 : x->size > y->size;
}

static struct err *merge(const struct diff *d, class_changes *ret)
{
	const struct heap_figures *x = &d->before->heaps, *y = &d->after->heaps;
	size_t i = 0, k = 0;

	while (i < x->classes.n || k < y->classes.n) {
		const struct heap_class *p = i < x->classes.n ? &x->classes.v[i] : NULL;
		const struct heap_class *q = k < y->classes.n ? &y->classes.v[k] : NULL;
		bool first = p && (!q || p->size <= q->size), second = q && (!p || q->size <= p->size);
		struct class_change c = { first ? p->size : q->size, first ? p->blocks : 0, second ? q->blocks : 0, 0 };

		c.growth = (int64_t)((c.after - c.before) * c.size);
		if ((c.growth || d->verbose) && !vec_push(ret, c))
			return err_nomem();
		i += first;
		k += second;
	}
	return NULL;
}

static struct err *emit_class(const struct diff *d, const struct class_change *c, struct out *o)
{
	out_begin(o, &diff_class_record);
	out_uint(o, "size", c->size);
	out_uint(o, "before", c->before);
	out_uint(o, "after", c->after);
	out_int(o, "growth", c->growth);
	out_rates(d, c->growth, o);
	if (c->after > c->before && growth_matters(c->before * c->size, c->after * c->size, UNIT_BYTES) &&
	    growth_matters(c->before, c->after, UNIT_COUNT))
		out_str(o, "may_leak", "may leak");
	return out_end(o);
}

struct err *diff_heaps(const struct diff *d, struct out *o)
{
	CLEANUP(class_changes_deinit) class_changes v = { 0 };
	const struct heap_figures *x = &d->before->heaps, *y = &d->after->heaps;

	if (!x->known || !y->known) {
		out_begin(o, &diff_unknown_record);
		out_str(o, "dump", x->known ? "later" : y->known ? "earlier" : "both");
		out_str(o, "reason", (x->known ? y : x)->trouble.s);
		return out_end(o);
	}
	TRY(out_heading(o, "\nHeaps:\n"));
	TRY(emit_heaps(d, o));
	TRY(merge(d, &v));
	if (v.n)
		qsort(v.v, v.n, sizeof(*v.v), by_growth);
	for (size_t i = 0; i < v.n && (d->verbose || i < SHOWN); i++)
		TRY(emit_class(d, &v.v[i], o));
	if (v.n > SHOWN && !d->verbose)
		TRY(out_heading(o, "  ... and %zu more sizes (-v)\n", v.n - SHOWN));
	return NULL;
}
