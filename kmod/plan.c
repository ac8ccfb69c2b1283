// SPDX-License-Identifier: GPL-2.0
/*
 * How much of which class is captured: as much as there is room for, and as
 * the pause allows, by priority.
 */
#include <linux/cpumask.h>

#include "osmosis.h"

enum { MILLE = 1000, LEAST_FACTOR = 300, MOST_FACTOR = 5000 };

/* What pauses were, to what was predicted without it; learned from each. */
static u64 factor = MILLE;

static u64 raw_prediction(const struct osm *o, u64 pages)
{
	return (o->scan_ns * (o->n_pages >> 10) + o->compare_ns * pages / 1024) / num_online_cpus();
}

u64 osm_predict(const struct osm *o, u64 pages)
{
	return raw_prediction(o, pages) * factor / MILLE;
}

void osm_learn(struct osm *o, u64 pages)
{
	u64 raw = raw_prediction(o, pages);

	if (raw)
		factor = clamp_t(u64, o->result.pause_ns * MILLE / raw, LEAST_FACTOR, MOST_FACTOR);
}

/* Pages whose comparison fits into nine tenths of the pause. */
static u64 allowed(const struct osm *o, u64 pause_max)
{
	u64 fixed = osm_predict(o, 0), each = osm_predict(o, 1 << 20) - fixed, ns = pause_max / 10 * 9;

	return ns <= fixed ? 0 : each ? (ns - fixed) / each * (1 << 20) + (ns - fixed) % each * (1 << 20) / each : U64_MAX;
}

void osm_plan(struct osm *o, u64 pause_max, u64 *take)
{
	u64 pages[OSMOSIS_N_CLASSES], slots = osm_slots(&o->pool), room, by_pause = allowed(o, pause_max);

	/* some stay for pages that are given out between the passes */
	room = slots - min(slots, max(slots / 16, (u64)128));
	osm_count(o, pages);
	o->open = 0;
	for (unsigned int c = 0; c < OSMOSIS_N_CLASSES; c++) {
		u64 most = min(room, by_pause);

		take[c] = 0;
		if (!(o->classes & OSMOSIS_MASK(c)))
			continue;
		take[c] = min(pages[c], most);
		if (take[c] == pages[c])
			o->open |= OSMOSIS_MASK(c);
		else
			o->result.reason = room <= by_pause ? OSMOSIS_WHY_NO_MEMORY : OSMOSIS_WHY_PAUSE;
		room -= take[c];
		by_pause -= by_pause == U64_MAX ? 0 : take[c];
	}
}
