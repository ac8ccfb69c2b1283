/* SPDX-License-Identifier: MIT */
/*
 * SLUB's caches: see slab.h.
 *
 * A cache has for each node (of memory) the number of its slabs and objects, and
 * a list of slabs that are partly free; full ones are on no list. Each processor
 * has a slab of its own, with a list of free objects of its own, and a chain of
 * partial slabs behind it. A slab says how many objects it has and how many are
 * in use; a processor's own says that all are. Where free objects point to the
 * next, the word is hidden: exclusive-or with the cache's random number and the
 * word's own address, its bytes reversed (before Linux 5.7: not reversed).
 *
 * Since Linux 5.17 a slab is described by struct slab, before by struct page; both
 * lie over the same memory. Facts: the comments in the kernel's slub.c;
 * /proc/slabinfo (slabinfo(5)); members as its own types have them.
 */
#include "os/linux/kernel/slab.h"

#include "base/cancel.h"
#include "os/linux/kernel/place.h"
#include "os/linux/kernel/walk.h"
#include "target/bind.h"
#include "target/kernel.h"

#include <string.h>

enum { MAX_CACHES = 100000, MAX_SLABS = 1 << 22, MAX_NODES = 1024, OO_SHIFT = 16, OO_MASK = 0xffff };

struct cache {
	uint64_t has;
	uint64_t cpu_slab, flags, size, object_size, oo, name, list, node, offset, random;
};
enum { CACHE_RANDOM = 1 << 9 };
static const struct bind_member cache_members[] = {
	{ "cpu_slab", offsetof(struct cache, cpu_slab), BIND_UINT, true },
	{ "flags", offsetof(struct cache, flags), BIND_UINT, true },
	{ "size", offsetof(struct cache, size), BIND_UINT, false },
	{ "object_size", offsetof(struct cache, object_size), BIND_UINT, false },
	{ "oo.x", offsetof(struct cache, oo), BIND_UINT, false },
	{ "name", offsetof(struct cache, name), BIND_UINT, false },
	{ "list", offsetof(struct cache, list), BIND_ADDRESS_OF, false },
	{ "node", offsetof(struct cache, node), BIND_ADDRESS_OF, false },
	{ "offset", offsetof(struct cache, offset), BIND_UINT, false },
	{ "random", offsetof(struct cache, random), BIND_UINT, true },
	{ NULL },
};
static const struct binding cache_binding = { "vmlinux", "kmem_cache", cache_members };

struct node {
	uint64_t has;
	uint64_t partial, nr_partial, slabs, objects;
};
enum { NODE_SLABS = 1 << 2, NODE_OBJECTS = 1 << 3 };
static const struct bind_member node_members[] = {
	{ "partial", offsetof(struct node, partial), BIND_ADDRESS_OF, false },
	{ "nr_partial", offsetof(struct node, nr_partial), BIND_UINT, false },
	{ "nr_slabs.counter", offsetof(struct node, slabs), BIND_UINT, true },
	{ "total_objects.counter", offsetof(struct node, objects), BIND_UINT, true },
	{ NULL },
};
static const struct binding node_binding = { "vmlinux", "kmem_cache_node", node_members };

struct cpu {
	uint64_t has;
	uint64_t freelist, slab, page, partial;
};
enum { CPU_SLAB = 1 << 1, CPU_PAGE = 1 << 2, CPU_PARTIAL = 1 << 3 };
static const struct bind_member cpu_members[] = {
	{ "freelist", offsetof(struct cpu, freelist), BIND_UINT, false },
	{ "slab", offsetof(struct cpu, slab), BIND_UINT, true },
	{ "page", offsetof(struct cpu, page), BIND_UINT, true },
	{ "partial", offsetof(struct cpu, partial), BIND_UINT, true },
	{ NULL },
};
static const struct binding cpu_binding = { "vmlinux", "kmem_cache_cpu", cpu_members };

struct slab {
	uint64_t has;
	uint64_t inuse, objects, next;
};
enum { SLAB_NEXT = 1 << 2 };
static const struct bind_member slab_members[] = {
	{ "inuse", offsetof(struct slab, inuse), BIND_UINT, false },
	{ "objects", offsetof(struct slab, objects), BIND_UINT, false },
	{ "next", offsetof(struct slab, next), BIND_UINT, true },
	{ NULL },
};
static const struct binding slab_binding = { "vmlinux", "slab", slab_members };
static const struct binding page_binding = { "vmlinux", "page", slab_members };

struct slabs {
	struct target *t;
	struct kernel *k;
	const struct binding *slab;	/* how a slab is described */
	uint64_t link;			/* offset of what links partial slabs in it */
	uint64_t list;			/* offset of kmem_cache.list */
	unsigned nodes;
	slab_visitor *visit;
	void *arg;
	struct err *error;
};

/* --- one slab ------------------------------------------------------------------------------ */

static bool read_slab(struct slabs *s, uint64_t address, struct slab *ret)
{
	return !err_ignore(bind_read(s->t, HALF_NATIVE, s->slab, address, ret)) && ret->inuse <= ret->objects;
}

struct partial {
	struct slabs *s;
	struct slab_cache *c;
};

static bool add_partial(void *arg, uint64_t node)
{
	struct partial *p = arg;
	struct slab slab;

	if (!read_slab(p->s, node - p->s->link, &slab)) {
		p->c->trouble = "a partial slab could not be read";
		return true;
	}
	p->c->partial_slabs++;
	p->c->partial_free += slab.objects - slab.inuse;
	return true;
}

static struct err *add_node(struct slabs *s, uint64_t address, struct slab_cache *c)
{
	struct partial p = { s, c };
	struct node n;
	struct err *e;

	TRY(bind_read(s->t, HALF_NATIVE, &node_binding, address, &n));
	if ((n.has & (NODE_SLABS | NODE_OBJECTS)) != (NODE_SLABS | NODE_OBJECTS))
		c->counted = false;
	c->slabs += n.slabs;
	c->objects += n.objects;
	e = kernel_list_each(s->t, n.partial, MAX_SLABS, add_partial, &p);
	if (e && err_code(e) != ERR_CANCELLED) {
		c->trouble = "a list of partial slabs is torn";
		err_free(e);
		e = NULL;
	}
	return e;
}

static struct err *add_nodes(struct slabs *s, const struct cache *raw, struct slab_cache *c)
{
	uint64_t node;

	c->counted = true;
	for (unsigned i = 0; i < s->nodes; i++) {
		if (!arch_read_uint(target_memory(s->t), raw->node + i * 8, 8, &node))
			return err_fault(raw->node + i * 8);
		if (node)
			TRY(add_node(s, node, c));
	}
	return NULL;
}

/* --- what processors hold -------------------------------------------------------------------- */

/* Length of a list of free objects, at most `max`; false: it does not end there. */
static bool count_free(struct slabs *s, const struct cache *c, uint64_t object, uint64_t max, bool reversed,
		       uint64_t *ret)
{
	uint64_t n = 0, word;

	for (; object && n <= max; n++) {
		uint64_t at = object + c->offset;

		if (!arch_read_uint(target_memory(s->t), at, 8, &word))
			return false;
		if (c->has & CACHE_RANDOM)
			word ^= c->random ^ (reversed ? __builtin_bswap64(at) : at);
		object = word;
	}
	*ret = n;
	return n <= max;
}

static bool add_chain(struct slabs *s, uint64_t slab, struct slab_cache *c)
{
	for (unsigned n = 0; slab; n++) {
		struct slab one;

		if (n >= MAX_SLABS || !read_slab(s, slab, &one) || !(one.has & SLAB_NEXT))
			return false;
		c->cpu_slabs++;
		c->cpu_free += one.objects - one.inuse;
		slab = one.next;
	}
	return true;
}

static bool add_cpu(struct slabs *s, const struct cache *raw, uint64_t address, struct slab_cache *c)
{
	struct cpu cpu;
	struct slab slab;
	uint64_t own, n = 0;

	if (err_ignore(bind_read(s->t, HALF_NATIVE, &cpu_binding, address, &cpu)) ||
	    !(cpu.has & (CPU_SLAB | CPU_PAGE)))
		return false;
	own = cpu.has & CPU_SLAB ? cpu.slab : cpu.page;
	if (own) {
		if (!read_slab(s, own, &slab) || (!count_free(s, raw, cpu.freelist, slab.objects, true, &n) &&
						  !count_free(s, raw, cpu.freelist, slab.objects, false, &n)))
			return false;
		c->cpu_slabs++;
		c->cpu_free += n + slab.objects - slab.inuse;
	}
	return !(cpu.has & CPU_PARTIAL) || add_chain(s, cpu.partial, c);
}

static void add_cpus(struct slabs *s, const struct cache *raw, struct slab_cache *c)
{
	c->cpu_counted = raw->cpu_slab;
	for (unsigned i = 0; raw->cpu_slab && i < kernel_cpus(s->k); i++)
		if (kernel_cpu_possible(s->k, i) && !add_cpu(s, raw, kernel_percpu(s->k, raw->cpu_slab, i), c))
			c->cpu_counted = false;
}

/* --- one cache -------------------------------------------------------------------------------- */

static void read_name(struct target *t, uint64_t address, char *to, size_t size)
{
	const struct arch_memory *m = target_memory(t);
	size_t n = address ? m->read(m->arg, address, to, size - 1) : 0;

	to[n] = '\0';
}

static struct err *read_cache(struct slabs *s, uint64_t address, struct slab_cache *ret)
{
	struct slab_cache c = { .address = address };
	struct cache raw;

	TRY(bind_read(s->t, HALF_NATIVE, &cache_binding, address, &raw));
	read_name(s->t, raw.name, c.name, sizeof(c.name));
	c.object_size = raw.object_size;
	c.size = raw.size;
	c.flags = raw.flags;
	c.per_slab = (unsigned)raw.oo & OO_MASK;
	c.order = (unsigned)(raw.oo >> OO_SHIFT);
	TRY(err_prefix(add_nodes(s, &raw, &c), "cache %s", c.name));
	add_cpus(s, &raw, &c);
	*ret = c;
	return NULL;
}

static struct err *offset_of(struct target *t, const char *type, const char *member, uint64_t *ret)
{
	struct place p;

	TRY(place_find(t, type, member, &p));
	*ret = p.offset;
	return NULL;
}

/* Which structure describes a slab, and what links it. */
static struct err *find_slab(struct slabs *s)
{
	s->slab = &slab_binding;
	if (!err_ignore(offset_of(s->t, "slab", "slab_list", &s->link)))
		return NULL;
	s->slab = &page_binding;
	if (!err_ignore(offset_of(s->t, "page", "slab_list", &s->link)))
		return NULL;
	return offset_of(s->t, "page", "lru", &s->link);
}

static struct err *prepare(struct slabs *s)
{
	uint64_t nodes = 1;
	struct place node;

	s->k = target_kernel(s->t);
	if (!s->k)
		return err_new(ERR_UNSUPPORTED, "the dump of a process has no slab caches");
	TRY(place_find(s->t, "kmem_cache", "node", &node));
	TRY(offset_of(s->t, "kmem_cache", "list", &s->list));
	if (!place_optional(s->t, "kmem_cache", "oo").size)
		return err_new(ERR_UNSUPPORTED, "this kernel's slab allocator is not SLUB");
	TRY(find_slab(s));
	(void)err_ignore(kernel_variable(s->k, "nr_node_ids", 4, &nodes));
	if (nodes > node.count)
		nodes = node.count;
	s->nodes = (unsigned)(nodes < MAX_NODES ? nodes : MAX_NODES);
	return NULL;
}

static bool visit_cache(void *arg, uint64_t node)
{
	struct slab_cache c = { .address = node - ((struct slabs *)arg)->list };
	struct slabs *s = arg;
	struct err *e = read_cache(s, c.address, &c);

	if (e && err_code(e) == ERR_CANCELLED) {
		s->error = e;
		return false;
	}
	if (e)
		c.trouble = "it could not be read";
	err_free(e);
	return s->visit(s->arg, &c);
}

struct err *kernel_slab_each(struct target *t, slab_visitor *v, void *arg)
{
	struct slabs s = { .t = t, .visit = v, .arg = arg };
	struct err *e;
	uint64_t head;

	TRY(prepare(&s));
	TRY(kernel_symbol(s.k, "slab_caches", &head));
	e = kernel_list_each(t, head, MAX_CACHES, visit_cache, &s);
	if (s.error) {
		err_free(e);
		return s.error;
	}
	return err_prefix(e, "slab_caches");
}

struct err *kernel_slab_cache(struct target *t, uint64_t address, struct slab_cache *ret)
{
	struct slabs s = { .t = t };

	TRY(prepare(&s));
	return read_cache(&s, address, ret);
}
