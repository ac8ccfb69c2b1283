/* SPDX-License-Identifier: MIT */
/* !slab: the kernel's caches of objects, the largest first. */
#include "command/slab.h"

#include "base/cancel.h"
#include "base/vec.h"
#include "command/kernel.h"
#include "os/linux/kernel/slab.h"
#include "os/linux/kernel/slab_of.h"

#include <ctype.h>
#include <inttypes.h>
#include <string.h>

static const struct field cache_fields[] = {
	{ "address", FIELD_ADDR, "of its struct kmem_cache" },
	{ "name", FIELD_STR, "name" },
	{ "object_size", FIELD_UINT, "bytes of an object as asked for" },
	{ "size", FIELD_UINT, "bytes that an object takes" },
	{ "active", FIELD_UINT, "objects in use, as /proc/slabinfo counts them" },
	{ "objects", FIELD_UINT, "objects that there is room for" },
	{ "allocated", FIELD_UINT, "objects handed out: without those that processors keep free for themselves" },
	{ "slabs", FIELD_UINT, "slabs" },
	{ "partial_slabs", FIELD_UINT, "slabs on lists of partly free ones" },
	{ "cpu_slabs", FIELD_UINT, "slabs that processors have taken" },
	{ "objects_per_slab", FIELD_UINT, "objects in a new slab" },
	{ "pages_per_slab", FIELD_UINT, "pages of a new slab" },
	{ "bytes", FIELD_UINT, "memory of its slabs, if all are as new ones are" },
	{ "flags", FIELD_HEX, "SLAB_ flags" },
	{ "trouble", FIELD_STR, "why the figures may be short" },
	{ NULL },
};
static const struct record cache_record = {
	.kind = "slab_cache",
	.help = "a cache of objects of one size",
	.fields = cache_fields,
	.text = "{address}  {name:-25.25} {size:7} {active:9|?} {objects:9|?} {slabs:7|?} {objects_per_slab:4} "
		"{pages_per_slab:4} {bytes:9S|?}[  ({trouble})]\n",
};

static const struct field total_fields[] = {
	{ "caches", FIELD_UINT, "caches" },
	{ "slabs", FIELD_UINT, "slabs of all of them" },
	{ "bytes", FIELD_UINT, "memory of these" },
	{ "active_bytes", FIELD_UINT, "of it objects in use" },
	{ "trouble", FIELD_STR, "why there may be more" },
	{ NULL },
};
static const struct record total_record = {
	.kind = "slab_total",
	.help = "all caches together",
	.fields = total_fields,
	.text = "{caches} caches, {slabs} slabs, {bytes:S}, of it in use {active_bytes:S}[; there may be more: {trouble}]\n",
};
static const struct field object_fields[] = {
	{ "address", FIELD_ADDR, "that was asked for" },
	{ "object", FIELD_ADDR, "first byte of the object that it lies in" },
	{ "offset", FIELD_HEX, "from there" },
	{ "size", FIELD_UINT, "bytes that an object takes" },
	{ "cache", FIELD_ADDR, "struct kmem_cache that it is of" },
	{ "name", FIELD_STR, "name of the cache" },
	{ NULL },
};
static const struct record object_record = {
	.kind = "slab_object",
	.help = "the object that an address lies in",
	.fields = object_fields,
	.text = "{address} is [at +0x{offset} of object {object}, {size} bytes, ]of cache {name} ({cache})\n",
};
static const struct record *const slab_records[] = { &cache_record, &total_record, &object_record, NULL };

struct slab_list {
	VEC(struct slab_cache) v;
	const char *pattern;
	bool failed;
};

static bool collect(void *arg, const struct slab_cache *c)
{
	struct slab_list *l = arg;

	if (!l->pattern || str_match(l->pattern, c->name, true))
		l->failed |= !vec_push(&l->v, *c);
	return !l->failed;
}

static int by_bytes(const void *a, const void *b)
{
	const struct slab_cache *x = a, *y = b;
	uint64_t n = slab_bytes(x), m = slab_bytes(y);

	return n != m ? (n < m ? 1 : -1) : x->address < y->address ? -1 : x->address > y->address;
}

static struct err *show_cache(struct out *o, const struct slab_cache *c)
{
	out_begin(o, &cache_record);
	out_addr(o, "address", c->address);
	out_str(o, "name", c->name);
	out_uint(o, "object_size", c->object_size);
	out_uint(o, "size", c->size);
	if (c->counted) {
		out_uint(o, "active", slab_active(c));
		out_uint(o, "objects", c->objects);
		if (c->cpu_counted)
			out_uint(o, "allocated", slab_allocated(c));
		out_uint(o, "slabs", c->slabs);
	}
	out_uint(o, "partial_slabs", c->partial_slabs);
	out_uint(o, "cpu_slabs", c->cpu_slabs);
	out_uint(o, "objects_per_slab", c->per_slab);
	out_uint(o, "pages_per_slab", (uint64_t)1 << (c->order < 20 ? c->order : 20));
	if (c->counted)
		out_uint(o, "bytes", slab_bytes(c));
	out_uint(o, "flags", c->flags);
	out_str(o, "trouble", c->trouble);
	return out_end(o);
}

static struct err *show_total(struct out *o, const struct slab_list *l, const char *trouble)
{
	uint64_t slabs = 0, bytes = 0, active = 0;

	for (size_t i = 0; i < l->v.n; i++) {
		slabs += l->v.v[i].slabs;
		bytes += slab_bytes(&l->v.v[i]);
		active += slab_active(&l->v.v[i]) * l->v.v[i].size;
	}
	out_begin(o, &total_record);
	out_uint(o, "caches", l->v.n);
	out_uint(o, "slabs", slabs);
	out_uint(o, "bytes", bytes);
	out_uint(o, "active_bytes", active);
	out_str(o, "trouble", trouble);
	return out_end(o);
}

static struct err *show_list(struct slab_list *l, struct out *o, const char *trouble)
{
	TRY(out_heading(o, "%-*s  %-25s %7s %9s %9s %7s %4s %4s %9s\n", out_pointer_width(o), "Cache", "Name", "Size",
			"Active", "Objects", "Slabs", "Each", "Pgs", "Bytes"));
	for (size_t i = 0; i < l->v.n; i++)
		TRY(show_cache(o, &l->v.v[i]));
	return show_total(o, l, trouble);
}

struct err *slab_show(struct session *s, const char *pattern, bool in_order, struct out *o)
{
	struct slab_list l = { .pattern = pattern };
	struct err *e = kernel_slab_each(session_target(s), collect, &l), *e2;

	if (l.failed && !e)
		e = err_nomem();
	/* a torn list: what came before is shown, and why there is no more */
	if (e && (err_code(e) != ERR_CORRUPT && err_code(e) != ERR_FAULT)) {
		vec_deinit(&l.v);
		return e;
	}
	if (!in_order && l.v.n)
		qsort(l.v.v, l.v.n, sizeof(*l.v.v), by_bytes);
	e2 = show_list(&l, o, e ? err_message(e) : NULL);
	err_free(e);
	vec_deinit(&l.v);
	return e2;
}

/* An object's cache, or the cache itself when its own structure is asked for. */
struct err *slab_show_address(struct session *s, struct arena *a, uint64_t address, struct out *o)
{
	struct slab_object object;
	struct slab_cache c;

	if (!slab_object_at(session_target(s), a, address, &object))
		return err_new(ERR_NOTFOUND, "0x%" PRIx64 " lies in no slab", address);
	if (object.object == address && strcmp(object.name, "kmem_cache") == 0) {
		TRY(kernel_slab_cache(session_target(s), address, &c));
		return show_cache(o, &c);
	}
	out_begin(o, &object_record);
	out_addr(o, "address", address);
	if (object.object) {
		out_addr(o, "object", object.object);
		out_uint(o, "offset", address - object.object);
	}
	out_uint(o, "size", object.size);
	out_addr(o, "cache", object.cache);
	out_str(o, "name", object.name);
	return out_end(o);
}

/* A number, a register, or so many hexadecimal digits that no cache has such a name. */
static bool is_address(const char *p)
{
	enum { DIGITS = 8 };
	size_t n = strspn(p, "0123456789abcdefABCDEF`");

	return isdigit((unsigned char)*p) || *p == '@' || (n >= DIGITS && (!p[n] || p[n] == ' '));
}

static struct err *run_slab(struct session *s, const struct args *args, struct out *o)
{
	const char *p = args->tail;
	struct kernel *k;
	char *word = NULL;
	unsigned bits;
	uint64_t address;

	TRY(options_parse(&p, "l", &bits));
	if (is_address(p)) {
		TRY(expr_parse(s, &p, &address));
		TRY(end_parse(args, p));
		TRY(kernel_need(s, args, &k));
		return slab_show_address(s, args->arena, address, o);
	}
	TRY(word_parse(args->arena, &p, &word));
	TRY(end_parse(args, p));
	TRY(kernel_need(s, args, &k));
	return slab_show(s, word, bits, o);
}

const struct command command_slab = {
	.name = "!slab",
	.summary = "show the kernel's caches of objects",
	.usage = "[-l] [name|address]",
	.help = "Each cache of the slab allocator: bytes that an object takes, objects in use and in\n"
		"all, slabs, objects and pages of a new slab, memory. The figures are those of\n"
		"/proc/slabinfo, where objects that a processor keeps free in a slab of its own count as\n"
		"in use; JSON has those that are really handed out as \"allocated\". The largest come\n"
		"first, with -l as in the kernel's list. A name (* and ? may stand for anything) or the\n"
		"address of a struct kmem_cache shows only these; any other address tells the object that\n"
		"it lies in, and of which cache that is.",
	.records = slab_records,
	.needs = NEEDS_TARGET,
	.whole_word = true,
	.run = run_slab,
};
