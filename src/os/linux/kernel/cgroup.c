/* SPDX-License-Identifier: MIT */
/*
 * Control groups' memory: see cgroup.h.
 *
 * Groups hang on each other by the list `children` of their struct
 * cgroup_subsys_state; a struct page_counter each counts memory and swap, with
 * limits in pages, of which the largest possible means none. The name is that of the
 * group's folder. Facts: Documentation/admin-guide/cgroup-v2.rst.
 */
#include "os/linux/kernel/cgroup.h"

#include "base/cancel.h"
#include "base/map.h"
#include "base/vec.h"
#include "os/linux/kernel/place.h"
#include "os/linux/kernel/walk.h"
#include "target/bind.h"
#include "target/kernel.h"

#include <string.h>

enum { MAX_GROUPS = 1 << 17, MAX_DEPTH = 64, MAX_NAME = 255 };

struct group {
	uint64_t has;
	uint64_t cgroup, children, usage, peak, max, high, failures, swap;
};
static const struct bind_member group_members[] = {
	{ "css.cgroup", offsetof(struct group, cgroup), BIND_UINT, false },
	{ "css.children", offsetof(struct group, children), BIND_ADDRESS_OF, false },
	{ "memory.usage.counter", offsetof(struct group, usage), BIND_UINT, false },
	{ "memory.watermark", offsetof(struct group, peak), BIND_UINT, true },
	{ "memory.max", offsetof(struct group, max), BIND_UINT, false },
	{ "memory.high", offsetof(struct group, high), BIND_UINT, true },
	{ "memory.failcnt", offsetof(struct group, failures), BIND_UINT, true },
	{ "swap.usage.counter", offsetof(struct group, swap), BIND_UINT, true },
	{ NULL },
};
enum { GROUP_HIGH = 1 << 5 };
static const struct binding group_binding = { "vmlinux", "mem_cgroup", group_members };

struct cgroup {
	uint64_t has;
	uint64_t node;
};
static const struct bind_member cgroup_members[] = {
	{ "kn", offsetof(struct cgroup, node), BIND_UINT, false },
	{ NULL },
};
static const struct binding cgroup_binding = { "vmlinux", "cgroup", cgroup_members };

struct node {
	uint64_t has;
	uint64_t name;
};
static const struct bind_member node_members[] = {
	{ "name", offsetof(struct node, name), BIND_UINT, false },
	{ NULL },
};
static const struct binding node_binding = { "vmlinux", "kernfs_node", node_members };

struct groups {
	struct target *t;
	struct arena *a;
	struct u64map seen;
	VEC(struct memory_group) v;
	VEC(uint64_t) lists;		/* of each: address of its list of children */
	uint64_t sibling;		/* offset of what links groups in struct mem_cgroup */
	size_t parent;			/* whose children are read */
	struct err *error;
};

static const char *name_of(struct groups *g, uint64_t cgroup)
{
	const struct arch_memory *m = target_memory(g->t);
	char name[MAX_NAME + 1];
	struct cgroup c;
	struct node n;

	if (err_ignore(bind_read(g->t, HALF_NATIVE, &cgroup_binding, cgroup, &c)) ||
	    err_ignore(bind_read(g->t, HALF_NATIVE, &node_binding, c.node, &n)))
		return "?";
	name[m->read(m->arg, n.name, name, MAX_NAME)] = '\0';
	return arena_strdup(g->a, name);
}

static uint64_t limit_of(uint64_t pages)
{
	return pages >= (uint64_t)INT64_MAX >> 12 ? MEMORY_NO_LIMIT : pages;
}

static struct err *add_group(struct groups *g, uint64_t address, const struct memory_group *parent)
{
	struct memory_group one = { .address = address, .path = "/", .high = MEMORY_NO_LIMIT };
	struct group raw;

	TRY(bind_read(g->t, HALF_NATIVE, &group_binding, address, &raw));
	if (parent) {
		one.depth = parent->depth + 1;
		one.path = arena_printf(g->a, "%s/%s", parent->depth ? parent->path : "", name_of(g, raw.cgroup));
	}
	one.usage = raw.usage;
	one.peak = raw.peak;
	one.max = limit_of(raw.max);
	if (raw.has & GROUP_HIGH)
		one.high = limit_of(raw.high);
	one.failures = raw.failures;
	one.swap = raw.swap;
	if (!one.path || !u64map_put(&g->seen, address, NULL) || !vec_push(&g->v, one) ||
	    !vec_push(&g->lists, raw.children))
		return err_nomem();
	return NULL;
}

static bool add_child(void *arg, uint64_t node)
{
	struct groups *g = arg;
	struct memory_group parent = g->v.v[g->parent];
	uint64_t address = node - g->sibling;

	if (u64map_has(&g->seen, address) || g->v.n >= MAX_GROUPS || parent.depth >= MAX_DEPTH)
		g->error = err_new(ERR_CORRUPT, "control group at 0x%llx: the tree has no end", (unsigned long long)address);
	else
		g->error = add_group(g, address, &parent);
	return !g->error;
}

static struct err *walk(struct groups *g, uint64_t root)
{
	TRY(add_group(g, root, NULL));
	for (g->parent = 0; g->parent < g->v.n; g->parent++) {
		struct err *e = kernel_list_each(g->t, g->lists.v[g->parent], MAX_GROUPS, add_child, g);

		if (g->error) {
			err_free(e);
			return g->error;
		}
		TRY(e);
	}
	return NULL;
}

/* Each group behind its parent and what is in that: the walk goes level by level. */
static int by_path(const void *a, const void *b)
{
	const struct memory_group *x = a, *y = b;

	return strcmp(x->path, y->path);
}

struct err *kernel_memory_groups(struct target *t, struct arena *a, struct memory_group **ret, size_t *ret_n)
{
	struct groups g = { .t = t, .a = a };
	struct place link;
	struct err *e;
	uint64_t root;

	if (!target_kernel(t))
		return err_new(ERR_UNSUPPORTED, "the dump of a process does not tell of control groups");
	TRY(kernel_variable(target_kernel(t), "root_mem_cgroup", 8, &root));
	if (!root)
		return err_new(ERR_NOTFOUND, "this kernel does not count the memory of control groups");
	TRY(place_find(t, "mem_cgroup", "css.sibling", &link));
	g.sibling = link.offset;
	e = walk(&g, root);
	if (!e) {
		qsort(g.v.v, g.v.n, sizeof(*g.v.v), by_path);
		*ret = arena_memdup(a, g.v.v, g.v.n * sizeof(*g.v.v));
		*ret_n = g.v.n;
		e = *ret ? NULL : err_nomem();
	}
	u64map_deinit(&g.seen);
	vec_deinit(&g.v);
	vec_deinit(&g.lists);
	return e;
}
