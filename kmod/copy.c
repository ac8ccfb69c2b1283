// SPDX-License-Identifier: GPL-2.0
/*
 * Comparing a page with its copy and mending the copy, and how fast that goes.
 */

#include "osmosis.h"

enum { WORDS = 8, LINE = 64, LINES = PAGE_SIZE / LINE, SAMPLE = 128, ROUNDS = 4 };

/* Bytes that were copied: whole lines. The copy is written only where it differs. */
unsigned int osm_sync_page(u64 *to, const u64 *from)
{
	unsigned int copied = 0;

	for (unsigned int line = 0; line < LINES; line++, to += WORDS, from += WORDS) {
		u64 differ = (to[0] ^ from[0]) | (to[1] ^ from[1]) | (to[2] ^ from[2]) | (to[3] ^ from[3]) |
			     (to[4] ^ from[4]) | (to[5] ^ from[5]) | (to[6] ^ from[6]) | (to[7] ^ from[7]);

		if (likely(!differ))
			continue;
		for (unsigned int i = 0; i < WORDS; i++)
			to[i] = from[i];
		copied += LINE;
	}
	return copied;
}

static u64 sync_sample(struct osm *o, unsigned long distance)
{
	u64 start = ktime_get_raw_fast_ns();

	for (u32 slot = 1; slot <= distance; slot++)
		osm_sync_page(osm_slot_page(&o->pool, slot), osm_slot_page(&o->pool, slot + distance));
	return ktime_get_raw_fast_ns() - start;
}

static u64 scan_sample(struct osm *o)
{
	const struct osm_ram *r = &o->ram[o->n_ram - 1];
	unsigned long end = min(r->end, r->start + OSM_CHUNK), run;
	u64 start = ktime_get_raw_fast_ns();
	unsigned int sum = 0;

	for (unsigned long pfn = r->start; pfn < end && pfn_to_online_page(pfn); pfn++)
		sum += osm_classify_page(pfn_to_page(pfn), &run);
	OPTIMIZER_HIDE_VAR(sum);
	return (ktime_get_raw_fast_ns() - start) * OSM_CHUNK / (end - r->start);
}

/* The best of some rounds: others may take the CPU meanwhile. */
void osm_calibrate(struct osm *o)
{
	unsigned long distance = min_t(unsigned long, SAMPLE, osm_slots(&o->pool) / 2);

	o->scan_ns = U64_MAX;
	o->compare_ns = U64_MAX;
	for (unsigned int i = 0; i < ROUNDS && distance; i++) {
		u64 ns = sync_sample(o, distance);

		if (i) /* the first round made them equal */
			o->compare_ns = min(o->compare_ns, ns * OSM_CHUNK / distance);
		o->scan_ns = min(o->scan_ns, scan_sample(o));
	}
	/* the reserve is as it was: pages that nobody used */
	for (u32 slot = 1; slot <= distance; slot++)
		clear_page(osm_slot_page(&o->pool, slot));
	for (u32 slot = distance + 1; slot <= 2 * distance; slot++)
		clear_page(osm_slot_page(&o->pool, slot));
}
