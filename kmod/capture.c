// SPDX-License-Identifier: GPL-2.0
/*
 * A capture: the first pass copies while the system runs, the stop mends what
 * changed, and then is counted what came of it.
 */
#include <linux/uaccess.h>

#include "osmosis.h"

static int copy_page_running(struct osm *o, struct osm_direct *d, unsigned long index, unsigned long pfn)
{
	unsigned long slot = atomic_long_read(&o->used) + 1;

	d->end = 0; /* what is mapped may change */
	if (slot > osm_slots(&o->pool))
		return -ENOSPC;
	if (!osm_direct_mapped(o, d, pfn) ||
	    copy_from_kernel_nofault(osm_slot_page(&o->pool, slot), pfn_to_kaddr(pfn), PAGE_SIZE)) {
		o->kind[index] = OSMOSIS_HOLE;
		return 0;
	}
	atomic_long_set(&o->used, slot);
	o->slot[index] = slot;
	o->kind[index] |= OSMOSIS_MAP_CAPTURED;
	return 0;
}

static int copy_class(struct osm *o, u8 class, u64 take)
{
	struct osm_direct d = { .root = osm_kernel_root() };

	for (unsigned int i = 0; i < o->n_ram && take; i++) {
		const struct osm_ram *r = &o->ram[i];

		for (unsigned long pfn = r->start; pfn < r->end && take; pfn++) {
			unsigned long index = r->index + (pfn - r->start);

			if (!(pfn & 0xff)) {
				if (osm_cancelled(o))
					return -EINTR;
				cond_resched();
			}
			if (o->kind[index] != class)
				continue;
			if (copy_page_running(o, &d, index, pfn))
				return 0;
			take--;
		}
	}
	return 0;
}

static int first_pass(struct osm *o, const u64 *take)
{
	for (unsigned int c = 0; c < OSMOSIS_N_CLASSES; c++) {
		int rc = copy_class(o, c, take[c]);

		if (rc)
			return rc;
	}
	return 0;
}

static void count_page(struct osmosis_capture *r, u8 kind)
{
	struct osmosis_class_result *c = &r->classes[min(kind & OSMOSIS_MAP_CLASS, OSMOSIS_N_CLASSES - 1)];

	c->pages++;
	c->captured += !!(kind & OSMOSIS_MAP_CAPTURED);
	c->live += kind & OSMOSIS_MAP_CAPTURED && !(kind & OSMOSIS_MAP_INSTANT);
}

static void count_cpus(struct osm *o)
{
	struct osmosis_capture *r = &o->result;
	unsigned int cpu;

	for_each_possible_cpu(cpu) {
		const struct osm_cpu *c = &o->cpus[cpu];

		r->compared += c->compared;
		r->changed_pages += c->changed_pages;
		r->fresh_pages += c->fresh;
		r->dropped_pages += c->dropped;
		for (unsigned int i = 0; i < OSMOSIS_N_CLASSES; i++) {
			r->classes[i].changed += c->changed[i];
			r->classes[i].fresh += c->new[i];
			r->changed_bytes += c->changed[i];
		}
	}
}

static void count_result(struct osm *o, bool late)
{
	struct osmosis_capture *r = &o->result;

	count_cpus(o);
	for (unsigned long i = 0; i < o->n_pages; i++)
		count_page(r, o->kind[i]);
	for (unsigned int c = 0; c < OSMOSIS_N_CLASSES; c++)
		if (o->classes & OSMOSIS_MASK(c) && !late && r->classes[c].captured == r->classes[c].pages &&
		    !r->classes[c].live)
			r->whole |= OSMOSIS_MASK(c);
	r->slots = osm_slots(&o->pool);
	r->slots_used = min_t(u64, atomic_long_read(&o->used), r->slots);
}

static int run(struct osm *o)
{
	u64 take[OSMOSIS_N_CLASSES], pages = 0, start = ktime_get_raw_fast_ns();
	int rc = osm_classify(o);

	if (rc)
		return rc;
	osm_plan(o, o->result.pause_max_ns, take);
	rc = first_pass(o, take);
	if (rc)
		return rc;
	for (unsigned int c = 0; c < OSMOSIS_N_CLASSES; c++)
		pages += take[c];
	o->result.first_pass_ns = ktime_get_raw_fast_ns() - start;
	o->result.predicted_ns = osm_predict(o, pages);
	rc = osm_stop(o);
	if (rc && rc != -ETIME)
		return rc;
	count_result(o, rc == -ETIME);
	if (!rc && !(o->result.flags & OSMOSIS_CAPTURE_PLAIN))
		osm_learn(o, o->result.compared);
	return 0;
}

int osm_capture(struct osm *o)
{
	int rc;

	o->result.reason = osm_guard_refuses();
	if (!o->result.reason && !osm_ram_same(o))
		o->result.reason = OSMOSIS_WHY_LAYOUT;
	if (o->result.reason)
		return -EBUSY;
	rc = osm_cpu_watch();
	if (rc)
		return rc;
	rc = run(o);
	osm_cpu_unwatch();
	if (rc == -EINTR)
		o->result.reason = OSMOSIS_WHY_CANCELLED;
	return rc;
}
