/* SPDX-License-Identifier: MIT */
/*
 * Counters of memory: see counters.h.
 *
 * The values lie in the arrays vm_zone_stat and vm_node_stat, in struct zone
 * (vm_stat) and, for events, in vm_event_states of each processor; the enumerators
 * are the indices. Differences are signed bytes in per-CPU arrays of each zone
 * and node. Facts: Documentation/admin-guide/mm and proc(5); members as the kernel's
 * own types have them (per_cpu_zonestats since Linux 5.14, before that the
 * zone's pageset had the differences).
 */
#include "os/linux/kernel/counters.h"

#include "base/cancel.h"
#include "os/linux/kernel/place.h"
#include "target/bind.h"
#include "target/kernel.h"

#include <string.h>

enum { MAX_COUNTERS = 1024, MAX_NODES = 1024, MAX_ZONES = 16, WORD = 8 };

static const struct {
	const char *type, *end;	/* the enumerator behind the last counter */
	const char *symbol;
} sets[COUNTERS_N_SETS] = {
	[COUNTERS_ZONE] = { "zone_stat_item", "NR_VM_ZONE_STAT_ITEMS", "vm_zone_stat" },
	[COUNTERS_NODE] = { "node_stat_item", "NR_VM_NODE_STAT_ITEMS", "vm_node_stat" },
	[COUNTERS_EVENT] = { "vm_event_item", "NR_VM_EVENT_ITEMS", "vm_event_states" },
};

static struct err *names_of(struct target *t, enum counter_set set, struct arena *a, struct counter **ret, size_t *ret_n)
{
	struct type_enumerator *e;
	struct type_info info;
	struct type_ref type;
	struct counter *v;
	size_t n, used = 0;

	TRY(bind_type(t, HALF_NATIVE, "vmlinux", sets[set].type, &type));
	TRY(type_strip(type, &type, &info));
	TRY(type.provider->ops->type_enumerators(type.provider, type.id, a, &e, &n));
	v = ARENA_NEW_N(a, struct counter, n + 1);
	if (!v)
		return err_nomem();
	/* in order; of several for one counter the last, the first being the base of a group; what
	 * comes after the end counts nothing */
	for (size_t i = 0; i < n && used < MAX_COUNTERS && strcmp(e[i].name, sets[set].end) != 0; i++)
		if (e[i].value == (int64_t)used)
			v[used++].name = e[i].name;
		else if (used && e[i].value == (int64_t)used - 1)
			v[used - 1].name = e[i].name;
	*ret = v;
	*ret_n = used;
	return NULL;
}

static struct err *read_words(struct target *t, uint64_t at, struct counter *v, size_t n)
{
	const struct arch_memory *m = target_memory(t);

	for (size_t i = 0; i < n; i++) {
		uint64_t word;

		if (!arch_read_uint(m, at + i * WORD, WORD, &word))
			return err_fault(at + i * WORD);
		v[i].value = (int64_t)((uint64_t)v[i].value + word);
	}
	return NULL;
}

/* Signed bytes of one processor; what is not in the dump adds nothing. */
static void add_differences(struct target *t, uint64_t at, struct counter *v, size_t n)
{
	int8_t diff[MAX_COUNTERS];

	if (!at || n > MAX_COUNTERS || !arch_read(target_memory(t), at, diff, n))
		return;
	for (size_t i = 0; i < n; i++)
		v[i].pending += diff[i];
}

/* Of all processors: `percpu` is what points to their structures. */
static void add_all_differences(struct target *t, uint64_t percpu, const struct place *diff, struct counter *v, size_t n)
{
	struct kernel *k = target_kernel(t);

	if (!percpu || !diff->size || n > diff->count)
		return;
	for (unsigned cpu = 0; cpu < kernel_cpus(k); cpu++) {
		uint64_t at = kernel_cpu_possible(k, cpu) ? kernel_percpu(k, percpu, cpu) : 0;

		add_differences(t, at ? at + diff->offset : 0, v, n);
	}
}

/* --- nodes and zones --------------------------------------------------------------------- */

struct node {
	uint64_t has;
	uint64_t zones, n_zones, id, percpu;
};
static const struct bind_member node_members[] = {
	{ "node_zones", offsetof(struct node, zones), BIND_ADDRESS_OF, false },
	{ "nr_zones", offsetof(struct node, n_zones), BIND_UINT, false },
	{ "node_id", offsetof(struct node, id), BIND_UINT, false },
	{ "per_cpu_nodestats", offsetof(struct node, percpu), BIND_UINT, true },
	{ NULL },
};
static const struct binding node_binding = { "vmlinux", "pglist_data", node_members };

struct zone {
	uint64_t has;
	uint64_t name, start, spanned, present, managed, watermark, old_watermark, boost, stat, stats, pages, pageset;
};
enum { ZONE_WATERMARK = 1 << 5, ZONE_OLD_WATERMARK = 1 << 6, ZONE_STATS = 1 << 9, ZONE_PAGES = 1 << 10,
       ZONE_PAGESET = 1 << 11 };
static const struct bind_member zone_members[] = {
	{ "name", offsetof(struct zone, name), BIND_UINT, false },
	{ "zone_start_pfn", offsetof(struct zone, start), BIND_UINT, false },
	{ "spanned_pages", offsetof(struct zone, spanned), BIND_UINT, false },
	{ "present_pages", offsetof(struct zone, present), BIND_UINT, false },
	{ "managed_pages.counter", offsetof(struct zone, managed), BIND_UINT, true },
	{ "_watermark", offsetof(struct zone, watermark), BIND_ADDRESS_OF, true },
	{ "watermark", offsetof(struct zone, old_watermark), BIND_ADDRESS_OF, true },
	{ "watermark_boost", offsetof(struct zone, boost), BIND_UINT, true },
	{ "vm_stat", offsetof(struct zone, stat), BIND_ADDRESS_OF, false },
	{ "per_cpu_zonestats", offsetof(struct zone, stats), BIND_UINT, true },
	{ "per_cpu_pageset", offsetof(struct zone, pages), BIND_UINT, true },
	{ "pageset", offsetof(struct zone, pageset), BIND_UINT, true },
	{ NULL },
};
static const struct binding zone_binding = { "vmlinux", "zone", zone_members };

/* false: stop */
typedef struct err *node_fn(struct target *t, const struct node *n, void *arg);

/* node_data[] of machines with several nodes, contig_page_data of others. */
static struct err *each_node(struct target *t, node_fn *fn, void *arg)
{
	struct kernel *k = target_kernel(t);
	uint64_t table, nodes = 1, at;
	struct node n;
	struct err *e = kernel_symbol(k, "node_data", &table);

	if (e) {
		err_free(e);
		TRY(kernel_symbol(k, "contig_page_data", &at));
		TRY(bind_read(t, HALF_NATIVE, &node_binding, at, &n));
		return fn(t, &n, arg);
	}
	(void)err_ignore(kernel_variable(k, "nr_node_ids", 4, &nodes));
	for (uint64_t i = 0; i < nodes && i < MAX_NODES; i++) {
		TRY(cancel_check());
		if (!arch_read_uint(target_memory(t), table + i * WORD, WORD, &at))
			return err_fault(table + i * WORD);
		if (!at)
			continue;
		TRY(bind_read(t, HALF_NATIVE, &node_binding, at, &n));
		TRY(fn(t, &n, arg));
	}
	return NULL;
}

/* Where a zone's processors keep their differences, and pages. */
static void zone_differences(struct target *t, const struct zone *z, struct counter *v, size_t n)
{
	struct place diff;

	if (z->has & ZONE_STATS) {
		diff = place_optional(t, "per_cpu_zonestat", "vm_stat_diff");
		add_all_differences(t, z->stats, &diff, v, n);
	} else if (z->has & ZONE_PAGESET) {
		diff = place_optional(t, "per_cpu_pageset", "vm_stat_diff");
		add_all_differences(t, z->pageset, &diff, v, n);
	}
}

struct pending {
	enum counter_set set;
	struct counter *v;
	size_t n;
	uint32_t zone_size;
};

static struct err *add_node_pending(struct target *t, const struct node *node, void *arg)
{
	struct pending *p = arg;
	struct place diff;
	struct zone z;

	if (p->set == COUNTERS_NODE) {
		diff = place_optional(t, "per_cpu_nodestat", "vm_node_stat_diff");
		add_all_differences(t, node->percpu, &diff, p->v, p->n);
		return NULL;
	}
	for (uint64_t i = 0; i < node->n_zones && i < MAX_ZONES; i++) {
		TRY(bind_read(t, HALF_NATIVE, &zone_binding, node->zones + i * p->zone_size, &z));
		zone_differences(t, &z, p->v, p->n);
	}
	return NULL;
}

static struct err *add_events(struct target *t, uint64_t variable, struct counter *v, size_t n)
{
	struct kernel *k = target_kernel(t);

	for (unsigned cpu = 0; cpu < kernel_cpus(k); cpu++) {
		uint64_t at = kernel_cpu_possible(k, cpu) ? kernel_percpu(k, variable, cpu) : 0;

		if (at)
			TRY(read_words(t, at, v, n));
	}
	return NULL;
}

struct err *kernel_counters(struct target *t, enum counter_set set, struct arena *a, struct counter **ret, size_t *ret_n)
{
	struct pending p = { .set = set };
	uint64_t at;

	if (!target_kernel(t))
		return err_new(ERR_UNSUPPORTED, "the dump of a process has no counters of the kernel");
	TRY(kernel_symbol(target_kernel(t), sets[set].symbol, &at));
	TRY(names_of(t, set, a, &p.v, &p.n));
	TRY(place_size(t, "zone", &p.zone_size));
	if (set == COUNTERS_EVENT) {
		TRY(add_events(t, at, p.v, p.n));
	} else {
		TRY(read_words(t, at, p.v, p.n));
		TRY(each_node(t, add_node_pending, &p));
	}
	*ret = p.v;
	*ret_n = p.n;
	return NULL;
}

bool counter_value(const struct counter *v, size_t n, const char *name, int64_t *ret)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(v[i].name, name) == 0) {
			*ret = v[i].value;
			return true;
		}
	return false;
}

/* --- zones ---------------------------------------------------------------------------------- */

struct zones {
	struct arena *a;
	struct kernel_zone *v;
	size_t n, room;
	uint32_t zone_size;
};

static uint64_t pages_on_cpus(struct target *t, const struct zone *z)
{
	struct place count = place_optional(t, "per_cpu_pages", "count");
	struct place inside = place_optional(t, "per_cpu_pageset", "pcp");
	struct kernel *k = target_kernel(t);
	uint64_t base = z->has & ZONE_PAGES ? z->pages : z->has & ZONE_PAGESET ? z->pageset : 0, sum = 0, n;
	uint32_t offset = z->has & ZONE_PAGES ? count.offset : count.offset + inside.offset;

	for (unsigned cpu = 0; base && count.size && cpu < kernel_cpus(k); cpu++) {
		uint64_t at = kernel_cpu_possible(k, cpu) ? kernel_percpu(k, base, cpu) : 0;

		if (at && arch_read_uint(target_memory(t), at + offset, 4, &n))
			sum += n;
	}
	return sum;
}

static void read_watermarks(struct target *t, const struct zone *z, struct kernel_zone *ret)
{
	const struct arch_memory *m = target_memory(t);
	uint64_t at = z->has & ZONE_WATERMARK ? z->watermark : z->has & ZONE_OLD_WATERMARK ? z->old_watermark : 0;

	ret->boost = z->boost;
	if (!at || !arch_read_uint(m, at, WORD, &ret->min) || !arch_read_uint(m, at + WORD, WORD, &ret->low) ||
	    !arch_read_uint(m, at + 2 * (uint64_t)WORD, WORD, &ret->high))
		return;
	ret->min += z->boost;
	ret->low += z->boost;
	ret->high += z->boost;
}

static int64_t sum_of(const struct kernel_zone *z, const char *a, const char *b)
{
	int64_t x = 0, y = 0;

	(void)counter_value(z->counters, z->n_counters, a, &x);
	(void)counter_value(z->counters, z->n_counters, b, &y);
	return (int64_t)((uint64_t)x + (uint64_t)y);
}

static struct err *read_zone(struct target *t, struct arena *a, uint64_t address, struct kernel_zone *ret)
{
	const struct arch_memory *m = target_memory(t);
	struct zone z;
	size_t n;

	TRY(bind_read(t, HALF_NATIVE, &zone_binding, address, &z));
	ret->address = address;
	n = m->read(m->arg, z.name, ret->name, sizeof(ret->name) - 1);
	ret->name[n] = '\0';
	ret->start = z.start;
	ret->spanned = z.spanned;
	ret->present = z.present;
	ret->managed = z.managed;
	read_watermarks(t, &z, ret);
	TRY(names_of(t, COUNTERS_ZONE, a, &ret->counters, &ret->n_counters));
	TRY(read_words(t, z.stat, ret->counters, ret->n_counters));
	zone_differences(t, &z, ret->counters, ret->n_counters);
	for (size_t i = 0; i < ret->n_counters; i++)
		if (strcmp(ret->counters[i].name, "NR_FREE_PAGES") == 0) {
			ret->free = ret->counters[i].value;
			ret->free_pending = ret->counters[i].pending;
		}
	ret->anon = sum_of(ret, "NR_ZONE_ACTIVE_ANON", "NR_ZONE_INACTIVE_ANON");
	ret->file = sum_of(ret, "NR_ZONE_ACTIVE_FILE", "NR_ZONE_INACTIVE_FILE");
	ret->on_cpus = pages_on_cpus(t, &z);
	return NULL;
}

static struct err *add_zones(struct target *t, const struct node *node, void *arg)
{
	struct zones *z = arg;

	for (uint64_t i = 0; i < node->n_zones && i < MAX_ZONES && z->n < z->room; i++) {
		struct kernel_zone *one = &z->v[z->n];

		TRY(read_zone(t, z->a, node->zones + i * z->zone_size, one));
		one->node = (unsigned)node->id;
		z->n += one->present > 0;
	}
	return NULL;
}

struct err *kernel_zones(struct target *t, struct arena *a, struct kernel_zone **ret, size_t *ret_n)
{
	struct zones z = { .a = a, .room = MAX_NODES };

	if (!target_kernel(t))
		return err_new(ERR_UNSUPPORTED, "the dump of a process has no zones of memory");
	TRY(place_size(t, "zone", &z.zone_size));
	z.v = ARENA_NEW_N(a, struct kernel_zone, z.room);
	if (!z.v)
		return err_nomem();
	TRY(each_node(t, add_zones, &z));
	*ret = z.v;
	*ret_n = z.n;
	return NULL;
}

/* --- struct percpu_counter ----------------------------------------------------------------- */

struct percpu_counter {
	uint64_t has;
	uint64_t count, counters;
};
static const struct bind_member percpu_members[] = {
	{ "count", offsetof(struct percpu_counter, count), BIND_INT, false },
	{ "counters", offsetof(struct percpu_counter, counters), BIND_UINT, true },
	{ NULL },
};
static const struct binding percpu_binding = { "vmlinux", "percpu_counter", percpu_members };

struct err *kernel_percpu_counter(struct target *t, uint64_t address, int64_t *ret)
{
	struct kernel *k = target_kernel(t);
	struct percpu_counter c;
	int64_t sum;

	TRY(bind_read(t, HALF_NATIVE, &percpu_binding, address, &c));
	sum = (int64_t)c.count;
	for (unsigned cpu = 0; c.counters && cpu < kernel_cpus(k); cpu++) {
		uint64_t at = kernel_cpu_possible(k, cpu) ? kernel_percpu(k, c.counters, cpu) : 0, word;

		if (!at)
			continue;
		if (!arch_read_uint(target_memory(t), at, 4, &word))
			return err_fault(at);
		sum = (int64_t)((uint64_t)sum + (uint64_t)(int64_t)(int32_t)word);
	}
	*ret = sum;
	return NULL;
}
