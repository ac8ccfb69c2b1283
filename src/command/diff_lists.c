/* SPDX-License-Identifier: MIT */
/*
 * Comparing two dumps: memory, modules, handles. Items of two lists are paired
 * by merging them in order of what identifies them; what has no partner is
 * gone or new.
 */
#include "command/diff.h"

#include "base/cancel.h"
#include "base/vec.h"
#include "target/regions.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { SHOWN = 20 };

/* --- memory ------------------------------------------------------------------------------------ */

static const struct field usage_fields[] = {
	{ "usage", FIELD_STR, "Image, Stack, Heap, MappedFile ..." },
	{ "before", FIELD_SIZE, "bytes before" },
	{ "after", FIELD_SIZE, "bytes after" },
	{ "growth", FIELD_INT, "bytes" },
	{ "rate", FIELD_SIZE, "bytes a second that it grew, where the interval is known" },
	{ NULL },
};
const struct record diff_usage_record = {
	.kind = "usage_change",
	.help = "Memory of a kind, before and after",
	.fields = usage_fields,
	.text = "  {usage:-14} {before:13S} -> {after:13S}  {growth} bytes[, {rate:S} a second]\n",
};

static const struct field region_fields[] = {
	{ "change", FIELD_STR, "gone, new, grown, shrunk" },
	{ "base", FIELD_ADDR, "first address" },
	{ "before", FIELD_SIZE, "bytes before" },
	{ "after", FIELD_SIZE, "bytes after" },
	{ "growth", FIELD_INT, "bytes" },
	{ "rate", FIELD_SIZE, "bytes a second that it grew, where the interval is known" },
	{ "usage", FIELD_STR, "what it is used for" },
	{ "path", FIELD_STR, "mapped file" },
	{ "module", FIELD_STR, "module" },
	{ NULL },
};
const struct record diff_region_record = {
	.kind = "region_change",
	.help = "A region that came, went, grew or shrank",
	.fields = region_fields,
	.text = "  {change:-6} {base} {growth:10} bytes[, {rate:S} a second], now {after:S}  {usage}[ {module}][ {path}]\n",
};

struct change {
	const struct region *before, *after;	/* either may be NULL */
	int64_t growth;
};
typedef VEC(struct change) changes;

static void changes_deinit(changes *list)
{
	vec_deinit(list);
}

static const char *usage_of(const struct region *r)
{
	return r->usage == USAGE_UNKNOWN ? "other" : region_usage_name(r->usage);
}

bool diff_counts(const struct region *r)
{
	enum { MEM_COMMIT = 0x1000 };

	return r->usage != USAGE_FREE && (!r->has_state || r->state == MEM_COMMIT) && (!r->has_prot || r->prot);
}

static size_t next_counting(const struct region *v, size_t n, size_t i)
{
	while (i < n && !diff_counts(&v[i]))
		i++;
	return i;
}

static struct err *emit_usage(const struct diff *d, enum region_usage usage, uint64_t before, uint64_t after, struct out *o)
{
	struct region r = { .usage = usage };

	if (before == after && !d->verbose)
		return NULL;
	out_begin(o, &diff_usage_record);
	out_str(o, "usage", usage_of(&r));
	out_uint(o, "before", before);
	out_uint(o, "after", after);
	out_int(o, "growth", (int64_t)(after - before));
	diff_out_rate(d, (int64_t)(after - before), o);
	return out_end(o);
}

static struct err *emit_usages(const struct diff *d, const struct region *x, size_t n, const struct region *y, size_t m,
			       struct out *o)
{
	uint64_t before[N_USAGES] = { 0 }, after[N_USAGES] = { 0 };

	for (size_t i = next_counting(x, n, 0); i < n; i = next_counting(x, n, i + 1))
		before[x[i].usage] += x[i].size;
	for (size_t i = next_counting(y, m, 0); i < m; i = next_counting(y, m, i + 1))
		after[y[i].usage] += y[i].size;
	for (enum region_usage u = USAGE_FREE; u < N_USAGES; u++)
		TRY(emit_usage(d, u, before[u], after[u], o));
	return NULL;
}

static bool add(changes *v, const struct region *x, const struct region *y)
{
	struct change c = { x, y, (int64_t)((y ? y->size : 0) - (x ? x->size : 0)) };

	return !c.growth || vec_push(v, c);
}

static struct err *merge(const struct region *x, size_t n, const struct region *y, size_t m, changes *ret)
{
	size_t i = next_counting(x, n, 0), k = next_counting(y, m, 0);

	while (i < n || k < m) {
		bool first = k >= m || (i < n && x[i].base <= y[k].base);
		bool second = i >= n || (k < m && y[k].base <= x[i].base);

		if (!add(ret, first ? &x[i] : NULL, second ? &y[k] : NULL))
			return err_nomem();
		if (first)
			i = next_counting(x, n, i + 1);
		if (second)
			k = next_counting(y, m, k + 1);
	}
	return NULL;
}

static int by_growth(const void *a, const void *b)
{
	const struct change *x = a, *y = b;
	int64_t p = x->growth < 0 ? -x->growth : x->growth, q = y->growth < 0 ? -y->growth : y->growth;
	uint64_t at = (x->after ? x->after : x->before)->base, other = (y->after ? y->after : y->before)->base;

	if (p != q)
		return p > q ? -1 : 1;
	return at < other ? -1 : at > other;
}

static struct err *emit_region(const struct diff *d, const struct change *c, struct out *o)
{
	const struct region *r = c->after ? c->after : c->before;

	out_begin(o, &diff_region_record);
	out_str(o, "change", !c->after ? "gone" : !c->before ? "new" : c->growth > 0 ? "grown" : "shrunk");
	out_addr(o, "base", r->base);
	out_uint(o, "before", c->before ? c->before->size : 0);
	out_uint(o, "after", c->after ? c->after->size : 0);
	out_int(o, "growth", c->growth);
	diff_out_rate(d, c->growth, o);
	out_str(o, "usage", usage_of(r));
	out_str(o, "path", r->path);
	out_str(o, "module", r->module ? r->module->name : NULL);
	return out_end(o);
}

struct err *diff_memory(const struct diff *d, struct out *o)
{
	CLEANUP(changes_deinit) changes v = { 0 };
	const struct region *x, *y;
	size_t n, m;

	TRY(target_regions(d->before->target, &x, &n));
	TRY(target_regions(d->after->target, &y, &m));
	TRY(out_heading(o, "\nMemory:\n"));
	TRY(emit_usages(d, x, n, y, m, o));
	if (!d->same_process)
		return NULL;
	TRY(merge(x, n, y, m, &v));
	if (v.n)
		qsort(v.v, v.n, sizeof(*v.v), by_growth);
	for (size_t i = 0; i < v.n && (d->verbose || i < SHOWN); i++)
		TRY(emit_region(d, &v.v[i], o));
	if (v.n > SHOWN && !d->verbose)
		TRY(out_heading(o, "  ... and %zu more (-v)\n", v.n - SHOWN));
	return NULL;
}

/* --- modules ------------------------------------------------------------------------------------- */

static const struct field module_fields[] = {
	{ "change", FIELD_STR, "loaded, unloaded, other (another file of that name)" },
	{ "image", FIELD_STR, "module" },
	{ "start", FIELD_ADDR, "base address" },
	{ "size", FIELD_SIZE, "bytes" },
	{ "path", FIELD_STR, "its path" },
	{ NULL },
};
const struct record diff_module_record = {
	.kind = "module_change",
	.help = "A module that was loaded or unloaded, or is another one",
	.fields = module_fields,
	.text = "  {change:-8} {start} {image}\n",
};

static bool same_module(const struct diff *d, const struct module *x, const struct module *y)
{
	return strcmp(x->path, y->path) == 0 && (!d->same_process || x->base == y->base);
}

static struct err *emit_module(const char *change, const struct module *m, struct out *o)
{
	out_begin(o, &diff_module_record);
	out_str(o, "change", change);
	out_str(o, "image", m->image_name);
	out_addr(o, "start", m->base);
	out_uint(o, "size", m->size);
	out_str(o, "path", m->path);
	return out_end(o);
}

/* What of `of` has no partner among `among`; `other`: those that have one of another build. */
static struct err *emit_modules(const struct diff *d, struct target *of, struct target *among, const char *change,
				const char *other, struct out *o)
{
	struct module **x, **y;
	size_t n = target_modules(of, &x), m = target_modules(among, &y);

	for (size_t i = 0; i < n; i++) {
		size_t k = 0;

		TRY(cancel_check());
		while (k < m && !same_module(d, x[i], y[k]))
			k++;
		if (k == m)
			TRY(emit_module(change, x[i], o));
		else if (other && (x[i]->timestamp != y[k]->timestamp || x[i]->size != y[k]->size))
			TRY(emit_module(other, x[i], o));
	}
	return NULL;
}

struct err *diff_modules(const struct diff *d, struct out *o)
{
	TRY(out_heading(o, "\nModules:\n"));
	TRY(emit_modules(d, d->before->target, d->after->target, "unloaded", NULL, o));
	return emit_modules(d, d->after->target, d->before->target, "loaded", "other", o);
}

/* --- handles ----------------------------------------------------------------------------------------- */

static const struct field handles_fields[] = {
	{ "type", FIELD_STR, "type of the objects" },
	{ "before", FIELD_UINT, "handles before" },
	{ "after", FIELD_UINT, "handles after" },
	{ "growth", FIELD_INT, "more than before" },
	{ NULL },
};
const struct record diff_handles_record = {
	.kind = "handle_changes",
	.help = "Handles of a type, before and after",
	.fields = handles_fields,
	.text = "  {type:-14} {before:5} -> {after:5}\n",
};

static const struct field handle_fields[] = {
	{ "change", FIELD_STR, "opened, closed" },
	{ "handle", FIELD_HEX, "handle or descriptor" },
	{ "type", FIELD_STR, "type of the object" },
	{ "name", FIELD_STR, "its name" },
	{ "detail", FIELD_STR, "of a socket: addresses" },
	{ NULL },
};
const struct record diff_handle_record = {
	.kind = "handle_change",
	.help = "A handle that was opened or closed",
	.fields = handle_fields,
	.text = "  {change:-6} {handle:6} {type}[ {name}][ {detail}]\n",
};

struct handles {
	const struct dump_handle **v;
	size_t n;
};

static int by_type(const void *a, const void *b)
{
	const struct dump_handle *x = *(const struct dump_handle *const *)a, *y = *(const struct dump_handle *const *)b;
	int order = strcmp(x->type, y->type);

	if (order)
		return order;
	return x->handle < y->handle ? -1 : x->handle > y->handle;
}

static struct err *load(struct target *t, struct arena *a, struct handles *ret)
{
	const struct dump_handle *v;

	TRY(dump_handles(target_dump(t), &v, &ret->n));
	ret->v = ARENA_NEW_N(a, const struct dump_handle *, ret->n ? ret->n : 1);
	if (!ret->v)
		return err_nomem();
	for (size_t i = 0; i < ret->n; i++)
		ret->v[i] = &v[i];
	qsort(ret->v, ret->n, sizeof(*ret->v), by_type);
	return NULL;
}

static size_t run(const struct handles *h, size_t i, const char *type)
{
	size_t n = 0;

	while (i + n < h->n && strcmp(h->v[i + n]->type, type) == 0)
		n++;
	return n;
}

static struct err *emit_type(const struct diff *d, const char *type, size_t before, size_t after, struct out *o)
{
	if (before == after && !d->verbose)
		return NULL;
	out_begin(o, &diff_handles_record);
	out_name(o, "type", *type ? type : "(unknown)");
	out_uint(o, "before", before);
	out_uint(o, "after", after);
	out_int(o, "growth", (int64_t)after - (int64_t)before);
	return out_end(o);
}

static struct err *emit_types(const struct diff *d, const struct handles *x, const struct handles *y, struct out *o)
{
	size_t i = 0, k = 0;

	while (i < x->n || k < y->n) {
		const char *type = i < x->n ? x->v[i]->type : y->v[k]->type;
		size_t p, q;

		if (k < y->n && strcmp(y->v[k]->type, type) < 0)
			type = y->v[k]->type;
		p = run(x, i, type);
		q = run(y, k, type);
		TRY(emit_type(d, type, p, q, o));
		i += p;
		k += q;
	}
	return NULL;
}

static struct err *emit_handle(const char *change, const struct dump_handle *h, struct out *o)
{
	out_begin(o, &diff_handle_record);
	out_str(o, "change", change);
	out_uint(o, "handle", h->handle);
	out_name(o, "type", h->type);
	out_name(o, "name", h->name);
	out_name(o, "detail", h->detail);
	return out_end(o);
}

static int same_handle(const struct dump_handle *const *x, const struct dump_handle *const *y)
{
	int order = by_type(x, y);

	return order ? order : strcmp((*x)->name, (*y)->name);
}

static struct err *emit_each(const struct handles *x, const struct handles *y, struct out *o)
{
	size_t i = 0, k = 0;

	while (i < x->n || k < y->n) {
		int order = i >= x->n ? 1 : k >= y->n ? -1 : same_handle(&x->v[i], &y->v[k]);

		TRY(cancel_check());
		if (order < 0)
			TRY(emit_handle("closed", x->v[i], o));
		if (order > 0)
			TRY(emit_handle("opened", y->v[k], o));
		i += order <= 0;
		k += order >= 0;
	}
	return NULL;
}

struct err *diff_handles(const struct diff *d, struct out *o)
{
	CLEANUP(arena_deinit) struct arena a = ARENA_INIT;
	struct handles x, y;

	TRY(load(d->before->target, &a, &x));
	TRY(load(d->after->target, &a, &y));
	if (!x.n || !y.n)
		return out_heading(o, "\nHandles: not in %s\n", x.n ? "the later dump" : y.n ? "the earlier dump" : "the dumps");
	TRY(out_heading(o, "\nHandles:\n"));
	TRY(emit_types(d, &x, &y, o));
	return d->same_process ? emit_each(&x, &y, o) : NULL;
}
